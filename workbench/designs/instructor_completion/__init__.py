"""`instructor-completion`: the object together with the provider's response, as `create_with_completion` returns them.

- `completion`: the response as the provider's SDK hands it out when it was not streamed.
- `extract`: what Instructor makes of it.
- `cached`: what Instructor's cache holds of it.
- `adapter`: deltas, and the pair; `observe` and `carries`: what a user can read off it.

The response model is that of the family, `workbench.families.instructor`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar, Final, cast

from workbench.design import Adapter, Carries, Native, PhaseNote, Port, Status
from workbench.designs.instructor_completion import observe as reader
from workbench.designs.instructor_completion.adapter import CompletionAdapter, Pair
from workbench.designs.instructor_completion.carries import CARRIES
from workbench.families.instructor.family import RELEASE, SOURCE, InstructorDesign
from workbench.families.instructor.objects import dump, validate
from workbench.families.instructor.schema import response_model
from workbench.transcript import Json, Phase, Request, Sighting

_SOURCE = f"instructor {RELEASE}, instructor/v2/core/client.py"


class InstructorCompletion(InstructorDesign):
    """Instructor's object and the response that it was read from, in TOOLS mode."""

    id: ClassVar[str] = "instructor-completion"
    title: ClassVar[str] = "Instructor: object and completion"
    summary: ClassVar[str] = (
        "The validated object of a tool call's arguments together with the provider's whole response, both at once "
        "when the response has ended: a snapshot without a stream."
    )
    status: ClassVar[Status] = Status("ships in", f"instructor {RELEASE}", f"{SOURCE}/instructor/v2/core/client.py")
    port: ClassVar[Port | None] = Port("instructor", RELEASE, "tests/differential/test_instructor_completion.py")
    phases: ClassVar[dict[Phase, PhaseNote]] = {
        "live": PhaseNote("the one moment when client.create_with_completion(...) returns", _SOURCE),
        "final": PhaseNote("obj, completion = client.create_with_completion(...)", _SOURCE),
        "stored": PhaseNote(
            "cache=, which a call writes to and reads from",
            f"instructor {RELEASE}, instructor/cache/__init__.py (store_cached_response, load_cached_response)",
        ),
    }
    carries: ClassVar[Carries] = CARRIES
    discriminators: ClassVar[tuple[str, ...]] = ("object", "type")
    folder: ClassVar[Path] = Path(__file__).parent

    def start(self, request: Request) -> Adapter:
        """Makes an adapter that returns an object of the request's response model, and the response."""
        return CompletionAdapter(response_model(request))

    def event_json(self, event: object) -> Json:
        """Writes the pair as a list of two."""
        found, completion = cast("Pair", event)
        return [dump(found), completion]

    def restore(self, stored: Json, request: Request) -> Json:
        """Reads the cache's entry back with the class that the request tells.

        Raises:
            NativeRaise: `ValidationError`: what was stored does not fit the class.
        """
        found = validate(response_model(request), json.dumps(stored["model"]))
        return [dump(found), stored["raw"]]

    def observe(self, phase: Phase, native: Native) -> Iterable[Sighting]:
        """Reads the pair of one phase; see `observe.py` for the rules."""
        return reader.observe(phase, native)


DESIGN: Final = InstructorCompletion()
