"""What drivers answered, kept by everything that it depends on: only what changed is run again.

A key names all that can change an outcome: the release's lock, the driver's bytes, the body and how it is played, the
request, way, variant, dialect, and the versions of protocol and of this format. An entry is one file, named by the
digest of its key; a run that was killed continues by asking for each key first.

Rules:
1. An entry is there whole or not at all: it is written beside and renamed, and carries the digest of its own content.
   One that does not fit its digest or its key counts as missing.
2. One runner at a time: the folder is locked by the kernel for as long as the process lives, however it ends.
3. A start that failed is never kept: what was wrong with the environment may be right the next time.
4. The same outcome has the same bytes.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import msgspec
from msgspec import Struct

from workbench.errors import ResultError, UsageError
from workbench.files import write_whole
from workbench.jsontext import canonical, read_json, write_json
from workbench.upstream.limits import Failure
from workbench.upstream.protocol import VERSION, Description, Run, run_json
from workbench.upstream.replay import Script
from workbench.upstream.runner import Result

FORMAT = 1
"""Of the entries. It grows when what is kept of an outcome changes."""

Pacing = Literal["told", "free", "lockstep", "slow"]


class Key(Struct, frozen=True, kw_only=True):
    """All that an outcome depends on.

    Attributes:
        lock: digest of the release's lock.
        driver: digest of the driver's bytes.
        script: digest of what the replay server plays and how; empty in the framework way.
        run: digest of what the driver is asked, its URL left out.
        pacing: how frames are counted.
        take: which time it was asked, from 0: what is asked twice is kept twice.
    """

    lock: str
    driver: str
    script: str
    run: str
    way: str
    variant: str
    dialect: str
    pacing: Pacing
    protocol: int = VERSION
    format: int = FORMAT
    take: int = 0

    @property
    def name(self) -> str:
        """Digest of the whole key."""
        return _digest(canonical(msgspec.to_builtins(self)))


def key_of(
    lock: str, driver: bytes, run: Run, script: Script | None, *, lockstep: bool = False, slow: bool = False
) -> Key:
    """Makes the key of a run.

    Args:
        lock: digest of the release's lock.
        driver: the bytes of the driver.
        run: what is asked.
        script: what is played; None in the framework way.
        lockstep: whether frames are sent one by one.
        slow: whether that is with the long quiet time.
    """
    asked = {**run_json(run), "base_url": ""}
    played = msgspec.msgpack.encode(script, order="deterministic") if script is not None else b""
    return Key(
        lock=lock,
        driver=_digest(driver),
        script=_digest(played) if script is not None else "",
        run=_digest(canonical(asked)),
        way=run.way,
        variant=run.variant,
        dialect=run.dialect,
        pacing="told" if script is None else "free" if not lockstep else "slow" if slow else "lockstep",
    )


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class Cache:
    """A folder of outcomes; a context manager, which holds the lock.

    Args:
        folder: is made when it is missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = -1

    def __enter__(self) -> Self:
        """Takes the lock, and removes what a killed run left half written.

        Raises:
            UsageError: another runner has it.
            ResultError: the folder cannot be written.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise ResultError(f"{self._folder}: {error.strerror}; results cannot be kept there") from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(self._lock, 32, 0).decode("ascii", "replace").strip()
            self._release()
            raise UsageError(f"{self._folder}: process {holder} is running drivers; wait for its end") from None
        os.truncate(self._lock, 0)
        os.pwrite(self._lock, str(os.getpid()).encode(), 0)
        for left in self._folder.glob("??/.*"):
            left.unlink(missing_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Gives the lock back."""
        self._release()

    def _release(self) -> None:
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def path(self, key: Key) -> Path:
        """Where an outcome is kept."""
        name = key.name
        return self._folder / name[:2] / f"{name}.json"

    def get(self, key: Key) -> Result | Failure | None:
        """Reads an outcome; None when it is not there, or not whole."""
        try:
            head, _, content = self.path(key).read_bytes().partition(b"\n")
            if read_json(head) != _head(key, content):
                return None
            kind, value = next(iter(read_json(content).items()))
            return msgspec.convert(value, Result) if kind == "result" else msgspec.convert(value, Failure)
        except (OSError, ValueError, StopIteration, AttributeError, msgspec.ValidationError):
            return None

    def put(self, key: Key, outcome: Result | Failure) -> None:
        """Keeps an outcome; a failed start is not kept.

        Raises:
            ResultError: it cannot be written; what was there before is intact.
        """
        if isinstance(outcome, Failure) and outcome.manner == "start-failed":
            return
        kind = "result" if isinstance(outcome, Result) else "failure"
        content = write_json({kind: msgspec.to_builtins(outcome)})
        path = self.path(key)
        try:
            write_whole(path, write_json(_head(key, content)) + b"\n" + content)
        except OSError as error:
            raise ResultError(f"{path}: {error.strerror}; make room and run again, nothing is lost") from error

    def forget(self, key: Key) -> None:
        """Drops an outcome, if it is there."""
        self.path(key).unlink(missing_ok=True)

    def _description_path(self, lock: str, driver: bytes) -> Path:
        return self._folder / "drivers" / f"{_digest(canonical([lock, _digest(driver), VERSION, FORMAT]))}.json"

    def description(self, lock: str, driver: bytes) -> Description | None:
        """Reads what a driver said of itself in the environment of a lock; None when that is not known."""
        try:
            return msgspec.json.decode(self._description_path(lock, driver).read_bytes(), type=Description)
        except (OSError, msgspec.DecodeError):
            return None

    def keep_description(self, lock: str, driver: bytes, description: Description) -> None:
        """Keeps what a driver said of itself.

        Raises:
            ResultError: it cannot be written.
        """
        path = self._description_path(lock, driver)
        try:
            write_whole(path, msgspec.json.encode(description))
        except OSError as error:
            raise ResultError(f"{path}: {error.strerror}; make room and run again, nothing is lost") from error


def _head(key: Key, content: bytes) -> dict[str, object]:
    return {"key": msgspec.to_builtins(key), "sha256": _digest(content)}
