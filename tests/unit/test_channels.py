"""One spelling of a telephone number, the order of channels, quiet hours, what tells whom."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from casetrack.domain.delivery import quiet_hours
from casetrack.domain.delivery.quiet_hours import QuietHours
from casetrack.domain.delivery.receivers import MOST_TRIED, Moved, Tried, move_on
from casetrack.domain.people import contact as channels
from casetrack.domain.service import notices
from casetrack.domain.service.definition_check import problems
from casetrack.domain.service.definition_document import as_document, read_definition
from tests.support.world import letter

WITA, WIB, WIT = (ZoneInfo(f"Asia/{city}") for city in ("Makassar", "Jakarta", "Jayapura"))
ZONES = st.sampled_from([WITA, WIB, WIT, ZoneInfo("UTC"), ZoneInfo("Asia/Kathmandu")])
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)).map(  # noqa: DTZ001
    lambda naive: naive.replace(tzinfo=UTC)
)
TIMES = st.builds(time, st.integers(0, 23), st.integers(0, 59))
QUIET = (
    st.tuples(TIMES, TIMES).filter(lambda pair: pair[0] != pair[1]).map(lambda p: QuietHours(*p))
)


# --- numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("0812 3456 7890", "+6281234567890"),
        ("0812-3456-7890", "+6281234567890"),
        ("(0541) 741.234", "+62541741234"),
        ("+62 812 3456 7890", "+6281234567890"),
        ("+62 (0)812 3456 7890", "+6281234567890"),
        ("62 812 3456 7890", "+6281234567890"),
        ("0062 812 3456 7890", "+6281234567890"),
        ("812 3456 7890", "+6281234567890"),
        ("+65 6123 4567", "+6561234567"),
        ("+1 (212) 555-0100", "+12125550100"),
    ],
)
def test_a_number_has_one_spelling_however_it_was_written(written: str, number: str) -> None:
    assert channels.e164(written) == number


@pytest.mark.parametrize(
    "written",
    [
        "741234",
        "12345",
        "+0812345678",
        "+62 81",
        "0899",
        "+" + "1" * 16,
        "08" + "1" * 14,
        "+62 00812345",
        "٠٨١٢٣٤٥٦٧٨",
    ],
)
def test_what_cannot_be_a_number_is_refused_with_the_cure_and_not_repeated(written: str) -> None:
    with pytest.raises(ValueError, match="0812 3456 7890") as refusal:
        channels.e164(written)
    assert written not in str(refusal.value)


@given(st.integers(10**6, 10**12 - 1).map(lambda n: f"08{n}"[:13]))
@example("081234567890")
def test_a_spelling_is_its_own_spelling_and_spaces_mean_nothing(written: str) -> None:
    number = channels.e164(written)
    assert channels.e164(number) == number
    assert channels.e164(" ".join(written)) == number
    assert number.startswith("+628")


# --- channels -------------------------------------------------------------------------------------


def test_the_usual_order_is_mail_then_whatsapp_then_sms_as_far_as_there_are_addresses() -> None:
    both = {"email": "a@b.example", "phone": "081234567890"}
    assert channels.reachable(both) == ("email", "whatsapp", "sms")
    assert channels.reachable({"phone": "081234567890"}) == ("whatsapp", "sms")
    assert channels.reachable({"email": "a@b.example"}) == ("email",)
    assert channels.reachable({}) == ()


def test_a_wish_is_kept_and_a_landline_gets_no_sms() -> None:
    both = {"email": "a@b.example", "phone": "081234567890"}
    assert channels.reachable({**both, "channels": ["sms", "email"]}) == ("sms", "email")
    assert channels.reachable({"phone": "0541741234"}) == ()
    assert channels.reachable({"phone": "741234"}) == ()  # from before numbers were checked


@pytest.mark.parametrize(
    ("contact", "field", "word"),
    [
        ({"phone": "741234"}, "phone", "area code"),
        ({"channels": ["email"]}, "channels", "an e-mail address"),
        ({"email": "a@b.example", "channels": ["email", "sms"]}, "channels", "telephone number"),
        ({"phone": "0541741234", "channels": ["sms"]}, "channels", "mobile number"),
        ({"email": "a@b.example", "channels": ["email", "email"]}, "channels", "twice"),
    ],
)
def test_a_wish_without_an_address_is_a_fault(
    contact: dict[str, object], field: str, word: str
) -> None:
    ((at, fault),) = channels.contact_faults(contact)
    assert (at, word in fault) == (field, True)


def test_a_failed_channel_gives_way_to_the_next_and_is_remembered() -> None:
    failed = Tried("email", "2026-11-23T01:00:00Z", 1, "refused")
    assert move_on(failed, (), ()) is None
    assert move_on(failed, ("whatsapp", "sms"), ()) == Moved("whatsapp", ("sms",), (failed,))
    many = move_on(failed, ("sms",), [failed] * 40)
    assert many is not None
    assert len(many.tried) == MOST_TRIED


# --- quiet hours ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("local", "until"),
    [
        ("2026-11-23T20:59:59", "2026-11-23T20:59:59"),
        ("2026-11-23T21:00:00", "2026-11-24T06:00:00"),
        ("2026-11-23T23:59:59", "2026-11-24T06:00:00"),
        ("2026-11-24T00:00:00", "2026-11-24T06:00:00"),
        ("2026-11-24T05:59:59", "2026-11-24T06:00:00"),
        ("2026-11-24T06:00:00", "2026-11-24T06:00:00"),
        ("2026-12-31T22:00:00", "2027-01-01T06:00:00"),
    ],
)
@pytest.mark.parametrize("zone", [WITA, WIB, WIT])
def test_no_telephone_rings_from_nine_in_the_evening_to_six_on_the_regions_clock(
    local: str, until: str, zone: ZoneInfo
) -> None:
    moment = datetime.fromisoformat(local).replace(tzinfo=zone).astimezone(UTC)
    for channel in quiet_hours.LOUD:
        at = quiet_hours.not_before(channel, moment, quiet_hours.DEFAULT, zone)
        assert at == datetime.fromisoformat(until).replace(tzinfo=zone)
    assert quiet_hours.not_before("email", moment, quiet_hours.DEFAULT, zone) == moment
    assert quiet_hours.not_before("sms", moment, None, zone) == moment


@given(QUIET, MOMENTS, ZONES)
@example(QuietHours(time(21), time(6)), datetime(2026, 11, 23, 16, 0, tzinfo=UTC), WITA)
@example(QuietHours(time(12), time(13)), datetime(2026, 11, 23, 4, 30, tzinfo=UTC), WITA)
def test_a_message_waits_less_than_a_day_and_then_for_nothing(
    hours: QuietHours, moment: datetime, zone: ZoneInfo
) -> None:
    at = hours.end(moment, zone)
    assert moment <= at < moment + timedelta(days=1)
    assert hours.end(at, zone) == at, "what was let out of the quiet hours is not in them"
    if at > moment:
        assert at.astimezone(zone).time() == hours.until
        # Until then every moment is quiet.
        between = moment + (at - moment) / 2
        assert hours.end(between, zone) == at


@given(QUIET)
def test_quiet_hours_are_read_as_they_are_written(hours: QuietHours) -> None:
    assert QuietHours.from_dict(hours.as_dict()) == hours


@pytest.mark.parametrize(
    "given_hours",
    [
        {"from": "9:00", "until": "06:00"},
        {"from": "24:00", "until": "06:00"},
        {"from": "06:00", "until": "06:00"},
    ],
)
def test_hours_that_are_none_are_refused(given_hours: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"no time of day|end as they begin"):
        QuietHours.from_dict(given_hours)


# --- what tells whom ------------------------------------------------------------------------------


def test_by_default_every_party_hears_of_everything_that_is_told_by_every_channel() -> None:
    for kind in notices.TOLD:
        for party in notices.PARTIES:
            assert notices.allowed({}, f"casetrack.{kind}", party) == channels.CHANNELS
    assert notices.allowed({}, "casetrack.step.claimed", "applicant") == ()


def test_a_service_changes_what_it_names_and_nothing_else() -> None:
    own = notices.from_document({"step.completed": {"payer": [], "applicant": ["email"]}})
    assert notices.allowed(own, "casetrack.step.completed", "payer") == ()
    assert notices.allowed(own, "casetrack.step.completed", "applicant") == ("email",)
    assert notices.allowed(own, "casetrack.step.completed", "representative") == channels.CHANNELS
    assert notices.allowed(own, "casetrack.case.opened", "payer") == channels.CHANNELS


def test_a_definition_from_before_there_were_notices_reads_and_publishes_as_it_was() -> None:
    document = as_document(letter())
    assert "notices" not in document
    assert read_definition(document) == letter()
    own = read_definition({**document, "notices": {"case.opened": {"payer": []}}})
    assert as_document(own)["notices"] == {"case.opened": {"payer": []}}
    assert read_definition(as_document(own)) == own
    assert problems(own, None) == []


def test_what_no_notice_can_be_about_is_a_problem_with_place_and_cure() -> None:
    own = {"case.claimed": {"applicant": ["email"]}, "case.opened": {"boss": [], "payer": ["fax"]}}
    wrong = read_definition({**as_document(letter()), "notices": own})
    assert [(p.at, bool(p.cure)) for p in problems(wrong, None)] == [
        (("notices", "case.claimed"), True),
        (("notices", "case.opened", "boss"), True),
        (("notices", "case.opened", "payer", 0), True),
    ]
