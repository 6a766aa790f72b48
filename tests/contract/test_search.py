"""Cases are found by number, name, NIK, telephone and company number, and nothing of it is in clear."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from casetrack.storage import schema
from casetrack.storage.people import search_words as stored_words
from casetrack.usecases.people import corrections, search_words, subjects
from tests.support.commands import run_command
from tests.support.erasing import erase
from tests.support.web import APPLICANT, BILLBOARD, LETTER, Web, refused
from tests.support.world import (
    SAMARINDA,
    World,
    billboard,
    environment_for,
    letter,
    samarinda,
    surabaya,
)

COMPANY: dict[str, Any] = {
    "kind": "company",
    "name": "PT Maju Jaya, Tbk",
    "company_number": "9120 0012 3456 7",
    "phone": "0541 741 234",
}
BUDI_AND_SON: dict[str, Any] = {
    **BILLBOARD,
    "representative": {"kind": "person", "name": "H. Moh. Ma'ruf Amin", "phone": "0813 1111 2222"},
}


def _found(web: Web, typed: str, who: str = "dewi", **more: Any) -> list[str]:
    answer = web.post("/cases/search", who, {"q": typed, **more})
    assert answer.status_code == 200, answer.text
    return [item["number"] for item in answer.get_json()["items"]]


def test_a_number_is_found_however_it_is_typed(web: Web) -> None:
    number = web.open()["number"]
    for typed in (number, number.replace("-", " ").lower(), f"no. {number}."):
        assert _found(web, typed) == [number]
    assert _found(web, number, "rudi") == [], "no step of theirs is in it"


def test_a_name_is_found_by_whole_words_in_any_order_and_case(web: Web) -> None:
    number = web.open()["number"]
    for typed in ("Budi Santoso", "santoso budi", "  BUDI ", "Bapak Budi", "Búdi Santoso, S.T."):
        assert _found(web, typed) == [number], typed
    for typed in ("Bud", "Budi Setiawan", "Santos", "Budi Santoso Putra"):
        assert _found(web, typed) == [], typed


def test_who_stands_in_another_role_is_found_too_and_each_case_once(web: Web) -> None:
    number = web.open(BUDI_AND_SON)["number"]
    assert _found(web, "amin maruf") == [number]
    same = web.open({**BILLBOARD, "payer": APPLICANT})["number"]
    assert _found(web, "budi") == [same, number]


def test_a_nik_a_telephone_and_a_company_s_number_are_found(web: Web) -> None:
    person = web.open()["number"]
    company = web.open({**LETTER, "applicant": COMPANY})["number"]
    for typed in (APPLICANT["nik"], "6472 0101 0190 0001", "0812 0000 0001", "+62-812-0000-0001"):
        assert _found(web, typed) == [person], typed
    for typed in ("9120001234567", "9120-0012-3456-7", "0541-741234", "jaya maju"):
        assert _found(web, typed) == [company], typed
    for typed in ("6472\u00a00101\u00a00190\u00a00001", "0812\u20130000\u20130001\n"):
        assert _found(web, typed) == [person], "copied from a page"
    assert _found(web, "6472010101900009") == []


def test_a_second_open_case_of_the_same_company_is_told(web: Web) -> None:
    first = web.open({**LETTER, "applicant": COMPANY})["number"]
    again = {**COMPANY, "name": "Maju Jaya", "company_number": "9120001234567"}
    second = web.open({**LETTER, "applicant": again})
    assert [each["number"] for each in second["open_cases"]] == [first]


def test_a_person_without_nik_is_found_by_their_passport_and_told_what_is_open(web: Web) -> None:
    guest = {"kind": "person", "name": "John Contoh", "passport_number": "c 4567-890"}
    first = web.open({**LETTER, "applicant": guest})["number"]
    assert _found(web, "C4567890") == _found(web, "c4567 890") == [first]
    second = web.open({**LETTER, "applicant": {**guest, "name": "J. Contoh"}})
    assert [each["number"] for each in second["open_cases"]] == [first]
    other = web.open({**LETTER, "applicant": {**guest, "passport_number": "C4567891"}})
    assert other["open_cases"] == []
    seen = {who: web.get(f"/cases/{first}", who).get_json()["parties"] for who in ("dewi", "audit")}
    assert seen["dewi"][0]["passport_number"] == "C4567890"
    assert seen["audit"][0]["passport_number"] is None
    assert "C4567890" not in str(seen["audit"])
    for wrong in ("ABC", "PASSPORT", {"kind": "company"}):
        body = {**guest, "passport_number": wrong} if isinstance(wrong, str) else {**guest, **wrong}
        answer = web.post("/cases", "dewi", {**LETTER, "applicant": body})
        assert refused(answer) == (422, "invalid_body")
        assert answer.get_json()["errors"][0]["at"] == "applicant.passport_number"


def test_names_are_initials_until_somebody_at_the_counter_looks_at_a_card(web: Web) -> None:
    web.open(BILLBOARD)
    shown = {
        (who, document): web.post(
            "/cases/search", who, {"q": "budi", "identity_document": document}
        ).get_json()["items"][0]["applicant"]["name"]
        for who in ("dewi", "rudi", "audit")
        for document in (None, "ktp")
    }
    assert shown.pop(("dewi", "ktp")) == "Budi Santoso"
    assert set(shown.values()) == {"B. S."}
    (row,) = web.post("/cases/find", "dewi", {"nik": APPLICANT["nik"]}).get_json()["items"]
    assert row["applicant"] == {"kind": "person", "name": "B. S.", "nik": "6472********0001"}


def test_everybody_finds_the_cases_of_their_own_agency_and_region(web: Web) -> None:
    letter, board = web.open()["number"], web.open(BILLBOARD)["number"]
    theirs = web.open(who="sby.clerk")["number"]
    assert _found(web, "budi") == [board, letter]
    assert _found(web, "budi", "rudi") == [board]
    assert _found(web, "budi", "audit") == [board, letter]
    assert _found(web, "budi", "tono") == []
    assert _found(web, "budi", "sby.clerk") == [theirs]


def test_pages_of_a_search_lose_nothing(web: Web) -> None:
    numbers = [web.open()["number"] for _ in range(5)]
    seen, cursor = [], None
    while True:
        page = web.post("/cases/search", "dewi", {"q": "budi", "limit": 2, "cursor": cursor})
        seen += [item["number"] for item in page.get_json()["items"]]
        cursor = page.get_json()["next_cursor"]
        if cursor is None:
            break
        web.open()
    assert seen == list(reversed(numbers))


@pytest.mark.parametrize("typed", ["…", "123456", "12345678901234567", "SMR-SKT-2026-000001-0"])
def test_what_can_be_nothing_is_refused_and_not_repeated(web: Web, typed: str) -> None:
    answer = web.post("/cases/search", "dewi", {"q": typed})
    assert refused(answer) == (422, "invalid_body")
    assert [each["at"] for each in answer.get_json()["errors"]] == ["q"]
    assert typed not in answer.text
    assert ".." not in answer.get_json()["detail"]


def test_a_company_s_number_is_a_company_s_and_has_its_form(web: Web) -> None:
    for wrong in (
        {**COMPANY, "company_number": "12345"},
        {**APPLICANT, "company_number": "9120001234567"},
    ):
        answer = web.post("/cases", "dewi", {**LETTER, "applicant": wrong})
        assert refused(answer) == (422, "invalid_body")
        assert [each["at"] for each in answer.get_json()["errors"]] == ["applicant.company_number"]


def test_a_corrected_name_is_found_and_the_old_one_is_not(web: Web) -> None:
    number = web.open()["number"]
    ctx = web.world.ctx
    (person,) = subjects.by_nik(ctx, APPLICANT["nik"])
    corrections.correct(ctx, person, {"name": "Budi Susanto", "phone": None})
    assert _found(web, "susanto budi") == [number]
    assert _found(web, "santoso") == []
    assert _found(web, "0812 0000 0001") == []


def test_the_words_of_an_erased_person_are_gone(web: Web) -> None:
    web.open()
    other = web.open({**LETTER, "applicant": COMPANY})["number"]
    ctx = web.world.ctx
    (person,) = subjects.by_nik(ctx, APPLICANT["nik"])
    erase(web.world, person, "subject_request")
    assert _found(web, "budi santoso") == []
    assert _found(web, "maju") == [other]
    assert {subject for _, subject in _rows(web)} != {person.subject}
    assert person.subject not in {subject for _, subject in _rows(web)}


def test_who_is_separated_is_found_by_their_own_words(web: Web) -> None:
    first = web.open()["number"]
    second = web.open()["number"]
    body = {"action": "separate", "reason": "KTP dilihat di loket"}
    assert web.post(f"/cases/{second}/identity", "wati", body).status_code == 200
    (person, _) = subjects.by_nik(web.world.ctx, APPLICANT["nik"])
    corrections.correct(web.world.ctx, person, {"name": "Agus Salim"})
    assert _found(web, "agus salim") == [first]
    assert _found(web, "budi santoso") == [second]


def test_two_regions_keep_no_word_in_common(web: Web) -> None:
    web.open()
    web.open(who="sby.clerk")
    words = [word for word, _ in _rows(web)]
    assert len(words) == len(set(words)) == 6


def test_who_came_in_before_there_was_a_search_is_found_after_the_index_is_made(web: Web) -> None:
    number = web.open()["number"]
    with web.world.database.write() as uow:
        uow.execute(schema.search_words.delete())
    assert _found(web, "budi") == []
    assert search_words.index_everybody(web.world.ctx) == 1
    assert search_words.index_everybody(web.world.ctx) == 0
    assert search_words.index_everybody(web.world.ctx, anew=True) == 1
    assert _found(web, "budi") == [number]
    # Case, telephone and NIK alike.
    assert _found(web, "0812 0000 0001") == [number]


def _rows(web: Web) -> list[tuple[str, str]]:
    table = schema.search_words
    with web.world.database.read() as connection:
        rows = connection.execute(table.select().order_by(table.c.region, table.c.word))
        return [(row.word, row.subject) for row in rows]


def test_the_command_makes_the_index_of_who_came_in_before(web: Web, tmp_path: Path) -> None:
    number = web.open()["number"]
    with web.world.database.write() as uow:
        uow.execute(schema.search_words.delete())
    url = web.world.database.url.text
    for words in (("subject", "index"), ("subject", "index", "--all")):
        done = run_command(environment_for(url, tmp_path), words)
        assert (done.exit_code, done.stdout.strip()) == (0, "Indexed 1 person(s).")
    assert _found(web, "budi") == [number]


def test_the_rarest_word_comes_first_and_one_that_too_many_have_is_looked_through_by_nobody(
    web: Web,
) -> None:
    web.open()
    web.open({**LETTER, "applicant": {"kind": "person", "name": "Budi Hartono"}})
    vault = web.world.ctx.vault
    budi, hartono = (vault.search_word(SAMARINDA, f"name:{word}") for word in ("budi", "hartono"))
    with web.world.database.read() as connection:
        rarest = partial(stored_words.rarest_first, connection, SAMARINDA)
        assert rarest([budi, hartono]) == [hartono, budi]
        assert rarest([budi, hartono], most=1) == [hartono, budi]
        assert rarest([budi], most=1) is None


def test_a_name_that_too_many_have_is_refused_and_the_search_is_written_down(web: Web) -> None:
    web.open()
    budi = web.world.ctx.vault.search_word(SAMARINDA, "name:budi")
    with web.world.database.write() as uow:
        crowd = {f"{place:032}": {budi} for place in range(stored_words.MOST)}
        stored_words.add(uow, SAMARINDA, crowd)
    answer = web.post("/cases/search", "dewi", {"q": "budi"})
    assert refused(answer) == (422, "search_too_wide")
    assert "budi" not in answer.text.casefold()
    (look,) = web.get("/readings?officer=smr.dewi", "audit").get_json()["items"]
    assert (look["kind"], look["cases"]) == ("search", [])
    assert look["query"] is not None


def test_cases_of_a_service_with_specific_data_are_found_by_its_own_agencies_only(
    database_url: str, tmp_path: Path
) -> None:
    health = replace(letter(), specific_data=True)
    world = World.make(
        database_url, tmp_path, regions_=(samarinda(billboard(), health), surabaya())
    )
    web = Web(world)
    private, board = web.open()["number"], web.open(BILLBOARD)["number"]
    assert _found(web, "budi") == [board, private]
    assert _found(web, "budi", "audit") == [board]
    assert _found(web, private, "audit") == []
    assert _found(web, board, "audit") == [board]
    # Who may see it finds it by its address.
    assert web.get(f"/cases/{private}", "audit").status_code == 200
    world.close()


def test_a_number_and_a_name_typed_together_find_who_has_both(web: Web) -> None:
    phone = {"phone": "+6281200000001"}
    mine = web.open({**LETTER, "applicant": {**APPLICANT, **phone}})["number"]
    siti = {"kind": "person", "name": "Siti Aminah", "nik": "6472010101900009", **phone}
    other = web.open({**LETTER, "applicant": siti})["number"]

    def found(typed: str) -> list[str]:
        answer = web.post("/cases/search", "dewi", {"q": typed})
        return sorted(each["number"] for each in answer.get_json()["items"])

    assert found("0812-0000-0001") == sorted([mine, other])
    assert found("Siti 0812-0000-0001") == found("HP: 081200000001 (Siti Aminah)") == [other]
    assert found(f"NIK {APPLICANT['nik']}") == [mine]
    assert found(f"{APPLICANT['nik']} Budi") == [mine]
    assert found(f"{APPLICANT['nik']} Siti") == []
