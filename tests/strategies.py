"""Hypothesis strategies: responses as deltas, requests, and JSON that looks like a dialect's.

What comes out of `responses` is what a provider could say: parts in any order, tool calls that take turns, late names,
an end of any kind. It is neutral: what of it a dialect can carry is for the dialect's `project` to say.
"""

from __future__ import annotations

import string
from collections.abc import Sequence

from hypothesis import strategies as st

from workbench.transcript import (
    ArgumentsDelta,
    CallNamed,
    Delta,
    Failure,
    Finished,
    Message,
    OpaqueDelta,
    Part,
    PartEnd,
    PartStart,
    ReasoningDelta,
    ReasoningPart,
    RefusalDelta,
    Request,
    ResponseEnded,
    ResponseInfo,
    ResultDelta,
    SignatureDelta,
    StreamFailed,
    StreamTruncated,
    TextDelta,
    TextPart,
    Tool,
    ToolCallPart,
    ToolResultPart,
    Usage,
    UsageReported,
)
from workbench.transcript.parts import FINISH_REASONS

ODD_TEXTS = (
    "",
    " ",
    "\n",
    "\r\n",
    "\u2028",
    "\x00",
    '"',
    "\\",
    "<think>",
    "data: [DONE]\n\n",
    "e\u0301",
    "\U0001f469\u200d\U0001f52c",
)

texts = st.one_of(st.text(max_size=8), st.sampled_from(ODD_TEXTS))
pieces = st.lists(texts, max_size=4)
words = st.text(string.ascii_letters + string.digits + "_-", min_size=1, max_size=8)
maybe_words = st.none() | words
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
counts = st.none() | st.integers(0, 10**6)
usages = st.builds(Usage, input=counts, output=counts, reasoning=counts, cached=counts)


@st.composite
def text_parts(draw: st.DrawFn, part: int) -> list[Delta]:
    """A part of answer text."""
    return [PartStart(0, part, "text", stated=True), *(TextDelta(0, part, text) for text in draw(pieces))]


@st.composite
def reasoning_parts(draw: st.DrawFn, part: int) -> list[Delta]:
    """A part of reasoning: plain, signed, or redacted."""
    if draw(st.integers(0, 3)) == 0:
        data = draw(st.lists(words, max_size=1))
        start = PartStart(0, part, "reasoning", redacted=True, stated=True)
        return [start, *(OpaqueDelta(0, part, text) for text in data)]
    form = draw(st.sampled_from(("raw", "summary")))
    start = PartStart(0, part, "reasoning", id=draw(maybe_words), form=form, stated=True)
    signatures = draw(st.lists(words, max_size=1))
    return [
        start,
        *(ReasoningDelta(0, part, text) for text in draw(pieces)),
        *(SignatureDelta(0, part, text) for text in signatures),
    ]


@st.composite
def refusal_parts(draw: st.DrawFn, part: int) -> list[Delta]:
    """A refusal."""
    return [PartStart(0, part, "refusal", stated=True), *(RefusalDelta(0, part, text) for text in draw(pieces))]


@st.composite
def call_parts(draw: st.DrawFn, part: int) -> list[Delta]:
    """A tool call, whose id and name may come late."""
    identity, name = draw(maybe_words), draw(words)
    server = draw(st.integers(0, 4)) == 0
    body: list[Delta] = [ArgumentsDelta(0, part, text) for text in draw(pieces)]
    if draw(st.integers(0, 4)):
        return [PartStart(0, part, "tool-call", id=identity, name=name, server=server, stated=True), *body]
    body.insert(draw(st.integers(0, len(body))), CallNamed(0, part, identity, name))
    return [PartStart(0, part, "tool-call", server=server, stated=True), *body]


@st.composite
def result_parts(draw: st.DrawFn, part: int, calls: Sequence[str]) -> list[Delta]:
    """The result of a tool that the provider ran: text, or JSON text."""
    call = draw(st.sampled_from(list(calls)) if calls and draw(st.booleans()) else maybe_words)
    start = PartStart(0, part, "tool-result", id=call, name=draw(words), server=True, error=draw(st.booleans()))
    output = draw(texts | st.sampled_from(('{"a": 1.0}', "[1, 2]", "{", '{"type": "x_tool_result_error"}')))
    return [start, ResultDelta(0, part, output)]


@st.composite
def responses(draw: st.DrawFn) -> list[Delta]:
    """A response as deltas, all in frame 0."""
    out: list[Delta] = []
    if draw(st.integers(0, 4)):
        out.append(ResponseInfo(0, draw(maybe_words), draw(maybe_words)))
    calls: list[str] = []
    part = 0
    for kind in draw(st.lists(st.sampled_from(("text", "reasoning", "refusal", "calls", "result")), max_size=5)):
        if kind == "calls":
            group = [draw(call_parts(part + place)) for place in range(draw(st.integers(1, 3)))]
            calls += [start.id for one in group for start in one if isinstance(start, PartStart) and start.id]
            out += draw(turns(group, part))
            part += len(group)
            continue
        match kind:
            case "text":
                out += draw(text_parts(part))
            case "reasoning":
                out += draw(reasoning_parts(part))
            case "refusal":
                out += draw(refusal_parts(part))
            case _:
                out += draw(result_parts(part, calls))
        out += draw(st.sampled_from(([PartEnd(0, part, True)], [PartEnd(0, part)], [])))
        part += 1
    return [*out, *draw(endings(out))]


@st.composite
def turns(draw: st.DrawFn, group: list[list[Delta]], first: int) -> list[Delta]:
    """Calls one after the other, or begun in their order and then taking turns."""
    ended = [[*one, PartEnd(0, first + place, True)] for place, one in enumerate(group)]
    if draw(st.booleans()):
        return [delta for one in ended for delta in one]
    out = [one.pop(0) for one in ended]
    while any(ended):
        out.append(draw(st.sampled_from([one for one in ended if one])).pop(0))
    return out


@st.composite
def endings(draw: st.DrawFn, _: list[Delta]) -> list[Delta]:
    """A reason, counts and an end; or an end of another kind; or the connection closed."""
    counted: list[Delta] = [UsageReported(0, draw(usages))] if draw(st.booleans()) else []
    finished: list[Delta] = [Finished(0, draw(st.sampled_from(FINISH_REASONS)))] if draw(st.booleans()) else []
    failure = Failure(draw(words), draw(maybe_words))
    end: Delta = draw(
        st.sampled_from((ResponseEnded(0), ResponseEnded(0), StreamTruncated(0), StreamFailed(0, failure)))
    )
    return [*finished, *counted, end]


@st.composite
def requests(draw: st.DrawFn) -> Request:
    """A request with a history in which calls have results."""
    messages: list[Message] = []
    number = 0
    some_texts = st.lists(texts.map(lambda text: TextPart(text or "x")), min_size=1, max_size=2).map(tuple)
    if draw(st.booleans()):
        messages.append(Message("system", draw(some_texts)))
    for _ in range(draw(st.integers(0, 3))):
        messages.append(Message("user", draw(some_texts)))
        parts: list[Part] = list(draw(st.lists(answer_parts(), max_size=3)))
        results: list[Part] = []
        for _ in range(draw(st.integers(0, 2))):
            name = draw(words)
            parts.append(
                ToolCallPart(f"call-{number}", name, draw(st.sampled_from(("", "{}", '{"a": [1, 2.5]}', "{"))))
            )
            results.append(ToolResultPart(f"call-{number}", name, draw(texts), error=draw(st.booleans())))
            number += 1
        messages.append(Message("assistant", tuple(parts)))
        messages += [Message("tool", tuple(results))] if results else []
    schema = st.fixed_dictionaries({"title": words, "type": st.just("object")})
    return Request(
        messages=tuple(messages),
        tools=tuple(draw(st.lists(st.builds(Tool, words, texts, schema, words), max_size=2))),
        response_schema=draw(st.none() | schema),
        model=draw(words),
    )


@st.composite
def answer_parts(draw: st.DrawFn) -> Part:
    """A part of an assistant's message in a history, tool calls aside."""
    match draw(st.integers(0, 3)):
        case 0 | 1:
            return TextPart(draw(texts))
        case 2:
            return ReasoningPart(draw(texts), signature=draw(maybe_words))
        case _:
            return ReasoningPart(redacted=True, data=draw(words))


def json_like(keys: Sequence[str], values: Sequence[object]) -> st.SearchStrategy[object]:
    """JSON made of a dialect's own keys and words, in places where they do and do not belong.

    Args:
        keys: of objects.
        values: scalars beside the usual odd ones.
    """
    scalars = st.none() | st.booleans() | st.integers(-2, 10**10) | st.just(1.5) | st.sampled_from(list(values)) | texts
    return st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(list(keys)), inner, max_size=6),
        max_leaves=24,
    )
