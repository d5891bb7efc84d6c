"""On every body of the corpus, all ways to read it agree, and so do all ways to cut it."""

from __future__ import annotations

import pytest

from workbench.corpus import Body, load_corpus
from workbench.dialects import all_dialects
from workbench.dialects.anthropic_messages.decode import MessagesDecoder
from workbench.dialects.openai_chat.decode import ChatDecoder
from workbench.wire import SseDecoder

DECODERS = {"openai-chat": ChatDecoder, "anthropic-messages": MessagesDecoder}
BODIES = [
    pytest.param(body, id=f"{fixture.slug}/{turn.number}@{body.dialect}")
    for fixture, turn, body in load_corpus().bodies()
    if body.dialect in DECODERS
]


@pytest.mark.parametrize("body", BODIES)
def test_both_readers_agree(body: Body) -> None:
    """The fast and the careful reader give the same deltas and remarks, frame by frame."""
    fast, careful = DECODERS[body.dialect](), DECODERS[body.dialect](careful=True)
    for frame in SseDecoder().receive(body.data):
        assert careful.receive(frame) == fast.receive(frame)
    assert careful.finish(None) == fast.finish(None)
    assert careful.diagnostics == fast.diagnostics


@pytest.mark.parametrize("body", BODIES)
def test_body_fed_byte_by_byte_is_the_same(body: Body) -> None:
    """A body that comes in single bytes gives the same deltas."""
    framing, decoder = SseDecoder(), DECODERS[body.dialect]()
    deltas = []
    for at in range(len(body.data)):
        for frame in framing.receive(body.data[at : at + 1]):
            deltas += decoder.receive(frame)
    framing.finish()
    deltas += decoder.finish(framing.tail_data)
    assert list(all_dialects()[body.dialect].decode(body.data).deltas()) == deltas
