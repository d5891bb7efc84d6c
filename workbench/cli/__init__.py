"""The command `workbench`: one module per verb.

Exit codes: 0 fine, 1 findings, 2 usage, 3 environment. An error is one line that says what, where and what to do.

Rules:
1. A verb is a module of this folder that defines `command`; its name may end in an underscore, and begins with none.
2. No traceback reaches a user. What nobody foresaw is one line and exit code 3; `WORKBENCH_DEBUG=1` shows the rest.
3. When who reads our output leaves, as `head` does, that is the end and no error.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
from typing import TextIO

import click

from workbench import __version__
from workbench.cli._names import near
from workbench.cli.console import ENVIRONMENT, FINDINGS, FINE, USAGE, ReaderLeftError, err, examples, safe
from workbench.errors import (
    FixtureError,
    PluginError,
    ResultError,
    SubjectError,
    UsageError,
    WireError,
    WorkbenchError,
)

EXIT_OF: dict[type[WorkbenchError], int] = {
    WireError: FINDINGS,
    FixtureError: FINDINGS,
    SubjectError: FINDINGS,
    ResultError: USAGE,
    UsageError: USAGE,
    PluginError: ENVIRONMENT,
}

DEBUG = "WORKBENCH_DEBUG"
"""Set to anything, it lets tracebacks through."""

EPILOG = (
    examples(
        ("workbench run", "judge all designs on the whole corpus"),
        ("workbench explain llm", "what a design keeps and loses"),
        ("workbench compare llm dify-tagged", "where two designs part"),
        ("workbench inspect FILE", "a body as each design shows it"),
        ("workbench site --serve", "look at everything in a browser"),
    )
    + "\n\nExit codes: 0 fine, 1 findings, 2 usage, 3 environment. NO_COLOR switches colour off, and "
    f"{DEBUG}=1 lets tracebacks through."
)


class Verbs(click.Group):
    """Finds verbs by looking into this folder; each is imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all verbs."""
        return sorted(_modules())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One verb, or None when there is no such verb."""
        module = _modules().get(cmd_name)
        if module is None:
            return None
        command: click.Command = importlib.import_module(f"{__name__}.{module}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Finds the verb that was typed.

        Raises:
            UsageError: there is none; the message names the nearest, or all.
        """
        name = args[0]
        if not name.startswith("-") and name not in _modules():
            close = near(name, _modules())[:1]
            offer = f"did you mean `workbench {close[0]}`?" if close else f"there are {', '.join(sorted(_modules()))}"
            raise UsageError(f"no command {name!r}; {offer}")
        return super().resolve_command(ctx, args)


def _modules() -> dict[str, str]:
    """Verb to the name of its module."""
    names = (info.name for info in pkgutil.iter_modules(__path__))
    return {name.removesuffix("_"): name for name in names if not name.startswith("_") and name != "console"}


@click.group(
    cls=Verbs,
    invoke_without_command=True,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="workbench")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Measure what LLM streaming APIs keep and lose.

    A corpus of mixed streams (reasoning, text, tool calls) runs through designs, each a port of one API convention.
    Clauses judge what a user of each design can know: while it streams, in the final message, after storing it, in the
    next request, and in the eyes of older code.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def main() -> None:
    """Runs the command line and turns errors into one line and an exit code."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by the caller, as by `>&-`
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115 - a device, until the end
        else:
            # A terminal that cannot show a character gets its number, not an exception.
            stream.reconfigure(errors="backslashreplace")
    sys.exit(_run())


def _run() -> int:
    stdout = sys.stdout
    try:
        code = _guarded()
        stdout.flush()
    except (ReaderLeftError, BrokenPipeError):
        return _reader_left(stdout)
    except SystemExit:
        # click's own words for the same: it wraps the stream and leaves with 1.
        if sys.stdout is stdout:
            raise
        return _reader_left(stdout)
    except OSError as error:
        return _complain(f"output: {error.strerror or error}", ENVIRONMENT)
    return code


def _reader_left(stdout: TextIO) -> int:
    """Points standard output elsewhere, since Python would complain again when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stdout.fileno())
    return FINE


def _guarded() -> int:
    """Runs the command line; only what says that the reader left comes out as an exception."""
    try:
        return cli.main(standalone_mode=False) or FINE
    except (ReaderLeftError, BrokenPipeError):
        raise
    except click.Abort:
        return _complain("interrupted", FINDINGS)
    except click.ClickException as error:
        return _complain(_usage(error), USAGE)
    except WorkbenchError as error:
        if os.environ.get(DEBUG):
            raise
        code = next((exit_code for kind, exit_code in EXIT_OF.items() if isinstance(error, kind)), FINDINGS)
        return _complain(str(error), code, several=isinstance(error, FixtureError | ResultError))
    except OSError as error:
        if os.environ.get(DEBUG):
            raise
        return _complain(f"{error.filename or 'output'}: {error.strerror or error}", ENVIRONMENT)
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        return _complain(
            f"a fault of the workbench itself: {type(error).__name__}: {error}; please report it, with what "
            f"{DEBUG}=1 shows",
            ENVIRONMENT,
        )


def _usage(error: click.ClickException) -> str:
    """Words what click says of a wrong call, with the command whose help tells more."""
    said = " ".join(error.format_message().split()).rstrip(".")
    context = error.ctx if isinstance(error, click.UsageError) else None
    return f"{said}; see `{context.command_path if context else 'workbench'} --help`"


def _complain(message: str, code: int, *, several: bool = False) -> int:
    """Prints an error, in one line unless it is a list of faults, and passes the exit code on."""
    first, *more = message.splitlines() if several else [message]
    err().print(f"[bold red]workbench:[/] {safe(first)}", soft_wrap=True)
    for line in more:
        err().print(safe(line), soft_wrap=True)
    return code
