"""Papers into the register, under its exclusive lock: a decision never sees half of a change."""

from collections.abc import Callable, Sequence
from typing import Any

from casetrack.domain.access import Actor
from casetrack.domain.authority import filing
from casetrack.domain.authority.entering import check_two
from casetrack.domain.authority.entries import ENTRY_KINDS
from casetrack.domain.authority.entry_json import read_entry
from casetrack.domain.authority.filing import Filed
from casetrack.domain.authority.stopping import check_stops
from casetrack.domain.errors import NotFound, NotNow, Stale
from casetrack.domain.service.definition import ID_PATTERN
from casetrack.storage.authority import register
from casetrack.storage.authority.register import Revision
from casetrack.storage.authority.register_keys import stream_of
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases import idempotency
from casetrack.usecases.authority import registrars
from casetrack.usecases.authority.entry_rows import Filing, check_releases, head_of
from casetrack.usecases.authority.seats import check_door
from casetrack.usecases.context import Answer, Context
from casetrack.usecases.people.joined_duties import check_paper


def entry_etag(version: int) -> str:
    """Strong ETag of an entry: the version of its stream."""
    return f'"{version}"'


def entry_view(revision: Revision) -> dict[str, Any]:
    """One revision of an entry, for who may read the register."""
    return {
        "kind": revision.kind,
        "id": revision.id,
        "revision": revision.revision,
        "state": revision.state,
        "entry": revision.document,
        "document": {"sha256": revision.sha256},
        "entered_by": revision.entered_by,
        "confirmed_by": revision.confirmed_by,
        "drafted_at": revision.drafted_at.isoformat(),
        "confirmed_at": revision.confirmed_at.isoformat() if revision.confirmed_at else None,
        "superseded_at": revision.superseded_at.isoformat() if revision.superseded_at else None,
        "stream": stream_of(revision.kind, revision.id),
        "version": revision.version,
        "hash": revision.hash,
        "etag": entry_etag(revision.version),
    }


def read(ctx: Context, region: str, kind: str, entry_id: str) -> list[Revision]:
    """Every revision of an entry. Raises NotFound."""
    found = []
    # What cannot be an id is not asked of the database: an address may hold anything.
    if kind in ENTRY_KINDS and ID_PATTERN.fullmatch(entry_id):
        with ctx.database.read() as connection:
            found = register.revisions(connection, region, kind, entry_id)
    if not found:
        raise NotFound("unknown_entry", "There is no such entry in this region's register.")
    return found


def draft(
    ctx: Context, actor: Actor, filed: Filed, request: idempotency.Request | None = None
) -> Answer:
    """Enter a paper; it works once another officer has confirmed it.

    Raises Forbidden (no registrar of its body, or one whom it concerns), and NotNow while an earlier
    draft of the entry waits.
    """
    check_door(ctx, actor, "draft_entry")
    replayed = idempotency.replay(ctx, request)
    if replayed is not None:
        return replayed
    region = actor.region

    def do(uow: UnitOfWork) -> Answer:
        uow.lock_register(region, exclusive=True)
        check_releases(uow, [filed])
        known = register.revisions(uow.connection, region, filed.kind, filed.id)
        if known and known[-1].state == "drafted":
            raise NotNow("draft_waits", "A draft of this entry waits: confirm or discard it.")
        (event_id,), now = uow.draw_many(1)
        entering = registrars.paper(ctx, uow, region, filed, now)
        right = entering.check_hand(actor.id)
        entering.check_words()
        check_paper(ctx, uow, region, entering)
        work = Filing(uow, region, now)
        revision = known[-1].revision + 1 if known else 1
        new = filing.drafted(filed, revision, right=right.cite if right else None)
        head = work.append(new, actor, event_id, head_of(known))
        work.add(filed, revision, "drafted", actor.id, head)
        work.write(posts=False)
        return _answer(uow, region, filed.kind, filed.id)

    return idempotency.written(ctx, request, do)


def settle(
    ctx: Context,
    actor: Actor,
    kind: str,
    entry_id: str,
    action: str,
    seen: Callable[[], int | None],
    request: idempotency.Request | None = None,
    stops: Sequence[str] = (),
) -> Answer:
    """Confirm or discard the draft of an entry; `seen` gives the version that an If-Match named.

    The head of the secretariat confirms who was set up as a registrar.

    `stops` names what works today and will not any more. Raises Forbidden (no registrar of its body,
    one whom it concerns, or confirming one's own), NotFound, Stale, NotNow.
    """
    check_door(ctx, actor, "settle_entry")
    replayed = idempotency.replay(ctx, request)
    if replayed is not None:
        return replayed
    region, version = actor.region, seen()

    def do(uow: UnitOfWork) -> Answer:
        uow.lock_register(region, exclusive=True)
        known = register.revisions(uow.connection, region, kind, entry_id)
        if not known:
            raise NotFound("unknown_entry", "There is no such entry in this region's register.")
        _check_seen(known, version)
        filing.check_action(action)
        filing.check_waiting(known[-1].state, known[-1].confirmed_by, action)
        _settle(ctx, uow, actor, known, action, stops)
        return _answer(uow, region, kind, entry_id)

    return idempotency.written(ctx, request, do)


def _settle(
    ctx: Context,
    uow: UnitOfWork,
    actor: Actor,
    known: Sequence[Revision],
    action: str,
    stops: Sequence[str],
) -> None:
    newest, region = known[-1], actor.region
    (event_id,), now = uow.draw_many(1)
    work = Filing(uow, region, now)
    entry = read_entry(newest.kind, newest.document)
    filed = Filed(newest.kind, newest.id, entry, newest.sha256)
    entering = registrars.paper(ctx, uow, region, filed, now)
    # Nobody could have entered the papers of the first registrars.
    by_head = newest.kind == "registrar" and filing.is_set_up(newest.state, newest.confirmed_by)
    found = entering.check_head(actor.id) if by_head else entering.check_hand(actor.id)
    right = found.cite if found else None
    if action == "discard":
        new = filing.discarded(newest.kind, newest.id, newest.revision, right)
        version, digest = work.append(new, actor, event_id, head_of(known))
        work.settled(newest, version, digest, state="discarded")
    else:
        check_two(entering.now.accounts, newest.entered_by, actor.id)
        if newest.state == "drafted":
            entering.check_hand(newest.entered_by)
            entering.check_words()
        check_paper(ctx, uow, region, entering)
        check_stops(registrars.what_stops(ctx, uow, region, entering), stops)
        work.confirm(filed, known, actor, event_id, right)
    work.write(posts=newest.kind == "position")


def _check_seen(known: Sequence[Revision], seen: int | None) -> None:
    version = head_of(known)[0]
    if seen != version:
        raise Stale(
            "stale",
            "The entry has changed since you read it; read it again and decide anew.",
            version=version,
        )


def _answer(uow: UnitOfWork, region: str, kind: str, entry_id: str) -> Answer:
    newest = register.revisions(uow.connection, region, kind, entry_id)[-1]
    return Answer(entry_view(newest), entry_etag(newest.version))
