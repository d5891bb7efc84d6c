"""Where in its JSON a user of `create_iterable` finds each concept: arguments of calls as values, and a failure.

An item *is* a value, so the path is the whole document. Which call it came from, or whether several came from one, is
not in it, nor is anything else of the response. That an item has ended is stated by its being there.
"""

from __future__ import annotations

from typing import Final

from workbench.design import Carries

_KEPT: Final = {"call.arguments": "**", "part.boundary": "**"}

CARRIES: Final[Carries] = {
    # Values while the list arrives, though never of an item that is itself arriving.
    "live": {**_KEPT, "call.value": "**", "part.end": "**", "failure": "raised.message"},
    "final": _KEPT,
    "stored": _KEPT,
}
