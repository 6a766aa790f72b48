"""A new regulation that probably replaces an older one, before any paper says so."""

from datetime import date
from typing import Any

import pytest

from casetrack.domain.authority.entries import EVERY
from casetrack.domain.authority.likely_successors import likely_successors
from casetrack.domain.authority.recorded import Recorded
from tests.support.registers import (
    attribution,
    delegation,
    instrument,
    line,
    register,
    replacement,
)

FIRST, LAST = date(2027, 1, 1), date(2027, 12, 31)
OLD = instrument("lama", line("1", "reklame"), line("2", "trayek"), since="2025-01-02")
GIVEN = delegation("d", "bupati", "kepala", on=("lama#1", "lama#2"), since="2025-01-02")


def new(*services: str, **more: Any) -> Recorded:
    return instrument("baru", line("1", *services), **{"since": "2027-10-01", **more})


def left_out(*papers: Recorded) -> list[tuple[str, str, set[str]]]:
    found = likely_successors(register(*papers), FIRST, LAST)
    return [(each.old, each.new, set(each.left_out)) for each in found]


def test_a_regulation_of_the_same_form_that_leaves_a_service_out_is_a_likely_successor() -> None:
    assert left_out(OLD, GIVEN, new("reklame", "parkir")) == [("lama", "baru", {"trayek"})]


def test_its_first_day_is_the_later_of_signature_and_force() -> None:
    (found,) = likely_successors(
        register(OLD, GIVEN, new("reklame", dated="2027-10-12")), FIRST, LAST
    )
    assert found.day == date(2027, 10, 12)


@pytest.mark.parametrize(
    "papers",
    [
        (OLD, GIVEN, new("reklame", "trayek")),
        (OLD, GIVEN, new("parkir")),
        (OLD, GIVEN, new(EVERY)),
        (OLD, GIVEN, new("reklame", form="city_regulation")),
        (OLD, GIVEN, new("reklame", since="2028-02-01")),
        (OLD, GIVEN, new("reklame"), replacement("r", "lama", "baru", since="2027-10-01")),
        (OLD, GIVEN, new("reklame"), replacement("r", "tua", "baru", since="2027-10-01")),
        (OLD, GIVEN, new("reklame"), replacement("r", "lama", "lain", since="2027-09-01")),
        (OLD, attribution("a", "kepala", on="lama#1"), new("reklame")),
        (
            instrument("lama", line("1", "reklame"), line("2", "trayek"), since="2025-01-02",
                       until="2027-06-30"),
            GIVEN,
            new("reklame"),
        ),
    ],
    ids=("nothing-left-out", "nothing-common", "every-service", "another-form", "out-of-sight",
         "said", "replaces-another", "replaced-by-another", "carries-no-delegation", "ended-before"),
)  # fmt: skip
def test_it_is_not_where_papers_say_otherwise(papers: tuple[Recorded, ...]) -> None:
    assert left_out(*papers) == []
