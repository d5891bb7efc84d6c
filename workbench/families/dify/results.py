"""Usage, and the result of a call without streaming, in dify_plugin 0.7.4.

Rules:
1. Names, field order and defaults are the release's.
2. `prompt_messages` is deprecated there: whatever is given, the field holds an empty list. So a chunk does not repeat
   the prompt, and a stream of chunks grows in line with its text.

Source: dify_plugin 0.7.4, dify_plugin/entities/model/llm.py; the deprecation: dify-plugin-sdks pull request 88.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator

from workbench.families.dify.messages import AssistantPromptMessage, PromptMessage


def _none_of_them(_: object) -> list[PromptMessage]:
    return []


PromptMessages = Annotated[list[PromptMessage], BeforeValidator(_none_of_them)]
"""The deprecated copy of the prompt: always empty."""


class LLMUsage(BaseModel):
    """Tokens, prices and time. A plug-in without a price list reports prices of zero."""

    prompt_tokens: int
    prompt_unit_price: Decimal
    prompt_price_unit: Decimal
    prompt_price: Decimal
    completion_tokens: int
    completion_unit_price: Decimal
    completion_price_unit: Decimal
    completion_price: Decimal
    total_tokens: int
    total_price: Decimal
    currency: str
    latency: float

    @classmethod
    def empty_usage(cls) -> Self:
        """Makes a usage in which nothing is counted."""
        return cls.unpriced(0, 0)

    @classmethod
    def unpriced(cls, prompt_tokens: int, completion_tokens: int) -> Self:
        """Makes a usage with counts, without prices, and without the time that only a clock could tell."""
        free = Decimal("0.0")
        return cls(
            prompt_tokens=prompt_tokens,
            prompt_unit_price=free,
            prompt_price_unit=free,
            prompt_price=free,
            completion_tokens=completion_tokens,
            completion_unit_price=free,
            completion_price_unit=free,
            completion_price=free,
            total_tokens=prompt_tokens + completion_tokens,
            total_price=free,
            currency="USD",
            latency=0.0,
        )


class LLMResult(BaseModel):
    """A response as one message, with its usage. It has no reason for ending, no id and no field for reasoning."""

    model: str
    prompt_messages: PromptMessages = []
    message: AssistantPromptMessage
    usage: LLMUsage
    system_fingerprint: str | None = None
