"""When somebody can have been born, by what their NIK says."""

from datetime import date

import pytest

from casetrack.domain.people.possible_days import born

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("nik", "day"),
    [
        ("6472010101900001", date(1990, 1, 1)),
        ("6472014101950002", date(1995, 1, 1)),  # a woman: her day plus 40
        ("6472010103100004", date(1910, 3, 1)),  # 1910 or 2010: the earlier one bars nobody
        ("6472010103050004", date(2005, 3, 1)),  # nobody is 121
        ("6472012902000004", date(2000, 2, 29)),  # no such day in 1900
        ("6472013002900001", None),  # no day there is
        ("6472010013900001", None),
        ("", None),
        (None, None),
    ],
)
def test_it_is_the_earliest_day_that_the_number_allows(nik: str | None, day: date | None) -> None:
    assert born(nik, TODAY) == day
