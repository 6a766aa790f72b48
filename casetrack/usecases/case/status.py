"""The status of a case for anybody with its number; more with the access code, not to be guessed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from casetrack.domain.case.case_people import has_last_day, is_power_over
from casetrack.domain.case.numbers import tidy_code
from casetrack.domain.case.public import running_limit
from casetrack.domain.case.reviews import MayObject, may_object
from casetrack.domain.case.silence import passed_at
from casetrack.domain.case.state import CaseState
from casetrack.domain.case.transitions import OPEN_CASE
from casetrack.domain.case.waiting_products import endorsed_before, next_endorser, to_endorse
from casetrack.domain.errors import NotFound
from casetrack.domain.events import instant, parse_instant
from casetrack.domain.region.region_data import Agency
from casetrack.domain.region.revisions import Revisions
from casetrack.domain.service.definition import Name, ServiceDefinition
from casetrack.storage.case import queries
from casetrack.storage.region import regions
from casetrack.storage.region.regions import RegionRecord
from casetrack.usecases.authority.mall import counter_view, outside_of
from casetrack.usecases.authority.missing_powers import Waiting, waiting_steps
from casetrack.usecases.case.bill_views import bills_of
from casetrack.usecases.case.case_texts import case_texts
from casetrack.usecases.case.explained_limits import ExplainedLimit, case_clock
from casetrack.usecases.case.links import continued_as
from casetrack.usecases.case.signed_anew import SignedAnew, signed_anew
from casetrack.usecases.context import Context
from casetrack.usecases.people.guessing import judge


@dataclass(frozen=True, slots=True)
class MissingParaf:
    """The position whose paraf a draft waits for though no step asks for it; `again`: it gave one to the
    text before."""

    position: str
    name: Name
    again: bool


@dataclass(frozen=True, slots=True)
class PutRight:
    """What was corrected, and on which day: facts by their names, or what this issuer's result is."""

    on: date
    facts: tuple[Name, ...] = ()
    issuer: Name | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """A case as its applicant may see it; `detailed` when the access code was right."""

    state: CaseState
    definition: ServiceDefinition
    region: RegionRecord
    detailed: bool
    defects: tuple[Mapping[str, Any], ...] = ()
    #: Until when the limit runs that runs now. None while a step waits for somebody with the power: then
    #: no day to come is promised, and one that has passed is still told.
    due_at: str | None = None
    #: Whether it waits so.
    stalled: bool = False
    #: Whether the limit that runs has passed.
    late: bool = False
    #: Agencies with steps to come that are outside the mall.
    outside: tuple[Agency, ...] = ()
    #: Steps that wait for somebody with the power to take them.
    waits: tuple[Waiting, ...] = ()
    #: Where a closed case goes on: another case of the same person.
    continued_as: str | None = None
    #: What is to be paid, each bill with where.
    bills: tuple[Mapping[str, Any], ...] = ()
    #: The limit that runs, with its days.
    limit: ExplainedLimit | None = None
    #: When the counter at which the file is handed in is open; None where nobody said.
    counter: Mapping[str, Any] | None = None
    #: The last day of the limit of law, once it has passed without a decision.
    passed_on: date | None = None
    #: The last day of the check of completeness, once that has passed and nobody has declared anything.
    check_passed_on: date | None = None
    #: What its steps promised to look at outside, each with its `place` in words.
    inspections: tuple[Mapping[str, Any], ...] = ()
    #: How and until when one may object to the refusal.
    objection: MayObject | None = None
    #: Whose paraf a draft waits for.
    paraf: MissingParaf | None = None
    #: What was put right, oldest first.
    put_right: tuple[PutRight, ...] = ()
    #: Signatures on paper that do not count.
    anew: tuple[SignedAnew, ...] = ()


def status(ctx: Context, number: str, code: str | None, address: str) -> Status:
    """The status of a case. Raises Invalid for a malformed number, NotFound, Busy when guessing.

    An unknown case and a wrong code are the same answer.
    """
    code = tidy_code(code or "") or None
    with ctx.database.read() as connection:
        parsed, row = regions.found_case(connection, number)
    known = row.state if row is not None else None
    if code is not None and not _code_fits(ctx, str(parsed), known, code, address):
        raise _unknown_status()
    if row is None:
        raise _unknown_status()
    region = ctx.region(row.state.region, row.revisions.files)[0]
    definition = ctx.definition(row.state.region, row.state.service, row.state.service_version)
    away = tuple(outside_of(ctx, row.state.region, definition, row.revisions, row.state))
    waits = tuple(waiting_steps(ctx, row.state, definition, row.revisions)) if code else ()
    stalled = row.stalled or bool(waits)
    due_at = running_limit(row.state, definition)
    late = due_at is not None and due_at < instant(ctx.database.now())
    if stalled and not late:
        due_at = None
    counter = counter_view(ctx, row.state.region, definition.front_office, row.revisions)
    if code is None:
        return Status(
            *(row.state, definition, region),
            detailed=False,
            due_at=due_at,
            late=late,
            stalled=stalled,
            outside=away,
            counter=counter,
        )
    return Status(
        row.state,
        definition,
        region,
        detailed=True,
        due_at=due_at,
        late=late,
        stalled=stalled,
        passed_on=_passed_on(ctx, row.state, definition, row.revisions.files),
        check_passed_on=_check_passed_on(ctx, row.state, definition, row.revisions.files),
        inspections=_inspections(ctx, row.state),
        objection=_may_object(ctx, row.state, definition, row.revisions.files),
        defects=_sent_defects(ctx, row.state),
        outside=away,
        counter=counter,
        waits=waits,
        continued_as=continued_as(ctx, row.state),
        bills=tuple(bills_of(ctx, row.state)),
        limit=_running_limit(ctx, row.state, definition, row.revisions.files),
        paraf=_missing_paraf(ctx, row.state, definition),
        put_right=tuple(_put_right(ctx, row.state, definition, row.revisions.files)),
        anew=signed_anew(ctx, row.state, definition),
    )


def _put_right(
    ctx: Context, state: CaseState, definition: ServiceDefinition, revision: int
) -> Iterator[PutRight]:
    names = {fact.id: fact.name for fact in definition.facts}
    calendar = ctx.region(state.region, revision)[1]
    for record in state.corrections:
        day = calendar.local_date(parse_instant(record["at"]))
        if record["what"] == "facts":
            yield PutRight(day, tuple(names[name] for name in record["facts"]))
        elif definition.issued_by is not None:
            yield PutRight(day, issuer=definition.issued_by)


def _missing_paraf(
    ctx: Context, state: CaseState, definition: ServiceDefinition
) -> MissingParaf | None:
    """A position that is gone goes by its id."""
    waiting = to_endorse(state, definition)
    if not waiting:
        return None
    product = waiting[0]
    position = next_endorser(product, definition.product_of(product["product"])) or ""
    with ctx.database.read() as connection:
        names = {each.id: each.name for each in regions.positions(connection, state.region)}
    again = endorsed_before(product, position) is not None
    return MissingParaf(position, names.get(position, Name(position, position)), again)


def opened_status(ctx: Context, number: str, code: str, address: str) -> tuple[Status, Revisions]:
    """The status for who has the access code, and of what its region was when it was read.

    Raises what `status` raises, NotFound also without a code.
    """
    found = status(ctx, number, code, address)
    if not found.detailed:
        raise _unknown_status()
    with ctx.database.read() as connection:
        row = queries.case(connection, found.state.region, found.state.number)
    if row is None:
        raise _unknown_status()
    return found, row.revisions


def _running_limit(
    ctx: Context, state: CaseState, definition: ServiceDefinition, revision: int
) -> ExplainedLimit | None:
    if state.status not in OPEN_CASE:
        return None
    return case_clock(ctx, state, definition, revision).shown(definition.root.id)


def _unknown_status() -> NotFound:
    return NotFound(
        "unknown_case", "There is no case with this number, or the access code does not fit it."
    )


def _code_fits(ctx: Context, number: str, state: CaseState | None, code: str, address: str) -> bool:
    """A number that is no case's is guessed at as any other."""
    digest = state.access_digest if state is not None and not _is_over(ctx, state) else None
    given = ctx.vault.access_digest(number, code)
    return judge(
        ctx, number, digest, address, lambda: bool(digest) and ctx.vault.equal(given, digest or "")
    )


def _is_over(ctx: Context, state: CaseState) -> bool:
    """Whether the code died with a power whose last day has passed, though no clock recorded it yet."""
    if not has_last_day(state):
        return False
    return is_power_over(state, ctx.region(state.region)[1], ctx.database.now())


def _passed_on(
    ctx: Context, state: CaseState, definition: ServiceDefinition, revision: int
) -> date | None:
    calendar = ctx.region(state.region, revision)[1]
    ended = passed_at(state, definition, calendar, ctx.database.now())
    return calendar.local_date(ended) if ended else None


def _check_passed_on(
    ctx: Context, state: CaseState, definition: ServiceDefinition, revision: int
) -> date | None:
    due_at = running_limit(state, definition) if state.status == "submitted" else None
    if due_at is None or due_at >= instant(ctx.database.now()):
        return None
    return ctx.region(state.region, revision)[1].local_date(parse_instant(due_at))


def _may_object(
    ctx: Context, state: CaseState, definition: ServiceDefinition, revision: int
) -> MayObject | None:
    calendar = ctx.region(state.region, revision)[1]
    return may_object(state, definition, calendar, calendar.local_date(ctx.database.now()))


def _inspections(ctx: Context, state: CaseState) -> tuple[Mapping[str, Any], ...]:
    if not state.inspections:
        return ()
    texts = case_texts(ctx, state.region, state.number, "note")
    return tuple({**e, "place": texts.get(e["place"].get("text", ""))} for e in state.inspections)


def _sent_defects(ctx: Context, state: CaseState) -> tuple[Mapping[str, Any], ...]:
    sent = [defect for defect in state.defects if defect["sent"]]
    if not sent:
        return ()
    texts = case_texts(ctx, state.region, state.number, "defect")
    return tuple(
        {"requirement": d["requirement"], "text": texts.get(d.get("text", ""))} for d in sent
    )
