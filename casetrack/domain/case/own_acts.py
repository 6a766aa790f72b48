"""Nobody acts on a case of which they are, or were, a party: not at the counter either.

The acts that the register judges are refused there, with who may act instead; all others here.
"""

from casetrack.domain.authority.check import Denial
from casetrack.domain.case.commands import Act
from casetrack.domain.case.steps import Setting
from casetrack.domain.errors import NoAuthority


def check_own_case(act: Act, setting: Setting) -> None:
    """Raises NoAuthority where who acts is a party, or enters themselves, or is given a step as one.

    Who is a party says so (`declare_conflict`), which is the one thing left to them.
    """
    if not (setting.acts_in_own or setting.own_case):
        return
    if act.action == "declare_conflict" and act.about in (None, act.actor.id):
        return
    raise own_case()


def own_case() -> NoAuthority:
    """The refusal of an act that no position gives, so that none can be named who might."""
    detail = Denial("own_case", None).detail
    return NoAuthority("own_case", detail, alternatives=[], vacant=[])
