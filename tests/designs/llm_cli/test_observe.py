"""What the reader of `llm-cli` sees in the command's output."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import UNSET

from workbench.design import Native
from workbench.designs.llm_cli import DESIGN
from workbench.designs.llm_cli.example import take
from workbench.designs.llm_cli.vocabulary import Write
from workbench.transcript import (
    Failure,
    Message,
    Phase,
    Raised,
    Request,
    Seen,
    TextPart,
    Tool,
    see,
)

RAISED = Raised("CalledProcessError", "status 1", 9)
DIM = "\x1b[2m{}\x1b[0m"


def seen(phase: Phase, **fields: Any) -> Seen:
    """Reads one phase of a record whose last frame is 9."""
    return see(DESIGN.observe(phase, Native(last_frame=9, **fields)), raised=fields.get("raised"))


def output(*writes: tuple[str, str], **fields: Any) -> Seen:
    """Reads live writes, one a frame."""
    events = tuple((frame, {channel: text}) for frame, (channel, text) in enumerate(writes))
    return seen("live", events=events, **fields)


def screen(text: str, **fields: Any) -> Seen:
    """Reads a terminal, all of it after frame 3."""
    return seen("live", events=tuple((3, {"terminal": character}) for character in text), **fields)


def parts(found: Seen) -> list[tuple[str, str]]:
    """Kind and text of each part."""
    return [(part.kind, part.text) for part in found.parts]


def test_each_channel_is_one_part() -> None:
    """Reasoning on standard error, text on standard output; the line feeds at the ends are the command's."""
    found = output(("stderr", "a"), ("stderr", "\n"), ("stdout", "b"), ("stderr", "c"), ("stdout", "\n"))
    assert [("reasoning", "a\nc"), ("text", "b")] == parts(found)
    assert [((0, 1), (1, 2), (3, 3)), ((2, 1),)] == [part.arrivals for part in found.parts]
    assert 9 == found.ended


def test_failure_is_the_last_error_on_standard_error() -> None:
    """It is taken off the reasoning; standard output is left as it is, since nothing was added to it."""
    found = output(("stderr", "Error: I think"), ("stdout", "b\n"), ("stderr", "Error: odd\n"), raised=RAISED)
    assert [("reasoning", "Error: I think"), ("text", "b\n")] == parts(found)
    assert (Failure("odd"), None) == (found.failure, found.ended)


def test_failure_without_a_word_is_told_by_the_status() -> None:
    """Where nothing says why, the exception does."""
    assert Failure("status 1") == output(("stdout", "b"), raised=RAISED).failure


def test_terminal_tells_dim_from_plain() -> None:
    """Every change is another part; the line feed after dim text and the one at the end are the command's."""
    found = screen(DIM.format("a") + DIM.format("b") + "\nc\n\n" + DIM.format("d") + "\ne\n")
    assert [("reasoning", "ab"), ("text", "c\n\n"), ("reasoning", "d"), ("text", "e")] == parts(found)
    assert [3, 3, 3, 9] == [part.ended for part in found.parts]


def test_terminal_leaves_other_escapes_alone() -> None:
    """Only what the command writes to dim text is taken off; an unfinished escape is text."""
    assert [("text", "\x1b[31mred\x1b[0")] == parts(screen("\x1b[31mred\x1b[0\n"))


def test_terminal_shows_the_error_in_plain() -> None:
    """The message is taken off the text before it."""
    found = screen(DIM.format("a") + "\nbError: odd\n", raised=RAISED)
    assert ([("reasoning", "a"), ("text", "b")], Failure("odd")) == (parts(found), found.failure)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ({"stdout": "b\n", "exit": 0}, [("text", "b")]),
        ({"stdout": "b\n", "stderr": "a\n", "exit": 0}, [("reasoning", "a"), ("text", "b")]),
        ({"terminal": DIM.format("a") + "\nb\n", "exit": 0}, [("reasoning", "a"), ("text", "b")]),
        ({"stdout": "b", "stderr": "aError: odd\n", "exit": 1}, [("reasoning", "a"), ("text", "b")]),
        ({"exit": 0}, []),
    ],
    ids=["text", "both", "terminal", "failed", "nothing"],
)
def test_captured_output_reads_like_the_writes(message: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    """Both texts and the status are all there is in the end."""
    found = seen("final", message=message)
    assert expected == parts(found)
    assert (None, Failure("odd")) == (found.ended, found.failure) if message["exit"] else found.ended == 9


def test_resumed_tells_signatures_and_opaque_data() -> None:
    """The parts of the answers, with what has to be sent back."""
    metadata = [
        {"anthropic": {"signature": "s"}},
        {"anthropic": {"type": "redacted_thinking", "data": "d"}},
        {"openai": {"encrypted_content": "e"}},
    ]
    thoughts = [{"type": "reasoning", "text": "a", "provider_metadata": one} for one in metadata]
    thoughts[1]["redacted"] = True
    answer = {"role": "assistant", "parts": [*thoughts, {"type": "text", "text": "b"}]}
    found = seen("resumed", request=[{"role": "user", "parts": [{"type": "text", "text": "q"}]}, answer])
    expected = [("s", None, False), (None, "d", True), (None, "e", False), (None, None, False)]
    assert expected == [(part.signature, part.data, part.redacted) for part in found.parts]
    assert ("text", "b") == parts(found)[-1]


def test_resumed_tells_calls_and_results() -> None:
    """A call has its arguments as a value; what the provider ran itself is marked."""
    call = {"type": "tool_call", "name": "look", "arguments": {"a": 1}, "tool_call_id": "c", "server_executed": True}
    result = {"type": "tool_result", "name": "look", "output": "cold", "tool_call_id": "c"}
    found = seen("resumed", request=[{"role": "assistant", "parts": [call, result]}])
    assert [("tool-call", ""), ("tool-result", "cold")] == parts(found)
    assert [("c", "look", True), ("c", "look", False)] == [(part.id, part.name, part.server) for part in found.parts]
    assert {"a": 1} == found.parts[0].value


def test_phases_that_were_not_reached_show_nothing() -> None:
    """Without a message or a request there is nothing to see."""
    phases: tuple[Phase, ...] = ("final", "resumed", "stored")
    assert [Seen()] * 3 == [seen(phase, message=UNSET, request=UNSET) for phase in phases]


def test_requests_that_the_command_cannot_be_asked() -> None:
    """Tools, and conversations, which come from its log alone."""
    user, answer = Message("user", (TextPart("q"),)), Message("assistant", (TextPart("a"),))
    assert DESIGN.applies(Request((Message("system", (TextPart("s"),)), user))) is None
    assert "tools" in (DESIGN.applies(Request((user,), tools=(Tool("look"),))) or "")
    assert "one prompt" in (DESIGN.applies(Request((user, answer, user))) or "")


def test_example_keeps_the_answer_clean(capsys: pytest.CaptureFixture[str]) -> None:
    """What is returned is the answer; the thinking is shown beside it."""
    writes = [Write("stderr", "hm"), Write("stderr", "\n"), Write("stdout", "so\n"), Write("stdout", "\n")]
    assert "so\n" == take(writes)
    assert ("", "hm\n") == tuple(capsys.readouterr())
