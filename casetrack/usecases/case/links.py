"""How a case belongs to others: links that somebody names, and open cases of the same person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casetrack.domain.access import Actor, may_see
from casetrack.domain.case.links import (
    MOST_ON_THE_WAY,
    ONE_WAY,
    Linked,
    Linking,
    check_link,
    check_way,
)
from casetrack.domain.case.state import CaseState
from casetrack.domain.case.steps import Setting
from casetrack.domain.case.transitions import OPEN_CASE, LinkKind
from casetrack.domain.clock import Calendar
from casetrack.domain.errors import Invalid, NotFound
from casetrack.domain.events import parse_instant
from casetrack.domain.people.search_words import number_word
from casetrack.domain.service.definition import ServiceDefinition, concerned_agencies
from casetrack.storage.case import link_rows, queries
from casetrack.storage.people import case_parties
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.case.visible_case import Sight, sight
from casetrack.usecases.context import Context
from casetrack.usecases.people.parties import parties_of

#: So many cases that name this one are shown with it, by their numbers.
MOST_NAMED_BY = 100


@dataclass(frozen=True, slots=True)
class FoundLink:
    """A link that somebody names, with the case to which it leads as they see it."""

    kind: LinkKind
    sight: Sight
    #: Of a duplicate: whether both are of one applicant; None: not known.
    same_applicant: bool | None = None

    def as_data(self) -> dict[str, Any]:
        """As the case and its event keep it."""
        return {"kind": self.kind, "number": self.sight.state.number}


def found_links(
    ctx: Context, actor: Actor, links: Sequence[Mapping[str, Any]], own: str | None = None
) -> tuple[FoundLink, ...]:
    """The links with the cases that they name, each once.

    `own` is the number of the case that is linked. Raises Invalid for a case that the actor does not
    see, in the same words as for one that there is not, and for the case itself.
    """
    found: list[FoundLink] = []
    errors = []
    for place, link in enumerate(links):
        try:
            seen = sight(ctx, actor, link["number"])
            number = seen.state.number
        except NotFound as error:
            errors.append(
                {"at": f"links.{place}.number", "message": error.detail.removesuffix(".")}
            )
            continue
        if number == own:
            errors.append({"at": f"links.{place}.number", "message": "this is the case itself"})
        if all((each.kind, each.sight.state.number) != (link["kind"], number) for each in found):
            same = None
            if link["kind"] == "duplicate_of" and own is not None:
                same = _one_applicant(ctx, seen.state.region, own, number)
            found.append(FoundLink(link["kind"], seen, same))
    if errors:
        told = "; ".join(f"{error['at']}: {error['message']}" for error in errors)
        raise Invalid("unknown_link", f"{told}.", errors=errors)
    return tuple(found)


def check_kinds(
    definition: ServiceDefinition, opened: datetime, calendar: Calendar, links: Sequence[FoundLink]
) -> None:
    """Raises NotNow for a kind of link that does not fit the case, opened then, and the one it names."""
    own = Linking(definition, calendar.local_date(opened))
    for link in links:
        state = link.sight.state
        day = calendar.local_date(parse_instant(state.opened_at))
        check_link(link.kind, own, Linked(state, link.sight.definition, day, link.same_applicant))


_UNCOMPARED = {
    "id": "pemohon kedua berkas tidak dapat dibandingkan; pastikan bahwa orangnya sama",
    "en": "the applicants of the two cases cannot be compared; make sure that they are one",
}


def link_warnings(links: Sequence[FoundLink]) -> list[dict[str, object]]:
    """A warning for each duplicate of which nobody can say whether it is of the same applicant."""
    return [
        {"at": f"links.{place}", "message": _UNCOMPARED["en"], "said": dict(_UNCOMPARED)}
        for place, link in enumerate(links)
        if link.kind == "duplicate_of" and link.same_applicant is None
    ]


def _one_applicant(ctx: Context, region: str, number: str, other: str) -> bool | None:
    """Whether the applicants of both are one: by their subject, NIK or number; None: not known."""
    with ctx.database.read() as connection:
        rows = [case_parties.party(connection, region, one, "applicant") for one in (number, other)]
    if None not in rows and len({row.subject for row in rows if row}) == 1:
        return True
    found = parties_of(ctx, region, [number, other])
    words = [
        next((_own_word(p.data or {}) for p in found[one] if p.row.role == "applicant"), None)
        for one in (number, other)
    ]
    return None if None in words else words[0] == words[1]


def _own_word(applicant: Mapping[str, Any]) -> str | None:
    """By what two applicants are compared: a number of theirs that is nobody else's."""
    nik = applicant.get("nik")
    return f"nik:{nik}" if nik else number_word(applicant)


def check_named(
    state: CaseState, setting: Setting, links: Sequence[FoundLink], way: Mapping[str, None]
) -> None:
    """Raises NotNow where a case that is there names another to which it cannot belong so; `way` is what
    `hold_way` gave."""
    if links:
        opened = parse_instant(state.opened_at)
        check_kinds(setting.definition, opened, setting.calendar, links)
        check_way(state.number, way)


def hold_way(
    uow: UnitOfWork, region: str, number: str, links: Sequence[Mapping[str, Any]]
) -> Mapping[str, None]:
    """Where one-way links of these would lead from the case; nobody else in the region links until the
    commit, so that two who name each other at once come one after the other."""
    named = {link["number"] for link in links if link["kind"] in ONE_WAY}
    if not named:
        return {}
    uow.lock(region, "case-links")
    return link_rows.reached(uow, region, named, ONE_WAY, MOST_ON_THE_WAY)


def named_by(ctx: Context, actor: Actor, state: CaseState) -> list[dict[str, Any]]:
    """The cases that name this one, those alone that the reader sees."""
    with ctx.database.read() as connection:
        rows = link_rows.named_by(connection, state.region, state.number, MOST_NAMED_BY)
    found = [_shown(ctx, actor, {"kind": row.kind, "number": row.number}) for row in rows]
    return [each for each in found if each["number"] is not None]


def for_reader(ctx: Context, actor: Actor, view: Mapping[str, Any]) -> dict[str, Any]:
    """The view, with the numbers of its links only where the reader sees that case, else null; so also of
    the case that an objection is about."""
    found = dict(view)
    if found.get("links"):
        found["links"] = [_shown(ctx, actor, link) for link in found["links"]]
    if found.get("review"):
        found["review"] = _shown(ctx, actor, found["review"])
    return found


def _shown(ctx: Context, actor: Actor, link: Mapping[str, Any]) -> dict[str, Any]:
    try:
        sight(ctx, actor, link["number"])
    except NotFound:
        return {**link, "number": None}
    return dict(link)


def other_open_cases(
    connection: Any, definition: ServiceDefinition, region: str, people: Sequence[str]
) -> list[dict[str, Any]]:
    """Open cases of this service whose applicant is one of these subjects, oldest first."""
    if not people:
        return []
    return [
        _open_view(CaseState.from_document(document), definition)
        for document in queries.open_of_subjects(connection, region, definition.id, people)
    ]


def event_for_reader(ctx: Context, actor: Actor, event: dict[str, Any]) -> dict[str, Any]:
    """An event that names other cases, likewise: by itself, or in the case as it was opened."""
    data = for_reader(ctx, actor, event["data"])
    if isinstance(data.get("case"), Mapping):
        data["case"] = for_reader(ctx, actor, data["case"])
    return {**event, "data": data}


def open_cases_of(
    ctx: Context, connection: Any, actor: Actor, subject: str, without: str
) -> list[dict[str, Any]]:
    """Open cases of any service that this subject has applied for and the actor may see, but this one."""
    found = []
    for party in case_parties.parties_of_subject(connection, actor.region, subject):
        if party.role != "applicant" or party.number == without:
            continue
        row = queries.case(connection, actor.region, party.number)
        if row is None or row.state.status not in OPEN_CASE:
            continue
        state = row.state
        definition = ctx.definition(state.region, state.service, state.service_version)
        if may_see(actor, concerned_agencies(definition)):
            found.append(_open_view(state, definition))
    return found


def _open_view(state: CaseState, definition: ServiceDefinition) -> dict[str, Any]:
    return {
        "number": state.number,
        "service": {
            "id": definition.id,
            "version": state.service_version,
            "name": definition.name.as_dict(),
        },
        "opened_at": state.opened_at,
        "status": state.status,
    }


def continued_as(ctx: Context, state: CaseState) -> str | None:
    """Where a closed case goes on, if the applicant there is the same person: what it is a duplicate of,
    or what was opened to replace it.

    From one to the next to the case that is not closed so; where they lead in a circle, nowhere.
    """
    seen = {state.number}
    with ctx.database.read() as connection:
        mine = case_parties.party(connection, state.region, state.number, "applicant")
        while mine is not None and state.status == "closed":
            found = _next(ctx, connection, state, mine.subject)
            if found is None:
                break
            if found.number in seen:
                return None
            seen.add(found.number)
            state = found
    return state.number if len(seen) > 1 else None


def _next(ctx: Context, connection: Any, state: CaseState, person: str) -> CaseState | None:
    """The newest that comes in place of this one, of this person or of the same company."""
    as_duplicate = state.closed_reason == "duplicate"
    if as_duplicate:
        links = [link for link in state.links if link["kind"] == "duplicate_of"]
        others = [link["number"] for link in links]
    else:
        rows = link_rows.named_by(connection, state.region, state.number, MOST_NAMED_BY)
        others = [row.number for row in rows if row.kind == "replaces"]
    for number in reversed(others):
        other = case_parties.party(connection, state.region, number, "applicant")
        if other is None:
            continue
        if other.subject == person or _has_one_number(ctx, state, number):
            row = queries.case(connection, state.region, number)
            if row is None or (as_duplicate and row.state.service != state.service):
                continue
            return row.state
    return None


def _has_one_number(ctx: Context, state: CaseState, number: str) -> bool:
    """Whether the applicants of both have one company's or passport's number: each case makes who goes by
    such a number anew."""
    found = parties_of(ctx, state.region, [state.number, number])
    own, other = (
        next((p.data or {} for p in found[each] if p.row.role == "applicant"), {})
        for each in (state.number, number)
    )
    return number_word(own) is not None and number_word(own) == number_word(other)
