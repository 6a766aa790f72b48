"""An officer in a real browser, without JavaScript: link, password, work, account, out."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from casetrack.usecases.people import passwords
from tests.e2e.test_browser import browser, serving
from tests.support.pages import OTHER, PASSWORD, with_password
from tests.support.world import World, billboard, samarinda, surabaya

pytestmark = [pytest.mark.e2e, pytest.mark.browser]
__all__ = ["browser"]
HTML = "text/html"
NARROW = "document.documentElement.scrollWidth <= window.innerWidth"


@pytest.fixture
def served(sqlite_url: str, tmp_path: object) -> Iterator[tuple[World, str]]:
    """The cast's world behind a real server."""
    world = World.make(sqlite_url, tmp_path, regions_=(samarinda(billboard()), surabaya()))  # type: ignore[arg-type]
    with serving(world) as base:
        yield world, base


@pytest.fixture(params=["without scripts", "with scripts"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A small screen whose complaints fail the test."""
    context = browser.new_context(
        viewport={"width": 320, "height": 640},
        java_script_enabled=request.param == "with scripts",
        locale="id-ID",
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    yield page
    # The answer to a password that was refused is one that browsers mention.
    assert [said for said in complaints if "401" not in said and "422" not in said] == []
    context.close()


def press(page: Page, words: str) -> str:
    """A button by what it says; gives what the page then says."""
    page.get_by_role("button", name=words).first.click()
    return page.inner_text("body")


def test_from_the_link_to_the_work_and_out_again(served: tuple[World, str], page: Page) -> None:
    world, base = served
    world.open("izin-reklame")
    secret = passwords.invite(world.ctx, "smr.dewi", by="andi")
    page.goto(f"{base}/masuk/undangan/{secret}")
    page.fill("#password", "pendek")
    page.fill("#again", "pendek")
    assert "kurang dari 15 karakter" in press(page, "Simpan dan masuk")
    page.fill("#password", PASSWORD)
    page.fill("#again", PASSWORD)
    said = press(page, "Simpan dan masuk")
    assert "/kerja" in page.url
    assert "Diperiksa kelengkapannya" in said
    assert page.get_attribute("html", "lang") == "id"
    page.get_by_role("link", name="English").click()
    assert "What waits" in page.inner_text("body")
    page.get_by_role("link", name="Account").click()
    assert "this one" in page.inner_text("body")
    page.fill("#old", PASSWORD)
    page.fill("#password", OTHER)
    page.fill("#again", OTHER)
    press(page, "Change it")
    assert page.url.endswith("/akun?lang=en")
    (cookie,) = page.context.cookies()
    assert (cookie["name"], cookie["httpOnly"], cookie["sameSite"]) == ("casetrack", True, "Lax")
    assert "Sign in, for officers" in press(page, "Sign out")
    assert page.context.cookies() == []
    page.goto(f"{base}/kerja")
    assert "/masuk" in page.url
    page.fill("#login", "smr.dewi")
    page.fill("#password", PASSWORD)
    assert "tidak cocok" in press(page, "Masuk")
    assert page.input_value("#login") == "smr.dewi"
    page.fill("#password", OTHER)
    press(page, "Masuk")
    assert "/kerja" in page.url


def test_nothing_is_wider_than_the_telephone_and_every_field_has_its_label(
    served: tuple[World, str], browser: Browser
) -> None:
    world, base = served
    token = world.token("dewi")
    (world.app.settings.data_dir / "demo-tokens.json").write_text(f'{{"smr.dewi": "{token}"}}')
    secret = passwords.invite(world.ctx, "smr.dewi", by="andi")
    page = browser.new_page(viewport={"width": 320, "height": 640})
    page.goto(f"{base}/masuk/undangan/{secret}")
    _fits(page)
    page.goto(f"{base}/masuk")
    _fits(page)
    page.get_by_role("button", name="smr.dewi").click()
    assert "/kerja" in page.url
    _fits(page)
    page.goto(f"{base}/akun")
    _fits(page)
    press(page, "Keluar")
    page.fill("#login", with_password(world, "admin"))
    page.fill("#password", PASSWORD)
    page.click("section.ask button")
    for path in ("/masuk/lagi", "/kelola/petugas"):
        page.goto(f"{base}{path}")
        _fits(page)
    assert "/masuk/undangan/" in press(page, "Buat tautan")
    _fits(page)
    page.close()


def _fits(page: Page) -> None:
    assert page.evaluate(NARROW), page.url
    assert page.evaluate(
        "[...document.querySelectorAll('input:not([type=hidden], [hidden])')]"
        ".every(i => document.querySelector(`label[for=${i.id}]`))"
    )
    assert page.evaluate("document.querySelectorAll('h1').length") == 1


def test_a_foreign_page_cannot_send_our_forms(served: tuple[World, str], browser: Browser) -> None:
    """A page of another origin, in the same browser, with the session's cookie at hand."""
    world, base = served
    secret = passwords.invite(world.ctx, "smr.dewi", by="andi")
    page = browser.new_page()
    page.goto(f"{base}/masuk/undangan/{secret}")
    page.fill("#password", PASSWORD)
    page.fill("#again", PASSWORD)
    press(page, "Simpan dan masuk")
    foreign = f"<form method=post action={base}/keluar><button>Hadiah</button></form>"
    page.route(
        "http://evil.example/", lambda route: route.fulfill(body=foreign, content_type="text/html")
    )
    page.goto("http://evil.example/")
    page.click("button")
    assert "tidak dikirim dari halaman" in page.inner_text("body")
    page.goto(f"{base}/kerja")
    assert "Pekerjaan" in page.inner_text("h1")
    page.close()
