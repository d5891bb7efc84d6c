"""The kernel's tables of sockets: who is connected to whom, and what lies unread.

Rules:
1. Linux only; elsewhere the tables are empty and the questions stay open.
2. What these tables show is a moment. A connection that was opened and closed between two looks is not seen.

Source: https://docs.kernel.org/networking/proc_net_tcp.html
"""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Collection, Iterator
from pathlib import Path

from msgspec import Struct

_NET = Path("/proc/net")
TABLES = ("tcp", "tcp6", "udp", "udp6")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Row(Struct, frozen=True):
    """One socket.

    Attributes:
        outgoing_bytes: given to the kernel and not yet taken by the peer's.
        unread_bytes: arrived and not yet read by the program.
    """

    protocol: str
    local: Address
    local_port: int
    remote: Address
    remote_port: int
    outgoing_bytes: int
    unread_bytes: int
    inode: int


def read_table(text: str, protocol: str) -> Iterator[Row]:
    """Reads one table; lines that are not of the known form are passed over."""
    for line in text.splitlines()[1:]:
        words = line.split()
        if len(words) < 10:
            continue
        local, _, local_port = words[1].partition(":")
        remote, _, remote_port = words[2].partition(":")
        outgoing, _, unread = words[4].partition(":")
        yield Row(
            protocol,
            _address(local),
            int(local_port, 16),
            _address(remote),
            int(remote_port, 16),
            int(outgoing, 16),
            int(unread, 16),
            int(words[9]),
        )


def _address(text: str) -> Address:
    """Reads an address: words of 32 bits, each in the byte order of the machine."""
    words = [int(text[at : at + 8], 16) for at in range(0, len(text), 8)]
    packed = struct.pack(f"={len(words)}I", *words)
    address = ipaddress.ip_address(packed)
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped if mapped is not None else address


def rows(tables: Collection[str] = TABLES) -> Iterator[Row]:
    """Yields the sockets of this machine; nothing where the kernel has no such tables."""
    for name in tables:
        try:
            text = (_NET / name).read_text()
        except OSError:
            continue
        yield from read_table(text, name)


def elsewhere(inodes: Collection[int], table: Iterator[Row] | None = None) -> list[str]:
    """Names the far ends, beyond this machine's loopback, of some sockets.

    Args:
        inodes: of the sockets to look at.
        table: where to look; the machine's by default.
    """
    far = {
        f"{row.protocol.rstrip('6')} {row.remote} port {row.remote_port}"
        for row in (rows() if table is None else table)
        if row.inode in inodes and not row.remote.is_unspecified and not row.remote.is_loopback
    }
    return sorted(far)


def in_flight_bytes(server_port: int, client_port: int) -> int | None:
    """Counts what one side of a loopback connection wrote and the other has not read; None where none is listed.

    The table may be long and is looked at often, so only the two lines that matter are parsed.
    """
    total: int | None = None
    for name in ("tcp", "tcp6"):
        try:
            text = (_NET / name).read_text()
        except OSError:
            continue
        lines = [
            line for line in text.splitlines() if f":{server_port:04X} " in line and f":{client_port:04X} " in line
        ]
        for row in read_table("\n".join(["", *lines]), name):
            if (row.local_port, row.remote_port) == (server_port, client_port):
                total = (total or 0) + row.outgoing_bytes
            elif (row.local_port, row.remote_port) == (client_port, server_port):
                total = (total or 0) + row.unread_bytes
        if total is not None:
            break
    return total
