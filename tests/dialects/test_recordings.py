"""Every recording of these dialects decodes, and says what its manifest says.

The manifest was made by other people's code. Where it counts otherwise, the recording stands in `OTHERWISE` with the
reason; an entry that no longer differs fails.
"""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from workbench.dialects import all_dialects
from workbench.dialects._codes import DIALECT_CODES
from workbench.dialects.anthropic_messages.decode import MessagesDecoder
from workbench.dialects.openai_chat.decode import ChatDecoder
from workbench.transcript import Seen, see
from workbench.wire import WIRE_CODES, SseDecoder, sse_frame

CAREFUL = {"openai-chat": ChatDecoder, "anthropic-messages": MessagesDecoder}
EXPECTED = {
    ("openai-chat", "sse"): 194,
    ("openai-chat", "jsonl"): 4,
    ("anthropic-messages", "sse"): 25,
    ("anthropic-messages", "jsonl"): 30,
}

OTHERWISE = {
    "test_snowflake_thinking_streaming": "reasoning stands in reasoning_details alone, which is not read yet",
    "avian-kimi.thinking-streaming.i0": "blank texts stand around the call; the manifest leaves out blank text",
    "multi_tool_streaming_qwen3": "a line feed stands between the calls; the manifest leaves out blank text",
    "multi_tool_streaming_zai-glm-4.5.i0": "a line feed comes before the reasoning; the manifest leaves out blank text",
    "cb77dc69b6c8289a6f1e88fa24f05bd963fe093622e5bf9a95a3ebed": "a refusal; the manifest has no word for it",
    "programmatic-tool-calling.1.i14": "a result whose call stands in an earlier response; listed as server",
    "tool-search-deferred-bm25.i1": "a result whose call stands in an earlier response; listed as server",
    "tool-search-deferred-regex.i1": "a result whose call stands in an earlier response; listed as server",
}
"""Part of the file's name to the reason why its manifest says otherwise."""


@cache
def recordings(shared: Path) -> list[tuple[dict[str, Any], bytes]]:
    """Manifest entry and body; lines of JSON are framed again as the events that they were."""
    found = []
    with (shared / "recordings" / "manifest.jsonl").open(encoding="utf-8") as manifest:
        for line in manifest:
            entry = json.loads(line)
            if entry["dialect"] not in CAREFUL:
                continue
            body = (shared / "recordings" / entry["file"]).read_bytes()
            if entry["format"] == "jsonl":
                body = b"".join(sse_frame(text) for text in body.decode().split("\n") if text.strip())
            found.append((entry, body))
    return found


def said(seen: Seen) -> tuple[list[str], int, list[str]]:
    """Kinds of parts in the manifest's words, runs folded; calls for the caller; the reason."""
    words = {"text": "text", "reasoning": "reasoning", "tool-call": "tool", "refusal": "refusal"}
    kinds = ["server" if part.server else words[part.kind] for part in seen.parts if part.kind in words]
    folded = [kind for place, kind in enumerate(kinds) if place == 0 or kinds[place - 1] != kind]
    calls = sum(part.kind == "tool-call" and not part.server for part in seen.parts)
    return folded, calls, [] if seen.finish_raw is None else [seen.finish_raw]


def test_all_recordings_are_there(shared: Path) -> None:
    """The counts are those of the manifest, so no recording is skipped in silence."""
    assert EXPECTED == Counter((entry["dialect"], entry["format"]) for entry, _ in recordings(shared))


def test_recordings_say_what_their_manifest_says(shared: Path) -> None:
    """Kinds of parts in their order, calls and reason agree, but for the cases that are listed."""
    different = set()
    for entry, body in recordings(shared):
        seen = see(all_dialects()[entry["dialect"]].decode(body).deltas())
        if said(seen) != (entry["segments"], entry["tool_calls"], entry["stop"]):
            different.add(entry["file"].rsplit("/")[-1].rsplit(".", 1)[0])
    listed = {name: [key for key in OTHERWISE if key in name] for name in different}
    assert {} == {name: keys for name, keys in listed.items() if len(keys) != 1}
    assert OTHERWISE.keys() == {keys[0] for keys in listed.values()}


def test_recordings_bring_up_declared_remarks_only(shared: Path) -> None:
    """What comes up on real streams is in the tables, and nothing says that JSON could not be read."""
    codes: Counter[str] = Counter()
    for entry, body in recordings(shared):
        codes.update({remark.code for remark in all_dialects()[entry["dialect"]].decode(body).diagnostics})
    assert set() == codes.keys() - DIALECT_CODES.keys() - WIRE_CODES.keys()
    assert set() == codes.keys() & {
        "chunk-not-json",
        "chunk-not-object",
        "field-type",
        "unknown-event",
        "delta-before-start",
    }


@pytest.mark.parametrize("dialect", CAREFUL)
def test_both_readers_agree_on_recordings(dialect: str, shared: Path) -> None:
    """The fast and the careful reader give the same deltas and remarks."""
    for entry, body in recordings(shared):
        if entry["dialect"] != dialect:
            continue
        frames = SseDecoder().receive(body)
        fast, careful = CAREFUL[dialect](), CAREFUL[dialect](careful=True)
        assert [careful.receive(frame) for frame in frames] == [fast.receive(frame) for frame in frames]
        assert careful.finish(None) == fast.finish(None)
        assert careful.diagnostics == fast.diagnostics


def test_recordings_are_recognised_by_one_dialect(shared: Path) -> None:
    """The first frames tell which dialect a body has, but for a stream that begins with an error."""
    for entry, body in recordings(shared):
        frames = SseDecoder().receive(body)[:4]
        assert [entry["dialect"]] == [name for name in CAREFUL if all_dialects()[name].recognises(frames)], entry[
            "file"
        ]
