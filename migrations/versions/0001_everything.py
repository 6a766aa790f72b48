"""Everything that the first release keeps."""

import sqlalchemy as sa
from alembic import op

from casetrack.storage.schema import Instant
from casetrack.storage.triggers import create, drop

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    if dialect == "postgresql":
        op.execute("CREATE SEQUENCE event_ids")
    op.create_table(
        "agencies",
        sa.Column("region", sa.String(length=16), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("region", "agency", name=op.f("pk_agencies")),
    )
    op.create_table(
        "case_agencies",
        sa.Column("region", sa.String(length=16), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=False),
        sa.Column("opened_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("region", "agency", "opened_id", name=op.f("pk_case_agencies")),
    )
    op.create_table(
        "cases",
        sa.Column("region", sa.String(length=16), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("opened_id", sa.BigInteger(), nullable=False),
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=False),
        sa.Column("fold_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("region", "number", name=op.f("pk_cases")),
    )
    op.create_index("ix_cases_newest", "cases", ["region", "opened_id"], unique=False)
    op.create_index("ix_cases_status", "cases", ["region", "status", "opened_id"], unique=False)
    op.create_table(
        "counters",
        sa.Column("region", sa.String(length=16), nullable=False),
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("region", "service", "year", name=op.f("pk_counters")),
    )
    op.create_table(
        "deadlines",
        sa.Column("region", sa.String(length=16), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("step", sa.String(length=64), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=False),
        sa.Column("near_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("near_noted", sa.Boolean(), nullable=False),
        sa.Column("missed_noted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("region", "number", "step", name=op.f("pk_deadlines")),
    )
    op.create_index(
        "ix_deadlines_due",
        "deadlines",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("NOT missed_noted"),
        sqlite_where=sa.text("missed_noted = 0"),
    )
    op.create_index(
        "ix_deadlines_near",
        "deadlines",
        ["near_at"],
        unique=False,
        postgresql_where=sa.text("NOT near_noted"),
        sqlite_where=sa.text("near_noted = 0"),
    )
    op.create_table(
        "deliveries",
        sa.Column("region", sa.String(length=16), nullable=False),
        sa.Column("lane", sa.String(length=160), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.String(length=128), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("stream", sa.String(length=128), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", Instant(), nullable=True),
        sa.Column("last_error", sa.String(length=200), nullable=True),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("region", "lane", "position", name=op.f("pk_deliveries")),
    )
    op.create_index(
        "ix_deliveries_open",
        "deliveries",
        ["region", "lane", "position"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
        sqlite_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "ix_deliveries_untold",
        "deliveries",
        ["region", "position"],
        unique=False,
        postgresql_where=sa.text("state IN ('not_possible', 'given_up')"),
        sqlite_where=sa.text("state IN ('not_possible', 'given_up')"),
    )
    op.create_table(
        "events",
        sa.Column("region", sa.String(length=16), nullable=False),
        sa.Column("stream", sa.String(length=128), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("region", "stream", "version", name=op.f("pk_events")),
        sa.UniqueConstraint("id", name=op.f("uq_events_id")),
    )
    op.create_table(
        "fingerprints",
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_fingerprints")),
    )
    op.create_table(
        "guesses",
        sa.Column("bucket", sa.String(length=96), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", name=op.f("pk_guesses")),
    )
    op.create_index("ix_guesses_since", "guesses", ["since"], unique=False)
    op.create_table(
        "idempotency",
        sa.Column("region", sa.String(length=16), nullable=False),
        sa.Column("token", sa.String(length=16), nullable=False),
        sa.Column("method", sa.String(length=8), nullable=False),
        sa.Column("path", sa.String(length=256), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("request_digest", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint(
            "region", "token", "method", "path", "key", name=op.f("pk_idempotency")
        ),
    )
    op.create_index("ix_idempotency_created_at", "idempotency", ["created_at"], unique=False)
    op.create_table(
        "imported_cases",
        sa.Column("region", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("trace", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=128), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("fold_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("region", "source", "trace", name=op.f("pk_imported_cases")),
        sa.UniqueConstraint("region", "stream", name=op.f("uq_imported_cases_region_stream")),
    )
    op.create_table(
        "lanes",
        sa.Column("region", sa.String(length=16), nullable=False),
        sa.Column("lane", sa.String(length=160), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("region", "lane", name=op.f("pk_lanes")),
    )
    op.create_index(
        "ix_lanes_due",
        "lanes",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("due_at IS NOT NULL"),
        sqlite_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_table(
        "ledger",
        sa.Column("region", sa.String(length=16), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("stream", sa.String(length=128), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("region", "position", name=op.f("pk_ledger")),
        sa.UniqueConstraint("id", name=op.f("uq_ledger_id")),
    )
    op.create_index("ix_ledger_stream", "ledger", ["region", "stream", "version"], unique=True)
    op.create_table(
        "ledger_heads",
        sa.Column("region", sa.String(length=16), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("region", name=op.f("pk_ledger_heads")),
    )
    op.create_table(
        "officers",
        sa.Column("region", sa.String(length=16), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=True),
        sa.Column("positions", sa.Text(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("region", "login", name=op.f("pk_officers")),
        sa.UniqueConstraint("login", name=op.f("uq_officers_login")),
    )
    op.create_table(
        "parties",
        sa.Column("region", sa.String(length=16), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("text", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("region", "number", "role", name=op.f("pk_parties")),
    )
    op.create_index("ix_parties_subject", "parties", ["region", "subject"], unique=False)
    op.create_table(
        "positions",
        sa.Column("region", sa.String(length=16), nullable=False),
        sa.Column("position", sa.String(length=64), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("region", "position", name=op.f("pk_positions")),
    )
    op.create_table(
        "queue",
        sa.Column("region", sa.String(length=16), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("stream", sa.String(length=128), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_queue")),
    )
    op.create_table(
        "regions",
        sa.Column("region", sa.String(length=16), nullable=False),
        sa.Column("letters", sa.String(length=5), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("loaded_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("region", name=op.f("pk_regions")),
        sa.UniqueConstraint("letters", name=op.f("uq_regions_letters")),
    )
    op.create_table(
        "service_versions",
        sa.Column("region", sa.String(length=16), nullable=False),
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("published_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("region", "service", "version", name=op.f("pk_service_versions")),
    )
    op.create_table(
        "services",
        sa.Column("region", sa.String(length=16), nullable=False),
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("letters", sa.String(length=5), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("region", "service", name=op.f("pk_services")),
        sa.UniqueConstraint("region", "letters", name=op.f("uq_services_region_letters")),
    )
    op.create_table(
        "steps",
        sa.Column("region", sa.String(length=16), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("step", sa.String(length=64), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("assignee", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("ready_at", Instant(), nullable=True),
        sa.Column("urgent_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("region", "number", "step", name=op.f("pk_steps")),
    )
    op.create_index(
        "ix_steps_worklist",
        "steps",
        ["region", "agency", "urgent_at", "number", "step"],
        unique=False,
        postgresql_where=sa.text("status IN ('ready', 'in_progress', 'paused')"),
        sqlite_where=sa.text("status IN ('ready', 'in_progress', 'paused')"),
    )
    op.create_table(
        "subjects",
        sa.Column("region", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.Column("nik_index", sa.String(length=64), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("erased_at", Instant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("region", "subject", name=op.f("pk_subjects")),
    )
    op.create_index("ix_subjects_nik", "subjects", ["region", "nik_index"], unique=True)
    op.create_table(
        "texts",
        sa.Column("region", sa.String(length=16), nullable=False),
        sa.Column("text", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("region", "text", name=op.f("pk_texts")),
    )
    op.create_index("ix_texts_number", "texts", ["region", "number"], unique=False)
    op.create_index("ix_texts_subject", "texts", ["region", "subject"], unique=False)
    op.create_table(
        "tokens",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("region", sa.String(length=16), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("token_id", sa.String(length=16), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_tokens")),
        sa.UniqueConstraint("token_id", name=op.f("uq_tokens_token_id")),
    )
    op.create_index("ix_tokens_region_login", "tokens", ["region", "login"], unique=False)
    for statement in create(dialect):
        op.execute(statement)


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    for statement in drop(dialect):
        op.execute(statement)
    op.drop_index("ix_tokens_region_login", table_name="tokens")
    op.drop_table("tokens")
    op.drop_index("ix_texts_subject", table_name="texts")
    op.drop_index("ix_texts_number", table_name="texts")
    op.drop_table("texts")
    op.drop_index("ix_subjects_nik", table_name="subjects")
    op.drop_table("subjects")
    op.drop_index(
        "ix_steps_worklist",
        table_name="steps",
        postgresql_where=sa.text("status IN ('ready', 'in_progress', 'paused')"),
        sqlite_where=sa.text("status IN ('ready', 'in_progress', 'paused')"),
    )
    op.drop_table("steps")
    op.drop_table("services")
    op.drop_table("service_versions")
    op.drop_table("regions")
    op.drop_table("queue")
    op.drop_table("positions")
    op.drop_index("ix_parties_subject", table_name="parties")
    op.drop_table("parties")
    op.drop_table("officers")
    op.drop_table("ledger_heads")
    op.drop_index("ix_ledger_stream", table_name="ledger")
    op.drop_table("ledger")
    op.drop_index(
        "ix_lanes_due",
        table_name="lanes",
        postgresql_where=sa.text("due_at IS NOT NULL"),
        sqlite_where=sa.text("due_at IS NOT NULL"),
    )
    op.drop_table("lanes")
    op.drop_table("imported_cases")
    op.drop_index("ix_idempotency_created_at", table_name="idempotency")
    op.drop_table("idempotency")
    op.drop_index("ix_guesses_since", table_name="guesses")
    op.drop_table("guesses")
    op.drop_table("fingerprints")
    op.drop_table("events")
    op.drop_index(
        "ix_deliveries_untold",
        table_name="deliveries",
        postgresql_where=sa.text("state IN ('not_possible', 'given_up')"),
        sqlite_where=sa.text("state IN ('not_possible', 'given_up')"),
    )
    op.drop_index(
        "ix_deliveries_open",
        table_name="deliveries",
        postgresql_where=sa.text("state = 'pending'"),
        sqlite_where=sa.text("state = 'pending'"),
    )
    op.drop_table("deliveries")
    op.drop_index(
        "ix_deadlines_near",
        table_name="deadlines",
        postgresql_where=sa.text("NOT near_noted"),
        sqlite_where=sa.text("near_noted = 0"),
    )
    op.drop_index(
        "ix_deadlines_due",
        table_name="deadlines",
        postgresql_where=sa.text("NOT missed_noted"),
        sqlite_where=sa.text("missed_noted = 0"),
    )
    op.drop_table("deadlines")
    op.drop_table("counters")
    op.drop_index("ix_cases_status", table_name="cases")
    op.drop_index("ix_cases_newest", table_name="cases")
    op.drop_table("cases")
    op.drop_table("case_agencies")
    op.drop_table("agencies")
    if dialect == "postgresql":
        op.execute("DROP SEQUENCE event_ids")
