"""What SQLAlchemy and Werkzeug compiled is kept from test to test: each has its own engines and app.

Without it every statement is compiled once a test, for a sixth of what a worker computes, and each of the
app's addresses is read and has two functions compiled.
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
_READ: dict[tuple[Any, ...], tuple[Any, ...]] = {}


class _KnownRule(Rule):
    """A rule that is read, and what builds addresses by it compiled, where no app had the same before."""

    def compile(self) -> None:
        name = (self.rule, self.subdomain, str(self.defaults), self.merge_slashes)
        if name not in _READ:
            super().compile()
            _READ[name] = self._parts, self._trace, self._converters, self.arguments
            return
        self._parts, self._trace, self._converters, arguments = _READ[name]
        self.arguments = set(arguments)
        self._build = self._compile_builder(False).__get__(self, None)
        self._build_unknown = self._compile_builder(True).__get__(self, None)

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        name = (self.rule, self.subdomain, str(self.defaults), append_unknown)
        if name not in _BUILDERS:
            _BUILDERS[name] = super()._compile_builder(append_unknown)
        return _BUILDERS[name]


Flask.url_rule_class = _KnownRule
