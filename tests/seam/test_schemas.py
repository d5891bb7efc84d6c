"""What is written at the seam is what the schemas say, and the schemas refuse what is not."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from jsonschema import Draft202012Validator

from workbench.data import find_specs_dir
from workbench.native import Native
from workbench.results import pack
from workbench.trace import Address, Trace
from workbench.trace_file import write_trace
from workbench.transcript import Raised
from workbench.verdict import Cell, Evidence

SCHEMAS = sorted((find_specs_dir() / "schemas").glob("*.json"))


def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((find_specs_dir() / "schemas" / name).read_text()))


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.name)
def test_every_schema_is_a_schema(path: Path) -> None:
    """The draft's own meta-schema accepts it."""
    Draft202012Validator.check_schema(json.loads(path.read_text()))


@pytest.mark.parametrize("snapshots", [False, True])
def test_every_line_of_a_trace_fits_its_schema(snapshots: bool) -> None:
    """Head, events or changes, legacy, raise, later phases and end are all described."""
    native = Native(
        events=((0, {"a": "x"}), (1, {"a": "xy"})),
        legacy=((0, "x"),),
        raised=Raised("APIError", "no", 1),
        message={"m": 1},
        stored={"m": 1},
        restored={"m": 1},
        request=[{"m": 1}],
        last_frame=1,
    )
    trace = Trace("llm", "llm", Address("slug", 0, "openai-chat"), 2, native, {})
    validator = _validator("trace.schema.json")

    for line in write_trace(trace, snapshots=snapshots).splitlines():
        validator.validate(json.loads(line))


@pytest.mark.parametrize("line", [{"event": 1}, {"trace": 2}, {"end": 0}, {"message": 1, "stored": 2}, {}])
def test_the_trace_schema_refuses_other_lines(line: dict[str, object]) -> None:
    """It is no schema that accepts everything."""
    assert not _validator("trace.schema.json").is_valid(line)


def test_packed_results_fit_their_schema() -> None:
    """All kinds of cells are described, and a field too many is refused."""
    result, _ = pack(
        (
            Cell("llm", "f", 0, "openai-chat", "T-1", "pass", "x"),
            Cell("llm", "f", 0, "openai-chat", "T-2", "fail", "x", evidence=Evidence("text", 1, 2)),
            Cell("llm", "f", 0, "openai-chat", "T-3", "crash", reason="raised"),
        ),
        subject="llm",
        design="llm",
        way="as designed",
        release=None,
        corpus="0" * 64,
        profile="0" * 16,
    )
    raw = json.loads(msgspec.json.encode(result))

    _validator("results.schema.json").validate(raw)
    assert not _validator("results.schema.json").is_valid({**raw, "score": 9})
