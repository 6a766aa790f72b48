"""The trace that this thread works for: entry points set it, events and log lines take it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_CURRENT: ContextVar[str | None] = ContextVar("casetrack_traceparent", default=None)


def current() -> str | None:
    """The `traceparent` to put into an event, a log line, a request to the outside."""
    return _CURRENT.get()


@contextmanager
def within(traceparent: str | None) -> Iterator[None]:
    """Everything that is done in this block belongs to this trace."""
    before = _CURRENT.set(traceparent)
    try:
        yield
    finally:
        _CURRENT.reset(before)
