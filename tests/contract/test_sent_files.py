"""What is handed over as a file is received when the applicant opens it: recorded once, with its day."""

from typing import Any

from casetrack.usecases.proof.rebuild import rebuild
from tests.contract.test_product_papers import HEARD as HEARD
from tests.contract.test_story_of_a_hand_over import (
    case,
    done,
    hand_over,
    is_sound,
    on_product,
    permit,
)
from tests.contract.test_story_of_a_hand_over import city as city
from tests.contract.test_story_of_products import BILLBOARD, PAID, REVIEWED, WRITTEN, play
from tests.support import demo
from tests.support.papers import text_of
from tests.support.stories import BUDI, City
from tests.support.web import refused


def opened(city: City) -> dict[str, Any]:
    body = {
        "service": "izin-reklame",
        "facts": BILLBOARD,
        "applicant": BUDI,
        "documents": demo.documents("izin-reklame", BILLBOARD),
    }
    found: dict[str, Any] = city.open(body, "clerk")
    return found


def sent(city: City) -> tuple[str, str, str]:
    """A permit that was handed over as a file: the case's number, its access code, the permit's id."""
    made = opened(city)
    number = made["number"]
    play(city, number, REVIEWED + PAID + "signer complete sign")
    done(hand_over(city, number, means="electronic"))
    return number, made["access_code"], permit(city, number)["id"]


def open_file(city: City, number: str, code: str, product: str) -> Any:
    return city.post(f"/status/{number}/files/{product}", None, {"code": code})


def status_of(city: City, number: str, code: str) -> dict[str, Any]:
    found: dict[str, Any] = city.get(
        f"/status/{number}", headers={"X-Access-Code": code}
    ).get_json()
    return found


def events(city: City, number: str) -> list[dict[str, Any]]:
    found = city.get(f"/cases/{number}/events", "clerk").get_json()["items"]
    return [each for each in found if each["type"].endswith("file_opened")]


def test_the_applicant_opens_it_with_the_code_and_the_first_time_is_recorded(city: City) -> None:
    number, code, product = sent(city)
    (file,) = status_of(city, number, code)["files"]
    assert (file["id"], file["opened_at"]) == (product, None)
    assert "files" not in city.get(f"/status/{number}").get_json()
    assert refused(open_file(city, number, "AAAA-AAAA", product)) == (404, "unknown_case")
    assert refused(open_file(city, number, code, "SMR-AAAA-AAAA-AAAA")) == (404, "unknown_file")
    assert events(city, number) == []
    answer = open_file(city, number, code, product)
    assert answer.status_code == 200, answer.text
    assert "IZIN PENYELENGGARAAN REKLAME" in text_of(answer.data)
    (file,) = status_of(city, number, code)["files"]
    assert file["opened_at"] is not None
    assert open_file(city, number, code, product).status_code == 200
    (event,) = events(city, number)
    assert event["actor"]["id"] == "status"
    (record,) = case(city, number)["hand_overs"]
    assert record["products"][0]["opened_at"] == file["opened_at"]
    before = case(city, number)
    assert list(rebuild(city.world.ctx, None, lambda _: None)) == []
    assert case(city, number) == before
    assert is_sound(city)


def test_what_went_over_the_counter_is_no_file_that_could_be_opened(city: City) -> None:
    made = opened(city)
    number, code = made["number"], made["access_code"]
    play(city, number, REVIEWED + PAID + "signer complete sign")
    product = permit(city, number)["id"]
    assert refused(open_file(city, number, code, product)) == (404, "unknown_file")
    present = {"party": "applicant", "document": "ktp"}
    done(hand_over(city, number, present=present))
    assert refused(open_file(city, number, code, product)) == (404, "unknown_file")
    assert "files" not in status_of(city, number, code)


def test_the_days_to_object_count_from_the_day_on_which_it_was_opened(city: City) -> None:
    made = opened(city)
    number, code = made["number"], made["access_code"]
    play(city, number, REVIEWED)
    etag = city.etag(number, "auditor")
    answer = city.act(number, "signer", "refuse", "decide", etag=etag, written=WRITTEN)
    assert answer.status_code == 200, answer.text
    (letter,) = [each for each in case(city, number)["products"] if each["state"] == "draft"]
    door = f"products/{letter['id']}/actions"
    done(city.on(number, "signer", door, action="sign"))
    done(hand_over(city, number, means="electronic"))
    said = status_of(city, number, code)["objection"]
    assert (said["reached"], said["until"]) == (None, None), "that it was sent proves nothing"
    city.world.hands.pass_time(days=2)
    assert open_file(city, number, code, letter["id"]).status_code == 200
    said = status_of(city, number, code)["objection"]
    assert said["reached"] == "2026-11-25"
    assert said["until"] is not None
    objection = city.open(
        {
            "service": "keberatan",
            "applicant": BUDI,
            "documents": [{"requirement": "surat-keberatan"}],
            "links": [{"kind": "objection_to", "number": number}],
        },
        "clerk",
    )
    assert objection["review"]["reached"] == "2026-11-25"
    assert objection["review"]["in_time"] is True
    assert is_sound(city)


def test_the_page_has_a_form_that_opens_it_and_never_the_code(city: City) -> None:
    number, code, product = sent(city)
    client = city.flask.test_client()
    page = client.post("/status", data={"number": number, "code": code}).text
    assert "Buka berkas" in page
    assert "batas waktu keberatan dihitung sejak itu" in page
    assert code not in page
    form = {"number": number, "code": code, "product": product}
    wrong = client.post("/status/berkas", data={**form, "code": "AAAA-AAAA"})
    assert wrong.status_code == 404
    assert "text/html" in wrong.content_type
    assert events(city, number) == []
    answer = client.post("/status/berkas", data=form)
    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    page = client.post("/status", data={"number": number, "code": code}).text
    assert "Anda membuka berkas ini pada" in page
    assert len(events(city, number)) == 1


def test_a_correction_is_opened_anew(city: City) -> None:
    number, code, product = sent(city)
    assert open_file(city, number, code, product).status_code == 200
    why = {
        "ground": "substance",
        "instrument": {"number": "503/12/2026", "dated": "2026-11-20"},
        "found_on": "2026-11-20",
        "written": {"values": {"ketentuan": "Dibongkar 30 hari setelah berakhir."}},
    }
    done(on_product(city, number, "signer", "correct", reason=why))
    assert refused(open_file(city, number, code, product)) == (404, "unknown_file")
    done(on_product(city, number, "clerk", "hand_over", means="electronic"))
    (file,) = status_of(city, number, code)["files"]
    assert file["opened_at"] is None
    assert open_file(city, number, code, product).status_code == 200
    assert len(events(city, number)) == 2
    assert is_sound(city)
