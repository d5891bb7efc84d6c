"""The graphon driver in the environment of its release, and our port of the node beside the real one.

Rules:
1. Skipped, with the reason, where the release is not installed; nothing is installed here.
2. What is compared is native JSON, to the last field, with the frame of each event.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import workbench.upstream.drivers
from workbench.corpus import load_corpus
from workbench.design import NativeRaise
from workbench.designs.dify_separated import DESIGN
from workbench.designs.dify_tagged import DESIGN as TAGGED
from workbench.designs.dify_tagged.vocabulary import LLMResultChunk, LLMResultChunkDelta
from workbench.dialects import all_dialects
from workbench.families.dify.messages import AssistantPromptMessage
from workbench.families.dify.results import LLMUsage
from workbench.harness.adapt import adapt
from workbench.harness.observe import only
from workbench.harness.run import ReadBody, read_bodies
from workbench.shipped.asking import produced
from workbench.shipped.fidelity import fidelity, framework_variant
from workbench.shipped.playing import Player
from workbench.transcript import Json, Message, Phase, Request, TextPart, see
from workbench.upstream.cache import Cache
from workbench.upstream.environments import Environment, find_environment
from workbench.upstream.protocol import Description, Run
from workbench.upstream.releases import Missing, Release, all_releases
from workbench.upstream.runner import DriverRunner, Result
from workbench.upstream.surroundings import Launch

DRIVER = Path(workbench.upstream.drivers.__file__).parent / "graphon.py"
BODIES = {str(body.address): body for body in read_bodies(load_corpus(), all_dialects())}
OWN = [address for address, body in BODIES.items() if body.address.dialect == "openai-chat"]
REQUEST = Request(messages=(Message("user", (TextPart("Hi"),)),), model="asked-for")
PIECES = ["<", "<th", "ink", ">", "<think>", "</think>", "<THINK a='1'>", "</Think", " ", "\n", "a", "</", "think>"]
ODD = ["<think\u3000b>", "<thin\u212a>", "<th\u0131nk>", "\u0130", "</th\u0130", "\x1c", "<think \n", "a" * 300]
"""White space and letters that are not of ASCII, which search and case know of; and attributes too long in two."""


def found() -> tuple[Release, Environment]:
    """The release and its environment."""
    release = all_releases().get("graphon@0.8.0")
    if release is None:
        pytest.skip("graphon 0.8.0 is not among the releases")
    environment = find_environment(release)
    if isinstance(environment, Missing):
        pytest.skip(environment.reason)
    return release, environment


@pytest.fixture(scope="module")
def runner() -> Iterator[DriverRunner]:
    """The driver, started once."""
    _, environment = found()
    with DriverRunner(Launch.python(environment.python, DRIVER), expect=("graphon", "0.8.0")) as keeper:
        yield keeper
    assert keeper.parting is None
    assert {} == dict(keeper.late)


def pushed(runner: DriverRunner, variant: str, events: Sequence[tuple[int, Json]], request: Request = REQUEST) -> Any:
    """What the real node makes of chunks."""
    run = Run(way="framework", variant=variant, dialect="openai-chat", request=request, events=events)
    outcome = runner.run(run)
    assert isinstance(outcome, Result), outcome
    return outcome.record


def chunk(text: str, **more: Any) -> LLMResultChunk:
    """A chunk of text."""
    return LLMResultChunk(
        model="m", delta=LLMResultChunkDelta(index=0, message=AssistantPromptMessage(content=text), **more)
    )


def ours(chunks: Sequence[LLMResultChunk], error: NativeRaise | None = None) -> tuple[Any, Any, Any]:
    """What the adapter makes of chunks, one per frame: events, legacy, result."""
    adapter = DESIGN.start(REQUEST)
    framed = [(frame, event) for frame, one in enumerate(chunks) for event in adapter.receive([one])]  # type: ignore[list-item]
    last = max(len(chunks) - 1, 0) if error is None else len(chunks)
    framed += [(last, event) for event in (adapter.finish() if error is None else adapter.fail(error))]
    events = tuple((frame, DESIGN.event_json(event)) for frame, event in framed)
    legacy = tuple((frame, seen) for frame, event in framed for seen in DESIGN.legacy_json(event))
    return events, legacy, adapter.message()


def same(runner: DriverRunner, texts: Sequence[str]) -> None:
    """Port and real node make the same of chunks with these texts."""
    chunks = [chunk(text) for text in texts] + [chunk("", usage=LLMUsage.unpriced(7, 9), finish_reason="stop")]
    real = pushed(runner, "separated", [(frame, TAGGED.event_json(one)) for frame, one in enumerate(chunks)])
    assert ours(chunks) == (real.events, real.legacy, real.message)
    assert real.message == real.restored


def test_port_equals_the_node_on_all_bodies(tmp_path: Path) -> None:
    """Every body whose provider code does not raise: events with their frames, legacy, result, stored form."""
    release, environment = found()
    with Cache(tmp_path / "runs") as cache, Player(release, environment, cache) as player:
        description = player.describe()
        assert isinstance(description, Description)
        designs = {one.id: release.design_of(one.id) for one in description.variants}
        variant = framework_variant(description, DESIGN, designs)
        assert variant is not None
        shown = fidelity(player, variant, DESIGN, BODIES.values(), TAGGED, release.name)
    assert [] == shown.findings
    assert ("live", "legacy", "final", "stored") == shown.phases
    failing = [body for body in BODIES.values() if body.truth.projected.outcome.completion == "failed"]
    assert (len(BODIES) - len(failing), len(failing)) == (shown.equal, sum(shown.left_out.values()))


@pytest.mark.parametrize(
    "texts",
    [
        ["<thi", "nk>a", "</thi", "nk>b"],
        ["<think>a<think>b</think>c</think>d"],
        ["a<think>b"],
        ["<think>a", "</th"],
        ["What `<think>` means: ", "a tag, closed by `</think>`."],
        ["<thi<think>a</think>nk>b</think>c"],
        ["\n \n", "<think>a</think>", "\n\n", "b\n\n \n\nc "],
        ["<think ", "a" * 512, ">b"],
        ["<think ", "a" * 513, ">b"],
        ["<think", "\u3000x>b</THINK>c"],
        ["", "", "a"],
        [],
    ],
    ids=[
        "cut",
        "nested",
        "unclosed",
        "half-closed",
        "literal",
        "made-by-taking-out",
        "blank-lines",
        "512",
        "513",
        "odd-space",
        "empty",
        "none",
    ],
)
def test_tags_in_odd_places(runner: DriverRunner, texts: list[str]) -> None:
    """What a tag may look like and where it may lie: the node and the port say the same."""
    same(runner, texts)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.sampled_from(PIECES + ODD), min_size=1, max_size=3).map("".join), max_size=8))
def test_generated_texts(runner: DriverRunner, texts: list[str]) -> None:
    """Any text, cut anywhere."""
    same(runner, texts)


def test_a_model_that_raises(runner: DriverRunner) -> None:
    """The node does not raise: it fails in an event, and the result has no outputs."""
    told = {"type": "ValueError", "message": "{'message': 'Overloaded'}"}
    chunks = [chunk("<think>Hm</think>Ye"), chunk("s <th")]
    events = [*((frame, TAGGED.event_json(one)) for frame, one in enumerate(chunks)), (2, {"raise": told})]
    real = pushed(runner, "separated", events)
    assert ours(chunks, NativeRaise(told["type"], told["message"])) == (real.events, real.legacy, real.message)
    assert {} == real.raised
    assert ("failed", {}) == (real.message["status"], real.message["outputs"])


@pytest.mark.parametrize("address", OWN)
def test_tagged_leaves_the_text_as_it_is(runner: DriverRunner, address: str) -> None:
    """In the other format text, usage and reason are those of the chunks, and what the node drops is what it drops."""
    body = BODIES[address]
    events = produced(DESIGN, body, TAGGED)
    if events is None:
        return  # its provider code raises, and what the node does then is seen above
    real = pushed(runner, "tagged", events, body.turn.request).native(body.decoded.last_frame)
    mine = adapt(TAGGED, body.decoded, body.turn.request, body.turn.follow)
    for phase in ("live", "final", "stored", "legacy"):
        expected, shown = (seen(phase, native, body) for native in (mine, real))
        kept = {key: expected[key] for key in ("text", "usage")}
        assert kept == {key: shown[key] for key in kept}, phase
        assert 0 == shown["calls"]
    assert seen("live", mine, body)["finish"] == seen("live", real, body)["finish"]
    assert "" == real.message["outputs"]["reasoning_content"]


def seen(phase: Phase, native: Any, body: ReadBody) -> dict[str, Any]:
    """What a user of the tagged design is shown in a phase."""
    found = see(TAGGED.observe(phase, only(phase, native)))
    calls = sum(part.kind == "tool-call" for part in found.parts)
    return {"text": found.text("text"), "usage": found.usage, "finish": found.finish_raw, "calls": calls}


def test_there_is_no_shipped_way(runner: DriverRunner) -> None:
    """The driver says so of itself; and the package has no provider code: nothing in it reads a provider's bytes."""
    description = runner.describe()
    assert isinstance(description, Description)
    assert ("framework",) == description.ways
    assert ["tagged", "separated"] == [variant.id for variant in description.variants]
    _, environment = found()
    (package,) = (environment.python.parent.parent / "lib").glob("python3.*/site-packages/graphon")
    sources = "".join(path.read_text("utf-8") for path in package.rglob("*.py"))
    assert [] == [word for word in ("chat/completions", "text/event-stream", "import openai") if word in sources]
