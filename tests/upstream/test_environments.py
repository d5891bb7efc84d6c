"""An environment holds what its lock pins and nothing else, is whole or made anew, and what cannot be made says why.

The real uv asks an index on loopback. Where it has to fail in ways that cannot be brought about, a script stands in.
"""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.upstream import shelf as shelves
from tests.upstream.shelf import BUILDER, DEAD, Shelf, data, release, write
from workbench.upstream import environments, tools
from workbench.upstream.environments import Environment, find_environment, install, iter_install
from workbench.upstream.releases import Missing, Release, all_releases

REAL = "WORKBENCH_REAL_INSTALLS"
"""Set to anything, it has the real releases looked at that are installed on this machine."""


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    """An index on loopback that has `tiny` 1.0, which needs `dep` 1.0; uv asks no other."""
    with shelves.serve() as served:
        shelves.ask(monkeypatch, f"{served.url}simple/", tmp_path)
        served.add("dep", "1.0", "2026-02-01")
        served.add("tiny", "1.0", "2026-03-01", needs=["dep"], code="import dep\n")
        yield served


def tracked(tmp_path: Path, lock: str, *, python: str = ">=3.11", **head: str) -> Release:
    """The release `tiny@1.0` with a lock of its own."""
    text = data("tiny", releases=release("1.0", "2026-03-01", python=python), **head)
    return all_releases(write(tmp_path, {"data/tiny.toml": text, "locks/tiny@1.0.txt": lock}))["tiny@1.0"]


@pytest.fixture
def tiny(tmp_path: Path, shelf: Shelf) -> Release:
    """The release `tiny@1.0`, locked."""
    return tracked(tmp_path, shelf.pin("tiny", "1.0") + shelf.pin("dep", "1.0"))


def made(outcome: Environment | Missing) -> Environment:
    """The environment of an installation that went well."""
    assert isinstance(outcome, Environment), outcome
    return outcome


def refused(outcome: Environment | Missing) -> str:
    """The reason of one that did not; it names no address and no folder of this machine."""
    assert isinstance(outcome, Missing), outcome
    assert "://" not in outcome.reason
    assert "/tmp" not in outcome.reason  # noqa: S108 - looked for, not used
    assert 1 == len(outcome.reason.splitlines())
    return outcome.reason


def says(environment: Environment, code: str) -> str:
    """What a line of Python prints in an environment."""
    ran = subprocess.run([environment.python, "-I", "-c", code], capture_output=True, text=True, check=True)
    return ran.stdout.strip()


def fake_uv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Puts a shell script in uv's place."""
    path = tmp_path / "fake-uv"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    monkeypatch.setattr(tools, "find_uv", lambda: path)


# ----------------------------------------------------------------------------------------------------------- installing


def test_environment_holds_what_the_lock_pins(tiny: Release) -> None:
    """The packages of the lock, in its versions, and no pip, no setuptools, nothing of ours."""
    environment = made(install(tiny))
    code = "import importlib.metadata as m; print(sorted(f'{d.name}=={d.version}' for d in m.distributions()))"
    assert "['dep==1.0', 'tiny==1.0']" == says(environment, code)
    assert (True, None, "tiny@1.0") == (environment.fresh, environment.made.fault, environment.release)
    assert tiny.lock_digest == environment.digest == environment.made.lock
    assert says(environment, "import platform; print(platform.python_version())") == environment.made.python
    assert environment.made.bytes > 1000


def test_environment_is_found_again(tiny: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second call finds it on the disk and starts nothing; before the first there is a way to it."""
    assert "tiny@1.0 is not installed; `workbench upstream install tiny@1.0` does it" == refused(find_environment(tiny))
    first = made(install(tiny))
    monkeypatch.setattr(subprocess, "run", _never)
    assert replace(first, fresh=False) == install(tiny) == find_environment(tiny)


def _never(*arguments: object, **options: object) -> None:
    raise AssertionError("a process was started")


def test_another_lock_is_another_environment(tmp_path: Path, shelf: Shelf, tiny: Release) -> None:
    """A lock that changed leaves the old environment alone, and is not served by it."""
    shelf.add("dep", "1.1", "2026-02-02")
    before = made(install(tiny))
    changed = tracked(tmp_path, shelf.pin("tiny", "1.0") + shelf.pin("dep", "1.1"))
    assert isinstance(find_environment(changed), Missing)
    after = made(install(changed))
    assert ["1.0", "1.1"] == [says(one, _DEP) for one in (before, after)]


_DEP = "import importlib.metadata as m; print(m.version('dep'))"


def test_lock_comes_first_and_the_index_second(tmp_path: Path, shelf: Shelf) -> None:
    """What a package asks for in its metadata and the lock leaves out is not fetched, and the import tells it."""
    environment = made(install(tracked(tmp_path, shelf.pin("tiny", "1.0"))))
    assert "ModuleNotFoundError: No module named 'dep'" == environment.made.fault
    assert [] == [path for path in shelf.asked if path.startswith("/files/dep")]


def test_release_that_cannot_be_imported_is_installed(tmp_path: Path, shelf: Shelf) -> None:
    """That is what its users get, and the environment says how it fails, without a folder of this machine."""
    shelf.add("tiny", "1.0", "2026-03-01", code=f"raise RuntimeError('in {tmp_path}/x')")
    environment = made(install(tracked(tmp_path, shelf.pin("tiny", "1.0"))))
    assert "RuntimeError: in …/x" == environment.made.fault
    assert replace(environment, fresh=False) == find_environment(tiny_at(tmp_path))


def tiny_at(folder: Path) -> Release:
    """The release as it lies in a folder."""
    return all_releases(folder)["tiny@1.0"]


def test_nothing_of_our_environment_is_seen(tiny: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which environment is active, and what is on our path of modules, reaches no tool; the settings of uv do."""
    monkeypatch.setenv("VIRTUAL_ENV", "/nowhere")
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    seen = json.loads(tools.run_tool([sys.executable, "-c", _SEEN], seconds=60).stdout)
    assert [] == [name for name in ("VIRTUAL_ENV", "PYTHONPATH") if name in seen]
    assert os.environ["UV_DEFAULT_INDEX"] == seen["UV_DEFAULT_INDEX"]
    assert None is made(install(tiny)).made.fault


_SEEN = "import json, os; print(json.dumps(dict(os.environ)))"


# --------------------------------------------------------------------------------------------------- sources and hashes


def test_file_that_is_not_the_locked_one_is_refused(tmp_path: Path, shelf: Shelf, tiny: Release) -> None:
    """Nothing of the environment stays, and the reason is kept for those who ask later."""
    shelf.add("dep", "1.0", "2026-02-01", code="evil = True")
    reason = refused(install(tiny))
    assert "tiny@1.0 was not installed: Hash mismatch for `dep==1.0`: a file is not the one" in reason
    assert reason == refused(find_environment(tiny))
    assert [] == [path.name for path in (tmp_path / "cache" / "environments").iterdir() if path.is_dir()]


def test_source_is_not_built_unasked(tmp_path: Path, shelf: Shelf) -> None:
    """To build runs code that no hash covers: a package with source alone needs to be named in the data."""
    shelf.add_source("raw", "1.0", "2026-02-01", backend="builder")
    reason = refused(install(tracked(tmp_path, shelf.pin("tiny", "1.0") + shelf.pin("raw", "1.0"))))
    assert "raw==1.0" in reason
    assert "no usable wheels" in reason


def test_source_is_built_with_what_the_lock_pins(tmp_path: Path, shelf: Shelf) -> None:
    """What the data name as `built` is built last, by the build tool of the lock and not by a newer one."""
    shelf.add_source("raw", "1.0", "2026-02-01", backend="builder")
    shelf.add("builder", "1.0", "2026-02-01", code=BUILDER.replace("NAME", "raw").replace("VERSION", "1.0"))
    shelf.add("builder", "2.0", "2026-02-02", code="raise RuntimeError('the newest')")
    shelf.add("tiny", "1.0", "2026-03-01", code="import raw; assert raw.built")
    lock = "".join(shelf.pin(name, "1.0") for name in ("builder", "raw", "tiny"))
    environment = made(install(tracked(tmp_path, lock, built='["raw"]')))
    assert None is environment.made.fault


def test_build_tool_that_is_not_locked_is_not_fetched(tmp_path: Path, shelf: Shelf) -> None:
    """A lock that leaves out what a package is built with is refused, though the index has it."""
    shelf.add_source("raw", "1.0", "2026-02-01", backend="builder")
    shelf.add("builder", "1.0", "2026-02-01", code=BUILDER.replace("NAME", "raw").replace("VERSION", "1.0"))
    release_ = tracked(tmp_path, shelf.pin("tiny", "1.0") + shelf.pin("raw", "1.0"), built='["raw"]')
    assert "tiny@1.0 could not be installed: " in refused(install(release_))
    assert [] == [path for path in shelf.asked if "builder" in path]


# ------------------------------------------------------------------------------------------------------ what breaks off


BROKEN: dict[str, Callable[[Path], object]] = {
    "no marker": lambda folder: (folder / ".complete").unlink(),
    "half a marker": lambda folder: (folder / ".complete").write_text('{"lock": "'),
    "marker of another lock": lambda folder: (folder / ".complete").write_text(
        (folder / ".complete").read_text().replace('"lock":"', '"lock":"0')
    ),
    "no Python": lambda folder: _relink(folder / "bin" / "python", folder / "gone"),
}


def _relink(path: Path, target: Path) -> None:
    path.unlink()
    path.symlink_to(target)


@pytest.mark.parametrize("spoil", BROKEN.values(), ids=BROKEN)
def test_what_is_not_whole_is_made_anew(tiny: Release, spoil: Callable[[Path], object]) -> None:
    """An environment that was broken off, or that lost its Python, is not found, and is made by the next call."""
    first = made(install(tiny))
    (first.folder / "left-behind").touch()
    spoil(first.folder)
    assert "is not installed" in refused(find_environment(tiny))
    again = made(install(tiny))
    assert True is again.fresh
    assert not (again.folder / "left-behind").exists()
    assert "1.0" == says(again, _DEP)


def test_killed_installation_goes_on(tmp_path: Path, shelf: Shelf, tiny: Release) -> None:
    """A process that was killed in the middle leaves nothing in the way of the next."""
    shelf.sends.clear()  # the index does not send files for now, so that the process can be met at its work
    code = (
        "import sys; from pathlib import Path\n"
        "from workbench.upstream.environments import install; from workbench.upstream.releases import all_releases\n"
        "install(all_releases(Path(sys.argv[1]))['tiny@1.0'])\n"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], start_new_session=True) as process:
        _wait(lambda: any(path.startswith("/files/") for path in shelf.asked))
        os.killpg(process.pid, signal.SIGKILL)
    assert (tmp_path / "cache" / "environments" / f"tiny@1.0-{(tiny.lock_digest or '')[:12]}" / "bin").is_dir()
    assert "is not installed" in refused(find_environment(tiny))
    shelf.sends.set()
    assert "1.0" == says(made(install(tiny)), _DEP)


def _wait(condition: Callable[[], bool]) -> None:
    """Waits until something is so; fails after a long while."""
    for _ in range(3000):
        if condition():
            return
        time.sleep(0.01)
    pytest.fail("it did not come about")


def test_tool_that_outlives_its_parent_holds_the_folder(
    tmp_path: Path, tiny: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who comes next waits until a uv that still writes there is gone, though who started it was killed."""
    with environments._held(tmp_path / "environment") as held:
        fake_uv(tmp_path, monkeypatch, f"echo $$ > {tmp_path}/pid; exec sleep 60")
        thread = threading.Thread(target=tools.run_uv, kwargs={"keeps": [held]})
        thread.start()
        _wait(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text().endswith("\n"))
    # Ours is closed now, as if we had died: only the tool still has it.
    taken = threading.Event()

    def take() -> None:
        with environments._held(tmp_path / "environment"):
            taken.set()

    waiting = threading.Thread(target=take)
    waiting.start()
    assert not taken.wait(0.2)
    os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)
    waiting.join(30)
    thread.join(30)
    assert taken.is_set()


def test_two_that_install_the_same_make_it_once(tiny: Release) -> None:
    """The second waits for the first and finds it made."""
    with ThreadPoolExecutor(2) as pool:
        outcomes = [made(one) for one in pool.map(install, [tiny, tiny])]
    assert [False, True] == sorted(one.fresh for one in outcomes)
    assert outcomes[0].folder == outcomes[1].folder


# ------------------------------------------------------------------------------------------------------ what is missing


def test_release_without_a_lock_is_not_installed(tmp_path: Path) -> None:
    """The reason names the command that writes one."""
    folder = write(tmp_path, {"data/tiny.toml": data("tiny", releases=release("1.0", "2026-03-01"))})
    expected = "tiny@1.0 has no lock; `workbench upstream lock tiny@1.0` writes one"
    assert [expected, expected] == [refused(look(tiny_at(folder))) for look in (install, find_environment)]


def test_no_interpreter(tmp_path: Path, shelf: Shelf) -> None:
    """The range, what is there, and what brings one."""
    reason = refused(install(tracked(tmp_path, shelf.pin("tiny", "1.0"), python=">=3.97")))
    assert reason.startswith("tiny@1.0 could not be installed: no Python >=3.97 on this machine (there is 3.")
    assert reason.endswith("`uv python install '>=3.97'` or `pyenv install` brings one")


def test_no_index(tiny: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    """An index that does not answer is one line, and what uv said is kept beside it."""
    monkeypatch.setenv("UV_DEFAULT_INDEX", DEAD)
    outcome = install(tiny)
    expected = "the index does not answer; go online, or set one that this machine can reach, and try again"
    assert f"tiny@1.0 could not be installed: {expected}" == refused(outcome)
    assert isinstance(outcome, Missing)
    assert DEAD in outcome.output
    assert outcome == find_environment(tiny)


def test_index_comes_back(shelf: Shelf, tiny: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure is no verdict for ever: the next call tries again, and then nothing is left of it."""
    with monkeypatch.context() as offline:
        offline.setenv("UV_DEFAULT_INDEX", DEAD)
        refused(install(tiny))
    assert made(install(tiny)).folder == made(find_environment(tiny)).folder


def test_index_without_the_package(shelf: Shelf, tiny: Release) -> None:
    """A package that is gone from the index is named."""
    del shelf.packages["dep"]
    assert "because dep was not found in the package registry" in refused(install(tiny)).lower()


def test_no_uv(tiny: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason says what brings it."""
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    monkeypatch.setitem(sys.modules, "uv", None)
    assert refused(install(tiny)).endswith("`make setup` or `pip install uv` brings it")


WORDS = {
    "room": (
        "cause: failed to copy file: No space left on device (os error 28)",
        "there is no room; make some, or set WORKBENCH_CACHE to another disk",
    ),
    "denied": (
        "cause: HTTP status client error (403 Forbidden) for url (https://example.org/simple/)",
        "the index refuses with status 403; see what this machine's settings ask for",
    ),
    "unknown": ("error: The stars are wrong", "The stars are wrong"),
    "cause": ("error: Failed to install: a.whl\n  cause: The stars are wrong", "The stars are wrong"),
    "place": ("error: Bad file `/srv/some/x.whl`", "Bad file `…/x.whl`"),
    "silent": ("", "the tool said nothing"),
}


@pytest.mark.parametrize(("stderr", "words"), WORDS.values(), ids=WORDS)
def test_failure_of_uv_is_worded(
    tmp_path: Path, tiny: Release, monkeypatch: pytest.MonkeyPatch, stderr: str, words: str
) -> None:
    """What is known has words of its own with what to do; of the rest the most telling line is taken."""
    (tmp_path / "stderr").write_text(f"warning: nothing to see\n{stderr}\n" if stderr else "")
    fake_uv(tmp_path, monkeypatch, f"cat {tmp_path}/stderr >&2; exit 2")
    assert refused(install(tiny)).endswith(f": {words}")


def test_no_room_for_the_folder(tiny: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is full before uv begins is a reason as well."""

    def full(self: Path, *arguments: object, **options: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self))

    monkeypatch.setattr(Path, "mkdir", full)
    ((_, outcome),) = iter_install([tiny])
    assert refused(outcome).endswith(
        "there is no room in the cache folder; make some, or set WORKBENCH_CACHE to another disk"
    )


def test_cache_that_cannot_be_used(tmp_path: Path, tiny: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file where the cache is to be is told, with what to set."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "file"))
    ((_, outcome),) = iter_install([tiny])
    assert "the cache folder cannot be used (Not a directory); set WORKBENCH_CACHE to another" in refused(outcome)


def test_uv_that_hangs_is_killed(tmp_path: Path, tiny: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its time is limited, and the reason says so."""
    fake_uv(tmp_path, monkeypatch, 'case "$1" in venv) mkdir "$5";; *) exec sleep 60;; esac')
    monkeypatch.setattr(environments, "_INSTALL_SECONDS", 0.2)
    assert "tiny@1.0 could not be installed: killed after 0.2 s" == refused(install(tiny))


# ------------------------------------------------------------------------------------------------------ several at once


def stand_ins(tmp_path: Path, count: int) -> list[Release]:
    """Releases that nobody installs for real."""
    entries = "".join(release(f"1.{number}", "2026-03-01") for number in range(count))
    return list(all_releases(write(tmp_path, {"data/tiny.toml": data("tiny", releases=entries)})).values())


def test_one_that_fails_stops_no_other(tmp_path: Path, shelf: Shelf, tiny: Release) -> None:
    """Each release has its outcome, by address."""
    shelf.add("small", "1.0", "2026-03-01")
    small = data("small", releases=release("1.0", "2026-03-01", python=">=3.97"))
    both = write(tmp_path, {"data/small.toml": small, "locks/small@1.0.txt": shelf.pin("small", "1.0")})
    outcomes = dict(iter_install(list(all_releases(both).values())))
    assert {"small@1.0": Missing, "tiny@1.0": Environment} == {name: type(one) for name, one in outcomes.items()}


@pytest.mark.parametrize("jobs", [1, 3])
def test_several_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int) -> None:
    """As many as were asked for work at the same time, never more, and all are done in the end."""
    releases = stand_ins(tmp_path, 6)
    inside: list[int] = []
    meeting = threading.Barrier(jobs)
    busy = threading.Semaphore(0)

    def pretend(one: Release) -> Missing:
        busy.release()
        meeting.wait(30)  # goes on only once as many as there are jobs have come
        inside.append(busy._value)
        meeting.wait(30)
        busy.acquire()
        return Missing(one.name)

    monkeypatch.setattr(environments, "install", pretend)
    outcomes = dict(iter_install(releases, jobs=jobs))
    assert {one.name for one in releases} == set(outcomes)
    assert jobs == max(inside)


def test_outcomes_come_as_they_are_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow one holds back none that is done."""
    slow, quick = stand_ins(tmp_path, 2)
    gate = threading.Event()

    def pretend(one: Release) -> Missing:
        assert one is quick or gate.wait(30)
        return Missing(one.name)

    monkeypatch.setattr(environments, "install", pretend)
    outcomes = iter_install([slow, quick], jobs=2)
    assert quick.name == next(outcomes)[0]
    gate.set()
    assert [slow.name] == [name for name, _ in outcomes]


def test_those_that_wait_do_not_begin_after_an_interrupt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who stops listening, as Ctrl-C does, ends it after those that are at work: here the second."""
    begun: list[str] = []
    closing = threading.Event()
    shutdown = ThreadPoolExecutor.shutdown

    def pretend(one: Release) -> Missing:
        begun.append(one.name)
        assert len(begun) == 1 or closing.wait(30)
        return Missing(one.name)

    def closes(pool: ThreadPoolExecutor, wait: bool = True, *, cancel_futures: bool = False) -> None:
        shutdown(pool, wait=False, cancel_futures=cancel_futures)
        closing.set()
        shutdown(pool, wait=wait)

    monkeypatch.setattr(environments, "install", pretend)
    monkeypatch.setattr(ThreadPoolExecutor, "shutdown", closes)
    outcomes = iter_install(stand_ins(tmp_path, 5), jobs=1)
    next(outcomes)
    _wait(lambda: len(begun) == 2)
    outcomes.close()  # type: ignore[attr-defined]
    assert ["tiny@1.0", "tiny@1.1"] == begun


# ------------------------------------------------------------------------------------------------------------- for real


@pytest.mark.skipif(not os.environ.get(REAL), reason=f"looks at real installations; {REAL}=1 runs it")
@pytest.mark.parametrize("name", all_releases())
def test_real_release_is_imported(name: str) -> None:
    """Each release that is installed on this machine has its version and can be imported."""
    one = all_releases()[name]
    environment = find_environment(one)
    if isinstance(environment, Missing):
        pytest.skip(environment.reason)
    assert None is environment.made.fault
    assert one.version == says(environment, f"import importlib.metadata as m; print(m.version('{one.index}'))")
    says(environment, "; ".join(f"import {module}" for module in one.imports))
