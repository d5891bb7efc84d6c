"""Result files: what each subject showed and how it was judged, small, deterministic, and whole or not there.

A folder of results holds

- `subjects/<address>.json`: one subject; per body a string of verdicts, one letter per clause;
- `shared.json`: shown values and evidence, by the hash of their content, stored once for all subjects;
- `miniatures.json`: which check rejects which miniature;
- `catalogue.json`: the texts of clauses, designs, dialects and fixtures, so that pages need nothing else;
- `run.json`: date, Python and platform. It alone differs between two equal runs.

Rules:
1. Equal runs write equal bytes, `run.json` apart. Files are written beside and then renamed.
2. A pass is one letter and one hash. Only what is not a pass carries a reason or evidence.
3. Reading checks the schema version and every reference; a file that does not fit is a `ResultError` that names it.
"""

from workbench.results.changes import Change, differences
from workbench.results.folder import read, write
from workbench.results.model import LETTERS, VERDICT_OF, BodyResult, ResultSet, SubjectResult, parse_body_key
from workbench.results.packing import pack, shorten

__all__ = [
    "LETTERS",
    "VERDICT_OF",
    "BodyResult",
    "Change",
    "ResultSet",
    "SubjectResult",
    "differences",
    "pack",
    "parse_body_key",
    "read",
    "shorten",
    "write",
]
