"""Snapshots of an object that fills in: cheap to take, written out when they are looked at.

Theory of operation. The open end of a growing JSON text is a chain: the root, its last child, that child's last, and
so on. Everything beside the chain is complete and never changes again: it is *settled* once, that is validated where
a model stands and dumped. A snapshot is the chain with, for each of its nodes, how many children were settled then.
To write it out, the settled parts are reused as they are, and only the nodes on the chain are copied.

Instructor finds out what is complete from the parsed value: a child with a later sibling is; of the last one nobody
knows, not even once its bracket has closed. That is the chain.

Rules:
1. Taking a snapshot costs the length of the chain, plus what became complete since the last one. It may raise: a
   complete part that does not fit its model is an error at that moment.
2. Writing one out costs as many steps as the nodes on the chain have children. Equal work for what lies beside it is
   never done again.
3. A snapshot never changes. Its parts are shared with others, so whoever reads it leaves it as it is.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from msgspec import UNSET, Struct, UnsetType

from workbench.designs.instructor_partial.growing import Growing, Node, OpenString
from workbench.designs.instructor_partial.places import ANYTHING, Form, Place
from workbench.transcript import Json

_Chain: TypeAlias = tuple[tuple[Node, int], ...]


class Snapshot(Struct, frozen=True, eq=False, gc=False):
    """An object as it stood at one moment, as its `model_dump(mode="json", exclude_unset=True)` shows it.

    Attributes:
        chain: from the root, the nodes that were open, each with how many of its children were settled.
        end: what stood at the end of the chain, written; UNSET if nothing did.
        key: of the end, if it is not yet among its node's own.
        string, length: the open string that stood there instead, and how long it was.
    """

    chain: _Chain
    end: Json | UnsetType
    key: str = ""
    string: OpenString | None = None
    length: int = 0

    @property
    def value(self) -> Json:
        """The dump. Made anew at each call from shared parts: read it, do not change it."""
        shown = self.end if self.string is None else self.string.text(self.length)
        key = self.key
        for node, count in reversed(self.chain):
            shown = _write(node, count, key, shown)
            key = ""
        return shown


def _write(node: Node, count: int, key: str, last: Json | UnsetType) -> Json:
    """Writes one node of a chain: its settled children, and the last one if there is one.

    Args:
        node: on the chain.
        count: how many of its children were settled.
        key: of the last child, if it is not yet among the node's own.
        last: the last child, written; UNSET if there is none.
    """
    if node.keys is None:
        items = node.settled[:count]
        if last is not UNSET:
            items.append(last)
        return items
    place: Place = node.place
    if place.form is None:
        shown = dict(zip(node.keys[:count], node.settled, strict=False))
        if last is not UNSET:
            shown[key or node.keys[count]] = last
        return shown
    shown = place.form.blank.copy()
    for name, value in zip(node.keys[:count], node.settled, strict=False):
        if name in shown:
            shown[name] = value
    if last is not UNSET:
        name = key or node.keys[count]
        if name in shown:
            shown[name] = last
    return shown


class Camera:
    """Takes snapshots of a growing JSON text as an object of a model."""

    def __init__(self, growing: Growing, form: Form) -> None:
        self._growing: Final = growing
        self._root: Final = Place(form.model, form)
        self._string: OpenString | None = None  # the open string that the last snapshot ended in, if it ended in one
        self._chain: _Chain = ()  # of that snapshot
        self._innermost: Node | None = None  # the innermost open node of the last snapshot
        self._above: _Chain = ()  # the chain above it, which stays as it is while that node is open

    def take(self) -> Snapshot:
        """Takes a snapshot of the text so far, which has begun, whose keys are not odd and which is not complete.

        Most pieces of a text lie within a string. While one is open nothing else changes, and the chain stays as it is.

        Raises:
            ValidationError: a part that has become complete does not fit its model.
        """
        growing = self._growing
        if self._string is not None and growing.string is self._string:
            return Snapshot(self._chain, None, growing.key, self._string, self._string.length)
        node = growing.root
        if not isinstance(node, Node):
            return Snapshot((), growing.value())
        if node.place is None:
            node.place = self._root
        innermost = growing.stack[-1] if growing.stack else None
        chain: list[tuple[Node, int]] = []
        if innermost is not None and innermost is self._innermost:
            node = innermost
            chain += self._above
        while True:
            if node is innermost:
                self._innermost, self._above = node, tuple(chain)
            place: Place = node.place
            if not place.splits:
                # Written as a whole, so it is copied out as it stands now; what lies above it is still shared.
                return Snapshot(tuple(chain), place.dump(self._copy_from(node)))
            is_end = node is innermost and (growing.string is not None or growing.number is not UNSET)
            count = len(node.items) if is_end else len(node.items) - 1
            if len(node.settled) < count:
                self._settle(node, count)
            chain.append((node, max(count, 0)))
            if is_end:
                return self._end_open(node, tuple(chain))
            if count < 0:
                return Snapshot(tuple(chain), UNSET)
            last = node.items[-1]
            if not isinstance(last, Node):
                return Snapshot(tuple(chain), _below(node, count).dump(last))
            if last.place is None:
                last.place = _below(node, count)
            node = last

    def _end_open(self, node: Node, chain: tuple[tuple[Node, int], ...]) -> Snapshot:
        growing = self._growing
        if growing.string is not None:
            self._string, self._chain = growing.string, chain
            return Snapshot(chain, None, growing.key, growing.string, growing.string.length)
        place = _below(node, -1, growing.key)
        return Snapshot(chain, place.dump(growing.number), growing.key)

    def _settle(self, node: Node, count: int) -> None:
        settled = node.settled
        for index in range(len(settled), count):
            settled.append(_settled(_below(node, index), node.items[index]))

    def _copy_from(self, node: Node) -> Json:
        """Copies out a part of the value that reaches to the open end."""
        if node not in self._growing.stack:
            return node.raw
        value = self._growing.value()
        for above in self._growing.stack:
            if above is node:
                break
            value = value[-1] if above.keys is None else value[above.keys[-1]]
        return value


def _below(node: Node, index: int, key: str | None = None) -> Place:
    """Returns the place of a child."""
    place: Place = node.place
    if node.keys is None:
        return place.element
    if place.form is None:
        return place.value
    return place.form.fields.get(node.keys[index] if key is None else key, ANYTHING)


def _settled(place: Place, item: Any) -> Json:
    """Dumps a complete child, once.

    Raises:
        ValidationError: it, or an element of it, does not fit its model.
    """
    if not isinstance(item, Node):
        return place.settle(item)
    if place.form is None and item.keys is None and place.splits and place.element.form is not None:
        element = place.element
        return item.settled + [_settled(element, one) for one in item.items[len(item.settled) :]]
    return place.settle(item.raw)
