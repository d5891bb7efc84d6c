"""`workbench inspect`: what a person sees of a body, and what a program gets."""

from __future__ import annotations

import io
import itertools
import json
import re
import sys
from collections import Counter
from collections.abc import Container, Iterable
from pathlib import Path
from typing import ClassVar

import pytest

from tests.cli.conftest import CHAT, FIXTURES, Call
from workbench.cli._lanes import Row, iter_frames, iter_rows
from workbench.corpus import Body, load_corpus
from workbench.design import Adapter
from workbench.designs import all_designs
from workbench.dialects import all_dialects
from workbench.harness.inspecting import inspect_body
from workbench.transcript import Delta, see

BODIES = [
    pytest.param(body, id=f"{fixture.slug}/{turn.number}@{body.dialect}")
    for fixture, turn, body in load_corpus().bodies()
]

ALL = all_designs()

GOLDEN = """\
{path}
openai-chat, 5 frames, complete, finish stop, model m-1

frame   wire                         llm
────────────────────────────────────────────────────────────────
    0   response-info id=c-1
        model=m-1
    1   part-start[0] text           text[0] "Hel"
        text[0] "Hel"
    2   text[0] "lo."                text[0] "lo."
    3   part-end[0]
        finished reason=stop
        raw=stop
    4   response-ended

What each assembles
wire text "Hello."
llm  text "Hello."
"""


def test_small_body_looks_like_this(call: Call, body: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole output for a small body, 64 columns wide."""
    monkeypatch.setenv("COLUMNS", "64")
    called = call("inspect", "-d", "LLM", body)
    lines = called.out.splitlines()
    assert str(body) == "".join(lines[: len(lines) - len(GOLDEN.splitlines()) + 1])
    kept = GOLDEN.splitlines()[1:]
    assert kept == [line.rstrip() for line in lines[-len(kept) :]]
    assert (0, "") == (called.code, called.err)


@pytest.mark.parametrize("width", [40, 64, 80, 120, 200])
@pytest.mark.parametrize("slug", ["reasoning-text-call-text", "hostile-markup", "structured-slow"])
def test_nothing_is_wider_than_the_terminal(call: Call, monkeypatch: pytest.MonkeyPatch, width: int, slug: str) -> None:
    """Every line fits, and every column is there, side by side or one below the other."""
    monkeypatch.setenv("COLUMNS", str(width))
    called = call("inspect", FIXTURES / slug / "1.anthropic-messages.sse")
    assert [] == [line for line in called.out.splitlines() if len(line) > width]
    flowing = called.out.replace("\n", "")
    assert all(name in flowing for name in ("wire", "dify-delta", "dify-tagged", "llm"))


@pytest.mark.parametrize("body", BODIES)
def test_every_fixture_can_be_inspected(call: Call, body: Body) -> None:
    """Each body of the corpus is shown without a word on standard error, and as it was decoded."""
    called = call("inspect", body.path)
    decoded = all_dialects()[body.dialect].decode(body.data)
    wire = see(decoded.deltas())
    assert (0, "") == (called.code, called.err)
    frames = len(decoded.frames)
    assert f"{body.dialect}, {frames} frame{'' if frames == 1 else 's'}, {wire.completion}" in called.out


def test_many_files_give_counts(call: Call) -> None:
    """Several files give a line each, and sums that are those of decoding them here."""
    bodies = [body for _, _, body in load_corpus().bodies()]
    called = call("inspect", *(body.path for body in bodies))
    decoded = [all_dialects()[body.dialect].decode(body.data) for body in bodies]
    frames = sum(len(one.frames) for one in decoded)
    assert f"{len(bodies)} bodies decoded, {frames:,} frames" in called.out
    remarks = Counter(remark.code for one in decoded for remark in one.diagnostics)
    (line,) = [line for line in called.out.splitlines() if line.startswith("diagnostics: ")]
    assert sorted(f"{count} {code}" for code, count in remarks.items()) == sorted(line[13:].split(", "))


def test_json_holds_everything(call: Call, body: Path) -> None:
    """For a program: frames with their bytes' ranges, deltas, and each design's own events and message."""
    (found,) = json.loads(call("inspect", "--format", "json", body).out)["bodies"]
    assert ("openai-chat", 5, "complete", {"text": 1}) == tuple(
        found[key] for key in ("dialect", "frames", "completion", "parts")
    )
    assert CHAT == b"".join(CHAT[one["start"] : one["end"]] for one in found["lanes"]["wire"]["frames"])
    assert {"dify-delta", "dify-tagged", "llm"} <= set(found["lanes"]["subjects"])
    assert ["Hel", "lo."] == [event["chunk"] for _, event in found["lanes"]["subjects"]["llm"]["events"]]


def test_json_of_many_holds_counts(call: Call, body: Path, tmp_path: Path) -> None:
    """Of several files a program gets the counts, and which could not be read."""
    called = call("inspect", "--format", "json", body, tmp_path)
    found = json.loads(called.out)
    assert (1, [5], 1) == (called.code, [one["frames"] for one in found["bodies"]], len(found["unread"]))


def test_standard_input(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dash is what is piped in."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(CHAT)))
    assert "openai-chat, 5 frames, complete" in call("inspect", "-").out


def test_dialect_can_be_forced(call: Call, tmp_path: Path) -> None:
    """With --dialect any bytes are read, and what could not be is remarked."""
    path = tmp_path / "page"
    path.write_text("<!doctype html><html></html>\n")
    called = call("inspect", "--dialect", "openai-chat", path)
    assert (0, "") == (called.code, called.err)
    assert "not-an-event-stream at byte 0" in called.out


def test_long_body_is_cut_and_says_so(call: Call, tmp_path: Path) -> None:
    """Sixty rows at most, then how many frames are left; --all-frames shows a row for each."""
    path = tmp_path / "many.sse"
    pair = b'data: {"choices":[{"delta":{"content":"a"}}]}\n\ndata: {"choices":[{"delta":{"reasoning":"b"}}]}\n\n'
    path.write_bytes(pair * 50)
    shown = call("inspect", "-d", "llm", path).out
    assert "… and 40 more frames; --all-frames shows every frame" in shown
    every = call("inspect", "-d", "llm", "--all-frames", path).out
    assert "more frames" not in every
    assert list(range(100)) == [int(found) for found in re.findall(r"^ {0,4}(\d+) ", every, re.MULTILINE)]


def rows_of(slug: str, dialect: str, *, fold: bool, only: Container[str] = ALL) -> list[Row]:
    """Rows of a fixture's body."""
    path = FIXTURES / slug / f"1.{dialect}.sse"
    designs = {name: design for name, design in ALL.items() if name in only}
    one = inspect_body(path, path.read_bytes(), all_dialects()[dialect], designs, designs)
    return list(iter_rows(iter_frames(one.decoded, one.traces, designs), fold=fold))


@pytest.mark.parametrize("dialect", ["openai-chat", "anthropic-messages"])
@pytest.mark.parametrize("slug", ["reasoning-text-call-text", "parallel-calls-interleaved", "hostile-markup"])
def test_folding_loses_nothing(slug: str, dialect: str) -> None:
    """Folded rows hold every event and every piece of text of each column, in order, in fewer rows."""
    folded, single = rows_of(slug, dialect, fold=True), rows_of(slug, dialect, fold=False)
    assert len(folded) < len(single)
    assert all(row.first == row.last for row in single)
    assert sum(row.frames for row in folded) == len(single)
    left = iter(single)
    for row in folded:
        frames = list(itertools.islice(left, row.frames))
        assert (row.first, row.last) == (frames[0].first, frames[-1].last)
        for column, runs in row.cells.items():
            for place, run in enumerate(runs):
                held = [frame.cells[column][place] for frame in frames]
                assert run.count == sum(one.count for one in held)
                assert run.texts == [text for one in held for text in one.texts]


def test_folding_keeps_differences_apart() -> None:
    """Frames are folded only where every column says the same kind of thing: never across a part or a silence."""
    rows = rows_of("parallel-calls-interleaved", "openai-chat", fold=True, only={"llm", "dify-tagged"})
    names = [[run.first.name for run in row.cells["wire"]] for row in rows]
    pieces = [one for name in names for one in name if one.startswith("arguments[")]
    assert all(before != after for before, after in itertools.pairwise(pieces))
    assert {"arguments[0]", "arguments[1]"} == set(pieces)


def test_a_design_that_breaks_is_named(call: Call, body: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One design's fault is a finding; the other designs are shown all the same."""

    class Broken(Adapter):
        reasons: ClassVar[list[str]] = ["no", "way"]

        def produce(self, step: Iterable[Delta]) -> Iterable[object]:
            raise RuntimeError(" ".join(self.reasons))

    monkeypatch.setattr(type(ALL["llm"]), "start", lambda self, request: Broken())
    called = call("inspect", "-d", "llm", "-d", "dify-tagged", body)
    assert 1 == called.code
    assert f"broke llm on {body}: raised RuntimeError: no way\n" == called.err
    assert "dify-tagged text" in called.out
    assert "llm" not in called.out
