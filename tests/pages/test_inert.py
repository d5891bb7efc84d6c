"""Text from outside, made harmless: one fact per test."""

from __future__ import annotations

import html
import json

import pytest

from tests.pages.payloads import PAYLOADS
from workbench.pages.inert import breakable, clip, compact, inert, link_of, name_of, one_line, script_json, title_of
from workbench.visible import visible

NAMES = list(PAYLOADS)


@pytest.mark.parametrize("name", NAMES)
def test_inert_text_reads_as_it_was(name: str) -> None:
    """What a browser reads back is the text, hidden characters made visible."""
    assert visible(PAYLOADS[name], newlines=True) == html.unescape(str(inert(PAYLOADS[name])))


@pytest.mark.parametrize("name", NAMES)
def test_inert_text_holds_no_active_character(name: str) -> None:
    """No character is left that opens a tag, an attribute, a fence, an expression or a line."""
    assert set() == set(str(inert(PAYLOADS[name]))) & set("<>\"'`{}~\n\r\t\x00\x1b\x02\x03")


def test_inert_encodes_an_entity_as_text() -> None:
    """An ampersand of a text begins no entity."""
    assert "&#38;lt;" == str(inert("&lt;"))


@pytest.mark.parametrize("name", NAMES)
def test_one_line_is_one_line(name: str) -> None:
    """No line end survives, and the length is bounded."""
    made = one_line(PAYLOADS[name], 50)
    assert (1, True) == (max(1, len(made.splitlines())), len(made) < 500)


def test_cut_text_says_its_length() -> None:
    """What is cut says how long it was."""
    assert "WWWWW… (30,000 characters)" == one_line(PAYLOADS["long"], 5)


def test_clip_cuts_without_a_word() -> None:
    """A chip has no room for a length."""
    assert ("WWWWW…", "a↵b⇥c") == (clip(PAYLOADS["long"], 5), clip("a\nb\tc"))


def test_compact_keeps_text_readable() -> None:
    """Characters outside ASCII stand as they are."""
    assert '{"ø": "日本"}' == compact({"ø": "日本"})


@pytest.mark.parametrize("name", NAMES)
def test_names_stay_in_their_folder(name: str) -> None:
    """A file name holds plain characters only, leads nowhere and fits."""
    made = name_of(PAYLOADS[name])
    assert made.replace("-", "").replace("_", "").replace(".", "").isalnum()
    assert made.isascii()
    assert (False, True) == (made.startswith("."), len(made) <= 80)


def test_names_differ() -> None:
    """Different ids have different names."""
    assert len(PAYLOADS) == len({name_of(payload) for payload in PAYLOADS.values()})


@pytest.mark.parametrize("identity", ["llm", "TEXT-EXACT", "dify-delta", "a.b_c-1"])
def test_plain_ids_are_their_own_names(identity: str) -> None:
    """Addresses of pages are the ids themselves."""
    assert identity == name_of(identity)


@pytest.mark.parametrize("identity", ["index", "INDEX", "con", "llm@0.36/sqlite", "..", "a..b", "", "é"])
def test_other_ids_get_a_hash(identity: str) -> None:
    """A name that is taken, leads elsewhere or is not plain is replaced by its letters and a hash."""
    assert (True, True) == (name_of(identity) != identity, "-" in name_of(identity))


@pytest.mark.parametrize(
    "address",
    ["https://example.org/", "http://example.org/a?b=c&d=(e)#f", "https://github.com/simonw/llm/releases/tag/0.32"],
)
def test_addresses_become_links(address: str) -> None:
    """Absolute http and https addresses are links."""
    assert address == link_of(address)


@pytest.mark.parametrize(
    "address",
    [*PAYLOADS.values(), "//evil.example", "HTTPS://x y", "ftp://x", " https://x", "https://x\n", 'https://x"y', None],
)
def test_anything_else_is_no_link(address: object) -> None:
    """What is not a plain absolute address is shown as text."""
    assert link_of(address) is None


@pytest.mark.parametrize("name", NAMES)
def test_titles_hold_plain_characters(name: str) -> None:
    """The theme writes titles without encoding, so only harmless characters are left, and some always are."""
    made = title_of(PAYLOADS[name])
    assert (set(), True) == (set(made) & set("<>&\"'`{}[]:#\n\\"), bool(made))


@pytest.mark.parametrize("name", NAMES)
def test_script_json_reads_back(name: str) -> None:
    """A script reads the text, hidden characters made visible, and the element cannot be ended from inside."""
    payload = PAYLOADS[name]
    made = str(script_json({"a": [payload], payload: 1}))
    shown = visible(payload, newlines=True)
    assert {"a": [shown], shown: 1} == json.loads(made)
    assert (True, set()) == (made.isascii(), set(made) & set("<>&'`"))


def test_paths_break_behind_steps() -> None:
    """A browser may break a path where a step ends."""
    assert "[type=text]<wbr>.<wbr>chunk" == str(breakable("[type=text].chunk"))
