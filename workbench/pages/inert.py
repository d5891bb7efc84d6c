"""Makes text from outside inert: in HTML, in attributes, in file names, in addresses and in JSON inside a page.

Theory of operation. A page passes three readers that act on text: our own templates, Markdown, and the browser.
Templates never evaluate a value twice. Markdown leaves a raw HTML block alone as long as the block is balanced, so it
must not find a tag in a value. The browser must not find one either. One encoding serves all three: angle brackets,
ampersands, quotes, backticks, braces, tildes and line ends become numeric entities, after hidden characters were made
visible. So a value cannot open or close a tag, an attribute, a fence, an attribute list, a template expression or a
snippet, nor begin a line.

Rules:
1. Every value goes through `inert`, by default and without being asked: `workbench.pages.render` sees to it.
2. An id becomes part of a file name or an anchor only through `name_of`, an address a link only through `link_of`.
3. JSON that a script of ours reads goes through `script_json`; the script sets it as text.
"""

from __future__ import annotations

import hashlib
import json
import re

from markupsafe import Markup

from workbench.transcript import Json
from workbench.visible import visible

_ACTIVE = re.compile("[<>&\"'`{}~\x00-\x1f\x7f-\xa0]")
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*")
_LINK = re.compile(r"https?://[A-Za-z0-9][A-Za-z0-9._~:/?#@!$&()*+,;=%\[\]-]*")
_TITLE = re.compile(r"[^A-Za-z0-9 .,()_/-]+")
_RESERVED = frozenset({"index", "con", "prn", "aux", "nul"})
_LONGEST_NAME = 80

ELLIPSIS = "…"
_ARROWS = str.maketrans({"\n": "\u21b5", "\t": "\u21e5"})


def inert(text: object) -> Markup:
    """Encodes text so that templates, Markdown and browsers show it and do nothing else with it.

    Args:
        text: anything; hidden characters are made visible, line feeds and tabs stay.
    """
    shown = visible(str(text), newlines=True)
    if _ACTIVE.search(shown) is None:
        return Markup(shown)  # noqa: S704 - nothing in it acts
    return Markup(_ACTIVE.sub(lambda found: f"&#{ord(found.group())};", shown))  # noqa: S704 - this is the encoder


def one_line(text: object, limit: int = 200) -> str:
    """Makes one line of any text: line ends and tabs become arrows, and what is too long is cut with its length.

    Args:
        text: anything.
        limit: characters that are kept.
    """
    whole = str(text)
    if len(whole) > limit:
        return f"{_flat(whole[:limit])}{ELLIPSIS} ({len(whole):,} characters)"
    return _flat(whole)


def _flat(text: str) -> str:
    """Makes hidden characters visible; line ends and tabs become arrows, which every font has."""
    return visible(text.translate(_ARROWS))


def clip(text: object, limit: int = 40) -> str:
    """Makes one line of any text and cuts it without a word, where the whole of it stands nearby."""
    whole = str(text)
    return _flat(whole[:limit]) + ELLIPSIS if len(whole) > limit else _flat(whole)


def breakable(path: object) -> Markup:
    """Encodes a path in JSON so that a browser may break it behind a step."""
    return Markup("<wbr>").join(inert(step) for step in re.split(r"(?<=[.\]])", str(path)))


def compact(value: Json, limit: int = 200) -> str:
    """Writes JSON on one line for a reader, cut like `one_line`."""
    return one_line(json.dumps(value, ensure_ascii=False), limit)


def pretty(value: Json, limit: int = 6000) -> str:
    """Writes JSON over several lines for a reader; what is too long is cut with its length."""
    return cut(json.dumps(value, ensure_ascii=False, indent=1), limit)


def cut(text: object, limit: int = 6000) -> str:
    """Keeps the lines of a text; what is too long is cut with its length."""
    whole = str(text)
    return f"{whole[:limit]}{ELLIPSIS}\n({len(whole):,} characters)" if len(whole) > limit else whole


def name_of(identity: str) -> str:
    """Makes a file name or anchor of an id: the id itself where it is plain, otherwise its letters and a hash.

    Ids from plug-ins and addresses of releases may hold slashes, dots or worse. Equal ids give equal names, and
    different ids different ones.
    """
    short = len(identity) <= _LONGEST_NAME
    if short and _PLAIN.fullmatch(identity) and identity.lower() not in _RESERVED:
        return identity
    letters = re.sub(r"[^A-Za-z0-9]+", "-", identity)[:40].strip("-")
    tag = hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:10]
    return f"{letters}-{tag}" if letters else f"x-{tag}"


def title_of(text: str) -> str:
    """Makes a page title: what the theme writes without encoding, so only letters, digits and harmless marks stay."""
    plain = _TITLE.sub(" ", text)
    return " ".join(plain.split())[:_LONGEST_NAME] or "untitled"


def link_of(address: object) -> str | None:
    """Returns an address that may stand in a link: absolute, http or https, nothing hidden in it; otherwise None."""
    text = str(address)
    return text if _LINK.fullmatch(text) else None


def script_json(value: Json) -> Markup:
    """Writes JSON for a `<script type="application/json">` element: ASCII, without any character that ends it.

    Hidden characters in strings are made visible first, since the script that reads it shows it to people.
    """
    text = json.dumps(_seen(value), separators=(",", ":"))
    for mark in "<>&'`*_":  # all of them stand inside strings only, so an escape means the same
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return Markup(text)  # noqa: S704 - ASCII JSON without angle brackets, ampersands, quotes of ours or backticks


def _seen(value: Json) -> Json:
    if isinstance(value, str):
        return visible(value, newlines=True)
    if isinstance(value, dict):
        return {visible(str(key), newlines=True): _seen(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_seen(one) for one in value]
    return value
