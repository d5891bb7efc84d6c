"""The driver of pydantic-ai: direct model requests, async and sync, over OpenAI chat and Anthropic.

- `answering`: the protocol. `still`: what would differ from run to run. `asking`: requests.
- `scripted`: the framework way. `running`: a run.

Defaults of the library are kept. Chat completions go through `OpenAIProvider`, whatever server stands behind its
`base_url`, with the profile of a model that the library does not know. Its reasoning is read from the field
`reasoning`, else from `reasoning_content`.

Started as a folder: `python …/drivers/pydantic_ai 5 6`. Its modules find each other because Python puts the folder on
the path; the folder that holds it is not on the path, so it does not hide the library.
"""

# mypy: disable-error-code="import-not-found"
# The library is in the release's environment, and not in ours; modules of this folder find each other at run time.
from __future__ import annotations

import asyncio
import gc
import os
import platform
import sys
import traceback
from importlib.metadata import version
from typing import Any

from answering import Harness
from running import Run
from still import still

DIALECTS = ("anthropic-messages", "openai-chat")
NEIGHBOURS = ("anthropic", "openai", "pydantic", "genai-prices")


async def rest(run: Run, *, sync: bool) -> None:
    """Does what is async of a run, and closes what it opened."""
    try:
        if not sync:
            await run.direct()
        await run.follow()
    finally:
        await run.close()


def do(harness: Harness, asked: dict[str, Any]) -> None:
    """Does one run."""
    if asked["way"] == "shipped" and asked["dialect"] not in DIALECTS:
        harness.end("declined", f"no provider code for {asked['dialect']} is used here")
        return
    still()
    run = Run(harness, asked)
    sync = asked["variant"] == "sync"
    with asyncio.Runner() as runner:
        asyncio.set_event_loop(runner.get_loop())  # where the sync call looks for it
        if sync:
            run.sync()
        runner.run(rest(run, sync=sync))
    harness.end("done")


def describe() -> dict[str, Any]:
    """Says what this driver is."""
    return {
        "library": "pydantic-ai",
        "release": version("pydantic-ai-slim"),
        "runtime": f"{platform.python_implementation()} {platform.python_version()}",
        "ways": ["framework", "shipped"],
        "variants": [
            {"id": "direct", "title": "async for event in model_request_stream(…)", "async": True},
            {"id": "sync", "title": "for event in model_request_stream_sync(…)", "ways": ["shipped"]},
        ],
        "dialects": list(DIALECTS),
        "packages": {name: version(name) for name in NEIGHBOURS},
    }


def main() -> None:
    """Answers one question after another."""
    harness = Harness(int(sys.argv[1]), int(sys.argv[2]))
    gc.freeze()  # the library and its SDKs are a quarter of a million objects, which no run leaves behind
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
            gc.collect()  # what the run has opened is to be closed by now
            harness.say({"rest": question["rest"], "nonce": nonce})
        elif "bye" in question:
            harness.say({"bye": 1, "nonce": nonce})
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(0)  # every run closed what it opened, and taking all those modules apart can take seconds


if __name__ == "__main__":
    main()
