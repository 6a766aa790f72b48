"""What verify says of authority: findings, which fail nothing, and what nobody can verify.

Here are the rules that need no register: which scheme a decision must have, whose seat, day and time
its passport must name. What the register gives is asked by `authority.again`.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from casetrack.domain.case.authority_check import (
    circumstances,
    corrects_review,
    decides_review,
    needs_authority,
    signing,
)
from casetrack.domain.case.counter_details import Lack
from casetrack.domain.case.review_details import leaves_unchanged
from casetrack.domain.case.state import CaseState
from casetrack.domain.case.suspensions import SUSPENDING
from casetrack.domain.clock import Calendar
from casetrack.domain.events import TYPE_PREFIX, Event, instant
from casetrack.domain.service.definition import (
    BILL_POWERS,
    Action,
    ServiceDefinition,
    StepDefinition,
)

#: Kinds of finding, the strongest first, with one sentence on what each means.
FINDINGS = {
    "passport_not_derivable": "The register, as it was recorded at the decision, does not give this "
    "passport: it was written past the rules.",
    "past_rules": "A decision was written that the rules refuse, whatever the register says.",
    "untraced": "An account, a token or a published service does not stand as the trace of "
    "administration says: it was changed past casetrack, or by a release without that trace.",
    "questioned": "What was recorded later speaks against the decision; its passport stays.",
    "papers": "The papers of the register have faults, which count for nothing in a check.",
    "unchanged": "An objection or an appeal was granted, and who decides it said that nothing is to be "
    "changed in the case that it is about.",
    "hand_over": "Something was handed over of which not all was written down: to whom, that they "
    "signed, the file that shows it, or by what power somebody else came.",
}
#: What cannot be verified, with one sentence on why; the count stands before it.
UNVERIFIABLE = {
    "unchecked": "decisions by a role only: no register was asked for them",
    "external": "decisions of another system or a court: only what it said is recorded",
    "by_law": "decisions by law: no officer took them",
    "imported": "imported cases: by what right their decisions were taken is not recorded",
    "other_rules": "passports by another version of the rules, which is not here to judge them",
    "erased": "texts of erased persons: their keys are gone",
    "papers": "papers of the register: only their hash is kept, the paper itself stays with the office",
}
#: Findings that are kept with their place; all are counted.
MOST_FINDINGS = 1_000
#: Acts that take the power of another one.
_POWERS: Mapping[str, Action] = dict.fromkeys(("suspend", "reinstate"), SUSPENDING)
_ON_PRODUCTS = ("correct", "annul", "revoke", *_POWERS)
_AT_THE_COUNTER = ("case.handed_over", "product.handed_over", "case.papers_returned")


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding; `stream` and `version` are None where it is about no single event."""

    kind: str
    region: str
    stream: str | None
    version: int | None
    code: str
    detail: str

    def as_dict(self) -> dict[str, Any]:
        """As `casetrack verify --json` prints it."""
        names = ("kind", "region", "stream", "version", "code", "detail")
        return {name: getattr(self, name) for name in names}


@dataclass
class Tally:
    """What was found and what could not be verified. Keeps the strongest findings, counts all."""

    findings: list[Finding] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    unverifiable: Counter[str] = field(default_factory=Counter)

    def add(self, finding: Finding) -> None:
        """Count it, and keep it while there is room for its kind."""
        self.counts[finding.kind] += 1
        if self.counts[finding.kind] <= MOST_FINDINGS:
            self.findings.append(finding)

    def told(self) -> list[dict[str, Any]]:
        """Findings, the strongest kind first."""
        order = list(FINDINGS)
        return [f.as_dict() for f in sorted(self.findings, key=lambda f: order.index(f.kind))]

    def beyond(self) -> list[dict[str, Any]]:
        """What cannot be verified: kind, count, why."""
        return [
            {"kind": kind, "count": self.unverifiable[kind], "detail": why}
            for kind, why in UNVERIFIABLE.items()
            if self.unverifiable[kind]
        ]


def wanted_scheme(
    definition: ServiceDefinition,
    data: Mapping[str, Any],
    review: Mapping[str, Any] | None = None,
    *,
    by_clock: bool = False,
) -> str | None:
    """The authority scheme that this act must have; None when it is no decision, as a silence is none.
    `review` is what an objection or an appeal is about."""
    action = data.get("action")
    if action in _ON_PRODUCTS:
        return _scheme_of_change(definition, data, review)
    step = _step(definition, data)
    if step is None or not (
        action == "sign"
        or leaves_unchanged(step, str(action), data.get("result"), definition)
        or needs_authority(step, str(action), by_clock=by_clock)
    ):
        return None
    if definition.tracked_only:
        return "external"
    if decides_review(step, definition):
        return "checked" if review and review["action"] else "unchecked"
    return "checked" if step.authority else "unchecked"


def _scheme_of_change(
    definition: ServiceDefinition, data: Mapping[str, Any], review: Mapping[str, Any] | None
) -> str:
    """Of what becomes of a product; a letter of a review asks what its decision asked."""
    if data.get("by") == "court":
        return "external"
    of_review = corrects_review(str(data.get("action")), definition) and review is not None
    return "unchecked" if of_review and review and review["action"] is None else "checked"


def _step(definition: ServiceDefinition, data: Mapping[str, Any]) -> StepDefinition | None:
    return definition.step(data["step"]) if data.get("step") else None


def past_rules(
    before: CaseState, event: Event, definition: ServiceDefinition, calendar: Calendar
) -> Iterator[tuple[str, str]]:
    """Code and detail of what a decision has that no write path gives it."""
    data, by_clock = event.data, event.actor.get("kind") == "system"
    wanted = wanted_scheme(definition, data, before.review, by_clock=by_clock)
    if event.occurred_at != event.recorded_at and not _admitted(before, event):
        yield "time_set", "it occurred at another time than it was recorded, by no admitted paper"
    if "authority" not in data:
        if wanted is not None:
            yield "authority_missing", "a decision that does not say by what right"
        return
    scheme = data["authority"].get("scheme")
    if wanted is not None and scheme != wanted:
        yield "scheme_not_allowed", f"decided {scheme}, the definition asks for {wanted}"
    if scheme == "checked":
        yield from _passport(before, event, definition, calendar)


_UNWRITTEN: Mapping[Lack, str] = {
    "present": "nobody wrote down to whom it was handed over",
    "signature": "nobody wrote down that who got it signed",
    "proof": "no file shows the signature",
    "power": "it went to a representative whose power nobody wrote down",
}


def unchanged(event: Event, definition: ServiceDefinition) -> Iterator[tuple[str, str]]:
    """Code and detail of a granted objection that changed nothing."""
    data, step = event.data, _step(definition, event.data)
    said = (str(data.get("action")), data.get("result"))
    if step is not None and leaves_unchanged(step, *said, definition):
        by = event.actor["id"]
        yield "nothing_changed", f"{by} said that what was granted changes nothing"


def unwritten(event: Event) -> Iterator[tuple[str, str]]:
    """Code and detail of what was not written down of a hand-over."""
    if event.type.removeprefix(TYPE_PREFIX) not in _AT_THE_COUNTER:
        return
    for record in (event.data.get("case") or {}).get("hand_overs", ())[-1:]:
        for lack in record.get("lacks", ()):
            yield lack, _UNWRITTEN[lack]


def _admitted(before: CaseState, event: Event) -> bool:
    """Whether a paper of that time was admitted for this step and not used yet."""
    said = event.data.get("late") or {}
    paper = next((p for p in before.late if p["id"] == said.get("id")), None)
    return (
        paper is not None
        and not paper["used"]
        and paper["step"] == event.data.get("step")
        and paper["occurred_at"] == instant(event.occurred_at)
    )


def _by_review(step: StepDefinition | None, action: str, definition: ServiceDefinition) -> bool:
    """Whether its power is that of the decision reviewed."""
    if step is None:
        return corrects_review(action, definition)
    return decides_review(step, definition)


def _passport(
    before: CaseState, event: Event, definition: ServiceDefinition, calendar: Calendar
) -> Iterator[tuple[str, str]]:
    passport, step = event.data["authority"]["passport"], _step(definition, event.data)
    if step is not None and event.data.get("action") == "sign":
        step = signing(step)
    seat, officer = passport["seat"], event.actor["id"]
    if seat["officer"] != officer:
        yield "officer_not_seat", f"{officer} decided in the seat of {seat['officer']}"
    day = calendar.local_date(event.occurred_at).isoformat()
    if passport["day"] != day:
        yield "day_not_local", f"its passport is for {passport['day']}, it was decided on {day}"
    action = event.data.get("action")
    action = _POWERS.get(str(action), action)
    # A bill is its own matter: a pay step confers no power.
    power = step.authority if step and action not in BILL_POWERS else action
    matter = (power, before.service)
    by_review = _by_review(step, str(action), definition)
    if by_review and before.review is not None:
        matter = before.review["action"], before.review["service"]
    if (passport["action"], passport["service"]) != matter:
        yield "other_matter", "its passport is for another action or another service"
    known = circumstances(before, definition, step, officer)
    if known.conflict in ("declared", "taken_over"):
        yield "conflict_declared", "a conflict of interest stood against the officer"
    if known.did and known.separation == "refuse":
        yield "separation_of_duties", f"the officer had done {', '.join(known.did)}"
