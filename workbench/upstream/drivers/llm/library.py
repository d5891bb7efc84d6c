"""llm set up for one run: models of the provider plug-ins, registered; their clients; a folder of its own.

Rules:
1. The models are the plug-ins' own classes, with reasoning, tools and schemas on, and the address that was given.
2. The SDKs make their clients without retries, and all are closed. Nothing else of llm and its plug-ins is changed.
3. llm finds the models by their name, as those of a plug-in: loading from the log asks for that.
"""

# mypy: disable-error-code="import-not-found"
# Modules of this folder find each other at run time: see `__main__`.
from __future__ import annotations

import importlib
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from both import settle
from installed import llm, plugins
from scripted import AsyncScripted, Script, Scripted

SDKS = {"openai-chat": ("openai", "OpenAI"), "anthropic-messages": ("llm_anthropic", "Anthropic")}
"""By dialect: where the plug-in finds the class of its client, and the name of that class."""


class Library:
    """What one run needs.

    Attributes:
        folder: llm's user folder in this run.
        models: the sync and the async one.
        options: that a prompt is sent with.
        script: that the models play in the framework way.
    """

    def __init__(self, asked: dict[str, Any]) -> None:
        self.folder = Path(tempfile.mkdtemp(dir=Path.cwd()))
        os.environ["LLM_USER_PATH"] = str(self.folder)
        self.options: dict[str, Any] = {}
        self.script: Script | None = None
        self._clients: list[Any] = []
        self._undo: list[Callable[[], None]] = []
        name = asked["request"]["model"]
        if asked["way"] == "framework":
            self.script = Script(asked["events"])
            self.models: tuple[Any, Any] = (Scripted(name, self.script), AsyncScripted(name, self.script))
        elif asked["dialect"] == "openai-chat":
            self.models = self._openai(name, asked["base_url"] + "/v1")
        else:
            self.models = self._anthropic(name, asked["base_url"])
        self._register()

    def _openai(self, name: str, address: str) -> tuple[Any, Any]:
        self._watch_clients("openai-chat")
        kinds = importlib.import_module("llm.default_plugins.openai_models")
        how = {"api_base": address, "reasoning": True, "supports_schema": True, "supports_tools": True}
        models = (kinds.Chat(name, **how), kinds.AsyncChat(name, **how))
        for model in models:
            model.needs_key = None  # as llm does for every model that is given an address
        return models

    def _anthropic(self, name: str, address: str) -> tuple[Any, Any]:
        self._watch_clients("anthropic-messages")
        kinds = importlib.import_module("llm_anthropic")
        on = ("pdf", "thinking", "thinking_effort", "adaptive_thinking", "web_search")
        how: dict[str, Any] = {f"supports_{one}": True for one in on}
        how |= {"use_structured_outputs": True, "default_max_tokens": 8192, "base_url": address}
        models = (kinds.ClaudeMessages(name, **how), kinds.AsyncClaudeMessages(name, **how))
        for model in models:
            model.key = "made-up"
        self.options = {"thinking": True}
        return models

    def _watch_clients(self, dialect: str) -> None:
        package, name = SDKS[dialect]
        module = importlib.import_module(package)
        for kind in (name, f"Async{name}"):
            self._watch(module, kind)

    def _watch(self, module: Any, kind: str) -> None:
        original = getattr(module, kind)

        def make(*args: Any, **how: Any) -> Any:
            self._clients.append(original(*args, max_retries=0, **how))
            return self._clients[-1]

        setattr(module, kind, make)
        self._undo.append(lambda: setattr(module, kind, original))

    def _register(self) -> None:
        models = self.models

        class Registration:
            @llm.hookimpl  # type: ignore[untyped-decorator]
            def register_models(self, register: Callable[..., None]) -> None:
                register(*models)

        plugin = Registration()
        plugins.pm.register(plugin)
        self._undo.append(lambda: plugins.pm.unregister(plugin))

    async def close(self) -> None:
        """Closes clients, takes back what was registered, and removes the folder."""
        for client in self._clients:
            await settle(client.close())
        for undo in self._undo:
            undo()
        shutil.rmtree(self.folder, ignore_errors=True)
