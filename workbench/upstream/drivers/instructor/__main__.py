"""The driver of Instructor: create, create_partial, create_iterable, create_with_completion; OpenAI and Anthropic.

A variant is a call, a mode and whether it is asynchronous: `partial-tools`, `async-iterable-md-json`. The class that is
asked for is made of the request's JSON Schema, as a user would write it.

- `answers`: the protocol. `classes`: the response model. `messages`: the request.
- `calls`: how Instructor is asked. `keeping`: what is left of it afterwards.

Rules:
1. An object is told as `model_dump(mode="json", exclude_unset=True)`, a pair as a list of two. What the library hands
   out where an object should be (it may be a bare string) is told as it is.
2. Nothing is asked twice: neither Instructor nor the SDK retries.
3. `create` and `create_with_completion` ask for no stream, and are played the response that is not streamed.
4. Instructor keeps no conversation, so there is no next request, and a later turn is asked as its request stands.

Started as a folder: `python …/drivers/instructor 5 6`. Its modules find each other because Python puts the folder on
the path.
"""

# mypy: disable-error-code="import-not-found"
# Modules of this folder find each other at run time: see above.
from __future__ import annotations

import gc
import platform
import sys
import traceback
from importlib.metadata import version
from typing import Any

from answers import Harness
from calls import ANTHROPIC, CALLS, MODES, OPENAI, STREAMING, Asked
from classes import SchemaError
from keeping import dump, keep


def describe() -> dict[str, Any]:
    """Says what this driver is. Asynchronous ways come first: only with them does every call stream."""
    return {
        "library": "instructor",
        "release": version("instructor"),
        "runtime": f"{platform.python_implementation()} {platform.python_version()}",
        "ways": ["framework", "shipped"],
        "variants": [
            variant(call, mode, is_async=is_async) for is_async in (True, False) for call in CALLS for mode in MODES
        ],
        "dialects": [ANTHROPIC, OPENAI],
        "packages": {name: version(name) for name in ("anthropic", "openai", "pydantic")},
    }


def variant(call: str, mode: str, *, is_async: bool) -> dict[str, Any]:
    """Describes one way of using the library."""
    found: dict[str, Any] = {
        "id": f"{'async-' if is_async else ''}{call}-{mode}",
        "title": f"client.{CALLS[call]}(...) {'of an asynchronous client ' if is_async else ''}in mode {MODES[mode]}",
        "mode": MODES[mode],
    }
    if is_async:
        found["async"] = True
    if call not in STREAMING:
        found["streamed"] = False
    if mode != "tools":
        found["ways"] = ["shipped"]  # the producer events are those of tool calls
    if mode == "md-json":
        found["dialects"] = [OPENAI]  # Instructor refuses this mode for Anthropic
    return found


def run(harness: Harness, asked: dict[str, Any]) -> None:
    """Does one run: what is handed out, then what a user is left with."""
    try:
        call = Asked(asked)
    except SchemaError as unfit:
        harness.end("declined", str(unfit))
        return
    if asked["way"] == "framework" and not call.streams and not asked["events"]:
        harness.end("declined", "the provider raised before there was a response")
        return
    handed_out: list[Any] = []

    def take(found: Any) -> None:
        handed_out.append(found)
        harness.answer("event", dump(found), call.frame)

    try:
        call.iterate(take)
    except Exception as error:  # noqa: BLE001 - whatever the library raises is what its user gets
        harness.raised("event", error, call.frame)
    keep(harness, call, handed_out)
    harness.end("done")


def main() -> None:
    """Answers one question after another."""
    harness = Harness(int(sys.argv[1]), int(sys.argv[2]))
    gc.freeze()
    for question in harness.questions():
        nonce = question["nonce"]
        if "hello" in question:
            harness.say({"hello": 1, "nonce": nonce, "driver": describe()})
        elif "run" in question:
            harness.begin(question)
            try:
                run(harness, question["run"])
            except Exception as error:  # noqa: BLE001 - a failure of the driver itself ends the run, not the harness
                trace = traceback.format_exc()
                harness.end("failed", {"type": type(error).__name__, "message": str(error), "trace": trace})
        elif "rest" in question:
            gc.collect()  # what the run has opened is to be closed by now
            gc.freeze()  # looking at the SDKs' thousands of classes each time would take longer than a run
            harness.say({"rest": question["rest"], "nonce": nonce})
        elif "bye" in question:
            harness.say({"bye": 1, "nonce": nonce})
            return


if __name__ == "__main__":
    main()
