"""Is the applicant the person whom we know by this NIK? A supervisor joins and separates.

Who stands in a case is a subject with a key of its own or shared with their other cases. To join or
to separate moves one case's texts, and what was complained of in it, under another subject's key:
afterwards each shows, corrects and erases their own and nothing of the other.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from casetrack.domain.access import (
    OPERATION_ROLES,
    Actor,
    require_agency,
    require_role,
    unknown_case,
)
from casetrack.domain.case.commands import Act
from casetrack.domain.case.own_acts import own_case as refuse_own_case
from casetrack.domain.errors import NoAuthority, NotNow
from casetrack.domain.events import TYPE_PREFIX, NewEvent, check_json
from casetrack.domain.people import identity
from casetrack.storage.case import case_rows
from casetrack.storage.case.case_rows import CaseRecord
from casetrack.storage.people import case_parties, person_texts, subjects
from casetrack.storage.people.case_parties import PartyRow
from casetrack.storage.people.person_texts import TextRow
from casetrack.storage.people.subjects import SubjectRow
from casetrack.storage.unit_of_work import Conflict, UnitOfWork
from casetrack.usecases import idempotency
from casetrack.usecases.case.complaint_moves import move_complaints
from casetrack.usecases.case.do import record_refusal
from casetrack.usecases.case.links import for_reader
from casetrack.usecases.case.views import case_etag, case_view
from casetrack.usecases.case.visible_case import Sight
from casetrack.usecases.context import Answer, Context
from casetrack.usecases.people import readings, search_words
from casetrack.usecases.people import subjects as persons
from casetrack.usecases.people.sealing import Sealer, text_context

Decision = Literal["join", "separate"]


@dataclass(frozen=True, slots=True)
class _Standing:
    """The subject of one role of the case, and where else it stands."""

    row: SubjectRow
    parties: Sequence[PartyRow]

    def alone(self, number: str) -> bool:
        return all(party.number == number for party in self.parties)


@dataclass(frozen=True, slots=True)
class _Setting:
    ctx: Context
    uow: UnitOfWork
    region: str
    number: str
    actor: Actor
    now: datetime
    reason: str


def decide_identity(
    ctx: Context,
    actor: Actor,
    case: Sight,
    decision: Decision,
    reason: str,
    request: idempotency.Request | None = None,
) -> Answer:
    """Join the case to the person with its NIK, or take it out of theirs.

    It is about the role whose identity is asked, else about the applicant. Raises Forbidden, NoAuthority
    (who acts is a party of the case) after that is committed, and NotNow: there is nobody to join,
    nothing to separate, or the person was erased.
    """
    answer = _decided(ctx, actor, case, decision, reason, request)
    if isinstance(answer, NoAuthority):
        raise answer
    return answer


def _decided(
    ctx: Context,
    actor: Actor,
    case: Sight,
    decision: Decision,
    reason: str,
    request: idempotency.Request | None,
) -> Answer | NoAuthority:
    require_role(actor, OPERATION_ROLES["decide_identity"])
    require_agency(actor, case.definition.front_office)
    check_json(reason)
    replayed = idempotency.replay(ctx, request)
    if replayed is not None:
        return replayed
    region, number = case.state.region, case.state.number
    try:
        with ctx.database.write() as uow:
            record = case_rows.lock_case(uow, region, number, officer=actor.id)
            if record is None:
                raise unknown_case()
            if record.own:
                return _refused(uow, record, decision, actor)
            here = _Setting(ctx, uow, region, number, actor, record.now, reason)
            standing = _standing(here)
            (_join if decision == "join" else _separate)(here, standing)
            asked = subjects.identity_asked(uow.connection, region, number)
            view = for_reader(ctx, actor, case_view(record.state, case.definition, case.region))
            answer = Answer({**view, "identity_question": asked}, case_etag(record.state.version))
            idempotency.remember(ctx, uow, request, answer)
    except Conflict:
        return idempotency.after_conflict(ctx, request)
    ctx.wake()
    return answer


def _refused(uow: UnitOfWork, record: CaseRecord, decision: Decision, actor: Actor) -> NoAuthority:
    error = refuse_own_case()
    record_refusal(uow, record, Act(f"identity_{decision}", actor), error)
    return error


def _standing(here: _Setting) -> _Standing:
    connection = here.uow.connection
    parties = case_parties.parties_of_case(connection, here.region, here.number)
    rows = {p.role: subjects.subject(connection, here.region, p.subject) for p in parties}
    asked = [row for row in rows.values() if row is not None and row.identity_question]
    row = asked[0] if asked else rows.get("applicant")
    if row is None or row.wrapped_key is None:
        raise _erased()
    standing = case_parties.parties_of_subject(connection, here.region, row.subject)
    return _Standing(row, standing)


def _join(here: _Setting, standing: _Standing) -> None:
    asked = standing.row.nik_asked
    known = subjects.find_by_nik(here.uow.connection, here.region, asked) if asked else None
    if known is None or known.subject == standing.row.subject or known.wrapped_key is None:
        raise NotNow(
            "nobody_to_join", "No other person is known by the NIK of this case, so none is joined."
        )
    source, target = _lock(here, standing.row.subject, known.subject)
    _move(here, source, target)
    if not case_parties.parties_of_subject(here.uow.connection, here.region, source.subject):
        # Nothing is left of them there, so nobody is to be found there either.
        subjects.set_nik_index(here.uow, here.region, source.subject, None)


def _separate(here: _Setting, standing: _Standing) -> None:
    row = standing.row
    if row.identity_question:
        (row,) = _lock(here, row.subject)
        subjects.answer_identity(here.uow, here.region, row.subject)
        sealer = _sealer(here, row)
        _append(here, row, "subject.kept_apart", {"reason": _reason(here, sealer)})
        return
    if standing.alone(here.number):
        raise NotNow(
            "nothing_to_separate", "The person in this case stands in no other case already."
        )
    new_id = here.ctx.new_id()
    _, wrapped = here.ctx.vault.new_key(here.region, new_id)
    asked = row.nik_index or row.nik_asked
    target = SubjectRow(new_id, wrapped, nik_asked=asked)
    subjects.put_subject(here.uow, here.region, target, None, here.now)
    (source,) = _lock(here, row.subject)
    _move(here, source, target)


def _lock(here: _Setting, *names: str) -> list[SubjectRow]:
    """In one order for everybody; who erases or corrects waits, or we see that they did."""
    rows = {
        name: subjects.lock_subject(here.uow, here.region, name, exclusive=True)
        for name in sorted(names)
    }
    found = [rows[name] for name in names]
    if any(row is None or row.wrapped_key is None for row in found):
        raise _erased()
    return [row for row in found if row is not None]


def _move(here: _Setting, source: SubjectRow, target: SubjectRow) -> None:
    """This case's texts go from the key of the one to that of the other, under their names."""
    ctx, uow, region = here.ctx, here.uow, here.region
    old, new = _sealer(here, source), _sealer(here, target)
    moved = []
    for text in person_texts.texts_of_subject(uow.connection, region, source.subject):
        if text.number == here.number:
            words = ctx.vault.open(old.key, text.sealed, text_context(region, text.text))
            reference = _resealed(here, new, text, words)
            # Why somebody was unmasked goes with the look, so no event may say that it stays.
            if text.kind != readings.REASON:
                moved.append(reference)
    names = [reference["text"] for reference in moved]
    case_parties.move_case(uow, region, here.number, source.subject, target.subject)
    move_complaints(ctx, uow, here.actor, here.number, source, target)
    for sealer in (old, new):
        search_words.renew(ctx, uow, region, sealer.subject, sealer.key)
    _append(here, source, "subject.gave_case", {"to": target.subject, "texts": names})
    data = {"from": source.subject, "moved": moved, "reason": _reason(here, new)}
    _append(here, target, "subject.took_case", data)


def _resealed(here: _Setting, sealer: Sealer, text: TextRow, words: str) -> dict[str, Any]:
    vault, region = here.ctx.vault, here.region
    sealed = vault.seal(sealer.key, words, text_context(region, text.text))
    row = replace(text, subject=sealer.subject, sealed=sealed)
    person_texts.put_text(here.uow, region, row)
    return {"text": text.text, "hmac": vault.digest(sealer.key, f"{text.text}:{words}")}


def _sealer(here: _Setting, row: SubjectRow) -> Sealer:
    key = here.ctx.vault.unwrap(row.wrapped_key or b"", here.region, row.subject)
    return Sealer(here.ctx, here.region, row.subject, key)


def _reason(here: _Setting, sealer: Sealer) -> dict[str, Any]:
    """Somebody's own words: sealed under the key of the person whom they keep."""
    reference = sealer.seal("note", here.reason)
    person_texts.put_texts(here.uow, here.region, sealer.texts(here.number))
    return reference


def _append(here: _Setting, row: SubjectRow, kind: str, data: dict[str, Any]) -> None:
    new = NewEvent(TYPE_PREFIX + kind, {"number": here.number, **data})
    persons.append(here.uow, here.region, row, new, here.actor)


def known_by_name(ctx: Context, region: str, row: SubjectRow, key: bytes, name: str) -> bool:
    """Whether the person whom we know by a NIK goes by this name in any of their cases."""
    with ctx.database.read() as connection:
        texts = person_texts.party_texts(connection, region, row.subject)
    for text in texts:
        data = json.loads(ctx.vault.open(key, text.sealed, text_context(region, text.text)))
        if identity.same_name(data["name"], name):
            return True
    return False


def _erased() -> NotNow:
    return NotNow(
        "subject_erased", "The person's data were erased, so there is nobody to join or separate."
    )
