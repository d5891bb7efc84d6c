"""Holds the port of the chat helper against the installed SDK: the same chunks, equal events, completion and restoring.

Theory of operation. What `produce` yields is written as JSON, made into the SDK's own chunks, and added up by the SDK's
`ChatCompletionStreamState`; `accept` gets the same chunks. Everything is compared as JSON, key by key. Rules:
1. The provider's half raises before either helper sees anything; what came before is compared.
2. Exceptions are compared by class and text.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.lib.streaming.chat import ChatCompletionStreamState
from openai.types.chat import ChatCompletionChunk, ParsedChatCompletion

from tests.strategies import responses
from workbench.corpus import load_corpus
from workbench.design import NativeRaise
from workbench.designs.openai_chat import DESIGN
from workbench.designs.openai_chat.adapter import is_strict
from workbench.designs.openai_chat.vocabulary import ChatCompletionChunk as Ours
from workbench.dialects import all_dialects
from workbench.transcript import Delta, Message, Request, TextPart, Tool

pytestmark = pytest.mark.differential

DIALECTS = all_dialects()
BODIES = [
    pytest.param(turn.request, body, id=f"{fixture.slug}/{turn.number}@{body.dialect}")
    for fixture, turn, body in load_corpus().bodies()
]
USER = (Message("user", (TextPart("Go."),)),)
STRICT = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"], "additionalProperties": False}


def attempt(call: Callable[[], Any]) -> Any:
    """What a call gives, or the class and the text of what it raises."""
    try:
        return call()
    except NativeRaise as error:
        return {"raises": error.type, "text": str(error)}
    except Exception as error:  # noqa: BLE001 - whatever it is, it is compared
        return {"raises": type(error).__name__, "text": str(error)}


def chunks_of(request: Request, steps: Iterable[Sequence[Delta]]) -> tuple[list[Any], Any]:
    """The chunks that the provider's half makes, and how it raised."""
    provider, chunks = DESIGN.start(request), []
    raised = attempt(lambda: [chunks.append(chunk) for step in steps for chunk in provider.produce(step)] and None)
    return chunks, raised


def ours(request: Request, chunks: Sequence[Any]) -> dict[str, Any]:
    """What the port makes of chunks."""
    adapter, events = DESIGN.start(request), []

    def take() -> None:
        for chunk in chunks:
            events.extend(DESIGN.event_json(event) for event in adapter.accept(chunk))

    raised = attempt(take)
    final = attempt(adapter.message)
    restored = None if "raises" in final else DESIGN.restore(json.loads(json.dumps(final)), request)
    return {"events": events, "raised": raised, "final": final, "restored": restored}


def written(model: Any) -> Any:
    """A model of the SDK as JSON; not-a-number becomes null there, and only there."""
    return json.loads(model.to_json(indent=None, warnings=False))


def theirs(request: Request, chunks: Sequence[Any]) -> dict[str, Any]:
    """What the SDK makes of chunks."""
    tools = [
        {
            "type": "function",
            "function": {"name": tool.name, **({"strict": True} if is_strict(tool.parameters) else {})},
        }
        for tool in request.tools
    ]
    state: Any = ChatCompletionStreamState(input_tools=tools)  # type: ignore[arg-type]
    events: list[Any] = []

    def take() -> None:
        for chunk in chunks:
            made: Any = ChatCompletionChunk.model_construct(**json.loads(json.dumps(chunk.to_dict())))
            events.extend(written(event) for event in state.handle_chunk(made))

    raised = attempt(take)
    final = attempt(lambda: written(state.get_final_completion()))
    restored = None
    if "raises" not in final:
        back: Any = ParsedChatCompletion.model_construct(**json.loads(json.dumps(final)))
        restored = written(back)
    return {"events": events, "raised": raised, "final": final, "restored": restored}


@pytest.mark.parametrize(("request_", "body"), BODIES)
def test_port_equals_sdk_on_every_body(request_: Request, body: Any) -> None:
    """Events in their order, the completion, and the completion read back, whatever dialect the deltas came from."""
    steps = [step for _, step in DIALECTS[body.dialect].decode(body.data).steps]
    chunks, _ = chunks_of(request_, steps)
    assert theirs(request_, chunks) == ours(request_, chunks)


def cut(deltas: Sequence[Delta], places: Iterable[int]) -> list[Sequence[Delta]]:
    """Deltas in steps, cut at some places."""
    edges = sorted({0, len(deltas), *(place % (len(deltas) + 1) for place in places)})
    return [deltas[start:end] for start, end in pairwise(edges)]


@given(responses(), st.lists(st.integers(0, 40), max_size=12), st.booleans())
def test_port_equals_sdk_on_what_a_provider_could_say(deltas: list[Delta], places: list[int], strict: bool) -> None:
    """Parts in any order, calls that take turns, late names, ends of any kind; plain tools, and every tool strict."""
    names = {name for delta in deltas if (name := getattr(delta, "name", None)) is not None} if strict else set()
    request = Request(USER, tuple(Tool(name, "", STRICT) for name in sorted(names)))
    chunks, _ = chunks_of(request, cut(deltas, places))
    assert theirs(request, chunks) == ours(request, chunks)


@pytest.mark.parametrize("text", ['{"a": "x"}', '{"a": "x', "{no", "", '{"a": 1}{'], ids=repr)
@pytest.mark.parametrize("finish", ["stop", "length", "content_filter", None])
def test_strict_tools(text: str, finish: str | None) -> None:
    """Arguments of a strict tool are values, and raise where they are none; two reasons raise while iterating."""
    made: list[Any] = [
        {"index": 0, "id": "c", "type": "function", "function": {"name": "f", "arguments": ""}},
        *({"index": 0, "function": {"arguments": character}} for character in text),
    ]
    deltas = [{"role": "assistant"}, *({"tool_calls": [piece]} for piece in made)]
    choices = [{"index": 0, "delta": delta, "finish_reason": None} for delta in deltas]
    if finish is not None:
        choices.append({"index": 0, "delta": {}, "finish_reason": finish})
    chunks = [Ours.construct(id="x", object="chat.completion.chunk", choices=[choice]) for choice in choices]
    request = Request(USER, (Tool("f", "", STRICT),))
    assert theirs(request, chunks) == ours(request, chunks)
