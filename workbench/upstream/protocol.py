"""The driver protocol, version 1: what harness and driver tell each other, as values.

`specs/driver-protocol.md` is the document for authors of drivers and `specs/schemas/driver.schema.json` the schema of
every line; `workbench.upstream.talk` holds the states, and what may be said when.

Rules:
1. What a driver is sent has every key that the document names, defaults in place: it need not know our defaults.
2. What a driver says is read strictly: an unknown key is a fault.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec
from msgspec import UNSET, Struct, UnsetType, field

from workbench.native import FramedEvent, Native
from workbench.transcript import FollowUp, Json, Raised, Request

VERSION = 1
"""Of the protocol. It grows with every change that a driver or a harness of before would trip over."""

Way = Literal["framework", "shipped"]
"""framework: our adapter's producer events are pushed through the real framework. shipped: the library with its own
provider code, against the replay server."""

At = Literal["event", "message", "stored", "restored", "request"]
"""Where a library raised: the answer in whose place the exception stands."""


class Variant(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, rename={"asynchronous": "async"}):
    """One way of using the library that is measured on its own.

    Attributes:
        id: permanent, kebab-case; it ends the subject's address.
        title: what it is, in words.
        asynchronous: it uses the library's asynchronous API.
        mode: of the library, where it has several, such as `TOOLS`.
        store: which stored form it makes, where the library has several.
        streamed: it asks the provider for a stream; otherwise it is played the response that is not streamed.
        ways: that it can be run in; all those of the driver when empty.
        dialects: that it can be run over; all those of the driver when empty.
    """

    id: str
    title: str = ""
    asynchronous: bool = False
    mode: str | None = None
    store: str | None = None
    streamed: bool = True
    ways: tuple[Way, ...] = ()
    dialects: tuple[str, ...] = ()


class Description(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a driver says of itself.

    Attributes:
        library: the package under test, as its index names it.
        release: the version that is really installed, asked of the installation.
        runtime: language and version, such as `CPython 3.12.3`.
        ways: that it can be run in.
        variants: at least one.
        dialects: that the library ships a provider for and the driver uses.
        packages: versions of other packages that matter, such as the provider plug-in.
    """

    library: str
    release: str
    runtime: str
    ways: tuple[Way, ...]
    variants: tuple[Variant, ...]
    dialects: tuple[str, ...] = ()
    packages: Mapping[str, str] = field(default_factory=dict)


class Earlier(Struct, frozen=True):
    """A turn before: its stored form as the driver gave it, and what the caller added to it."""

    stored: Json
    follow: FollowUp


class Run(Struct, frozen=True, kw_only=True):
    """What a driver is asked to do once.

    Attributes:
        request: the neutral request, with the conversation so far.
        base_url: where the body is replayed, without a path; empty in the framework way.
        follow: what to send after the response; None: nothing.
        events: the producer events to push, each with its frame; empty in the shipped way.
        history: the turns before, oldest first.
    """

    way: Way
    variant: str
    dialect: str
    request: Request
    base_url: str = ""
    follow: FollowUp | None = None
    events: Sequence[FramedEvent] = ()
    history: Sequence[Earlier] = ()


class Record(Struct, frozen=True, kw_only=True):
    """What a driver answered to one run.

    Attributes:
        events: native events, each with its frame: in the framework way as the driver said it, in the shipped way as
            the harness stamped it.
        raised: what the library raised, by where.
        declined: why the driver cannot do this run at all; then there is nothing else.
    """

    events: tuple[FramedEvent, ...] = ()
    legacy: tuple[FramedEvent, ...] = ()
    raised: Mapping[At, Raised] = field(default_factory=dict)
    message: Json | UnsetType = UNSET
    stored: Json | UnsetType = UNSET
    restored: Json | UnsetType = UNSET
    request: Json | UnsetType = UNSET
    declined: str | None = None

    def native(self, last_frame: int, *, request: Json | UnsetType = UNSET, flat: bool = False) -> Native:
        """Gives the record as native JSON.

        Args:
            last_frame: index of the last frame of the body.
            request: the next request as the replay server received it, for the shipped way.
            flat: the frames are mere upper bounds, which differ from run to run: put the last frame in their place.
        """

        def framed(events: tuple[FramedEvent, ...]) -> tuple[FramedEvent, ...]:
            return tuple((last_frame, event) for _, event in events) if flat else events

        raised = self.raised.get("event")
        if raised is not None and flat:
            raised = Raised(raised.type, raised.message, last_frame)
        return Native(
            events=framed(self.events),
            legacy=framed(self.legacy),
            raised=raised,
            message=self.message,
            stored=self.stored,
            restored=self.restored,
            request=self.request if request is UNSET else request,
            last_frame=last_frame,
        )


def request_json(request: Request) -> Json:
    """Writes a neutral request for drivers: the top three levels with every key, defaults in place."""
    return {
        "messages": [
            {"role": message.role, "parts": [msgspec.to_builtins(part) for part in message.parts]}
            for message in request.messages
        ],
        "tools": [
            {
                "name": tool.name,
                "description": tool.description,
                "parameters": dict(tool.parameters),
                "result": tool.result,
            }
            for tool in request.tools
        ],
        "response_schema": request.response_schema,
        "model": request.model,
    }


def _follow_json(follow: FollowUp | None) -> Json:
    return None if follow is None else {"results": dict(follow.results), "prompt": follow.prompt}


def run_json(run: Run) -> Json:
    """Writes a run for drivers, every key in place."""
    return {
        "way": run.way,
        "variant": run.variant,
        "dialect": run.dialect,
        "base_url": run.base_url,
        "request": request_json(run.request),
        "follow": _follow_json(run.follow),
        "events": [[frame, event] for frame, event in run.events],
        "history": [{"stored": turn.stored, "follow": _follow_json(turn.follow)} for turn in run.history],
    }
