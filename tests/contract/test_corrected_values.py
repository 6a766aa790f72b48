"""What a correction replaced is kept sealed until the retention of its service ends, and no longer."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from casetrack.domain.access import operator
from casetrack.domain.service.definition import Retention
from casetrack.storage import schema
from casetrack.storage.people import person_texts
from casetrack.usecases.case import erasures
from casetrack.usecases.people import corrected_values, corrections, subjects
from casetrack.usecases.people.subjects import Person
from tests.contract.test_people import faults
from tests.support.commands import run_command
from tests.support.erasing import erase
from tests.support.web import APPLICANT, LETTER, Web, at_once
from tests.support.world import SAMARINDA, World, environment_for, letter, samarinda

KEPT = replace(letter(), retention=Retention(5, "Perwal 12/2020 Pasal 4"))
#: Days of five years from Monday, 23 November 2026 on, and the day after.
YEARS = 5 * 365 + 2


@pytest.fixture
def web(database_url: str, tmp_path: Path) -> Iterator[Web]:
    world = World.make(database_url, tmp_path, regions_=(samarinda(KEPT),))
    yield Web(world)
    world.close()


def opened(web: Web, **applicant: Any) -> str:
    return str(web.open({**LETTER, "applicant": {**APPLICANT, **applicant}})["number"])


def person(web: Web, number: str) -> Person:
    return subjects.by_case(web.world.ctx, number)[0]


def kinds(web: Web, who: Person) -> list[str]:
    with web.world.database.read() as connection:
        texts = person_texts.texts_of_subject(connection, who.region, who.subject)
    return sorted(text.kind for text in texts if text.kind in ("party", "corrected"))


def corrected(web: Web, number: str, **changes: Any) -> Person:
    who = person(web, number)
    corrections.correct(web.world.ctx, who, changes, by=operator(SAMARINDA, "putri"))
    return who


def swept(web: Web) -> int:
    done = 0
    while found := corrected_values.forget_once(web.world.ctx):
        done += found
    return done


def test_the_old_value_is_kept_sealed_and_given_to_the_person_alone(web: Web) -> None:
    number = opened(web)
    who = corrected(web, number, name="Budi Santosa")
    assert kinds(web, who) == ["corrected", "party"]
    held = subjects.show(web.world.ctx, who)
    assert [each["data"]["name"] for each in held["corrected"]] == [APPLICANT["name"]]
    assert held["parties"][0]["data"]["name"] == "Budi Santosa"
    assert faults(web.world) is None
    # Neither the counter nor the auditor reads it, and nobody is found by it.
    seen = web.get(f"/cases/{number}", "dewi").text
    assert APPLICANT["name"] not in seen
    assert APPLICANT["name"] not in web.get(f"/cases/{number}", "audit").text
    found = web.post("/cases/search", "dewi", {"q": APPLICANT["name"]}).get_json()["items"]
    assert found == []


def test_officers_read_when_by_whom_and_which_fields(web: Web) -> None:
    number = opened(web)
    (party,) = web.get(f"/cases/{number}", "dewi").get_json()["parties"]
    assert party["corrected"] is None
    web.world.hands.pass_time(days=1)
    corrected(web, number, name="Budi Santosa", email=None)
    for who in ("dewi", "audit"):
        (party,) = web.get(f"/cases/{number}", who).get_json()["parties"]
        said = party["corrected"]
        assert (said["by"], said["fields"]) == ("putri", ["name", "email"])
        assert said["at"].startswith("2026-11-24")
    lawful = {"letter": "ST-12/2026", "until": "2026-12-31"}
    body = {"role": "applicant", "reason": "Pengaduan diperiksa", "assignment": lawful}
    assert web.post(f"/cases/{number}/unmask", "audit", body).get_json()["corrected"] == said


def test_who_is_corrected_by_command_is_corrected_by_the_named_operator(web: Web) -> None:
    number = opened(web)
    who, world = person(web, number), web.world
    environment = environment_for(world.app.settings.database_url, world.mail.parent)
    words = ["subject", "correct", "--subject", who.subject, "--operator", "putri"]
    done = run_command(environment, words, '{"phone": "+6281234567890"}')
    assert done.exit_code == 0, done.stderr
    (party,) = web.get(f"/cases/{number}", "dewi").get_json()["parties"]
    assert party["corrected"]["by"] == "putri"
    shown = run_command(environment, ["subject", "show", "--subject", who.subject])
    assert f"until corrected, name: {APPLICANT['name']}" in shown.stdout


def test_it_is_removed_when_the_retention_of_its_case_is_over(web: Web) -> None:
    number = opened(web)
    who = corrected(web, number, name="Budi Santosa")
    web.world.hands.pass_time(days=365)
    web.play(number, "dewi withdraw")
    assert swept(web) == 0, "nothing is due: it is not asked for before it can be over"
    # It began when the case ended, a year after the correction.
    web.world.hands.pass_time(days=YEARS - 365)
    assert swept(web) == 1
    assert kinds(web, who) == ["corrected", "party"]
    assert swept(web) == 0
    web.world.hands.pass_time(days=366)
    assert swept(web) == 1
    assert kinds(web, who) == ["party"]
    assert subjects.show(web.world.ctx, who)["corrected"] == []
    assert faults(web.world) is None
    # When and by whom it was corrected still stands.
    (party,) = web.get(f"/cases/{number}", "audit").get_json()["parties"]
    assert party["corrected"]["by"] == "putri"


def test_while_the_case_is_open_it_is_kept_however_long_that_is(web: Web) -> None:
    who = corrected(web, opened(web), name="Budi Santosa")
    web.world.hands.pass_time(days=YEARS)
    assert swept(web) == 1
    assert swept(web) == 0
    assert kinds(web, who) == ["corrected", "party"]


def test_what_an_auditor_holds_is_not_removed(web: Web) -> None:
    number = opened(web)
    who = corrected(web, number, name="Budi Santosa")
    web.play(number, "dewi withdraw")
    held = web.post("/holds", "audit", {"case": number, "reason": "audit"})
    web.world.hands.pass_time(days=YEARS)
    assert swept(web) == 1
    assert kinds(web, who) == ["corrected", "party"]
    web.post(f"/holds/{held.get_json()['subject']}/actions", "audit", {"action": "lift"})
    web.world.hands.pass_time(days=1)
    assert swept(web) == 1
    assert kinds(web, who) == ["party"]


def test_who_is_erased_is_erased_with_the_old_values(web: Web) -> None:
    number = opened(web)
    who = corrected(web, number, name="Budi Santosa")
    assert erase(web.world, who) == 2
    assert kinds(web, who) == []
    web.world.hands.pass_time(days=YEARS)
    assert swept(web) == 0
    assert faults(web.world) is None


def test_of_a_case_whose_retention_is_over_nothing_is_kept(web: Web) -> None:
    number = opened(web)
    web.play(number, "dewi withdraw")
    web.world.hands.pass_time(days=YEARS)
    assert kinds(web, corrected(web, number, name="Budi Santosa")) == ["party"]
    assert faults(web.world) is None


def test_a_service_that_says_no_years_keeps_no_old_value(world: World) -> None:
    web = Web(world)
    assert kinds(web, corrected(web, opened(web), name="Budi Santosa")) == ["party"]


def test_each_of_several_corrections_is_kept_and_removed_by_itself(web: Web) -> None:
    number = opened(web)
    who = corrected(web, number, name="Budi A")
    web.world.hands.pass_time(days=10)
    corrected(web, number, name="Budi B")
    names = [each["data"]["name"] for each in subjects.show(web.world.ctx, who)["corrected"]]
    assert sorted(names) == ["Budi A", APPLICANT["name"]]
    assert faults(web.world) is None
    web.play(number, "dewi withdraw")
    web.world.hands.pass_time(days=YEARS)
    assert swept(web) == 2
    assert kinds(web, who) == ["party"]
    assert faults(web.world) is None


def test_two_clocks_remove_it_once(web: Web) -> None:
    number = opened(web)
    who = corrected(web, number, name="Budi Santosa")
    web.play(number, "dewi withdraw")
    web.world.hands.pass_time(days=YEARS)
    at_once(3, lambda _: corrected_values.forget_once(web.world.ctx))
    assert kinds(web, who) == ["party"]
    assert faults(web.world) is None


def test_it_goes_with_its_case_to_another_person(web: Web) -> None:
    first, second = opened(web), opened(web)
    who = corrected(web, second, name="Budi Santosa")
    body = {"action": "separate", "reason": "KTP dilihat di loket"}
    assert web.post(f"/cases/{second}/identity", "wati", body).status_code == 200
    other = person(web, second)
    assert other != who
    assert (kinds(web, who), kinds(web, other)) == (["corrected", "party"],) * 2
    assert faults(web.world) is None
    (party,) = web.get(f"/cases/{second}", "dewi").get_json()["parties"]
    assert party["corrected"]["by"] == "putri"
    for number in (first, second):
        web.play(number, "dewi withdraw")
    web.world.hands.pass_time(days=YEARS)
    assert swept(web) == 2
    assert (kinds(web, who), kinds(web, other)) == (["party"],) * 2
    assert faults(web.world) is None


@pytest.mark.parametrize("values", [{"kind": "party"}, {"review_at": None}])
def test_an_old_value_that_would_count_again_or_stay_for_ever_is_found(
    web: Web, values: dict[str, Any]
) -> None:
    who = corrected(web, opened(web), name="Budi Santosa")
    texts = schema.texts
    with web.world.database.write() as uow:
        uow.execute(
            update(texts)
            .where(texts.c.subject == who.subject, texts.c.kind == "corrected")
            .values(**values)
        )
    assert "is not the one that was sealed" in str(faults(web.world))


def test_an_erasure_is_still_barred_by_the_retention_and_not_by_the_old_value(web: Web) -> None:
    number = opened(web)
    who = corrected(web, number, name="Budi Santosa")
    web.play(number, "dewi withdraw")
    web.world.hands.pass_time(days=YEARS)
    body = {"case": number, "reason": "subject_request"}
    assert web.post("/erasures", "wati", body).status_code == 201
    web.post(f"/erasures/{who.subject}/actions", "ketua", {"action": "confirm"})
    assert erasures.carry_out(web.world.ctx, who) == 2
