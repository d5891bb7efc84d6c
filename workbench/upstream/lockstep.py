"""Which frame an event belongs to, and when the next frame is sent.

A driver cannot know when its library is done with a frame, and an answer over HTTP has no frames for it. So the
harness, which sends the frames and reads the events, does the counting, in one of three ways:

- `Told`: the framework way. There is no HTTP; the driver pushes producer events and says after which frame it did so.
- `Free`: the body is played as it comes. An event's frame is the last one that was sent when the event was read: an
  upper bound, which differs from run to run. `Record.native(flat=True)` puts the last frame of the body in its place.
- `Lockstep`: frame n + 1 is sent when the driver is idle after frame n. An event's frame is then exact.

A driver is *idle* when, without a break for a quiet time, on every look:

1. what the server sent was read: the send and receive queues of the connection are empty;
2. every thread of every process of the driver sleeps;
3. nothing came out on its answers.

A driver that is not idle within the settling time gets the next frame all the same, and the frames after which that
happened are `unsettled`: from the first of them on, frames are upper bounds.

What the definition cannot see: a library that holds an event back on a timer longer than the quiet time, while all its
threads sleep, is counted with the frame that was sent meanwhile. So promptness is taken twice, with different quiet
times, and counts when both agree. Where the kernel tells neither queues nor threads (not Linux), 1 and 2 are passed
over and the quiet time is all there is: take a longer one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from workbench.upstream.group import Group
from workbench.upstream.netstat import in_flight_bytes
from workbench.upstream.replay import ReplayServer

QUIET_S = 0.02
LONG_QUIET_S = 2.5 * QUIET_S
"""For the second time: what a timer or the kernel holds back longer than the first then differs."""

_LOOK_S = 0.003
_REST_S = 0.05


class Pace(Protocol):
    """Says which frame a line belongs to, and moves the body on."""

    def frame(self) -> int:
        """Gives the index of the last frame that was sent."""

    def tick(self, group: Group, *, came: bool, waiting: Callable[[], bool]) -> float:
        """Is called again and again while a run is under way.

        Args:
            group: the driver's processes.
            came: whether anything came out of the driver since the last call.
            waiting: looks whether something of the driver's waits to be read.

        Returns:
            Seconds until it should be called again.
        """


class Told:
    """The driver says which frame it is."""

    def frame(self) -> int:
        """Gives -1: nothing is sent."""
        return -1

    def tick(self, group: Group, *, came: bool, waiting: Callable[[], bool]) -> float:
        """Has nothing to move."""
        return _REST_S


class Free:
    """The body is played as it comes."""

    def __init__(self, server: ReplayServer) -> None:
        self._server = server

    def frame(self) -> int:
        """Gives the last frame that was sent by now."""
        return self._server.frame_of(0)

    def tick(self, group: Group, *, came: bool, waiting: Callable[[], bool]) -> float:
        """Has nothing to move, unless a later answer is in lockstep."""
        return _REST_S


class Lockstep:
    """Frames are sent one by one, each when the driver is idle.

    Args:
        quiet_s: how long it must have been idle.
        settle_s: how long it is waited for.

    Attributes:
        unsettled: frames after which the driver was not idle in time.
    """

    def __init__(self, server: ReplayServer, *, quiet_s: float = QUIET_S, settle_s: float) -> None:
        self._server = server
        self._quiet_s = quiet_s
        self._settle_s = settle_s
        self._held_since: float | None = None
        self._idle_since: float | None = None
        self.unsettled: list[int] = []

    def frame(self) -> int:
        """Gives the last frame that was sent by now."""
        return self._server.frame_of(0)

    def tick(self, group: Group, *, came: bool, waiting: Callable[[], bool]) -> float:
        """Looks whether the driver is idle; sends the next frame once it was so for the quiet time."""
        if not self._server.held:
            self._held_since = self._idle_since = None
            return _LOOK_S
        now = time.monotonic()
        if self._held_since is None:
            self._held_since = now
        if came or not self._idle(group):
            self._idle_since = None
        elif self._idle_since is None:
            self._idle_since = now
        settled = self._idle_since is not None and now - self._idle_since >= self._quiet_s
        if not settled and now - self._held_since < self._settle_s:
            return _LOOK_S
        if not settled:
            self.unsettled.append(self.frame())
        # The driver may have written between the reader's last look and its falling asleep.
        elif waiting():
            self._idle_since = None
            return 0.0
        self._held_since = self._idle_since = None
        self._server.next()
        return 0.0

    def _idle(self, group: Group) -> bool:
        if group.asleep() is False:
            return False
        link = self._server.link  # asked second: the kernel walks over all its sockets for it
        return link is None or not in_flight_bytes(*link)
