"""Whoever keeps accounts, tokens and a region's files leaves a trace in the ledger; tokens end."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from casetrack.domain.clock import DayOverride
from casetrack.domain.errors import BadInput
from casetrack.domain.people.administration import TYPES
from casetrack.domain.region.numbering_changes import Numbering
from casetrack.domain.region.region_data import Officer
from casetrack.storage import migrate
from casetrack.storage.region import regions
from casetrack.storage.service import catalogue
from casetrack.usecases.authority.registrar_command import set_registrar
from casetrack.usecases.people import officers, tokens
from casetrack.usecases.proof.checked_region import Verdict
from casetrack.usecases.proof.verify import verify
from casetrack.usecases.questions.past_administration import past_administration
from casetrack.usecases.region import loading
from tests.support.authority import dismiss
from tests.support.commands import run_command
from tests.support.web import Web, at_once
from tests.support.world import SAMARINDA, World, environment_for, samarinda, surabaya

Trace = list[tuple[str, dict[str, Any]]]


def trace(world: World) -> Trace:
    """Act and data of each fact, the newest first."""
    page = past_administration(world.ctx, SAMARINDA, since=None, until=None, before=None, limit=200)
    return [(item["type"].removeprefix(TYPES), item["data"]) for item in page.items]


def newest(world: World) -> tuple[str, dict[str, Any]]:
    return trace(world)[0]


def changed(data: dict[str, Any]) -> dict[str, Any]:
    """The one account that a fact is about: what of it became otherwise."""
    (change,) = data["officers"]
    assert change.pop("login") == "smr.wati"
    return dict(change)


def verified(world: World) -> Verdict:
    return verify(world.ctx, progress=lambda _: None)


def untraced(world: World) -> list[str]:
    verdict = verified(world)
    assert verdict.fault is None
    return [each["detail"] for each in verdict.authority.told() if each["kind"] == "untraced"]


def command(world: World, *words: str) -> str:
    url, folder = world.app.settings.database_url, world.mail.parent
    result = run_command(environment_for(url, folder), words)
    assert result.exit_code == 0, result.output
    return str(result.stdout)


# --- what is done to accounts -----------------------------------------------------------------------


def test_the_load_of_a_new_region_is_told_in_three_facts_and_again_in_none(world: World) -> None:
    acts = [act for act, _ in trace(world)]
    assert acts == ["officers_loaded", "catalogue_loaded", "region_loaded"]
    loading.load(world.ctx, samarinda(), "bagus")
    assert len(trace(world)) == 3


def test_each_act_on_an_account_says_who_did_it_and_what_was_before(world: World) -> None:
    ctx = world.ctx
    dismiss(world, "smr.lina", "dlh")
    set_registrar(ctx, "smr.wati", ["dlh"], keeps=True, by="bagus")
    fact = {"login": "smr.wati", "agencies": ["dlh"]}
    assert newest(world) == ("registrar_named", fact)
    set_registrar(ctx, "smr.wati", ["dlh"], keeps=False, by="bagus")
    assert newest(world) == ("registrar_dismissed", fact)
    officers.set_officer_nik(ctx, "smr.wati", "6472010101900001", by="bagus")
    assert newest(world) == ("officer_nik_indexed", {"login": "smr.wati"})
    token = world.token("wati").split("_")[1]
    officers.disable_officer(ctx, "smr.wati", by="bagus")
    act, data = newest(world)
    (ended,) = data["tokens"]
    assert (act, ended["token"], ended["after"]) == ("officer_disabled", token, {"revoked": True})
    assert changed(data)["after"] == {"disabled": True, "shut_out": True}
    officers.enable_officer(ctx, "smr.wati", by="bagus")
    assert changed(newest(world)[1])["after"] == {"disabled": False, "shut_out": False}
    officers.add_officer(ctx, SAMARINDA, Officer("smr.baru", "clerk", "dlh"), by="bagus")
    act, data = newest(world)
    assert (act, data["officers"][0]["after"]["roles"]) == ("officer_added", ["clerk"])
    assert untraced(world) == []


def test_what_changes_nothing_leaves_no_trace(world: World) -> None:
    officers.disable_officer(world.ctx, "smr.wati")
    before = len(trace(world))
    officers.disable_officer(world.ctx, "smr.wati")
    with pytest.raises(BadInput):
        officers.disable_officer(world.ctx, "smr.nobody")
    with pytest.raises(BadInput):
        tokens.revoke_token(world.ctx, "0" * 12)
    assert len(trace(world)) == before


def test_a_load_says_what_of_accounts_days_services_and_settings_became_otherwise(
    world: World,
) -> None:
    token = world.token("wati").split("_")[1]
    data = samarinda()
    without = tuple(o for o in data.officers if o.login != "smr.wati")
    promoted = tuple(replace(o, role="head") if o.login == "smr.rini" else o for o in without)
    region = replace(data.region, secretariat="dpmptsp")
    friday = DayOverride(date(2026, 11, 27), working=False, name="Hari besar")
    new = replace(
        data, region=region, officers=promoted, overrides=(friday,), services=data.services[:1]
    )
    loading.load(world.ctx, new, "bagus")
    told = dict(trace(world)[:4])
    assert told["region_loaded"]["after"] == {"secretariat": "dpmptsp"}
    assert told["calendar_loaded"]["added"] == [{"day": "2026-11-27", "working": False}]
    assert told["catalogue_loaded"]["offered"] == [
        {"service": "surat-keterangan", "before": 1, "after": None}
    ]
    rini, wati = told["officers_loaded"]["officers"]
    assert (rini["before"], rini["after"]) == ({"roles": ["supervisor"]}, {"roles": ["head"]})
    assert wati["after"] == {"disabled": True}
    assert [each["token"] for each in told["officers_loaded"]["tokens"]] == [token]
    assert {each["files"] for each in told.values()} == {told["region_loaded"]["files"]}
    assert untraced(world) == []


def test_a_dry_run_leaves_no_trace(world: World) -> None:
    loading.load_or_check(world.ctx, replace(samarinda(), officers=()), "bagus", only_check=True)
    assert len(trace(world)) == 3


def test_acts_at_once_stand_one_behind_the_other(world: World) -> None:
    logins = ("smr.wati", "smr.rini", "smr.rudi", "smr.wati")
    made = at_once(4, lambda place: tokens.create_token(world.ctx, logins[place]))
    assert len(set(made)) == 4
    told = [data["tokens"][0]["token"] for act, data in trace(world) if act == "token_created"]
    assert sorted(told) == sorted(token.split("_")[1] for token in made)
    assert untraced(world) == []


# --- who reads it -----------------------------------------------------------------------------------


def test_the_trace_is_read_by_days_page_by_page_and_never_across_regions(world: World) -> None:
    web = Web(world)
    world.token("audit")
    world.hands.pass_time(days=1)
    tokens.create_token(world.ctx, "smr.wati", by="bagus")

    def read(query: str, who: str = "audit") -> dict[str, Any]:
        answer = web.get(f"/administration?{query}", who)
        assert answer.status_code == 200, answer.text
        document: dict[str, Any] = answer.get_json()
        return document

    (only,) = read("since=2026-11-24")["items"]
    assert only["type"] == "casetrack.administration.token_created"
    assert only["actor"] == {"kind": "operator", "id": "bagus"}
    assert len(read("until=2026-11-23")["items"]) == 4
    assert len(read("since=2026-11-23&until=2026-11-24")["items"]) == 5
    first = read("limit=2")
    rest = read(f"cursor={first['next_cursor']}")
    versions = [item["version"] for item in first["items"] + rest["items"]]
    assert versions == [5, 4, 3, 2, 1]
    assert rest["next_cursor"] is None
    assert {item["stream"] for item in rest["items"]} == {"administration/64.72"}
    theirs = read("", "sby.audit")["items"]
    assert {item["stream"] for item in theirs} == {"administration/35.78"}


def test_no_name_and_no_token_stands_in_the_trace(world: World) -> None:
    token = world.token("wati")
    officers.set_officer_nik(world.ctx, "smr.wati", "6472010101900001")
    said = json.dumps(trace(world))
    assert token.split("_")[2] not in said
    assert "6472010101900001" not in said


def test_the_command_prints_it(world: World) -> None:
    command(world, "token", "create", "--officer", "smr.rini", "--days", "0")
    command(world, "officer", "disable", "smr.wati", "--operator", "bagus")
    said = command(world, "administration", "--region", SAMARINDA)
    assert "ends_at never, officer smr.rini" in said
    assert "officer_disabled" in said
    assert "smr.wati: disabled False -> True, shut_out False -> True" in said
    (line, *_) = [json.loads(one) for one in command(
        world, "administration", "--region", SAMARINDA, "--json"
    ).splitlines()]  # fmt: skip
    assert line["actor"] == {"kind": "operator", "id": "bagus"}


def test_systems_of_the_region_read_what_was_done_and_not_to_whom(world: World) -> None:
    web = Web(world)
    officers.add_officer(world.ctx, SAMARINDA, Officer("smr.pusat", "integrator", None))
    officers.disable_officer(world.ctx, "smr.wati", by="bagus")
    world.token("pusat")
    web.relay()
    answer = web.get("/events", "pusat")
    events = {e["type"].removeprefix(TYPES): e for e in answer.get_json()["events"]}
    assert events["officer_disabled"]["data"]["officers"] == [
        {
            "before": {"disabled": False, "shut_out": False},
            "after": {"disabled": True, "shut_out": True},
        }
    ]
    assert events["officer_disabled"]["subject"] == SAMARINDA
    assert events["token_created"]["data"]["tokens"][0]["after"]["revoked"] is False
    for hidden in ("smr.", "bagus", world.token("pusat").split("_")[1]):
        assert hidden not in answer.text, hidden
    # An agency's own systems hear that steps may have lost their hand, and no administration.
    heard = [event["type"] for event in web.get("/events", "mesin").get_json()["events"]]
    assert heard == ["casetrack.account.disabled"]


# --- what verify says -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE officers SET role = 'head', roles = NULL WHERE login = 'smr.rudi'", "smr.rudi"),
        ("UPDATE officers SET registrar_for = '{\"dlh\": true}' WHERE login = 'smr.rudi'", "smr.rudi"),
        ("UPDATE officers SET disabled = true WHERE login = 'smr.rudi'", "smr.rudi"),
        ("DELETE FROM officers WHERE login = 'smr.rudi'", "smr.rudi"),
        ("UPDATE officers SET positions = 'no JSON' WHERE login = 'smr.rudi'", "cannot be read"),
        ("UPDATE tokens SET login = 'smr.admin'", "token "),
        ("UPDATE tokens SET ends_at = NULL", "token "),
        ("DELETE FROM tokens", "token "),
    ],
)  # fmt: skip
def test_what_was_changed_past_casetrack_is_found(world: World, sql: str, said: str) -> None:
    world.token("wati")
    assert untraced(world) == []
    with world.database.write() as uow:
        uow.execute(text(sql))
    (finding,) = untraced(world)
    assert said in finding


@pytest.fixture
def older(database_url: str, tmp_path: Path) -> Iterator[World]:
    """A region that a release without a trace has loaded, with a token of that time."""
    made = World.make(database_url, tmp_path, regions_=[surabaya()])
    data = samarinda()
    with made.database.write() as uow:
        now = uow.draw()[1]
        regions.put_region(uow, data, now, Numbering(()))
        for service in data.services:
            catalogue.publish(uow, SAMARINDA, service, now)
        uow.execute(
            text(
                "INSERT INTO tokens (digest, region, login, token_id, created_at) "
                "VALUES ('ab', '64.72', 'smr.wati', 'abcdef', '2026-11-01T00:00:00.000000Z')"
            )
        )
    yield made
    made.close()


def test_the_trace_of_an_older_region_begins_with_what_stood_there(older: World) -> None:
    assert untraced(older) == []
    officers.disable_officer(older.ctx, "smr.wati", by="bagus")
    (act, data), (begun, stood) = trace(older)
    assert (act, begun) == ("officer_disabled", "trace_begun")
    assert [each["token"] for each in data["tokens"]] == ["abcdef"]
    before = {each["login"]: each["after"] for each in stood["officers"]}
    assert len(before) == len(samarinda().officers)
    assert before["smr.wati"]["disabled"] is False
    assert stood["tokens"] == [
        {"token": "abcdef", "after": {"officer": "smr.wati", "revoked": False}}
    ]
    assert [each["service"] for each in stood["services"]] == [
        "izin-reklame:1",
        "surat-keterangan:1",
    ]
    assert untraced(older) == []


# --- tokens end -------------------------------------------------------------------------------------


def asks(world: World, token: str) -> tuple[int, str | None]:
    answer = Web(world).get("/me", headers={"Authorization": f"Bearer {token}"})
    document = answer.get_json()
    return answer.status_code, document.get("code")


def test_a_token_ends_and_says_so_in_both_languages(world: World) -> None:
    token = tokens.create_token(world.ctx, "smr.wati", days=2)
    world.hands.pass_time(days=1, hours=23)
    assert asks(world, token) == (200, None)
    world.hands.pass_time(hours=1)
    assert asks(world, token) == (401, "token_expired")
    said = Web(world).get("/me", headers={"Authorization": f"Bearer {token}"})
    document = said.get_json()
    assert document["ended_at"].startswith("2026-11-25T01:00:00")
    assert document["message"]["id"] == "masa berlaku token sudah berakhir"
    assert said.headers["WWW-Authenticate"].startswith("Bearer")
    officers.disable_officer(world.ctx, "smr.wati")
    assert asks(world, token) == (401, "unauthenticated")


def test_a_token_lasts_ninety_days_or_as_long_as_was_said_or_for_ever(world: World) -> None:
    usual = tokens.create_token(world.ctx, "smr.wati")
    short = tokens.create_token(world.ctx, "smr.wati", days=1)
    for_ever = tokens.create_token(world.ctx, "smr.wati", days=0)
    world.hands.pass_time(days=91)
    assert asks(world, usual)[0] == 401
    world.hands.pass_time(days=3650)
    assert asks(world, for_ever)[0] == 200
    listed = {line.split()[0]: line for line in command(world, "token", "list").splitlines()}
    assert listed[short.split("_")[1]].endswith("ended")
    assert "never" in listed[for_ever.split("_")[1]]


def test_the_last_use_is_written_down_once_an_hour_behind_the_answer(world: World) -> None:
    token = tokens.create_token(world.ctx, "smr.wati")

    def used() -> datetime | None:
        (shown,) = [t for t in tokens.all_tokens(world.ctx) if t.record.token_id in token]
        return shown.record.used_at

    assert used() is None
    asks(world, token)
    first = used()
    assert first is not None
    world.hands.pass_time(minutes=59)
    asks(world, token)
    assert used() == first
    world.hands.pass_time(minutes=2)
    assert asks(world, token) == (200, None)
    later = used()
    assert later is not None
    assert later > first
    assert untraced(world) == []


def test_a_token_that_is_renewed_lasts_again_and_a_revoked_one_does_not(world: World) -> None:
    live, dead = (tokens.create_token(world.ctx, "smr.wati") for _ in range(2))
    tokens.revoke_token(world.ctx, dead.split("_")[1])
    world.hands.pass_time(days=40)
    before = len(trace(world))
    tokens.renew_tokens(world.ctx, [live, dead], by="demo")
    assert len(trace(world)) == before
    world.hands.pass_time(days=60)
    assert asks(world, live) == (401, "token_expired")
    tokens.renew_tokens(world.ctx, [live, dead], by="demo")
    act, data = trace(world)[0]
    assert (act, [each["token"] for each in data["tokens"]]) == (
        "tokens_renewed",
        [live.split("_")[1]],
    )
    assert asks(world, live) == (200, None)
    assert asks(world, dead) == (401, "unauthenticated")


def test_tokens_from_before_end_ninety_days_after_the_upgrade(world: World) -> None:
    before = tokens.create_token(world.ctx, "smr.wati", days=0)
    migrate.downgrade(world.database, "0011_second")
    migrate.upgrade(world.database, half="first")
    # A release that knows no end makes one while both run; it opens until the upgrade is over.
    meanwhile = tokens.create_token(world.ctx, "smr.rini")
    with world.database.write() as uow:
        uow.execute(text("UPDATE tokens SET ends_at = NULL WHERE login = 'smr.rini'"))
    assert asks(world, meanwhile) == (200, None)
    migrate.upgrade(world.database)
    in_ninety = datetime.now(UTC) + timedelta(days=90)
    for shown in tokens.all_tokens(world.ctx):
        assert shown.ends_at is not None
        assert abs(shown.ends_at - in_ninety) < timedelta(minutes=5)
    world.hands.now = in_ninety + timedelta(minutes=5)
    for token in (before, meanwhile):
        assert asks(world, token) == (401, "token_expired")


def test_a_nik_is_no_operator_s_name_since_it_would_stand_in_the_ledger_for_good(
    world: World,
) -> None:
    environment = environment_for(world.app.settings.database_url, world.mail.parent)
    words = ["officer", "disable", "smr.wati", "--operator", "6472010101900001"]
    done = run_command(environment, words)
    assert done.exit_code == 2
    assert "this is a NIK" in done.stderr
    assert "6472010101900001" not in done.stderr
