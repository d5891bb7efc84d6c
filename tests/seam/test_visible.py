"""What would act on a terminal, or hide, becomes visible."""

from __future__ import annotations

import pytest

from workbench.visible import visible


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b[31mred", "␛[31mred"),
        ("a\rb\x07", "a␍b␇"),
        ("a\nb\tc", "a␊b␉c"),
        ("\x7f\x9b", "␡\\u{009b}"),
        ("x\u202ey\u2066", "x\\u{202e}y\\u{2066}"),
        ("\ud83d", "\\u{d83d}"),
        ("\ufeffa\u200bb\u00adc", "\\u{feff}a\\u{200b}b\\u{00ad}c"),
        ("é 日本 😀 שלום", "é 日本 😀 שלום"),
    ],
)
def test_active_characters_are_shown_and_plain_ones_stay(text: str, expected: str) -> None:
    """Escapes, bidi controls and lone surrogates are made visible; letters of any script stay."""
    assert expected == visible(text)


def test_newlines_stay_when_asked_for() -> None:
    """A text of several lines can be shown as such, and still cannot act."""
    assert "a\nb␛" == visible("a\nb\x1b", newlines=True)
