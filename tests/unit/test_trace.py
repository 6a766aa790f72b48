"""The traceparent of W3C Trace Context: what is taken, what is ignored, what an event keeps."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetrack.domain import traceparent as trace
from casetrack.domain.events import Event, canonical
from casetrack.usecases import traceparent
from tests.unit.test_events import VALUES

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
GIVEN = f"00-{TRACE}-{SPAN}-01"
MOMENTS = st.datetimes(timezones=st.just(UTC))


@given(st.binary(min_size=24, max_size=24).filter(lambda b: any(b[:16]) and any(b[16:])))
def test_a_trace_that_is_begun_here_is_valid_there(random: bytes) -> None:
    begun = trace.begin(random)
    assert trace.read(begun) == begun
    assert trace.trace_id(begun) == random[:16].hex()


@pytest.mark.parametrize(
    ("given_", "kept"),
    [
        (GIVEN, GIVEN),
        (GIVEN[:-2] + "00", GIVEN[:-2] + "00"),
        (GIVEN[:-2] + "ff", GIVEN),  # flags that level 1 does not know
        ("cc" + GIVEN[2:], GIVEN),  # a version that is not known yet
        ("cc" + GIVEN[2:] + "-what-comes", GIVEN),
        (GIVEN + "-more", None),
        ("cc" + GIVEN[2:] + ".more", None),
        ("ff" + GIVEN[2:], None),
        (GIVEN.upper(), None),
        (GIVEN + "\n", None),
        ("cc" + GIVEN[2:] + "-" + "x" * 300, None),
        (f"00-{'0' * 32}-{SPAN}-01", None),
        (f"00-{TRACE}-{'0' * 16}-01", None),
        (f"00-{TRACE[:-1]}-{SPAN}-01", None),
        ("", None),
        (None, None),
    ],
)
def test_a_traceparent_is_read_as_the_standard_says(given_: str | None, kept: str | None) -> None:
    assert trace.read(given_) == kept


@given(st.text(max_size=80))
def test_anything_else_is_ignored(text: str) -> None:
    assert trace.read(text) is None or trace.read(trace.read(text)) == trace.read(text)


@given(
    st.integers(0, 2**53 - 1),
    MOMENTS,
    st.dictionaries(st.text("abc", min_size=1), VALUES, max_size=3),
    st.none() | st.just(GIVEN),
)
def test_only_a_traced_event_has_the_key_and_the_bytes_of_older_ones_stay(
    number: int, moment: datetime, data: dict[str, Any], traceparent: str | None
) -> None:
    event = Event(
        number, "64.72", "s", 1, "t", moment, moment, {"kind": "x"}, data, traceparent=traceparent
    )
    body = event.body()
    assert Event.from_body(body).body() == body
    assert Event.from_body(body).traceparent == traceparent
    # What 0.1.0 wrote had these keys and no other.
    older = {name: value for name, value in json.loads(body).items() if name != "traceparent"}
    assert sorted(older) == [
        "actor",
        "data",
        "id",
        "occurred_at",
        "recorded_at",
        "region",
        "stream",
        "type",
        "type_version",
        "version",
    ]
    assert (body == canonical(older)) == (traceparent is None)


def test_a_trace_lasts_as_long_as_its_block() -> None:
    assert traceparent.current() is None
    with traceparent.within(GIVEN):
        assert traceparent.current() == GIVEN
        with traceparent.within(None):
            assert traceparent.current() is None
        assert traceparent.current() == GIVEN
    assert traceparent.current() is None
