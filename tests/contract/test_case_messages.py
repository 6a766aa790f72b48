"""Staff read what the parties of a case were told, and what is still on its way."""

from casetrack.domain.delivery.receivers import STATES
from casetrack.domain.service import notices
from casetrack.web.delivery import message_words
from tests.support.web import LETTER, Web

WALK_IN = {**LETTER, "applicant": {"kind": "person", "name": "Siti"}}


def test_what_was_told_and_what_is_on_its_way_is_said_in_words(web: Web) -> None:
    agent = {"kind": "person", "name": "Siti", "email": "siti@example.id"}
    number = web.open({**LETTER, "representative": agent})["number"]
    path = f"/cases/{number}/messages"
    assert web.get(path, "dewi").get_json()["items"] == []
    web.deliver()
    web.act(number, "dewi", "declare_complete", "intake")
    web.relay()
    first, second, third, fourth = web.get(path, "audit").get_json()["items"]
    assert (first["party"], first["types"], first["channel"], first["state"]) == (
        "applicant",
        ["casetrack.case.opened"],
        "email",
        "delivered",
    )
    assert first["what"]["id"] == "berkas sudah diterima"
    assert first["stands"] == {"id": "Sudah terkirim", "en": "Sent"}
    assert (second["party"], second["state"]) == ("representative", "delivered")
    assert (third["state"], third["stands"]["id"]) == ("pending", "Masih dalam pengiriman")
    assert fourth["ended_at"] is None


def test_events_that_joined_one_message_are_told_in_one_line(web: Web) -> None:
    number = web.open()["number"]
    web.act(number, "dewi", "declare_complete", "intake")
    web.relay()
    (item,) = web.get(f"/cases/{number}/messages", "hadi").get_json()["items"]
    assert item["types"] == ["casetrack.case.opened", "casetrack.case.declared_complete"]
    assert item["what"]["en"].startswith("the file was received; the file is complete")


def test_who_has_no_address_stands_there_as_to_be_told_in_person(web: Web) -> None:
    number = web.open(WALK_IN)["number"]
    web.act(number, "dewi", "declare_complete", "intake")
    web.deliver()
    (item,) = web.get(f"/cases/{number}/messages", "dewi").get_json()["items"]
    assert (item["channel"], item["state"]) == (None, "not_possible")
    assert "sampaikan langsung" in item["stands"]["id"]


def test_its_pages_skip_nothing_and_hold_no_person(web: Web) -> None:
    agent = {"kind": "person", "name": "Siti", "email": "siti@example.id"}
    number = web.open({**LETTER, "representative": agent})["number"]
    web.act(number, "dewi", "declare_complete", "intake")
    web.deliver()
    path, found = f"/cases/{number}/messages?limit=1", []
    cursor: str | None = ""
    while cursor is not None:
        page = web.get(path + (f"&cursor={cursor}" if cursor else ""), "hadi")
        assert "Budi" not in page.text
        assert "siti@" not in page.text
        found += [(item["position"], item["party"]) for item in page.get_json()["items"]]
        cursor = page.get_json()["next_cursor"]
    assert found == sorted(set(found))
    assert len(found) == 2


def test_every_notice_and_every_state_has_words() -> None:
    assert message_words.TOLD.keys() == notices.TOLD.keys()
    assert message_words.STANDS.keys() == set(STATES)
