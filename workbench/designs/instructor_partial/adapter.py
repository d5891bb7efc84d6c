"""Instructor's streaming of a partial object, in two halves: fragments of JSON, and the object that they fill in.

`produce` is the provider's handler in TOOLS mode: of each chunk it hands on the argument text of the first tool call
that the chunk mentions, whichever call that is. `accept` is `Partial[T].model_from_chunks`: it appends the fragment
to all that came before and yields the object as it stands.

Rules, as in Instructor:
1. A fragment without text yields once more what was there. Text, reasoning, refusals, the reason for ending and
   usage are not read.
2. Control characters are cut out of a fragment, and white space off the ends of the text so far.
3. JSON that is complete is validated, strictly; so is a complete part at a place for a model. What fails is raised
   at once, unretried. At the end, an empty object is validated, too.
4. A stream that ends early ends like any other: the last object stays as it is, and nothing is raised.

State: the text is read once, by `Growing`; it is kept to write the message of an error.

Source: instructor 1.17.0, `instructor/v2/providers/openai/handlers.py` and `anthropic/handlers.py`
(`extract_streaming_json_async`), `instructor/v2/dsl/partial.py` (`model_from_chunks_async`,
`process_potential_object`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import jiter
from pydantic import BaseModel, ValidationError

from workbench.design import Adapter, NativeRaise
from workbench.designs.instructor_partial.growing import Growing
from workbench.designs.instructor_partial.places import Form
from workbench.designs.instructor_partial.snapshots import Camera, Snapshot
from workbench.designs.instructor_partial.tokens import MalformedError
from workbench.designs.instructor_partial.walk import walk
from workbench.errors import PluginError
from workbench.families.instructor.fragments import find_fragment
from workbench.transcript import Delta, Json

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class PartialAdapter(Adapter):
    """Our port for one response."""

    def __init__(self, model: type[BaseModel]) -> None:
        """Start a response.

        Args:
            model: the class of the object that fills in.
        """
        self._form = Form(model)
        self._growing = Growing()
        self._camera = Camera(self._growing, self._form)
        self._read: list[str] = []
        self._space = ""
        self._last: Snapshot | None = None
        self._full: Snapshot | None = None

    # ----------------------------------------------------------------------------------------------------------- halves

    def produce(self, step: Sequence[Delta]) -> Iterator[str]:
        """Yields the fragment of JSON that the handler finds in a chunk; nothing when there is none.

        Raises:
            NativeRaise: `APIError`, which the provider's SDK raises for an error inside the stream.
        """
        fragment = find_fragment(step)
        if fragment is not None:
            yield fragment

    def accept(self, event: object) -> Iterator[Snapshot]:
        """Yields the object as it stands after a fragment.

        Raises:
            NativeRaise: `ValueError` for what cannot be JSON, `ValidationError` for what does not fit the model.
        """
        assert isinstance(event, str)  # noqa: S101 - what `produce` yields
        yield self._take(event)

    def receive(self, step: Sequence[Delta]) -> Iterable[Snapshot]:
        """Both halves in one call."""
        fragment = find_fragment(step)
        return () if fragment is None else (self._take(fragment),)

    def finish(self) -> Iterable[object]:
        """Ends the stream; yields nothing.

        Raises:
            NativeRaise: `ValidationError`: what came is an empty object, and the model needs fields.
        """
        if self._last is not None and self._is_whole() and self._full is None:
            self._validate({})
        return ()

    def message(self) -> Json:
        """Returns the last object that was yielded; None when there was none."""
        return None if self._last is None else self._last.value

    def stored(self) -> Json:
        """Returns the JSON document that `model_dump_json(exclude_unset=True)` writes of the last object."""
        return self.message()

    # ----------------------------------------------------------------------------------------------------------- object

    def _take(self, fragment: str) -> Snapshot:
        fresh = self._clean(fragment)
        if fresh or self._last is None:
            if fresh:
                self._full = None
                self._grow(fresh)
            self._last = self._snapshot()
        return self._last

    def _clean(self, fragment: str) -> str:
        """Returns what a fragment adds to the text when the text is stripped at both ends."""
        if not fragment.isascii():
            try:
                fragment.encode()
            except UnicodeEncodeError as error:
                raise NativeRaise("UnicodeEncodeError", str(error)) from None
        if _CONTROL.search(fragment):
            fragment = _CONTROL.sub("", fragment)
        stripped = fragment.rstrip()
        if not stripped:
            self._space += fragment if self._read else ""
            return ""
        fresh = self._space + stripped if self._read else stripped.lstrip()
        self._space = fragment[len(stripped) :]
        return fresh

    def _grow(self, fresh: str) -> None:
        self._read.append(fresh)
        try:
            self._growing.receive(fresh)
        except MalformedError as error:
            raise self._refusal(error) from None
        if not self._growing.begun:
            raise self._refusal(None)

    def _snapshot(self) -> Snapshot:
        growing = self._growing
        if not self._read:
            return Snapshot((), self._form.blank)
        if growing.complete and (value := growing.value()) != {}:
            self._full = self._validate(value)
            return self._full
        try:
            if growing.odd:
                return Snapshot((), walk(growing.value(), self._form))
            return self._camera.take()
        except ValidationError as error:
            raise NativeRaise("ValidationError", str(error)) from None

    def _is_whole(self) -> bool:
        return not self._read or self._growing.complete

    def _validate(self, value: Json) -> Snapshot:
        try:
            return Snapshot((), self._form.validate(value))
        except ValidationError as error:
            raise NativeRaise("ValidationError", str(error)) from None

    def _refusal(self, ours: MalformedError | None) -> NativeRaise:
        """Asks jiter for the words in which it refuses the text; the iteration ends here, so this happens once."""
        try:
            jiter.from_json("".join(self._read).encode(), partial_mode="trailing-strings")
        except ValueError as error:
            return NativeRaise("ValueError", str(error))
        raise PluginError(__name__, f"jiter reads a text that the growing JSON refuses: {ours}")
