"""Amendments ("perubahan atas …"): lines of an earlier text change, and the rest stays as it was."""

from collections.abc import Iterable
from datetime import timedelta

import pytest

from casetrack.domain.authority.amendment_check import amendment_fault, shape_fault
from casetrack.domain.authority.check import Answer, Denial, check
from casetrack.domain.authority.entries import Amendment, Basis, LineChange
from casetrack.domain.authority.findings import findings
from casetrack.domain.authority.holders import Holders
from casetrack.domain.authority.likely_successors import likely_successors
from casetrack.domain.authority.matter import Matter
from casetrack.domain.authority.passport import Passport
from casetrack.domain.authority.questions import mine, radar
from casetrack.domain.authority.recheck import judge_again
from casetrack.domain.authority.recorded import Recorded
from casetrack.domain.authority.stopping import stops
from tests.support.authority import guarded
from tests.support.registers import (
    REKLAME,
    amendment,
    attribution,
    changed,
    day,
    delegation,
    instrument,
    line,
    register,
    samarinda,
    sub_delegation,
    without,
)
from tests.support.world import billboard

#: Perwali 22/2019 of the ordinary city, with one delegation for the whole annex.
OLD, SKCK = "perwali-22-2019", "skck"
ANNEX = (f"{OLD}#lampiran-1", f"{OLD}#lampiran-2")
CITY = [
    *without(samarinda(), "delegasi-reklame", "mandat-kabid", "ub-kasi"),
    delegation("delegasi", "wali-kota", "kepala-dpmptsp", on=ANNEX, since="2020-01-02"),
]
FIRST, LAST = day("2026-03-01"), day("2026-02-28")
TITLE = "Peraturan Wali Kota tentang Perubahan atas Peraturan Wali Kota Nomor 22 Tahun 2019"


def text(paper_id: str = "perwali-5-2026", since: str = "2026-03-01") -> Recorded:
    return instrument(paper_id, line("pasal-i"), since=since, title=TITLE)


def changes(*said: LineChange, since: str = "2026-03-01") -> list[Recorded]:
    """The text of an amendment and what it does."""
    return [text(since=since), amendment("ubah-1", OLD, "perwali-5-2026", *said, since=since)]


STRUCK = changes(LineChange("lampiran-1", struck=True))
MOVED = changes(
    LineChange("lampiran-1", adds=("trayek",), removes=(REKLAME,)),
    LineChange("lampiran-3", adds=(SKCK,), number="Lampiran 3", text="Surat keterangan"),
)


def ask(service: str, on: str, *papers: Recorded, city: Iterable[Recorded] = CITY) -> Answer:
    matter = Matter("sign", service, day(on), opened=day("2026-01-20"))
    return check(register(*city, *papers), matter, "smr.hadi")


def may(service: str, on: str, *papers: Recorded, city: Iterable[Recorded] = CITY) -> bool:
    return isinstance(ask(service, on, *papers, city=city), Passport)


def code(service: str, on: str, *papers: Recorded, city: Iterable[Recorded] = CITY) -> str:
    answer = ask(service, on, *papers, city=city)
    assert isinstance(answer, Denial), answer
    return answer.code


# --- what it does ----------------------------------------------------------------------------------


def test_a_struck_line_ends_that_day_and_the_lines_left_stand_under_the_earlier_paper() -> None:
    assert may(REKLAME, "2026-02-28", *STRUCK)
    assert code(REKLAME, "2026-03-01", *STRUCK) == "line_amended"
    assert may("sip-dokter", "2026-03-01", *STRUCK)


def test_a_service_taken_out_of_a_line_ends_and_one_added_begins_that_day() -> None:
    assert code(REKLAME, "2026-03-01", *MOVED) == "line_amended"
    assert may("trayek", "2026-03-01", *MOVED)
    assert code("trayek", "2026-02-28", *MOVED) == "service_not_in_line"


def test_a_service_moved_to_another_line_of_the_text_goes_on_and_no_other_text_gives_it_back() -> (
    None
):
    moved = changes(
        LineChange("lampiran-1", removes=(REKLAME,)), LineChange("lampiran-2", adds=(REKLAME,))
    )
    assert may(REKLAME, "2026-03-01", *moved)
    # That the act permits to delegate it is no annex line.
    both = changed(CITY, "delegasi", basis=(Basis(OLD, "lampiran-1"), Basis("uu-23-2014", "65")))
    assert may(REKLAME, "2026-02-28", *STRUCK, both)
    assert code(REKLAME, "2026-03-01", *STRUCK, both) == "line_amended"


def test_a_line_that_names_every_service_is_left_with_all_but_those_taken_out() -> None:
    city = [*without(CITY, OLD), instrument(OLD, line("lampiran-1"), since="2020-01-02")]
    city += [changed(CITY, "delegasi", basis=(Basis(OLD, "lampiran-1"),))]
    papers = changes(LineChange("lampiran-1", removes=(REKLAME,)))
    assert may(SKCK, "2026-03-01", *papers, city=city)
    assert code(REKLAME, "2026-03-01", *papers, city=city) == "line_amended"


def test_a_new_line_carries_a_new_power_from_its_day_and_none_before() -> None:
    given = delegation(
        "baru", "wali-kota", "kepala-dpmptsp", on=f"{OLD}#lampiran-3", since="2026-01-01"
    )
    assert may(SKCK, "2026-03-01", *MOVED, given)
    assert code(SKCK, "2026-02-28", *MOVED, given) == "line_not_in_force"


def test_it_works_from_the_latest_of_its_day_its_signature_and_the_force_of_its_text() -> None:
    change = amendment("u", OLD, "p", LineChange("lampiran-1", struck=True), since="2026-03-01")
    for late in ({"dated": "2026-03-05", "since": "2026-03-01"}, {"since": "2026-03-05"}):
        new = instrument("p", since=late["since"], dated=late.get("dated", "2026-02-01"))
        assert may(REKLAME, "2026-03-04", new, change)
        assert code(REKLAME, "2026-03-05", new, change) == "line_amended"


def test_it_is_not_undone_when_its_text_runs_out_and_counts_for_nothing_without_one() -> None:
    papers = [changed(STRUCK, "perwali-5-2026", until=day("2026-03-31")), STRUCK[1]]
    assert code(REKLAME, "2026-05-01", *papers) == "line_amended"
    assert may(REKLAME, "2026-05-01", STRUCK[1])


def test_a_chain_of_amendments_is_read_in_its_order() -> None:
    back = amendment(
        *("ubah-2", OLD, "perwali-9-2026"),
        LineChange("lampiran-1", adds=(REKLAME,), number="Lampiran 1", text="Reklame lagi"),
        since="2026-06-01",
        ordinal=2,
    )
    third = amendment(
        *("ubah-3", OLD, "perwali-11-2026"),
        LineChange("lampiran-1", text="Reklame tetap"),
        since="2026-06-01",
        ordinal=3,
    )
    texts = [text("perwali-9-2026", "2026-06-01"), text("perwali-11-2026", "2026-06-01")]
    for papers in ([*STRUCK, *texts, back, third], [third, back, *texts, *STRUCK]):
        assert code(REKLAME, "2026-05-31", *papers) == "line_amended"
        passport = ask(REKLAME, "2026-06-01", *papers)
        assert isinstance(passport, Passport)
        (rest,) = passport.chain[-1].rests
        assert rest.printed == "Reklame tetap"
        assert [each.ordinal for each in rest.amended] == [1, 2, 3]


def test_what_a_struck_line_permitted_is_permitted_no_more() -> None:
    sub = sub_delegation(
        "sub", "kepala-dpmptsp", "kabid-perizinan", on="kepdis-1-2020#1", since="2020-01-02"
    )
    again = changes(LineChange("lampiran-1", struck=True))
    again += [
        text("p-2"),
        amendment(
            *("ubah-2", OLD, "p-2"),
            LineChange("lampiran-1", adds=(REKLAME,), number="1", text="Reklame"),
            since="2026-03-01",
            ordinal=2,
        ),
    ]
    known = register(*CITY, sub, *again)
    for on, said in (("2026-02-28", None), ("2026-03-01", "sub_delegation_not_permitted")):
        answer = check(known, Matter("sign", REKLAME, day(on)), "smr.wati")
        assert (answer.code if isinstance(answer, Denial) else None) == said


# --- what a passport says of it --------------------------------------------------------------------


def test_a_passport_shows_the_paper_with_the_amendments_that_stood_and_no_later_one() -> None:
    later = amendment(
        "ubah-2", OLD, "p-2", LineChange("lampiran-2", text="…"), since="2026-09-01", ordinal=2
    )
    papers = [*STRUCK, text("p-2", "2026-09-01"), later]
    passport = ask("sip-dokter", "2026-03-01", *papers)
    assert isinstance(passport, Passport)
    (rest,) = passport.as_data()["chain"][-1]["rests_on"]
    assert rest["instrument"] == OLD
    (amended,) = rest["amended"]
    assert (amended["amendment"], amended["instrument"]) == ("ubah-1", "perwali-5-2026")
    assert (amended["title"], amended["since"], amended["ordinal"]) == (TITLE, "2026-03-01", 1)
    assert amended["stream"] == "register/amendment/ubah-1"
    before = ask("sip-dokter", "2026-02-28", *papers)
    assert isinstance(before, Passport)
    assert "amended" not in before.as_data()["chain"][-1]["rests_on"][0]


def test_a_decision_before_it_holds_when_it_is_judged_again_and_one_after_it_does_not() -> None:
    for on, holds in (("2026-02-28", True), ("2026-03-01", False)):
        passport = ask(REKLAME, on)
        assert isinstance(passport, Passport)
        again = judge_again(
            register(*CITY, *STRUCK),
            passport.as_data(),
            opened=day("2026-01-20"),
            facts={},
            strategic=False,
        )
        assert again.holds is holds


# --- who hears of it before ------------------------------------------------------------------------


def test_the_radar_names_the_amendment_its_last_day_and_what_stops() -> None:
    holders = Holders(register(*CITY, *STRUCK), [guarded(billboard())])
    (alarm,) = radar(holders, day("2026-01-10"))
    assert alarm.last_day == LAST
    assert [(turn.kind, turn.id, turn.what) for turn in alarm.turns] == [
        ("amendment", "ubah-1", "instrument_amended")
    ]
    (loss,) = (each for each in alarm.losses if "sign" in each.actions)
    assert (loss.left, loss.services) == ("elsewhere", (REKLAME,))
    sure = {m.until for m in mine(holders, "smr.hadi", day("2026-01-10")) if "sign" in m.actions}
    assert sure == {LAST}


def test_an_amendment_is_no_likely_successor_whether_it_is_recorded_or_only_named_so() -> None:
    given = CITY[-1]
    old = next(paper for paper in CITY if paper.id == OLD)
    new = instrument("baru", line("1", "sip-dokter"), since="2026-03-01", title="Pendelegasian")
    window = day("2026-01-01"), day("2026-12-31")
    assert list(likely_successors(register(old, given, new), *window))
    named = [amendment("u", OLD, "baru", LineChange("lampiran-1", struck=True), since="2026-03-01")]
    assert not list(likely_successors(register(old, given, new, *named), *window))
    titled = instrument("baru", line("1", "sip-dokter"), since="2026-03-01", title=TITLE)
    assert not list(likely_successors(register(old, given, titled), *window))


def test_a_new_text_that_leaves_out_what_an_amendment_added_is_a_likely_successor() -> None:
    given = CITY[-1]
    old = next(paper for paper in CITY if paper.id == OLD)
    new = instrument(
        "baru", line("1", "sip-dokter", REKLAME), since="2026-06-01", title="Pendelegasian"
    )
    window = day("2026-01-01"), day("2026-12-31")
    assert not list(likely_successors(register(old, given, new), *window))
    added = changes(LineChange("lampiran-2", adds=("trayek",)))
    (found,) = likely_successors(register(old, given, new, *added), *window)
    assert found.left_out == {"trayek"}


def test_one_that_began_in_the_past_stops_what_works_and_one_from_today_on_is_not_asked() -> None:
    now, then = register(*CITY), register(*CITY, *STRUCK)
    paper = STRUCK[1].entry
    catalogue = {REKLAME: False, "sip-dokter": False}
    assert stops(now, then, paper, None, catalogue, FIRST + timedelta(days=1)) == ["delegasi"]
    assert stops(now, then, paper, None, catalogue, FIRST) == []


# --- faults ----------------------------------------------------------------------------------------


def found(*papers: Recorded, on: str = "2026-04-01") -> set[tuple[str, str]]:
    known = register(*CITY, *papers)
    told = findings(known, [guarded(billboard())], None, day(on), day(on))
    return {(each.code, each.entries[0][1]) for each in told}


def test_findings_name_a_power_that_its_line_lost_a_title_that_amends_and_a_gap() -> None:
    named = changed(CITY, "delegasi", services=(REKLAME, "sip-dokter"))
    assert ("line_amended", OLD) in found(*STRUCK, named)
    assert ("line_amended", OLD) not in found(*STRUCK)  # a power over all is narrowed on purpose
    assert ("amendment_unknown", "perwali-5-2026") in found(text())
    assert ("amendment_unknown", "perwali-5-2026") not in found(*STRUCK)
    third = amendment(
        "ubah-3", OLD, "perwali-5-2026", LineChange("lampiran-2", text="…"), since="2026-03-01",
        ordinal=3,
    )  # fmt: skip
    assert ("amendment_gap", "ubah-3") in found(text(), third)
    assert ("amendment_gap", "ubah-1") not in found(*STRUCK)


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ((LineChange("lampiran-1", struck=True),), None),
        ((LineChange("lampiran-1", removes=(SKCK,)),), "changes.0.removes"),
        ((LineChange("lampiran-9", removes=(SKCK,)),), "changes.0.line"),
        ((LineChange("lampiran-9", struck=True),), "changes.0.line"),
        ((LineChange("lampiran-9", adds=(SKCK,)),), "changes.0.line"),
        ((LineChange("lampiran-9", adds=(SKCK,), number="9", text="…"),), None),
    ],
)
def test_a_change_of_a_line_that_does_not_read_so_is_refused_with_its_place(
    said: tuple[LineChange, ...], at: str | None
) -> None:
    papers = changes(*said)
    paper = papers[1].entry
    assert isinstance(paper, Amendment)
    fault = amendment_fault(register(*CITY, *papers), "ubah-1", paper)
    assert (".".join(map(str, fault.at)) if fault else None) == at


def test_an_amendment_of_an_amendment_names_the_text_that_came_first() -> None:
    later = amendment("u2", "perwali-5-2026", "p-2", LineChange("x", struck=True), since=FIRST)
    paper = later.entry
    assert isinstance(paper, Amendment)
    fault = amendment_fault(register(*CITY, *STRUCK, text("p-2"), later), "u2", paper)
    assert fault is not None
    assert OLD in fault.cure


@pytest.mark.parametrize(
    ("paper", "at"),
    [
        (Amendment("a", "a", FIRST, (LineChange("1", struck=True),)), "new"),
        (Amendment("a", "b", FIRST, ()), "changes"),
        (Amendment("a", "b", FIRST, (LineChange("1", struck=True),), 0), "ordinal"),
        (Amendment("a", "b", FIRST, (LineChange("1"),)), "changes.0"),
        (Amendment("a", "b", FIRST, (LineChange("1", text="x", struck=True),)), "changes.0.struck"),
        (Amendment("a", "b", FIRST, (LineChange("1", text="x"),) * 2), "changes.1.line"),
        (Amendment("a", "b", FIRST, (LineChange("1", ("x",), ("x",)),)), "changes.0.removes"),
    ],
)
def test_what_contradicts_itself_is_refused(paper: Amendment, at: str) -> None:
    fault = shape_fault(paper)
    assert fault is not None
    assert ".".join(map(str, fault.at)) == at


def test_a_power_by_the_law_alone_goes_with_the_line_of_the_law() -> None:
    law = instrument("uu", line("1", REKLAME), line("2", SKCK), since="2020-01-01", form="act")
    own = attribution("w", "kepala-dpmptsp", on="uu#1", since="2020-01-01")
    new = instrument("uu-2", since="2026-03-01", form="act", title="Perubahan atas UU")
    change = amendment("u", "uu", "uu-2", LineChange("1", struck=True), since="2026-03-01")
    city = [*without(CITY, "delegasi"), law, own]
    assert may(REKLAME, "2026-02-28", new, change, city=city)
    assert code(REKLAME, "2026-03-01", new, change, city=city) == "line_amended"
