"""What people ask of the register ahead of time: what would stop, what will stop, what may I do.

All pure, on the register and the catalogue. Days are local; `at` is the day that is asked for.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from casetrack.domain.authority.chain import Chain
from casetrack.domain.authority.change_days import ONE_DAY, Turn, touched_of
from casetrack.domain.authority.entries import EntryKind, Grant, Incumbency, Instrument, MallStay
from casetrack.domain.authority.grant_faults import concerning_bases
from casetrack.domain.authority.holders import Holder, Holders, Need
from casetrack.domain.authority.instruments import in_force
from casetrack.domain.authority.likely_successors import LikelySuccessor, likely_successors
from casetrack.domain.authority.recorded import Recorded
from casetrack.domain.authority.register import Register
from casetrack.domain.service.definition import ACTIONS, Action, ServiceDefinition

#: What is left after somebody went: nobody; somebody, but not at the agency that does the step;
#: fewer than before. `not_in_mall`: the agency's stay is over, its powers go on elsewhere.
Left = Literal["nobody", "elsewhere", "fewer", "not_in_mall"]
LEFT: tuple[Left, ...] = ("nobody", "elsewhere", "not_in_mall", "fewer")
#: Entries of which one may ask what would stop without them.
ENDABLE: tuple[EntryKind, ...] = ("instrument", "incumbency", "grant")
RADAR_DAYS, MOST_RADAR_DAYS = 90, 366


@dataclass(frozen=True, slots=True)
class Loss:
    """Services whose actions stop, or have fewer people to do them; who goes, and who may still."""

    left: Left
    agency: str
    actions: tuple[Action, ...]
    services: tuple[str, ...]
    lost: tuple[Holder, ...]
    remaining: tuple[Holder, ...]
    #: Positions that hold the power afterwards and have nobody: a letter is all that is missing.
    vacant: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Alarm:
    """The last day of something, and what is lost on the next."""

    last_day: date
    days_left: int
    turns: tuple[Turn, ...]
    losses: tuple[Loss, ...]

    @property
    def worst(self) -> Left:
        """The gravest of its losses."""
        return min((loss.left for loss in self.losses), key=LEFT.index)


def radar(holders: Holders, at: date, days: int = RADAR_DAYS) -> list[Alarm]:
    """Every day of the next `days` after which somebody's work has nobody, or fewer, to do it."""
    by_day: dict[date, list[Turn]] = defaultdict(list)
    for turn in holders.turns.between(at + ONE_DAY, at + timedelta(days=days) + ONE_DAY):
        by_day[turn.day].append(turn)
    last = at + timedelta(days=days) + ONE_DAY
    alarms = [
        *(_alarm(holders, at, day, turns) for day, turns in by_day.items()),
        *(
            _alarm_of_successor(holders, at, found)
            for found in likely_successors(holders.register, at + ONE_DAY, last)
        ),
    ]
    return sorted((a for a in alarms if a is not None), key=lambda alarm: alarm.last_day)


def _alarm_of_successor(holders: Holders, at: date, found: LikelySuccessor) -> Alarm | None:
    """What stops if the new regulation replaces the old one: services that it leaves out."""
    day, other = found.day, holders.of_other(found.as_if(holders.register), True)
    needs = (need for service in found.left_out for need in holders.needs.get(service, ()))
    losses = _losses(
        _change(need, holders, day - ONE_DAY, other, day)
        for need in needs
        if _change(need, holders, day - ONE_DAY, holders, day).left is None
    )
    turn = Turn(day, "instrument", found.new, "instrument_may_replace", "", found.left_out)
    if not losses:
        return None
    return Alarm(day - ONE_DAY, (day - ONE_DAY - at).days, (turn,), tuple(losses))


def today(holders: Holders, at: date) -> list[Loss]:
    """What nobody at the step's agency may do on that day; and what has fewer because an account is shut.

    `lost` are those whose letter would let them, were their account not disabled.
    """
    believed = holders.of_every_letter()
    needs = (need for needs in holders.needs.values() for need in needs)
    return _losses((_change(need, believed, at, holders, at) for need in needs), _left_today)


def _alarm(holders: Holders, at: date, day: date, turns: list[Turn]) -> Alarm | None:
    touched = touched_of((t for t in turns if t.kind != "stay"), holders.needs)
    needs = (need for service in touched for need in holders.needs[service])
    losses = [
        *_losses(_change(need, holders, day - ONE_DAY, holders, day) for need in needs),
        *_left_mall(holders, day, turns),
    ]
    if not losses:
        return None
    causes = tuple(turn for turn in turns if _is_cause(turn, losses))
    return Alarm(day - ONE_DAY, (day - ONE_DAY - at).days, causes or tuple(turns), tuple(losses))


def _is_cause(turn: Turn, losses: Iterable[Loss]) -> bool:
    """Whether this is what the loss comes from: a letter of who goes, or a paper of what is lost."""
    if turn.kind == "stay":
        return any(loss.left == "not_in_mall" for loss in losses)
    if turn.kind in ("incumbency", "position"):
        gone = {holder.position for loss in losses for holder in loss.lost}
        # A second definitive letter that begins takes the position from both.
        return turn.position in gone and (turn.ends or turn.what == "letter_begins")
    return turn.ends and any(turn.touches(s) for loss in losses for s in loss.services)


@dataclass(frozen=True, slots=True)
class _Change:
    """Who may do what is needed before and after; and which positions then only lack a person."""

    need: Need
    before: list[Holder]
    after: list[Holder]
    vacant: tuple[str, ...]

    @property
    def lost(self) -> tuple[Holder, ...]:
        """Who could and no longer can."""
        still = {(holder.position, holder.officer) for holder in self.after}
        return tuple(sorted(h for h in self.before if (h.position, h.officer) not in still))

    @property
    def left(self) -> Left | None:
        """What is left, or None when nothing was lost or others came in the place of who went."""
        if not self.lost:
            return None
        if not self.after:
            return "nobody"
        here = {holder.agency == self.need.agency for holder in self.before}
        if True in here and all(h.agency != self.need.agency for h in self.after):
            return "elsewhere"
        return "fewer" if len(_people(self.after)) < len(_people(self.before)) else None


def _left(change: _Change) -> Left | None:
    return change.left


def _left_today(change: _Change) -> Left | None:
    """What is left now, also where nobody was lost because nobody was there."""
    if any(holder.agency == change.need.agency for holder in change.after):
        return change.left
    return "elsewhere" if change.after else "nobody"


def _people(found: list[Holder]) -> set[str]:
    return {holder.officer for holder in found}


def _change(need: Need, before: Holders, day: date, after: Holders, after_day: date) -> _Change:
    holders, vacant = [], []
    for holding in after.holdings(need, after_day):
        seated = after.seated(holding, after_day, strategic=need.strategic)
        holders += seated
        if not after.sitting(holding.position, after_day):
            vacant.append(holding.position)
    return _Change(need, before.holders(need, day), holders, tuple(vacant))


_Key = tuple[Left, str, tuple[Holder, ...], tuple[Holder, ...], tuple[str, ...]]


def _losses(
    changes: Iterable[_Change], left_of: Callable[[_Change], Left | None] = _left
) -> list[Loss]:
    """The losses, services and actions with the same people taken together."""
    found: dict[_Key, dict[Action, list[str]]] = defaultdict(lambda: defaultdict(list))
    for change in changes:
        need, left = change.need, left_of(change)
        if left is not None:
            key = left, need.agency, change.lost, tuple(sorted(change.after)), change.vacant
            # Two steps of a service may need the same of the same people.
            if need.service not in found[key][need.action]:
                found[key][need.action].append(need.service)
    losses = [
        Loss(left, agency, actions, services, lost, remaining, vacant)
        for (left, agency, lost, remaining, vacant), by_action in found.items()
        for services, actions in _same_services(by_action)
    ]
    return sorted(losses, key=lambda loss: (LEFT.index(loss.left), loss.services, loss.actions))


def _same_services(
    by_action: dict[Action, list[str]],
) -> Iterator[tuple[tuple[str, ...], tuple[Action, ...]]]:
    together: dict[tuple[str, ...], list[Action]] = defaultdict(list)
    for action, services in by_action.items():
        together[tuple(sorted(services))].append(action)
    yield from ((services, tuple(actions)) for services, actions in together.items())


def _left_mall(holders: Holders, day: date, turns: list[Turn]) -> Iterator[Loss]:
    ended = {
        stay.agency
        for turn in turns
        if turn.what == "stay_ends"
        and (stay := holders.register.find(MallStay, "stay", turn.id)) is not None
    }
    for agency in sorted(ended - in_mall(holders.register, day)):
        services = tuple(s.id for s in holders.services if any(t.agency == agency for t in s.steps))
        if services:
            yield Loss("not_in_mall", agency, (), services, (), ())


def in_mall(register: Register, day: date) -> set[str]:
    """Agencies whose stay in the mall runs on that day."""
    return {stay.agency for _, stay in register.stays() if in_force(stay.since, stay.until, day)}


# --- what would stop ------------------------------------------------------------------------------


def what_if(holders: Holders, kind: EntryKind, entry_id: str, on: date) -> list[Loss]:
    """What would stop on the day `on` if this entry had ended the day before.

    KeyError when there is no such entry; ValueError when one cannot ask that of its kind.
    """
    recorded = holders.register.by_id[kind, entry_id]
    without = holders.of_other(ended(holders.register, recorded, on), kind != "incumbency")
    turn = Turn(on, kind, entry_id, "grant_ends", "", frozenset(holders.turns.touched(recorded)))
    needs = (need for s in touched_of([turn], holders.needs) for need in holders.needs[s])
    return _losses(_change(need, holders, on, without, on) for need in needs)


def ended(register: Register, recorded: Recorded, on: date) -> Register:
    """The register in which this entry ended the day before `on`; one that began later is not there."""
    entry = recorded.entry
    if not isinstance(entry, Instrument | Incumbency | Grant):
        raise ValueError(f"one cannot ask what would stop without a {recorded.kind}")
    changed = []
    if entry.since < on:
        last = on - ONE_DAY if entry.until is None else min(entry.until, on - ONE_DAY)
        changed = [replace(recorded, entry=replace(entry, until=last))]
    others = [other for other in register.entries if other is not recorded]
    return Register([*others, *changed])


# --- what may I do --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mine:
    """What an officer may do as one of their positions by powers of one kind, and until when."""

    holder: Holder
    kind: str
    giver: str | None
    bounded: bool
    #: The last day on which it is sure by what is recorded now; None: no end is recorded.
    until: date | None
    actions: tuple[Action, ...]
    services: tuple[str, ...]


#: Holder, kind of the last grant, its giver, whether bounded, last sure day.
_MineKey = tuple[Holder, str, str | None, bool, date | None]


def mine(holders: Holders, officer: str, at: date) -> list[Mine]:
    """All that this officer may do on a day: actions of the closed list, services of the catalogue."""
    found: dict[_MineKey, dict[Action, list[str]]] = defaultdict(lambda: defaultdict(list))
    letters = holders.register.held_by(officer)
    positions = sorted({r.entry.position for r in letters if isinstance(r.entry, Incumbency)})
    for position in positions:
        for service in holders.services:
            for need, chain in _all_actions(holders, position, service, at):
                for key in _by_seat(holders, position, officer, need, chain, at):
                    found[key][need.action].append(need.service)
    return [
        Mine(holder, kind, giver, bounded, until, actions, services)
        for (holder, kind, giver, bounded, until), by_action in found.items()
        for services, actions in _same_services(by_action)
    ]


def _all_actions(
    holders: Holders, position: str, service: ServiceDefinition, at: date
) -> Iterator[tuple[Need, Chain]]:
    if not holders.seats(position, at):
        return
    for action in ACTIONS:
        need = Need(service.id, action, "", service.strategic)
        chain = holders.chain(position, need, at)
        if chain is not None:
            yield need, chain


def _by_seat(
    holders: Holders, position: str, officer: str, need: Need, chain: Chain, at: date
) -> Iterator[_MineKey]:
    for recorded in holders.seats(position, at):
        held = recorded.entry
        if not isinstance(held, Incumbency) or held.officer != officer:
            continue
        if need.strategic and held.form != "definitive":
            continue
        post = holders.register.post(position)
        until = held.until.isoformat() if held.until else ""
        holder = Holder(
            position, officer, held.form, post.agency if post else "", recorded.id, until
        )
        ends = [*_chain_ends(holders.register, chain, need.service, at), held.until]
        last = chain[-1]
        bounded = any(link.grant.bounds for link in chain)
        sure = min((end for end in ends if end is not None), default=None)
        yield holder, last.grant.kind, last.giver, bounded, sure


def _chain_ends(register: Register, chain: Chain, service: str, at: date) -> Iterator[date | None]:
    """The last days that are recorded now for the grants of a chain and what they rest on."""
    for held in chain:
        yield held.grant.until
        yield register.withdrawn_from(held.id, at)
        for basis in concerning_bases(register, held.grant, service, at):
            instrument = register.instrument(basis.instrument)
            line = register.line_on(basis, at).line
            taken = register.stages(basis).taken_out_after(service, at)
            yield taken - ONE_DAY if taken is not None else None
            yield instrument.until if instrument else None
            yield line.until if line else None
            yield register.replaced_from(basis.instrument, at)
