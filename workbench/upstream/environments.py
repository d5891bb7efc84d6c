"""One environment per release, made by uv from its lock, in a cache outside version control.

The cache is `$WORKBENCH_CACHE`, else `stream-workbench` in the user's cache folder. An environment's folder is
`environments/<library>@<version>-<first digits of the lock's digest>/`: a changed lock is another environment.

Rules:
1. Only what the lock pins is installed, from files whose hashes fit: nothing is resolved again. They are built
   distributions; what the data name as `built` is built last, with the tools that are installed by then, as those that
   uv would fetch for it come without a hash.
2. A marker with the lock's whole digest is written last. A folder without it, with another digest or whose Python is
   gone is made anew; so what was broken off goes on by being started again, with uv's own cache at hand.
3. Two that install the same release at once wait for each other, and for a uv whose parent was killed.
4. What cannot be installed is a `Missing`, kept beside the folder, so that a later run can say why; it stops no other.
5. A release that installs and cannot be imported is installed: that is what its users get. The marker says so.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path

import msgspec
from msgspec import Struct

from workbench.files import write_whole
from workbench.upstream.interpreters import find_interpreter
from workbench.upstream.lockfile import parse_lock
from workbench.upstream.releases import Missing, Release
from workbench.upstream.tools import Ran, plain, run_tool, run_uv

CACHE = "WORKBENCH_CACHE"
"""Environment variable that names the cache."""

DIGITS = 12
"""Hex digits of the lock's digest in the name of a folder."""

_MARKER = ".complete"
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
_IMPORT_SECONDS = 300
_INSTALL_SECONDS = 1800


class Marker(Struct, frozen=True):
    """What is written into an environment once it is complete.

    Attributes:
        lock: digest of the lock that it was made from.
        python: version of its Python.
        seconds: wall time that it took to make, downloads included.
        bytes: size of its files; those that it shares with uv's cache count.
        fault: how the import of its modules failed; None when it did not.
    """

    lock: str
    python: str
    seconds: float
    bytes: int
    fault: str | None


class Environment(Struct, frozen=True):
    """An environment that is there and complete.

    Attributes:
        release: address of the release.
        folder: where it lies.
        python: its Python: run this one to run the release.
        digest: digest of the lock that it was made from.
        made: what is known of it.
        fresh: it was made just now.
    """

    release: str
    folder: Path
    python: Path
    digest: str
    made: Marker
    fresh: bool = False


def cache_folder() -> Path:
    """The folder for what can be made again and is not under version control."""
    named = os.environ.get(CACHE)
    if named:
        return Path(named).absolute()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache").absolute() / "stream-workbench"


def find_environment(release: Release) -> Environment | Missing:
    """Finds the environment of a release, as it lies on the disk; starts no process.

    Returns:
        The environment, or why there is none that could be used.
    """
    if release.lock_digest is None:
        return Missing(f"{release.name} has no lock; `workbench upstream lock {release.name}` writes one")
    folder = _folder(release, release.lock_digest)
    found = _complete(release.name, folder, release.lock_digest)
    if found:
        return found
    try:
        return msgspec.json.decode(_failure(folder).read_bytes(), type=Missing)
    except (OSError, msgspec.DecodeError):
        return Missing(f"{release.name} is not installed; `workbench upstream install {release.name}` does it")


def install(release: Release) -> Environment | Missing:
    """Makes the environment of a release unless it is there.

    Returns:
        The environment, or why it could not be made.

    Raises:
        OSError: the cache cannot be written.
    """
    if release.lock_digest is None:
        return Missing(f"{release.name} has no lock; `workbench upstream lock {release.name}` writes one")
    folder = _folder(release, release.lock_digest)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _held(folder) as held:
        there = _complete(release.name, folder, release.lock_digest)
        if there:
            return there
        outcome = _make(release, folder, release.lock_digest, held)
        if isinstance(outcome, Missing):
            shutil.rmtree(folder, ignore_errors=True)
            write_whole(_failure(folder), msgspec.json.encode(outcome))
        else:
            _failure(folder).unlink(missing_ok=True)
        return outcome


def iter_install(releases: Sequence[Release], *, jobs: int = 2) -> Iterator[tuple[str, Environment | Missing]]:
    """Installs several releases, a few at once; one that fails stops no other.

    Args:
        releases: in the order in which they are begun.
        jobs: how many at once.

    Yields:
        Address and outcome of each release, in the order in which they are done.
    """
    with ThreadPoolExecutor(max_workers=max(1, jobs), thread_name_prefix="install") as pool:
        try:
            futures = {pool.submit(_guarded, release): release.name for release in releases}
            for future in as_completed(futures):
                yield futures[future], future.result()
        except BaseException:
            # Those that wait do not begin; those that run are told by the same signal as we.
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _guarded(release: Release) -> Environment | Missing:
    try:
        return install(release)
    except OSError as error:
        if error.errno in _NO_ROOM:
            why = f"there is no room in the cache folder; make some, or set {CACHE} to another disk"
        else:
            why = f"the cache folder cannot be used ({error.strerror or error}); set {CACHE} to another"
        return Missing(f"{release.name} could not be installed: {why}", str(error))


def _folder(release: Release, digest: str) -> Path:
    return cache_folder() / "environments" / f"{release.name}-{digest[:DIGITS]}"


def _failure(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.failed.json")


def _complete(name: str, folder: Path, digest: str) -> Environment | None:
    """The environment in a folder; None when it is not complete, is of another lock, or lost its Python."""
    try:
        marker = msgspec.json.decode((folder / _MARKER).read_bytes(), type=Marker)
    except (OSError, msgspec.DecodeError):
        return None
    python = folder / "bin" / "python"
    if marker.lock != digest or not os.access(python, os.X_OK):
        return None
    return Environment(name, folder, python, digest, marker)


@contextmanager
def _held(folder: Path) -> Iterator[int]:
    """Holds a folder against others that would make it; waits for one that does. The system lets go when we die.

    Yields:
        The descriptor that holds it, for tools that write there.
    """
    with folder.with_name(f"{folder.name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file.fileno()


def _make(release: Release, folder: Path, digest: str, held: int) -> Environment | Missing:
    started = time.perf_counter()
    interpreter = find_interpreter(release.python)
    if isinstance(interpreter, Missing):
        return Missing(f"{release.name} could not be installed: {interpreter.reason}", interpreter.output)
    shutil.rmtree(folder, ignore_errors=True)
    python = folder / "bin" / "python"
    asked = ("venv", "--no-project", "--python", str(interpreter.path), str(folder))
    made = run_uv(*asked, cwd=folder.parent, keeps=[held])
    if not made.fine:
        return made.missing(f"{release.name} could not be installed: no environment on Python {interpreter.version}")
    synced = _sync(release, folder, python, held)
    if not synced.fine:
        return _refused(release, synced)
    fault = _import_fault(release, python, folder)
    marker = Marker(digest, interpreter.version, round(time.perf_counter() - started, 1), _size(folder), fault)
    write_whole(folder / _MARKER, msgspec.json.encode(marker))
    return Environment(release.name, folder, python, digest, marker, fresh=True)


def _sync(release: Release, folder: Path, python: Path, held: int) -> Ran:
    """Installs what the lock pins; what is built comes last, so that its build tools are there."""

    def sync(path: Path, *options: str) -> Ran:
        asked = ("pip", "sync", "--require-hashes", "--only-binary=:all:", *options, "--python", str(python), str(path))
        return run_uv(*asked, cwd=folder, seconds=_INSTALL_SECONDS, keeps=[held])

    options = ["--compile-bytecode", "--strict"]
    if release.built:
        ready_made = folder / "ready-made.txt"
        write_whole(ready_made, parse_lock(release.lock.read_text(encoding="utf-8")).without(release.built).encode())
        first = sync(ready_made)
        if not first.fine:
            return first
        options += ["--no-build-isolation", *(f"--no-binary={name}" for name in release.built)]
    return sync(release.lock, *options)


def _refused(release: Release, synced: Ran) -> Missing:
    """Words why uv did not install a lock."""
    if "hash mismatch" in synced.stderr.lower():
        line = next(line for line in synced.stderr.splitlines() if "hash mismatch" in line.lower())
        what = plain(line).removeprefix("error: ").removeprefix("cause: ")
        return Missing(
            f"{release.name} was not installed: {what}: a file is not the one that was locked ({release.lock.name})",
            synced.stderr,
        )
    return synced.missing(f"{release.name} could not be installed")


def _import_fault(release: Release, python: Path, folder: Path) -> str | None:
    ran = run_tool(
        [str(python), "-I", "-c", "; ".join(f"import {module}" for module in release.imports)],
        cwd=folder,
        seconds=_IMPORT_SECONDS,
    )
    if ran.fine:
        return None
    lines = [line.strip() for line in ran.stderr.splitlines() if line.strip()]
    return plain(lines[-1]) if lines else "died without a word"


def _size(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir() or path.is_symlink())
