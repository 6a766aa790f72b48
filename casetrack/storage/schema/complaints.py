"""Complaints, and their sealed texts. The rows are folds of the events of `complaint/NUMBER`."""

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, String, Table, Text, text

from casetrack.storage.schema.metadata import Instant, metadata

complaints = Table(
    "complaints",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("complaint", String(32), primary_key=True),
    Column("version", Integer, nullable=False),
    # received, reacted, in_work, answered, closed
    Column("state", String(16), nullable=False),
    Column("kind", String(16), nullable=False),
    # Which of the region's limits its answer has.
    Column("limit_kind", String(16), nullable=False),
    # page, api, paper, counter
    Column("way", String(16), nullable=False),
    # Who works on it.
    Column("agency", String(64), nullable=False),
    Column("case_number", String(32)),
    Column("about_agency", String(64)),
    # Whom it complains of: neither they nor their subordinates read it.
    Column("about_officer", String(64)),
    # Under whose key its texts are sealed; null: under its own.
    Column("subject", String(32)),
    # Its own key, wrapped by the master key.
    Column("wrapped_key", LargeBinary),
    # Whether who complains said who they are.
    Column("named", Boolean, nullable=False),
    Column("access_digest", String(64), nullable=False),
    Column("received_at", Instant, nullable=False),
    # Who entered it; null: nobody of the office.
    Column("received_by", String(64)),
    Column("reaction_due_at", Instant, nullable=False),
    Column("answer_due_at", Instant, nullable=False),
    Column("reacted_at", Instant),
    Column("answered_at", Instant),
    Column("closed_at", Instant),
    Column("closed_as", String(16)),
    # JSON: the numbers that LAPOR, the Ombudsman and others gave it.
    Column("outside", Text, nullable=False),
    # JSON: the corrective actions that the Ombudsman asked for, and when they were answered.
    Column("corrective", Text, nullable=False),
    # JSON: which of its limits were told to be near or missed.
    Column("told", Text, nullable=False),
    # When the clock looks at it next.
    Column("watch_at", Instant),
    Index("ix_complaints_agency", "region", "agency", "received_at", "complaint"),
    Index("ix_complaints_received", "region", "received_at", "complaint"),
    Index(
        "ix_complaints_subject",
        "region",
        "subject",
        postgresql_where=text("subject IS NOT NULL"),
        sqlite_where=text("subject IS NOT NULL"),
    ),
    Index(
        "ix_complaints_watch",
        "region",
        "watch_at",
        "complaint",
        postgresql_where=text("watch_at IS NOT NULL"),
        sqlite_where=text("watch_at IS NOT NULL"),
    ),
)

# What was said, each text sealed under the key that its complaint names.
complaint_texts = Table(
    "complaint_texts",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("text", String(32), primary_key=True),
    Column("complaint", String(32), nullable=False),
    # text, contact, reaction, answer, note, corrective
    Column("kind", String(16), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Index("ix_complaint_texts_complaint", "region", "complaint"),
)
