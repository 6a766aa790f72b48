"""Standbys that no commit waits for: with the first server they lose what was answered last."""

from sqlalchemy import text

from casetrack.storage.unit_of_work import Database

# Who may read no statistics sees that there is a standby, and not which kind: the settings say that. A
# base backup is no standby.
_ASKED = text(
    "SELECT count(*) AS standbys, "
    "current_setting('synchronous_standby_names') <> '' "
    "AND current_setting('synchronous_commit') NOT IN ('off', 'local') AS waits "
    "FROM pg_stat_replication WHERE coalesce(state, '') <> 'backup'"
)


def losing(database: Database) -> int:
    """How many standbys follow, where no commit waits for one; 0 without any, and where commits wait."""
    if database.dialect != "postgresql":
        return 0
    with database.read() as connection:
        found = connection.execute(_ASKED).one()
    return 0 if found.waits else int(found.standbys)
