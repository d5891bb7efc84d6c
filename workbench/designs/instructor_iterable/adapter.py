"""Instructor's streaming of finished items, in two halves: fragments of JSON, and the items that they finish.

`produce` is the provider's handler in TOOLS mode, the same as for partial objects. `accept` is the `tasks_from_chunks`
of an iterable model: each item is validated and handed out as soon as its last brace is there.

Rules, as in Instructor:
1. An item that does not fit the model raises at that moment; those before it were handed out.
2. A stream that ends within an item ends like any other: what there is of the item is dropped, and nothing raises.
3. Nothing is kept of the response: what a user holds in the end is the list that they made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from pydantic import BaseModel

from workbench.design import Adapter
from workbench.designs.instructor_iterable.items import Items
from workbench.families.instructor.fragments import find_fragment
from workbench.families.instructor.objects import dump, validate
from workbench.transcript import Delta, Json


class IterableAdapter(Adapter):
    """Our port for one response."""

    def __init__(self, model: type[BaseModel]) -> None:
        """Start a response.

        Args:
            model: the class of an item.
        """
        self._model: Final = model
        self._items: Final = Items()
        self._handed_out: list[BaseModel] = []

    def produce(self, step: Sequence[Delta]) -> Iterator[str]:
        """Yields the fragment of JSON that the handler finds in a chunk; nothing when there is none.

        Raises:
            NativeRaise: `APIError`, which the provider's SDK raises for an error inside the stream.
        """
        fragment = find_fragment(step)
        if fragment is not None:
            yield fragment

    def accept(self, event: object) -> Iterator[BaseModel]:
        """Yields the items that a fragment finishes; nothing when it finishes none.

        Raises:
            NativeRaise: `ValidationError`: an item is no JSON, or does not fit the model.
        """
        assert isinstance(event, str)  # noqa: S101 - what `produce` yields
        for text in self._items.receive(event):
            item = validate(self._model, text)
            self._handed_out.append(item)
            yield item

    def message(self) -> Json:
        """Returns the items that were handed out, as a list."""
        return [dump(item) for item in self._handed_out]

    def stored(self) -> Json:
        """Returns one document per item, as `model_dump_json(exclude_unset=True)` writes it."""
        return self.message()
