"""How the doors take bodies, and how pages, files and texts leave."""

import gzip
import re
from collections import defaultdict
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from werkzeug.test import TestResponse

from casetrack.domain.case.survey import ELEMENTS
from casetrack.web.http.bodies import LARGEST_BODY
from casetrack.web.routes import ROUTES
from tests.support.web import LETTER, Web, refused
from tests.support.world import World

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
GZIP = {"Accept-Encoding": "gzip, br"}


def chunked(web: Web, path: str, body: bytes, kind: str) -> TestResponse:
    headers = {"Authorization": f"Bearer {web.world.token('dewi')}", "Content-Type": kind}
    return web.flask.test_client().post(
        path,
        input_stream=BytesIO(body),
        headers={**headers, "Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )


def test_a_chunked_body_over_the_limit_is_refused_and_not_cut_off(web: Web) -> None:
    """What a cut at the limit leaves here is JSON that could be read."""
    body = b'{"nik": "6472010101900001"}'
    for size, status in ((LARGEST_BODY, 200), (LARGEST_BODY + 1, 413), (4 * LARGEST_BODY, 413)):
        sent = body + b" " * (size - len(body))
        assert chunked(web, "/api/v1/cases/find", sent, "application/json").status_code == status


def test_a_chunked_form_over_the_limit_is_refused_with_a_page(web: Web) -> None:
    form = b"number=SMR-REK-2026-000123-8&x=" + b"y" * LARGEST_BODY
    assert chunked(web, "/status", form, "application/x-www-form-urlencoded").status_code == 413


def test_slips_have_the_policy_of_the_pages(web: Web) -> None:
    number = web.open(LETTER)["number"]
    page = web.get("//status")
    for kind in ("receipt", "registration"):
        slip = web.get(f"/cases/{number}/slips/{kind}", "dewi")
        assert slip.headers["Cache-Control"] == "no-store"
        policy = slip.headers["Content-Security-Policy"]
        assert policy == page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        # The policy lets no style stand in the page.
        assert "style=" not in slip.text
        assert "<style" not in slip.text
        web.act(number, "dewi", "declare_complete", "intake")


def test_a_slip_comes_as_pdf_too_with_the_same_words_and_as_the_same_look(web: Web) -> None:
    number = web.open(LETTER)["number"]
    web.act(number, "dewi", "declare_complete", "intake")
    for kind, title in (("receipt", "Tanda terima berkas"), ("registration", "Bukti pendaftaran")):
        slip = web.get(f"/cases/{number}/slips/{kind}?format=pdf", "dewi")
        assert slip.mimetype == "application/pdf"
        assert slip.headers["Cache-Control"] == "no-store"
        assert f'filename="{number}-{kind}.pdf"' in slip.headers["Content-Disposition"]
        (page,) = PdfReader(BytesIO(slip.data)).pages
        text = page.extract_text()
        assert title in text
        assert number in text
        again = web.get(f"/cases/{number}/slips/{kind}?format=pdf", "dewi")
        assert again.data == slip.data
    looks = web.get("/readings", "audit").get_json()["items"]
    assert [look["kind"] for look in looks].count("print") == 4
    assert refused(web.get(f"/cases/{number}/slips/receipt?format=doc", "dewi")) == (
        422,
        "invalid_query",
    )


@pytest.mark.parametrize("path", ["//stauts", "//static/nothing.css", "//a/b?lang=en"])
def test_a_person_who_mistypes_an_address_gets_a_page(web: Web, path: str) -> None:
    answer = web.get(path, headers=BROWSER)
    assert answer.status_code == 404
    assert answer.mimetype == "text/html"
    assert ("no such page" if "lang=en" in path else "Halaman ini tidak ada") in answer.text
    assert 'action="/status' in answer.text


def test_a_program_that_mistypes_an_address_gets_a_problem_document(web: Web) -> None:
    assert refused(web.get("//stauts")) == (404, "unknown_path")
    only_json = {"Accept": "application/json, text/html;q=0.5"}
    assert refused(web.get("//stauts", headers=only_json)) == (404, "unknown_path")
    assert refused(web.get("/stauts", headers=BROWSER)) == (404, "unknown_path")


def test_a_wrong_method_on_a_page_gets_a_page_that_still_says_which_are_allowed(web: Web) -> None:
    answer = web.call("DELETE", "//status", headers=BROWSER)
    assert (answer.status_code, answer.mimetype) == (405, "text/html")
    assert "POST" in answer.headers["Allow"]


def test_a_file_is_kept_for_a_year_under_the_address_that_names_its_content_only(web: Web) -> None:
    page = web.get("//status").text
    address = page.partition('<link rel="stylesheet" href="')[2].partition('"')[0]
    assert web.get(f"/{address}").headers["Cache-Control"] == "public, max-age=31536000, immutable"
    for other in (address.partition("?")[0], f"{address}0"):
        assert web.get(f"/{other}").headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["//status", "//static/casetrack.css", "/openapi.json"])
def test_text_is_compressed_for_who_takes_it_and_says_the_same(web: Web, path: str) -> None:
    plain, packed = web.get(path), web.get(path, headers=GZIP)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) == int(packed.headers["Content-Length"]) < len(plain.data) / 2
    for answer in (plain, packed):
        assert "Accept-Encoding" in answer.headers["Vary"]
    for wrong in ("identity", "gzip;q=0", "br"):
        refusing = web.get(path, headers={"Accept-Encoding": wrong})
        assert "Content-Encoding" not in refusing.headers


def test_a_compressed_file_is_not_sent_again_to_who_has_it(web: Web) -> None:
    tag = web.get("//static/casetrack.css", headers=GZIP).headers["ETag"]
    assert tag.startswith("W/")
    again = web.get("//static/casetrack.css", headers={**GZIP, "If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


def test_an_etag_that_names_a_version_stays_strong(web: Web) -> None:
    number = web.open(LETTER)["number"]
    read = web.get(f"/cases/{number}", "dewi", headers=GZIP)
    assert read.headers["ETag"].startswith('"')
    assert "Content-Encoding" not in read.headers


def test_metrics_are_not_at_the_public_port_unless_it_is_said(
    database_url: str, tmp_path: Path
) -> None:
    for said, status in (("0", 404), ("1", 200)):
        world = World.make(database_url, tmp_path, CASETRACK_METRICS_PUBLIC=said)
        assert Web(world).get("//metrics").status_code == status
        world.close()


def test_a_nul_in_an_address_is_a_name_that_nothing_has(web: Web) -> None:
    number = web.open(LETTER)["number"]
    met = 0
    for route in ROUTES:
        for nul in re.findall(r"\{(\w+)\}", route.path):
            named = {"number": number, "step": "intake", "kind": "receipt", nul: "%00"}
            path = route.path.format_map(defaultdict(lambda: "1", named))
            who = "mesin" if "webhook" in path else "wati"
            # Of these doors it is asked first what is said, since anybody may knock.
            said: dict[str, Any] = {"name": "Budi"} if "verif" in path else {}
            if path.startswith("/surveys"):
                said = {"token": "token", "scores": dict.fromkeys(ELEMENTS, 4)}
                path += "?t=token" if route.method == "GET" else ""
            if path.startswith("/status") and "/files/" in path:
                said = {"code": "AAAA-AAAA"}
            if path.startswith("/regions"):
                said = {"kind": "delay", "text": "Lama."}
            answer = web.call(route.method, path, who, said)
            met += 1
            if path.startswith("/verify"):
                assert answer.get_json()["known"] is False
                continue
            typed = path.startswith(("/status", "/surveys")) or path.endswith("/status")
            assert answer.status_code == (400 if typed else 404), path
    assert met > 30
