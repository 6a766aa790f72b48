"""Verifying a product: what anybody learns, what the check word adds, and that guessing ends."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import text

from casetrack.domain.authority.signature_block import DatedProfile, Profile
from casetrack.domain.region.region_data import RegionData
from casetrack.domain.service.definition import FactDefinition
from casetrack.usecases.case.verification import check_word
from casetrack.usecases.people import subjects
from casetrack.usecases.proof.verify import verify
from tests.support import many_machines, plans
from tests.support.erasing import erase
from tests.support.products import APPLICATION, PERMIT, drawing_up, first_product, licence
from tests.support.web import APPLICANT, Web, problem, refused
from tests.support.world import World, samarinda, same, surabaya

NUMBERED = replace(PERMIT, endorsed_by=())
NUMBER = "503/123/DPMPTSP/2026"
FACTS = (
    FactDefinition("width_cm", same("Lebar"), "integer", public=True),
    FactDefinition("place", same("Letak"), "text", required=False, public=True),
    FactDefinition("remark", same("Keterangan"), "text", required=False),
)
GIVEN = {"width_cm": 400, "place": "Jl. Awang Long", "remark": "rahasia"}
ANYBODY = {"issuer", "validity", "label", "since", "valid_until", "corrected"}
PRINTED = {"number", "dated", "service", "product", "facts", "signatures", "certificate"}
JUDGMENT = {
    "ground": "authority",
    "by": "court",
    "instrument": {"number": "12/G/2026", "dated": "2026-11-20", "issuer": "PTUN Samarinda"},
    "found_on": "2026-11-20",
}
SERVICE = replace(licence(NUMBERED), facts=FACTS)


def away() -> RegionData:
    """Another region with the same service."""
    steps = [step for step in SERVICE.steps if step.id != "look"]
    steps = [replace(step, after=tuple(set(step.after) - {"look"})) for step in steps]
    printed = DatedProfile("sby.officer", date(2020, 1, 1), Profile("Rini, S.H."))
    service = replace(SERVICE, steps=tuple(steps))
    return replace(surabaya(), services=(service,), profiles=(printed,))


@pytest.fixture
def web(database_url: str, tmp_path: Path) -> Iterator[Web]:
    """Two cities whose permits other registers number."""
    city = drawing_up(samarinda(), SERVICE)
    beside = replace(SERVICE, id="izin-lain", letters="IZL")
    regions = (replace(city, services=(*city.services, beside)), away())
    world = World.make(database_url, tmp_path, regions_=regions)
    yield Web(world)
    world.close()


def act(web: Web, case: str, who: str, action: str, reader: str = "audit", **said: Any) -> None:
    product = first_product(web, case, reader)["id"]
    door, etag = f"/cases/{case}/products/{product}/actions", web.etag(case, reader)
    answer = web.post(door, who, {"action": action, **said}, etag=etag)
    assert answer.status_code == 200, answer.text


def drawn(web: Web, nik: str = APPLICANT["nik"], service: str = SERVICE.id) -> str:
    """A case whose permit is a draft."""
    applicant = {**APPLICANT, "nik": nik}
    body = {**APPLICATION, "service": service, "facts": GIVEN, "applicant": applicant}
    number = str(web.open(body)["number"])
    web.play(number, "dewi declare_complete intake\nhadi complete decide")
    return number


def issued(web: Web, number: str = NUMBER, service: str = SERVICE.id) -> tuple[str, str, str]:
    """A permit with this number: its case, its public id and its check word."""
    case = drawn(web, service=service)
    act(web, case, "hadi", "sign")
    act(web, case, "dewi", "issue", number=number)
    product = str(first_product(web, case)["id"])
    return case, product, check_word(web.world.ctx, product)


def asked(web: Web, what: str, **query: str) -> dict[str, Any]:
    told = "&".join(f"{name}={quote(value)}" for name, value in query.items())
    answer = web.get(f"/verify/{what}{'?' + told if told else ''}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    found: dict[str, Any] = answer.get_json()
    return found


def compared(web: Web, what: str, name: str, word: str | None = None) -> str:
    body = {"name": name, "k": word}
    answer = web.post(f"/verify/{what}", None, body)
    assert answer.status_code == 200, answer.text
    return str(answer.get_json()["name"])


def test_without_the_check_word_anybody_learns_issuer_state_and_validity_alone(web: Web) -> None:
    _, product, _ = issued(web)
    for what in (product, product.lower().replace("-", ""), NUMBER):
        found = asked(web, what)
        assert (found["known"], found["check_word"]) == (True, "not_given")
        (one,) = found["products"]
        assert set(one) == ANYBODY
        assert (one["validity"], one["since"]) == ("valid", None)
        assert one["valid_until"] == "2028-11-22"
        assert one["issuer"]["region"]["id"] == "Samarinda"


@pytest.mark.parametrize(
    "typed",
    [
        "503%2F123%2FDPMPTSP%2F2026",
        "503/123/dpmptsp/2026",
        "503-123-DPMPTSP-2026",
        "503%20/%20123%20/%20Dpmptsp%20/%202026",
        "No.%20503/123/DPMPTSP/2026",
        "503123DPMPTSP2026",
    ],
)
def test_a_number_is_found_as_people_write_it(web: Web, typed: str) -> None:
    issued(web)
    assert asked(web, typed)["known"] is True


def test_marks_between_digits_part_one_number_from_another(web: Web) -> None:
    issued(web)
    for other in ("5/03/123/DPMPTSP/2026", "503/12/3/DPMPTSP/2026", "503/124/DPMPTSP/2026"):
        assert asked(web, other) == {**asked(web, "tidak-ada"), "known": False}


def test_nobody_hears_of_a_product_that_is_not_issued(web: Web) -> None:
    case = drawn(web)
    product = first_product(web, case)["id"]
    word = check_word(web.world.ctx, product)
    assert asked(web, product, k=word)["known"] is False
    act(web, case, "hadi", "sign")
    found = asked(web, product, k=word)
    assert (found["known"], found["products"], found["check_word"]) == (False, [], "does_not_fit")


def test_the_check_word_opens_what_is_printed_and_no_word_about_the_applicant(web: Web) -> None:
    _, product, word = issued(web)
    found = asked(web, product, k=f" {word[:4]}-{word[4:].lower()}")
    (one,) = found["products"]
    printed = one["printed"]
    assert (set(printed), found["check_word"]) == (PRINTED, "fits")
    assert (printed["number"], printed["dated"]) == (NUMBER, "2026-11-23")
    assert printed["service"]["id"] == "Izin Praktik"
    told = [(each["id"], each["type"], each["value"]) for each in printed["facts"]]
    assert told == [("width_cm", "integer", 400), ("place", "text", "Jl. Awang Long")]
    (signed,) = printed["signatures"]
    assert (signed["name"], signed["on"]) == ("Hadi, S.H.", "2026-11-23")
    assert signed["office"]
    assert printed["certificate"]["kind"] == "none"
    assert "Tanpa tanda tangan elektronik" in printed["certificate"]["label"]["id"]
    said = str(found)
    assert not [
        each for each in (*APPLICANT.values(), "rahasia") if str(each) in said and each != "id"
    ]


def test_a_wrong_check_word_opens_nothing_and_one_of_another_product_neither(web: Web) -> None:
    _, product, _ = issued(web)
    _, other, word = issued(web, "503/124/DPMPTSP/2026")
    for wrong in ("WRONGWRO", word):
        found = asked(web, product, k=wrong)
        assert found["check_word"] == "does_not_fit"
        assert set(found["products"][0]) == ANYBODY
    assert asked(web, other, k=word)["check_word"] == "fits"


def test_a_file_of_which_nothing_is_kept_is_not_guessed_at(web: Web) -> None:
    _, product, _ = issued(web)
    found = asked(web, product, sha256="ab" * 32)
    assert found["file"] == "cannot_be_compared"
    assert set(found["products"][0]) == ANYBODY
    assert refused(web.get(f"/verify/{product}?sha256=xyz")) == (422, "invalid_query")


def test_a_name_is_compared_without_titles_capitals_and_blanks(web: Web) -> None:
    _, product, word = issued(web)
    for name in ("Budi Santoso", "  BUDI   santoso ", "Drs. Budi Santoso, M.Si."):
        assert compared(web, product, name, word) == "agrees"
    for name in ("Budi", "Santoso Budi", "Siti Aminah"):
        assert compared(web, product, name, word) == "does_not_agree"
    assert compared(web, product, "Budi Santoso") == "needs_check_word"
    assert compared(web, product, "Budi Santoso", "WRONGWRO") == "needs_check_word"


def test_names_are_slowed_like_guesses_and_the_right_one_soon_passes_again(web: Web) -> None:
    _, product, word = issued(web)
    answers = []
    for turn in range(8):
        body = {"name": f"Nama {turn}", "k": word}
        answers.append(web.post(f"/verify/{product}", None, body).status_code)
        # To know the rest of it does not begin the count anew.
        asked(web, product, k=word)
    assert answers == [200] * 5 + [429] * 3
    held = web.post(f"/verify/{product}", None, {"name": "Budi Santoso", "k": word})
    assert problem(held) == "too_many_guesses"
    assert "Budi" not in held.text
    web.world.hands.pass_time(seconds=int(held.headers["Retry-After"]) + 1)
    assert compared(web, product, "Budi Santoso", word) == "agrees"


def test_check_words_are_slowed_at_one_product_and_numbers_over_all(web: Web) -> None:
    _, product, word = issued(web)
    tried = [web.get(f"/verify/{product}?k=WRONG{n:03d}").status_code for n in range(7)]
    assert tried == [200] * 5 + [429] * 2
    assert web.get(f"/verify/{product}?k={word}").status_code == 429
    assert asked(web, product)["known"] is True
    web.world.hands.pass_time(minutes=16)
    assert asked(web, product, k=word)["check_word"] == "fits"
    walked = [web.get(f"/verify/503/{n}/X/2025").status_code for n in range(40)]
    assert walked == [200] * 30 + [429] * 10
    # Known or not alike, so that the wait says nothing.
    held = web.get(f"/verify/{NUMBER}")
    assert (held.status_code, int(held.headers["Retry-After"]) <= 15) == (429, True)


def test_guesses_at_products_hold_up_no_access_code_of_the_same_address(web: Web) -> None:
    case = web.open({**APPLICATION, "facts": GIVEN})
    door = f"/status/{case['number']}?code={case['access_code']}"
    tried = [web.get(f"/verify/503/{n}/X/2025").status_code for n in range(40)]
    assert tried.count(429) == 10
    assert web.get(door).status_code == 200
    # Nor the other way round; and guesses of each kind still count.
    codes = [web.get(f"/status/{case['number']}?code=WRONG{n:03d}").status_code for n in range(9)]
    assert 429 in codes
    assert web.get("/verify/503/1/X/2025").status_code == 429
    web.world.hands.pass_time(minutes=16)
    assert web.get(door).status_code == 200


def test_an_annulled_product_says_since_when_and_not_why(web: Web) -> None:
    case, product, word = issued(web)
    act(web, case, "wati", "annul", reason=JUDGMENT)
    found = asked(web, product, k=word)
    (one,) = found["products"]
    assert (one["validity"], one["since"]) == ("annulled", "2026-11-23")
    assert "PTUN" not in str(found)
    assert "tidak berlaku" in found["advice"]["id"]


def test_a_product_is_expired_from_the_day_behind_its_last_before_any_clock_says_so(
    web: Web,
) -> None:
    _, product, _ = issued(web)
    web.world.hands.pass_time(days=2 * 365)
    assert asked(web, product)["products"][0]["validity"] == "valid"
    web.world.hands.pass_time(days=1)
    (one,) = asked(web, product)["products"]
    assert (one["validity"], one["since"]) == ("expired", "2028-11-23")


def test_a_number_that_two_permits_have_shows_both_and_the_word_opens_its_own(web: Web) -> None:
    _, _, word = issued(web)
    issued(web, service="izin-lain")
    found = asked(web, NUMBER, k=word)
    assert sorted("printed" in each for each in found["products"]) == [False, True]
    assert verify(web.world.ctx, progress=lambda _: None).fault is None


def test_one_number_in_two_regions_names_both_issuers(web: Web) -> None:
    _, _, word = issued(web)
    clerk, officer, reader = "sby.clerk", "sby.officer", "sby.audit"
    body = {**APPLICATION, "facts": GIVEN, "applicant": APPLICANT}
    case = str(web.open(body, clerk)["number"])
    for who, action, step in (
        (clerk, "declare_complete", "intake"),
        (officer, "complete", "decide"),
    ):
        done = web.act(case, who, action, step, etag=web.etag(case, reader))
        assert done.status_code == 200, done.text
    act(web, case, officer, "sign", reader)
    act(web, case, clerk, "issue", reader, number=NUMBER)
    found = asked(web, NUMBER, k=word)["products"]
    regions = {each["issuer"]["region"]["id"]: "printed" in each for each in found}
    assert regions == {"Samarinda": True, "Surabaya": False}
    theirs = first_product(web, case, reader)["id"]
    (one,) = asked(web, theirs, k=check_word(web.world.ctx, theirs))["products"]
    assert one["printed"]["signatures"][0]["name"] == "Rini, S.H."


def test_the_public_id_of_another_region_s_letters_is_not_known(web: Web) -> None:
    _, product, word = issued(web)
    assert product.startswith("SMR-")
    assert asked(web, f"SBY{product[3:]}", k=word)["known"] is False


def test_the_page_says_the_same_in_both_languages_and_nobody_keeps_it(web: Web) -> None:
    _, product, word = issued(web)
    client = web.flask.test_client()
    shown = client.get(f"/verifikasi/{product}?k={word}")
    assert (shown.status_code, shown.headers["Cache-Control"]) == (200, "no-store")
    assert shown.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert 'name="robots" content="noindex' in shown.text
    for said in (NUMBER, "Berlaku", "Jl. Awang Long", "Hadi, S.H.", "Tanpa tanda tangan"):
        assert said in shown.text
    assert "Budi" not in shown.text
    english = client.get(f"/verifikasi/{NUMBER}?lang=en")
    assert "Valid until" in english.text
    assert "Hadi" not in english.text
    pasted = f"https://izin.example.id/verifikasi/{product}?k={word}"
    assert "Hadi, S.H." in client.post("/verifikasi", data={"number": pasted}).text
    assert "Tidak dikenal" in client.get("/verifikasi/503/9/X/2020").text
    assert "Aslikah" in client.get("/verifikasi").text


def test_the_name_on_the_page_stands_in_no_answer_address_or_log(
    web: Web, caplog: pytest.LogCaptureFixture
) -> None:
    _, product, word = issued(web)
    caplog.set_level(logging.DEBUG)
    client = web.flask.test_client()
    for name, said in (("Budi Santoso", ": cocok"), ("Sri Wahyuni", "tidak cocok")):
        data = {"number": product, "k": word, "name": name}
        shown = client.post("/verifikasi?lang=id", data=data)
        assert said in shown.text
        assert name not in shown.text
        assert name not in caplog.text
    for _ in range(8):
        last = client.post("/verifikasi", data={"number": product, "k": word, "name": "Sri"})
    assert (last.status_code, "Terlalu banyak" in last.text) == (429, True)
    assert int(last.headers["Retry-After"]) > 0


def test_a_product_is_found_by_index_whatever_it_is_asked_by(web: Web) -> None:
    _, product, word = issued(web)
    with plans.recorded() as found:
        asked(web, product, k=word)
        asked(web, NUMBER)
    statements = {
        each: values for each, values in found.items() if "products.printed_number" in each
    }
    assert len(statements) == 2
    with web.world.app.database.read() as connection:
        if connection.dialect.name == "postgresql":
            # A planner rightly reads a table of one row as a whole.
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        for statement, values in statements.items():
            # Regions are few: to begin with them is no walk.
            assert plans.scanned(connection, statement, values) <= {"regions"}, statement
            assert many_machines.faults(statement) == []


def test_once_the_holder_is_erased_no_name_is_compared_and_no_signer_named(web: Web) -> None:
    case, product, word = issued(web)
    (holder,) = subjects.by_case(web.world.ctx, case)
    erase(web.world, holder)
    assert compared(web, product, "Budi Santoso", word) == "cannot_be_compared"
    (one,) = asked(web, product, k=word)["products"]
    assert [each["id"] for each in one["printed"]["facts"]] == ["width_cm"]
    (signed,) = one["printed"]["signatures"]
    assert (signed["name"], bool(signed["office"])) == (None, True)
