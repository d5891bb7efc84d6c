"""Reads the profile: the clauses that `specs/clauses/` states, a document for people in a form that can be parsed.

The form of an area file, which `specs/clauses/README.md` explains to those who write one:

    # Title
    Ids in this file begin with `PREFIX-`.
    introduction, any Markdown without a second-level heading
    ## PREFIX-SOMETHING
    - level: must
    - phase: live
    - statement: one sentence, which may go on
      on indented lines
    - rationale: who is hurt when it does not hold
    - source: [title](https://…); [title](https://…)

Rules:
1. The file's name is the area; checks of the area lie in the module of that name.
2. An id is written in capitals with hyphens, begins with the file's prefix, and stands once in the whole profile.
3. A clause has all five fields, in this order, and nothing else; `README.md` holds no clause.
4. All faults are collected before anything is raised.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from msgspec import Struct

from workbench.errors import PluginError
from workbench.transcript import PHASES, Phase
from workbench.verdict import LEVELS, Level

FIELDS = ("level", "phase", "statement", "rationale", "source")

_ID = re.compile(r"[A-Z]+(?:-[A-Z]+)+")
_PREFIX = re.compile(r"^Ids in this file begin with `([A-Z]+)-`\.$", re.MULTILINE)
_TITLE = re.compile(r"\A# (\S.*)$", re.MULTILINE)
_FIELD = re.compile(r"- ([a-z]+): (\S.*)")
_SOURCE = re.compile(r"\[([^\]]+)\]\((https://[^\s)]+)\)")


class Source(Struct, frozen=True):
    """Where a clause comes from: a documented promise, a provider's requirement or a reported defect."""

    title: str
    url: str


class Clause(Struct, frozen=True):
    """One normative statement.

    Attributes:
        id: permanent, capitals with hyphens.
        area: name of the file that states it, without its extension.
        phase: where it holds.
        statement: what must or should hold, in one sentence.
        rationale: who is hurt when it does not.
    """

    id: str
    area: str
    level: Level
    phase: Phase
    statement: str
    rationale: str
    sources: tuple[Source, ...]


class Area(Struct, frozen=True):
    """One file of the profile.

    Attributes:
        id: name of the file without its extension.
        prefix: what the ids in it begin with, without the hyphen.
        introduction: Markdown between the title and the first clause, the line about ids left out.
    """

    id: str
    title: str
    prefix: str
    introduction: str
    clauses: tuple[Clause, ...]


def parse_area(area: str, text: str) -> Area:
    """Reads one area file.

    Args:
        area: name of the file without its extension.
        text: what the file holds.

    Raises:
        PluginError: it is not of the form; the message holds every fault.
    """
    faults: list[str] = []
    head, *sections = re.split(r"^## ", text, flags=re.MULTILINE)
    title = _TITLE.search(head)
    prefix = _PREFIX.search(head)
    if title is None:
        faults.append("the first line is not a title, `# …`")
    if prefix is None:
        faults.append("no line says `Ids in this file begin with …`")
    if not sections:
        faults.append("it states no clause")
    clauses = [_clause(area, prefix[1] if prefix else "", section, faults) for section in sections]
    if faults or title is None or prefix is None:
        raise PluginError(f"specs/clauses/{area}.md", "; ".join(faults))
    introduction = (head[title.end() : prefix.start()] + head[prefix.end() :]).strip()
    return Area(area, title[1], prefix[1], introduction, tuple(one for one in clauses if one is not None))


def _clause(area: str, prefix: str, section: str, faults: list[str]) -> Clause | None:
    """Reads one section; adds what is wrong to `faults` and returns None when it cannot be read."""
    identity, _, body = section.partition("\n")
    known = len(faults)
    if not _ID.fullmatch(identity):
        faults.append(f"`## {identity}` is not an id")
    elif not identity.startswith(f"{prefix}-"):
        faults.append(f"{identity} does not begin with `{prefix}-`")
    fields = _fields(identity, body, faults)
    if tuple(fields) != FIELDS:
        faults.append(f"{identity} has the fields {', '.join(fields) or 'none'}, not {', '.join(FIELDS)}")
    if len(faults) > known:
        return None
    if fields["level"] not in LEVELS:
        faults.append(f"{identity}: {fields['level']!r} is no level; there are {', '.join(LEVELS)}")
    if fields["phase"] not in PHASES:
        faults.append(f"{identity}: {fields['phase']!r} is no phase; there are {', '.join(PHASES)}")
    sources = tuple(Source(*found) for found in _SOURCE.findall(fields["source"]))
    if "; ".join(f"[{one.title}]({one.url})" for one in sources) != fields["source"]:
        faults.append(f"{identity}: a source is not of the form [title](https://…), joined by `; `")
    return Clause(
        identity,
        area,
        cast("Level", fields["level"]),
        cast("Phase", fields["phase"]),
        fields["statement"],
        fields["rationale"],
        sources,
    )


def _fields(identity: str, body: str, faults: list[str]) -> dict[str, str]:
    """Reads the list under a heading; indented lines go on with the field before them."""
    fields: dict[str, str] = {}
    name = ""
    for line in body.splitlines():
        found = _FIELD.fullmatch(line)
        if found is not None and found[1] not in fields:
            name = found[1]
            fields[name] = found[2].strip()
        elif name and re.match(r"  \S", line):
            fields[name] += f" {line.strip()}"
        elif line.strip():
            faults.append(f"{identity}: cannot read the line {line.strip()!r}")
    return fields


def load_areas(folder: Path) -> dict[str, Area]:
    """Reads all area files of a folder, in the order of their names.

    Args:
        folder: `specs/clauses`; see `workbench.data`.

    Raises:
        PluginError: files that are not of the form, or an id or a prefix that stands twice; all of them at once.
    """
    faults: list[str] = []
    areas: dict[str, Area] = {}
    for path in sorted(folder.glob("*.md")):
        if path.name == "README.md":
            continue
        try:
            areas[path.stem] = parse_area(path.stem, path.read_text("utf-8"))
        except PluginError as error:
            faults.append(str(error))
    ids = [clause.id for area in areas.values() for clause in area.clauses]
    prefixes = [area.prefix for area in areas.values()]
    faults += [f"{twice} stands twice" for names in (ids, prefixes) for twice in sorted(_repeated(names))]
    if not areas and not faults:
        faults.append("no area file is there")
    if faults:
        raise PluginError("specs/clauses", "; ".join(faults))
    return areas


def load_profile(folder: Path) -> Mapping[str, Clause]:
    """Reads all clauses of a folder, by id, in the order of ids.

    Raises:
        PluginError: as `load_areas` does.
    """
    clauses = [clause for area in load_areas(folder).values() for clause in area.clauses]
    return {clause.id: clause for clause in sorted(clauses, key=lambda clause: clause.id)}


def _repeated(names: list[str]) -> set[str]:
    return {name for name in names if names.count(name) > 1}
