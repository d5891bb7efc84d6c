"""Instructor's call without streaming, in two halves: the provider's whole response, and the pair that is made of it.

`produce` is the provider and its SDK: once the response has ended, it hands over the whole of it. `accept` is
`create_with_completion`: the object that was asked for, and the response that it was read from.

Rules:
1. Nothing comes before the end of the response, and then all at once.
2. What breaks off gives nothing: a body that just ends is a lost connection, and an error that the provider reports is
   raised with its words. Instructor wraps both into the exception of used-up retries.
3. What does not fit gives nothing either, though the exception holds the response (`last_completion`): no event, no
   message.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from pydantic import BaseModel

from workbench.design import Adapter, NativeRaise
from workbench.designs.instructor_completion.cached import cached
from workbench.designs.instructor_completion.completion import completion_of
from workbench.designs.instructor_completion.extract import RETRIES_USED_UP, count, extract
from workbench.families.instructor.objects import dump
from workbench.transcript import Delta, Json, ResponseEnded, StreamFailed, StreamTruncated, see

LOST: Final = "Connection error."
"""What both SDKs say when a connection is lost."""

Pair = tuple[BaseModel, Json]
"""What `create_with_completion` returns: the object, and the provider's response."""


class CompletionAdapter(Adapter):
    """Our port for one response."""

    def __init__(self, model: type[BaseModel]) -> None:
        """Start a response.

        Args:
            model: the class of the object.
        """
        self._model: Final = model
        self._deltas: list[Delta] = []
        self._pair: Pair | None = None
        self._raised: NativeRaise | None = None

    def produce(self, step: Sequence[Delta]) -> Iterator[Json]:
        """Yields the provider's response once it is whole; nothing before.

        Raises:
            NativeRaise: `InstructorRetryException`: the provider reports an error, or the body ends early.
        """
        self._deltas.extend(step)
        for delta in step:
            if isinstance(delta, StreamFailed):
                raise self._refused(NativeRaise(RETRIES_USED_UP, delta.failure.message))
            if isinstance(delta, StreamTruncated):
                raise self._refused(NativeRaise(RETRIES_USED_UP, LOST))
            if isinstance(delta, ResponseEnded):
                yield completion_of(see(self._deltas))

    def accept(self, event: object) -> Iterator[Pair]:
        """Yields the object and the response.

        Raises:
            NativeRaise: `IncompleteOutputException` or `InstructorRetryException`; see `extract`.
        """
        try:
            self._pair = (extract(self._model, event), count(event))
        except NativeRaise as error:
            raise self._refused(error) from None
        yield self._pair

    def message(self) -> Json:
        """Returns the pair.

        Raises:
            NativeRaise: the call raised, so it returned nothing.
        """
        if self._pair is None:
            raise self._raised or NativeRaise(RETRIES_USED_UP, LOST)
        return [dump(self._pair[0]), self._pair[1]]

    def stored(self) -> Json:
        """Returns what Instructor's cache writes: the object with its defaults, and the response with its nulls."""
        assert self._pair is not None  # noqa: S101 - asked only after `message` answered
        found, completion = self._pair
        return {"model": found.model_dump(mode="json", warnings=False), "raw": cached(completion)}

    def _refused(self, error: NativeRaise) -> NativeRaise:
        self._raised = error
        return error
