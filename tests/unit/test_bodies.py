"""Request bodies: days and moments are texts in them, a number is neither, and halves have a place."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, cast

import pytest
from flask import Request
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from werkzeug.test import EnvironBuilder

from casetrack.domain.errors import Invalid
from casetrack.web.http.call import Call, Route
from casetrack.web.routes import ROUTES

#: A route, the way to one of its body's fields, and "date" or "date-time".
Place = tuple[Route, tuple[str, ...], str]

_EARLIEST, _LATEST = date(1900, 1, 2), date(2200, 12, 30)
DAYS = st.dates(_EARLIEST, _LATEST)
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(
    datetime.combine(_EARLIEST, datetime.min.time()),
    datetime.combine(_LATEST, datetime.min.time()),
    timezones=OFFSETS,
)
NUMBERS = st.integers(-(2**40), 2**40) | st.floats(-1e12, 1e12)


def _nested(schema: dict[str, Any], definitions: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A schema, what it refers to, and its alternatives."""
    yield schema
    if "$ref" in schema:
        yield definitions[schema["$ref"].rpartition("/")[2]]
    for other in schema.get("anyOf", ()):
        yield from _nested(other, definitions)


def _times(
    schema: dict[str, Any], definitions: dict[str, Any], at: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], str]]:
    for name, part in schema.get("properties", {}).items():
        for each in _nested(part, definitions):
            if str(each.get("format")).startswith("date"):
                yield (*at, name), each["format"]
            yield from _times(each, definitions, (*at, name))


def places() -> list[Place]:
    """Every day and every moment that a body may say."""
    found: list[Place] = []
    for route in ROUTES:
        if route.body is not None:
            schema = route.body.model_json_schema()
            times = _times(schema, schema.get("$defs", {}))
            found += [(route, at, kind) for at, kind in times]
    return found


def sent(route: Route, body: bytes) -> BaseModel:
    """The body as the route's handler gets it. Raises Invalid."""
    builder = EnvironBuilder(method="POST", data=body, content_type="application/json")
    no: Any = None
    call = Call(no, route, Request(builder.get_environ()), {}, "", no, no)
    return call.body(cast(type[BaseModel], route.body))


def faults(route: Route, body: Any) -> list[str]:
    """Where the body cannot be taken."""
    try:
        sent(route, json.dumps(body).encode())
    except Invalid as error:
        return [fault["at"] for fault in error.fields["errors"]]
    return []


def _body(at: tuple[str, ...], value: object) -> Any:
    for name in reversed(at):
        value = {name: value}
    return value


def test_the_bodies_that_say_when_are_found() -> None:
    assert {(route.operation, ".".join(at)) for route, at, _ in places()} >= {
        ("admit_late", "occurred_at"),
        ("act_on_product", "found_on"),
        ("act_on_product", "instrument.dated"),
    }


@pytest.mark.parametrize(
    "place", places(), ids=lambda place: f"{place[0].operation}-{'.'.join(place[1])}"
)
@given(day=DAYS, moment=MOMENTS, number=NUMBERS)
def test_a_day_and_a_moment_are_taken_as_text_and_refused_as_a_number(
    place: Place, day: date, moment: datetime, number: float
) -> None:
    route, at, kind = place
    text = day.isoformat() if kind == "date" else moment.isoformat()
    assert ".".join(at) not in faults(route, _body(at, text))
    for wrong in (number, str(number), True, [text], f" {text}", f"{text}!"):
        assert ".".join(at) in faults(route, _body(at, wrong)), wrong


@pytest.mark.parametrize(
    "place", places(), ids=lambda place: f"{place[0].operation}-{'.'.join(place[1])}"
)
@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "1700000000",
        "2026-02-30",
        "2026-W05-1",
        "20260131",
        "0001-01-01",
        "9999-12-31",
        "٢٠٢٦-٠١-٣١",
        "2026-01-31T10:00:00",
        "2026-01-31 10:00:00+08:00",
        "2026-01-31T10:00+08:00",
        "2026-01-31T24:00:00Z",
        "2026-01-31T10:00:60Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
    ],
)
def test_what_is_no_rfc_3339_and_what_no_calendar_reaches_is_refused(
    place: Place, text: str
) -> None:
    route, at, _ = place
    assert ".".join(at) in faults(route, _body(at, text))


def test_a_moment_is_taken_with_small_letters_and_a_fraction() -> None:
    (route,) = (route for route, at, _ in places() if at == ("occurred_at",))
    body = {
        "step": "decide",
        "occurred_at": "2026-01-31t16:00:00.123456z",
        "reason": "network",
        "sha256": "0" * 64,
    }
    taken: Any = sent(route, json.dumps(body).encode())
    assert taken.occurred_at == datetime(2026, 1, 31, 16, 0, 0, 123456, tzinfo=UTC)


@pytest.mark.parametrize(
    ("body", "at"),
    [
        ({"applicant": {"name": "a\udfffb"}}, "applicant.name"),
        ({"facts": {"remark": ["x", "\ud800"]}}, "facts.remark.1"),
        ({"fa\ud800": 1}, "body"),
        ("\ud800", "body"),
    ],
)
def test_half_a_surrogate_pair_is_refused_with_its_place(body: Any, at: str) -> None:
    (route,) = (route for route in ROUTES if route.operation == "open_case")
    assert faults(route, body) == [at]


@pytest.mark.parametrize("depth", [150, 300, 900, 5_000, 100_000])
def test_what_is_nested_too_deeply_is_refused(depth: int) -> None:
    (route,) = (route for route in ROUTES if route.operation == "open_case")
    raw = b'{"facts": {"a": ' + b"[" * depth + b"]" * depth + b"}}"
    with pytest.raises(Invalid):
        sent(route, raw)
