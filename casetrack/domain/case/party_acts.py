"""What changes the people of a case: a death, heirs, a power of attorney, a director, a contact.

The types of the events are those of any pause, closing or change of parties, since they leave the house:
what it was stands in `party`, which does not.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from casetrack.domain.case.case_people import (
    Document,
    Left,
    death_of,
    is_power_over,
    next_former,
    power_of,
)
from casetrack.domain.case.commands import Act, details_of, missing
from casetrack.domain.case.party_change import PartyChange
from casetrack.domain.case.pausing import go_on, stand_still
from casetrack.domain.case.steps import Draft, Setting, cancel_open
from casetrack.domain.case.transitions import PARTY_ACTIONS, PAUSE_REASONS, STANDS_STILL
from casetrack.domain.errors import Forbidden, Invalid, NotNow
from casetrack.domain.events import instant
from casetrack.domain.people import possible_days as days

Said = tuple[str, dict[str, Any]]

#: What each act must say beside its day, and what it may.
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "report_death": (),
    "confirm_death": ("paper",),
    "lift_death": (),
    "succeed": ("paper", "person"),
    "appoint": ("paper", "person", "power"),
    "end_power": ("paper", "why"),
    "change_director": ("paper", "person"),
    "correct_contact": ("person",),
}
_MAY: Mapping[str, tuple[str, ...]] = {
    "report_death": ("paper",),
    "lift_death": ("paper",),
    "correct_contact": ("paper", "role"),
}
#: How the body calls it where it does not by the same word.
_IN_BODY = {"person": "party"}


def check_change(act: Act, setting: Setting) -> None:
    """Raises Invalid where what is said of the people cannot be, whatever the case has come to."""
    if act.action not in PARTY_ACTIONS or act.actor.kind == "system":
        return
    said = details_of(act, PartyChange)
    _check_fields(act, said)
    _check_days(act, said, setting.calendar.local_date(setting.now))


def _check_fields(act: Act, said: PartyChange) -> None:
    needed = _NEEDED[act.action]
    for name in needed:
        if getattr(said, name) is None:
            raise missing(_name(act, name), f"{act.action} says so")
    may = (*needed, *_MAY.get(act.action, ()))
    for name in ("paper", "why", "power", "person"):
        if name not in may and getattr(said, name) is not None:
            raise _wrong(_name(act, name), f"{act.action} takes none")
    if said.role != "applicant" and "role" not in may:
        raise _wrong("role", f"{act.action} takes none")


#: Whose paper attests that it was so on that day, and so is not older.
_ATTESTED = ("report_death", "confirm_death")


def _check_days(act: Act, said: PartyChange, today: date) -> None:
    days.check(_day_faults(act, said, today))


def _day_faults(act: Act, said: PartyChange, today: date) -> Iterator[days.Fault]:
    yield from days.past_faults("day", said.day, today)
    if act.action != "succeed":
        # An heir may be born after the death.
        yield from days.order_faults("day", said.day, said.born, "the birth that the NIK says")
    dated = _dated(said)
    if dated is not None:
        yield from days.past_faults("paper.dated", dated, today)
        if act.action in _ATTESTED or said.why == "died":
            yield from days.order_faults(
                "paper.dated", dated, said.day, "the day of which it tells"
            )
    until = (said.power or {}).get("until")
    if until is not None:
        last = date.fromisoformat(until)
        passed = [*days.end_faults("power.until", last, today)]
        first = days.order_faults("power.until", last, said.day, "the first day of the power")
        yield from passed or first


def _dated(said: PartyChange) -> date | None:
    return None if said.paper is None else date.fromisoformat(said.paper["dated"])


def _name(act: Act, name: str) -> str:
    contact = act.action in ("change_director", "correct_contact")
    return "contact" if name == "person" and contact else _IN_BODY.get(name, name)


def _wrong(field: str, why: str) -> Invalid:
    return Invalid("invalid_body", f"{field}: {why}.", errors=[{"at": field, "message": why}])


def act_on_parties(draft: Draft, act: Act, setting: Setting) -> Said:
    """What happened, by the type that any pause, closing or change of parties has. Raises NotNow,
    Forbidden."""
    if draft.case.status not in PARTY_ACTIONS[act.action]:
        raise NotNow(
            "status_forbids",
            f"In a case that is {draft.case.status} there is no {act.action} any more.",
            status_now=draft.case.status,
        )
    by_clock = act.actor.kind == "system"
    said = PartyChange(setting.calendar.local_date(setting.now)) if by_clock else None
    said = said or details_of(act, PartyChange)
    name, facts = _HANDLERS[act.action](draft, act, said, setting)
    party: dict[str, Any] = {
        "act": act.action,
        "day": said.day.isoformat(),
        **facts.pop("party", {}),
    }
    party.update(_paper(said))
    return name, {**facts, "party": party, **({"note": dict(act.note)} if act.note else {})}


def _since(said: PartyChange, setting: Setting) -> dict[str, Any]:
    """Who comes, and since when: what was before them was none of theirs."""
    return {**(said.person or {}), "came_at": instant(setting.now)}


def _paper(said: PartyChange) -> dict[str, Any]:
    return {} if said.paper is None else {"paper": dict(said.paper)}


def _put(draft: Draft, role: str, party: Mapping[str, Any] | None) -> None:
    """Somebody stands in the role from now on; nobody where it is None."""
    parties = {name: each for name, each in draft.case.parties.items() if name != role}
    if party is not None:
        parties[role] = dict(party)
    draft.case = replace(draft.case, parties=parties)


def _leave(draft: Draft, role: str, why: Left, act: Act, setting: Setting) -> str:
    """Who stands in the role stood there until now; gives the name under which they are kept."""
    name = next_former(draft.case)
    kept = {
        **draft.case.parties[role],
        "role": role,
        "left_at": instant(setting.now),
        "why": why,
        "by": act.actor.id,
    }
    _put(draft, role, None)
    _put(draft, name, kept)
    return name


def _new_code(draft: Draft, act: Act) -> None:
    """The code of before opens nothing; where there is a new one, that opens."""
    draft.case = replace(draft.case, access_digest=act.access_digest or "")


def _open_death(draft: Draft, *statuses: str) -> Document:
    """The death that is reported or confirmed. Raises NotNow."""
    death = death_of(draft.case)
    if death is None or death["status"] not in statuses:
        waits = " or ".join(statuses)
        raise NotNow("no_death_open", f"No death is {waits} in this case.")
    return death


def _check_nobody_died(draft: Draft) -> None:
    if death_of(draft.case) is not None:
        raise NotNow(
            "parties_open",
            "It is to be settled first who speaks for the applicant; the case shows what is open.",
        )


def _check_second(said: PartyChange, death: Document, act: Act) -> None:
    if said.same_officer or death["by"] == act.actor.id:
        raise Forbidden(
            "second_officer_needed", "Another officer confirms or lifts what you entered yourself."
        )


def _report_death(draft: Draft, act: Act, said: PartyChange, setting: Setting) -> Said:
    applicant = draft.case.parties["applicant"]
    if applicant.get("kind") == "company":
        raise NotNow("not_a_person", "The applicant is a company; change who acts for it.")
    if death_of(draft.case) is not None:
        raise NotNow(
            "death_reported", "A death is reported already; a supervisor decides about it."
        )
    pauses = draft.case.pause_reason not in PAUSE_REASONS and draft.case.status in STANDS_STILL
    death = {
        "status": "reported",
        "by": act.actor.id,
        "at": instant(setting.now),
        "day": said.day.isoformat(),
        "paused": pauses,
        **_paper(said),
    }
    _put(draft, "applicant", {**applicant, "death": death})
    _new_code(draft, act)
    if not pauses:
        return "case.parties_changed", {}
    stand_still(draft, "parties", setting)
    return "case.paused", {"action": "pause", "reason": "parties"}


def _go_on(draft: Draft, death: Document, setting: Setting) -> Said:
    """The pause ends that the report began."""
    reason = draft.case.pause_reason
    # A release that does not know this pause may have ended it for the clock and left the steps.
    if not death["paused"] or (reason in PAUSE_REASONS and reason != "parties"):
        return "case.parties_changed", {}
    go_on(draft, setting)
    return "case.resumed", {"action": "resume", "paused_for": "parties"}


def _lift_death(draft: Draft, act: Act, said: PartyChange, setting: Setting) -> Said:
    death = _open_death(draft, "reported")
    _check_second(said, death, act)
    applicant = draft.case.parties["applicant"]
    _put(draft, "applicant", {name: each for name, each in applicant.items() if name != "death"})
    _new_code(draft, act)
    return _go_on(draft, death, setting)


def _confirm_death(draft: Draft, act: Act, said: PartyChange, setting: Setting) -> Said:
    death = _open_death(draft, "reported")
    _check_second(said, death, act)
    confirmed = {
        **death,
        "status": "confirmed",
        "day": said.day.isoformat(),
        "confirmed_by": act.actor.id,
        "confirmed_at": instant(setting.now),
        **_paper(said),
    }
    _put(draft, "applicant", {**draft.case.parties["applicant"], "death": confirmed})
    party = {}
    if "representative" in draft.case.parties:
        party["former"] = _leave(draft, "representative", "deceased", act, setting)
    ends = not setting.definition.passes_to_heirs and draft.case.status != "handed_over"
    if not ends:
        return "case.parties_changed", {"party": party}
    draft.case = replace(draft.case, status="closed", closed_reason="applicant_deceased")
    cancel_open(draft, setting)
    return "case.closed", {"action": "close", "party": party}


def _succeed(draft: Draft, act: Act, said: PartyChange, setting: Setting) -> Said:
    death = _open_death(draft, "confirmed")
    if not setting.definition.passes_to_heirs:
        raise NotNow("does_not_pass", "What this service gives does not pass to heirs.")
    died = date.fromisoformat(death["day"])
    days.check(days.order_faults("day", said.day, died, "the day of the death"))
    former = _leave(draft, "applicant", "deceased", act, setting)
    _put(draft, "applicant", _since(said, setting))
    _new_code(draft, act)
    name, facts = _go_on(draft, death, setting)
    return name, {**facts, "party": {"former": former}}


def _appoint(draft: Draft, act: Act, said: PartyChange, setting: Setting) -> Said:
    _check_nobody_died(draft)
    party = {}
    if "representative" in draft.case.parties:
        party["former"] = _leave(draft, "representative", "replaced", act, setting)
        _new_code(draft, act)
    power = {**(said.power or {}), "since": said.day.isoformat(), **_paper(said)}
    _put(draft, "representative", {**_since(said, setting), "power": power})
    return "case.parties_changed", {"party": party}


def _end_power(draft: Draft, act: Act, said: PartyChange, setting: Setting) -> Said:
    if "representative" not in draft.case.parties:
        raise NotNow("no_representative", "Nobody acts for the applicant in this case.")
    by_clock = act.actor.kind == "system"
    if by_clock and not is_power_over(draft.case, setting.calendar, setting.now):
        raise NotNow("limit_not_over", "The last day of the power has not passed yet.")
    if not by_clock:
        days.check(days.order_faults("day", said.day, _power_since(draft), "the day of the power"))
    why: Left = said.why or "expired"
    former = _leave(draft, "representative", why, act, setting)
    if death_of(draft.case) is None:
        _new_code(draft, act)
    return "case.parties_changed", {"party": {"former": former, "why": why}}


def _power_since(draft: Draft) -> date | None:
    """Its first day, or that of its paper; None where neither was written down."""
    power = power_of(draft.case) or {}
    since = power.get("since") or (power.get("paper") or {}).get("dated")
    return None if since is None else date.fromisoformat(since)


def _change_director(draft: Draft, act: Act, said: PartyChange, setting: Setting) -> Said:
    if draft.case.parties["applicant"].get("kind") != "company":
        raise NotNow("not_a_company", "The applicant is a person, for whom no director acts.")
    former = _leave(draft, "applicant", "director_changed", act, setting)
    _put(draft, "applicant", said.person)
    if "director" in draft.case.parties:
        _leave(draft, "director", "director_changed", act, setting)
    if said.director is not None:
        _put(draft, "director", {**said.director, "came_at": instant(setting.now)})
    _new_code(draft, act)
    return "case.parties_changed", {"party": {"former": former}}


def _correct_contact(draft: Draft, act: Act, said: PartyChange, setting: Setting) -> Said:
    if said.role not in draft.case.parties:
        raise NotNow("no_such_party", f"Nobody stands in this case as {said.role}.")
    if said.role != "payer":
        _check_nobody_died(draft)
    before = draft.case.parties[said.role]
    former = _leave(draft, said.role, "contact_changed", act, setting)
    kept = {name: before[name] for name in ("power", "came_at") if name in before}
    _put(draft, said.role, {**(said.person or {}), **kept})
    return "case.parties_changed", {"party": {"former": former, "role": said.role}}


_HANDLERS: Mapping[str, Callable[[Draft, Act, PartyChange, Setting], Said]] = {
    "report_death": _report_death,
    "confirm_death": _confirm_death,
    "lift_death": _lift_death,
    "succeed": _succeed,
    "appoint": _appoint,
    "end_power": _end_power,
    "change_director": _change_director,
    "correct_contact": _correct_contact,
}
