"""What SQLAlchemy compiled is kept from test to test: each test has engines of its own.

Without it every statement is compiled once a test, for a sixth of what a worker computes.
"""

from typing import Any

from sqlalchemy import Connection, Dialect, Engine, event

_KEPT: dict[tuple[str, str], tuple[Dialect, dict[Any, Any]]] = {}


@event.listens_for(Engine, "engine_connect")
def _share(connection: Connection) -> None:
    """Engines to the same kind of server, by the same driver, speak by one dialect."""
    kind = connection.dialect.name, connection.dialect.driver
    dialect, compiled = _KEPT.setdefault(kind, (connection.dialect, {}))
    # What is compiled is kept by its dialect too.
    connection.dialect = dialect
    connection.execution_options(compiled_cache=compiled)


def forget() -> None:
    """From here on everything is compiled once more: for a test of what is compiled."""
    for _, compiled in _KEPT.values():
        compiled.clear()
