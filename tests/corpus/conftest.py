"""A dialect that carries everything, and folders of miniature fixtures, so that these tests need no real dialect."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import ClassVar

import msgspec
import pytest

from workbench.dialect import DeltaDecoder, Dialect
from workbench.errors import FixtureError
from workbench.transcript import Delta, Json, Part, Request, Transcript
from workbench.wire import Diagnostic, Frame

GOOD = """\
why: A fixture that is as small as one can be.
source: https://example.org/docs
dyes:
  text: [Quillfeather]
turns:
  - request:
      messages:
        - user: Who?
    response:
      parts:
        - text: ["It", " was ", "Quillfeather", "."]
      finish: stop
      ends: complete
"""


class _Decoder(DeltaDecoder):
    def __init__(self) -> None:
        self.diagnostics: list[Diagnostic] = []

    def receive(self, frame: Frame) -> list[Delta]:
        delta: Delta = msgspec.json.decode(frame.data, type=Delta)
        return [msgspec.structs.replace(delta, frame=frame.index)]

    def finish(self, tail: str | None) -> list[Delta]:
        return []


class _Plain(Dialect):
    """One delta per frame, as JSON."""

    id: ClassVar[str] = "plain"
    title: ClassVar[str] = "Plain"
    path: ClassVar[str] = "/plain"
    source: ClassVar[str] = "https://example.org/plain"
    cannot: ClassVar[Mapping[str, str]] = {"refusal": "it never refuses"}
    history_cannot: ClassVar[Mapping[str, str]] = {}

    def decoder(self) -> _Decoder:
        return _Decoder()

    def encode(self, deltas: Sequence[Delta]) -> bytes:
        return b"".join(b"data: " + msgspec.json.encode(delta) + b"\n\n" for delta in deltas)

    def whole(self, transcript: Transcript) -> bytes | None:
        return None

    def project(self, transcript: Transcript) -> Transcript:
        return transcript

    def project_history(self, parts: Sequence[Part]) -> tuple[Part, ...]:
        return tuple(parts)

    def write_request(self, request: Request) -> Json:
        raise NotImplementedError

    def read_request(self, sent: Json) -> Request:
        raise NotImplementedError

    def recognises(self, frames: Sequence[Frame]) -> bool:
        return False


@pytest.fixture
def dialects() -> dict[str, Dialect]:
    """The one dialect of these tests."""
    return {"plain": _Plain()}


@pytest.fixture
def good() -> str:
    """A scenario without fault."""
    return GOOD


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes a scenario into a folder of the corpus below `tmp_path`; returns the corpus's folder."""

    def write(text: str | bytes = GOOD, slug: str = "small-one", body: bytes | None = b"") -> Path:
        root = tmp_path / "fixtures"
        folder = root / slug
        folder.mkdir(parents=True)
        (folder / "fixture.yaml").write_bytes(text.encode() if isinstance(text, str) else text)
        if body is not None:
            (folder / "1.plain.sse").write_bytes(body)
        return root

    return write


@pytest.fixture
def faults_of(dialects: dict[str, Dialect]) -> Callable[[Path], list[str]]:
    """Loads a folder that has faults and returns them."""
    from workbench.corpus import load_corpus

    def faults_of(root: Path) -> list[str]:
        with pytest.raises(FixtureError) as caught:
            load_corpus(root, dialects=dialects)
        return list(caught.value.faults)

    return faults_of
