"""Who may do it, once more: slow, from the text of docs/authority.md and UU 30/2014 ("UU AP").

It shares only the shapes of the papers with the product. Every rule is a predicate of its own
that gives the code of what is wrong, or nothing; every possible chain is tried. So it knows all
acceptable answers: each chain that holds, and the reasons of every way that fails.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, TypeVar

from casetrack.domain.authority.entries import (
    Amendment,
    Basis,
    Bound,
    Entry,
    Grant,
    Incumbency,
    Instrument,
    Line,
    Post,
    Replacement,
    Succession,
    Withdrawal,
)
from casetrack.domain.service.definition import Action

#: Attribution, delegation, sub-delegation, mandate, u.b.: no lawful chain is longer.
LONGEST = 5

Way = tuple[str, ...]
E = TypeVar("E", bound=Entry)


@dataclass(frozen=True)
class Question:
    """What an officer wants to do, in which case, on which day."""

    action: Action
    service: str
    day: date
    opened: date | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    strategic: bool = False
    own_case: bool = False
    conflict: bool = False
    did_before: bool = False


@dataclass(frozen=True)
class Reading:
    """The services that a line names on a day, and those taken out of it; whether it is the line that
    was printed at first, and no new one under its id."""

    named: frozenset[str]
    removed: frozenset[str] = frozenset()
    is_printed: bool = True


@dataclass(frozen=True)
class Opinion:
    """All answers that are right: chains and letters of a yes, codes of a no, or the positions."""

    kind: Literal["passport", "refused", "choice"]
    chains: frozenset[Way] = frozenset()
    letters: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()
    positions: frozenset[str] = frozenset()


class Oracle:
    """The papers, as plain lists, one for each kind."""

    def __init__(self, papers: Iterable[tuple[str, Entry]]) -> None:
        self.papers: dict[type[Any], list[tuple[str, Any]]] = {}
        for name, paper in papers:
            self.papers.setdefault(type(paper), []).append((name, paper))

    def all(self, kind: type[E]) -> list[tuple[str, E]]:
        return self.papers.get(kind, [])

    def named(self, kind: type[E], wanted: str) -> E | None:
        return next((paper for name, paper in self.all(kind) if name == wanted), None)

    # ------------------------------------------------------------------ the answer

    def judge(self, asked: Question, officer: str, position: str | None = None) -> Opinion:
        """Rule 1: an officer acts in a position; having several they say which."""
        letters = [
            (name, held)
            for name, held in self.all(Incumbency)
            if held.officer == officer and position in (None, held.position)
        ]
        wrong = {name: self.about_the_seat(held, asked) for name, held in letters}
        good = frozenset(name for name in wrong if not wrong[name])
        if not good:
            codes = set[str]().union(*wrong.values()) or {"not_incumbent"}
            return Opinion("refused", codes=frozenset(codes))
        seats = {held.position for _, held in letters if self.sits(held, asked.day)}
        if len(seats) > 1:
            return Opinion("choice", positions=frozenset(seats))
        against = frozenset(self.about_the_case(asked))
        if against:
            return Opinion("refused", codes=against)
        return Opinion("passport", self.chains(seats.pop(), asked), good)

    def who_may(self, asked: Question) -> set[tuple[str, str]]:
        """Every officer and position that would get a passport, one question each."""
        return {
            (held.officer, held.position)
            for _, held in self.all(Incumbency)
            if self.judge(asked, held.officer, held.position).kind == "passport"
        }

    def vacant(self, asked: Question) -> set[str]:
        """Positions that hold the power, and nobody sits there."""
        taken = {held.position for _, held in self.all(Incumbency) if self.sits(held, asked.day)}
        return {
            name for name, _ in self.all(Post) if name not in taken and self.chains(name, asked)
        }

    # ------------------------------------------------------------------ the officer

    def about_the_seat(self, held: Incumbency, asked: Question) -> set[str]:
        """A letter that gives no seat is all that is wrong; in a seat, whatever it lacks."""
        wrong = self.about_the_letter(held, asked)
        if self.sits(held, asked.day):
            wrong |= self.about_acting(held, asked)
            if not self.chains(held.position, asked):
                wrong |= self.why_powerless(held.position, asked)
        return wrong

    def about_the_letter(self, held: Incumbency, asked: Question) -> set[str]:
        """UU AP art. 15(1)a, 15(2): acts outside the time of the power."""
        day, wrong = asked.day, set()
        if held.since > day or held.letter.dated > day:
            wrong.add("letter_not_yet")
        if held.until is not None and held.until < day:
            wrong.add("letter_ended")
        if held.until is not None and held.until < held.since:
            wrong.add("dates_reversed")
        if not self.position_is_there(held.position, day):
            wrong.add("position_not_there")
        if held.form == "definitive" and len(self.definitive_holders(held.position, day)) > 1:
            wrong.add("two_definitive_holders")
        return wrong

    def runs(self, held: Incumbency, day: date) -> bool:
        """The last day included; signed by then."""
        return (
            held.since <= day
            and held.letter.dated <= day
            and (held.until is None or day <= held.until)
        )

    def sits(self, held: Incumbency, day: date) -> bool:
        return self.runs(held, day) and self.position_is_there(held.position, day)

    def definitive_holders(self, position: str, day: date) -> set[str]:
        return {
            held.officer
            for _, held in self.all(Incumbency)
            if held.position == position and held.form == "definitive" and self.runs(held, day)
        }

    def about_acting(self, held: Incumbency, asked: Question) -> set[str]:
        """UU AP art. 14(7): an acting officer takes no strategic decision."""
        return {"acting_strategic"} if held.form != "definitive" and asked.strategic else set()

    def about_the_case(self, asked: Question) -> Iterator[str]:
        """UU AP art. 42, 43, and the step's own rule about who did what before."""
        if asked.own_case:
            yield "own_case"
        if asked.conflict:
            yield "conflict_declared"
        if asked.did_before:
            yield "separation_of_duties"

    # ------------------------------------------------------------------ the power of a position

    def chains(self, position: str, asked: Question) -> frozenset[Way]:
        """UU AP art. 11 to 14: every way from an attribution down to the position that holds."""
        return frozenset(
            way for way in self.ways(position, asked) if not self.faults_of_way(way, asked)
        )

    def why_powerless(self, position: str, asked: Question) -> set[str]:
        """The reasons of every way that fails."""
        wrong = set()
        for way in self.ways(position, asked):
            wrong |= self.faults_of_way(way, asked)
        wrong |= self.lost(position, asked)
        return wrong or {"no_grant"}

    def lost(self, position: str, asked: Question) -> set[str]:
        """What was with the position and a re-organisation took."""
        wrong = set()
        for _, grant in self.all(Grant):
            if not self.names(grant, asked):
                continue
            path = self.path(grant.receiver, grant.since, asked)
            if position in path[:-1] and position != path[-1]:
                wrong.add("power_moved")
                if path[-1] is None:
                    wrong.add("power_ended")
        return wrong

    def ways(self, position: str, asked: Question) -> list[Way]:
        """Every sequence of grants that ends at the position, and cannot be continued upwards."""
        found: list[Way] = []
        growing: list[Way] = [(name,) for name, _ in self.standing_at(position, asked)]
        while growing:
            way = growing.pop()
            top = self.grant(way[0])
            above = []
            if top.kind != "attribution" and len(way) < LONGEST and not self.circles(way, asked):
                giver = self.giver_now(top, asked)
                if giver is not None:
                    above = [name for name, _ in self.standing_at(giver, asked)]
            if above:
                growing += [(name, *way) for name in above]
            else:
                found.append(way)
        return found

    def grant(self, name: str) -> Grant:
        grant = self.named(Grant, name)
        assert grant is not None
        return grant

    def standing_at(self, position: str, asked: Question) -> list[tuple[str, Grant]]:
        return [
            (name, grant)
            for name, grant in self.all(Grant)
            if self.names(grant, asked) and self.holder_now(grant, asked) == position
        ]

    def names(self, grant: Grant, asked: Question) -> bool:
        """Rule 2: the grant names the action and the service."""
        return asked.action in grant.actions and names_service(grant.services, asked.service)

    # ------------------------------------------------------------------ re-organisations

    def path(self, position: str, since: date, asked: Question) -> list[str | None]:
        """Where what the position held went, from a day on: by successions after the day it came."""
        stops: list[str | None] = [position]
        at, came = position, since
        while True:
            later = [
                moved
                for _, moved in self.all(Succession)
                if moved.source == at
                and came < moved.since <= asked.day
                and names_service(moved.services, asked.service)
                and self.was_enacted(moved.basis, asked.day)
                and self.post(moved.source)
                and (moved.target is None or self.post(moved.target))
            ]
            if not later:
                return stops
            first = min(later, key=lambda moved: moved.since)
            stops.append(first.target)
            if first.target is None:
                return stops
            at, came = first.target, first.since

    def holder_now(self, grant: Grant, asked: Question) -> str | None:
        return self.path(grant.receiver, grant.since, asked)[-1]

    def giver_now(self, grant: Grant, asked: Question) -> str | None:
        if grant.giver is None:
            return None
        return self.path(grant.giver, grant.since, asked)[-1]

    # ------------------------------------------------------------------ one way

    def faults_of_way(self, way: Way, asked: Question) -> set[str]:
        wrong = set(self.about_the_top(self.grant(way[0]), asked))
        if self.circles(way, asked):
            wrong.add("cycle")
        for name in way:
            wrong |= self.faults_of_link(name, self.grant(name), asked)
        for place in range(1, len(way)):
            wrong |= set(self.about_passing_on(way[:place], way[place], asked))
        return wrong

    def circles(self, way: Way, asked: Question) -> bool:
        """A position stands once in a chain."""
        stops = [self.holder_now(self.grant(name), asked) for name in way]
        top = self.grant(way[0])
        if top.kind != "attribution" and top.giver is not None:
            stops.insert(0, self.giver_now(top, asked))
        return len(set(stops)) < len(stops)

    def about_the_top(self, top: Grant, asked: Question) -> Iterator[str]:
        """UU AP art. 12: a chain goes up to an attribution."""
        if top.kind == "attribution":
            return
        if top.giver is None:
            yield "giver_missing"
            return
        giver = self.giver_now(top, asked)
        yield "giver_without_power"
        if giver is None:
            yield "power_ended"
        else:
            yield from self.lost(giver, asked)

    def about_passing_on(self, above: Way, name: str, asked: Question) -> Iterator[str]:
        """UU AP art. 13 and 14: on what a delegation, a sub-delegation, a mandate may stand."""
        grant, upper = self.grant(name), self.grant(above[-1])
        if grant.kind == "delegation" and upper.kind != "attribution":
            yield "delegation_passed_on"  # 13(3)
        if grant.kind == "sub_delegation":
            yield from self.about_sub_delegation(grant, upper, asked)
        if grant.kind == "mandate":
            yield from self.about_mandate(grant, upper, asked)

    def about_sub_delegation(self, grant: Grant, upper: Grant, asked: Question) -> Iterator[str]:
        """UU AP art. 13(4): where legislation permits it, inside the body, once and one level down."""
        if upper.kind != "delegation":
            yield "sub_delegation_too_deep"
            yield "sub_delegation_not_permitted"
        lines = [self.printed(basis, asked.day) for basis in self.rests_on(upper, asked)]
        if not any(line is not None and "sub_delegation" in line.permits for line in lines):
            yield "sub_delegation_not_permitted"
        giver = self.post(self.giver_now(grant, asked))
        receiver = self.post(self.holder_now(grant, asked))
        if giver is None or receiver is None or giver.agency != receiver.agency:
            yield "sub_delegation_other_body"
        direct = self.superiors(self.holder_now(grant, asked), asked.day)[:1]
        if self.giver_now(grant, asked) not in direct:
            yield "sub_delegation_too_deep"

    def about_mandate(self, grant: Grant, upper: Grant, asked: Question) -> Iterator[str]:
        """UU AP art. 14(1)a: to a subordinate; not passed on, but for one signature "u.b."."""
        superiors = self.superiors(self.holder_now(grant, asked), asked.day)
        giver = self.giver_now(grant, asked)
        if giver not in superiors:
            yield "mandate_not_subordinate"
        if not grant.ub:
            if upper.kind == "mandate":
                yield "mandate_passed_on"
            return
        if upper.kind == "mandate" and giver not in superiors[:1]:
            yield "mandate_passed_on"
        if upper.kind != "mandate":
            yield "ub_without_mandate"
        elif upper.ub or not upper.ub_allowed or asked.action != "sign":
            yield "mandate_passed_on"

    def superiors(self, position: str | None, day: date) -> list[str]:
        """The line upwards on the day, the direct superior first."""
        line: list[str] = []
        at = self.post(position)
        while at is not None:
            reached = [s for s in at.superiors if s.since is None or s.since <= day]
            newest = max(reached, key=lambda s: s.since or date.min, default=None)
            if newest is None or newest.position is None or newest.position in line:
                break
            line.append(newest.position)
            at = self.post(newest.position)
        return line

    # ------------------------------------------------------------------ one link

    def faults_of_link(self, name: str, grant: Grant, asked: Question) -> set[str]:
        """Rule 3, each clause by itself."""
        return {
            *self.about_the_receiver(grant, asked),
            *self.about_the_paper(grant),
            *self.about_its_days(grant, asked),
            *self.about_withdrawal(name, asked),
            *self.about_its_basis(grant, asked),
            *self.about_the_facts(grant, asked),
            *self.about_strategy(grant, asked),
        }

    def about_the_receiver(self, grant: Grant, asked: Question) -> Iterator[str]:
        """UU AP art. 15(1): the post must be there to hold it."""
        holder = self.holder_now(grant, asked)
        if holder is None or not self.position_is_there(holder, asked.day):
            yield "position_not_there"

    def about_the_paper(self, grant: Grant) -> Iterator[str]:
        """UU AP art. 13(2)b, 13(4)a: laid down before it is used."""
        if grant.until is not None and grant.until < grant.since:
            yield "dates_reversed"
        for basis in grant.basis:
            text = self.named(Instrument, basis.instrument)
            if text is not None and (text.since > grant.since or text.dated > grant.since):
                yield "instrument_younger"

    def about_its_days(self, grant: Grant, asked: Question) -> Iterator[str]:
        """UU AP art. 15(1)a: limited in time."""
        if grant.since > asked.day or (grant.until is not None and grant.until < asked.day):
            yield "grant_not_in_force"

    def about_withdrawal(self, name: str, asked: Question) -> Iterator[str]:
        """UU AP art. 13(6), 14(6): taken back."""
        for _, back in self.all(Withdrawal):
            taken = back.since <= asked.day and self.was_enacted(back.basis, asked.day)
            if back.grant == name and taken:
                yield "grant_withdrawn"

    def was_enacted(self, basis: Basis, day: date) -> bool:
        """Signed and come into force by then; what was done once is not undone with its paper."""
        text, line = self.named(Instrument, basis.instrument), self.line(basis)
        if text is None or line is None or (text.until is not None and text.until < text.since):
            return False
        if line.since is not None and line.until is not None and line.until < line.since:
            return False
        begun = line.since is None or line.since <= day
        return begun and text.dated <= day and text.since <= day

    def about_its_basis(self, grant: Grant, asked: Question) -> Iterator[str]:
        """UU AP art. 8(2), 10(1)a: on legislation, all of which is in force and names the service."""
        if not grant.basis:
            yield "line_missing"
        rests = self.rests_on(grant, asked)
        for basis in rests:
            yield from self.about_basis(basis, asked)
        named = [b.instrument for b in rests if self.gives(b, asked.service, asked.day)]
        if not named:
            yield "service_not_in_line"
        gone = [b.instrument for b in grant.basis if self.was_taken_out(b, asked)]
        if set(gone) - set(named):
            yield "line_amended"

    def rests_on(self, grant: Grant, asked: Question) -> list[Basis]:
        """Of an annex, the lines about this service, and those about none; what is missing, too."""
        return [basis for basis in grant.basis if self.is_asked(basis, asked)]

    def is_asked(self, basis: Basis, asked: Question) -> bool:
        """What an amendment took out is not asked; what was never there by then is."""
        read = self.reads(basis, asked.day)
        if read is None:
            return not self.was_ever_there(basis, asked.day)
        if asked.service in read.removed:
            return False
        return not read.named or names_service(read.named, asked.service)

    # ------------------------------------------------------------------ amendments

    def amended(self, instrument: str, day: date) -> list[Amendment]:
        """UU 12/2011: what amended the text by a day, each with its own text signed and in force once."""
        found = []
        for name, change in self.all(Amendment):
            text = self.named(Instrument, change.new)
            if change.old != instrument or text is None:
                continue
            if text.until is not None and text.until < text.since:
                continue
            first = sorted([change.since, text.dated, text.since])[-1]
            if first <= day:
                found.append((first, change.ordinal, name, change))
        return [change for *_, change in sorted(found, key=lambda one: one[:3])]

    def reads(self, basis: Basis, day: date) -> "Reading | None":
        """How a line reads on a day; None: there is no such line."""
        *_, last = self.readings(basis, day)
        return last

    def printed(self, basis: Basis, day: date) -> Line | None:
        """The line as it was printed at first, unless an amendment struck it."""
        read = self.reads(basis, day)
        return self.line(basis) if read is not None and read.is_printed else None

    def readings(self, basis: Basis, day: date) -> Iterator["Reading | None"]:
        """The same as printed at first, and after each amendment by the day."""
        line = self.line(basis)
        now = Reading(frozenset(line.services)) if line is not None else None
        yield now
        for amendment in self.amended(basis.instrument, day):
            for change in amendment.changes:
                if change.line != basis.line:
                    continue
                if change.struck:
                    now = None
                elif now is None:
                    if change.number is not None and change.text is not None:
                        now = Reading(frozenset(change.adds), is_printed=False)
                else:
                    left = (now.named - {*change.removes}) | {*change.adds}
                    gone = (now.removed | {*change.removes}) - {*change.adds}
                    emptied = bool(now.named) and not left
                    now = None if emptied else Reading(left, gone, now.is_printed)
            yield now

    def gives(self, basis: Basis, service: str, day: date) -> bool:
        read = self.reads(basis, day)
        return (
            read is not None and service not in read.removed and names_service(read.named, service)
        )

    def was_ever_there(self, basis: Basis, day: date) -> bool:
        return any(read is not None for read in self.readings(basis, day))

    def was_taken_out(self, basis: Basis, asked: Question) -> bool:
        """Whether an amendment took the service out of the line, and none put it back."""

        def about(read: Reading | None) -> bool:
            if read is None or asked.service in read.removed:
                return False
            return not read.named or names_service(read.named, asked.service)

        *before, now = [about(read) for read in self.readings(basis, asked.day)]
        return any(before) and not now

    def about_basis(self, basis: Basis, asked: Question) -> Iterator[str]:
        text, line = self.named(Instrument, basis.instrument), self.printed(basis, asked.day)
        if text is None:
            yield "instrument_missing"
            return
        if text.dated > asked.day or not within(text.since, text.until, asked.day):
            yield "instrument_not_in_force"
        if text.until is not None and text.until < text.since:
            yield "dates_reversed"
        yield from self.about_replacement(basis.instrument, asked)
        if self.reads(basis, asked.day) is None:
            yield from ("line_missing", "line_not_in_force", "line_amended")
        elif line is not None and not within(line.since, line.until, asked.day):
            yield "line_not_in_force"

    def about_replacement(self, instrument: str, asked: Question) -> Iterator[str]:
        """Lex posterior, with what the new text says of the cases that are under way."""
        opened = asked.opened or asked.day
        for _, new in self.all(Replacement):
            by_opening = new.applies_to == "opened_from"
            if new.old == instrument and new.since <= (opened if by_opening else asked.day):
                yield "instrument_replaced"
            if new.new == instrument and by_opening and opened < new.since:
                yield "instrument_replaced"

    def about_the_facts(self, grant: Grant, asked: Question) -> Iterator[str]:
        """UU AP art. 15(1)b and c: limited in place and matter."""
        if not all(lies_within(bound, asked.facts.get(bound.fact)) for bound in grant.bounds):
            yield "outside_bounds"

    def about_strategy(self, grant: Grant, asked: Question) -> Iterator[str]:
        """UU AP art. 14(7)."""
        if grant.kind == "mandate" and asked.strategic:
            yield "mandate_strategic"

    # ------------------------------------------------------------------ looking things up

    def post(self, position: str | None) -> Post | None:
        return None if position is None else self.named(Post, position)

    def position_is_there(self, position: str, day: date) -> bool:
        post = self.post(position)
        return post is not None and within(post.since, post.until, day)

    def line(self, basis: Basis) -> Line | None:
        text = self.named(Instrument, basis.instrument)
        lines = text.lines if text else ()
        return next((line for line in lines if line.id == basis.line), None)


def within(first: date | None, last: date | None, day: date) -> bool:
    """Both ends belong to it."""
    return (first is None or first <= day) and (last is None or day <= last)


def names_service(services: Iterable[str], service: str) -> bool:
    """By its id, or all of them."""
    return any(named in (service, "*") for named in services)


def lies_within(bound: Bound, value: Any) -> bool:
    """Every test must be passed; what was not given passes none, and no test is no permission."""
    tests = (bound.at_least is not None, bound.at_most is not None, bound.one_of, bound.within)
    if value is None or not any(tests):
        return False
    if bound.at_least is not None and not (isinstance(value, int) and value >= bound.at_least):
        return False
    if bound.at_most is not None and not (isinstance(value, int) and value <= bound.at_most):
        return False
    if bound.one_of and value not in bound.one_of:
        return False
    areas = [area for area in bound.within if f"{value}.".startswith(f"{area}.")]
    return not bound.within or bool(areas)
