"""What differs between two folders of results."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from workbench.results.model import VERDICT_OF, ResultSet, SubjectResult


class Change(Struct, frozen=True):
    """One difference between two folders of results."""

    subject: str
    body: str
    clause: str
    before: str | None
    after: str | None
    shown_changed: bool = False


def differences(before: ResultSet, after: ResultSet) -> Iterator[Change]:
    """Yields every cell whose verdict or shown value differs, in the order of subjects, bodies and clauses."""
    for subject in sorted({*before.subjects, *after.subjects}):
        old = _letters(before.subjects.get(subject))
        new = _letters(after.subjects.get(subject))
        for key in sorted({*old, *new}):
            was, now = old.get(key), new.get(key)
            if was != now:
                yield Change(
                    subject,
                    *key,
                    before=was and VERDICT_OF[was[0]],
                    after=now and VERDICT_OF[now[0]],
                    shown_changed=bool(was and now and was[1] != now[1]),
                )


def _letters(result: SubjectResult | None) -> dict[tuple[str, str], tuple[str, str]]:
    if result is None:
        return {}
    return {
        (key, clause): (body.verdicts[index], result.values[shown] if (shown := body.shown[index]) >= 0 else "")
        for key, body in result.bodies.items()
        for index, clause in enumerate(result.clauses)
    }
