"""The text of a lock: pins with hashes, and nothing else.

Rules:
1. Each requirement is an exact pin with at least one SHA-256, and perhaps a marker. No index, no link, no path, no
   option: a lock installs from whichever index a machine is set to, and the hashes say whether that one serves the same
   files.
2. The digest is taken of what is pinned. Comments and the order in which hashes are listed do not change it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection

from msgspec import Struct

_PIN = re.compile(r"(?P<name>[a-z0-9]+(?:-[a-z0-9]+)*)==(?P<version>[0-9][A-Za-z0-9.+!]*)(?: ; (?P<marker>[^\\#]+?))?")
_HASH = re.compile(r"--hash=(sha256:[0-9a-f]{64})")


class Pin(Struct, frozen=True):
    """One package of a lock.

    Attributes:
        name: normal form of its name.
        version: the one that is installed.
        marker: where it is installed; empty for everywhere.
        hashes: of all files that are accepted, sorted.
    """

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]

    @property
    def requirement(self) -> str:
        """What is pinned, without its hashes."""
        return f"{self.name}=={self.version}" + (f" ; {self.marker}" if self.marker else "")


class Lock(Struct, frozen=True):
    """A lock that was read.

    Attributes:
        pins: in the order of the text.
        digest: SHA-256 of what is pinned, in hex.
    """

    pins: tuple[Pin, ...]
    digest: str

    def without(self, names: Collection[str]) -> str:
        """Writes the lock down again, less some packages."""
        kept = (pin for pin in self.pins if pin.name not in names)
        return "".join(f"{pin.requirement} {' '.join(f'--hash={one}' for one in pin.hashes)}\n" for pin in kept)

    def versions(self, name: str) -> list[str]:
        """Versions that are pinned of a package: more than one where markers tell them apart."""
        return [pin.version for pin in self.pins if pin.name == name]


def parse_lock(text: str) -> Lock:
    """Reads the text of a lock.

    Raises:
        ValueError: a requirement is something else than a pin with hashes, or nothing is pinned; says which.
    """
    pins = []
    for line in re.sub(r"\\\r?\n", " ", text).splitlines():
        words = re.sub(r"(^|\s)#.*", "", line).strip()
        if not words:
            continue
        requirement, *rest = words.split("--hash=")
        hashes = [_HASH.fullmatch(f"--hash={one.strip()}") for one in rest]
        pin = _PIN.fullmatch(requirement.strip())
        if pin is None or not hashes or not all(hashes):
            raise ValueError(f"{requirement.strip()[:80]!r} is no exact pin with SHA-256 hashes")
        found = tuple(sorted(hit.group(1) for hit in hashes if hit))
        pins.append(Pin(pin["name"], pin["version"], pin["marker"] or "", found))
    if not pins:
        raise ValueError("nothing is pinned")
    pinned = sorted(f"{pin.name}=={pin.version};{pin.marker} {' '.join(pin.hashes)}" for pin in pins)
    return Lock(tuple(pins), hashlib.sha256("\n".join(pinned).encode()).hexdigest())
