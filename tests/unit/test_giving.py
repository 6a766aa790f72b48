"""What a giver may still do, whose recommendation it is, and what a void paper counts for."""

from dataclasses import replace
from typing import Any

import pytest

from casetrack.domain.authority.entries import Grant, Superior
from casetrack.domain.authority.entry_json import read_entry, to_document
from casetrack.domain.authority.recheck import judge_again
from casetrack.domain.authority.recorded import Recorded
from casetrack.domain.errors import Invalid
from tests.support.registers import (
    changed,
    day,
    incumbency,
    instrument,
    line,
    mandate,
    position,
    recorded,
    register,
    renaming,
    succession,
    withdrawal,
)
from tests.unit.test_authority import CITY, PERDA, TODAY, allowed, code, may

OWN = {"action": "recommend", "step": "review_dlh", "agency": "dlh"}
DISHUB = {"action": "recommend", "step": "review_dishub", "agency": "dishub"}


def saying(paper: Recorded, **parts: Any) -> Recorded:
    assert isinstance(paper.entry, Grant)
    return recorded("grant", paper.id, replace(paper.entry, **parts))


def giver(said: str, **parts: Any) -> Recorded:
    article = None if said == "unknown" else "Pasal 5"
    return changed(CITY, "delegasi-reklame", giver_acts=said, giver_article=article, **parts)


# --- the giver ------------------------------------------------------------------------------------


def test_who_delegated_acts_unless_the_delegation_says_no() -> None:
    """UU 30/2014 art. 13(5)."""
    for said, article in (("unknown", None), ("yes", "Pasal 5")):
        (remark,) = allowed("andi", giver(said)).remarks
        assert (remark["said"], remark["article"]) == (said, article)
    assert code("andi", giver("no")) == "giver_gave_away"
    assert allowed("hadi", giver("no")).remarks == ()
    assert may("wati", giver("no"))


def test_a_delegation_that_does_not_run_bars_nobody() -> None:
    """UU 30/2014 art. 13(5)."""
    for ended in (
        (giver("no", until=day("2026-01-26")),),
        (giver("no", since=day("2026-01-28")),),
        (giver("no", actions=("decide",)),),
        (giver("no"), withdrawal("tarik", "delegasi-reklame", since="2026-01-20", on=PERDA)),
        (giver("no"), position("kepala-dpmptsp", until="2026-01-20")),
    ):
        assert allowed("andi", *ended).remarks == ()


def test_a_bounded_delegation_bars_within_its_bounds_only() -> None:
    bound = replace(
        read_grant(bounds=[{"fact": "width_cm", "at_most": 500}]),
        giver_acts="no",
        giver_article="5",
    )
    paper = recorded("grant", "delegasi-reklame", bound)
    assert code("andi", paper, facts={"width_cm": 500}) == "giver_gave_away"
    assert may("andi", paper, facts={"width_cm": 501})


def read_grant(**parts: Any) -> Grant:
    (paper,) = (p for p in CITY if p.id == "delegasi-reklame")
    entry = read_entry("grant", {**to_document(paper.entry), **parts})
    assert isinstance(entry, Grant)
    return entry


def test_who_gives_a_mandate_keeps_the_power() -> None:
    """UU 30/2014 art. 14."""
    no = changed(CITY, "mandat-kabid", giver_acts="no", giver_article="Pasal 5")
    assert may("hadi", no)


def test_the_successor_of_who_delegated_is_barred_as_they_were() -> None:
    moved = [
        position("gubernur", "setda"),
        succession("reorg", "wali-kota", "gubernur", since="2026-01-20"),
        incumbency("sk-rudi", "smr.rudi", "gubernur", since="2026-01-20"),
        changed(CITY, "kepala-dpmptsp", superiors=(Superior("gubernur"),)),
    ]
    assert may("rudi", *moved)
    assert code("rudi", *moved, giver("no")) == "giver_gave_away"


def test_a_delegation_that_says_yes_or_no_names_its_article() -> None:
    for said in ("yes", "no"):
        with pytest.raises(Invalid) as refused:
            read_grant(giver_acts=said)
        assert [each["at"] for each in refused.value.fields["errors"]] == ["giver_article"]
    assert read_grant(giver_acts="no", giver_article="Pasal 5").giver_acts == "no"


# --- whose recommendation ---------------------------------------------------------------------------


def test_a_power_to_recommend_is_for_the_position_s_own_agency() -> None:
    """UU 30/2014 art. 15."""
    assert may("rini", **OWN)
    assert code("rini", **DISHUB) == "other_work"
    # The mayor's general power recommends for no agency.
    assert code("andi", **DISHUB) == "other_work"
    assert may("andi", action="decide", step="decide", agency="dpmptsp")


def test_a_grant_that_names_its_steps_is_for_these_only() -> None:
    """UU 30/2014 art. 15."""
    named = changed(CITY, "rekomendasi-dlh", steps=("review_dishub",))
    assert may("rini", named, **DISHUB)
    assert code("rini", named, **OWN) == "other_work"
    signing = changed(CITY, "mandat-kabid", steps=("decide",))
    assert may("wati", signing, action="decide", step="decide", agency="dpmptsp")
    assert code("wati", signing, step="sign", agency="dpmptsp") == "other_work"


def test_who_has_a_named_step_from_above_passes_no_more_of_it_on() -> None:
    papers = [
        changed(CITY, "rekomendasi-dlh", steps=("review_dishub",)),
        position("kabid-dlh", "dlh", superior="kepala-dlh"),
        mandate(
            "m", "kepala-dlh", "kabid-dlh", on=PERDA, since="2017-01-01", actions=("recommend",)
        ),
        incumbency("sk-rudi", "smr.rudi", "kabid-dlh", since="2019-02-01"),
    ]
    assert may("rudi", *papers, **DISHUB)
    assert code("rudi", *papers, **OWN) == "other_work"


# --- papers that count for nothing --------------------------------------------------------------------


def test_a_renaming_by_a_void_paper_names_nobody() -> None:
    """UU 30/2014 art. 13(2)b."""
    new = {"since": "2026-01-20"}
    young = instrument("perwali-baru", since="2026-02-01")
    reversed_ = instrument("perwali-salah", since="2026-01-01", until="2025-12-31")
    ended = instrument(
        "perda-lama", line("1", since="2025-01-02", until="2025-01-01"), since="2016-11-01"
    )
    for void in (
        (renaming("n", "kepala-dpmptsp", "Kepala DPT", on="draf#1", **new),),
        (renaming("n", "kepala-dpmptsp", "Kepala DPT", on="perda#9", **new),),
        (young, renaming("n", "kepala-dpmptsp", "Kepala DPT", on="perwali-baru#1", **new)),
        (reversed_, renaming("n", "kepala-dpmptsp", "Kepala DPT", on="perwali-salah#1", **new)),
        (ended, renaming("n", "kepala-dpmptsp", "Kepala DPT", on="perda-lama#1", **new)),
    ):
        assert allowed("hadi", *void).signature == ["Kepala DPMPTSP"]
    good = renaming("n", "kepala-dpmptsp", "Kepala DPT", on=PERDA, **new)
    assert allowed("hadi", good).signature == ["Kepala DPT"]
    on_its_day = allowed("hadi", young, renaming("n", "kepala-dpmptsp", "Kepala DPT",
                         on="perwali-baru#1", **new), on="2026-02-01")  # fmt: skip
    assert on_its_day.signature == ["Kepala DPT"]


def test_a_succession_to_a_position_that_nobody_recorded_moves_nothing() -> None:
    assert may("hadi", succession("reorg", "kepala-dpmptsp", "tiada", since="2026-01-20"))
    assert (
        code("hadi", succession("reorg", "kepala-dpmptsp", None, since="2026-01-20"))
        == "power_ended"
    )


# --- passports of the rules before ---------------------------------------------------------------------


def test_a_passport_is_judged_by_the_rules_that_it_names() -> None:
    passport = allowed("andi").as_data()
    assert passport["rules"] == 2
    case: dict[str, Any] = {"opened": day(TODAY), "facts": {}, "strategic": False}
    barred = register(*CITY, giver("no"))
    assert judge_again(barred, passport, **case).code == "giver_gave_away"
    old = {**passport, "rules": 1, "remarks": []}
    assert judge_again(barred, old, **case).same
    named = register(*CITY, renaming("n", "wali-kota", "Wali", on="draf#1", since="2026-01-20"))
    assert judge_again(named, passport, **case).same
    assert not judge_again(named, old, **case).same
