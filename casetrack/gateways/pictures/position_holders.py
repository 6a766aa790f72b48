"""Who sits in a position on a day, and by which letter; or that nobody does."""

from dataclasses import dataclass, replace
from datetime import date

from casetrack.domain.authority.entries import Incumbency
from casetrack.domain.authority.recorded import Recorded
from casetrack.domain.authority.register import Register, incumbency_fault
from casetrack.gateways.pictures.diagram import Break, Line, Link, Node
from casetrack.gateways.pictures.parts import broken_lines, capital
from casetrack.gateways.pictures.words import FORMS, VACANT, Tongue


@dataclass(frozen=True, slots=True)
class Seats:
    """The persons of a picture of one day."""

    register: Register
    day: date
    tongue: Tongue

    def of(self, position: str) -> tuple[list[Node], list[Link]]:
        """The persons of a position, with the letters; those of two definitive holders are broken."""
        node = f"position-{position}"
        held = [
            (recorded, recorded.entry)
            for recorded in self.register.in_position(position)
            if isinstance(recorded.entry, Incumbency)
        ]
        running = [each for each in held if incumbency_fault(each[1], self.day) is None]
        twice = len(self.register.definitive_on(position, self.day)) > 1
        persons, links = [], []
        for recorded, seat in sorted(running, key=lambda each: (each[1].since, each[0].id)):
            two = twice and seat.form == "definitive"
            person = Node(
                f"person-{recorded.id}", "person", self._officer(), seat.officer, empty=two
            )
            broken = self.tongue.broken("two_definitive_holders") if two else None
            persons.append(person)
            links.append(self._seat(recorded.id, seat, node, person.id, broken))
        if not running:
            person = Node(
                f"person-none-{position}", "person", self._officer(),
                self.tongue("Kosong", "Vacant"), empty=True,
            )  # fmt: skip
            return [person], [self._vacant(held, position, person.id)]
        return persons, links

    def _officer(self) -> str:
        return self.tongue("Petugas", "Officer")

    def _seat(
        self, seat_id: str, seat: Incumbency, position: str, person: str, broken: Break | None
    ) -> Link:
        letter = f"{seat.letter.number}, {self.tongue.day(seat.letter.dated)}"
        lines = (
            *broken_lines(self.tongue, broken),
            Line(capital(self.tongue.term(seat.since, seat.until)), "strong"),
            Line(self.tongue("Surat", "Letter") + f" {letter}"),
        )
        heading = self.tongue.of(FORMS, seat.form)
        return Link(f"seat-{seat_id}", heading, person, lines, position, (), broken)

    def _vacant(self, held: list[tuple[Recorded, Incumbency]], position: str, person: str) -> Link:
        """The letter that ran last, or that there never was one."""
        if held:
            recorded, seat = max(
                held, key=lambda each: (each[1].since, each[1].until or date.max, each[0].id)
            )
            fault = incumbency_fault(seat, self.day) or VACANT
            broken = self.tongue.broken(fault)
            last = self._seat(recorded.id, seat, f"position-{position}", person, broken)
            who = Line(self.tongue("Terakhir", "Last") + f": {seat.officer}")
            return replace(last, lines=(*last.lines, who))
        broken = self.tongue.broken(VACANT)
        on = Line(self.tongue("Pada", "On") + f" {self.tongue.day(self.day)}", "strong")
        heading = self.tongue("Surat keputusan", "Letter of appointment")
        lines = (*broken_lines(self.tongue, broken), on)
        return Link(
            f"seat-none-{position}", heading, person, lines, f"position-{position}", (), broken
        )
