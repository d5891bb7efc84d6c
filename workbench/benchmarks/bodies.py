"""Makes bodies ready: encoded, decoded once, and cut into payloads for the floors.

Rules:
1. The payloads are cut out of the bytes by line ends alone, so the floors stand on no decoder of ours.
2. A body that the dialect does not read back as the generator meant it is never timed: `ResultError`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from workbench.benchmarks.knowing import wrong_deltas
from workbench.benchmarks.model import Body, Workload
from workbench.dialect import Dialect
from workbench.errors import ResultError
from workbench.jsontext import DIGEST_CHARACTERS


def iter_bodies(
    workload: Workload, dialects: Mapping[str, Dialect], *, short: bool = False, largest: int | None = None
) -> Iterator[Body]:
    """Yields the bodies of a workload: each size in each dialect, or each size once where it is bare bytes.

    Args:
        workload: what to read.
        dialects: to write it in, by id; a bare workload needs none.
        short: the sizes of a short run.
        largest: leave out larger sizes.

    Raises:
        ResultError: a dialect does not read back what was written.
    """
    for n in workload.short_sizes if short else workload.sizes:
        if largest is not None and n > largest:
            continue
        if workload.bare:
            yield make_body(workload, n)
        else:
            for dialect in dialects.values():
                yield make_body(workload, n, dialect)


def make_body(workload: Workload, n: int, dialect: Dialect | None = None) -> Body:
    """Makes one body ready.

    Args:
        workload: what to read.
        n: its size, in pieces.
        dialect: to write it in; None for a workload of bare bytes.

    Raises:
        ResultError: the dialect does not read back what was written.
    """
    made = workload.make(n)
    if dialect is None:
        data = made.data or b""
        return Body(workload, n, data, made, len(made.known.frames), 0, digest_of(data))
    data = dialect.encode(made.deltas)
    decoded = dialect.decode(data)
    wrong = wrong_deltas(made.known, dialect, decoded)
    if wrong is not None:
        raise ResultError(f"{workload.id}-{n}@{dialect.id}: not what the generator made, so nothing is timed: {wrong}")
    return Body(
        workload,
        n,
        data,
        made,
        len(decoded.frames),
        sum(len(step) for _, step in decoded.steps),
        digest_of(data),
        dialect,
        decoded,
        payloads_of(dialect, data),
    )


def payloads_of(dialect: Dialect, data: bytes) -> tuple[bytes, ...]:
    """Cuts the JSON documents of the frames out of a body that the dialect wrote."""
    lines = data.split(b"\n")
    if dialect.framings[0] == "sse":
        lines = [line[5:].lstrip(b" ") for line in lines if line.startswith(b"data:")]
    return tuple(line for line in lines if line.startswith(b"{"))


def digest_of(data: bytes) -> str:
    """Hashes bytes, to as many hex digits as every digest here has."""
    return hashlib.sha256(data).hexdigest()[:DIGEST_CHARACTERS]
