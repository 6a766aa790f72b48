"""The power of a position on a day: every chain of grants from it up to an attribution.

A link that does not hold is told with a stable code, so that a refusal can name it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from casetrack.domain.authority.entries import OWN_WORK, Grant, covers
from casetrack.domain.authority.grant_faults import (
    OVER,
    concerning_bases,
    grant_fault,
    last_day,
    passing_fault,
)
from casetrack.domain.authority.link_codes import LINK_CODES
from casetrack.domain.authority.matter import Matter
from casetrack.domain.authority.passport import Link, Rest, amended_by
from casetrack.domain.authority.recorded import Recorded
from casetrack.domain.authority.register import Register
from casetrack.domain.service.definition import Name

_RANK = {code: place for place, code in enumerate(LINK_CODES)}
#: A chain longer than this is a fault of the papers: attribution, delegation, sub-delegation,
#: mandate, u.b.
_LONGEST = 5


@dataclass(frozen=True, slots=True)
class Failure:
    """Why one way to a power fails: the code, and the entry at which it does."""

    code: str
    position: str
    grant: str | None = None
    #: Of what has run out: the last day on which it gave the power; None of what never did.
    ended: date | None = None

    @property
    def rank(self) -> int:
        """How near this way came: the higher, the nearer."""
        return _RANK[self.code]

    @property
    def nearness(self) -> tuple[int, date, int, str]:
        """The same, where what gave the power last is nearer than what ran out long before."""
        first = min(self.rank, _RANK[OVER[0]]) if self.code in OVER else self.rank
        return first, self.ended or date.min, self.rank, self.grant or ""

    def as_data(self) -> dict[str, Any]:
        """The failing link, as a refusal shows it."""
        meaning, article = LINK_CODES[self.code]
        return {
            "code": self.code,
            "position": self.position,
            "grant": self.grant,
            "reason": meaning,
            "article": article,
        }


@dataclass(frozen=True, slots=True)
class Held:
    """One link as it was found: the positions that hold its ends on the day, by which successions.

    `link` tells it whole, as a passport keeps it; most chains are never told.
    """

    register: Register
    recorded: Recorded
    grant: Grant
    receiver: str
    giver: str | None
    moved: tuple[Recorded, ...]
    matter: Matter

    @property
    def id(self) -> str:
        """The grant's id."""
        return self.recorded.id

    @property
    def link(self) -> Link:
        """The link with names, papers and where they are recorded."""
        return _link(self)


Chain = tuple[Held, ...]


@dataclass
class Power:
    """All chains that hold, the best first, and why the others do not."""

    chains: list[Chain] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    @property
    def best(self) -> Chain | None:
        """The chain that a passport shows: fewest mandates, then the shortest."""
        return min(self.chains, key=_preference, default=None)

    def nearest(self, position: str) -> Failure:
        """The failure that a refusal tells."""
        return max(
            self.failures,
            key=lambda failure: failure.nearness,
            default=Failure("no_grant", position),
        )


def _preference(chain: Chain) -> tuple[int, int, tuple[str, ...]]:
    mandates = sum(held.grant.kind == "mandate" for held in chain)
    return mandates, len(chain), tuple(held.id for held in chain)


def power_of(register: Register, position: str, matter: Matter) -> Power:
    """Every chain by which this position holds the action, and why other ways fail.

    Whether it may use what it gave away is asked by `giving.acting_power`.
    """
    power = _power(register, position, matter, ())
    if register.rules < 2 or (matter.step is None and matter.agency is None):
        return power
    fitting = [chain for chain in power.chains if _is_for_step(register, position, chain, matter)]
    others = [chain for chain in power.chains if chain not in fitting]
    failures = [Failure("other_work", position, chain[-1].id) for chain in others]
    return Power(fitting, [*power.failures, *failures])


def _is_for_step(register: Register, position: str, chain: Chain, matter: Matter) -> bool:
    """Whether what the chain gives is for this step: by its name, or as the agency's own work."""
    named = [held.grant.steps for held in chain if held.grant.steps]
    if matter.step is not None and named:
        return all(matter.step in steps for steps in named)
    if matter.action not in OWN_WORK or matter.agency is None or named:
        return True
    post = register.post(position)
    return post is not None and post.agency == matter.agency


def _power(register: Register, position: str, matter: Matter, below: tuple[str, ...]) -> Power:
    power = Power()
    for recorded in register.received_by(position, matter.service):
        grant = recorded.entry
        if isinstance(grant, Grant) and _is_about(grant, matter):
            _follow(register, position, matter, below, recorded, grant, power)
    return power


def fault_of(register: Register, recorded: Recorded, grant: Grant, matter: Matter) -> str | None:
    """What is wrong with one grant on a day, whoever holds it now; a fault above is told there."""
    holder, _ = register.moved(grant.receiver, matter.service, grant.since, matter.day)
    power = Power()
    _follow(register, holder or grant.receiver, matter, (), recorded, grant, power)
    if power.chains:
        return None
    found = [f for f in power.failures if f.grant == recorded.id or f.code == "cycle"]
    return max(found, key=lambda f: f.rank).code if found else "giver_without_power"


def _is_about(grant: Grant, matter: Matter) -> bool:
    return matter.action in grant.actions and covers(grant.services, matter.service)


def _follow(
    register: Register,
    position: str,
    matter: Matter,
    below: tuple[str, ...],
    recorded: Recorded,
    grant: Grant,
    power: Power,
) -> None:
    """Add to `power` what this grant gives the position, or why it does not."""
    holder, moved = register.moved(grant.receiver, matter.service, grant.since, matter.day)
    if holder != position:
        # Told only to who lost it: a position that never had it is not concerned.
        if any(getattr(step.entry, "source", None) == position for step in moved):
            code = "power_ended" if holder is None else "power_moved"
            power.failures.append(Failure(code, position, recorded.id))
        return
    fault = grant_fault(register, position, recorded.id, grant, matter)
    if fault is not None:
        ended = last_day(register, recorded.id, grant, matter) if fault in OVER else None
        power.failures.append(Failure(fault, position, recorded.id, ended))
        return
    if grant.kind == "attribution":
        held = Held(register, recorded, grant, position, None, tuple(moved), matter)
        power.chains.append((held,))
        return
    _pass_down(register, position, matter, below, recorded, grant, moved, power)


def _pass_down(
    register: Register,
    position: str,
    matter: Matter,
    below: tuple[str, ...],
    recorded: Recorded,
    grant: Grant,
    moved: list[Recorded],
    power: Power,
) -> None:
    giver, moved_giver = (
        register.moved(grant.giver, matter.service, grant.since, matter.day)
        if grant.giver
        else (None, [])
    )
    path = (*below, position)
    if giver is None or giver in path or len(path) > _LONGEST:
        code = "giver_missing" if grant.giver is None else "giver_without_power"
        code = "cycle" if giver in path else code
        power.failures.append(Failure(code, position, recorded.id))
        return
    above = _power(register, giver, matter, path)
    both = (*moved_giver, *moved)
    held = Held(register, recorded, grant, position, giver, both, matter)
    for chain in above.chains:
        fault = passing_fault(register, grant, position, giver, chain[-1].grant, matter)
        if fault is None:
            power.chains.append((*chain, held))
        else:
            power.failures.append(Failure(fault, position, recorded.id))
    if not above.chains:
        power.failures += above.failures or [Failure("giver_without_power", position, recorded.id)]


def _link(held: Held) -> Link:
    register, grant, day = held.register, held.grant, held.matter.day
    giver, receiver = held.giver, held.receiver

    def printed(position: str | None, now: str | None) -> Name | None:
        if position is None or now is None:
            return None
        then = register.name_of(position, grant.since)
        return then if then != register.name_of(now, day) else None

    return Link(
        grant=held.id,
        kind=grant.kind,
        giver=giver,
        giver_name=register.name_of(giver, day) if giver else None,
        receiver=receiver,
        receiver_name=register.name_of(receiver, day),
        since=grant.since.isoformat(),
        until=grant.until.isoformat() if grant.until else None,
        rests=tuple(_rests(register, grant, held.matter.service, day)),
        cite=held.recorded.cite,
        printed_giver=printed(grant.giver, giver),
        printed_receiver=printed(grant.receiver, receiver),
        ub=grant.ub,
        moved=tuple(succession.id for succession in held.moved),
    )


def _rests(register: Register, grant: Grant, service: str, day: date) -> Iterator[Rest]:
    """The papers of a grant as they read on the day; the line that names the service comes first."""
    found: list[tuple[bool, int, Rest]] = []
    for basis in concerning_bases(register, grant, service, day):
        recorded = register.by_id.get(("instrument", basis.instrument))
        instrument, now = register.instrument(basis.instrument), register.line_on(basis, day)
        if recorded is not None and instrument is not None and (line := now.line) is not None:
            named = now.names(service)
            rest = Rest(
                basis.instrument,
                instrument.title,
                instrument.number,
                line.number,
                line.text,
                instrument.dated.isoformat(),
                instrument.since.isoformat(),
                instrument.until.isoformat() if instrument.until else None,
                recorded.cite,
                tuple(amended_by(register, basis.instrument, day)),
            )
            found.append((not named, len(found), rest))
    yield from (rest for _, _, rest in sorted(found, key=lambda one: one[:2]))
