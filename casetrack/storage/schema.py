"""Every table. The region leads every key, so that the tables can be partitioned by it.

Rows of `events`, `ledger` and `service_versions` are written once: triggers in the migrations refuse
anything else. Everything in `cases`, `steps`, `deadlines` and `imported_cases` can be made anew from
the events.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    TIMESTAMP,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    literal_column,
    text,
)
from sqlalchemy.types import TypeDecorator, TypeEngine

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """A moment: timestamptz on PostgreSQL; RFC 3339 text in UTC on SQLite, sorting as time does."""

    impl = String(27)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """timestamptz where there is one."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(TIMESTAMP(timezone=True))
        return dialect.type_descriptor(String(27))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """An aware datetime, as the database keeps it."""
        if value is None or dialect.name == "postgresql":
            return value
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """An aware datetime in UTC."""
        if isinstance(value, str):
            return datetime.fromisoformat(value)
        return value.astimezone(UTC) if value is not None else None


regions = Table(
    "regions",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("letters", String(5), nullable=False, unique=True),
    Column("document", Text, nullable=False),
    # Goes up with every load: caches of names and calendars are keyed by it.
    Column("revision", Integer, nullable=False),
    Column("loaded_at", Instant, nullable=False),
)

agencies = Table(
    "agencies",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("agency", String(64), primary_key=True),
    Column("document", Text, nullable=False),
)

positions = Table(
    "positions",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("position", String(64), primary_key=True),
    Column("agency", String(64), nullable=False),
    Column("document", Text, nullable=False),
)

officers = Table(
    "officers",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("login", String(64), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("agency", String(64)),
    Column("positions", Text, nullable=False),
    Column("disabled", Boolean, nullable=False),
    # Keyed index of his own NIK, where he gave it: nobody decides his own case.
    Column("nik_index", String(64)),
    UniqueConstraint("login"),
)

tokens = Table(
    "tokens",
    metadata,
    # SHA-256 of the token, which has 256 random bits: nothing to stretch, nothing to leak.
    Column("digest", String(64), primary_key=True),
    Column("region", String(16), nullable=False),
    Column("login", String(64), nullable=False),
    Column("token_id", String(16), nullable=False, unique=True),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Index("ix_tokens_region_login", "region", "login"),
)

services = Table(
    "services",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("service", String(64), primary_key=True),
    Column("letters", String(5), nullable=False),
    Column("version", Integer, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    UniqueConstraint("region", "letters"),
)

service_versions = Table(
    "service_versions",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("service", String(64), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("document", Text, nullable=False),
    Column("published_at", Instant, nullable=False),
)

#: A region's own texts of messages. Each load that changes them makes an edition, whole and never
#: changed, so that what a delivery says of its template can be looked up.
message_texts = Table(
    "message_texts",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("edition", Integer, primary_key=True),
    # As the package's folder names it: "id/short/case.returned.txt".
    Column("name", String(64), primary_key=True),
    # 0 for a part that other texts include.
    Column("version", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("loaded_at", Instant, nullable=False),
)

OPEN_STEP_SQL = "status IN ('ready', 'in_progress', 'paused')"
OPEN_STEPS = ("ready", "in_progress", "paused")
PENDING = ("pending",)
UNTOLD = ("not_possible", "given_up")
#: Messages to people; what goes to a subscriber's endpoint is no business of the counter.
TO_PEOPLE_SQL = "channel NOT IN ('webhook', 'owner')"


def is_one_of(column: Column[str], states: Sequence[str]) -> ColumnElement[bool]:
    """A condition in the very words of a partial index, so that the index is used.

    The states stand in the statement: whoever plans it must not depend on a value that comes later
    (SQLite never looks at it, PostgreSQL not in a generic plan).
    """
    written = [literal_column(f"'{state}'", column.type) for state in states]
    return column == written[0] if len(written) == 1 else column.in_(written)


def its_event(table: Any) -> ColumnElement[bool]:
    """Joins the rows of a table that name an event by region, stream and version to that event."""
    of = table.c
    return and_(
        events.c.region == of.region,
        events.c.stream == of.stream,
        events.c.version == of.version,
    )


cases = Table(
    "cases",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("number", String(32), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
    # Event id of the opening: newest first, and a key to page by.
    Column("opened_id", BigInteger, nullable=False),
    Column("service", String(64), nullable=False),
    Column("service_version", Integer, nullable=False),
    Column("status", String(16), nullable=False),
    Column("holder", String(64), nullable=False),
    Column("fold_version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Index("ix_cases_newest", "region", "opened_id"),
    Index("ix_cases_status", "region", "status", "opened_id"),
)

case_agencies = Table(
    "case_agencies",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("agency", String(64), primary_key=True),
    Column("opened_id", BigInteger, primary_key=True),
    Column("number", String(32), nullable=False),
)

steps = Table(
    "steps",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("number", String(32), primary_key=True),
    Column("step", String(64), primary_key=True),
    Column("agency", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("assignee", String(64)),
    Column("version", Integer, nullable=False),
    Column("ready_at", Instant),
    # The due date, or a date beyond all others: no limit sorts last, and an index has no nulls.
    Column("urgent_at", Instant, nullable=False),
    Index(
        "ix_steps_worklist",
        "region",
        "agency",
        "urgent_at",
        "number",
        "step",
        postgresql_where=text(OPEN_STEP_SQL),
        sqlite_where=text(OPEN_STEP_SQL),
    ),
)

deadlines = Table(
    "deadlines",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("number", String(32), primary_key=True),
    # Empty for the case's own time limit.
    Column("step", String(64), primary_key=True),
    Column("agency", String(64), nullable=False),
    Column("near_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("near_noted", Boolean, nullable=False),
    Column("missed_noted", Boolean, nullable=False),
    Index(
        "ix_deadlines_near",
        "near_at",
        postgresql_where=text("NOT near_noted"),
        sqlite_where=text("near_noted = 0"),
    ),
    Index(
        "ix_deadlines_due",
        "due_at",
        postgresql_where=text("NOT missed_noted"),
        sqlite_where=text("missed_noted = 0"),
    ),
)

events = Table(
    "events",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("stream", String(128), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("id", BigInteger, nullable=False, unique=True),
    Column("type", String(64), nullable=False),
    Column("recorded_at", Instant, nullable=False),
    # The canonical bytes that the hash is over, as UTF-8 text.
    Column("body", Text, nullable=False),
    Column("hash", String(64), nullable=False),
)

queue = Table(
    "queue",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("id", BigInteger, primary_key=True),
    Column("stream", String(128), nullable=False),
    Column("version", Integer, nullable=False),
)

ledger = Table(
    "ledger",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("id", BigInteger, nullable=False, unique=True),
    Column("stream", String(128), nullable=False),
    Column("version", Integer, nullable=False),
    Column("prev_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("ix_ledger_stream", "region", "stream", "version", unique=True),
)

ledger_heads = Table(
    "ledger_heads",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
)

subjects = Table(
    "subjects",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("subject", String(32), primary_key=True),
    # The subject's own key, wrapped by the master key; null once it is erased.
    Column("wrapped_key", LargeBinary),
    # HMAC of the NIK under a key of the master key: finds the person, dies with the key.
    Column("nik_index", String(64)),
    Column("created_at", Instant, nullable=False),
    Column("erased_at", Instant),
    Column("version", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
    Index("ix_subjects_nik", "region", "nik_index", unique=True),
)

texts = Table(
    "texts",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("text", String(32), primary_key=True),
    Column("subject", String(32), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("number", String(32), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Index("ix_texts_subject", "region", "subject"),
    Index("ix_texts_number", "region", "number"),
)

parties = Table(
    "parties",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("number", String(32), primary_key=True),
    Column("role", String(16), primary_key=True),
    Column("subject", String(32), nullable=False),
    Column("text", String(32), nullable=False),
    # "email,sms": in the party's order; null when there is no way to tell the person but in person.
    Column("channels", String(64)),
    Column("language", String(8), nullable=False),
    Index("ix_parties_subject", "region", "subject"),
)

counters = Table(
    "counters",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("service", String(64), primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("serial", Integer, nullable=False),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("token", String(16), primary_key=True),
    Column("method", String(8), primary_key=True),
    Column("path", String(256), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("request_digest", String(64), nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
    Index("ix_idempotency_created_at", "created_at"),
)

lanes = Table(
    "lanes",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("lane", String(160), primary_key=True),
    # What waits for the same outside: a subscription's endpoint, or all mails of the region.
    Column("queue", String(16), nullable=False),
    # When the first unfinished delivery may be tried; null when there is none.
    Column("due_at", Instant),
    Column("lease_until", Instant),
    # Goes up with every claim: a result that comes with an older one is not taken.
    Column("fence", Integer, nullable=False),
    # The newest delivery that was ever claimed: no later event joins it or one before it.
    Column("claimed", BigInteger),
    # Queue by queue, so that each takes its turn however much waits in another.
    Index(
        "ix_lanes_due",
        "region",
        "queue",
        "due_at",
        postgresql_where=text("due_at IS NOT NULL"),
        sqlite_where=text("due_at IS NOT NULL"),
    ),
    # What is under way at once to one outside.
    Index(
        "ix_lanes_leased",
        "region",
        "queue",
        "lease_until",
        postgresql_where=text("lease_until IS NOT NULL"),
        sqlite_where=text("lease_until IS NOT NULL"),
    ),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("lane", String(160), primary_key=True),
    # The ledger position of the event that it is about.
    Column("position", BigInteger, primary_key=True),
    Column("number", String(128), nullable=False),
    Column("role", String(16), nullable=False),
    Column("channel", String(16), nullable=False),
    # The channels that come next if this one fails for good: "whatsapp,sms".
    Column("next_channels", String(64)),
    # JSON: the channels that failed, each with when, after how many attempts, and why.
    Column("tried", Text),
    # Language, channel, name and version of the template of the last attempt: id/sms/case.opened@1.
    Column("template", String(96)),
    Column("type", String(64), nullable=False),
    Column("stream", String(128), nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("not_before", Instant),
    Column("last_error", String(200)),
    Column("recorded_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Index(
        "ix_deliveries_open",
        "region",
        "lane",
        "position",
        postgresql_where=text("state = 'pending'"),
        sqlite_where=text("state = 'pending'"),
    ),
    Index(
        "ix_deliveries_untold",
        "region",
        "position",
        postgresql_where=text("state IN ('not_possible', 'given_up')"),
        sqlite_where=text("state IN ('not_possible', 'given_up')"),
    ),
    Index(
        "ix_deliveries_in_person",
        "region",
        "position",
        postgresql_where=text(f"state IN ('not_possible', 'given_up') AND {TO_PEOPLE_SQL}"),
        sqlite_where=text(f"state IN ('not_possible', 'given_up') AND {TO_PEOPLE_SQL}"),
    ),
    # What a subscription's owner reads and sends again, state by state.
    Index(
        "ix_deliveries_webhook",
        "region",
        "role",
        "state",
        "position",
        postgresql_where=text("channel = 'webhook'"),
        sqlite_where=text("channel = 'webhook'"),
    ),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("id", String(16), primary_key=True),
    # Of which agency the owner is an integrator; null: of the region itself, which sees everything.
    Column("agency", String(64)),
    Column("created_by", String(64), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("types", Text, nullable=False),
    Column("service", String(64)),
    Column("url", String(2048), nullable=False),
    # Secrets with their ends, and the owner's e-mail address.
    Column("sealed", LargeBinary, nullable=False),
    Column("mail", Boolean, nullable=False),
    Column("state", String(16), nullable=False),
    Column("why", String(16)),
    Column("state_since", Instant, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("failing_since", Instant),
    Column("rests_until", Instant),
    Column("slow", Boolean, nullable=False),
    Column("last_error", String(200)),
    # Goes up with every change that its owner or an operator makes: the ETag.
    Column("version", Integer, nullable=False),
)

resends = Table(
    "resends",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("resend", String(32), primary_key=True),
    Column("subscription", String(16), nullable=False),
    # Null when an operator did it from the command line.
    Column("login", String(64)),
    Column("at", Instant, nullable=False),
    # Somebody's own words.
    Column("sealed", LargeBinary, nullable=False),
    Column("count", Integer, nullable=False),
)

# Events that joined a delivery before it was claimed. Its own event is in its row: so an event is
# in one delivery of a lane, its own or another's, and the key keeps it from being in two others.
joined = Table(
    "joined",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("lane", String(160), primary_key=True),
    # The ledger position of the event.
    Column("event_position", BigInteger, primary_key=True),
    # The delivery.
    Column("position", BigInteger, nullable=False),
    Column("type", String(64), nullable=False),
    Column("stream", String(128), nullable=False),
    Column("version", Integer, nullable=False),
    Index("ix_joined_delivery", "region", "lane", "position", "event_position"),
)

guesses = Table(
    "guesses",
    metadata,
    Column("bucket", String(96), primary_key=True),
    Column("since", Instant, nullable=False),
    Column("wrong", Integer, nullable=False),
    Index("ix_guesses_since", "since"),
)

imported_cases = Table(
    "imported_cases",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("source", String(64), primary_key=True),
    Column("trace", Integer, primary_key=True),
    Column("stream", String(128), nullable=False),
    Column("version", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("fold_version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    UniqueConstraint("region", "stream"),
)

# --- the authority register: folded from the streams register/KIND/ID ----------------------------

register_entries = Table(
    "register_entries",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("entry", String(64), primary_key=True),
    Column("revision", Integer, primary_key=True),
    # drafted, confirmed, superseded (by a later revision), discarded
    Column("state", String(16), nullable=False),
    Column("document", Text, nullable=False),
    # SHA-256 of the paper that was seen.
    Column("sha256", String(64), nullable=False),
    Column("entered_by", String(64), nullable=False),
    Column("confirmed_by", String(64)),
    # The event that last touched this revision: what a passport cites once it is confirmed.
    Column("version", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("drafted_at", Instant, nullable=False),
    # Event ids say exactly what was known before what; times say it to people.
    Column("confirmed_id", BigInteger),
    Column("confirmed_at", Instant),
    Column("superseded_id", BigInteger),
    Column("superseded_at", Instant),
    # Local days between which the entry may matter, for leaving the rest unread.
    Column("until", String(10)),
    Index(
        "ix_register_entries_drafts",
        "region",
        "drafted_at",
        postgresql_where=text("state = 'drafted'"),
        sqlite_where=text("state = 'drafted'"),
    ),
)

register_keys = Table(
    "register_keys",
    metadata,
    Column("region", String(16), primary_key=True),
    # service:…, officer:…, position:…, instrument:…, grant:…, succession: what a check asks for.
    Column("key", String(96), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("entry", String(64), primary_key=True),
)

decisions = Table(
    "decisions",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("number", String(32), primary_key=True),
    # Version of the case's stream.
    Column("version", Integer, primary_key=True),
    Column("id", BigInteger, nullable=False),
    Column("step", String(64)),
    Column("action", String(16), nullable=False),
    Column("service", String(64), nullable=False),
    Column("scheme", String(16), nullable=False),
    Column("officer", String(64), nullable=False),
    Column("position", String(64)),
    # definitive, plt, plh, pj; null without a passport.
    Column("form", String(16)),
    Column("occurred_at", Instant, nullable=False),
    # Why facts recorded later speak against it.
    Column("questioned", String(40)),
    Index("ix_decisions_newest", "region", "id"),
    Index(
        "ix_decisions_acting",
        "region",
        "id",
        postgresql_where=text("form IN ('plt', 'plh', 'pj')"),
        sqlite_where=text("form IN ('plt', 'plh', 'pj')"),
    ),
    Index(
        "ix_decisions_questioned",
        "region",
        "id",
        postgresql_where=text("questioned IS NOT NULL"),
        sqlite_where=text("questioned IS NOT NULL"),
    ),
)

decision_links = Table(
    "decision_links",
    metadata,
    Column("region", String(16), primary_key=True),
    # An entry of the register that a passport cites or names.
    Column("kind", String(16), primary_key=True),
    Column("entry", String(64), primary_key=True),
    Column("id", BigInteger, primary_key=True),
    Column("number", String(32), nullable=False),
    Column("version", Integer, nullable=False),
    Index("ix_decision_links_number", "region", "number"),
)

reviews = Table(
    "reviews",
    metadata,
    Column("region", String(16), primary_key=True),
    # Event id of the entry that was recorded after decisions which it may concern.
    Column("id", BigInteger, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("entry", String(64), nullable=False),
    # Event id of the last decision that was looked at.
    Column("after", BigInteger, nullable=False),
)

fingerprints = Table(
    "fingerprints",
    metadata,
    # "master" or "secret": which key this database was begun with, as a digest of it.
    Column("key", String(16), primary_key=True),
    Column("digest", String(64), nullable=False),
)

#: Written once, by key, by trigger and by test.
APPEND_ONLY = ("events", "ledger", "service_versions")
