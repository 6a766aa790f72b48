"""The line of authority among positions: who stands under whom in a picture."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from casetrack.gateways.pictures.diagram import Link


@dataclass(frozen=True, slots=True)
class Place:
    """Where a position stands: below which other one, and how many steps from the law."""

    position: str
    parent: str | None
    level: int


def forest(positions: Sequence[str], links: Sequence[Link]) -> list[Place]:
    """Every position once, each before those below it, those with the most below them first.

    A position stands below the first one that gives it a power that holds; else below the first one
    that wanted to. Who gives in a circle stands alone.
    """
    parents = {each: _parent(each, links) for each in positions}
    for each in positions:
        if _in_circle(each, parents):
            parents[each] = None
    return list(_below(None, 1, parents))


def _parent(position: str, links: Sequence[Link]) -> str | None:
    given = [link for link in links if link.receiver == position and link.giver != position]
    holding = [link for link in given if link.broken is None]
    return next((link.giver for link in holding or given if link.giver is not None), None)


def _in_circle(position: str, parents: dict[str, str | None]) -> bool:
    above, seen = parents[position], {position}
    while above is not None and above not in seen:
        seen.add(above)
        above = parents[above]
    return above == position


def _below(parent: str | None, level: int, parents: dict[str, str | None]) -> Iterator[Place]:
    trees = [
        [Place(each, parent, level), *_below(each, level + 1, parents)]
        for each, above in parents.items()
        if above == parent
    ]
    for tree in sorted(trees, key=len, reverse=True):
        yield from tree
