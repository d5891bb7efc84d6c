"""What would differ from run to run, stopped at its source, so that nothing has to be taken out of what is said.

- The clock: every timestamp that the library makes tells `MOMENT`. Those that a provider sent stay.
- Ids that the library makes up for calls without one count from 1 in each run.
- The port of the replay server, which would stand in every message as a part of the provider's URL.
"""

# mypy: disable-error-code="import-not-found,misc"
# The library is in the release's environment, and not in ours.
from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

from pydantic_ai import _utils
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.providers.openai import OpenAIProvider

MOMENT = datetime(2000, 1, 1, tzinfo=UTC)


class Stopped:
    """Stands for `datetime` where the library asks for the time; only `_utils.now_utc` does."""

    @staticmethod
    def now(tz: Any = None) -> datetime:
        """Tells always the same."""
        return MOMENT.astimezone(tz)


class Counted:
    """Stands for `uuid` where the library makes up an id; only `_utils.generate_tool_call_id` does."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    def uuid4(self) -> UUID:
        """Gives the next one."""
        return UUID(int=next(self._numbers))


def still() -> None:
    """Stops the clock and begins to count; for each run."""
    _utils.datetime = Stopped
    _utils.uuid = Counted()


def quiet(url: str) -> str:
    """Tells a URL without its port."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.hostname or ""))


class QuietOpenAI(OpenAIProvider):
    """The library's provider; what it tells of its URL is quiet, and where it sends to is not changed."""

    @property
    def base_url(self) -> str:
        """The URL that messages tell."""
        return quiet(str(self.client.base_url))


class QuietAnthropic(AnthropicProvider):
    """See `QuietOpenAI`."""

    @property
    def base_url(self) -> str:
        """The URL that messages tell."""
        return quiet(str(self.client.base_url))
