"""The shapes in which providers and gateways report an error, inside a stream or instead of one.

Rules:
1. The provider's own words: message and type are copied, never made up. Where there is no message, the JSON stands for
   it.
2. The shapes are those that real streams and servers show; each has a case in `tests/dialects/test_faults.py`:
   an `error` object or string, `event: error`, `object` or `type` of "error", a bare `detail` or `message`.
3. A body that is no event stream is read here, too: a JSON error, or a page of HTML.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from workbench.dialects._json import NOT_JSON, clean, compact, read_json
from workbench.transcript import Failure, Json

_TITLE = re.compile(r"<title[^>]*+>([^<]*+)", re.IGNORECASE)


def failure_of(value: Mapping[str, Any], *, event: str = "message") -> Failure | None:
    """Reads a JSON object as an error report.

    Args:
        value: an object without what a chunk of the dialect holds.
        event: type of the SSE event that carried it.

    Returns:
        The failure, or None when nothing says that it is one.
    """
    error = value.get("error")
    if error:
        return _read_error(error, value)
    said = event == "error" or value.get("object") == "error" or value.get("type") == "error"
    bare = "choices" not in value and isinstance(value.get("detail", value.get("message")), str)
    return _read_error(value, {}) if said or bare else None


def failure_in_body(body: bytes) -> tuple[str, Failure | None] | None:
    """Reads a body that gave no frame at all.

    Returns:
        What it is (`json` or `html`), and the error that it reports; None when it is neither.
    """
    text = body.decode(errors="replace").lstrip("\ufeff \t\r\n")
    if text.startswith("<"):
        title = _TITLE.search(text)
        return "html", Failure(title.group(1).strip() if title else text[:200])
    if not text.startswith(("{", "[")):
        return None
    value = read_json(text)[0]
    if value is NOT_JSON:
        return None
    if isinstance(value, list):
        value = value[0] if value else {}
    return "json", failure_of(value) if isinstance(value, dict) else None


def _read_error(error: Json, around: Mapping[str, Any]) -> Failure:
    if not isinstance(error, Mapping):
        message = error if isinstance(error, str) else compact(error)
        return Failure(clean(message), _word(around.get("type"), around.get("code")))
    said = [error[key] for key in ("message", "detail", "msg") if isinstance(error.get(key), str)]
    message = said[0] if said else compact(dict(error))
    return Failure(clean(message), _word(error.get("type"), error.get("code"), error.get("status")))


def _word(*candidates: Json) -> str | None:
    for candidate in candidates:
        if isinstance(candidate, str) and candidate and candidate != "error":
            return clean(candidate)
        if isinstance(candidate, int) and not isinstance(candidate, bool):
            return str(candidate)
    return None
