"""Holds the port of Instructor's iterable against the real package: the same bytes, the same items.

Theory of operation. As in `test_instructor`: a loopback server sends a body byte for byte, and the real client reads
it, here through `create_iterable` in TOOLS mode. Generated arguments go through the framework half alone
(`IterableModel(T).tasks_from_chunks`). Rules:

1. Both sides get the same class, which `schema.item_model` made.
2. Items are compared as `model_dump(mode="json", exclude_unset=True)`.
3. One normalisation, that of `test_instructor`: what the SDK raises for an error inside the stream is an `APIError`,
   whose words must hold what the provider said. Another: pydantic's links name its version, and the port names the one
   of the day of the release.
4. There are no deviations.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.metadata
import json
import re
from collections.abc import Sequence
from typing import Any

import instructor
import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st
from instructor.v2.dsl.iterable import IterableModel
from pydantic import BaseModel

from tests.differential.test_instructor import (
    CASES,
    DIALECTS,
    FAILURE,
    SCHEMAS,
    SCRAPS,
    Replay,
    Run,
    as_raised,
    body_of,
    call,
    chunk,
    client_of,
    dump,
    fragments,
    replay,
    values,
)
from tests.differential.test_instructor import assert_same as assert_same_words
from workbench.corpus import Body, Turn
from workbench.design import NativeRaise
from workbench.designs.instructor_iterable import DESIGN
from workbench.designs.instructor_iterable.adapter import IterableAdapter
from workbench.families.instructor.objects import PYDANTIC
from workbench.families.instructor.schema import item_model, model_from_schema
from workbench.transcript import Json, Request, Tool

pytestmark = pytest.mark.differential

__all__ = ["replay"]  # the server is a fixture of `test_instructor`


def run_real(replay: Replay, dialect: str, body: bytes, model: type[BaseModel]) -> tuple[Run, list[Any]]:
    """Iterates the real `create_iterable`; returns the run and the items themselves."""
    replay.body = body
    items: list[Any] = []

    async def iterate() -> Run:
        sdk, client, arguments = client_of(dialect, replay.url)
        async with sdk:
            try:
                async with contextlib.aclosing(client.create_iterable(response_model=model, **arguments)) as stream:
                    async for item in stream:
                        items.append(item)  # noqa: PERF401 - what came before it raises is kept
            except Exception as error:  # noqa: BLE001 - whatever it is, it is compared
                return Run([dump(one) for one in items], *as_raised(error))
        return Run([dump(one) for one in items])

    return asyncio.run(iterate()), items


def run_framework(model: type[BaseModel], pieces: Sequence[str]) -> Run:
    """Pushes fragments through the real framework half."""
    iterable: Any = IterableModel(model)
    items: list[Json] = []
    try:
        for item in iterable.tasks_from_chunks(iter(pieces), strict=True):
            items.append(dump(item))  # noqa: PERF401 - what came before it raises is kept
    except Exception as error:  # noqa: BLE001 - whatever it is, it is compared
        return Run(items, *as_raised(error))
    return Run(items)


def run_port(dialect: str, body: bytes, request: Request) -> Run:
    """Iterates the port over a body's deltas."""
    adapter = DESIGN.start(request)
    items: list[Json] = []
    try:
        for _, step in DIALECTS[dialect].decode(body).steps:
            for event in adapter.receive(step):
                items.append(DESIGN.event_json(event))  # noqa: PERF401 - what came before it raises is kept
        list(adapter.finish())
    except NativeRaise as error:
        return Run(items, error.type, str(error))
    return Run(items)


def run_port_halves(model: type[BaseModel], pieces: Sequence[str]) -> Run:
    """Pushes fragments through the port's framework half."""
    adapter = IterableAdapter(model)
    items: list[Json] = []
    try:
        for piece in pieces:
            for event in adapter.accept(piece):
                items.append(DESIGN.event_json(event))  # noqa: PERF401 - what came before it raises is kept
    except NativeRaise as error:
        return Run(items, error.type, str(error))
    return Run(items)


def assert_same(real: Run, port: Run) -> None:
    """Equal as in `test_instructor`, whichever pydantic is installed here."""
    assert_same_words(real._replace(words=as_released(real.words)), port)


def as_released(words: str) -> str:
    """Words with links to the errors of the pydantic of the release."""
    return re.sub(r"errors\.pydantic\.dev/[0-9.]+/", f"errors.pydantic.dev/{PYDANTIC}/", words)


def test_the_package_at_hand_is_the_release_that_is_ported() -> None:
    """The installed Instructor is the one that the port names."""
    assert DESIGN.port is not None
    assert importlib.metadata.version("instructor") == DESIGN.port.release


@pytest.mark.parametrize(("turn", "body"), CASES)
def test_port_equals_instructor_on_the_corpus(replay: Replay, turn: Turn, body: Body) -> None:
    """On each fixture with a response model, port and package yield the same items and raise the same."""
    real, items = run_real(replay, body.dialect, body.data, item_model(turn.request))
    assert_same(real, run_port(body.dialect, body.data, turn.request))
    documents = [json.loads(item.model_dump_json(exclude_unset=True, warnings=False)) for item in items]
    assert documents == DESIGN.restore(documents, turn.request)


# ----------------------------------------------------------------------------------------------------------- own bodies

ITEM = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "tags": {"type": "array", "items": {"type": "string"}}},
    "required": ["name"],
}
TASKS = {"type": "object", "properties": {"tasks": {"type": "array", "items": ITEM}}, "required": ["tasks"]}
REQUEST = Request((), (Tool("stops", parameters=TASKS),))

OWN = {
    "list in one piece": body_of(call('{"tasks": [{"name": "a"}, {"name": "b"}]}', 0, "stops")),
    "list in pieces": body_of(call('{"tas', 0, "stops"), call('ks": ['), call('{"name": "a"'), call("}"), call(", {")),
    "items without a comma between": body_of(call('[{"name": "a"}{"name": "b"}, {"name": "c"}]', 0, "stops")),
    "items in pieces without a comma": body_of(call('[{"name": "a"}', 0, "stops"), call('{"name": "b"}')),
    "list within an item comes first": body_of(call('{"name": "a", "tags": ["x"', 0, "stops"), call("]}")),
    "list within an item": body_of(
        call('{"tasks": [{"name": "a", "tags": ["x"]}, {"name": "b', 0, "stops"), call('"}')
    ),
    "brace in a string": body_of(call('{"tasks": [{"name": "}{"}, {"name": "\\"}"}', 0, "stops"), call("]}")),
    "quote escaped at the end of a piece": body_of(call('[{"name": "a\\', 0, "stops"), call('"}'), call('"}]')),
    "bracket in a string begins a list": body_of(call('{"na', 0, "stops"), call('me": "a['), call('b"}')),
    "brace in a string before the item": body_of(call('["{", {"name": "a"}]', 0, "stops")),
    "item does not fit": body_of(call('[{"name": "a"}, {"name": 1}, {"name": "c"}]', 0, "stops")),
    "item is no JSON": body_of(call('[{"name": "a"}, {name}]', 0, "stops")),
    "closing brace too many": body_of(call('[{"name": "a"}, }{"name": "b"}, {"name": "c"}', 0, "stops")),
    "second list after the first": body_of(call('[{"name": "a"}]', 0, "stops"), call('[{"name": "b"}]', 1, "stops")),
    "objects without a list": body_of(call('{"name": "a"}', 0, "stops"), call('{"name": "b"}', 1, "stops")),
    "empty list": body_of(call('{"tasks": []}', 0, "stops")),
    "arguments null": body_of(call('[{"name": "a"', 0, "stops"), call(None), call("}")),
    "length": body_of(call('[{"name": "a"}, {"na', 0, "stops"), finish="length"),
    "error in the stream": body_of(call('[{"name": "a"}', 0, "stops"), finish=None, end=FAILURE),
    "cut body": body_of(call('[{"name": "a"}, {', 0, "stops"), finish=None, end=b""),
    "empty body": b"",
    "text only": chunk({"content": '[{"name": "a"}]'}) + chunk({}, "stop") + b"data: [DONE]\n\n",
}


@pytest.mark.parametrize("name", OWN)
def test_port_equals_instructor_on_what_the_corpus_lacks(replay: Replay, name: str) -> None:
    """Lists, cut, wrong, doubled and odd arguments: the same items, the same exception, the same words."""
    real, _ = run_real(replay, "openai-chat", OWN[name], item_model(REQUEST))
    assert_same(real, run_port("openai-chat", OWN[name], REQUEST))


def test_own_bodies_show_every_outcome() -> None:
    """Among these bodies are some with several items, some with none, and some for each way to raise."""
    runs = [run_port("openai-chat", body, REQUEST) for body in OWN.values()]
    assert {None, "APIError", "ValidationError"} == {run.raised for run in runs}
    assert {0, 1, 2} <= {len(run.snapshots) for run in runs}


@pytest.mark.parametrize("name", ["list in pieces", "item does not fit", "error in the stream"])
def test_the_synchronous_client_yields_the_same(replay: Replay, name: str) -> None:
    """Unlike `create_partial`, the synchronous `create_iterable` is a generator: items, then the exception as it is."""
    replay.body = OWN[name]
    items: list[Any] = []
    raised: tuple[str | None, str] = (None, "")
    with openai.OpenAI(base_url=f"{replay.url}/v1", api_key="none", max_retries=0) as sdk:
        _, _, arguments = client_of("openai-chat", replay.url)
        client: Any = instructor.from_openai(sdk, mode=instructor.Mode.TOOLS)
        try:
            for item in client.create_iterable(response_model=item_model(REQUEST), **arguments):
                items.append(dump(item))  # noqa: PERF401 - what came before it raises is kept
        except Exception as error:  # noqa: BLE001 - whatever it is, it is compared
            raised = as_raised(error)
    assert_same(Run(items, *raised), run_port("openai-chat", OWN[name], REQUEST))


# ------------------------------------------------------------------------------------------------------------ generated


@given(st.data())
def test_port_equals_instructor_on_generated_lists(data: st.DataObject) -> None:
    """Any list of values that fit a schema or do not, cut anywhere: equal items, exception and words."""
    schema = data.draw(SCHEMAS)
    found: Json = [data.draw(values(schema)) for _ in range(data.draw(st.integers(0, 4)))]
    if data.draw(st.booleans()):
        found = {"tasks": found}
    text = json.dumps(found, ensure_ascii=data.draw(st.booleans()), indent=data.draw(st.sampled_from([None, 1])))
    pieces = data.draw(fragments(text))
    model = model_from_schema(schema, "Generated")
    assert_same(run_framework(model, pieces), run_port_halves(model, pieces))


@given(st.data())
def test_port_equals_instructor_on_broken_lists(data: st.DataObject) -> None:
    """Lists with something foreign in them: equal items, exception and words."""
    schema = data.draw(SCHEMAS)
    text = json.dumps([data.draw(values(schema)) for _ in range(data.draw(st.integers(1, 3)))], ensure_ascii=False)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        text = text[:at] + data.draw(st.sampled_from([*SCRAPS, "}", '"', "\\", "["])) + text[at:]
    pieces = data.draw(fragments(text))
    model = model_from_schema(schema, "Generated")
    assert_same(run_framework(model, pieces), run_port_halves(model, pieces))
