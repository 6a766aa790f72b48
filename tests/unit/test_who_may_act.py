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
from casetrack.domain.authority.register import Recorded, Register
from casetrack.domain.case.authority_check import everybody, matter_of, present
from casetrack.domain.case.commands import Act
from casetrack.domain.case.decide import decide
from casetrack.domain.case.state import CaseState
from casetrack.domain.case.steps import Setting
from casetrack.domain.errors import Forbidden, NoAuthority, NotFound
from casetrack.domain.service.definition import ServiceDefinition
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

    @property
    def register(self) -> Register:
        return Register(latest([*CITY, *self.papers]))

    @property
    def definition(self) -> ServiceDefinition:
        return replace(_definition(), strategic=self.strategic)

    @property
    def state(self) -> CaseState:
        conflicts = tuple(
            {"officer": f"smr.{who}", "ground": "family", "status": "declared",
             "declared_by": f"smr.{who}", "version": 1}
            for who in sorted(self.conflicted)
        )  # fmt: skip
        return replace(STATES[self.step], conflicts=conflicts)

    def setting(self, judged: str = "") -> Setting:
        accounts = {
            f"smr.{who}": Account(
                f"smr.{who}", (role,), agency, who not in self.disabled, who in self.parties
            )
            for who, (role, agency) in CAST.items()
        }
        return Setting(
            "64.72", NOW, self.definition, CALENDAR, self.register,
            judged in self.parties, None, lambda logins: accounts,
        )  # fmt: skip


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
    )


def who_succeeds(city: City) -> set[tuple[str, str]]:
    """Officer and seat of each for whom the act is taken."""
    found = set()
    for who, (role, agency) in CAST.items():
        if who in city.disabled:
            continue  # their token is dead
        actor = Actor("officer", f"smr.{who}", "64.72", role, agency)
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
    matter = matter_of(city.state, city.definition, CALENDAR, step.authority, NOW, step)
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
    (service,) = coverage(holders(city), CALENDAR.local_date(NOW))
    (step,) = (each for each in service.steps if each.step.id == city.step)
    for held in step.held:
        for seat in held.seated:
            yield seat.officer, seat.position


@settings(
    max_examples=examples(150),
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
    if not city.parties | city.conflicted:
        assert set(covered(city)) == succeeds
        told = powers(holders(city), CALENDAR.local_date(NOW))
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
    bounded = changed(CITY, "delegasi-reklame", bounds=(Bound("width_cm", at_most=300),))
    outside = City((bounded,), "decide", False, nobody, nobody, nobody)
    assert named(outside) == who_succeeds(outside) == {("smr.andi", "wali-kota")}
