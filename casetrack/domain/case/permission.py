"""Who may do what to a case: role and agency, or a seat; asked in `decide` and by every door before it.

A role lets somebody try, and so does a seat that holds the step's power; whether they may decide is asked
later and elsewhere (`authority_check`).
"""

from collections.abc import Collection

from casetrack.domain.access import (
    BILL_CLERKS,
    BILL_DECIDERS,
    BY_SEAT,
    OPERATION_ROLES,
    Account,
    Actor,
    Role,
    may_see,
    require_agency,
    require_region,
    require_role,
    require_sight,
    require_system_act,
)
from casetrack.domain.case.authority_check import is_guarded
from casetrack.domain.case.bills import BILL_ACTS, BILL_DECISIONS
from casetrack.domain.case.commands import (
    Act,
    LatePaper,
    ProductChange,
    details_of,
    find_step,
)
from casetrack.domain.case.product_details import ProductOrder
from casetrack.domain.case.resting_steps import resting_steps
from casetrack.domain.case.review_details import leaves_unchanged
from casetrack.domain.case.standing import Ask, nobody
from casetrack.domain.case.transitions import (
    ACCOUNT_DISABLED,
    AUTHORITY_ACTION_ROLES,
    AUTHORITY_ACTIONS,
    CASE_ACTION_ROLES,
    CASE_ACTIONS,
    CORRECTION_ACTIONS,
    CORRECTION_ROLES,
    INSPECTION_ACTIONS,
    PARTY_ACTION_ROLES,
    PARTY_ACTIONS,
    PRODUCT_ACTION_ROLES,
    PRODUCT_ACTIONS,
    RECEIVE,
    SEAT_ACTIONS,
    SILENCE_ACTION_ROLES,
    SILENCE_ACTIONS,
    STEP_ACTIONS,
    step_action_roles,
)
from casetrack.domain.errors import Forbidden, Invalid, NotFound
from casetrack.domain.service.definition import (
    DECISION_KINDS,
    ServiceDefinition,
    StepDefinition,
    concerned_agencies,
)

_ON_CASES = (*AUTHORITY_ACTIONS, *PARTY_ACTIONS, *SILENCE_ACTIONS, *CORRECTION_ACTIONS)
#: Acts by who may sign.
_SIGNING = ("sign", "complete_signature")


def check_opening(definition: ServiceDefinition, actor: Actor, region: str) -> None:
    """Raises Forbidden for who opens no cases, Invalid at another agency's counter."""
    require_region(actor, region)
    _require_officer(actor)
    require_role(actor, OPERATION_ROLES["open_case"])
    if actor.agency != definition.front_office:
        raise Invalid(
            "not_your_counter",
            f"{definition.id} is taken in at the counter of {definition.front_office}.",
            errors=[{"at": "service", "message": "taken in at another agency's counter"}],
        )


def check_permission(
    definition: ServiceDefinition, act: Act, region: str, standing: Ask = nobody
) -> None:
    """Raises Forbidden unless the actor's role and agency, or their seat, allow this act.

    NotFound where the case is none of their business or has no such step; Invalid for an action
    that there is not.
    """
    require_region(act.actor, region)
    _check_action(act)
    named = _named_step if act.action == "issue_bill" else find_step
    step = named(definition, act.step) if act.step is not None else None
    if act.actor.kind == "system":
        _check_system(step, act)
        return
    _require_officer(act.actor)
    check_sight(definition, act.actor, standing)
    if act.action in BILL_ACTS and step is not None:
        _check_bill(definition, step, act, standing)
    elif act.action in AUTHORITY_ACTIONS:
        _check_authority(definition, act, standing)
    elif act.action in PRODUCT_ACTIONS and step is None:
        _check_product(definition, act, standing)
    elif act.action in CORRECTION_ACTIONS:
        _check_corrector(definition, act)
    elif act.action == "answer_external":
        # Whoever works on the case may have asked: their agency has a step in it.
        require_role(act.actor, SILENCE_ACTION_ROLES[act.action])
    elif step is None:
        require_role(act.actor, _roles(act.action))
        require_agency(act.actor, definition.front_office)
    else:
        _check_step(definition, step, act, standing)


def _roles(action: str) -> tuple[Role, ...]:
    """Who does this to a case as a whole, at its front office."""
    if action == RECEIVE:
        return OPERATION_ROLES[RECEIVE]
    own = PARTY_ACTION_ROLES.get(action) or SILENCE_ACTION_ROLES.get(action)
    return own or CASE_ACTION_ROLES[action]


def check_sight(definition: ServiceDefinition, actor: Actor, standing: Ask) -> None:
    """Raises NotFound to whom the case is no concern: neither their agency's, nor does the register
    name them."""
    agencies = concerned_agencies(definition)
    if not may_see(actor, agencies) and not standing().named:
        require_sight(actor, agencies)


def by_role(step: StepDefinition, act: Act) -> bool:
    """Whether role and agency allow this act on the step, without any seat."""
    roles = step_action_roles(act.action, step.roles)
    return act.actor.has_role(roles) and act.actor.agency == step.agency


def _check_step(
    definition: ServiceDefinition, step: StepDefinition, act: Act, standing: Ask
) -> None:
    if by_role(step, act):
        return
    unchanged = leaves_unchanged(step, act.action, act.result, definition)
    seat = act.action in SEAT_ACTIONS and (unchanged or is_guarded(step, definition))
    if seat and step.id in standing().steps:
        return
    require_role(act.actor, step_action_roles(act.action, step.roles))
    require_agency(act.actor, step.agency)


def _require_officer(actor: Actor) -> None:
    if actor.kind != "officer":
        raise Forbidden("role_not_allowed", f"{actor.id} is no officer.", roles=[])


def _check_action(act: Act) -> None:
    if act.action in PRODUCT_ACTIONS and act.step is None:
        known = True
    elif act.action == RECEIVE or act.action in _ON_CASES:
        known = act.step is None
    elif act.action in BILL_ACTS:
        known = act.step is not None
    else:
        known = act.action in (
            CASE_ACTIONS if act.step is None else {**STEP_ACTIONS, **INSPECTION_ACTIONS}
        )
    if not known:
        of = "a case" if act.step is None else "a step"
        raise Invalid("unknown_action", f"{act.action} is nothing that is done to {of}.")


def _check_system(step: StepDefinition | None, act: Act) -> None:
    """Silence counts as no opinion only where the step's definition says so; what an account that was
    disabled held goes back to its agency's list everywhere."""
    require_system_act(act.actor, act.action)
    given_back = act.assignee is None and act.reason == ACCOUNT_DISABLED
    if act.action == "reassign" and given_back:
        return
    if step is not None and act.action not in BILL_ACTS and step.silence != act.action:
        raise Forbidden(
            "role_not_allowed", f"Silence is no {act.action} at the step {step.id}.", roles=[]
        )


def _check_bill(
    definition: ServiceDefinition, step: StepDefinition, act: Act, standing: Ask
) -> None:
    """A clerk notes what the applicant says, an officer of the step's agency confirms; what is decided
    here is for who may hold the power, what another system decides for its agency."""
    if act.action == "report_bill":
        require_role(act.actor, BILL_CLERKS)
        if act.actor.agency != step.agency:
            require_agency(act.actor, definition.front_office)
    elif act.action in BILL_DECISIONS and (step.bill is None or not step.bill.external):
        if not standing().named:
            require_role(act.actor, BILL_DECIDERS)
    else:
        require_role(act.actor, (*step.roles, "supervisor"))
        require_agency(act.actor, step.agency)


def _check_authority(definition: ServiceDefinition, act: Act, standing: Ask) -> None:
    court = isinstance(act.details, ProductChange | ProductOrder) and act.details.by == "court"
    roles = AUTHORITY_ACTION_ROLES[act.action]
    if court or act.action == "admit_late" or not (act.actor.has_role(roles) or standing().named):
        require_role(act.actor, roles)
    if act.action == "admit_late":
        named = details_of(act, LatePaper).step
        agency = _named_step(definition, named).agency if named else definition.front_office
        require_agency(act.actor, agency)
    if court:
        # No register answers for a court: its judgment is recorded where the product was given out.
        require_agency(act.actor, definition.front_office)


def _check_product(definition: ServiceDefinition, act: Act, standing: Ask) -> None:
    """By role at an agency with a step that decides, signs or issues, or by a seat with the power. Who
    endorses is asked by position afterwards, who signs by the register."""
    roles = PRODUCT_ACTION_ROLES.get(act.action, ())
    if act.action in ("endorse", *_SIGNING) and not act.actor.has_role(roles) and standing().named:
        return
    require_role(act.actor, roles)
    if act.action == "endorse":
        return
    again = act.action in ("hand_over_product", "hand_over_again", "take_back")
    agencies = {
        step.agency for step in definition.steps if step.kind in DECISION_KINDS and not again
    }
    if act.actor.agency not in {*agencies, definition.front_office} and not (
        act.action in _SIGNING and standing().named
    ):
        require_agency(act.actor, definition.front_office)


def _check_corrector(definition: ServiceDefinition, act: Act) -> None:
    """Who may correct at some time of the case: its counter, and agencies with a step that rests on one
    of the facts, or at which another's result is noted. Whose turn it is, is asked afterwards."""
    require_role(act.actor, CORRECTION_ROLES)
    if act.action == "correct_issued":
        steps = [step for step in definition.steps if step.kind == "issue"]
        agencies = [step.agency for step in steps] or [definition.front_office]
    else:
        facts = getattr(act.details, "facts", ())
        steps = resting_steps(definition, facts)
        agencies = [definition.front_office, *(step.agency for step in steps)]
    if act.actor.agency not in agencies:
        require_agency(act.actor, agencies[0])


def _named_step(definition: ServiceDefinition, name: str) -> StepDefinition:
    """A step that the body names, not the path: what is unknown is the content, not the address."""
    try:
        return find_step(definition, name)
    except NotFound as error:
        raise Invalid(
            "unknown_step", error.detail, errors=[{"at": "step", "message": "unknown step"}]
        ) from None


def check_case_door(definition: ServiceDefinition, actor: Actor) -> None:
    """Raises Forbidden where the actor can do nothing at all to the case, whatever they ask."""
    require_agency(actor, definition.front_office)


def check_step_door(step: StepDefinition, actor: Actor, standing: Ask) -> None:
    """Raises Forbidden where the actor can do nothing at all to the step, whatever they ask."""
    roles = {*step.roles, "supervisor"}
    if actor.has_role(roles) and actor.agency == step.agency:
        return
    if step.id not in standing().steps:
        require_role(actor, roles)
        require_agency(actor, step.agency)


def seat_lets_in(operation: str, actor: Actor, roles: Collection[str], standing: Ask) -> bool:
    """Whether a seat opens the door that none of their roles opens."""
    return operation in BY_SEAT and not actor.has_role(roles) and bool(standing().seats)


def check_assignee(
    step: StepDefinition, definition: ServiceDefinition, actor: Actor, account: Account | None
) -> None:
    """Raises Invalid for an account that is not there or whose role cannot finish the step.

    Where a register is asked, it says who can, and is asked last.
    """
    if account is None or not account.live:
        raise Invalid("unknown_officer", "The assignee is not an officer of your agency.")
    if is_guarded(step, definition):
        return
    if account.agency != actor.agency:
        raise Invalid("unknown_officer", "The assignee is not an officer of your agency.")
    if not any(role in step.roles for role in account.roles):
        raise Invalid(
            "assignee_may_not",
            f"The step {step.id} is for {' or '.join(sorted(step.roles))}, and the assignee has "
            "none of these roles.",
        )
