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


#: Table → the column of its region's row that goes up with every change of it.
COUNTED = {"register_entries": "register_revision"}


def create_counters(dialect: str) -> list[str]:
    """The statements that make the triggers by which changes of a region's register are counted.

    By trigger and not by those who write: a release before, and a hand in the database, count too.
    """
    made = []
    for table, column in COUNTED.items():
        raised = f"UPDATE regions SET {column} = {column} + 1 WHERE region"  # noqa: S608
        if dialect == "postgresql":
            body = f"BEGIN {raised} IN (SELECT DISTINCT region FROM changed); RETURN NULL; END"  # noqa: S608
            function = f"CREATE FUNCTION count_{table}() RETURNS trigger LANGUAGE plpgsql"
            made.append(f"{function} AS $$ {body} $$")
        for action, row in _SEEN_BY.items():
            name = f"CREATE TRIGGER {table}_counts_{action.lower()} AFTER {action} ON {table} "
            if dialect == "postgresql":
                each = f"FOR EACH STATEMENT EXECUTE FUNCTION count_{table}()"
                made.append(f"{name} REFERENCING {row} TABLE AS changed {each}")
            else:
                made.append(f"{name} BEGIN {raised} = {row}.region; END")
    return made


def drop_counters(dialect: str) -> list[str]:
    """The statements that remove them."""
    dropped = []
    for table in COUNTED:
        on = f" ON {table}" if dialect == "postgresql" else ""
        dropped += [f"DROP TRIGGER {table}_counts_{action.lower()}{on}" for action in _SEEN_BY]
        if dialect == "postgresql":
            dropped.append(f"DROP FUNCTION count_{table}()")
    return dropped


#: Which side of a change names the region.
_SEEN_BY = {"INSERT": "NEW", "UPDATE": "NEW", "DELETE": "OLD"}
