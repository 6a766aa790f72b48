"""Who reads a complaint by seat and rank, what a region's desk must name, and when the clock speaks."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from casetrack.domain.access import Actor
from casetrack.domain.case.complaint_desk import (
    Above,
    BasedLimit,
    ComplaintDesk,
    complaint_desk_problems,
)
from casetrack.domain.case.complaint_fold import begun, folded
from casetrack.domain.case.complaints import standing, told_event, watched
from casetrack.domain.clock import Calendar, TimeLimit
from casetrack.domain.region.complaint_readers import ComplaintSight, ComplaintStaff
from casetrack.domain.region.region_data import Officer, Position
from casetrack.domain.service.definition import Name

NAME = Name("x", "x")
SEATS = (
    Position("wali-kota", "setda", NAME, None),
    Position("kepala-dlh", "dlh", NAME, "wali-kota"),
    Position("kabid-dlh", "dlh", NAME, "kepala-dlh"),
)
STAFF = (
    Officer("wali", "officer", "setda", ("wali-kota",)),
    Officer("kepala", "officer", "dlh", ("kepala-dlh",), person="k"),
    Officer("kepala.dua", "officer", "dlh", person="k"),
    Officer("kabid", "officer", "dlh", ("kabid-dlh",)),
    Officer("staf", "officer", "dlh"),
    Officer("penyelia", "supervisor", "dlh"),
    Officer("lain", "officer", "dishub"),
    Officer("audit", "auditor", None),
)


def sight_of(actor: Actor, staff: tuple[Officer, ...], seats: Any) -> ComplaintSight | None:
    return ComplaintStaff(staff, seats, None).sight(actor, ())


def _not_about(login: str) -> set[str]:
    me = next(each for each in STAFF if each.login == login)
    actor = Actor("officer", login, "64.72", me.role, me.agency, me.positions)
    sight = sight_of(actor, STAFF, SEATS)
    assert sight is not None
    return set(sight.not_about)


def test_nobody_reads_of_themselves_under_any_account_nor_of_who_sits_above() -> None:
    assert _not_about("wali") == {"wali"}
    # Two accounts of one person: the second has no seat, and is below all of its agency all the same.
    assert {"kepala", "kepala.dua", "wali"} <= _not_about("kepala")
    assert {"kepala", "kepala.dua", "wali"} <= _not_about("kepala.dua")
    assert {"kabid", "kepala", "wali"} <= _not_about("kabid")
    assert "staf" not in _not_about("kabid")


def test_who_has_no_seat_is_below_all_seats_of_the_agency_and_below_its_supervisor() -> None:
    assert _not_about("staf") == {"staf", "kabid", "kepala", "wali", "penyelia"}
    assert "penyelia" in _not_about("kabid")
    assert "staf" not in _not_about("penyelia")
    assert _not_about("lain") == {"lain"}


def test_an_auditor_reads_of_all_agencies_and_nothing_of_money() -> None:
    audit = sight_of(Actor("officer", "audit", "64.72", "auditor"), STAFF, SEATS)
    assert audit is not None
    assert audit.lets("dlh", "delay", None)
    assert not audit.lets("dlh", "money", None)
    mine = sight_of(Actor("officer", "staf", "64.72", "officer", "dlh"), STAFF, SEATS)
    assert mine is not None
    assert not mine.lets("dishub", "delay", None)
    machine = Officer("mesin", "integrator", "dlh")
    actor = Actor("officer", "mesin", "64.72", "integrator", "dlh")
    assert sight_of(actor, (*STAFF, machine), SEATS) is None
    assert sight_of(Actor("officer", "gone", "64.72", "officer", "dlh"), STAFF, SEATS) is None


#: The inspectorate of the region and its head, who sits below the mayor.
INSPECTORATE = (
    Officer("inspektur", "supervisor", "inspektorat", ("inspektur",)),
    Officer("pemeriksa", "officer", "inspektorat"),
)
MORE_SEATS = (*SEATS, Position("inspektur", "inspektorat", NAME, "wali-kota"))
DESK = ComplaintDesk("dpmptsp", "inspektorat")


def _first(desk: ComplaintDesk, agency: str, about: str | None, *gone: str) -> str | None:
    staff = [replace(each, disabled=each.login in gone) for each in (*STAFF, *INSPECTORATE)]
    return ComplaintStaff(staff, MORE_SEATS, desk).first_reader(agency, about)


def test_what_nobody_of_an_agency_may_read_is_read_by_the_inspectorate_then_by_who_is_above() -> (
    None
):
    above = replace(DESK, above=Above("setda", "PP 18/2016"))
    assert _first(above, "dlh", "staf") == "dlh"
    # Both accounts of the head of dlh are one person's; all others are below.
    assert _first(above, "dlh", "kepala") == "inspektorat"
    assert _first(above, "inspektorat", "pemeriksa") == "inspektorat"
    assert _first(above, "inspektorat", "inspektur") == "setda"
    assert _first(DESK, "inspektorat", "inspektur") is None
    # Nobody of the inspectorate is there any more.
    assert _first(above, "inspektorat", None, "inspektur", "pemeriksa") == "setda"
    assert _first(DESK, "inspektorat", None, "inspektur", "pemeriksa") is None
    # Of the mayor nobody below reads.
    assert _first(above, "inspektorat", "wali") is None


def test_a_finding_names_of_whom_nobody_could_read_a_complaint_but_the_region_s_head() -> None:
    def named(desk: ComplaintDesk | None, head: str | None) -> list[str]:
        staff = ComplaintStaff((*STAFF, *INSPECTORATE), MORE_SEATS, desk)
        return [finding.text.en for finding in staff.findings(head)]

    (said,) = named(DESK, "wali-kota")
    assert "inspektur" in said
    assert "wali" not in said.replace("wali-kota", "")
    assert named(replace(DESK, above=Above("setda", "PP 18/2016")), "wali-kota") == []
    assert "wali" in named(DESK, None)[0]
    assert named(None, None) == []


@pytest.mark.parametrize(
    ("desk", "said"),
    [
        (ComplaintDesk("dpmptsp", ""), "no inspectorate is named"),
        (ComplaintDesk("dpmptsp", "inspektorat"), "unknown agency 'inspektorat'"),
        (ComplaintDesk("dpmptsp", "dpmptsp"), "its own inspectorate"),
        (
            ComplaintDesk(
                "dpmptsp", "dlh", {"reaction": BasedLimit(TimeLimit(3, "working_days"), " ")}
            ),
            "legal basis is missing",
        ),
        (ComplaintDesk("dpmptsp", "dlh", above=Above("setda", "PP")), "unknown agency 'setda'"),
        (ComplaintDesk("dpmptsp", "dlh", above=Above("dpmptsp", "PP")), "cannot be above"),
        (ComplaintDesk("dpmptsp", "dlh", above=Above("pupr", " ")), "legal basis is missing"),
    ],
)
def test_a_desk_that_cannot_work_is_refused(desk: ComplaintDesk, said: str) -> None:
    (problem,) = complaint_desk_problems(desk, {"dpmptsp", "dlh", "pupr"}, ["REK"])
    assert said in problem.message


def test_letters_of_complaints_are_no_service_s_and_no_desk_is_no_fault() -> None:
    desk = ComplaintDesk("dpmptsp", "dlh")
    assert list(complaint_desk_problems(desk, {"dpmptsp", "dlh"}, ["REK"])) == []
    (problem,) = complaint_desk_problems(desk, {"dpmptsp", "dlh"}, ["ADU"])
    assert "ADU" in problem.message
    assert list(complaint_desk_problems(None, (), ["ADU"])) == []
    assert ComplaintDesk.from_dict(desk.as_dict()) == desk
    above = replace(desk, above=Above("pupr", "PP 18/2016"))
    assert ComplaintDesk.from_dict(above.as_dict()) == above


START = datetime(2026, 11, 23, 1, tzinfo=UTC)


def _complaint() -> Any:
    data = {
        **dict.fromkeys(("case", "about_agency", "about", "subject")),
        "kind": "delay",
        "limit": "desk",
        "way": "page",
        "agency": "dpmptsp",
        "named": False,
        "access": "x",
        "received_at": "2026-11-23T01:00:00.000000Z",
        "reaction_due_at": "2026-11-26T15:59:59.000000Z",
        "answer_due_at": "2026-12-11T15:59:59.000000Z",
    }
    return begun("SMR-ADU-2026-000001-1", data, None)


def test_the_clock_speaks_once_of_each_limit_and_no_more_once_it_is_kept() -> None:
    state, told = _complaint(), []
    while (next_one := watched(state)) is not None:
        what, at = next_one
        told.append(what)
        state = folded(state, *told_event(state, what), at)
    assert told == ["near reaction", "missed reaction", "near answer", "missed answer"]
    state = _complaint()
    assert standing(state) == ""
    state = folded(state, *told_event(state, "near reaction"), START)
    assert standing(state) == "near"
    done = folded(state, "casetrack.complaint.answered", {}, START + timedelta(days=1))
    assert watched(done) is None
    assert standing(done) == ""
    assert (done.reacted_at, done.answered_at) == (START + timedelta(days=1),) * 2
    late = replace(state, told=("near reaction", "missed reaction"))
    assert standing(late) == "missed"


def test_the_last_second_of_the_last_day_is_in_time() -> None:
    state = folded(_complaint(), *told_event(_complaint(), "near reaction"), START)
    found = watched(state)
    assert found == ("missed reaction", state.reaction_due_at + timedelta(seconds=1))
    calendar = Calendar("t", ZoneInfo("Asia/Makassar"), lambda _: frozenset())
    assert calendar.local_date(state.reaction_due_at) == date(2026, 11, 26)
