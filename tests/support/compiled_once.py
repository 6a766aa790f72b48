"""What SQLAlchemy and Werkzeug compiled is kept from test to test: each has its own engines and app.

Without it every statement is compiled once a test, for a sixth of what a worker computes, and so are
two functions for each of the app's addresses.
"""

from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import Connection, Dialect, Engine, event
from werkzeug.routing import Rule

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


_BUILDERS: dict[tuple[Any, ...], Callable[..., tuple[str, str]]] = {}


class _KnownRule(Rule):
    """A rule; what builds addresses by it is compiled where no app had the same rule before."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        name = (self.rule, self.subdomain, str(self.defaults), append_unknown)
        if name not in _BUILDERS:
            _BUILDERS[name] = super()._compile_builder(append_unknown)
        return _BUILDERS[name]


Flask.url_rule_class = _KnownRule
