"""An officer signs in to pages; whoever should not be in is not, and nobody locks anybody out."""

from typing import Any

import pytest
from sqlalchemy import text

from casetrack.domain.errors import BadInput
from casetrack.domain.people.sign_ins import IDLE, LASTS
from casetrack.storage.people import sessions as stored
from casetrack.usecases.context import Passwords
from casetrack.usecases.people import officers, passwords, sessions, tokens
from casetrack.usecases.people.sign_ins import forget_old
from casetrack.usecases.proof.verify import verify
from tests.support.pages import (
    LOOPBACK,
    OTHER,
    PASSWORD,
    TLS,
    Browser,
    session_ids,
    with_password,
)
from tests.support.web import Web, refused
from tests.support.world import World


@pytest.fixture
def web(world: World) -> Web:
    return Web(world)


@pytest.fixture
def browser(web: Web) -> Browser:
    return Browser(web.flask)


def signed_in(web: Web, name: str = "dewi", password: str = PASSWORD, **more: Any) -> Browser:
    """The browser of one of the cast, signed in."""
    browser = Browser(web.flask, **more)
    answer = browser.send("/masuk", login=f"smr.{name}", password=password)
    assert answer.status_code == 303, answer.text
    return browser


def outcomes(web: Web, who: str = "audit") -> list[tuple[str, str]]:
    rows = web.get("/sign-ins", who).get_json()["items"]
    return [(row["login"], row["outcome"]) for row in rows]


def test_from_the_link_to_the_work_and_out_again(web: Web, browser: Browser) -> None:
    secret = passwords.invite(web.world.ctx, "smr.dewi", by="andi")
    link = f"/masuk/undangan/{secret}"
    shown = browser.get(link)
    assert shown.status_code == 200
    assert "smr.dewi" in shown.text
    assert browser.get(link).status_code == 200, "to look at it uses nothing up"
    work = browser.follow(browser.send(link, password=PASSWORD, again=PASSWORD))
    assert work.status_code == 200
    assert "smr.dewi" in work.text
    assert "Petugas loket" in work.text
    assert "Tidak ada yang menunggu." in work.text
    assert "Nothing waits." in browser.get("/kerja?lang=en").text
    assert browser.get(link).status_code == 404, "once"
    out = browser.follow(browser.send("/keluar"))
    assert "Masuk untuk petugas" in out.text
    assert browser.cookie("casetrack") is None
    assert browser.get("/kerja").headers["Location"] == "/masuk?lang=id"
    again = browser.follow(browser.send("/masuk", login="smr.dewi", password=PASSWORD))
    assert "Pekerjaan" in again.text
    assert verify(web.world.ctx, progress=lambda _: None).fault is None


def test_a_page_s_session_is_the_same_actor_as_a_token(web: Web) -> None:
    for name in ("dewi", "lina", "hadi"):
        with_password(web.world, name)
        cookie = signed_in(web, name).cookie("casetrack")
        found = sessions.signed_in(web.world.ctx, str(cookie))
        caller = tokens.authenticate(web.world.ctx, web.world.token(name))
        assert found is not None
        assert caller is not None
        assert found.actor == caller.actor


def test_the_work_lists_are_counted_and_a_stranger_sees_nothing_of_them(web: Web) -> None:
    web.open()
    for name in ("dewi", "sby.clerk"):
        with_password(web.world, name)
    mine = signed_in(web).get("/kerja").text
    assert "Diperiksa kelengkapannya" in mine
    assert "DPMPTSP" in mine
    stranger = Browser(web.flask)
    page = stranger.follow(stranger.send("/masuk", login="sby.clerk", password=PASSWORD)).text
    assert "Tidak ada yang menunggu." in page
    assert "smr" not in page
    counted = web.get("/worklist", "dewi").get_json()["counts"]
    assert counted["check"] == 1


def test_a_look_at_one_s_own_counts_reads_no_person(web: Web) -> None:
    web.open()
    with_password(web.world, "dewi")
    signed_in(web).get("/kerja")
    with web.world.database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM readings")).scalar() == 0


def test_who_works_on_no_case_is_told_so(web: Web) -> None:
    with_password(web.world, "audit")
    assert "tidak mengerjakan berkas" in signed_in(web, "audit").get("/kerja").text


class Watched:
    """Passwords, and how often one was looked at."""

    def __init__(self, below: Passwords) -> None:
        self.looked = 0
        self._below = below

    def digest(self, password: str) -> str:
        return self._below.digest(password)

    def fits(self, password: str, digest: str | None) -> bool:
        self.looked += 1
        return self._below.fits(password, digest)


def test_an_unknown_login_a_wrong_password_none_and_a_shut_account_read_alike(
    web: Web, browser: Browser
) -> None:
    watched = web.world.ctx.passwords = Watched(web.world.ctx.passwords)
    with_password(web.world, "dewi")
    with_password(web.world, "rudi")
    officers.disable_officer(web.world.ctx, "smr.rudi")
    pages = [
        browser.send("/masuk", login=login, password=password)
        for login, password in (
            ("smr.nobody", PASSWORD),
            ("smr.dewi", OTHER),
            ("smr.hadi", PASSWORD),
            ("smr.rudi", PASSWORD),
        )
    ]
    assert {page.status_code for page in pages} == {401}
    assert watched.looked == 4, "each takes as long as the others"
    logins = ("smr.nobody", "smr.dewi", "smr.hadi", "smr.rudi")
    told = {page.text.replace(login, "LOGIN") for page, login in zip(pages, logins, strict=True)}
    assert len(told) == 1
    assert "tidak cocok" in told.pop()
    assert outcomes(web)[:3] == [
        ("smr.rudi", "shut_out"),
        ("smr.hadi", "no_password"),
        ("smr.dewi", "wrong_password"),
    ]


def test_tries_are_rows_that_only_auditors_of_the_region_read(web: Web, browser: Browser) -> None:
    with_password(web.world, "dewi")
    browser.send("/masuk", login="smr.dewi", password=OTHER)
    signed_in(web)
    assert outcomes(web)[:2] == [("smr.dewi", "signed_in"), ("smr.dewi", "wrong_password")]
    row = web.get("/sign-ins?limit=1", "audit").get_json()
    assert (row["items"][0]["address"], row["items"][0]["agent"]) == ("127.0.0.1", "Firefox, Linux")
    second = web.get(f"/sign-ins?limit=1&cursor={row['next_cursor']}", "audit").get_json()
    assert second["items"][0]["outcome"] == "wrong_password"
    assert refused(web.get("/sign-ins", "dewi")) == (403, "role_not_allowed")
    today = web.get("/sign-ins?since=2026-11-23&until=2026-11-23", "audit").get_json()["items"]
    assert len(today) == 3
    assert not web.get("/sign-ins?since=2026-11-24", "audit").get_json()["items"]
    web.world.hands.pass_time(days=401)
    assert forget_old(web.world.ctx) >= 3


def test_what_was_typed_for_a_login_that_there_is_not_is_kept_nowhere(
    web: Web, browser: Browser
) -> None:
    browser.send("/masuk", login="my secret by mistake", password="x")
    with web.world.database.read() as connection:
        for table in ("sign_ins", "guesses"):
            rows = connection.execute(text(f"SELECT * FROM {table}")).all()
            assert "mistake" not in str(rows)


def test_strangers_who_guess_make_no_wait_for_the_officer(web: Web) -> None:
    with_password(web.world, "dewi")
    codes = []
    for n in range(60):
        stranger = Browser(web.flask, TLS, address=f"198.51.100.{n}")
        answer = stranger.send("/masuk", login="smr.dewi", password=f"guess {n}")
        codes.append(answer.status_code)
    assert set(codes) == {401}
    signed_in(web, base=TLS, address="203.0.113.7")


def test_one_address_that_guesses_waits_and_a_try_in_the_wait_is_not_looked_at(web: Web) -> None:
    with_password(web.world, "dewi")
    guesser = Browser(web.flask, TLS, address="198.51.100.1")
    codes = [
        guesser.send("/masuk", login="smr.dewi", password="wrong").status_code for _ in range(6)
    ]
    assert codes == [401] * 5 + [429]
    answer = guesser.send("/masuk", login="smr.dewi", password=PASSWORD)
    assert answer.status_code == 429, "even the right one is not looked at"
    assert int(answer.headers["Retry-After"]) <= 60
    assert "tunggu sebentar" in answer.text
    web.world.hands.pass_time(minutes=1)
    signed_in(web, base=TLS, address="198.51.100.1")


def test_right_ones_count_nowhere(web: Web) -> None:
    for name in ("dewi", "rudi"):
        with_password(web.world, name)
    office: dict[str, Any] = {"base": TLS, "address": "203.0.113.7"}
    for _ in range(40):
        signed_in(web, **office)
    with web.world.database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM guesses")).scalar() == 0
    clumsy = Browser(web.flask, **office)
    for _ in range(3):
        clumsy.send("/masuk", login="smr.rudi", password="wrong")
    signed_in(web, **office)
    signed_in(web, "rudi", **office)


def test_a_session_ends_by_itself_when_nobody_asks_and_after_a_day_of_work(web: Web) -> None:
    with_password(web.world, "dewi")
    browser = signed_in(web)
    web.world.hands.pass_time(seconds=IDLE.total_seconds() - 5)
    assert browser.get("/kerja").status_code == 200
    web.world.hands.pass_time(seconds=IDLE.total_seconds() - 5)
    assert browser.get("/kerja").status_code == 200, "it was seen in between"
    web.world.hands.pass_time(seconds=IDLE.total_seconds())
    assert browser.get("/kerja").status_code == 303
    browser = signed_in(web)
    for _ in range(int(LASTS / IDLE) * 2 - 1):
        web.world.hands.pass_time(seconds=IDLE.total_seconds() / 2)
        assert browser.get("/akun").status_code == 200
    web.world.hands.pass_time(seconds=IDLE.total_seconds() / 2)
    assert browser.get("/akun").status_code == 303


def test_a_new_secret_with_every_sign_in_and_the_old_one_opens_nothing(web: Web) -> None:
    with_password(web.world, "dewi")
    browser = signed_in(web)
    first = browser.cookie("casetrack")
    browser.send("/masuk", login="smr.dewi", password=PASSWORD)
    assert browser.cookie("casetrack") not in (None, first)
    assert sessions.signed_in(web.world.ctx, str(first)) is None
    with web.world.database.read() as connection:
        kept = str(connection.execute(text("SELECT * FROM sessions")).all())
    assert str(first) not in kept


def test_an_officer_sees_their_sessions_and_ends_them(web: Web) -> None:
    with_password(web.world, "dewi")
    with_password(web.world, "rudi")
    here, there = signed_in(web), signed_in(web, base=TLS, address="203.0.113.7")
    foreign = session_ids(signed_in(web, "rudi").get("/akun").text)[-1]
    page = here.get("/akun").text
    assert "Firefox, Linux" in page
    assert "203.0.113.7" in page
    answer = here.send("/akun/sesi", session=foreign)
    assert answer.status_code == 404, "of somebody else"
    assert "Sesi itu tidak ada" in answer.text
    assert here.send("/akun/sesi", session="lain").status_code == 303
    assert there.get("/kerja").status_code == 303
    assert here.get("/kerja").status_code == 200
    (mine,) = set(session_ids(here.get("/akun").text))
    assert "/masuk" in here.send("/akun/sesi", session=mine).headers["Location"]
    assert here.get("/akun").status_code == 303


def test_a_changed_password_ends_every_other_session(web: Web) -> None:
    with_password(web.world, "dewi")
    here, there = signed_in(web), signed_in(web)
    form = {"old": PASSWORD, "password": OTHER, "again": OTHER}
    wrong = here.send("/akun/sandi", **{**form, "old": "not mine"})
    assert wrong.status_code == 401
    assert here.send("/akun/sandi", **{**form, "again": "typed otherwise"}).status_code == 422
    weak = here.send(
        "/akun/sandi", old=PASSWORD, password="smr dewi 2026 2026", again="smr dewi 2026 2026"
    )
    assert weak.status_code == 422
    assert "pertama kali dicoba orang lain" in weak.text
    english = here.send("/akun/sandi?lang=en", old=PASSWORD, password="short", again="short")
    assert "fewer than 15 characters" in english.text
    assert there.get("/akun").status_code == 200, "nothing was changed yet"
    assert here.send("/akun/sandi", **form).status_code == 303
    assert here.get("/akun").status_code == 200
    assert there.get("/akun").status_code == 303
    assert Browser(web.flask).send("/masuk", login="smr.dewi", password=PASSWORD).status_code == 401
    signed_in(web, password=OTHER)
    facts = web.get("/administration", "audit").get_json()["items"]
    types = [fact["type"].rpartition(".")[2] for fact in facts]
    assert types[1:4] == ["password_set", "password_set", "officer_invited"]
    assert facts[1]["data"] == {"login": "smr.dewi"}
    assert facts[1]["actor"]["id"] == "smr.dewi"


def test_a_link_is_for_one_day_once_and_only_the_newest(web: Web, browser: Browser) -> None:
    ctx = web.world.ctx
    former = passwords.invite(ctx, "smr.dewi", by="andi")
    newest = passwords.invite(ctx, "smr.dewi", by="andi")
    assert browser.get(f"/masuk/undangan/{former}").status_code == 404
    assert browser.get("/masuk/undangan/nothing").status_code == 404
    link = f"/masuk/undangan/{newest}"
    assert browser.send(link, password="short", again="short").status_code == 422
    assert browser.send(link, password=PASSWORD, again=OTHER).status_code == 422
    web.world.hands.pass_time(hours=24)
    assert browser.send(link, password=PASSWORD, again=PASSWORD).status_code == 404
    with web.world.database.read() as connection:
        assert newest not in str(connection.execute(text("SELECT * FROM invitations")).all())
    with pytest.raises(BadInput):
        passwords.invite(ctx, "smr.nobody", by="andi")


def test_a_disabled_account_is_out_at_once_and_stays_out_of_old_sessions(web: Web) -> None:
    with_password(web.world, "dewi")
    browser = signed_in(web)
    secret = passwords.invite(web.world.ctx, "smr.dewi", by="andi")
    officers.disable_officer(web.world.ctx, "smr.dewi")
    assert browser.get("/kerja").status_code == 303
    officers.enable_officer(web.world.ctx, "smr.dewi")
    assert browser.get("/kerja").status_code == 303
    assert browser.get(f"/masuk/undangan/{secret}").status_code == 404
    signed_in(web)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 303),
        ({"Origin": LOOPBACK}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": LOOPBACK}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://127.0.0.1:8001"}, 403),
        ({"Origin": "null"}, 403),
        ({"Referer": f"{LOOPBACK}/akun"}, 403),
        ({}, 403),
    ],
)
def test_a_form_that_no_page_of_ours_sent_does_nothing(
    web: Web, headers: dict[str, str], status: int
) -> None:
    with_password(web.world, "dewi")
    browser = signed_in(web)
    for path, form in (
        ("/masuk", {"login": "smr.dewi", "password": PASSWORD}),
        ("/akun/sesi", {"session": "lain"}),
        ("/keluar", {}),
    ):
        answer = browser.open("POST", path, data=form, headers=headers)
        assert answer.status_code == status, path
        if status == 403:
            assert "tidak dikirim dari halaman" in answer.text
    assert (browser.get("/kerja").status_code == 200) == (status == 403)


def test_no_page_of_an_officer_changes_anything_by_being_opened(web: Web) -> None:
    with_password(web.world, "dewi")
    browser = signed_in(web)
    for path in ("/keluar", "/akun/sesi", "/akun/sandi"):
        assert browser.get(path).status_code == 405
    assert browser.get("/kerja").status_code == 200


def test_the_cookie_over_https_and_on_this_machine(web: Web) -> None:
    with_password(web.world, "dewi")
    form = {"login": "smr.dewi", "password": PASSWORD}
    tls = Browser(web.flask, TLS, address="203.0.113.7").send("/masuk", **form)
    said = tls.headers["Set-Cookie"]
    assert said.startswith("__Host-casetrack=")
    parts = {part.strip() for part in said.split(";")[1:]}
    assert parts == {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}
    local = Browser(web.flask).send("/masuk", **form).headers["Set-Cookie"]
    assert local.startswith("casetrack=")
    assert "Secure" not in local
    assert "HttpOnly" in local
    assert "SameSite=Lax" in local


@pytest.mark.parametrize(
    ("base", "address", "headers"),
    [
        ("http://casetrack.example", "203.0.113.7", {}),
        ("http://casetrack.example", "127.0.0.1", {}),
        ("http://127.0.0.1:8000", "203.0.113.7", {}),
        ("http://127.0.0.1:8000", "127.0.0.1", {"X-Forwarded-For": "203.0.113.7"}),
        ("http://127.0.0.1:8000", "127.0.0.1", {"X-Forwarded-Proto": "https"}),
        ("http://127.0.0.1:8000", "127.0.0.1", {"Via": "1.1 proxy"}),
    ],
)
def test_any_other_http_is_refused_in_one_line(
    web: Web, base: str, address: str, headers: dict[str, str]
) -> None:
    with_password(web.world, "dewi")
    browser = Browser(web.flask, base, address=address, headers=headers)
    for answer in (
        browser.get("/masuk"),
        browser.get("/kerja"),
        browser.send("/masuk", login="smr.dewi", password=PASSWORD),
    ):
        assert answer.status_code == 403
        assert "Halaman petugas dibuka lewat https" in answer.text
        assert "Set-Cookie" not in answer.headers


def test_a_cookie_of_the_other_way_opens_nothing(web: Web) -> None:
    with_password(web.world, "dewi")
    secret = str(signed_in(web).cookie("casetrack"))
    tls = Browser(web.flask, TLS, address="203.0.113.7")
    tls.put_cookie("casetrack", secret)
    assert tls.get("/kerja").status_code == 303
    tls.put_cookie("__Host-casetrack", "nothing")
    assert tls.get("/kerja").status_code == 303


def test_officers_pages_load_and_tell_nothing_elsewhere(web: Web) -> None:
    with_password(web.world, "dewi")
    browser = signed_in(web)
    secret = passwords.invite(web.world.ctx, "smr.dewi", by="andi")
    for path in ("/kerja", "/akun", f"/masuk/undangan/{secret}"):
        answer = browser.get(path)
        assert answer.status_code == 200
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "form-action 'self'" in policy
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "<script" not in answer.text
        assert "style=" not in answer.text
        assert len(answer.get_data()) < 60_000


def test_a_session_opens_no_door_of_the_api(web: Web) -> None:
    """Else a foreign page could call the API with it: those doors ask for no origin."""
    with_password(web.world, "dewi")
    browser = signed_in(web)
    assert browser.get("/api/v1/me").status_code == 401


def test_the_demo_s_people_come_in_by_one_click_only_here_and_only_with_its_data(
    web: Web, browser: Browser
) -> None:
    token = web.world.token("dewi")
    form = {"login": "smr.dewi", "token": token}
    assert "Demo" not in browser.get("/masuk").text
    assert browser.send("/masuk", **form).status_code == 401, "no demo was loaded"
    file = web.world.app.settings.data_dir / "demo-tokens.json"
    file.write_text(f'{{"smr.dewi": "{token}", "sby.clerk": "{web.world.token("sby.clerk")}"}}')
    page = browser.get("/masuk?wilayah=64.72").text
    assert "Demo: masuk sebagai" in page
    assert f'value="{token}"' in page
    tls = Browser(web.flask, TLS, address="203.0.113.7")
    assert "Demo" not in tls.get("/masuk").text
    assert tls.send("/masuk", **form).status_code == 401
    rebound = Browser(web.flask, "http://evil.example")
    assert rebound.get("/masuk").status_code == 403, "a foreign name that leads here"
    assert browser.send("/masuk", login="sby.clerk", token=token).status_code == 401
    no_demo = browser.send("/masuk", login="smr.rudi", token=web.world.token("rudi"))
    assert no_demo.status_code == 401, "a live token, and none of the demo's"
    work = browser.follow(browser.send("/masuk", **form))
    assert "smr.dewi" in work.text
    assert outcomes(web)[0] == ("smr.dewi", "demo")
    tokens.revoke_token(web.world.ctx, token.split("_")[1])
    assert Browser(web.flask).send("/masuk", **form).status_code == 401


def test_of_two_who_use_a_link_at_once_one_does(web: Web) -> None:
    secret = passwords.invite(web.world.ctx, "smr.dewi", by="andi")
    link, used = f"/masuk/undangan/{secret}", list[int]()
    hashing = web.world.ctx.passwords

    class Slow:
        def digest(self, password: str) -> str:
            if not used:
                used.append(1)
                used.append(Browser(web.flask).send(link, password=OTHER, again=OTHER).status_code)
            return hashing.digest(password)

        def fits(self, password: str, digest: str | None) -> bool:
            return hashing.fits(password, digest)

    web.world.ctx.passwords = Slow()
    assert Browser(web.flask).send(link, password=PASSWORD, again=PASSWORD).status_code == 404
    assert used[1] == 303
    signed_in(web, password=OTHER)


def test_old_sessions_are_forgotten(web: Web) -> None:
    with_password(web.world, "dewi")
    signed_in(web)
    web.world.hands.pass_time(days=500)
    forget_old(web.world.ctx)
    with web.world.database.read() as connection:
        assert not stored.sessions_of(connection, "64.72", "smr.dewi")
