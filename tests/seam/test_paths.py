"""The notation of `carries` tables, and the walk that finds where strings lie."""

from __future__ import annotations

import pytest

from workbench.paths import iter_scalars, matches


def test_scalars_come_with_the_shape_of_their_place() -> None:
    """List positions are folded, discriminators are named, and document order is kept."""
    value = {"type": "message", "parts": [{"type": "text", "text": "a"}, {"x": [1, []]}], "meta": {"kind": "k"}}

    assert [
        ("[type=message].type", "message"),
        ("[type=message].parts[type=text].type", "text"),
        ("[type=message].parts[type=text].text", "a"),
        ("[type=message].parts[].x[]", 1),
        ("[type=message].parts[].x[]", []),
        ("[type=message].meta[kind=k].kind", "k"),
    ] == list(iter_scalars(value, ("type", "kind")))


def test_a_hundred_thousand_levels_are_walked() -> None:
    """Depth is no recursion: hostile nesting cannot end the run."""
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]

    assert 1 == sum(1 for _ in iter_scalars(deep, ()))


@pytest.mark.parametrize(
    ("declared", "found", "expected"),
    [
        ("[type=text].chunk", "[type=text].chunk", True),
        ("[type=text].chunk", "[type=text].chunks", False),
        ("parts[type=call].arguments.**", "parts[type=call].arguments.a.b[]", True),
        ("parts[type=call].arguments.**", "parts[type=call].arguments", True),
        ("parts[type=call].arguments.**", "parts[type=call].argumentsx", False),
        ("meta.*.signature", "meta.anthropic.signature", True),
        ("meta.*.signature", "meta.a.b.signature", False),
        ("a.b | c.d", "c.d", True),
        ("a.b | c.d", "a.d", False),
    ],
)
def test_a_declared_path_covers_the_shapes_it_names(declared: str, found: str, expected: bool) -> None:
    """Stars, double stars and alternatives mean what the module says."""
    assert expected is matches(declared, found)


def test_a_path_that_names_an_object_covers_what_lies_in_it_only_when_asked() -> None:
    """`within` is for concepts that are an event or an object rather than a scalar."""
    assert matches("[type=end]", "[type=end].index", within=True)
    assert not matches("[type=end]", "[type=end].index")
    assert not matches("[type=end].in", "[type=end].index", within=True)
