"""Who refuses after the limit of law has passed is warned first, and says why; the passport keeps it."""

from datetime import datetime
from typing import Any

from casetrack.domain.case.commands import Act
from casetrack.domain.case.silence import article_of, passed_at
from casetrack.domain.case.state import CaseState, Document
from casetrack.domain.case.steps import Setting
from casetrack.domain.errors import NotNow
from casetrack.domain.events import instant


def check_after_limit(
    state: CaseState, act: Act, setting: Setting, moment: datetime
) -> Document | None:
    """What the passport keeps of a refusal after the limit; None for one in time, and for other acts.

    `moment` is when it was done: of a paper of a time without the system, the paper's. Raises NotNow
    where the reason is missing, and where there is nothing to give a reason for.
    """
    if act.action != "refuse":
        return None
    definition = setting.definition
    ended = passed_at(state, definition, setting.calendar, moment)
    if ended is None:
        if act.why is not None:
            raise NotNow("limit_not_passed", "The limit of law has not passed; refuse without it.")
        return None
    if act.why is None:
        day = setting.calendar.local_date(ended).isoformat()
        raise NotNow(
            "limit_passed",
            f"The limit of law passed on {day} ({article_of(definition)}): the law may count the "
            "application as granted. Who refuses it now says why (after_limit), and the passport "
            "keeps it.",
            passed_on=day,
            article=article_of(definition),
        )
    return {
        "kind": "after_limit",
        "due_at": instant(ended),
        "article": article_of(definition),
        "why": dict(act.why),
    }


def with_remark(authority: dict[str, Any], remark: Document | None) -> dict[str, Any]:
    """The authority with the remark: in its passport, beside it where there is none."""
    if remark is None:
        return authority
    passport = authority.get("passport")
    if passport is None:
        return {**authority, "after_limit": remark}
    return {**authority, "passport": {**passport, "remarks": [*passport["remarks"], remark]}}
