"""The decoder of JSON arrays: what is an element, when it is complete, and what a broken array leaves."""

from __future__ import annotations

import json

import pytest

from workbench.wire import JsonArrayDecoder


def read(body: bytes, size: int | None = None, **how: int) -> JsonArrayDecoder:
    """Reads a body in pieces of a size, and keeps the frames beside the decoder."""
    decoder = JsonArrayDecoder(**how)
    frames = []
    for at in range(0, len(body), size or max(1, len(body))):
        frames += decoder.receive(body[at : at + (size or len(body))])
    decoder.frames = frames + decoder.finish()  # type: ignore[attr-defined]
    return decoder


def data(decoder: JsonArrayDecoder) -> list[str]:
    """The elements."""
    return [frame.data for frame in decoder.frames]  # type: ignore[attr-defined]


def codes(decoder: JsonArrayDecoder) -> list[str]:
    """What was remarked."""
    return [remark.code for remark in decoder.diagnostics]


AS_SENT = b'[{"a": "]}"}\n,\r\n{"b": [1, {"c": "\\\\\\""}]}\n,\n{"d":"\xc3\xa9"}]\n'


@pytest.mark.parametrize("size", [1, 2, 3, 7, None])
def test_elements_come_out_whole_however_the_body_is_cut(size: int | None) -> None:
    """Brackets and quotes within strings end nothing."""
    decoder = read(AS_SENT, size)
    assert [json.dumps(one) for one in json.loads(AS_SENT)] == [json.dumps(json.loads(one)) for one in data(decoder)]
    assert [] == codes(decoder)
    assert [AS_SENT[frame.start : frame.end].decode() for frame in decoder.frames] == data(decoder)  # type: ignore[attr-defined]


def test_an_element_is_out_with_its_last_byte() -> None:
    """Nobody waits for the comma."""
    decoder = JsonArrayDecoder()
    assert [] == decoder.receive(b'[{"a":1')
    assert ['{"a":1}'] == [frame.data for frame in decoder.receive(b"}")]


@pytest.mark.parametrize(
    ("body", "elements"),
    [(b"[]", []), (b" [ ] ", []), (b'[1, "x,]", true,[2]]', ["1", '"x,]"', "true", "[2]"]), (b'[""]', ['""'])],
)
def test_any_value_can_be_an_element(body: bytes, elements: list[str]) -> None:
    """Numbers and words end with what follows them."""
    decoder = read(body, 1)
    assert (elements, []) == (data(decoder), codes(decoder))


@pytest.mark.parametrize(
    ("body", "elements", "code", "tail"),
    [
        (b'[{"a":1},{"b":"x', ['{"a":1}'], "unterminated-tail", '{"b":"x'),
        (b'[{"a":1},', ['{"a":1}'], "unterminated-tail", ""),
        (b"[12", [], "unterminated-tail", "12"),
        (b'{"a":1}', [], "wrong-framing", None),
        (b"data: {}\n\n", [], "wrong-framing", None),
        (b'[{"a":1}] bye', ['{"a":1}'], "ignored-line", None),
        (b'[{"a":"\xff"}]', ['{"a":"\ufffd"}'], "invalid-utf8", None),
    ],
)
def test_what_is_broken_is_remarked_and_the_rest_kept(
    body: bytes, elements: list[str], code: str, tail: str | None
) -> None:
    """Complete elements are handed out, and one remark says what was not."""
    decoder = read(body)
    assert (elements, [code]) == (data(decoder), codes(decoder))
    assert tail == (decoder.tail.text if decoder.tail is not None else None)


def test_an_empty_body_says_nothing() -> None:
    """There is no array, and nothing to remark."""
    decoder = read(b"")
    assert ([], [], None) == (data(decoder), codes(decoder), decoder.tail)


@pytest.mark.parametrize("size", [1, 5, None])
def test_an_element_over_the_limit_is_skipped(size: int | None) -> None:
    """One remark, and the next element is read."""
    decoder = read(b'[{"long":"' + b"x" * 50 + b'"},{"a":1}]', size, limit_bytes=20)
    assert (['{"a":1}'], ["over-limit"]) == (data(decoder), codes(decoder))
    assert (1, 62) == (decoder.diagnostics[0].start, decoder.diagnostics[0].end)
