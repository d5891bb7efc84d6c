"""The slow way to a snapshot: a walk over the whole parsed value, as Instructor takes it, for keys that need it.

Instructor writes the place of a value as a path, `address.city` or `items[0]`, and asks whether that path is
complete. Where a key repeats, is empty or holds `.` or `[`, two places may have one path, and a value that is still
open may be taken for complete. `workbench.designs.instructor_partial.snapshots` cannot know this; so for the rest of
a response in which such a key came up, each snapshot walks everything that was parsed. No real response is expected
here: this is for equality.

Source: instructor 1.17.0, `instructor/v2/dsl/json_tracker.py` (`_check_siblings`, `_mark_all`).
"""

from __future__ import annotations

from collections.abc import Iterator

from workbench.designs.instructor_partial.places import ANYTHING, Form, Place
from workbench.transcript import Json


def walk(value: Json, form: Form) -> Json:
    """Builds the object of a parsed value that is not complete JSON, and dumps it.

    Raises:
        ValidationError: a part that counts as complete does not fit its model.
    """
    if not isinstance(value, dict):
        return ANYTHING.dump(value)
    complete = set(_complete_paths(value, "", False))
    if "" in complete and value:
        return form.validate(value)
    return _build(value, form, complete, "")


def _complete_paths(value: Json, path: str, complete: bool) -> Iterator[str]:
    """Yields the path of each value that has a later sibling, or lies in one that has."""
    if complete:
        yield path
    children: list[tuple[str, Json]] = []
    if isinstance(value, dict):
        children = [(f"{path}.{key}" if path else key, one) for key, one in value.items()]
    elif isinstance(value, list):
        children = [(f"{path}[{index}]", one) for index, one in enumerate(value)]
    for index, (below, one) in enumerate(children):
        yield from _complete_paths(one, below, complete or index < len(children) - 1)


def _build(value: dict[str, Json], form: Form, complete: set[str], path: str) -> Json:
    shown = form.blank.copy()
    for name, raw in value.items():
        if name in shown:
            shown[name] = _build_at(form.fields[name], raw, complete, f"{path}.{name}" if path else name)
    return shown


def _build_at(place: Place, raw: Json, complete: set[str], path: str) -> Json:
    if place.form is not None and (place.strict or isinstance(raw, dict)) and raw is not None:
        if path in complete:
            return place.settle(raw)
        if isinstance(raw, dict):
            return _build(raw, place.form, complete, path)
    if isinstance(raw, list) and place.element.form is not None:
        return [_build_at(place.element, one, complete, f"{path}[{index}]") for index, one in enumerate(raw)]
    return place.dump(raw)
