"""Log lines on stderr: ids, codes, times and the trace; never anything about a person.

They are JSON, a document a line. `casetrack up` on a terminal writes short lines that a person reads.
"""

import json
import logging
import os
import sys
import time
from collections.abc import Mapping
from typing import Any

from casetrack import __version__
from casetrack.config import Settings
from casetrack.domain.delivery.outside_addresses import place
from casetrack.domain.traceparent import trace_id
from casetrack.operations.short_lines import ShortLines
from casetrack.usecases import traceparent as tracing

#: Seconds in which the same warning is said once.
_ONCE_IN = 60.0
_FEW = 500
#: The logger that says of each event of a case that it happened. It is heard at DEBUG only: each of
#: its lines costs the event's body.
CASES = "casetrack.cases"


def about(**fields: Any) -> Mapping[str, Any]:
    """What a line is about, as its own keys: `_LOG.info("…", extra=about(region="64.72"))`."""
    return {"about": {name: value for name, value in fields.items() if value is not None}}


class JsonLines(logging.Formatter):
    """One JSON document a line."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line: dict[str, Any] = {
            "at": f"{moment}.{int(record.msecs):03d}Z",
            "level": record.levelname,
            "process": self._process,
            "pid": os.getpid(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if traceparent := tracing.current():
            line["trace"] = trace_id(traceparent)
        line |= getattr(record, "about", {})
        if record.exc_info and record.exc_info[1] and _is_away(record):
            # Its trace has 3 kB, comes at every try and says nothing of where the fault is.
            line |= {"level": "WARNING", "error": type(record.exc_info[1]).__name__}
        elif record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def _is_away(record: logging.LogRecord) -> bool:
    """Whether a library tells that a server is away, which is news and no error of the program."""
    error = record.exc_info[1] if record.exc_info else None
    kinds = [kind.__name__ for kind in type(error).__mro__]
    return not record.name.startswith("casetrack") and any(
        word in kind for kind in kinds for word in ("OSError", "Connection", "Timeout")
    )


class _Once(logging.Filter):
    """While something is away, each warning about it is said once a minute, not at every try."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING or hasattr(record, "about"):
            return True
        key, now = (record.name, record.getMessage()), time.monotonic()
        if now - self._said.get(key, -_ONCE_IN) < _ONCE_IN:
            return False
        if len(self._said) >= _FEW:
            self._said.clear()
        self._said[key] = now
        return True


def start(settings: Settings, process: str, *, person: bool = False) -> None:
    """From now on, everything that is logged in this process goes to stderr, a JSON document a line.

    With `person` they are short lines for somebody who looks on. CASETRACK_LOG_LEVEL is for our own
    lines. What libraries say below WARNING is no news to an operator, and at DEBUG some of them tell
    what they carry.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(ShortLines() if person else JsonLines(process))
    handler.addFilter(_Once())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    level = logging.getLevelNamesMapping()[settings.log_level]
    root.setLevel(max(level, logging.WARNING))
    logging.getLogger("casetrack").setLevel(level)
    logging.getLogger("dramatiq").setLevel(max(level, logging.INFO))
    if person and level == logging.INFO:
        # Somebody who looks on wants to see cases move, and not each request and each ring.
        logging.getLogger(CASES).setLevel(logging.DEBUG)
        for name in ("casetrack.web", "dramatiq"):
            logging.getLogger(name).setLevel(logging.WARNING)
    # It tells every failure to connect four times over; what it means is said by whoever rang.
    logging.getLogger("pika").setLevel(logging.CRITICAL)


def began(settings: Settings, process: str, **more: Any) -> None:
    """The one line of a process that starts: which release, on what, without any login."""
    at = settings.metrics_at
    logging.getLogger(f"casetrack.{process}").info(
        "started",
        extra=about(
            version=__version__,
            database=place(settings.database_url),
            broker=place(settings.broker_url),
            mail=place(settings.smtp_url) if settings.smtp_url else "files",
            metrics=f"{at[0]}:{at[1]}" if at else None,
            **more,
        ),
    )


def ended(process: str) -> None:
    """The one line of a process that stops."""
    logging.getLogger(f"casetrack.{process}").info("stopped", extra=about(version=__version__))
