"""The whole way as shipped, with the echo driver as the release: played, remembered, read, judged, compared."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from tests.shipped.support import Echo, bodies_of, environment, release
from workbench.clauses import all_checks
from workbench.data import find_fixtures_dir
from workbench.design import Deviation
from workbench.dialects import all_dialects
from workbench.errors import PluginError, SubjectError, UsageError
from workbench.harness.judge import applicability
from workbench.harness.run import ReadBody
from workbench.jsontext import write_json
from workbench.native import Native
from workbench.shipped import job as shipped_job
from workbench.shipped.asking import Ask
from workbench.shipped.fidelity import Fidelity, fidelity, framework_variant
from workbench.shipped.job import run_shipped
from workbench.shipped.judging import FREE, RESTLESS, UNSTREAMED, Judged, judge_played
from workbench.shipped.playing import Played, Player, forget_what_differs, play_subject
from workbench.shipped.reading import shipped_trace
from workbench.shipped.subjects import Subject, chosen, design_of, driver_bytes, driver_of, subjects_of
from workbench.trace import Address
from workbench.transcript import TextPart
from workbench.upstream.cache import Cache
from workbench.upstream.limits import Failure
from workbench.upstream.protocol import Description, Record, Variant
from workbench.upstream.releases import Missing
from workbench.upstream.runner import Result
from workbench.verdict import Cell

DIALECTS = all_dialects()
CHECKS = list(all_checks().values())
PROMPT = "STREAM-TEXT-PROMPT-LIVE"
EXACT = "TEXT-EXACT-LIVE"


def subject(variant: str = "sync", design: Echo | None = None) -> Subject:
    """The echo library, used in one way, over one dialect."""
    return Subject(release(), Variant(variant), design or Echo(), ("openai-chat",))


def judged(played: Played, bodies: list[ReadBody]) -> Judged:
    """Judges what was played."""
    reasons = {body.address: applicability(body.truth, CHECKS, body.address) for body in bodies}
    return judge_played(played, bodies, reasons, CHECKS, DIALECTS)


def play(cache: Cache, bodies: list[ReadBody], variant: str = "sync") -> tuple[Played, int]:
    """Plays all bodies; says how many processes that took."""
    with Player(release(), environment(), cache) as player:
        played = play_subject(player, subject(variant), bodies, DIALECTS)
        return played, player._runner.started


def cell(found: Judged, fixture: str, clause: str) -> Cell:
    """One cell on the first turn."""
    return next(one for one in found.cells if (one.fixture, one.turn, one.clause) == (fixture, 0, clause))


def outcome(**record: object) -> Result:
    """A result that was not obtained, for the tests of judging."""
    return Result(record=Record(**record), exact=False)  # type: ignore[arg-type]


def at_hand(bodies: list[ReadBody], slug: str = "refusal") -> list[ReadBody]:
    """One body."""
    return [body for body in bodies if body.address == Address(slug, 0, "openai-chat")]


# ------------------------------------------------------------------------------------------------------------- the way


def test_a_release_is_judged_by_the_same_clauses(cache: Cache, bodies: list[ReadBody]) -> None:
    """What the driver hands out is read by the design, and passes where it shows what was sent."""
    found = judged(play(cache, bodies)[0], bodies)
    assert "pass" == cell(found, "text-only", EXACT).verdict
    assert "pass" == cell(found, "text-only", "STORE-TEXT").verdict
    assert {"openai-chat"} == {one.dialect for one in found.cells}
    assert {"echo@1.0/sync"} == {one.subject for one in found.cells}


def test_promptness_is_judged_in_lockstep_alone(cache: Cache, bodies: list[ReadBody]) -> None:
    """A library that hands out all at the end fails where frames are exact; elsewhere nobody knows, and it is said."""
    prompt, late = (judged(play(cache, bodies, variant)[0], bodies) for variant in ("sync", "late"))
    assert ("pass", "fail") == (cell(prompt, "text-only", PROMPT).verdict, cell(late, "text-only", PROMPT).verdict)
    free = cell(prompt, "two-turns-with-tool", "CALL-ARGUMENTS-STREAM-LIVE")
    assert ("not-applicable", FREE) == (free.verdict, free.reason)


def test_what_is_remembered_is_not_asked_again(cache: Cache, bodies: list[ReadBody]) -> None:
    """Twice a process the first time, none the second time, and equal cells."""
    first, started = play(cache, bodies)
    again, none = play(cache, bodies)
    assert (2, 0) == (started, none)
    assert judged(first, bodies).cells == judged(again, bodies).cells


def test_a_later_turn_gets_what_was_stored(cache: Cache, bodies: list[ReadBody]) -> None:
    """The driver restores the turn before from its own stored form; the first turn has none."""
    played, _ = play(cache, bodies)
    second = played.takes[0][Address("two-turns-with-tool", 1, "openai-chat")]
    assert isinstance(second, Result)
    stored, _, prompt = second.received[1].json["messages"]  # type: ignore[index]
    assert stored.startswith('{"events": [')
    assert {"user"} == set(prompt)


class Recorder:
    """Stands in for a player: remembers what is asked, and answers nothing of interest."""

    def __init__(self) -> None:
        self.asks: list[Ask] = []

    def ask(self, ask: Ask, take: int = 0) -> Result:
        """Takes one question."""
        self.asks.append(ask)
        return outcome(events=(), message="Noted.")

    def renew(self) -> None:
        """Has no process."""


def test_who_asks_for_no_stream_is_played_one_document(tmp_path: Path) -> None:
    """It says what the stream says; where the stream broke off nothing is asked, and the cells say why."""
    for slug in ("text-only", "truncated-text"):
        shutil.copytree(find_fixtures_dir() / slug, tmp_path / slug)
    bodies = bodies_of(tmp_path)
    still = Subject(release(), Variant("still", streamed=False), Echo(), ("openai-chat",))
    recorder = Recorder()
    played = play_subject(recorder, still, bodies, DIALECTS)  # type: ignore[arg-type]
    assert ["text-only"] == [address.fixture for address in played.takes[0]]
    (ask, *_) = recorder.asks
    assert ask.script is not None
    assert not ask.lockstep
    first = ask.script.answers[0]
    assert ("application/json", "length") == (first.media_type, first.transfer)
    message = json.loads(first.body)["choices"][0]["message"]
    texts = [part.text for part in at_hand(bodies, "text-only")[0].truth.projected.parts if isinstance(part, TextPart)]
    assert "".join(texts) == message["content"]
    cut = [one for one in judged(played, bodies).cells if one.fixture == "truncated-text"]
    assert {("not-applicable", UNSTREAMED)} == {(one.verdict, one.reason) for one in cut}


def test_a_phase_that_never_shows_is_one_that_is_lacking(cache: Cache, bodies: list[ReadBody]) -> None:
    """The echo driver tells nothing of an older API, so no clause about it is judged."""
    found = cell(judged(play(cache, bodies)[0], bodies), "text-only", "LEGACY-TEXT")
    assert ("not-applicable", "no legacy phase in this way of using it") == (found.verdict, found.reason)


# ------------------------------------------------------------------------------------------------------------- judging


def test_a_few_bodies_are_judged_in_the_phases_of_all(bodies: list[ReadBody]) -> None:
    """Where the bodies at hand happen to show no message, it is known that there is one, and it is missing."""
    body = at_hand(bodies, "text-only")
    played = Played(subject(), ({body[0].address: outcome(events=((0, {"word": "x"}),))},) * 2)
    reasons = {body[0].address: applicability(body[0].truth, CHECKS, body[0].address)}
    unknown, known = (judge_played(played, body, reasons, CHECKS, DIALECTS, phases) for phases in ((), ("final",)))
    without = cell(unknown, "text-only", "TEXT-EXACT-FINAL")
    assert ("not-applicable", "no final phase in this way of using it") == (without.verdict, without.reason)
    assert "fail" == cell(known, "text-only", "TEXT-EXACT-FINAL").verdict
    assert ({"live"}, {"live", "final"}) == (unknown.phases, known.phases)


def test_what_a_driver_does_wrong_spoils_its_body(bodies: list[ReadBody]) -> None:
    """A driver that died is a crash, one that could not start is not run, one that declined is not applicable."""
    body = at_hand(bodies)
    address = body[0].address
    for verdict, one in {
        "crash": Failure(manner="died", detail="exit code 3"),
        "not-run": Failure(manner="start-failed", detail="no such module"),
        "not-applicable": outcome(declined="no schema"),
    }.items():
        found = judged(Played(subject(), ({address: one}, {address: one})), body)
        assert {verdict} == {one.verdict for one in found.cells}
        assert {"died: exit code 3", "start-failed: no such module", "no schema"} & {one.reason for one in found.cells}


def test_what_differs_from_one_time_to_the_next_is_flaky(bodies: list[ReadBody]) -> None:
    """A cell that would pass one time and fail the other is neither; a cell that is the same stays."""
    body = at_hand(bodies, "text-only")
    address, text = body[0].address, body[0].truth.wire.text("text")
    good, bad = (outcome(events=((0, {"word": said}),), message={"events": []}) for said in (text, "else"))
    found = judged(Played(subject(), ({address: good}, {address: bad})), body)
    flaky = cell(found, "text-only", EXACT)
    assert ("flaky", "differs from one time to the next: pass; then fail") == (flaky.verdict, flaky.reason)
    assert "fail" == cell(found, "text-only", "TEXT-EXACT-FINAL").verdict


def test_what_differs_is_asked_again_the_next_time(cache: Cache, bodies: list[ReadBody]) -> None:
    """Both answers of a body with a flaky cell leave the memory, and no others."""
    with Player(release(), environment(), cache) as player:
        played = play_subject(player, subject(), bodies, DIALECTS)
        steady = judged(played, bodies).cells
        forget_what_differs(player, played, steady)
        assert all(cache.get(player._key(ask, take)) for take, asks in enumerate(played.asks) for ask in asks.values())
        doubtful = [replace(steady[0], verdict="flaky")]
        forget_what_differs(player, played, doubtful)
        at = Address(steady[0].fixture, steady[0].turn, steady[0].dialect)
        for take, asks in enumerate(played.asks):
            assert {at} == {one for one, ask in asks.items() if cache.get(player._key(ask, take)) is None}


def test_a_driver_that_never_rests_is_not_judged_by_frames(bodies: list[ReadBody]) -> None:
    """Frames that could not be made exact are upper bounds, and it is said why."""
    body = at_hand(bodies, "text-only")
    restless = Result(record=Record(events=((0, {"word": "x"}),)), exact=False, unsettled=(1,))
    found = cell(judged(Played(subject(), ({body[0].address: restless},) * 2), body), "text-only", PROMPT)
    assert ("not-applicable", RESTLESS) == (found.verdict, found.reason)


def test_a_next_request_that_is_none_is_said(bodies: list[ReadBody]) -> None:
    """A design with a resumed phase whose library sends something else names the request as the cause."""

    class Resuming(Echo):
        phases = {**Echo.phases, "resumed": Echo.phases["live"]}

    native = Native(request={"messages": 7}, last_frame=0)
    with pytest.raises(SubjectError, match="next request that is no request"):
        shipped_trace(Resuming(), DIALECTS["openai-chat"], native, bodies[0].address, "echo@1.0/sync")


def test_a_next_request_is_read_by_the_dialect(bodies: list[ReadBody]) -> None:
    """Assistant parts and tool results of the request are sighted, and what the user says is not."""

    class Resuming(Echo):
        phases = {**Echo.phases, "resumed": Echo.phases["live"]}

    dialect = DIALECTS["openai-chat"]
    body = next(one for one in bodies if one.address == Address("two-turns-with-tool", 1, "openai-chat"))
    native = Native(request=dialect.write_request(body.turn.request), last_frame=0)
    seen = shipped_trace(Resuming(), dialect, native, body.address, "echo@1.0/sync").seen["resumed"]
    assert ["reasoning", "text", "tool-call", "tool-result"] == [part.kind for part in seen.parts]


# ------------------------------------------------------------------------------------------------------------ fidelity


def compare(cache: Cache, bodies: list[ReadBody], design: Echo) -> Fidelity:
    """Holds an adapter against the echo library's framework."""
    with Player(release(), environment(), cache) as player:
        return fidelity(player, Variant("sync"), design, bodies, None, "echo@1.0")


class Damaged(Echo):
    """An adapter that keeps the words to itself in the message."""

    def start(self, request: object) -> object:  # type: ignore[override]
        """An adapter whose message is empty."""
        adapter = super().start(request)  # type: ignore[arg-type]
        adapter.message = lambda: {"events": []}  # type: ignore[method-assign]
        return adapter


def test_an_equal_adapter_has_no_findings(cache: Cache, bodies: list[ReadBody]) -> None:
    """Events, message and stored form are the same on every body."""
    found = compare(cache, bodies, Echo())
    assert (len(bodies), len(bodies), ("live", "final", "stored"), []) == (
        found.bodies,
        found.equal,
        found.phases,
        found.findings,
    )


def test_a_damaged_adapter_is_found(cache: Cache, bodies: list[ReadBody]) -> None:
    """The first body with words differs in message and stored form, and the finding says where."""
    found = compare(cache, bodies, Damaged())
    assert found.equal < found.bodies
    assert {"final", "stored"} == {one.phase for one in found.differences}
    assert "final.events[0], one too many is None in the adapter" in found.findings[0]


def test_an_explained_difference_is_no_finding_and_a_stale_explanation_is(cache: Cache, bodies: list[ReadBody]) -> None:
    """What the design says about a fixture counts for that fixture and phase."""
    reasons = tuple(
        Deviation(slug, phase, "on purpose", "nowhere")
        for slug in ("text-only", "two-turns-with-tool")
        for phase in ("final", "stored")
    )
    assert [] == compare(cache, bodies, Damaged(reasons)).findings
    assert ["the deviation for text-only, final shows nowhere"] == [
        finding for finding in compare(cache, bodies, Echo(reasons)).findings if "text-only, final" in finding
    ]


def test_the_way_of_using_it_is_one_that_the_design_reads() -> None:
    """Only a variant that takes producer events, and that this design reads."""
    said = Description(
        "echo",
        "1.0",
        "CPython",
        ("framework", "shipped"),
        (Variant("a", ways=("shipped",)), Variant("b"), Variant("c")),
    )
    assert "c" == framework_variant(said, Echo(), {"a": "echo", "b": "other", "c": "echo"}).id  # type: ignore[union-attr]
    assert framework_variant(said, Echo(), {"a": "echo", "b": "other", "c": "other"}) is None


# ------------------------------------------------------------------------------------------------------------ subjects


def test_subjects_are_the_ways_that_ship() -> None:
    """A variant of the framework way alone is no subject; dialects are those that both sides speak."""
    said = Description(
        "echo",
        "1.0",
        "CPython",
        ("framework", "shipped"),
        (Variant("a"), Variant("b", ways=("framework",)), Variant("c", dialects=("gemini",))),
        ("openai-chat", "gemini"),
    )
    found = list(subjects_of(release(), said, {"echo": Echo()}, ("anthropic-messages", "openai-chat")))
    assert [("echo@1.0/a", ("openai-chat",)), ("echo@1.0/c", ())] == [(one.address, one.dialects) for one in found]


def test_names_choose_libraries_and_releases() -> None:
    """A library's name takes all its releases; what is an oracle only is no subject; an unknown name is said."""
    releases = {
        name: release(version=name.partition("@")[2], roles=roles)
        for name, roles in {
            "echo@1.0": ("subject",),
            "echo@2.0": ("subject", "oracle"),
            "echo@3.0": ("oracle",),
        }.items()
    }
    assert ["echo@1.0", "echo@2.0"] == list(chosen(releases, ["echo"])) == list(chosen(releases, []))
    assert ["echo@2.0"] == list(chosen(releases, ["echo@2.0"]))
    with pytest.raises(UsageError, match=r"no release 'echo@3\.0'; there are echo@1\.0, echo@2\.0"):
        chosen(releases, ["echo@3.0"])


def test_data_that_name_what_is_not_there_are_refused() -> None:
    """A design or a driver that is missing is said with the file that names it."""
    with pytest.raises(PluginError, match=r"data/echo\.toml.*'echo'"):
        design_of(release(), {})
    with pytest.raises(PluginError, match=r"data/echo\.toml.*'nobody'"):
        driver_of(release(driver="nobody"))


def test_a_changed_driver_is_another_one(tmp_path: Path) -> None:
    """The bytes of a folder change with any file of it, and with its name."""
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "a.py").write_text("1")
    before = driver_bytes(tmp_path / "one")
    (tmp_path / "one" / "b.py").write_text("")
    between = driver_bytes(tmp_path / "one")
    (tmp_path / "one" / "a.py").write_text("2")
    assert 3 == len({before, between, driver_bytes(tmp_path / "one")})


# ----------------------------------------------------------------------------------------------------------------- job


@pytest.fixture
def one_release(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The job finds the echo release and nothing else."""
    monkeypatch.setattr(shipped_job, "all_releases", lambda: {"echo@1.0": release()})
    monkeypatch.setattr(shipped_job, "all_designs", lambda: {"echo": Echo()})
    monkeypatch.setattr(shipped_job, "find_environment", lambda _: environment())
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "cache"))


def test_a_whole_run_is_written_and_equal_the_next_time(one_release: None, small: Path, tmp_path: Path) -> None:
    """Both ways of using it are subjects, fidelity stands beside them, and a second run changes no byte."""
    folder = tmp_path / "data"
    report = run_shipped(corpus_folder=small, results=folder, jobs=2)
    first = {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.json")}
    run_shipped(corpus_folder=small, results=folder, jobs=1)
    assert ["echo@1.0/late", "echo@1.0/sync"] == sorted(report.judged)
    assert [("echo", 8)] == [(one.design, one.bodies) for one in report.fidelity]
    assert first == {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.json")}


def test_what_is_on_file_stays_when_a_release_cannot_be_run(
    one_release: None, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without its environment a release is not run; what was obtained before is not overwritten by that."""
    folder = tmp_path / "data"
    before = run_shipped(corpus_folder=small, results=folder)
    monkeypatch.setattr(shipped_job, "find_environment", lambda _: Missing("it is not installed"))
    after = run_shipped(corpus_folder=small, results=folder)
    assert {"echo@1.0": "it is not installed"} == after.missing
    assert {"not-run"} == set(after.counts("echo@1.0"))
    assert before.results is not None
    assert after.results is not None
    assert before.results.subjects == after.results.subjects
    assert write_json(before.results.catalogue) == write_json(after.results.catalogue)


def test_a_release_that_never_ran_is_on_file_as_not_run(
    one_release: None, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there is nothing older, the results say that it was not run, and why."""
    monkeypatch.setattr(shipped_job, "find_environment", lambda _: Missing("it is not installed"))
    report = run_shipped(corpus_folder=small, results=tmp_path / "data")
    assert report.results is not None
    assert ["echo@1.0"] == list(report.results.subjects)
    assert {"it is not installed"} == {one.reason for one in report.results.cells("echo@1.0")}


def test_a_narrowed_run_answers_and_writes_nothing(one_release: None, small: Path, tmp_path: Path) -> None:
    """Fixtures can be chosen; then results are not written."""
    report = run_shipped(corpus_folder=small, fixtures=("refusal",), results=tmp_path / "data")
    assert {"refusal"} == {one.fixture for one in report.judged["echo@1.0/sync"].cells}
    assert report.results is None
    assert not (tmp_path / "data").exists()


def test_nothing_of_a_native_record_is_made_up() -> None:
    """What a driver did not answer is absent."""
    native = outcome().record.native(3)
    assert (UNSET, UNSET, UNSET, UNSET) == (native.message, native.stored, native.restored, native.request)
