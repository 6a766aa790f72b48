"""Products of cases: whose turn it is, what is printed and who reads it, their end, their numbers."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from casetrack.domain.authority.signature_block import DatedProfile, Profile
from casetrack.domain.errors import BadInput
from casetrack.domain.service.definition import (
    Condition,
    FactDefinition,
    ProductDefinition,
    StepDefinition,
    Validity,
)
from casetrack.storage import schema
from casetrack.storage.case import case_events
from casetrack.usecases.case.expiring_products import expire_once
from casetrack.usecases.people.officer_profiles import enter_profile, forget_profile
from casetrack.usecases.proof import rebuild
from casetrack.usecases.proof.verify import verify
from casetrack.usecases.region import loading
from tests.support.commands import run_command
from tests.support.products import (
    APPLICATION,
    PERMIT,
    REFUSAL,
    decided,
    drawing_up,
    first_product,
    licence,
)
from tests.support.web import Web, at_once
from tests.support.world import (
    SAMARINDA,
    World,
    environment_for,
    samarinda,
    same,
    surabaya,
)

#: Numbered by the region once it is signed, and issued with the signature.
NUMBERED = replace(
    PERMIT, endorsed_by=(), numbered="after_signing", pattern="surat", validity=Validity("days", 3)
)
CARD = replace(NUMBERED, id="kartu", kind="card")
COURT = {
    "ground": "authority",
    "by": "court",
    "instrument": {"number": "12/G/2026", "dated": "2026-11-20", "issuer": "PTUN Samarinda"},
    "found_on": "2026-11-20",
}


def made(url: str, folder: Path, *products: ProductDefinition) -> World:
    regions = (drawing_up(samarinda(), licence(*products)), surabaya())
    return World.make(url, folder, regions_=regions)


@pytest.fixture
def web(database_url: str, tmp_path: Path) -> Iterator[Web]:
    """Endorsed by a division, numbered from outside."""
    world = made(database_url, tmp_path)
    yield Web(world)
    world.close()


@pytest.fixture
def numbered(database_url: str, tmp_path: Path) -> Iterator[Web]:
    """Numbered by the region, with a card beside the permit."""
    world = made(database_url, tmp_path, NUMBERED, CARD, REFUSAL)
    yield Web(world)
    world.close()


def on(web: Web, case: str, who: str, action: str, status: int = 200, **said: Any) -> Any:
    """An act on the first product of a case; gives the answer."""
    product = said.pop("product", None) or first_product(web, case)["id"]
    door = f"/cases/{case}/products/{product}/actions"
    answer = web.post(door, who, {"action": action, **said}, etag=web.etag(case))
    assert answer.status_code == status, answer.text
    return answer.get_json()


def products(web: Web, number: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = web.get(f"/cases/{number}", "audit").get_json()["products"]
    return found


def fault(web: Web) -> Any:
    return verify(web.world.ctx, progress=lambda _: None).fault


def handed_over(web: Web) -> str:
    """A case whose two products were signed and handed over."""
    number = decided(web)
    web.play(number, "hadi complete sign\ndewi hand_over")
    return number


# --- whose turn it is -----------------------------------------------------------------------------


def test_nobody_signs_what_is_not_endorsed_and_only_the_position_endorses(web: Web) -> None:
    number = decided(web)
    assert on(web, number, "hadi", "sign", 409)["code"] == "not_endorsed"
    assert web.act(number, "hadi", "complete", "sign").get_json()["code"] == "not_endorsed"
    refused = on(web, number, "hadi", "endorse", 403)
    assert (refused["code"], refused["position"]) == ("position_not_held", "kasubbag")
    on(web, number, "paraf", "endorse")
    assert on(web, number, "paraf", "endorse", 409)["code"] == "product_state"
    assert fault(web) is None


def test_a_new_draft_voids_the_endorsements_and_is_another_one(web: Web) -> None:
    number = decided(web)
    old = first_product(web, number)["draft"]["hash"]
    on(web, number, "paraf", "endorse", draft=old)
    body = {"product": "izin", "written": {"values": {"syarat": "Pukul 08.00 sampai 16.00."}}}
    drawn = web.post(f"/cases/{number}/products", "hadi", body, etag=web.etag(number))
    assert drawn.status_code == 201, drawn.text
    new = first_product(web, number)
    assert (new["state"], new["endorsements"], new["next_endorser"]) == ("draft", [], "kasubbag")
    assert on(web, number, "paraf", "endorse", 409, draft=old)["draft"] == new["draft"]["hash"]
    on(web, number, "paraf", "endorse", draft=new["draft"]["hash"])
    on(web, number, "hadi", "sign", draft=new["draft"]["hash"])
    again = web.post(f"/cases/{number}/products", "hadi", body, etag=web.etag(number))
    assert again.get_json()["code"] == "product_state"
    assert fault(web) is None


def test_who_is_not_entered_cannot_be_printed_and_does_not_sign(web: Web) -> None:
    number = decided(web)
    on(web, number, "paraf", "endorse")
    assert forget_profile(web.world.ctx, SAMARINDA, "smr.hadi", by="rina") == 1
    assert on(web, number, "hadi", "sign", 409)["code"] == "signer_unnamed"
    entered = DatedProfile("smr.hadi", date(2026, 11, 1), Profile("Hadi, M.Si.", nip="1" * 18))
    enter_profile(web.world.ctx, SAMARINDA, entered, by="rina")
    on(web, number, "hadi", "sign")
    forget_profile(web.world.ctx, SAMARINDA, "smr.hadi", by="rina")
    path = f"/cases/{number}/products/{first_product(web, number)['id']}"
    (block,) = web.get(path, "dewi").get_json()["content"]["signatures"]
    assert block["officer"] == ["Hadi, M.Si.", "NIP " + "1" * 18]
    assert fault(web) is None


def test_a_profile_that_cannot_be_printed_is_refused(web: Web) -> None:
    for profile in (Profile("Hadi", nip="123"), Profile("...")):
        entered = DatedProfile("smr.hadi", date(2026, 11, 1), profile)
        with pytest.raises(BadInput):
            enter_profile(web.world.ctx, SAMARINDA, entered, by="rina")


def test_a_command_keeps_and_erases_how_an_officer_is_printed_and_leaves_its_trace(
    web: Web,
) -> None:
    words = ["officer", "profile", "smr.hadi", "--operator", "rina"]
    said = ["--name", "Hadi, M.Si.", "--rank", "Pembina", "--nip", "19820304 200604 1 002"]
    environment = environment_for(web.world.app.settings.database_url, web.world.mail.parent)
    kept = run_command(environment, [*words, *said, "--since", "2026-11-23"])
    assert (kept.exit_code, kept.output) == (0, "smr.hadi is printed so from 2026-11-23 on.\n")
    nameless = run_command(environment, words)
    assert (nameless.exit_code, "--name is missing" in nameless.output) == (2, True)
    erased = run_command(environment, [*words, "--erase"])
    assert erased.output == "smr.hadi: 2 erased.\n"
    listed = web.get("/administration", "audit").get_json()["items"]
    told = [(each["type"].rpartition(".")[2], each["data"]) for each in listed]
    told = [each for each in told if "profile" in each[0]]
    assert told == [
        ("officer_profile_erased", {"login": "smr.hadi"}),
        ("officer_profile_entered", {"login": "smr.hadi", "since": "2026-11-23"}),
    ]
    assert fault(web) is None


def test_a_number_from_outside_is_said_when_it_is_issued_and_holds_the_hand_over_until_then(
    web: Web,
) -> None:
    number = decided(web)
    on(web, number, "paraf", "endorse")
    on(web, number, "hadi", "sign")
    assert first_product(web, number)["state"] == "signed"
    waits = web.act(number, "dewi", "hand_over").get_json()
    assert (waits["code"], waits["products"]) == ("not_issued", [first_product(web, number)["id"]])
    on(web, number, "dewi", "issue", number="440/7/2026")
    product = first_product(web, number)
    assert (product["number"], product["valid_until"]) == ("440/7/2026", "2028-11-22")
    web.play(number, "dewi hand_over")
    assert fault(web) is None


def test_what_does_not_belong_to_an_act_is_refused_and_not_lost(web: Web) -> None:
    number = decided(web)
    for action, said in (
        ("endorse", {"number": "440/1"}),
        ("sign", {"dated": "2026-11-23"}),
        ("sign", {"reason": COURT}),
        ("revoke", {"reason": COURT, "valid_until": "2026-11-23"}),
    ):
        refused = on(web, number, "wati" if action == "revoke" else "hadi", action, 422, **said)
        assert refused["code"] == "invalid_body", action
        assert refused["errors"][0]["message"] == f"{action} takes none"


# --- who reads it, and what stands in events -------------------------------------------------------


def test_the_text_is_for_who_decides_or_reads_persons_in_full_and_the_look_is_recorded(
    web: Web,
) -> None:
    number = decided(web)
    path = f"/cases/{number}/products/{first_product(web, number)['id']}"
    reads = {
        who: web.get(path, who).get_json()["content"] is not None
        for who in ("dewi", "hadi", "wati", "rudi", "audit")
    }
    assert reads == {"dewi": True, "hadi": True, "wati": True, "rudi": False, "audit": False}
    assert web.get(path, "tono").status_code == 404
    looks = web.get(f"/cases/{number}/readings", "audit").get_json()["items"]
    assert {each["officer"] for each in looks} >= {"smr.dewi", "smr.hadi", "smr.wati"}


def test_no_event_holds_a_word_of_the_text_or_the_name_of_who_signs(web: Web) -> None:
    number = decided(web)
    body = {"product": "izin", "written": {"values": {"syarat": "Hanya di Jalan Mawar."}}}
    web.post(f"/cases/{number}/products", "hadi", body, etag=web.etag(number))
    on(web, number, "paraf", "endorse")
    on(web, number, "hadi", "sign")
    with web.world.database.read() as connection:
        rows = case_events.stream_events(connection, SAMARINDA, number, after=0, limit=100)
    said = "".join(row.body for row in rows)
    for word in ("Mawar", "Budi", "Hadi, S.H.", "IZIN PRAKTIK"):
        assert word not in said
    assert "product.signed" not in said  # the signature granted the case: one act, one event
    assert '"type":"casetrack.product.endorsed"' in said


# --- several of one case ---------------------------------------------------------------------------


def test_a_signing_step_signs_all_drafts_and_the_hand_over_gives_out_all(numbered: Web) -> None:
    web = numbered
    number = decided(web)
    web.play(number, "hadi complete sign")
    found = {each["product"]: (each["state"], each["number"]) for each in products(web, number)}
    assert found == {
        "izin": ("issued", found["izin"][1]),
        "kartu": ("issued", found["kartu"][1]),
    }
    assert {number for _, number in found.values()} == {"001/DPMPTSP/2026", "002/DPMPTSP/2026"}
    unclear = web.post(
        f"/cases/{number}/product/actions",
        "wati",
        {"action": "revoke", **COURT},
        etag=web.etag(number),
    )
    assert (unclear.status_code, unclear.get_json()["code"]) == (409, "product_unclear")
    web.play(number, "dewi hand_over")
    assert {each["state"] for each in products(web, number)} == {"handed_over"}
    assert fault(web) is None


def test_one_product_is_revoked_and_the_other_stays(numbered: Web) -> None:
    web = numbered
    number = handed_over(web)
    case = on(web, number, "wati", "revoke", reason=COURT)
    assert [each["state"] for each in case["products"]] == ["revoked", "handed_over"]
    assert (case["status"], case["product"]["product"]) == (
        "handed_over",
        case["products"][0]["id"],
    )
    assert on(web, number, "wati", "annul", 409, reason=COURT)["status_now"] == "revoked"


def test_what_counts_no_more_is_not_handed_over(web: Web) -> None:
    number = decided(web)
    on(web, number, "paraf", "endorse")
    on(web, number, "hadi", "sign")
    on(web, number, "hadi", "issue", number="440/9/2026")
    on(web, number, "wati", "revoke", reason=COURT)
    body = {"action": "hand_over"}
    answer = web.post(f"/cases/{number}/actions", "dewi", body, etag=web.etag(number))
    said = answer.get_json()
    assert (answer.status_code, said["code"]) == (409, "nothing_to_hand_over"), answer.text
    assert said["products"] == [first_product(web, number)["id"]]
    step = web.act(number, "hadi", "complete", "hand_over")
    assert (step.status_code, step.get_json()["status_now"]) == (409, "cancelled"), step.text
    assert web.get(f"/cases/{number}", "dewi").get_json()["status"] == "granted"


def test_the_old_door_means_the_only_product(web: Web) -> None:
    number = decided(web)
    on(web, number, "paraf", "endorse")
    on(web, number, "hadi", "sign")
    on(web, number, "hadi", "issue", number="440/8/2026")
    body = {"action": "annul", **COURT}
    answer = web.post(f"/cases/{number}/product/actions", "wati", body, etag=web.etag(number))
    assert answer.status_code == 200, answer.text
    assert first_product(web, number)["state"] == "annulled"


def test_what_is_signed_one_by_one_completes_the_step_with_the_last(numbered: Web) -> None:
    web = numbered
    number = decided(web)
    first, second = (each["id"] for each in products(web, number))
    case = on(web, number, "hadi", "sign", product=second)
    assert (case["status"], case["waiting_for"]) == ("in_progress", "signature")
    case = on(web, number, "hadi", "sign", product=first)
    assert case["status"] == "granted"
    versions = [each["signatures"][0]["version"] for each in case["products"]]
    assert len(set(versions)) == 2
    assert fault(web) is None


def test_drafts_come_to_nothing_when_the_case_is_withdrawn(numbered: Web) -> None:
    web = numbered
    number = decided(web)
    web.play(number, "dewi withdraw")
    assert {each["state"] for each in products(web, number)} == {"voided"}
    assert fault(web) is None


def test_a_signature_whose_step_is_no_part_of_the_case_is_not_waited_for(
    database_url: str, tmp_path: Path
) -> None:
    fact = FactDefinition("beds", same("Tempat tidur"), "integer")
    plain = licence(replace(NUMBERED, signatures=("sign_dlh", "sign")))
    first = StepDefinition(
        "sign_dlh",
        same("Tanda tangan DLH"),
        "dlh",
        "sign",
        after=("decide",),
        when=Condition("beds", at_least=10),
    )
    steps = tuple(
        replace(step, after=("decide", "sign_dlh")) if step.id == "sign" else step
        for step in plain.steps
    )
    service = replace(plain, facts=(fact,), steps=(*steps, first))
    world = World.make(
        database_url, tmp_path, regions_=(drawing_up(samarinda(), service), surabaya())
    )
    web = Web(world)
    rudi = DatedProfile("smr.rudi", date(2020, 1, 1), Profile("Rudi, S.H."))
    enter_profile(world.ctx, SAMARINDA, rudi, by="rina")
    for beds, waits in ((3, "sign"), (30, "sign_dlh")):
        number = str(web.open({**APPLICATION, "facts": {"beds": beds}})["number"])
        web.play(number, "dewi declare_complete intake\nhadi complete decide")
        assert products(web, number)[0]["next_signature"] == waits
        if waits == "sign_dlh":
            assert on(web, number, "hadi", "sign", 403)["code"] == "not_your_agency"
            on(web, number, "rudi", "sign")
        web.play(number, "hadi complete sign")
        assert products(web, number)[0]["state"] == "issued"
    assert fault(web) is None
    world.close()


def test_a_refusal_voids_the_permit_and_is_numbered_by_its_own_pattern(numbered: Web) -> None:
    web = numbered
    number = str(web.open(APPLICATION)["number"])
    web.play(number, "dewi declare_complete intake")
    early = web.post(
        f"/cases/{number}/products", "hadi", {"product": "izin"}, etag=web.etag(number)
    )
    assert early.status_code == 201, early.text
    grounds = [{"facts": "Tempat terlalu sempit.", "rule": "Pasal 4.", "reason": "Tidak aman."}]
    written = {"grounds": grounds, "relied_on": ["Berita acara 3/2026"]}
    refused = web.act(number, "hadi", "refuse", "decide", written=written)
    assert refused.status_code == 200, refused.text
    assert [each["state"] for each in products(web, number)] == ["voided", "draft"]
    letter = products(web, number)[1]
    assert letter["draft"]["missing"] == []
    on(web, number, "hadi", "sign", product=letter["id"])
    assert products(web, number)[1]["state"] == "issued"
    web.play(number, "dewi hand_over")
    assert fault(web) is None


def test_who_subscribes_hears_what_became_of_which_product_and_no_text(numbered: Web) -> None:
    web = numbered
    number = handed_over(web)
    web.relay()
    listed = web.get(f"/cases/{number}/events?limit=100", "mesin").get_json()["items"]
    told = [each["data"]["change"].get("products", []) for each in listed]
    states = [[one["state"] for one in each] for each in told if each]
    assert states == [["draft", "draft"], ["issued", "issued"], ["handed_over", "handed_over"]]
    assert set(told[-1][0]) == {"id", "product", "kind", "state", "number"}


# --- numbers ---------------------------------------------------------------------------------------


def test_numbers_have_no_gaps_whoever_signs_at_once_and_whatever_is_refused(numbered: Web) -> None:
    web = numbered
    numbers = [decided(web) for _ in range(4)]
    tokens = {number: web.etag(number) for number in numbers}
    for who in ("hadi", "rudi"):
        web.world.token(who)

    def sign(place: int) -> int:
        number = numbers[place % 4]
        etag = tokens[number] if place < 4 else '"1"'
        who = "hadi" if place < 6 else "rudi"
        return web.act(number, who, "complete", "sign", etag=etag).status_code

    results = at_once(8, sign)
    assert sorted(results) == [200] * 4 + [403] * 2 + [412] * 2, results
    given = sorted(each["number"] for number in numbers for each in products(web, number))
    assert given == [f"{serial:03}/DPMPTSP/2026" for serial in range(1, 9)]
    assert fault(web) is None


def test_a_year_begins_with_one_again(numbered: Web) -> None:
    web = numbered
    handed_over(web)
    web.world.hands.pass_time(days=60)
    number = handed_over(web)
    assert sorted(each["number"] for each in products(web, number)) == [
        "001/DPMPTSP/2027",
        "002/DPMPTSP/2027",
    ]
    assert fault(web) is None


def test_a_draft_that_had_a_number_and_comes_to_nothing_keeps_it(
    database_url: str, tmp_path: Path
) -> None:
    before = replace(NUMBERED, numbered="before_signing")
    world = made(database_url, tmp_path, before)
    web = Web(world)
    lost, kept = decided(web), decided(web)
    assert products(web, lost)[0]["number"] == "001/DPMPTSP/2026"
    web.play(lost, "dewi withdraw")
    web.play(kept, "hadi complete sign")
    assert products(web, kept)[0]["number"] == "002/DPMPTSP/2026"
    assert fault(web) is None
    world.close()


# --- their end -------------------------------------------------------------------------------------


def test_a_product_expires_after_its_last_day_once(numbered: Web) -> None:
    web = numbered
    number = handed_over(web)
    assert {each["valid_until"] for each in products(web, number)} == {"2026-11-25"}
    web.world.hands.pass_time(days=2, hours=12)
    assert expire_once(web.world.ctx) == 0
    web.world.hands.pass_time(hours=12)
    assert expire_once(web.world.ctx) == 2
    assert expire_once(web.world.ctx) == 0
    assert {each["state"] for each in products(web, number)} == {"expired"}
    events = web.get(f"/cases/{number}/events?limit=100", "audit").get_json()["items"]
    assert [each["type"] for each in events].count("casetrack.product.expired") == 2
    assert on(web, number, "wati", "revoke", 409, reason=COURT)["code"] == "product_state"
    assert fault(web) is None


def test_what_was_not_handed_over_within_five_working_days_is_on_the_clerks_list(
    numbered: Web,
) -> None:
    web = numbered
    number = decided(web)
    web.play(number, "hadi complete sign")
    late = "/worklist?list=hand_over&overdue=true"
    web.world.hands.pass_time(days=7, hours=14)
    assert web.get(late, "dewi").get_json()["items"] == []
    web.world.hands.pass_time(hours=2)
    assert [each["number"] for each in web.get(late, "dewi").get_json()["items"]] == [number]
    web.play(number, "dewi hand_over")
    assert web.get(late, "dewi").get_json()["items"] == []


def test_nobody_is_erased_while_a_permit_of_theirs_is_valid(numbered: Web) -> None:
    web = numbered
    number = handed_over(web)
    body = {"case": number, "reason": "subject_request"}
    barred = web.post("/erasures", "wati", body)
    assert barred.get_json()["code"] == "erasing_barred"
    against = barred.get_json()["against"]
    assert {each["kind"] for each in against} == {"product_valid"}
    assert against[0]["until"] == "2026-11-25"
    web.world.hands.pass_time(days=4)
    assert expire_once(web.world.ctx) == 2
    subject = web.post("/erasures", "wati", body).get_json()["subject"]
    web.post(f"/erasures/{subject}/actions", "ketua", {"action": "confirm"})
    with web.world.database.read() as connection:
        kinds = {row.kind for row in connection.execute(select(schema.texts.c.kind))}
    assert {"product", "signer"} <= kinds


# --- proof -----------------------------------------------------------------------------------------


def test_verify_finds_a_changed_row_and_rebuild_mends_it(numbered: Web) -> None:
    web = numbered
    number = handed_over(web)
    with web.world.database.write() as uow:
        uow.execute(update(schema.products).values(state="draft"))
    found = fault(web)
    assert (found.kind, found.stream) == ("product_state", number)
    assert len(list(rebuild.rebuild(web.world.ctx, None, progress=lambda _: None))) == 2
    assert fault(web) is None


def test_verify_finds_a_counter_that_ran_ahead_of_the_products(numbered: Web) -> None:
    web = numbered
    handed_over(web)
    with web.world.database.write() as uow:
        uow.execute(update(schema.product_counters).values(serial=3))
    assert fault(web).kind == "product_number"


def test_verify_finds_a_text_that_was_taken_away_or_changed(numbered: Web) -> None:
    web = numbered
    number = handed_over(web)
    with web.world.database.write() as uow:
        uow.execute(delete(schema.texts).where(schema.texts.c.kind == "product"))
    assert fault(web).stream == number


def test_a_load_changes_how_an_officer_is_printed_from_its_day_on(numbered: Web) -> None:
    web = numbered
    data = drawing_up(samarinda(), licence(NUMBERED, CARD, REFUSAL))
    since = date(2026, 11, 20)
    promoted = DatedProfile("smr.hadi", since, Profile("Hadi, M.Si.", rank="Pembina"))
    loading.load(web.world.ctx, replace(data, profiles=(*data.profiles, promoted)))
    number = decided(web)
    web.play(number, "hadi complete sign")
    path = f"/cases/{number}/products/{first_product(web, number)['id']}"
    (block,) = web.get(path, "dewi").get_json()["content"]["signatures"]
    assert block["officer"] == ["Hadi, M.Si.", "Pembina"]
