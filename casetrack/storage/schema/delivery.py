"""Lanes, deliveries and subscriptions."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    and_,
    text,
)

from casetrack.storage.schema.ledger import is_one_of
from casetrack.storage.schema.metadata import Instant, metadata

PENDING = ("pending",)

UNTOLD = ("not_possible", "given_up")

#: Messages to people; what goes to a subscriber's endpoint is no business of the counter.
TO_PEOPLE_SQL = "channel NOT IN ('webhook', 'owner')"


def in_person(table: Any) -> ColumnElement[bool]:
    """In the words of the partial indexes: it is to be told in person."""
    to_people = text(TO_PEOPLE_SQL.replace("channel", f"{table.name}.channel"))
    return and_(is_one_of(table.c.state, UNTOLD), to_people)


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
    Index(
        "ix_deliveries_in_person_case",
        "region",
        "number",
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
