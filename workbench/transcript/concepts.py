"""The concepts that a streaming API may carry: the rows of the crosswalk.

A design's `carries` table says for each phase which path in its native JSON holds a concept. A clause names the
concepts that it needs. Rules:
1. An id never changes. Dots group related concepts and mean nothing else.
2. `dyed` concepts hold scalars, so a fixture can dye them and the declared path is proven by finding the dye there. The
   others are booleans, order and boundaries, and rest on the table and on observation.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

Phase: TypeAlias = Literal["live", "final", "stored", "resumed", "legacy"]
PHASES: tuple[Phase, ...] = ("live", "final", "stored", "resumed", "legacy")


class Concept(Struct, frozen=True):
    """One thing that an API may carry.

    Attributes:
        meaning: half a sentence for the crosswalk's first column.
        dyed: whether fixtures mark it with unique strings.
    """

    id: str
    meaning: str
    dyed: bool = True


_ALL = (
    Concept("text", "answer text"),
    Concept("reasoning", "text of reasoning"),
    Concept("reasoning.signature", "the provider's proof over a reasoning block"),
    Concept("reasoning.data", "opaque payload of redacted or encrypted reasoning"),
    Concept("reasoning.redacted", "that reasoning happened and is withheld", dyed=False),
    Concept("reasoning.form", "whether reasoning is raw or a summary", dyed=False),
    Concept("call.name", "name of the tool that is called"),
    Concept("call.id", "identifier of a tool call"),
    Concept("call.arguments", "arguments of a tool call, as text or as a value"),
    Concept("call.arguments.text", "argument text exactly as sent", dyed=False),
    Concept("call.value", "arguments as a value, while they arrive", dyed=False),
    Concept("call.server", "that the provider runs the tool itself", dyed=False),
    Concept("result.output", "output of a tool that the provider ran"),
    Concept("result.call", "which call a tool result answers"),
    Concept("refusal", "text of a refusal, told from answer text"),
    Concept("part.order", "order of parts of different kinds", dyed=False),
    Concept("part.boundary", "where one part ends and the next of its kind begins", dyed=False),
    Concept("part.start", "that a part begins, stated", dyed=False),
    Concept("part.end", "that a part has ended, stated", dyed=False),
    Concept("message.index", "which message of the response a part belongs to", dyed=False),
    Concept("finish", "the reason for ending", dyed=False),
    Concept("usage", "input and output token counts"),
    Concept("usage.reasoning", "tokens spent on reasoning"),
    Concept("usage.cached", "input tokens read from a cache"),
    Concept("response.id", "identifier of the response"),
    Concept("response.model", "the model that answered"),
    Concept("failure", "an error that the provider reported inside the stream"),
    Concept("truncation", "that the body ended before the dialect's own end", dyed=False),
)

CONCEPTS: dict[str, Concept] = {concept.id: concept for concept in _ALL}
"""All concepts by id, in the order of the crosswalk's rows."""
