"""What results of a body depend on, as a digest: the bytes, what was asked, and what is true of them.

Releases are run seldom, and fixtures are added often. So results as shipped say of each body which one it was: what is
on file stays true for a body that did not change, whatever else came to the corpus.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import msgspec

from workbench.harness.run import ReadBody
from workbench.jsontext import canonical


def body_digest(body: ReadBody) -> str:
    """Hashes all of a body that a verdict can depend on, to 16 hex digits."""
    facts = {
        "request": msgspec.to_builtins(body.turn.request),
        "follow": msgspec.to_builtins(body.turn.follow),
        "truth": msgspec.to_builtins(body.truth.projected),
        "lockstep": body.fixture.lockstep,
    }
    return hashlib.sha256(canonical(facts) + b"\0" + body.body.data).hexdigest()[:16]


def digests(bodies: Iterable[ReadBody]) -> dict[str, str]:
    """Gives the digest of each body by its name, such as `text-only/1@openai-chat`."""
    return {str(body.address): body_digest(body) for body in bodies}
