"""Holds responses that are not streamed against the official SDKs: they say what the SDK assembles of the stream.

Theory of operation. The document is written of a fixture's truth, and the body too, each by our own code. The SDK reads
both: the document with its call that does not stream, the body with its helper that does. What it makes of them has to
be equal, but for what a stream's helper leaves out or adds of its own (`UNTOLD`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import anthropic
import openai
import pytest

from tests.differential.assembling import UNTOLD, by_anthropic, by_openai
from workbench.corpus import load_corpus
from workbench.dialects import all_dialects
from workbench.harness.run import ReadBody, read_bodies
from workbench.transcript import Json, ToolCallPart
from workbench.upstream.replay import ReplayServer, Script, json_answer

pytestmark = pytest.mark.differential

DIALECTS = all_dialects()
READERS = {"openai-chat": by_openai, "anthropic-messages": by_anthropic}
BODIES = [
    pytest.param(body, id=str(body.address))
    for body in read_bodies(load_corpus(), DIALECTS)
    if body.address.dialect in READERS
]
ASKED: Any = {"model": "m", "max_tokens": 64, "messages": [{"role": "user", "content": "Go."}]}


def read_whole(dialect: str, document: bytes) -> Json:
    """What the SDK makes of a document."""
    path = DIALECTS[dialect].path
    with ReplayServer(Script((json_answer(path, document),))) as server:
        if dialect == "openai-chat":
            http = openai.DefaultHttpxClient(verify=False)
            with openai.OpenAI(base_url=f"{server.url}/v1", api_key="none", max_retries=0, http_client=http) as client:
                return json.loads(client.chat.completions.create(**ASKED).to_json())
        other = anthropic.DefaultHttpxClient(verify=False)
        with anthropic.Anthropic(base_url=server.url, api_key="none", max_retries=0, http_client=other) as reader:
            return json.loads(reader.messages.create(**ASKED).to_json())


def said(value: Json) -> Json:
    """A response without nulls, empty lists, and what no stream tells."""
    if isinstance(value, dict):
        return {key: said(one) for key, one in value.items() if one is not None and one != [] and key not in UNTOLD}
    return [said(one) for one in value] if isinstance(value, list) else value


def readable(body: ReadBody) -> bool:
    """Whether there must be a document: the stream ended, and every input of a tool is an object where it has to be."""
    if body.truth.projected.outcome.completion != "complete":
        return False
    return body.address.dialect == "openai-chat" or all(map(is_object, arguments(body)))


def arguments(body: ReadBody) -> Iterator[str]:
    """The argument texts of a body."""
    for part in body.truth.projected.parts:
        if isinstance(part, ToolCallPart):
            yield part.arguments or "{}"


def is_object(text: str) -> bool:
    """Whether a text is a JSON object."""
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


@pytest.mark.parametrize("body", BODIES)
def test_document_says_what_the_sdk_assembles_of_the_stream(body: ReadBody) -> None:
    """Where a stream came to its end, both ways of asking give the same response."""
    dialect = body.address.dialect
    document = DIALECTS[dialect].whole(body.truth.projected)
    assert readable(body) == (document is not None)
    if document is None:
        return
    streamed = READERS[dialect](body.body.data)
    assert said(streamed) == said(read_whole(dialect, document))


def test_both_outcomes_are_in_the_corpus() -> None:
    """There are bodies with a document and bodies without, in both dialects."""
    found = {(body.address.dialect, readable(body)) for (body,) in (param.values for param in BODIES)}  # type: ignore[arg-type, union-attr]
    assert {(dialect, whether) for dialect in READERS for whether in (True, False)} == found
