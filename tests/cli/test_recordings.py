"""`workbench inspect` on every captured body at hand in the dialects that are known."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from tests.cli.conftest import Call
from workbench.dialects import all_dialects
from workbench.transcript import see


def test_all_recordings_at_once(call: Call, shared: Path) -> None:
    """None is an error, each is taken for the dialect that it is, and the counts are those of decoding it here."""
    rows = [json.loads(line) for line in (shared / "recordings" / "manifest.jsonl").read_text().splitlines()]
    dialects = all_dialects()
    wanted = [row for row in rows if row["dialect"] in ("openai-chat", "anthropic-messages") and row["format"] == "sse"]
    paths = [shared / "recordings" / row["file"] for row in wanted]
    assert len(wanted) > 200
    called = call("inspect", "--format", "json", *paths)
    assert (0, "") == (called.code, called.err)
    found = json.loads(called.out)["bodies"]
    assert [(str(path), row["dialect"]) for path, row in zip(paths, wanted, strict=True)] == [
        (one["file"], one["dialect"]) for one in found
    ]
    for one, path in zip(found, paths, strict=True):
        decoded = dialects[one["dialect"]].decode(path.read_bytes())
        wire = see(decoded.deltas())
        assert (len(decoded.frames), wire.completion) == (one["frames"], one["completion"])
        assert Counter(part.kind for part in wire.parts) == one["parts"]
        assert Counter(remark.code for remark in decoded.diagnostics) == one["diagnostics"]
