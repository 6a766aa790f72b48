"""The life of each grant: on which days it gives what it says, and what is wrong with it on others.

Between two turns that touch a service nothing changes, so one look per grant, service and turn is
enough; actions that stand together in every grant for a service are looked at once.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from casetrack.domain.authority.chain import fault_of
from casetrack.domain.authority.change_days import ONE_DAY, Turns
from casetrack.domain.authority.day_ranges import Span, union
from casetrack.domain.authority.entries import EVERY, Grant
from casetrack.domain.authority.faults import GRANT_FAULTS, TEXT_FAULTS, EntryRef, Finding, told
from casetrack.domain.authority.grant_faults import paper_fault
from casetrack.domain.authority.instruments import reversed_dates
from casetrack.domain.authority.matter import Matter
from casetrack.domain.authority.paper_names import paper_name
from casetrack.domain.authority.recorded import Recorded
from casetrack.domain.authority.register import Register
from casetrack.domain.service.definition import Action, ServiceDefinition


@dataclass
class Lives:
    """What `grant_lives` found: faults of grants, and when each position holds any power."""

    #: (grant, fault, first and last day) → services.
    faults: dict[tuple[str, str, Span], list[str]] = field(
        default_factory=lambda: defaultdict(list)
    )
    holds: dict[str, list[Span]] = field(default_factory=lambda: defaultdict(list))

    def findings(self, register: Register) -> Iterator[Finding]:
        """The faults as findings; what a text is to blame for is told once, with all its grants."""
        by_text: dict[tuple[str, str, Span], dict[str, list[str]]] = defaultdict(dict)
        for (grant_id, code, span), services in self.faults.items():
            grant = register.find(Grant, "grant", grant_id)
            if grant is None:
                continue
            texts = _to_blame(register, grant, span[0], code) if code in TEXT_FAULTS else []
            for text in texts:
                by_text[text, code, span][grant_id] = services
            if not texts:
                yield _finding(register, grant_id, grant, code, span, services)
        for (text, code, span), grants in by_text.items():
            refs: list[EntryRef] = [("instrument", text), *(("grant", grant) for grant in grants)]
            named = tuple(dict.fromkeys(s for services in grants.values() for s in services))
            yield Finding(
                code,
                tuple(refs),
                *span,
                told(code, entry=paper_name(register, "instrument", text)),
                named,
            )


def _to_blame(register: Register, grant: Grant, day: date, code: str) -> list[str]:
    """The texts of the grant's basis that have this fault."""
    texts = {
        basis.instrument: register.basis_fault(basis, day, None) == code for basis in grant.basis
    }
    return [text for text, to_blame in texts.items() if to_blame] or list(texts)


def _finding(
    register: Register, grant_id: str, grant: Grant, code: str, span: Span, services: list[str]
) -> Finding:
    words = {
        "entry": paper_name(register, "grant", grant_id),
        "position": _named(register, grant.receiver, grant.since),
        "giver": _named(register, grant.giver, grant.since),
    }
    named = tuple(dict.fromkeys(services))
    return Finding(code, (("grant", grant_id),), *span, told(code, **words), named, grant.receiver)


def _named(register: Register, position: str | None, day: date) -> str:
    return register.name_of(position, day).id if position else "-"


def grant_lives(register: Register, services: Sequence[ServiceDefinition]) -> Lives:
    """Every grant over all of its days, for every service of the catalogue that it names."""
    lives = Lives()
    grants = _by_service(register, services, lives)
    days = _days(register, [service.id for service in services])
    for service in services:
        about = grants[service.id]
        for recorded, grant in about:
            for action in _actions(grant, [other for _, other in about]):
                _follow(register, service, recorded, grant, action, days[service.id], lives)
    lives.holds = {position: union(spans) for position, spans in lives.holds.items()}
    return lives


def _by_service(
    register: Register, services: Sequence[ServiceDefinition], lives: Lives
) -> dict[str, list[tuple[Recorded, Grant]]]:
    """Grants by the services of the catalogue; what the paper voids for good is told and left out."""
    known = [service.id for service in services]
    found: dict[str, list[tuple[Recorded, Grant]]] = defaultdict(list)
    for recorded, grant in register.all_of(Grant):
        named = known if EVERY in grant.services else list(dict.fromkeys(grant.services))
        fault = paper_fault(register, grant)
        if fault is not None:
            until = None if reversed_dates(grant.since, grant.until) else grant.until
            lives.faults[recorded.id, fault, (grant.since, until)] += grant.services
            continue
        for service in named:
            found[service].append((recorded, grant))
    return found


def _days(register: Register, services: Iterable[str]) -> dict[str, list[date]]:
    """For each service the days on which a chain about it may change, in order."""
    everywhere = set[date]()
    found: dict[str, set[date]] = {service: set() for service in services}
    for turn in Turns(register).between(date.min, date.max):
        if turn.of_power and EVERY in turn.services:
            everywhere.add(turn.day)
        elif turn.of_power:
            for service in turn.services & found.keys():
                found[service].add(turn.day)
    return {service: sorted(days | everywhere) for service, days in found.items()}


def _actions(grant: Grant, about: Iterable[Grant]) -> list[Action]:
    """One of each group of the grant's actions that no grant for the service tells apart."""
    others = [set(other.actions) for other in about]
    groups = {tuple(action in each for each in others): action for action in grant.actions}
    return list(groups.values())


@dataclass
class _Stretch:
    """Days on which the same is true of a grant: a fault, or who holds what it gives."""

    fault: str | None
    holder: str
    since: date
    until: date | None


def _follow(
    register: Register,
    service: ServiceDefinition,
    recorded: Recorded,
    grant: Grant,
    action: Action,
    days: list[date],
    lives: Lives,
) -> None:
    """Note what is true of the grant on every day of its life, as few stretches."""
    found: list[_Stretch] = []
    for stretch in _stretches(register, service, recorded, grant, action, days):
        if found and (found[-1].fault, found[-1].holder) == (stretch.fault, stretch.holder):
            found[-1].until = stretch.until
        else:
            found.append(stretch)
    for stretch in found:
        span = stretch.since, stretch.until
        if stretch.fault is None:
            lives.holds[stretch.holder].append(span)
        elif _is_finding(stretch.fault, grant):
            lives.faults[recorded.id, stretch.fault, span].append(service.id)


def _stretches(
    register: Register,
    service: ServiceDefinition,
    recorded: Recorded,
    grant: Grant,
    action: Action,
    days: list[date],
) -> Iterator[_Stretch]:
    """What is true from each turn in the grant's life to the day before the next."""
    points = [grant.since, *days[bisect_right(days, grant.since) :]]
    for point, following in zip(points, [*points[1:], None], strict=True):
        if grant.until is not None and point > grant.until:
            return
        matter = Matter(action, service.id, point, strategic=service.strategic, bounded=False)
        fault = fault_of(register, recorded, grant, matter)
        for_good = False
        if fault == "instrument_replaced":
            # A replacement for cases opened from a day on leaves the old text its older cases;
            # any other is for good.
            older = replace(matter, opened=date.min)
            fault = fault_of(register, recorded, grant, older)
            for_good = fault == "instrument_replaced"
        holder, _ = register.moved(grant.receiver, service.id, grant.since, point)
        last = None if following is None or for_good else following - ONE_DAY
        yield _Stretch(fault, holder or "", point, _earlier(grant.until, last))
        if for_good:
            return


def _earlier(one: date | None, other: date | None) -> date | None:
    return min((day for day in (one, other) if day is not None), default=None)


def _is_finding(fault: str, grant: Grant) -> bool:
    # A grant for all services is narrowed by its lines on purpose.
    return fault in GRANT_FAULTS and not (
        fault in ("service_not_in_line", "line_amended") and EVERY in grant.services
    )
