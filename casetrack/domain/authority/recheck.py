"""A passport judged again: by the register as it was known then, or as it is known now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from casetrack.domain.authority.check import Circumstances, Denial, check
from casetrack.domain.authority.matter import Matter
from casetrack.domain.authority.passport import Passport
from casetrack.domain.authority.register import Register
from casetrack.domain.service.definition import StepDefinition


@dataclass(frozen=True, slots=True)
class Again:
    """Whether it holds; if not, why, with the failing link. `same`: link by link the same passport."""

    code: str | None
    link: Mapping[str, Any] | None
    same: bool

    @property
    def holds(self) -> bool:
        """Whether some chain still gives the power."""
        return self.code is None

    def as_data(self) -> dict[str, Any]:
        """As a trace shows it."""
        return {"holds": self.holds, "code": self.code, "link": self.link, "same": self.same}


def judge_again(
    register: Register,
    passport: Mapping[str, Any],
    *,
    opened: date,
    facts: Mapping[str, Any],
    strategic: bool,
    step: StepDefinition | None = None,
) -> Again:
    """The same officer, position, action, service, day and step, against this register, by the rules
    that the passport names.

    What stood in the case (separation, conflicts) is not asked again: it is in the case's own events.
    """
    seat = passport["seat"]
    matter = Matter(
        action=passport["action"],
        service=passport["service"],
        day=date.fromisoformat(passport["day"]),
        opened=opened,
        facts=facts,
        strategic=strategic,
        step=step.id if step else None,
        agency=step.agency if step else None,
    )
    register = register.by_rules(passport["rules"])
    taken = next(
        (r for r in passport["remarks"] if r.get("kind") in ("taken_over", "appeal")), None
    )
    circumstances = (
        Circumstances(took_over=taken["position"], took_over_remark=taken)
        if taken and taken["position"]
        else None
    )
    answer = check(
        register, matter, seat["officer"], circumstances or Circumstances(), seat["position"]
    )
    if isinstance(answer, Passport):
        given = answer.as_data()
        same = all(given[part] == passport[part] for part in ("seat", "chain", "signature"))
        return Again(None, None, same)
    if isinstance(answer, Denial):
        return Again(answer.code, answer.link, False)
    return Again("position_choice", None, False)
