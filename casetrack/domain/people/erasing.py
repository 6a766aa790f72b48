"""Who may be erased, and who says so: what stands against it, two officers, an auditor's hold.

All of it is a fold of the subject's own stream. What else stands against it (open cases, retention;
later bills, objections, complaints, products) is handed in as obstacles, so a new kind is one more
source of them and nothing here changes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal, get_args

from casetrack.domain.errors import Forbidden, Invalid, NotNow
from casetrack.domain.events import TYPE_PREFIX, Event, instant
from casetrack.domain.people import possible_days as days

#: Why somebody is erased, as the event says it for good: a code, since words might name them.
Reason = Literal[
    "subject_request", "consent_withdrawn", "no_longer_needed", "retention_ended", "unlawful"
]
REASONS: tuple[Reason, ...] = get_args(Reason)
#: Why an auditor holds what is kept about somebody.
HoldReason = Literal["audit", "investigation", "court"]

#: `refused`: something stood against it when it was last asked for. `lapsed`: decided, and not carried
#: out in time.
Status = Literal["none", "refused", "asked", "decided", "lapsed", "declined", "erased"]
#: An erasure that somebody still has to do something about.
WAITING: tuple[Status, ...] = ("refused", "asked", "decided", "lapsed")
#: Days within which a decision is carried out, where the region says nothing else.
DEFAULT_DAYS = 30
Kind = Literal[
    "case_open",
    "identity_open",
    "held",
    "retention",
    "product_valid",
    "bill_open",
    "complaint_open",
]

ASKED, REFUSED, DECIDED, DECLINED = (
    TYPE_PREFIX + f"subject.erasure_{what}" for what in ("asked", "refused", "decided", "declined")
)
HELD, FREED = TYPE_PREFIX + "subject.hold_placed", TYPE_PREFIX + "subject.hold_lifted"
ERASED = TYPE_PREFIX + "subject.erased"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing that stands against erasing: what, about what, and until when, where that is known.

    `about` is None where it is a case that the reader may not know of.
    """

    kind: Kind
    about: str | None = None
    until: date | None = None

    def as_dict(self) -> dict[str, str | None]:
        """The obstacle as answers hold it; `until` is an ISO date or None."""
        until = None if self.until is None else self.until.isoformat()
        return {"kind": self.kind, "about": self.about, "until": until}

    @property
    def words(self) -> str:
        """The obstacle in English, for a person."""
        case = f"the case {self.about}" if self.about else "a case of other agencies"
        said = {
            "case_open": f"{case} is not over",
            "bill_open": f"a bill of {case} is open",
            "identity_open": f"in {case} it is still to be said who they are",
            "complaint_open": "a complaint is not closed",
            "held": f"an auditor holds it ({self.about})",
            "product_valid": f"a product of {case} is valid",
            "retention": f"the case is kept by {self.about or f'the rule of {case}'}",
        }[self.kind]
        return said if self.until is None else f"{said} until {self.until.isoformat()}"


@dataclass(frozen=True, slots=True)
class Erasing:
    """How far the erasure of a subject has come."""

    status: Status = "none"
    reason: Reason | None = None
    #: The archive authority's yes: reference and day.
    approval: Mapping[str, str] | None = None
    asked_by: str | None = None
    asked_at: str | None = None
    decided_by: str | None = None
    decided_at: str | None = None
    #: The last day on which what was decided may be carried out.
    decided_until: date | None = None
    hold: HoldReason | None = None
    held_since: str | None = None

    def then(self, event: Event) -> "Erasing":
        """After this event of the subject's stream; those about other things change nothing."""
        by, at = str(event.actor.get("id")), instant(event.recorded_at)
        match event.type:
            case t if t in (ASKED, REFUSED):
                return replace(self, status="asked" if t == ASKED else "refused",
                               reason=event.data["reason"], asked_by=by, asked_at=at,
                               approval=event.data.get("approval"),
                               decided_by=None, decided_at=None, decided_until=None)  # fmt: skip
            case t if t == DECIDED:
                until = _until(event)
                return replace(self, status="decided", decided_by=by, decided_at=at,
                               decided_until=until)  # fmt: skip
            case t if t == DECLINED:
                return replace(self, status="declined", decided_by=by, decided_at=at,
                               decided_until=None)  # fmt: skip
            case t if t == HELD:
                return replace(self, hold=event.data["reason"], held_since=at)
            case t if t == FREED:
                return replace(self, hold=None, held_since=None)
            case t if t == ERASED:
                return replace(self, status="erased")
        return self

    def on(self, day: date) -> "Erasing":
        """The same as it stands on this local day: a decision ends by itself."""
        if self.status == "decided" and self.decided_until and self.decided_until < day:
            return replace(self, status="lapsed")
        return self

    @property
    def waits_since(self) -> str | None:
        """When it was asked for, while somebody still has to do something; None otherwise."""
        return self.asked_at if self.status in WAITING else None


def _until(event: Event) -> date:
    """A decision from before they ended has the default from its own day on."""
    until = event.data.get("until")
    if until is not None:
        return date.fromisoformat(until)
    return event.recorded_at.date() + timedelta(days=DEFAULT_DAYS)


def erasing(events: Iterable[Event]) -> Erasing:
    """What the subject's stream says."""
    found = Erasing()
    for event in events:
        found = found.then(event)
    return found


def check_free(obstacles: Iterable[Obstacle]) -> None:
    """Raises NotNow with every obstacle, its reason and its date."""
    against = list(obstacles)
    if against:
        raise NotNow(
            "erasing_barred",
            "They cannot be erased now: " + "; ".join(each.words for each in against) + ".",
            against=[each.as_dict() for each in against],
        )


@dataclass(frozen=True, slots=True)
class Approval:
    """That the archive authority agrees: the reference of its letter, and its day."""

    reference: str
    dated: date

    def as_data(self) -> dict[str, str]:
        """What the event keeps."""
        return {"reference": self.reference, "dated": self.dated.isoformat()}


def check_approval(
    reason: Reason, approval: Approval | None, rule: str | None, today: date
) -> None:
    """Raises Invalid: what a retention kept is destroyed with the archive authority's yes, where the
    region names the rule that wants it."""
    if approval is None and reason == "retention_ended" and rule is not None:
        raise Invalid(
            "approval_needed",
            f"What was kept is destroyed with the archive authority's yes ({rule}): give its letter.",
            rule=rule,
        )
    if approval is not None:
        days.check(days.past_faults("approval.dated", approval.dated, today))


def check_ask(now: Erasing) -> None:
    """Whether an erasure may be asked for. Raises NotNow: it is asked or decided already."""
    if now.status in ("asked", "decided"):
        raise NotNow(
            "erasure_asked_already", "Their erasure is asked for already; confirm or decline it."
        )


def is_said_already(now: Erasing, reason: Reason) -> bool:
    """Whether it was asked for with this reason and refused: to refuse it once more says nothing new."""
    return now.status == "refused" and now.reason == reason


def check_settle(now: Erasing, *, confirm: bool) -> None:
    """Whether it may be confirmed, or declined, which may be until it is carried out. Raises NotNow:
    nobody asked, or it is settled already."""
    if now.status != "asked" and (confirm or now.status not in WAITING):
        raise NotNow("no_erasure_asked", "No erasure of them waits for a second officer.")


def check_not_own(own: bool) -> None:
    """Raises Forbidden: it is about the officer, or about somebody in a case of theirs."""
    if own:
        raise Forbidden(
            "own_erasure",
            "This is about you, or about somebody in a case of yours: other officers decide it.",
        )


def check_reader(*, audits: bool, named: bool) -> None:
    """Who reads the list of erasures that wait. Raises Forbidden."""
    if not (audits or named):
        raise Forbidden(
            "data_protection_needed",
            "The list is for auditors and for officers who are named for data protection "
            "(data_protection in officers.yaml).",
        )


def check_two(first: str, second: str, named: Mapping[str, bool]) -> None:
    """Raises Forbidden: they are one person, or neither is named for data protection.

    `first` and `second` are persons, who may have several accounts; `named` says it of each account.
    """
    if first == second:
        raise Forbidden(
            "second_officer_needed", "Another officer confirms what you asked for yourself."
        )
    if not any(named.values()):
        raise Forbidden(
            "data_protection_needed",
            "One of the two officers must be named for data protection (data_protection in "
            "officers.yaml).",
        )


def check_hold(now: Erasing, *, lift: bool) -> None:
    """Raises NotNow: there is a hold already, or none to lift."""
    if lift and now.hold is None:
        raise NotNow("no_hold", "Nobody holds what is kept about them.")
    if not lift and now.hold is not None:
        raise NotNow("held_already", f"It is held already ({now.hold}).")


def kept_until(ended: date, years: int) -> date:
    """The last day of a retention that began on this day."""
    try:
        return ended.replace(year=ended.year + years)
    except ValueError:  # 29 February
        return ended.replace(year=ended.year + years, day=28)
