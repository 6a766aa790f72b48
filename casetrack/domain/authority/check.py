"""The one question: may this officer do this, now? The answer is a passport or a refusal.

`check` is pure: the register as known, the matter, the officer and what the case says of them come in.
It runs at the decision, inside the transaction, after the locks (docs/architecture.md).
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from operator import attrgetter
from typing import Any

from casetrack.domain.authority.chain import Failure, power_of
from casetrack.domain.authority.entries import GiverActs, Incumbency
from casetrack.domain.authority.giving import acting_power, given_away
from casetrack.domain.authority.instruments import in_force
from casetrack.domain.authority.link_codes import LINK_CODES
from casetrack.domain.authority.matter import Matter
from casetrack.domain.authority.passport import Passport, seat_of
from casetrack.domain.authority.recorded import Recorded
from casetrack.domain.authority.register import Register, incumbency_fault
from casetrack.domain.service.definition import Name, Separation

#: What is wrong with the officer, not with the position's power: code, meaning, article; from the
#: furthest to the nearest. Behind these come the codes of a link, then those of the case.
SEAT_CODES: Mapping[str, tuple[str, str]] = {
    "not_incumbent": ("the officer holds no such position by any letter", "UU 30/2014 art. 8(1)"),
    "letter_not_yet": (
        "the letter does not work yet, or was signed later",
        "UU 30/2014 art. 15(1)a",
    ),
    "letter_ended": ("the letter of appointment has run out", "UU 30/2014 art. 15(1)a"),
    "two_definitive_holders": (
        "two officers hold the position definitively, so neither can be believed",
        "UU 30/2014 art. 8(1)",
    ),
}
CASE_CODES: Mapping[str, tuple[str, str]] = {
    "acting_strategic": (
        "an acting officer takes no strategic decision",
        "UU 30/2014 art. 14(7)",
    ),
    "separation_of_duties": (
        "who has done an earlier step of this case may not do this one",
        "UU 30/2014 art. 43(1)",
    ),
    "not_superior": (
        "it takes a position above the one concerned",
        "UU 30/2014 art. 42, 66",
    ),
    "not_the_deciding_position": (
        "an objection is decided by the position that made the decision",
        "UU 30/2014 art. 77",
    ),
    "decided_before": (
        "who decided before does not decide the appeal",
        "UU 30/2014 art. 78",
    ),
    "own_case": ("the officer is a party of the case", "UU 30/2014 art. 42, 43"),
    "conflict_declared": (
        "a conflict of interest is declared and neither lifted nor taken over",
        "UU 30/2014 art. 42(1)",
    ),
}
#: Every stable code of a refusal, with its meaning and article; docs/authority.md is printed from it.
REFUSAL_CODES: Mapping[str, tuple[str, str]] = {**SEAT_CODES, **LINK_CODES, **CASE_CODES}
_RANK = {code: place for place, code in enumerate(REFUSAL_CODES)}
_FORMS = ("definitive", "pj", "plt", "plh")
#: Passports that are kept with a register: of one day's decisions few differ in what the papers ask.
_KEPT = 32
#: All that a matter says but the case's own: of its facts those count by which a power is bounded, and
#: its day where a paper spares older cases.
_FIXED = attrgetter(*(x.name for x in fields(Matter) if x.name not in ("facts", "opened")))


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the case says of an officer: conflicts, and what they did in it before."""

    own_case: bool = False
    #: A conflict that they, or their superior, declared: None, "declared", "lifted" or "taken_over".
    conflict: str | None = None
    #: What is remarked of a conflict in the passport: who lifted it, in which event.
    conflict_remark: Mapping[str, Any] | None = None
    separation: Separation = "off"
    #: Steps from which this one is to be separate, and which they did.
    did: tuple[str, ...] = ()
    #: The position from whose conflicted holder they, as the superior, took over.
    took_over: str | None = None
    took_over_remark: Mapping[str, Any] | None = None
    #: Of an objection or an appeal: why this position decides, and whether they decided before where that
    #: keeps them from it.
    review_remark: Mapping[str, Any] | None = None
    decided_before: bool = False


@dataclass(frozen=True, slots=True)
class Denial:
    """The answer no: a stable code, where it breaks, in words."""

    code: str
    position: str | None
    link: dict[str, Any] | None = None

    @property
    def rank(self) -> int:
        """How near it came: the nearest is told."""
        return _RANK[self.code]

    @property
    def detail(self) -> str:
        """One sentence for a person."""
        meaning, article = REFUSAL_CODES[self.code]
        of = f" ({self.position})" if self.position else ""
        return f"{meaning[0].upper()}{meaning[1:]}{of}: {article}."


@dataclass(frozen=True, slots=True)
class Choice:
    """The officer holds several positions, and which one they act as matters."""

    positions: tuple[tuple[str, Name], ...]


Answer = Passport | Denial | Choice
Of = Callable[[str], Circumstances]


def check(
    register: Register,
    matter: Matter,
    officer: str,
    circumstances: Circumstances = Circumstances(),
    as_position: str | None = None,
) -> Answer:
    """Whether the officer may do it: a passport, a denial, or the question as whom they act."""
    if circumstances.took_over is not None:
        answer = _by_papers(register, matter, officer, circumstances, as_position)
    else:
        answer = _kept_or_by_papers(register, matter, officer, as_position)
    return _in_case(answer, circumstances) if isinstance(answer, Passport) else answer


def _kept_or_by_papers(
    register: Register, matter: Matter, officer: str, as_position: str | None
) -> Answer:
    """What the papers say of who took over from nobody.

    A passport depends on nothing of the case but what is in this key: so the same papers give it to
    the next case, too.
    """
    facts = tuple(repr(matter.facts.get(fact)) for fact in register.bounded)
    opened = matter.opened if register.spares_older else None
    key = (officer, as_position, _FIXED(matter), opened, facts)
    kept: Passport | None = register.passports.get(key)
    if kept is not None:
        return kept
    answer = _by_papers(register, matter, officer, Circumstances(), as_position)
    if isinstance(answer, Passport):
        if len(register.passports) >= _KEPT:
            register.passports.clear()
        register.passports[key] = answer
    return answer


def _by_papers(
    register: Register,
    matter: Matter,
    officer: str,
    circumstances: Circumstances,
    as_position: str | None,
) -> Answer:
    """What the register says of them, whatever the case says."""
    seats: dict[str, list[Recorded]] = {}
    gone: list[Denial] = []
    for recorded in register.held_by(officer):
        held = recorded.entry
        if isinstance(held, Incumbency) and as_position in (None, held.position):
            fault = incumbency_fault(held, matter.day) or _post_fault(register, held, matter)
            if fault is None:
                seats.setdefault(held.position, []).append(recorded)
            else:
                gone.append(Denial(fault, held.position, _letter(recorded, held)))
    answers = {
        position: _as(register, matter, found, circumstances) for position, found in seats.items()
    }
    if len(answers) > 1 and any(isinstance(answer, Passport) for answer in answers.values()):
        choices = sorted(answers)
        return Choice(tuple((p, register.name_of(p, matter.day)) for p in choices))
    passport = next((a for a in answers.values() if isinstance(a, Passport)), None)
    if passport is not None:
        return passport
    denials = [answer for answer in answers.values() if isinstance(answer, Denial)]
    # A letter that ran out is told before a seat that never had the power.
    lost = [d for d in gone if d.position and power_of(register, d.position, matter).chains]
    default = Denial("not_incumbent", as_position)
    return max(lost or denials or gone, key=_nearest, default=default)


def _nearest(denial: Denial) -> tuple[int, int, str, str]:
    """The nearest code; of several letters the one that ran out last, or that will work first."""
    link = denial.link or {}
    entry = str(link.get("incumbency") or link.get("grant") or "")
    return denial.rank, _closeness(denial.code, link), denial.position or "", entry


def _closeness(code: str, link: Mapping[str, Any]) -> int:
    if code == "letter_ended":
        return date.fromisoformat(link["until"]).toordinal()
    if code == "letter_not_yet":
        return -date.fromisoformat(max(link["since"], link["letter"]["dated"])).toordinal()
    return 0


def _post_fault(register: Register, held: Incumbency, matter: Matter) -> str | None:
    post = register.post(held.position)
    there = post is not None and in_force(post.since, post.until, matter.day)
    return None if there else "position_not_there"


def _letter(recorded: Recorded, held: Incumbency) -> dict[str, Any]:
    return {
        "incumbency": recorded.id,
        "position": held.position,
        "form": held.form,
        "letter": {"number": held.letter.number, "dated": held.letter.dated.isoformat()},
        "since": held.since.isoformat(),
        "until": held.until.isoformat() if held.until else None,
    }


def _as(
    register: Register, matter: Matter, found: list[Recorded], circumstances: Circumstances
) -> Passport | Denial:
    """The answer for one position, by whichever of their letters gives one."""
    answers = [
        _by_letter(register, matter, recorded, recorded.entry, circumstances)
        for recorded in sorted(found, key=_letter_order)
        if isinstance(recorded.entry, Incumbency)
    ]
    passport = next((answer for answer in answers if isinstance(answer, Passport)), None)
    return passport or max((a for a in answers if isinstance(a, Denial)), key=_nearest)


def _letter_order(recorded: Recorded) -> tuple[int, str]:
    held = recorded.entry
    return (_FORMS.index(held.form) if isinstance(held, Incumbency) else 0), recorded.id


def _by_letter(
    register: Register,
    matter: Matter,
    recorded: Recorded,
    held: Incumbency,
    circumstances: Circumstances,
) -> Passport | Denial:
    position, day = held.position, matter.day
    if held.form == "definitive" and len(register.definitive_on(position, day)) > 1:
        return Denial("two_definitive_holders", position, _letter(recorded, held))
    seat = seat_of(recorded.id, held, register.name_of(position, day), recorded.cite)
    power = acting_power(register, position, matter)
    remarks: tuple[dict[str, Any], ...] = ()
    given = given_away(register, position, matter) if power.best else None
    if given is not None and register.rules > 1:
        remarks = (given.as_remark(),)
    if power.best is None and circumstances.took_over is not None:
        power = power_of(register, circumstances.took_over, matter)
        remarks = (dict(circumstances.took_over_remark or {}),)
    if power.best is None:
        failure = power.nearest(position)
        return Denial(failure.code, failure.position, failure.as_data())
    if seat.acting and matter.strategic:
        return Denial("acting_strategic", position, _letter(recorded, held))
    chain = tuple(link.link for link in power.best)
    return Passport(
        matter.action, matter.service, day.isoformat(), seat, chain, remarks, register.rules
    )


def _in_case(passport: Passport, circumstances: Circumstances) -> Passport | Denial:
    """What stands against them in this case, although they hold the power."""
    position = passport.seat.position
    if circumstances.own_case:
        return Denial("own_case", position)
    if circumstances.conflict in ("declared", "taken_over"):
        return Denial("conflict_declared", position)
    if circumstances.decided_before:
        return Denial("decided_before", position)
    if circumstances.did and circumstances.separation == "refuse":
        return Denial("separation_of_duties", position, {"steps": list(circumstances.did)})
    remarks = list(passport.remarks)
    if circumstances.conflict == "lifted":
        remarks.append(dict(circumstances.conflict_remark or {}))
    if circumstances.did and circumstances.separation == "flag":
        remarks.append({"kind": "same_person", "steps": list(circumstances.did)})
    if circumstances.review_remark is not None and circumstances.review_remark not in remarks:
        remarks.append(dict(circumstances.review_remark))
    return Passport(
        passport.action,
        passport.service,
        passport.day,
        passport.seat,
        passport.chain,
        tuple(remarks),
        passport.rules,
    )


@dataclass(frozen=True, slots=True)
class Alternative:
    """Who may do it: the officer, as which position, in which form; vacant when nobody sits there."""

    position: str
    name: Name
    officer: str | None
    form: str | None
    chain: tuple[str, ...]
    #: Of a position that delegated the power: what its delegation says of it; None where it gave nothing.
    giver_acts: GiverActs | None = None

    def as_data(self) -> dict[str, Any]:
        """As an answer shows it."""
        return {
            "position": self.position,
            "name": self.name.as_dict(),
            "officer": self.officer,
            "form": self.form,
            "chain": list(self.chain),
            "giver_acts": self.giver_acts,
        }


def who_may(
    register: Register, matter: Matter, circumstances: Of, present: Collection[str] | None = None
) -> Iterator[Alternative]:
    """Everybody who may do it on that day; a position that holds the power and is empty, too.

    `present` are the officers with a live account; None believes every letter. Who took over from
    another acts by that one's chain.
    """
    for recorded in register.entries:
        if recorded.kind != "position":
            continue
        sitting = register.officers_on(recorded.id, matter.day)
        officers = {o for o in sitting if present is None or o in present}
        name = register.name_of(recorded.id, matter.day)
        for given in _seated(register, matter, recorded.id, officers, circumstances):
            grants = tuple(link.grant for link in given.chain)
            said = next((r["said"] for r in given.remarks if r["kind"] == "giver_acts"), None)
            yield Alternative(recorded.id, name, given.seat.officer, given.seat.form, grants, said)
        chain = acting_power(register, recorded.id, matter).best if not officers else None
        if chain is not None:
            yield Alternative(recorded.id, name, None, None, tuple(held.id for held in chain))


def _seated(
    register: Register, matter: Matter, position: str, officers: set[str], circumstances: Of
) -> Iterator[Passport]:
    for officer in sorted(officers):
        answer = check(register, matter, officer, circumstances(officer), position)
        if isinstance(answer, Passport):
            yield answer


__all__ = [
    "REFUSAL_CODES",
    "Alternative",
    "Answer",
    "Choice",
    "Circumstances",
    "Denial",
    "Failure",
    "check",
    "who_may",
]
