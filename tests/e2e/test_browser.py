"""The applicant's page in a real browser, as on a telephone, with JavaScript switched off."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from casetrack.usecases.case import trace
from casetrack.usecases.case.visible_case import sight
from casetrack.web.app import create_app
from tests.conftest import need
from tests.support.authority import papers_of_samarinda, world_of
from tests.support.registers import incumbency, without
from tests.support.world import World, billboard, samarinda, surabaya

pytestmark = [pytest.mark.e2e, pytest.mark.browser]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, headless."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    need(chromium is not None, "Chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield started
        started.close()


@contextmanager
def serving(world: World) -> Iterator[str]:
    """A world behind a real HTTP server; gives its address."""
    server = make_server("127.0.0.1", 0, create_app(world.app), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        world.close()


@pytest.fixture
def served(sqlite_url: str, tmp_path: Path) -> Iterator[tuple[World, str]]:
    """The cast's world behind it."""
    world = World.make(sqlite_url, tmp_path, regions_=(samarinda(billboard()), surabaya()))
    with serving(world) as base:
        yield world, base


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A small screen without JavaScript."""
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, java_script_enabled=False, locale="id-ID"
    )
    yield context.new_page()
    context.close()


def ask(page: Page, base: str, number: str, code: str = "") -> str:
    """Fill in the form as a person does; gives what the page then says."""
    page.goto(f"{base}/status")
    page.fill("#number", number)
    page.fill("#code", code)
    page.click("button[type=submit]")
    return page.inner_text("body")


def test_an_applicant_finds_her_file_with_number_and_code(
    served: tuple[World, str], phone: Page
) -> None:
    world, base = served
    case = world.open("izin-reklame").view
    world.play(case["number"], "dewi declare_complete intake")
    public = ask(phone, base, case["number"].lower())
    assert "Sedang diproses" in public
    assert "DLH" in public
    assert "WITA" in public
    assert "Tahapan" not in public
    detailed = ask(
        phone, base, case["number"], f"{case['access_code'][:4]} {case['access_code'][4:]}"
    )
    assert "Tahapan" in detailed
    assert "Telaah Dishub" in detailed
    assert case["access_code"] not in phone.url
    assert "Budi" not in detailed


def test_the_decision_is_for_whoever_has_the_code(served: tuple[World, str], phone: Page) -> None:
    world, base = served
    case = world.open("izin-reklame").view
    world.play(
        case["number"],
        "dewi declare_complete intake\nrudi complete review_dlh favourable\n"
        "sari complete review_dishub favourable\nhadi complete verify\nhadi refuse decide",
    )
    assert "Sudah ada keputusan" in ask(phone, base, case["number"])
    assert "Ditolak" in ask(phone, base, case["number"], case["access_code"])


def test_a_slip_of_the_pen_is_told_apart_from_an_unknown_number(
    served: tuple[World, str], phone: Page
) -> None:
    _, base = served
    wrong_digit = ask(phone, base, "SMR-REK-2026-000123-7")
    unknown = ask(phone, base, "SMR-REK-2026-000123-8")
    assert wrong_digit != unknown
    assert phone.input_value("#number") == "SMR-REK-2026-000123-8"


def test_nothing_is_wider_than_the_telephone_and_every_field_has_its_label(
    served: tuple[World, str], browser: Browser
) -> None:
    world, base = served
    case = world.open("izin-reklame").view
    page = browser.new_page(viewport={"width": 320, "height": 640})
    said = ask(page, base, case["number"], case["access_code"])
    assert "Pemeriksaan" in said
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.evaluate(
        "[...document.querySelectorAll('input')].every(i => document.querySelector(`label[for=${i.id}]`))"
    )
    assert page.get_attribute("html", "lang") == "id"
    page.goto(f"{base}/status?lang=en")
    assert page.get_attribute("html", "lang") == "en"
    page.close()


FITS = """
() => [...document.querySelectorAll('g[data-id]')].every(group => {
  const box = group.querySelector(':scope > rect.box').getBBox();
  return [...group.querySelectorAll('text')].every(text => {
    const said = text.getBBox();
    return said.x >= box.x && said.x + said.width <= box.x + box.width + 0.5
      && said.y >= box.y - 0.5 && said.y + said.height <= box.y + box.height + 0.5;
  });
})
"""
#: The grounds of casetrack.gateways.pictures, as a browser says them.
GROUND = {"light": "rgb(246, 244, 239)", "dark": "rgb(16, 22, 20)"}
FILL = "part => getComputedStyle(document.querySelector(part)).fill"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pictures_of_authority_and_their_pages_on_a_telephone(
    sqlite_url: str, tmp_path: Path, browser: Browser, scheme: Literal["light", "dark"]
) -> None:
    rudi = incumbency("sk-rudi", "smr.rudi", "kepala-dlh", since="2019-02-01")
    papers = [*without(papers_of_samarinda(), "sk-rini"), rudi]
    world = world_of(sqlite_url, tmp_path, papers)
    number = world.open("izin-reklame").view["number"]
    world.play(
        number,
        "dewi declare_complete intake\nrudi complete review_dlh favourable\n"
        "sari complete review_dishub favourable\nhadi complete verify\nhadi complete decide",
    )
    (*_, decision) = trace.trace(world.ctx, sight(world.ctx, world.actor("audit"), number))[
        "decisions"
    ]
    chain = f"cases/{number}/decisions/{decision['version']}"
    service = "authority/services/izin-reklame"
    with serving(world) as base:
        context = browser.new_context(
            viewport={"width": 360, "height": 740},
            color_scheme=scheme,
            extra_http_headers={"Authorization": f"Bearer {world.token('audit')}"},
        )
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        for address, holds_it in (
            (f"{chain}/picture", f"{chain}/passport"),
            (f"{service}/picture", f"{service}/page"),
        ):
            page.goto(f"{base}/api/v1/{address}")
            assert page.evaluate(FITS), address
            assert page.evaluate(FILL, ".ground") == GROUND[scheme]
            page.goto(f"{base}/api/v1/{holds_it}")
            assert page.evaluate(FITS), holds_it
            assert page.evaluate(FILL, ".ground") == GROUND[scheme]
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
            assert page.evaluate(
                "(e => e.scrollWidth > e.clientWidth)(document.querySelector('.drawing'))"
            )
            assert page.inner_text("ol.chain-list").count("smr.hadi")
        assert complaints == []
        context.close()


def test_somebody_complains_on_a_telephone_keeps_the_code_and_reads_the_answer(
    served: tuple[World, str], phone: Page
) -> None:
    _, base = served
    phone.goto(f"{base}/status")
    phone.click("text=Mengadu")
    phone.select_option("#kind", "delay")
    phone.fill("#text", "Sudah tiga minggu tidak ada kabar.")
    phone.click("button[type=submit]")
    number = phone.inner_text(".number")
    code = phone.inner_text(".strip .code .mono")
    assert number.startswith("SMR-ADU-2026-")
    assert len(code) == len("ABCD-EFGH")
    # Who looks again by this browser gets the number alone, and no second complaint.
    phone.reload()
    again = phone.inner_text("body")
    assert number in again
    assert code not in again
    phone.click("text=Lihat status pengaduan")
    phone.fill("#code", code)
    phone.click("button[type=submit]")
    assert "Diterima" in phone.inner_text("body")
    assert code not in phone.url


def test_the_form_of_a_complaint_fits_a_small_telephone_and_every_field_has_its_label(
    served: tuple[World, str], browser: Browser
) -> None:
    _, base = served
    page = browser.new_page(viewport={"width": 320, "height": 640})
    for language in ("id", "en"):
        page.goto(f"{base}/pengaduan?lang={language}")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert page.evaluate(
            "[...document.querySelectorAll('input:not([type=hidden]), select, textarea')]"
            ".every(i => document.querySelector(`label[for=${i.id}]`))"
        )
    page.select_option("#kind", "delay")
    page.fill("#text", "x")
    page.click("button[type=submit]")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
