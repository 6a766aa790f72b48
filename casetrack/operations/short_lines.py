"""Log lines for a person at a terminal: one short line for each thing that happened."""

import logging
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from casetrack.domain.events import TYPE_PREFIX

About = Mapping[str, Any]


class ShortLines(logging.Formatter):
    """The local time, what is wrong if something is, and what happened."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record: one line, whatever is in it."""
        clock = time.strftime("%H:%M:%S", time.localtime(record.created))
        wrong = f"{record.levelname.lower()}: " if record.levelno >= logging.WARNING else ""
        line = f"{clock}  {wrong}{_said(record)}"
        if record.exc_info and record.exc_info[1]:
            line += f": {_fault(record.exc_info[1])}"
        # What came from outside must not steer the terminal.
        return "".join(each if each.isprintable() else " " for each in line)


def _said(record: logging.LogRecord) -> str:
    message, about = record.getMessage(), getattr(record, "about", None)
    if about is None:
        return message
    return _SENTENCES.get(message, _any)(message, about)


def _any(message: str, about: About) -> str:
    return " ".join([message, *(f"{name}={value}" for name, value in about.items())])


def _event(_message: str, about: About) -> str:
    """`case.declared_complete` is "declared complete", `step.completed` is "review_dlh completed"."""
    noun, _, verb = about["event"].removeprefix(TYPE_PREFIX).partition(".")
    who = {"case": None, "step": about.get("step") or noun}.get(noun, noun)
    return f"{about['case']}  {' '.join(filter(None, (who, verb.replace('_', ' '))))}"


def _attempt(_message: str, about: About) -> str:
    """Where a message went, or why it did not."""
    channel, status = about["operation"].removeprefix("deliver "), about["status"]
    if status == "delivered":
        # What was told in another role's message has no file, and says so.
        return f"{about['case']}  {about.get('file') or about.get('error') or f'{channel} sent'}"
    why = f": {about['error']}" if about.get("error") else ""
    return f"{about['case']}  {channel} {status.replace('_', ' ')}{why}"


def _request(_message: str, about: About) -> str:
    return f"{about['operation']} answered {about['status']} in {about['ms']:g} ms"


def _life(message: str, about: About) -> str:
    return f"casetrack {about['version']} {message}"


_SENTENCES: Mapping[str, Callable[[str, About], str]] = {
    "event": _event,
    "attempt": _attempt,
    "request": _request,
    "started": _life,
    "stopped": _life,
}


def _fault(error: BaseException) -> str:
    """The kind of an error, the first line of what it says, and where it was raised."""
    said = next(iter(str(error).splitlines()), "")
    return f"{type(error).__name__}: {said}{_place(error.__traceback__)}"


def _place(trace: TracebackType | None) -> str:
    return "".join(
        f" ({Path(frame.filename).name}:{frame.lineno})"
        for frame in traceback.extract_tb(trace)[-1:]
    )
