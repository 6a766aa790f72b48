"""Who reads what of a person, and what a mask leaves."""

from collections.abc import Iterator

import pytest

from casetrack.domain.access import ROLES, Actor
from casetrack.domain.people.readers import initials, masked_nik, shown_to

FULL = {"clerk", "supervisor", "head"}


def callers() -> Iterator[tuple[Actor, str]]:
    for role in ROLES:
        for agency in ("dpmptsp", "dlh", None):
            yield Actor("officer", f"smr.{role}", "64.72", role, agency), role


def test_only_who_compares_cards_at_the_counter_reads_everything() -> None:
    for actor, role in callers():
        front = actor.agency == "dpmptsp"
        if role in ("integrator", "admin"):
            wanted = "nothing"
        else:
            wanted = "full" if front and role in FULL else "masked"
        assert shown_to(actor, "dpmptsp") == wanted, (role, actor.agency)


def test_of_several_roles_the_one_that_reads_most_counts() -> None:
    actor = Actor("officer", "smr.dua", "64.72", "integrator", "dpmptsp", more_roles=("clerk",))
    assert shown_to(actor, "dpmptsp") == "full"
    assert shown_to(actor, "dlh") == "masked"


@pytest.mark.parametrize(
    ("nik", "seen"), [("6472010101900001", "6472********0001"), ("12345678", "********"), ("", "")]
)
def test_a_mask_leaves_both_ends_of_a_nik_and_never_the_whole(nik: str, seen: str) -> None:
    assert masked_nik(nik) == seen


@pytest.mark.parametrize(
    ("name", "seen"),
    [("Budi Santoso", "B. S."), ("dr. siti aminah, S.Kom.", "D. S. A."), ("", "")],
)
def test_initials_let_a_person_be_recognised_and_not_read(name: str, seen: str) -> None:
    assert initials(name) == seen
