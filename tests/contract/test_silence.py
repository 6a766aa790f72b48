"""The limit of law passes and nobody has decided: what is frozen, who hears of it, and who refuses late.

23 November 2026 is a Monday, nine in the morning in Samarinda; its days end at 15:59:59 UTC.
"""

import email
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from casetrack.domain.region.region_data import RegionData
from casetrack.usecases.case import deadlines
from tests.contract.test_people import faults
from tests.support.web import Web, refused
from tests.support.world import World, letter, samarinda, surabaya

ARTICLE = "Pasal 53 UU 30/2014 sebagaimana diubah dengan UU 6/2023"


def region() -> RegionData:
    """The cast, whose agencies have mailboxes."""
    data = samarinda()
    agencies = tuple(replace(each, email=f"{each.id}@smr.example") for each in data.agencies)
    return replace(data, agencies=agencies, services=(letter(),))


@pytest.fixture
def web(database_url: str, tmp_path: Path) -> Iterator[Web]:
    world = World.make(database_url, tmp_path, regions_=(region(), surabaya()))
    yield Web(world)
    world.close()


def complete(web: Web) -> tuple[str, str]:
    """A letter that was complete on Monday 23 November: number and access code. Its limit: Thursday."""
    case = web.open()
    web.play(case["number"], "dewi declare_complete intake")
    return case["number"], case["access_code"]


def until(web: Web, day: int, hour: int = 16) -> None:
    web.world.hands.now = datetime(2026, 11, day, hour, tzinfo=UTC)


def events(web: Web, number: str, kind: str) -> list[dict[str, Any]]:
    items = web.get(f"/cases/{number}/events?limit=200", "audit").get_json()["items"]
    return [each for each in items if each["type"] == f"casetrack.{kind}"]


def mails(web: Web) -> list[str]:
    """What was written to whom, decoded as far as these tests look."""
    paths = sorted(web.world.mail.glob("*.eml"))
    read = [email.message_from_bytes(path.read_bytes(), policy=default) for path in paths]
    return [f"{each['To']}\n{each['Subject']}\n{each.get_content()}" for each in read]


def test_when_the_limit_passes_the_proof_is_frozen_once(web: Web) -> None:
    number, _ = complete(web)
    until(web, 26, 15)
    deadlines.watch_once(web.world.ctx)
    assert events(web, number, "deadline.missed") == []
    until(web, 26)
    while deadlines.watch_once(web.world.ctx):
        pass
    until(web, 30)
    deadlines.watch_once(web.world.ctx)
    (event,) = events(web, number, "deadline.missed")
    silence = event["data"]["silence"]
    assert silence["policy"] == "flag_only"
    found = silence["proof"]
    assert [(each["day"], each["counted"], each["held_by"]) for each in found["days"]] == [
        ("2026-11-24", True, ["dpmptsp"]),
        ("2026-11-25", True, ["dpmptsp"]),
        ("2026-11-26", True, ["dpmptsp"]),
    ]
    assert found["held"] == [{"by": "dpmptsp", "days": 3}]
    assert (found["article"], found["due_at"]) == (ARTICLE, "2026-11-26T15:59:59.000000Z")
    path = {each["step"]: each["status"] for each in found["path"]}
    assert path == {"intake": "completed", "decide": "ready", "hand_over": "waiting"}
    case = web.get(f"/cases/{number}", "audit").get_json()
    assert (case["status"], case["outcome"]) == ("in_progress", "none"), "a flag grants nothing"
    web.relay()
    assert faults(web.world) is None


def test_a_pause_is_counted_with_and_without(web: Web) -> None:
    number, _ = complete(web)
    assert web.act(number, "dewi", "pause", reason="external_system").status_code == 200
    until(web, 25, 2)
    assert web.act(number, "dewi", "resume").status_code == 200
    until(web, 27)
    deadlines.watch_once(web.world.ctx)
    (event,) = events(web, number, "deadline.missed")
    found = event["data"]["silence"]["proof"]
    days = [(each["day"][8:], each["because"], each["held_by"]) for each in found["days"]]
    assert days[0] == ("24", "clock_stood", ["outside"])
    assert (found["counted"], found["counted_without_pauses"]) == (3, 4)
    assert found["due_without_pauses"] == "2026-11-26T15:59:59.000000Z"
    assert found["due_at"] == "2026-11-27T15:59:59.000000Z"


def test_applicant_and_agency_are_told_in_honest_words(web: Web) -> None:
    number, code = complete(web)
    until(web, 26)
    deadlines.watch_once(web.world.ctx)
    web.deliver()
    to_budi = next(each for each in mails(web) if "terlewati" in each and "budi@" in each)
    assert ARTICLE in to_budi
    assert "Itu tidak berarti bahwa izin sudah ada" in to_budi
    assert "keputusan tertulis" in to_budi
    assert "Dikabulkan" not in to_budi
    (to_office,) = [each for each in mails(web) if each.startswith("dpmptsp@smr.example")]
    assert number in to_office
    assert "2026-11-26" in to_office
    assert "DPMPTSP 3" in to_office
    said = web.get(f"/status/{number}?code={code}").get_json()
    assert said["limit_passed"]["day"] == "2026-11-26"
    assert said["limit_passed"]["message"]["id"].startswith("Batas waktu terlewati pada")
    assert said["outcome"] == "none"
    page = web.call(
        "POST",
        "//status",
        raw=f"number={number}&code={code}".encode(),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    ).text
    assert "Batas waktu terlewati pada" in page
    heard = web.get("/events?limit=200", "mesin").get_json()["events"]
    (event,) = [each for each in heard if each["type"] == "casetrack.agency.limit_passed"]
    assert event["data"]["held"] == [{"by": "dpmptsp", "days": 3}]
    assert "smr." not in str(event)


def test_who_refuses_late_is_warned_and_the_passport_keeps_why(web: Web) -> None:
    number, _ = complete(web)
    early = web.act(number, "hadi", "refuse", "decide", after_limit="terlambat")
    assert refused(early) == (409, "limit_not_passed")
    until(web, 27, 2)
    warned = web.act(number, "hadi", "refuse", "decide")
    assert refused(warned) == (409, "limit_passed")
    assert (warned.get_json()["passed_on"], warned.get_json()["article"]) == ("2026-11-26", ARTICLE)
    blank = web.act(number, "hadi", "refuse", "decide", after_limit=" \u200b ")
    assert refused(blank) == (409, "limit_passed")
    why = "Syarat pokok tidak terpenuhi; terlambat karena sakit."
    done = web.act(number, "hadi", "refuse", "decide", after_limit=why)
    assert done.status_code == 200, done.text
    (event,) = events(web, number, "case.refused")
    kept = event["data"]["authority"]["after_limit"]
    assert (kept["kind"], kept["due_at"]) == ("after_limit", "2026-11-26T15:59:59.000000Z")
    assert why not in str(event)
    notes = web.get(f"/cases/{number}", "dewi").get_json()["notes"]
    assert why in [note["text"] for note in notes]
    trace = web.get(f"/cases/{number}/trace", "audit")
    assert trace.status_code == 200
    web.relay()
    assert faults(web.world) is None


def test_a_service_that_gives_silence_no_meaning_flags_nothing(
    database_url: str, tmp_path: Path
) -> None:
    data = replace(region(), services=(replace(letter(), deemed_grant="none"),))
    world = World.make(database_url, tmp_path, regions_=(data, surabaya()))
    web = Web(world)
    number, code = complete(web)
    until(web, 27)
    deadlines.watch_once(world.ctx)
    (event,) = events(web, number, "deadline.missed")
    assert "silence" not in event["data"]
    assert "limit_passed" not in web.get(f"/status/{number}?code={code}").get_json()
    assert web.act(number, "hadi", "refuse", "decide").status_code == 200
    world.close()
