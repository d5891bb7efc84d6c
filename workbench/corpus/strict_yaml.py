"""YAML as data and nothing else: a reader for text that a stranger may have written.

It reads the parser's events itself instead of constructing objects, so nothing in the text can choose what is built.

Rules:
1. No anchors, aliases, tags, merge keys, directives or second documents; no key twice; limits on size and depth.
2. Plain scalars mean what JSON means: `null`, `true`, `false` and JSON numbers. Everything else is a string, so `no`,
   `12:30` and `2024-01-01` stay what they look like.
3. All faults are collected, each with its line. Work grows in line with the text.
"""

from __future__ import annotations

import math
import re
from typing import Any, TypeAlias

import yaml
from msgspec import Struct

from workbench.transcript import Json

KeyPath: TypeAlias = tuple[str | int, ...]

MAX_BYTES = 1_000_000
MAX_DEPTH = 32

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,307})(?P<real>\.[0-9]+(?:[eE][+-]?[0-9]+)?|[eE][+-]?[0-9]+)?")
_WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None, "true": True, "false": False}


class Fault(Struct, frozen=True):
    """Something that the text may not do.

    Attributes:
        line: from 1; None where no line is to blame.
        path: keys that lead there.
    """

    line: int | None
    path: KeyPath
    why: str


class Document(Struct, frozen=True):
    """A text that was read.

    Attributes:
        value: JSON; what it holds is of no use when there are faults.
        lines: line, from 1, of each value by the keys that lead to it.
    """

    value: Json
    lines: dict[KeyPath, int]
    faults: tuple[Fault, ...]

    def line_of(self, path: KeyPath) -> int | None:
        """Returns the line of a value, or of the nearest that holds it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)


class _UnreadableError(Exception):
    """What was blamed last makes the rest of the text unreadable."""


class _Open:
    """A list or object that is being read."""

    __slots__ = ("key", "path", "value")

    def __init__(self, path: KeyPath, value: list[Json] | dict[str, Json]) -> None:
        self.path = path
        self.value = value
        self.key: str | None = None


class _Reader:
    """Builds a value from parser events."""

    def __init__(self) -> None:
        self.root: Json = None
        self.lines: dict[KeyPath, int] = {}
        self.faults: list[Fault] = []
        self.open: list[_Open] = []
        self.documents = 0

    def blame(self, event: Any, why: str) -> None:
        path = self.open[-1].path if self.open else ()
        self.faults.append(Fault(event.start_mark.line + 1, path, why))

    def take(self, event: Any) -> None:
        """Takes one event.

        Raises:
            _UnreadableError: the rest makes no sense any more; why is among the faults.
        """
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                self.blame(event, "holds a second document; one is allowed")
            if event.version or event.tags:
                self.blame(event, "holds a directive; none is allowed")
        elif isinstance(event, yaml.AliasEvent):
            self.blame(event, "holds an alias; write the value out")
            self.place(event, None)
        elif isinstance(event, yaml.NodeEvent):
            if event.anchor is not None:
                self.blame(event, "holds an anchor; write the value out")
            if getattr(event, "tag", None) is not None:
                self.blame(event, "holds a tag; values are plain JSON")
            self.node(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.open.pop()

    def node(self, event: Any) -> None:
        if isinstance(event, yaml.ScalarEvent):
            text = str(event.value)
            holder = self.open[-1] if self.open else None
            if holder is not None and isinstance(holder.value, dict) and holder.key is None:
                if text == "<<" and not event.style:  # in quotes it is a key like others
                    self.blame(event, "holds a merge key")
                elif text in holder.value:
                    self.blame(event, f"has the key {text[:40]!a} twice")
                holder.key = text
            else:
                self.place(event, text if event.style else self.plain(event, text))
            return
        if len(self.open) >= MAX_DEPTH:
            self.faults.append(Fault(event.start_mark.line + 1, (), f"is nested more than {MAX_DEPTH} deep"))
            raise _UnreadableError
        if self.open and isinstance(self.open[-1].value, dict) and self.open[-1].key is None:
            self.blame(event, "has a key that is no string")
            raise _UnreadableError
        value: list[Json] | dict[str, Json] = [] if isinstance(event, yaml.SequenceStartEvent) else {}
        self.open.append(_Open(self.place(event, value), value))

    def plain(self, event: Any, text: str) -> Json:
        if text in _WORDS:
            return _WORDS[text]
        number = _NUMBER.fullmatch(text)
        if number is None:
            return text
        if not number["real"]:
            return int(text)
        if not math.isfinite(float(text)):
            self.blame(event, "holds a number that is too large")
        return float(text)

    def place(self, event: Any, value: Json) -> KeyPath:
        path: KeyPath = ()
        if not self.open:
            self.root = value
        else:
            holder = self.open[-1]
            if isinstance(holder.value, dict):
                key = holder.key or ""
                path = (*holder.path, key)
                holder.value[key] = value
                holder.key = None
            else:
                path = (*holder.path, len(holder.value))
                holder.value.append(value)
        self.lines[path] = event.start_mark.line + 1
        return path


def read_yaml(data: bytes) -> Document:
    """Reads one YAML document.

    Args:
        data: the file's bytes, UTF-8.

    Returns:
        The value, the lines of its parts, and what is wrong with it. Never raises because of the text.
    """
    if len(data) > MAX_BYTES:
        return Document(None, {}, (Fault(None, (), f"is longer than {MAX_BYTES} bytes"),))
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return Document(None, {}, (Fault(line, (), "is not UTF-8"),))
    reader = _Reader()
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            reader.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        reader.faults.append(Fault(mark.line + 1 if mark else None, (), f"is not YAML: {error.problem}"))
    except yaml.YAMLError as error:
        reader.faults.append(Fault(None, (), f"is not YAML: {str(error).splitlines()[0]}"))
    except _UnreadableError:
        pass
    return Document(reader.root, reader.lines, tuple(reader.faults))
