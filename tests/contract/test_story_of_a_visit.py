"""One person comes for several things at once: one set of papers, one code, one receipt, many cases."""

from typing import Any

import pytest
from sqlalchemy import func, select

from casetrack.storage import schema
from casetrack.usecases.proof.verify import verify
from tests.contract.test_counter_papers import printed
from tests.support import demo
from tests.support.stories import BUDI, City
from tests.support.web import refused
from tests.support.world import SAMARINDA

#: A walk-in without NIK: nothing but the visit says that it is one person.
SITI = {"kind": "person", "name": "Siti Aminah"}
BOARD = {"width_cm": 400, "location": "64.72.03"}
SERVICES: list[dict[str, Any]] = [
    {"service": "surat-keterangan"},
    {"service": "izin-reklame", "facts": BOARD},
    {"service": "izin-reklame", "facts": {**BOARD, "width_cm": 200}},
]
KTP = {"requirement": "ktp", "name": "ktp.pdf"}


def body(**more: Any) -> dict[str, Any]:
    papers = [
        each for each in demo.documents("izin-reklame", BOARD) if each != {"requirement": "ktp"}
    ]
    return {
        "counter": "loket-2",
        "queue": "B-004",
        "services": SERVICES,
        "applicant": SITI,
        "documents": [KTP, *papers],
        **more,
    }


def visit(city: City, **more: Any) -> dict[str, Any]:
    key = more.pop("key", None)
    answer = city.post("/visits", "clerk", body(**more), key=key)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def count(city: City, table: Any) -> int:
    with city.world.database.read() as connection:
        rows = select(func.count()).select_from(table).where(table.c.region == SAMARINDA)
        return int(connection.execute(rows).scalar() or 0)


@pytest.mark.parametrize("applicant", [SITI, BUDI], ids=["without NIK", "with NIK"])
def test_several_services_are_one_person_with_one_set_of_papers_and_one_code(
    city: City, applicant: dict[str, Any]
) -> None:
    said = visit(city, applicant=applicant)
    letter, board, smaller = said["cases"]
    assert [each["service"]["id"] for each in said["cases"]] == [
        each["service"] for each in SERVICES
    ]
    assert (board["facts"]["width_cm"], smaller["facts"]["width_cm"]) == (400, 200)
    assert {each["access_code"] for each in said["cases"]} == {said["access_code"]}
    assert count(city, schema.subjects) == 1
    whole = [city.get(f"/cases/{each['number']}", "clerk").get_json() for each in said["cases"]]
    assert {each["visit"]["id"] for each in whole} == {said["visit"]}
    assert whole[0]["visit"]["counter"]["id"] == "loket-2"
    # Each paper went where it is asked for, and nowhere else.
    for case in whole:
        names = [each["name"] for each in case["documents"] if each["requirement"] == "ktp"]
        assert names == ["ktp.pdf"]
    asked = {each["requirement"] for each in whole[0]["documents"]}
    assert "npwpd" not in asked
    # Whichever of them one reads, it leads to the others.
    numbers = {each["number"] for each in said["cases"]}
    for case in whole:
        linked = [*case["links"], *case["linked_from"]]
        assert {each["kind"] for each in linked} == {"same_visit"}
        assert {each["number"] for each in linked} == numbers - {case["number"]}
    # Each goes its own way.
    city.follow(board["number"], "clerk declare_complete intake")
    code = {"X-Access-Code": said["access_code"]}
    for case, status in ((board, "in_progress"), (letter, "submitted")):
        shown = city.get(f"/status/{case['number']}", headers=code).get_json()
        assert (shown["status"], shown["outcome"]) == (status, "none")


@pytest.mark.parametrize("form", ["pdf", "html"])
def test_there_is_one_receipt_with_all_numbers_whichever_case_it_is_printed_from(
    city: City, form: str
) -> None:
    said = visit(city)
    code = said["access_code"]
    for case in said["cases"]:
        words = printed(city, case["number"], "visit", form, code)
        for each in said["cases"]:
            assert each["number"] in words
        for text in ("Tanda terima kunjungan", "Loket 2", "B-004", "bukan izin"):
            assert text in words, text
        assert words.count(code[:4] + "-") == 1
        assert f"{said['cases'][0]['number']}: Masih kurang" in words
    for case in said["cases"]:
        looks = city.get(f"/cases/{case['number']}/readings", "auditor").get_json()["items"]
        assert "print" in [each["kind"] for each in looks]
    alone = city.open({"service": "surat-keterangan", "applicant": SITI, "documents": []}, "clerk")
    words = printed(city, alone["number"], "visit", form, alone["access_code"])
    assert alone["number"] in words
    assert all(each["number"] not in words for each in said["cases"])


def test_a_visit_is_taken_in_whole_or_not_at_all(city: City) -> None:
    for more, code, at in (
        ({"counter": "loket-9"}, "invalid_body", "counter"),
        ({"counter": "loket-kesehatan"}, "invalid_body", "counter"),
        (
            {"documents": [{"requirement": "paspor"}]},
            "unknown_requirement",
            "documents.0.requirement",
        ),
        (
            {"services": [SERVICES[0], {"service": "skck"}]},
            "not_your_counter",
            "services.1.service",
        ),
        (
            {"services": [SERVICES[0], {"service": "nichts"}]},
            "unknown_service",
            "services.1.service",
        ),
        (
            {"services": [SERVICES[0], {"service": "keberatan"}]},
            "invalid_body",
            "services.1.service",
        ),
        (
            {"services": [SERVICES[0], {"service": "izin-reklame", "facts": {"width": 1}}]},
            "invalid_facts",
            "services.1.facts.width",
        ),
    ):
        answer = city.post("/visits", "clerk", body(**more))
        assert refused(answer) == (422, code), more
        assert answer.get_json()["errors"][0]["at"] == at
    assert count(city, schema.cases) == 0
    assert refused(city.post("/visits", "signer", body())) == (403, "role_not_allowed")


def test_the_same_visit_sent_again_takes_nothing_in_again(city: City) -> None:
    first = visit(city, key="visit-1")
    again = visit(city, key="visit-1")
    assert again == first
    assert count(city, schema.cases) == len(SERVICES)
    other = city.post("/visits", "clerk", body(queue="B-005"), key="visit-1")
    assert refused(other) == (422, "idempotency_key_reused")


def test_who_is_known_by_their_nik_is_told_what_they_have_open_and_the_proof_is_sound(
    city: City,
) -> None:
    before = city.open({"service": "surat-keterangan", "applicant": BUDI, "documents": []}, "clerk")
    said = visit(city, applicant=BUDI)
    letter = said["cases"][0]
    assert [each["number"] for each in letter["open_cases"]] == [before["number"]]
    assert count(city, schema.subjects) == 1
    assert verify(city.world.ctx, progress=lambda _: None).fault is None
