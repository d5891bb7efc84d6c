"""What `explain` says of releases that are read as a design: fidelity and distance, beside the design's verdicts."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from tests.cli.conftest import Call
from tests.pages import sample
from tests.pages.shipped_sample import fidelity, shipped
from workbench.agreement import Agreement
from workbench.cli._shipped import Fidelity, distance_line, fidelity_details, fidelity_line
from workbench.distance import Distance
from workbench.results import write

EQUAL = "5 of 7 bodies equal to lib 1.0 in live, final"


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """The samples of the pages, on file."""
    write(sample.results(), tmp_path)
    write(shipped(), tmp_path / "shipped")
    return tmp_path


def found(**other: object) -> Fidelity:
    """The sample's fidelity, some fields of it otherwise."""
    return msgspec.convert({**fidelity("alpha", "lib@1.0", "so"), **other}, Fidelity)


@pytest.mark.parametrize(
    ("fields", "port", "line"),
    [
        (
            {},
            "lib 1.0",
            f"{EQUAL}; 1 left out; 2 differences, 1 without an explanation; 1 stated deviation not seen",
        ),
        ({"differences": [], "stale": [], "left_out": {}}, "lib 1.0", EQUAL),
        (
            {"differences": [{"reason": "so"}], "stale": [], "left_out": {}, "phases": []},
            "lib 2.0",
            "5 of 7 bodies equal to lib 1.0; it ports lib 2.0 by now; 1 difference, each with its reason",
        ),
    ],
)
def test_fidelity_is_one_line(fields: dict[str, object], port: str, line: str) -> None:
    """Equal bodies out of all, then what else there is to know."""
    assert line == fidelity_line(found(**fields), port)


def test_fidelity_that_is_not_on_file_is_said() -> None:
    """With the command that makes it, or that nothing is ported."""
    assert "`workbench upstream run` makes it" in fidelity_line(None, "lib 1.0")
    assert "ports no release, so there is no fidelity" == fidelity_line(None, None)


def test_details_are_safe_for_a_terminal() -> None:
    """Text from releases moves no cursor and opens no markup."""
    hostile = "\x1b[31m[bold]"
    said = [
        *fidelity_details(
            found(left_out={hostile: 1}, differences=[{"body": hostile, "where": hostile, "reason": hostile}])
        )
    ]
    assert 2 == len(said)
    assert ([], True) == ([one for one in said if "\x1b" in one], all(r"\[bold]" in one for one in said))


@pytest.mark.parametrize(
    ("same", "cells", "share"),
    [(1, 2, " (50 %)"), (999, 1000, " (over 99 %)"), (1, 1000, " (under 1 %)"), (7, 7, " (100 %)")],
)
def test_a_distance_is_one_line(same: int, cells: int, share: str) -> None:
    """A share stands with its count, and nothing is rounded to all or to none."""
    made = Distance("a", "l@1/w", Agreement(same, cells), 0, (), (), 1, (0, 0), ())
    expected = (
        f"l@1/w shows the same in {same:,} of {cells:,} comparable cells{share}; {cells - same:,} judged differently, "
    )
    assert distance_line(made).startswith(expected)


def test_explain_tells_fidelity_and_distance(call: Call, results: Path) -> None:
    """After the verdicts of the design, and each release on a line of its own."""
    out = call("explain", "alpha", "--results", results).out
    section = out.partition("Fidelity of the adapter")[2]
    expected = (
        "5 of 7 bodies equal to lib 1.0",
        "1 left out: left out since Quillfeather",
        "final: nobody has explained it",
        "lib@1.1/sync shows the same in 4 of 8 comparable cells (50 %); 4 judged differently, 0 not comparable",
    )
    assert [] == [words for words in expected if words not in section]
    assert "lib@1.2 has no comparable cell: 8 are not, most often since not-run since Quillfeather" in section
    assert "lib@2.0" not in section


def test_explain_gives_distances_to_programs(call: Call, results: Path) -> None:
    """Fidelity as on file, and each release with what was counted; other kinds of names have none."""
    told = json.loads(call("explain", "alpha", "--results", results, "--format", "json").out)
    assert (5, 7) == (told["fidelity"]["equal"], told["fidelity"]["bodies"])
    by_subject = {one["shipped"]: one["agreement"] for one in told["distances"]}
    assert {"same": 4, "cells": 8} == by_subject["lib@1.1/sync"]
    clause = json.loads(call("explain", "TEXT-EXACT", "--results", results, "--format", "json").out)
    assert "distances" not in clause


def test_explain_says_when_releases_are_of_another_corpus(call: Call, results: Path) -> None:
    """Each release that is has its own line."""
    assert "of another corpus" not in call("explain", "alpha", "--results", results).out
    write(shipped(corpus="deadbeef"), results / "shipped")
    assert "of another corpus or profile" in call("explain", "alpha", "--results", results).out


def test_explain_without_results_as_shipped_says_so(call: Call, tmp_path: Path) -> None:
    """And explains the design all the same."""
    write(sample.results(), tmp_path)
    called = call("explain", "alpha", "--results", tmp_path)
    assert 0 == called.code
    assert "no release that is read as alpha is on file" in called.out


def test_site_refuses_results_as_shipped_that_are_not_there(
    call: Call, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that was named and holds none is an error of the call; nothing is written."""
    (results / "mkdocs.yml").touch()
    monkeypatch.chdir(results)
    called = call("site", "--results", ".", "--shipped", "elsewhere")
    assert (2, True) == (called.code, "elsewhere: no results there; `workbench upstream run` makes them" in called.err)
    assert not (results / "build").exists()
