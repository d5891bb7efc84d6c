"""Help teaches: what a verb is for, its options, and examples that can be typed."""

from __future__ import annotations

import re
import shlex

import click
import pytest
from click.testing import CliRunner

from tests.cli.conftest import Call
from workbench import __version__
from workbench.cli import EXIT_OF, cli

VERBS = ("bench", "compare", "corpus", "explain", "inspect", "list", "run", "site", "upstream")


def help_of(*words: str) -> str:
    """The help of a command, 80 columns wide."""
    result = CliRunner().invoke(cli, [*words, "--help"], terminal_width=80, prog_name="workbench")
    assert 0 == result.exit_code
    return result.output


def examples_of(text: str) -> list[str]:
    """The calls below "Examples:", each up to its explanation."""
    lines = text.partition("Examples:\n")[2].splitlines()
    return [line.strip().partition("  ")[0] for line in lines if re.match(r" {4}\S", line)]


def test_a_bare_call_shows_the_help(call: Call) -> None:
    """Without arguments the command says what it is, on standard output, and ends well."""
    called = call()
    assert (0, "") == (called.code, called.err)
    assert called.out.startswith("Usage: workbench")


def test_help_names_every_verb_and_exit_code() -> None:
    """The first page lists all verbs, each in one whole sentence, and says what exit codes mean."""
    text = help_of()
    listed = text.partition("Commands:\n")[2].partition("\n\n")[0]
    assert list(VERBS) == [line.split()[0] for line in listed.splitlines()]
    assert [] == [line for line in listed.splitlines() if not line.endswith(".") or line.endswith("...")]
    assert "Exit codes: 0 fine, 1 findings, 2 usage, 3 environment." in " ".join(text.split())
    assert {1, 2, 3} == set(EXIT_OF.values())


@pytest.mark.parametrize("words", [(), *((verb,) for verb in VERBS), ("corpus", "render")], ids=" ".join)
def test_help_fits_a_terminal(words: tuple[str, ...]) -> None:
    """No line of help is wider than 80 columns."""
    assert [] == [line for line in help_of(*words).splitlines() if len(line) > 80]


@pytest.mark.parametrize(
    "words", [*((verb,) for verb in VERBS if verb != "corpus"), ("corpus", "render")], ids=" ".join
)
def test_examples_can_be_typed(words: tuple[str, ...]) -> None:
    """Each verb has examples of itself, and their options and arguments are ones that it takes."""
    examples = examples_of(help_of(*words))
    assert examples
    for example in examples:
        typed = shlex.split(example.partition("workbench ")[2])
        assert list(words) == typed[: len(words)]
        command: click.Command = cli
        for word in words:
            assert isinstance(command, click.Group)
            found = command.get_command(click.Context(command), word)
            assert found is not None
            command = found
        command.make_context("workbench", typed[len(words) :])


def test_version(call: Call) -> None:
    """`--version` names the program and its version."""
    assert f"workbench, version {__version__}\n" == call("--version").out
