"""`floor-msgspec`: parsing the JSON of every frame with msgspec into plain values and throwing them away."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import msgspec

from workbench.benchmarks.model import Benchmark, Body, Task
from workbench.design import Design
from workbench.jsontext import digest


class FloorMsgspec(Benchmark):
    """msgspec's untyped decoder on each frame's data."""

    id = "floor-msgspec"
    title = "Floor: msgspec, untyped"
    explain = "msgspec's decoder, without a type, on the data of each frame; the values are thrown away."
    outside = "cutting the frames out of the body"
    group = "floor"

    def tasks(self, body: Body, designs: Mapping[str, Design]) -> Iterator[tuple[str | None, Task | str]]:
        """Yields one task for a body whose frames hold JSON."""
        payloads = body.payloads
        if not payloads:
            return
        decode = msgspec.json.Decoder().decode

        def run() -> object:
            last = None
            for payload in payloads:
                last = decode(payload)
            return last

        def fault(last: object) -> str | None:
            if last != json.loads(payloads[-1]):
                return "msgspec and the standard library read the last frame differently"
            same = all(decode(payload) == json.loads(payload) for payload in payloads)
            return None if same else "msgspec and the standard library read a frame differently"

        yield None, Task(run, digest=digest, fault=fault)


BENCHMARK = FloorMsgspec()
