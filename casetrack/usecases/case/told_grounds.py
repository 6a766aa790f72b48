"""Why a product was annulled or revoked, as it was written with the act: sealed, opened for readers."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from casetrack.domain.case.state import CaseState, Document
from casetrack.domain.events import Event, parse_instant
from casetrack.domain.service.definition import Name, ServiceDefinition
from casetrack.domain.service.product_words import Written
from casetrack.storage.case import case_events
from casetrack.usecases.case.case_texts import case_texts
from casetrack.usecases.context import Context

_TOLD = ("annulled", "revoked")


@dataclass(frozen=True, slots=True)
class ToldGrounds:
    """The grounds on which it was decided, on what they rely, and why nobody was heard before, if so."""

    written: Written
    why_not_heard: str | None

    def as_dict(self) -> dict[str, Any]:
        """As an answer holds it."""
        said = self.written.as_dict()
        return {
            "grounds": said["grounds"],
            "relied_on": said["relied_on"],
            "why_not_heard": self.why_not_heard,
        }


@dataclass(frozen=True, slots=True)
class EndedProduct:
    """A product that was annulled or revoked, as its applicant reads it. `because` is None where a court
    did it without grounds of the office, and once the person is erased."""

    id: str
    name: Name
    number: str | None
    status: str
    on: date
    by: str
    #: The document by which it was decided: number, day, issuer.
    instrument: Mapping[str, Any]
    #: The event with the passport, and when it happened.
    version: int
    at: datetime
    because: ToldGrounds | None


def grounds_of(ctx: Context, state: CaseState, product: Document) -> ToldGrounds | None:
    """Those of one product; None where there are none, and once the person is erased."""
    said = (product["ended"] or {}).get("grounds")
    if not said:
        return None
    found = case_texts(ctx, state.region, state.number, "grounds").get(said["text"])
    if found is None:
        return None
    kept = json.loads(found)
    return ToldGrounds(Written.from_dict(kept), kept["why_not_heard"])


def ended_products(
    ctx: Context, state: CaseState, definition: ServiceDefinition, revision: int
) -> Iterator[EndedProduct]:
    """What was annulled or revoked of the case, in the order of its products."""
    calendar = ctx.region(state.region, revision)[1]
    for product in state.products:
        ended = product["ended"]
        if product["state"] in _TOLD:
            yield EndedProduct(
                product["id"],
                definition.product_of(product["product"]).name,
                product["number"],
                product["state"],
                calendar.local_date(parse_instant(ended["at"])),
                ended["by"],
                ended["instrument"],
                ended["version"],
                parse_instant(ended["at"]),
                grounds_of(ctx, state, product),
            )


def decided_in(ctx: Context, state: CaseState, version: int) -> tuple[str, ...]:
    """How who decided it signs, line by line, by the event's passport; empty where there is none."""
    with ctx.database.read() as connection:
        bodies = case_events.of_versions(connection, state.region, state.number, [version])
    for event in map(Event.from_body, bodies):
        passport = event.data["authority"].get("passport")
        return tuple(passport["signature"]) if passport else ()
    return ()
