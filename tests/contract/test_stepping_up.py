"""Before what is grave an officer shows once more who they are; an administrator makes links."""

import re
from dataclasses import replace

import pytest

from casetrack.domain.errors import Forbidden
from casetrack.domain.people.sign_ins import FRESH_LASTS
from casetrack.usecases.people import officers, passwords, sessions
from casetrack.usecases.proof.verify import verify
from tests.support.pages import OTHER, PASSWORD, Browser, with_password
from tests.support.web import Web
from tests.support.world import World

LIST = "/kelola/petugas"


@pytest.fixture
def web(world: World) -> Web:
    return Web(world)


def signed_in(web: Web, login: str = "smr.admin") -> Browser:
    browser = Browser(web.flask)
    assert browser.send("/masuk", login=login, password=PASSWORD).status_code == 303
    return browser


def link_on(page: str) -> str:
    found = re.search(r"http://127\.0\.0\.1:8000(/masuk/undangan/[0-9a-f]{64})", page)
    assert found
    return found[1]


def test_an_administrator_makes_a_link_and_the_officer_sets_a_password(web: Web) -> None:
    with_password(web.world, "admin")
    keeper = signed_in(web)
    assert LIST in keeper.get("/kerja").text
    shown = keeper.get(LIST)
    assert "smr.dewi" in shown.text
    assert "sby." not in shown.text
    made = keeper.send(LIST, login="smr.dewi")
    assert made.status_code == 200
    dewi = Browser(web.flask)
    assert dewi.send(link_on(made.text), password=OTHER, again=OTHER).status_code == 303
    assert "smr.dewi" in dewi.get("/kerja").text
    facts = web.get("/administration", "audit").get_json()["items"]
    (invited,) = [
        f for f in facts if f["type"].endswith("invited") and f["data"]["login"] == "smr.dewi"
    ]
    assert invited["actor"] == {
        "kind": "officer",
        "id": "smr.admin",
        "role": "admin",
        "agency": None,
    }
    assert verify(web.world.ctx, progress=lambda _: None).fault is None


def test_nobody_else_sees_the_list_or_makes_a_link(web: Web) -> None:
    for name in ("dewi", "sby.clerk"):
        login = with_password(web.world, name)
        browser = signed_in(web, login)
        assert LIST not in browser.get("/kerja").text
        assert browser.get(LIST).status_code == 403
        assert browser.send(LIST, login="smr.rudi").status_code == 403
    assert Browser(web.flask).get(LIST).status_code == 303


@pytest.mark.parametrize("login", ["sby.clerk", "smr.nobody", "smr.rudi", ""])
def test_no_link_for_another_region_for_nobody_and_for_a_shut_account(web: Web, login: str) -> None:
    with_password(web.world, "admin")
    officers.disable_officer(web.world.ctx, "smr.rudi")
    answer = signed_in(web).send(LIST, login=login)
    assert answer.status_code == 404
    assert "/masuk/undangan/" not in answer.text


def test_after_a_quarter_of_an_hour_the_password_is_asked_once_more(web: Web) -> None:
    with_password(web.world, "admin")
    keeper = signed_in(web)
    web.world.hands.pass_time(seconds=FRESH_LASTS.total_seconds())
    assert keeper.get(LIST).status_code == 200, "to look is not grave"
    asked = keeper.send(LIST, login="smr.dewi")
    assert asked.headers["Location"] == "/masuk/lagi?lang=id&ke=%2Fkelola%2Fpetugas"
    page = keeper.follow(asked)
    assert "Pastikan bahwa ini Anda" in page.text
    assert f'value="{LIST}"' in page.text
    former = str(keeper.cookie("casetrack"))
    wrong = keeper.send("/masuk/lagi", password=OTHER, ke=LIST)
    assert wrong.status_code == 401
    assert keeper.send(LIST, login="smr.dewi").status_code == 303
    right = keeper.send("/masuk/lagi", password=PASSWORD, ke=LIST)
    assert right.headers["Location"].startswith(LIST)
    assert keeper.cookie("casetrack") != former
    assert sessions.signed_in(web.world.ctx, former) is None, "a new secret"
    assert "/masuk/undangan/" in keeper.send(LIST, login="smr.dewi").text


def test_where_one_goes_on_is_a_page_of_ours_whatever_the_address_says(web: Web) -> None:
    with_password(web.world, "admin")
    for onward in ("https://evil.example/", "//evil.example", "/keluar", ""):
        answer = signed_in(web).send("/masuk/lagi", password=PASSWORD, ke=onward)
        assert answer.headers["Location"] == "/kerja?lang=id"


def test_the_use_case_asks_by_itself(web: Web) -> None:
    with_password(web.world, "admin")
    who = sessions.signed_in(web.world.ctx, str(signed_in(web).cookie("casetrack")))
    assert who is not None
    assert who.fresh
    with pytest.raises(Forbidden) as refused:
        passwords.invite_by_administrator(web.world.ctx, replace(who, fresh=False), "smr.dewi")
    assert refused.value.code == "not_fresh"


def test_wrong_passwords_there_are_slowed_as_at_the_door(web: Web) -> None:
    with_password(web.world, "admin")
    keeper = signed_in(web)
    codes = [keeper.send("/masuk/lagi", password="wrong").status_code for _ in range(6)]
    assert codes == [401] * 5 + [429]
    assert keeper.get("/kerja").status_code == 200, "the session itself goes on"


def test_who_came_into_the_demo_without_a_password_is_told_the_way(web: Web) -> None:
    token = web.world.token("dewi")
    file = web.world.app.settings.data_dir / "demo-tokens.json"
    file.write_text(f'{{"smr.dewi": "{token}"}}')
    browser = Browser(web.flask)
    browser.send("/masuk", login="smr.dewi", token=token)
    assert "Keluar, lalu masuk lagi" in browser.get("/masuk/lagi").text
