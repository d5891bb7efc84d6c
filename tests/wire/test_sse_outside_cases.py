"""The outside cases for server-sent events: web-platform-tests, the WHATWG examples, and cases that parsers failed.

A case states frames by event, data, id and retry, and some state what is left at the end. Our own table, which needs no
outside material, is in `test_sse.py`.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from workbench.wire import SseDecoder, every_byte, seeded, whole

Case = dict[str, Any]


def _body(case: Case) -> bytes:
    """Returns the bytes of a case."""
    return base64.b64decode(case["input_b64"])


def _as_recorded(case: Case) -> list[bytes]:
    """Returns the chunks that a case names, or the whole body if it names none."""
    return [base64.b64decode(chunk) for chunk in case.get("chunks_b64", [case["input_b64"]])]


WAYS: dict[str, Callable[[Case], list[bytes]]] = {
    "whole": lambda case: whole(_body(case)),
    "as-recorded": _as_recorded,
    "byte-by-byte": lambda case: every_byte(_body(case)),
    "cut-anywhere-1": lambda case: seeded(1, mean_bytes=4)(_body(case)),
    "cut-anywhere-2": lambda case: seeded(2, mean_bytes=9)(_body(case)),
}


@pytest.fixture(scope="session")
def cases(shared: Path) -> list[Case]:
    """The cases, in the order of their file."""
    return [json.loads(line) for line in (shared / "cases" / "sse-cases.jsonl").read_text("utf-8").splitlines()]


def test_there_are_78_cases(cases: list[Case]) -> None:
    """No case is lost on the way in."""
    assert 78 == len({case["name"] for case in cases})


@pytest.mark.parametrize("way", WAYS)
def test_every_case_gives_its_frames(cases: list[Case], way: str) -> None:
    """Each case gives the frames it states, however its body is cut."""
    wrong = {}
    for case in cases:
        decoder = SseDecoder()
        frames = [frame for chunk in WAYS[way](case) for frame in decoder.receive(chunk)] + decoder.finish()
        seen = [{"event": frame.event, "data": frame.data, "id": frame.id, "retry": frame.retry} for frame in frames]
        if seen != case["expected"]:
            wrong[case["name"]] = seen
    assert {} == wrong


@pytest.mark.parametrize("way", WAYS)
def test_every_case_ends_as_it_states(cases: list[Case], way: str) -> None:
    """Where a case states the last event ID and the reconnection time at its end, the decoder has them."""
    stated = [case for case in cases if "end" in case]
    wrong = {}
    for case in stated:
        decoder = SseDecoder()
        for chunk in WAYS[way](case):
            decoder.receive(chunk)
        decoder.finish()
        seen = {"last_event_id": decoder.last_event_id, "retry": decoder.retry}
        if seen != case["end"]:
            wrong[case["name"]] = seen
    assert stated
    assert {} == wrong
