"""Rules of this project that no linter knows, each in a few lines.

That modules, public names and tests have docstrings is ruff's job (rules D), and directions of imports are the import
linter's; see `test_import_contracts`.
"""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import workbench
from workbench import errors

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 400
LONG_MODULES: dict[str, str] = {}
"""Modules past the limit, each with the reason why it is one job all the same."""

EDGE = {
    "benchmarks",
    "cli",
    "corpus",
    "files",
    "harness",
    "importers",
    "pages",
    "pytest_plugin",
    "query",
    "results",
    "upstream",
}
"""What may do I/O or need more packages; whatever is not named here is core."""
CORE_NEEDS = {"jiter", "msgspec", "pydantic", "workbench"}

REGISTRY = re.compile(r"(?i)\b(?:files\.)?py(?:pi\.|thonhosted\.)org|\bnpm" r"js\.(?:org|com)|//deb\.")
MACHINE_PATH = re.compile(r"(?<![\w.~}*-])/(?:home|root|Users|work|workspace)/\w")


def tracked_files() -> list[Path]:
    """Files that are, or are about to be, under version control."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    found = subprocess.run(listing, cwd=ROOT, capture_output=True, check=False)
    if found.returncode:
        pytest.skip("not a git checkout: nothing says which files belong to the project")
    paths = (ROOT / name for name in found.stdout.decode().split("\0") if name)
    return [path for path in paths if path.is_file()]


def modules() -> list[Path]:
    """Hand-written modules of the package."""
    return sorted((ROOT / "workbench").rglob("*.py"))


def requirements(name: str) -> dict[str, list[str]]:
    """Pins of a lock, each with its hashes."""
    text = re.sub(r"\\\n", " ", (ROOT / name).read_text())
    lines = [line.split() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return {words[0]: [word for word in words if word.startswith("--hash=sha256:")] for words in lines}


def test_modules_are_small() -> None:
    """No module is longer than the limit unless a reason is written down, and no reason outlives its module."""
    long = {
        str(path.relative_to(ROOT)) for path in modules() if len(path.read_text(encoding="utf-8").splitlines()) > LIMIT
    }
    assert long == set(LONG_MODULES)


@pytest.mark.parametrize("pattern", [REGISTRY, MACHINE_PATH], ids=["registry-host", "machine-path"])
def test_tree_names_no_registry_and_no_machine_path(pattern: re.Pattern[str]) -> None:
    """No file names a package registry's host, or a path of the machine that it was written on."""
    hits = []
    for path in tracked_files():
        text = path.read_bytes().decode("utf-8", "replace")
        hits += [f"{path.relative_to(ROOT)}: {match.group()}" for match in pattern.finditer(text)]
    assert hits == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-uv.txt"])
def test_locks_hold_pins_with_hashes_and_nothing_else(name: str) -> None:
    """Each line of a lock is an exact pin with hashes: no index, no link, no path."""
    pins = requirements(name)
    assert pins
    assert [pin for pin, hashes in pins.items() if not hashes or not re.fullmatch(r"[\w.-]+==[\w.+!]+", pin)] == []


def test_locks_agree_on_uv() -> None:
    """The uv that is installed first is the one that the environment has."""
    assert set(requirements("requirements-uv.txt")) <= set(requirements("requirements.txt"))


def test_lock_covers_every_named_dependency() -> None:
    """What pyproject.toml names is in the lock: nobody forgot `make lock`."""
    data = tomllib.loads((ROOT / "pyproject.toml").read_text())
    lists = [data["project"]["dependencies"], *data["project"]["optional-dependencies"].values()]
    lists += data["dependency-groups"].values()
    named = {re.split(r"[=<>!~ \[]", entry)[0] for entries in lists for entry in entries if isinstance(entry, str)}
    locked = {pin.partition("==")[0] for pin in requirements("requirements.txt")}
    assert named - locked == set()


@pytest.mark.parametrize(
    ("path", "value"),
    [("fixtures/any/openai-chat.sse", "unset"), ("fixtures/any/fixture.yaml", "unset"), ("workbench/cli.py", "auto")],
)
def test_git_leaves_bodies_alone(path: str, value: str) -> None:
    """Git converts line endings nowhere below fixtures/."""
    found = subprocess.run(["git", "check-attr", "text", path], cwd=ROOT, capture_output=True, text=True, check=False)
    if found.returncode:
        pytest.skip("not a git checkout: attributes cannot be asked for")
    assert f"{path}: text: {value}" == found.stdout.strip()


def test_drawn_error_tree_is_the_real_one() -> None:
    """The tree in the docstring of `workbench.errors` names each exception below its parent, and no other."""
    drawn: dict[str, str] = {}
    above: list[tuple[int, str]] = [(-1, "Exception")]
    for indent, name in re.findall(r"(?m)^( *)([A-Z]\w*Error)\b", errors.__doc__ or ""):
        above = [entry for entry in above if entry[0] < len(indent)]
        drawn[name] = above[-1][1]
        above.append((len(indent), name))
    kinds = (kind for _, kind in inspect.getmembers(errors, inspect.isclass) if kind.__module__ == errors.__name__)
    assert drawn == {kind.__name__: kind.__base__.__name__ for kind in kinds if issubclass(kind, BaseException)}


def test_core_needs_three_packages() -> None:
    """The core imports the standard library, pydantic, jiter and msgspec, so that it also runs in a browser."""
    foreign = []
    for path in modules():
        if path.relative_to(ROOT / "workbench").parts[0].removesuffix(".py") in EDGE:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            roots = {name.partition(".")[0] for name in names}
            foreign += [f"{path.relative_to(ROOT)}: {root}" for root in roots - CORE_NEEDS - sys.stdlib_module_names]
    assert foreign == []


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_documented_verbs_exist(name: str) -> None:
    """Every `make` verb that a document names is a target."""
    targets = set(re.findall(r"(?m)^([a-z]+):", (ROOT / "Makefile").read_text()))
    assert set(re.findall(r"\bmake ([a-z]+)\b(?=[`\s,;.)])", _code(name))) - targets == set()


def _code(name: str) -> str:
    """The code spans and code blocks of a document."""
    return "\n".join(re.findall(r"(?s)```.*?```|`[^`\n]+`", (ROOT / name).read_text(encoding="utf-8")))


def test_changelog_begins_with_this_version() -> None:
    """The newest heading of the changelog is the package's version, or says that it is not yet released."""
    newest = re.findall(r"(?m)^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))[0]
    assert newest in {"Unreleased", workbench.__version__}
