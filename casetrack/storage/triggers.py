"""Triggers that refuse to change what was written once; migrations make them, a test lists them."""

from casetrack.storage.schema import APPEND_ONLY

_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""


def create(dialect: str) -> list[str]:
    """The statements that make all triggers."""
    if dialect == "postgresql":
        made = [_FUNCTION]
        for table in APPEND_ONLY:
            made.append(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )
            made.append(
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
        return made
    return [
        f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for table in APPEND_ONLY
        for action in ("UPDATE", "DELETE")
    ]


def drop(dialect: str) -> list[str]:
    """The statements that remove them, before their tables go."""
    if dialect == "postgresql":
        dropped = []
        for table in APPEND_ONLY:
            dropped.append(f"DROP TRIGGER {table}_append_only ON {table}")
            dropped.append(f"DROP TRIGGER {table}_no_truncate ON {table}")
        return [*dropped, "DROP FUNCTION refuse_change()"]
    return [
        f"DROP TRIGGER {table}_no_{action}"
        for table in APPEND_ONLY
        for action in ("update", "delete")
    ]
