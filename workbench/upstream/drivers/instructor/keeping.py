"""What a user is left with once the call is over: the message, its stored form, and what is read back from that."""

# mypy: disable-error-code="import-not-found"
# Modules of this folder find each other at run time: see `__main__`.
from __future__ import annotations

import json
from typing import Any

from answers import Harness
from calls import UNIFIED, Asked
from instructor.cache import AutoCache, load_cached_response, store_cached_response
from pydantic import BaseModel


def dump(found: Any) -> Any:
    """Tells what the library handed out: an object by the fields that came, a pair as a list, all else as it is."""
    if isinstance(found, tuple):
        return [dump(one) for one in found]
    if isinstance(found, BaseModel):
        return found.model_dump(mode="json", exclude_unset=True, warnings=False)
    return found


def keep(harness: Harness, call: Asked, handed_out: list[Any]) -> None:
    """Tells message, stored form and restored message, as far as there are any."""
    if call.call == "iterable":
        harness.answer("message", [dump(one) for one in handed_out])
        texts = [document(one) for one in handed_out]
        harness.answer("stored", [json.loads(text) for text in texts])
        harness.try_to("restored", lambda: [read(call, text) for text in texts], call.frame)
    elif call.call == "partial":
        _keep_last(harness, call, handed_out[-1] if handed_out else None)
    elif handed_out:
        harness.answer("message", dump(handed_out[0]))
        _keep_cached(harness, call, handed_out[0])


def document(found: Any) -> str:
    """Writes an object as a user does."""
    text: str = found.model_dump_json(exclude_unset=True, warnings=False)
    return text


def read(call: Asked, text: str) -> Any:
    """Reads a document back with the class that was asked for."""
    return dump(call.model.model_validate_json(text, strict=True))


def _keep_last(harness: Harness, call: Asked, last: Any) -> None:
    harness.answer("message", dump(last))
    if last is None:
        harness.answer("stored", None)
        harness.answer("restored", None)
        return
    try:
        text = document(last)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what a user gets
        harness.raised("stored", error, call.frame)
        return
    harness.answer("stored", json.loads(text))
    harness.try_to("restored", lambda: read(call, text), call.frame)


def _keep_cached(harness: Harness, call: Asked, returned: Any) -> None:
    """Stores with the library's own cache. It writes JSON texts within JSON, which are read here."""
    found = returned[0] if isinstance(returned, tuple) else returned
    cache = AutoCache()
    store_cached_response(cache, "key", found)
    entry = json.loads(cache.get("key") or "{}")
    harness.answer("stored", {name: json.loads(text) for name, text in entry.items() if text is not None})

    def load() -> Any:
        strict: dict[str, Any] = {"strict": True} if UNIFIED else {}
        again: Any = load_cached_response(cache, "key", call.model, **strict)
        if not isinstance(returned, tuple):
            return dump(again)
        return [dump(again), plain(again._raw_response)]  # noqa: SLF001 - what the second half of a pair is made of

    harness.try_to("restored", load, call.frame)


def plain(value: Any) -> Any:
    """Tells the simple objects that the cache makes of a response."""
    if isinstance(value, list):
        return [plain(one) for one in value]
    return {name: plain(one) for name, one in vars(value).items()} if hasattr(value, "__dict__") else value
