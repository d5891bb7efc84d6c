"""What using Instructor's iterable looks like: a list whose items can be worked on while the next ones are written.

With the library itself it reads

    client = instructor.from_openai(AsyncOpenAI())
    items = client.create_iterable(response_model=Stop, messages=messages)
    async for stop in items:
        visit(stop)

Here the same items come from the adapter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pydantic import BaseModel


def lines(items: Iterable[BaseModel]) -> Iterator[str]:
    """Yields one line for each item as it comes, and one that says how many there were.

    Args:
        items: what `create_iterable` yields.
    """
    count = 0
    for item in items:
        count += 1
        yield f"{count}. {item!r}"
    yield f"{count} in all" if count else "nothing was found, or there was no call: the two look alike"
