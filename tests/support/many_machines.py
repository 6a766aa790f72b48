"""What a statement must look like, so that a region's rows may lie on a machine of their own.

Read from the text of the statement, as PostgreSQL gets it. Each rule was a statement once that failed,
or silently locked nothing, on several machines.
"""

import re

from casetrack.storage import schema

#: Kept whole on each machine: small, and read everywhere.
EVERYWHERE = {
    "regions", "agencies", "positions", "officers", "tokens", "sessions", "invitations", "services",
    "message_texts", "fingerprints", "guesses", "alembic_version", "loads", "event_ids",
}  # fmt: skip
APART = {table.name for table in schema.metadata.sorted_tables} - EVERYWHERE

_NAMED = re.compile(r"\b(?:FROM|JOIN|UPDATE)\s+(\w+)(?:\s+AS\s+(\w+))?(?=[\s,()]|$)")
_LOCKS = re.compile(r"\bFOR (?:NO KEY )?(?:UPDATE|SHARE)\b")


def faults(statement: str) -> list[str]:
    """Why this statement would not do with regions on machines of their own; mostly nothing."""
    text = " ".join(statement.split())
    tables = _tables(text)
    alone = len(tables) == 1 and re.search(r"(?<!\.)\bregion = ", text)
    found = [
        f"{table} without its region"
        for table, name in sorted(tables)
        if not alone and not re.search(rf"\b{name}\.region = |= {name}\.region\b", text)
    ]
    if _LOCKS.search(text) and re.search(r"\(\s*SELECT\b", _LOCKS.split(text)[0]):
        found.append("a query inside one that locks")
    if "WITH RECURSIVE" in text and not re.search(r"region = (?:\$|%\()", text):
        found.append("recursion over all regions")
    if "pg_advisory" in text and {table for table, _ in tables} != {"ledger_heads"}:
        found.append("a lock that belongs to no region's row")
    return found


def _tables(text: str) -> set[tuple[str, str]]:
    """Tables that are read or changed, and the name by which the statement calls each."""
    made = set(
        re.findall(
            r"(?:\bWITH(?: RECURSIVE)?|,)\s+(\w+)(?:\([^)]*\))? AS (?:MATERIALIZED )?\(", text
        )
    )
    return {
        (table, name or table)
        for table, name in _NAMED.findall(text)
        if table in APART and table not in made
    }
