"""A lock is resolved as of the day of its release, whatever the index has by now, and never replaces another unasked.

uv and pip are the real ones; they ask an index on loopback.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.upstream import shelf as shelves
from tests.upstream.shelf import DEAD, Shelf, data, release, write
from workbench.errors import UsageError
from workbench.upstream import locking
from workbench.upstream.lockfile import parse_lock
from workbench.upstream.locking import Locked, Wanted, find_date, find_newer, lock
from workbench.upstream.releases import Library, Missing, all_libraries, all_releases

SILENT = "the index does not answer; go online, or set one that this machine can reach, and try again"


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    """An index on which `tiny` 1.0, its dependency and its companion went on being released."""
    with shelves.serve() as served:
        shelves.ask(monkeypatch, f"{served.url}simple/", tmp_path)
        for version, day in (("1.0", "2026-02-01"), ("1.1", "2026-03-01"), ("1.2", "2026-03-02")):
            served.add("dep", version, day)
            served.add("beside", version, day, needs=["dep"])
        served.add("tiny", "1.0", "2026-03-01", needs=["dep>=1", "wincolour ; sys_platform == 'win32'"])
        served.add("wincolour", "3.0", "2026-01-01")
        served.add("tiny", "2.0a1", "2026-04-01", python=">=3.12")
        yield served


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of releases in which `tiny` has none yet."""
    return write(tmp_path, {"data/tiny.toml": "# By hand.\n" + data("tiny", companions='["beside"]')})


def tiny(folder: Path) -> Library:
    """The library as it lies in a folder."""
    return all_libraries(folder)["tiny"]


def locked(outcome: Locked | Missing) -> Locked:
    """What was locked."""
    assert isinstance(outcome, Locked), outcome
    return outcome


def reason(outcome: object) -> str:
    """Why something is not known: one line without an address."""
    assert isinstance(outcome, Missing), outcome
    assert "://" not in outcome.reason
    assert 1 == len(outcome.reason.splitlines())
    return outcome.reason


def pins(folder: Path, name: str) -> dict[str, str]:
    """Packages of a lock, with their versions."""
    return {pin.name: pin.version for pin in parse_lock((folder / "locks" / f"{name}.txt").read_text()).pins}


# -------------------------------------------------------------------------------------------------------------- the day


@pytest.mark.parametrize(("version", "day"), [("1.0", dt.date(2026, 3, 1)), ("2.0a1", dt.date(2026, 4, 1))])
def test_day_of_a_release_is_found(shelf: Shelf, version: str, day: dt.date) -> None:
    """The day of the upload, also of a pre-release, and of one that no installed Python may run."""
    assert day == find_date("tiny", version)


def test_day_is_asked_of_the_index_and_not_guessed(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """An index that stops answering in the middle is a reason, and no day is made up from its silence."""
    compiled = locking._compile
    calls: list[int] = []

    def breaking(*arguments: object) -> str | Missing:
        calls.append(1)
        if len(calls) == 4:
            monkeypatch.setenv("UV_DEFAULT_INDEX", DEAD)
            monkeypatch.setenv("UV_NO_CACHE", "1")
        return compiled(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(locking, "_compile", breaking)
    assert SILENT in reason(find_date("tiny", "1.0"))
    assert 4 == len(calls)


# ------------------------------------------------------------------------------------------------------------- the lock


def test_lock_is_of_its_day(shelf: Shelf, folder: Path) -> None:
    """Dependencies and companions are the newest of the release's day, and not the newest of today."""
    found = locked(lock(tiny(folder), "1.0"))
    assert {"tiny": "1.0", "dep": "1.1", "beside": "1.1", "wincolour": "3.0"} == pins(folder, "tiny@1.0")
    assert (dt.date(2026, 3, 1), ">=3.11", ("beside==1.1",), 4) == (
        found.date,
        found.python,
        found.companions,
        found.packages,
    )


def test_lock_is_for_all_platforms(shelf: Shelf, folder: Path) -> None:
    """What only another system needs is pinned with its marker."""
    locked(lock(tiny(folder), "1.0"))
    markers = {pin.name: pin.marker for pin in parse_lock((folder / "locks" / "tiny@1.0.txt").read_text()).pins}
    assert {"tiny": "", "dep": "", "beside": "", "wincolour": "sys_platform == 'win32'"} == markers


def test_lock_says_how_it_was_made_and_not_where(shelf: Shelf, tmp_path: Path, folder: Path) -> None:
    """Its head has the moment and the command; no address and no folder of this machine stands in it."""
    locked(lock(tiny(folder), "1.0"))
    text = (folder / "locks" / "tiny@1.0.txt").read_text()
    head = "# tiny@1.0 as of 2026-03-02T00:00:00Z for Python >=3.11; written by `workbench upstream lock tiny@1.0`."
    assert head == text.splitlines()[0]
    assert "127.0.0.1" not in text
    assert "tmp" not in text
    assert "via -r" not in text


def test_entry_is_added_below_what_is_there(shelf: Shelf, folder: Path) -> None:
    """The file keeps every byte that it had; the entry is read back as it was found out."""
    before = (folder / "data" / "tiny.toml").read_text()
    found = locked(lock(tiny(folder), "1.0"))
    after = (folder / "data" / "tiny.toml").read_text()
    assert after.startswith(before.rstrip("\n") + "\n\n[[release]]\n")
    (one,) = all_releases(folder).values()
    assert (found.date, found.python, found.companions) == (one.date, one.python, one.companions)
    assert (("subject",), found.digest) == (one.roles, one.lock_digest)
    assert [folder / "data" / "tiny.toml", folder / "locks" / "tiny@1.0.txt"] == list(found.changed)


def test_lowest_python_is_found_out(shelf: Shelf, folder: Path) -> None:
    """A release that needs a newer Python is locked for that one and up."""
    locked(lock(tiny(folder), "2.0a1"))
    assert ">=3.12" == all_releases(folder)["tiny@2.0a1"].python


def test_next_release_has_the_roles_of_the_last(shelf: Shelf, folder: Path) -> None:
    """An oracle stays one unless it is said otherwise."""
    locked(lock(tiny(folder), "1.0", Wanted(roles=("subject", "oracle"))))
    locked(lock(tiny(folder), "2.0a1"))
    assert [("subject", "oracle")] * 2 == [one.roles for one in all_releases(folder).values()]


def test_what_is_wanted_is_not_asked_for(shelf: Shelf, folder: Path) -> None:
    """Day, Python and companions may be given; then the day decides what was newest."""
    wanted = Wanted(date=dt.date(2026, 3, 2), python=">=3.12", companions=("beside<1.2",), roles=("oracle",))
    locked(lock(tiny(folder), "1.0", wanted))
    assert {"tiny": "1.0", "dep": "1.2", "beside": "1.1", "wincolour": "3.0"} == pins(folder, "tiny@1.0")
    one = all_releases(folder)["tiny@1.0"]
    assert ("2026-03-02", ">=3.12", ("beside==1.1",), ("oracle",)) == (
        one.date.isoformat(),
        one.python,
        one.companions,
        one.roles,
    )


def test_extras_are_locked(shelf: Shelf, tmp_path: Path) -> None:
    """What an extra of the package needs is in the lock."""
    shelf.add("rich", "1.0", "2026-03-01", needs=["dep ; extra == 'more'"])
    folder = write(tmp_path, {"data/rich.toml": data("rich", extras='["more"]')})
    locked(lock(all_libraries(folder)["rich"], "1.0"))
    assert {"rich": "1.0", "dep": "1.1"} == pins(folder, "rich@1.0")


def test_source_alone_is_locked_only_where_the_data_name_it(shelf: Shelf, tmp_path: Path) -> None:
    """A dependency without a built distribution stops the lock until the library's file has it under `built`."""
    shelf.add_source("raw", "1.0", "2026-02-01", backend="builder")
    shelf.add("odd", "1.0", "2026-03-01", needs=["raw"])
    folder = write(tmp_path, {"data/odd.toml": data("odd")})
    assert "raw==1.0 has no usable wheels" in reason(lock(all_libraries(folder)["odd"], "1.0"))
    write(tmp_path, {"data/odd.toml": data("odd", built='["raw"]')})
    locked(lock(all_libraries(folder)["odd"], "1.0"))
    assert {"odd": "1.0", "raw": "1.0"} == pins(folder, "odd@1.0")


# -------------------------------------------------------------------------------------------------------- what is there


def test_same_lock_is_left_alone(shelf: Shelf, folder: Path) -> None:
    """Who locks again what did not change writes nothing, also when the index has newer packages by now."""
    first = locked(lock(tiny(folder), "1.0"))
    again = locked(lock(tiny(folder), "1.0"))
    assert ((), first.digest) == (again.changed, again.digest)


def test_other_lock_is_replaced_only_by_force(shelf: Shelf, folder: Path) -> None:
    """The index may serve another file for a day gone by; that makes results stale, and is not done in passing."""
    locked(lock(tiny(folder), "1.0"))
    path = folder / "locks" / "tiny@1.0.txt"
    path.write_text(path.read_text().replace("dep==1.1", "dep==1.0"))
    before = path.read_bytes()
    with pytest.raises(UsageError, match=r"tiny@1\.0\.txt is there and pins something else .*; --force overwrites it"):
        lock(tiny(folder), "1.0")
    assert before == path.read_bytes()
    assert [path] == list(locked(lock(tiny(folder), "1.0", force=True)).changed)
    assert "1.1" == pins(folder, "tiny@1.0")["dep"]


def test_entry_is_not_changed_by_options(shelf: Shelf, folder: Path) -> None:
    """Of a release that the data have, the entry says it all."""
    locked(lock(tiny(folder), "1.0"))
    with pytest.raises(UsageError, match=r"tiny@1\.0 is in tiny\.toml; change it there"):
        lock(tiny(folder), "1.0", Wanted(python=">=3.13"))


def test_lock_that_was_broken_off_is_written_by_the_next_call(
    shelf: Shelf, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The entry comes first: without its lock it is listed as such, and the same call once more writes it."""
    whole = locking.write_whole

    def full(path: Path, content: bytes) -> None:
        if path.suffix == ".txt":
            raise OSError(28, "No space left on device")
        whole(path, content)

    with monkeypatch.context() as disk:
        disk.setattr(locking, "write_whole", full)
        with pytest.raises(OSError, match="No space"):
            lock(tiny(folder), "1.0")
    assert None is all_releases(folder)["tiny@1.0"].lock_digest
    assert [folder / "locks" / "tiny@1.0.txt"] == list(locked(lock(tiny(folder), "1.0")).changed)


# ------------------------------------------------------------------------------------------------------ what goes wrong


def test_unknown_version_is_a_wrong_call(shelf: Shelf, folder: Path) -> None:
    """The message names the newest versions that there are, and nothing is written."""
    before = (folder / "data" / "tiny.toml").read_bytes()
    with pytest.raises(UsageError, match=r"the index has no version 9\.9 of tiny; the newest there are 2\.0a1, 1\.0"):
        lock(tiny(folder), "9.9")
    assert before == (folder / "data" / "tiny.toml").read_bytes()
    assert [] == list((folder / "locks").iterdir())


def test_companion_that_does_not_fit_is_told(shelf: Shelf, folder: Path) -> None:
    """The explanation is that of uv, in one line."""
    shelf.add("narrow", "1.0", "2026-02-01", needs=["dep<1"])
    told = reason(lock(tiny(folder), "1.0", Wanted(companions=("narrow",))))
    assert told.startswith(
        "tiny@1.0 cannot be locked: uv finds no set of packages for tiny==1.0 narrow on 2026-03-01, "
    )
    assert "narrow depend on dep<1" in told.partition("Python 3.11: ")[2]


def test_no_index(shelf: Shelf, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line, after one attempt, and nothing is written."""
    for name in ("UV_DEFAULT_INDEX", "PIP_INDEX_URL"):
        monkeypatch.setenv(name, DEAD)
    compiled = locking._compile
    calls: list[int] = []

    def counting(*arguments: object) -> str | Missing:
        calls.append(1)
        return compiled(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(locking, "_compile", counting)
    assert reason(lock(tiny(folder), "1.0")).endswith(f"Python 3.11: {SILENT}")
    assert 1 == len(calls)
    assert [] == list((folder / "locks").iterdir())


# -------------------------------------------------------------------------------------------------------- what is newer


def test_newer_versions_are_listed(shelf: Shelf, folder: Path) -> None:
    """The newest first, pre-releases among them; what is withdrawn or in development is left out."""
    locked(lock(tiny(folder), "1.0"))
    shelf.add("tiny", "2.0.dev1", "2026-05-01")
    shelf.add("tiny", "3.0", "2026-05-01", withdrawn=True)
    shelf.add("tiny", "1.10", "2026-05-01")
    shelf.add("tiny", "1.9", "2026-05-01")
    shelf.add("tiny", "0.9", "2026-06-01")
    assert ("2.0a1", "1.10", "1.9") == find_newer(tiny(folder))


def test_newest_has_none_above_it(shelf: Shelf, folder: Path) -> None:
    """A library whose newest version is tracked has nothing newer."""
    locked(lock(tiny(folder), "2.0a1"))
    assert () == find_newer(tiny(folder))


def test_everything_is_newer_than_nothing(shelf: Shelf, folder: Path) -> None:
    """A library without releases lists all that the index has."""
    assert ("2.0a1", "1.0") == find_newer(tiny(folder))


def test_index_that_lags_behind_is_not_taken_for_an_answer(shelf: Shelf, tmp_path: Path) -> None:
    """One that lacks the very version which is tracked cannot say that nothing is newer."""
    folder = write(tmp_path, {"data/tiny.toml": data("tiny", releases=release("7.0", "2026-06-01"))})
    assert "the index has no tiny 7.0, which we track; it seems to be a part of the real one" == reason(
        find_newer(tiny(folder))
    )


def test_what_is_newer_is_not_known_without_an_index(
    shelf: Shelf, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Silence towards pip is a reason as that towards uv is."""
    monkeypatch.setenv("PIP_INDEX_URL", DEAD)
    assert f"the versions of tiny are not known: {SILENT}" == reason(find_newer(tiny(folder)))
