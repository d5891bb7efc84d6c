"""`instructor-partial`: snapshots of a Pydantic object that fills in, as Instructor's `create_partial` yields them.

- `growing`: a JSON text that is read once while it comes in.
- `places`, `snapshots`, `walk`: what the object looks like at each moment.
- `adapter`: fragments, and the object; `observe` and `carries`: what a user can read off it.

The response model and the fragments are those of the family, `workbench.families.instructor`.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar, Final

from pydantic import ValidationError

from workbench.design import Adapter, Carries, Native, NativeRaise, PhaseNote, Port, Status
from workbench.designs.instructor_partial import observe as reader
from workbench.designs.instructor_partial.adapter import PartialAdapter
from workbench.designs.instructor_partial.carries import CARRIES
from workbench.designs.instructor_partial.places import Form
from workbench.designs.instructor_partial.snapshots import Snapshot
from workbench.families.instructor.family import RELEASE, SOURCE, InstructorDesign
from workbench.families.instructor.schema import response_model
from workbench.transcript import Json, Phase, Request, Sighting

_SOURCE = "instructor 1.17.0, instructor/v2/dsl/partial.py"


class InstructorPartial(InstructorDesign):
    """Instructor's partial objects, in TOOLS mode."""

    id: ClassVar[str] = "instructor-partial"
    title: ClassVar[str] = "Instructor: partial objects"
    summary: ClassVar[str] = (
        "The arguments of a tool call as a Pydantic object that fills in: the whole object again with each fragment, "
        "fields that have not come being None."
    )
    status: ClassVar[Status] = Status(
        "ships in",
        f"instructor {RELEASE}",
        f"{SOURCE}/instructor/v2/dsl/partial.py",
    )
    port: ClassVar[Port | None] = Port("instructor", RELEASE, "tests/differential/test_instructor.py")
    phases: ClassVar[dict[Phase, PhaseNote]] = {
        "live": PhaseNote("async for obj in client.create_partial(...)", _SOURCE),
        "final": PhaseNote("the last obj; obj.model_dump(mode='json', exclude_unset=True)", _SOURCE),
        "stored": PhaseNote(
            "obj.model_dump_json(exclude_unset=True); T.model_validate_json(text)",
            "instructor 1.17.0, instructor/cache/__init__.py (store_cached_response, load_cached_response)",
        ),
    }
    carries: ClassVar[Carries] = CARRIES
    discriminators: ClassVar[tuple[str, ...]] = ()
    snapshots: ClassVar[bool] = True
    folder: ClassVar[Path] = Path(__file__).parent

    def start(self, request: Request) -> Adapter:
        """Makes an adapter that fills in the request's response model."""
        return PartialAdapter(response_model(request))

    def event_json(self, event: object) -> Json:
        """Writes a snapshot as the object's dump."""
        assert isinstance(event, Snapshot)  # noqa: S101 - what the adapter yields
        return event.value

    def restore(self, stored: Json, request: Request) -> Json:
        """Reads a stored object back with the class that the request tells.

        Raises:
            NativeRaise: `ValidationError`: an object that was cut does not validate.
        """
        if stored is None:
            return stored
        try:
            return Form(response_model(request)).validate(stored)
        except ValidationError as error:
            raise NativeRaise("ValidationError", str(error)) from None

    def observe(self, phase: Phase, native: Native) -> Iterable[Sighting]:
        """Reads the snapshots of one phase; see `observe.py` for the rules."""
        return reader.observe(phase, native)


DESIGN: Final = InstructorPartial()
