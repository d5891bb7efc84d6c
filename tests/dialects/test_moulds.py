"""Moulds: the short cut for frames that repeat one before gives what reading each frame in full gives."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.dialects import _moulds
from workbench.dialects._decoder import JsonEventDecoder, Step
from workbench.dialects._moulds import MouldingDecoder
from workbench.dialects.anthropic_messages.decode import MessagesDecoder
from workbench.dialects.openai_chat.decode import ChatDecoder
from workbench.transcript import ReasoningDelta, TextDelta
from workbench.wire import Frame

STRINGS = [
    *('"x"', '"x"', '"yes"', '"a b"', '"é…😀"', '""', '" "', r'"\""', r'"\\"', r'"\u00e9\n"', r'"\ud83d"', r'"\ude00"'),
    *("null", "3", "{}", '"x', "x", ' "x" ', '"x"}', '"\t"', '"\x01"', '"x","refusal":"no"', r'"\x"', '"x" "y"'),
    *('"content":"x"', r'"\"content\":\"x\""', '"a probe"'),
]
CHAT = [
    '{"id":"r","model":"m","choices":[{"index":0,"delta":{"content":%s},"finish_reason":null}],"usage":null}',
    '{"id":"r","model":"m","choices":[{"index":0,"delta":{"reasoning_content":%s}}]}',
    '{"id":"r","model":"m","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":%s}}]}}]}',
    '{"id":"r","model":"m","choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"function":{"arguments":%s}}]}}]}',
    '{"id":"r","model":"m","choices":[{"index":0,"delta":{"tool_calls":[{"function":{"arguments":%s}}]}}]}',
    '{"id": "r", "model": "m", "choices": [{"delta": {"role": "assistant", "content": %s}, "index": 0}]}',
    '{"id":"r","model":"m","choices":[{"delta":{"content":"kept","content":%s}}]}',
    '{"id":"r","model":"m","choices":[{"delta":{"content":%s,"content":"kept"}}]}',
    '{"id":"r","model":"m","choices":[{"delta":{"note":{"content":"n"},"content":%s}}]}',
    '{"id":"r","model":"m","choices":[{"delta":{"content":"kept","reasoning":%s}}]}',
    '{"id":"r","model":"m","choices":[{"delta":{"content":"kept"},"x":%s}]}',
    '{"id":%s,"model":"m","choices":[{"delta":{"content":"kept"}}]}',
    '{"id":"r","model":"m","choices":[{"delta":{"content":%s},"finish_reason":"length"}]}',
    '{"id":"r","model":"m","choices":[{"delta":{"content":%s,"tool_calls":[{"index":0,"id":"a"}]}}]}',
    '{"id":"r","model":"m","choices":[{"delta":{"content":%s}}],"usage":{"prompt_tokens":1}}',
]
CHAT_OTHERS = [
    '{"id":"r","model":"m","choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f"}}]}}]}',
    '{"id":"r","model":"m","choices":[{"delta":{"tool_calls":[{"index":1,"id":"b","function":{"name":"g"}}]}}]}',
    '{"id":"r","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}',
    *('{"id":"r","model":"m","choices":[{"index":1,"delta":{"content":"x"}}]}', '{"error":{"message":"no"}}'),
    *("[DONE]", '"x"', "", "x"),
]
MESSAGES = [
    '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":%s}}',
    '{"type":"content_block_delta","index":1,"delta":{"type":"thinking_delta","thinking":%s}}',
    '{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":%s}}',
    '{"type": "content_block_delta", "index": 0, "delta": {"text": %s, "type": "text_delta"}}',
    '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":%s,"text":"kept"}}',
    '{"type":"content_block_delta","index":0,"text":%s,"delta":{"type":"text_delta","text":"kept"}}',
]
MESSAGES_OTHERS = [
    '{"type":"message_start","message":{"id":"r","model":"m"}}',
    '{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}',
    '{"type":"content_block_start","index":1,"content_block":{"type":"thinking","thinking":""}}',
    '{"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"a","name":"f","input":{}}}',
    *('{"type":"content_block_stop","index":0}', '{"type":"content_block_stop","index":2}', '{"type":"message_stop"}'),
    *('{"type":"error","error":{"message":"no"}}', '{"type":"ping"}', '"x"'),
]


def streams(around: Sequence[str], others: Sequence[str]) -> st.SearchStrategy[list[str]]:
    """Streams that say much the same again and again: few kinds of frame, whole or cut off."""
    whole = st.builds(lambda before, string: before.replace("%s", string), st.sampled_from(around), texts)
    frame = st.one_of(whole, whole, whole, st.sampled_from(others), st.builds(cut, whole, st.integers(1, 60)))
    again = st.lists(st.tuples(frame, st.integers(1, 3)), max_size=6).map(lambda some: [one for one, n in some * 3] * 2)
    return st.one_of(st.lists(frame, max_size=30), again)


def cut(data: str, lost: int) -> str:
    """A frame without its last characters."""
    return data[:-lost]


texts = st.sampled_from(STRINGS)


def frames_of(stream: Sequence[str], event: str = "message") -> list[Frame]:
    """Frames of this data; with `event` as the type of most."""
    return [
        Frame(index, event if index % 7 else "other", data, index, index + 1, True) for index, data in enumerate(stream)
    ]


def compare(make: type[MouldingDecoder], frames: Sequence[Frame], size: int) -> None:
    """Holds that moulds change nothing: frames in groups of this size, and one by one, beside reading each in full."""
    grouped, single, plain = make(), make(), make()
    steps = [(frame.index, tuple(JsonEventDecoder.receive(plain, frame))) for frame in frames]
    expected = [(index, step) for index, step in steps if step]
    given: list[Step] = []
    for at in range(0, len(frames), size):
        given += grouped.read(frames[at : at + size])
    assert expected == given
    assert expected == JsonEventDecoder.read(single, frames)
    last = plain.finish(None)
    assert (last, last) == (grouped.finish(None), single.finish(None))
    assert (plain.diagnostics, plain.diagnostics) == (grouped.diagnostics, single.diagnostics)


@given(stream=streams(CHAT, CHAT_OTHERS), size=st.integers(1, 9))
def test_moulds_change_nothing_in_openai_chat(stream: list[str], size: int) -> None:
    """Chunks that repeat one before, or nearly, are read as if there were no short cut."""
    compare(ChatDecoder, frames_of(stream), size)


@given(stream=streams(MESSAGES, MESSAGES_OTHERS), size=st.integers(1, 9))
def test_moulds_change_nothing_in_anthropic_messages(stream: list[str], size: int) -> None:
    """Events that repeat one before, or nearly, are read as if there were no short cut."""
    compare(MessagesDecoder, frames_of([*MESSAGES_OTHERS[:4], *stream], "content_block_delta"), size)


@pytest.mark.parametrize("string", STRINGS)
@pytest.mark.parametrize(
    ("make", "opening", "around"), [(ChatDecoder, [], CHAT), (MessagesDecoder, MESSAGES_OTHERS[:4], MESSAGES)]
)
def test_each_odd_string_is_read_as_in_full(
    make: type[MouldingDecoder], opening: list[str], around: list[str], string: str
) -> None:
    """A frame that fits a mould but for its string, or that is cut right behind it, is no continuation."""
    for outer in around:
        good, odd = outer.replace("%s", '"x"'), outer.replace("%s", string)
        at = outer.index("%s")
        for last in (odd, outer[:at] + string, string + outer[at + 2 :], f"{odd} ", f" {odd}", string):
            compare(make, frames_of([*opening, good, good, last, good], "content_block_delta"), 99)


@pytest.mark.parametrize(
    "between", [*CHAT_OTHERS, *(one.replace("%s", '"x"') for one in CHAT), '{"id":"r","model":"m","choices":[]}']
)
@pytest.mark.parametrize("kind", [0, 1, 2])
def test_what_comes_between_breaks_the_mould(kind: int, between: str) -> None:
    """After any other chunk, one that fits the mould of text, reasoning or a call means what it means then."""
    begun = CHAT_OTHERS[0] if kind == 2 else ""
    again = CHAT[kind].replace("%s", '"x"')
    compare(ChatDecoder, frames_of([begun, again, again, again, between, again, again]), 99)


@pytest.mark.parametrize(
    "between", [*MESSAGES_OTHERS, *(one.replace("%s", '"x"') for one in MESSAGES), '{"type":"content_block_stop"}']
)
@pytest.mark.parametrize("kind", [0, 1, 2])
def test_what_comes_between_breaks_the_mould_of_a_block(kind: int, between: str) -> None:
    """After any other event, one that fits the mould of a block means what it means then."""
    again = MESSAGES[kind].replace("%s", '"x"')
    stream = [*MESSAGES_OTHERS[:4], again, again, again, between, again, again]
    compare(MessagesDecoder, frames_of(stream, "content_block_delta"), 99)


def test_a_piece_of_a_call_after_the_reason_for_ending_is_remarked() -> None:
    """The reason for ending has ended the call, so that a piece which comes later is no mere continuation."""
    decoder, again = ChatDecoder(), CHAT[2].replace("%s", '"x"')
    decoder.read(frames_of([CHAT_OTHERS[0], again, again, CHAT_OTHERS[2], again, again]))
    assert [4] == [remark.frame for remark in decoder.diagnostics if remark.code == "piece-after-finish"]


class TestThatThereAreMoulds:
    """The short cut is taken where a stream repeats itself, and costs little where it does not."""

    def test_frames_that_fit_are_not_read_in_full(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Of a hundred chunks alike the first begins the part, and the second makes the mould."""
        decoder = ChatDecoder()
        whole: list[Frame] = []
        read = decoder._read_whole
        monkeypatch.setattr(decoder, "_read_whole", lambda frame: (whole.append(frame), read(frame))[1])
        frames = frames_of([CHAT[0].replace("%s", '"é\\n"')] * 100, "other")
        assert [(frame.index, (TextDelta(frame.index, 0, "é\n"),)) for frame in frames[1:]] == decoder.read(frames)[1:]
        assert frames[:2] == whole

    def test_two_calls_may_take_turns(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Pieces of two calls in turns need two moulds."""
        decoder = ChatDecoder()
        frames = frames_of([*CHAT_OTHERS[:2], *[one.replace("%s", '"1"') for one in CHAT[2:4] * 20]], "other")
        decoder.read(frames[:4])
        monkeypatch.setattr(decoder, "_read_whole", None)
        assert 38 == len(decoder.read(frames[4:]))

    def test_a_stream_that_never_repeats_itself_makes_few(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where each chunk has a padding of its own, four chunks are cast at once and then one in thirty-two."""
        made: list[Frame] = []
        cast = _moulds.cast
        monkeypatch.setattr(_moulds, "cast", lambda frame, *rest: (made.append(frame), cast(frame, *rest))[1])
        outer = '{"choices":[{"delta":{"reasoning_content":"x"}}],"padding":"%s"}'
        frames = frames_of([outer.replace("%s", "p" * number) for number in range(321)])
        assert ReasoningDelta(320, 0, "x") == ChatDecoder().read(frames)[-1][1][0]
        assert [1, 2, 3, 4] == [frame.index for frame in made[:4]]
        assert {32} == {later.index - frame.index for frame, later in pairwise(made[4:])}
