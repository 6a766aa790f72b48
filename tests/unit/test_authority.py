"""By what right, in the ordinary city: every form of a signature, and every reason of a refusal."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from casetrack.domain.authority.check import (
    Answer,
    Choice,
    Circumstances,
    Denial,
    check,
    who_may,
)
from casetrack.domain.authority.entries import Bound, IncumbencyForm
from casetrack.domain.authority.matter import Matter
from casetrack.domain.authority.passport import STATEMENT, Passport
from casetrack.domain.authority.recorded import Recorded
from tests.support.registers import (
    REKLAME,
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
    sub_delegation,
    succession,
    ub,
    withdrawal,
    without,
)

TODAY = "2026-01-27"
CITY = samarinda()
QUIET = Circumstances()
PERWALI, KEPDIS, PERDA = "perwali-22-2019#lampiran-1", "kepdis-1-2020#1", "perda#1"


def ask(
    who: str,
    *papers: Recorded,
    city: Iterable[Recorded] = CITY,
    on: str = TODAY,
    as_position: str | None = None,
    case: Circumstances = QUIET,
    **matter: Any,
) -> Answer:
    """What the check says to one of the cast who wants to sign for a billboard today."""
    matter = {"action": "sign", "service": REKLAME, "opened": day("2026-01-20"), **matter}
    known = register(*city, *papers)
    return check(known, Matter(day=day(on), **matter), f"smr.{who}", case, as_position)


def allowed(who: str, *papers: Recorded, **asked: Any) -> Passport:
    answer = ask(who, *papers, **asked)
    assert isinstance(answer, Passport), answer
    return answer


def may(who: str, *papers: Recorded, **asked: Any) -> bool:
    return isinstance(ask(who, *papers, **asked), Passport)


def refused(who: str, *papers: Recorded, **asked: Any) -> Denial:
    answer = ask(who, *papers, **asked)
    assert isinstance(answer, Denial), answer
    return answer


def code(who: str, *papers: Recorded, **asked: Any) -> str:
    return refused(who, *papers, **asked).code


def chain(passport: Passport) -> list[str]:
    return [link.grant for link in passport.chain]


def bearers(passport: Passport) -> list[tuple[str, str | None]]:
    return [(link.grant, link.bearer) for link in passport.chain]


# --- signatures and who answers --------------------------------------------------------------------


def test_the_mayor_signs_in_their_own_name_by_what_the_law_gave() -> None:
    """UU 30/2014 art. 1(22), 12."""
    passport = allowed("andi")
    assert passport.signature == ["Wali Kota Samarinda"]
    assert bearers(passport) == [("wewenang-wali-kota", "wali-kota")]


def test_a_delegate_signs_and_answers_in_their_own_name() -> None:
    """UU 30/2014 art. 1(23), 13(1)."""
    passport = allowed("hadi")
    assert passport.signature == ["Kepala DPMPTSP"]
    assert bearers(passport)[-1] == ("delegasi-reklame", "kepala-dpmptsp")


def test_a_sub_delegate_signs_and_answers_in_their_own_name() -> None:
    """UU 30/2014 art. 13(4)."""
    sub = sub_delegation("sub", "kepala-dpmptsp", "kabid-perizinan", on=KEPDIS, since="2020-01-02")
    passport = allowed("wati", sub)
    assert passport.signature == ["Kepala Bidang Perizinan"]
    assert bearers(passport)[-1] == ("sub", "kabid-perizinan")


def test_a_mandate_is_signed_on_behalf_of_the_giver_who_goes_on_answering() -> None:
    """UU 30/2014 art. 1(24), 14(4)."""
    passport = allowed("wati")
    assert passport.signature == ["a.n. Kepala DPMPTSP", "Kepala Bidang Perizinan"]
    assert bearers(passport)[-1] == ("mandat-kabid", "kepala-dpmptsp")


def test_one_below_the_mandate_signs_and_the_head_goes_on_answering() -> None:
    """UU 30/2014 art. 14(4); u.b. by the practice of official letters."""
    passport = allowed("dewi")
    assert passport.signature == [
        "a.n. Kepala DPMPTSP",
        "Kepala Bidang Perizinan",
        "u.b.",
        "Kepala Seksi Reklame",
    ]
    assert bearers(passport)[-2:] == [
        ("mandat-kabid", "kepala-dpmptsp"),
        ("ub-kasi", "kabid-perizinan"),
    ]


def test_acting_officers_put_the_form_before_the_office_and_their_appointer_answers() -> None:
    """UU 30/2014 art. 14(2); Permendagri 1/2023 art. 44."""
    forms: dict[IncumbencyForm, str] = {"plt": "Plt.", "plh": "Plh.", "pj": "Pj."}
    for form, printed in forms.items():
        letter = incumbency("sk-rini-2", "smr.rini", "kepala-dpmptsp", form, since="2026-01-01")
        passport = allowed("rini", letter, as_position="kepala-dpmptsp")
        assert passport.signature == [f"{printed} Kepala DPMPTSP"]
        assert passport.as_data()["seat"]["responsibility"] == {
            "bearer": "giver",
            "position": "wali-kota",
        }


def test_an_acting_mandate_holder_names_the_giver_and_says_that_it_acts() -> None:
    """UU 30/2014 art. 14(2), 14(4)."""
    letter = incumbency("sk-rini-2", "smr.rini", "kabid-perizinan", "plh", since="2026-01-01")
    passport = allowed("rini", letter, as_position="kabid-perizinan")
    assert passport.signature == ["a.n. Kepala DPMPTSP", "Plh. Kepala Bidang Perizinan"]


def test_a_renamed_office_signs_by_its_new_name_and_its_grant_shows_the_old_one() -> None:
    """UU 30/2014 art. 15."""
    passport = allowed(
        "hadi", renaming("n", "kepala-dpmptsp", "Kepala DPMPTSPTK", since="2024-01-01")
    )
    assert passport.signature == ["Kepala DPMPTSPTK"]
    receiver = passport.as_data()["chain"][-1]["receiver"]
    assert receiver["printed"]["id"] == "Kepala DPMPTSP, kini Kepala DPMPTSPTK"
    assert "printed" not in allowed("hadi").as_data()["chain"][-1]["receiver"]


def test_a_passport_says_what_it_rests_on_down_to_the_line_and_no_more_than_the_register_knows() -> (
    None
):
    """UU 30/2014 art. 52."""
    passport = allowed("hadi").as_data()
    assert passport["statement"] == STATEMENT
    (rest,) = passport["chain"][-1]["rests_on"]
    assert (rest["instrument"], rest["line"]) == ("perwali-22-2019", "lampiran-1")
    assert rest["stream"] == "register/instrument/perwali-22-2019"
    assert passport["seat"]["letter"] == {"number": "SK-HADI", "dated": "2019-02-01"}


def test_of_several_ways_the_one_with_the_fewest_mandates_is_shown_then_the_shortest() -> None:
    """UU 30/2014 art. 11."""
    sub = sub_delegation("sub", "kepala-dpmptsp", "kabid-perizinan", on=KEPDIS, since="2020-01-02")
    straight = mandate("m", "wali-kota", "kabid-perizinan", on=PERDA, since="2016-11-01")
    assert chain(allowed("wati", straight)) == ["wewenang-wali-kota", "m"]
    assert chain(allowed("wati", straight, sub))[-1] == "sub"
    own = attribution("langsung", "kabid-perizinan", on=PERDA, since="2016-11-01")
    assert chain(allowed("wati", sub, own)) == ["langsung"]


# --- the officer -----------------------------------------------------------------------------------


def test_who_holds_no_position_is_refused() -> None:
    assert code("bima") == "not_incumbent"
    assert code("hadi", as_position="kepala-dlh") == "not_incumbent"


def test_a_letter_signed_on_the_29th_heals_nothing_on_the_27th() -> None:
    late = incumbency(
        "sk-hadi", "smr.hadi", "kepala-dpmptsp", since="2026-01-27", dated="2026-01-29"
    )
    assert code("hadi", late, on="2026-01-27") == "letter_not_yet"
    assert code("hadi", late, on="2026-01-28") == "letter_not_yet"
    assert may("hadi", late, on="2026-01-29")


def test_a_letter_until_the_26th_holds_on_that_evening_and_not_next_morning() -> None:
    until = changed(CITY, "sk-hadi", until=day("2026-01-26"))
    assert may("hadi", until, on="2026-01-26")
    assert code("hadi", until, on="2026-01-27") == "letter_ended"


def test_of_several_letters_that_do_not_run_the_nearest_is_told() -> None:
    """UU 30/2014 art. 15(1)a."""
    city = without(CITY, "sk-hadi")
    terms = [("sk-z", "2025-01-01", "2025-03-31"), ("sk-a", "2025-04-01", "2026-01-26")]
    ended = [
        incumbency(name, "smr.hadi", "kepala-dpmptsp", "plt", since=since, until=until)
        for name, since, until in terms
    ]
    for papers in (ended, ended[::-1]):
        link = refused("hadi", *papers, city=city).link
        assert link is not None
        assert (link["incumbency"], link["until"]) == ("sk-a", "2026-01-26")
    soon, later = (
        incumbency(f"sk-{since}", "smr.hadi", "kepala-dpmptsp", since=since)
        for since in ("2026-02-01", "2026-03-01")
    )
    told = refused("hadi", later, soon, city=city)
    assert told.link is not None
    assert (told.code, told.link["since"]) == ("letter_not_yet", "2026-02-01")


def test_of_two_definitive_holders_neither_is_believed_and_an_acting_one_is() -> None:
    second = incumbency("sk-2", "smr.rini", "kepala-dpmptsp", since="2025-01-01")
    assert code("hadi", second) == "two_definitive_holders"
    assert code("rini", second, as_position="kepala-dpmptsp") == "two_definitive_holders"
    plh = incumbency("sk-3", "smr.wati", "kepala-dpmptsp", "plh", since="2026-01-01")
    assert may("wati", second, plh, as_position="kepala-dpmptsp")


def test_a_plh_beside_the_definitive_holder_is_normal() -> None:
    """UU 30/2014 art. 14(2)."""
    plh = incumbency("sk-3", "smr.wati", "kepala-dpmptsp", "plh", since="2026-01-26")
    assert may("hadi", plh)
    assert allowed("wati", plh, as_position="kepala-dpmptsp").seat.form == "plh"


def test_who_wears_two_hats_says_which_when_it_matters() -> None:
    """UU 30/2014 art. 8(1)."""
    plh = incumbency("sk-3", "smr.wati", "kepala-dpmptsp", "plh", since="2026-01-26")
    answer = ask("wati", plh)
    assert isinstance(answer, Choice)
    assert [name for name, _ in answer.positions] == ["kabid-perizinan", "kepala-dpmptsp"]
    other = incumbency("sk-4", "smr.tono", "kepala-dlh", "plt", since="2026-01-26")
    assert code("tono", other) == "no_grant"


def test_who_holds_no_power_by_either_hat_is_refused_and_not_asked() -> None:
    assert code("wati", action="revoke") == "no_grant"


# --- the power -------------------------------------------------------------------------------------


def test_a_head_without_a_grant_for_it_is_refused() -> None:
    assert code("tono") == "no_grant"
    assert code("rini") == "no_grant"
    assert may("rini", action="recommend")
    assert code("hadi", service="skck") == "no_grant"


def test_a_power_that_a_re_organisation_ended_is_gone() -> None:
    assert (
        code("hadi", succession("s", "kepala-dpmptsp", None, since="2026-01-27")) == "power_ended"
    )
    assert may("hadi", succession("s", "kepala-dpmptsp", None, since="2026-01-28"))


def test_a_power_that_moved_is_with_the_successor_and_no_longer_where_it_was() -> None:
    moved = succession("s", "kepala-dpmptsp", "kepala-dlh", since="2026-01-27")
    assert code("hadi", moved) == "power_moved"
    passport = allowed("rini", moved)
    assert passport.chain[-1].moved == ("s",)
    assert passport.signature == ["Kepala DLH"]


def test_who_had_a_power_only_between_two_re_organisations_is_told_that_it_moved() -> None:
    first = succession("s1", "kepala-dpmptsp", "kepala-dlh", since="2024-01-01")
    second = succession("s2", "kepala-dlh", "kepala-dinkes", since="2026-01-01")
    assert code("rini", first, second) == "power_moved"
    assert may("rini", first, second, on="2025-12-31")
    assert may("tono", first, second)


def test_a_grant_made_after_the_re_organisation_stays_where_it_was_made() -> None:
    """UU 30/2014 art. 15."""
    moved = succession("s", "kepala-dpmptsp", "kepala-dlh", since="2020-01-02")
    assert may("hadi", moved)


def test_a_position_that_was_closed_holds_nothing() -> None:
    closed = changed(CITY, "kepala-dpmptsp", until=day("2026-01-26"))
    assert may("hadi", closed, on="2026-01-26")
    assert code("hadi", closed) == "position_not_there"


def test_a_grant_that_ends_before_it_begins_counts_for_nothing() -> None:
    assert (
        code("hadi", changed(CITY, "delegasi-reklame", until=day("2019-01-01"))) == "dates_reversed"
    )


def test_a_grant_on_an_instrument_that_nobody_recorded_counts_for_nothing() -> None:
    assert code("hadi", city=without(CITY, "perwali-22-2019")) == "instrument_missing"


def test_a_grant_on_a_line_that_the_instrument_does_not_have_counts_for_nothing() -> None:
    lines = (line("lampiran-9", REKLAME),)
    assert code("hadi", changed(CITY, "perwali-22-2019", lines=lines)) == "line_missing"


def test_a_grant_older_than_its_instrument_counts_for_nothing() -> None:
    since = changed(CITY, "delegasi-reklame", since=day("2020-01-01"))
    assert code("hadi", since) == "instrument_younger"
    signed = changed(CITY, "perwali-22-2019", dated=day("2020-01-03"))
    assert code("hadi", signed) == "instrument_younger"


def test_grants_that_lead_back_to_where_they_began_give_nothing() -> None:
    papers = without(CITY, "wewenang-wali-kota")
    back = delegation("balik", "kepala-dpmptsp", "wali-kota", on=PERWALI, since="2020-01-02")
    assert code("hadi", back, city=papers) == "cycle"


def test_a_delegation_that_names_no_giver_gives_nothing() -> None:
    assert code("hadi", changed(CITY, "delegasi-reklame", giver=None)) == "giver_missing"


def test_nobody_gives_what_they_do_not_have() -> None:
    assert code("hadi", city=without(CITY, "wewenang-wali-kota")) == "giver_without_power"


# --- how it was passed on --------------------------------------------------------------------------


def test_a_delegated_power_is_not_delegated_on() -> None:
    on = delegation("d2", "kepala-dpmptsp", "kepala-dinkes", on=PERWALI, since="2020-01-02")
    assert code("tono", on) == "delegation_passed_on"


def test_a_sub_delegation_goes_no_further() -> None:
    first = sub_delegation("s1", "kepala-dpmptsp", "kabid-perizinan", on=KEPDIS, since="2020-01-02")
    second = sub_delegation("s2", "kabid-perizinan", "kasi-reklame", on=KEPDIS, since="2020-01-02")
    papers = without(CITY, "mandat-kabid", "ub-kasi")
    assert may("wati", first, second, city=papers)
    assert code("dewi", first, second, city=papers) == "sub_delegation_too_deep"


def test_a_sub_delegation_goes_to_the_level_directly_below() -> None:
    two_down = sub_delegation("s1", "kepala-dpmptsp", "kasi-reklame", on=KEPDIS, since="2020-01-02")
    papers = without(CITY, "ub-kasi")
    assert code("dewi", two_down, city=papers) == "sub_delegation_too_deep"


def test_a_sub_delegation_needs_an_article_that_permits_it() -> None:
    sub = sub_delegation("s1", "kepala-dpmptsp", "kabid-perizinan", on=KEPDIS, since="2020-01-02")
    silent = changed(CITY, "perwali-22-2019", lines=(line("lampiran-1", REKLAME),))
    papers = without(CITY, "mandat-kabid")
    assert code("wati", sub, silent, city=papers) == "sub_delegation_not_permitted"


def test_a_sub_delegation_stays_inside_the_agency() -> None:
    sub = sub_delegation("s1", "kepala-dpmptsp", "kepala-dlh", on=KEPDIS, since="2020-01-02")
    assert code("rini", sub) == "sub_delegation_other_body"


def test_a_mandate_goes_down_the_line_of_superiors_and_not_across() -> None:
    across = mandate("m", "kepala-dpmptsp", "kepala-dinkes", on=KEPDIS, since="2020-01-02")
    assert code("tono", across) == "mandate_not_subordinate"
    two_down = mandate("m", "kepala-dpmptsp", "kasi-reklame", on=KEPDIS, since="2020-01-02")
    assert chain(allowed("dewi", two_down))[-1] == "m"


def test_a_mandate_is_not_passed_on_but_for_one_signature() -> None:
    plain = mandate("ub-kasi", "kabid-perizinan", "kasi-reklame", on=KEPDIS, since="2020-01-02")
    assert code("dewi", plain) == "mandate_passed_on"
    silent = changed(CITY, "mandat-kabid", ub_allowed=False)
    assert code("dewi", silent) == "mandate_passed_on"
    deciding = changed(CITY, "ub-kasi", actions=("decide", "sign"))
    assert may("dewi", deciding)
    assert code("dewi", deciding, action="decide") == "mandate_passed_on"


def test_nobody_signs_for_another_below_a_power_that_is_no_mandate() -> None:
    papers = without(CITY, "mandat-kabid")
    below = ub("u", "kepala-dpmptsp", "kabid-perizinan", on=KEPDIS, since="2020-01-02")
    assert code("wati", below, city=papers) == "ub_without_mandate"


def test_a_strategic_decision_is_taken_by_no_mandate() -> None:
    assert code("wati", strategic=True) == "mandate_strategic"
    assert may("hadi", strategic=True)


# --- what it reaches, and when ---------------------------------------------------------------------


def test_a_power_reaches_no_service_that_its_line_does_not_name() -> None:
    wide = changed(CITY, "delegasi-reklame", services=("*",))
    assert code("hadi", wide, service="skck") == "service_not_in_line"
    named = changed(CITY, "perwali-22-2019", lines=(line("lampiran-1", REKLAME, "skck"),))
    assert may("hadi", wide, named, service="skck")


def test_a_power_bounded_by_value_and_territory_ends_there() -> None:
    small = changed(
        CITY,
        "delegasi-reklame",
        bounds=(Bound("width_cm", at_most=400), Bound("location", within=("64.72",))),
    )
    here: dict[str, Any] = {"width_cm": 400, "location": "64.72.03"}
    assert may("hadi", small, facts=here)
    for fact, value in (("width_cm", 401), ("location", "64.720"), ("location", None)):
        assert code("hadi", small, facts={**here, fact: value}) == "outside_bounds"
    assert code("hadi", small) == "outside_bounds"


def test_every_test_of_a_bound_counts_and_a_bound_without_any_reaches_nothing() -> None:
    both = changed(CITY, "delegasi-reklame", bounds=(Bound("size", at_least=1, one_of=("small",)),))
    assert code("hadi", both, facts={"size": 2}) == "outside_bounds"
    none = changed(CITY, "delegasi-reklame", bounds=(Bound("size"),))
    assert code("hadi", none, facts={"size": 2}) == "outside_bounds"


def test_a_regulation_gives_way_to_its_successor_on_its_first_day() -> None:
    new = replacement("r", "perwali-22-2019", "perwali-1-2026", since="2026-01-27")
    assert may("hadi", new, on="2026-01-26")
    assert code("hadi", new) == "instrument_replaced"


def test_a_successor_that_spares_older_cases_carries_only_newer_ones() -> None:
    """UU 30/2014 art. 13(2)b."""
    new = replacement(
        "r", "perwali-22-2019", "perwali-1-2026", since="2026-01-20", applies_to="opened_from"
    )
    text = instrument("perwali-1-2026", line("lampiran-1", REKLAME), since="2026-01-10")
    after = delegation(
        "d2", "wali-kota", "kepala-dpmptsp", on="perwali-1-2026#lampiran-1", since="2026-01-10"
    )
    older, newer = day("2026-01-19"), day("2026-01-20")
    assert chain(allowed("hadi", text, new, after, opened=older))[-1] == "delegasi-reklame"
    assert chain(allowed("hadi", text, new, after, opened=newer))[-1] == "d2"
    papers = without(CITY, "delegasi-reklame")
    assert code("hadi", text, new, after, city=papers, opened=older) == "instrument_replaced"
    # Outside any case it is asked of one that is opened on that day.
    asked: dict[str, Any] = {"city": papers, "opened": None}
    assert code("hadi", text, new, after, on="2026-01-19", **asked) == "instrument_replaced"
    assert may("hadi", text, new, after, on="2026-01-20", **asked)


def test_an_instrument_out_of_force_carries_nothing() -> None:
    ended = changed(CITY, "perwali-22-2019", until=day("2026-01-26"))
    assert may("hadi", ended, on="2026-01-26")
    assert code("hadi", ended) == "instrument_not_in_force"


def test_an_annex_line_out_of_force_carries_nothing() -> None:
    gone = (line("lampiran-1", REKLAME, until="2026-01-26"),)
    assert code("hadi", changed(CITY, "perwali-22-2019", lines=gone)) == "line_not_in_force"


def test_a_grant_that_does_not_run_carries_nothing() -> None:
    assert code("hadi", changed(CITY, "delegasi-reklame", until=day("2026-01-26"))) == (
        "grant_not_in_force"
    )


def test_a_withdrawal_works_from_its_day_and_never_reaches_back() -> None:
    """UU 30/2014 art. 13(6), 14(6)."""
    back = withdrawal("w", "delegasi-reklame", since="2026-01-27", on=PERDA)
    assert may("hadi", back, on="2026-01-26")
    assert code("hadi", back) == "grant_withdrawn"
    # Whoever stood on it falls with it; who gave it keeps what is theirs.
    assert code("wati", back) == "grant_withdrawn"
    assert may("andi", back)


def test_a_withdrawal_is_not_undone_when_its_own_paper_runs_out() -> None:
    """UU 30/2014 art. 13(6), 14(6)."""
    paper = instrument("perwali-9-2026", since="2026-01-02", until="2026-01-20")
    back = withdrawal("w", "delegasi-reklame", since="2026-01-10", on="perwali-9-2026#1")
    assert code("hadi", paper, back) == "grant_withdrawn"
    unsigned = changed([paper], "perwali-9-2026", dated=day("2026-02-01"))
    assert may("hadi", unsigned, back)
    not_yet = changed([paper], "perwali-9-2026", lines=(line("1", since="2026-02-01"),))
    assert may("hadi", not_yet, back)


def test_a_refusal_names_the_failing_link_far_above() -> None:
    denial = refused("dewi", withdrawal("w", "delegasi-reklame", since="2026-01-27", on=PERDA))
    assert denial.link is not None
    assert (denial.link["code"], denial.link["grant"]) == ("grant_withdrawn", "delegasi-reklame")
    assert "UU 30/2014 art. 13(6)" in denial.detail


# --- the case --------------------------------------------------------------------------------------


def test_an_acting_head_takes_no_strategic_decision() -> None:
    plt = incumbency("sk-3", "smr.rini", "kepala-dpmptsp", "plt", since="2026-01-26")
    asked: dict[str, Any] = {"as_position": "kepala-dpmptsp", "strategic": True}
    assert code("rini", plt, **asked) == "acting_strategic"


def test_who_did_the_earlier_step_is_kept_off_where_the_step_refuses_it() -> None:
    did = Circumstances(did=("verify",))
    assert code("hadi", case=replace(did, separation="refuse")) == "separation_of_duties"
    flagged = allowed("hadi", case=replace(did, separation="flag"))
    assert flagged.remarks == ({"kind": "same_person", "steps": ["verify"]},)
    assert allowed("hadi", case=replace(did, separation="off")).remarks == ()


def test_nobody_decides_their_own_case() -> None:
    assert code("hadi", case=Circumstances(own_case=True)) == "own_case"


def test_a_declared_conflict_blocks_until_it_is_lifted() -> None:
    assert code("hadi", case=Circumstances(conflict="declared")) == "conflict_declared"
    lifted = Circumstances(conflict="lifted", conflict_remark={"kind": "conflict_lifted"})
    assert allowed("hadi", case=lifted).remarks == ({"kind": "conflict_lifted"},)


# --- who else --------------------------------------------------------------------------------------


def others(*papers: Recorded, blocked: str = "", on: str = TODAY) -> list[tuple[str, str | None]]:
    matter = Matter("sign", REKLAME, day(on))

    def case(officer: str) -> Circumstances:
        return Circumstances(own_case=officer == f"smr.{blocked}")

    return [(one.position, one.officer) for one in who_may(register(*CITY, *papers), matter, case)]


def test_everybody_who_may_is_named_and_an_empty_chair_too() -> None:
    """UU 30/2014 art. 42."""
    assert others() == [
        ("wali-kota", "smr.andi"),
        ("kepala-dpmptsp", "smr.hadi"),
        ("kabid-perizinan", "smr.wati"),
        ("kasi-reklame", "smr.dewi"),
    ]
    ended = changed(CITY, "sk-hadi", until=day("2026-01-26"))
    assert ("kepala-dpmptsp", None) in others(ended)


def test_a_chair_is_not_empty_because_its_holder_is_kept_off_this_case() -> None:
    """UU 30/2014 art. 42."""
    named = others(blocked="hadi")
    assert "kepala-dpmptsp" not in [position for position, _ in named]
    assert ("kabid-perizinan", "smr.wati") in named


def test_a_position_that_nobody_recorded_gives_no_seat() -> None:
    assert code("hadi", city=without(CITY, "kepala-dpmptsp")) == "position_not_there"
    assert may("hadi", position("kepala-dpmptsp", superior="wali-kota"))
