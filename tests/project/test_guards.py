"""The network guard of `tests/conftest.py` lets loopback through and nothing else."""

from __future__ import annotations

import asyncio
import socket

import pytest

OUTSIDE = "192.0.2.1"  # reserved for documentation: belongs to nobody


def test_outside_address_is_refused() -> None:
    """A connection to another machine raises before anything is sent."""
    with socket.socket() as client, pytest.raises(RuntimeError, match="this machine only"):
        client.connect((OUTSIDE, 80))


def test_outside_name_is_refused() -> None:
    """A name is not even looked up."""
    with pytest.raises(RuntimeError, match=r"not 'example\.org'"):
        socket.getaddrinfo("example.org", 443)


def test_outside_address_is_refused_to_asyncio() -> None:
    """An event loop is no way round the guard."""
    with pytest.raises(RuntimeError, match="this machine only"):
        asyncio.run(asyncio.wait_for(asyncio.open_connection(OUTSIDE, 80), timeout=5))


def test_datagrams_are_refused() -> None:
    """A datagram to another machine raises."""
    with socket.socket(type=socket.SOCK_DGRAM) as client, pytest.raises(RuntimeError, match="this machine only"):
        client.sendto(b"x", (OUTSIDE, 53))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_loopback_is_open(host: str) -> None:
    """A server in the test's own process can be reached."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection((host, port), timeout=5) as client:
            assert port == client.getpeername()[1]
