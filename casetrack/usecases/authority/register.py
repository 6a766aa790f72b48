"""Papers into the register, under its exclusive lock: a decision never sees half of a change."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from casetrack.domain.access import REGISTRAR_ROLES, Actor, require_operation, system
from casetrack.domain.authority import filing
from casetrack.domain.authority.entries import ENTRY_KINDS, Post
from casetrack.domain.authority.entry_json import read_entry
from casetrack.domain.authority.filing import Filed, RegisterFile
from casetrack.domain.authority.registrars import check_two
from casetrack.domain.authority.stopping import check_stops
from casetrack.domain.errors import BadInput, NotFound, NotNow, Stale
from casetrack.domain.events import GENESIS, NewEvent
from casetrack.domain.service.definition import ID_PATTERN
from casetrack.storage.authority import register
from casetrack.storage.authority.register import Revision
from casetrack.storage.authority.register_keys import key_rows, line_rows, stream_of
from casetrack.storage.case import case_rows
from casetrack.storage.unit_of_work import Conflict, UnitOfWork
from casetrack.usecases import idempotency
from casetrack.usecases.authority import registrars
from casetrack.usecases.context import Answer, Context, make_event


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


@dataclass
class _Filing:
    """Rows of one transaction, gathered and written in few statements."""

    uow: UnitOfWork
    region: str
    now: datetime
    events: list[tuple[dict[str, Any], dict[str, Any]]] = field(default_factory=list)
    revisions: list[dict[str, Any]] = field(default_factory=list)
    keys: list[tuple[str, str, str]] = field(default_factory=list)
    reviews: list[dict[str, Any]] = field(default_factory=list)

    def append(
        self, new: NewEvent, actor: Actor, event_id: int, head: tuple[int, str]
    ) -> tuple[int, str]:
        """One event behind the entry's last; gives the stream's new head."""
        event = make_event(
            new,
            event_id=event_id,
            region=self.region,
            stream=stream_of(new.data["kind"], new.data["id"]),
            version=head[0] + 1,
            now=self.now,
            actor=actor,
        )
        row, queued, digest = case_rows.event_rows(event, head[1])
        self.events.append((row, queued))
        return event.version, digest

    def add(
        self, filed: Filed, revision: int, state: str, entered_by: str, head: tuple[int, str]
    ) -> dict[str, Any]:
        """The row of a new revision."""
        row = {
            "region": self.region,
            "kind": filed.kind,
            "entry": filed.id,
            "revision": revision,
            "state": state,
            "document": register.as_text(filed.document),
            "sha256": filed.sha256,
            "entered_by": entered_by,
            "confirmed_by": None,
            "version": head[0],
            "hash": head[1],
            "drafted_at": self.now,
            "confirmed_id": None,
            "confirmed_at": None,
            "until": register.last_day(filed.entry),
        }
        self.revisions.append(row)
        return row

    def works(self, filed: Filed, event_id: int, before: Revision | None) -> None:
        """From now on it counts: under its keys, in place of the revision before, and for review."""
        if before is not None:
            self.uow.execute(
                register.set_write(
                    self.region,
                    filed.kind,
                    filed.id,
                    before.revision,
                    state="superseded",
                    superseded_id=event_id,
                    superseded_at=self.now,
                )
            )
        self.keys += key_rows(filed.kind, filed.id, filed.entry)
        if filing.concerned(filed.kind, filed.id, filed.document):
            self.reviews.append(
                {
                    "region": self.region,
                    "id": event_id,
                    "kind": filed.kind,
                    "entry": filed.id,
                    "after": 0,
                }
            )

    def write(self, *, posts: bool) -> None:
        """Everything; `posts` says that a line of superiors may have changed."""
        case_rows.put_events(self.uow, self.events)
        register.put_revisions(self.uow, self.revisions)
        if posts:
            self.keys += line_rows(register.posts(self.uow.connection, self.region))
        register.put_keys(self.uow, self.region, self.keys)
        register.put_reviews(self.uow, self.reviews)


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
    require_operation(actor, "draft_entry")
    replayed = idempotency.replay(ctx, request)
    if replayed is not None:
        return replayed
    region = actor.region
    try:
        with ctx.database.write() as uow:
            uow.lock_register(region, exclusive=True)
            known = register.revisions(uow.connection, region, filed.kind, filed.id)
            if known and known[-1].state == "drafted":
                raise NotNow("draft_waits", "A draft of this entry waits: confirm or discard it.")
            (event_id,), now = uow.draw_many(1)
            registrars.paper(ctx, uow, region, filed, now).check_hand(actor.id)
            work = _Filing(uow, region, now)
            revision = known[-1].revision + 1 if known else 1
            head = work.append(filing.drafted(filed, revision), actor, event_id, _head(known))
            work.add(filed, revision, "drafted", actor.id, head)
            work.write(posts=False)
            answer = _answer(uow, region, filed.kind, filed.id)
            idempotency.remember(ctx, uow, request, answer)
    except Conflict:
        return idempotency.after_conflict(ctx, request)
    ctx.wake()
    return answer


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

    `stops` names what works today and will not any more. Raises Forbidden (no registrar of its body,
    one whom it concerns, or confirming one's own), NotFound, Stale, NotNow.
    """
    require_operation(actor, "settle_entry")
    replayed = idempotency.replay(ctx, request)
    if replayed is not None:
        return replayed
    region, version = actor.region, seen()
    try:
        with ctx.database.write() as uow:
            uow.lock_register(region, exclusive=True)
            known = register.revisions(uow.connection, region, kind, entry_id)
            if not known:
                raise NotFound("unknown_entry", "There is no such entry in this region's register.")
            _check_seen(known, version)
            filing.check_draft(known[-1].state)
            filing.check_action(action)
            _settle(ctx, uow, actor, known, action, stops)
            answer = _answer(uow, region, kind, entry_id)
            idempotency.remember(ctx, uow, request, answer)
    except Conflict:
        return idempotency.after_conflict(ctx, request)
    ctx.wake()
    return answer


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
    work = _Filing(uow, region, now)
    entry = read_entry(newest.kind, newest.document)
    filed = Filed(newest.kind, newest.id, entry, newest.sha256)
    entering = registrars.paper(ctx, uow, region, filed, now)
    entering.check_hand(actor.id)
    if action == "discard":
        new = filing.discarded(newest.kind, newest.id, newest.revision)
        version, digest = work.append(new, actor, event_id, _head(known))
        values: dict[str, Any] = {"state": "discarded"}
    else:
        check_two(entering.now.accounts, newest.entered_by, actor.id)
        entering.check_hand(newest.entered_by)
        check_stops(registrars.what_stops(ctx, uow, region, entering), stops)
        before = _working(known)
        new = filing.confirmed(
            filed,
            newest.revision,
            entered_by=newest.entered_by,
            confirmed_by=actor.id,
            supersedes=before.revision if before else None,
        )
        version, digest = work.append(new, actor, event_id, _head(known))
        work.works(filed, event_id, before)
        values = {
            "state": "confirmed",
            "confirmed_by": actor.id,
            "confirmed_id": event_id,
            "confirmed_at": now,
        }
    uow.execute(
        register.set_write(
            region,
            newest.kind,
            newest.id,
            newest.revision,
            version=version,
            hash=digest,
            **values,
        )
    )
    work.write(posts=newest.kind == "position")


def _head(known: Sequence[Revision]) -> tuple[int, str]:
    """Version and hash of the last event of the entry's stream."""
    return max(((r.version, r.hash) for r in known), default=(0, GENESIS))


def _check_seen(known: Sequence[Revision], seen: int | None) -> None:
    version = _head(known)[0]
    if seen != version:
        raise Stale(
            "stale",
            "The entry has changed since you read it; read it again and decide anew.",
            version=version,
        )


def _answer(uow: UnitOfWork, region: str, kind: str, entry_id: str) -> Answer:
    newest = register.revisions(uow.connection, region, kind, entry_id)[-1]
    return Answer(entry_view(newest), entry_etag(newest.version))


def file(
    uow: UnitOfWork,
    region: str,
    papers: RegisterFile,
    officers: Mapping[str, str],
) -> int:
    """Enter and confirm a file of papers at once, for `casetrack load`; gives how many were new.

    The register's lock is held exclusively by the caller. What stands there word for word is left;
    what the file says otherwise becomes a new revision. `officers` gives the role of each login.
    Raises BadInput: the two officers, or a draft that waits.
    """
    _check_registrars(papers, officers)
    there = register.all_revisions(uow.connection, region)
    todo = [f for f in papers.entries if _differs(there.get((f.kind, f.id), ()), f)]
    if not todo:
        return 0
    ids, now = uow.draw_many(len(todo))
    work = _Filing(uow, region, now)
    actor = system(region, "load")
    for event_id, filed in zip(ids, todo, strict=True):
        known = there.get((filed.kind, filed.id), ())
        revision, before = len(known) + 1, _working(known)
        new = filing.confirmed(
            filed,
            revision,
            entered_by=papers.entered_by,
            confirmed_by=papers.confirmed_by,
            supersedes=before.revision if before else None,
        )
        head = work.append(new, actor, event_id, _head(known))
        row = work.add(filed, revision, "confirmed", papers.entered_by, head)
        row |= {
            "confirmed_by": papers.confirmed_by,
            "confirmed_id": event_id,
            "confirmed_at": now,
        }
        work.works(filed, event_id, before)
    work.write(posts=any(isinstance(filed.entry, Post) for filed in todo))
    return len(todo)


def _check_registrars(papers: RegisterFile, officers: Mapping[str, str]) -> None:
    for login in (papers.entered_by, papers.confirmed_by):
        if officers.get(login) not in REGISTRAR_ROLES:
            raise BadInput(
                f"register.yaml: {login} is no {' or '.join(REGISTRAR_ROLES)} of this region; "
                "name two officers who may stand for the register"
            )
    if papers.entered_by == papers.confirmed_by:
        raise BadInput("register.yaml: entered_by and confirmed_by are one person; name two")


def _differs(known: Sequence[Revision], filed: Filed) -> bool:
    if known and known[-1].state == "drafted":
        raise BadInput(
            f"register.yaml: a draft of {filed.kind} {filed.id} waits; confirm or discard it first"
        )
    there = _working(known)
    return there is None or (there.sha256, there.document) != (filed.sha256, filed.document)


def _working(known: Sequence[Revision]) -> Revision | None:
    """The revision that counts, if one does."""
    return next((revision for revision in known if revision.state == "confirmed"), None)
