"""The driver of llm: its Python API, sync and async; its log in SQLite; its command. For releases from 0.31 on.

What is installed decides: with `llm.parts` (0.32a0 on) events are StreamEvents and a response has a stored dict;
before, a stream is text. Native JSON is what the designs `llm`, `llm-text` and, for the command, `llm-cli` read.

- `answering`: the protocol. `installed`: llm. `both`: sync and async.
- `library`, `scripted`: models. `conversing`, `stores`: a run of the Python API. `commanding`: a run of the command.

Started as a folder: `python …/drivers/llm 5 6`. Its modules find each other because Python puts the folder on the path.
"""

# mypy: disable-error-code="import-not-found"
# Modules of this folder find each other at run time: see `__main__`.
from __future__ import annotations

import asyncio
import gc
import os
import platform
import sys
import traceback
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from answering import Harness
from both import finish
from commanding import converse
from conversing import Run
from installed import hide_option, parts
from library import SDKS, Library

NEIGHBOURS = ("llm-anthropic", "openai", "anthropic", "sqlite-utils")


def describe() -> dict[str, Any]:
    """Says what this driver is and what the installed release lets it do."""
    iterated = "for event in response.stream_events()" if parts is not None else "for chunk in response"
    stored = {"store": "to_dict"} if parts is not None else {}
    hide = hide_option()
    variants: list[dict[str, Any]] = [
        {"id": "sync", "title": iterated, **stored},
        {"id": "async", "title": f"async {iterated.replace('stream', 'astream')}", "async": True, **stored},
        {"id": "sqlite", "title": "response.log_to_db(db), and the conversation as llm -c loads it", "store": "sqlite"},
        {"id": "cli", "title": "llm prompt, its output taken by a program", "ways": ["shipped"], "mode": "piped"},
        {"id": "cli-terminal", "title": "llm prompt on a terminal", "ways": ["shipped"], "mode": "terminal"},
    ]
    if hide is not None:
        title = f"llm prompt {hide}, its output taken by a program"
        variants.append({"id": "cli-hide-reasoning", "title": title, "ways": ["shipped"], "mode": "hide-reasoning"})
    return {
        "library": "llm",
        "release": version("llm"),
        "runtime": f"{platform.python_implementation()} {platform.python_version()}",
        "ways": ["framework", "shipped"],
        "variants": variants,
        "dialects": sorted(SDKS),
        "packages": {name: found for name in NEIGHBOURS if (found := found_version(name)) is not None},
    }


def found_version(name: str) -> str | None:
    """Gives the version of a package; None where it is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


async def api(harness: Harness, asked: dict[str, Any]) -> None:
    """Does one run of the Python API."""
    library = Library(asked)
    try:
        run = Run(asked, library)
        reason = run.refusal()
        if reason is None:
            await run.talk(harness)
        harness.end("done") if reason is None else harness.end("declined", reason)
    finally:
        await library.close()


def do(harness: Harness, asked: dict[str, Any]) -> None:
    """Does one run."""
    if asked["way"] == "shipped" and asked["dialect"] not in SDKS:
        harness.end("declined", f"no provider code for {asked['dialect']}")
    elif asked["variant"].startswith("cli"):
        converse(harness, asked)
    elif asked["variant"] == "async":
        asyncio.run(api(harness, asked))
    else:
        finish(api(harness, asked))


def main() -> None:
    """Answers one question after another."""
    harness = Harness(int(sys.argv[1]), int(sys.argv[2]))
    for question in harness.questions():
        nonce = question["nonce"]
        if "hello" in question:
            harness.say({"hello": 1, "nonce": nonce, "driver": describe()})
        elif "run" in question:
            harness.begin(question)
            try:
                do(harness, question["run"])
            except Exception as error:  # noqa: BLE001 - a failure of the driver itself ends the run, not the harness
                trace = traceback.format_exc()
                harness.end("failed", {"type": type(error).__name__, "message": str(error), "trace": trace})
        elif "rest" in question:
            gc.collect()
            harness.say({"rest": question["rest"], "nonce": nonce})
        elif "bye" in question:
            harness.say({"bye": 1, "nonce": nonce})
            break
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(0)  # Python would take down thousands of modules first, which takes seconds on a busy machine


if __name__ == "__main__":
    main()
