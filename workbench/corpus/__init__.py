"""The corpus: fixtures as values, checked on the way in, and their bodies.

- `model`: fixtures, turns, bodies; which version of the corpus they are.
- `strict_yaml`: YAML as data and nothing else.
- `checks`, `build`: what a schema cannot say; from a scenario to requests, truth and deltas.
- `load`, `render`: the two that touch files.
- `features`: what a body shows of structure, and which fixtures are alike.
"""

from workbench.corpus.features import features, find_twins
from workbench.corpus.load import load_corpus
from workbench.corpus.model import Body, Corpus, Fixture, Origin, Turn
from workbench.corpus.render import render, render_fixture

__all__ = [
    "Body",
    "Corpus",
    "Fixture",
    "Origin",
    "Turn",
    "features",
    "find_twins",
    "load_corpus",
    "render",
    "render_fixture",
]
