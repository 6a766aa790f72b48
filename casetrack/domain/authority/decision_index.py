"""What is kept beside a decision's event so that it can be found: folded from the event alone."""

from collections.abc import Iterator
from typing import Any

from casetrack.domain.events import TYPE_PREFIX, Event

Row = dict[str, Any]


def is_decision(event: Event) -> bool:
    """Whether the event says by what right it was done."""
    return "authority" in event.data and "/" not in event.stream


def decision_row(event: Event, service: str) -> Row:
    """The row of a decision, as it is written and as verify expects it; nothing is questioned yet."""
    authority = event.data["authority"]
    passport = authority.get("passport")
    seat = passport["seat"] if passport else {}
    return {
        "region": event.region,
        "number": event.stream,
        "version": event.version,
        "id": event.id,
        "step": event.data.get("step"),
        "action": passport["action"] if passport else action_of(event),
        "service": service,
        "scheme": authority["scheme"],
        "officer": event.actor["id"],
        "position": seat.get("position"),
        "form": seat.get("form"),
        "occurred_at": event.occurred_at,
        "questioned": None,
    }


def action_of(event: Event) -> str:
    """What was done, of a decision that names no action of the register."""
    return str(event.data.get("action", event.type.removeprefix(TYPE_PREFIX)))


def link_rows(event: Event) -> list[Row]:
    """One row for each entry of the register that the decision's passport names, once each."""
    passport = event.data["authority"].get("passport")
    if passport is None:
        return []
    return [
        {
            "region": event.region,
            "kind": kind,
            "entry": entry,
            "id": event.id,
            "number": event.stream,
            "version": event.version,
        }
        for kind, entry in sorted(set(_named(passport)))
    ]


def _named(passport: Row) -> Iterator[tuple[str, str]]:
    yield "incumbency", passport["seat"]["incumbency"]
    yield "position", passport["seat"]["position"]
    for link in passport["chain"]:
        yield "grant", link["grant"]
        for rest in link["rests_on"]:
            yield "instrument", rest["instrument"]
            yield from (("instrument", each["instrument"]) for each in rest.get("amended", ()))
        for end in (link["giver"], link["receiver"]):
            if end is not None:
                yield "position", end["position"]
        for succession in link["moved"]:
            yield "succession", succession
