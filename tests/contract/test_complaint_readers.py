"""What is about money and who heads the inspectorate is read by who is above it, or not taken in."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import text

from casetrack.usecases.case import complaint_acts
from casetrack.usecases.delivery import reminders
from casetrack.usecases.people import officers
from casetrack.usecases.proof.verify import verify
from casetrack.usecases.region import loading
from tests.support import demo
from tests.support.stories import City
from tests.support.web import refused
from tests.support.world import SAMARINDA, World

HEAD, BELOW = "smr.inspektorat.supervisor", "smr.inspektorat"
STAFF = ("inspektorat", "inspektorat.supervisor", "sekda", "walikota", "supervisor", "auditor")
BRIBE = {"way": "counter", "kind": "money", "text": "Inspektur meminta uang."}


def readers(city: City, number: str) -> set[str]:
    """Who of the staff reads it; each finds it in their list exactly then."""
    found = set()
    for who in (f"smr.{each}" for each in STAFF):
        there = city.get(f"/complaints/{number}", who).status_code == 200
        listed = [each["number"] for each in city.get("/complaints", who).get_json()["items"]]
        assert (number in listed) == there, who
        found |= {who} if there else set()
    return found


def entered(city: City, **said: Any) -> str:
    answer = city.post("/complaints", "clerk", {**BRIBE, **said})
    assert answer.status_code == 201, answer.text
    return str(answer.get_json()["number"])


def acted(city: City, complaint: str, who: str, **said: Any) -> Any:
    etag = city.get(f"/complaints/{complaint}", who).headers["ETag"]
    return city.post(f"/complaints/{complaint}/actions", who, said, etag=etag)


def told_officers(world: World) -> list[dict[str, Any]]:
    """What the daily mails of officers say, as their events have it."""
    with world.database.read() as connection:
        bodies = connection.execute(
            text("SELECT body FROM events WHERE stream LIKE 'officer/%'")
        ).scalars()
        return [json.loads(body) for body in bodies]


def unread(city: City) -> list[str]:
    return [each["text"]["en"] for each in city.ask("findings?code=complaint_unread")]


def test_who_is_above_reads_and_answers_what_is_about_the_head_of_the_inspectorate(
    city: City,
) -> None:
    of_head = entered(city, about_officer=HEAD)
    assert readers(city, of_head) == {"smr.sekda", "smr.walikota"}
    # Of somebody below the head the head reads, and nobody else of there.
    of_below = entered(city, about_officer=BELOW)
    assert readers(city, of_below) == {HEAD}
    # Named only later, by who then reads no more of it.
    later = entered(city)
    assert readers(city, later) == {HEAD, BELOW}
    named = acted(city, later, BELOW, action="name_officer", officer=HEAD)
    assert (named.status_code, named.get_json()["complaint"]) == (200, None)
    assert readers(city, later) == {"smr.sekda", "smr.walikota"}
    for number in (of_head, later):
        done = acted(city, number, "smr.sekda", action="answer", text="Kami tindak.")
        assert done.status_code == 200, done.text
        kept = acted(city, number, "smr.sekda", action="hand_on", agency="inspektorat")
        assert refused(kept)[0] == 409
    # What is about the inspectorate as such is not read there either.
    assert readers(city, entered(city, about_agency="inspektorat")) == {"smr.sekda", "smr.walikota"}
    assert unread(city) == []
    assert verify(city.world.ctx, progress=lambda _: None).fault is None


def test_who_is_above_hears_of_limits_of_what_only_they_read(
    database_url: str, tmp_path: Path
) -> None:
    data = demo.region(SAMARINDA)
    reached = tuple((login, f"{login}@petugas.example") for login in ("smr.sekda", BELOW, HEAD))
    world = World.make(database_url, tmp_path, regions_=(replace(data, addresses=reached),))
    city = City(world)
    entered(city, about_officer=HEAD)
    world.hands.pass_time(days=30)
    while complaint_acts.watch_complaints_once(world.ctx):
        pass
    city.at("2026-12-28T10:00")
    assert reminders.remind_once(world.ctx) == 1
    city.relay()
    (said,) = [each["data"]["complaints"] for each in told_officers(world)]
    assert said == {"missed": 1}
    world.close()


def test_an_inspectorate_without_anybody_leaves_its_complaints_to_who_is_above(city: City) -> None:
    number = entered(city)
    for login in (HEAD, BELOW):
        officers.disable_officer(city.world.ctx, login)
    found = {
        who for who in ("smr.sekda", "smr.walikota", "smr.supervisor")
        if city.get(f"/complaints/{number}", who).status_code == 200
    }  # fmt: skip
    assert found == {"smr.sekda", "smr.walikota"}


def test_where_nobody_is_above_a_finding_says_so_and_none_is_taken_in_unread(city: City) -> None:
    number = entered(city)
    data = demo.region(SAMARINDA)
    assert data.region.complaints is not None
    alone = replace(data.region.complaints, above=None)
    loading.load(city.world.ctx, replace(data, region=replace(data.region, complaints=alone)))
    (said,) = unread(city)
    assert HEAD in said
    assert f"{BELOW}," not in said
    answer = city.post("/complaints", "clerk", {**BRIBE, "about_officer": HEAD})
    assert refused(answer) == (409, "no_complaint_reader")
    assert "Ombudsman" in answer.get_json()["detail"]
    named = acted(city, number, BELOW, action="name_officer", officer=HEAD)
    assert refused(named) == (409, "no_complaint_reader")
    # It is passed on with the number of who takes it, and closed.
    noted = acted(
        city, number, BELOW, action="note_outside_number", system="ombudsman", number="0123/LM/2026"
    )
    assert noted.status_code == 200, noted.text
    closed = acted(city, number, BELOW, action="close", **{"as": "elsewhere"})
    assert closed.status_code == 200, closed.text
    for login in (HEAD, BELOW):
        officers.disable_officer(city.world.ctx, login)
    form = {"kind": "money", "text": "Diminta uang."}
    filed = city.post(f"/regions/{SAMARINDA}/complaints", None, form)
    assert refused(filed) == (409, "no_complaint_reader")
    # The page says it in words.
    page = city.flask.test_client().post("/pengaduan", data=form)
    assert page.status_code == 409
    assert "Ombudsman" in page.text
