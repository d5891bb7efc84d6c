"""The Dify designs against dify-plugin 0.7.4 itself.

Runs where `dify_plugin` is installed, which is an environment of its own: its pins exclude those of other libraries.

- Vocabulary: our chunks are the release's chunks, field by field.
- Tags: our tagger answers as the release's helper, for any sequence of deltas.
- Assembly, history: the release's own calls, fed our chunks, give our result and take our request.
- Plug-in: the release's OpenAI-compatible class, fed a body over loopback HTTP, yields our chunks.

The last comparison leaves out, by name: `index` (the class counts frames with a choice, and yielded ones twice),
`model` (it repeats the name that was asked for), prices and latency, and usage that the body did not report (it
estimates). Each of these has a case below that shows it.
"""

from __future__ import annotations

import functools
import json
import threading
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.design import Design, NativeRaise
from workbench.designs.dify_delta import DESIGN as DELTA
from workbench.designs.dify_tagged import DESIGN as TAGGED
from workbench.designs.dify_tagged.adapter import Tagger
from workbench.dialect import Decoded
from workbench.transcript import (
    ArgumentsDelta,
    Delta,
    Finished,
    FollowUp,
    Message,
    PartStart,
    ReasoningDelta,
    Request,
    ResponseEnded,
    ResponseInfo,
    StreamTruncated,
    TextDelta,
    TextPart,
    Usage,
    UsageReported,
)

pytest.importorskip("dify_plugin", reason="dify_plugin is not installed here: it has an environment of its own")

from dify_plugin.core.runtime import Session
from dify_plugin.entities.model import llm, message
from dify_plugin.interfaces.agent import AgentModelConfig
from dify_plugin.interfaces.model.large_language_model import LargeLanguageModel
from dify_plugin.interfaces.model.openai_compatible.llm import OAICompatLargeLanguageModel
from dify_plugin.invocations.model.llm import LLMInvocation

pytestmark = pytest.mark.differential

ROOT = Path(__file__).resolve().parents[2]
REQUEST = Request(messages=(Message("user", (TextPart("Hi"),)),), model="asked-for")
KNOWN = {
    "parallel-calls-interleaved": "the class adds a piece without an id to the last call it knows of; we go by part",
}
"""Fixture bodies on which the release's class yields other chunks than our adapter, each with the reason."""

# ------------------------------------------------------------------------------------------------------ hand-made input

texts = st.text(alphabet="ab <>/\n😀", max_size=4)
steps = st.lists(
    st.lists(
        st.one_of(
            st.builds(TextDelta, st.just(0), st.just(0), texts),
            st.builds(ReasoningDelta, st.just(0), st.just(1), texts),
            st.builds(ArgumentsDelta, st.just(0), st.integers(2, 3), texts),
            st.builds(PartStart, st.just(0), st.integers(2, 3), st.just("tool-call"), id=st.sampled_from(["c", "d"])),
            st.builds(ResponseInfo, st.just(0), model=st.sampled_from(["m", "n"])),
            st.builds(UsageReported, st.just(0), st.builds(Usage, input=st.integers(0, 9), output=st.integers(0, 9))),
            st.builds(Finished, st.just(0), st.just("stop"), st.sampled_from(["stop", "end_turn"])),
        ),
        max_size=4,
    ),
    max_size=8,
)


def run(design: Design, fed: Sequence[Sequence[Delta]]) -> tuple[list[dict[str, Any]], Any]:
    """All chunks of a stream as JSON, and its adapter."""
    adapter = design.start(REQUEST)
    events = [event for step in fed for event in adapter.receive(step)]
    return [design.event_json(event) for event in [*events, *adapter.finish()]], adapter


# ----------------------------------------------------------------------------------------------------------- vocabulary


@given(steps)
def test_our_chunks_are_the_release_s(fed: list[list[Delta]]) -> None:
    """The release's models read our chunks, keep every field, and write the same JSON, key order included."""
    for chunk in run(TAGGED, fed)[0]:
        assert json.dumps(llm.LLMResultChunk.model_validate(chunk).model_dump(mode="json")) == json.dumps(chunk)


@given(steps)
def test_the_proposal_s_chunks_differ_by_one_field(fed: list[list[Delta]]) -> None:
    """Without the proposed field, the chunks of the proposed design are the release's."""
    for chunk in run(DELTA, fed)[0]:
        known = llm.LLMResultChunk.model_validate(chunk).model_dump(mode="json")
        assert {"reasoning_content"} == set(chunk["delta"]) - set(known["delta"])
        del chunk["delta"]["reasoning_content"]
        assert json.dumps(known) == json.dumps(chunk)


def test_the_release_has_no_field_for_reasoning() -> None:
    """The field is a proposal: neither delta, nor message, nor result has it in the release."""
    for model in (llm.LLMResultChunkDelta, llm.LLMResultChunk, llm.LLMResult, message.AssistantPromptMessage):
        assert [] == [name for name in model.model_fields if "reason" in name and name != "finish_reason"]


@pytest.mark.parametrize("given_id", [None, 7, "x"])
def test_calls_are_read_leniently_in_the_same_way(given_id: object) -> None:
    """Absent ids, names and arguments become empty texts in both."""
    from workbench.families.dify.messages import ToolCall

    call = {"id": given_id, "type": None, "function": {"name": None, "arguments": None}}
    theirs = message.AssistantPromptMessage.ToolCall.model_validate(call).model_dump()
    assert theirs == ToolCall.model_validate(call).model_dump()


@pytest.mark.parametrize("name", ["SystemPromptMessage", "UserPromptMessage", "AssistantPromptMessage"])
def test_messages_have_the_release_s_fields(name: str) -> None:
    """Fields, order and defaults of messages are the release's."""
    from workbench.families.dify import messages

    theirs, ours = (getattr(module, name)(content="x").model_dump(mode="json") for module in (message, messages))
    assert list(theirs.items()) == list(ours.items())


def test_empty_usage_is_the_release_s() -> None:
    """Zeros are written alike."""
    from workbench.families.dify.results import LLMUsage

    assert llm.LLMUsage.empty_usage().model_dump_json() == LLMUsage.empty_usage().model_dump_json()


def test_prompt_messages_are_emptied() -> None:
    """Whatever is given, the deprecated copy of the prompt is empty."""
    from workbench.designs.dify_tagged import vocabulary

    for module in (llm, vocabulary):
        delta = {"index": 0, "message": {"content": "x"}}
        chunk = module.LLMResultChunk.model_validate(
            {"model": "m", "prompt_messages": [{"role": "user"}], "delta": delta}
        )
        assert [] == chunk.prompt_messages


# ----------------------------------------------------------------------------------------------------------------- tags


class Plain(LargeLanguageModel):
    """A model plug-in that yields what it is given."""

    chunks: Sequence[llm.LLMResultChunk] = ()

    def _invoke(self, *args: object, **kwargs: object) -> Iterator[llm.LLMResultChunk]:
        yield from self.chunks

    def get_num_tokens(self, *args: object, **kwargs: object) -> int:
        """Counts nothing."""
        return 0

    def validate_credentials(self, *args: object, **kwargs: object) -> None:
        """Accepts anything."""

    @property
    def _invoke_error_mapping(self) -> dict[Any, Any]:
        return {}


@given(st.lists(st.tuples(texts, texts), max_size=12))
def test_our_tagger_is_the_release_s_helper(pairs: list[tuple[str, str]]) -> None:
    """For any sequence of provider deltas, text by text, our tagger answers as the helper does."""
    model, tagger, inside = Plain([]), Tagger(), False
    for text, reasoning in pairs:
        delta = {"content": text, "reasoning_content": reasoning}
        theirs, inside = model._wrap_thinking_by_reasoning_content(delta, inside)
        assert (theirs, inside) == (tagger.wrap(text, reasoning), tagger.inside)


@given(steps)
def test_our_stream_s_text_is_what_the_helper_makes_of_it(fed: list[list[Delta]]) -> None:
    """The helper, handed each piece that our plug-in half cuts, makes the text of our chunks."""
    from workbench.families.dify.plugin import pieces

    model, inside, theirs = Plain([]), False, []
    for text, reasoning in (piece for step in fed for piece in pieces(step)):
        made, inside = model._wrap_thinking_by_reasoning_content(
            {"content": text, "reasoning_content": reasoning}, inside
        )
        theirs.append(made)
    ours = [chunk["delta"]["message"]["content"] for chunk in run(TAGGED, fed)[0]]
    assert [made for made in theirs if made] == [made for made in ours if made]


def test_the_helper_loses_text_that_comes_with_reasoning() -> None:
    """Why our plug-in half keeps them apart: of a delta with both, the helper returns the reasoning alone."""
    both = {"content": "answer", "reasoning_content": "thought"}
    assert ("<think>\nthought", True) == Plain([])._wrap_thinking_by_reasoning_content(both, False)


# ------------------------------------------------------------------------------------------- framework, result, history


@given(steps)
def test_the_framework_hands_chunks_on_as_they_are(fed: list[list[Delta]]) -> None:
    """`LargeLanguageModel.invoke` yields what the plug-in yielded."""
    ours = run(TAGGED, fed)[0]
    model = Plain([])
    model.chunks = [llm.LLMResultChunk.model_validate(chunk) for chunk in ours]
    theirs = model.invoke(model="asked-for", credentials={}, prompt_messages=[])
    assert ours == [chunk.model_dump(mode="json") for chunk in theirs]


class Canned(LLMInvocation):
    """`session.model.llm`, with chunks at hand in place of Dify's answer."""

    chunks: Sequence[dict[str, Any]] = ()

    def _backwards_invoke(self, type: object, data_type: Any, data: object) -> Iterator[Any]:  # noqa: A002 - theirs
        return (data_type(**chunk) for chunk in self.chunks)


@pytest.mark.parametrize("design", [TAGGED, DELTA], ids=lambda design: design.id)
@given(fed=steps)
def test_our_result_is_what_the_release_assembles(design: Design, fed: list[list[Delta]]) -> None:
    """The release's call without streaming, fed our chunks, returns our message, and reads our stored form back."""
    chunks, adapter = run(design, fed)
    invocation = Canned()
    invocation.chunks = chunks
    config = llm.LLMModelConfig.model_validate(
        {"provider": "p", "model": "asked-for", "model_type": "llm", "mode": "chat"}
    )
    result = invocation.invoke(config, [], stream=False)
    assert result.model_dump(mode="json") == adapter.message()
    assert result == llm.LLMResult.model_validate_json(json.dumps(adapter.stored()))


@pytest.mark.filterwarnings("ignore:The `dict` method is deprecated")  # the release calls it
def test_our_next_request_is_history_to_the_release() -> None:
    """The release reads our next request as history, and its OpenAI-compatible class sends the tags on as they are."""
    _, adapter = run(
        TAGGED,
        [
            [ReasoningDelta(0, 0, "Hm"), TextDelta(0, 1, "Yes")],
            [PartStart(0, 2, "tool-call", id="c", name="f"), ArgumentsDelta(0, 2, "{}")],
            [ResponseEnded(0)],
        ],
    )
    request = TAGGED.resume(TAGGED.history(REQUEST), adapter.stored(), FollowUp({"f": "1"}))
    config = {"provider": "p", "model": "m", "model_type": "llm", "mode": "chat"}
    read = AgentModelConfig.model_validate(
        {**config, "history_prompt_messages": json.loads(json.dumps(request))}
    ).history_prompt_messages
    assert [
        message.UserPromptMessage,
        message.AssistantPromptMessage,
        message.ToolPromptMessage,
        message.UserPromptMessage,
    ] == [type(one) for one in read]
    assert request == [one.model_dump(mode="json") for one in read]
    sent = Uncounting([])._convert_prompt_message_to_dict(read[1], {"function_calling_type": "tool_call"})
    assert "<think>\nHm\n</think>Yes" == sent["content"]


def test_session_is_where_the_call_is() -> None:
    """The call that the design names as its API is where the design says."""
    assert "llm" in vars(Session.empty_session().model)


# -------------------------------------------------------------------------------------------------------------- plug-in


class Handler(BaseHTTPRequestHandler):
    """Answers every request with one body."""

    body = b""

    def do_POST(self) -> None:
        """Sends the body; its end is the end of the connection."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the base class gave it
        """Drops the line."""


class Uncounting(OAICompatLargeLanguageModel):
    """The release's class, without the tokenizer that it would fetch from another machine."""

    def _num_tokens_from_string(self, *args: object, **kwargs: object) -> int:
        return 4711


def shipped(body: bytes) -> Iterator[dict[str, Any]]:
    """What the release's class yields for a body that it gets over loopback HTTP."""
    handler = type("One", (Handler,), {"body": body})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        credentials = {
            "mode": "chat",
            "endpoint_url": f"http://127.0.0.1:{server.server_port}/v1",
            "function_calling_type": "tool_call",
            "api_key": "none",
        }
        model = Uncounting([])
        prompt = [message.UserPromptMessage(content="Hi")]
        try:
            for chunk in model.invoke(model="asked-for", credentials=credentials, prompt_messages=prompt):
                yield chunk.model_dump(mode="json")
        finally:
            server.shutdown()
            thread.join()


def said(chunks: Sequence[dict[str, Any]], *, counted: bool = True) -> list[Any]:
    """Chunks without what the module's docstring names."""
    found = []
    for chunk in chunks:
        delta = chunk["delta"]
        usage = delta["usage"] if counted else None
        tokens = usage and (usage["prompt_tokens"], usage["completion_tokens"], usage["total_tokens"])
        found.append((delta["message"], delta["finish_reason"], tokens))
    return found


def body_of(*frames: dict[str, Any] | str) -> bytes:
    """A body in the dialect of OpenAI's chat completions."""
    datas = [frame if isinstance(frame, str) else json.dumps(frame) for frame in frames]
    return "".join(f"data: {data}\n\n" for data in datas).encode()


def choice(finish: str | None = None, **delta: Any) -> dict[str, Any]:
    """A frame with one choice."""
    return {"id": "r", "model": "answered", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


def call(index: int, arguments: str, **named: str) -> dict[str, Any]:
    """A piece of a tool call as the wire has it."""
    head = {"id": named["id"], "type": "function"} if named else {}
    name = {"name": named["name"]} if named else {}
    return {"index": index, **head, "function": {**name, "arguments": arguments}}


USAGE = {"choices": [], "usage": {"prompt_tokens": 11, "completion_tokens": 22, "total_tokens": 33}}
EVERYTHING = (
    choice(role="assistant", content=""),
    choice(reasoning_content="Let "),
    choice(reasoning_content="me."),
    choice(content="One"),
    choice(content=" moment."),
    choice(tool_calls=[call(0, "", id="call-a", name="f")]),
    choice(tool_calls=[call(0, '{"x":')]),
    choice(tool_calls=[call(0, " 1}")]),
    choice(tool_calls=[call(1, "[]", id="call-b", name="g")]),
    choice("tool_calls"),
    USAGE,
    "[DONE]",
)
OURS = (
    [ResponseInfo(0, "r", "answered")],
    [PartStart(1, 0, "reasoning"), ReasoningDelta(1, 0, "Let ")],
    [ReasoningDelta(2, 0, "me.")],
    [PartStart(3, 1, "text"), TextDelta(3, 1, "One")],
    [TextDelta(4, 1, " moment.")],
    [PartStart(5, 2, "tool-call", id="call-a", name="f")],
    [ArgumentsDelta(6, 2, '{"x":')],
    [ArgumentsDelta(7, 2, " 1}")],
    [PartStart(8, 3, "tool-call", id="call-b", name="g"), ArgumentsDelta(8, 3, "[]")],
    [Finished(9, "tool-calls", "tool_calls")],
    [UsageReported(10, Usage(11, 22))],
    [ResponseEnded(11)],
)


def test_the_release_s_class_yields_our_chunks() -> None:
    """For one body with everything in it, typed by hand beside its deltas, both yield the same chunks."""
    theirs = list(shipped(body_of(*EVERYTHING)))
    assert said(theirs) == said(run(TAGGED, OURS)[0])
    assert 6 == len(theirs)


@pytest.mark.parametrize("frames", range(1, len(EVERYTHING)))
def test_the_release_s_class_yields_our_chunks_of_a_cut_body(frames: int) -> None:
    """Cut after any frame, both end in the same way, tags left open included."""
    theirs = list(shipped(body_of(*EVERYTHING[:frames])))
    ours = run(TAGGED, [*OURS[:frames], [StreamTruncated(frames)]])[0]
    counted = frames > EVERYTHING.index(USAGE)
    assert said(theirs, counted=counted) == said(ours, counted=counted)


def test_an_error_frame_is_a_value_error_in_both() -> None:
    """The class raises while its chunks are iterated, with the provider's object as its text, untransformed."""
    from workbench.transcript import Failure, StreamFailed

    failure = {"message": "Overloaded", "type": "overloaded_error"}
    theirs = shipped(body_of(choice(content="Hi"), {"error": failure}))
    assert "Hi" == next(theirs)["delta"]["message"]["content"]
    with pytest.raises(ValueError, match="Overloaded") as raised:
        next(theirs)
    with pytest.raises(NativeRaise) as ours:
        run(TAGGED, [[TextDelta(0, 0, "Hi")], [StreamFailed(1, Failure("Overloaded", "overloaded_error"))]])
    assert (type(raised.value).__name__, str(raised.value)) == (ours.value.type, str(ours.value))


def test_left_out_fields_do_differ() -> None:
    """What the comparison leaves out differs, so it is left out for a reason."""
    theirs = list(shipped(body_of(*EVERYTHING)))
    ours = run(TAGGED, OURS)[0]
    assert [2, 4, 6, 8, 15, 15] == [chunk["delta"]["index"] for chunk in theirs]
    assert [0, 1, 2, 3, 4, 5] == [chunk["delta"]["index"] for chunk in ours]
    assert ({"asked-for"}, {"answered"}) == tuple({chunk["model"] for chunk in chunks} for chunks in (theirs, ours))
    assert ("0E-7", "0.0") == (theirs[-1]["delta"]["usage"]["total_price"], ours[-1]["delta"]["usage"]["total_price"])
    assert theirs[-1]["delta"]["usage"]["latency"] > 0 == ours[-1]["delta"]["usage"]["latency"]
    uncounted = list(shipped(body_of(choice(content="Hi"), choice("stop"), "[DONE]")))
    assert 4711 == uncounted[-1]["delta"]["usage"]["completion_tokens"]
    assert run(TAGGED, [[TextDelta(0, 0, "Hi")], [ResponseEnded(1)]])[0][-1]["delta"]["usage"] is None


def test_the_class_goes_by_id_and_we_go_by_part() -> None:
    """Interleaved pieces without an id all go to the last call in the class; ours keeps them apart."""
    theirs = list(
        shipped(
            body_of(
                choice(tool_calls=[call(0, "", id="call-a", name="f"), call(1, "", id="call-b", name="g")]),
                choice(tool_calls=[call(0, "{}")]),
                choice("tool_calls", tool_calls=[call(1, "[]")]),
                USAGE,
            )
        )
    )
    calls = theirs[0]["delta"]["message"]["tool_calls"]
    assert [("f", ""), ("g", "{}[]")] == [(one["function"]["name"], one["function"]["arguments"]) for one in calls]


def test_the_class_invents_an_id_and_we_do_not() -> None:
    """A named call without an id gets a random one in the class."""
    piece = {"index": 0, "function": {"name": "f", "arguments": "{}"}}
    theirs = list(shipped(body_of(choice("tool_calls", tool_calls=[piece]), USAGE)))
    assert theirs[0]["delta"]["message"]["tool_calls"][0]["id"].startswith("chatcmpl-tool-")
    ours = run(TAGGED, [[PartStart(0, 0, "tool-call", name="f")], [ResponseEnded(1)]])[0]
    assert "" == ours[0]["delta"]["message"]["tool_calls"][0]["id"]


# ------------------------------------------------------------------------------------------------------------- fixtures


def bodies() -> list[Path]:
    """The corpus' bodies in the dialect that the release's class speaks."""
    return sorted((ROOT / "fixtures").glob("*/*.openai-chat.sse"))


@functools.cache
def dialect() -> ModuleType:
    """The dialect's module; skips where it is not at hand."""
    return pytest.importorskip("workbench.dialects.openai_chat")


def both(path: Path) -> tuple[list[Any], list[Any]]:
    """What class and adapter say of a body; an exception stands last."""
    body = path.read_bytes()
    decoded: Decoded = dialect().DIALECT.decode(body)
    ours: list[Any] = []
    theirs: list[Any] = []
    adapter = TAGGED.start(REQUEST)
    try:
        for _, step in decoded.steps:
            ours += [TAGGED.event_json(event) for event in adapter.receive(step)]
        ours += [TAGGED.event_json(event) for event in adapter.finish()]
    except NativeRaise as error:
        ours.append(error.type)
    try:
        theirs.extend(shipped(body))
    except Exception as error:  # noqa: BLE001 - whatever reaches the user is what is compared
        theirs.append(type(error).__name__)
    counted = not ours or isinstance(ours[-1], str) or ours[-1]["delta"]["usage"] is not None
    return tuple(  # type: ignore[return-value]
        said([chunk for chunk in chunks if isinstance(chunk, dict)], counted=counted)
        + [chunk for chunk in chunks if isinstance(chunk, str)]
        for chunks in (theirs, ours)
    )


@pytest.mark.parametrize("path", bodies(), ids=lambda path: f"{path.parent.name}-{path.name[0]}")
def test_fixtures_give_the_same_chunks(path: Path) -> None:
    """On each body of the corpus, class and adapter yield the same chunks, or the difference is known."""
    theirs, ours = both(path)
    if path.parent.name in KNOWN:
        assert theirs != ours, "a known difference that no longer occurs"
    else:
        assert theirs == ours
