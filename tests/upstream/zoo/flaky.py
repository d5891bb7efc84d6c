"""Answers one thing or another."""

from __future__ import annotations

import secrets

from _keeper import Harness, serve


def misbehave(harness: Harness, question: dict) -> None:
    """No two answers are alike."""
    harness.answer("event", secrets.token_hex(8), 0)
    harness.end("done")


serve(misbehave)
