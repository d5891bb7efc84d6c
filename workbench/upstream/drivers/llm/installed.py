"""What is installed here: llm, and those of its modules that drivers of other releases may not find.

Everything is `Any`: one driver serves releases whose classes differ.
"""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

llm: Any = importlib.import_module("llm")
plugins: Any = importlib.import_module("llm.plugins")
command: Any = importlib.import_module("llm.cli")
migrations: Any = importlib.import_module("llm.migrations")
sqlite_utils: Any = importlib.import_module("sqlite_utils")
parts: Any = importlib.import_module("llm.parts") if importlib.util.find_spec("llm.parts") else None
"""Stream events and structured messages; from 0.32a0 on."""

CLAUDE = "anthropic/claude-opus-4-6"
"""A model that every llm-anthropic since 0.25 registers. Our own is set up like it; the command asks for it by name."""


def hide_option() -> str | None:
    """Gives the option by which the command hides reasoning: it was renamed, and before 0.32a0 there is none."""
    names = [name for option in command.cli.commands["prompt"].params for name in option.opts]
    return next((name for name in ("--hide-reasoning", "--no-reasoning") if name in names), None)
