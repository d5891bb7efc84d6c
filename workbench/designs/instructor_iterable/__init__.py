"""`instructor-iterable`: finished items one by one, as Instructor's `create_iterable` yields them.

- `items`: finds finished items in a text that comes in pieces.
- `adapter`: fragments, and the items; `observe` and `carries`: what a user can read off them.

The response model and the fragments are those of the family, `workbench.families.instructor`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar, Final

from pydantic import BaseModel

from workbench.design import Adapter, Carries, Native, PhaseNote, Port, Status
from workbench.designs.instructor_iterable import observe as reader
from workbench.designs.instructor_iterable.adapter import IterableAdapter
from workbench.designs.instructor_iterable.carries import CARRIES
from workbench.families.instructor.family import RELEASE, SOURCE, InstructorDesign
from workbench.families.instructor.objects import dump, validate
from workbench.families.instructor.schema import item_model
from workbench.transcript import Json, Phase, Request, Sighting

_SOURCE = f"instructor {RELEASE}, instructor/v2/dsl/iterable.py"


class InstructorIterable(InstructorDesign):
    """Instructor's iterable of items, in TOOLS mode."""

    id: ClassVar[str] = "instructor-iterable"
    title: ClassVar[str] = "Instructor: iterable of items"
    summary: ClassVar[str] = (
        "The objects of a list one by one: each is validated and handed out once the last of its text has come, while "
        "the next ones are still being written."
    )
    status: ClassVar[Status] = Status("ships in", f"instructor {RELEASE}", f"{SOURCE}/instructor/v2/dsl/iterable.py")
    port: ClassVar[Port | None] = Port("instructor", RELEASE, "tests/differential/test_instructor_iterable.py")
    phases: ClassVar[dict[Phase, PhaseNote]] = {
        "live": PhaseNote("async for item in client.create_iterable(...)", _SOURCE),
        "final": PhaseNote("[item async for item in client.create_iterable(...)]", _SOURCE),
        "stored": PhaseNote(
            "item.model_dump_json(exclude_unset=True), for each item; T.model_validate_json(text)",
            f"instructor {RELEASE}, instructor/cache/__init__.py (store_cached_response stores objects, not iterables)",
        ),
    }
    carries: ClassVar[Carries] = CARRIES
    discriminators: ClassVar[tuple[str, ...]] = ()
    folder: ClassVar[Path] = Path(__file__).parent

    def start(self, request: Request) -> Adapter:
        """Makes an adapter that hands out items of the request's response model."""
        return IterableAdapter(item_model(request))

    def event_json(self, event: object) -> Json:
        """Writes an item as its dump."""
        assert isinstance(event, BaseModel)  # noqa: S101 - what the adapter yields
        return dump(event)

    def restore(self, stored: Json, request: Request) -> Json:
        """Reads stored items back with the class that the request tells.

        Raises:
            NativeRaise: `ValidationError`: a document does not fit the class.
        """
        model = item_model(request)
        return [dump(validate(model, json.dumps(one))) for one in stored]

    def observe(self, phase: Phase, native: Native) -> Iterable[Sighting]:
        """Reads the items of one phase; see `observe.py` for the rules."""
        return reader.observe(phase, native)


DESIGN: Final = InstructorIterable()
