"""The clock grants by law: drafts are made ready before the lock, all is judged under it."""

from dataclasses import dataclass
from typing import Any

from casetrack.domain.access import system
from casetrack.domain.case.commands import Act
from casetrack.domain.case.deemed_grant import (
    PHRASE,
    Lacks,
    by,
    grant_by_law,
    granted_products,
    lacking,
)
from casetrack.domain.case.silence import article_of
from casetrack.domain.case.state import CaseState, Document
from casetrack.domain.service.definition import ServiceDefinition
from casetrack.storage.case import queries
from casetrack.storage.case.case_rows import CaseRecord
from casetrack.storage.people import file_rows, person_texts, subjects
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.case import product_texts, register_slice
from casetrack.usecases.case.append import append_to_case
from casetrack.usecases.case.visible_case import Sight
from casetrack.usecases.context import Context
from casetrack.usecases.people.sealing import Sealer
from casetrack.usecases.service import silence_set_up


@dataclass(frozen=True, slots=True)
class Ready:
    """The drafts of a case as it was at an unlocked read, sealed; None: the person is erased."""

    version: int
    drafts: tuple[dict[str, Any], ...]
    sealer: Sealer | None


def ready(ctx: Context, region: str, number: str) -> Ready | None:
    """What a grant of this case would issue; None for a service that issues nothing by itself."""
    with ctx.database.read() as connection:
        row = queries.case(connection, region, number)
    if row is None:
        return None
    state = row.state
    definition = ctx.definition(region, state.service, state.service_version)
    if definition.deemed_grant != "auto_issue":
        return None
    sealer = _sealer(ctx, state)
    if sealer is None:
        return Ready(state.version, (), None)
    record = ctx.region(region, row.revisions.files)[0]
    sight = Sight(state, definition, record, row.revisions)
    products = granted_products(state, definition)
    act = Act("grant_by_law", system(region, "clock"))
    phrase = PHRASE.format(article=article_of(definition))
    drafts = product_texts.drafts_by_law(ctx, sight, act, products, sealer, phrase)
    return Ready(state.version, drafts, sealer)


def _sealer(ctx: Context, state: CaseState) -> Sealer | None:
    with ctx.database.read() as connection:
        row = subjects.applicant(connection, state.region, state.number)
    if row is None or row.wrapped_key is None:
        return None
    key = ctx.vault.unwrap(row.wrapped_key, state.region, row.subject)
    return Sealer(ctx, state.region, row.subject, key)


def what_lacks(
    uow: UnitOfWork, state: CaseState, definition: ServiceDefinition, prepared: Ready
) -> list[Lacks]:
    """What stands against granting this case, under its lock; the set-up is held until the commit."""
    set_up = silence_set_up.is_confirmed(uow, state.region, definition)
    files = file_rows.of_case(uow.connection, state.region, state.number)
    found = lacking(state, definition, {row.text: row.scan for row in files}, set_up=set_up)
    if prepared.sealer is None and definition.reviews is None:
        found.append({"kind": "erased", "id": state.number})
    return found


def grant(
    ctx: Context,
    uow: UnitOfWork,
    record: CaseRecord,
    definition: ServiceDefinition,
    prepared: Ready,
    proof: Document,
) -> None:
    """In the transaction of the notice: killed in between, neither or both have happened."""
    state, actor = record.state, system(record.state.region, "clock")
    act = by(actor, prepared.drafts)
    event_id, _ = uow.draw()
    setting = register_slice.setting_for(ctx, uow, record, act, definition, own_case=False)
    texts = prepared.sealer.texts(state.number) if prepared.sealer else []
    append_to_case(
        uow,
        grant_by_law(state, act, setting, proof),
        before=state,
        previous=record.hash,
        event_id=event_id,
        number=state.number,
        actor=actor,
        setting=setting,
        beside={"texts": person_texts.text_values(state.region, texts)},
    )
