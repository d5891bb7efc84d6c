"""What provider code does about each kind of delta."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from workbench.designs.pydantic_ai import DESIGN
from workbench.designs.pydantic_ai.provider import Provider, error_of
from workbench.transcript import (
    ArgumentsDelta,
    CallNamed,
    Delta,
    Failure,
    Finished,
    OpaqueDelta,
    PartEnd,
    PartStart,
    ReasoningDelta,
    RefusalDelta,
    ResponseEnded,
    ResponseInfo,
    ResultDelta,
    SignatureDelta,
    StreamFailed,
    StreamTruncated,
    TextDelta,
    Usage,
    UsageReported,
)

P = "provider-under-test"


def done(*steps: Sequence[Delta]) -> list[Any]:
    """What provider code does, as JSON, held against the folder's schema."""
    provider = Provider()
    told = [json.loads(json.dumps(DESIGN.produced_json(one))) for step in steps for one in provider.produce(step)]
    schema = json.loads(Path(DESIGN.folder / "events.schema.json").read_text("utf-8"))
    validator = Draft202012Validator({**schema, "$ref": "#/$defs/produced"})
    assert [] == [error.message for one in told for error in validator.iter_errors(one)]
    return told


def thought(part: int, **told: object) -> dict[str, Any]:
    """A call for reasoning."""
    return {"call": "handle_thinking_delta", "arguments": {"vendor_part_id": part, **told, "provider_name": P}}


def called(part: int, **told: object) -> dict[str, Any]:
    """A call for a tool call."""
    return {"call": "handle_tool_call_delta", "arguments": {"vendor_part_id": part, **told}}


def whole(part: int, **told: object) -> dict[str, Any]:
    """A call for a whole part."""
    return {"call": "handle_part", "arguments": {"vendor_part_id": part, "part": told}}


def wrote(part: int, text: str) -> dict[str, Any]:
    """A call for text."""
    return {"call": "handle_text_delta", "arguments": {"vendor_part_id": part, "content": text}}


RESULT = {"tool_name": "search", "tool_call_id": "s1", "provider_name": P, "part_kind": "builtin-tool-return"}
CASES: dict[str, tuple[list[list[Delta]], list[Any]]] = {
    "text, and an empty piece of it": (
        [[PartStart(0, 0, "text", stated=True)], [TextDelta(1, 0, ""), TextDelta(1, 0, "a")]],
        [wrote(0, "a")],
    ),
    "reasoning whose start is stated": (
        [[PartStart(0, 0, "reasoning", stated=True)], [ReasoningDelta(1, 0, "a"), ReasoningDelta(1, 0, "")]],
        [thought(0, content=""), thought(0, content="a")],
    ),
    "reasoning whose start is implied": (
        [[PartStart(0, 0, "reasoning", id="r1"), ReasoningDelta(0, 0, "a")], [ReasoningDelta(1, 0, "b")]],
        [thought(0, id="r1", content="a"), thought(0, content="b")],
    ),
    "a signature in pieces": (
        [[ReasoningDelta(0, 0, "a")], [SignatureDelta(1, 0, "s")], [SignatureDelta(2, 0, "ig")]],
        [thought(0, content="a"), thought(0, signature="s"), thought(0, signature="sig")],
    ),
    "withheld reasoning": (
        [[PartStart(0, 0, "reasoning", redacted=True, stated=True), OpaqueDelta(0, 0, "blob")], [PartEnd(1, 0)]],
        [thought(0, id="redacted_thinking", signature="blob")],
    ),
    "withheld reasoning without a payload": (
        [[PartStart(0, 0, "reasoning", redacted=True, stated=True)], [PartEnd(1, 0)]],
        [thought(0, id="redacted_thinking", content="")],
    ),
    "a call": (
        [[PartStart(0, 0, "tool-call", id="c1", name="look")], [ArgumentsDelta(1, 0, ""), ArgumentsDelta(1, 0, "{}")]],
        [called(0, tool_name="look", tool_call_id="c1"), called(0, args="{}")],
    ),
    "a call whose name and id come late, and again": (
        [[PartStart(0, 0, "tool-call")], [CallNamed(1, 0, "c1", "look"), CallNamed(1, 0, "c1", "look")]],
        [called(0), called(0, tool_name="look", tool_call_id="c1")],
    ),
    "a call of the provider's tool": (
        [[PartStart(0, 0, "tool-call", id="s1", name="search", server=True)], [ArgumentsDelta(1, 0, "{}")]],
        [
            whole(0, tool_name="search", args=None, tool_call_id="s1", provider_name=P, part_kind="builtin-tool-call"),
            called(0, args="{}"),
        ],
    ),
    "a result that is a structure": (
        [[PartStart(0, 0, "tool-result", id="s1", name="search"), ResultDelta(0, 0, '[{"a": 1}]')], [PartEnd(1, 0)]],
        [whole(0, **{**RESULT, "content": [{"a": 1}]})],
    ),
    "a result that only looks like one": (
        [[PartStart(0, 0, "tool-result", id="s1", name="search"), ResultDelta(0, 0, "[NaN]")]],
        [whole(0, **{**RESULT, "content": "[NaN]"})],
    ),
    "a result in pieces": (
        [
            [PartStart(0, 0, "tool-result", id="s1", name="search"), ResultDelta(0, 0, "a"), ResultDelta(0, 0, "b")],
            [ResultDelta(1, 0, "c")],
            [ResultDelta(2, 0, "d"), PartEnd(2, 0)],
        ],
        [whole(0, **{**RESULT, "content": "ab"}), whole(0, **{**RESULT, "content": "abcd"})],
    ),
    "a result without output": (
        [[PartStart(0, 0, "tool-result", id="s1", name="search")], [PartEnd(1, 0)]],
        [whole(0, **{**RESULT, "content": ""})],
    ),
    "model, id and counts": (
        [[ResponseInfo(0, "r1", "m1"), UsageReported(0, Usage(3, 1))], [UsageReported(1, Usage(None, 9, 2, 1))]],
        [
            {"set": {"provider_response_id": "r1", "model_name": "m1"}},
            {"set": {"usage": {"input_tokens": 3, "output_tokens": 1}}},
            {
                "set": {
                    "usage": {
                        "input_tokens": 3,
                        "cache_read_tokens": 1,
                        "output_tokens": 9,
                        "output_reasoning_tokens": 2,
                        "details": {"reasoning_tokens": 2},
                    }
                }
            },
        ],
    ),
    "a reason": (
        [[Finished(0, "tool-calls", "tool_use"), ResponseEnded(0)]],
        [{"set": {"finish_reason": "tool_call", "provider_details": {"finish_reason": "tool_use"}}}, {"end": True}],
    ),
    "a reason that has no word": ([[Finished(0, "other")]], [{"set": {"finish_reason": None}}]),
    "a pause": (
        [[Finished(0, "pause", "pause_turn")]],
        [
            {
                "set": {
                    "finish_reason": None,
                    "provider_details": {"finish_reason": "pause_turn"},
                    "state": "suspended",
                }
            }
        ],
    ),
    "a refusal that ends as if nothing were": (
        [[RefusalDelta(0, 0, "I "), RefusalDelta(0, 0, "won't")], [Finished(1, "stop", "stop")], [ResponseEnded(2)]],
        [
            {"set": {"finish_reason": "content_filter"}},
            {"set": {"finish_reason": "content_filter"}},
            {"set": {"provider_details": {"refusal": "I won't"}}},
            {"end": True},
        ],
    ),
    "a refusal that is the reason": (
        [[RefusalDelta(0, 0, "no"), Finished(0, "refusal", "refusal")], [ResponseEnded(1)]],
        [
            {"set": {"finish_reason": "content_filter"}},
            {"set": {"finish_reason": "content_filter", "provider_details": {"finish_reason": "refusal"}}},
            {"set": {"provider_details": {"finish_reason": "refusal", "refusal": "no"}}},
            {"end": True},
        ],
    ),
    "a body that was cut": ([[StreamTruncated(0)]], [{"set": {"state": "incomplete"}}, {"end": True}]),
    "an error": (
        [[TextDelta(0, 0, "a"), StreamFailed(0, Failure("Overloaded", "overloaded_error"))]],
        [wrote(0, "a"), {"raise": "ModelOverloadedError", "message": "Overloaded"}],
    ),
    "an error without a word": (
        [[StreamFailed(0, Failure(""))]],
        [{"raise": "ModelAPIError", "message": "An error occurred during streaming"}],
    ),
}


@pytest.mark.parametrize(("steps", "expected"), CASES.values(), ids=CASES)
def test_what_provider_code_does(steps: list[list[Delta]], expected: list[Any]) -> None:
    """Each kind of delta has its calls, in the order of the stream."""
    assert expected == done(*steps)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("rate_limit_error", "ModelRateLimitError"),
        ("insufficient_quota", "ModelQuotaExceededError"),
        ("api_error", "ModelServerError"),
        ("server_is_overloaded", "ModelOverloadedError"),
        ("weather", "ModelAPIError"),
        (None, "ModelAPIError"),
    ],
)
def test_errors_have_names(kind: str | None, expected: str) -> None:
    """What the provider calls its error decides which exception is raised."""
    assert expected == error_of(Failure("x", kind))
