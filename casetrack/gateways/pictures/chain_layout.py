"""The layout of a chain: a staircase down from the laws to the person.

Every grant has a column. Its law stands on top of it and comes straight down; who gives comes from
the left; who receives stands below. So no line crosses another, however long the chain.

    law 1      law 2      law 3
    grant 1      |          |
    mayor ---> grant 2      |
               head -----> grant 3
                           division
                           letter
                           person
"""

from dataclasses import dataclass, field, replace
from itertools import pairwise

from casetrack.gateways.pictures.cards import Card, Placed, card
from casetrack.gateways.pictures.diagram import Diagram, Link
from casetrack.gateways.pictures.scene import MARGIN, Point, Scene, Wire, head

COLUMN = 268.0
BETWEEN = 58.0
DROP = 38.0
STACKED = 12.0


def stairs(diagram: Diagram) -> Scene:
    """Everything of a chain at its place."""
    return _Stairs(diagram).scene()


@dataclass
class _Stairs:
    diagram: Diagram
    placed: dict[str, Placed] = field(default_factory=dict)
    wires: dict[str, tuple[Wire, ...]] = field(default_factory=dict)
    left: float = MARGIN

    def scene(self) -> Scene:
        positions = [node.id for node in self.diagram.of_kind("position")]
        columns = max(2, len(positions))
        width = 2 * MARGIN + columns * COLUMN + (columns - 1) * BETWEEN
        if len(positions) < 2 and not self.diagram.asides:
            self.left = (width - COLUMN) / 2
        above = head(self.diagram, width)
        grants = [next(iter(self.diagram.links_to(node)), None) for node in positions]
        y = self._top(grants, above.bottom + 30)
        y = self._steps(positions, grants, y)
        y = self._foot(len(positions), y)
        for link in self.diagram.links:
            self.wires[link.id] = tuple(self._wires(link))
        return Scene(self.diagram, width, y + MARGIN, above, self.placed, self.wires)

    def _top(self, grants: list[Link | None], y: float) -> float:
        """The laws, each above its grant and all down to one line; a note where there is no law."""
        stacks = [link.laws if link else () for link in grants]
        below = max((self._stack(column, y, laws) for column, laws in enumerate(stacks)), default=y)
        for laws in stacks:
            self._let_down(laws, below, stretch=all(len(each) < 2 for each in stacks))
        notes = [node.id for node in self.diagram.of_kind("note")]
        return max(below, self._stack(0, y, tuple(notes)))

    def _let_down(self, laws: tuple[str, ...], below: float, *, stretch: bool) -> None:
        """One card grows down to the line; a stack beside a higher one is moved down to it."""
        gap = below - self.placed[laws[-1]].bottom if laws else 0.0
        for law in laws:
            here = self.placed[law]
            if stretch:
                self.placed[law] = replace(here, card=replace(here.card, height=below - here.y))
            else:
                self.placed[law] = replace(here, y=here.y + gap)

    def _stack(self, column: int, y: float, nodes: tuple[str, ...]) -> float:
        for node in nodes:
            y = self._put(node, self._card(node), column, y) + STACKED
        return y - STACKED if nodes else y

    def _steps(self, positions: list[str], grants: list[Link | None], y: float) -> float:
        """Each position with the next grant at its right."""
        if grants and grants[0] is not None:
            y = self._put(grants[0].id, card(grants[0], COLUMN), 0, y + DROP)
        for column, node in enumerate(positions):
            step = [(node, self._card(node), column)]
            following = grants[column + 1] if column + 1 < len(grants) else None
            if following is not None:
                step.append((following.id, card(following, COLUMN), column + 1))
            tallest = max(each.height for _, each, _ in step)
            for name, each, place in step:
                self._put(name, each, place, y + DROP + (tallest - each.height) / 2)
            y += DROP + tallest
        return y

    def _foot(self, positions: int, y: float) -> float:
        """The letter and the person; beside them what belongs to neither."""
        column = max(0, positions - 1)
        beside, below = (column - 1 if column else 1), y
        for node in self.diagram.asides:
            below = self._put(node.id, card(node, COLUMN), beside, below + DROP)
        for seat in self.diagram.links_to("person"):
            y = self._put(seat.id, card(seat, COLUMN), column, y + DROP)
            y = self._put("person", self._card("person"), column, y + DROP)
        return max(y, below)

    def _card(self, node: str) -> Card:
        return card(self.diagram.by_id[node], COLUMN)

    def _put(self, name: str, what: Card, column: int, y: float) -> float:
        self.placed[name] = Placed(what, self.left + column * (COLUMN + BETWEEN), y)
        return self.placed[name].bottom

    def _wires(self, link: Link) -> list[Wire]:
        """From law and giver to the grant's card, and from there to the receiver."""
        here, broken = self.placed[link.id], link.broken is not None
        receiver = self.placed[link.receiver]
        into = [self._from_giver(link, here)] if link.giver else []
        for law, below in pairwise((*link.laws, link.id)):
            upper, lower = self.placed[law], self.placed[below]
            ends = ((upper.centre, upper.bottom), (lower.centre, lower.y))
            into.append(Wire(ends, broken, arrow=below == link.id))
        out = Wire(((here.centre, here.bottom), (receiver.centre, receiver.y)), broken)
        if not broken:
            return [*into, out]
        return [*into, Wire(out.points, True, arrow=False, cross=_between(out.points))]

    def _from_giver(self, link: Link, here: Placed) -> Wire:
        giver = self.placed[link.giver or ""]
        if giver.right < here.x:
            return Wire(
                ((giver.right, giver.middle), (here.x, here.middle)), link.broken is not None
            )
        return Wire(((giver.centre, giver.bottom), (here.centre, here.y)), link.broken is not None)


def _between(points: tuple[Point, ...]) -> Point:
    (x1, y1), (x2, y2) = points[0], points[-1]
    return (x1 + x2) / 2, (y1 + y2) / 2
