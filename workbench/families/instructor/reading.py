"""What every reader of the family reads alike: how a stream broke off.

The exceptions of the providers' SDKs tell a failure, in the provider's words. Any other exception tells that something
raised, and no more.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from workbench.design import Native
from workbench.transcript import Failure, StreamFailed

SDK_ERRORS: Final = frozenset({"APIError", "APIStatusError"})
"""Names of what the openai and anthropic SDKs raise for an error inside the stream."""


def read_failure(native: Native) -> Iterator[StreamFailed]:
    """Yields the failure that an exception tells; nothing when none was raised, or another."""
    if native.raised is not None and native.raised.type in SDK_ERRORS:
        yield StreamFailed(native.raised.frame, Failure(native.raised.message))
