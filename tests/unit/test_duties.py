"""Who is a registrar on a day, held against a slow and plain reading of the same papers."""

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest

from casetrack.domain.authority.entering import Paper
from casetrack.domain.authority.entries import Incumbency, Instrument, Letter, Registrar
from casetrack.domain.authority.few_registrars import duties_stopped, few
from casetrack.domain.authority.recorded import Recorded
from casetrack.domain.authority.registrars import Keeper, Keeping
from casetrack.domain.errors import Forbidden
from casetrack.domain.people.persons import persons_of
from tests.support.examples import examples
from tests.support.registers import (
    changed,
    incumbency,
    instrument,
    position,
    recorded,
    register,
    registrar,
    samarinda,
    stay,
)

TODAY = date(2026, 11, 23)
BODIES = ("dpmptsp", "dlh", "setda")
PEOPLE = ("a", "b", "c", "d", "e")
DAYS = tuple(TODAY + timedelta(days=n) for n in (-400, -1, 0, 1, 30, 200))


def keeping(papers: list[Recorded], accounts: dict[str, Keeper], day: date = TODAY) -> Keeping:
    return Keeping(register(*papers), "setda", accounts, day)


by_chance = pytest.mark.parametrize("seed", range(examples(300)))


# --- by chance ------------------------------------------------------------------------------------


def some_accounts(chance: random.Random) -> dict[str, Keeper]:
    return {
        login: Keeper(login, chance.choice((login, "a")), "dlh", chance.random() < 0.8)
        for login in PEOPLE
    }


def some_duty(chance: random.Random, name: str) -> Recorded:
    since, until = chance.choice(DAYS), chance.choice((None, *DAYS))
    letter = chance.choice((None, Letter("SK", chance.choice(DAYS), None)))
    text = chance.choice((None, "sk-1", "tiada"))
    entry = Registrar(
        chance.choice(PEOPLE), chance.choice(BODIES), since, until, letter, instrument=text
    )
    return recorded("registrar", name, entry)


def some_papers(chance: random.Random) -> list[Recorded]:
    decree = instrument("sk-1", since=chance.choice(DAYS), until=chance.choice((None, *DAYS)))
    return [decree, *(some_duty(chance, f"r-{n}") for n in range(chance.randrange(9)))]


def counts(papers: list[Recorded], duty: Registrar, day: date) -> bool:
    """The same in so many words: begun, not over, signed, and by a text in force."""
    if day < duty.since or (duty.until is not None and day > duty.until):
        return False
    if duty.letter is not None and day < duty.letter.dated:
        return False
    if duty.instrument is None:
        return True
    texts = [p.entry for p in papers if isinstance(p.entry, Instrument) and p.id == duty.instrument]
    return any(
        day >= text.dated and day >= text.since and (text.until is None or day <= text.until)
        for text in texts
    )


def who_keeps(
    papers: list[Recorded], accounts: dict[str, Keeper], body: str, day: date
) -> set[str]:
    return {
        duty.officer
        for duty in (p.entry for p in papers)
        if isinstance(duty, Registrar)
        and duty.agency == body
        and counts(papers, duty, day)
        and accounts[duty.officer].live
    }


@by_chance
def test_who_keeps_what_is_what_the_papers_say_one_by_one(seed: int) -> None:
    chance = random.Random(seed)
    papers, accounts = some_papers(chance), some_accounts(chance)
    for day in DAYS:
        found = keeping(papers, accounts, day)
        for body in BODIES:
            logins = who_keeps(papers, accounts, body, day)
            assert {login for login in accounts if found.keeps(login, body)} == logins
            assert set(found.persons(body)) == {accounts[login].person for login in logins}


@by_chance
def test_a_body_has_few_from_the_first_day_on_which_papers_leave_it_fewer_than_two(
    seed: int,
) -> None:
    chance = random.Random(seed)
    posts = [position(f"staf-{body}", body, superior="x") for body in BODIES]
    papers, accounts = [*some_papers(chance), *posts], some_accounts(chance)
    told = {each.agency: each.since for each in few(keeping(papers, accounts), 250)}
    for body in BODIES:
        days = (TODAY + timedelta(days=n) for n in range(251))
        persons = (
            (day, {accounts[o].person for o in who_keeps(papers, accounts, body, day)})
            for day in days
        )
        first = next((day for day, found in persons if len(found) < 2), None)
        assert told.get(body) == first, body


@by_chance
def test_what_a_paper_stops_is_what_counted_and_does_not_any_more(seed: int) -> None:
    chance = random.Random(seed)
    papers, accounts = some_papers(chance), some_accounts(chance)
    paper = some_duty(chance, f"r-{chance.randrange(9)}")
    after = [p for p in papers if p.id != paper.id] + [paper]
    stopped = set(duties_stopped(keeping(papers, accounts), keeping(after, accounts)))
    for each in papers:
        duty = each.entry
        if not isinstance(duty, Registrar) or not counts(papers, duty, TODAY):
            continue
        now = next(p.entry for p in after if p.id == each.id)
        assert isinstance(now, Registrar)
        same = (now.officer, now.agency) == (duty.officer, duty.agency)
        if not (same and counts(after, now, TODAY)):
            assert each.id in stopped
    for body in BODIES:
        before, then = (who_keeps(these, accounts, body, TODAY) for these in (papers, after))
        if len({accounts[o].person for o in then}) < 2 <= len({accounts[o].person for o in before}):
            theirs = {
                p.id
                for p in papers
                if isinstance(p.entry, Registrar)
                and p.entry.agency == body
                and counts(papers, p.entry, TODAY)
            }
            assert theirs <= stopped


# --- whose paper it is, and whom it concerns ----------------------------------------------------------


CITY = [*samarinda(), position("kabid-dlh", "dlh", superior="kepala-dlh")]
CITY += [
    registrar(login, body) for login in ("smr.lina", "smr.joko") for body in ("setda", "dinkes")
]
CITY += [registrar("smr.rudi", "dlh"), registrar("smr.budi", "dlh")]
ACCOUNTS = {
    login: Keeper(login, login, agency)
    for login, agency in (
        ("smr.lina", "setda"),
        ("smr.joko", "setda"),
        ("smr.rudi", "dlh"),
        ("smr.budi", "dinkes"),
        ("smr.baru", "dlh"),
        ("smr.rini", "dlh"),
    )
}


def entering(paper: Recorded, papers: list[Recorded] | None = None) -> Paper:
    known = CITY if papers is None else papers
    before = next((p.entry for p in known if (p.kind, p.id) == (paper.kind, paper.id)), None)
    then = [p for p in known if (p.kind, p.id) != (paper.kind, paper.id)] + [paper]
    return Paper(paper.id, paper.entry, before, keeping(known, ACCOUNTS), keeping(then, ACCOUNTS))


def test_who_becomes_a_registrar_is_a_paper_of_the_body_and_of_the_secretariat() -> None:
    paper = entering(registrar("smr.baru", "dlh"))
    assert paper.body == "dlh"
    for login in ("smr.rudi", "smr.budi", "smr.lina"):
        right = paper.check_hand(login)
        assert right is not None
        assert isinstance(right.entry, Registrar)
        assert right.entry.officer == login
    with pytest.raises(Forbidden) as refused:
        paper.check_hand("smr.baru")
    assert refused.value.code == "not_registrar"


def test_who_was_set_up_makes_no_registrar_and_files_every_other_paper() -> None:
    papers = [
        replace(p, cite=replace(p.cite, set_up="bagus")) if p.kind == "registrar" else p
        for p in CITY
    ]
    with pytest.raises(Forbidden, match="makes no other one until"):
        entering(registrar("smr.baru", "dlh"), papers).check_hand("smr.rudi")
    right = entering(stay("mpp", "dlh", "PKS", since="2026-12-01"), papers).check_hand("smr.rudi")
    assert right is not None
    assert right.cite.set_up == "bagus"


def test_the_head_of_an_agency_becomes_a_registrar_by_the_secretariat_s() -> None:
    held = next(
        p.entry.officer for p in CITY
        if isinstance(p.entry, Incumbency) and p.entry.position == "kepala-dlh"
    )  # fmt: skip
    paper = entering(registrar(held, "dinkes"))
    assert paper.body == "setda"
    with pytest.raises(Forbidden):
        paper.check_hand("smr.rudi")
    paper.check_hand("smr.lina")


def test_who_is_named_or_was_files_nothing_of_it() -> None:
    for paper in (
        registrar("smr.rudi", "dlh"),
        changed(CITY, "smr.rudi.dlh", officer="smr.baru"),
    ):
        with pytest.raises(Forbidden) as refused:
            entering(paper).check_hand("smr.rudi")
        assert refused.value.code == "own_paper"


def test_only_who_heads_the_secretariat_confirms_the_first_and_not_their_own() -> None:
    secretary = [
        *CITY,
        position("sekda", "setda", superior="wali-kota"),
        position("kabag", "setda", superior="sekda"),
        incumbency("sk-sekda", "smr.rini", "sekda", since="2020-01-02"),
        incumbency("sk-kabag", "smr.budi", "kabag", since="2020-01-02"),
    ]
    paper = entering(registrar("smr.baru", "dlh"), secretary)
    assert paper.check_head("smr.rini").id == "sk-sekda"
    for login in ("smr.budi", "smr.lina", "smr.tiada"):
        with pytest.raises(Forbidden) as refused:
            paper.check_head(login)
        assert refused.value.code == "secretariat_head_only"
    with pytest.raises(Forbidden) as refused:
        entering(registrar("smr.rini", "dlh"), secretary).check_head("smr.rini")
    assert refused.value.code == "own_paper"
    gone = replace(paper, now=replace(paper.now, secretariat=None))
    with pytest.raises(Forbidden):
        gone.check_head("smr.rini")


# --- several accounts of one person -------------------------------------------------------------------


def test_accounts_are_one_person_s_by_their_word_or_their_nik_and_through_a_third() -> None:
    found = persons_of(
        [
            ("d", "budi", None),
            ("b", "budi", "nik-1"),
            ("c", None, "nik-1"),
            ("a", None, None),
            ("e", "ani", None),
        ]
    )
    assert found == {"a": "a", "b": "b", "c": "b", "d": "b", "e": "e"}


def test_a_word_is_no_nik() -> None:
    assert persons_of([("a", "x", None), ("b", None, "x")]) == {"a": "a", "b": "b"}
