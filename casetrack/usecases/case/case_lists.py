"""Lists of cases: a row says what somebody needs to find the right one; the case itself says the rest."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from casetrack.domain.access import REGION_WIDE, Actor
from casetrack.domain.case.state import CaseState
from casetrack.domain.people.readers import initials, masked_nik, shown_to
from casetrack.domain.people.readings import Kind
from casetrack.domain.service.definition import ServiceDefinition
from casetrack.storage.case import queries
from casetrack.storage.case.queries import ListedCase
from casetrack.storage.people import sealed_rows
from casetrack.storage.region.regions import RegionRecord
from casetrack.usecases.case.links import for_reader
from casetrack.usecases.case.views import agency_view, case_view, without_reason
from casetrack.usecases.context import Context
from casetrack.usecases.paging import Page
from casetrack.usecases.people import readings
from casetrack.usecases.people.parties import by_case

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases of a list are wanted, and how: a page behind an event id, rows or whole cases."""

    status: str | None
    service: str | None
    before: int | None
    limit: int
    full: bool

    def rows(
        self, ctx: Context, region: str, agency: str | None, services: Iterable[str] | None = None
    ) -> list[ListedCase]:
        """Those of an agency (None: of the region) and of these services, the newest first, and one
        more where there is a further page."""
        with ctx.database.read() as connection:
            return queries.cases(
                connection,
                region,
                agency=agency,
                status=self.status,
                service=self.service,
                before=self.before,
                limit=self.limit + 1,
                services=services,
            )

    def page(self, items: list[dict[str, Any]], rows: Sequence[ListedCase]) -> Page:
        """These items as the page that was wanted of these rows."""
        more = len(rows) > self.limit
        return Page(items, (rows[self.limit - 1].opened_id,) if more else None)


def list_cases(ctx: Context, actor: Actor, wanted: CaseFilter) -> Page:
    """Cases of the actor's agency (an auditor's: of the region), newest first."""
    agency = None if actor.has_role(REGION_WIDE) else actor.agency or ""
    rows = wanted.rows(ctx, actor.region, agency)
    return wanted.page(case_rows(ctx, actor, rows[: wanted.limit], full=wanted.full), rows)


def case_rows(
    ctx: Context,
    actor: Actor,
    rows: Sequence[ListedCase],
    *,
    full: bool = False,
    typed: str | None = None,
    initials_only: bool = False,
) -> list[dict[str, Any]]:
    """What a list shows of these cases: a row each, or the whole cases, which name nobody.

    `typed` is what was searched for, where it was. Names in full are for who may compare them with an
    identity document, at the counter of the case; `initials_only` keeps them from everybody.
    """
    if full:
        return [for_reader(ctx, actor, _whole(ctx, actor, row)) for row in rows]
    kind: Kind = "list" if typed is None else "search"
    applicants = applicants_of(ctx, actor, kind, [row.document for row in rows], typed)
    for row in rows if typed is not None else ():
        front_office = definition_of(ctx, actor.region, row.document).front_office
        applicant = applicants.get(row.document["number"])
        if applicant and (initials_only or shown_to(actor, front_office) != "full"):
            applicant["name"] = initials(applicant["name"])
    return [
        _row(ctx, ctx.region(actor.region, row.revision)[0], row.document, applicants)
        for row in rows
    ]


def _whole(ctx: Context, actor: Actor, row: ListedCase) -> dict[str, Any]:
    state, region = CaseState.from_document(row.document), actor.region
    definition = definition_of(ctx, region, row.document)
    view = case_view(state, definition, ctx.region(region, row.revision)[0])
    full = shown_to(actor, definition.front_office) == "full"
    return view if full else without_reason(view)


def _row(
    ctx: Context, region: RegionRecord, document: Document, applicants: Mapping[str, Any]
) -> dict[str, Any]:
    definition = definition_of(ctx, region.region.code, document)
    return {
        "number": document["number"],
        "service": {
            "id": definition.id,
            "version": definition.version,
            "name": definition.name.as_dict(),
        },
        "status": document["status"],
        "outcome": document["outcome"],
        "waiting_for": document["waiting_for"],
        "opened_at": document["opened_at"],
        "due_at": document["due_at"],
        "holder": agency_view(region, document["holder"]),
        "applicant": applicants.get(document["number"]),
    }


def definition_of(ctx: Context, region: str, document: Document) -> ServiceDefinition:
    """The version of the service by which a case runs."""
    return ctx.definition(region, document["service"], document["service_version"])


def applicants_of(
    ctx: Context, actor: Actor, kind: Kind, documents: Sequence[Document], typed: str | None = None
) -> dict[str, dict[str, Any]]:
    """Case → its applicant, as a list shows them. The look is written down first.

    Raises DatabaseDown where it cannot be.
    """
    numbers = list(dict.fromkeys(document["number"] for document in documents))
    if not numbers and kind == "list":
        return {}  # there is nobody to look at
    calls = [sealed_rows.of_cases(actor.region, numbers)] if numbers else []
    asked = readings.record_and_ask(ctx, actor, kind, numbers, typed, calls)
    rows = sealed_rows.read_parties(asked[0]) if asked else []
    found = {}
    for number, parties in by_case(ctx, actor.region, numbers, rows).items():
        said = next((party.data for party in parties if party.row.role == "applicant"), None)
        if said is not None:
            nik = said.get("nik")
            found[number] = {
                "kind": said["kind"],
                "name": said["name"],
                "nik": masked_nik(nik) if nik else None,
            }
    return found
