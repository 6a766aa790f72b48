"""Faults of the papers: each told once, with its days, by the code that a refusal would have."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import pytest

from casetrack.domain.authority.check import REFUSAL_CODES
from casetrack.domain.authority.entries import Basis, LineChange
from casetrack.domain.authority.faults import (
    ACCOUNT_FAULTS,
    FAULTS,
    GRANT_FAULTS,
    KEEPING_FAULTS,
    PAPER_FAULTS,
    Finding,
)
from casetrack.domain.authority.findings import findings
from casetrack.domain.authority.link_codes import LINK_CODES
from casetrack.domain.authority.recorded import Recorded
from tests.support.authority import guarded
from tests.support.money import account
from tests.support.registers import (
    LONG_AGO,
    REKLAME,
    amendment,
    attribution,
    changed,
    day,
    delegation,
    incumbency,
    instrument,
    line,
    mandate,
    position,
    register,
    renaming,
    replacement,
    samarinda,
    stay,
    sub_delegation,
    succession,
    ub,
    withdrawal,
    without,
)
from tests.support.world import billboard

CATALOGUE = [guarded(billboard())]
ACCOUNTS = {f"smr.{n}": True for n in ("andi", "hadi", "wati", "dewi", "rini", "tono", "yuni")}
TODAY = day("2026-11-23")
FIRST, SECOND = "perwali-22-2019#lampiran-1", "kepdis-1-2020#1"
AMENDED = (
    instrument("perwali-5-2022", since="2022-05-01", title="Perubahan atas Perwali 22/2019"),
    amendment(
        *("ubah", "perwali-22-2019", "perwali-5-2022"),
        LineChange("lampiran-1", struck=True),
        since="2022-05-01",
    ),
)
SUB = {"services": (REKLAME,), "since": "2021-01-01"}


def found(papers: Iterable[Recorded], since: date = TODAY, until: date = TODAY) -> list[Finding]:
    """What is wrong with these papers; the annex line for doctors is in every city's register."""
    every = findings(register(*papers), CATALOGUE, ACCOUNTS, since, until)
    doctors = "line_unmatched", ("instrument", "perwali-22-2019")
    return [finding for finding in every if (finding.code, *finding.entries[:1]) != doctors]


def add(*papers: Recorded) -> list[Recorded]:
    return [*samarinda(), *papers]


def change(paper: str, **parts: object) -> list[Recorded]:
    city = samarinda()
    return [*city, changed(city, paper, **parts)]


def test_an_orderly_city_has_no_faults() -> None:
    assert found(samarinda(), day("2015-01-01")) == []


#: Code → papers in which it shows today, and the entry that it is told of first.
CASES: dict[str, tuple[list[Recorded], str]] = {
    "position_not_there": (
        add(
            delegation("d", "wali-kota", "tiada", on=FIRST, services=(REKLAME,), since="2021-01-01")
        ),
        "d",
    ),
    "dates_reversed": (change("sk-dewi", until=day("2018-01-01")), "sk-dewi"),
    "instrument_missing": (add(attribution("x", "kepala-dlh", on="tiada#1")), "x"),
    "line_missing": (
        add(attribution("x", "kepala-dlh", on="perda#77", since="2020-01-01")),
        "x",
    ),
    "instrument_younger": (
        add(
            delegation(
                "x", "wali-kota", "kepala-dinkes", on=FIRST, services=(REKLAME,), since="2019-12-24"
            )
        ),
        "x",
    ),
    "cycle": (
        [
            *without(samarinda(), "delegasi-reklame"),
            delegation("x", "kabid-perizinan", "kepala-dpmptsp", on=FIRST, **SUB),
        ],
        "mandat-kabid",
    ),
    "giver_missing": (add(delegation("x", None, "kepala-dinkes", on=FIRST, **SUB)), "x"),  # type: ignore[arg-type]
    "giver_without_power": (
        add(delegation("x", "kepala-dinkes", "kepala-dlh", on=FIRST, **SUB)),
        "x",
    ),
    "delegation_passed_on": (
        add(delegation("x", "kepala-dpmptsp", "kepala-dinkes", on=FIRST, **SUB)),
        "x",
    ),
    "sub_delegation_too_deep": (
        add(
            sub_delegation("s", "kepala-dpmptsp", "kabid-perizinan", on=SECOND, **SUB),
            sub_delegation("x", "kabid-perizinan", "kasi-reklame", on=SECOND, **SUB),
        ),
        "x",
    ),
    "sub_delegation_not_permitted": (
        add(sub_delegation("x", "wali-kota", "kepala-dpmptsp", on=FIRST, **SUB)),
        "x",
    ),
    "sub_delegation_other_body": (
        add(sub_delegation("x", "kepala-dpmptsp", "kepala-dinkes", on=SECOND, **SUB)),
        "x",
    ),
    "mandate_not_subordinate": (
        add(mandate("x", "kepala-dpmptsp", "kepala-dinkes", on=SECOND, **SUB)),
        "x",
    ),
    "mandate_passed_on": (
        add(mandate("x", "kabid-perizinan", "kasi-reklame", on=SECOND, **SUB)),
        "x",
    ),
    "ub_without_mandate": (
        add(ub("x", "kepala-dpmptsp", "kabid-perizinan", on=SECOND, **SUB)),
        "x",
    ),
    "service_not_in_line": (
        add(
            delegation(
                "x",
                "wali-kota",
                "kepala-dinkes",
                on="perwali-22-2019#lampiran-2",
                services=(REKLAME,),
                since="2021-01-01",
            )
        ),
        "x",
    ),
    "instrument_replaced": (
        add(
            instrument("perwali-9-2022", since="2022-05-01"),
            replacement("ganti", "perwali-22-2019", "perwali-9-2022", since="2022-05-01"),
        ),
        "perwali-22-2019",
    ),
    "instrument_not_in_force": (
        change("kepdis-1-2020", until=day("2021-12-31")),
        "kepdis-1-2020",
    ),
    "line_not_in_force": (
        [
            *without(samarinda(), "kepdis-1-2020"),
            instrument("kepdis-1-2020", line("1", until="2021-12-31"), since="2020-01-02"),
        ],
        "kepdis-1-2020",
    ),
    "line_amended": (add(*AMENDED), "perwali-22-2019"),
    "amendment_unknown": (add(AMENDED[0]), "perwali-5-2022"),
    "amendment_gap": (
        add(
            AMENDED[0],
            amendment(
                *("ubah", "perwali-22-2019", "perwali-5-2022"),
                LineChange("lampiran-2", text="Dokter"),
                since="2022-05-01",
                ordinal=2,
            ),
        ),
        "ubah",
    ),
    "two_definitive_holders": (
        add(incumbency("sk-yuni", "smr.yuni", "kepala-dpmptsp", since="2026-11-01")),
        "sk-hadi",
    ),
    "letter_signed_later": (
        add(
            incumbency(
                "sk-plh", "smr.yuni", "kasi-reklame", "plh", since="2026-11-20", dated="2026-11-30"
            )
        ),
        "sk-plh",
    ),
    "position_missing": (
        add(incumbency("sk-x", "smr.yuni", "tiada", since="2026-01-01")),
        "sk-x",
    ),
    "successor_missing": (
        add(replacement("ganti", "perda", "tiada", since="2026-01-01")),
        "ganti",
    ),
    "reference_missing": (
        add(withdrawal("w", "tiada", since="2026-01-01", on="perda#1")),
        "w",
    ),
    "account_without_text": (
        add(
            instrument("perda-3-2020", line("1"), since="2020-01-01"),
            instrument("perda-4-2026", line("1"), since="2026-01-01"),
            replacement("ganti", "perda-3-2020", "perda-4-2026", since="2026-02-01"),
            account(basis=Basis("perda-3-2020", "1")),
        ),
        "kas-daerah",
    ),
    "vacant": (change("sk-hadi", until=day("2026-11-15")), "kepala-dpmptsp"),
    "acting_beside_definitive": (
        add(
            incumbency(
                "plt", "smr.yuni", "kepala-dpmptsp", "plt", since="2026-11-01", until="2026-11-30"
            )
        ),
        "plt",
    ),
    "acting_letter_too_long": (
        [
            *without(samarinda(), "sk-dewi"),
            incumbency(
                "plt", "smr.yuni", "kasi-reklame", "plt", since="2026-08-01", until="2026-12-31"
            ),
        ],
        "plt",
    ),
    "acting_too_long": (
        [
            *without(samarinda(), "sk-dewi"),
            *(
                incumbency(f"plt-{n}", "smr.yuni", "kasi-reklame", "plt", since=first, until=last)
                for n, (first, last) in enumerate(
                    [
                        ("2026-05-01", "2026-07-31"),
                        ("2026-08-01", "2026-10-31"),
                        ("2026-11-01", "2027-01-31"),
                    ]
                )
            ),
        ],
        "plt-0",
    ),
    "officer_unknown": (change("sk-tono", officer="smr.siapa"), "sk-tono"),
    "line_unmatched": (
        add(instrument("perda-lain", line("3", "izin-lama"), since="2020-01-01")),
        "perda-lain",
    ),
    "service_unknown": (
        add(
            delegation(
                "x",
                "wali-kota",
                "kepala-dpmptsp",
                on=FIRST,
                services=(REKLAME, "izin-lama"),
                since="2021-01-01",
            )
        ),
        "x",
    ),
    "not_in_mall": (
        add(
            stay("pks-1", "dpmptsp", "PKS 1", since="2019-12-19"),
            stay("pks-2", "dlh", "PKS 2", since="2019-12-19", until="2026-06-30"),
        ),
        "pks-2",
    ),
}


@pytest.mark.parametrize("code", CASES)
def test_a_fault_is_told_of_the_paper_that_has_it(code: str) -> None:
    papers, paper = CASES[code]
    told = [finding for finding in found(papers) if finding.code == code]
    assert told, [(f.code, f.entries) for f in found(papers)]
    assert any(entry == paper for finding in told for _, entry in finding.entries[:1]), told
    for finding in told:
        assert finding.on(TODAY)
        assert "{" not in finding.text.id + finding.text.en
        assert finding.fault.article


def test_a_mandate_for_a_strategic_service_and_a_disabled_officer() -> None:
    strategic = [replace(guarded(billboard()), strategic=True)]
    accounts = {**ACCOUNTS, "smr.tono": False}
    told = {
        (f.code, f.entries[0][1])
        for f in findings(register(*samarinda()), strategic, accounts, TODAY, TODAY)
    }
    assert ("mandate_strategic", "mandat-kabid") in told
    assert ("officer_disabled", "sk-tono") in told
    assert ("mandate_strategic", "delegasi-reklame") not in told


def test_every_fault_is_met_here() -> None:
    assert {
        *CASES,
        "mandate_strategic",
        "officer_disabled",
        *KEEPING_FAULTS,
        *ACCOUNT_FAULTS,
    } == set(FAULTS)
    assert not set(GRANT_FAULTS) & set(PAPER_FAULTS)


def test_what_voids_a_grant_is_a_finding_unless_it_is_an_ordinary_end() -> None:
    ends = {
        "no_grant",
        "power_ended",
        "power_moved",
        "grant_not_in_force",
        "grant_withdrawn",
        "outside_bounds",
        "other_work",
        "giver_gave_away",
    }
    assert set(LINK_CODES) - ends == set(GRANT_FAULTS)
    for code, fault in GRANT_FAULTS.items():
        assert fault.severity == "voids"
        assert fault.article == REFUSAL_CODES[code][1]


# --- days ------------------------------------------------------------------------------------------


def test_eight_days_without_a_head_are_one_gap_with_its_first_and_last_day() -> None:
    papers = [
        *change("sk-hadi", until=day("2025-12-04")),
        incumbency("plt", "smr.yuni", "kepala-dpmptsp", "plt", since="2025-12-13", until="2026-03-12"),
    ]  # fmt: skip
    gaps = [f for f in found(papers, day("2025-01-01"), day("2025-12-31")) if f.code == "vacant"]
    assert [(g.since, g.until) for g in gaps] == [(day("2025-12-05"), day("2025-12-12"))]
    assert "Kepala DPMPTSP" in gaps[0].text.id
    assert [f.code for f in found(papers, day("2025-12-12"), day("2025-12-12"))] == ["vacant"]
    assert found(papers, day("2025-12-13"), day("2025-12-13")) == []


def test_a_three_months_letter_is_not_too_long_and_a_day_more_is() -> None:
    base = without(samarinda(), "sk-dewi")
    for last, codes in (("2026-11-22", []), ("2026-11-23", ["acting_letter_too_long"])):
        letter = incumbency(
            "plt", "smr.yuni", "kasi-reklame", "plt", since="2026-08-23", until=last
        )
        told = found([*base, letter], TODAY, day("2026-11-23"))
        assert [f.code for f in told if f.code.startswith("acting")] == codes
    end_of_month = incumbency(
        "plt", "smr.yuni", "kasi-reklame", "plt", since="2026-11-30", until="2027-02-28"
    )
    late = found([*base, end_of_month], day("2027-02-28"), day("2027-02-28"))
    assert [(f.code, f.since) for f in late] == [("acting_letter_too_long", day("2027-02-28"))]


def test_a_replacement_for_cases_opened_later_leaves_the_old_grants_in_order() -> None:
    papers = add(
        instrument("perwali-9-2022", since="2022-05-01"),
        replacement(
            "ganti", "perwali-22-2019", "perwali-9-2022", since="2022-05-01",
            applies_to="opened_from",
        ),
        delegation("baru", "wali-kota", "kepala-dpmptsp", on="perwali-9-2022#1", services=(REKLAME,),
            since="2022-05-01"),
    )  # fmt: skip
    assert found(papers) == []


def test_a_re_organisation_and_a_renaming_are_no_faults() -> None:
    papers = add(
        succession("pindah", "kepala-dlh", "kepala-dinkes", since="2022-01-01"),
        renaming("nama", "kepala-dpmptsp", "Kepala DPMPTSP-TK", since="2022-01-01"),
    )
    assert found(papers, day("2015-01-01")) == []


def test_a_position_that_never_had_anybody_is_told_from_its_first_power_on() -> None:
    papers = add(
        position("kepala-bapenda", "bapenda", superior="wali-kota"),
        attribution(
            "pajak", "kepala-bapenda", on="perda#1", since="2017-01-01", services=(REKLAME,)
        ),
    )
    (gap,) = found(papers)
    assert (gap.code, gap.since, gap.until) == ("vacant", day("2017-01-01"), None)
    assert day(LONG_AGO) < day("2017-01-01")
