"""Paths in native JSON: the notation of `carries` tables, and the one walk that finds where strings lie.

A path names a place by its shape, so that one path stands for the same field of every event of a kind:

- `.key` is a field of an object; `*` in its place is any field, `**` is any number of steps, none included.
- `[]` is any element of a list. An object that has one of the design's discriminator keys writes it behind its place:
  `[type=reasoning]` is an element, or the event itself, whose `type` is `reasoning`.
- ` | ` separates alternatives.

So `[type=reasoning].chunk` is a field of an event, `messages[].parts[type=text].text` a field in a message, and
`messages[].parts[type=tool_call].arguments.**` whatever lies in an object of arguments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from workbench.transcript import Json


def iter_scalars(value: Json, discriminators: Sequence[str]) -> Iterator[tuple[str, Json]]:
    """Walks JSON once and yields each scalar with the shape of its path; empty lists and objects count as scalars.

    Args:
        value: JSON to any depth; it is walked without recursion.
        discriminators: keys that name the kind of an object.

    Yields:
        `(path, scalar)` in document order.
    """
    stack: list[tuple[str, Json, bool]] = [("", value, False)]
    while stack:
        path, node, element = stack.pop()
        if isinstance(node, dict):
            kind = next((f"[{key}={node[key]}]" for key in discriminators if isinstance(node.get(key), str)), None)
            here = path + (kind or ("[]" if element else ""))
            if not node:
                yield here, node
            stack.extend((f"{here}.{key}" if here else str(key), node[key], False) for key in reversed(node))
        elif isinstance(node, list | tuple):
            here = path + ("[]" if element else "")
            if not node:
                yield here, []
            stack.extend((here, item, True) for item in reversed(node))
        else:
            yield path + ("[]" if element else ""), node


@cache
def _pattern(path: str) -> re.Pattern[str]:
    alternatives = []
    for one in path.split(" | "):
        quoted = re.escape(one.strip())
        quoted = quoted.replace(r"\.\*\*", r"(?:[.\[].*)?").replace(r"\*\*", ".*").replace(r"\*", r"[^.\[]*")
        alternatives.append(quoted)
    return re.compile("|".join(alternatives))


def matches(declared: str, found: str, *, within: bool = False) -> bool:
    """Says whether a concrete shape is one that a `carries` path declares.

    Args:
        declared: a path as written in `carries`.
        found: a shape as `iter_scalars` yields it.
        within: also when the shape lies below the declared place, for paths that name an object or an event.
    """
    pattern = _pattern(declared)
    if pattern.fullmatch(found):
        return True
    return within and (hit := pattern.match(found)) is not None and found[hit.end() : hit.end() + 1] in {".", "["}
