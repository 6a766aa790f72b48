"""A case waits for want of authority: its applicant is told once for each reason, and when it goes on."""

from dataclasses import fields
from email import message_from_bytes, policy

from sqlalchemy import update

from casetrack.domain.events import Event
from casetrack.domain.service.definition import ServiceDefinition
from casetrack.storage import schema
from casetrack.storage.case import case_events
from casetrack.usecases.case import stalled_steps
from casetrack.usecases.context import Context
from casetrack.usecases.people import officers
from casetrack.usecases.proof.rebuild import rebuild
from tests.contract.test_people import faults
from tests.support.plans import recorded
from tests.support.stories import BUDI, UNTIL_DECISION, City
from tests.support.web import at_once
from tests.support.world import SAMARINDA

SERVICE = "sip-dokter"
#: The demo has a letter for an acting head from that day on.
STALLED = ("stalled", "2026-12-21")
MAIL = {**BUDI, "email": "budi@example.id", "channels": ["email"]}


def waiting_for_a_decision(city: City) -> str:
    number = str(city.take_in(SERVICE, MAIL)["number"])
    city.follow(number, UNTIL_DECISION[SERVICE])
    return number


def told(city: City, number: str) -> list[tuple[str, str | None]]:
    """What was said of it so far: type and until when."""
    with city.world.database.read() as connection:
        rows = case_events.stream_events(
            connection, SAMARINDA, f"waiting/{number}", after=0, limit=99
        )
    events = [Event.from_body(row.body) for row in rows]
    return [(e.type.removeprefix("casetrack.step."), e.data.get("until")) for e in events]


def swept(city: City) -> int:
    done = 0
    while found := stalled_steps.tell_once(city.world.ctx):
        done += found
    return done


def signer_goes(city: City) -> None:
    officers.disable_officer(city.world.ctx, "smr.signer")


def mails(city: City) -> list[str]:
    """What the applicants were sent since it was last asked, each in one line."""
    city.deliver()
    told_now = []
    for path in sorted(city.world.mail.glob("*.eml")):
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        if mail["To"] == MAIL["email"]:
            body = mail.get_body()
            assert body is not None
            told_now.append(" ".join(f"{mail['Subject']} {body.get_content()}".split()))
        path.unlink()
    return told_now


def test_the_applicant_is_told_once_that_it_waits_and_once_that_it_goes_on(city: City) -> None:
    number = waiting_for_a_decision(city)
    assert swept(city) == 0
    mails(city)
    signer_goes(city)
    assert swept(city) == 1
    assert (told(city, number), swept(city)) == ([STALLED], 0)
    (mail,) = mails(city)
    assert "Menunggu pejabat yang berwenang: " in mail
    assert "surat penunjukan pejabat" in mail
    assert "mulai 21 Desember 2026" in mail
    assert "smr.signer" not in mail
    officers.enable_officer(city.world.ctx, "smr.signer")
    assert swept(city) == 1
    assert told(city, number) == [STALLED, ("freed", None)]
    (mail,) = mails(city)
    assert "Dapat dikerjakan lagi: " in mail
    assert (swept(city), mails(city)) == (0, [])
    assert faults(city.world) is None
    types = city.types(number)
    assert [each for each in types if each in ("step.stalled", "step.freed")] == [
        "step.stalled",
        "step.freed",
    ]


def test_who_comes_to_the_step_later_is_told_as_well(city: City) -> None:
    signer_goes(city)
    number = str(city.take_in(SERVICE, MAIL)["number"])
    assert swept(city) == 0, "nobody waits for a decision yet"
    city.follow(number, UNTIL_DECISION[SERVICE])
    assert swept(city) == 1
    assert told(city, number) == [STALLED]


def test_another_reason_is_told_again_and_the_same_is_not(city: City) -> None:
    number = waiting_for_a_decision(city)
    signer_goes(city)
    assert swept(city) == 1
    # The day goes on, and papers are entered that change nothing for this case.
    city.world.hands.pass_time(days=1)
    city.paper(
        "instrument", "perwali-lain", form="mayor_regulation", number="9", title="Lain",
        dated="2026-11-20", since="2026-11-20", lines=[],
    )  # fmt: skip
    assert swept(city) == 0
    # A letter from an earlier day on.
    given = {
        "position": "kepala-dpmptsp", "officer": "smr.dpmptsp", "form": "plh", "since": "2026-12-07",
        "until": "2026-12-31",
        "letter": {"number": "800/900/2026", "dated": "2026-11-24", "by": "wali-kota"},
    }  # fmt: skip
    city.paper("incumbency", "plh-kepala", **given)
    assert swept(city) == 1
    assert told(city, number) == [STALLED, ("stalled", "2026-12-07")]
    assert "dikerjakan mulai 7 Desember 2026" in mails(city)[-1]
    city.at("2026-12-07T09:00")
    assert swept(city) == 1
    assert told(city, number)[-1] == ("freed", None)
    assert faults(city.world) is None


def test_who_takes_it_back_hears_no_more_of_the_wait(city: City) -> None:
    number = waiting_for_a_decision(city)
    signer_goes(city)
    swept(city)
    mails(city)
    city.on(number, "clerk", "actions", action="withdraw")
    assert swept(city) == 1
    assert told(city, number)[-1] == ("stall_ended", None)
    assert all("Dapat dikerjakan" not in mail for mail in mails(city))
    officers.enable_officer(city.world.ctx, "smr.signer")
    assert swept(city) == 0
    assert faults(city.world) is None


def test_clocks_at_once_tell_each_applicant_once(city: City) -> None:
    numbers = [waiting_for_a_decision(city) for _ in range(3)]
    signer_goes(city)
    done = at_once(3, lambda _: stalled_steps.tell_once(city.world.ctx))
    assert not [each for each in done if isinstance(each, Exception)], done
    swept(city)
    assert [told(city, number) for number in numbers] == [[STALLED]] * 3
    assert faults(city.world) is None


class Killed(BaseException):
    """The process ends here."""


class Dying(Context):
    """Ends when a definition is asked for once more than this."""

    left = 0

    def definition(self, region: str, service: str, version: int) -> ServiceDefinition:
        self.left -= 1
        if self.left < 0:
            raise Killed
        return super().definition(region, service, version)


def test_a_clock_that_is_killed_anywhere_loses_none(city: City) -> None:
    numbers = [waiting_for_a_decision(city) for _ in range(3)]
    signer_goes(city)
    ctx = city.world.ctx
    ends = 0
    for calls in range(40):
        dying = Dying(**{each.name: getattr(ctx, each.name) for each in fields(ctx)})
        dying.left = calls
        try:
            stalled_steps.tell_once(dying)
        except Killed:
            ends += 1
        else:
            break
    assert ends > len(numbers), "it was killed before the first, and between any two"
    assert swept(city) == 0
    assert [told(city, number) for number in numbers] == [[STALLED]] * 3
    assert len([mail for mail in mails(city) if "Menunggu pejabat" in mail]) == 3
    assert faults(city.world) is None


def test_a_round_before_which_nothing_changed_reads_no_paper(city: City) -> None:
    waiting_for_a_decision(city)
    swept(city)
    with recorded() as statements:
        assert stalled_steps.tell_once(city.world.ctx) == 0
    assert statements
    assert not [each for each in statements if "register_keys" in each]
    # Nobody holds the power for one step of the demo: cases there are asked for, by their own index.
    of_cases = [each for each in statements if "FROM steps" in each]
    assert all("steps.agency = " in each and "LIMIT" in each for each in of_cases)


def test_rows_of_who_waits_are_held_by_verify_and_made_anew_by_rebuild(city: City) -> None:
    waiting_for_a_decision(city)
    signer_goes(city)
    swept(city)
    with city.world.database.write() as uow:
        uow.execute(update(schema.stalled_steps).values(until="2030-01-01"))
    assert "stalled_steps" in str(faults(city.world))
    list(rebuild(city.world.ctx, None, lambda _: None))
    assert faults(city.world) is None
    assert swept(city) == 0


def test_the_feed_tells_the_wait_without_an_officer(city: City) -> None:
    number = waiting_for_a_decision(city)
    signer_goes(city)
    swept(city)
    items = city.get(f"/cases/{number}/events?limit=200", "auditor").get_json()["items"]
    (event,) = [each for each in items if each["type"].endswith("step.stalled")]
    assert event["data"]["cover"] == "vacant"
    assert "smr.signer" not in str(event["data"])


def test_what_only_another_body_holds_waits_for_its_holder_by_name(city: City) -> None:
    case = city.take_in(SERVICE, MAIL)
    number = str(case["number"])
    city.follow(number, UNTIL_DECISION[SERVICE])
    swept(city)
    mails(city)
    grant = city.entry("grant", "delegasi-2026")
    city.paper("grant", "delegasi-2026", **{**grant, "until": "2026-11-24"})
    city.at("2026-11-25T09:00")
    assert swept(city) == 1
    assert told(city, number) == [("stalled", None)]
    (mail,) = mails(city)
    assert "Yang ditunggu: Wali Kota Samarinda, yang memegang wewenangnya." in mail
    items = city.get(f"/cases/{number}/events?limit=200", "auditor").get_json()["items"]
    (event,) = [each for each in items if each["type"].endswith("step.stalled")]
    assert event["data"]["lacks"] == "holder"
    code = {"X-Access-Code": case["access_code"]}
    (wait,) = city.get(f"/status/{number}", headers=code).get_json()["waits"]
    assert wait["held_by"][0]["id"] == "Wali Kota Samarinda"
    assert "menunggu Wali Kota Samarinda" in wait["message"]["id"]
    assert faults(city.world) is None
