"""The published pages: written from results alone, then built by MkDocs.

- `inert`: text from outside, made harmless; `prose`: Markdown that came with a design, the same.
- `book`: what all pages read; `tally`, `partition`, `summary`, `matrix`: what is counted and said.
- `shipped`: results as shipped, which count for themselves; `outcomes`, `changes`, `fidelity`, `beside`: made of them.
- `kinds`, `lanes`: a body on one axis; `charts`: benchmark pictures.
- `overview`, `designs`, `releases`, `clauses`, `fixtures`, `benchmarks`: the pages.
- `render`: templates to Markdown files with one raw block; `write`: all of them into a folder; `build`: MkDocs over it.

Rules:
1. Pages know results, agreement and what lies below; never the harness, a design, a clause's code or the corpus.
2. No text from a stream, a fixture or a plug-in reaches a page unencoded; tests hold that for a list of payloads.
3. Every number says what it was counted out of; what was left out is counted with its reason.
"""

from workbench.pages.build import build_site
from workbench.pages.write import write_pages

__all__ = ["build_site", "write_pages"]
