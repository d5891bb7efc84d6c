"""The replay server: plays scripted bodies over loopback HTTP and records what was asked.

    script   values: what to answer, and how to play it
    http     one request off a connection, within bounds
    record   what came in: requests as they were received, and how far each answer got
    stage    plays one answer: chunks, rests, gates, ends
    server   `ReplayServer`: answers a script from a thread of its own

Inside, imports go `server → stage → record, script`, and `server → http`.
"""

from workbench.upstream.replay.record import Position, Received
from workbench.upstream.replay.script import Answer, Script, cut_by_frame, error_answer, frame_ends, json_answer, play
from workbench.upstream.replay.server import ReplayServer

__all__ = [
    "Answer",
    "Position",
    "Received",
    "ReplayServer",
    "Script",
    "cut_by_frame",
    "error_answer",
    "frame_ends",
    "json_answer",
    "play",
]
