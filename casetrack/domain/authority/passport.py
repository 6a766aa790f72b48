"""The proof kept with a decision: who, holding what by which letter, by a chain up to an attribution.

It says "authorised according to the register"; procedure and substance are judged elsewhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from casetrack.domain.authority.entries import GrantKind, Incumbency
from casetrack.domain.authority.recorded import Cite
from casetrack.domain.authority.register import RULES_VERSION, Register
from casetrack.domain.service.definition import Name

#: Rules by which a passport can be judged again.
KNOWN_RULES = (1, RULES_VERSION)
STATEMENT = "authorised according to the register"

#: How an acting officer is named before the office (Permendagri 1/2023 art. 44).
ACTING_PREFIX = {"plt": "Plt.", "plh": "Plh.", "pj": "Pj."}
#: Who answers for what is done (UU 30/2014 art. 1(22) to (24)): the receiver, or the giver.
BEARER: dict[str, str] = {
    "attribution": "receiver",
    "delegation": "receiver",
    "sub_delegation": "receiver",
    "mandate": "giver",
}


@dataclass(frozen=True, slots=True)
class RestAmended:
    """A text that had changed what a link rests on by the day: the third amendment is `ordinal` 3."""

    amendment: str
    instrument: str
    title: str
    number: str
    ordinal: int
    dated: str
    since: str
    cite: Cite

    def as_data(self) -> dict[str, Any]:
        """As the passport keeps it."""
        return {
            "amendment": self.amendment,
            "instrument": self.instrument,
            "title": self.title,
            "number": self.number,
            "ordinal": self.ordinal,
            "dated": self.dated,
            "since": self.since,
            **self.cite.as_data(),
        }


def amended_by(register: Register, instrument: str, day: date) -> Iterator[RestAmended]:
    """The amendments of a text that stood on a day, in their order."""
    for each in register.amendments_of(instrument):
        text = register.instrument(each.entry.new)
        if each.first <= day and text is not None:
            yield RestAmended(
                each.recorded.id,
                each.entry.new,
                text.title,
                text.number,
                each.entry.ordinal,
                text.dated.isoformat(),
                each.first.isoformat(),
                each.recorded.cite,
            )


@dataclass(frozen=True, slots=True)
class Rest:
    """What a link rests on: instrument and line as they read on the day, with where they are recorded.

    The dates are the instrument's: signed, and in force from and until.
    """

    instrument: str
    title: str
    number: str
    line: str
    printed: str
    dated: str
    since: str
    until: str | None
    cite: Cite
    amended: tuple[RestAmended, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """As the passport keeps it; of a text that nobody amended it says nothing of that."""
        amended = [each.as_data() for each in self.amended]
        return {
            "instrument": self.instrument,
            "title": self.title,
            "number": self.number,
            "line": self.line,
            "printed": self.printed,
            "dated": self.dated,
            "since": self.since,
            "until": self.until,
            **self.cite.as_data(),
            **({"amended": amended} if amended else {}),
        }


@dataclass(frozen=True, slots=True)
class Link:
    """One grant of the chain, from the law downwards: who gave which power to whom, by what paper.

    `giver` and `receiver` are the positions that hold those ends now; `moved` are the successions
    that brought them there. `printed_giver` and `printed_receiver` are their names at the time of
    the grant, where they are called otherwise now.
    """

    grant: str
    kind: GrantKind
    giver: str | None
    giver_name: Name | None
    receiver: str
    receiver_name: Name
    since: str
    until: str | None
    rests: tuple[Rest, ...]
    cite: Cite
    printed_giver: Name | None = None
    printed_receiver: Name | None = None
    ub: bool = False
    moved: tuple[str, ...] = ()

    @property
    def bearer(self) -> str | None:
        """The position that answers for what is done by this link."""
        return self.giver if BEARER[self.kind] == "giver" else self.receiver

    def as_data(self) -> dict[str, Any]:
        """As the passport keeps it."""
        return {
            "grant": self.grant,
            "kind": self.kind,
            "giver": _end(self.giver, self.giver_name, self.printed_giver),
            "receiver": _end(self.receiver, self.receiver_name, self.printed_receiver),
            "since": self.since,
            "until": self.until,
            "responsibility": {"bearer": BEARER[self.kind], "position": self.bearer},
            "rests_on": [rest.as_data() for rest in self.rests],
            "ub": self.ub,
            "moved": list(self.moved),
            **self.cite.as_data(),
        }


def _end(position: str | None, name: Name | None, printed: Name | None) -> dict[str, Any] | None:
    if position is None or name is None:
        return None
    shown: dict[str, Any] = {"position": position, "name": name.as_dict()}
    if printed is not None:
        shown["printed"] = {
            "id": f"{printed.id}, kini {name.id}",
            "en": f"{printed.en}, now {name.en}",
        }
    return shown


@dataclass(frozen=True, slots=True)
class Seat:
    """The officer in their position: by which letter, in which form, until when."""

    incumbency: str
    officer: str
    position: str
    name: Name
    form: str
    letter_number: str
    letter_dated: str
    since: str
    until: str | None
    cite: Cite
    #: Who answers for what an acting officer does by this mandate: the position that appointed them.
    appointed_by: str | None = None

    @property
    def acting(self) -> bool:
        """Whether they hold it as Plt, Plh or Pj: a mandate of its own (UU 30/2014 art. 14(2))."""
        return self.form != "definitive"

    def as_data(self) -> dict[str, Any]:
        """As the passport keeps it."""
        kept: dict[str, Any] = {
            "incumbency": self.incumbency,
            "officer": self.officer,
            "position": self.position,
            "name": self.name.as_dict(),
            "form": self.form,
            "letter": {"number": self.letter_number, "dated": self.letter_dated},
            "since": self.since,
            "until": self.until,
            **self.cite.as_data(),
        }
        if self.acting:
            kept["responsibility"] = {"bearer": "giver", "position": self.appointed_by}
        return kept


@dataclass(frozen=True, slots=True)
class Passport:
    """The answer yes, whole: it needs no register to be read."""

    action: str
    service: str
    day: str
    seat: Seat
    chain: tuple[Link, ...]
    #: What was added in this case: a lifted conflict, a superior who took over, a flagged duty.
    remarks: tuple[dict[str, Any], ...] = ()
    rules: int = field(default=RULES_VERSION)

    @property
    def signature(self) -> list[str]:
        """The signature block in Indonesian form, line by line."""
        last = self.chain[-1]
        office = f"{ACTING_PREFIX.get(self.seat.form, '')} {self.seat.name.id}".strip()
        if last.kind != "mandate" or last.giver_name is None:
            return [office]
        if not last.ub:
            return [f"a.n. {last.giver_name.id}", office]
        # The mandate below which they sign names the one on whose behalf the whole stands.
        above = self.chain[-2]
        head = above.giver_name or last.giver_name
        return [f"a.n. {head.id}", last.giver_name.id, "u.b.", office]

    def as_data(self) -> dict[str, Any]:
        """As the decision's event keeps it."""
        return {
            "statement": STATEMENT,
            "rules": self.rules,
            "action": self.action,
            "service": self.service,
            "day": self.day,
            "seat": self.seat.as_data(),
            "chain": [link.as_data() for link in self.chain],
            "signature": self.signature,
            "remarks": list(self.remarks),
        }


def seat_of(incumbency: str, held: Incumbency, name: Name, cite: Cite) -> Seat:
    """The seat that an incumbency gives."""
    return Seat(
        incumbency=incumbency,
        officer=held.officer,
        position=held.position,
        name=name,
        form=held.form,
        letter_number=held.letter.number,
        letter_dated=held.letter.dated.isoformat(),
        since=held.since.isoformat(),
        until=held.until.isoformat() if held.until else None,
        cite=cite,
        appointed_by=held.letter.by,
    )
