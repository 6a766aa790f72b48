"""What the clerk prints: receipt, proofs of registration and hand-over, how a limit is counted."""

from dataclasses import dataclass
from datetime import datetime

from casetrack.domain.access import Actor
from casetrack.domain.case.bills import is_gratis
from casetrack.domain.case.hand_overs import needs_second
from casetrack.domain.case.reviews import may_object
from casetrack.domain.errors import NotFound, NotNow
from casetrack.domain.service.definition import Name
from casetrack.gateways.printing.letterhead import government
from casetrack.usecases.case import slips, told_grounds
from casetrack.usecases.case.explained_limits import ExplainedLimit
from casetrack.usecases.case.product_views import check_reads_text
from casetrack.usecases.case.views import visit_view
from casetrack.usecases.case.visible_case import Sight
from casetrack.usecases.case.visits import cases_of_visit
from casetrack.usecases.context import Context
from casetrack.web.pages import clock_words
from casetrack.web.pages.beside_words import Beside, TakenAt
from casetrack.web.pages.clock_sheets import ClockSlip, CountedLimit, clock_sheet
from casetrack.web.pages.ended_sheets import EndedSlip, ended_sheet
from casetrack.web.pages.hand_over_sheets import (
    HandOverSlip,
    Issuer,
    PapersSlip,
    hand_over_sheet,
    papers_sheet,
)
from casetrack.web.pages.inspection_words import inspection_sentences
from casetrack.web.pages.sheet_form import Sheet
from casetrack.web.pages.slip_sheets import (
    ReceiptSlip,
    RegistrationSlip,
    receipt_sheet,
    registration_sheet,
)
from casetrack.web.pages.visit_sheets import visit_sheet

_KINDS = ("receipt", "visit", "registration", "clock", "hand-over", "returned-papers", "ended")


@dataclass(frozen=True, slots=True)
class Printing:
    """Who prints, and where applicants look."""

    actor: Actor
    public_url: str

    @property
    def officer(self) -> str:
        """Their login."""
        return self.actor.id


def slip(
    ctx: Context, case: Sight, kind: str, language: str, code: str | None, by: Printing
) -> tuple[Sheet, list[str]]:
    """The slip's words, and its cases. The access code is printed only if it is handed in and is the
    right one.

    Raises NotFound (no such slip), NotNow (no registration before the file is complete), Invalid,
    Busy (too many wrong codes).
    """
    check_kind(kind)
    if kind == "visit":
        cases = cases_of_visit(ctx, by.actor, case)
        sheet = visit_sheet([_receipt(ctx, each, code, by) for each in cases], language=language)
        return sheet, [each.state.number for each in cases]
    return _of_one(ctx, case, kind, language, code, by), [case.state.number]


def _of_one(
    ctx: Context, case: Sight, kind: str, language: str, code: str | None, by: Printing
) -> Sheet:
    if kind == "receipt":
        return receipt_sheet(_receipt(ctx, case, code, by), language=language)
    if kind == "hand-over":
        return hand_over_sheet(_handed(ctx, case, by.public_url), language=language)
    if kind == "returned-papers":
        return papers_sheet(_papers(ctx, case, by.public_url), language=language)
    if kind == "ended":
        return ended_sheet(_ended(ctx, by.actor, case, by.public_url), language=language)
    if kind == "clock":
        return clock_sheet(_clock(ctx, case, by.public_url), language=language)
    return registration_sheet(_registration(ctx, case, by.public_url), language=language)


def check_kind(kind: str) -> None:
    """Raises NotFound: there is no such slip."""
    if kind not in _KINDS:
        raise NotFound("unknown_slip", f"There are these slips: {', '.join(_KINDS)}.")


def _receipt(ctx: Context, case: Sight, code: str | None, by: Printing) -> ReceiptSlip:
    said, definition, region = (
        slips.receipt(ctx, case, code, by.officer),
        case.definition,
        case.region,
    )
    return ReceiptSlip(
        number=case.state.number,
        service=definition.name,
        agency=region.agencies[definition.front_office].name,
        taken_at=_taken_at(case),
        received_at=said.received_at,
        due_at=said.due_at,
        zone=region.region.zone,
        status_url=_address(by.public_url, case.state.number),
        access_code=said.access_code,
        received=said.received,
        missing=said.missing,
        gratis=said.gratis,
        fee=slips.fee_of(case),
        beside=_beside(ctx, case, said.received_at, by.public_url),
        region=government(region.region.name),
        office=region.agencies[definition.front_office].name,
        counter=region.agencies[definition.front_office].office,
        outside=tuple((agency.name, agency.office) for agency in said.outside),
    )


def _beside(ctx: Context, case: Sight, at: datetime, public_url: str) -> Beside:
    """What the region says beside the case, and the page of complaints where it takes any in."""
    page = f"{public_url}/pengaduan" if case.region.region.complaints else ""
    return Beside(**slips.said_beside(ctx, case, at), complain_page=page)


def _taken_at(case: Sight) -> TakenAt:
    said = visit_view(case.state, case.region) or {"counter": None, "queue": None}
    counter = said["counter"]
    return TakenAt(Name.from_dict(counter["name"]) if counter else None, said["queue"])


def _registration(ctx: Context, case: Sight, public_url: str) -> RegistrationSlip:
    said, definition, region = slips.registration(ctx, case), case.definition, case.region
    return RegistrationSlip(
        number=case.state.number,
        service=definition.name,
        agency=region.agencies[definition.front_office].name,
        declared_complete_at=said.declared_complete_at,
        due_at=said.due_at,
        zone=region.region.zone,
        status_url=_address(public_url, case.state.number),
        received=said.received,
        waived=said.waived,
        gratis=is_gratis(case.state, definition),
        fee=slips.fee_of(case),
        beside=_beside(ctx, case, said.declared_complete_at, public_url),
        reason=said.reason,
        counted=_counted(said.limit) if said.due_at else None,
        inspections=_inspections(case),
        region=government(region.region.name),
        office=region.agencies[definition.front_office].name,
        counter=region.agencies[definition.front_office].office,
    )


def _issuer(case: Sight, public_url: str) -> Issuer:
    region = case.region
    front = region.agencies[case.definition.front_office]
    return Issuer(
        case.state.number,
        case.definition.name,
        government(region.region.name),
        front.name,
        front.office,
        region.region.zone,
        _address(public_url, case.state.number),
    )


def _handed(ctx: Context, case: Sight, public_url: str) -> HandOverSlip:
    said = slips.hand_over_slip(case)
    record = said.record or {}
    present = record.get("present") or {}
    return HandOverSlip(
        _issuer(case, public_url),
        at=said.at,
        is_done=said.record is not None,
        products=said.products,
        means=record.get("means", "counter"),
        party=present.get("party"),
        document=present.get("document"),
        signature=present.get("signature"),
        officer=record.get("by"),
        second=record.get("second"),
        needs_second=needs_second(
            case.state, case.definition, [each["id"] for each in case.state.products]
        ),
        returned=said.returned,
        held=said.held,
        beside=_beside(ctx, case, said.at, public_url),
    )


def _papers(ctx: Context, case: Sight, public_url: str) -> PapersSlip:
    papers = slips.returned_papers(case)
    at = max(paper.returned_at or paper.came_at for paper in papers)
    return PapersSlip(
        _issuer(case, public_url),
        at=at,
        papers=tuple((each.name, each.came_at, each.returned_at, each.to) for each in papers),
        beside=_beside(ctx, case, at, public_url),
    )


def _ended(ctx: Context, actor: Actor, case: Sight, public_url: str) -> EndedSlip:
    """Of the product that ended last. Raises Forbidden, NotNow."""
    check_reads_text(actor, case)
    state, revision = case.state, case.revisions.files
    found = list(told_grounds.ended_products(ctx, state, case.definition, revision))
    if not found:
        raise NotNow(
            "status_forbids",
            "Nothing that came out of the case was annulled or revoked, so there is no letter of it.",
            status_now=state.status,
        )
    calendar = ctx.region(state.region, revision)[1]
    today = calendar.local_date(ctx.database.now())
    newest = max(found, key=lambda each: each.at)
    return EndedSlip(
        _issuer(case, public_url),
        newest.at,
        newest,
        told_grounds.decided_in(ctx, state, newest.version),
        newest.version,
        may_object(state, case.definition, calendar, today),
    )


def _clock(ctx: Context, case: Sight, public_url: str) -> ClockSlip:
    said, definition, region = slips.counted(ctx, case), case.definition, case.region
    limit, office = said.limit, region.agencies[definition.front_office]
    return ClockSlip(
        number=case.state.number,
        service=definition.name,
        opened_at=said.opened_at,
        zone=region.region.zone,
        status_url=_address(public_url, case.state.number),
        region=government(region.region.name),
        office=office.name,
        counter=office.office,
        counted=_counted(limit),
        started_at=limit.started_at if limit else None,
        due_at=limit.due_at if limit else None,
        stands=clock_words.stopped(limit.stands.reason) if limit and limit.stands else None,
        inspections=_inspections(case),
    )


def _inspections(case: Sight) -> tuple[Name, ...]:
    zone = case.region.region.zone
    return inspection_sentences(case.state.inspections, case.definition, zone)


def _counted(limit: ExplainedLimit | None) -> CountedLimit | None:
    if limit is None:
        return None
    of_case = limit.step is None
    return CountedLimit(
        clock_words.how_long(limit.limit),
        clock_words.sentences(limit.days, limit.limit, of_case=of_case),
    )


def _address(public_url: str, number: str) -> str:
    return f"{public_url}/status?number={number}"
