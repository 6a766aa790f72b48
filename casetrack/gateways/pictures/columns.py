"""The layout of a service: the laws carry a beam, powers hang from it, persons stand at the ground.

Every position has a column of its own, so a line down to its persons meets nothing. Positions stand
in rows by their distance from the law; each wears its grants on its head. Whoever stands below another
has their column at its right before anybody else's, so a giver's line meets no card on its way.

    law 1     law 2     law 3
    ==================================
    | grant                   | grant
    mayor -----+--------+     agency
               | grant  | grant
               head     office
    person     person   person person
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from casetrack.gateways.pictures.cards import Card, Placed, card
from casetrack.gateways.pictures.diagram import Diagram, Link
from casetrack.gateways.pictures.position_tree import Place, forest
from casetrack.gateways.pictures.scene import MARGIN, Point, Scene, Wire, head

COLUMN = 244.0
GUTTER = 52.0
RAIL = 16.0
ROW = 40.0
STACKED = 10.0
LETTER = 18.0
FEWEST = 3


def columns(diagram: Diagram) -> Scene:
    """Everything of a service at its place."""
    return _Columns(diagram).scene()


@dataclass
class _Columns:
    diagram: Diagram
    placed: dict[str, Placed] = field(default_factory=dict)
    wires: dict[str, tuple[Wire, ...]] = field(default_factory=dict)
    backdrop: list[Wire] = field(default_factory=list)

    def scene(self) -> Scene:
        positions = [node.id for node in self.diagram.of_kind("position")]
        places = forest(positions, self.diagram.links)
        count = max(FEWEST, len(places))
        width = 2 * MARGIN + count * COLUMN + (count - 1) * GUTTER
        above = head(self.diagram, width)
        y = self._laws(count, above.bottom + 30)
        if places:
            beam = y + 18
            y = self._rows(places, beam)
            y = self._persons(places, y + ROW)
            for place in places:
                self._hang(place, beam)
            self.backdrop.append(
                Wire(((MARGIN - RAIL, beam), (width - MARGIN + RAIL, beam)), arrow=False, beam=True)
            )
        return Scene(self.diagram, width, y + MARGIN, above, self.placed, self.wires, self.backdrop)

    def _laws(self, count: int, y: float) -> float:
        """In rows from the left, all of a row equally high; also the note that there is nothing."""
        nodes = self.diagram.of_kind("law", "note")
        for start in range(0, len(nodes), count):
            row = [card(node, COLUMN) for node in nodes[start : start + count]]
            tallest = max(each.height for each in row)
            y += STACKED if start else 0
            for column, each in enumerate(row):
                self._put(replace(each, height=tallest), column, y)
            y += tallest
        return y

    def _rows(self, places: Sequence[Place], y: float) -> float:
        """The positions, the nearest to the law first, each with its grants stacked on it."""
        for level in range(1, max(place.level for place in places) + 1):
            stacks = {
                column: self._stack(place.position)
                for column, place in enumerate(places)
                if place.level == level
            }
            tallest = max(_height(stack) for stack in stacks.values())
            for column, stack in stacks.items():
                top = y + ROW + tallest - _height(stack)
                for each in stack:
                    top = self._put(each, column, top) + STACKED
            y += ROW + tallest
        return y

    def _stack(self, position: str) -> list[Card]:
        links = self.diagram.links_to(position)
        node = card(self.diagram.by_id[position], COLUMN)
        return [*(card(link, COLUMN) for link in links), node]

    def _persons(self, places: Sequence[Place], y: float) -> float:
        seats = [self._seats(place.position) for place in places]
        first = max(card(link, COLUMN).height for links in seats for link in links[:1])
        below = y
        for column, links in enumerate(seats):
            top, tallest = y, first
            for link in links:
                letter = card(link, COLUMN)
                letter = replace(letter, height=max(letter.height, tallest))
                top = self._put(letter, column, top) + LETTER
                top = self._put(card(self.diagram.by_id[link.receiver], COLUMN), column, top)
                below, top, tallest = max(below, top), top + LETTER, 0.0
        return below

    def _seats(self, position: str) -> list[Link]:
        nodes = self.diagram.by_id
        return [
            link
            for link in self.diagram.links
            if link.giver == position and nodes[link.receiver].kind == "person"
        ]

    def _put(self, what: Card, column: int, y: float) -> float:
        self.placed[what.item.id] = Placed(what, MARGIN + column * (COLUMN + GUTTER), y)
        return self.placed[what.item.id].bottom

    # --- lines ------------------------------------------------------------------------------------

    def _hang(self, place: Place, beam: float) -> None:
        """The lines to a position's grants, from the beam and from who gives; and to its persons."""
        here = self.placed[place.position]
        given = self.diagram.links_to(place.position)
        from_parent = [link for link in given if place.parent and link.giver == place.parent]
        from_law = [link for link in given if link.giver is None]
        others = [link for link in given if link not in from_parent and link not in from_law]
        left, right = here.x - RAIL, here.right + RAIL
        if from_parent and place.parent is not None:
            parent = self.placed[place.parent]
            bus = ((parent.right, parent.middle), (left, parent.middle))
            self._rail(bus, from_parent, left)
        if from_law:
            side = right if from_parent else left
            self._rail(((side, beam),), from_law, side)
        for link in others:
            self._stub(link, right if from_law and not from_parent else left, straight=True)
        seats = self._seats(place.position)
        self._rail(((here.x, here.middle), (left, here.middle)), seats, left)
        for link in seats:
            tag, person = self.placed[link.id], self.placed[link.receiver]
            down = Wire(
                ((tag.centre, tag.bottom), (person.centre, person.y)), link.broken is not None
            )
            self.wires[link.id] = (*self.wires[link.id], down)

    def _rail(self, start: tuple[Point, ...], links: Sequence[Link], x: float) -> None:
        """One line down the gutter for several links; each branches off with its own stub."""
        if not links:
            return
        end = max(self.placed[link.id].middle for link in links) - RAIL
        broken = all(link.broken is not None for link in links)
        self.backdrop.append(Wire((*start, (x, end)), broken, arrow=False))
        for link in links:
            self._stub(link, x)

    def _stub(self, link: Link, x: float, *, straight: bool = False) -> None:
        here, broken = self.placed[link.id], link.broken is not None
        edge = here.x if x < here.x else here.right
        bend: tuple[Point, ...] = () if straight else ((x, here.middle - RAIL),)
        points = (*bend, (x, here.middle), (edge, here.middle))
        cross = (edge, here.middle) if broken else None
        self.wires[link.id] = (Wire(points, broken, arrow=not broken, cross=cross),)


def _height(stack: Sequence[Card]) -> float:
    return sum(each.height for each in stack) + STACKED * (len(stack) - 1)
