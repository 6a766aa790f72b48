"""What tells whom: for each type of event, which parties of the case hear of it, by which channels.

`DEFAULT` is what a service gets that says nothing; its own `notices` change it type by type and
party by party, and what they do not name stays. The table is printed into docs/notices.md.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from casetrack.domain.events import TYPE_PREFIX
from casetrack.domain.people.contact import CHANNELS

PARTIES = ("applicant", "representative", "payer")

#: Type without its prefix → party → channels; nobody is told by none.
Notices = Mapping[str, Mapping[str, tuple[str, ...]]]

#: The closed list of what parties are told: the type of an event without its prefix.
Kind = Literal[
    "case.opened",
    "case.declared_complete",
    "case.returned",
    "case.lapse_near",
    "case.resubmitted",
    "case.paused",
    "case.resumed",
    "case.extended",
    "case.deadlines_moved",
    "case.granted",
    "case.deemed_granted",
    "case.refused",
    "case.handed_over",
    "case.withdrawn",
    "case.closed",
    "case.corrected",
    "case.annulled",
    "case.revoked",
    "case.suspended",
    "case.reinstated",
    "case.parties_changed",
    "step.completed",
    "step.reopened",
    "step.stalled",
    "step.freed",
    "deadline.missed",
    "inspection.promised",
    "inspection.moved",
    "inspection.near",
    "inspection.done",
    "inspection.not_met",
    "bill.issued",
    "bill.confirmed",
    "bill.overdue",
]

#: Each kind with what it says to people. Of a claim or a reassignment
#: nobody hears: it changes nothing for the applicant.
TOLD: Mapping[Kind, str] = {
    "case.opened": "the file was received",
    "case.declared_complete": "the file is complete, the clock has started",
    "case.returned": "something is missing or wrong, all of it at once",
    "case.lapse_near": "what is missing is still missing, and the last day comes near",
    "case.resubmitted": "what was missing has been received",
    "case.paused": "work is on hold",
    "case.resumed": "work goes on",
    "case.extended": "the time limit was extended",
    "case.deadlines_moved": "the time limit moved with the calendar",
    "case.granted": "a decision was taken (not which)",
    "case.deemed_granted": "there is a result (not which): nobody decided in time",
    "case.refused": "a decision was taken (not which)",
    "case.handed_over": "the result was handed over",
    "case.withdrawn": "the application was withdrawn",
    "case.closed": "the application was closed without a decision",
    "case.corrected": "the product was corrected",
    "case.annulled": "the decision was annulled, the product is not valid",
    "case.revoked": "the product was revoked and is not valid",
    "case.suspended": "the product is suspended and not valid meanwhile",
    "case.reinstated": "the suspension of the product is over",
    "case.parties_changed": "who acts, or how they are reached, was changed (not what)",
    "step.completed": "a step is completed",
    "step.reopened": "a step is checked again",
    "step.stalled": "a step waits for an official with the power",
    "step.freed": "a step that waited for an official goes on",
    "deadline.missed": "a time limit was missed",
    "inspection.promised": "an inspection was promised: day and hours",
    "inspection.moved": "an inspection was moved: the new day and hours",
    "inspection.near": "an inspection is on the next working day",
    "inspection.done": "an inspection took place",
    "inspection.not_met": "an inspection did not take place",
    "bill.issued": "a bill was issued: its official code, amount and day",
    "bill.confirmed": "a payment is confirmed",
    "bill.overdue": "the day of a payment has passed",
}
#: "A step" tells nobody anything: a message about these names the step, or is not sent.
NAME_STEP: tuple[Kind, ...] = (*("step.completed", "step.reopened", "step.stalled", "step.freed"),)
#: What happens in front of the applicant, or of who acts for them.
_AT_THE_COUNTER: tuple[Kind, ...] = (
    *("case.opened", "case.resubmitted", "case.withdrawn", "case.handed_over"),
    "case.parties_changed",
)
_AT_IT = ("applicant", "representative")
DEFAULT: Notices = {kind: dict.fromkeys(PARTIES, CHANNELS) for kind in TOLD}
_KINDS: Mapping[str, Kind] = {kind: kind for kind in TOLD}


def short(event_type: str) -> str:
    """The type without its prefix: as service definitions and templates name it."""
    return event_type.removeprefix(TYPE_PREFIX)


def is_told(event_type: str) -> bool:
    """Whether there is a message about this type of event at all."""
    return short(event_type) in TOLD


def kind_of(event_type: str) -> Kind:
    """The kind of message about this type of event, named with its prefix or without.

    Raises ValueError for an event of which nobody is told.
    """
    kind = _KINDS.get(short(event_type))
    if kind is None:
        raise ValueError(f"there is no message for {event_type}")
    return kind


def was_there(event_type: str, party: str) -> bool:
    """Whether this party saw it happen at the counter: who cannot be reached need not be looked for."""
    return short(event_type) in _AT_THE_COUNTER and party in _AT_IT


def allowed(own: Notices, event_type: str, party: str) -> tuple[str, ...]:
    """The channels by which this party hears of this type, where the service says this of its own."""
    kind = short(event_type)
    usual = DEFAULT.get(kind, {}).get(party, ())
    return own.get(kind, {}).get(party, usual)


def faults(own: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    """Where, what is wrong, and the cure, of a service's own notices."""
    for kind, parties in own.items():
        if kind not in TOLD:
            yield (
                (kind,),
                f"notices: nobody can be told of {kind!r}",
                f"use one of {', '.join(TOLD)}",
            )
        for party, channels in parties.items():
            if party not in PARTIES:
                yield (
                    (kind, party),
                    f"notices: unknown party {party!r}",
                    f"use {', '.join(PARTIES)}",
                )
            for place, channel in enumerate(channels):
                if channel not in CHANNELS:
                    yield (
                        (kind, party, place),
                        f"notices: unknown channel {channel!r}",
                        f"use {', '.join(CHANNELS)}, or none",
                    )


def from_document(document: Mapping[str, Any] | None) -> dict[str, dict[str, tuple[str, ...]]]:
    """A service's own notices, as its document holds them; absent in those of before."""
    return {
        kind: {party: tuple(channels) for party, channels in parties.items()}
        for kind, parties in (document or {}).items()
    }
