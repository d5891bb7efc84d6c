"""What using Instructor's partial objects looks like: fields as they fill in, then the validated object.

With the library itself it reads

    client = instructor.from_openai(AsyncOpenAI())
    async for forecast in client.create_partial(response_model=Forecast, messages=messages):
        show(forecast)

Here the same snapshots come from the adapter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pydantic import BaseModel, ValidationError

from workbench.designs.instructor_partial.adapter import PartialAdapter
from workbench.transcript import Delta


class Forecast(BaseModel):
    """What the model is asked to fill in."""

    city: str
    temperature: float
    warnings: list[str] = []


def lines(steps: Iterable[Sequence[Delta]]) -> Iterator[str]:
    """Yields one line for each snapshot that differs from the one before, and one for the finished object.

    Args:
        steps: deltas of a response, one sequence per frame.
    """
    adapter = PartialAdapter(Forecast)
    before = None
    for step in steps:
        for snapshot in adapter.receive(step):
            if snapshot.value != before:
                before = snapshot.value
                yield ", ".join(f"{field}: {value}" for field, value in before.items() if value not in (None, []))
    adapter.finish()
    try:
        forecast = Forecast.model_validate(before)
    except ValidationError as error:
        yield f"cut: {error.error_count()} fields do not hold"
    else:
        yield f"done: {forecast!r}"
