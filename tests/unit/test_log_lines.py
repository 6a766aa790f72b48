"""Log lines of a process: what starts and stops, and that a server is away, without any login."""

import io
import json
import logging
from typing import Any

import pytest

from casetrack import __version__
from casetrack.config import load
from casetrack.domain.delivery.outside_addresses import place
from casetrack.operations import log_lines
from casetrack.operations.log_lines import JsonLines


def written(name: str, error: Exception | None, message: str = "it happened") -> dict[str, Any]:
    """The line of something that a logger of this name says."""
    record = logging.LogRecord(
        name,
        logging.CRITICAL,
        __file__,
        1,
        message,
        (),
        (type(error), error, None) if error is not None else None,
    )
    line: dict[str, Any] = json.loads(JsonLines("relay").format(record))
    return line


@pytest.mark.parametrize("error", [ConnectionRefusedError("to here"), TimeoutError(), OSError()])
def test_that_a_server_is_away_is_one_short_line_of_a_library(error: Exception) -> None:
    line = written("dramatiq.worker.ConsumerThread", error)
    assert (line["level"], line["error"]) == ("WARNING", type(error).__name__)


def test_an_error_of_the_program_keeps_its_trace_whoever_tells_it() -> None:
    assert "ValueError: no" in written("dramatiq.worker", ValueError("no"))["error"]
    assert "ConnectionResetError" in written("casetrack.web", ConnectionResetError())["error"]
    assert written("casetrack.web", ConnectionResetError())["level"] == "CRITICAL"


def test_a_process_says_what_it_starts_on_and_never_how_it_logs_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = load(
        {
            "CASETRACK_DATABASE_URL": "postgresql://user:hunter2@db.example/x?password=hunter2",
            "CASETRACK_BROKER_URL": "amqps://user:hunter2@bell.example:5671/%2F?namespace=a",
            "CASETRACK_SMTP_URL": "smtps://user:hunter2@mail.example?from=izin@kota.example",
            "CASETRACK_METRICS_PORT": "9401",
        }
    )
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonLines("relay"))
    logger = logging.getLogger("casetrack.relay")
    monkeypatch.setattr(logger, "handlers", [handler])
    monkeypatch.setattr(logger, "level", logging.INFO)
    log_lines.began(settings, "relay", listens="0.0.0.0:8000")
    log_lines.ended("relay")
    began, ended = map(json.loads, out.getvalue().splitlines())
    assert (began["message"], ended["message"]) == ("started", "stopped")
    assert began["version"] == ended["version"] == __version__
    assert began["database"] == "postgresql://db.example/x"
    assert began["broker"] == "amqps://bell.example:5671/%2F"
    assert began["mail"] == "smtps://mail.example"
    assert began["metrics"] == "127.0.0.1:9401"
    assert began["listens"] == "0.0.0.0:8000"
    assert "hunter2" not in out.getvalue()


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("sqlite:///a/b.sqlite", "sqlite:///a/b.sqlite"),
        ("memory://", "memory://"),
        ("redis://:p%40ss@[::1]:6379/0", "redis://[::1]:6379/0"),
        ("postgresql://u:p%23@one:1,two:2/x", "postgresql://one:1,two:2/x"),
    ],
)
def test_a_place_is_shown_without_login_and_options(url: str, where: str) -> None:
    assert place(url) == where
