"""A driver that misbehaves spoils its own run and no other, and nothing of it remains. The zoo has one driver a fault.

Each driver of `zoo/` misbehaves only when it is asked to, so every case asks it well, badly, and well again.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench.transcript import Message, Request, TextPart
from workbench.upstream.limits import MIB, Failure, Limits
from workbench.upstream.protocol import Run
from workbench.upstream.runner import DriverRunner, Result
from workbench.upstream.surroundings import Launch

ZOO = Path(__file__).resolve().parent / "zoo"
SHORT = Limits(
    start_s=20.0,
    run_s=20.0,
    rest_s=10.0,
    bye_s=10.0,
    grace_s=0.2,
    watch_s=0.1,
    line_bytes=MIB,
    answer_bytes=4 * MIB,
    chatter_bytes=4 * MIB,
)
"""Wide where a slow machine must not decide, so that a case ends by its own fault; cases that wait have less."""
BRIEF = {"run_s": 1.0, "rest_s": 1.0, "start_s": 20.0}
EVENTS = ((0, {"word": "one"}), (2, {"word": "two"}))

WELL = "hello"
BADLY = "misbehave"
SLOWLY = "slowly"


def asked(text: str) -> Run:
    """A run in the framework way, which needs no server."""
    request = Request((Message("user", (TextPart(text),)),))
    return Run(way="framework", variant="sync", dialect="openai-chat", request=request, events=EVENTS)


def limits(**changes: object) -> Limits:
    """The short limits, with changes."""
    return Limits(**{name: getattr(SHORT, name) for name in Limits.__struct_fields__} | changes)


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """Where a driver may not write."""
    return tmp_path / "outside.txt"


@pytest.fixture
def launch(outside: Path) -> Iterator[object]:
    """Starts drivers of the zoo; afterwards no process of theirs may be left."""
    token = f"ZOO_TOKEN={outside}"

    def make(name: str) -> Launch:
        # The zoo's drivers share a module that lies beside them.
        extra = (("PYTHONSAFEPATH", ""), ("ZOO_OUTSIDE", str(outside)), ("ZOO_TOKEN", str(outside)))
        return Launch((sys.executable, str(ZOO / f"{name}.py")), extra)

    yield make
    assert [] == carriers(token)


def carriers(token: str) -> list[int]:
    """Finds living processes with a variable in their environment."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                state = (folder / "stat").read_bytes().rpartition(b")")[2].split()[0]
                marked = token.encode() in (folder / "environ").read_bytes().split(b"\0")
            except OSError:
                continue
            if marked and state not in (b"Z", b"X"):
                found.append(int(folder.name))
    return found


SPOILS = [
    # driver, manner, words of the detail, limits
    ("segfault", "died", "by SIGSEGV", {}),
    ("abort", "died", "by SIGABRT", {}),
    ("exit_zero", "died", "exit code 0", {}),
    ("sys_exit", "died", "exit code 3", {}),
    ("interrupt", "died", "by SIGINT", {}),
    ("half_line_end", "died", "half a line", {}),
    ("fails", "raised", "LookupError: no such thing", {}),
    ("out_of_memory", "raised", "MemoryError", {}),
    ("loop", "hung", "the run took longer", BRIEF),
    ("sleep", "hung", "the run took longer", BRIEF),
    ("lock", "hung", "the run took longer", BRIEF),
    ("ignores_sigterm", "hung", "the run took longer", BRIEF),
    ("grandchild_hangs", "hung", "the run took longer", BRIEF),
    ("stops_reading", "hung", "coming to rest", BRIEF),
    ("memory_hog", "leak", "MB of memory", {"memory_bytes": 150 * MIB}),
    ("leaves_files", "leak", "100 open files", {}),
    ("leaves_threads", "leak", "50 threads", {}),
    ("leaves_grandchild", "leak", "1 processes", {}),
    ("floods_stdout", "flooded", "standard output", {}),
    ("floods_stderr", "flooded", "standard error", {}),
    ("huge_line", "flooded", "a line of answers", {}),
    ("endless_answers", "flooded", "bytes of answers", {}),
    ("wrong_seq", "protocol", "not of run 2", {}),
    ("earlier_seq", "protocol", "not of run 2", {}),
    ("wrong_nonce", "protocol", "not of run 2", {}),
    ("answers_twice", "protocol", "out of turn", {}),
    ("out_of_order", "protocol", "out of order", {}),
    ("miscounts", "protocol", "counts 2 answers; 1 came", {}),
    ("half_line", "protocol", "not JSON", {}),
    ("not_json", "protocol", "not JSON", {}),
    ("not_a_number", "protocol", "NaN is not JSON", {}),
    ("not_utf8", "protocol", "not JSON", {}),
    ("unknown_key", "protocol", "remark", {}),
    ("hello_again", "protocol", "out of turn", {}),
    ("closes_answers", "protocol", "closed its answers", {}),
    ("reaches_out", "violation", "network: socket.connect: ('192.0.2.1', 80)", {}),
    ("dies_unconnected", "violation", "192.0.2.1", {}),
    ("looks_up", "violation", "updates.example.org", {}),
    ("child_reaches_out", "violation", "updates.example.org", {}),
    ("listens_to_all", "violation", "socket.bind", {}),
    ("writes_outside", "violation", "write: open", {}),
]


@pytest.mark.parametrize(("name", "manner", "words", "changes"), SPOILS, ids=[row[0] for row in SPOILS])
def test_bad_driver_spoils_its_own_run_and_no_other(launch, outside, name, manner, words, changes) -> None:
    """The run before is intact, the run itself says how it was spoiled, the run after is as the one before."""
    with DriverRunner(launch(name), limits(**changes)) as runner:
        before, bad, after = (runner.run(asked(text)) for text in (WELL, BADLY, WELL))
    assert isinstance(before, Result)
    assert isinstance(bad, Failure)
    assert (manner, True) == (bad.manner, words in bad.detail), bad.detail
    assert before == after
    assert (2, {}) == (runner.started, runner.late)
    assert not outside.exists()


def test_every_driver_of_the_zoo_is_shown() -> None:
    """No driver lies about unused, and no case names one that is not there."""
    text = Path(__file__).read_text() + (ZOO.parent / "test_echo.py").read_text().replace(".py", "")
    names = {path.stem for path in ZOO.glob("[!_]*.py")}
    assert set() == {name for name in names if f'"{name}"' not in text}
    assert {row[0] for row in SPOILS} <= names


@pytest.mark.parametrize("name", ["sleep", "ignores_sigterm", "grandchild_hangs"])
def test_limit_is_kept(launch, name: str) -> None:
    """A driver that hangs is gone soon after its time: generously, within ten seconds of one."""
    with DriverRunner(launch(name), limits(**BRIEF)) as runner:
        runner.run(asked(WELL))
        begun = time.monotonic()
        runner.run(asked(BADLY))
        assert time.monotonic() - begun < 11.0


def test_what_was_answered_before_is_kept_as_evidence(launch) -> None:
    """A driver that left in the middle leaves its first event behind."""
    with DriverRunner(launch("sys_exit"), SHORT) as runner:
        failure = runner.run(asked(BADLY))
    assert isinstance(failure, Failure)
    assert failure.partial is not None
    assert ((0, "one"),) == failure.partial.events


def test_floods_are_kept_at_both_ends(launch) -> None:
    """Of 10 MB no more is kept than was said, and what was dropped is counted."""
    with DriverRunner(launch("floods_stderr"), limits(kept_bytes=2000)) as runner:
        failure = runner.run(asked(BADLY))
    assert isinstance(failure, Failure)
    assert len(failure.stderr) < 2100
    assert "bytes dropped" in failure.stderr


def test_chatter_is_no_fault_and_is_made_visible(launch) -> None:
    """Bytes that are no text and orders for a terminal are shown, and never acted on."""
    with DriverRunner(launch("chatters"), SHORT) as runner:
        result = runner.run(asked(BADLY))
        quiet = runner.run(asked(WELL))
    assert isinstance(result, Result)
    assert isinstance(quiet, Result)
    assert "␛[31mred␛[0m\\xff\\xfe␀\n" == result.stdout
    assert "\\u{202e}txt.exe␇\n" == result.stderr
    assert ("", "") == (quiet.stdout, quiet.stderr)


def test_printed_json_is_not_read(launch) -> None:
    """What looks like an answer on standard output is chatter: the record is that of a quiet run."""
    with DriverRunner(launch("prints_json"), SHORT) as runner:
        loud, quiet = runner.run(asked(BADLY)), runner.run(asked(WELL))
    assert isinstance(loud, Result)
    assert isinstance(quiet, Result)
    assert quiet.record == loud.record
    assert '"event": "false"' in loud.stdout


@pytest.mark.parametrize(("pause_s", "text"), [(0.6, WELL), (0.0, SLOWLY)], ids=["between runs", "in another run"])
def test_late_answer_spoils_the_run_that_it_belongs_to(launch, pause_s: float, text: str) -> None:
    """It comes after its run; the one that follows is done in a fresh process and intact, and the late one is named."""
    with DriverRunner(launch("late_answer"), SHORT) as runner:
        before, bad = runner.run(asked(WELL)), runner.run(asked(BADLY))
        time.sleep(pause_s)
        after = runner.run(asked(text))
    assert isinstance(bad, Result)
    assert before == after
    assert ({2: "protocol"}, 2) == ({seq: failure.manner for seq, failure in runner.late.items()}, runner.started)


def test_answer_after_the_last_run_is_late_too(launch) -> None:
    """It is noticed when the driver is let go."""
    with DriverRunner(launch("late_answer"), SHORT) as runner:
        runner.run(asked(BADLY))
        time.sleep(0.6)
    assert {1} == set(runner.late)


def test_state_lasts_in_a_process_and_not_beyond_it(launch) -> None:
    """The second run in one process finds what the first left; a fresh process finds nothing."""
    with DriverRunner(launch("keeps_state"), SHORT) as runner:
        first, second = runner.run(asked(BADLY)), runner.run(asked(BADLY))
        runner.renew()
        fresh = runner.run(asked(BADLY))
    assert first == fresh
    assert first != second


def test_one_process_a_run_when_that_is_wanted(launch) -> None:
    """With one run a process there is no state to find."""
    with DriverRunner(launch("keeps_state"), limits(runs_per_process=1)) as runner:
        first, second = runner.run(asked(BADLY)), runner.run(asked(BADLY))
    assert (first, 2) == (second, runner.started)


def test_state_that_was_kept_shows_when_a_run_is_done_twice(launch) -> None:
    """The first of the two ran in a used process, the second in a fresh one."""
    with DriverRunner(launch("keeps_state"), SHORT) as runner:
        runner.run(asked(BADLY))
        twice = runner.run_twice(asked(BADLY))
    assert twice.differs is not None
    assert "1 the first time, 0 the second" in twice.differs


@pytest.mark.parametrize(("name", "steady"), [("flaky", False), ("chatters", True)])
def test_flaky_driver_shows_when_a_run_is_done_twice(launch, name: str, steady: bool) -> None:
    """Two answers that are not alike are both kept, and the first difference is named."""
    with DriverRunner(launch(name), SHORT) as runner:
        twice = runner.run_twice(asked(BADLY))
    assert isinstance(twice.first, Result)
    assert isinstance(twice.second, Result)
    assert steady == (twice.differs is None)


def test_surroundings_hold_nothing_of_ours(launch, monkeypatch) -> None:
    """No keys, proxies or settings come in; folder, home and temporary files are fresh; the session is its own."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    with DriverRunner(launch("shows_environment"), SHORT) as runner:
        result = runner.run(asked(BADLY))
    assert isinstance(result, Result)
    shown = result.record.events[0][1]
    variables = shown["variables"]
    assert {"OPENAI_API_KEY", "HTTPS_PROXY"}.isdisjoint(variables)
    assert os.environ["HOME"] != variables["HOME"]
    assert "1" == variables["PYTHONNOUSERSITE"]
    assert (True, shown["pid"]) == (shown["empty"], shown["session"])
    assert not Path(shown["folder"]).exists()


def test_kernel_holds_the_limits(launch) -> None:
    """No core files, and as much address space, files, file size and processor time as was said."""
    wanted = limits(address_space_bytes=3 << 30, open_files=300, file_bytes=MIB, cpu_s=77)
    with DriverRunner(launch("shows_environment"), wanted) as runner:
        result = runner.run(asked(BADLY))
    assert isinstance(result, Result)
    assert [0, 3 << 30, 300, MIB, 77] == result.record.events[0][1]["limits"]


def test_connection_that_no_guard_sees_is_found_in_the_kernels_table(launch) -> None:
    """A program that ignores the guard holds a socket to another machine; nothing is sent by it."""
    routes = Path("/proc/net/route")
    if not routes.is_file() or not any(line.split()[1] == "00000000" for line in routes.read_text().splitlines()):
        pytest.skip("no route to anywhere: the kernel refuses to connect even a datagram socket")
    with DriverRunner(launch("hidden_socket"), SHORT) as runner:
        failure = runner.run(asked(BADLY))
    assert isinstance(failure, Failure)
    assert ("violation", "network: a connection to udp 192.0.2.1 port 9") == (failure.manner, failure.detail)


STARTS = [
    ("never_hello", "its hello took longer", {"start_s": 1.0}),
    ("missing_package", "exit code 1", {}),
    ("ends_at_once", "exit code 0", {}),
    ("other_version", "speaks version 2", {}),
    ("odd_hello", "colour", {}),
]


@pytest.mark.parametrize(("name", "words", "changes"), STARTS, ids=[row[0] for row in STARTS])
def test_driver_that_does_not_start_is_not_run(launch, name, words, changes) -> None:
    """The reason is told with each run; it is tried twice and not for each run again."""
    with DriverRunner(launch(name), limits(**changes)) as runner:
        first, second = runner.run(asked(WELL)), runner.run(asked(WELL))
    assert isinstance(first, Failure)
    assert ("start-failed", True) == (first.manner, words in first.detail), first.detail
    assert (first, 2) == (second, runner.started)


def test_missing_package_is_named(launch) -> None:
    """What Python said of it is kept."""
    with DriverRunner(launch("missing_package"), SHORT) as runner:
        failure = runner.run(asked(WELL))
    assert isinstance(failure, Failure)
    assert "No module named 'no_such_package_anywhere'" in failure.stderr


def test_program_that_is_not_there_is_not_run(tmp_path: Path) -> None:
    """A wrong path of an interpreter is a failed start, not an exception."""
    with DriverRunner(Launch((str(tmp_path / "python"), "driver.py"))) as runner:
        failure = runner.run(asked(WELL))
    assert isinstance(failure, Failure)
    assert ("start-failed", True) == (failure.manner, "cannot be started" in failure.detail)


def test_wrong_release_is_not_run(launch) -> None:
    """An environment that has another release than was expected is not measured."""
    with DriverRunner(launch("chatters"), SHORT, expect=("echo", "2.0")) as runner:
        failure = runner.run(asked(WELL))
    assert isinstance(failure, Failure)
    assert ("start-failed", True) == (failure.manner, "has echo 1.0, where echo 2.0" in failure.detail)


def test_reaching_out_at_the_start_is_a_violation(launch) -> None:
    """It is not taken for an environment that is broken."""
    with DriverRunner(launch("reaches_out_at_start"), SHORT) as runner:
        failure = runner.run(asked(WELL))
    assert isinstance(failure, Failure)
    assert ("violation", True) == (failure.manner, "prices.example.org" in failure.detail)


def test_driver_that_will_not_leave_is_ended(launch) -> None:
    """Its results stand, and how it parted is told."""
    with DriverRunner(launch("will_not_leave"), limits(bye_s=0.5)) as runner:
        result = runner.run(asked(WELL))
    assert isinstance(result, Result)
    assert runner.parting is not None
    assert "hung" == runner.parting.manner


def test_interrupted_harness_leaves_nothing(launch) -> None:
    """Ctrl-C in the harness ends the driver on its way out."""

    def interrupted() -> None:
        with DriverRunner(launch("sleep"), SHORT) as runner:
            runner.run(asked(WELL))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
