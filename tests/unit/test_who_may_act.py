"""Who may act, the alternatives of a refusal, coverage and powers name exactly those who then succeed.

A city with its papers mended and spoilt at random; every officer tries the step in each of their seats.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casetrack.domain.access import Account, Actor
from casetrack.domain.authority.check import who_may
from casetrack.domain.authority.coverage import coverage, powers
from casetrack.domain.authority.entries import Bound, Incumbency
from casetrack.domain.authority.holders import Holders
from casetrack.domain.authority.recorded import Recorded
from casetrack.domain.authority.register import Register
from casetrack.domain.case.authority_check import everybody, matter_of, present
from casetrack.domain.case.commands import Act
from casetrack.domain.case.decide import decide
from casetrack.domain.case.state import CaseState
from casetrack.domain.case.steps import Setting
from casetrack.domain.errors import Forbidden, NoAuthority, NotFound
from casetrack.domain.service.definition import Separation, ServiceDefinition
from tests.support.authority import guarded
from tests.support.examples import MANY, examples
from tests.support.registers import (
    changed,
    day,
    delegation,
    incumbency,
    latest,
    samarinda,
    succession,
    withdrawal,
)
from tests.support.world import billboard
from tests.unit.case_player import CALENDAR, Player

NOW = datetime(2026, 12, 7, 2, 0, tzinfo=UTC)
CITY = samarinda()
#: Account, roles and agency: seats are handed out without regard to them.
CAST: Mapping[str, tuple[str, str | None]] = {
    "andi": ("officer", "setda"),
    "hadi": ("officer", "dpmptsp"),
    "wati": ("supervisor", "dpmptsp"),
    "dewi": ("clerk", "dpmptsp"),
    "rini": ("head", "dlh"),
    "tono": ("officer", "dinkes"),
    "yuni": ("officer", "dpmptsp"),
    "sari": ("officer", "dishub"),
}
STEPS = ("review_dlh", "decide", "sign")
SCRIPTS = {
    "review_dlh": "dewi declare_complete intake",
    "decide": """
        dewi declare_complete intake
        rudi complete review_dlh favourable
        sari complete review_dishub favourable
        hadi complete verify
    """,
}
SCRIPTS["sign"] = SCRIPTS["decide"] + "hadi complete decide\nbima record_payment pay_tax\n"


def _definition() -> ServiceDefinition:
    return guarded(billboard())


def _state(step: str) -> CaseState:
    return Player(billboard(), width_cm=400, location="64.72.03").play(SCRIPTS[step]).state


STATES = {step: _state(step) for step in STEPS}


@dataclass(frozen=True)
class City:
    """Papers, accounts and what the case says of people."""

    papers: tuple[Recorded, ...]
    step: str
    strategic: bool
    disabled: frozenset[str]
    parties: frozenset[str]
    conflicted: frozenset[str]
    #: Accounts that are one person's.
    twins: frozenset[str] = frozenset()
    #: Of who audits, or runs the accounts, beside their first role.
    more: frozenset[str] = frozenset()
    separation: Separation = "off"
    #: How many days from now it is asked for, and taken.
    ahead: int = 0
    #: No paper was ever confirmed: an operator put all in.
    set_up: bool = False
    #: What was declared of them does not bar them any more.
    lifted: frozenset[str] = frozenset()

    @property
    def now(self) -> datetime:
        return NOW + timedelta(days=self.ahead)

    @property
    def register(self) -> Register:
        papers = latest([*CITY, *self.papers])
        if self.set_up:
            papers = [replace(p, cite=replace(p.cite, set_up="ops")) for p in papers]
        return Register(papers)

    @property
    def definition(self) -> ServiceDefinition:
        asked = replace(_definition(), strategic=self.strategic)
        steps = (
            replace(step, separation=self.separation) if step.id == self.step else step
            for step in asked.steps
        )
        return replace(asked, steps=tuple(steps))

    def person(self, login: str) -> str:
        """Who is behind an account."""
        return "twins" if login.removeprefix("smr.") in self.twins else login

    def is_party(self, who: str) -> bool:
        """Whether the person has come for themselves, by whichever account."""
        return who in self.parties or (who in self.twins and bool(self.twins & self.parties))

    @property
    def state(self) -> CaseState:
        conflicts = tuple(
            {"officer": f"smr.{who}", "ground": "family",
             "status": "lifted" if who in self.lifted else "declared",
             "declared_by": f"smr.{who}", "version": 1}
            for who in sorted(self.conflicted)
        )  # fmt: skip
        return replace(STATES[self.step], conflicts=conflicts)

    def setting(self, judged: str = "") -> Setting:
        accounts = {
            f"smr.{who}": Account(
                f"smr.{who}",
                self.roles(who, role),
                agency,
                who not in self.disabled,
                self.is_party(who),
            )
            for who, (role, agency) in CAST.items()
        }
        return Setting(
            "64.72", self.now, self.definition, CALENDAR, self.register,
            self.is_party(judged), None, lambda logins: accounts, self.person,
        )  # fmt: skip

    def roles(self, who: str, first: str) -> tuple[str, ...]:
        """All roles of an account."""
        return (first, "admin") if who in self.more else (first,)


def _change(paper: str, **parts: Any) -> Callable[[], Recorded]:
    return lambda: changed(CITY, paper, **parts)


def _says(word: str, **parts: Any) -> Callable[[], Recorded]:
    return _change("delegasi-reklame", giver_acts=word, giver_article="Pasal 5", **parts)


CHANGES: tuple[Callable[[], Recorded], ...] = (
    _says("yes"),
    _says("no"),
    _says("no", until=day("2026-12-06")),
    _says("no", steps=("sign",)),
    _change("mandat-kabid", steps=("decide",)),
    _change("rekomendasi-dlh", steps=("review_dishub",)),
    _change("rekomendasi-dlh", steps=("review_dlh",)),
    _change("sk-hadi", until=day("2026-12-06")),
    _change("sk-andi", form="plt"),
    lambda: incumbency("sk-1", "smr.yuni", "kepala-dpmptsp", "plh", since="2026-12-01"),
    lambda: incumbency("sk-2", "smr.tono", "kepala-dpmptsp", since="2026-12-01"),
    lambda: incumbency("sk-3", "smr.tono", "wali-kota", "plh", since="2026-12-01"),
    lambda: incumbency("sk-4", "smr.sari", "kepala-dlh", "plt", since="2026-12-01"),
    lambda: incumbency("sk-5", "smr.dewi", "kepala-dlh", "plh", since="2026-12-08"),
    lambda: delegation("d-2", "wali-kota", "kepala-dinkes", on="perwali-22-2019#lampiran-1",
                       since="2020-02-01", services=("izin-reklame",)),
    lambda: withdrawal("w", "delegasi-reklame", since="2026-12-01", on="perda#1"),
    lambda: succession("s", "kepala-dpmptsp", "kepala-dinkes", since="2026-12-01"),
    lambda: succession("s", "kepala-dpmptsp", "tiada", since="2026-12-01"),
    lambda: succession("s", "wali-kota", "kepala-dinkes", since="2026-12-01"),
    # Of days ahead, and of papers that are signed after the day that they name.
    _change("sk-hadi", until=day("2026-12-20")),
    lambda: incumbency("sk-6", "smr.yuni", "kepala-dpmptsp", "plh", since="2026-12-01",
                       dated="2026-12-08"),
    lambda: incumbency("sk-7", "smr.sari", "wali-kota", "plh", since="2027-01-02"),
    lambda: incumbency("sk-8", "smr.wati", "kepala-dpmptsp", "plh", since="2026-12-01"),
    lambda: delegation("d-3", "wali-kota", "kepala-dinkes", on="perwali-22-2019#lampiran-1",
                       since="2027-01-01", services=("izin-reklame",)),
    lambda: withdrawal("w-2", "delegasi-reklame", since="2027-01-01", on="perda#1"),
)  # fmt: skip
SOME = st.frozensets(st.sampled_from(sorted(CAST)), max_size=2)


@st.composite
def cities(draw: st.DrawFn) -> City:
    """Up to four papers changed, and some people kept off."""
    papers = draw(st.lists(st.sampled_from(CHANGES), max_size=4, unique=True))
    nobody: frozenset[str] = frozenset()
    kept_off = draw(st.booleans())
    return City(
        tuple(make() for make in papers),
        draw(st.sampled_from(STEPS)),
        draw(st.booleans()),
        draw(SOME),
        draw(SOME) if kept_off else nobody,
        draw(SOME) if kept_off else nobody,
        draw(SOME),
        draw(SOME),
        draw(st.sampled_from(("off", "flag", "refuse"))),
        draw(st.sampled_from((0, 0, 1, 30, 400))),
        draw(st.booleans()),
        draw(SOME),
    )


def who_succeeds(city: City) -> set[tuple[str, str]]:
    """Officer and seat of each for whom the act is taken."""
    found = set()
    for who, (role, agency) in CAST.items():
        if who in city.disabled:
            continue  # their token is dead
        more = city.roles(who, role)[1:]
        actor = Actor("officer", f"smr.{who}", "64.72", role, agency, more_roles=more)
        letters = [r.entry for r in city.register.held_by(actor.id)]
        for seat in {held.position for held in letters if isinstance(held, Incumbency)}:
            result = "favourable" if city.step == "review_dlh" else None
            act = Act("complete", actor, step=city.step, result=result, as_position=seat)
            try:
                decide(city.state, act, city.setting(who))
            except (Forbidden, NoAuthority, NotFound):
                continue
            found.add((actor.id, seat))
    return found


def named(city: City) -> set[tuple[str, str]]:
    """Whom `who may act` names."""
    setting, step = city.setting(), city.definition.step(city.step)
    assert step.authority is not None
    matter = matter_of(city.state, city.definition, CALENDAR, step.authority, city.now, step)
    of = everybody(city.state, setting, step, "")
    found = who_may(city.register, matter, of, present(city.register, setting))
    return {(each.officer, each.position) for each in found if each.officer is not None}


def refused(city: City) -> set[tuple[str, str]]:
    """Whom the refusal of somebody without any seat names instead."""
    agency = city.definition.step(city.step).agency
    stranger = Actor("officer", "smr.baru", "64.72", "officer", agency)
    result = "favourable" if city.step == "review_dlh" else None
    with pytest.raises(NoAuthority) as denied:
        decide(city.state, Act("complete", stranger, step=city.step, result=result), city.setting())
    instead = denied.value.fields["alternatives"]
    return {(each["officer"], each["position"]) for each in instead}


def holders(city: City) -> Holders:
    live = {f"smr.{who}" for who in CAST if who not in city.disabled}
    return Holders(city.register, [city.definition], live)


def covered(city: City) -> Iterator[tuple[str, str]]:
    """Whom coverage names for the step."""
    (service,) = coverage(holders(city), CALENDAR.local_date(city.now))
    (step,) = (each for each in service.steps if each.step.id == city.step)
    for held in step.held:
        for seat in held.seated:
            yield seat.officer, seat.position


@settings(
    max_examples=examples(200),
    derandomize=not MANY,
    database=None,
    deadline=timedelta(seconds=20),
    suppress_health_check=[HealthCheck.too_slow],
)
@given(cities())
def test_exactly_those_are_named_for_whom_the_act_then_succeeds(city: City) -> None:
    succeeds = who_succeeds(city)
    assert named(city) == succeeds
    assert refused(city) == succeeds
    # Coverage knows of no case: neither who is kept off one, nor who did an earlier step of it.
    if not city.parties | (city.conflicted - city.lifted) and city.separation != "refuse":
        assert set(covered(city)) == succeeds
        told = powers(holders(city), CALENDAR.local_date(city.now))
        step = city.definition.step(city.step)
        vacant = {v.position for v in told.vacant if step.authority in v.actions}
        assert not vacant & {seat for _, seat in succeeds}


def test_the_changes_reach_every_kind_of_answer() -> None:
    """So that the property does not pass because nobody ever may."""
    nobody: frozenset[str] = frozenset()
    plain = [
        City((make(),), step, False, nobody, nobody, nobody) for make in CHANGES for step in STEPS
    ]
    answers = {frozenset(who_succeeds(city)) for city in plain}
    assert len(answers) > 10
    agencies = {CAST[who.removeprefix("smr.")][1] for answer in answers for who, _ in answer}
    assert agencies >= {"setda", "dpmptsp", "dlh", "dinkes", "dishub"}
    # Two accounts of one person, who did an earlier step; a letter that is signed tomorrow.
    twins = frozenset({"hadi", "andi"})
    verified = City((), "decide", False, nobody, nobody, nobody, twins, separation="refuse")
    kept_off = who_succeeds(replace(verified, separation="off")) - who_succeeds(verified)
    assert kept_off == {("smr.hadi", "kepala-dpmptsp"), ("smr.andi", "wali-kota")}
    late = City((CHANGES[-5](),), "decide", False, nobody, nobody, nobody)
    assert ("smr.yuni", "kepala-dpmptsp") in who_succeeds(replace(late, ahead=1)) - who_succeeds(
        late
    )
    bounded = changed(CITY, "delegasi-reklame", bounds=(Bound("width_cm", at_most=300),))
    outside = City((bounded,), "decide", False, nobody, nobody, nobody)
    assert named(outside) == who_succeeds(outside) == {("smr.andi", "wali-kota")}
