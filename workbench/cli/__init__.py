"""The command `workbench`: one module per verb.

Exit codes: 0 fine, 1 findings, 2 usage, 3 environment. An error is one line that says what, where and what to do.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys

import click

from workbench import __version__
from workbench.cli.console import ENVIRONMENT, FINDINGS, USAGE, err, safe
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


class Verbs(click.Group):
    """Finds verbs by looking into this folder: a verb is a module that defines `command`, imported when called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all verbs."""
        names = (info.name for info in pkgutil.iter_modules(__path__))
        return sorted(name.removesuffix("_") for name in names if name != "console")

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One verb, or None when there is no such verb."""
        if cmd_name not in self.list_commands(ctx):
            return None
        names = {info.name.removesuffix("_"): info.name for info in pkgutil.iter_modules(__path__)}
        command: click.Command = importlib.import_module(f"{__name__}.{names[cmd_name]}").command
        return command


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="workbench")
def cli() -> None:
    r"""Measures what LLM streaming APIs keep and lose.

    A corpus of mixed streams (reasoning, text, tool calls) runs through designs; clauses judge what a user of each
    design can know. Start with:

    \b
      workbench run                      judge all designs on the whole corpus
      workbench inspect FILE             one body as each design shows it
      workbench explain llm              what one design keeps and loses, with evidence
      workbench compare llm dify-tagged  where two designs part
      workbench site --serve             look at everything in a browser

    Exit codes: 0 fine, 1 findings, 2 usage, 3 environment. NO_COLOR switches colour off.
    """


def main() -> None:
    """Runs the command line and turns errors into one line and an exit code."""
    try:
        code = cli.main(standalone_mode=False)
    except click.exceptions.Exit as ended:
        code = ended.exit_code
    except click.Abort:
        err().print("interrupted; nothing half-written was left")
        code = FINDINGS
    except click.ClickException as error:
        _complain(error.format_message())
        code = USAGE
    except WorkbenchError as error:
        _complain(str(error))
        code = next((exit_code for kind, exit_code in EXIT_OF.items() if isinstance(error, kind)), FINDINGS)
    except BrokenPipeError:
        # The reader of our output left, as `head` does. Python would complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as error:
        _complain(f"{error.filename or 'system'}: {error.strerror or error}")
        code = ENVIRONMENT
    sys.exit(code or 0)


def _complain(message: str) -> None:
    for index, line in enumerate(message.splitlines()):
        err().print(f"[bold red]workbench:[/] {safe(line)}" if index == 0 else safe(line), soft_wrap=True)
