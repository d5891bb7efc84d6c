"""`list`, `explain` and `compare`: what they say of results is what the results hold."""

from __future__ import annotations

import json
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest

from tests.cli.conftest import RESULTS, Call
from workbench.agreement import Agreements
from workbench.cli.list_ import KINDS
from workbench.results import ResultSet, read

FOUND: ResultSet = read(Path(RESULTS))
PAIRS = list(combinations(FOUND.subjects, 2))


@pytest.mark.parametrize("width", ["80", "160"])
@pytest.mark.parametrize("kind", KINDS)
def test_list_names_everything(call: Call, monkeypatch: pytest.MonkeyPatch, kind: str, width: str) -> None:
    """Each id stands at the beginning of a line, in wide terminals and in narrow ones."""
    monkeypatch.setenv("COLUMNS", width)
    ids = [row["id"] for row in KINDS[kind]()]
    assert ids
    firsts = [line.split()[0] for line in call("list", kind).out.splitlines() if line[:1].strip()]
    assert ids == [first for first in firsts if first in ids]


def test_list_is_of_designs_by_default(call: Call) -> None:
    """Without a kind, designs; a kind may be in the singular and in capitals."""
    assert call("list", "designs") == call("list") == call("list", "design") == call("list", "DESIGNS")


@pytest.mark.parametrize("name", ["LLM", "Text-Exact-Live", "Redacted-Reasoning"])
def test_explain_takes_any_case(call: Call, name: str) -> None:
    """Capitals do not matter for clauses, fixtures and designs."""
    expected = call("explain", name.lower(), "--results", RESULTS)
    assert expected.out
    assert expected == call("explain", name, "--results", RESULTS)


@pytest.mark.parametrize("subject", FOUND.subjects)
def test_explain_design_counts_its_cells(call: Call, subject: str) -> None:
    """Each clause has a line with its verdicts, which are those on file; each reason stands with its number."""
    out = call("explain", subject, "--results", RESULTS).out
    cells = list(FOUND.cells(subject))
    shown = {line.split()[0]: line.split()[3:] for line in out.splitlines() if line.split()[:1] and _is_row(line)}
    for clause in FOUND.catalogue["clauses"]:
        counts = Counter(cell.verdict for cell in cells if cell.clause == clause)
        order = ("pass", "fail", "inexpressible", "not-applicable", "not-run", "crash", "flaky")
        assert [str(counts[verdict]) for verdict in order if counts[verdict]] == shown[clause]
    reasons = Counter(cell.reason for cell in cells if cell.reason)
    flowing = " ".join(out.split())
    assert all(
        f"{count} {'○' if 'no path' in reason else '·'} {reason}" in flowing for reason, count in reasons.items()
    )


def _is_row(line: str) -> bool:
    words = line.split()
    return len(words) > 3 and words[0] in FOUND.catalogue["clauses"] and words[1] in ("must", "should", "may", "info")


@pytest.mark.parametrize("subject", FOUND.subjects)
def test_explain_shows_evidence(call: Call, subject: str) -> None:
    """Of each clause that fails, the first bodies are named with what was sent and what was seen."""
    out = call("explain", subject, "--results", RESULTS).out
    failing = {cell.clause: cell for cell in reversed(list(FOUND.cells(subject))) if cell.verdict == "fail"}
    assert failing
    for clause, cell in failing.items():
        section = out.partition(f"\n{clause}  {FOUND.catalogue['clauses'][clause]['statement'][:30]}")[2]
        assert f"{cell.fixture}/{cell.turn + 1}@{cell.dialect}: " in section.partition("\n\n")[0]
        assert section.index("      sent ") < section.index("      seen ")


@pytest.mark.parametrize("clause", ["LEGACY-CLEAN", "REASONING-REDACTED-FINAL"])
def test_explain_clause_has_camps(call: Call, clause: str) -> None:
    """A clause has its statement, its reasons, and its camps with the number of bodies."""
    out = call("explain", clause, "--results", RESULTS).out
    texts = FOUND.catalogue["clauses"][clause]
    flowing = " ".join(out.split())
    assert texts["statement"] in flowing
    assert texts["rationale"] in flowing
    for camps, bodies in Agreements(FOUND).partition(clause):
        assert f"on {len(bodies):3}:  {'  |  '.join(', '.join(camp) for camp in camps)}" in out


def test_explain_fixture_has_every_body(call: Call) -> None:
    """A fixture has why it exists, its truth, and a line for each body and design."""
    out = call("explain", "two-turns-with-tool", "--results", RESULTS).out
    assert FOUND.catalogue["fixtures"]["two-turns-with-tool"]["why"][:80] in " ".join(out.split())
    firsts = [tuple(line.split()[:2]) for line in out.splitlines()]
    assert [] == [
        (body, subject)
        for subject, result in FOUND.subjects.items()
        for body in result.bodies
        if body.startswith("two-turns-with-tool/") and (body.partition("/")[2], subject) not in firsts
    ]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_compare_counts_as_agreement_does(call: Call, one: str, other: str) -> None:
    """Cells, agreement and the list of differences fit together, and are those that the pages show."""
    found = json.loads(call("compare", one, other, "--results", RESULTS, "--format", "json").out)
    total = Agreements(FOUND).between(one, other)
    assert {"same": total.same, "cells": total.cells} == found["agreement"]
    assert total.cells - total.same == len(found["parted"])
    for clause, count in Counter(pair["clause"] for pair in found["parted"]).items():
        part = Agreements(FOUND).between(one, other, clause=clause)
        assert part.cells - part.same == count
    assert [] == [pair for pair in found["parted"] if pair["a"]["shown"] == pair["b"]["shown"]]


def test_compare_says_it_in_words(call: Call) -> None:
    """The text names the count, and per clause a body with what each of the two showed."""
    one, other = PAIRS[0]
    out = call("compare", one, other, "--results", RESULTS).out
    total = Agreements(FOUND).between(one, other)
    assert f"{one} and {other} show the same in {total.same:,} of {total.cells:,} comparable cells" in out
    assert out.count(f"\n    {one}") == out.count(f"\n    {other}") == out.count("for instance on ") > 0


def test_compare_with_itself(call: Call) -> None:
    """A design agrees with itself in every cell, and is told that it is one."""
    cells = Agreements(FOUND).between("llm", "llm").cells
    out = call("compare", "llm", "LLM", "--results", RESULTS).out
    expected = f"llm and llm show the same in {cells:,} of {cells:,} comparable cells\nThey are one design; name two.\n"
    assert expected == out


def test_compare_one_clause_lists_every_body(call: Call) -> None:
    """With a clause, each body on which they part is there, and the count is of that clause."""
    one, other = "llm", "dify-tagged"
    clause = "text-clean-live"
    out = call("compare", one, other, "--clause", clause, "--results", RESULTS).out
    part = Agreements(FOUND).between(one, other, clause=clause.upper())
    assert f"{part.same} of {part.cells} comparable cells for {clause.upper()}" in out
    assert part.cells - part.same == out.count("\n    llm ")
