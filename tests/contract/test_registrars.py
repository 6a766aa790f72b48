"""Who may say who may sign: papers over HTTP, by the registrars of their body and by nobody else."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from casetrack.domain.errors import BadInput
from casetrack.domain.region.region_data import JoinedPair, Officer, Position, RegionData
from casetrack.domain.service.definition import Name
from casetrack.storage import migrate
from casetrack.usecases.authority.registrar_command import set_registrar
from casetrack.usecases.people import officers
from casetrack.usecases.proof.verify import verify
from casetrack.usecases.region import loading
from tests.support.authority import (
    dismiss,
    enter,
    give_letters,
    guarded_regions,
    make_registrar,
    papers_of_samarinda,
)
from tests.support.commands import run_command
from tests.support.registers import incumbency, latest, mandate, position
from tests.support.web import Web, refused
from tests.support.world import World, environment_for

SCAN = "cd" * 32
CONFIRM = {"action": "confirm"}


@pytest.fixture
def web(database_url: str, tmp_path: Path) -> Iterator[Web]:
    """Wati and Dewi keep the one-door office's papers, Lina and Joko those of every body."""
    home, away = guarded_regions()
    duties = {"smr.wati": ("dpmptsp",), "smr.dewi": ("dpmptsp",), "smr.ketua": ("dlh",)}
    cast = tuple(
        replace(o, registrar_for=duties.get(o.login, o.registrar_for)) for o in home.officers
    )
    home = replace(home, officers=(*cast, Officer("smr.sari2", "officer", "dpmptsp")))
    stranger = Officer("sby.papers", "officer", "dpmptsp", registrar_for=("dpmptsp",))
    away = replace(away, officers=(*away.officers, stranger))
    world = World.make(database_url, tmp_path, regions_=(home, away))
    papers = [*papers_of_samarinda(), position("arsiparis", superior="kepala-dpmptsp")]
    enter(world, *latest(papers))
    give_letters(world)
    yield Web(world)
    world.close()


def letter(officer: str, of: str, **more: Any) -> dict[str, Any]:
    """A letter as it is sent; signed on the day before it begins, and open."""
    entry = {
        "officer": officer,
        "position": of,
        "form": "plh",
        "letter": {"number": "800/1", "dated": "2026-11-20", "by": "wali-kota"},
        "since": "2026-11-23",
        **more,
    }
    name = f"surat-{officer.removeprefix('smr.')}"
    return {"kind": "incumbency", "id": name, "entry": entry, "document": {"sha256": SCAN}}


def settle(web: Web, drafted: Any, who: str, **body: Any) -> Any:
    path = drafted.headers["Location"].removeprefix("/api/v1")
    return web.post(f"{path}/actions", who, {**CONFIRM, **body}, etag=drafted.headers["ETag"])


def test_no_role_makes_a_registrar_and_a_duty_is_for_the_named_body(web: Web) -> None:
    paper = letter("smr.yuni", "kepala-dpmptsp")
    for who in ("rini", "admin", "hadi", "ketua", "wati", "dewi"):
        assert refused(web.post("/authority/entries", who, paper)) == (403, "not_registrar"), who
    for who in ("audit", "mesin"):
        assert refused(web.post("/authority/entries", who, paper)) == (403, "role_not_allowed")
    told = web.post("/authority/entries", "wati", paper).get_json()
    assert told["agency"] == "setda"
    made = web.post("/authority/entries", "lina", paper)
    assert made.status_code == 201
    for who in ("rini", "admin", "ketua", "wati"):
        assert refused(settle(web, made, who)) == (403, "not_registrar"), who
        assert refused(settle(web, made, who, action="discard")) == (403, "not_registrar"), who
    assert settle(web, made, "joko").status_code == 200


def test_a_body_s_own_registrars_keep_the_letters_below_its_head(web: Web) -> None:
    made = web.post("/authority/entries", "wati", letter("smr.yuni", "arsiparis"))
    assert made.status_code == 201, made.text
    assert refused(settle(web, made, "wati")) == (403, "second_officer_needed")
    done = settle(web, made, "dewi")
    assert (done.status_code, done.get_json()["confirmed_by"]) == (200, "smr.dewi")
    # A clerk reads the papers that are theirs to keep, and no other clerk does.
    assert web.get("/authority/entries?kind=incumbency", "dewi").status_code == 200
    assert refused(web.get("/authority/entries", "hadi")) == (403, "role_not_allowed")


def test_whom_a_paper_names_neither_enters_nor_confirms_it(web: Web) -> None:
    own = letter("smr.dewi", "arsiparis")
    assert refused(web.post("/authority/entries", "dewi", own)) == (403, "own_paper")
    made = web.post("/authority/entries", "wati", own)
    assert refused(settle(web, made, "dewi")) == (403, "own_paper")
    assert refused(settle(web, made, "dewi", action="discard")) == (403, "own_paper")
    assert settle(web, made, "lina").status_code == 200


def test_a_subordinate_does_not_appoint_their_chief(web: Web) -> None:
    # Who decides by a seat keeps no papers of that office.
    dismiss(web.world, "smr.wati", "dpmptsp")
    for login in ("smr.wati", "smr.sari2"):
        make_registrar(web.world, login, "setda")
        paper = letter("smr.yuni", "kepala-dpmptsp")
        assert refused(web.post("/authority/entries", login, paper)) == (403, "own_paper"), login


def test_who_enters_with_one_account_does_not_confirm_with_another(web: Web) -> None:
    for login in ("smr.lina", "smr.ketua"):
        officers.set_officer_nik(web.world.ctx, login, "6472010101700001")
    make_registrar(web.world, "smr.ketua", "dinkes")
    paper = position("staf-dinkes", "dinkes", superior="kepala-dinkes")
    entry = {"agency": "dinkes", "name": {"id": "Staf", "en": "Staff"},
             "superiors": [{"position": "kepala-dinkes"}]}  # fmt: skip
    body = {"kind": "position", "id": paper.id, "entry": entry, "document": {"sha256": SCAN}}
    made = web.post("/authority/entries", "lina", body)
    assert made.status_code == 201, made.text
    assert refused(settle(web, made, "ketua")) == (403, "second_officer_needed")


def test_a_draft_of_who_is_no_registrar_any_more_is_not_confirmed(web: Web) -> None:
    made = web.post("/authority/entries", "lina", letter("smr.yuni", "arsiparis"))
    dismiss(web.world, "smr.lina", "dpmptsp")
    assert refused(settle(web, made, "joko")) == (403, "not_registrar")
    assert settle(web, made, "joko", action="discard").get_json()["state"] == "discarded"


def test_nobody_becomes_head_of_the_one_door_office_by_two_strangers(web: Web) -> None:
    """A third officer as acting head, the real one's letter ended, a second one who blocks them."""
    for paper in (
        letter("smr.yuni", "kepala-dpmptsp", form="plt"),
        {**letter("smr.hadi", "kepala-dpmptsp", form="definitive", since="2019-02-01",
                  until="2026-11-01"), "id": "sk-hadi"},
        letter("smr.yuni", "kepala-dpmptsp", form="definitive"),
    ):  # fmt: skip
        for who in ("rini", "ketua", "admin", "wati"):
            assert refused(web.post("/authority/entries", who, paper)) == (403, "not_registrar")


def test_what_stops_what_works_is_said_and_meant(web: Web) -> None:
    second = letter("smr.yuni", "kepala-dpmptsp", form="definitive", since="2027-01-04")
    made = web.post("/authority/entries", "lina", second)
    answer = settle(web, made, "joko")
    assert refused(answer) == (409, "stops_what_works")
    assert answer.get_json()["stops"] == ["sk-hadi"]
    assert refused(settle(web, made, "joko", stops=["sk-wati"])) == (409, "stops_what_works")
    assert settle(web, made, "joko", stops=["sk-hadi"]).status_code == 200
    # The same key with another list is another request.
    past = {**letter("smr.wati", "kabid-perizinan", form="definitive", until="2026-11-20",
                     since="2019-02-01", letter={"number": "SK-WATI", "dated": "2019-02-01"}),
            "id": "sk-wati"}  # fmt: skip
    made = web.post("/authority/entries", "lina", past)
    assert settle(web, made, "joko").get_json()["stops"] == ["sk-wati"]
    ordinary = {**past, "entry": {**past["entry"], "until": "2026-11-23"}}
    assert settle(web, made, "joko", action="discard").status_code == 200
    made = web.post("/authority/entries", "lina", ordinary)
    assert settle(web, made, "joko").status_code == 200


def test_a_stranger_knows_nothing_of_a_paper(web: Web) -> None:
    made = web.post("/authority/entries", "lina", letter("smr.yuni", "arsiparis"))
    assert refused(settle(web, made, "sby.papers")) == (404, "unknown_entry")
    assert refused(web.get("/authority/entries/incumbency/sk-hadi", "sby.papers")) == (
        404,
        "unknown_entry",
    )


def test_what_is_in_the_register_already_and_breaks_the_rules_is_found(web: Web) -> None:
    ask = "/authority/findings?code="
    assert web.get(f"{ask}filed_for_oneself", "audit").get_json()["items"] == []
    assert web.get(f"{ask}registrars_few", "audit").get_json()["items"] == []
    # Joko confirmed a letter that seats himself, and a mandate for that seat.
    for login in ("smr.joko", "smr.lina"):
        dismiss(web.world, login, "dinkes")
    (few,) = web.get(f"{ask}registrars_few", "audit").get_json()["items"]
    assert "dinkes" in few["text"]["id"]
    paper = mandate("mandat-arsip", "kepala-dpmptsp", "arsiparis", on="kepdis-1-2020#1",
                    since="2020-01-02")  # fmt: skip
    enter(web.world, paper, incumbency("sk-joko", "smr.joko", "arsiparis", since="2026-11-01"))
    found = web.get(f"{ask}filed_for_oneself", "audit").get_json()["items"]
    assert {"mandat-arsip", "sk-joko"} <= {each["entries"][0]["id"] for each in found}


def test_the_command_sets_up_the_first_two_and_names_the_door_for_more(
    database_url: str, tmp_path: Path
) -> None:
    world = World.make(database_url, tmp_path, regions_=guarded_regions())
    environment = environment_for(database_url, tmp_path)
    dismiss(world, "smr.lina", "dlh", "dinkes")

    def casetrack(*words: str) -> Any:
        return run_command(environment, ("officer", "registrar", *words, "--operator", "bagus"))

    given = casetrack("smr.wati", "--for", "dlh", "--for", "dinkes")
    told = "set up by bagus until the head of the secretariat confirms it.\n"
    assert (given.exit_code, given.output) == (
        0,
        f"smr.wati is a registrar for dlh, dinkes, {told}",
    )
    taken = casetrack("smr.wati", "--for", "dinkes", "--remove")
    assert taken.exit_code == 0, taken.output
    listed = json.loads(run_command(environment, ("officers", "--json")).output)
    assert {o["login"]: o["registrar_for"] for o in listed}["smr.wati"] == ["dlh"]
    radar = run_command(environment, ("authority", "radar", "--region", "64.72")).output
    assert "Papers wait, since fewer than two registrars keep them:" in radar
    assert "dinkes" in radar
    make_registrar(world, "smr.joko", "dpmptsp")
    for words, said in (
        (("smr.wati", "--for", "tiada"), "has no agency tiada"),
        (("smr.wati", "--for", "dinkes", "--remove"), "is no registrar for dinkes"),
        (("smr.wati", "--for", "dlh"), "is a registrar for dlh already"),
        (("smr.rini", "--for", "dlh"), "dlh has two registrars, who enter and confirm"),
        (("smr.joko", "--for", "dpmptsp", "--remove"), "by a paper of the register"),
        (("smr.audit", "--for", "dlh"), "keeps no papers"),
        (("smr.tiada", "--for", "dlh"), "there is no officer smr.tiada"),
    ):
        wrong = casetrack(*words)
        assert (wrong.exit_code, said in wrong.output) == (2, True), wrong.output
    world.close()


# --- one person with several accounts ---------------------------------------------------------------


def with_officers(*officers_: Officer, joined: tuple[JoinedPair, ...] = ()) -> RegionData:
    """Samarinda with these accounts in place of those with their login."""
    home, _ = guarded_regions()
    logins = {officer.login for officer in officers_}
    others = [officer for officer in home.officers if officer.login not in logins]
    region = replace(home.region, joined=joined)
    seat = Position("kepala-dpmptsp", "dpmptsp", Name("Kepala", "Head"), None)
    return replace(home, region=region, officers=(*others, *officers_), positions=(seat,))


def test_accounts_with_one_word_for_their_person_are_one_hand(web: Web) -> None:
    loading.load(
        web.world.ctx,
        with_officers(
            Officer("smr.lina", "officer", "setda", person="l"),
            Officer("smr.lina2", "clerk", "setda", person="l"),
        ),
    )
    make_registrar(web.world, "smr.lina2", "dlh")
    paper = {
        "kind": "stay",
        "id": "dlh-mpp",
        "entry": {"agency": "dlh", "agreement": "PKS 1", "since": "2026-11-23"},
        "document": {"sha256": SCAN},
    }
    made = web.post("/authority/entries", "lina", paper)
    assert refused(settle(web, made, "lina2")) == (403, "second_officer_needed")
    # Nor do they make two registrars of one body, nor is one of them named by the other.
    for login in ("smr.joko", "smr.ketua"):
        dismiss(web.world, login, "dlh")
    (few,) = web.get("/authority/findings?code=registrars_few", "audit").get_json()["items"]
    assert few["text"]["en"].startswith("dlh has fewer than two")
    letter_of = {"number": "1", "dated": "2026-11-20"}
    own = {"officer": "smr.lina2", "agency": "pupr", "since": "2026-11-23", "letter": letter_of}
    body = {"kind": "registrar", "id": "p", "entry": own, "document": {"sha256": SCAN}}
    assert refused(web.post("/authority/entries", "lina", body)) == (403, "own_paper")


def test_a_seat_of_one_account_and_a_duty_of_another_are_joined_in_one_person(web: Web) -> None:
    twin = Officer("smr.hadi2", "clerk", "dlh", person="h")
    loading.load(
        web.world.ctx, with_officers(Officer("smr.hadi", "officer", "dpmptsp", person="h"), twin)
    )
    duty = {
        "officer": "smr.hadi2", "agency": "dpmptsp", "since": "2026-11-23",
        "letter": {"number": "1", "dated": "2026-11-20"},
    }  # fmt: skip
    body = {"kind": "registrar", "id": "p", "entry": duty, "document": {"sha256": SCAN}}
    answer = web.post("/authority/entries", "lina", body)
    assert refused(answer) == (409, "not_joined")
    assert answer.get_json()["positions"] == ["kepala-dpmptsp"]
    with pytest.raises(BadInput, match=r"smr\.hadi2, smr\.hadi3 would sit in kepala-dpmptsp"):
        officers.add_officer(
            web.world.ctx, "64.72", Officer("smr.hadi3", "admin", None, person="h")
        )
    # What comes to light later is a finding: two accounts with one NIK.
    for login in ("smr.audit", "smr.rini"):
        officers.set_officer_nik(web.world.ctx, login, "6472010101700001")
    (found,) = web.get("/authority/findings?code=roles_not_joined", "audit").get_json()["items"]
    assert "smr.audit, smr.rini" in found["text"]["en"]


def test_a_small_office_names_the_pair_and_it_stays_a_finding(web: Web) -> None:
    pair = JoinedPair("smr.hadi", "kepala-dpmptsp", "Hanya tiga pegawai.")
    duty = {
        "officer": "smr.hadi", "agency": "dpmptsp", "since": "2026-11-23",
        "letter": {"number": "1", "dated": "2026-11-20"},
    }  # fmt: skip
    body = {"kind": "registrar", "id": "p", "entry": duty, "document": {"sha256": SCAN}}
    assert refused(web.post("/authority/entries", "lina", body)) == (409, "not_joined")
    loading.load(web.world.ctx, with_officers(joined=(pair,)))
    made = web.post("/authority/entries", "lina", body)
    assert settle(web, made, "joko").status_code == 200
    (found,) = web.get("/authority/findings?code=seat_joined_by_name", "audit").get_json()["items"]
    assert "smr.hadi" in found["text"]["en"]
    assert found["position"] == "kepala-dpmptsp"


# --- while an upgrade lasts ---------------------------------------------------------------------------


def test_what_accounts_said_of_registrars_counts_until_the_upgrade_enters_it(
    web: Web, database_url: str, tmp_path: Path
) -> None:
    world = web.world
    migrate.downgrade(world.database, "0017_second")
    migrate.upgrade(world.database, half="first")
    said = text("UPDATE officers SET registrar_for = :said WHERE login = 'smr.rini'")
    with world.database.write() as uow:
        uow.execute(said, {"said": '{"dlh": true, "pupr": false}'})
    assert web.get("/me", "rini").get_json()["registrar_for"] == ["dlh"]
    stay = {"agency": "dlh", "agreement": "PKS 1", "since": "2026-11-23"}
    paper = {"kind": "stay", "id": "mpp", "entry": stay, "document": {"sha256": SCAN}}
    made = web.post("/authority/entries", "rini", paper)
    assert made.status_code == 201, made.text
    # The release before does not read papers that make a registrar.
    duty = {"officer": "smr.yuni", "agency": "dlh", "since": "2026-11-23",
            "letter": {"number": "1", "dated": "2026-11-20"}}  # fmt: skip
    body = {"kind": "registrar", "id": "p", "entry": duty, "document": {"sha256": SCAN}}
    assert refused(web.post("/authority/entries", "lina", body)) == (409, "upgrade_not_over")
    with pytest.raises(BadInput, match="wait until the upgrade is over"):
        set_registrar(world.ctx, "smr.yuni", ["dlh"], keeps=True)
    told: list[str] = []
    loading.load(world.ctx, guarded_regions()[0], tell=told.append)
    assert "officers.yaml: registrar_for waits until the upgrade is over" in told

    done = run_command(environment_for(database_url, tmp_path), ("db", "upgrade"))
    assert (done.exit_code, "1 registrars whom accounts named" in done.output) == (0, True)
    again = run_command(environment_for(database_url, tmp_path), ("db", "upgrade"))
    assert "registrars" not in again.output
    # The command has the machine's clock.
    world.hands.now = datetime.now(UTC)
    assert web.get("/me", "rini").get_json()["registrar_for"] == ["dlh"]
    assert settle(web, made, "joko").status_code == 200
    found = web.get("/authority/findings?code=registrar_set_up", "audit").get_json()["items"]
    (entered,) = (each["entries"] for each in found if "smr.rini" in each["text"]["en"])
    shown = web.get(f"/authority/entries/registrar/{entered[0]['id']}", "audit").get_json()
    assert [(r["entered_by"], r["confirmed_by"]) for r in shown["items"]] == [("upgrade", None)]
    verdict = verify(world.ctx, progress=lambda _: None)
    assert verdict.fault is None
    assert "untraced" not in {one["kind"] for one in verdict.authority.beyond()}
