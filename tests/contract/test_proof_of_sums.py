"""verify looks at what is added up: figures, surveys, outages, numbers set aside."""

import hashlib
import json
from typing import Any

import pytest
from sqlalchemy import text

from casetrack.domain.case.survey import ELEMENTS
from casetrack.usecases.case import figures, outages
from casetrack.usecases.case.surveys import survey_token
from casetrack.usecases.proof.rebuild import rebuild
from casetrack.usecases.proof.verify import verify
from tests.support.web import BILLBOARD, LETTER, Web
from tests.support.world import BILLBOARD_STORY, LETTER_STORY, SAMARINDA, World

GOOD: dict[str, Any] = dict.fromkeys(ELEMENTS, 4)


def _lived(web: Web) -> None:
    """A case with its survey, an outage with a case that stands still, numbers used and closed."""
    number = web.open(LETTER)["number"]
    web.play(number, LETTER_STORY)
    token = survey_token(web.world.ctx, SAMARINDA, number)
    assert web.post(f"/surveys/{number}", body={"token": token, "scores": GOOD}).status_code == 201
    waits = web.open(BILLBOARD)["number"]
    web.play(waits, "dewi declare_complete intake")
    place = {"service": "izin-reklame", "step": "review_dlh"}
    said = {"system": "SIPD", "places": [place]}
    outage = web.post("/outages", "wati", said).get_json()["id"]
    while outages.follow_once(web.world.ctx):
        pass
    counted = {"service": "surat-keterangan", "count": 3}
    block = web.post("/number-blocks", "wati", counted).get_json()
    close = {"action": "close", "reason": "lost", "numbers": [block["numbers"][0]["number"]]}
    path = f"/number-blocks/{block['id']}/actions"
    assert web.post(path, "wati", close).status_code == 200
    ended = web.post(f"/outages/{outage}/actions", "wati", {"action": "end"})
    assert ended.status_code == 200
    web.relay()
    while figures.count_once(web.world.ctx):
        pass


def _kind(world: World) -> str | None:
    fault = verify(world.ctx, progress=lambda _: None).fault
    return fault.kind if fault else None


#: What is changed → the kind of the fault, and whether rebuild mends it.
TAMPERED = {
    "UPDATE figures SET count = count + 1 WHERE figure = 'granted'": ("figure", True),
    "DELETE FROM figures WHERE figure = 'handed_over'": ("figure", True),
    "UPDATE counted_cases SET counts = '[]'": ("figure", True),
    "UPDATE survey_sums SET count = count + 1 WHERE element = 'time'": ("survey", False),
    "UPDATE survey_sums SET count = count + 1": ("survey", False),
    "DELETE FROM survey_used": ("survey", False),
    "UPDATE outages SET system = 'OSS'": ("bad_day", True),
    "UPDATE outages SET state = 'running'": ("bad_day", True),
    "DELETE FROM outage_cases": ("bad_day", True),
    "UPDATE number_blocks SET agency = 'dlh'": ("bad_day", True),
    "UPDATE reserved_numbers SET state = 'reserved', reason = NULL WHERE state = 'closed'": (
        "bad_day",
        True,
    ),
    "UPDATE reserved_numbers SET reason = 'spoiled' WHERE state = 'closed'": ("bad_day", True),
}


def test_a_wrong_row_of_what_is_added_up_is_found_and_made_anew(world: World) -> None:
    web = Web(world)
    _lived(web)
    assert _kind(world) is None
    assert list(rebuild(world.ctx, None, lambda _: None)) == []
    for tampered, (kind, mended) in TAMPERED.items():
        kept = _copy(world)
        with world.database.write() as uow:
            assert uow.execute(text(tampered)).rowcount, tampered
        assert _kind(world) == kind, tampered
        changes = list(rebuild(world.ctx, SAMARINDA, lambda _: None))
        assert bool(changes) == mended, tampered
        assert (_kind(world) is None) == mended, tampered
        if not mended:
            kept()


def _copy(world: World) -> Any:
    """How the surveys' rows are put back: no event makes them anew."""
    names = ("survey_sums", "survey_used")
    with world.database.read() as connection:
        rows = {
            name: [
                dict(row) for row in connection.execute(text(f"SELECT * FROM {name}")).mappings()
            ]
            for name in names
        }

    def back() -> None:
        with world.database.write() as uow:
            for name in names:
                uow.execute(text(f"DELETE FROM {name}"))
                for row in rows[name]:
                    columns = ", ".join(f'"{each}"' for each in row)
                    values = ", ".join(f":{each}" for each in row)
                    uow.execute(text(f"INSERT INTO {name} ({columns}) VALUES ({values})"), row)

    return back


def test_a_case_that_the_clock_has_not_counted_yet_is_no_fault(world: World) -> None:
    web = Web(world)
    _lived(web)
    number = web.open(LETTER)["number"]
    assert _kind(world) is None
    web.relay()
    assert _kind(world) is None
    web.play(number, LETTER_STORY)
    web.relay()
    assert _kind(world) is None
    while figures.count_once(world.ctx):
        pass
    assert _kind(world) is None


def test_an_answer_that_is_entered_twice_under_one_key_counts_once(world: World) -> None:
    web = Web(world)
    body = {"service": "surat-keterangan", "way": "paper", "scores": GOOD}
    first = web.post("/surveys", "dewi", body, key="lembar-1")
    again = web.post("/surveys", "dewi", body, key="lembar-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["Idempotent-Replayed"] == "true"
    other = web.post("/surveys", "dewi", {**body, "scores": {**GOOD, "time": 1}}, key="lembar-1")
    assert other.status_code == 422
    with world.database.read() as connection:
        counts = connection.execute(text("SELECT count FROM survey_sums")).scalars().all()
        digests = connection.execute(text("SELECT request_digest FROM idempotency")).scalars().all()
    assert set(counts) == {1}
    # Whoever tries all scores against the row finds none: the digest is keyed.
    assert len(digests) == 1
    assert hashlib.sha256(json.dumps(body).encode()).hexdigest() not in digests


@pytest.mark.parametrize("fetched", ["at once", "later"])
def test_a_journey_has_its_agencies_hand_overs_and_visits(world: World, fetched: str) -> None:
    web = Web(world)
    number = web.open(LETTER)["number"]
    world.hands.pass_time(days=1)
    found = {"defects": [{"requirement": "ktp", "text": "buram"}]}
    for who, action, step, said in (
        ("dewi", "declare_complete", "intake", {}),
        ("hadi", "return", "decide", found),
        ("dewi", "send_return", None, {}),
    ):
        assert web.act(number, who, action, step, **said).status_code == 200
    world.hands.pass_time(days=1)
    assert web.act(number, "dewi", "resubmit").status_code == 200
    assert web.act(number, "hadi", "complete", "decide").status_code == 200
    if fetched == "later":
        world.hands.pass_time(days=2)
    assert web.act(number, "dewi", "hand_over").status_code == 200
    # One of the same person that stays open is no journey yet.
    web.open(LETTER)
    web.relay()
    while figures.count_once(world.ctx):
        pass
    (row,) = web.get("/reports/one-door", "audit").get_json()["items"]
    assert (row["journeys"], row["passed_agencies_total"], row["hand_overs_total"]) == (1, 1, 0)
    # Opened, papers brought, fetched; on one day where all was done at once.
    assert row["visits_total"] == (3 if fetched == "later" else 2)
    # Two for the one agency, and one for the return.
    assert row["visits_apart_total"] == 3
    assert row["first_to_last_median"] == (4 if fetched == "later" else 2)
    assert (row["gratis"], row["fees"], row["fees_unknown"]) == (1, 0, 0)


def test_a_billboard_passes_three_agencies_behind_one_door(world: World) -> None:
    web = Web(world)
    number = web.open(BILLBOARD)["number"]
    web.play(number, BILLBOARD_STORY)
    web.relay()
    while figures.count_once(world.ctx):
        pass
    (row,) = web.get("/reports/one-door", "audit").get_json()["items"]
    # The one-door office, two that advise and the revenue agency; all on one day.
    names = ("passed_agencies", "hand_overs", "visits", "visits_apart")
    assert [row[f"{name}_total"] for name in names] == [4, 5, 1, 8]
    # Paid at the counter, and nobody wrote down how much.
    assert (row["gratis"], row["fees"], row["fees_unknown"]) == (0, 0, 1)
    sheet = web.get("/reports/one-door?format=csv", "audit").data.decode("utf-8-sig")
    assert "2026-11;izin-reklame;dpmptsp;1;0;0;0;0;0;0;1;4;5;1;8" in sheet
    assert web.get("/reports/one-door?format=xlsx", "ketua").status_code == 200
