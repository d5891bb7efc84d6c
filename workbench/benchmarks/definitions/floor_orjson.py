"""`floor-orjson`: parsing the JSON of every frame with orjson and throwing the values away.

Ratios are taken to this. It is a hard floor: frames come cut out, and no value outlives the next call.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import orjson

from workbench.benchmarks.model import Benchmark, Body, Task
from workbench.design import Design
from workbench.jsontext import digest


class FloorOrjson(Benchmark):
    """orjson.loads on each frame's data."""

    id = "floor-orjson"
    title = "Floor: orjson"
    explain = "orjson.loads on the data of each frame, one after the other; the values are thrown away."
    outside = "cutting the frames out of the body"
    group = "floor"
    floor = True

    def tasks(self, body: Body, designs: Mapping[str, Design]) -> Iterator[tuple[str | None, Task | str]]:
        """Yields one task for a body whose frames hold JSON."""
        payloads = body.payloads
        if not payloads:
            return

        def run() -> object:
            loads = orjson.loads
            last = None
            for payload in payloads:
                last = loads(payload)
            return last

        def fault(last: object) -> str | None:
            if last != json.loads(payloads[-1]):
                return "orjson and the standard library read the last frame differently"
            same = all(orjson.loads(payload) == json.loads(payload) for payload in payloads)
            return None if same else "orjson and the standard library read a frame differently"

        yield None, Task(run, digest=digest, fault=fault)


BENCHMARK = FloorOrjson()
