"""Rows and events of papers, gathered in one transaction and written in few statements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from casetrack.domain.access import Actor
from casetrack.domain.authority import filing
from casetrack.domain.authority.filing import Filed
from casetrack.domain.authority.recorded import Cite
from casetrack.domain.errors import NotNow
from casetrack.domain.events import GENESIS, NewEvent
from casetrack.storage.authority import register
from casetrack.storage.authority.register import Revision
from casetrack.storage.authority.register_keys import key_rows, line_rows, stream_of
from casetrack.storage.case import case_rows
from casetrack.storage.schema_version import has_second_half
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.context import make_event

#: What waits for the second half of which migration.
_WAITING = {
    "0010": "giver_acts 'no' and steps",
    "0019": "papers that make a registrar",
    "0023": "accounts into which bills are paid",
}


@dataclass
class Filing:
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

    def confirm(
        self,
        filed: Filed,
        known: Sequence[Revision],
        actor: Actor,
        event_id: int,
        right: Cite | None,
    ) -> None:
        """What waits works from now on. What an operator put in keeps its row: it did work till now."""
        newest, before = known[-1], working(known)
        waits = newest.state == "drafted"
        new = filing.confirmed(
            filed,
            newest.revision if waits else newest.revision + 1,
            entered_by=newest.entered_by,
            confirmed_by=actor.id,
            supersedes=before.revision if before else None,
            right=right,
        )
        head = self.append(new, actor, event_id, head_of(known))
        now_works: dict[str, Any] = {
            "state": "confirmed",
            "confirmed_by": actor.id,
            "confirmed_id": event_id,
            "confirmed_at": self.now,
        }
        self.works(filed, event_id, before)
        if waits:
            self.settled(newest, *head, **now_works)
        else:
            row = self.add(filed, newest.revision + 1, "confirmed", newest.entered_by, head)
            row |= now_works

    def settled(self, newest: Revision, version: int, digest: str, **values: Any) -> None:
        """The row of what waited, as its event leaves it."""
        place = self.region, newest.kind, newest.id, newest.revision
        self.uow.execute(register.set_write(*place, version=version, hash=digest, **values))

    def write(self, *, posts: bool) -> None:
        """Everything; `posts` says that a line of superiors may have changed."""
        case_rows.put_events(self.uow, self.events)
        register.put_revisions(self.uow, self.revisions)
        if posts:
            self.keys += line_rows(register.posts(self.uow.connection, self.region))
        register.put_keys(self.uow, self.region, self.keys)
        register.put_reviews(self.uow, self.reviews)


def head_of(known: Sequence[Revision]) -> tuple[int, str]:
    """Version and hash of the last event of the entry's stream."""
    return max(((r.version, r.hash) for r in known), default=(0, GENESIS))


def working(known: Sequence[Revision]) -> Revision | None:
    """The revision that counts, if one does."""
    return next((revision for revision in known if revision.state == "confirmed"), None)


def check_releases(uow: UnitOfWork, entries: Iterable[Filed]) -> None:
    """Raises NotNow while a release may run that would not read these, or what they take away
    (docs/decisions/0018-two-halves.md)."""
    wanted = [(number, f.id) for f in entries if (number := filing.needs_release(f.entry))]
    for number, what in _WAITING.items():
        waiting = [entry for needed, entry in wanted if needed == number]
        if waiting and not has_second_half(uow.connection, number):
            raise NotNow(
                "upgrade_not_over",
                f"{', '.join(waiting[:5])}: {what} wait until the upgrade is over "
                "(casetrack db upgrade --second-half).",
            )
