"""A doctor's permit that nobody touched for five working days: issued by law only where all is met.

23 November 2026 is a Monday, nine in the morning in Samarinda; its days end at 15:59:59 UTC.
"""

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import pytest

from casetrack.domain.region.region_data import RegionData
from casetrack.domain.service.definition import (
    ExternalFact,
    Name,
    ProductDefinition,
    Requirement,
    ServiceDefinition,
    StepDefinition,
    Validity,
)
from casetrack.domain.service.product_numbers import NumberPattern
from casetrack.usecases.case import deadlines
from casetrack.usecases.context import Context
from tests.contract.test_people import faults
from tests.support import scans
from tests.support.letters import letters
from tests.support.papers import text_of
from tests.support.web import APPLICANT, Web, refused
from tests.support.world import World, days, samarinda, same, surabaya

PDF = scans.pdf()
ARTICLE = "Pasal 1 Keputusan Bersama SIP (uji)"
NUMBERS = NumberPattern("izin", "{code}/{serial:4}/{year}", "Perwali 1/2020", date(2020, 1, 1))
PERMIT = ProductDefinition(
    id="sip",
    kind="permit",
    name=Name("Surat Izin Praktik Dokter", "Doctor's practising licence"),
    text="SURAT IZIN PRAKTIK\nNomor: {{ number }}\n\nDiberikan kepada {{ applicant }}.\n\n{{ dated }}\n",
    signatures=("sign",),
    pattern="izin",
    code="503.16",
    validity=Validity("years", 5),
)


def permit(adviser: str = "dinkes", **more: Any) -> ServiceDefinition:
    """Five working days, then issued by law; STR and SKP are asked for elsewhere."""
    step = StepDefinition
    return ServiceDefinition(
        id="sip-dokter",
        version=1,
        letters="SIP",
        name=Name("Izin Praktik Dokter", "Doctor's licence"),
        requirements=(Requirement(id="ktp", name=same("KTP")),),
        steps=(
            step("intake", same("Periksa"), "dpmptsp", "check", roles=("clerk", "officer")),
            step("advise", same("Rekomendasi"), adviser, "recommend", after=("intake",)),
            step("decide", same("Putusan"), "dpmptsp", "decide", after=("advise",)),
            step("sign", same("Tanda tangan"), "dpmptsp", "sign", after=("decide",)),
            step("hand_over", same("Serah"), "dpmptsp", "hand_over", after=("sign",)),
        ),
        limit=days(5),
        deemed_grant="auto_issue",
        deemed_basis=ARTICLE,
        external_facts=(
            ExternalFact("str", same("STR"), same("SatuSehat SDMK")),
            ExternalFact("skp", same("SKP"), same("SatuSehat SDMK")),
        ),
        products=(PERMIT,),
        **more,
    )


def region() -> RegionData:
    data = samarinda(permit())
    agencies = tuple(replace(each, email=f"{each.id}@smr.example") for each in data.agencies)
    return replace(data, agencies=agencies, region=replace(data.region, number_patterns=(NUMBERS,)))


@pytest.fixture
def web(database_url: str, tmp_path: Path) -> Iterator[Web]:
    world = World.make(database_url, tmp_path, regions_=(region(), surabaya()))
    yield Web(world)
    world.close()


def set_up(web: Web, *acts: tuple[str, str]) -> None:
    for who, action in acts or (("wati", "propose"), ("ketua", "confirm")):
        done = web.post("/services/sip-dokter/silence", who, {"action": action})
        assert done.status_code == 200, done.text


def complete(web: Web, *answers: tuple[str, str], by: str = "tono") -> tuple[str, str]:
    """A permit complete on Monday 23 November, its limit Monday 30: number and access code."""
    case = web.open({"service": "sip-dokter", "applicant": APPLICANT, "documents": []})
    number = case["number"]
    assert web.bring(number, PDF, requirement="ktp", name="ktp.pdf").status_code == 201
    for fact, answer in answers or (("str", "yes"), ("skp", "yes")):
        said = {"fact": fact, "answer": answer}
        done = web.post(f"/cases/{number}/external-facts", by, said, etag=web.etag(number))
        assert done.status_code == 200, done.text
    web.play(number, "dewi declare_complete intake")
    return number, case["access_code"]


def pass_the_limit(web: Web) -> None:
    web.world.hands.now = datetime(2026, 11, 30, 16, tzinfo=UTC)
    while deadlines.watch_once(web.world.ctx):
        pass


def missing(web: Web, number: str) -> list[tuple[str, str]]:
    items = web.get(f"/cases/{number}/events?limit=200", "audit").get_json()["items"]
    (event,) = [each for each in items if each["type"] == "casetrack.deadline.missed"]
    return [(each["kind"], each["id"]) for each in event["data"]["silence"]["missing"]]


def read(web: Web, number: str) -> dict[str, Any]:
    case: dict[str, Any] = web.get(f"/cases/{number}", "audit").get_json()
    return case


def test_with_str_and_skp_confirmed_it_is_issued_by_law(web: Web) -> None:
    set_up(web)
    number, code = complete(web)
    web.act(number, "tono", "claim", "advise")
    pass_the_limit(web)
    case = read(web, number)
    assert (case["status"], case["outcome"]) == ("granted", "deemed_granted")
    assert missing(web, number) == []
    items = web.get(f"/cases/{number}/events?limit=200", "audit").get_json()["items"]
    (event,) = [each for each in items if each["type"] == "casetrack.case.deemed_granted"]
    assert event["actor"]["id"] == "clock"
    authority = event["data"]["authority"]
    assert (authority["scheme"], authority["article"]) == ("by_law", ARTICLE)
    assert (authority["clock"]["counted"], event["data"]["silence"]["proof"]["held"]) == (
        5,
        [{"by": "dinkes", "days": 5}],
    )
    assert [(h["agency"], h["officer"], h["days"]) for h in case["deemed"]["holders"]] == [
        ("dinkes", "smr.tono", 5)
    ]
    # The product says so itself, and nobody's name or signature stands on it.
    (product,) = case["products"]
    assert (product["state"], product["number"]) == ("issued", "503.16/0001/2026")
    assert product["signatures"] == []
    content = web.get(f"/cases/{number}/products/{product['id']}", "dewi").get_json()["content"]
    assert content["paragraphs"][-1] == f"Dianggap dikabulkan secara hukum ({ARTICLE})."
    assert content["signatures"] == []
    paper = web.get(f"/cases/{number}/products/{product['id']}/pdf", "dewi")
    assert "Tanpa tanda tangan pejabat: dianggap dikabulkan secara hukum." in text_of(paper.data)
    assert product["bears"]["kind"] == "by_law"
    trace = web.get(f"/cases/{number}/trace", "audit")
    assert trace.status_code == 200, trace.text
    shown = web.get(f"/status/{number}?code={code}").get_json()
    assert shown["outcome"] == "deemed_granted"
    # Everybody hears of it: the applicant, the agencies that held it and the front office.
    web.deliver()
    told = [path.read_text() for path in web.world.mail.glob("*.eml")]
    for address in ("budi@example.id", "dinkes@smr.example", "dpmptsp@smr.example"):
        assert any(f"To: {address}" in mail for mail in told), address
    # The agencies are told that the law granted, not that they are to decide.
    for agency in ("dinkes", "dpmptsp"):
        subject, text = mail_to(web, agency)
        assert subject == f"[{number}] Dikabulkan menurut hukum / granted by law"
        assert ARTICLE in text
        assert "DINKES 5" in text
        assert "segera putuskan" not in text.lower()
    assert faults(web.world) is None
    # It goes out as any other, and waits for a check by somebody who did not hold it.
    assert [each["number"] for each in listed(web, "checked=false")] == [number]
    assert [each["number"] for each in listed(web, "officer=smr.tono")] == [number]
    assert listed(web, "officer=smr.hadi") == []
    said = {"result": "in_order", "note": "Semua syarat dibaca ulang."}
    done = web.post(f"/cases/{number}/deemed-checks", "wati", said, etag=web.etag(number))
    assert done.status_code == 200, done.text
    assert done.get_json()["deemed"]["check"]["result"] == "in_order"
    again = web.post(f"/cases/{number}/deemed-checks", "wati", said, etag=web.etag(number))
    assert refused(again) == (409, "checked_already")
    assert listed(web, "checked=false") == []
    web.relay()
    assert faults(web.world) is None


def mail_to(web: Web, agency: str) -> tuple[str, str]:
    """Subject and text of the one mail to an agency's mailbox."""
    parser = BytesParser(policy=policy.default)
    mails = [parser.parsebytes(path.read_bytes()) for path in web.world.mail.glob("*.eml")]
    (mail,) = [each for each in mails if each["To"] == f"{agency}@smr.example"]
    return mail["Subject"], mail.get_content()


def listed(web: Web, query: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = web.get(f"/deemed-grants?{query}", "audit").get_json()["items"]
    return items


@pytest.mark.parametrize(
    ("answers", "lacks"),
    [
        ((("str", "yes"), ("skp", "no")), [("external_fact", "skp")]),
        ((("str", "no_answer"), ("skp", "yes")), [("external_fact", "str")]),
        ((("str", "yes"),), [("external_fact", "skp")]),
        ((("str", "yes"), ("skp", "yes"), ("skp", "no")), [("external_fact", "skp")]),
    ],
    ids=["negative", "no answer", "never asked", "answered otherwise later"],
)
def test_with_one_unanswered_or_negative_it_is_not_and_the_missing_one_is_named(
    web: Web, answers: tuple[tuple[str, str], ...], lacks: list[tuple[str, str]]
) -> None:
    set_up(web)
    number, code = complete(web, *answers)
    pass_the_limit(web)
    case = read(web, number)
    assert (case["status"], case["outcome"], case["products"]) == ("in_progress", "none", [])
    assert missing(web, number) == lacks
    assert listed(web, "limit=5") == []
    web.deliver()
    # The mail names what is missing, and nothing else as missing.
    subject, text = mail_to(web, "dinkes")
    assert subject == f"[{number}] Batas waktu terlewati / limit of law passed"
    lines = [line for line in text.splitlines() if line.startswith("- ")]
    facts = [f"{fact.upper()} (SatuSehat SDMK)" for _, fact in lacks]
    assert lines == [f"- jawaban register lain / answer of another register: {f}" for f in facts]
    # So does the front office that took it in; and the applicant, with what that does not mean.
    assert mail_to(web, "dpmptsp")[0] == subject
    mails = [text for to, text in letters(web.world.mail) if to == APPLICANT["email"]]
    (said,) = [text for text in mails if "dianggap dikabulkan secara hukum" in text]
    assert "tidak berarti bahwa izin sudah ada" in " ".join(said.split())
    page = web.flask.test_client().post("/status", data={"number": number, "code": code}).text
    assert ARTICLE in page
    assert web.get(f"/cases/{number}", "sari").status_code == 404
    assert web.get(f"/status/{number}?code={code}").get_json()["limit_passed"]["article"] == ARTICLE
    assert faults(web.world) is None


def test_it_takes_two_officers_to_set_it_up(web: Web) -> None:
    path = "/services/sip-dokter/silence"
    assert web.get(path, "audit").get_json()["state"] == "none"
    assert refused(web.post(path, "wati", {"action": "confirm"})) == (409, "status_forbids")
    set_up(web, ("wati", "propose"))
    assert refused(web.post(path, "wati", {"action": "confirm"})) == (409, "second_officer")
    assert web.post(path, "hadi", {"action": "confirm"}).status_code == 403
    number, _ = complete(web)
    pass_the_limit(web)
    assert missing(web, number) == [("set_up", "sip-dokter")]
    set_up(web, ("ketua", "confirm"), ("wati", "end"))
    assert web.get(path, "audit").get_json()["state"] == "ended"


def test_a_paper_that_is_only_ticked_off_is_no_paper(web: Web) -> None:
    set_up(web)
    body = {
        "service": "sip-dokter",
        "applicant": APPLICANT,
        "documents": [{"requirement": "ktp", "name": "ktp.pdf"}],
    }
    number = web.open(body)["number"]
    for fact in ("str", "skp"):
        said = {"fact": fact, "answer": "yes"}
        web.post(f"/cases/{number}/external-facts", "dewi", said, etag=web.etag(number))
    web.play(number, "dewi declare_complete intake\ntono complete advise unfavourable")
    pass_the_limit(web)
    assert missing(web, number) == [("paper", "ktp"), ("advice", "advise")]
    web.deliver()
    _, text = mail_to(web, "dpmptsp")
    assert "- berkas / paper: KTP" in text
    assert "- rekomendasi tidak mendukung / unfavourable advice: Rekomendasi" in text


def test_an_answer_is_of_a_fact_that_is_asked_and_of_the_past(web: Web) -> None:
    number, _ = complete(web)
    for said in (
        {"fact": "npwp", "answer": "yes"},
        {"fact": "str", "answer": "yes", "asked_at": "2030-01-01T00:00:00Z"},
        {"fact": "str", "answer": "maybe"},
    ):
        done = web.post(f"/cases/{number}/external-facts", "dewi", said, etag=web.etag(number))
        assert refused(done) == (422, "invalid_body")
    check = web.post(
        f"/cases/{number}/deemed-checks", "wati", {"result": "in_order"}, etag=web.etag(number)
    )
    assert refused(check) == (409, "status_forbids")


def test_a_yes_names_the_document_that_shows_it_where_the_service_asks_for_one(
    database_url: str, tmp_path: Path
) -> None:
    asked = (ExternalFact("str", same("STR"), same("SatuSehat SDMK"), paper="ktp"),)
    data = region()
    service = replace(data.services[0], external_facts=asked)
    world = World.make(
        database_url, tmp_path, regions_=(replace(data, services=(service,)), surabaya())
    )
    web = Web(world)
    number = web.open({"service": "sip-dokter", "applicant": APPLICANT, "documents": []})["number"]

    def say(**said: str) -> Any:
        body = {"fact": "str", **said}
        return web.post(f"/cases/{number}/external-facts", "dewi", body, etag=web.etag(number))

    for said in ({"answer": "yes"}, {"answer": "yes", "document": "doc-1"}):
        assert refused(say(**said)) == (422, "invalid_body")
    # That nobody answered needs none.
    assert say(answer="no_answer").status_code == 200
    assert web.bring(number, PDF, requirement="ktp", name="ktp.pdf").status_code == 201
    done = say(answer="yes", document="doc-1", asked_at="2026-11-20T01:00:00Z")
    assert done.status_code == 200, done.text
    (answer,) = done.get_json()["external"]
    assert {name: answer[name] for name in ("fact", "answer", "document", "by", "asked_at")} == {
        "fact": "str",
        "answer": "yes",
        "document": "doc-1",
        "by": "smr.dewi",
        "asked_at": "2026-11-20T01:00:00.000000Z",
    }
    assert answer["source"]["id"] == "SatuSehat SDMK"
    # A stranger of another city sees nothing of the case.
    assert web.get(f"/cases/{number}", "sby.clerk").status_code in (401, 404)
    web.relay()
    assert faults(world) is None
    world.close()


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


def test_a_clock_that_is_killed_anywhere_grants_once(web: Web) -> None:
    set_up(web)
    numbers = [complete(web)[0] for _ in range(2)]
    web.world.hands.now = datetime(2026, 11, 30, 16, tzinfo=UTC)
    ctx, ends = web.world.ctx, 0
    for calls in range(30):
        dying = Dying(**{each.name: getattr(ctx, each.name) for each in fields(ctx)})
        dying.left = calls
        try:
            deadlines.watch_once(dying)
        except Killed:
            ends += 1
        else:
            break
    assert ends > len(numbers)
    pass_the_limit(web)
    for number in numbers:
        items = web.get(f"/cases/{number}/events?limit=200", "audit").get_json()["items"]
        kinds = [each["type"] for each in items]
        assert kinds.count("casetrack.case.deemed_granted") == 1
        assert kinds.count("casetrack.deadline.missed") == 1
    web.relay()
    assert faults(web.world) is None
