"""What every command prints with: colour that can be switched off, text made visible, JSON for machines.

Rules:
1. Text from streams, files and names passes `safe` before it reaches a terminal.
2. Results go to standard output, progress and errors to standard error.
3. `NO_COLOR` and a pipe switch colour off, and then standard output holds no escape sequence at all.
4. A pipe is as wide as the terminal that it ends in, as far as that can be known; `COLUMNS` overrules it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import IO, NoReturn

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from workbench.jsontext import write_json
from workbench.visible import visible

FINE, FINDINGS, USAGE, ENVIRONMENT = 0, 1, 2, 3
"""Exit codes: all is well; something was found; the call was wrong; the machine lacks something."""

VERDICT_STYLE = {
    "pass": "green",
    "fail": "red",
    "inexpressible": "yellow",
    "not-applicable": "dim",
    "not-run": "magenta",
    "crash": "bold red",
    "flaky": "magenta",
}
VERDICT_GLYPH = {
    "pass": "●",
    "fail": "✗",
    "inexpressible": "○",
    "not-applicable": "·",
    "not-run": "?",
    "crash": "!",
    "flaky": "~",
}
SELDOM = ("not-run", "crash", "flaky")
"""Verdicts that get a column only where there are any."""

HELP_WIDTH = 72
"""Characters of a call and its explanation that fit side by side into help, 80 columns wide."""

WIDE = 160
"""Columns of output that ends in no terminal."""

FORMAT = click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="text for people, JSON for machines.",
)


class ReaderLeftError(Exception):
    """Who read our output went away, as `head` does. It is no fault of anybody."""


class _Console(Console):
    """A console that says so when its reader left, where rich's own would end the program with exit code 1."""

    def on_broken_pipe(self) -> NoReturn:
        raise ReaderLeftError


def examples(*lines: tuple[str, str]) -> str:
    """Writes the examples below a command's help, for click's `epilog`.

    Args:
        lines: a call, and what it does in a few words.
    """
    wide = max(len(call) for call, _ in lines)
    if wide + max(len(what) for _, what in lines) > HELP_WIDTH:
        return "\b\nExamples:\n" + "\n".join(f"  {call}\n      {what}" for call, what in lines)
    return "\b\nExamples:\n" + "\n".join(f"  {call:{wide}}  {what}" for call, what in lines)


def _console(stream: IO[str], *, error: bool) -> Console:
    width = None if stream.isatty() or os.environ.get("COLUMNS") else _width_of_terminal()
    colour = None if os.environ.get("NO_COLOR") else "auto"
    return _Console(stderr=error, highlight=False, emoji=False, width=width, color_system=colour)  # type: ignore[arg-type]


def _width_of_terminal() -> int:
    """Columns of the terminal that a pipe most likely ends in: the one that shows our errors."""
    try:
        return os.get_terminal_size(2).columns or WIDE
    except OSError:
        return WIDE


def out() -> Console:
    """The console for results."""
    return _console(sys.stdout, error=False)


def err() -> Console:
    """The console for progress and errors."""
    return _console(sys.stderr, error=True)


def safe(text: object) -> str:
    """Makes text from outside safe for a console: hidden characters visible, markup inert."""
    return escape(visible(str(text)))


def elide(text: str, room: int) -> str:
    """Cuts the middle out of a text that is longer than `room` characters; head and tail stay."""
    if len(text) <= room:
        return text
    head = max(1, (room - 1) * 2 // 3)
    tail = max(0, room - 1 - head)
    return f"{text[:head]}…{text[len(text) - tail :]}"


def print_json(value: object) -> None:
    """Writes one JSON value and a line feed to standard output.

    Raises:
        ReaderLeftError: who read it went away.
    """
    try:
        click.echo(write_json(value))
        sys.stdout.flush()
    except BrokenPipeError as error:
        raise ReaderLeftError from error


def shown_verdicts(occurring: Iterable[Iterable[str]]) -> list[str]:
    """Lists the verdicts that a table needs a column for: the usual ones, and of the others those that occur."""
    found = {verdict for one in occurring for verdict in one}
    return [verdict for verdict in VERDICT_STYLE if verdict not in SELDOM or verdict in found]


def legend(verdicts: Iterable[str]) -> str:
    """Says what the glyphs stand for."""
    return "  ".join(f"[{VERDICT_STYLE[one]}]{VERDICT_GLYPH[one]}[/] {one}" for one in verdicts)


def _silent(done: int, total: int, what: str) -> None:
    """Says nothing: standard error is no terminal."""


@contextmanager
def progress(total_of: str) -> Iterator[Callable[[int, int, str], None]]:
    """Shows progress on standard error when that is a terminal; yields a `(done, total, what)` callback."""
    if not sys.stderr.isatty():
        yield _silent
        return
    columns = (
        TextColumn(total_of),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[what]}"),
    )
    with Progress(*columns, console=err(), transient=True) as bar:
        task = bar.add_task("", total=None, what="")

        def report(done: int, total: int, what: str) -> None:
            bar.update(task, completed=done, total=total, what=safe(what))

        yield report
