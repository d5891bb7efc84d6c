"""What using Instructor with the completion looks like: the object, and beside it what the object does not tell.

With the library itself it reads

    client = instructor.from_openai(OpenAI())
    forecast, completion = client.create_with_completion(response_model=Forecast, messages=messages)
    book(completion.usage)

Here the same pair comes from the adapter, with the response as plain JSON.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import BaseModel


def lines(returned: Iterable[tuple[BaseModel, Any]]) -> Iterator[str]:
    """Yields the object, what was said around it, and what it cost; nothing where the call raised.

    Args:
        returned: what `create_with_completion` returned.
    """
    for found, completion in returned:
        yield f"{found!r}"
        if completion.get("type") == "message":
            for block in completion["content"]:
                yield from [block[kind] for kind in ("thinking", "text") if block["type"] == kind]
        else:
            message = completion["choices"][0]["message"]
            yield from [message[field] for field in ("reasoning_content", "content") if message.get(field)]
        usage = completion.get("usage") or {}
        spent = usage.get("completion_tokens", usage.get("output_tokens"))
        yield f"{'?' if spent is None else spent} tokens"
