"""Complaints and the persons they are of: joined, separated, erased; looked at, and reported."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from casetrack.domain.people.readings import OF_COMPLAINTS
from casetrack.storage import schema
from casetrack.usecases.delivery.person_report import person_report
from casetrack.usecases.people import subjects
from casetrack.usecases.people.affected import affected
from casetrack.usecases.proof.rebuild import rebuild
from casetrack.usecases.proof.verify import verify
from tests.contract.test_complaints import BRIBE, DELAY, FILE, _act, _done, _entered, _filed
from tests.contract.test_wiping import in_files
from tests.support.erasing import erase
from tests.support.web import APPLICANT, LETTER, Web, at_once
from tests.support.world import SAMARINDA, World

OTHER = {**LETTER, "applicant": {**APPLICANT, "name": "Ahmad Fauzi"}}


def _complaint_of(web: Web, case: dict[str, Any], words: str) -> str:
    """Somebody complains with the code of their case, and is told something."""
    given = _filed(
        web,
        case=case["number"],
        case_code=case["access_code"],
        text=words,
        contact={"name": "Siti", "phone": "0812"},
    )
    number: str = given["number"]
    _done(web, number, "dewi", "react", text=f"Kami periksa: {words}")
    return number


def _decided(web: Web, number: str, action: str) -> None:
    answer = web.post(
        f"/cases/{number}/identity", "wati", {"action": action, "reason": "Dilihat KTP-nya."}
    )
    assert answer.status_code == 200, answer.text


def _sealed(world: World) -> dict[str, int]:
    """Complaint → how many sealed texts are left of it."""
    with world.database.read() as connection:
        rows = connection.execute(
            text("SELECT complaint, count(*) AS n FROM complaint_texts GROUP BY 1")
        )
        return {row.complaint: row.n for row in rows}


def _pieces(world: World, complaint: str) -> list[bytes]:
    """The beginnings of what is sealed of a complaint."""
    with world.database.read() as connection:
        query = text("SELECT sealed FROM complaint_texts WHERE complaint = :complaint")
        rows = connection.execute(query, {"complaint": complaint}).scalars()
        return [bytes(sealed)[:60] for sealed in rows]


def _whole(world: World) -> None:
    web = Web(world)
    web.relay()
    assert verify(world.ctx, progress=lambda _: None).fault is None
    assert list(rebuild(world.ctx, SAMARINDA, lambda _: None)) == []


def test_after_a_separation_each_is_erased_with_their_own_complaints(world: World) -> None:
    web = Web(world)
    first, second = web.open(LETTER), web.open(LETTER)
    stays, goes = _complaint_of(web, first, "Satu."), _complaint_of(web, second, "Dua.")
    (before,) = subjects.by_case(world.ctx, first["number"])
    assert len(person_report(world.ctx, before)["complaints"]) == 2
    _decided(web, second["number"], "separate")
    (parted,) = subjects.by_case(world.ctx, second["number"])
    assert [each["number"] for each in person_report(world.ctx, before)["complaints"]] == [stays]
    assert [each["number"] for each in person_report(world.ctx, parted)["complaints"]] == [goes]
    # It is read as before, and answered on; who saw it before reads it again first.
    assert web.get(f"/complaints/{goes}", "dewi").get_json()["text"] == "Dua."
    _done(web, goes, "dewi", "answer", text="Selesai.")
    _whole(world)
    erase(world, parted)
    assert _sealed(world) == {stays: 3}
    assert web.get(f"/complaints/{stays}", "dewi").get_json()["text"] == "Satu."
    assert web.get(f"/complaints/{goes}", "dewi").get_json()["text"] is None
    _whole(world)


def test_after_a_join_erasing_reaches_what_was_complained_of_before_it(world: World) -> None:
    web = Web(world)
    first, second = web.open(LETTER), web.open(OTHER)
    of_known, of_new = _complaint_of(web, first, "Satu."), _complaint_of(web, second, "Dua.")
    stranger = web.open({**LETTER, "applicant": {**APPLICANT, "nik": "6472010101900009"}})
    of_stranger = _complaint_of(web, stranger, "Tiga.")
    (before,) = subjects.by_case(world.ctx, second["number"])
    _decided(web, second["number"], "join")
    (joined,) = subjects.by_case(world.ctx, first["number"])
    assert subjects.by_case(world.ctx, second["number"]) == [joined] != [before]
    told = [each["number"] for each in person_report(world.ctx, joined)["complaints"]]
    assert told == sorted([of_known, of_new])
    _whole(world)
    erase(world, joined)
    assert _sealed(world) == {of_stranger: 3}
    assert web.get(f"/complaints/{of_stranger}", "dewi").get_json()["text"] == "Tiga."
    _whole(world)


@pytest.mark.parametrize("action", ["separate", "join"])
def test_no_file_holds_what_was_sealed_of_an_erased_person_s_complaint(
    sqlite_url: str, tmp_path: Path, action: str
) -> None:
    world = World.make(sqlite_url, tmp_path)
    web = Web(world)
    web.open(LETTER)
    case = web.open(LETTER if action == "separate" else OTHER)
    complaint = _complaint_of(web, case, "Dua.")
    before = _pieces(world, complaint)
    _decided(web, case["number"], action)
    after = _pieces(world, complaint)
    assert not set(before) & set(after)
    assert {place for _, place in in_files(tmp_path, after)} == set(range(len(after)))
    (person,) = subjects.by_case(world.ctx, case["number"])
    erase(world, person)
    assert subjects.wipe(world.ctx)
    assert in_files(tmp_path, [*before, *after]) == []
    world.close()


def test_who_acts_on_a_complaint_that_moved_meanwhile_reads_it_anew(world: World) -> None:
    web = Web(world)
    web.open(LETTER)
    case = web.open(LETTER)
    number = _complaint_of(web, case, "Dua.")
    etag = web.get(f"/complaints/{number}", "dewi").headers["ETag"]
    _decided(web, case["number"], "separate")
    said = {"action": "answer", "text": "Selesai."}
    late = web.post(f"/complaints/{number}/actions", "dewi", said, etag=etag)
    assert late.status_code == 412
    assert _act(web, number, "dewi", "answer", text="Selesai.").status_code == 200
    _whole(world)


def test_what_comes_in_while_persons_are_separated_is_under_the_key_of_who_stands_there(
    world: World,
) -> None:
    web = Web(world)
    web.open(LETTER)
    for _ in range(4):
        case = web.open(LETTER)
        number = _complaint_of(web, case, "Dua.")
        body = {**DELAY, "case": case["number"], "case_code": case["access_code"]}
        doors = (
            lambda case=case: _decided(web, case["number"], "separate"),
            lambda body=body: web.post(FILE, body=body),
            lambda number=number: _act(web, number, "dewi", "answer", text="Selesai."),
        )
        results = at_once(3, lambda place, doors=doors: doors[place]())
        assert not [each for each in results if isinstance(each, Exception)], results
        (person,) = subjects.by_case(world.ctx, case["number"])
        with world.database.read() as connection:
            query = text("SELECT subject FROM complaints WHERE case_number = :number")
            found = connection.execute(query, {"number": case["number"]}).scalars().all()
        assert found == [person.subject] * 2
        assert verify(world.ctx, progress=lambda _: None).fault is None
        erase(world, person)
    assert _sealed(world) == {}
    _whole(world)


def test_a_stored_answer_keeps_no_word_of_a_complaint(
    world: World,
) -> None:
    web = Web(world)
    number = _complaint_of(web, web.open(LETTER), "Dua.")
    etag = web.get(f"/complaints/{number}", "dewi").headers["ETag"]
    said = {"action": "answer", "text": "Selesai."}
    path = f"/complaints/{number}/actions"
    first, second = (web.post(path, "dewi", said, etag=etag, key="satu") for _ in range(2))
    assert first.get_json() == second.get_json()
    assert first.get_json()["complaint"]["text"] == "Dua."
    assert second.headers["Idempotent-Replayed"] == "true"
    with world.database.read() as connection:
        rows = connection.execute(schema.idempotency.select()).all()
    kept = [
        world.ctx.vault.open_answer(bytes(row.answer), "\n".join(
            (row.region, row.token, row.method, row.path, row.key)))
        for row in rows
    ]  # fmt: skip
    assert len(kept) == 1
    assert b"Dua." not in kept[0]
    assert b"Selesai." not in kept[0]


def test_looks_at_complaints_are_written_down_and_told_to_who_complained(world: World) -> None:
    web = Web(world)
    case = web.open(LETTER)
    number = _complaint_of(web, case, "Satu.")
    money = _filed(web, **BRIBE)["number"]
    web.get(f"/complaints/{number}", "hadi")
    web.get(f"/complaints/{number}", "hadi")
    web.get("/complaints", "ketua")
    web.get(f"/complaints/{money}", "lina")
    looks = [
        (each["officer"], each["kind"], each["cases"])
        for each in web.get("/readings", "audit").get_json()["items"]
        if each["kind"] in OF_COMPLAINTS
    ]
    # The auditor learns that somebody looked, and no number that they may not read.
    assert looks == [
        ("smr.lina", "complaint", []),
        ("smr.ketua", "complaints", [number]),
        ("smr.hadi", "complaint", [number]),
        ("smr.dewi", "complaint", [number]),
    ]
    (person,) = subjects.by_case(world.ctx, case["number"])
    told = [
        (each["agency"], each["kind"])
        for each in person_report(world.ctx, person)["looks"]
        if each["cases"] == [number]
    ]
    assert told == [("dpmptsp", "complaint"), ("dpmptsp", "complaint"), ("dpmptsp", "complaints")]
    today = world.ctx.region(SAMARINDA)[1].local_date(world.database.now())
    seen = affected(world.ctx, "smr.hadi", today, today)
    assert (seen["cases"], seen["complaints"]) == ([], [number])
    assert [each["subject"] for each in seen["subjects"]] == [person.subject]
    assert verify(world.ctx, progress=lambda _: None).fault is None


@pytest.mark.parametrize("door", ["read", "list", "act"])
def test_without_a_record_of_the_look_nothing_is_shown(world: World, door: str) -> None:
    web = Web(world)
    number = _entered(web)["number"]
    etag = web.get(f"/complaints/{number}", "dewi").headers["ETag"]
    with world.database.write() as uow:
        uow.execute(text("ALTER TABLE readings RENAME TO readings_away"))
    try:
        answer = {
            "read": lambda: web.get(f"/complaints/{number}", "hadi"),
            "list": lambda: web.get("/complaints", "hadi"),
            "act": lambda: web.post(
                f"/complaints/{number}/actions", "hadi", {"action": "begin_work"}, etag=etag
            ),
        }[door]()
    finally:
        with world.database.write() as uow:
            uow.execute(text("ALTER TABLE readings_away RENAME TO readings"))
    assert answer.status_code == 503
    assert DELAY["text"] not in answer.text
