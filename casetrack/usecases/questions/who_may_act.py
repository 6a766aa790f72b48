"""Who may take a step of one case on a day: the register's slice that a check of that step reads."""

from datetime import datetime
from typing import Any

from casetrack.domain.authority.check import who_may
from casetrack.domain.authority.entries import Incumbency
from casetrack.domain.authority.matter import Matter
from casetrack.domain.case import authority_check
from casetrack.domain.case.authorising import ReviewQuestion
from casetrack.domain.case.commands import find_step
from casetrack.domain.case.reviews import matter_of_review
from casetrack.domain.case.state import CaseState
from casetrack.domain.case.steps import Setting
from casetrack.domain.clock import Calendar
from casetrack.domain.service.definition import ServiceDefinition, StepDefinition
from casetrack.storage.authority import register
from casetrack.storage.authority.register import Known
from casetrack.storage.people import officers
from casetrack.usecases.case.visible_case import Sight
from casetrack.usecases.context import Context
from casetrack.usecases.questions import question_views as views
from casetrack.usecases.questions.register_questions import When, moment_known


def who(ctx: Context, sight: Sight, step_id: str, when: When) -> dict[str, Any]:
    """Who may take this step of this case on a day, and which position that holds it is vacant."""
    state, definition = sight.state, sight.definition
    step = find_step(definition, step_id)
    calendar = ctx.region(state.region)[1]
    known = moment_known(calendar, when.known)
    moment = ctx.database.now() if when.at is None else calendar.end_of(when.at)
    matter = _matter(state, definition, calendar, moment, step)
    items = [] if matter is None else _who_may(ctx, sight, step, (matter, moment), known)
    return {
        "at": calendar.local_date(moment).isoformat(),
        "known": known.isoformat() if known else None,
        "number": state.number,
        "step": step.id,
        "agency": step.agency,
        "action": matter.action if matter else None,
        "roles": list(step.roles),
        "items": items,
    }


def _matter(
    state: CaseState,
    definition: ServiceDefinition,
    calendar: Calendar,
    moment: datetime,
    step: StepDefinition,
) -> Matter | None:
    """What the register is asked of the step; None where it is not asked."""
    if definition.tracked_only:
        return None
    if authority_check.decides_review(step, definition):
        review = state.review
        asks = review is not None and review["action"] is not None
        return matter_of_review(review, calendar.local_date(moment)) if asks and review else None
    if step.authority is None:
        return None
    return authority_check.matter_of(state, definition, calendar, step.authority, moment, step)


def _who_may(
    ctx: Context,
    sight: Sight,
    step: StepDefinition,
    asked: tuple[Matter, datetime],
    known: datetime | None,
) -> list[dict[str, Any]]:
    state, definition, (matter, moment) = sight.state, sight.definition, asked
    calendar = ctx.region(state.region)[1]
    with ctx.database.read() as connection:
        if known is None:
            conflicted = sorted(conflict["officer"] for conflict in state.conflicts)
            found = register.slice_for(
                connection, state.region, matter.service, conflicted, matter.day
            )
        else:
            found = register.whole(connection, state.region, Known(at=known))
        named = {held.officer for _, held in found.all_of(Incumbency)}
        accounts = officers.of_case(connection, state.region, state.number, named)
        people = officers.persons(connection, state.region)
    setting = Setting(
        state.region,
        moment,
        definition,
        calendar,
        found,
        accounts=lambda logins: {login: accounts[login] for login in logins if login in accounts},
        person=lambda login: people.get(login, login),
    )
    # Nobody is judged by who asks: of each officer the accounts say whether it is their own case.
    of, only = authority_check.everybody(state, setting, step, ""), authority_check.anywhere
    if authority_check.decides_review(step, definition) and state.review is not None:
        question = ReviewQuestion(state, setting, state.review, moment)
        of, only = question.of(""), question.only
    # Accounts have no history: who is disabled today may have signed on a day of the past.
    today = calendar.local_date(ctx.database.now())
    live = {login for login, account in accounts.items() if account.live}
    present = live if known is None and matter.day >= today else None
    may = sorted(
        (each for each in who_may(found, matter, of, present) if only(each.position)),
        key=lambda each: (each.officer is None, each.position, each.officer or ""),
    )
    return [views.alternative_view(each) for each in may]
