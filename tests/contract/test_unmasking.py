"""A person who is masked is read in full with a reason; the look is written down before, each time."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from casetrack.domain.people.reading_findings import MANY_UNMASKED
from casetrack.storage import schema
from casetrack.usecases.people import reading_days, subjects
from casetrack.usecases.proof.verify import verify
from casetrack.usecases.region import loading
from tests.contract.test_one_person import opened, settle, sound
from tests.contract.test_people import faults
from tests.contract.test_readings import kept
from tests.support.erasing import erase
from tests.support.web import APPLICANT, BILLBOARD, Web, refused
from tests.support.world import SAMARINDA, World, samarinda

WHY = "KTP dibandingkan dengan papan nama"
LETTER = {"letter": "ST-12/2026", "until": "2026-12-31"}


def unmask(web: Web, number: str, who: str = "rudi", **more: Any) -> Any:
    return web.post(f"/cases/{number}/unmask", who, {"reason": WHY, **more})


def shown(web: Web, number: str, who: str) -> dict[str, Any]:
    """The applicant as the case shows them."""
    party: dict[str, Any] = web.get(f"/cases/{number}", who).get_json()["parties"][0]
    return party


def looks(web: Web, number: str) -> list[dict[str, Any]]:
    """The unmaskings of a case, as the auditor reads them."""
    items = web.get(f"/cases/{number}/readings", "audit").get_json()["items"]
    return [item for item in items if item["kind"] == "unmask"]


def test_who_sees_a_person_masked_reads_them_in_full_with_a_reason(web: Web) -> None:
    number = web.open(BILLBOARD)["number"]
    assert shown(web, number, "rudi")["nik"] == "6472********0001"
    answer = unmask(web, number)
    assert answer.status_code == 200, answer.text
    party = answer.get_json()
    assert party == shown(web, number, "dewi"), "as the counter reads them"
    assert (party["nik"], party["email"]) == (APPLICANT["nik"], APPLICANT["email"])
    assert shown(web, number, "rudi")["nik"] == "6472********0001", "the case stays masked"
    (look,) = looks(web, number)
    assert (look["officer"], look["agency"], look["cases"]) == ("smr.rudi", "dlh", [number])
    assert look["unmasking"] == {
        "party": "applicant", "reason": WHY, "letter": None, "until": None,
    }  # fmt: skip


def test_each_time_is_a_look_of_its_own(web: Web) -> None:
    number = web.open(BILLBOARD)["number"]
    for _ in range(3):
        unmask(web, number)
    assert len(looks(web, number)) == 3


def test_the_reason_is_tidied_and_sealed_and_stands_in_no_event_and_no_note(web: Web) -> None:
    number = web.open(BILLBOARD)["number"]
    unmask(web, number, reason=f"  {WHY}\u200b ")
    assert looks(web, number)[0]["unmasking"]["reason"] == WHY
    with web.world.database.read() as connection:
        for table in (schema.readings, schema.texts, schema.events):
            stored = "".join(str(tuple(row)) for row in connection.execute(table.select()))
            assert "dibandingkan" not in stored
    assert web.get(f"/cases/{number}", "dewi").get_json()["notes"] == []
    assert faults(web.world) is None


@pytest.mark.parametrize("reason", ["", "   ", "...", "a\u202eb", "x" * 1001, None, 7])
def test_a_reason_that_nobody_can_read_opens_nothing(web: Web, reason: Any) -> None:
    number = web.open(BILLBOARD)["number"]
    assert refused(unmask(web, number, reason=reason)) == (422, "invalid_body")
    assert looks(web, number) == []


def test_nobody_is_unmasked_to_who_does_not_see_the_case_or_judges_none(web: Web) -> None:
    number = web.open(BILLBOARD)["number"]
    assert refused(unmask(web, number, "tono")) == (404, "unknown_case")
    assert refused(unmask(web, number, "mesin")) == (403, "role_not_allowed")
    assert refused(unmask(web, number, "admin")) == (404, "unknown_case")
    assert refused(unmask(web, number, "sby.clerk")) == (404, "unknown_case")
    assert refused(unmask(web, number, role="payer")) == (404, "unknown_subject")
    assert looks(web, number) == []


def test_an_auditor_unmasks_only_under_a_letter_that_has_not_ended(web: Web) -> None:
    number = web.open(BILLBOARD)["number"]
    assert refused(unmask(web, number, "audit")) == (422, "assignment_needed")
    for wrong in (
        {"letter": "ST-12/2026"},
        {**LETTER, "letter": "\n"},
        {**LETTER, "until": "soon"},
    ):
        assert refused(unmask(web, number, "audit", assignment=wrong)) == (422, "invalid_body")
    today = web.world.ctx.region(SAMARINDA)[1].local_date(web.world.database.now())
    over = {**LETTER, "until": (today - timedelta(days=1)).isoformat()}
    for who in ("audit", "rudi"):
        assert refused(unmask(web, number, who, assignment=over)) == (403, "assignment_ended")
    assert looks(web, number) == []
    last_day = {**LETTER, "until": today.isoformat()}
    party = unmask(web, number, "audit", assignment=last_day).get_json()
    assert party["nik"] == APPLICANT["nik"]
    (look,) = looks(web, number)
    assert (look["unmasking"]["letter"], look["unmasking"]["until"]) == tuple(last_day.values())


def test_the_look_is_sealed_with_its_reason_and_its_letter(world: World) -> None:
    web = Web(world)
    number = web.open(BILLBOARD)["number"]
    unmask(web, number, "audit", assignment=LETTER)
    assert faults(world) is None
    ((look, _),) = [each for each in kept(world) if each[0].kind == "unmask"]
    assert look.unmasking is not None
    for change in ({"letter": "ST-99/2026"}, {"letter_until": "2027-12-31"}, {"reason": "0" * 32}):
        with world.database.write() as uow:
            uow.execute(schema.readings.update().values(**change))
        assert faults(world)["kind"] in ("readings", "text"), change
        with world.database.write() as uow:
            before = {
                "letter": look.unmasking.letter,
                "letter_until": LETTER["until"],
                "reason": look.unmasking.reason,
            }
            uow.execute(schema.readings.update().values(**before))
    assert faults(world) is None


def test_a_reason_that_is_taken_away_exchanged_or_slipped_in_is_found(world: World) -> None:
    web = Web(world)
    number = web.open(BILLBOARD)["number"]
    unmask(web, number)
    unmask(web, number, reason="Alamat disalin ke surat")
    table = schema.texts
    with world.database.read() as connection:
        first, second = connection.execute(table.select().where(table.c.kind == "unmask")).all()
    for values, where, words in (
        ({"kind": "note"}, first.text, "is not the one of any event"),
        ({"sealed": second.sealed}, first.text, "is not the one that was given"),
        (None, first.text, "is not there"),
    ):
        with world.database.write() as uow:
            row = table.c.text == where
            statement = table.delete() if values is None else table.update().values(**values)
            uow.execute(statement.where(row))
        assert words in faults(world)["detail"]
        with world.database.write() as uow:
            uow.execute(table.delete().where(row))
            uow.execute(table.insert().values(**first._mapping))
        assert faults(world) is None
    with world.database.write() as uow:
        uow.execute(table.insert().values(**{**first._mapping, "text": "f" * 32}))
    assert "is not the one of any event" in faults(world)["detail"]


def test_with_the_person_the_reason_is_erased_and_the_look_stays(web: Web) -> None:
    number = web.open(BILLBOARD)["number"]
    unmask(web, number)
    (budi,) = subjects.by_case(web.world.ctx, number)
    erase(web.world, budi)
    (look,) = looks(web, number)
    assert look["unmasking"]["reason"] is None
    assert refused(unmask(web, number)) == (409, "subject_erased")
    assert faults(web.world) is None


def test_the_reason_goes_with_the_case_to_the_person_whom_it_is_joined_to(web: Web) -> None:
    first = opened(web, "Siti Aminah")["number"]
    second = opened(web, "Siti Aminah Rahayu")["number"]
    unmask(web, second)
    assert settle(web, second, "join").status_code == 200
    assert looks(web, second)[0]["unmasking"]["reason"] == WHY
    assert sound(web)
    assert settle(web, second, "separate").status_code == 200
    assert looks(web, second)[0]["unmasking"]["reason"] == WHY
    assert looks(web, first) == []
    assert sound(web)


def test_many_persons_read_in_full_within_an_hour_are_asked_about(web: Web) -> None:
    number = web.open(BILLBOARD)["number"]
    for _ in range(MANY_UNMASKED):
        unmask(web, number)
    path = "/readings/findings"
    assert web.get(path, "audit").get_json()["items"] == [], "one case again and again"
    others = [web.open(BILLBOARD)["number"] for _ in range(MANY_UNMASKED - 1)]
    for other in others:
        unmask(web, other)
    (found,) = web.get(path, "audit").get_json()["items"]
    assert (found["kind"], found["officer"]) == ("many_unmasked", "smr.rudi")
    assert found["cases"] == [number, *others]


def test_a_look_that_is_no_longer_kept_takes_its_reason_along(world: World) -> None:
    web = Web(world)
    home = samarinda()
    loading.load(world.ctx, replace(home, region=replace(home.region, looks_kept=1)))
    number = web.open(BILLBOARD)["number"]
    unmask(web, number)
    world.hands.pass_time(days=2)
    assert reading_days.close_once(world.ctx) == 1
    world.hands.pass_time(days=400)
    assert reading_days.forget_once(world.ctx) >= 1
    with world.database.read() as connection:
        kinds = {row.kind for row in connection.execute(schema.texts.select())}
    assert "unmask" not in kinds
    assert verify(world.ctx, progress=lambda _: None).fault is None


def test_without_a_record_nobody_is_unmasked_and_no_reason_stays(web: Web) -> None:
    number = web.open(BILLBOARD)["number"]
    with web.world.database.write() as uow:
        uow.connection.exec_driver_sql("ALTER TABLE readings RENAME TO away")
    answer = unmask(web, number)
    assert answer.status_code == 503
    assert "Budi" not in answer.text
    with web.world.database.read() as connection:
        kinds = {row.kind for row in connection.execute(schema.texts.select())}
    assert "unmask" not in kinds
