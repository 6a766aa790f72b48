"""What comes out of a case goes over the counter, comes back, and goes out again: through HTTP alone."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from casetrack.domain.service.definition import ServiceDefinition
from casetrack.usecases.proof.verify import verify
from tests.contract.test_story_of_products import BILLBOARD, CHANGE, PAID, REVIEWED, WRITTEN, play
from tests.support import demo, scans
from tests.support.stories import BUDI, SCAN, City
from tests.support.web import refused
from tests.support.world import SAMARINDA, World

PAPER = {"dated": "2026-11-20", "name": "surat-kuasa.pdf", "sha256": SCAN}
RAHMAT = {"kind": "person", "name": "Rahmat Hidayat"}
PROXY = {"party": "representative", "document": "ktp", "signature": "paper"}
HIMSELF = {"party": "applicant", "document": "sim", "signature": "screen"}
CORRECTED = {**CHANGE, "written": {"values": {"ketentuan": "Dibongkar 30 hari setelah berakhir."}}}
BURDENED = {**CHANGE, "written": WRITTEN, "hearing": {"why_not": "Pemohon yang meminta."}}


def as_told(service: ServiceDefinition) -> ServiceDefinition:
    """A doctor's permit takes a second clerk; a billboard's is sent too, and passes to heirs."""
    if service.id == "sip-dokter":
        return replace(service, second_clerk=True)
    if service.id == "izin-reklame":
        return replace(service, sent_by=("post", "electronic"), passes_to_heirs=True)
    return service


@pytest.fixture
def city(database_url: str, tmp_path: Path) -> Iterator[City]:
    region = demo.region(SAMARINDA)
    region = replace(region, services=tuple(map(as_told, region.services)))
    world = World.make(database_url, tmp_path, regions_=(region,))
    yield City(world)
    world.close()


def opened(
    city: City,
    service: str = "izin-reklame",
    facts: Mapping[str, Any] = BILLBOARD,
    originals: int = 0,
    **more: Any,
) -> str:
    documents = demo.documents(service, facts)
    held = [{**each, "original": place < originals} for place, each in enumerate(documents)]
    body = {"service": service, "facts": facts, "applicant": BUDI, "documents": held, **more}
    return str(city.open(body, "clerk")["number"])


def issued(city: City, **more: Any) -> str:
    """A billboard permit that waits to be handed over."""
    number = opened(city, **more)
    play(city, number, REVIEWED + PAID + "signer complete sign")
    return number


def case(city: City, number: str, who: str = "clerk") -> dict[str, Any]:
    found: dict[str, Any] = city.get(f"/cases/{number}", who).get_json()
    return found


def permit(city: City, number: str) -> dict[str, Any]:
    found: dict[str, Any] = case(city, number)["products"][0]
    return found


def hand_over(city: City, number: str, who: str = "clerk", **body: Any) -> Any:
    return city.on(number, who, "actions", action="hand_over", **body)


def on_product(city: City, number: str, who: str, action: str, **body: Any) -> Any:
    door = f"products/{permit(city, number)['id']}/actions"
    return city.on(number, who, door, action=action, **body)


def done(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def signed(city: City, number: str, how: str = "hand_over_slip", content: bytes = b"") -> str:
    """The file that shows a signature comes in; gives its document."""
    etag = city.etag(number, "auditor")
    came = city.bring(
        number, content or scans.pdf(), "clerk", requirement=how, name="slip.pdf", etag=etag
    )
    assert came.status_code == 201, came.text
    return str(came.get_json()["id"])


def listed(city: City, name: str, more: str = "") -> list[str]:
    page = city.get(f"/worklist?list={name}{more}", "clerk").get_json()
    assert page["counts"][name] == len(page["items"])
    return [item["number"] for item in page["items"]]


def is_sound(city: City) -> bool:
    return verify(city.world.ctx, progress=lambda _: None).fault is None


# --- to whom --------------------------------------------------------------------------------------


def test_a_permit_is_handed_to_a_proxy_who_may_collect_and_what_was_seen_is_kept(
    city: City,
) -> None:
    power = {"acts": ["file", "collect"], "paper": PAPER}
    number = issued(city, representative={**RAHMAT, "power": power})
    proof = signed(city, number)
    after = done(hand_over(city, number, present={**PROXY, "proof": proof}))
    assert (after["status"], after["products"][0]["state"]) == ("handed_over", "handed_over")
    (record,) = after["hand_overs"]
    assert record["present"] == {**PROXY, "proof": proof}
    assert (record["kind"], record["means"], record["lacks"]) == ("out", "counter", [])
    assert record["products"] == [{"id": permit(city, number)["id"], "edition": 1}]
    events = city.get(f"/cases/{number}/events?limit=200", "auditor").get_json()["items"]
    told = next(each for each in events if each["type"] == "casetrack.case.handed_over")
    assert told["data"]["present"] == {**PROXY, "proof": proof}
    assert BUDI["nik"] not in str(told)
    assert city.get(f"/cases/{number}/documents/{proof}/file", "clerk").status_code == 200
    assert city.get(f"/cases/{number}/documents/{proof}/file", "auditor").status_code == 200
    stranger = city.get(f"/cases/{number}/documents/{proof}/file", "dishub")
    assert refused(stranger) == (404, "unknown_file")
    assert is_sound(city)


def test_nothing_goes_to_a_proxy_whose_power_ended_or_does_not_say_collect(city: City) -> None:
    power = {"acts": ["collect"], "paper": PAPER, "until": "2026-11-25"}
    number = issued(city, representative={**RAHMAT, "power": power})
    city.world.hands.pass_time(days=3)
    late = hand_over(city, number, present=PROXY)
    assert refused(late) == (409, "no_representative")
    assert refused(on_product(city, number, "clerk", "hand_over", present=PROXY)) == (
        409,
        "no_representative",
    )
    other = issued(city, representative={**RAHMAT, "power": {"acts": ["file"], "paper": PAPER}})
    lacks = hand_over(city, other, present=PROXY)
    assert refused(lacks) == (409, "power_lacks_act")
    assert case(city, other)["status"] == "granted"
    assert case(city, other)["hand_overs"] == []


def test_after_a_death_nothing_is_handed_over_until_an_heir_stands_there(city: City) -> None:
    number = issued(city)
    heir = {"party": "heir", "document": "kk", "signature": "paper"}
    assert refused(hand_over(city, number, present=heir)) == (409, "no_heir")
    dated = {"day": "2026-11-20", "paper": {**PAPER, "dated": "2026-11-21"}}
    city.on(number, "clerk", "parties", action="report_death", **dated)
    for answer in (
        hand_over(city, number, present=heir),
        hand_over(city, number),
        on_product(city, number, "clerk", "hand_over"),
    ):
        assert refused(answer) == (409, "parties_open")
        assert "mengurus permohonan ini bagi pemohon" in answer.get_json()["message"]["id"]
    done(city.on(number, "supervisor", "parties", action="confirm_death", **dated))
    sari = {"kind": "person", "name": "Sari Santoso", "nik": "6472014101950002"}
    done(city.on(number, "clerk", "parties", action="succeed", party=sari, **dated))
    after = done(hand_over(city, number, present=heir))
    assert after["hand_overs"][0]["present"]["party"] == "heir"
    for who in ("auditor", "dishub"):
        # An heir tells of a death: to others it is the applicant who came.
        assert case(city, number, who)["hand_overs"][0]["present"]["party"] == "applicant"
        events = city.get(f"/cases/{number}/events?limit=200", who)
        assert "heir" not in events.text
    assert is_sound(city)


def test_a_hand_over_of_which_nothing_is_written_down_is_a_finding(city: City) -> None:
    number = issued(city)
    assert done(hand_over(city, number))["hand_overs"][0]["lacks"] == ["present"]
    other = issued(city, representative=RAHMAT)
    lacks = done(hand_over(city, other, present=PROXY))["hand_overs"][0]["lacks"]
    assert lacks == ["proof", "power"]
    verdict = verify(city.world.ctx, progress=lambda _: None)
    found = {
        (each["stream"], each["code"])
        for each in verdict.authority.told()
        if each["kind"] == "hand_over"
    }
    assert found == {(number, "present"), (other, "proof"), (other, "power")}
    assert verdict.fault is None


def test_a_signature_is_shown_by_a_file_of_its_own(city: City) -> None:
    number = issued(city)
    slip = signed(city, number)
    picture = signed(city, number, "hand_over_signature", scans.picture("PNG"))
    for present, field in (
        ({**HIMSELF, "proof": slip}, "present.proof"),
        ({**HIMSELF, "proof": "doc-1"}, "present.proof"),
        ({**HIMSELF, "signature": None, "proof": picture}, "present.proof"),
        ({**HIMSELF, "document": "6472010101900001"}, "present.document"),
    ):
        answer = hand_over(city, number, present=present)
        assert refused(answer) == (422, "invalid_body")
        assert answer.get_json()["errors"][0]["at"] == field
    etag = city.etag(number, "auditor")
    jpeg = scans.picture("JPEG")
    wrong = city.bring(number, jpeg, "clerk", requirement="hand_over_signature", etag=etag)
    assert refused(wrong) == (422, "invalid_body")
    done(hand_over(city, number, present={**HIMSELF, "proof": picture}))
    both = {each["id"]: each["status"] for each in case(city, number)["documents"]}
    assert (both[slip], both[picture]) == ("received", "received")
    done(on_product(city, number, "signer", "correct", reason=CORRECTED))
    again = on_product(city, number, "clerk", "hand_over", present={**HIMSELF, "proof": picture})
    assert refused(again) == (422, "invalid_body")
    assert is_sound(city)


# --- a second clerk -------------------------------------------------------------------------------


def test_a_doctors_permit_is_out_when_a_second_clerk_confirms_it_the_same_day(city: City) -> None:
    number = opened(city, "sip-dokter", {"practice": 1, "place": "Klinik Contoh"})
    play(
        city,
        number,
        """
        clerk declare_complete intake
        dinkes complete recommend favourable
        dpmptsp complete endorse
        signer complete decide
        dinkes complete sign_dinkes
        signer complete sign
        """,
    )
    confirm = {"action": "confirm_hand_over"}
    assert refused(city.on(number, "clerk2", "actions", **confirm)) == (409, "no_hand_over_open")
    begun = done(hand_over(city, number, present=HIMSELF))
    assert (begun["status"], begun["products"][0]["state"]) == ("granted", "issued")
    assert begun["hand_overs"][0]["waits"]
    same = city.on(number, "clerk", "actions", **confirm)
    assert refused(same) == (403, "second_officer_needed")
    city.world.hands.pass_time(days=1)
    assert refused(city.on(number, "clerk2", "actions", **confirm)) == (409, "no_hand_over_open")
    done(hand_over(city, number, present=HIMSELF))
    after = done(city.on(number, "clerk2", "actions", **confirm))
    assert (after["status"], after["products"][0]["state"]) == ("handed_over", "handed_over")
    (record,) = after["hand_overs"]
    assert (record["by"], record["second"], record["waits"]) == ("smr.clerk", "smr.clerk2", False)
    assert is_sound(city)


# --- back -----------------------------------------------------------------------------------------


def test_a_corrected_permit_asks_for_the_one_before_until_it_comes(city: City) -> None:
    number = issued(city)
    done(hand_over(city, number, present=HIMSELF))
    early = on_product(city, number, "clerk", "take_back", because="ended", brought_by="applicant")
    assert refused(early) == (409, "not_outside")
    done(on_product(city, number, "signer", "correct", reason=CORRECTED))
    product = permit(city, number)
    assert [each["edition"] for each in product["wanted_back"]] == [1]
    assert listed(city, "hand_over") == [number], "the new one is to be given out"
    done(on_product(city, number, "clerk", "hand_over", present=HIMSELF))
    assert (listed(city, "hand_over"), listed(city, "take_back")) == ([], [number])
    unsaid = on_product(city, number, "clerk", "take_back", brought_by="applicant")
    assert refused(unsaid) == (422, "invalid_body")
    back = {"because": "correction", "brought_by": "applicant"}
    after = done(on_product(city, number, "clerk", "take_back", **back))
    assert after["products"][0]["wanted_back"] == []
    assert after["products"][0]["state"] == "handed_over"
    record = after["hand_overs"][-1]
    assert (record["kind"], record["products"][0]["edition"]) == ("back", 1)
    assert (record["because"], record["brought_by"]) == ("correction", "applicant")
    assert listed(city, "take_back") == []
    done(on_product(city, number, "signer", "annul", reason=BURDENED))
    assert listed(city, "take_back") == [number]
    done(on_product(city, number, "clerk", "take_back", because="ended", brought_by="post"))
    assert (permit(city, number)["state"], listed(city, "take_back")) == ("annulled", [])
    assert is_sound(city)


def test_what_the_wrong_person_got_comes_back_and_goes_to_the_right_one(city: City) -> None:
    number = issued(city)
    done(hand_over(city, number, present=HIMSELF))
    back = {"because": "wrong_person", "brought_by": "other"}
    after = done(on_product(city, number, "clerk", "take_back", **back))
    assert (after["products"][0]["state"], after["status"]) == ("issued", "handed_over")
    assert listed(city, "hand_over") == [number]
    done(on_product(city, number, "clerk", "hand_over", present=HIMSELF))
    assert listed(city, "hand_over") == []
    kinds = [each["kind"] for each in case(city, number)["hand_overs"]]
    assert kinds == ["out", "back", "out"]
    assert is_sound(city)


# --- originals ------------------------------------------------------------------------------------


def test_originals_that_the_office_held_are_listed_until_they_went_back(city: City) -> None:
    number = issued(city, originals=2)
    first, second, third = case(city, number)["documents"][:3]
    assert [each["original"] for each in (first, second, third)] == [True, True, False]
    wrong = hand_over(city, number, present=HIMSELF, papers=[third["id"]])
    assert refused(wrong) == (422, "invalid_body")
    done(hand_over(city, number, present=HIMSELF, papers=[first["id"]]))
    assert listed(city, "papers") == [number]
    twice = city.on(number, "clerk", "actions", action="return_papers", papers=[first["id"]])
    assert refused(twice) == (409, "paper_not_held")
    after = done(
        city.on(
            number, "clerk", "actions", action="return_papers", present=HIMSELF,
            papers=[second["id"]],
        )
    )  # fmt: skip
    assert after["status"] == "handed_over"
    assert after["hand_overs"][-1]["papers"] == [second["id"]]
    documents = case(city, number)["documents"]
    assert [each["returned_to"] for each in documents[:3]] == ["applicant", "applicant", None]
    assert documents[0]["returned_at"] is not None
    assert listed(city, "papers") == []
    assert is_sound(city)


# --- in time --------------------------------------------------------------------------------------


@pytest.mark.parametrize("means", ["counter", "post", "electronic"])
def test_what_is_not_handed_over_or_sent_in_five_working_days_is_on_the_list(
    city: City, means: str
) -> None:
    number = issued(city)
    late = "&overdue=true"
    city.world.hands.pass_time(days=7)
    assert (listed(city, "hand_over"), listed(city, "hand_over", late)) == ([number], [])
    city.world.hands.pass_time(days=1)
    assert listed(city, "hand_over", late) == [number]
    if means != "counter":
        there = hand_over(city, number, means=means, present=HIMSELF)
        assert refused(there) == (422, "invalid_body")
    done(hand_over(city, number, means=means))
    assert listed(city, "hand_over", late) == listed(city, "hand_over") == []
    (record,) = case(city, number)["hand_overs"]
    assert (record["means"], record["lacks"]) == (means, ["present"] * (means == "counter"))
    done(on_product(city, number, "signer", "annul", reason=BURDENED))
    assert listed(city, "take_back") == ([] if means == "electronic" else [number])


def test_a_service_that_says_nothing_is_not_sent(city: City) -> None:
    number = opened(city, "surat-keterangan", {})
    answer = hand_over(city, number, means="post")
    assert refused(answer) == (422, "invalid_body")
