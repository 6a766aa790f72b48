"""What the clerk prints: the receipt of the file, and the proof of registration."""

from casetrack.domain.case.numbers import tidy_code
from casetrack.domain.errors import Invalid, NotFound, NotNow
from casetrack.domain.events import parse_instant
from casetrack.usecases.case.sight import Sight
from casetrack.usecases.context import Context
from casetrack.web.pages.citizen_pages import (
    ReceiptSlip,
    RegistrationSlip,
    receipt_slip,
    registration_slip,
)


def slip(
    ctx: Context, sight: Sight, kind: str, language: str, code: str | None, public_url: str
) -> str:
    """The slip as HTML. The access code is printed only if it is handed in and is the right one.

    Raises NotFound (no such slip), NotNow (no registration before the file is complete), Invalid.
    """
    if kind == "receipt":
        return receipt_slip(_receipt(ctx, sight, code, public_url), language=language)
    if kind == "registration":
        return registration_slip(_registration(sight, public_url), language=language)
    raise NotFound("unknown_slip", "There are two slips: receipt and registration.")


def _receipt(ctx: Context, sight: Sight, code: str | None, public_url: str) -> ReceiptSlip:
    state, definition, region = sight.state, sight.definition, sight.region
    if code is not None:
        given = ctx.vault.access_digest(state.number, tidy_code(code))
        if not ctx.vault.equal(given, state.access_digest):
            raise Invalid("wrong_access_code", "X-Access-Code is not the code of this case.")
    due_at = state.steps[definition.root.id].due_at
    brought = {document["requirement"] for document in state.documents}
    return ReceiptSlip(
        number=state.number,
        service=definition.name,
        agency=region.agencies[definition.front_office].name,
        received_at=parse_instant(state.opened_at),
        due_at=parse_instant(due_at) if due_at else None,
        zone=region.region.zone,
        status_url=_address(public_url, state.number),
        access_code=tidy_code(code) if code else None,
        received=tuple(r.name for r in definition.requirements if r.id in brought),
        missing=tuple(
            r.name for r in definition.requirements if r.required and r.id not in brought
        ),
        office=region.region.name,
    )


def _registration(sight: Sight, public_url: str) -> RegistrationSlip:
    state, definition, region = sight.state, sight.definition, sight.region
    if state.declared_complete_at is None:
        raise NotNow(
            "not_complete_yet",
            "The proof of registration is given once the file is declared complete.",
        )
    brought = {document["requirement"] for document in state.documents}
    return RegistrationSlip(
        number=state.number,
        service=definition.name,
        agency=region.agencies[definition.front_office].name,
        declared_complete_at=parse_instant(state.declared_complete_at),
        due_at=parse_instant(state.due_at) if state.due_at else None,
        zone=region.region.zone,
        status_url=_address(public_url, state.number),
        received=tuple(r.name for r in definition.requirements if r.id in brought),
        office=region.region.name,
    )


def _address(public_url: str, number: str) -> str:
    return f"{public_url}/status?number={number}"
