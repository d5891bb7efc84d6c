"""What the results as shipped on file say: that they belong to this corpus, and what is known to be so upstream."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.clauses import all_checks
from workbench.corpus import load_corpus
from workbench.data import find_specs_dir
from workbench.dialects import all_dialects
from workbench.harness.job import digest_of
from workbench.harness.run import read_bodies
from workbench.profile import load_profile
from workbench.results import ResultSet, read
from workbench.shipped.bodies import digests
from workbench.upstream.releases import all_releases

FOLDER = Path(__file__).resolve().parents[2] / "site" / "data" / "shipped"
BODY = "two-turns-with-tool/2@openai-chat"


@pytest.fixture(scope="module")
def shipped() -> ResultSet:
    """The results on file."""
    return read(FOLDER)


def fails(shipped: ResultSet, subject: str, body: str) -> set[str]:
    """Clauses that a subject fails on a body."""
    assert subject in shipped.subjects
    found = ((clause, shipped.cell(subject, body, clause)) for clause in all_checks())
    return {clause for clause, cell in found if cell is not None and cell.verdict == "fail"}


def test_results_are_of_this_profile(shipped: ResultSet) -> None:
    """A clause that changed asks for `make upstream`; results of before were judged by other rules."""
    profile = digest_of(load_profile(find_specs_dir() / "clauses"))
    assert {profile} == {one.profile for one in shipped.subjects.values()}


def test_results_are_of_these_bodies(shipped: ResultSet) -> None:
    """A body that changed or went asks for `make upstream`. One that came may be missing, and pages say so."""
    today = digests(read_bodies(load_corpus(), all_dialects()))
    corpora = shipped.catalogue["corpora"]
    stale = {
        (subject, body)
        for subject, result in shipped.subjects.items()
        for body in result.bodies
        if corpora[result.corpus][body] != today.get(body)
    }
    assert set() == stale


def test_every_release_that_is_a_subject_was_run(shipped: ResultSet) -> None:
    """Each is on file, and so is nothing that is not tracked."""
    wanted = {name for name, one in all_releases().items() if "subject" in one.roles}
    framework_only = {"graphon@0.8.0"}
    assert wanted - framework_only == {address.partition("/")[0] for address in shipped.subjects}


def test_no_driver_failed(shipped: ResultSet) -> None:
    """Cells are judged or not applicable: a crash, a cell not run, or one that differs from time to time is a fault."""
    odd = {
        (subject, letter)
        for subject, result in shipped.subjects.items()
        for body in result.bodies.values()
        for letter in set(body.verdicts) & set("CN~")
    }
    assert set() == odd


def test_llm_0_32a0_loads_a_tool_conversation_from_its_log_wrongly_and_0_32a1_rightly(shipped: ResultSet) -> None:
    """The calls of the first turn are missing in the next request of 0.32a0, and there in 0.32a1 (its issue 1426)."""
    before, after = (fails(shipped, f"llm@{version}/sqlite", BODY) for version in ("0.32a0", "0.32a1"))
    assert {"RESUME-CALLS", "RESUME-CALL-IDS"} <= before
    assert not {"RESUME-CALLS", "RESUME-CALL-IDS"} & after


def test_adapters_equal_the_real_frameworks(shipped: ResultSet) -> None:
    """Of each adapter that ports a release, every body is equal, or each difference has its reason."""
    found = {one["design"]: one for one in shipped.catalogue["fidelity"]}
    assert {"llm", "dify-tagged", "instructor-partial"} <= set(found)
    unexplained = [
        (name, one["body"]) for name, row in found.items() for one in row["differences"] if not one["reason"]
    ]
    assert [] == unexplained
    assert [] == [name for name, row in found.items() if row["stale"] or not row["bodies"]]
