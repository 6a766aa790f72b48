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
    """Every position once, each before those below it. Who gives in a circle stands by himself.

    A position stands below the first one that gives it a power that holds; else below the first one
    that wanted to.
    """
    parents = {each: _parent(each, links) for each in positions}
    placed: dict[str, Place] = {}
    for each in positions:
        if parents[each] is None:
            placed.update((place.position, place) for place in _below(each, None, 1, parents))
    for each in positions:
        if each not in placed:
            parents[each] = None
            placed.update((place.position, place) for place in _below(each, None, 1, parents))
    return list(placed.values())


def _parent(position: str, links: Sequence[Link]) -> str | None:
    given = [link for link in links if link.receiver == position and link.giver != position]
    holding = [link for link in given if link.broken is None]
    return next((link.giver for link in holding or given if link.giver is not None), None)


def _below(
    position: str, parent: str | None, level: int, parents: dict[str, str | None]
) -> Iterator[Place]:
    yield Place(position, parent, level)
    for each, above in parents.items():
        if above == position:
            yield from _below(each, position, level + 1, parents)
