"""Search for cases by number or by person; what was typed is never kept, only its keyed digest."""

from casetrack.domain.access import REGION_WIDE, Actor
from casetrack.domain.errors import Invalid, NotFound
from casetrack.domain.people.search_words import Asked, asked
from casetrack.domain.service.definition import ServiceDefinition, concerned_agencies
from casetrack.storage.case import found_cases
from casetrack.storage.case.found_cases import People
from casetrack.storage.case.queries import ListedCase
from casetrack.storage.people import search_words
from casetrack.storage.region import regions
from casetrack.storage.service import catalogue
from casetrack.usecases.case.case_lists import case_rows
from casetrack.usecases.case.visible_case import sight
from casetrack.usecases.context import Context
from casetrack.usecases.paging import Page
from casetrack.usecases.people import readings


def search(
    ctx: Context, actor: Actor, typed: str, *, compared: bool, before: int | None, limit: int
) -> Page:
    """Cases that the actor may see and that fit what was typed, newest first.

    Names come as initials until somebody has `compared` an identity document. Raises Invalid for a text
    that can be nothing of a case or person, and for a name that too many people have.
    """
    rows = _by_number(ctx, actor, typed)
    if rows is None:
        people = _people(ctx, actor, typed)
        agency = None if actor.has_role(REGION_WIDE) else actor.agency or ""
        hidden = _hidden_services(ctx, actor) if agency is None else ()
        with ctx.database.read() as connection:
            rows = found_cases.of_people(
                connection, actor.region, agency, people, hidden, before, limit + 1
            )
    items = case_rows(ctx, actor, rows[:limit], typed=typed, initials_only=not compared)
    return Page(items, (rows[limit - 1].opened_id,) if len(rows) > limit else None)


def _by_number(ctx: Context, actor: Actor, typed: str) -> list[ListedCase] | None:
    """The case with this number; None for what is no number. Raises Invalid for a slip of the pen."""
    try:
        with ctx.database.read() as connection:
            _, number = regions.case_of_number(connection, typed)
    except Invalid as error:
        # A company's name with its NIB behind it reads as letters, year and serial as well.
        if error.code == "malformed_number" or _means_somebody(typed):
            return None
        raise _refused(error.detail) from None
    try:
        seen = sight(ctx, actor, str(number))
    except NotFound:
        # "Siti 0812-0000-0001" could be a number as well, in a region with these letters.
        return None if _means_somebody(typed) else []
    if _is_hidden(actor, seen.definition):
        return []
    with ctx.database.read() as connection:
        return found_cases.of_number(connection, actor.region, str(number))


def _means_somebody(typed: str) -> bool:
    try:
        wanted = asked(typed)
    except ValueError:
        return False
    return bool(wanted.words and (wanted.numbers or wanted.nik))


def _is_hidden(actor: Actor, definition: ServiceDefinition) -> bool:
    """Whether a search keeps the service's cases from who sees them by no agency of their own."""
    return definition.specific_data and actor.agency not in concerned_agencies(definition)


def _hidden_services(ctx: Context, actor: Actor) -> list[str]:
    with ctx.database.read() as connection:
        current = catalogue.current_services(connection, actor.region)
    return [
        service
        for service, version in current
        if _is_hidden(actor, ctx.definition(actor.region, service, version))
    ]


def _asked(typed: str) -> Asked:
    try:
        return asked(typed)
    except ValueError as error:
        # The text stays out of every trace.
        raise _refused(str(error)) from None


def _people(ctx: Context, actor: Actor, typed: str) -> People:
    """Whom to look for. A name that too many have was looked for too, so that is written down."""
    region, wanted = actor.region, _asked(typed)
    words = [ctx.vault.search_word(region, word) for word in wanted.words]
    if wanted.words and not (wanted.numbers or wanted.nik):
        with ctx.database.read() as connection:
            rarest = search_words.rarest_first(connection, region, words)
        if rarest is None:
            readings.record(ctx, actor, "search", [], typed)
            raise Invalid(
                "search_too_wide",
                "Too many people have this name; add another word of it, or search by number, NIK or "
                "telephone.",
            )
        return People(all_of=tuple(rarest))
    nik = ctx.vault.nik_index(region, wanted.nik) if wanted.nik else None
    numbers = [ctx.vault.search_word(region, number) for number in wanted.numbers]
    return People(all_of=tuple(words), any_of=tuple(numbers), nik_index=nik)


def _refused(why: str) -> Invalid:
    why = why.removesuffix(".")
    return Invalid("invalid_body", f"q: {why}.", errors=[{"at": "q", "message": why}])
