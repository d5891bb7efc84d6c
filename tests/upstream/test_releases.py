"""Releases are data that say all of a release and agree with their locks, or are refused with every fault."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.upstream.shelf import data, release, write
from workbench.errors import PluginError
from workbench.upstream.lockfile import Pin, parse_lock
from workbench.upstream.releases import all_libraries, all_releases, home

A, B = "a" * 64, "b" * 64

OURS = {
    "llm@0.31": "llm-text",
    "llm@0.32a0": "llm",
    "llm@0.32a1": "llm",
    "llm@0.32": "llm",
    "llm@0.36": "llm",
    "dify-plugin@0.7.4": "dify-tagged",
    "dify-plugin@0.10.2": "dify-tagged",
    "graphon@0.8.0": "dify-tagged",
    "instructor@1.12.0": "instructor-partial",
    "instructor@1.17.0": "instructor-partial",
}
"""Releases that are to be there whatever else is, each with the design that reads it."""


def pin(name: str, version: str, digest: str = A) -> str:
    """A line of a lock."""
    return f"{name}=={version} --hash=sha256:{digest}\n"


# -------------------------------------------------------------------------------------------------------------- our own


@pytest.mark.parametrize("name", OURS)
def test_release_is_tracked_with_its_lock(name: str) -> None:
    """Each release is there, has the design that reads its range of versions, and a lock."""
    found = all_releases()[name]
    assert OURS[name] == found.design
    assert found.lock_digest is not None


def test_every_release_of_ours_is_locked() -> None:
    """No entry waits for its lock, and official SDKs and Pydantic AI are among them."""
    releases = all_releases()
    assert [] == [name for name, one in releases.items() if one.lock_digest is None]
    assert {"openai", "anthropic", "pydantic-ai"} <= {one.library for one in releases.values()}


def test_oracles_are_the_official_sdks() -> None:
    """The SDKs that the corpus is held against are subjects as well."""
    roles = {one.library: set(one.roles) for one in all_releases().values()}
    assert {"anthropic", "openai"} == {name for name, held in roles.items() if "oracle" in held}
    assert [] == [name for name, held in roles.items() if "subject" not in held]


def test_companions_of_a_library_are_pinned_in_each_release() -> None:
    """What a library's file names as companions stands in each of its entries, with a version."""
    for library in all_libraries().values():
        for one in library.releases:
            named = [requirement.partition("==")[0] for requirement in one.companions]
            assert sorted(library.companions) == sorted(named), one.name


@pytest.mark.parametrize("path", sorted((home() / "locks").glob("*.txt")), ids=lambda path: path.stem)
def test_lock_holds_pins_and_says_how_it_was_resolved(path: Path) -> None:
    """A lock names its moment in its head; below are pins and, in comments, what needs them: no index, no path."""
    head, *rest = path.read_text(encoding="utf-8").splitlines()
    found = all_releases()[path.stem]
    assert re.fullmatch(rf"# {re.escape(path.stem)} as of \S+T00:00:00Z for Python {re.escape(found.python)}; .*", head)
    assert [] == [line for line in rest if "#" in line and not re.fullmatch(r" {4}# via [a-z0-9, -]+", line)]
    assert [] == [line for line in rest if "://" in line or line.startswith(("-", "/"))]


# --------------------------------------------------------------------------------------------------------------- a file


def test_a_file_is_read_as_it_stands(tmp_path: Path) -> None:
    """Each field of a release is what its entry or its library says."""
    entry = release("1.0", "2026-03-01", python=">=3.12", note='"Slow."', **{"with": '["beside==2.0"]'})
    text = data("tiny", releases=entry, extras='["more"]', built='["raw"]', companions='["beside"]')
    folder = write(tmp_path, {"data/tiny.toml": text, "locks/tiny@1.0.txt": pin("tiny", "1.0") + pin("beside", "2.0")})
    (one,) = all_releases(folder).values()
    assert ("tiny@1.0", "tiny", "1.0", "2026-03-01") == (one.name, one.library, one.version, one.date.isoformat())
    assert (">=3.12", ("beside==2.0",), ("subject",)) == (one.python, one.companions, one.roles)
    assert ("tiny-events", "tiny", ("more",), ("raw",)) == (one.design, one.index, one.extras, one.built)
    assert (("tiny",), "tiny", "Slow.") == (one.imports, one.driver, one.note)
    assert folder / "locks" / "tiny@1.0.txt" == one.lock
    assert parse_lock(one.lock.read_text()).digest == one.lock_digest


def test_releases_stand_in_the_order_of_versions(tmp_path: Path) -> None:
    """0.9 comes before 0.10, and a pre-release before its release, however the file has them."""
    order = ["0.9", "0.10a1", "0.10rc1", "0.10"]
    entries = "".join(release(version, "2026-03-01") for version in reversed(order))
    folder = write(tmp_path, {"data/tiny.toml": data("tiny", releases=entries)})
    assert order == [one.version for one in all_releases(folder).values()]


def test_release_without_lock_is_listed(tmp_path: Path) -> None:
    """It is there, and says that it cannot be installed."""
    folder = write(tmp_path, {"data/tiny.toml": data("tiny", releases=release("1.0", "2026-03-01"))})
    assert None is all_releases(folder)["tiny@1.0"].lock_digest


def test_ranges_tell_designs_apart(tmp_path: Path) -> None:
    """A pre-release belongs to the range that begins with it, and a variant may have a design of its own."""
    reads = '[[reads]]\nversions = "<2.0a0"\ndesign = "old"\n\n[[reads]]\nversions = ">=2.0a0"\ndesign = "new"\n'
    text = data("tiny").partition("[[reads]]")[0] + reads + 'variants = { whole = "other" }\n\n'
    text += "".join(release(version, "2026-03-01") for version in ("1.9", "2.0a0", "2.0"))
    found = all_releases(write(tmp_path, {"data/tiny.toml": text}))
    assert ["old", "new", "new"] == [one.design for one in found.values()]
    last = found["tiny@2.0"]
    assert ["new", "new", "other"] == [last.design_of(), last.design_of("sqlite"), last.design_of("whole")]
    assert "old" == found["tiny@1.9"].design_of("whole")


@pytest.mark.parametrize("versions", ["", ">=1", "<2"])
def test_range_holds_pre_releases(tmp_path: Path, versions: str) -> None:
    """A range need not name a pre-release to hold one: who tracks it wants it read."""
    text = data("tiny", releases=release("1.5a1", "2026-03-01")).replace('versions = ""', f'versions = "{versions}"')
    assert "tiny-events" == all_releases(write(tmp_path, {"data/tiny.toml": text}))["tiny@1.5a1"].design


ENTRY = release("1.0", "2026-03-01")
FAULTY = {
    "no TOML": ("library = ", "is no TOML: "),
    "key lacks": (data("tiny").replace("driver", "#"), "'driver' is a required property"),
    "key unknown": (data("tiny", colour='"red"'), "'colour' was unexpected"),
    "other name": (
        data("tiny").replace('"tiny"', '"small"', 1),
        "$.library: is 'small', and the file is called tiny.toml",
    ),
    "range": (data("tiny").replace('versions = ""', 'versions = "new"'), "$.reads: 'new' is no range of versions"),
    "companion": (data("tiny", companions='["a b"]'), "$.companions: 'a b' is no requirement"),
    "python": (
        data("tiny", releases=release("1.0", "2026-03-01", python=">=3.11,new")),
        "1.0: '>=3.11,new' is no range",
    ),
    "day": (data("tiny", releases=release("1.0", '"2026-02-30"')), "'2026-02-30' is not a 'date'"),
    "no version": (data("tiny", releases=release("new", "2026-03-01")), "new: is no version"),
    "not normal": (
        data("tiny", releases=release("1.0-alpha", "2026-03-01")),
        "1.0-alpha: is written 1.0a0 on the index",
    ),
    "twice": (data("tiny", releases=ENTRY + ENTRY), "1.0: occurs twice"),
    "no reader": (
        data("tiny", releases=ENTRY).replace('versions = ""', 'versions = ">1"'),
        "1.0: is read by no design; ",
    ),
    "two readers": (
        data("tiny", releases=ENTRY).replace("[[release]]", '[[reads]]\nversions = ">=1"\ndesign = "b"\n\n[[release]]'),
        "1.0: is read by tiny-events and b; ",
    ),
    "no role": (data("tiny", releases=ENTRY.replace('"subject"', "")), "$.release[0].roles: "),
    "loose": (data("tiny", releases=release("1.0", "2026-03-01", **{"with": '["a>=1"]'})), "'a>=1' does not match"),
}


@pytest.mark.parametrize(("text", "fault"), FAULTY.values(), ids=FAULTY)
def test_faulty_file_is_refused(tmp_path: Path, text: str, fault: str) -> None:
    """The message names the file, the place in it and what is wrong."""
    with pytest.raises(PluginError, match=re.escape(fault)) as caught:
        all_libraries(write(tmp_path, {"data/tiny.toml": text}))
    assert str(caught.value).startswith("data/tiny.toml: ")
    assert 1 == len(str(caught.value).splitlines())


def test_all_faults_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    """Who repairs a file sees all that is to be repaired."""
    text = data("tiny", releases=release("new", "2026-03-01") + release("1.0-a", "2026-03-01"))
    with pytest.raises(PluginError, match=r"new: is no version; .*1\.0-a: is written 1\.0a0"):
        all_libraries(write(tmp_path, {"data/tiny.toml": text}))


LOCKS = {
    "other version": (pin("tiny", "1.1"), "has tiny 1.1, and 1.0 is to have 1.0; lock it again"),
    "not in it": (pin("other", "1.0"), "has no tiny, and 1.0 is to have 1.0; lock it again"),
    "nothing": ("# empty\n", "nothing is pinned"),
    "no hash": ("tiny==1.0\n", "'tiny==1.0' is no exact pin with SHA-256 hashes"),
    "weak hash": ("tiny==1.0 --hash=md5:abc\n", "'tiny==1.0' is no exact pin with SHA-256 hashes"),
    "range": (pin("tiny", "1.0").replace("==", ">="), "'tiny>=1.0' is no exact pin"),
    "wildcard": (pin("tiny", "1.*"), "'tiny==1.*' is no exact pin"),
    "option": ("--pre\n" + pin("tiny", "1.0"), "'--pre' is no exact pin"),
    "path": ("./tiny.whl\n", "'./tiny.whl' is no exact pin"),
    "address": (
        f"tiny @ https://example.org/tiny.whl --hash=sha256:{A}\n",
        "'tiny @ https://example.org/tiny.whl' is no",
    ),
}


@pytest.mark.parametrize(("lock", "fault"), LOCKS.values(), ids=LOCKS)
def test_lock_that_says_otherwise_is_refused(tmp_path: Path, lock: str, fault: str) -> None:
    """A lock pins its own release, exactly and with hashes, and holds nothing but pins."""
    folder = write(tmp_path, {"data/tiny.toml": data("tiny", releases=ENTRY), "locks/tiny@1.0.txt": lock})
    with pytest.raises(PluginError, match=re.escape(f"locks/tiny@1.0.txt: {fault}")):
        all_libraries(folder)


def test_lock_has_the_companions_of_its_entry(tmp_path: Path) -> None:
    """An entry that was changed needs its lock anew."""
    text = data("tiny", releases=release("1.0", "2026-03-01", **{"with": '["beside==2.1"]'}))
    lock = pin("tiny", "1.0") + pin("beside", "2.0")
    with pytest.raises(PluginError, match=re.escape("has beside 2.0, and 1.0 is to have 2.1")):
        all_libraries(write(tmp_path, {"data/tiny.toml": text, "locks/tiny@1.0.txt": lock}))


def test_stray_lock_is_refused(tmp_path: Path) -> None:
    """A lock that no entry owns is named."""
    folder = write(tmp_path, {"data/tiny.toml": data("tiny"), "locks/tiny@1.0.txt": pin("tiny", "1.0")})
    with pytest.raises(PluginError, match=re.escape("locks/tiny@1.0.txt: is the lock of no release in the data")):
        all_libraries(folder)


# --------------------------------------------------------------------------------------------------------------- a lock


def test_pins_of_a_lock() -> None:
    """Name, version, marker and sorted hashes are read, over continued lines, and comments are not."""
    text = (
        f"# head\na-b==1.0 ; sys_platform == 'win32' \\\n    --hash=sha256:{B} \\\n    --hash=sha256:{A}\n    # via c\n"
    )
    expected = Pin("a-b", "1.0", "sys_platform == 'win32'", (f"sha256:{A}", f"sha256:{B}"))
    assert (expected,) == parse_lock(text).pins
    assert "a-b==1.0 ; sys_platform == 'win32'" == expected.requirement


def test_digest_is_of_what_is_pinned() -> None:
    """Comments and order change nothing; a version, a marker or a hash does."""
    first, second = pin("a", "1.0"), pin("b", "1.0")
    digest = parse_lock(first + second).digest
    assert digest == parse_lock(f"# later\n{second}    # via a\n{first}").digest
    others = (first, first + pin("b", "1.1"), first + pin("b", "1.0", B), first + second.replace(" -", " ; x == 'y' -"))
    assert 5 == len({digest, *(parse_lock(other).digest for other in others)})


def test_a_lock_less_some_packages_is_a_lock() -> None:
    """What is left pins the same files at the same places."""
    text = pin("a", "1.0") + f"b==2.0 ; os_name == 'nt' --hash=sha256:{A} --hash=sha256:{B}\n" + pin("c", "1.0")
    whole = parse_lock(text)
    assert whole.pins[:2] == parse_lock(whole.without({"c"})).pins
    assert whole.digest == parse_lock(whole.without(())).digest
