"""What every design of the family answers alike: to which requests it applies, and where its source stands."""

from __future__ import annotations

from workbench.design import Design
from workbench.families.instructor.schema import SchemaError, response_model
from workbench.transcript import Json, Request

RELEASE = "1.17.0"
"""The release that the designs port."""

SOURCE = f"https://github.com/567-labs/instructor/blob/v{RELEASE}"


class InstructorDesign(Design):
    """A design of the family: it fills in a class that is made of the request."""

    def applies(self, request: Request) -> str | None:
        """Says what keeps a response model from being made of the request; None when one can be."""
        try:
            response_model(request)
        except SchemaError as unfit:
            return str(unfit)
        return None

    def produced_json(self, event: object) -> Json:
        """Writes a producer event, which is JSON already, as itself."""
        return event
