"""Pages that show all designs at once: home, crosswalk, camps, miniatures, dialects.

Rules:
1. Tables are in the order of ids: nothing is sorted by how well it did. What is contested most comes first, since that
   is about clauses and not about designs.
2. A concept that a design does not carry is written out as such, and a phase that it lacks is one band.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workbench.pages.beside import LibraryBeside
from workbench.pages.book import Book
from workbench.pages.designs import proofs
from workbench.pages.matrix import PHASE_WORDS, has_phase, left_out, legend, matrix, totals
from workbench.pages.partition import contests, in_words, pairs, wordings
from workbench.pages.render import Page
from workbench.pages.summary import AT_A_GLANCE, answer, as_shipped
from workbench.results import parse_body_key
from workbench.transcript import PHASES


def pages(book: Book, besides: Mapping[str, Sequence[LibraryBeside]]) -> Iterator[Page]:
    """Yields home and the overview pages.

    Args:
        book: what to read.
        besides: by design, see `workbench.pages.beside`.
    """
    yield Page("index", "Home", "home.html", _home(book, besides))
    yield Page("crosswalk", "Crosswalk", "crosswalk.html", {"columns": book.columns, "tables": _crosswalk(book)})
    yield Page("camps", "Camps and agreement", "camps.html", _camps(book))
    yield Page("miniatures", "Checks and miniatures", "miniatures.html", _miniatures(book))
    yield Page("dialects", "Dialects", "dialects.html", {"dialects": book.dialects, "concepts": book.concepts})


def _home(book: Book, besides: Mapping[str, Sequence[LibraryBeside]]) -> dict[str, Any]:
    found = answer(book)
    return {
        "answer": found,
        "glance": [(book.clauses[one.clause], one) for one in found.contested[:AT_A_GLANCE]],
        "columns": book.columns,
        "by_subject": {column.subject: column for column in book.columns},
        "designs": book.designs,
        "blocks": matrix(book),
        "legend": legend(),
        "totals": totals(book),
        "levels": list(dict.fromkeys(clause.level for clause in book.clauses.values())),
        "left": left_out(book),
        "proofs": proofs(book),
        "fixtures": len(book.fixtures),
        "bodies": len(book.bodies),
        "clauses": len(book.clauses),
        "others": book.others,
        "shipped": as_shipped(book, besides),
        "date": dict(book.provenance)["run of"],
    }


def _crosswalk(book: Book) -> list[dict[str, Any]]:
    tables = []
    for phase in PHASES:
        present = [column for column in book.columns if has_phase(book, column, phase)]
        if not present:
            continue
        rows = []
        for concept, text in book.concepts.items():
            cells = [
                book.designs.get(column.design, {}).get("carries", {}).get(phase, {}).get(concept)
                for column in book.columns
            ]
            rows.append((concept, text, cells))
        absent = {column.subject for column in book.columns if column not in present}
        tables.append({"phase": phase, "words": PHASE_WORDS[phase], "rows": rows, "absent": absent})
    return tables


def _camps(book: Book) -> dict[str, Any]:
    by_pair = {}
    for pair in pairs(book):
        by_pair[pair.one.subject, pair.other.subject] = pair.agreement
        by_pair[pair.other.subject, pair.one.subject] = pair.agreement
    rows = [(book.clauses[one.clause], one, in_words(wordings(book, one.clause))) for one in contests(book)]
    return {
        "columns": book.columns,
        "by_subject": {column.subject: column for column in book.columns},
        "by_pair": by_pair,
        "contested": [row for row in rows if row[1].parted],
        "forms": [row for row in rows if not row[1].parted and row[1].forms + row[1].ways],
        "united": [row for row in rows if row[1].same == row[1].compared],
        "uncompared": [one for one in book.clauses.values() if one.id not in {row[0].id for row in rows}],
    }


def _miniatures(book: Book) -> dict[str, Any]:
    found = book.results.miniatures or {}
    rejections = {
        name: {clause: parse_body_key(body) for clause, body in row.items()}
        for name, row in found.get("rejections", {}).items()
    }
    return {
        "checks": [book.clauses.get(check, check) for check in found.get("checks", ())],
        "clauses": book.clauses,
        "check_ids": list(found.get("checks", ())),
        "rejections": rejections,
        "miniatures": book.catalogue.get("miniatures", {}),
    }
