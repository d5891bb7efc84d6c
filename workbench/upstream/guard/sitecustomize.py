"""Keeps a driver's Python programs on this machine and in their folder. Python imports this by itself at start.

The folder of this file stands first in PYTHONPATH, so it is imported in the driver and in every Python program that it
starts with the same environment. An audit hook cannot be taken out again. What is refused is also reported, because a
library may swallow the exception.

It refuses: connecting, sending or binding a socket to an address that is not loopback; looking up any name but
localhost; opening a file for writing, and making, renaming or removing one, outside the folder that it was given.

It does not see: sockets and files of C code (uvloop, gRPC, SQLite once it is open), programs in other languages, and
Python that was told to ignore its environment (-I, -E, -S). The harness looks for foreign connections of those in the
kernel's tables, now and then. It is a tripwire for careless libraries, not a cage for hostile ones.

Rules:
1. The standard library only, and syntax of Python 3.8: this runs in every release's environment.
2. It must never break a program that stays within bounds: what it does not understand it lets pass.
"""

# The hook is called for every file that a program opens, so it does without pathlib.
from __future__ import annotations

import ipaddress
import json
import os
import sys
from typing import Any, NoReturn

_REPORT = os.environ.get("WORKBENCH_GUARD_REPORT", "")
_FOLDER = os.environ.get("WORKBENCH_GUARD_FOLDER", "")
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_REACHING = {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.bind"}
_NAMES = {"socket.getaddrinfo", "socket.gethostbyname"}
_PATHS = {
    "os.mkdir": (0,),
    "os.rename": (0, 1),
    "os.remove": (0,),
    "os.rmdir": (0,),
    "os.truncate": (0,),
    "os.link": (1,),
    "os.symlink": (1,),
    "os.chmod": (0,),
}
"""Events, and which of their arguments are paths that change."""


def _is_here(host: object) -> bool:
    """Tells whether a host, as sockets are given it, is this machine."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host is None or host in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(host).partition("%")[0]).is_loopback
    except ValueError:
        return False


def _is_inside(path: Any) -> bool:
    """Tells whether a path is in the folder, or is no file of the disk."""
    if not isinstance(path, (str, bytes, os.PathLike)):
        return True  # a descriptor: whoever opened it was asked then
    real = os.path.realpath(os.fsdecode(path))
    return real == _FOLDER or real.startswith((_FOLDER + os.sep, "/dev/", "/proc/self/", f"/proc/{os.getpid()}/"))


def _report(kind: str, detail: str) -> NoReturn:
    """Writes one line for the harness; then refuses."""
    line = json.dumps({"kind": kind, "detail": detail[:400]}).encode() + b"\n"
    # The report's own opening raises the audit event again, with a path that is let pass.
    handle = os.open(_REPORT, os.O_WRONLY | os.O_APPEND)
    try:
        os.write(handle, line)
    finally:
        os.close(handle)
    raise PermissionError(1, "refused by the workbench's guard: " + detail[:400])


def _look(event: str, args: tuple[Any, ...]) -> None:
    """The audit hook."""
    if event == "open":
        path, _, flags = args
        if isinstance(flags, int) and flags & _WRITES and path != _REPORT and not _is_inside(path):
            _report("write", f"{event}: {path!r}")
    elif event in _REACHING:
        address = args[1] if len(args) > 1 else None
        # A local socket has a path, a connected one nothing. To bind to all addresses is to be open to others.
        if isinstance(address, tuple) and address:
            host = address[0]
            if not _is_here(host) or (event == "socket.bind" and host == ""):
                _report("network", f"{event}: {address[:2]!r}")
    elif event in _NAMES:
        if not _is_here(args[0]) and args[0] != os.uname().nodename:
            _report("network", f"{event}: {args[0]!r}")
    elif event in _PATHS:
        for path in (args[index] for index in _PATHS[event]):
            if not _is_inside(path):
                _report("write", f"{event}: {path!r}")
    elif event == "sqlite3.connect":
        path = os.fsdecode(args[0])
        if path not in ("", ":memory:") and not path.startswith("file:") and not _is_inside(path):
            _report("write", f"{event}: {path!r}")


if _REPORT and _FOLDER:
    sys.addaudithook(_look)
