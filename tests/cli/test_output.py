"""What reaches a terminal or a pipe: no colour where none is wanted, nothing that acts, JSON that is JSON."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import CHAT, FIXTURES, RESULTS, Call
from workbench.cli.console import elide

HOSTILE = [FIXTURES / "hostile-markup" / f"1.{dialect}.sse" for dialect in ("anthropic-messages", "openai-chat")]
SAYING = [
    ["list"],
    ["list", "fixtures"],
    ["explain", "hostile-markup", "--results", RESULTS],
    ["explain", "llm", "--results", RESULTS],
    ["explain", "LEGACY-CLEAN", "--results", RESULTS],
    ["compare", "llm", "dify-tagged", "--results", RESULTS],
    ["compare", "llm", "dify-tagged", "--clause", "TEXT-CLEAN-LIVE", "--results", RESULTS],
    *(["inspect", str(path)] for path in HOSTILE),
    ["inspect", "--all-frames", str(HOSTILE[0])],
    ["inspect", *map(str, HOSTILE)],
]
ACTING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


@pytest.mark.parametrize("arguments", SAYING, ids=lambda one: " ".join(Path(word).name for word in one))
def test_nothing_that_acts_reaches_the_output(call: Call, arguments: list[str]) -> None:
    """No control character but the line feed, no bidirectional or hidden one, whatever the stream held."""
    called = call(*arguments)
    assert (0, "") == (called.code, called.err)
    assert [] == ACTING.findall(called.out)


@pytest.mark.parametrize("path", HOSTILE, ids=lambda path: path.name)
def test_hostile_text_is_shown_as_the_text_that_it_is(call: Call, path: Path) -> None:
    """Escapes are there to be read, and markup of ours and others' stands as it was sent."""
    out = call("inspect", "-d", "llm", "--all-frames", path).out
    for shown in ("<script>", "{{", "␛[", "\\u{202e}", "--8<--"):
        assert shown in out


def test_markup_of_our_console_is_inert(call: Call, tmp_path: Path) -> None:
    """Square brackets in a stream are text, whatever they spell, also where a text is cut or ends in a backslash."""
    path = tmp_path / "markup.sse"
    text = "[bold]x[/bold] [/] [link=https://evil.example]y[/link] \\[red] end\\\\"
    path.write_bytes(CHAT.replace(b'"Hel"', json.dumps(text).encode()))
    flowing = "".join(line.strip() for line in call("inspect", "-d", "llm", path).out.splitlines())
    assert "[bold]x[/bold] [/] [link=https://evil.example]y[/link]" in flowing
    assert "\\[red]" in flowing


def on_a_terminal(*arguments: str, **environment: str) -> bytes:
    """Runs the command on a terminal of its own and returns what it wrote there."""
    reader, writer = pty.openpty()
    clean = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")}
    command = [sys.executable, "-m", "workbench", *arguments]
    with subprocess.Popen(
        command, stdout=writer, stderr=subprocess.DEVNULL, env={**clean, "TERM": "xterm-256color", **environment}
    ) as process:
        os.close(writer)
        pieces = []
        while True:
            try:
                piece = os.read(reader, 65536)
            except OSError:  # what Linux says once the other side is closed
                break
            if not piece:
                break
            pieces.append(piece)
    os.close(reader)
    assert 0 == process.returncode
    return b"".join(pieces)


def test_no_color_means_no_escape_at_all() -> None:
    """On a terminal there is colour, and with NO_COLOR not a single escape; the words are the same."""
    coloured = on_a_terminal("list", "concepts")
    plain = on_a_terminal("list", "concepts", NO_COLOR="1")
    assert b"\x1b[" in coloured
    assert b"\x1b" not in plain
    assert plain == re.sub(rb"\x1b\[[0-9;]*m", b"", coloured)


JSON = [
    ["list", "clauses"],
    ["list", "fixtures"],
    ["list", "miniatures"],
    ["explain", "llm", "--results", RESULTS],
    ["explain", "hostile-markup", "--results", RESULTS],
    ["explain", "text-exact-live", "--results", RESULTS],
    ["compare", "llm", "dify-delta", "--results", RESULTS],
    ["inspect", str(HOSTILE[0])],
    ["inspect", *map(str, HOSTILE)],
    ["run", "llm", "-f", "text-only"],
]


@pytest.mark.parametrize("arguments", JSON, ids=lambda one: " ".join(Path(word).name for word in one))
def test_json_is_one_value_and_nothing_else(call: Call, arguments: list[str]) -> None:
    """A program gets one JSON value in one line, strict and without anything that acts."""
    called = call(*arguments, "--format", "json")
    assert (0, "", 1) == (called.code, called.err, called.out.count("\n"))
    assert json.loads(called.out, parse_constant=pytest.fail)
    assert "\x1b" not in called.out


@pytest.mark.parametrize("arguments", [["explain", "llm", "--format", "json"], ["explain", "llm"]], ids=" ".join)
def test_reader_that_leaves_is_no_error(arguments: list[str]) -> None:
    """When the reader goes away, as `head` does, the command ends quietly and with exit code 0."""
    command = [sys.executable, "-m", "workbench", *arguments, "--results", RESULTS]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.read(10)
        process.stdout.close()
        assert b"" == process.stderr.read()
    assert 0 == process.returncode


@pytest.mark.parametrize(
    ("code", "said", "arguments"),
    [
        (0, "", ["list", "dialects"]),
        (2, "workbench: no kind 'nope'; ", ["list", "nope"]),
        (3, "workbench: output: No space left on device\n", ["list", "dialects"]),
    ],
    ids=["fine", "usage", "environment"],
)
def test_exit_codes_reach_the_shell(code: int, said: str, arguments: list[str]) -> None:
    """A real process ends with the code that the help promises, and no traceback."""
    full = code == 3
    if full and not Path("/dev/full").exists():
        pytest.skip("this system has no device that is always full")
    with Path("/dev/full" if full else os.devnull).open("wb") as sink:
        command = [sys.executable, "-m", "workbench", *arguments]
        done = subprocess.run(command, stdout=sink, stderr=subprocess.PIPE, check=False, timeout=60)
    assert code == done.returncode
    assert done.stderr.decode().startswith(said)
    assert b"Traceback" not in done.stderr


def test_terminal_without_our_characters() -> None:
    """Where the encoding lacks a character its number is written, and nothing raises."""
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "workbench", "explain", "llm", "--results", RESULTS]
    done = subprocess.run(command, env=environment, capture_output=True, check=False, timeout=60)
    assert (0, b"") == (done.returncode, done.stderr)
    assert b"\\u25cf pass" in done.stdout


@pytest.mark.parametrize(
    ("expected", "text", "room"),
    [("abc", "abc", 3), ("ab…f", "abcdef", 4), ("abcd…ij", "abcdefghij", 7), ("a…", "abcdef", 2)],
)
def test_elide_keeps_head_and_tail(expected: str, text: str, room: int) -> None:
    """A text that is too long loses its middle, and is then as long as there is room."""
    assert expected == elide(text, room)
