"""CASETRACK_DATABASE_URL, read once for every place that connects: with PostgreSQL as libpq reads it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from casetrack.domain.errors import BadInput

#: A server that vanishes without a word is found out within seconds, also in mid-statement.
_USUAL = {
    "connect_timeout": "5",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
    "application_name": "casetrack",
}
#: Which of several servers is taken: only one that can be written to is of use.
_OF_SEVERAL = {"target_session_attrs": "read-write"}
_ATTRIBUTES = ("any", "read-write", "read-only", "primary", "standby", "prefer-standby")
_LOOKS_LIKE = (
    "postgresql://user:password@host:5432/name, with several servers "
    "postgresql://user:password@host1:5432,host2:5432/name?target_session_attrs=read-write, or "
    "sqlite:///file"
)


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """Where the database is, for the pool and for who listens alike."""

    #: As it was set.
    text: str = field(repr=False)
    dialect: str
    #: SQLite's file, none in memory; PostgreSQL's database.
    database: str | None
    #: What libpq is told.
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)
    #: Whether a pooler of transactions stands before it that follows no prepared statements.
    pooled: bool = False

    def connect(self, **options: Any) -> psycopg.Connection:
        """A connection of its own, to the first of the servers that will do."""
        return psycopg.connect(**{**self.options, **options})

    def beside(self, name: str) -> str:
        """The address of another database on the same servers."""
        address, mark, query = self.text.partition("?")
        scheme, _, rest = address.partition("://")
        return f"{scheme}://{rest.partition('/')[0]}/{quote(name, safe='')}{mark}{query}"


def read(text: str, setting: str = "CASETRACK_DATABASE_URL") -> DatabaseUrl:
    """Raises BadInput without quoting the URL, which may hold a password."""
    try:
        if not text.startswith("postgresql"):
            url = make_url(text)
            return DatabaseUrl(text, url.get_backend_name(), url.database)
        # libpq knows no drivers: what SQLAlchemy calls postgresql+psycopg is the same server.
        address, _, query = f"postgresql{text[text.index('://') :]}".partition("?")
        _ = urlsplit(address)
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
        pooled = _pooled(pairs, setting)
        kept = "&".join(each for each in query.split("&") if not each.startswith("pooled="))
        said = conninfo_to_dict(f"{address}?{kept}" if kept else address)
    except (ValueError, ArgumentError, psycopg.Error):
        raise BadInput(f"{setting}: it cannot be read; it looks like {_LOOKS_LIKE}") from None
    _check_servers(said, setting)
    several = _OF_SEVERAL if "," in str(said.get("host", "")) else {}
    name = said.get("dbname")
    database = None if name is None else str(name)
    return DatabaseUrl(text, "postgresql", database, {**_USUAL, **several, **said}, pooled)


def _pooled(pairs: list[tuple[str, str]], setting: str) -> bool:
    """Whether it says so; nothing is said twice, and nothing that libpq does not know."""
    names = [name for name, _ in pairs]
    for name, value in pairs:
        if names.count(name) > 1:
            raise BadInput(
                f"{setting}: ?{name}= stands there more than once; several servers stand before the "
                f"name, as in {_LOOKS_LIKE}"
            )
        if name == "pooled":
            if value not in ("0", "1"):
                raise BadInput(f"{setting}: ?pooled= is neither 0 nor 1.")
        elif name not in _known():
            raise BadInput(
                f"{setting}: PostgreSQL's client knows no option ?{name[:40]}=; take it out"
            )
    return ("pooled", "1") in pairs


def _known() -> set[str]:
    """The options of libpq, as it knows them on this machine."""
    return {each.keyword.decode() for each in psycopg.pq.Conninfo.get_defaults()} | {"ssl"}


def _check_servers(said: Mapping[str, Any], setting: str) -> None:
    hosts, ports = (str(said.get(name, "")).split(",") for name in ("host", "port"))
    if len(ports) not in (1, len(hosts)):
        raise BadInput(
            f"{setting}: {len(hosts)} servers and {len(ports)} ports; write each port behind its server, "
            f"as in {_LOOKS_LIKE}"
        )
    wrong = [port for port in ports if port and not (port.isdecimal() and 0 < int(port) < 65536)]
    if wrong or any(":" in host and "/" not in host and host.count(":") < 2 for host in hosts):
        raise BadInput(
            f"{setting}: a port is no number from 1 to 65535; it looks like {_LOOKS_LIKE}"
        )
    wanted = said.get("target_session_attrs", "any")
    if wanted not in _ATTRIBUTES:
        raise BadInput(f"{setting}: target_session_attrs is none of {', '.join(_ATTRIBUTES)}.")
