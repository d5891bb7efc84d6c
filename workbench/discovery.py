"""Finds plugins by looking into a package's folder, so that adding one edits no list.

Rules:
1. A plugin is a module or sub-package whose name does not begin with an underscore.
2. Discovery never skips in silence: one that fails to import, lacks its descriptor or repeats an id is a `PluginError`.
3. The order is the order of ids, so results do not depend on the file system.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import TypeVar

from workbench.errors import PluginError

T = TypeVar("T")


def iter_modules(package: ModuleType) -> Iterator[ModuleType]:
    """Imports and yields each plugin module of a package, by name.

    Args:
        package: the package whose folder is the registry.

    Yields:
        Modules in the order of their names; nothing for an empty package.

    Raises:
        PluginError: a module in the folder cannot be imported.
    """
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda found: found.name):
        if info.name.startswith("_"):
            continue
        name = f"{package.__name__}.{info.name}"
        try:
            yield importlib.import_module(name)
        except Exception as error:
            raise PluginError(name, f"cannot be imported: {type(error).__name__}: {error}") from error


def find_plugins(package: ModuleType, attribute: str, kind: type[T]) -> dict[str, T]:
    """Collects the descriptors of all plugins of a package.

    Args:
        package: the package whose folder is the registry.
        attribute: the name that each plugin module must define, such as `DESIGN`.
        kind: the class that the descriptor must be an instance of; it has an `id`.

    Returns:
        Descriptors by id, in the order of ids.

    Raises:
        PluginError: a module fails to import, lacks the attribute, has one of another kind, or repeats an id.
    """
    found: dict[str, T] = {}
    for module in iter_modules(package):
        plugin = getattr(module, attribute, None)
        if not isinstance(plugin, kind):
            raise PluginError(module.__name__, f"must define {attribute}, an instance of {kind.__name__}")
        identity: str = plugin.id  # type: ignore[attr-defined]
        if identity in found:
            raise PluginError(module.__name__, f"repeats the id {identity!r}")
        found[identity] = plugin
    return dict(sorted(found.items()))
