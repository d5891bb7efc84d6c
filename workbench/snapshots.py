"""JSON values as differences, so that a run of growing states is stored in line with what was new.

A difference is JSON itself:

- `{"=": value}` replaces the value.
- `{"+": "text"}` appends to a string.
- `{"~": {key: difference}, "-": [keys]}` changes and removes fields of an object; new keys go last, in their order.
- `{"@": [[index, difference], …], "+": [values]}` changes elements of a list and appends to it.
- `null` means that nothing changed.

Rules: `apply(old, diff(old, new)) == new` for all JSON, key order included; and a difference never outweighs a plain
replacement by more than a constant per changed place.
"""

from __future__ import annotations

from workbench.transcript import Json


def diff(old: Json, new: Json) -> Json:
    """Says how to get from one JSON value to another; None when they are equal in value, type and key order."""
    if isinstance(old, str) and isinstance(new, str):
        if old == new:
            return None
        return {"+": new[len(old) :]} if old and new.startswith(old) else {"=": new}
    if isinstance(old, dict) and isinstance(new, dict):
        return _diff_object(old, new)
    if isinstance(old, list) and isinstance(new, list) and len(old) <= len(new):
        changed = [
            [i, change] for i, (a, b) in enumerate(zip(old, new, strict=False)) if (change := diff(a, b)) is not None
        ]
        grown = new[len(old) :]
        if not changed and not grown:
            return None
        return {"@": changed, "+": grown}
    if type(old) is type(new) and old == new:
        return None
    return {"=": new}


def _diff_object(old: dict[str, Json], new: dict[str, Json]) -> Json:
    kept = [key for key in old if key in new]
    added = [key for key in new if key not in old]
    if list(new) != [*kept, *added]:
        return {"=": new}
    changed = {key: change for key in kept if (change := diff(old[key], new[key])) is not None}
    changed |= {key: {"=": new[key]} for key in added}
    removed = [key for key in old if key not in new]
    if not changed and not removed:
        return None
    return {"~": changed, "-": removed} if removed else {"~": changed}


def apply(old: Json, change: Json) -> Json:
    """Makes the new value from the old one and a difference; the old value is left as it was."""
    if change is None:
        return old
    if "=" in change:
        return change["="]
    if "~" in change:
        gone = set(change.get("-", ()))
        kept = {key: value for key, value in old.items() if key not in gone}
        return {**kept, **{key: apply(kept.get(key), one) for key, one in change["~"].items()}}
    if "@" in change:
        items = list(old)
        for index, one in change["@"]:
            items[index] = apply(items[index], one)
        return items + change["+"]
    return old + change["+"]
