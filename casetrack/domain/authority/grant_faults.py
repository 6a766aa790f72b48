"""What is wrong with a grant on a day: by itself, in its papers, within its bounds, or as passed on.

UU 30/2014: art. 12 (attribution), 13 (delegation, sub-delegation), 14 (mandate), 15 (bounds).
Each fault is a code of `link_codes`.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from casetrack.domain.authority.amended_lines import LineNow
from casetrack.domain.authority.entries import Basis, Bound, Grant, Withdrawal
from casetrack.domain.authority.instruments import in_force, reversed_dates
from casetrack.domain.authority.matter import Matter
from casetrack.domain.authority.register import Register

_ONE_DAY = timedelta(days=1)
#: Faults of what gave the power and gives it no more, or does not yet.
OVER = (
    *("instrument_replaced", "instrument_not_in_force", "line_not_in_force", "line_amended"),
    *("grant_not_in_force", "grant_withdrawn"),
)


def last_day(register: Register, grant_id: str, grant: Grant, matter: Matter) -> date | None:
    """The last day before this one on which a grant and its papers ran; None where that is not known."""
    withdrawn = register.withdrawal_of(grant_id, matter.day)
    ends = [grant.until]
    if withdrawn is not None and isinstance(withdrawn.entry, Withdrawal):
        ends.append(withdrawn.entry.since - _ONE_DAY)
    for basis in grant.basis:
        taken = _taken_out(register, basis, matter)
        ends.append(taken - _ONE_DAY if taken is not None else None)
    for basis in concerning_bases(register, grant, matter.service, matter.day):
        instrument = register.instrument(basis.instrument)
        line = register.line_on(basis, matter.day).line
        ends += [
            instrument.until if instrument else None,
            line.until if line else None,
            register.replaced_by(basis.instrument, matter.day),
        ]
    return min((end for end in ends if end is not None and end < matter.day), default=None)


def grant_fault(
    register: Register, position: str, grant_id: str, grant: Grant, matter: Matter
) -> str | None:
    """What is wrong with a grant taken by itself, whoever gave it; None when nothing is."""
    day = matter.day
    post = register.post(position)
    if post is None or not in_force(post.since, post.until, day):
        return "position_not_there"
    return (
        paper_fault(register, grant)
        or (None if in_force(grant.since, grant.until, day) else "grant_not_in_force")
        or ("grant_withdrawn" if register.withdrawal_of(grant_id, day) else None)
        or _basis_fault(register, grant, matter)
        or ("mandate_strategic" if grant.kind == "mandate" and matter.strategic else None)
        or _bounds_fault(grant, matter)
    )


def paper_fault(register: Register, grant: Grant) -> str | None:
    """A fault that the paper has on every day: it is recorded and never counts."""
    if reversed_dates(grant.since, grant.until):
        return "dates_reversed"
    for basis in grant.basis:
        instrument = register.instrument(basis.instrument)
        if instrument is not None and grant.since < max(instrument.since, instrument.dated):
            return "instrument_younger"
    return None


def _basis_fault(register: Register, grant: Grant, matter: Matter) -> str | None:
    if not grant.basis:
        return "line_missing"
    concerning = concerning_bases(register, grant, matter.service, matter.day)
    for basis in concerning:
        fault = register.basis_fault(basis, matter.day, matter.opened)
        if fault is not None:
            return fault
    naming = {b.instrument for b in concerning if _line(register, b, matter).names(matter.service)}
    for basis in grant.basis:
        # Moved to another line of the same text it goes on; another text does not give it back.
        if basis.instrument not in naming and _taken_out(register, basis, matter) is not None:
            return "line_amended"
    return None if naming else "service_not_in_line"


def _line(register: Register, basis: Basis, matter: Matter) -> LineNow:
    return register.line_on(basis, matter.day)


def _taken_out(register: Register, basis: Basis, matter: Matter) -> date | None:
    return register.stages(basis).taken_out(matter.service, matter.day)


def concerning_bases(register: Register, grant: Grant, service: str, day: date) -> list[Basis]:
    """What the grant rests on for one service on a day: the lines that name it, or name none at all.

    An annex of thirty lines is one grant: when one of them ends, the other services go on. What an
    amendment has taken out by then is not asked.
    """
    return [basis for basis in grant.basis if register.stages(basis).concerns(service, day)]


def _bounds_fault(grant: Grant, matter: Matter) -> str | None:
    if not matter.bounded:
        return None
    within = all(_within(bound, matter.facts) for bound in grant.bounds)
    return None if within else "outside_bounds"


def _within(bound: Bound, facts: Mapping[str, Any]) -> bool:
    """Whether the case's fact passes every test of the bound; one that was not given passes none.

    A bound without a test limits nothing that could be known, so nothing lies within it.
    """
    value = facts.get(bound.fact)
    tests: list[bool] = []
    if bound.at_least is not None:
        tests.append(type(value) is int and value >= bound.at_least)
    if bound.at_most is not None:
        tests.append(type(value) is int and value <= bound.at_most)
    if bound.one_of:
        tests.append(value in bound.one_of)
    if bound.within:
        tests.append(any(f"{value}.".startswith(f"{area}.") for area in bound.within))
    return bool(tests) and all(tests)


def passing_fault(
    register: Register, grant: Grant, position: str, giver: str, parent: Grant, matter: Matter
) -> str | None:
    """What forbids the giver, who holds the power by the grant `parent`, to pass it on by this one."""
    if grant.kind == "delegation":
        return None if parent.kind == "attribution" else "delegation_passed_on"
    if grant.kind == "sub_delegation":
        return _sub_delegation_fault(register, position, giver, parent, matter)
    if not register.is_above(giver, position, matter.day):
        return "mandate_not_subordinate"
    if parent.kind == "mandate":
        direct = register.superior_of(position, matter.day) == giver
        once = grant.ub and parent.ub_allowed and not parent.ub and matter.action == "sign"
        return None if once and direct else "mandate_passed_on"
    return "ub_without_mandate" if grant.ub else None


def _sub_delegation_fault(
    register: Register, position: str, giver: str, parent: Grant, matter: Matter
) -> str | None:
    if parent.kind == "sub_delegation":
        return "sub_delegation_too_deep"
    concerning = concerning_bases(register, parent, matter.service, matter.day)
    lines = [register.line_on(basis, matter.day).line for basis in concerning]
    permitted = any(line is not None and "sub_delegation" in line.permits for line in lines)
    if parent.kind != "delegation" or not permitted:
        return "sub_delegation_not_permitted"
    ours, theirs = register.post(position), register.post(giver)
    if ours is None or theirs is None or ours.agency != theirs.agency:
        return "sub_delegation_other_body"
    return (
        None if register.superior_of(position, matter.day) == giver else "sub_delegation_too_deep"
    )
