"""The command line, called in this process as its script calls it, and bodies to call it on."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from workbench.cli import main

ROOT = Path(__file__).resolve().parents[2]
RESULTS = str(ROOT / "site" / "data")
FIXTURES = ROOT / "fixtures"

CHAT = (
    b'data: {"id":"c-1","object":"chat.completion.chunk","model":"m-1","choices":[{"index":0,"delta":{"content":""},'
    b'"finish_reason":null}]}\n\n'
    b'data: {"id":"c-1","object":"chat.completion.chunk","model":"m-1","choices":[{"index":0,"delta":{"content":"Hel"},'
    b'"finish_reason":null}]}\n\n'
    b'data: {"id":"c-1","object":"chat.completion.chunk","model":"m-1","choices":[{"index":0,"delta":{"content":"lo."},'
    b'"finish_reason":null}]}\n\n'
    b'data: {"id":"c-1","object":"chat.completion.chunk","model":"m-1","choices":[{"index":0,"delta":{},'
    b'"finish_reason":"stop"}]}\n\n'
    b"data: [DONE]\n\n"
)


@dataclass(frozen=True)
class Called:
    """What a call left behind."""

    code: int
    out: str
    err: str


Call = Callable[..., Called]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    """Calls `workbench` with arguments, in this process, 160 columns wide."""
    monkeypatch.setenv("COLUMNS", "160")
    for name in ("NO_COLOR", "FORCE_COLOR", "WORKBENCH_DEBUG", "CLICOLOR_FORCE"):
        monkeypatch.delenv(name, raising=False)

    def calling(*arguments: object) -> Called:
        monkeypatch.setattr(sys, "argv", ["workbench", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return Called(ended.value.code, captured.out, captured.err)

    return calling


@pytest.fixture
def body(tmp_path: Path) -> Path:
    """A small body in a file."""
    path = tmp_path / "body.sse"
    path.write_bytes(CHAT)
    return path
