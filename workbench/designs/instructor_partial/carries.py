"""Where in its JSON an Instructor user finds each concept: the arguments of a call, as a value, and how they broke off.

The object *is* the value, so the path is the whole document. What is around it (text, reasoning, ids, the reason for
ending, usage) is not in it: `create_with_completion` gives the completion beside the object, and is another design.
"""

from __future__ import annotations

from typing import Final

from workbench.design import Carries

CARRIES: Final[Carries] = {
    "live": {"call.arguments": "**", "call.value": "**", "failure": "raised.message"},
    "final": {"call.arguments": "**"},
    "stored": {"call.arguments": "**"},
}
