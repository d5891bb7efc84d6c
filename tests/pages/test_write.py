"""Which pages are written, and what stands on all of them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.pages import sample
from tests.pages.shipped_sample import shipped
from workbench.errors import ResultError
from workbench.pages import write_pages
from workbench.pages.render import FOLDER
from workbench.results import ResultSet, read, write

ROOT = Path(__file__).resolve().parents[2]

INDEX = {
    *("index", "designs/index", "clauses/index", "fixtures/index", "crosswalk", "camps", "miniatures", "dialects"),
    *("benchmarks", "methodology", "bias", "releases/index"),
}
RUN = ("2026-11-23", "Linux Quillfeather", "3.11")
LEAVES = {
    *(f"designs/{one}" for one in sample.DESIGNS),
    *(f"clauses/{one}" for one in sample.CLAUSES),
    *("fixtures/plain", "fixtures/turns"),
    *("releases/lib", "releases/other"),
}


def written(
    tmp_path: Path, results: ResultSet | None = None, *, text: str = "Quillfeather", releases: ResultSet | None = None
) -> Path:
    """Writes all pages of the sample; returns the folder."""
    write_pages(
        results or sample.results(text),
        lanes=sample.write_lanes(tmp_path / "lanes", text),
        benchmarks=None,
        hand_written=ROOT / "site",
        out=tmp_path / "pages",
        shipped=releases or shipped(text),
    )
    return tmp_path / "pages"


def unreleased(tmp_path: Path) -> Path:
    """Writes all pages of the sample without results as shipped; returns the folder."""
    write_pages(sample.results(), lanes=tmp_path, benchmarks=None, hand_written=ROOT / "site", out=tmp_path / "pages")
    return tmp_path / "pages"


def test_without_results_as_shipped_pages_say_so(tmp_path: Path) -> None:
    """A clone before the first run of releases has every page but those of libraries, and says what is missing."""
    out = unreleased(tmp_path)
    assert INDEX | {one for one in LEAVES if not one.startswith("releases/")} == {
        path.relative_to(out).with_suffix("").as_posix() for path in out.rglob("*.md")
    }
    silent = [
        name
        for name in ("index", "releases/index", "designs/alpha")
        if "No results as shipped are on file" not in (out / f"{name}.md").read_text("utf-8")
    ]
    assert [] == silent


def test_every_page_has_its_address(tmp_path: Path) -> None:
    """Addresses are made of ids, and each thing has one page."""
    out = written(tmp_path)
    assert INDEX | LEAVES == {path.relative_to(out).with_suffix("").as_posix() for path in out.rglob("*.md")}


def test_what_is_returned_is_what_was_written(tmp_path: Path) -> None:
    """The list of pages is complete."""
    pages = write_pages(
        sample.results(), lanes=tmp_path, benchmarks=None, hand_written=ROOT / "site", out=tmp_path / "pages"
    )
    assert sorted(pages) == sorted((tmp_path / "pages").rglob("*.md"))


def test_leaves_are_out_of_the_search(tmp_path: Path) -> None:
    """The index pages are found by search, one of many is not."""
    out = written(tmp_path)
    excluded = {name for name in INDEX | LEAVES if "exclude: true" in (out / f"{name}.md").read_text("utf-8")[:200]}
    assert LEAVES == excluded


def test_navigation_holds_index_pages_only(tmp_path: Path) -> None:
    """Every page of the navigation is written, every other index page too, and no leaf stands in it."""
    import yaml

    config = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))
    assert INDEX == {path.removesuffix(".md") for entry in config["nav"] for path in entry.values()}


@pytest.mark.parametrize("name", sorted(INDEX | LEAVES))
def test_every_page_says_what_it_was_made_from(tmp_path: Path, name: str) -> None:
    """Versions, date and platform stand at the foot of each page: of the run as designed, or of the one as shipped."""
    text = (written(tmp_path) / f"{name}.md").read_text("utf-8")
    run = ("2026-11-24", "BSD Quillfeather", "3.12") if name.startswith("releases/") else RUN
    assert ("c0ffee00c0ffee00", "facade00facade00", *run) == tuple(
        re.findall(r"<dd>([^<]*)</dd>", text.replace("&#45;", "-"))[-6:-1]
    )


def test_pages_of_an_earlier_run_are_removed(tmp_path: Path) -> None:
    """The folder holds this run's pages and nothing else."""
    stale = tmp_path / "pages" / "designs" / "gone.md"
    stale.parent.mkdir(parents=True)
    stale.write_text("gone")
    written(tmp_path)
    assert not stale.exists()


def test_equal_results_leave_files_alone(tmp_path: Path) -> None:
    """A second run touches nothing."""
    out = written(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}
    written(tmp_path)
    assert before == {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}


def test_pages_come_from_files_alone(tmp_path: Path) -> None:
    """Results that went through their files give the same pages, to the byte."""
    direct = written(tmp_path / "a")
    write(sample.results(), tmp_path / "data")
    write(shipped(), tmp_path / "data" / "shipped")
    through = written(tmp_path / "b", read(tmp_path / "data"), releases=read(tmp_path / "data" / "shipped"))
    pages = [path.relative_to(direct) for path in direct.rglob("*.md")]
    assert [(direct / one).read_bytes() for one in pages] == [(through / one).read_bytes() for one in pages]


def test_lanes_can_be_downloaded(tmp_path: Path) -> None:
    """The lanes' JSON lies beside the pages, byte for byte, and is linked."""
    out = written(tmp_path)
    source = tmp_path / "lanes" / "plain" / "1.openai-chat.json"
    assert source.read_bytes() == (out / "data" / "lanes" / "plain" / "1.openai-chat.json").read_bytes()
    assert "../data/lanes/plain/1.openai-chat.json" in (out / "fixtures" / "plain.md").read_text("utf-8")


def test_missing_lanes_are_said_to_be_missing(tmp_path: Path) -> None:
    """A body without lanes keeps its place, and the page says how to make them."""
    text = (written(tmp_path) / "fixtures" / "turns.md").read_text("utf-8")
    assert "The lanes of this body are not at hand" in text


def test_missing_benchmarks_are_said_to_be_missing(tmp_path: Path) -> None:
    """No number is made up."""
    assert "There is no benchmark output at hand" in (written(tmp_path) / "benchmarks.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("content", "words"),
    [("{", "not JSON"), ('{"format": 99}', "of another format"), ("[]", "of another format")],
)
def test_unreadable_benchmarks_are_said_to_be_unreadable(tmp_path: Path, content: str, words: str) -> None:
    """A broken file is named as such and breaks nothing."""
    (tmp_path / "latest.json").write_text(content)
    write_pages(
        sample.results(), lanes=tmp_path, benchmarks=tmp_path, hand_written=ROOT / "site", out=tmp_path / "pages"
    )
    assert words in (tmp_path / "pages" / "benchmarks.md").read_text("utf-8")


def interval(value: float) -> Any:
    """An estimate with its interval."""
    return {"value": value, "low": value * 0.9, "high": value * 1.1}


def report() -> Any:
    """A benchmark report of two sizes."""
    rows = [
        {
            "benchmark": benchmark,
            "subject": subject,
            "body": f"mixed-{n}@openai-chat",
            "rounds": 5,
            "iterations": 1,
            "median_s": 0.1,
            "min_s": 0.1,
            "q1_s": 0.1,
            "q3_s": 0.1,
            "us_per_delta": 2.0,
            "us_per_frame": 2.0,
            "ratio": None if benchmark == "floor" else interval(2.0),
            "digest": "0",
            "checked": ["generator"],
            "python_calls": 7,
            "python_calls_per_frame": 0.7,
            "peak_bytes": 9_000,
        }
        for benchmark, subject in (("floor", None), ("adapter", "alpha"), ("adapter", "beta"))
        for n in (200, 2000)
    ]
    bodies = [
        {"id": f"mixed-{n}@openai-chat", "workload": "mixed", "dialect": "openai-chat", "n": n, "bytes": n * 9}
        | {"frames": n, "deltas": n, "digest": "0"}
        for n in (200, 2000)
    ]
    growing = {"benchmark": "adapter", "subject": "alpha", "workload": "mixed", "dialect": "openai-chat"}
    benchmarks = [
        {"id": one, "title": one, "explain": one, "outside": "nothing", "group": group}
        for one, group in (("floor", "floor"), ("adapter", "design"))
    ]
    aim = {"id": "a", "what": "It is cheap.", "limit": 2.5, "unit": "times", "value": 2.0, "low": 1.9, "high": 2.1}
    return {
        "format": 1,
        "date": "2026-11-23",
        "mode": "short",
        "command": "workbench bench --short",
        "workbench": "0.1.0",
        "seconds": 9.0,
        "versions": {"orjson": "3"},
        "method": [{"what": "w", "how": "h"}],
        "machine": {"cpu": "Imaginary", "cores": 2, "os": "Linux", "python": "CPython 3.11", "load_before": 0.1}
        | {"load_after": 0.2},
        "workloads": [{"id": "mixed", "title": "Mixed", "explain": "everything"}],
        "bodies": bodies,
        "benchmarks": benchmarks,
        "rows": rows,
        "aims": [{**aim, "state": "met"}],
        "growth": [{**growing, "counts": [200, 2000], "us_per_delta": [2.0, 2.1], "exponent": interval(1.0)}],
        "left_out": [{**growing, "subject": "gamma", "reason": "needs a schema"}],
        "discarded": [{"benchmark": "adapter", "subject": "beta", "body": "x", "why": "wrong digest"}],
    }


def test_benchmarks_stand_with_machine_interval_and_what_was_left_out(tmp_path: Path) -> None:
    """Ratios have intervals, overlapping ones are undecided, and nothing that is missing goes unsaid."""
    (tmp_path / "latest.json").write_text(json.dumps(report()))
    write_pages(
        sample.results(), lanes=tmp_path, benchmarks=tmp_path, hand_written=ROOT / "site", out=tmp_path / "pages"
    )
    text = (tmp_path / "pages" / "benchmarks.md").read_text("utf-8")
    expected = ("Imaginary", "2.00 (1.80 to 2.20)", "adapter alpha and adapter beta", "needs a schema", "wrong digest")
    assert [] == [words for words in expected if words not in text]


def test_no_results_is_one_line_that_says_what_to_do(tmp_path: Path) -> None:
    """Without a complete run there are no pages."""
    empty = ResultSet({}, {}, {}, {}, {})
    with pytest.raises(ResultError, match="`workbench run` makes them"):
        write_pages(empty, lanes=tmp_path, benchmarks=None, hand_written=ROOT / "site", out=tmp_path / "pages")


def test_left_out_cells_are_counted_with_reasons(tmp_path: Path) -> None:
    """Home, and each page of a design and a fixture, says how many cells were left out and why."""
    out = written(tmp_path)
    for name in ("index", "designs/gamma", "fixtures/plain"):
        text = (out / f"{name}.md").read_text("utf-8")
        assert ("no stored phase" in text, "raised: Quillfeather" in text, "not applicable" in text) == (True,) * 3


def test_proof_is_said_on_home(tmp_path: Path) -> None:
    """A port that a test holds, one that none does, and a design without a release are three sentences."""
    text = (unreleased(tmp_path) / "index.md").read_text("utf-8")
    expected = (
        "A test runs libQuillfeather 1.0 beside the adapter",
        "Ports libQuillfeather 1.0; no test compares the two yet.",
        "No release is ported",
    )
    assert [] == [words for words in expected if words not in text]


def test_no_template_marks_a_value_as_safe() -> None:
    """No template can switch the encoding off."""
    found = {
        path.name
        for path in (FOLDER / "templates").glob("*.html")
        if re.search(r"\|\s*safe|autoescape", path.read_text())
    }
    assert set() == found


def test_assets_ask_for_nothing() -> None:
    """Style and script name no other address."""
    text = "".join(path.read_text("utf-8") for path in (FOLDER / "assets").iterdir())
    assert [] == re.findall(r"https?://|@import|url\(", text)


def test_script_sets_text_only() -> None:
    """What comes from a stream is set as text; nothing is parsed as markup or run."""
    text = (FOLDER / "assets" / "workbench.js").read_text("utf-8")
    assert [] == re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", text)
