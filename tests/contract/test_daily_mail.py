"""What nears its limit or missed it reaches officers by their own mail: once a day, in one mail each.

23 November 2026 is a Monday. The letter's check is due on Tuesday; its decision two working days after.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text as text_of

from casetrack.domain.region.escalation import Escalation
from casetrack.usecases.case import complaint_acts
from casetrack.usecases.delivery import reminders
from casetrack.usecases.proof.verify import verify
from casetrack.usecases.region import loading
from tests.support.web import BILLBOARD, LETTER, Web
from tests.support.world import World, samarinda, surabaya

MAILED = ("dewi", "hadi", "wati", "rudi", "rini", "ketua", "tono")


def region() -> Any:
    """Everybody who hears has an address of their own; Sari of Dishub has none."""
    data = samarinda()
    addresses = tuple((f"smr.{name}", f"{name}@petugas.example") for name in MAILED)
    return replace(data, addresses=addresses)


@pytest.fixture
def web(database_url: str, tmp_path: Path) -> Iterator[Web]:
    world = World.make(database_url, tmp_path, regions_=(region(), surabaya()))
    yield Web(world)
    world.close()


def morning(web: Web, day: int, hour: int = 8, month: int = 11) -> int:
    """It is this hour of the day in Samarinda (WITA), and the clock goes its round."""
    web.world.hands.now = datetime(2026, month, day, hour, tzinfo=UTC) - timedelta(hours=8)
    return reminders.remind_once(web.world.ctx)


def mails(web: Web) -> dict[str, str]:
    """Officer → the text of all mails that went to them."""
    web.deliver()
    found: dict[str, str] = {}
    for path in sorted(web.world.mail.glob("*.eml")):
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        to = str(mail["To"]).partition("@")
        if to[2] == "petugas.example":
            found[to[0]] = found.get(
                to[0], ""
            ) + f"{mail['Subject']}\n{mail.get_content()}".replace("\r\n", "\n")
    return found


def test_near_missed_supervisor_head_each_on_their_day(web: Web) -> None:
    number = str(web.open(LETTER)["number"])
    web.play(number, "dewi declare_complete intake")  # the decision is due on Wednesday
    assert morning(web, 24) == 0
    assert mails(web) == {}
    assert morning(web, 25) == 1  # four fifths of the way
    assert set(mails(web)) == {"hadi"}
    assert f"Batas waktu mendekat:\n- {number}, decide" in mails(web)["hadi"]
    assert "Time limit is near:" in mails(web)["hadi"]
    # Thursday: missed. The case's own limit, until Thursday, is near: its supervisor hears of it.
    assert morning(web, 26) == 2
    assert f"Batas waktu terlewati:\n- {number}, decide" in mails(web)["hadi"]
    assert f"(eskalasi):\n- {number}, decide" in mails(web)["wati"]
    assert "ketua" not in mails(web)
    assert morning(web, 27) == 2
    assert f"Batas waktu terlewati:\n- {number}, seluruh berkas" in mails(web)["wati"]
    assert "ketua" not in mails(web)
    assert morning(web, 28) == morning(web, 29) == 0  # a weekend
    assert morning(web, 30) == 3
    assert f"(eskalasi):\n- {number}, decide" in mails(web)["ketua"]


def _told_from(web: Web, moment: datetime) -> int:
    """How many are told on the first day from then on, of five, on which anybody is."""
    for later in range(5):
        web.world.hands.now = moment + timedelta(days=later)
        told = reminders.remind_once(web.world.ctx)
        if told:
            return told
    return 0


def test_the_limit_of_law_follows_who_holds_the_case_and_the_front_office(web: Web) -> None:
    number = str(web.open(BILLBOARD)["number"])
    web.play(number, "dewi declare_complete intake")
    held = web.get(f"/cases/{number}", "dewi").get_json()
    assert held["holder"]["id"] == "dlh", held["holder"]
    done = web.act(number, "rudi", "complete", "review_dlh", result="favourable")
    assert done.status_code == 200, done.text
    assert web.get(f"/cases/{number}", "dewi").get_json()["holder"]["id"] == "dishub"
    due = datetime.fromisoformat(held["due_at"])
    assert _told_from(web, due + timedelta(days=1))
    told = mails(web)
    assert f"{number}, seluruh berkas" in told["wati"]
    assert f"{number}, seluruh berkas" not in told.get("rini", "")
    assert _told_from(web, due + timedelta(days=12))
    assert f"{number}, seluruh berkas" in mails(web)["ketua"]
    assert verify(web.world.ctx, progress=lambda _: None).fault is None


def test_one_mail_a_day_whatever_there_is_to_say(web: Web) -> None:
    numbers = [str(web.open(LETTER)["number"]) for _ in range(3)]
    for number in numbers:
        web.play(number, "dewi declare_complete intake")
    assert morning(web, 26) == 2
    assert [reminders.remind_once(web.world.ctx) for _ in range(3)] == [0, 0, 0]
    text = mails(web)["hadi"]
    assert text.count("Ringkasan harian") == 1
    assert all(number in text for number in numbers)


def test_nothing_before_the_hour_and_nothing_where_nothing_is_late(web: Web) -> None:
    number = str(web.open(LETTER)["number"])
    web.play(number, "dewi declare_complete intake")
    assert morning(web, 26, hour=6) == 0
    assert morning(web, 26, hour=7) == 2
    web.act(number, "hadi", "complete", "decide")
    web.act(number, "dewi", "hand_over", None)
    assert morning(web, 27) == 0


def test_a_claimed_step_is_told_to_who_holds_it_and_not_to_other_agencies(web: Web) -> None:
    number = str(web.open(BILLBOARD)["number"])
    web.play(number, "dewi declare_complete intake")
    web.act(number, "rudi", "claim", "review_dlh")
    morning(web, 26, hour=14)
    told = mails(web)
    assert "review_dlh" in told["rudi"]
    assert "review_dishub" not in "".join(told.values())  # Sari has no address
    assert "tono" not in told


def test_a_case_that_stands_still_is_told_to_nobody(web: Web) -> None:
    number = str(web.open(LETTER)["number"])
    web.play(number, "dewi declare_complete intake")
    web.act(number, "dewi", "pause", None, reason="external_system")
    assert morning(web, 30) == 0


def test_who_is_killed_between_two_officers_tells_the_rest_and_nobody_twice(web: Web) -> None:
    for _ in range(2):
        web.play(str(web.open(LETTER)["number"]), "dewi declare_complete intake")
    web.world.hands.now = datetime(2026, 11, 26, 1, tzinfo=UTC)
    ctx, rules = web.world.ctx, Escalation()
    hadi = next(o for o in region().officers if o.login == "smr.hadi")
    assert reminders.tell(ctx, "64.72", hadi, "dpmptsp", rules, "2026-11-26") == 1
    assert reminders.remind_once(ctx) == 1
    told = mails(web)
    assert (told["hadi"].count("Ringkasan"), told["wati"].count("Ringkasan")) == (1, 1)


def test_an_address_that_left_the_files_is_told_nothing(web: Web) -> None:
    number = str(web.open(LETTER)["number"])
    web.play(number, "dewi declare_complete intake")
    loading.load(web.world.ctx, replace(region(), addresses=()))
    assert morning(web, 26) == 0
    assert mails(web) == {}


def test_no_event_holds_an_address_and_no_mail_a_person(web: Web) -> None:
    number = str(web.open(LETTER)["number"])
    web.play(number, "dewi declare_complete intake")
    morning(web, 26)
    text = "".join(mails(web).values())
    assert "Budi" not in text
    assert "6472010101900001" not in text
    with web.world.database.read() as connection:
        bodies = connection.execute(text_of("SELECT body FROM events")).scalars().all()
    assert not [body for body in bodies if "petugas.example" in str(body)]


def test_complaints_near_or_late_are_a_number_to_who_may_read_them(web: Web) -> None:
    said = {"way": "counter", "kind": "delay", "text": "Lama."}
    number = str(web.post("/complaints", "dewi", said).get_json()["number"])
    web.post("/complaints", "dewi", {**said, "about_officer": "smr.wati"})
    assert morning(web, 24) == 0
    web.world.hands.now = datetime(2026, 11, 27, 1, tzinfo=UTC)
    while complaint_acts.watch_complaints_once(web.world.ctx):
        pass
    # Dewi, Hadi, Wati, and the head, since it was missed; nobody of another agency.
    assert morning(web, 27, hour=10) == 4
    found = mails(web)
    assert set(found) == {"dewi", "hadi", "wati", "ketua"}
    for text in found.values():
        assert "Pengaduan yang batas waktunya terlewati: 1 (" in text
        assert number not in text


def test_a_missed_check_of_completeness_is_the_supervisors_at_once_whatever_the_region_says(
    database_url: str, tmp_path: Path
) -> None:
    ours = region()
    slow = replace(ours, region=replace(ours.region, escalation=Escalation(5, 10)))
    world = World.make(database_url, tmp_path, regions_=(slow, surabaya()))
    web = Web(world)
    number = str(web.open(LETTER)["number"])
    assert morning(web, 24) >= 0
    assert "wati" not in mails(web), "it is not missed yet"
    morning(web, 25)
    assert f"Batas waktu terlewati:\n- {number}, intake" in mails(web)["wati"]
    assert "ketua" not in mails(web)
    world.close()
