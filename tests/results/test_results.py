"""Result files: small, deterministic, whole; and what does not fit is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from workbench.errors import ResultError
from workbench.results import ResultSet, differences, pack, parse_body_key, read, write
from workbench.trace import Address
from workbench.verdict import Cell, Evidence

CELLS = (
    Cell("llm", "b", 0, "openai-chat", "T-1", "pass", "same"),
    Cell("llm", "b", 0, "openai-chat", "T-2", "fail", ["x"], evidence=Evidence("text", "a", "b", 3)),
    Cell("llm", "a", 1, "openai-chat", "T-1", "not-applicable", reason="no text"),
    Cell("llm", "a", 1, "openai-chat", "T-2", "inexpressible", None, "no path"),
)


def _set(cells: tuple[Cell, ...] = CELLS, run: str = "r1") -> ResultSet:
    result, shared = pack(
        cells, subject="llm", design="llm", way="as designed", release="llm 0.32", corpus="c", profile="p"
    )
    return ResultSet({"llm": result}, shared, {"checks": [], "rejections": {}}, {"clauses": {}}, {"results": run})


def test_cells_come_back_as_they_were_packed(tmp_path: Path) -> None:
    """Verdict, value, reason and evidence survive the files."""
    write(_set(), tmp_path)

    assert sorted(CELLS, key=lambda cell: (cell.fixture, cell.clause)) == list(read(tmp_path).cells("llm"))


def test_equal_results_are_equal_to_the_byte_whatever_the_order_of_cells(tmp_path: Path) -> None:
    """A run in another order writes the same files."""
    write(_set(), tmp_path / "one")
    write(_set(CELLS[2:] + CELLS[:2]), tmp_path / "two")

    names = ["subjects/llm.json", "shared.json"]
    assert [(tmp_path / "one" / name).read_bytes() for name in names] == [
        (tmp_path / "two" / name).read_bytes() for name in names
    ]


def test_the_date_of_a_run_stands_while_its_results_stand(tmp_path: Path) -> None:
    """Equal results leave run.json alone; other results replace it."""
    first = _set()
    write(ResultSet(first.subjects, first.shared, {}, {}, {"results": "r1", "date": "then"}), tmp_path)
    write(ResultSet(first.subjects, first.shared, {}, {}, {"results": "r1", "date": "now"}), tmp_path)
    assert "then" == read(tmp_path).run["date"]

    write(ResultSet(first.subjects, first.shared, {}, {}, {"results": "r2", "date": "now"}), tmp_path)
    assert "now" == read(tmp_path).run["date"]


def test_a_subject_that_is_gone_leaves_no_file(tmp_path: Path) -> None:
    """Stale results of a removed design are not published again."""
    write(_set(), tmp_path)
    (tmp_path / "subjects" / "old.json").write_text("{}")

    write(_set(), tmp_path)

    assert ["llm.json"] == [path.name for path in (tmp_path / "subjects").iterdir()]


def _break_version(raw: dict[str, object]) -> None:
    raw["schema"] = 99


def _break_verdicts(raw: dict[str, object]) -> None:
    raw["bodies"]["b/1@openai-chat"]["verdicts"] = "P"  # type: ignore[index]


def _break_reference(raw: dict[str, object]) -> None:
    raw["values"] = ["0000000000000000"]


def _break_field(raw: dict[str, object]) -> None:
    del raw["corpus"]


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (_break_version, "schema version 99"),
        (_break_verdicts, "1 verdicts for 2 clauses"),
        (_break_reference, "refers to"),
        (_break_field, "missing required field `corpus`"),
    ],
)
def test_a_file_that_does_not_fit_is_named(
    tmp_path: Path, damage: Callable[[dict[str, object]], None], message: str
) -> None:
    """Version, lengths, references and fields are checked on reading."""
    write(_set(), tmp_path)
    path = tmp_path / "subjects" / "llm.json"
    raw = json.loads(path.read_text())
    damage(raw)
    path.write_text(json.dumps(raw))

    with pytest.raises(ResultError, match=message) as caught:
        read(tmp_path)
    assert "llm.json" in str(caught.value)


def test_no_results_is_an_error_that_says_what_makes_them(tmp_path: Path) -> None:
    """Someone who never ran anything is told what to run."""
    with pytest.raises(ResultError, match="workbench run"):
        read(tmp_path)


def test_a_cell_that_is_judged_twice_is_an_error() -> None:
    """Two verdicts for one cell cannot both be published."""
    with pytest.raises(ResultError, match="judged twice"):
        _set((*CELLS, CELLS[0]))


def test_differences_name_the_changed_cells() -> None:
    """A verdict that changed, a value that changed, and nothing else."""
    changed = (CELLS[0], Cell("llm", "b", 0, "openai-chat", "T-2", "pass", ["y"]), *CELLS[2:])

    found = list(differences(_set(), _set(changed)))

    assert [("b/1@openai-chat", "T-2", "fail", "pass", True)] == [
        (one.body, one.clause, one.before, one.after, one.shown_changed) for one in found
    ]
    assert [] == list(differences(_set(), _set()))


def test_long_values_are_cut_and_still_tell_each_other_apart() -> None:
    """A long text is stored as its head, and two that differ at the end stay different."""
    one = Cell("llm", "b", 0, "openai-chat", "T-1", "pass", "x" * 5_000 + "1")
    two = Cell("llm", "b", 0, "openai-chat", "T-2", "pass", "x" * 5_000 + "2")
    packed = _set((one, two))

    assert 2 == len(packed.shared)
    assert all(len(json.dumps(value)) < 600 for value in packed.shared.values())


@pytest.mark.parametrize("key", ["slug", "slug/1", "slug/x@d", "/1@d", "slug/@d", "slug/1@"])
def test_a_body_is_named_in_one_form_only(key: str) -> None:
    """What is not `slug/1@dialect` is refused."""
    with pytest.raises(ResultError, match="slug/1@dialect"):
        parse_body_key(key)


def test_a_body_key_counts_turns_from_one() -> None:
    """People count from one, addresses from zero."""
    assert Address("slug", 1, "ollama") == parse_body_key("slug/2@ollama")
