"""The values that `workbench.wire` hands out."""

from __future__ import annotations

from types import ModuleType

import pytest

import workbench.wire
from tests.wire.messages import message
from workbench.wire import WIRE_CODES, Decoder, Diagnostic, EventStreamDecoder, Frame, NdjsonDecoder, SseDecoder, Tail

SHOWN: dict[str, tuple[type[Decoder], bytes]] = {
    "bom": (SseDecoder, b"\xef\xbb\xbf"),
    "comment": (SseDecoder, b":\n"),
    "ignored-line": (SseDecoder, b"x\n"),
    "dataless-block": (SseDecoder, b"id\n\n"),
    "invalid-utf8": (NdjsonDecoder, b"\xff\n"),
    "unterminated-tail": (NdjsonDecoder, b"1"),
    "over-limit": (SseDecoder, b"data: longer than all that it may be\n\n"),
    "bad-checksum": (EventStreamDecoder, message(b"")[:-1] + b"?"),
    "bad-header": (EventStreamDecoder, message(b"\x05ab")),
    "wrong-framing": (SseDecoder, b"<p>"),
}


def test_every_code_is_shown() -> None:
    """The table of codes has an example for each, here."""
    assert set(WIRE_CODES) == set(SHOWN)


@pytest.mark.parametrize("code", SHOWN)
def test_code_is_remarked(code: str) -> None:
    """The example's body makes a decoder remark the code."""
    kind, body = SHOWN[code]
    decoder = kind(limit_bytes=32)
    decoder.receive(body)
    decoder.finish()
    assert code in [remark.code for remark in decoder.diagnostics]


@pytest.mark.parametrize(
    "value",
    [Frame(0, "message", "a", 0, 9), Tail(0, 1, "d"), Diagnostic("bom", 0, 3)],
    ids=lambda value: type(value).__name__,
)
def test_values_are_frozen(value: Frame | Tail | Diagnostic) -> None:
    """What was handed out cannot be changed."""
    with pytest.raises(AttributeError, match="immutable"):
        value.start = 1  # type: ignore[misc]


def test_public_names_are_all_that_the_package_imports() -> None:
    """`__all__` has each public name that the package binds, and no other."""
    bound = {name for name in vars(workbench.wire) if not name.startswith("_")}
    modules = {name for name in bound if isinstance(vars(workbench.wire)[name], ModuleType)}
    assert bound - modules == set(workbench.wire.__all__)
