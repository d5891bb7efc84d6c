"""The exceptions that the workbench raises, one class per kind of fault.

WorkbenchError
  WireError         framing that cannot be read on             (byte offset)
  FixtureError      file, key and why
  PluginError       which plugin and what it lacks
  SubjectError      a subject raised, hung or broke the protocol (subject, fixture, captured stderr)
  ResultError       schema mismatch, duplicate, stale
  UsageError        what the command line asked for cannot be done, and what can

Rules:
1. Every message is one line that says what is wrong, where, and what to do about it.
2. A broken *stream* is data and never an exception: decoders attach diagnostics and keep what came before.
3. Loading collects all faults before raising (`FixtureError.faults`), so that a contributor sees them at once.
"""

from __future__ import annotations

from collections.abc import Sequence


class WorkbenchError(Exception):
    """Root of all exceptions raised on purpose by this package."""


class WireError(WorkbenchError):
    """Framing that cannot be read on.

    Attributes:
        offset: bytes from the start of the body.
    """

    def __init__(self, what: str, *, offset: int) -> None:
        super().__init__(f"{what} (at byte {offset})")
        self.offset = offset


class FixtureError(WorkbenchError):
    """One or more faults in a fixture folder or in an imported recording.

    Attributes:
        faults: one line per fault, each naming file, key and why.
    """

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        count = len(self.faults)
        head = self.faults[0] if count == 1 else f"{count} faults in fixtures"
        super().__init__("\n  ".join([head, *self.faults]) if count > 1 else head)


class PluginError(WorkbenchError):
    """A design, dialect, clause, miniature or benchmark that was found but cannot be used.

    Attributes:
        plugin: the module or folder that was found.
    """

    def __init__(self, plugin: str, lacks: str) -> None:
        super().__init__(f"{plugin}: {lacks}")
        self.plugin = plugin


class SubjectError(WorkbenchError):
    """A subject that raised, hung or broke the protocol.

    Attributes:
        subject: address of the subject.
        fixture: slug of the fixture it ran on.
        stderr: what the subject wrote to standard error, escaped.
    """

    def __init__(self, subject: str, fixture: str, what: str, *, stderr: str = "") -> None:
        super().__init__(f"{subject} on {fixture}: {what}")
        self.subject = subject
        self.fixture = fixture
        self.stderr = stderr


class ResultError(WorkbenchError):
    """A result file that does not match its schema, is a duplicate, or is stale."""


class UsageError(WorkbenchError):
    """What was asked for cannot be done; the message says what can."""
