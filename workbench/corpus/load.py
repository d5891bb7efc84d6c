"""Reads fixtures from a folder: every fault of every fixture is collected before anything is raised.

Rules:
1. Names come from the folder alone; nothing that a file says is used as a path.
2. A file that no turn accounts for is a fault, and so is a link: a fixture is what lies in its folder.
3. Whatever a fixture holds, it reaches messages only in escaped excerpts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from workbench.corpus.build import (
    deltas_of_response,
    follow_of,
    history_of,
    new_messages,
    tools_of,
    transcript_of_response,
)
from workbench.corpus.checks import check_scenario
from workbench.corpus.model import Body, Corpus, Fixture, Origin, Turn, corpus_of, digest_of
from workbench.corpus.strict_yaml import Document, KeyPath, read_yaml
from workbench.data import find_fixtures_dir, find_specs_dir
from workbench.dialect import Dialect
from workbench.dialects import all_dialects
from workbench.errors import FixtureError
from workbench.transcript import Json, Message, Request, Tool
from workbench.wire import EXTENSIONS

SCENARIO = "fixture.yaml"
README = "README.md"

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def load_corpus(folder: Path | None = None, *, dialects: Mapping[str, Dialect] | None = None) -> Corpus:
    """Loads all fixtures with all their bodies.

    Args:
        folder: holds one folder per fixture; the project's own corpus where it is None, which is read once per process.
        dialects: by id; all that are installed where it is None.

    Raises:
        FixtureError: something is wrong; `faults` names all of it.
    """
    if folder is None and dialects is None:
        return _own_corpus()
    return _load(folder or find_fixtures_dir(), all_dialects() if dialects is None else dialects, rendering=False)


def load_for_rendering(folder: Path | None = None, *, dialects: Mapping[str, Dialect] | None = None) -> Corpus:
    """Loads all fixtures as they stand before their bodies are rendered: with written bodies only."""
    return _load(folder or find_fixtures_dir(), all_dialects() if dialects is None else dialects, rendering=True)


@cache
def _own_corpus() -> Corpus:
    return _load(find_fixtures_dir(), all_dialects(), rendering=False)


def _load(root: Path, dialects: Mapping[str, Dialect], *, rendering: bool) -> Corpus:
    if not root.is_dir():
        raise FixtureError([f"{root.name}: no such folder; name one that holds a folder per fixture"])
    faults: list[str] = []
    fixtures: dict[str, Fixture] = {}
    for path in sorted(root.iterdir()):
        if path.is_symlink():
            faults.append(f"{path.name!a}: is a link; copy what it points to")
        elif path.is_dir():
            reading = _Reading(path, dialects, rendering=rendering)
            fixture = reading.read()
            faults += reading.faults
            if fixture is not None:
                fixtures[fixture.slug] = fixture
        elif path.name != README:
            faults.append(f"{path.name!a}: is a stray file; fixtures are folders")
    for fixture in fixtures.values():
        for slug in fixture.also:
            if slug not in fixtures or slug == fixture.slug:
                faults.append(f"{fixture.slug}/{SCENARIO}: also: {slug[:40]!a} is no other fixture")
    if faults:
        raise FixtureError(faults)
    return corpus_of(fixtures)


class _Reading:
    """Reads one fixture's folder, collecting faults."""

    def __init__(self, folder: Path, dialects: Mapping[str, Dialect], *, rendering: bool) -> None:
        self.folder = folder
        self.dialects = dialects
        self.rendering = rendering
        self.faults: list[str] = []
        self.files: dict[str, bytes] = {}
        self.document: Document | None = None

    def blame(self, why: str, path: KeyPath = (), file: str = SCENARIO, line: int | None = None) -> None:
        if line is None and self.document is not None and file == SCENARIO:
            line = self.document.line_of(path)
        place = f"{_escaped(self.folder.name)}/{_escaped(file)}" + (f":{line}" if line else "")
        keys = _escaped("".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path).lstrip("."))
        self.faults.append(f"{place}: {keys}: {why}" if keys else f"{place}: {why}")

    def read(self) -> Fixture | None:
        """Returns the fixture, or None when a fault stands in the way."""
        if not _SLUG.fullmatch(self.folder.name):
            self.blame("the folder's name is the slug and must be kebab-case")
        self.read_files()
        if SCENARIO not in self.files:
            self.blame("is missing")
            return None
        document = self.document = read_yaml(self.files[SCENARIO])
        for fault in document.faults:
            self.blame(fault.why, fault.path, line=fault.line)
        if document.faults:
            return None
        faulty = False
        for error in _validator().iter_errors(document.value):
            faulty = True
            self.blame(_explain(error), tuple(error.absolute_path))
        if faulty:
            return None
        scenario: Mapping[str, Json] = document.value
        for path, why in check_scenario(scenario):
            self.blame(why, path)
        self.check_dialects(scenario)
        if self.faults:
            return None
        turns = tuple(self.build(scenario))
        self.check_strays(turns)
        return None if self.faults else self.finish(scenario, turns)

    def read_files(self) -> None:
        for path in sorted(self.folder.iterdir()):
            if path.is_symlink() or not path.is_file():
                self.blame("is no plain file", file=path.name)
            else:
                self.files[path.name] = path.read_bytes()

    def check_dialects(self, scenario: Mapping[str, Json]) -> None:
        for number, turn in enumerate(scenario["turns"]):
            for dialect in turn["response"].get("bodies", {}):
                if dialect not in self.dialects:
                    known = ", ".join(self.dialects)
                    path = ("turns", number, "response", "bodies", dialect)
                    self.blame(f"is no dialect; known: {known}", path)

    def build(self, scenario: Mapping[str, Json]) -> Iterator[Turn]:
        history: tuple[Message, ...] = ()
        tools: tuple[Tool, ...] = ()
        written = scenario["turns"]
        for index, turn in enumerate(written):
            asked, response = turn["request"], turn["response"]
            tools = tools_of(asked, tools)
            request = Request((*history, *new_messages(asked)), tools, asked.get("response_schema"))
            following = written[index + 1]["request"] if index + 1 < len(written) else None
            follow = follow_of(request, following)
            truth = transcript_of_response(response)
            bodies, absent = self.bodies(index + 1, response.get("bodies", {}), scenario.get("needs", ()))
            yield Turn(index + 1, request, truth, deltas_of_response(response, truth), follow, bodies, absent)
            history = history_of(request, truth, follow)

    def bodies(
        self, number: int, said: Mapping[str, Json], needs: Iterable[str]
    ) -> tuple[dict[str, Body], dict[str, str]]:
        bodies: dict[str, Body] = {}
        absent: dict[str, str] = {}
        for dialect in self.dialects.values():
            lacking = next((dialect.cannot[need] for need in needs if need in dialect.cannot), None)
            choice = said.get(dialect.id, "rendered" if lacking is None else {"absent": lacking})
            if isinstance(choice, dict):
                absent[dialect.id] = choice["absent"]
                continue
            origin: Origin = choice
            names = [f"{number}.{dialect.id}{EXTENSIONS[framing]}" for framing in dialect.framings]
            name = next((one for one in names if one in self.files), names[0]) if origin == "written" else names[0]
            if name in self.files:
                bodies[dialect.id] = Body(dialect.id, origin, self.folder / name, self.files[name])
            elif origin == "written":
                self.blame("is missing, and nobody but a person writes it", file=name)
            elif self.rendering:
                bodies[dialect.id] = Body(dialect.id, origin, self.folder / name, b"")
            else:
                self.blame("is missing; `workbench corpus render` writes it", file=name)
        return bodies, absent

    def check_strays(self, turns: Iterable[Turn]) -> None:
        known = {SCENARIO} | {body.path.name for turn in turns for body in turn.bodies.values()}
        for name in self.files.keys() - known:
            self.blame("is a stray file: no turn has such a body", file=name)

    def finish(self, scenario: Mapping[str, Json], turns: tuple[Turn, ...]) -> Fixture:
        return Fixture(
            slug=self.folder.name,
            why=scenario["why"].strip(),
            source=scenario["source"],
            needs=tuple(scenario.get("needs", ())),
            also=scenario.get("also", {}),
            dyes={concept: tuple(marks) for concept, marks in scenario.get("dyes", {}).items()},
            turns=turns,
            lockstep=scenario.get("lockstep", False),
            folder=self.folder,
            digest=digest_of(self.files),
        )


@cache
def _validator() -> Any:
    schema = json.loads((find_specs_dir() / "schemas" / "fixture.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def _escaped(text: str) -> str:
    """Makes any text safe for a terminal and a log: printable ASCII only."""
    return text.encode("unicode_escape").decode("ascii")


def _explain(error: ValidationError) -> str:
    """Words a schema error in one short line; what the file holds is escaped."""
    if error.validator == "anyOf":
        options: Any = error.validator_value
        kinds = [option["required"][0] for option in options]
        return f"must have one of the keys {', '.join(kinds)}"
    message = _escaped(error.message)
    return message if len(message) <= 200 else f"{message[:120]} ... {message[-70:]}"
