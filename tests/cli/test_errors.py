"""What goes wrong is one line that says what, where and what to do instead, with the exit code that help promises."""

from __future__ import annotations

import errno
import re
from pathlib import Path

import pytest

from tests.cli.conftest import CHAT, RESULTS, Call
from workbench.cli import _names
from workbench.cli import list_ as list_verb

KNOWN = "known are anthropic-messages, openai-chat; name one with --dialect"
LISTS = "there are designs, clauses, fixtures, dialects, miniatures, concepts"

# exit code, the line without "workbench: ", arguments; {tmp} is a folder
WRONG = [
    (2, "no command 'inspct'; did you mean `workbench inspect`?", ["inspct"]),
    (2, "No such option '--nope'; see `workbench run --help`", ["run", "--nope"]),
    (2, "Missing argument 'FILE...'; see `workbench inspect --help`", ["inspect"]),
    (2, "{tmp}/gone.sse: no such file; name a body as a provider sent it", ["inspect", "{tmp}/gone.sse"]),
    (2, "{tmp}: is a folder; name the files in it", ["inspect", "{tmp}"]),
    (2, f"{{tmp}}/empty: no dialect recognises it (it looks like: empty); {KNOWN}", ["inspect", "{tmp}/empty"]),
    (2, f"{{tmp}}/page: no dialect recognises it (it looks like: html); {KNOWN}", ["inspect", "{tmp}/page"]),
    (2, f"{{tmp}}/error: no dialect recognises it (it looks like: json); {KNOWN}", ["inspect", "{tmp}/error"]),
    (2, f"{{tmp}}/lines: no dialect recognises it (it looks like: ndjson); {KNOWN}", ["inspect", "{tmp}/lines"]),
    (2, f"{{tmp}}/noise: no dialect recognises it (it looks like: unknown); {KNOWN}", ["inspect", "{tmp}/noise"]),
    (2, "no design 'lm', did you mean llm? ", ["inspect", "-d", "lm", "{tmp}/page"]),
    (2, "no dialect 'openai', did you mean openai-chat? ", ["inspect", "--dialect", "openai", "{tmp}/page"]),
    (2, "no design 'dify', did you mean ", ["run", "dify"]),
    (2, "no fixture 'text-onyl', did you mean text-only? `workbench list fixtures`", ["run", "-f", "text-onyl"]),
    (2, "--check needs a complete run; leave out DESIGN and --fixture", ["run", "llm", "--check"]),
    (2, "a narrowed run writes nothing; leave out --results, or", ["run", "llm", "--results", "{tmp}"]),
    (2, "--check with --corpus needs --results: ", ["run", "--check", "--corpus", "{tmp}"]),
    (2, "{tmp}: no results there to compare with; `workbench run` makes", ["run", "--check", "--results", "{tmp}"]),
    (2, "{tmp}: no results there; `workbench run` makes them", ["explain", "llm", "--results", "{tmp}"]),
    (2, "{tmp}: no results there; `workbench run` makes them", ["compare", "a", "b", "--results", "{tmp}"]),
    (2, f"no kind 'desings', did you mean designs? {LISTS}", ["list", "desings"]),
    (2, f"no kind 'zzz'; {LISTS}", ["list", "zzz"]),
    (2, "no design 'gpt'; `workbench list` shows all", ["compare", "gpt", "llm", "--results", RESULTS]),
    (2, "no clause 'text-exact-alive', did you mean TEXT-EXACT-LIVE", ["compare", "llm", "llm", "--results", RESULTS]),
    (2, "no clause, fixture or design 'llmm', did you mean llm? `wo", ["explain", "llmm", "--results", RESULTS]),
    (1, "gone: no such folder; name one that holds a folder per fixture", ["run", "--corpus", "{tmp}/gone"]),
    (1, "gone: no such folder; name one that holds", ["corpus", "render", "{tmp}/gone"]),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of files that are no bodies."""
    (tmp_path / "empty").touch()
    (tmp_path / "page").write_text("<!doctype html><html><body>502 Bad Gateway</body></html>")
    (tmp_path / "error").write_text('{"error": {"message": "bad key", "type": "invalid_request_error"}}')
    (tmp_path / "lines").write_text('{"a": 1}\n{"a": 2}\n')
    (tmp_path / "noise").write_bytes(bytes(range(256)) * 8)
    return tmp_path


@pytest.mark.parametrize(
    ("code", "line", "arguments"), WRONG, ids=lambda value: value if isinstance(value, str) else ""
)
def test_wrong_call_is_one_line(call: Call, folder: Path, code: int, line: str, arguments: list[str]) -> None:
    """Nothing on standard output, one line on standard error, and the exit code."""
    filled = [one.replace("{tmp}", str(folder)) for one in arguments]
    if "text-exact-alive" in line:
        filled += ["--clause", "text-exact-alive"]
    called = call(*filled)
    assert (code, "", 1) == (called.code, called.out, called.err.count("\n"))
    assert called.err.startswith("workbench: " + line.replace("{tmp}", str(folder)))


def test_all_faults_of_a_corpus_are_told_at_once(call: Call, tmp_path: Path) -> None:
    """A list of faults is the one error that has more than one line, a fault a line."""
    for slug in ("one", "two"):
        (tmp_path / slug).mkdir()
        (tmp_path / slug / "fixture.yaml").write_text("why: 3\n")
    called = call("run", "--corpus", tmp_path)
    first, *faults = called.err.splitlines()
    assert (1, f"workbench: {len(faults)} faults in fixtures") == (called.code, first)
    assert {"one/fixture.yaml", "two/fixture.yaml"} == {line.strip().partition(":")[0] for line in faults}


def test_name_of_a_file_stays_in_its_line(call: Call) -> None:
    """A line feed or an escape in a name is shown and does not act."""
    called = call("inspect", "two\nlines\x1b[31m")
    assert "workbench: two␊lines␛[31m: no such file; name a body as a provider sent it\n" == called.err


def test_others_are_shown_when_one_of_several_is_broken(call: Call, folder: Path) -> None:
    """Of several files those that can be read are shown; the rest is named, and the exit code is 1."""
    good = folder / "good.sse"
    good.write_bytes(CHAT)
    called = call("inspect", good, folder / "page", folder / "gone", good)
    assert 1 == called.code
    assert "2 bodies decoded, 10 frames" in called.out
    assert ["not read", "not read"] == [line[:8] for line in called.err.splitlines()]
    assert [str(folder / "page"), str(folder / "gone")] == re.findall(r"^not read (.+?): ", called.err, re.MULTILINE)


def test_interrupt_is_one_line(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends with exit code 1 and a word, whatever was going on."""
    monkeypatch.setitem(list_verb.KINDS, "designs", _raiser(KeyboardInterrupt()))
    called = call("list")
    assert (1, "", "workbench: interrupted") == (called.code, called.out, called.err.strip())


def test_what_nobody_foresaw_is_one_line(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unexpected exception is named in one line, with the way to its traceback, and exit code 3."""
    monkeypatch.setitem(list_verb.KINDS, "designs", _raiser(ZeroDivisionError("by\nzero")))
    called = call("list")
    assert (3, "", 1) == (called.code, called.out, called.err.count("\n"))
    assert "ZeroDivisionError: by␊zero; please report it, with what WORKBENCH_DEBUG=1 shows" in called.err


def test_debugging_lets_the_traceback_through(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """With WORKBENCH_DEBUG the exception itself comes out."""
    monkeypatch.setitem(list_verb.KINDS, "designs", _raiser(ZeroDivisionError("by zero")))
    monkeypatch.setenv("WORKBENCH_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        call("list")


def test_what_the_machine_lacks_has_its_own_code(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is exit code 3, with the file and the system's words."""
    monkeypatch.setitem(list_verb.KINDS, "designs", _raiser(OSError(errno.ENOSPC, "No space left on device", "x.json")))
    called = call("list")
    assert (3, "workbench: x.json: No space left on device\n") == (called.code, called.err)


def _raiser(error: BaseException) -> object:
    def raising() -> object:
        raise error

    return raising


@pytest.mark.parametrize(
    ("expected", "typed"),
    [
        (["dify-tagged"], "y-tagged"),
        (["dify-tagged", "dify-delta"], "DIFY-TAGED"),
        (["dify-tagged", "dify-delta"], "dify-"),
        (["TEXT-EXACT-LIVE"], "text-exact-liv"),
        ([], "zzz"),
        ([], ""),
    ],
)
def test_near_names(expected: list[str], typed: str) -> None:
    """What is offered looks like what was typed, whatever the case, the nearest first."""
    assert sorted(expected) == sorted(_names.near(typed, ["dify-tagged", "dify-delta", "llm", "TEXT-EXACT-LIVE"]))


def test_a_long_list_is_not_written_out() -> None:
    """With many names the message says where they are listed, and nothing more."""
    names = [f"name-{number}" for number in range(20)]
    assert "no clause 'zzz'; `here` shows all" == _names.unknown("zzz", names, what="clause", listed="`here`")
