"""What somebody reads who looks on while `casetrack up` runs: one short line a thing."""

import logging
import re
from typing import Any

import pytest

from casetrack.domain.case.numbers import CaseNumber
from casetrack.operations.log_lines import about
from casetrack.operations.short_lines import ShortLines

NUMBER = str(CaseNumber("SMR", "REK", 2026, 1))


def line(message: str, level: int = logging.INFO, raised: Exception | None = None, **a: Any) -> str:
    """The line without its time."""
    record = logging.LogRecord("casetrack.x", level, __file__, 1, message, (), None)
    record.exc_info = (type(raised), raised, raised.__traceback__) if raised else None
    record.__dict__.update(about(**a) if a else {})
    said = ShortLines().format(record)
    assert re.match(r"\d\d:\d\d:\d\d  ", said)
    assert said.isprintable()
    return said[10:]


@pytest.mark.parametrize(
    ("event", "step", "said"),
    [
        ("casetrack.case.declared_complete", "intake", "declared complete"),
        ("casetrack.step.completed", "review_dlh", "review_dlh completed"),
        ("casetrack.deadline.missed", None, "deadline missed"),
        ("casetrack.authority.questioned", None, "authority questioned"),
    ],
)
def test_a_case_that_moves_is_its_number_and_what_happened(
    event: str, step: str | None, said: str
) -> None:
    assert line("event", region="64.72", case=NUMBER, event=event, step=step) == f"{NUMBER}  {said}"


@pytest.mark.parametrize(
    ("channel", "status", "more", "said"),
    [
        ("email", "delivered", {"file": "mail/64.72.7.x.eml"}, "mail/64.72.7.x.eml"),
        ("whatsapp", "delivered", {}, "whatsapp sent"),
        ("sms", "failed", {"error": "no talk"}, "sms failed: no talk"),
        ("email", "not_possible", {"error": "no address"}, "email not possible: no address"),
        ("email", "error", {}, "email error"),
    ],
)
def test_a_message_is_where_it_went_or_why_it_did_not(
    channel: str, status: str, more: dict[str, Any], said: str
) -> None:
    operation = f"deliver {channel}"
    shown = line("attempt", operation=operation, status=status, ms=3.1, case=NUMBER, **more)
    assert shown == f"{NUMBER}  {said}"


def test_what_is_wrong_says_so_in_one_line() -> None:
    assert line("the database is away", logging.WARNING) == "warning: the database is away"
    assert (
        line("request", logging.WARNING, operation="open_case", status=503, ms=12.0)
        == "warning: open_case answered 503 in 12 ms"
    )
    try:
        raise KeyError("no such thing\n[SQL: SELECT 1]")
    except KeyError as error:
        said = line("unexpected error at open_case", logging.ERROR, error)
    assert said.startswith("error: unexpected error at open_case: KeyError: ")
    assert "(test_short_lines.py:" in said


def test_what_came_from_outside_does_not_steer_the_terminal() -> None:
    assert line("gone\x1b[2J\r\nwarning: all is well") == "gone [2J  warning: all is well"


def test_a_line_of_another_kind_says_all_that_it_is_about() -> None:
    assert line("delivery reports", channel="whatsapp", done=3) == (
        "delivery reports channel=whatsapp done=3"
    )
