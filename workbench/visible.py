r"""Makes text from outside safe to look at: what would act on a terminal, or hide, becomes visible.

Rules:
1. Control characters become their pictures (`␛`), bidirectional and zero-width controls and lone surrogates become
   `\u{…}`. What a reader can see stays as it is.
2. Nothing is lost: the result shows which character stood there.
"""

from __future__ import annotations

import re

_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_PICTURES = 0x2400
_DELETE = "\x7f"


def visible(text: str, *, newlines: bool = False) -> str:
    """Makes hidden and active characters visible.

    Args:
        text: from a stream, a file or a name.
        newlines: keep line feeds and tabs as they are; otherwise they become pictures, too.
    """
    shown = _HIDDEN.sub(_picture, text)
    return shown if newlines else shown.replace("\n", "\u240a").replace("\t", "\u2409")


def _picture(found: re.Match[str]) -> str:
    code = ord(found.group())
    if code < 0x20:
        return chr(_PICTURES + code)
    return "\u2421" if found.group() == _DELETE else f"\\u{{{code:04x}}}"
