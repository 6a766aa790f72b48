"""One message for each case, event and address; the office's name on it; a step that is named."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from casetrack.domain.delivery.receivers import STATES
from casetrack.usecases.delivery import bounces, deliveries
from tests.support.lanes import attempt_lane
from tests.support.web import BILLBOARD, LETTER, Web
from tests.support.world import World

SITI = {
    "kind": "person",
    "name": "Siti Contoh",
    "nik": "6472015505900002",
    "email": "siti.contoh@example.id",
    "phone": "081234500001",
}


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    """Samarinda with every channel, on each database in turn."""
    files = {"CASETRACK_SMS_URL": "files", "CASETRACK_WHATSAPP_URL": "files"}
    made = World.make(database_url, tmp_path, **files)
    yield made
    made.close()


def opened(web: Web, **parties: Any) -> str:
    number: str = web.open({**BILLBOARD, **parties})["number"]
    return number


def mails(world: World) -> list[str]:
    return sorted(path.stem for path in world.mail.glob("*.eml"))


def standing(world: World) -> dict[str, tuple[str, str, str | None]]:
    rows = deliveries.find(world.ctx, number=None, states=STATES, limit=100)
    return {row.role: (row.channel, row.state, row.last_error) for row in rows}


def test_who_stands_there_twice_gets_one_message_an_event(world: World) -> None:
    web = Web(world)
    number = opened(web, applicant=SITI, payer=SITI)
    web.deliver()
    assert [name.split(".")[3] for name in mails(world)] == ["applicant"]
    web.act(number, "dewi", "declare_complete", "intake")
    web.deliver()
    assert [name.split(".")[3] for name in mails(world)] == ["applicant"] * 2
    assert standing(world)["payer"] == (
        "email",
        "delivered",
        "told in one message with the applicant",
    )


def test_domains_in_other_letters_are_one_address_and_another_address_is_another(
    world: World,
) -> None:
    web = Web(world)
    capital = {**SITI, "email": "siti.contoh@EXAMPLE.ID"}
    other = {**SITI, "nik": None, "name": "Wakil", "email": "wakil@example.id"}
    opened(web, applicant=SITI, payer=capital, representative=other)
    web.deliver()
    assert sorted(name.split(".")[3] for name in mails(world)) == ["applicant", "representative"]


def test_a_mail_that_came_back_takes_every_role_on_by_its_own_next_channel(world: World) -> None:
    web = Web(world)
    opened(web, applicant={**SITI, "phone": None}, payer=SITI)
    web.deliver()
    (name,) = mails(world)
    region, position, role, seal = name.rsplit(".", 3)
    assert bounces.take(world.ctx, region, int(position), role, seal, "5.1.1") == "in_person"
    assert standing(world)["applicant"][1] == "given_up"
    assert standing(world)["payer"][:2] == ("whatsapp", "pending")


def test_the_second_waits_for_how_the_first_ends(world: World) -> None:
    web = Web(world)
    number = opened(web, applicant=SITI, payer=SITI)
    web.relay()
    teller, jitter = world.app.teller, lambda: 0.5
    assert attempt_lane(world.ctx, "64.72", f"{number}/payer", teller, jitter, 5) == 0
    assert standing(world)["payer"][1] == "pending"
    assert attempt_lane(world.ctx, "64.72", f"{number}/applicant", teller, jitter, 5) == 1
    world.hands.pass_time(seconds=6)
    assert attempt_lane(world.ctx, "64.72", f"{number}/payer", teller, jitter, 5) == 1
    assert [each.split(".")[3] for each in mails(world)] == ["applicant"]


def test_every_mail_has_the_office_as_sender_and_signature(world: World) -> None:
    web = Web(world)
    number = web.open(LETTER)["number"]
    web.act(number, "dewi", "declare_complete", "intake")
    web.deliver()
    for path in world.mail.glob("*.eml"):
        mail = path.read_text()
        assert "From: DPMPTSP <casetrack@localhost>" in mail
        assert "Hormat kami,\nDPMPTSP\n" in mail.replace("\r\n", "\n")


def test_a_completed_step_is_named(world: World) -> None:
    web = Web(world)
    number = opened(web, applicant=SITI)
    web.act(number, "dewi", "declare_complete", "intake")
    web.act(number, "rudi", "complete", "review_dlh", result="favourable")
    web.deliver()
    (told,) = (path.read_text() for path in world.mail.glob("*.eml"))
    assert "Selesai: Telaah DLH" in told
