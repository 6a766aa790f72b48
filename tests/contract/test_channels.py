"""How a party is told: channels in order, quiet hours, one message about several events."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from casetrack.domain.delivery.messages import Message
from casetrack.domain.delivery.quiet_hours import QuietHours
from casetrack.domain.delivery.receivers import STATES, told
from casetrack.domain.errors import BadInput
from casetrack.domain.service.notices import from_document
from casetrack.storage import schema
from casetrack.storage.delivery.delivery_lists import DeliveryRow
from casetrack.usecases.delivery import bounces, deliveries, relay, sets
from casetrack.usecases.delivery.deliveries import Which
from casetrack.usecases.delivery.notify import Teller, ToParty
from casetrack.usecases.delivery.outcomes import Attempt, PostFailed
from casetrack.usecases.delivery.untold import untold as list_untold
from casetrack.usecases.people import corrections, subjects
from casetrack.usecases.region import loading
from tests.support.erasing import erase
from tests.support.lanes import attempt_lane, work
from tests.support.web import Web, refused
from tests.support.world import BUDI, LETTER_STORY, SAMARINDA, World, letter, samarinda

FILES = {"CASETRACK_SMS_URL": "files", "CASETRACK_WHATSAPP_URL": "files"}
ALL = replace(BUDI, phone="0812 3456 7890")
BY_PHONE = replace(ALL, email=None)
BY_SMS = replace(BY_PHONE, channels=("sms",))
NUMBER = "+6281234567890"
STATUS = "https://mpp.example/status"
#: Ten in the evening in Samarinda, and six in the morning after.
NIGHT, MORNING = (
    datetime(2026, 11, 23, 14, 0, tzinfo=UTC),
    datetime(2026, 11, 23, 22, 0, tzinfo=UTC),
)


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    """Samarinda with every channel, on each database in turn."""
    made = World.make(database_url, tmp_path, **FILES)
    yield made
    made.close()


@dataclass
class Gateways:
    """Every channel in one: fails as it is told, and remembers what it took."""

    world: World
    failures: dict[str, list[PostFailed]] = field(default_factory=dict)
    took: list[tuple[str, str, Message]] = field(default_factory=list)

    def teller(self) -> Teller:
        return Teller(
            {
                c: ToParty(self.world.ctx, self._post(c), STATUS)
                for c in ("email", "sms", "whatsapp")
            }
        )

    def _post(self, channel: str) -> Any:
        def post(message: Message, address: str, message_id: str) -> str:
            if self.failures.get(channel):
                raise self.failures[channel].pop(0)
            self.took.append((channel, address, message))
            return f"{message.language}/{channel}/x@1"

        return post


REFUSED = PostFailed("refused (550)", permanent=True)


def sequence(world: World) -> list[tuple[str, str]]:
    rung: list[tuple[str, str]] = []
    relay.drain(world.ctx, told, rung.extend)
    return rung


def deliver(world: World, teller: Attempt | None = None) -> None:
    work(world.ctx, sequence(world), teller or world.app.teller)


def attempt(world: World, lane: str, teller: Attempt | None = None, region: str = SAMARINDA) -> int:
    return attempt_lane(world.ctx, region, lane, teller or world.app.teller, lambda: 0.5, 50)


def rows(world: World) -> list[DeliveryRow]:
    return deliveries.find(world.ctx, number=None, states=STATES, limit=1000)


def only(world: World) -> DeliveryRow:
    (row,) = rows(world)
    return row


def files(world: World, channel: str) -> list[str]:
    return [path.read_text() for path in sorted((world.mail.parent / channel).glob("*.txt"))]


def untold(world: World) -> list[dict[str, Any]]:
    return list_untold(world.ctx, world.actor("dewi"), after=0, limit=50).items


# --- channels in order ----------------------------------------------------------------------------


def test_who_has_an_address_gets_a_mail_and_no_telephone_rings(world: World) -> None:
    world.open(applicant=ALL)
    deliver(world)
    assert (only(world).channel, only(world).state) == ("email", "delivered")
    assert only(world).template == "id/email/case.opened@2"
    assert files(world, "sms") == files(world, "whatsapp") == []


def test_who_has_a_telephone_only_gets_whatsapp_and_who_wishes_an_sms_gets_that(
    world: World,
) -> None:
    world.open(applicant=BY_PHONE)
    deliver(world)
    world.open(applicant=BY_SMS)
    deliver(world)
    assert [(r.channel, r.state) for r in rows(world)] == [
        ("whatsapp", "delivered"),
        ("sms", "delivered"),
    ]
    (whatsapp,), (sms,) = files(world, "whatsapp"), files(world, "sms")
    assert sms.startswith(
        f"To: {NUMBER}\nTemplate: id/sms/case.opened@2\nSegments: 1\n\nDPMPTSP: SMR-SKT"
    )
    assert whatsapp.startswith(f"To: {NUMBER}\nTemplate: id/whatsapp/case.opened@2\n")
    for text in (whatsapp, sms):
        assert not any(word in text for word in ("Budi", "Santoso", str(BUDI.nik)))


def test_a_channel_that_fails_for_good_gives_way_and_both_attempts_are_on_record(
    world: World,
) -> None:
    gateways = Gateways(world, {"email": [REFUSED], "whatsapp": [REFUSED]})
    world.open(applicant=ALL)
    deliver(world, gateways.teller())
    assert [(channel, to) for channel, to, _ in gateways.took] == [("sms", NUMBER)]
    row = only(world)
    assert (row.state, row.channel, row.attempts) == ("delivered", "sms", 1)
    assert [
        (each["channel"], each["attempts"], each["error"])
        for each in deliveries.failed_channels(row)
    ] == [("email", 1, "refused (550)"), ("whatsapp", 1, "refused (550)")]
    assert untold(world) == []


def test_what_goes_on_by_another_channel_is_rung_for_at_once(world: World) -> None:
    world.open(applicant=ALL)
    sequence(world)
    rung: list[str] = []
    teller = Gateways(world, {"email": [REFUSED]}).teller()
    sets.work_on(world.ctx, SAMARINDA, "email", teller, lambda: 0.5, 9, ring=rung.append)
    assert rung == ["whatsapp"] == [row.channel for row in rows(world)]


def test_what_goes_on_by_another_channel_waits_in_that_channels_queue(world: World) -> None:
    def queues() -> list[str]:
        with world.database.read() as connection:
            return list(connection.execute(select(schema.lanes.c.queue)).scalars())

    world.open(applicant=ALL)
    sequence(world)
    assert queues() == ["email"]
    attempt_lane(
        world.ctx,
        SAMARINDA,
        only(world).lane,
        Gateways(world, {"email": [REFUSED]}).teller(),
        lambda: 0.5,
        1,
    )
    assert only(world).channel != "email"
    assert queues() == [only(world).channel]


def test_after_the_last_channel_the_person_is_told_by_the_clerk_who_sees_what_was_tried(
    world: World,
) -> None:
    gateways = Gateways(world, {channel: [REFUSED] for channel in ("email", "whatsapp", "sms")})
    world.open(applicant=ALL)
    deliver(world, gateways.teller())
    assert (only(world).state, only(world).last_error) == ("given_up", "refused (550)")
    (item,) = untold(world)
    assert (item["why"], item["tried"]) == ("given_up", ["email", "whatsapp", "sms"])


def test_a_trouble_that_passes_does_not_cost_the_channel(world: World) -> None:
    slow = PostFailed("busy", permanent=False, wait=timedelta(minutes=10))
    gateways = Gateways(world, {"email": [slow]})
    world.open(applicant=ALL)
    deliver(world, gateways.teller())
    row = only(world)
    assert (row.state, row.channel, row.attempts) == ("pending", "email", 1)
    assert row.not_before is not None
    wait = row.not_before - world.hands.now
    assert timedelta(seconds=599) < wait <= timedelta(seconds=600), "what the gateway asked for"
    world.hands.pass_time(seconds=601)
    attempt(world, row.lane, gateways.teller())
    assert (only(world).state, only(world).channel) == ("delivered", "email")


def test_a_channel_without_a_gateway_is_passed_over(database_url: str, tmp_path: Path) -> None:
    world = World.make(database_url, tmp_path, CASETRACK_SMS_URL="files")
    try:
        world.open(applicant=BY_PHONE)
        world.open(applicant=replace(BY_PHONE, channels=("whatsapp",)))
        deliver(world)
        assert [(r.channel, r.state) for r in rows(world)] == [
            ("sms", "delivered"),
            ("none", "not_possible"),
        ]
        assert len(untold(world)) == 1
    finally:
        world.close()


def test_what_was_sent_again_begins_with_the_channels_that_the_person_has_now(
    world: World,
) -> None:
    gateways = Gateways(world, {"email": [REFUSED], "whatsapp": [REFUSED], "sms": [REFUSED]})
    number = str(world.open(applicant=ALL).view["number"])
    deliver(world, gateways.teller())
    (budi,) = subjects.by_case(world.ctx, number)
    corrections.correct(
        world.ctx, budi, {"email": "new@example.id", "phone": None, "channels": ["email"]}
    )
    (again,) = deliveries.retry(world.ctx, Which(number=number))
    attempt(world, again.lane, gateways.teller())
    assert [(channel, to) for channel, to, _ in gateways.took] == [("email", "new@example.id")]
    assert len(deliveries.failed_channels(only(world))) == 2, "what failed before stays on record"


def test_a_channel_that_the_person_gave_up_meanwhile_is_not_used(world: World) -> None:
    number = str(world.open(applicant=ALL).view["number"])
    sequence(world)
    (budi,) = subjects.by_case(world.ctx, number)
    corrections.correct(world.ctx, budi, {"channels": ["sms"]})
    gateways = Gateways(world)
    attempt(world, only(world).lane, gateways.teller())
    assert [channel for channel, _, _ in gateways.took] == ["sms"]


# --- at the counter's door ------------------------------------------------------------------------


def test_a_number_is_kept_as_e164_and_one_that_is_none_is_refused_before_anything(
    world: World,
) -> None:
    web = Web(world)
    application = {
        "service": "surat-keterangan",
        "applicant": {"kind": "person", "name": "Siti", "phone": "0812-3456-7890"},
    }
    number = web.open(application)["number"]
    (siti,) = subjects.by_case(world.ctx, number)
    assert subjects.show(world.ctx, siti)["parties"][0]["data"]["phone"] == NUMBER
    for change, word in (
        ({"phone": "741234"}, "applicant.phone: it has neither area code"),
        ({"channels": ["email"]}, "applicant.channels: email needs an e-mail address"),
        ({"channels": ["fax"]}, "applicant.channels.0"),
        ({"channels": []}, "applicant.channels"),
    ):
        wrong = {**application, "applicant": {**application["applicant"], **change}}  # type: ignore[dict-item]
        response = web.post("/cases", "dewi", wrong)
        assert refused(response) == (422, "invalid_body")
        assert word in response.get_json()["detail"]
        assert "741234" not in response.text
    assert len(web.get("/cases", "dewi").get_json()["items"]) == 1


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"phone": "741234"}, "area code"),
        ({"channels": ["fax"]}, "a list of email, whatsapp, sms"),
        ({"channels": "sms"}, "a list of email, whatsapp, sms"),
        ({"email": None, "channels": ["email"]}, "needs an e-mail address"),
    ],
)
def test_a_correction_that_cannot_be_is_refused(
    world: World, changes: dict[str, Any], word: str
) -> None:
    number = str(world.open(applicant=ALL).view["number"])
    (budi,) = subjects.by_case(world.ctx, number)
    with pytest.raises(BadInput, match=word):
        corrections.correct(world.ctx, budi, changes)
    assert subjects.show(world.ctx, budi)["parties"][0]["channels"] == ["email", "whatsapp", "sms"]


# --- quiet hours ----------------------------------------------------------------------------------


def test_at_night_an_sms_waits_for_the_morning_and_a_mail_does_not(world: World) -> None:
    world.hands.now = NIGHT
    world.open(applicant=BY_SMS)
    world.open(applicant=BUDI)
    rung = sequence(world)
    assert rung == [(SAMARINDA, "email")], "nobody is rung for what waits"
    work(world.ctx, rung, world.app.teller)
    sms, mail = rows(world)
    assert (mail.state, sms.state, sms.not_before) == ("delivered", "pending", MORNING)
    assert attempt(world, sms.lane) == 0
    world.hands.now = MORNING + timedelta(seconds=3)
    due: list[tuple[str, str]] = []
    relay.sweep(world.ctx, due.extend)
    assert due == [(SAMARINDA, "sms")]
    assert attempt(world, sms.lane) == 1
    assert len(files(world, "sms")) == 1


def test_a_worker_that_comes_late_into_the_quiet_hours_lets_people_sleep(world: World) -> None:
    number = str(world.open(applicant=BY_SMS).view["number"])
    sequence(world)
    lane = only(world).lane
    world.hands.now = NIGHT
    attempt(world, lane)
    assert (only(world).state, only(world).attempts, only(world).not_before) == (
        "pending",
        0,
        MORNING,
    )
    assert files(world, "sms") == []
    # Nobody has been told anything, so what happens in the night joins it.
    world.act(number, "dewi", "declare_complete", "intake")
    assert sequence(world) == []
    world.hands.now = MORNING + timedelta(seconds=1)
    assert attempt(world, lane) == 1
    (text,) = files(world, "sms")
    assert "2 kabar, terakhir: Berkas lengkap" in text


def test_a_mail_that_fails_at_night_goes_on_by_sms_in_the_morning(world: World) -> None:
    gateways = Gateways(world, {"email": [REFUSED]})
    world.hands.now = NIGHT
    world.open(applicant=replace(ALL, channels=("email", "sms")))
    deliver(world, gateways.teller())
    row = only(world)
    assert (row.channel, row.state, row.not_before) == ("sms", "pending", MORNING)
    world.hands.now = MORNING + timedelta(seconds=1)
    attempt(world, row.lane, gateways.teller())
    assert [channel for channel, _, _ in gateways.took] == ["sms"]


def test_a_region_sets_its_own_quiet_hours_or_none(world: World) -> None:
    world.hands.now = NIGHT
    data = samarinda()
    for hours, state in (
        (None, "delivered"),
        (QuietHours.from_dict({"from": "22:00", "until": "05:30"}), "pending"),
    ):
        loading.load(world.ctx, replace(data, region=replace(data.region, quiet_hours=hours)))
        number = str(world.open(applicant=BY_SMS).view["number"])
        deliver(world)
        (row,) = [row for row in rows(world) if row.number == number]
        assert row.state == state
    assert row.not_before == MORNING - timedelta(minutes=30)


# --- one message about several events --------------------------------------------------------------


def test_later_events_join_a_message_that_nobody_has_begun_to_send(world: World) -> None:
    number = str(world.open(applicant=ALL).view["number"])
    sequence(world)
    world.play(number, LETTER_STORY)
    sequence(world)
    row = only(world)
    assert row.type == "casetrack.case.opened"
    joined = deliveries.joined(world.ctx, [row])[row.region, row.lane, row.position]
    assert [kind.removeprefix("casetrack.case.") for kind in joined] == [
        "declared_complete", "granted", "handed_over",
    ]  # fmt: skip
    attempt(world, row.lane)
    (mail,) = [path.read_text() for path in world.mail.glob("*.eml")]
    assert "Hasil permohonan sudah diserahkan" in mail
    for line in ("Berkas Anda sudah kami terima", "Berkas Anda lengkap", "Sudah ada keputusan"):
        assert f"- {line}" in mail


def test_once_it_was_claimed_it_is_closed_even_while_it_waits_to_be_tried_again(
    world: World,
) -> None:
    gateways = Gateways(world, {"email": [PostFailed("busy", permanent=False)]})
    number = str(world.open(applicant=ALL).view["number"])
    deliver(world, gateways.teller())
    world.act(number, "dewi", "declare_complete", "intake")
    sequence(world)
    world.act(number, "hadi", "complete", "decide")
    sequence(world)
    first, second = rows(world)
    assert (first.attempts, second.attempts) == (1, 0)
    found = deliveries.joined(world.ctx, [first, second])
    assert found == {(second.region, second.lane, second.position): ["casetrack.case.granted"]}
    world.hands.pass_time(minutes=1)
    assert attempt(world, first.lane, gateways.teller()) == 2
    first_told, second_told = (message for _, _, message in gateways.took)
    assert first_told.happened == (), "a repeat says what the first attempt may have said"
    assert len(second_told.happened) == 2


def test_a_message_that_goes_by_another_channel_is_not_joined(
    world: World,
) -> None:
    number = str(world.open(applicant=ALL).view["number"])
    sequence(world)
    (budi,) = subjects.by_case(world.ctx, number)
    corrections.correct(world.ctx, budi, {"channels": ["sms"]})
    world.act(number, "dewi", "declare_complete", "intake")
    sequence(world)
    assert [row.channel for row in rows(world)] == ["email", "sms"]


# --- what tells whom ------------------------------------------------------------------------------


def test_a_service_decides_who_hears_of_what_and_by_which_channel(world: World) -> None:
    own = from_document(
        {
            "case.opened": {"applicant": []},
            "case.declared_complete": {"applicant": ["sms"]},
            "case.granted": {"applicant": ["whatsapp"]},
        }
    )
    quiet_one = replace(letter(), version=2, notices=own)
    loading.load(world.ctx, samarinda(quiet_one))
    number = str(world.open(applicant=ALL).view["number"])
    assert sequence(world) == []
    assert rows(world) == [], "nobody is to be told in person what nobody is told"
    world.act(number, "dewi", "declare_complete", "intake")
    deliver(world)
    assert [(row.channel, row.state) for row in rows(world)] == [("sms", "delivered")]
    walk_in = str(world.open(applicant=replace(BUDI, phone=None)).view["number"])
    world.act(walk_in, "dewi", "declare_complete", "intake")
    deliver(world)
    assert [item["number"] for item in untold(world)] == [walk_in], "by SMS or in person"


# --- mail that came back --------------------------------------------------------------------------


def name_of(world: World) -> list[str]:
    """Region, position, role and seal of the only mail that went out."""
    (path,) = world.mail.glob("*.eml")
    return path.name.removesuffix(".eml").rsplit(".", 3)


def take(world: World, *, seal: str | None = None, position: int | None = None) -> str | None:
    region, place, role, sealed = name_of(world)
    return bounces.take(world.ctx, region, position or int(place), role, seal or sealed, "5.1.1")


def test_a_mail_that_came_back_puts_the_message_on_the_clerks_list(world: World) -> None:
    world.open(applicant=BUDI)
    deliver(world)
    assert untold(world) == []
    assert take(world) == "in_person"
    assert (only(world).state, only(world).last_error) == ("given_up", "the mail came back (5.1.1)")
    (item,) = untold(world)
    assert (item["why"], item["tried"]) == ("given_up", ["email"])
    assert take(world) is None, "it came back once"


def test_a_mail_that_came_back_goes_on_by_the_next_channel(world: World) -> None:
    world.open(applicant=replace(ALL, channels=("email", "sms")))
    deliver(world)
    assert take(world) == "sms"
    row = only(world)
    assert (row.state, row.channel, row.attempts) == ("pending", "sms", 0)
    assert attempt(world, row.lane) == 1
    assert len(files(world, "sms")) == 1
    assert [each["error"] for each in deliveries.failed_channels(only(world))] == [
        "the mail came back (5.1.1)"
    ]


def test_a_forged_late_or_foreign_return_changes_nothing(world: World) -> None:
    number = str(world.open(applicant=BUDI).view["number"])
    deliver(world)
    before = only(world)
    assert take(world, seal="0" * 16) is None
    assert take(world, position=99) is None
    assert bounces.take(world.ctx, "99.99", 1, "applicant", "0" * 16, "5.1.1") is None
    assert bounces.take(world.ctx, SAMARINDA, before.position, "payer", "0" * 16, "5.1.1") is None
    assert only(world) == before
    (budi,) = subjects.by_case(world.ctx, number)
    corrections.correct(world.ctx, budi, {"email": "new@example.id"})
    assert take(world) is None, "it was sent to an address that the person no longer has"
    erase(world, budi, "subject_request")
    assert take(world) is None
    assert only(world) == before


def test_a_repeat_at_the_same_address_has_the_same_name_and_another_address_another(
    world: World,
) -> None:
    names: list[str] = []

    def post(message: Message, address: str, message_id: str) -> str:
        names.append(message_id)
        raise PostFailed("busy", permanent=False)

    number = str(world.open(applicant=BUDI).view["number"])
    teller = Teller({"email": ToParty(world.ctx, post, STATUS)})
    deliver(world, teller)
    world.hands.pass_time(minutes=1)
    attempt(world, f"{number}/applicant", teller)
    (budi,) = subjects.by_case(world.ctx, number)
    corrections.correct(world.ctx, budi, {"email": "new@example.id"})
    world.hands.pass_time(minutes=1)
    attempt(world, f"{number}/applicant", teller)
    first, repeat, corrected = names
    assert first == repeat
    assert corrected.rpartition(".")[0] == first.rpartition(".")[0]
    assert corrected != first
    assert "budi" not in "".join(names)


# --- nothing personal -----------------------------------------------------------------------------


def test_no_list_and_no_row_of_deliveries_holds_a_number_or_an_address(world: World) -> None:
    gateways = Gateways(world, {"email": [REFUSED], "whatsapp": [REFUSED]})
    world.open(applicant=ALL)
    deliver(world, gateways.teller())
    with world.database.read() as connection:
        told_rows = [
            str(dict(row._mapping))
            for table in (schema.deliveries, schema.joined, schema.lanes, schema.parties)
            for row in connection.execute(table.select())
        ]
    shown = json.dumps([deliveries.failed_channels(row) for row in rows(world)])
    for text in (*told_rows, shown):
        for word in ("81234567890", "budi@", "Budi", str(BUDI.nik)):
            assert word not in text


def test_what_is_told_has_no_field_for_anything_personal(world: World) -> None:
    gateways = Gateways(world)
    world.open(applicant=ALL)
    deliver(world, gateways.teller())
    ((_, _, message),) = gateways.took
    words = str(message)
    assert not any(word in words for word in ("Budi", str(BUDI.nik), "budi@", "8123"))
