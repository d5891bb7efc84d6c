"""The example driver against real bodies, both ways; frames in lockstep; the guard and the kernel's tables."""

from __future__ import annotations

import ast
import ipaddress
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

import workbench.upstream.drivers
from workbench.dialect import Dialect
from workbench.dialects.anthropic_messages import DIALECT as ANTHROPIC
from workbench.dialects.openai_chat import DIALECT as OPENAI
from workbench.transcript import FollowUp, Message, Request, TextPart
from workbench.upstream.limits import Limits
from workbench.upstream.netstat import elsewhere, read_table
from workbench.upstream.protocol import Earlier, Run
from workbench.upstream.replay import Script, error_answer, play
from workbench.upstream.runner import DriverRunner, Result
from workbench.upstream.surroundings import Launch
from workbench.wire import every_byte

DRIVERS = Path(workbench.upstream.drivers.__file__).parent
HERE = Path(__file__).resolve().parent
WORDS = ("one", "two", "three", "four")
BODY = b"".join(b"event: word\ndata: %b\n\n" % word.encode() for word in WORDS)
EVENTS = tuple({"event": "word", "data": word} for word in WORDS)
SENT = [{"role": "user", "parts": [{"type": "text", "text": "hello"}]}]
ASKED = Run(
    way="shipped", variant="sync", dialect="openai-chat", request=Request((Message("user", (TextPart("hello"),)),))
)


@pytest.fixture(scope="module")
def runner() -> Iterator[DriverRunner]:
    """The example driver, started once."""
    with DriverRunner(Launch.python(Path(sys.executable), DRIVERS / "echo.py"), expect=("echo", "1.0")) as keeper:
        yield keeper
    assert keeper.parting is None


def done(outcome: object) -> Result:
    """The result of a run that must have one."""
    assert isinstance(outcome, Result), outcome
    return outcome


@pytest.mark.parametrize("dialect", [OPENAI, ANTHROPIC], ids=lambda dialect: dialect.id)
def test_shipped_way(runner: DriverRunner, dialect: Dialect) -> None:
    """The library reads the body over HTTP; all it has comes back, and its next request is received."""
    asked = replace(ASKED, dialect=dialect.id, follow=FollowUp({}, "Go on."))
    result = done(runner.run(asked, Script((play(dialect, BODY), play(dialect, BODY)))))
    message = {"events": list(EVENTS)}
    native = result.record.native(3, request=result.received[1].json, flat=True)
    assert [(3, event) for event in EVENTS] == list(native.events)
    assert (message, json.dumps(message), message) == (native.message, native.stored, native.restored)
    assert {"stream": True, "messages": [message, {"user": "Go on."}]} == native.request
    assert {"stream": True, "messages": SENT} == result.received[0].json
    assert (False, dialect.path) == (result.exact, result.received[0].path)


def test_framework_way(runner: DriverRunner) -> None:
    """Producer events are pushed, and the driver says after which frame each came out; the request is told."""
    asked = replace(ASKED, way="framework", events=((0, "a"), (0, "b"), (3, "c")), follow=FollowUp())
    result = done(runner.run(asked))
    assert (((0, "a"), (0, "b"), (3, "c")), True) == (result.record.events, result.exact)
    assert {"messages": [{"events": ["a", "b", "c"]}, {"user": "Go on."}]} == result.record.request


def test_history_is_restored(runner: DriverRunner) -> None:
    """A later turn gets what the driver stored of the turns before."""
    asked = replace(
        ASKED, way="framework", history=(Earlier('{"events": []}', FollowUp()),), follow=FollowUp({}, "On.")
    )
    result = done(runner.run(asked))
    assert {"messages": ['{"events": []}', {"events": []}, {"user": "On."}]} == result.record.request


@pytest.mark.parametrize(
    ("variant", "frames"), [("sync", (0, 1, 2, 3)), ("late", (3, 3, 3, 3))], ids=["as they come", "all at the end"]
)
def test_lockstep_tells_when_an_event_came(runner: DriverRunner, variant: str, frames: tuple[int, ...]) -> None:
    """One variant hands out each event with its frame, the other all when the stream is over."""
    asked = replace(ASKED, variant=variant)
    result = done(runner.run(asked, Script((play(OPENAI, BODY, lockstep=True),)), lockstep=True))
    assert tuple(zip(frames, EVENTS, strict=True)) == result.record.events
    assert (True, ()) == (result.exact, result.unsettled)


def test_lockstep_twice_agrees(runner: DriverRunner) -> None:
    """In another process and with a longer quiet time the frames are the same."""
    twice = runner.run_twice(ASKED, Script((play(OPENAI, BODY, lockstep=True),)), lockstep=True)
    assert twice.differs is None
    assert done(twice.first).record == done(twice.second).record


def test_lockstep_of_one_byte_frames_of_crlf(runner: DriverRunner) -> None:
    """A library that waits for LF is not a frame late because a line ends in CRLF."""
    body = BODY.replace(b"\n", b"\r\n")
    result = done(runner.run(ASKED, Script((play(OPENAI, body, lockstep=True),)), lockstep=True))
    assert (0, 1, 2, 3) == tuple(frame for frame, _ in result.record.events)


def test_busy_driver_gets_the_next_frame_and_is_unsettled() -> None:
    """A driver with a thread that never sleeps is not idle: frames are upper bounds then, and it is said."""
    launch = Launch((sys.executable, str(HERE / "zoo" / "never_idle.py")), (("PYTHONSAFEPATH", ""),))
    asked = replace(ASKED, request=Request((Message("user", (TextPart("misbehave"),)),)))
    with DriverRunner(launch, Limits(settle_s=0.3)) as busy:
        result = done(busy.run(asked, Script((play(OPENAI, b"data: x\n\n", lockstep=True),)), lockstep=True))
    assert (False, (-1, 0)) == (result.exact, result.unsettled)
    assert ((0, {"data": "x"}),) == result.record.events


def test_exception_is_an_answer(runner: DriverRunner) -> None:
    """An error status raises in the library: that is what its user gets, and the driver goes on."""
    script = Script((error_answer(OPENAI.path, 529, {"error": {"type": "overloaded_error"}}),))
    result = done(runner.run(ASKED, script))
    assert ("HTTPError", (), {"events": []}) == (
        result.record.raised["event"].type,
        result.record.events,
        result.record.message,
    )


def test_broken_stream_keeps_what_came_before(runner: DriverRunner) -> None:
    """The connection ends inside the body: two events, and the message of the two.

    The toy says nothing of the end, because http.client swallows it when lines are read: a loss as libraries have it.
    """
    end = BODY.index(b"three")
    result = done(runner.run(ASKED, Script((play(OPENAI, BODY, partition=every_byte, disconnect_after=end),))))
    assert EVENTS[:2] == tuple(event for _, event in result.record.events)
    assert ({"events": list(EVENTS[:2])}, {}) == (result.record.message, result.record.raised)
    assert "disconnected" == result.received[0].end


def test_request_too_many_is_seen_by_both_sides(runner: DriverRunner) -> None:
    """Where the script has no second answer the library's next request raises, and the server wrote it down."""
    result = done(runner.run(replace(ASKED, follow=FollowUp()), Script((play(OPENAI, BODY),))))
    assert {"request": "HTTPError"} == {at: raised.type for at, raised in result.record.raised.items()}
    assert ["expected", "too-many"] == [one.kind for one in result.received]


def test_driver_declines_what_its_library_cannot(runner: DriverRunner) -> None:
    """A dialect without provider code is not a failure."""
    result = done(runner.run(replace(ASKED, dialect="smoke-signals"), Script((play(OPENAI, BODY),))))
    assert "no provider code for smoke-signals" == result.record.declined


@pytest.mark.parametrize("path", sorted(DRIVERS.rglob("*.py")), ids=lambda path: path.name)
def test_no_driver_imports_anything_of_ours(path: Path) -> None:
    """A driver runs where this package is not installed."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names |= {alias.name for alias in node.names} if isinstance(node, ast.Import) else set()
        names |= {node.module or ""} if isinstance(node, ast.ImportFrom) else set()
    assert "workbench" not in {name.partition(".")[0] for name in names}


def test_example_driver_needs_the_standard_library_only() -> None:
    """It can be copied into any environment."""
    tree = ast.parse((DRIVERS / "echo.py").read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.name for node in imports if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in imports if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names


def test_driver_in_another_language() -> None:
    """Node reads the questions, posts the request and says each chunk of the body, in lockstep with its frames."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("no Node on this machine: the protocol is shown in Python only")
    limits = Limits(address_space_bytes=None)  # it reserves far more than it uses
    asked = replace(ASKED, variant="stream")
    with DriverRunner(Launch((node, str(HERE / "hello.js"))), limits, expect=("hello", "1.0")) as runner:
        result = done(runner.run(asked, Script((play(OPENAI, BODY, lockstep=True),)), lockstep=True))
    assert tuple(enumerate(f"event: word\ndata: {word}\n\n" for word in WORDS)) == result.record.events
    assert (True, {"stream": True, "messages": SENT}) == (result.exact, result.received[0].json)
    assert runner.parting is None


TABLE = """  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:A169 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 11 1 0 100 0 0 10 0
   1: 0100007F:A169 0100007F:B000 01 00000003:00000002 00:00000000 00000000     0        0 12 1 0 100 0 0 10 0
   2: 020200C0:C001 010200C0:0050 02 00000001:00000000 00:00000000 00000000     0        0 13 1 0 100 0 0 10 0
garbage
"""
TABLE6 = """  sl  local_address rem_address st tx_queue rx_queue tr tm->when retrnsmt uid timeout inode
   0: 0000000000000000FFFF00000100007F:1F90 0000000000000000FFFF00000100007F:1F91 01 00000000:00000000 0 0 0 0 14 1
   1: B80D0120000000000000000001000000:1F90 B80D0120000000000000000002000000:01BB 01 00000000:00000000 0 0 0 0 15 1
"""


@pytest.mark.skipif(sys.byteorder != "little", reason="the sample was taken on a little-endian machine")
def test_kernels_tables_are_read() -> None:
    """Addresses, ports, queues and owners; a line of another form is passed over."""
    rows = list(read_table(TABLE, "tcp"))
    assert [11, 12, 13] == [row.inode for row in rows]
    assert (ipaddress.ip_address("192.0.2.1"), 80) == (rows[2].remote, rows[2].remote_port)
    assert (3, 2) == (rows[1].outgoing_bytes, rows[1].unread_bytes)
    assert ["tcp 192.0.2.1 port 80"] == elsewhere({11, 12, 13}, iter(rows))
    assert [] == elsewhere({11, 12}, iter(rows))


@pytest.mark.skipif(sys.byteorder != "little", reason="the sample was taken on a little-endian machine")
def test_kernels_tables_of_ipv6_are_read() -> None:
    """Loopback in the dress of IPv6 is loopback; another machine is not."""
    assert ["tcp 2001:db8::2 port 443"] == elsewhere({14, 15}, read_table(TABLE6, "tcp6"))
