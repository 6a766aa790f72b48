"""Complaints are taken in: from anybody, or on paper or at the counter by a clerk. No case is touched.

Of who proves to be a case's applicant the texts are sealed under their own key, so that they go with
them; of others under a key of the complaint's own, wrapped by the master key.
"""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from casetrack.domain.access import Actor, system
from casetrack.domain.case.complaint_desk import COMPLAINT_LETTERS, ComplaintDesk
from casetrack.domain.case.complaint_fold import begun
from casetrack.domain.case.complaints import (
    STREAM,
    ComplaintKind,
    ComplaintWay,
    first_agency,
    limit_of,
    limits_of,
)
from casetrack.domain.case.numbers import CaseNumber, access_code, tidy_code
from casetrack.domain.errors import Busy, Invalid, NotNow
from casetrack.domain.events import TYPE_PREFIX, NewEvent, instant
from casetrack.domain.people import visible
from casetrack.domain.people.guessing import Count, Patience, neighbourhood
from casetrack.storage import stored_answers
from casetrack.storage.case import complaint_rows
from casetrack.storage.case.complaint_rows import ComplaintRow
from casetrack.storage.people import officers, subjects
from casetrack.storage.region import regions
from casetrack.storage.region.regions import RegionRecord
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases import idempotency
from casetrack.usecases.case.complaint_sight import complaint_staff, digest_of, require_reader
from casetrack.usecases.case.complaint_texts import ComplaintSealer
from casetrack.usecases.context import Answer, Context
from casetrack.usecases.facts import append_fact
from casetrack.usecases.people.guessing import judge

#: So many from one address at once; then each waits longer, up to an hour.
_PATIENCE = Patience(10, timedelta(minutes=1), timedelta(hours=1))
#: Numbers are drawn by chance, so that nobody counts complaints by their gaps.
_MOST_SERIAL = 999_999


@dataclass(frozen=True, slots=True)
class Complaining:
    """What is complained of, and by whom: every part but kind and text may be missing."""

    kind: ComplaintKind
    text: str
    way: ComplaintWay
    case: str | None = None
    #: The case's code: who has it is its applicant.
    case_code: str | None = None
    #: A clerk saw that the applicant of the case complains.
    by_applicant: bool = False
    about_agency: str | None = None
    #: Login; nobody outside knows one.
    about_officer: str | None = None
    contact: Mapping[str, str] | None = None
    #: The day on a paper.
    received_on: date | None = None


@dataclass(frozen=True, slots=True)
class _Checked:
    """The same, as it is kept; `subject` is under whose key, None: under the complaint's own."""

    said: Complaining
    text: str
    case: str | None
    subject: subjects.SubjectRow | None
    about_agency: str | None
    #: Who works on it.
    agency: str


def taking_regions(ctx: Context) -> list[RegionRecord]:
    """The regions in which somebody takes complaints in."""
    with ctx.database.read() as connection:
        codes = regions.regions(connection)
    return [
        record for record in (ctx.region(code)[0] for code in codes) if record.region.complaints
    ]


def region_of_number(ctx: Context, number: str) -> str | None:
    """The region that a case's number names. Raises Invalid for what is no number."""
    with ctx.database.read() as connection:
        return regions.case_of_number(connection, number)[0]


def file_complaint(
    ctx: Context,
    region: str,
    said: Complaining,
    address: str,
    request: idempotency.Request | None = None,
) -> Answer:
    """Somebody complains, of whom only the address is known. Raises NotFound for an unknown region,
    NotNow where complaints are not taken in, Invalid, Busy for too many."""
    desk = taken_in(ctx, region)
    replayed = idempotency.replay(ctx, request)
    if replayed is not None:
        return replayed
    checked = _checked(ctx, region, desk, said, address)
    _admit(ctx, address)

    def once() -> Answer:
        with ctx.database.write() as uow:
            answer = _put(ctx, uow, system(region, "complaints"), desk, checked)
            idempotency.remember(ctx, uow, request, answer)
            return answer

    answer = idempotency.tried(ctx, request, once)
    ctx.wake()
    return answer


def enter_complaint(
    ctx: Context, actor: Actor, said: Complaining, request: idempotency.Request | None = None
) -> Answer:
    """A clerk writes down what came on paper or was said at the counter. Raises NotNow, Invalid."""
    desk = taken_in(ctx, actor.region)
    checked = _checked(ctx, actor.region, desk, said, None)
    replayed = idempotency.replay(ctx, request)
    if replayed is not None:
        return replayed

    def do(uow: UnitOfWork) -> Answer:
        return _put(ctx, uow, actor, desk, checked)

    return idempotency.written(ctx, request, do)


def taken_in(ctx: Context, region: str) -> ComplaintDesk:
    """Who takes complaints in for the region. Raises NotFound, NotNow: nobody was named."""
    desk = ctx.region(region)[0].region.complaints
    if desk is None:
        raise NotNow(
            "complaints_not_taken",
            "This region takes no complaints in here; go to the office, SP4N-LAPOR or the Ombudsman.",
        )
    return desk


def _put(
    ctx: Context, uow: UnitOfWork, actor: Actor, desk: ComplaintDesk, checked: _Checked
) -> Answer:
    region, calendar = ctx.region(actor.region)
    said = checked.said
    event_id, now = uow.draw()
    year = calendar.local_date(now).year
    serial = int.from_bytes(ctx.random(8)) % _MOST_SERIAL + 1
    number = str(CaseNumber(region.region.letters, COMPLAINT_LETTERS, year, serial))
    code = access_code(ctx.random(8))
    received = calendar.start_of(said.received_on) if said.received_on else now
    limit = limit_of(said.kind)
    reaction, answer = limits_of(desk, limit, received, calendar)
    subject = _held(uow, actor.region, checked)
    sealer = ComplaintSealer.begun(ctx, actor.region, number, subject)
    contact = {name: text for name, text in (said.contact or {}).items() if text}
    officer = said.about_officer
    data = {
        "kind": said.kind,
        "limit": limit,
        "way": said.way,
        "agency": checked.agency,
        "case": checked.case,
        "about_agency": checked.about_agency,
        "about": digest_of(ctx, actor.region, number, officer) if officer else None,
        "subject": subject.subject if subject else None,
        "named": bool(subject or contact.get("name")),
        "access": ctx.vault.access_digest(number, code),
        "received_at": instant(received),
        "reaction_due_at": instant(reaction),
        "answer_due_at": instant(answer),
        "text": sealer.seal("text", checked.text),
        "contact": sealer.seal("contact", json.dumps(contact, sort_keys=True)) if contact else None,
    }
    by = actor.id if actor.kind == "officer" else None
    state = begun(number, data, by)
    complaint_rows.put(uow, actor.region, ComplaintRow(state, officer, sealer.own_key))
    complaint_rows.put_texts(uow, actor.region, number, sealer.texts)
    new = NewEvent(f"{TYPE_PREFIX}complaint.received", data)
    append_fact(uow, actor.region, f"{STREAM}{number}", new, actor, (event_id, now))
    view = {
        "number": number,
        "access_code": code,
        "state": state.state,
        "kind": state.kind,
        "received_at": instant(received),
        "reaction_due_at": instant(reaction),
        "answer_due_at": instant(answer),
    }
    return Answer(view, '"1"')


def _held(uow: UnitOfWork, region: str, checked: _Checked) -> subjects.SubjectRow | None:
    """Who complains, held until the commit; None: nobody, or they were erased meanwhile.

    Who was joined with another person since, or separated, is the one who stands in the case now.
    """
    found = checked.subject
    while found is not None:
        held = subjects.lock_subject(uow, region, found.subject)
        now = subjects.applicant(uow.connection, region, checked.case or "")
        if now is None or now.subject == found.subject:
            return held if held is not None and held.wrapped_key is not None else None
        found = now
    return None


def _checked(
    ctx: Context, region: str, desk: ComplaintDesk, said: Complaining, address: str | None
) -> _Checked:
    """Raises Invalid with the place of each fault, Busy for guesses at a case's code, NotNow where nobody
    would read it."""
    try:
        text, faults = visible.read(said.text, lines=True), []
    except ValueError as error:
        text, faults = "", [("text", str(error))]
    case = str(CaseNumber.parse(said.case)) if said.case else None
    officer = said.about_officer
    officer_agency = officer_agency_of(ctx, region, officer) if officer is not None else None
    faults += _faults(ctx, region, said, officer_agency)
    if faults:
        errors = [{"at": at, "message": message} for at, message in faults]
        told = "; ".join(f"{at}: {message}" for at, message in faults)
        raise Invalid("invalid_body", f"{told}.", errors=errors)
    agency = first_agency(desk, said.kind, officer_agency, said.about_agency)
    require_reader(complaint_staff(ctx, region), agency, officer)
    subject = None
    if case is not None and (said.by_applicant or said.case_code):
        subject = _applicant(ctx, region, case, said, address)
    return _Checked(said, text, case, subject, officer_agency or said.about_agency, agency)


def _faults(
    ctx: Context, region: str, said: Complaining, officer_agency: str | None
) -> Iterator[tuple[str, str]]:
    record, calendar = ctx.region(region)
    if said.about_agency is not None and said.about_agency not in record.agencies:
        yield "about_agency", "there is no such agency; GET /agencies lists them"
    if said.about_officer is not None and officer_agency is None:
        yield "about_officer", "there is no such officer of an agency"
    if said.received_on is not None and said.received_on > calendar.local_date(ctx.database.now()):
        yield "received_on", "this day has not come"
    if not said.case:
        for at, given in (("case_code", said.case_code), ("by_applicant", said.by_applicant)):
            if given:
                yield at, "say the number of the case too"


def officer_agency_of(ctx: Context, region: str, login: str) -> str | None:
    """The agency of an officer of the region; None where there is no such one."""
    with ctx.database.read() as connection:
        found = officers.of_region(connection, region, login) if "\0" not in login else []
    return found[0][0].agency if found else None


def _applicant(
    ctx: Context, region: str, number: str, said: Complaining, address: str | None
) -> subjects.SubjectRow | None:
    """Who the case's applicant is, where that was shown: by the code, or to a clerk."""
    with ctx.database.read() as connection:
        row = regions.found_case(connection, number)[1]
        mine = row is not None and row.state.region == region
        found = subjects.applicant(connection, region, number) if mine else None
    state = row.state if row is not None and mine else None
    if said.case_code:
        right = state.access_digest if state is not None else None
        given = ctx.vault.access_digest(number, tidy_code(said.case_code))
        fits = judge(
            ctx,
            number,
            right,
            address or "",
            lambda: bool(right) and ctx.vault.equal(given, right or ""),
        )
        if not fits:
            raise Invalid(
                "wrong_case_code",
                "There is no case with this number, or the code does not fit it; leave the code out to "
                "complain without showing who you are.",
            )
    elif state is None:
        fault = {"at": "case", "message": "there is no such case"}
        raise Invalid("invalid_body", f"case: {fault['message']}.", errors=[fault])
    # Of an erased person there is no key: the complaint has its own.
    return found if found is not None and found.wrapped_key is not None else None


def _admit(ctx: Context, address: str) -> None:
    """Counts what an address sends. Raises Busy: nobody floods the desk, and no name is asked for it."""
    bucket = f"complaints|{neighbourhood(address)[:45]}"
    with ctx.database.write() as uow:
        now = uow.time(None)
        ((_, sent, last),) = stored_answers.lock_guesses(uow, (bucket,), now)
        count = Count(sent, last)
        wait = _PATIENCE.wait(count, now)
        if wait > timedelta(0):
            raise Busy(
                "too_many_complaints",
                "Too many complaints came from here; wait a moment, or bring it to the counter.",
                retry_after=math.ceil(wait.total_seconds()),
            )
        more = count.one_more(now)
        stored_answers.put_guesses(uow, [(bucket, more.wrong, more.last)])
