"""What an embedded casetrack has told, from its own database."""

import sqlite3
from contextlib import closing
from pathlib import Path


def told(data: Path) -> tuple[set[str], int]:
    """The names of the mails that went out, without their seals, and how many events they told."""
    with closing(sqlite3.connect(data / "casetrack.sqlite")) as database:
        sent = "FROM deliveries WHERE state = 'delivered'"
        rows = database.execute(f"SELECT region, position, role {sent}").fetchall()
        joined = database.execute("SELECT count(*) FROM joined").fetchone()[0]
    names = {".".join(map(str, row)) for row in rows}
    files = {path.name for path in (data / "mail").glob("*.eml")}
    # REGION.POSITION.ROLE.SEAL.eml
    return {name for name in files if name.rsplit(".", 2)[0] in names}, len(rows) + joined
