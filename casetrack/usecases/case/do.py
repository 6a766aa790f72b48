"""Opening a case and acting on it: load, decide, append, commit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from casetrack.domain.access import Actor, require_sight, unknown_case
from casetrack.domain.case.authority_actions import check_authority_role
from casetrack.domain.case.case_actions import check_case_role
from casetrack.domain.case.commands import Act, Opening, Seen, check_content, check_seen, find_step
from casetrack.domain.case.decide import decide, open_case
from casetrack.domain.case.numbers import CaseNumber, access_code
from casetrack.domain.case.state import CaseState
from casetrack.domain.case.step_actions import check_step_role
from casetrack.domain.case.steps import Setting
from casetrack.domain.case.transitions import AUTHORITY_ACTIONS
from casetrack.domain.errors import Invalid, NoAuthority, NotNow, Stale
from casetrack.domain.events import GENESIS, TYPE_PREFIX, NewEvent
from casetrack.domain.people import contact
from casetrack.domain.service.definition import ServiceDefinition, concerned_agencies
from casetrack.domain.service.facts import check_facts
from casetrack.storage.case import case_rows, queries
from casetrack.storage.people import officers, subjects
from casetrack.storage.people.subjects import PartyRow, SubjectRow
from casetrack.storage.region.regions import RegionRecord
from casetrack.storage.unit_of_work import Conflict, UnitOfWork, Write
from casetrack.usecases import idempotency
from casetrack.usecases.case import register_slice
from casetrack.usecases.case.append import append_to_case
from casetrack.usecases.case.views import case_etag, case_view, step_etag
from casetrack.usecases.context import Answer, Context, make_event
from casetrack.usecases.people.sealing import Sealer, as_text

#: Seconds after which a race between two first cases of one person is simply tried again.
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Party:
    """A person or company as the counter took it down. Only kind and name are needed."""

    role: str
    kind: str
    name: str
    nik: str | None = None
    email: str | None = None
    phone: str | None = None
    address: str | None = None
    language: str = "id"
    #: How to be told, the best way first; None: the usual order.
    channels: Sequence[str] | None = None

    def document(self) -> dict[str, Any]:
        """What is sealed."""
        fields = ("kind", "name", "nik", "email", "phone", "address", "language", "channels")
        return {name: getattr(self, name) for name in fields if getattr(self, name)}


@dataclass(frozen=True, slots=True)
class Application:
    """What the clerk sends to open a case."""

    service: str
    facts: Mapping[str, Any]
    parties: Sequence[Party]
    documents: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Doing:
    """An action as it comes in: texts are still texts."""

    action: str
    step: str | None = None
    reason: str | None = None
    note: str | None = None
    result: str | None = None
    defects: Sequence[Mapping[str, Any]] = ()
    assignee: str | None = None
    as_position: str | None = None
    late: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sight:
    """A case that the actor may see, as it was at an unlocked read."""

    state: CaseState
    definition: ServiceDefinition
    region: RegionRecord

    @property
    def etag(self) -> str:
        """The case's ETag."""
        return case_etag(self.state.version)

    def view(self) -> dict[str, Any]:
        """The case for the caller."""
        return case_view(self.state, self.definition, self.region)


@dataclass
class _Sealed:
    """Everything of an application that can be prepared before any lock."""

    parties: dict[str, Any] = field(default_factory=dict)
    rows: list[PartyRow] = field(default_factory=list)
    subjects: list[tuple[SubjectRow, str | None]] = field(default_factory=list)
    #: Persons found by NIK: its index, and who had it when we looked.
    known: dict[str, str] = field(default_factory=dict)
    sealers: list[Sealer] = field(default_factory=list)


def sight(ctx: Context, actor: Actor, number: str) -> Sight:
    """The case, if the actor may know of it. Raises NotFound otherwise, in the same words."""
    try:
        number = str(CaseNumber.parse(number))
    except Invalid:
        raise unknown_case() from None
    with ctx.database.read() as connection:
        row = queries.case(connection, actor.region, number)
    if row is None:
        raise unknown_case()
    definition = ctx.definition(actor.region, row.state.service, row.state.service_version)
    require_sight(actor, concerned_agencies(definition))
    return Sight(row.state, definition, ctx.region(actor.region, row.revision)[0])


def open_for(
    ctx: Context,
    actor: Actor,
    application: Application,
    request: idempotency.Request | None = None,
) -> Answer:
    """Take in a file; gives the case and, only here, its access code.

    Raises Invalid for facts or documents that the service does not know.
    """
    definition = ctx.current_definition(actor.region, application.service)
    check_facts(definition, application.facts)
    _check_documents(definition, application.documents)
    parties = _tidy_parties(application.parties)
    if actor.agency != definition.front_office:
        raise Invalid(
            "not_your_counter",
            f"{definition.id} is taken in at the counter of {definition.front_office}.",
            errors=[{"at": "service", "message": "taken in at another agency's counter"}],
        )
    replayed = idempotency.replay(ctx, request)
    if replayed is not None:
        return replayed
    for attempt in range(_TRIES):
        sealed = _seal_parties(ctx, actor.region, parties)
        try:
            answer = _open_once(ctx, actor, application, definition, sealed, request)
        except Conflict:
            if request is not None and (stored := idempotency.replay(ctx, request)):
                return stored
            if attempt == _TRIES - 1:
                return idempotency.after_conflict(ctx, request)
            continue
        ctx.wake()
        return answer
    raise AssertionError("unreachable")  # the last attempt returns or raises


def _check_documents(definition: ServiceDefinition, documents: Sequence[Mapping[str, Any]]) -> None:
    known = {requirement.id for requirement in definition.requirements}
    errors = [
        {
            "at": f"documents.{place}.requirement",
            "message": f"not asked for; known: {sorted(known)}",
        }
        for place, document in enumerate(documents)
        if document["requirement"] not in known
    ]
    if errors:
        raise Invalid(
            "unknown_requirement",
            "A document names a requirement the service has not.",
            errors=errors,
        )


def _tidy_parties(parties: Sequence[Party]) -> list[Party]:
    """The parties with telephone numbers in E.164. Raises Invalid, which repeats no number."""
    errors = [
        {"at": f"{party.role}.{field}", "message": fault}
        for party in parties
        for field, fault in contact.contact_faults(party.document())
    ]
    if errors:
        told = "; ".join(f"{error['at']}: {error['message']}" for error in errors)
        raise Invalid("invalid_body", f"{told}.", errors=errors)
    return [replace(p, phone=contact.e164(p.phone)) if p.phone else p for p in parties]


def _seal_parties(ctx: Context, region: str, parties: Sequence[Party]) -> _Sealed:
    sealed = _Sealed()
    keys: dict[str, tuple[str, bytes]] = {}
    for party in parties:
        subject, key = _subject_of(ctx, region, party, sealed, keys)
        sealer = Sealer(ctx, region, subject, key)
        document = party.document()
        reference = sealer.seal("party", as_text(document))
        sealed.sealers.append(sealer)
        sealed.parties[party.role] = {"subject": subject, "kind": party.kind, **reference}
        reached = contact.reachable(document)
        sealed.rows.append(
            PartyRow("", party.role, subject, reference["text"], reached, party.language)
        )
    return sealed


def _subject_of(
    ctx: Context,
    region: str,
    party: Party,
    sealed: _Sealed,
    keys: dict[str, tuple[str, bytes]],
) -> tuple[str, bytes]:
    """One person, one subject: found by NIK, so that erasing him erases all of him."""
    index = ctx.vault.nik_index(region, party.nik) if party.nik else None
    if index is not None and index in keys:
        return keys[index]
    if index is not None:
        with ctx.database.read() as connection:
            row = subjects.find_by_nik(connection, region, index)
        if row is not None and row.wrapped_key is not None:
            sealed.known[index] = row.subject
            keys[index] = row.subject, ctx.vault.unwrap(row.wrapped_key, region, row.subject)
            return keys[index]
    subject = ctx.new_id()
    key, wrapped = ctx.vault.new_key(region, subject)
    sealed.subjects.append((SubjectRow(subject, wrapped), index))
    if index is not None:
        keys[index] = subject, key
    return subject, key


def _open_once(
    ctx: Context,
    actor: Actor,
    application: Application,
    definition: ServiceDefinition,
    sealed: _Sealed,
    request: idempotency.Request | None,
) -> Answer:
    region, calendar = ctx.region(actor.region)
    applicant = sealed.sealers[0]
    facts = {
        name: applicant.seal("fact", value) if _is_text(definition, name) else value
        for name, value in application.facts.items()
    }
    documents = tuple(_document(applicant, document) for document in application.documents)
    code = access_code(ctx.random(8))
    with ctx.database.write() as uow:
        uow.lock_register(actor.region)
        _check_not_erased(uow, actor.region, sealed)
        event_id, now = uow.draw()
        year = now.astimezone(calendar.zone).year
        serial = case_rows.next_serial(uow, actor.region, definition.id, year)
        number = str(CaseNumber(region.region.letters, definition.letters, year, serial))
        opening = Opening(facts, sealed.parties, documents, ctx.vault.access_digest(number, code))
        setting = Setting(actor.region, now, definition, calendar)
        new = open_case(number, opening, setting)
        state = append_to_case(
            uow,
            new,
            before=None,
            previous=GENESIS,
            event_id=event_id,
            number=number,
            actor=actor,
            setting=setting,
        )
        uow.run(_people_writes(sealed, actor.region, number, now))
        answer = Answer(
            {**case_view(state, definition, region), "access_code": code}, case_etag(state.version)
        )
        idempotency.remember(ctx, uow, request, answer)
    return answer


def _is_text(definition: ServiceDefinition, name: str) -> bool:
    return any(fact.id == name and fact.type == "text" for fact in definition.facts)


def _document(applicant: Sealer, document: Mapping[str, Any]) -> dict[str, Any]:
    """A file's name and hash say something about its owner: sealed, like his name."""
    text = as_text({name: document.get(name) for name in ("name", "sha256")})
    return {"requirement": document["requirement"], **applicant.seal("document", text)}


def _check_not_erased(uow: UnitOfWork, region: str, sealed: _Sealed) -> None:
    """Whoever was found by NIK still has it, and keeps his key until our texts are committed."""
    for index, subject in sorted(sealed.known.items()):
        row = subjects.lock_by_nik(uow, region, index)
        if row is None or row.subject != subject or row.wrapped_key is None:
            raise Conflict("the person was erased, or his NIK corrected, meanwhile")


def _people_writes(sealed: _Sealed, region: str, number: str, now: datetime) -> list[Write]:
    texts = [row for sealer in sealed.sealers for row in sealer.texts(number)]
    rows = [replace(row, number=number) for row in sealed.rows]
    return [
        *[subjects.new_subject(region, row, index, now) for row, index in sealed.subjects],
        *subjects.new_texts(region, texts),
        *subjects.new_parties(region, rows),
    ]


def check_role(seen: Sight, actor: Actor, doing: Doing) -> None:
    """Raises Forbidden or NotFound: what the actor's role and agency may do to this case or step."""
    if doing.action in AUTHORITY_ACTIONS:
        act = Act(doing.action, actor, details=doing.details)
        check_authority_role(seen.definition, act)
    elif doing.step is None:
        check_case_role(seen.definition, doing.action, actor)
    else:
        check_step_role(find_step(seen.definition, doing.step), doing.action, actor)


def check_doing(ctx: Context, actor: Actor, seen: Sight, doing: Doing) -> None:
    """Raises Invalid: what is wrong with the request whatever the case has come to (422 first)."""
    words = _free_text(doing)
    act = Act(
        doing.action,
        actor,
        step=doing.step,
        reason=doing.reason,
        result=doing.result,
        note={"text": words} if words else None,
        defects=tuple(doing.defects),
    )
    check_content(seen.definition, act)
    if doing.assignee is not None:
        _check_assignee(ctx, actor, doing.assignee)


def act(
    ctx: Context,
    actor: Actor,
    seen: Sight,
    doing: Doing,
    if_match: Seen,
    request: idempotency.Request | None = None,
) -> Answer:
    """Do it under the locks, or say why not.

    Raises Stale, NotNow, Invalid, Forbidden; NoAuthority after the refusal is committed.
    """
    prepared = _prepare(ctx, actor, seen, doing)
    try:
        answer = _under_locks(ctx, seen, prepared, if_match, request)
    except Conflict:
        return idempotency.after_conflict(ctx, request)
    ctx.wake()
    if isinstance(answer, NoAuthority):
        raise answer
    return answer


def _under_locks(
    ctx: Context,
    seen: Sight,
    prepared: "_Prepared",
    if_match: Seen,
    request: idempotency.Request | None,
) -> Answer | NoAuthority:
    """One transaction. A refusal for want of authority is given, not raised: it is committed."""
    act, region = prepared.act, seen.state.region
    with ctx.database.write() as uow:
        record = case_rows.lock_case(uow, region, seen.state.number)
        if record is None:
            raise unknown_case()
        try:
            check_seen(record.state, act.step, if_match)
            setting = register_slice.setting_for(
                ctx, uow, record, act, seen.definition, own_case=prepared.own_case
            )
            new = decide(record.state, act, setting)
        except Stale:
            # An equal request may have won the race for the lock: then its answer is ours.
            answer = idempotency.replay(ctx, request, uow)
            if answer is None:
                raise
            return answer
        except NoAuthority as error:
            _record_refusal(uow, record, act, error)
            return error
        answer = _commit(uow, record, new, setting, seen.region, prepared)
        idempotency.remember(ctx, uow, request, answer)
    return answer


@dataclass(frozen=True, slots=True)
class _Prepared:
    """What could be made ready before any lock: sealed texts, a new access code."""

    act: Act
    sealer: Sealer | None
    code: str | None
    own_case: bool = False


def _commit(
    uow: UnitOfWork,
    record: case_rows.CaseRecord,
    new: NewEvent,
    setting: Setting,
    region: RegionRecord,
    prepared: _Prepared,
) -> Answer:
    number, act, sealer = record.state.number, prepared.act, prepared.sealer
    if sealer is not None:
        held = subjects.lock_subject(uow, setting.region, sealer.subject)
        if held is None or held.wrapped_key is None:
            raise _erased()  # between our look at the key and this lock
    state = append_to_case(
        uow,
        new,
        before=record.state,
        previous=record.hash,
        event_id=record.event_id,
        number=number,
        actor=act.actor,
        setting=setting,
        extra=subjects.new_texts(setting.region, sealer.texts(number)) if sealer else (),
    )
    view = case_view(state, setting.definition, region)
    if prepared.code is not None:
        view["access_code"] = prepared.code
    if act.step is None:
        return Answer(view, case_etag(state.version))
    return Answer(view, step_etag(act.step, state.steps[act.step].version))


def _prepare(ctx: Context, actor: Actor, seen: Sight, doing: Doing) -> _Prepared:
    said = _free_text(doing)
    words = said or any(defect.get("text") for defect in doing.defects)
    sealer = _sealer_of(ctx, seen.state) if words else None
    note = sealer.seal("note", said) if sealer and said else None
    defects = tuple(
        {
            "requirement": defect["requirement"],
            **(sealer.seal("defect", defect["text"]) if sealer and defect.get("text") else {}),
        }
        for defect in doing.defects
    )
    code = digest = None
    if doing.action == "reissue_code":
        code = access_code(ctx.random(8))
        digest = ctx.vault.access_digest(seen.state.number, code)
    act = Act(
        action=doing.action,
        actor=actor,
        step=doing.step,
        reason=doing.reason if doing.step is None else None,
        result=doing.result,
        note=note,
        defects=defects,
        assignee=doing.assignee,
        as_position=doing.as_position,
        access_digest=digest,
        late=doing.late,
        details=doing.details,
    )
    own_case = register_slice.is_own_case(ctx, act, seen.state.number, seen.definition)
    return _Prepared(act, sealer if sealer and sealer.rows else None, code, own_case)


def _free_text(doing: Doing) -> str:
    """What must be sealed. The reason for doing something to a step is somebody's own words."""
    words = (doing.note, doing.reason if doing.step else None)
    return "\n".join(word for word in words if word)


def _check_assignee(ctx: Context, actor: Actor, login: str) -> None:
    with ctx.database.read() as connection:
        found = officers.find_officer(connection, login)
    known = found is not None and found.region == actor.region and not found.officer.disabled
    if not known or found is None or found.officer.agency != actor.agency:
        raise Invalid("unknown_officer", "The assignee is not an officer of your agency.")


def _sealer_of(ctx: Context, state: CaseState) -> Sealer:
    subject = state.parties["applicant"]["subject"]
    with ctx.database.read() as connection:
        row = subjects.subject(connection, state.region, subject)
    if row is None or row.wrapped_key is None:
        raise _erased()
    return Sealer(
        ctx, state.region, subject, ctx.vault.unwrap(row.wrapped_key, state.region, subject)
    )


def _erased() -> NotNow:
    return NotNow(
        "subject_erased",
        "The applicant's data were erased, so nothing more can be written about him; act "
        "without note and text.",
    )


def _record_refusal(
    uow: UnitOfWork, record: case_rows.CaseRecord, act: Act, error: NoAuthority
) -> None:
    """A refused attempt is a fact too: committed in a stream of its own, then answered 403."""
    region, stream = record.state.region, f"refusal/{record.state.number}"
    version, previous = case_rows.side_stream_head(uow, region, stream)
    event = make_event(
        NewEvent(
            TYPE_PREFIX + "authority.refused",
            {
                "action": act.action,
                "step": act.step,
                "as_position": act.as_position,
                "code": error.code,
                **error.fields,
            },
        ),
        event_id=record.event_id,
        region=region,
        stream=stream,
        version=version + 1,
        now=record.now,
        actor=act.actor,
    )
    case_rows.append_beside(uow, event, previous)
