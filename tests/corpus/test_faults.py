"""Each thing that can be wrong with a fixture, and the line that says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from workbench.corpus import load_corpus
from workbench.dialect import Dialect
from workbench.errors import FixtureError
from workbench.transcript.parts import FINISH_REASONS

Write = Callable[..., Path]
FaultsOf = Callable[[Path], list[str]]

CALL = "        - call: ring\n          id: call-1\n          arguments: '{}'\n"
SERVER_CALL = "        - call: ring\n          id: call-1\n          arguments: '{}'\n          server: true\n"
TOOL = "      tools:\n        - {name: ring, parameters: {type: object}, result: rung}\n"
PARTS = '        - text: ["It", " was ", "Quillfeather", "."]\n'
USER = "        - user: Who?\n"
BEGINS_LATE = "begins a later part before an earlier one; number the parts in the order in which they begin"
NO_SCHEMA = "\"'objekt' is not valid under any of the given schemas\""


def here(rest: str) -> str:
    """The line of a fault in the scenario of the miniature fixture."""
    return f"small-one/fixture.yaml:{rest}"


CASES = {
    # YAML
    "not-yaml": ("why:", "why: [", ["2: is not YAML: did not find expected ',' or ']'"]),
    "alias": ("why: A", "why: &a A", ["1: holds an anchor; write the value out"]),
    "alias-used": (
        "text: [Quillfeather]",
        "text: [*q]",
        ["4: dyes.text: holds an alias; write the value out"],
    ),
    "tag": ("why: A", "why: !!python/name:os.system A", ["1: holds a tag; values are plain JSON"]),
    "duplicate-key": (
        "      finish: stop\n",
        "      finish: stop\n      finish: length\n",
        ["13: turns[0].response: has the key 'finish' twice"],
    ),
    "merge-key": ("dyes:\n", "dyes:\n  <<: {text: [x]}\n", ["4: dyes: holds a merge key"]),
    "key-no-string": ("dyes:\n", "dyes:\n  [a]: b\n", ["4: dyes: has a key that is no string"]),
    "too-deep": ("[Quillfeather]", "[" * 40 + "]" * 40, ["4: is nested more than 32 deep"]),
    # schema
    "key-missing": ("source: https://example.org/docs\n", "", ["1: 'source' is a required property"]),
    "key-unknown": (
        "      finish: stop",
        "      finnish: stop",
        ["10: turns[0].response: Additional properties are not allowed ('finnish' was unexpected)"],
    ),
    "finish-unknown": (
        "finish: stop",
        "finish: done",
        [f"12: turns[0].response.finish: 'done' is not one of {list(FINISH_REASONS)}"],
    ),
    "why-is-no-text": (
        "why: A fixture that is as small as one can be.",
        "why: 17",
        ["1: why: 17 is not of type 'string'"],
    ),
    "part-of-no-kind": (
        "        - text: [",
        "        - message: 1\n        - text: [",
        ["11: turns[0].response.parts[0]: must have one of the keys text, reasoning, call, result, refusal"],
    ),
    "part-of-two-kinds": (
        '"."]',
        '"."]\n          refusal: no',
        [
            "11: turns[0].response.parts[0]: Additional properties are not allowed ('refusal' was unexpected)",
            "11: turns[0].response.parts[0]: Additional properties are not allowed ('text' was unexpected)",
        ],
    ),
    "empty-piece": ('" was "', '""', ["11: turns[0].response.parts[0].text[1]: '' should be non-empty"]),
    "two-speakers": (
        USER,
        "        - {user: Who?, system: Short.}\n",
        ["8: turns[0].request.messages[0]: {'user': 'Who?', 'system': 'Short.'} has too many properties"],
    ),
    # beyond the schema
    "concept-unknown": ("dyes:", "needs: [telepathy]\ndyes:", ["3: needs[0]: 'telepathy' is no concept"]),
    "call-undeclared": (
        PARTS,
        PARTS + CALL,
        ["12: turns[0].response.parts[1].call: calls 'ring', which is not declared"],
    ),
    "call-id-twice": (
        PARTS,
        PARTS + SERVER_CALL + SERVER_CALL,
        ["17: turns[0].response.parts[2].id: repeats the call id 'call-1'"],
    ),
    "result-of-nothing": (
        PARTS,
        PARTS + "        - {result: r, call: call-9, name: ring}\n",
        ["12: turns[0].response.parts[1].call: answers no earlier call of the provider's own tools"],
    ),
    "order-miscounts": (
        "      finish: stop",
        "      order: [0, 0, 0, 1]\n      finish: stop",
        [
            "12: turns[0].response.order: names part 0 3 times; it has 4 pieces",
            "12: turns[0].response.order: names part 1 1 times; it has 0 pieces",
        ],
    ),
    "order-begins-late": (
        PARTS,
        PARTS + "        - text: [a]\n      order: [1, 0, 0, 0, 0]\n",
        [f"13: turns[0].response.order: {BEGINS_LATE}"],
    ),
    "more-reasoning-than-output": (
        "      finish: stop",
        "      usage: {output: 3, reasoning: 4}\n      finish: stop",
        ["12: turns[0].response.usage.reasoning: counts more tokens than output, which includes them"],
    ),
    "nobody-asks": (
        USER,
        "        - system: Short.\n",
        ["8: turns[0].request.messages: must end with what the user says, unless tool results alone are sent"],
    ),
    "system-late": (
        USER,
        USER + "        - system: Short.\n" + USER,
        ["8: turns[0].request.messages: has a system message that is not the first of the conversation"],
    ),
    "tool-twice": (
        USER,
        USER + TOOL + TOOL.splitlines(keepends=True)[1],
        ["10: turns[0].request.tools: declares 'ring' twice"],
    ),
    "tool-schema": (
        USER,
        USER + TOOL.replace("type: object", "type: objekt"),
        [f"10: turns[0].request.tools[0].parameters: is no JSON Schema: {NO_SCHEMA}"],
    ),
    "dialect-unknown": (
        "      finish: stop",
        "      bodies: {morse: rendered}\n      finish: stop",
        ["12: turns[0].response.bodies.morse: is no dialect; known: plain"],
    ),
    # dyes
    "dye-concept": ("  text: [", "  colour: [", ["4: dyes.colour: 'colour' is no concept that can be dyed"]),
    "dye-undyeable": ("  text: [", "  finish: [", ["4: dyes.finish: 'finish' is no concept that can be dyed"]),
    "dye-absent": (
        "[Quillfeather]",
        "[Inkfeather]",
        ["4: dyes.text[0]: 'Inkfeather' does not occur in the truth of text"],
    ),
    "dye-cut": ('"Quillfeather"', '"Quill", "feather"', ["4: dyes.text[0]: 'Quillfeather' is cut in two"]),
    "dye-asked": (
        "user: Who?",
        "user: Quillfeather?",
        ["4: dyes.text[0]: 'Quillfeather' occurs at turns[0].request.messages[0] too"],
    ),
    "dye-elsewhere": (
        "      finish: stop",
        "      id: resp-Quillfeather\n      finish: stop",
        ["4: dyes.text[0]: 'Quillfeather' occurs at turns[0].response.id too"],
    ),
    "dye-of-two-concepts": (
        "  text: [Quillfeather]",
        "  text: [Quillfeather]\n  response.id: [Quillfeather]",
        [
            "4: dyes.text[0]: 'Quillfeather' is a dye of response.id too",
            "5: dyes.response.id[0]: 'Quillfeather' is a dye of text too",
            "5: dyes.response.id[0]: 'Quillfeather' does not occur in the truth of response.id",
            "5: dyes.response.id[0]: 'Quillfeather' occurs at turns[0].response.parts[0] too",
        ],
    ),
    "dye-not-plain": (
        "[Quillfeather]",
        "['Quill feather']",
        ["4: dyes.text[0]: 'Quill feather' does not match '^[A-Za-z0-9_.:/+=-]{4,}$'"],
    ),
}


@pytest.mark.parametrize(("old", "new", "expected"), CASES.values(), ids=CASES)
def test_fault_names_file_line_key_and_why(
    write: Write, faults_of: FaultsOf, good: str, old: str, new: str, expected: list[str]
) -> None:
    """A scenario with one thing wrong gives the line that says what and where."""
    assert old in good
    assert [here(rest) for rest in expected] == faults_of(write(good.replace(old, new, 1)))


def test_good_scenario_has_no_fault(write: Write, dialects: dict[str, Dialect]) -> None:
    """What the cases above are made from loads."""
    assert [fixture.slug for fixture in load_corpus(write(), dialects=dialects).fixtures] == ["small-one"]


def test_second_document_is_refused(write: Write, faults_of: FaultsOf, good: str) -> None:
    """A scenario is one document."""
    assert [here("14: holds a second document; one is allowed")] == faults_of(write(good + "---\nwhy: again\n"))


def test_number_that_no_double_holds_is_refused(write: Write, faults_of: FaultsOf, good: str) -> None:
    """Infinity does not come in as a number."""
    text = good.replace("parts:", "usage: {input: 1.5e999}\n      parts:")
    assert [here("10: turns[0].response.usage: holds a number that is too large")] == faults_of(write(text))


def test_link_that_is_no_https_is_refused(write: Write, faults_of: FaultsOf, good: str) -> None:
    """A source is shown as a link, so it must be one that can be followed safely."""
    (fault,) = faults_of(write(good.replace("https://example.org/docs", "javascript:alert(1)")))
    assert fault.startswith(here("2: source: 'javascript:alert(1)' does not match"))


def test_bytes_that_are_no_utf8_are_refused(write: Write, faults_of: FaultsOf, good: str) -> None:
    """The line of the first bad byte is named."""
    assert [here("8: is not UTF-8")] == faults_of(write(good.encode().replace(b"Who?", b"Wh\xff?")))


def test_control_characters_are_refused(write: Write, faults_of: FaultsOf, good: str) -> None:
    """A raw escape character is no YAML, and it reaches no terminal."""
    (fault,) = faults_of(write(good.replace("Who?", "\x1b[2J")))
    assert "is not YAML: unacceptable character #x001b" in fault
    assert fault.isprintable()


def test_huge_scenario_is_refused(write: Write, faults_of: FaultsOf, good: str) -> None:
    """A scenario is something that a person wrote."""
    assert [here(" is longer than 1000000 bytes")] == faults_of(write(good + "#" * 1_000_000))


def test_hostile_strings_reach_messages_escaped(write: Write, faults_of: FaultsOf, good: str) -> None:
    """A key with a terminal escape is quoted, not printed."""
    (fault,) = faults_of(write(good.replace("finish:", '"\\e[31mfinish":')))
    assert "\\x1b[31mfinish" in fault
    assert fault.isprintable()


def test_faults_of_all_fixtures_come_at_once(write: Write, faults_of: FaultsOf, good: str) -> None:
    """Nobody repairs one fixture to be told of the next."""
    write(good.replace("finish: stop", "finish: done"), "first")
    root = write(good.replace("[Quillfeather]", "[Inkfeather]"), "second")
    assert ["first", "second"] == [fault.partition("/")[0] for fault in faults_of(root)]


@pytest.mark.parametrize("slug", ["Small", "small_one", "-small", "small--one", "sm\u00f6ll", "small one"])
def test_folder_is_named_in_kebab_case(write: Write, faults_of: FaultsOf, slug: str) -> None:
    """The slug is the folder's name, and an address."""
    assert [f"{ascii(slug)[1:-1]}/fixture.yaml: the folder's name is the slug and must be kebab-case"] == faults_of(
        write(slug=slug)
    )


def test_missing_body_says_what_writes_it(write: Write, faults_of: FaultsOf) -> None:
    """A rendered body is made by a command."""
    assert ["small-one/1.plain.sse: is missing; `workbench corpus render` writes it"] == faults_of(write(body=None))


def test_missing_written_body_has_no_substitute(write: Write, faults_of: FaultsOf, good: str) -> None:
    """A body that is said to be typed by hand must be there."""
    text = good.replace("finish: stop", "bodies: {plain: written}")
    assert ["small-one/1.plain.sse: is missing, and nobody but a person writes it"] == faults_of(write(text, body=None))


def test_missing_scenario_is_a_fault(write: Write, faults_of: FaultsOf) -> None:
    """A folder without a scenario is not skipped."""
    root = write()
    (root / "small-one" / "fixture.yaml").unlink()
    assert ["small-one/fixture.yaml: is missing"] == faults_of(root)


@pytest.mark.parametrize("name", ["2.plain.sse", "notes.txt", ".1.plain.sse.new"])
def test_stray_file_is_a_fault(write: Write, faults_of: FaultsOf, name: str) -> None:
    """What no turn accounts for does not lie in a fixture."""
    root = write()
    (root / "small-one" / name).write_bytes(b"")
    assert [f"small-one/{name}: is a stray file: no turn has such a body"] == faults_of(root)


def test_body_that_is_absent_must_not_lie_there(write: Write, faults_of: FaultsOf, good: str) -> None:
    """A reason for absence and a body contradict each other."""
    text = good.replace("finish: stop", "bodies: {plain: {absent: it cannot say so}}")
    assert ["small-one/1.plain.sse: is a stray file: no turn has such a body"] == faults_of(write(text))


def test_links_and_folders_are_no_files(write: Write, faults_of: FaultsOf, tmp_path: Path) -> None:
    """Nothing outside the folder is read."""
    root = write()
    (root / "small-one" / "inner").mkdir()
    (root / "small-one" / "2.plain.sse").symlink_to(tmp_path / "elsewhere")
    (root / "linked").symlink_to(tmp_path)
    (root / "notes.txt").write_text("")
    (root / "README.md").write_text("allowed")
    assert [
        "'linked': is a link; copy what it points to",
        "'notes.txt': is a stray file; fixtures are folders",
        "small-one/2.plain.sse: is no plain file",
        "small-one/inner: is no plain file",
    ] == faults_of(root)


def test_reason_for_a_twin_names_a_fixture(write: Write, faults_of: FaultsOf, good: str) -> None:
    """`also` names another fixture."""
    root = write(good.replace("dyes:", "also: {small-one: it is itself, gone: it was here}\ndyes:"))
    assert [
        "small-one/fixture.yaml: also: 'small-one' is no other fixture",
        "small-one/fixture.yaml: also: 'gone' is no other fixture",
    ] == faults_of(root)


def test_turn_after_a_broken_stream_is_a_fault(write: Write, faults_of: FaultsOf, good: str) -> None:
    """Only the last turn may break off: nobody knows what the next request would hold."""
    second = good.partition("turns:\n")[2].replace("Quillfeather", "Inkwell")
    text = good.replace("ends: complete", "ends: truncated") + second
    expected = here("15: turns[1].request: follows a response that did not end well; only the last turn may break off")
    assert [expected] == faults_of(write(text))


def test_missing_folder_is_named(tmp_path: Path, dialects: dict[str, Dialect]) -> None:
    """A folder that is not there is a fault of what was asked."""
    with pytest.raises(FixtureError, match=r"^nowhere: no such folder; name one that holds a folder per fixture$"):
        load_corpus(tmp_path / "nowhere", dialects=dialects)
