"""Staff read what they must judge by, each as much as they must, and that they read it is recorded."""

from dataclasses import replace
from typing import Any

import pytest

from casetrack.storage import schema
from casetrack.usecases.people.subjects import Person
from casetrack.usecases.region import loading
from tests.support.erasing import erase
from tests.support.web import BILLBOARD, Web, at_once, refused
from tests.support.world import SAMARINDA, billboard, letter, samarinda

NIK, MASKED = "6472010101900001", "6472********0001"
FILE: dict[str, Any] = {
    "service": "izin-reklame",
    "facts": {"width_cm": 400, "location": "64.72.03", "remark": "di depan sekolah"},
    "applicant": {
        "kind": "person",
        "name": "Budi Santoso",
        "nik": NIK,
        "email": "budi@example.id",
        "phone": "+62 812 0000 0001",
        "address": "Jalan Mawar 1",
    },
    "representative": {"kind": "person", "name": "Siti Aminah", "phone": "0811 000 111"},
    "documents": [
        {"requirement": "ktp", "name": "ktp.pdf"},
        {"requirement": "foto", "name": "foto.jpg", "sha256": "ab" * 32},
    ],
}
CONTACT = ("email", "phone", "address")


def read(web: Web, number: str, who: str) -> dict[str, Any]:
    """The case as one of the cast reads it."""
    response = web.get(f"/cases/{number}", who)
    assert response.status_code == 200, response.text
    case: dict[str, Any] = response.get_json()
    return case


def looks(web: Web) -> list[tuple[str, str]]:
    """Who looked at what, in order."""
    table = schema.readings
    with web.world.database.read() as connection:
        rows = connection.execute(table.select().order_by(table.c.at)).all()
    return [(row.login, row.cases) for row in rows]


@pytest.mark.parametrize("who", ["dewi", "wati", "ketua"])
def test_the_counter_s_clerk_supervisor_and_head_read_everything(web: Web, who: str) -> None:
    applicant, representative = read(web, web.open(FILE)["number"], who)["parties"]
    assert applicant == {
        **FILE["applicant"],
        "role": "applicant",
        "phone": "+6281200000001",
        "company_number": None,
        "passport_number": None,
        "acting": None,
        "language": "id",
        "channels": ["email", "whatsapp", "sms"],
        "erased": False,
        "corrected": None,
    }
    assert (representative["role"], representative["name"]) == ("representative", "Siti Aminah")
    assert representative["nik"] is None


@pytest.mark.parametrize("who", ["hadi", "rudi", "rini", "bima", "audit"])
def test_everybody_else_concerned_reads_names_and_the_ends_of_a_nik(web: Web, who: str) -> None:
    number = web.open(FILE)["number"]
    response = web.get(f"/cases/{number}", who)
    applicant, representative = response.get_json()["parties"]
    assert (applicant["name"], applicant["nik"]) == ("Budi Santoso", MASKED)
    assert (representative["name"], representative["nik"]) == ("Siti Aminah", None)
    assert [applicant[name] for name in CONTACT] == [None, None, None]
    for hidden in (NIK, "budi@example.id", "81200000001", "Mawar"):
        assert hidden not in response.text


def test_notes_conditions_and_free_text_are_read_as_they_were_written(web: Web) -> None:
    number = web.open(FILE)["number"]
    web.act(number, "dewi", "declare_complete", "intake", note="lengkap")
    web.act(number, "rudi", "return", "review_dlh", note="kurang",
            defects=[{"requirement": "foto", "text": "foto buram"}])  # fmt: skip
    web.act(number, "dewi", "send_return", note="dikirim")
    web.act(
        number, "sari", "complete", "review_dishub", result="conditional", note="lampu mati 22.00"
    )
    case = read(web, number, "hadi")
    assert case["facts"] == {"width_cm": 400, "location": "64.72.03", "remark": "di depan sekolah"}
    assert [(note["by"], note["step"], note["text"]) for note in case["notes"]] == [
        ("smr.dewi", "intake", "lengkap"),
        ("smr.rudi", "review_dlh", "kurang"),
        ("smr.dewi", None, "dikirim"),
        ("smr.sari", "review_dishub", "lampu mati 22.00"),
    ]
    assert [defect["text"] for defect in case["defects"]] == ["foto buram"]
    conditions = {s["id"]: s["conditions"] for s in case["steps"] if "conditions" in s}
    assert conditions == {"review_dishub": "lampu mati 22.00"}


def test_a_note_that_holds_what_opens_an_account_elsewhere_is_refused_and_not_repeated(
    web: Web,
) -> None:
    number = web.open(BILLBOARD)["number"]
    word = "Budi1970!"
    answer = web.act(number, "dewi", "claim", "intake", note=f"kata sandi OSS: {word}")
    assert refused(answer) == (422, "invalid_body")
    (fault,) = answer.get_json()["errors"]
    assert fault["at"] == "note"
    assert "kata sandi" in fault["said"]["id"]
    assert word not in answer.text
    told = web.act(number, "dewi", "claim", "intake", note="Pemohon lupa kata sandi OSS")
    assert told.status_code == 200


def test_why_two_persons_were_kept_apart_is_a_note_of_the_case(web: Web) -> None:
    web.open(FILE)
    other = {**FILE, "applicant": {**FILE["applicant"], "name": "Joko Susilo"}}
    number = web.open(other)["number"]
    assert read(web, number, "wati")["identity_question"] is True
    said = {"action": "separate", "reason": "kartu dilihat di loket"}
    assert web.post(f"/cases/{number}/identity", "wati", said).status_code == 200
    case = read(web, number, "wati")
    assert case["identity_question"] is False
    assert [(note["by"], note["text"]) for note in case["notes"]] == [
        ("smr.wati", "kartu dilihat di loket")
    ]


def test_what_a_definition_keeps_to_some_agencies_nobody_else_reads(web: Web) -> None:
    kept = billboard()
    remark = replace(kept.facts[2], readers=("dlh",))
    photo = replace(kept.requirements[1], readers=("dishub",))
    changed = replace(
        kept,
        version=2,
        facts=(*kept.facts[:2], remark),
        requirements=(kept.requirements[0], photo),
    )
    loading.load(web.world.ctx, samarinda(changed, letter()))
    number = web.open(FILE)["number"]
    web.act(number, "dewi", "declare_complete", "intake")
    said = [{"requirement": "foto", "text": "foto buram"}, {"requirement": "ktp", "text": "robek"}]
    web.act(number, "rudi", "return", "review_dlh", defects=said)
    seen = {}
    for who in ("dewi", "rudi", "sari", "audit"):
        case = read(web, number, who)
        texts = [defect["text"] for defect in case["defects"]]
        _, photo_of_it = case["documents"]
        assert photo_of_it["status"] == "received"
        assert (photo_of_it["name"] is None) is (photo_of_it["sha256"] is None)
        seen[who] = (case["facts"]["remark"], texts, photo_of_it["name"])
    words, blurred, torn, name = "di depan sekolah", "foto buram", "robek", "foto.jpg"
    assert seen == {
        "dewi": (words, [blurred, torn], name),
        "rudi": (words, [None, torn], None),
        "sari": (None, [blurred, torn], name),
        "audit": (None, [None, torn], None),
    }


def test_of_an_erased_person_their_place_is_left(web: Web) -> None:
    number = web.open(FILE)["number"]
    web.act(number, "dewi", "declare_complete", "intake", note="lengkap")
    with web.world.database.read() as connection:
        table = schema.parties
        query = table.select().where(table.c.role == "applicant")
        subject = connection.execute(query).one().subject
    erase(web.world, Person(SAMARINDA, subject), "subject_request")
    case = read(web, number, "dewi")
    gone, here = case["parties"]
    assert (gone["kind"], gone["name"], gone["nik"], gone["erased"]) == ("person", None, None, True)
    assert (here["name"], here["erased"]) == ("Siti Aminah", False)
    assert (case["notes"], case["facts"]["remark"]) == ([], None)


def test_a_look_is_written_down_before_it_is_answered_and_a_304_is_none(web: Web) -> None:
    case = web.open(FILE)
    number = case["number"]
    assert looks(web) == []
    etag = {"If-None-Match": read(web, number, "rudi") and web.etag(number, "rudi")}
    read(web, number, "audit")
    assert looks(web) == [("smr.rudi", f'["{number}"]'), ("smr.audit", f'["{number}"]')]
    web.world.hands.pass_time(minutes=16)
    assert web.get(f"/cases/{number}", "rudi", headers=etag).status_code == 304
    assert len(looks(web)) == 2
    read(web, number, "rudi")
    assert [login for login, _ in looks(web)] == ["smr.rudi", "smr.audit", "smr.rudi"]


def test_a_refused_look_is_none(web: Web) -> None:
    number = web.open(FILE)["number"]
    for who, status in (("tono", 404), ("mesin", 403), ("sby.clerk", 404)):
        assert web.get(f"/cases/{number}", who).status_code == status
    assert looks(web) == []


def test_without_a_record_nothing_is_shown(web: Web) -> None:
    number = web.open(FILE)["number"]
    with web.world.database.write() as uow:
        uow.execute(schema.metadata.tables["readings"].delete())
        uow.connection.exec_driver_sql("ALTER TABLE readings RENAME TO away")
    response = web.get(f"/cases/{number}", "dewi")
    assert response.status_code == 503
    assert "Budi" not in response.text


def test_who_looks_twice_at_the_same_moment_is_answered_twice(web: Web) -> None:
    number = web.open(FILE)["number"]
    found = at_once(4, lambda _: web.get(f"/cases/{number}", "rudi").status_code)
    assert found == [200] * 4
    assert {login for login, _ in looks(web)} == {"smr.rudi"}


def test_no_write_s_answer_holds_a_person_so_no_replay_can(web: Web) -> None:
    opened = web.post("/cases", "dewi", FILE, key="one")
    again = web.post("/cases", "dewi", FILE, key="one")
    number = opened.get_json()["number"]
    acted = web.act(number, "dewi", "declare_complete", "intake", note="lengkap", key="two")
    for answer in (opened, again, acted):
        assert answer.status_code in (200, 201)
        assert not {"parties", "notes"} & answer.get_json().keys()
        assert "Budi" not in answer.text
        assert "lengkap" not in answer.text
    assert looks(web) == [("smr.audit", f'["{number}"]')], "web.act read the ETag as the auditor"
