"""Outcomes are kept whole or not at all, found again only by all that they depend on, and by one runner at a time."""

from __future__ import annotations

import errno
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from msgspec.structs import replace

from workbench.errors import ResultError, UsageError
from workbench.transcript import FollowUp, Message, Raised, Request, TextPart
from workbench.upstream.cache import Cache, Key, key_of
from workbench.upstream.limits import Failure
from workbench.upstream.protocol import Earlier, Record, Run
from workbench.upstream.replay import Answer, Received, Script
from workbench.upstream.runner import Result

RUN = Run(way="shipped", variant="v", dialect="d", request=Request((Message("user", (TextPart("hi"),)),)))
SCRIPT = Script((Answer(body=b"data: x\n\n", path="/p", frame_ends=(9,)),))
KEY = key_of("lock", b"driver", RUN, SCRIPT)
RESULT = Result(
    record=Record(
        events=((0, {"text": "\ud800", "big": 10**30}), (1, None)),
        legacy=((1, "x"),),
        raised={"stored": Raised("E", "m", 1)},
        message={"a": [1.5, True]},
        restored=None,
    ),
    received=(Received("expected", 0, "POST", "/p", (("accept", "*/*"),), {"m": 1}, 7, 200, "", 9, "complete"),),
    exact=False,
    unsettled=(0,),
    stdout="out",
    stderr="err",
)
FAILURE = Failure(manner="died", detail="by SIGSEGV", stderr="x", partial=Record(events=((0, 1),)))


@pytest.mark.parametrize("outcome", [RESULT, FAILURE], ids=["result", "failure"])
def test_what_was_put_is_got(tmp_path: Path, outcome: Result | Failure) -> None:
    """Events, absent phases, surrogates, big numbers and the requests come back as they were."""
    with Cache(tmp_path) as cache:
        assert cache.get(KEY) is None
        cache.put(KEY, outcome)
    with Cache(tmp_path) as cache:
        assert outcome == cache.get(KEY)


def test_failed_start_is_not_kept(tmp_path: Path) -> None:
    """The environment may be repaired."""
    with Cache(tmp_path) as cache:
        cache.put(KEY, Failure(manner="start-failed", detail="no module"))
        assert cache.get(KEY) is None


CHANGES = [
    ("lock", key_of("other", b"driver", RUN, SCRIPT)),
    ("driver", key_of("lock", b"driver2", RUN, SCRIPT)),
    ("body", key_of("lock", b"driver", RUN, Script((replace(SCRIPT.answers[0], body=b"data: y\n\n"),)))),
    ("how it is played", key_of("lock", b"driver", RUN, Script((replace(SCRIPT.answers[0], disconnect_after=3),)))),
    ("table", key_of("lock", b"driver", RUN, Script(SCRIPT.answers, {"GET /v1/models": {}}))),
    ("request", key_of("lock", b"driver", replace(RUN, request=Request(())), SCRIPT)),
    ("follow", key_of("lock", b"driver", replace(RUN, follow=FollowUp()), SCRIPT)),
    ("history", key_of("lock", b"driver", replace(RUN, history=(Earlier(1, FollowUp()),)), SCRIPT)),
    ("events", key_of("lock", b"driver", replace(RUN, events=((0, 1),)), SCRIPT)),
    ("variant", key_of("lock", b"driver", replace(RUN, variant="w"), SCRIPT)),
    ("dialect", key_of("lock", b"driver", replace(RUN, dialect="e"), SCRIPT)),
    ("way", key_of("lock", b"driver", replace(RUN, way="framework"), SCRIPT)),
    ("no script", key_of("lock", b"driver", RUN, None)),
    ("pacing", key_of("lock", b"driver", RUN, SCRIPT, lockstep=True)),
    ("protocol", replace(KEY, protocol=2)),
    ("format", replace(KEY, format=2)),
]


@pytest.mark.parametrize("changed", [row[1] for row in CHANGES], ids=[row[0] for row in CHANGES])
def test_any_change_is_a_miss(tmp_path: Path, changed: Key) -> None:
    """Whatever an outcome depends on, it is not found when that is another."""
    with Cache(tmp_path) as cache:
        cache.put(KEY, RESULT)
        assert cache.get(changed) is None
        assert RESULT == cache.get(KEY)


def test_url_is_no_part_of_the_key() -> None:
    """The port of the replay server is another each time."""
    assert KEY == key_of("lock", b"driver", replace(RUN, base_url="http://127.0.0.1:4"), SCRIPT)


def test_any_damage_is_a_miss(tmp_path: Path) -> None:
    """A file that was cut anywhere, or in which any byte is another, is not taken; a new outcome replaces it."""
    with Cache(tmp_path) as cache:
        cache.put(KEY, RESULT)
        path = cache.path(KEY)
        whole = path.read_bytes()
        for at in range(0, len(whole), 7):
            path.write_bytes(whole[:at])
            assert cache.get(KEY) is None
            path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
            assert cache.get(KEY) is None
        cache.put(KEY, RESULT)
        assert whole == path.read_bytes()


def test_entry_of_another_key_is_a_miss(tmp_path: Path) -> None:
    """A file under a wrong name is not taken for what its name says."""
    other = CHANGES[0][1]
    with Cache(tmp_path) as cache:
        cache.put(KEY, RESULT)
        cache.path(other).parent.mkdir(exist_ok=True)
        cache.path(KEY).rename(cache.path(other))
        assert cache.get(other) is None


def test_two_runners_at_once_are_refused(tmp_path: Path) -> None:
    """The second is told who is there, and may come when the first has gone."""
    with Cache(tmp_path), pytest.raises(UsageError, match=f"process {os.getpid()} is running"), Cache(tmp_path):
        pass
    with Cache(tmp_path):
        pass


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS], ids=["full", "read-only"])
def test_full_disk_is_told_and_loses_nothing(tmp_path: Path, monkeypatch, number: int) -> None:
    """What was there before is intact, and nothing half is left beside it."""
    with Cache(tmp_path) as cache:
        cache.put(KEY, RESULT)

        def fail(self: Path, target: Path) -> None:
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(Path, "replace", fail)
        with pytest.raises(ResultError, match=os.strerror(number)):
            cache.put(KEY, FAILURE)
        assert RESULT == cache.get(KEY)
        assert [cache.path(KEY)] == [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "lock"]


ENTRIES = 120
FILL = f"""
import sys
from pathlib import Path
from workbench.upstream.cache import Cache, Key
from workbench.upstream.protocol import Record
from workbench.upstream.runner import Result

sys.stdout.write("ready")
sys.stdout.flush()
with Cache(Path(sys.argv[1])) as cache:
    for n in range({ENTRIES}):
        key = Key(lock=str(n), driver="", script="", run="", way="", variant="", dialect="", pacing="free")
        if cache.get(key) is None:
            events = tuple((k, "x" * 200 + str(n)) for k in range(100))
            cache.put(key, Result(record=Record(events=events)))
            sys.stdout.write(".")
            sys.stdout.flush()
"""


def fill(folder: Path) -> subprocess.Popen[bytes]:
    """Starts a program that fills a cache."""
    return subprocess.Popen([sys.executable, "-c", FILL, str(folder)], stdout=subprocess.PIPE)


def content(folder: Path) -> dict[str, bytes]:
    """The entries of a cache."""
    return {path.name: path.read_bytes() for path in folder.glob("??/*.json")}


def test_killed_at_any_moment_it_goes_on_where_it_was(tmp_path: Path) -> None:
    """Twenty kills, at moments that a seed chose: no half entry is ever taken, and the end is that of a quiet run."""
    quiet, troubled = tmp_path / "quiet", tmp_path / "troubled"
    with fill(quiet) as program:
        assert b"ready" + b"." * ENTRIES == program.communicate()[0]
    moments = random.Random(7)  # noqa: S311 - not a secret
    wrote = 0
    for _ in range(20):
        with fill(troubled) as program:
            assert program.stdout is not None
            assert b"ready" == program.stdout.read(5)
            time.sleep(moments.uniform(0, 0.012))
            program.send_signal(signal.SIGKILL)
            wrote += len(program.stdout.read())
        kept = content(troubled)
        assert kept.items() <= content(quiet).items()
        assert wrote <= len(kept) <= wrote + 20
    with fill(troubled) as program:
        last = program.communicate()[0]
    assert len(b"ready") + ENTRIES - len(kept) == len(last)
    assert content(quiet) == content(troubled)
    assert [] == list(troubled.glob("??/.*"))
