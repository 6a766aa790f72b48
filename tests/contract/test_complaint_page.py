"""Filing a complaint on the page: without script, account or name, with the door's own limits."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from casetrack.domain.case.complaint_desk import ComplaintDesk
from casetrack.domain.region.slip_texts import SlipText
from casetrack.domain.service.definition import Name
from casetrack.usecases.people import subjects
from casetrack.usecases.proof.verify import verify
from tests.support.web import LETTER, Web
from tests.support.world import World, samarinda, surabaya

DAY = date(2020, 1, 1)
FORM = {"kind": "delay", "text": "Sudah tiga minggu tidak ada kabar."}


def sent(web: Web, form: Mapping[str, str], language: str = "id") -> TestResponse:
    header = {"Content-Type": "application/x-www-form-urlencoded"}
    path = f"//pengaduan?lang={language}"
    return web.call("POST", path, headers=header, raw=urlencode(form).encode())


def once(web: Web) -> str:
    """What the form that was just opened says of itself."""
    found = re.search(r'name="once" value="([0-9a-f]+)"', web.get("//pengaduan").text)
    assert found
    return found[1]


def number_and_code(page: str) -> tuple[str, str]:
    number = re.search(r"SMR-ADU-2026-\d{6}-\w", page)
    code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}(?=</span>)", page)
    assert number
    assert code
    return number[0], code[0]


def test_somebody_complains_on_the_page_and_reads_the_answer_with_number_and_code(
    world: World,
) -> None:
    web = Web(world)
    page = web.get("//pengaduan")
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
    for word in ("Nama tidak perlu disebut", "Permintaan uang atau suap", "Ombudsman"):
        assert word in page.text
    assert "<script" not in page.text
    assert 'name="region"' not in page.text, "there is one that takes any in"
    assert "What went wrong?" in web.get("//pengaduan?lang=en").text
    assert 'href="/pengaduan?lang=id"' in web.get("//status").text
    slip = sent(web, {**FORM, "once": once(web)})
    assert slip.status_code == 201
    number, code = number_and_code(slip.text)
    assert "Kamis, 26 November 2026" in slip.text
    assert "Jumat, 11 Desember 2026" in slip.text
    assert f'href="/pengaduan/{number}?lang=id"' in slip.text
    assert "strip" in slip.text
    assert "<svg" in slip.text
    web.post(f"/complaints/{number}/actions", "dewi", {"action": "answer", "text": "Sudah dikirim."},
             etag='"1"')  # fmt: skip
    shown = web.call(
        "POST", f"//pengaduan/{number}", raw=f"code={code}".encode(),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )  # fmt: skip
    assert "Sudah dikirim." in shown.text
    seen = web.get(f"/complaints/{number}", "dewi").get_json()
    assert (seen["way"], seen["named"], seen["contact"]) == ("page", False, None)
    english = sent(web, {**FORM, "once": once(web)}, "en")
    assert "Receipt of a complaint" in english.text
    assert verify(world.ctx, progress=lambda _: None).fault is None


def test_the_form_sent_again_is_one_complaint_and_its_code_is_not_shown_again(world: World) -> None:
    web = Web(world)
    form = {**FORM, "once": once(web)}
    number, code = number_and_code(sent(web, form).text)
    again = sent(web, form)
    assert again.status_code == 200
    assert number in again.text
    assert code not in again.text
    assert "tidak ditampilkan lagi" in again.text
    # Written anew it is another one.
    other = sent(web, {**form, "text": "Masih tidak ada kabar."})
    assert number_and_code(other.text)[0] != number
    assert len(web.get("/complaints", "dewi").get_json()["items"]) == 2


def test_a_case_and_a_contact_may_be_named_and_neither_is_written_back(world: World) -> None:
    web = Web(world)
    case = web.open(LETTER)
    form = {**FORM, "case": case["number"], "case_code": case["access_code"], "name": "Siti",
            "phone": "0812", "email": ""}  # fmt: skip
    number, _ = number_and_code(sent(web, form).text)
    seen = web.get(f"/complaints/{number}", "dewi").get_json()
    assert (seen["case"], seen["named"]) == (case["number"], True)
    assert seen["contact"] == {"name": "Siti", "phone": "0812"}
    (person,) = subjects.by_case(world.ctx, case["number"])
    with world.database.read() as connection:
        of = connection.execute(text("SELECT subject FROM complaints")).scalars().all()
    assert of == [person.subject]
    wrong = sent(web, {**form, "case_code": "AAAAAAAA"})
    assert wrong.status_code == 422
    assert "kode berkas tidak sesuai" in wrong.text
    assert FORM["text"] in wrong.text
    assert "AAAAAAAA" not in wrong.text


@pytest.mark.parametrize(
    ("form", "status", "said"),
    [
        ({"text": "x"}, 422, "Tentang:"),
        ({"kind": "delay"}, 422, "Isi pengaduan:"),
        ({"kind": "delay", "text": "  "}, 422, "Isi pengaduan:"),
        ({"kind": "delay", "text": "x" * 4001}, 422, "Isi pengaduan:"),
        ({"kind": "delay", "text": "a\0b"}, 422, "Isi pengaduan:"),
        ({"kind": "lagu", "text": "x"}, 422, "Tentang:"),
        ({**FORM, "case_code": "AAAA"}, 422, "Kode akses permohonan:"),
        ({**FORM, "case": "SMR-SKT"}, 400, "Pengaduan belum diterima"),
        ({**FORM, "region": "99.99"}, 404, "Pengaduan belum diterima"),
        ({**FORM, "region": "35.78"}, 409, "belum menunjuk penerima pengaduan"),
        ({**FORM, "region": "\0"}, 404, "Pengaduan belum diterima"),
    ],
)
def test_what_the_door_refuses_the_page_says_in_words_and_keeps_what_was_typed(
    world: World, form: dict[str, str], status: int, said: str
) -> None:
    web = Web(world)
    page = sent(web, form)
    assert (page.status_code, page.mimetype) == (status, "text/html"), page.text
    assert said in page.text
    assert "invalid_body" not in page.text
    assert web.get("/complaints", "dewi").get_json()["items"] == []


def test_one_address_may_not_flood_by_the_page(world: World) -> None:
    web = Web(world)
    for _ in range(10):
        assert sent(web, FORM).status_code == 201
    flood = sent(web, FORM)
    assert flood.status_code == 429
    assert int(flood.headers["Retry-After"]) > 0
    assert "tunggu sebentar" in flood.text


def test_where_several_regions_take_any_in_one_is_chosen_and_a_number_says_it_of_itself(
    database_url: str, tmp_path: Path
) -> None:
    both = [
        replace(data, region=replace(data.region, complaints=desk))
        for data, desk in (
            (samarinda(), ComplaintDesk("dpmptsp", "setda")),
            (surabaya(), ComplaintDesk("dpmptsp", "dpmptsp")),
        )
    ]
    world = World.make(database_url, tmp_path, regions_=tuple(both))
    web = Web(world)
    assert 'name="region"' in web.get("//pengaduan").text
    assert sent(web, FORM).status_code == 201
    chosen = sent(web, {**FORM, "region": "35.78"})
    assert "SBY-ADU-2026-" in chosen.text
    case = web.open(LETTER)
    assert number_and_code(sent(web, {**FORM, "region": "35.78", "case": case["number"]}).text)
    world.close()


def test_where_nobody_takes_any_in_the_page_says_where_else_to_go(
    database_url: str, tmp_path: Path
) -> None:
    world = World.make(database_url, tmp_path, regions_=(surabaya(),))
    web = Web(world)
    page = web.get("//pengaduan")
    assert page.status_code == 200
    assert "SP4N-LAPOR" in page.text
    assert "<form" not in page.text
    assert sent(web, FORM).status_code == 404
    world.close()


def test_a_receipt_names_the_page_where_the_region_takes_complaints_in(
    database_url: str, tmp_path: Path
) -> None:
    said = SlipText("complain", Name("Di meja pengaduan.", "At the desk."), "UU 25/2009", DAY)
    data = samarinda()
    region = replace(data.region, slip_texts=(said,))
    silent = replace(region, complaints=None)
    for place, here in enumerate((region, silent)):
        url = database_url if place == 0 else f"sqlite:///{tmp_path / 'silent.sqlite'}"
        world = World.make(url, tmp_path, regions_=(replace(data, region=here),))
        web = Web(world)
        number = web.open(LETTER)["number"]
        slip = web.get(f"/cases/{number}/slips/receipt", "dewi").text
        page = f"{world.app.settings.public_url}/pengaduan"
        assert "Di meja pengaduan." in slip
        assert (page in slip) == (here is region)
        world.close()
