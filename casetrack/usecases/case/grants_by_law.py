"""What the law granted by silence: a list for who oversees, by who held it and whose it is."""

import json
from dataclasses import dataclass
from typing import Any

from casetrack.domain.access import Actor, may_see
from casetrack.domain.case.state import CaseState
from casetrack.domain.service.definition import concerned_agencies
from casetrack.storage.authority import decisions
from casetrack.usecases.context import Context
from casetrack.usecases.paging import Page


@dataclass(frozen=True, slots=True)
class Wanted:
    """Only those that this officer held, of this person, checked or not."""

    officer: str | None = None
    applicant: str | None = None
    checked: bool | None = None


def grants_by_law(
    ctx: Context, actor: Actor, wanted: Wanted, before: int | None, limit: int
) -> Page:
    """The newest first. A page that is narrowed may have fewer items than its limit."""
    with ctx.database.read() as connection:
        rows = decisions.by_law(connection, actor.region, before, limit + 1)
    items = []
    for _, document in rows[:limit]:
        item = _item(ctx, actor, CaseState.from_document(json.loads(document)))
        if item is not None and _fits(item, wanted):
            items.append(item)
    more = len(rows) > limit
    return Page(items, (rows[limit - 1][0],) if more else None)


def _item(ctx: Context, actor: Actor, state: CaseState) -> dict[str, Any] | None:
    definition = ctx.definition(state.region, state.service, state.service_version)
    if state.deemed is None or not may_see(actor, concerned_agencies(definition)):
        return None
    return {
        "number": state.number,
        "service": state.service,
        "applicant": state.parties["applicant"]["subject"],
        **state.deemed,
    }


def _fits(item: dict[str, Any], wanted: Wanted) -> bool:
    held = {each["officer"] for each in item["holders"]}
    return (
        (wanted.officer is None or wanted.officer in held)
        and wanted.applicant in (None, item["applicant"])
        and wanted.checked in (None, item["check"] is not None)
    )
