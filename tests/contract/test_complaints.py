"""Complaints: from anybody, read by who should and nobody else, answered in time, and no case touched."""

from typing import Any

import pytest
from sqlalchemy import text, update

from casetrack.domain.access import Actor
from casetrack.domain.delivery.receivers import told
from casetrack.storage import schema
from casetrack.usecases.case import complaint_acts
from casetrack.usecases.delivery import relay
from casetrack.usecases.delivery.feed import feed as region_feed
from casetrack.usecases.delivery.person_report import person_report
from casetrack.usecases.people import subjects
from casetrack.usecases.proof.rebuild import rebuild
from casetrack.usecases.proof.verify import verify
from tests.support.erasing import erase
from tests.support.web import LETTER, Web, refused
from tests.support.world import SAMARINDA, World

DELAY = {"kind": "delay", "text": "Sudah tiga minggu tidak ada kabar."}
BRIBE = {"kind": "money", "text": "Diminta uang di loket dua."}
FILE = f"/regions/{SAMARINDA}/complaints"


def _filed(web: Web, **said: Any) -> dict[str, Any]:
    answer = web.post(FILE, body={**DELAY, **said})
    assert answer.status_code == 201, answer.text
    given: dict[str, Any] = answer.get_json()
    return given


def _entered(web: Web, who: str = "dewi", **said: Any) -> dict[str, Any]:
    answer = web.post("/complaints", who, {"way": "counter", **DELAY, **said})
    assert answer.status_code == 201, answer.text
    given: dict[str, Any] = answer.get_json()
    return given


def _act(web: Web, name: str, who: str, action: str, **said: Any) -> Any:
    etag = web.get(f"/complaints/{name}", who).headers["ETag"]
    path = f"/complaints/{name}/actions"
    return web.post(path, who, {"action": action, **said}, etag=etag)


def _done(web: Web, name: str, who: str, action: str, **said: Any) -> dict[str, Any]:
    answer = _act(web, name, who, action, **said)
    assert answer.status_code == 200, answer.text
    view: dict[str, Any] = answer.get_json()
    return view


def _readers(web: Web, number: str) -> set[str]:
    """Who of the cast reads it; each finds it in their list exactly then."""
    cast = (
        "dewi",
        "hadi",
        "wati",
        "ketua",
        "rudi",
        "rini",
        "sari",
        "tono",
        "audit",
        "lina",
        "joko",
    )
    found = set()
    for who in cast:
        answer = web.get(f"/complaints/{number}", who)
        listed = [each["number"] for each in web.get("/complaints", who).get_json()["items"]]
        assert (number in listed) == (answer.status_code == 200), who
        if answer.status_code == 200:
            found.add(who)
        else:
            assert refused(answer) == (404, "unknown_complaint")
    return found


def test_somebody_complains_without_name_and_case_and_looks_at_it_with_their_code(
    world: World,
) -> None:
    web = Web(world)
    given = _filed(web)
    number, code = given["number"], given["access_code"]
    assert number.startswith("SMR-ADU-2026-")
    # Received on Monday 23 November 2026: three and fourteen working days.
    assert given["reaction_due_at"].startswith("2026-11-26T15:59:59")
    assert given["answer_due_at"].startswith("2026-12-11T15:59:59")
    assert _readers(web, number) == {"dewi", "hadi", "wati", "ketua", "audit"}
    path = f"/complaints/{number}/status"
    seen = web.get(path, headers={"X-Access-Code": code.lower()}).get_json()
    assert (seen["state"], seen["label"]["id"], seen["late"]) == ("received", "Diterima", False)
    for _ in range(5):
        wrong = web.get(path, headers={"X-Access-Code": "AAAAAAAA"})
        assert refused(wrong) == (404, "unknown_complaint")
    assert refused(web.get(path, headers={"X-Access-Code": code})) == (429, "too_many_guesses")


def test_a_complaint_about_money_is_read_by_the_inspectorate_only(world: World) -> None:
    web = Web(world)
    number = _filed(web, **BRIBE)["number"]
    assert _readers(web, number) == {"lina", "joko"}
    assert refused(_act(web, number, "lina", "hand_on", agency="dpmptsp")) == (
        409,
        "inspectorate_only",
    )
    _done(web, number, "lina", "react", text="Kami periksa.")
    rows = web.get("/reports/complaints", "audit").get_json()["items"]
    assert rows == []


def test_neither_the_officer_complained_of_nor_their_subordinates_read_it(world: World) -> None:
    web = Web(world)
    # Of the desk's own officer the desk is told nothing.
    of_desk = _entered(web, about_officer="smr.wati")["number"]
    assert _readers(web, of_desk) == {"lina", "joko", "audit"}
    # Of another agency's: its supervisor reads of the officer, the officer does not.
    of_rudi = _entered(web, about_officer="smr.rudi", way="paper")["number"]
    assert _readers(web, of_rudi) == {"dewi", "hadi", "wati", "ketua", "audit"}
    left = _done(web, of_rudi, "wati", "hand_on", agency="dlh")
    assert left["complaint"] is None
    assert _readers(web, of_rudi) == {"rini", "audit"}
    # Of the supervisor: whoever is below reads nothing.
    of_rini = _entered(web)["number"]
    _done(web, of_rini, "dewi", "name_officer", officer="smr.rini")
    _done(web, of_rini, "dewi", "hand_on", agency="dlh")
    # Nobody there may: the inspectorate reads instead.
    assert _readers(web, of_rini) == {"lina", "joko", "audit"}
    assert web.get("/complaints", "rini").get_json()["items"][0]["number"] == of_rudi


def test_who_names_their_own_superior_reads_no_more_of_it(world: World) -> None:
    web = Web(world)
    number = _entered(web)["number"]
    left = _done(web, number, "dewi", "name_officer", officer="smr.ketua")
    assert left["complaint"] is None
    assert _readers(web, number) == {"lina", "joko", "audit"}


def test_how_an_officer_behaved_is_handed_on_only_once_they_are_named(world: World) -> None:
    web = Web(world)
    number = _filed(web, kind="conduct")["number"]
    assert _readers(web, number) == {"lina", "joko", "audit"}
    early = _act(web, number, "lina", "hand_on", agency="dlh")
    assert refused(early) == (409, "officer_not_named")
    _done(web, number, "lina", "name_officer", officer="smr.rudi")
    _done(web, number, "lina", "hand_on", agency="dlh")
    assert _readers(web, number) == {"rini", "audit"}


def test_each_act_is_an_event_of_its_own_stream_and_the_case_knows_nothing(world: World) -> None:
    web = Web(world)
    case = web.open(LETTER)
    web.play(case["number"], "dewi declare_complete intake")
    before = web.get(f"/cases/{case['number']}", "audit")
    given = _filed(web, case=case["number"], contact={"name": "Siti", "phone": "0812"})
    number = given["number"]
    early = _act(web, number, "hadi", "close")
    assert refused(early) == (409, "complaint_state")
    _done(web, number, "dewi", "react", text="Sedang kami periksa.")
    _done(web, number, "hadi", "begin_work")
    _done(web, number, "hadi", "note_outside_number", system="lapor", number="7712345")
    again = _act(web, number, "hadi", "note_outside_number", system="lapor", number="7712345")
    assert refused(again) == (409, "outside_number_known")
    _done(web, number, "hadi", "answer", text="Berkas diputus besok.")
    closed = _done(web, number, "wati", "close")["complaint"]
    kinds = [each["type"].rpartition(".")[2] for each in closed["history"]]
    assert kinds == ["received", "reacted", "begun", "outside_number", "answered", "closed"]
    assert closed["text"] == DELAY["text"]
    assert closed["contact"] == {"name": "Siti", "phone": "0812"}
    assert closed["history"][1]["text"] == "Sedang kami periksa."
    assert closed["outside"] == [{"system": "lapor", "number": "7712345"}]
    after = web.get(f"/cases/{case['number']}", "audit")
    assert after.get_json() == before.get_json()
    events = web.get(f"/cases/{case['number']}/events", "audit").get_json()["items"]
    assert not [each for each in events if "complaint" in each["type"]]
    headers = {"X-Access-Code": given["access_code"]}
    seen = web.get(f"/complaints/{number}/status", headers=headers).get_json()
    assert (seen["state"], seen["answer"]) == ("closed", "Berkas diputus besok.")
    assert refused(_act(web, number, "wati", "answer", text="lagi")) == (409, "complaint_state")


def test_an_examination_on_the_spot_has_its_own_limit_from_the_first_day(world: World) -> None:
    web = Web(world)
    number = _filed(web)["number"]
    world.hands.pass_time(days=2)
    view = _done(web, number, "dewi", "react", text="Kami datang.", on_the_spot=True)["complaint"]
    assert view["limit"] == "field"
    # Sixty working days behind 23 November 2026.
    assert view["answer_due_at"].startswith("2027-02-")
    request = _filed(web, kind="information")
    assert request["answer_due_at"].startswith("2026-12-02T15:59:59")


def test_a_corrective_action_of_the_ombudsman_is_answered_on_the_record(world: World) -> None:
    web = Web(world)
    number = _filed(web)["number"]
    number_only = {"number": "T/123/PW", "text": "Selesaikan dalam 30 hari.", "due": "2026-12-23"}
    view = _done(web, number, "wati", "note_corrective_action", **number_only)["complaint"]
    (asked,) = view["corrective"]
    assert (asked["number"], asked["due"], asked["answered_at"]) == ("T/123/PW", "2026-12-23", None)
    said = {"id": asked["id"], "text": "Sudah diselesaikan."}
    view = _done(web, number, "wati", "answer_corrective_action", **said)["complaint"]
    assert view["corrective"][0]["answered_at"]
    assert view["history"][-1]["text"] == "Sudah diselesaikan."
    again = _act(web, number, "wati", "answer_corrective_action", **said)
    assert refused(again) == (409, "corrective_answered")
    unknown = _act(web, number, "wati", "answer_corrective_action", id="none", text="x y")
    assert refused(unknown) == (422, "invalid_body")


def test_a_limit_that_is_near_or_missed_is_noted_once_by_the_clock(world: World) -> None:
    web = Web(world)
    given = _filed(web)
    number = given["number"]
    assert complaint_acts.watch_complaints_once(world.ctx) == 0
    world.hands.pass_time(days=3, hours=5)
    while complaint_acts.watch_complaints_once(world.ctx):
        pass
    view = web.get(f"/complaints/{number}", "dewi").get_json()
    assert view["told"] == ["near reaction"]
    world.hands.pass_time(days=30)
    while complaint_acts.watch_complaints_once(world.ctx):
        pass
    view = web.get(f"/complaints/{number}", "dewi").get_json()
    assert view["told"] == ["near reaction", "missed reaction", "near answer", "missed answer"]
    headers = {"X-Access-Code": given["access_code"]}
    assert web.get(f"/complaints/{number}/status", headers=headers).get_json()["late"]


def test_who_shows_the_case_s_code_has_the_words_under_their_own_key(world: World) -> None:
    web = Web(world)
    case = web.open(LETTER)
    wrong = web.post(FILE, body={**DELAY, "case": case["number"], "case_code": "AAAAAAAA"})
    assert refused(wrong) == (422, "wrong_case_code")
    given = _filed(web, case=case["number"], case_code=case["access_code"])
    other = _filed(web, case=case["number"])
    with world.database.read() as connection:
        rows = connection.execute(text("SELECT complaint, subject, named FROM complaints"))
        found = {row.complaint: (row.subject, bool(row.named)) for row in rows}
    (person,) = subjects.by_case(world.ctx, case["number"])
    assert found[given["number"]] == (person.subject, True)
    assert found[other["number"]] == (None, False)
    with world.database.read() as connection:
        stored = connection.execute(text("SELECT sealed FROM complaint_texts")).scalars().all()
    assert not any(b"minggu" in bytes(each) for each in stored)
    _done(web, given["number"], "dewi", "react", text="Kami periksa.")
    (told,) = person_report(world.ctx, person)["complaints"]
    assert told["number"] == given["number"]
    assert [each["text"] for each in told["words"]] == ["Kami periksa.", DELAY["text"]]
    erase(world, person)
    assert web.get(f"/complaints/{given['number']}", "dewi").get_json()["text"] is None
    assert web.get(f"/complaints/{other['number']}", "dewi").get_json()["text"] == DELAY["text"]
    late = _act(web, given["number"], "dewi", "answer", text="Terlambat.")
    assert refused(late) == (409, "complaint_erased")
    with world.database.read() as connection:
        left = connection.execute(text("SELECT complaint FROM complaint_texts")).scalars().all()
    assert left == [other["number"]], "nothing sealed is left of it either"
    assert verify(world.ctx, progress=lambda _: None).fault is None


def test_nobody_is_erased_while_a_complaint_of_theirs_is_open(world: World) -> None:
    web = Web(world)
    case = web.open(LETTER)
    web.play(case["number"], "dewi withdraw")
    number = _entered(web, case=case["number"], by_applicant=True)["number"]
    (person,) = subjects.by_case(world.ctx, case["number"])
    body = {"case": case["number"], "role": "applicant", "reason": "subject_request"}
    asked = web.post("/erasures", "wati", body)
    assert asked.status_code == 409, (person, asked.text)
    assert "complaint_open" in [each["kind"] for each in asked.get_json()["against"]]
    _done(web, number, "dewi", "close", **{"as": "withdrawn"})
    asked = web.post("/erasures", "wati", body)
    kinds = [each["kind"] for each in asked.get_json().get("against", [])]
    assert "complaint_open" not in kinds


def test_no_feed_and_no_webhook_tells_of_a_complaint(world: World) -> None:
    web = Web(world)
    position = web.begun("mesin", "dewi")
    number = _entered(web, about_officer="smr.wati")["number"]
    web.relay()
    feed = web.get(f"/events?after={position}", "mesin").get_json()
    assert number not in str(feed)
    whole = Actor("officer", "smr.mesin", SAMARINDA, "integrator")
    events, last = region_feed(world.ctx, whole, after=position, limit=100)
    assert (events, last > position) == ([], True)
    relay.drain(world.ctx, told, lambda _: None)
    with world.database.read() as connection:
        sent = connection.execute(text("SELECT stream FROM deliveries")).scalars().all()
    assert not [each for each in sent if "complaint" in each]


def test_an_equal_entry_is_one_complaint_and_one_address_may_not_flood(world: World) -> None:
    web = Web(world)
    body = {"way": "paper", "received_on": "2026-11-20", **DELAY}
    first = web.post("/complaints", "dewi", body, key="satu")
    second = web.post("/complaints", "dewi", body, key="satu")
    assert first.get_json() == second.get_json()
    # The paper came on Friday: its days count from then.
    assert first.get_json()["reaction_due_at"].startswith("2026-11-25T15:59:59")
    early = web.post("/complaints", "dewi", {**body, "received_on": "2026-11-24"})
    assert refused(early) == (422, "invalid_body")
    for _ in range(10):
        _filed(web)
    assert refused(web.post(FILE, body=DELAY)) == (429, "too_many_complaints")
    world.hands.pass_time(minutes=2)
    _filed(web)


def test_the_report_counts_by_month_and_kind_and_tells_no_few(world: World) -> None:
    web = Web(world)
    for place in range(5):
        number = _entered(web, contact={"name": "Siti"} if place else None)["number"]
        world.hands.pass_time(hours=1)
        _done(web, number, "dewi", "answer", text="Selesai.")
    _entered(web, kind="service")
    (delay, service) = web.get("/reports/complaints", "ketua").get_json()["items"]
    assert (delay["month"], delay["kind"], delay["received"]) == ("2026-11", "delay", 5)
    assert (delay["answered_in_time"], delay["without_name"], delay["open"]) == (5, 1, 0)
    assert delay["days_to_answer_median"] == 0
    assert (service["kind"], service["received"], service["hidden"]) == ("service", None, True)
    sheet = web.get("/reports/complaints?format=csv", "audit").data.decode("utf-8-sig")
    assert "2026-11;delay;dpmptsp;5;1;5;5;5;5;0" in sheet
    assert web.get("/reports/complaints?format=xlsx", "audit").status_code == 200


def test_the_page_shows_how_it_stands_to_who_has_the_code(world: World) -> None:
    web = Web(world)
    given = _filed(web)
    path = f"//pengaduan/{given['number']}"
    page = web.get(path)
    assert page.status_code == 200
    assert "Lihat status pengaduan" in page.text
    sent = {"Content-Type": "application/x-www-form-urlencoded"}
    shown = web.call("POST", path, headers=sent, raw=f"code={given['access_code']}".encode())
    assert shown.status_code == 200
    assert "Diterima" in shown.text
    assert "Jumat, 11 Desember 2026" in shown.text
    wrong = web.call("POST", path, headers=sent, raw=b"code=AAAAAAAA")
    assert wrong.status_code == 404
    assert "Pengaduan tidak ditemukan" in wrong.text
    english = web.get(f"{path}?lang=en")
    assert "Look at a complaint" in english.text


def test_a_region_that_named_nobody_takes_none_in(world: World) -> None:
    web = Web(world)
    assert refused(web.post("/regions/35.78/complaints", body=DELAY)) == (
        409,
        "complaints_not_taken",
    )
    assert refused(web.post("/regions/99.99/complaints", body=DELAY)) == (404, "unknown_region")
    number = _filed(web)["number"]
    assert refused(web.get(f"/complaints/{number}", "sby.audit")) == (404, "unknown_complaint")


@pytest.mark.parametrize("changed", ["state", "about_officer", "text", "gone"])
def test_verify_finds_a_row_or_a_text_that_is_not_as_the_events_say(
    world: World, changed: str
) -> None:
    web = Web(world)
    number = _entered(web, about_officer="smr.rudi")["number"]
    _done(web, number, "dewi", "react", text="Kami periksa.")
    web.relay()
    assert verify(world.ctx, progress=lambda _: None).fault is None
    assert list(rebuild(world.ctx, None, lambda _: None)) == []
    table = schema.complaints
    with world.database.write() as uow:
        if changed == "text":
            uow.execute(update(schema.complaint_texts).values(kind="note", sealed=b"x" * 40))
        elif changed == "gone":
            uow.execute(text("DELETE FROM complaint_texts WHERE kind = 'reaction'"))
        else:
            said = {"state": "closed", "about_officer": None}[changed]
            uow.execute(update(table).values({changed: said}))
    fault = verify(world.ctx, progress=lambda _: None).fault
    assert fault is not None
    assert (fault.kind, fault.stream) == ("complaint", f"complaint/{number}")
    if changed in ("state", "about_officer"):
        (change,) = rebuild(world.ctx, SAMARINDA, lambda _: None)
        assert (change.stream, change.done) == (f"complaint/{number}", True)
        assert verify(world.ctx, progress=lambda _: None).fault is None
        assert web.get(f"/complaints/{number}", "rudi").status_code == 404
