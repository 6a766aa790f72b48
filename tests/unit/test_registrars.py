"""Whose registrars keep a paper, whom it concerns, and what it would stop."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from casetrack.domain.authority.entering import Paper, check_two
from casetrack.domain.authority.faults import KEEPING_FAULTS
from casetrack.domain.authority.recorded import Recorded
from casetrack.domain.authority.registrar_findings import Hands, registrar_findings
from casetrack.domain.authority.registrars import ANY_BODY, Keeper, Keeping
from casetrack.domain.authority.stopping import check_stops, stops
from casetrack.domain.errors import Forbidden, NotNow
from casetrack.domain.service.definition import Name
from tests.support.registers import (
    changed,
    day,
    delegation,
    grant,
    incumbency,
    instrument,
    latest,
    line,
    mandate,
    position,
    register,
    renaming,
    replacement,
    samarinda,
    stay,
    succession,
    withdrawal,
)

TODAY, TOMORROW, YESTERDAY = day("2026-11-23"), day("2026-11-24"), day("2026-11-22")
EVERY_BODY = frozenset({"setda", "dpmptsp", "dlh", "dinkes"})
CITY = [
    *samarinda(),
    position("sekretaris-dpmptsp", superior="kepala-dpmptsp"),
    position("kabid-dlh", "dlh", superior="kepala-dlh"),
    incumbency("sk-sari", "smr.sari", "sekretaris-dpmptsp", since="2020-01-02"),
]


def account(name: str, agency: str | None, *bodies: str, person: str = "") -> Keeper:
    kept = frozenset(bodies)
    return Keeper(f"smr.{name}", person or f"smr.{name}", agency, True, kept, kept)


ACCOUNTS = {
    each.login: each
    for each in (
        account("lina", "setda", *EVERY_BODY),
        account("joko", "setda", *EVERY_BODY),
        account("sari", "dpmptsp", "dpmptsp"),
        account("yuni", "dpmptsp", "dpmptsp"),
        account("hadi", "dpmptsp", *EVERY_BODY),
        account("wati", "dpmptsp", *EVERY_BODY),
        account("rini", "dlh"),
    )
}


def keeping(papers: Sequence[Recorded], on: date = TODAY, **more: Any) -> Keeping:
    values = {"secretariat": "setda", "accounts": ACCOUNTS, **more}
    return Keeping(register(*papers), day=on, **values)


def entering(paper: Recorded, papers: Sequence[Recorded] = (), **more: Any) -> Paper:
    known = [*CITY, *papers]
    before = next(
        (p.entry for p in latest(known) if (p.kind, p.id) == (paper.kind, paper.id)), None
    )
    then = keeping([*known, paper], **more)
    return Paper(paper.id, paper.entry, before, keeping(known, **more), then)


SEAT: dict[str, Any] = {"since": "2026-12-01", "dated": "2026-11-20"}
PLT_HEAD = incumbency("plt", "smr.yuni", "kepala-dpmptsp", "plt", **SEAT)
SECRETARY = incumbency("sk-baru", "smr.yuni", "sekretaris-dpmptsp", "plt", **SEAT)
OWN: dict[str, Any] = {"since": "2026-12-01", "on": "kepdis-1-2020#1"}

BODIES: dict[str, tuple[Recorded, str]] = {
    "the head of an agency": (PLT_HEAD, "setda"),
    "another position of an agency": (SECRETARY, "dpmptsp"),
    "the mayor": (incumbency("w", "smr.yuni", "wali-kota", **SEAT), "setda"),
    "a position nobody recorded": (incumbency("w", "smr.yuni", "tiada", **SEAT), "setda"),
    "a new position below a head": (position("baru", superior="kepala-dpmptsp"), "dpmptsp"),
    "a new head": (position("baru", "dlh", superior="wali-kota"), "setda"),
    "a new top": (position("baru", "dlh"), "setda"),
    "a head's new name": (renaming("n", "kepala-dlh", "Kepala", since="2026-12-01"), "setda"),
    "a delegation to a head": (delegation("d", "wali-kota", "kepala-dlh", **OWN), "setda"),
    "a mayor's mandate to no head": (mandate("d", "wali-kota", "kabid-dlh", **OWN), "setda"),
    "a head's mandate": (mandate("d", "kepala-dlh", "kabid-dlh", **OWN), "dlh"),
    "a law's power to no head": (grant("d", "attribution", None, "kabid-dlh", **OWN), "dlh"),
    "a law's power to a head": (grant("d", "attribution", None, "kepala-dlh", **OWN), "setda"),
    "a mandate taken back": (
        withdrawal("x", "mandat-kabid", since="2026-12-01", on="kepdis-1-2020#1"),
        "dpmptsp",
    ),
    "what nobody gave taken back": (
        withdrawal("x", "y", since="2026-12-01", on="perda#1"),
        "setda",
    ),
    "powers that stay in the agency": (
        succession("s", "kabid-perizinan", "sekretaris-dpmptsp", since="2026-12-01"),
        "dpmptsp",
    ),
    "powers that leave the agency": (
        succession("s", "kabid-perizinan", "kabid-dlh", since="2026-12-01"),
        "setda",
    ),
    "powers that end": (succession("s", "kabid-dlh", None, since="2026-12-01"), "dlh"),
    "a mayor's regulation": (instrument("p", since="2026-12-01"), "setda"),
    "a decree on which nothing rests": (
        instrument("p", since="2026-12-01", form="decree"),
        ANY_BODY,
    ),
    "a decree on which mandates rest": (
        instrument("kepdis-1-2020", line("1"), since="2020-01-02", form="decree"),
        "dpmptsp",
    ),
    "a replacement": (replacement("r", "kepdis-1-2020", "perda", since="2026-12-01"), "setda"),
    "a stay in the mall": (stay("m", "dlh", "PKS", since="2026-12-01"), "dlh"),
    "a letter of one agency that becomes another's": (
        changed(CITY, "sk-sari", position="kabid-dlh"),
        "setda",
    ),
    "a head who is said to be none": (
        changed(
            CITY,
            "kepala-dlh",
            superiors=position("x", "dlh", superior="kabid-dlh").entry.superiors,  # type: ignore[union-attr]
        ),
        "setda",
    ),
}


@pytest.mark.parametrize("what", BODIES)
def test_a_paper_belongs_to_one_body(what: str) -> None:
    paper, body = BODIES[what]
    assert entering(paper).body == body


def test_without_a_secretariat_the_papers_of_heads_wait_and_the_others_do_not() -> None:
    with pytest.raises(Forbidden, match="names none"):
        entering(PLT_HEAD, secretariat=None).check_hand("smr.lina")
    entering(SECRETARY, secretariat=None).check_hand("smr.lina")


def test_only_registrars_of_the_body_enter_a_paper() -> None:
    mandate_of_dlh = BODIES["a head's mandate"][0]
    for paper, login in (
        (PLT_HEAD, "smr.sari"),
        (mandate_of_dlh, "smr.sari"),
        (SECRETARY, "smr.x"),
    ):
        with pytest.raises(Forbidden) as refused:
            entering(paper).check_hand(login)
        assert refused.value.code == "not_registrar"
    gone = {**ACCOUNTS, "smr.lina": replace(ACCOUNTS["smr.lina"], live=False)}
    with pytest.raises(Forbidden):
        entering(PLT_HEAD, accounts=gone).check_hand("smr.lina")
    entering(PLT_HEAD).check_hand("smr.lina")
    entering(BODIES["a decree on which nothing rests"][0]).check_hand("smr.sari")


#: Who keeps the papers of every body and may not touch this one, and why.
BARRED: dict[str, tuple[Recorded, str]] = {
    "who is named": (incumbency("x", "smr.wati", "sekretaris-dpmptsp", **SEAT), "smr.wati"),
    "who is named by an account of their own": (
        incumbency("x", "smr.twin", "kabid-dlh", **SEAT),
        "smr.wati",
    ),
    "who is replaced": (incumbency("x", "smr.yuni", "kabid-perizinan", **SEAT), "smr.wati"),
    "whose letter it was": (changed(CITY, "sk-wati", officer="smr.yuni"), "smr.wati"),
    "who gets a power": (mandate("x", "kepala-dpmptsp", "kabid-perizinan", **OWN), "smr.wati"),
    "who loses it": (
        withdrawal("x", "mandat-kabid", since="2026-12-01", on="kepdis-1-2020#1"),
        "smr.wati",
    ),
    "whose power rests on the text": (
        changed(CITY, "kepdis-1-2020", until=day("2030-01-01")),
        "smr.wati",
    ),
    "whose power is replaced": (BODIES["a replacement"][0], "smr.wati"),
    "who holds the position": (
        renaming("x", "kabid-perizinan", "Kabid", since="2026-12-01"),
        "smr.wati",
    ),
    "whose position gives way": (BODIES["powers that leave the agency"][0], "smr.wati"),
    "who sits below": (PLT_HEAD, "smr.wati"),
    "who is of the agency whose head it is": (
        incumbency("x", "smr.rini", "kepala-dpmptsp", **SEAT),
        "smr.sari",
    ),
    "who works below somebody named": (
        incumbency("x", "smr.hadi", "kabid-dlh", **SEAT),
        "smr.sari",
    ),
    "who comes to stand above": (
        changed(
            CITY,
            "sekretaris-dpmptsp",
            superiors=position("x", superior="kabid-perizinan").entry.superiors,  # type: ignore[union-attr]
        ),
        "smr.wati",
    ),
}


@pytest.mark.parametrize("why", BARRED)
def test_nobody_files_a_paper_that_concerns_them_or_who_stands_above_them(why: str) -> None:
    paper, login = BARRED[why]
    everywhere = {each.login: replace(each, registrar_for=EVERY_BODY) for each in ACCOUNTS.values()}
    everywhere["smr.twin"] = account("twin", "dlh", person="smr.wati")
    with pytest.raises(Forbidden) as refused:
        entering(paper, accounts=everywhere).check_hand(login)
    assert refused.value.code == "own_paper"
    entering(paper, accounts=everywhere).check_hand("smr.lina")


def test_below_the_mayor_is_everybody_and_it_bars_nobody() -> None:
    # Nobody has confirmed who keeps papers here, so they make no mayor; but as subordinates they are not
    # barred, which is asked first.
    with pytest.raises(Forbidden, match="was set up as a registrar"):
        entering(BODIES["the mayor"][0]).check_hand("smr.hadi")


def test_two_accounts_of_one_person_are_one_hand() -> None:
    accounts = {**ACCOUNTS, "smr.lina2": account("lina2", "dlh", person="smr.lina")}
    check_two(accounts, "smr.lina", "smr.joko")
    for second in ("smr.lina", "smr.lina2"):
        with pytest.raises(Forbidden):
            check_two(accounts, "smr.lina", second)


# --- what stops -----------------------------------------------------------------------------------

REKLAME, SERVICES = "izin-reklame", {"izin-reklame": False, "surat-keterangan": False}
FIRST = "perwali-22-2019#lampiran-1"
#: A paper, and what it would stop today.
STOPS: dict[str, tuple[Recorded, list[str]]] = {
    "a second definitive holder": (
        incumbency("x", "smr.yuni", "kepala-dpmptsp", since=TODAY),
        ["sk-hadi"],
    ),
    "a second definitive holder to come": (
        incumbency("x", "smr.yuni", "kepala-dpmptsp", since="2027-03-01"),
        ["sk-hadi"],
    ),
    "a letter's end in the past": (changed(CITY, "sk-hadi", until=YESTERDAY), ["sk-hadi"]),
    "another officer in the letter": (changed(CITY, "sk-hadi", officer="smr.yuni"), ["sk-hadi"]),
    "a letter that begins later": (changed(CITY, "sk-hadi", since=TOMORROW), ["sk-hadi"]),
    "a grant's end in the past": (
        changed(CITY, "delegasi-reklame", until=YESTERDAY),
        ["delegasi-reklame", "mandat-kabid", "ub-kasi"],
    ),
    "fewer actions": (
        changed(CITY, "mandat-kabid", actions=("decide",)),
        ["mandat-kabid", "ub-kasi"],
    ),
    "another receiver": (
        changed(CITY, "mandat-kabid", receiver="sekretaris-dpmptsp"),
        ["mandat-kabid", "ub-kasi"],
    ),
    "a withdrawal that reaches back": (
        withdrawal("x", "mandat-kabid", since=YESTERDAY, on="kepdis-1-2020#1"),
        ["mandat-kabid", "ub-kasi"],
    ),
    "an instrument's end in the past": (
        changed(CITY, "kepdis-1-2020", until=YESTERDAY),
        ["mandat-kabid", "ub-kasi"],
    ),
    "an instrument without its line": (
        changed(CITY, "kepdis-1-2020", lines=(line("2"),)),
        ["mandat-kabid", "ub-kasi"],
    ),
    "a new text that carries only cases to come": (
        replacement("x", "perda", "kepdis-1-2020", since="2027-01-01", applies_to="opened_from"),
        ["mandat-kabid", "ub-kasi"],
    ),
    "a re-organisation that reaches back": (
        succession("x", "kasi-reklame", None, since=YESTERDAY),
        ["ub-kasi"],
    ),
    "a position that is closed": (
        changed(CITY, "kasi-reklame", until=YESTERDAY),
        ["sk-dewi", "ub-kasi"],
    ),
    # Ordinary: nothing is asked.
    "a letter's last day today": (changed(CITY, "sk-hadi", until=TODAY), []),
    "a letter's last day next month": (changed(CITY, "sk-hadi", until=day("2026-12-31")), []),
    "a Plh beside the definitive holder": (
        incumbency("x", "smr.yuni", "kepala-dpmptsp", "plh", since=TODAY),
        [],
    ),
    "a withdrawal from today on": (
        withdrawal("x", "mandat-kabid", since=TODAY, on="kepdis-1-2020#1"),
        [],
    ),
    "a replacement from today on": (replacement("x", "kepdis-1-2020", "perda", since=TODAY), []),
    "one more power": (mandate("x", "kepala-dlh", "kabid-dlh", **OWN), []),
    "a new name": (renaming("x", "kepala-dlh", Name("a", "b"), since=TODAY), []),
    "the same said again": (changed(CITY, "mandat-kabid"), []),
}


@pytest.mark.parametrize("what", STOPS)
def test_a_paper_says_what_it_would_stop(what: str) -> None:
    paper, wanted = STOPS[what]
    before = next((p.entry for p in CITY if (p.kind, p.id) == (paper.kind, paper.id)), None)
    now, then = register(*CITY), register(*CITY, paper)
    assert stops(now, then, paper.entry, before, SERVICES, TODAY) == wanted


def test_what_stops_is_asked_unless_exactly_that_was_said() -> None:
    check_stops([], [])
    check_stops(["a", "b"], ["b", "a"])
    for said in ([], ["a"], ["a", "b", "c"]):
        with pytest.raises(NotNow) as refused:
            check_stops(["a", "b"], said)
        assert (refused.value.code, refused.value.fields) == (
            "stops_what_works",
            {"stops": ["a", "b"]},
        )


# --- what is found --------------------------------------------------------------------------------


def hands(kind: Any, entry: str, by: str, second: str, on: date = TODAY) -> Hands:
    return Hands(kind, entry, f"smr.{by}", f"smr.{second}", on)


def told(found: Keeping, *filed: Hands) -> set[tuple[str, tuple[str, ...]]]:
    return {
        (each.code, tuple(entry for _, entry in each.entries))
        for each in registrar_findings(found, filed)
    }


def test_papers_that_two_registrars_filed_are_no_finding() -> None:
    assert told(keeping(CITY), hands("incumbency", "sk-hadi", "lina", "joko")) == set()
    assert told(keeping([], secretariat=None)) == set()


def test_a_body_with_one_person_to_keep_its_papers_is_found() -> None:
    few = {
        name: replace(a, registrar_for=a.registrar_for - {"dlh"}) for name, a in ACCOUNTS.items()
    }
    few["smr.hadi"] = replace(few["smr.hadi"], registrar_for=EVERY_BODY)
    few["smr.twin"] = account("twin", "dlh", "dlh", person="smr.hadi")
    papers = [*CITY, incumbency("sk-x", "smr.x", "kabid-dlh", since="2020-01-02")]
    assert told(keeping(papers, accounts=few)) == {("registrars_few", ())}
    assert ("secretariat_missing", ()) in told(keeping(papers, secretariat=None))


def test_a_paper_filed_by_who_never_kept_those_of_its_body_is_found() -> None:
    filed = hands("incumbency", "sk-hadi", "sari", "joko")
    assert ("filed_by_stranger", ("sk-hadi",)) in told(keeping(CITY), filed)
    # Who kept them once filed what was theirs to file.
    once = {**ACCOUNTS, "smr.rini": replace(ACCOUNTS["smr.rini"], ever_for=EVERY_BODY)}
    paper = hands("incumbency", "sk-sari", "rini", "joko")
    assert told(keeping(CITY, accounts=once), paper) == set()


def test_a_paper_filed_by_whom_it_concerned_then_is_found() -> None:
    filed = hands("incumbency", "sk-wati", "hadi", "wati")
    assert told(keeping(CITY), filed) == {("filed_for_oneself", ("sk-wati",))}
    # Wati was nobody's division head yet.
    early = hands("grant", "mandat-kabid", "lina", "wati", day("2018-05-01"))
    assert told(keeping(CITY), early) == set()


def test_papers_of_a_set_up_are_found_once_for_each_body() -> None:
    filed = [
        Hands("incumbency", name, "operator", None, TODAY)
        for name in ("sk-hadi", "sk-sari", "sk-rini")
    ]
    assert told(keeping(CITY), *filed) == {
        ("set_up", ("sk-hadi", "sk-rini")),
        ("set_up", ("sk-sari",)),
    }


def test_every_finding_about_registrars_is_met_here() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    assert all(f'"{code}"' in text for code in KEEPING_FAULTS)
