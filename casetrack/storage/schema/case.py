"""Cases, their steps and running clocks: folded from the events."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from casetrack.storage.schema.metadata import Instant, metadata

OPEN_STEP_SQL = "status IN ('ready', 'in_progress', 'paused')"

OPEN_STEPS = ("ready", "in_progress", "paused")

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
    # What the lists of the counter ask for: its agency, what it has to do, and what they are sifted by.
    # All null once the case is over, so that their index holds only what is open.
    Column("counter", String(64), info={"since": "0014", "rewritten": "0053"}),
    Column("task", String(16), info={"since": "0014", "rewritten": "0053"}),
    Column("opened_at", Instant, info={"since": "0014", "rewritten": "0053"}),
    Column("waiting_for", String(16), info={"since": "0014", "rewritten": "0053"}),
    # When the applicant of a case that was sent back is told next that it may lapse.
    Column("lapse_told_at", Instant, info={"since": "0055"}),
    Index(
        "ix_cases_lapse",
        "region",
        "lapse_told_at",
        postgresql_where=text("lapse_told_at IS NOT NULL"),
        sqlite_where=text("lapse_told_at IS NOT NULL"),
    ),
    # When the applicant is reminded next of an inspection.
    Column("inspection_told_at", Instant, info={"since": "0056"}),
    Index(
        "ix_cases_inspection",
        "region",
        "inspection_told_at",
        postgresql_where=text("inspection_told_at IS NOT NULL"),
        sqlite_where=text("inspection_told_at IS NOT NULL"),
    ),
    Index("ix_cases_newest", "region", "opened_id"),
    Index("ix_cases_status", "region", "status", "opened_id"),
    Index("ix_cases_service", "region", "service", "opened_id"),
    Index(
        "ix_cases_counter",
        "region",
        "counter",
        "task",
        "opened_id",
        postgresql_where=text("counter IS NOT NULL"),
        sqlite_where=text("counter IS NOT NULL"),
    ),
)

case_agencies = Table(
    "case_agencies",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("agency", String(64), primary_key=True),
    Column("opened_id", BigInteger, primary_key=True),
    Column("number", String(32), nullable=False),
)

# Which case names which other one; folded from the events of the one that names it.
case_links = Table(
    "case_links",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("number", String(32), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("other", String(32), primary_key=True),
    Index("ix_case_links_other", "region", "other", "number", "kind"),
    info={"since": "0035"},
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
    # What somebody has claimed: mostly few, so it costs few.
    Index(
        "ix_steps_mine",
        "region",
        "assignee",
        "urgent_at",
        "number",
        "step",
        postgresql_where=text(f"assignee IS NOT NULL AND {OPEN_STEP_SQL}"),
        sqlite_where=text(f"assignee IS NOT NULL AND {OPEN_STEP_SQL}"),
    ),
)

deadlines = Table(
    "deadlines",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("number", String(32), primary_key=True),
    # Empty for the case's own time limit.
    Column("step", String(64), primary_key=True),
    # Of the case's own limit who holds the case now.
    Column("agency", String(64), nullable=False, info={"rewritten": "0063"}),
    Column("near_at", Instant, nullable=False, info={"rewritten": "0031"}),
    Column("due_at", Instant, nullable=False),
    Column("near_noted", Boolean, nullable=False),
    Column("missed_noted", Boolean, nullable=False),
    Index(
        "ix_deadlines_to_warn",
        "region",
        "near_at",
        postgresql_where=text("NOT near_noted"),
        sqlite_where=text("near_noted = 0"),
    ),
    Index(
        "ix_deadlines_to_miss",
        "region",
        "due_at",
        postgresql_where=text("NOT missed_noted"),
        sqlite_where=text("missed_noted = 0"),
    ),
    # What is late, the longest first: in a region, and of an agency that takes in no files.
    Index("ix_deadlines_late", "region", "due_at", "number"),
    Index("ix_deadlines_agency", "region", "agency", "due_at", "number"),
)

# Open steps that nobody at their agency may take, of which the applicants were told.
stalled_steps = Table(
    "stalled_steps",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("number", String(32), primary_key=True),
    Column("step", String(64), primary_key=True),
    Column("service", String(64), nullable=False),
    Column("service_version", Integer, nullable=False),
    # What of it was told last: what is missing (vacant, elsewhere, none) and until which day, if known.
    Column("cover", String(16), nullable=False),
    Column("until", String(10)),
    Index("ix_stalled_steps_service", "region", "service", "service_version", "step"),
)

counters = Table(
    "counters",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("service", String(64), primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("serial", Integer, nullable=False),
)

# What comes out of cases; folded from the case's events.
products = Table(
    "products",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("number", String(32), primary_key=True),
    # Its public id.
    Column("product", String(32), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    # Its number as it is printed; of one that the region numbers also the pattern, year and serial.
    Column("printed_number", String(96)),
    # The same as everybody finds it, however they write it; numbers of several regions can be alike.
    Column("number_key", String(96)),
    Column("pattern", String(64)),
    Column("year", Integer),
    Column("serial", Integer),
    # The end of its last day, while it is valid.
    Column("expires_at", Instant),
    # By when it is to be handed over, while it waits for that.
    Column("hand_over_due", Instant),
    UniqueConstraint("region", "product"),
    UniqueConstraint("region", "pattern", "year", "serial"),
    Index("ix_products_printed_number", "region", "printed_number"),
    Index("ix_products_number_key", "number_key"),
    Index(
        "ix_products_expire",
        "region",
        "expires_at",
        postgresql_where=text("expires_at IS NOT NULL"),
        sqlite_where=text("expires_at IS NOT NULL"),
    ),
    Index(
        "ix_products_hand_over",
        "region",
        "hand_over_due",
        postgresql_where=text("hand_over_due IS NOT NULL"),
        sqlite_where=text("hand_over_due IS NOT NULL"),
    ),
)

product_counters = Table(
    "product_counters",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("pattern", String(64), primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("serial", Integer, nullable=False),
)

guesses = Table(
    "guesses",
    metadata,
    Column("bucket", String(96), primary_key=True),
    Column("since", Instant, nullable=False),
    Column("wrong", Integer, nullable=False),
    Index("ix_guesses_since", "since"),
)
