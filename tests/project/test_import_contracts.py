"""Each import contract of pyproject.toml is shown failing on a toy package which has the same names.

That the real package keeps them is `lint-imports`' job (`make lint`).
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
FOLDERS = ("designs", "clauses", "dialects", "miniatures")

# contract, importer (a file of the toy), what it imports, what the linter then says that may not be
BREACHES = [
    ("layers", "errors", "wire", "errors wire"),
    ("layers", "transcript", "wire", "transcript wire"),
    ("layers", "wire", "transcript", "wire transcript"),
    ("layers", "results", "harness", "results harness"),
    ("layers", "benchmarks", "pages", "benchmarks pages"),
    ("layers", "miniatures/one", "designs.one", "miniatures designs"),
    ("layers", "cli", "pytest_plugin", "cli pytest_plugin"),
    ("upstream-agreement", "upstream", "agreement", "upstream agreement"),
    ("upstream-query", "query", "upstream", "query upstream"),
    ("importers", "importers", "results", "importers results"),
    ("dialects", "dialects/one", "trace", "dialects trace"),
    ("seam", "native", "dialect", "native dialect"),
    ("pages", "pages", "harness", "pages harness"),
    ("pages", "pages", "corpus", "pages corpus"),
    ("agreement-query", "agreement", "corpus", "agreement corpus"),
    ("agreement-query", "query", "clauses", "query clauses"),
    ("clauses", "clauses/one", "wire", "clauses wire"),
    ("clauses", "clause", "design", "clause design"),
    ("designs", "designs/one", "trace", "designs trace"),
    ("designs-apart", "designs/one", "designs.two", "designs.one designs.two"),
    ("upstream", "upstream", "clauses", "upstream clauses"),
    ("core", "designs/one", "yaml", "designs yaml"),
    ("core", "wire", "socket", "wire socket"),
]
# The same through a third module, which may import what it does.
DETOURS = [
    ("clauses", "clauses/two", "trace", "clauses dialects"),
    ("designs", "designs/two", "design", "designs dialects"),
    ("core", "dialects/two", "discovery", "dialects asyncio"),
]
BRIDGES = [("trace", "dialects.one"), ("design", "dialects.one"), ("discovery", "asyncio")]


def toy(folder: Path, lines: list[tuple[str, str]]) -> dict[str, set[str]]:
    """Writes a package with every name of the contracts and the given imports; returns the breaches by contract."""
    names = set(re.findall(r"\w+", " ".join(CONTRACTS[0]["layers"])))
    package = folder / "workbench"
    files = {package / "__init__.py"}
    for name in names:
        inside = [f"{name}/{leaf}.py" for leaf in ("__init__", "one", "two")]
        files |= {package / leaf for leaf in (inside if name in FOLDERS else [f"{name}.py"])}
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    for importer, imported in lines:
        own = imported.partition(".")[0] in names
        with (package / f"{importer}.py").open("a") as file:
            file.write(f"import {'workbench.' if own else ''}{imported}\n")
    (folder / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    # The checkout is on the path through a .pth file, which comes after the folder that the program runs in.
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    command = [sys.executable, "-c", program, "--no-logo", "--no-cache"]
    report = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    assert "Contracts:" in report.stdout, report.stdout + report.stderr

    titles = {contract["name"]: contract["id"] for contract in CONTRACTS}
    breaches: dict[str, set[str]] = {}
    section = ""
    for line in report.stdout.replace("workbench.", "").splitlines():
        section = titles.get(line, section)
        if match := re.fullmatch(r"(\S+) is not allowed to import (\S+):", line):
            breaches.setdefault(section, set()).add(f"{match[1]} {match[2]}")
    return breaches


@pytest.fixture(scope="module")
def breaches(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """What the linter says of a toy with every forbidden import, by contract."""
    lines = [(importer, imported) for _, importer, imported, _ in BREACHES + DETOURS] + BRIDGES
    return toy(tmp_path_factory.mktemp("toy"), lines)


@pytest.mark.parametrize(("contract", "importer", "imported", "breach"), BREACHES + DETOURS)
def test_contract_can_fail(
    breaches: dict[str, set[str]], contract: str, importer: str, imported: str, breach: str
) -> None:
    """The linter names the forbidden import under the contract that forbids it."""
    assert breach in breaches.get(contract, set())


def test_contracts_keep_quiet_on_a_clean_package(tmp_path: Path) -> None:
    """Imports that DESIGN allows break nothing."""
    allowed = [("cli", "pages"), ("pages", "agreement"), ("harness", "clauses"), ("clauses/one", "trace")]
    allowed += [("designs/one", "design"), ("dialects/one", "wire"), ("wire", "errors"), ("importers", "corpus")]
    assert toy(tmp_path, allowed) == {}


def test_every_contract_is_shown_failing() -> None:
    """No contract is left without a case."""
    assert {contract["id"] for contract in CONTRACTS} == {case[0] for case in BREACHES + DETOURS}
