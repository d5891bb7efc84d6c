"""A JSON text that grows: read once, and at every moment the value that it amounts to.

`Growing.receive` takes the next piece. What it has read so far is at every moment the value that
`jiter.from_json(text, partial_mode="trailing-strings")` gives for the text so far, without reading that text again
(`tests/designs/instructor_partial/test_growing.py` holds both against each other on every prefix).

Theory of operation. A stack of open containers, and the state that says what may come next. A container is a `Node`
whose lists only ever grow at their end, so that "what it was then" is the container and a number. The last child of
an open container may be a string that is still open (`string`) or a number that may yet get more digits (`number`);
these two stand apart from the nodes. A token that a piece cuts (an escape, a literal, a number) is held and read
again from its first character with the next piece.

What jiter does with a text that is not complete, and so this:
1. A string shows what there is of it; a key, a literal or a number such as `1.` shows only once it is whole.
2. A container in which something other than a comma or its own end follows a value counts as ended there, and its
   parent reads on from that character. When the root has ended in this way, the rest of the text is ignored.
3. So is what follows the root. Neither is an error, but the text is then no JSON: `complete` stays False.
4. Anything else that JSON does not allow is malformed, as soon as it is read.

Source: jiter 0.14, `crates/jiter` (behaviour, by experiment).
"""

from __future__ import annotations

import re
from typing import Any, Final, Literal, TypeAlias

from msgspec import UNSET, UnsetType

from workbench.designs.instructor_partial.tokens import MalformedError, read_escape, read_literal, read_number
from workbench.transcript import Json

MAX_DEPTH: Final = 201
"""Containers within each other that jiter reads."""

_State: TypeAlias = Literal["root", "item", "next-item", "key", "next-key", "colon", "value", "step", "string", "done"]

_SPACE: Final = re.compile(r"[ \t\n\r]*")
_WHOLE_STRING: Final = re.compile(r'"([^"\\\x00-\x1f]*)"')
_RUN: Final = re.compile(r'[^"\\\x00-\x1f]*')


class OpenString:
    """A string that is not closed yet: appended to, and read up to any length that it once had.

    Attributes:
        length: in characters.
    """

    __slots__ = ("_pieces", "length")

    def __init__(self) -> None:
        self.length = 0
        self._pieces: list[str] = []

    def add(self, piece: str) -> None:
        """Appends a piece."""
        self._pieces.append(piece)
        self.length += len(piece)

    def text(self, length: int) -> str:
        """Returns the first so many characters. Pieces that were joined stay joined."""
        if len(self._pieces) != 1:
            self._pieces = ["".join(self._pieces)]
        return self._pieces[0][:length]


class Node:
    """A list or an object, open or closed.

    Attributes:
        keys: of an object, those whose values have begun; None for a list.
        items: children as far as they are definite: scalars and nodes; an open string or number is not among them.
        raw: the same as plain JSON, growing in place.
        place, settled: room for a reader's own notes; the parser leaves them alone.
    """

    __slots__ = ("items", "keys", "place", "raw", "settled")

    def __init__(self, is_list: bool) -> None:
        self.keys: list[str] | None = None if is_list else []
        self.items: list[Any] = []
        self.raw: Any = [] if is_list else {}
        self.place: Any = None
        self.settled: list[Json] = []


class Growing:
    """Reads one JSON text piece by piece.

    Attributes:
        root: the value so far, if it is definite: a scalar or a node; UNSET before that.
        stack: the open containers, outermost first.
        key: of the innermost open object, the key that was read last.
        string: the open string; None while none is open.
        number: the number at the very end of the text, which more digits may yet change; UNSET while there is none.
        odd: a key repeats, is empty or holds one of the characters `.` and `[`.
    """

    def __init__(self) -> None:
        self.root: Any = UNSET
        self.stack: list[Node] = []
        self.key = ""
        self.string: OpenString | None = None
        self.number: Json | UnsetType = UNSET
        self.odd = False
        self._state: _State = "root"
        self._held = ""
        self._key: OpenString | None = None
        self._strict = True
        self._ignoring = False

    @property
    def complete(self) -> bool:
        """Whether the text so far is JSON."""
        if self._state == "root":
            return self.number is not UNSET
        return self._state == "done" and self._strict

    @property
    def begun(self) -> bool:
        """Whether there is a value at all; jiter raises while there is none."""
        return self.root is not UNSET or self.string is not None or self.number is not UNSET

    def receive(self, text: str) -> None:
        """Takes the next piece.

        Raises:
            MalformedError: no continuation makes it JSON, and jiter does not read over it either. Nothing may follow.
        """
        if self._held:
            text = self._held + text
            self._held = ""
        elif self.string is not None and text.isprintable() and '"' not in text and "\\" not in text:
            self.string.add(text)  # most pieces of any text; reading on in the string would say the same
            return
        self.number = UNSET
        at, end = 0, len(text)
        while at < end and not self._ignoring:
            state = self._state
            if state == "string":
                at = self._read_string(text, at)
                continue
            char = text[at]
            if char in " \t\n\r":
                at = _SPACE.match(text, at).end()  # type: ignore[union-attr]
            elif state == "step":
                at = self._step(char, at)
            elif state in {"key", "next-key"}:
                at = self._read_key(text, at, char)
            elif state == "colon":
                if char != ":":
                    raise MalformedError(f"{char!r} where a colon should be")
                self._state = "value"
                at += 1
            elif state == "done":
                self._strict = False
                self._ignoring = True
            else:
                at = self._read_value(text, at, char)

    # ------------------------------------------------------------------------------------------------------ containers

    def _open(self, is_list: bool) -> None:
        if len(self.stack) == MAX_DEPTH:
            raise MalformedError(f"more than {MAX_DEPTH} containers within each other")
        node = Node(is_list)
        self._put(node, node.raw)
        self.stack.append(node)
        self._state = "item" if is_list else "key"

    def _close(self) -> None:
        self.stack.pop()
        self._state = "step" if self.stack else "done"

    def _step(self, char: str, at: int) -> int:
        """Reads what follows a value in a container."""
        is_list = self.stack[-1].keys is None
        if char == ",":
            self._state = "next-item" if is_list else "next-key"
            return at + 1
        self._close()
        if char == ("]" if is_list else "}"):
            return at + 1
        self._strict = False
        self._ignoring = not self.stack
        return at

    def _put(self, item: Any, raw: Json) -> None:
        """Makes a value a definite child of the innermost open container."""
        self._state = "step"
        if not self.stack:
            self.root = item
            self._state = "done"
            return
        node = self.stack[-1]
        if node.keys is None:
            node.raw.append(raw)
        else:
            node.keys.append(self.key)
            node.raw[self.key] = raw
        node.items.append(item)

    # ---------------------------------------------------------------------------------------------------------- tokens

    def _read_key(self, text: str, at: int, char: str) -> int:
        if char == '"':
            whole = _WHOLE_STRING.match(text, at)
            if whole is not None:
                self._end_key(whole[1])
                return whole.end()
            self._key = OpenString()
            self._state = "string"
            return at + 1
        if char == "}" and self._state == "key":
            self._close()
            return at + 1
        raise MalformedError(f"{char!r} where a key should be")

    def _read_value(self, text: str, at: int, char: str) -> int:
        if char == '"':
            whole = _WHOLE_STRING.match(text, at)
            if whole is not None:
                self._put(whole[1], whole[1])
                return whole.end()
            self.string = OpenString()
            self._state = "string"
            return at + 1
        if char in "{[":
            self._open(char == "[")
            return at + 1
        if char == "]" and self._state == "item":
            self._close()
            return at + 1
        is_number = char in "0123456789" or (char == "-" and text[at + 1 : at + 2] != "I")
        token = read_number(text, at) if is_number else read_literal(text, at)
        if token.is_open:
            self._held = text[at:]
            self.number = token.value
        else:
            self._put(token.value, token.value)
        return token.end

    def _read_string(self, text: str, at: int) -> int:
        """Reads on in the open string or key, up to its end or that of the text."""
        string = self.string if self._key is None else self._key
        assert string is not None  # noqa: S101 - the state "string" means that one of the two is open
        while at < len(text):
            run = _RUN.match(text, at)[0]  # type: ignore[index]
            if run:
                string.add(run)
                at += len(run)
                continue
            if text[at] == '"':
                self._end_string(string.text(string.length))
                return at + 1
            if text[at] != "\\":
                raise MalformedError("a control character in a string")
            escape = read_escape(text, at)
            if escape.is_open:
                self._held = text[at:]
                return len(text)
            string.add(escape.value)  # type: ignore[arg-type]
            at = escape.end
        return at

    def _end_key(self, key: str) -> None:
        self.key = key
        self._state = "colon"
        if not key or "." in key or "[" in key or key in self.stack[-1].raw:
            self.odd = True

    def _end_string(self, value: str) -> None:
        if self._key is not None:
            self._key = None
            self._end_key(value)
        else:
            self.string = None
            self._put(value, value)

    # ----------------------------------------------------------------------------------------------------------- value

    def value(self) -> Json:
        """Copies out the value so far, without what cannot be shown yet; UNSET while there is none."""
        tail: Json | UnsetType = self.number if self.string is None else self.string.text(self.string.length)
        if not self.stack:
            if tail is not UNSET:
                return tail
            return self.root.raw if isinstance(self.root, Node) else self.root
        innermost = self.stack[-1]
        shown = innermost.raw.copy()
        if tail is not UNSET:
            if innermost.keys is None:
                shown.append(tail)
            else:
                shown[self.key] = tail
        for node in reversed(self.stack[:-1]):
            copied = node.raw.copy()
            copied[-1 if node.keys is None else node.keys[-1]] = shown
            shown = copied
        return shown
