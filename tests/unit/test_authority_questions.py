"""Radar, what would stop, what may I do, coverage: as stories, and against the check itself."""

from collections.abc import Iterable
from datetime import date, timedelta

import pytest

from bench.big_register import Size, big_register
from casetrack.domain.authority.check import Circumstances, who_may
from casetrack.domain.authority.coverage import coverage, powers
from casetrack.domain.authority.day_ranges import minus, overlaps, union
from casetrack.domain.authority.holders import Holders, Need, needs_of
from casetrack.domain.authority.matter import Matter
from casetrack.domain.authority.questions import Loss, ended, mine, radar, what_if
from casetrack.domain.authority.recorded import Recorded
from casetrack.domain.authority.register import Register
from tests.support.authority import guarded
from tests.support.examples import examples
from tests.support.registers import (
    REKLAME,
    changed,
    day,
    delegation,
    incumbency,
    instrument,
    line,
    position,
    register,
    replacement,
    samarinda,
    stay,
    succession,
    withdrawal,
    without,
)
from tests.support.world import billboard

CATALOGUE = [guarded(billboard())]
SIGN = next(need for need in needs_of(CATALOGUE) if need.action == "sign")
MEDAN = [
    *without(samarinda(), "sk-hadi", "mandat-kabid", "ub-kasi"),
    incumbency(
        "plt-yuni", "smr.yuni", "kepala-dpmptsp", "plt", since="2020-10-27", until="2021-01-26"
    ),
]


def holders(papers: Iterable[Recorded]) -> Holders:
    return Holders(register(*papers), CATALOGUE)


def of_agency(losses: Iterable[Loss], agency: str = "dpmptsp") -> list[Loss]:
    return [loss for loss in losses if loss.agency == agency]


def test_the_radar_says_in_december_that_on_26_january_the_acting_heads_letter_runs_out() -> None:
    (alarm,) = radar(holders(MEDAN), day("2020-12-20"))
    assert (alarm.last_day, alarm.days_left) == (day("2021-01-26"), 37)
    assert [(turn.id, turn.what) for turn in alarm.turns] == [("plt-yuni", "letter_ends")]
    (loss,) = of_agency(alarm.losses)
    assert (loss.left, loss.actions) == ("elsewhere", ("decide", "sign"))
    assert loss.services == (REKLAME,)
    assert [holder.officer for holder in loss.lost] == ["smr.yuni"]
    assert [holder.officer for holder in loss.remaining] == ["smr.andi"]
    assert loss.vacant == ("kepala-dpmptsp",)


def test_the_radar_looks_as_far_as_it_is_told_and_no_further() -> None:
    medan = holders(MEDAN)
    assert radar(medan, day("2020-12-20"), 36) == []
    assert len(radar(medan, day("2020-12-20"), 37)) == 1
    assert radar(medan, day("2021-01-26"), 1)[0].days_left == 0
    assert radar(medan, day("2021-01-27")) == []


def test_a_successor_whose_letter_follows_at_once_keeps_the_radar_silent() -> None:
    papers = [
        *MEDAN,
        incumbency("sk-baru", "smr.hadi", "kepala-dpmptsp", since="2021-01-27", dated="2021-01-20"),
    ]
    assert radar(holders(papers), day("2020-12-20")) == []
    late = [changed(papers, "sk-baru", since=day("2021-01-29"))]
    assert len(radar(holders([*papers, *late]), day("2020-12-20"))) == 1


def test_a_second_definitive_letter_takes_the_position_from_both_and_the_radar_knows() -> None:
    papers = [
        *without(samarinda(), "mandat-kabid", "ub-kasi"),
        incumbency("sk-dua", "smr.yuni", "kepala-dpmptsp", since="2021-03-01"),
    ]
    (alarm,) = radar(holders(papers), day("2021-02-01"))
    assert [(turn.id, turn.what) for turn in alarm.turns] == [("sk-dua", "letter_begins")]
    assert alarm.worst == "elsewhere"
    assert alarm.losses[0].vacant == ()


@pytest.mark.parametrize(
    ("paper", "cause"),
    [
        (
            withdrawal("cabut", "delegasi-reklame", since="2021-03-01", on="perda#1"),
            ("cabut", "grant_withdrawn"),
        ),
        (
            succession("pindah", "kepala-dpmptsp", None, since="2021-03-01"),
            ("pindah", "power_moved"),
        ),
        (
            replacement("ganti", "perwali-22-2019", "perda", since="2021-03-01"),
            ("ganti", "instrument_replaced"),
        ),
        (
            changed(samarinda(), "delegasi-reklame", until=day("2021-02-28")),
            ("delegasi-reklame", "grant_ends"),
        ),
        (
            changed(samarinda(), "perwali-22-2019", until=day("2021-02-28")),
            ("perwali-22-2019", "instrument_ends"),
        ),
        (
            instrument(
                "perwali-22-2019",
                line("lampiran-1", REKLAME, until="2021-02-28"),
                since="2020-01-02",
                dated="2019-12-20",
            ),
            ("perwali-22-2019", "line_ends"),
        ),
        (
            changed(samarinda(), "kepala-dpmptsp", until=day("2021-02-28")),
            ("kepala-dpmptsp", "position_ends"),
        ),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
def test_whatever_ends_the_radar_names_it_and_the_last_day(
    paper: Recorded, cause: tuple[str, str]
) -> None:
    papers = [*without(samarinda(), "ub-kasi"), paper]
    (alarm,) = radar(holders(papers), day("2021-01-10"))
    assert alarm.last_day == day("2021-02-28")
    assert cause in [(turn.id, turn.what) for turn in alarm.turns]
    (loss,) = of_agency(alarm.losses)
    assert (loss.left, loss.actions) == ("elsewhere", ("decide", "sign"))


def test_an_agency_that_leaves_the_mall_is_on_the_radar_with_its_services() -> None:
    papers = [
        *samarinda(),
        stay("pks-dlh", "dlh", "PKS", since="2019-12-19", until="2021-02-28"),
        stay("pks-dinkes", "dinkes", "PKS", since="2019-12-19", until="2021-02-28"),
    ]
    (alarm,) = radar(holders(papers), day("2021-01-10"))
    (loss,) = alarm.losses
    assert (loss.left, loss.agency, loss.services) == ("not_in_mall", "dlh", (REKLAME,))
    again = stay("pks-dlh-2", "dlh", "PKS 2", since="2021-03-01")
    assert radar(holders([*papers, again]), day("2021-01-10")) == []


def test_what_would_stop_without_the_delegation_the_law_and_a_letter() -> None:
    city, on = holders(samarinda()), day("2021-01-11")
    decide, sign = of_agency(what_if(city, "grant", "delegasi-reklame", on))
    assert (decide.left, [h.officer for h in decide.remaining]) == ("elsewhere", ["smr.andi"])
    assert [h.officer for h in decide.lost] == ["smr.wati", "smr.hadi"]
    assert [h.officer for h in sign.lost] == ["smr.wati", "smr.dewi", "smr.hadi"]
    # The mayor's general power is gone with the law; the recommendation was DLH's own all along.
    by_law = what_if(city, "instrument", "uu-23-2014", on)
    assert [(each.left, each.actions) for each in by_law] == [
        ("nobody", ("decide",)),
        ("nobody", ("sign",)),
    ]
    assert [loss.left for loss in what_if(city, "incumbency", "sk-dewi", on)] == ["fewer"]
    assert what_if(city, "incumbency", "sk-tono", on) == []
    with pytest.raises(ValueError, match="position"):
        what_if(city, "position", "kepala-dlh", on)
    with pytest.raises(KeyError):
        what_if(city, "grant", "tiada", on)


def test_an_entry_that_begins_later_is_as_if_it_had_never_been() -> None:
    papers = samarinda()
    found = register(*papers)
    gone = ended(found, found.by_id["grant", "delegasi-reklame"], day("2020-01-02"))
    assert ("grant", "delegasi-reklame") not in gone.by_id
    assert ("grant", "delegasi-reklame") in found.by_id


def test_what_may_i_do_as_which_position_until_when() -> None:
    papers = [
        *MEDAN,
        incumbency("sk-yuni", "smr.yuni", "kepala-dinkes", since="2019-02-01"),
        changed(samarinda(), "sk-tono", until=day("2019-01-31")),
        withdrawal("cabut", "delegasi-reklame", since="2021-01-10", on="perda#1"),
    ]
    (one,) = mine(holders(papers), "smr.yuni", day("2021-01-05"))
    assert (one.holder.position, one.holder.form, one.kind, one.giver) == (
        "kepala-dpmptsp",
        "plt",
        "delegation",
        "wali-kota",
    )
    assert (one.holder.until, one.until) == ("2021-01-26", day("2021-01-09"))
    assert one.services == (REKLAME,)
    assert mine(holders(papers), "smr.yuni", day("2021-01-10")) == []
    assert mine(holders(papers), "smr.tono", day("2021-01-05")) == []


def test_a_city_that_had_not_delegated_all_permits() -> None:
    papers = without(samarinda(), "delegasi-reklame", "mandat-kabid", "ub-kasi")
    (service,) = coverage(holders(papers), day("2021-01-11"))
    covers = {each.step.id: each.cover for each in service.steps}
    assert covers == {"review_dlh": "held", "decide": "elsewhere", "sign": "elsewhere"}
    assert service.cover == "elsewhere"
    (decide,) = (each for each in service.steps if each.step.id == "decide")
    assert [held.holding.position for held in decide.held] == ["wali-kota"]
    nobody = without(papers, "wewenang-wali-kota")
    (service,) = coverage(holders(nobody), day("2021-01-11"))
    assert service.cover == "none"


def test_a_vacant_power_and_one_that_two_hold() -> None:
    papers = [
        *without(samarinda(), "mandat-kabid", "ub-kasi"),
        changed(samarinda(), "sk-hadi", until=day("2021-01-03")),
        delegation(
            "kedua",
            "wali-kota",
            "kepala-dinkes",
            on="perwali-22-2019#lampiran-1",
            since="2020-02-01",
            services=(REKLAME,),
        ),
    ]
    found = powers(holders(papers), day("2021-01-11"))
    (vacant,) = found.vacant
    assert (vacant.position, vacant.last_day) == ("kepala-dpmptsp", day("2021-01-03"))
    shared = {each.positions: each.actions for each in found.shared}
    # The recommendation is the environment agency's: neither of the two holds it.
    assert shared["kepala-dinkes", "kepala-dpmptsp"] == ("decide", "sign")
    assert not any("wali-kota" in pair for pair in shared)
    assert found.seats == ()


def test_a_contested_position_and_a_deputy_beside_the_head_are_told_apart() -> None:
    plh = incumbency(
        "plh", "smr.yuni", "kepala-dpmptsp", "plh", since="2021-01-10", until="2021-01-12"
    )
    (seats,) = powers(holders([*samarinda(), plh]), day("2021-01-11")).seats
    assert {holder.form for holder in seats.seated} == {"definitive", "plh"}
    dua = incumbency("dua", "smr.yuni", "kepala-dpmptsp", since="2021-01-10")
    (vacant,) = powers(holders([*samarinda(), dua]), day("2021-01-11")).vacant
    assert vacant.contested
    assert vacant.last_day is None


def test_a_disabled_account_is_no_continuity() -> None:
    found = Holders(register(*samarinda()), CATALOGUE, {"smr.andi", "smr.rini"})
    assert [h.officer for h in found.holders(SIGN, day("2021-01-11"))] == ["smr.andi"]


# --- against the check -----------------------------------------------------------------------------

SMALL = big_register(Size(services=6, positions=140, grants=90, years=6), seed=11)


def by_check(found: Register, need: Need, on: date) -> set[tuple[str, str]]:
    matter = Matter(
        need.action, need.service, on, bounded=False, step=need.step, agency=need.agency
    )
    return {
        (each.position, each.officer)
        for each in who_may(found, matter, lambda _: Circumstances())
        if each.officer is not None
    }


def test_holders_are_those_whom_the_check_lets_on_every_day_asked() -> None:
    found = Register(SMALL.entries)
    quick = Holders(found, SMALL.services)
    looks = examples(23)
    days = [SMALL.size.begin + timedelta(days=97 * 23 * n // looks) for n in range(looks)]
    for need in needs_of(SMALL.services):
        for on in days:
            shown = {(h.position, h.officer) for h in quick.holders(need, on)}
            assert shown == by_check(found, need, on), (need, on)


def test_the_radar_misses_no_day_on_which_somebody_goes() -> None:
    quick = Holders(Register(SMALL.entries), SMALL.services)
    at, ahead = SMALL.size.today - timedelta(days=1_200), 1_200
    told = {
        (alarm.last_day, service, action)
        for alarm in radar(quick, at, ahead)
        for loss in alarm.losses
        for service in loss.services
        for action in loss.actions
    }
    slow = set()
    for need in needs_of(SMALL.services):
        after = quick.holders(need, at)
        for n in range(ahead + 1):
            last = at + timedelta(days=n)
            before, after = after, quick.holders(need, last + timedelta(days=1))
            gone = {h.officer for h in before} - {h.officer for h in after}
            here = [any(h.agency == need.agency for h in side) for side in (before, after)]
            fewer = len({h.officer for h in after}) < len({h.officer for h in before})
            if (gone or fewer) and (fewer or here == [True, False]):
                slow.add((last, need.service, need.action))
    assert told == slow
    assert told


def test_the_measured_register_is_the_size_that_is_promised_and_the_same_each_time() -> None:
    one, other = big_register(), big_register()
    assert one.entries == other.entries
    kinds = [recorded.kind for recorded in one.entries]
    assert (len(one.services), kinds.count("position"), kinds.count("grant")) == (200, 500, 2_000)
    assert one.size.years == 10


# --- stretches of days --------------------------------------------------------------------------------


def test_stretches_of_days_are_joined_and_cut() -> None:
    a, b, c, d = (day(f"2021-01-{n}") for n in ("01", "10", "11", "20"))
    assert union([(c, d), (a, b)]) == [(a, d)]
    assert union([(a, None), (c, d), (d, a)]) == [(a, None)]
    assert minus([(a, None)], [(c, d)]) == [(a, b), (day("2021-01-21"), None)]
    assert minus([(a, d)], [(a, None)]) == []
    assert minus([(a, b)], []) == [(a, b)]
    assert [pair[1:] for pair in overlaps([((a, c), "x"), ((c, d), "y"), ((d, None), "z")])] == [
        ("x", "y"),
        ("y", "z"),
    ]


def test_a_position_of_another_city_part_is_not_touched() -> None:
    papers = [*MEDAN, position("kepala-pupr", "pupr", superior="wali-kota")]
    assert len(radar(holders(papers), day("2020-12-20"))) == 1
