"""PostgreSQL servers of a test's own: a first one and a standby, to be killed and promoted."""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg

from bench import own_servers
from bench.own_servers import Server
from bench.processes import free_port
from tests.conftest import need


@dataclass
class Pair:
    """Two servers; what is written on the first comes to the standby."""

    first: Server
    standby: Server
    programs: Path

    def url(self, *, options: str = "") -> str:
        """Both, the standby named first, so that order proves nothing."""
        hosts = ",".join(_host(server) for server in (self.standby, self.first))
        return f"postgresql://postgres@{hosts}/postgres{options}"

    def ask(self, server: Server, statement: str) -> Any:
        """The first value of one statement on one of them."""
        with psycopg.connect(server.url, autocommit=True) as connection:
            row = connection.execute(statement.encode()).fetchone()
            return row[0] if row else None

    def told(self, server: Server, *statements: str) -> None:
        """Statements without rows, and the settings read anew."""
        with psycopg.connect(server.url, autocommit=True) as connection:
            for statement in (*statements, "SELECT pg_reload_conf()"):
                connection.execute(statement.encode())

    def promote(self) -> None:
        """The standby is the first from now on."""
        self.told(self.standby, "SELECT pg_promote(true, 30)")


def _host(server: Server) -> str:
    return server.url.partition("@")[2].partition("/")[0]


@contextmanager
def pair(settings: Sequence[str] = ()) -> Iterator[Pair]:
    """Both, and the standby follows; ended whatever happens.

    Not in the test's folder, which another session of pytest closes to the server's user.
    """
    found = list(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    need(bool(shutil.which("initdb") or found), "initdb")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="casetrack-pair-")))
        # Killed servers are looked at; none of it has to outlive a power cut.
        first = own_servers.postgresql(folder, ("fsync=off", "full_page_writes=off", *settings))
        stack.enter_context(first)
        programs = Path(first.command[0]).resolve().parent
        data, port = folder / "postgresql" / "standby", free_port()
        subprocess.run(
            [
                str(programs / "pg_basebackup"),
                *("-d", f"{first.url}?application_name=standby", "-D", str(data)),
                *("--write-recovery-conf", "--checkpoint=fast", "--no-sync"),
            ],
            check=True,
            capture_output=True,
            user=first.user,
            cwd=folder / "postgresql",
        )
        url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        command = [first.command[0], "-D", str(data), "-p", str(port), *first.command[5:]]

        def answers() -> bool:
            try:
                psycopg.connect(url, connect_timeout=2).close()
            except psycopg.OperationalError:
                return False
            return True

        standby = replace(
            first, name="standby", command=command, url=url, answers=answers, _process=None
        )
        stack.enter_context(standby)
        yield Pair(first, standby, programs)
