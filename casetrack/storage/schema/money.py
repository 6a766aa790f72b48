"""Bills, folded from the events of their cases, and the payments that banks and the treasury tell of."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, text

from casetrack.storage.schema.metadata import Instant, metadata

bills = Table(
    "bills",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("number", String(32), primary_key=True),
    Column("bill", String(16), primary_key=True),
    Column("step", String(64), nullable=False),
    Column("agency", String(64), nullable=False),
    Column("service", String(64), nullable=False),
    Column("account", String(64), nullable=False),
    Column("code", String(64), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    # When the clock is to look at it; null of what is paid, ended, or noted as overdue already.
    Column("watch_at", Instant),
    # Account and reference of the payment that confirmed it, and nothing else.
    Column("paid_by", String(192)),
    # Who told of that payment: an officer, a file, a call.
    Column("source", String(8)),
    Index("ux_bills_code", "region", "code", unique=True),
    Index("ux_bills_paid_by", "region", "paid_by", unique=True),
    Index("ix_bills_due", "region", "agency", "state", "due_at", "number", "bill"),
    Index(
        "ix_bills_watch",
        "region",
        "watch_at",
        postgresql_where=text("watch_at IS NOT NULL"),
        sqlite_where=text("watch_at IS NOT NULL"),
    ),
)

payment_files = Table(
    "payment_files",
    metadata,
    Column("region", String(16), primary_key=True),
    # SHA-256 of the file: the same one is the same.
    Column("file", String(64), primary_key=True),
    Column("account", String(64), nullable=False),
    Column("agency", String(64), nullable=False),
    Column("loaded_by", String(64), nullable=False),
    Column("loaded_at", Instant, nullable=False),
    Column("lines", Integer, nullable=False),
    # Of its rows in whatever order: a list that was only sorted anew has the same.
    Column("rows_digest", String(64)),
    Index("ix_payment_files_rows", "region", "account", "rows_digest"),
)

payments = Table(
    "payments",
    metadata,
    Column("region", String(16), primary_key=True),
    # The file and the line in it, or the account and reference of a call.
    Column("payment", String(224), primary_key=True),
    Column("file", String(64)),
    Column("account", String(64), nullable=False),
    Column("agency", String(64), nullable=False),
    Column("code", String(64)),
    Column("amount", BigInteger),
    Column("reference", String(128)),
    Column("paid_on", String(10)),
    Column("told_by", String(64)),
    Column("state", String(16), nullable=False),
    Column("why", String(32)),
    Column("number", String(32)),
    Column("bill", String(16)),
    Column("at", Instant, nullable=False),
    Index("ix_payments_file", "region", "file", "payment"),
    Index("ix_payments_state", "region", "agency", "state", "payment"),
    Index("ix_payments_reference", "region", "account", "reference"),
    Index(
        "ix_payments_waiting",
        "region",
        "payment",
        postgresql_where=text("state = 'waiting'"),
        sqlite_where=text("state = 'waiting'"),
    ),
)

#: What a person works on: by why, by account, and by what they look for.
_LISTED = text("state = 'unmatched'")
for _name, *_columns in (
    ("why", "agency", "why", "payment"),
    ("account", "account", "agency", "payment"),
    ("code", "code"),
    ("reference", "reference"),
):
    Index(
        f"ix_payments_unmatched_{_name}",
        payments.c.region,
        *(payments.c[_column] for _column in _columns),
        postgresql_where=_LISTED,
        sqlite_where=_LISTED,
    )

#: Which generations of the secret with which the treasury's system signs are valid; the secret itself is
#: made of the master key.
treasury_keys = Table(
    "treasury_keys",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("generation", Integer, primary_key=True, autoincrement=False),
    Column("made_at", Instant, nullable=False),
    Column("ends_at", Instant),
)
