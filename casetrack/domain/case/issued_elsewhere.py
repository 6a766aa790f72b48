"""What another issues in a system of its own, such as a NIB: its number and day are noted by an officer.

casetrack looks it up nowhere and vouches for nothing, so it is no product and is never verified here.
"""

import re
import string
from typing import Any

from casetrack.domain.case.commands import Act, missing
from casetrack.domain.case.issued_details import IssuedElsewhere
from casetrack.domain.case.state import but
from casetrack.domain.case.steps import Draft, Setting
from casetrack.domain.errors import Invalid
from casetrack.domain.events import instant
from casetrack.domain.service.definition import ServiceDefinition, StepDefinition

#: A table of numbers is opened in programs that take a sign such as = for a formula.
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ./_-]*")
_STANDS_FOR = {"#": string.digits, "@": string.ascii_uppercase}


def is_issued_elsewhere(definition: ServiceDefinition, act: Act) -> bool:
    """Whether the act completes the step at which another's result is noted."""
    if definition.issued_by is None or act.action != "complete" or act.step is None:
        return False
    return any(step.id == act.step and step.kind == "issue" for step in definition.steps)


def check_issued_elsewhere(act: Act, setting: Setting) -> None:
    """Raises Invalid where the result is not named, is named of an act that notes none, has a number that
    its issuer does not give, or is dated on a day to come or after its last one."""
    said = act.details
    if not is_issued_elsewhere(setting.definition, act):
        if isinstance(said, IssuedElsewhere):
            raise _wrong("issued_elsewhere", f"{act.action} takes none here")
        return
    if not isinstance(said, IssuedElsewhere):
        raise missing("issued_elsewhere", "say which number its issuer gave, and on which day")
    check_noted(said, setting)


def check_noted(said: IssuedElsewhere, setting: Setting) -> None:
    """Raises Invalid where the number is none that its issuer gives, or the days cannot be."""
    looks = setting.definition.issued_number
    if looks is not None and not _looks_like(said.number, looks):
        raise _wrong(
            "issued_elsewhere.number",
            f"does not look like {looks}, where # is a digit and @ a capital letter; compare with the "
            "paper",
        )
    if not _PLAIN.fullmatch(said.number):
        raise _wrong(
            "issued_elsewhere.number",
            "begins with a letter or digit and has only these, blanks and . / _ - behind it",
        )
    _check_days(said, setting)


def _looks_like(number: str, looks: str) -> bool:
    """Blanks only group what is printed."""
    number, looks = number.replace(" ", ""), looks.replace(" ", "")
    return len(number) == len(looks) and all(
        sign in _STANDS_FOR.get(as_said, as_said)
        for sign, as_said in zip(number, looks, strict=True)
    )


def _check_days(said: IssuedElsewhere, setting: Setting) -> None:
    """Raises Invalid where it is dated on a day to come or after its last one."""
    if said.dated > setting.calendar.local_date(setting.now):
        raise _wrong("issued_elsewhere.dated", "is yet to come")
    if said.valid_until is not None and said.valid_until < said.dated:
        raise _wrong("issued_elsewhere.valid_until", "is before the day on which it was issued")


def _wrong(at: str, message: str) -> Invalid:
    errors = [{"at": at, "message": message}]
    return Invalid("invalid_body", f"{at}: {message}.", errors=errors)


def note_issued(draft: Draft, step: StepDefinition, act: Act, setting: Setting) -> dict[str, Any]:
    """Keep who issued what, on which day, and who noted it; gives what the event's authority says."""
    said, by = act.details, setting.definition.issued_by
    if by is None or not isinstance(said, IssuedElsewhere):
        return {}
    until = said.valid_until.isoformat() if said.valid_until else None
    draft.case = but(
        draft.case,
        issued_elsewhere={
            "issuer": by.as_dict(),
            "number": said.number,
            "dated": said.dated.isoformat(),
            "valid_until": until,
            "step": step.id,
            "noted_by": act.actor.id,
            "noted_at": instant(setting.now),
        },
    )
    return {"issuer": by.id, "number": said.number, "dated": said.dated.isoformat()}
