"""Who may do what to a case: role and agency, asked in `decide` and by every door before it.

The register is asked later and elsewhere (`authority_check`): a role lets somebody try, a power lets
them decide.
"""

from casetrack.domain.access import (
    OPERATION_ROLES,
    Actor,
    require_agency,
    require_region,
    require_role,
    require_sight,
    require_system_act,
)
from casetrack.domain.case.commands import (
    Act,
    ConflictDeclared,
    LatePaper,
    ProductChange,
    details_of,
    find_step,
)
from casetrack.domain.case.transitions import (
    AUTHORITY_ACTION_ROLES,
    AUTHORITY_ACTIONS,
    CASE_ACTION_ROLES,
    CASE_ACTIONS,
    STEP_ACTIONS,
    step_action_roles,
)
from casetrack.domain.errors import Forbidden, Invalid, NotFound
from casetrack.domain.service.definition import (
    ServiceDefinition,
    StepDefinition,
    concerned_agencies,
)


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


def check_permission(definition: ServiceDefinition, act: Act, region: str) -> None:
    """Raises Forbidden unless the actor's role and agency allow this act.

    NotFound where the case is none of their business or has no such step; Invalid for an action
    that there is not.
    """
    require_region(act.actor, region)
    _check_action(act)
    step = find_step(definition, act.step) if act.step is not None else None
    if act.actor.kind == "system":
        _check_system(step, act)
        return
    _require_officer(act.actor)
    require_sight(act.actor, concerned_agencies(definition))
    if act.action in AUTHORITY_ACTIONS:
        _check_authority(definition, act)
    elif step is None:
        require_role(act.actor, CASE_ACTION_ROLES[act.action])
        require_agency(act.actor, definition.front_office)
    else:
        require_role(act.actor, step_action_roles(act.action, step.roles))
        require_agency(act.actor, step.agency)


def _require_officer(actor: Actor) -> None:
    if actor.kind != "officer":
        raise Forbidden("role_not_allowed", f"{actor.id} is no officer.", roles=[])


def _check_action(act: Act) -> None:
    if act.action in AUTHORITY_ACTIONS:
        known = act.step is None
    else:
        known = act.action in (CASE_ACTIONS if act.step is None else STEP_ACTIONS)
    if not known:
        of = "a case" if act.step is None else "a step"
        raise Invalid("unknown_action", f"{act.action} is nothing that is done to {of}.")


def _check_system(step: StepDefinition | None, act: Act) -> None:
    """Silence counts as no opinion only where the step's definition says so."""
    require_system_act(act.actor, act.action)
    if step is not None and step.silence != act.action:
        raise Forbidden(
            "role_not_allowed", f"Silence is no {act.action} at the step {step.id}.", roles=[]
        )


def _check_authority(definition: ServiceDefinition, act: Act) -> None:
    require_role(act.actor, AUTHORITY_ACTION_ROLES[act.action])
    if act.action == "admit_late":
        step = _named_step(definition, details_of(act, LatePaper).step)
        require_agency(act.actor, step.agency)
    if isinstance(act.details, ProductChange) and act.details.by == "court":
        # No register answers for a court: its judgment is recorded where the product was given out.
        require_agency(act.actor, definition.front_office)
    if act.action == "declare_conflict":
        officer = details_of(act, ConflictDeclared).officer
        if officer not in (None, act.actor.id):
            require_role(act.actor, ("supervisor", "head"))


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


def check_step_door(step: StepDefinition, actor: Actor) -> None:
    """Raises Forbidden where the actor can do nothing at all to the step, whatever they ask."""
    require_role(actor, {*step.roles, "supervisor"})
    require_agency(actor, step.agency)
