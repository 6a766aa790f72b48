"""What who gives a power away may still do with it, and with which word it is said.

UU 30/2014 art. 13(5): who delegates may still use the power unless legislation says otherwise; art. 14:
who gives a mandate keeps it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from casetrack.domain.authority.chain import Chain, Failure, Power, power_of
from casetrack.domain.authority.entries import GiverActs, Grant
from casetrack.domain.authority.matter import Matter
from casetrack.domain.authority.register import Register

#: The first that is said of any delegation counts.
_ORDER: tuple[GiverActs, ...] = ("no", "unknown", "yes")


@dataclass(frozen=True, slots=True)
class Given:
    """A running delegation by which a position gave the power away, and what it says of its giver."""

    grant: str
    giver_acts: GiverActs
    article: str | None

    def as_remark(self) -> dict[str, Any]:
        """As a passport remarks it, when the giver acts all the same."""
        return {
            "kind": "giver_acts",
            "grant": self.grant,
            "said": self.giver_acts,
            "article": self.article,
        }


def given_away(register: Register, position: str, matter: Matter) -> Given | None:
    """What the strictest of the delegations says by which this position gave the power away.

    None when it gave it to nobody: a delegation that does not run, or counts for nothing, bars nobody.
    """
    found = sorted(_given(register, position, matter), key=_key)
    return found[0] if found else None


def _key(given: Given) -> tuple[int, str]:
    return _ORDER.index(given.giver_acts), given.grant


def _given(register: Register, position: str, matter: Matter) -> Iterator[Given]:
    for recorded in register.given_by(position):
        grant = recorded.entry
        if not isinstance(grant, Grant) or grant.kind not in ("delegation", "sub_delegation"):
            continue
        if matter.action not in grant.actions:
            continue
        receiver, _ = register.moved(grant.receiver, matter.service, grant.since, matter.day)
        if receiver is None:
            continue
        # Asked without a step: whether it is for this one is asked of the grant, below.
        power = power_of(register, receiver, replace(matter, agency=None))
        if any(_runs_by(chain, recorded.id, position, matter) for chain in power.chains):
            yield Given(recorded.id, grant.giver_acts, grant.giver_article)


def _runs_by(chain: Chain, grant: str, giver: str, matter: Matter) -> bool:
    """Whether the chain passes this grant from this giver.

    Where bounds are not asked, a bounded one leaves the giver the cases that lie outside it.
    """
    if not matter.bounded and any(held.grant.bounds for held in chain):
        return False
    return any(held.id == grant and held.giver == giver for held in chain)


def acting_power(register: Register, position: str, matter: Matter) -> Power:
    """The chains by which this position may act; none where a delegation bars who gave it."""
    power = power_of(register, position, matter)
    if not power.chains or register.rules < 2:
        return power
    given = given_away(register, position, matter)
    if given is None or given.giver_acts != "no":
        return power
    return Power([], [*power.failures, Failure("giver_gave_away", position, given.grant)])
