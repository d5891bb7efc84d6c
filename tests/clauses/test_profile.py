"""The profile can be read, says what is wrong when it cannot, and belongs to the checks one by one."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from workbench.clauses import all_checks
from workbench.data import find_specs_dir
from workbench.errors import PluginError
from workbench.profile import Clause, Source, load_areas, load_profile, parse_area

FOLDER = find_specs_dir() / "clauses"
AREAS = load_areas(FOLDER)
CLAUSES = load_profile(FOLDER)
CHECKS = all_checks()

GOOD = """# Sounds

Ids in this file begin with `SOUND-`.

What can be heard.

## SOUND-LOUD

- level: must
- phase: live
- statement: It must be loud,
  and clear.
- rationale: Nobody hears it.
- source: [A](https://a.example/1); [B b](https://b.example)
"""


def test_an_area_is_read_field_by_field() -> None:
    """A section becomes a clause; indented lines go on with their field, and the introduction is kept."""
    area = parse_area("sounds", GOOD)
    assert ("sounds", "Sounds", "SOUND", "What can be heard.") == (area.id, area.title, area.prefix, area.introduction)
    assert area.clauses == (
        Clause(
            id="SOUND-LOUD",
            area="sounds",
            level="must",
            phase="live",
            statement="It must be loud, and clear.",
            rationale="Nobody hears it.",
            sources=(Source("A", "https://a.example/1"), Source("B b", "https://b.example")),
        ),
    )


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("# Sounds\n", "Sounds\n", "the first line is not a title"),
        ("Ids in this file begin with `SOUND-`.", "", "no line says"),
        ("## SOUND-LOUD", "## Loud", "`## Loud` is not an id"),
        ("## SOUND-LOUD", "## NOISE-LOUD", "NOISE-LOUD does not begin with `SOUND-`"),
        ("- level: must\n", "", "SOUND-LOUD has the fields phase, statement, rationale, source, not level, phase"),
        ("- level: must\n- phase: live\n", "- phase: live\n- level: must\n", "SOUND-LOUD has the fields phase, level"),
        ("- phase: live\n", "- phase: live\n- phase: live\n", "SOUND-LOUD: cannot read the line '- phase: live'"),
        ("level: must", "level: shall", "SOUND-LOUD: 'shall' is no level"),
        ("phase: live", "phase: alive", "SOUND-LOUD: 'alive' is no phase"),
        ("  and clear.", "and clear.", "SOUND-LOUD: cannot read the line 'and clear.'"),
        ("[A](https://a.example/1)", "https://a.example/1", "SOUND-LOUD: a source is not of the form"),
        ("[A](https://a.example/1)", "[A](http://a.example/1)", "SOUND-LOUD: a source is not of the form"),
        (GOOD[GOOD.index("## ") :], "", "it states no clause"),
    ],
)
def test_a_fault_of_form_is_named(old: str, new: str, fault: str) -> None:
    """Each departure from the form is an error that names the file and says what is wrong."""
    assert old in GOOD
    with pytest.raises(PluginError, match=r"^specs/clauses/sounds\.md: ") as raised:
        parse_area("sounds", GOOD.replace(old, new))
    assert fault in str(raised.value)


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    """Loading names every fault before it raises, ids that stand twice among them."""
    (tmp_path / "README.md").write_text("# Not an area\n")
    (tmp_path / "one.md").write_text(GOOD)
    (tmp_path / "two.md").write_text(GOOD)
    (tmp_path / "three.md").write_text(GOOD.replace("must", "shall"))
    with pytest.raises(PluginError) as raised:
        load_areas(tmp_path)
    for fault in ("SOUND-LOUD stands twice", "SOUND stands twice", "three.md: SOUND-LOUD: 'shall' is no level"):
        assert fault in str(raised.value)


def test_an_empty_folder_is_no_profile(tmp_path: Path) -> None:
    """A folder without area files is an error, never an empty profile."""
    with pytest.raises(PluginError, match="no area file is there"):
        load_areas(tmp_path)


def test_every_clause_has_one_check_and_every_check_a_clause() -> None:
    """Documents and code name the same clauses."""
    assert set(CLAUSES) == set(CHECKS)


@pytest.mark.parametrize("clause", CLAUSES.values(), ids=CLAUSES)
def test_a_clause_and_its_check_look_at_one_phase(clause: Clause) -> None:
    """The phase that is stated is the phase that is looked at, and an id that ends with a phase ends with that one."""
    assert clause.phase == CHECKS[clause.id].phase
    last = clause.id.rpartition("-")[2].lower()
    if last in ("live", "final"):
        assert clause.phase == last


@pytest.mark.parametrize("area", AREAS.values(), ids=AREAS)
def test_checks_lie_in_the_module_of_their_area(area) -> None:
    """The module of an area's name holds the checks of its clauses, in their order."""
    module = import_module(f"workbench.clauses.{area.id.replace('-', '_')}")
    assert [clause.id for clause in area.clauses] == [check.clause for check in module.CHECKS]


@pytest.mark.parametrize("clause", CLAUSES.values(), ids=CLAUSES)
def test_a_statement_is_normative_in_the_words_of_its_level(clause: Clause) -> None:
    """A statement is one sentence that holds the word of its level."""
    word = {"must": "must", "should": "should", "may": "may", "info": ""}[clause.level]
    assert word in clause.statement.split()
    assert clause.statement.endswith(".")
    assert clause.rationale.endswith(".")
    assert clause.sources


def test_every_phase_has_clauses() -> None:
    """The profile asks something of each of the five phases."""
    assert {clause.phase for clause in CLAUSES.values()} == {"live", "final", "stored", "resumed", "legacy"}


def test_the_index_lists_every_clause() -> None:
    """The table in README.md has one row per clause, with its level, its phase and a link to its section."""
    rows = re.findall(
        r"^\|[^|]*\| \[`([A-Z-]+)`\]\(([a-z-]+)\.md#([a-z-]+)\) \| (\w+) \| (\w+) \|$",
        (FOLDER / "README.md").read_text("utf-8"),
        re.MULTILINE,
    )
    expected = {(one.id, one.area, one.id.lower(), one.level, one.phase) for one in CLAUSES.values()}
    assert expected == set(rows)
    assert len(expected) == len(rows)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.md")), ids=lambda path: path.name)
def test_links_between_files_lead_somewhere(path: Path) -> None:
    """A link to another file of the profile names one that is there."""
    for target in re.findall(r"\]\(([a-z-]+\.md)(?:#[a-z-]+)?\)", path.read_text("utf-8")):
        assert (FOLDER / target).is_file()
