"""A case that a death ended, beside one that was closed at the counter: to most eyes the same.

Each answer of the one is held against that of the other, but for numbers, ids, times and hashes.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.web import BILLBOARD, LETTER, Web, refused
from tests.support.world import World, samarinda

DAY = "2026-11-20"
PAPER = {"dated": DAY, "name": "akta.pdf"}
#: Somebody with a power of attorney, which ends with the life of who gave it.
PROXY = {
    "kind": "person", "name": "Joko", "email": "joko@example.id",
    "power": {"acts": ["file"], "paper": PAPER},
}  # fmt: skip
#: Why a counter closes a case; another one is to be named for a duplicate.
REASONS = ["wrong_service", "opened_in_error", "referred", "duplicate"]
#: Who sees the case and does not read its persons in full.
MASKED = ["rudi", "rini", "hadi", "audit"]
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[0-9:.]+(Z|[+-]\d\d:\d\d)")


@pytest.fixture
def web(database_url: str, tmp_path: Path) -> Iterator[Web]:
    world = World.make(database_url, tmp_path, regions_=(samarinda(),))
    yield Web(world)
    world.close()


def opened(web: Web, **more: Any) -> str:
    number = str(web.open({**BILLBOARD, **more})["number"])
    web.act(number, "dewi", "declare_complete", "intake")
    web.deliver()
    return number


def people(web: Web, number: str, action: str, who: str, **body: Any) -> Any:
    said = {"action": action, "day": DAY, **body}
    answer = web.post(f"/cases/{number}/parties", who, said, etag=web.etag(number))
    assert answer.status_code == 200, answer.text
    return answer


def reported(web: Web, **more: Any) -> str:
    number = opened(web, **more)
    people(web, number, "report_death", "dewi", note="Kata tetangga sudah meninggal")
    return number


def paused(web: Web, **more: Any) -> str:
    number = opened(web, **more)
    done = web.act(number, "dewi", "pause", reason="parties", note="Siapa yang mewakili?")
    assert done.status_code == 200, done.text
    return number


def ended(web: Web, number: str) -> None:
    people(web, number, "confirm_death", "wati", paper=PAPER)


def closed(web: Web, number: str, reason: str) -> None:
    links = [{"kind": "duplicate_of", "number": opened(web)}] if reason == "duplicate" else []
    done = web.act(number, "wati", "close", reason=reason, links=links)
    assert done.status_code == 200, done.text


def alike(number: str, said: Any) -> Any:
    """What was answered, without what differs between any two cases."""
    if isinstance(said, dict):
        apart = ("id", "position", "hash", "text", "hmac", "subject", "traceparent", "next")
        return {
            name: None if name in apart and not isinstance(value, dict) else alike(number, value)
            for name, value in said.items()
        }
    if isinstance(said, list):
        return [alike(number, each) for each in said]
    if isinstance(said, str):
        return _MOMENT.sub("then", said.replace(number, "N"))
    return said


def feed(web: Web, number: str) -> list[Any]:
    events = web.get("/events?after=0&limit=500", "mesin").get_json()["events"]
    return [alike(number, each) for each in events if each["subject"] == number]


def own(web: Web, number: str, who: str) -> list[Any]:
    items = web.get(f"/cases/{number}/events?limit=200", who).get_json()["items"]
    return [alike(number, each) for each in items]


@pytest.mark.parametrize("reason", REASONS)
def test_outside_a_case_that_a_death_ended_is_closed_like_any_other(web: Web, reason: str) -> None:
    dead, other = reported(web), paused(web)
    ended(web, dead)
    closed(web, other, reason)
    web.deliver()
    assert feed(web, dead) == feed(web, other)
    assert own(web, dead, "mesin") == own(web, other, "mesin")
    last = feed(web, dead)[-1]
    assert (last["type"], last["data"]["change"]["action"]) == ("casetrack.case.closed", "close")
    assert "reason" not in last["data"]["change"]
    for path in ("/status/{}", "//status?number={}"):
        one, two = (web.get(path.format(number)) for number in (dead, other))
        assert alike(dead, one.text) == alike(other, two.text)


def _as_submitted(web: Web) -> str:
    number = str(web.open(BILLBOARD)["number"])
    web.deliver()
    return number


def _as_returned(web: Web) -> str:
    number = _as_submitted(web)
    defect = {"requirement": "foto", "text": "Buram"}
    assert web.act(number, "dewi", "return", "intake", defects=[defect]).status_code == 200
    assert web.act(number, "dewi", "send_return").status_code == 200
    web.deliver()
    return number


def _as_decided(web: Web) -> str:
    number = str(web.open(LETTER)["number"])
    web.play(number, "dewi declare_complete intake; hadi complete decide".replace("; ", "\n"))
    web.deliver()
    return number


def test_a_decided_case_is_closed_otherwise_only_when_nobody_collects_what_came_of_it(
    web: Web,
) -> None:
    number = _as_decided(web)
    for reason in ("wrong_service", "opened_in_error", "referred"):
        answer = web.act(number, "wati", "close", reason=reason)
        assert refused(answer) == (409, "status_forbids")
    assert web.act(number, "wati", "close", reason="lapsed").status_code == 200
    after = web.get(f"/cases/{number}", "dewi").get_json()
    assert (after["status"], after["outcome"]) == ("closed", "granted")


@pytest.mark.parametrize("who", ["hadi", "audit"])
def test_a_decided_case_that_a_death_ended_is_closed_like_one_that_nobody_collects(
    web: Web, who: str
) -> None:
    dead, other = _as_decided(web), _as_decided(web)
    people(web, dead, "report_death", "dewi")
    assert web.act(other, "dewi", "pause", reason="parties").status_code == 200
    ended(web, dead)
    closed(web, other, "lapsed")
    web.deliver()
    assert feed(web, dead) == feed(web, other)
    assert own(web, dead, "mesin") == own(web, other, "mesin")
    assert _seen(web, dead, who) == _seen(web, other, who)


@pytest.mark.parametrize("made", [_as_submitted, _as_returned])
@pytest.mark.parametrize("who", MASKED)
def test_a_file_that_nobody_works_on_yet_stands_still_by_a_death_as_by_a_clerk(
    web: Web, made: Callable[[Web], str], who: str
) -> None:
    dead, other = made(web), made(web)
    people(web, dead, "report_death", "dewi")
    done = web.act(other, "dewi", "pause", reason="parties")
    assert done.status_code == 200, done.text
    web.relay()
    assert feed(web, dead) == feed(web, other)
    assert feed(web, dead)[-1]["type"] == "casetrack.case.paused"
    assert _seen(web, dead, who) == _seen(web, other, who)
    ended(web, dead)
    closed(web, other, "wrong_service")
    web.relay()
    assert feed(web, dead) == feed(web, other)
    assert _seen(web, dead, who) == _seen(web, other, who)


@pytest.mark.parametrize("made", [_as_submitted, _as_returned])
def test_a_pause_before_the_work_begins_is_for_who_speaks_and_ends_where_it_was(
    web: Web, made: Callable[[Web], str]
) -> None:
    number = made(web)
    before = web.get(f"/cases/{number}", "dewi").get_json()
    assert refused(web.act(number, "dewi", "resume")) == (409, "status_forbids")
    for reason in ("court", "external_system", "force_majeure"):
        answer = web.act(number, "dewi", "pause", reason=reason)
        assert refused(answer) == (409, "status_forbids")
    assert web.act(number, "dewi", "pause", reason="parties").status_code == 200
    assert refused(web.act(number, "dewi", "pause", reason="parties")) == (409, "already_paused")
    assert web.act(number, "dewi", "resume").status_code == 200
    after = web.get(f"/cases/{number}", "dewi").get_json()
    told = ("status", "waiting_for", "due_at")
    assert [after[name] for name in told] == [before[name] for name in told]
    steps = [[each["status"] for each in case["steps"]] for case in (before, after)]
    assert steps[0] == steps[1]


def test_a_pause_says_outside_why_only_where_it_says_for_whom_it_waits(web: Web) -> None:
    said = {}
    for reason in ("external_system", "court", "force_majeure", "parties"):
        number = opened(web)
        web.act(number, "dewi", "pause", reason=reason)
        web.relay()
        said[reason] = feed(web, number)[-1]["data"]
    assert {name: data["change"].get("reason") for name, data in said.items()} == {
        "external_system": "external_system", "court": "court",
        "force_majeure": None, "parties": None,
    }  # fmt: skip
    assert said["parties"] == said["force_majeure"]


@pytest.mark.parametrize("who", MASKED)
def test_staff_who_read_persons_masked_cannot_tell_it_from_another_close(
    web: Web, who: str
) -> None:
    dead, other = reported(web), paused(web)
    assert _steps_refuse(web, dead) == _steps_refuse(web, other) == (409, "status_forbids")
    assert _seen(web, dead, who) == _seen(web, other, who)
    ended(web, dead)
    closed(web, other, "wrong_service")
    web.deliver()
    assert _seen(web, dead, who) == _seen(web, other, who)
    events = own(web, dead, who)
    assert not any("party" in event["data"] for event in events)
    assert DAY not in str(events)
    rows = web.get("/cases?full=true&limit=50", who).get_json()["items"]
    assert {row["closed_reason"] for row in rows} == {None}


@pytest.mark.parametrize("who", MASKED)
def test_neither_missing_messages_nor_a_power_that_ended_tell_them_of_a_death(
    web: Web, who: str
) -> None:
    dead, other = reported(web, representative=PROXY), paused(web, representative=PROXY)
    web.deliver()
    assert _seen(web, dead, who) == _seen(web, other, who)
    ended(web, dead)
    closed(web, other, "wrong_service")
    web.deliver()
    assert _seen(web, dead, who) == _seen(web, other, who)
    for number in (dead, other):
        said = {"role": "representative", "reason": "Membandingkan tanda tangan", **_letter(who)}
        unmasked = web.post(f"/cases/{number}/unmask", who, said)
        assert unmasked.status_code == 200, unmasked.text
        found = unmasked.get_json()
        assert (found["role"], found["name"]) == ("representative", "Joko")
        assert found["channels"] == ["email"]
    told = web.get(f"/cases/{dead}/messages", who).get_json()["items"]
    assert {name for each in told for name in each["types"]} == {
        "casetrack.case.opened", "casetrack.case.declared_complete",
    }  # fmt: skip
    # The counter sees both.
    seen = web.get(f"/cases/{other}/messages", "dewi").get_json()["items"]
    assert "casetrack.case.closed" in {name for each in seen for name in each["types"]}
    left = web.get(f"/cases/{dead}", "dewi").get_json()["former_parties"]
    assert [each["was"] for each in left] == ["representative"]


def _letter(who: str) -> dict[str, Any]:
    """Who audits reads in full under a letter."""
    return {"assignment": {"letter": "ST-1", "until": "2027-01-31"}} if who == "audit" else {}


def _steps_refuse(web: Web, number: str) -> tuple[int, str]:
    return refused(web.act(number, "rudi", "complete", "review_dlh", result="favourable"))


def _seen(web: Web, number: str, who: str) -> Any:
    """The case, its events and its messages; what a colleague wrote is left out: it may say anything."""
    case = web.get(f"/cases/{number}", who).get_json()
    notes = {note["text"] for note in case.pop("notes")}
    assert "Kata tetangga sudah meninggal" not in notes
    told = web.get(f"/cases/{number}/messages", who).get_json()["items"]
    said = [event | {"data": {**event["data"], "note": None}} for event in own(web, number, who)]
    assert not [each for each in told if each["state"] == "cancelled"]
    return alike(number, case), said, alike(number, told)


def test_who_reads_persons_in_full_reads_what_it_was_and_the_same_hash(web: Web) -> None:
    number = reported(web)
    ended(web, number)
    whole = web.get(f"/cases/{number}/events", "dewi").get_json()["items"]
    less = web.get(f"/cases/{number}/events", "rudi").get_json()["items"]
    assert [e["data"]["party"]["act"] for e in whole if "party" in e["data"]] == [
        "report_death", "confirm_death",
    ]  # fmt: skip
    assert [event["hash"] for event in whole] == [event["hash"] for event in less]
    assert web.get(f"/cases/{number}", "wati").get_json()["closed_reason"] == "applicant_deceased"
    notes = web.get(f"/cases/{number}", "dewi").get_json()["notes"]
    assert [note["text"] for note in notes] == ["Kata tetangga sudah meninggal"]


def test_the_list_of_open_deaths_is_for_who_reads_persons_in_full(web: Web) -> None:
    number = reported(web)
    mine = web.get("/worklist?list=people", "dewi").get_json()
    assert ([item["number"] for item in mine["items"]], mine["counts"]["people"]) == ([number], 1)
    theirs = web.get("/worklist?list=people", "hadi").get_json()
    assert (theirs["items"], theirs["counts"]["people"]) == ([], 0)
