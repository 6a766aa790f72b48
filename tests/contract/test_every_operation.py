"""Every operation and every action of the OpenAPI document succeeds at least once, over HTTP alone.

The list is made of the document that is served: an operation or an action that is added fails here
until a story of the cast plays it.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, get_args

import jsonschema_rs
import pytest
from werkzeug.test import TestResponse

from casetrack.domain.case.survey import ELEMENTS
from casetrack.domain.clock import TimeLimit
from casetrack.domain.region.region_data import Officer, RegionData
from casetrack.domain.service.definition import Extension
from casetrack.gateways.webhooks import signatures
from casetrack.usecases.case import deadlines, outages, treasury_keys
from casetrack.usecases.case.surveys import survey_token
from casetrack.usecases.case.verification import check_word
from casetrack.usecases.delivery import relay
from casetrack.usecases.people import passwords
from casetrack.usecases.proof.verify import verify
from casetrack.usecases.region import loading
from casetrack.web.routes import ROUTES
from tests.contract.test_grants_by_law import NUMBERS, permit
from tests.support import answers, money
from tests.support.answers import DOCUMENT
from tests.support.assisted import NOTED, assisted, noted
from tests.support.authority import enter, guarded_regions, papers_of_samarinda
from tests.support.money import PAID, STALL, stall
from tests.support.pages import OTHER, PASSWORD, Browser, with_password
from tests.support.products import decided, drawing_up, first_product
from tests.support.receiver import Receiver, receiving, says
from tests.support.registers import changed, latest
from tests.support.scans import pdf
from tests.support.web import APPLICANT, BILLBOARD, BOTH, LETTER, Web, shared_world
from tests.support.world import SAMARINDA, World
from tests.unit.test_delivery_reports import SECRET, TOKEN, call, signature

#: An operation of the document, or a door outside; and the action where its body names one.
Call = tuple[str, str | None]

SCAN = "cd" * 32
SETTINGS = {
    "CASETRACK_WHATSAPP_URL": "http://127.0.0.1:9/v1/106540352242922",
    "CASETRACK_WHATSAPP_TOKEN": "access-token",
    "CASETRACK_WHATSAPP_APP_SECRET": SECRET,
    "CASETRACK_WHATSAPP_VERIFY_TOKEN": TOKEN,
}
JUDGMENT = {
    "ground": "authority",
    "by": "court",
    "instrument": {"number": "12/G/2026", "dated": "2026-11-20", "issuer": "PTUN Samarinda"},
    "found_on": "2026-11-20",
}
#: Doors outside /api/v1, and the document itself.
OUTSIDE = (
    "GET /",
    "GET /status",
    "POST /status",
    "POST /status/berkas",
    "GET /verifikasi",
    "POST /verifikasi",
    "GET /verifikasi/<path:id_or_number>",
    "POST /verifikasi/<path:id_or_number>",
    "GET /survei/<number>",
    "POST /survei/<number>",
    "GET /pengaduan",
    "POST /pengaduan",
    "GET /pengaduan/<number>",
    "POST /pengaduan/<number>",
    "GET /masuk",
    "POST /masuk",
    "GET /masuk/undangan/<secret>",
    "POST /masuk/undangan/<secret>",
    "GET /masuk/lagi",
    "POST /masuk/lagi",
    "GET /kelola/petugas",
    "POST /kelola/petugas",
    "GET /kerja",
    "GET /akun",
    "POST /akun/sandi",
    "POST /akun/sesi",
    "POST /keluar",
    "GET /healthz",
    "GET /readyz",
    "GET /metrics",
    "GET /static/<path:filename>",
    "GET /gateways/whatsapp",
    "POST /gateways/whatsapp",
    "POST /gateways/treasury/<region>",
    "GET /api/v1/openapi.json",
)


def _resolved(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: Mapping[str, Any] = DOCUMENT["components"]["schemas"][name] if name else schema
    return found


def _actions(operation: Mapping[str, Any]) -> list[str | None]:
    """What the body's `action` may be; for a body without one, none."""
    if "requestBody" not in operation:
        return [None]
    body = _resolved(operation["requestBody"]["content"]["application/json"]["schema"])
    said = _resolved(body["properties"].get("action", {}))
    found: list[str | None] = said.get("enum") or [said.get("const")]
    return found


def wanted() -> list[Call]:
    """Every operation of the document with each of its actions, and every door outside."""
    described = [
        (operation["operationId"], action)
        for methods in DOCUMENT["paths"].values()
        for operation in methods.values()
        for action in _actions(operation)
    ]
    return [*described, *((door, None) for door in OUTSIDE)]


class Played(Web):
    """HTTP that remembers which operations and actions succeeded."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.succeeded: set[Call] = set()
        self._doors = self.flask.url_map.bind("localhost")
        registry = jsonschema_rs.Registry([("urn:document", DOCUMENT)])
        self._schemas = {
            route.operation: jsonschema_rs.Draft202012Validator(
                {"$ref": f"urn:document#/components/schemas/{route.answer.__name__}"},
                registry=registry,
                validate_formats=True,
            )
            for route in ROUTES
            if route.answer is not None
        }

    def call(self, method: str, path: str, who: str | None = None, body: Any = None,
             **more: Any) -> TestResponse:  # fmt: skip
        """One request; what succeeds is what the document describes."""
        response = super().call(method, path, who, body, **more)
        if response.status_code < 400:
            action = body.get("action") if isinstance(body, dict) else None
            self.succeeded.add((self._name(response), action))
        return response

    def _name(self, response: TestResponse) -> str:
        method, path = response.request.method, response.request.path
        route = answers.route_of(method, path)
        if route is None:
            rule, _ = self._doors.match(path, method=method, return_rule=True)
            return f"{method} {rule.rule}"
        if route.answer is not None and response.status_code == route.success:
            self._schemas[route.operation].validate(response.get_json())
        return route.operation

    def ok(self, method: str, path: str, who: str | None = None, body: Any = None,
           **more: Any) -> TestResponse:  # fmt: skip
        """One request that must succeed."""
        response = self.call(method, path, who, body, **more)
        assert response.status_code < 400, (method, path, who, body, response.text)
        return response

    def acts(self, number: str, who: str, action: str, step: str | None = None,
             **said: Any) -> Any:  # fmt: skip
        """An act that must succeed; gives the case."""
        response = self.act(number, who, action, step, **said)
        assert response.status_code == 200, (who, action, step, said, response.text)
        return response.get_json()

    def on(self, number: str, who: str, door: str, body: dict[str, Any]) -> Any:
        """An act about authority, by its own door."""
        path = f"/cases/{number}/{door}"
        return self.ok("POST", path, who, body, etag=self.etag(number)).get_json()

    def reviewed(self) -> str:
        """A billboard permit that waits for its decision."""
        number = str(self.open(BILLBOARD)["number"])
        self.play(number, """
            dewi declare_complete intake
            rudi complete review_dlh favourable
            sari complete review_dishub conditional
            hadi complete verify
        """)  # fmt: skip
        return number

    def granted(self) -> str:
        """A billboard permit, signed."""
        number = self.reviewed()
        self.play(number, """
            hadi complete decide
            bima record_payment pay_tax
            hadi complete sign
        """)  # fmt: skip
        return number


# --- the stories ----------------------------------------------------------------------------------


def a_file_goes_back_to_the_applicant_and_on(web: Played) -> None:
    number = str(web.open(BILLBOARD)["number"])
    web.acts(number, "dewi", "declare_complete", "intake")
    web.acts(number, "rudi", "claim", "review_dlh")
    web.acts(number, "rini", "reassign", "review_dlh", officer="smr.rudi")
    photo = [{"requirement": "foto", "text": "terlalu gelap"}]
    web.acts(number, "rudi", "return", "review_dlh", defects=photo)
    code = web.acts(number, "dewi", "reissue_code")["access_code"]
    web.acts(number, "dewi", "send_return")
    web.deliver()
    assert web.ok("GET", f"/cases/{number}/messages", "dewi").get_json()["items"]
    (defect,) = web.ok("GET", f"/cases/{number}", "dewi").get_json()["defects"]
    full = web.ok("POST", f"/cases/{number}/unmask", "rudi", {"reason": "KTP dibandingkan"})
    assert full.get_json()["nik"] == APPLICANT["nik"]
    assert web.ok("GET", f"/cases/{number}/readings", "audit").get_json()["items"]
    assert web.ok("GET", "/readings?officer=smr.dewi", "audit").get_json()["items"]
    assert web.ok("GET", "/readings/findings", "audit").get_json()["items"] == []
    assert defect["text"] == "terlalu gelap"
    shown = web.ok("GET", f"/status/{number}", headers={"X-Access-Code": code}).get_json()
    assert [each["requirement"] for each in shown["defects"]] == ["foto"]
    page = web.flask.test_client().post("/status", data={"number": number, "code": code})
    web.succeeded.add((web._name(page), None))
    assert "terlalu gelap" in page.text
    brighter = {"requirement": "foto", "name": "foto-siang.jpg", "original": True}
    web.acts(number, "dewi", "resubmit", documents=[brighter])
    web.acts(number, "rudi", "complete", "review_dlh", result="favourable")
    web.acts(number, "sari", "no_opinion", "review_dishub")
    web.acts(number, "dewi", "pause", reason="court")
    web.acts(number, "dewi", "resume")
    web.acts(number, "wati", "extend")
    web.acts(number, "hadi", "complete", "verify")
    web.acts(number, "wati", "reopen", "verify", reason="salah berkas")
    web.acts(number, "hadi", "complete", "verify")
    web.acts(number, "hadi", "refuse", "decide", note="tidak sesuai tata ruang")
    web.acts(number, "dewi", "hand_over")
    web.acts(number, "wati", "confirm_hand_over")
    documents = web.ok("GET", f"/cases/{number}", "dewi").get_json()["documents"]
    held = [each["id"] for each in documents if each["original"]]
    web.acts(number, "dewi", "return_papers", papers=held)


def an_inspection_is_promised_moved_and_recorded(web: Played) -> None:
    number = str(web.open(BILLBOARD)["number"])
    web.acts(number, "dewi", "declare_complete", "intake")
    door, hours = "steps/review_dlh/inspections", {"begins": "09:00", "ends": "11:00"}
    day = web.world.database.now().date() + timedelta(days=7)
    for said in (
        {"action": "promise", "on": f"{day}", "place": "Jl. Contoh 1", **hours},
        {"action": "move", "on": f"{day}", "moved_by": "agency", "note": "Hujan", **hours},
    ):
        web.on(number, "rudi", door, said)
    before = web.world.hands.now
    web.world.hands.pass_time(days=8)
    over = {"action": "record", "outcome": "not_met", "because_of": "applicant"}
    web.on(number, "rudi", door, over)
    web.world.hands.now = before


def what_is_missing_comes_later(web: Played) -> None:
    number = str(web.open({**LETTER, "documents": []})["number"])
    refused = web.act(number, "dewi", "declare_complete", "intake")
    assert refused.get_json()["missing"] == ["ktp"]
    came = web.on(number, "dewi", "documents", {"requirement": "ktp", "name": "ktp.pdf"})
    assert (came["id"], came["status"]) == ("doc-1", "received")
    scanned = web.bring(number, pdf(), requirement="ktp")
    assert scanned.get_json()["id"] == "doc-2"
    assert web.get(f"/cases/{number}/documents/doc-2/file", "audit").data.startswith(b"%PDF-")
    web.acts(number, "dewi", "declare_complete", "intake")


def two_with_one_number_are_told_apart_and_joined(web: Played) -> None:
    web.open(LETTER)
    other = {**LETTER, "applicant": {**LETTER["applicant"], "name": "Budi Sentosa"}}
    number = web.open(other)["number"]
    for action in ("separate", "join"):
        body = {"action": action, "reason": "KTP dilihat di loket"}
        web.ok("POST", f"/cases/{number}/identity", "wati", body)


def a_levy_is_issued_paid_and_given_back(web: Played) -> None:
    why = {"reason": "salah hitung"}

    def on(number: str, who: str, action: str, bill: str, **said: Any) -> None:
        path = f"/cases/{number}/bills/{bill}/actions"
        web.ok("POST", path, who, {"action": action, **said}, etag=web.etag(number))

    def issue(number: str) -> str:
        path = f"/cases/{number}/bills"
        issued = web.ok("POST", path, "bima", {"step": "pay"}, etag=web.etag(number))
        return str(issued.get_json()["bills"][-1]["code"])

    number = str(web.open(STALL)["number"])
    web.play(number, "dewi declare_complete intake\nhadi complete decide")
    issue(number)
    web.ok("GET", f"/cases/{number}/bills/bill-1/paper?format=pdf", "dewi")
    on(number, "dewi", "report", "bill-1")
    on(number, "bima", "reduce", "bill-1", amount=100_000, **why)
    on(number, "bima", "cancel", "bill-1", **why)
    issue(number)
    on(number, "ika", "confirm", "bill-2", reference="NTPD-1")
    on(number, "bima", "refund", "bill-2", **why)
    row = f"code;amount;reference\n{issue(number)};{PAID};B1\n64720000;5;B2\n"
    body = {"account": "kas-daerah", "file": base64.b64encode(row.encode()).decode()}
    file = web.ok("POST", "/payments/files", "ika", body).get_json()["file"]
    for path in (f"/payments/files/{file}", f"/payments/files/{file}/rows", "/payments/unmatched"):
        web.ok("GET", path, "ika")
    (left,) = web.ok("GET", "/payments/unmatched", "ika").get_json()["items"]
    closing = {"payment": left["payment"], "reason": "not_ours"}
    web.ok("POST", "/payments/unmatched/closings", "ika", closing)
    for path in (
        f"/cases/{number}/bills",
        "/bills",
        "/bills/totals",
        "/payments/unmatched/totals",
    ):
        web.ok("GET", path, "audit")
    secret = treasury_keys.rotate(web.world.ctx, SAMARINDA, 7, "operator")
    told = {"account": "kas-daerah", "code": "64720000", "amount": 5, "reference": "T1"}
    raw, moment = json.dumps(told).encode(), int(web.world.hands.now.timestamp())
    headers = signatures.headers([secret], "msg_1", moment, raw)
    web.ok("POST", f"//gateways/treasury/{SAMARINDA}", raw=raw, headers=headers)


def somebody_dies_and_others_go_on(web: Played) -> None:
    paper = {"paper": {"dated": "2026-11-20", "name": "surat.pdf"}, "day": "2026-11-20"}
    company = {"kind": "company", "name": "PT Papan Mahakam", "acting": "Rina"}
    number = str(web.open({**LETTER, "applicant": company})["number"])
    agent = {"party": {"kind": "person", "name": "Joko"}, "power": {"acts": ["collect"]}}
    contact = {"email": "kantor@example.id"}
    for body in (
        {"action": "appoint", **paper, **agent},
        {"action": "end_power", **paper, "why": "renounced"},
        {"action": "change_director", **paper, "contact": {"acting": "Dewi", **contact}},
        {"action": "correct_contact", "day": "2026-11-20", "contact": {"phone": "081200000009"}},
    ):
        web.on(number, "dewi", "parties", body)
    number = str(web.open(LETTER)["number"])
    for action in ("report_death", "lift_death", "report_death", "confirm_death", "succeed"):
        heir = {"party": {"kind": "person", "name": "Sari"}} if action == "succeed" else {}
        who = "wati" if action in ("lift_death", "confirm_death") else "dewi"
        web.on(number, who, "parties", {"action": action, **paper, **heir})


def somebody_is_held_and_their_erasure_declined_and_confirmed(web: Played) -> None:
    applicant = {**LETTER["applicant"], "name": "Siti Aminah", "nik": "6472014101900007"}
    number = web.open({**LETTER, "applicant": applicant})["number"]
    web.acts(number, "dewi", "withdraw")
    body = {"case": number, "reason": "audit"}
    subject = web.ok("POST", "/holds", "audit", body).get_json()["subject"]
    web.ok("POST", f"/holds/{subject}/actions", "audit", {"action": "lift"})
    for action in ("decline", "confirm"):
        body = {"case": number, "reason": "subject_request"}
        web.ok("POST", "/erasures", "wati", body)
        web.ok("POST", f"/erasures/{subject}/actions", "ketua", {"action": action})
    assert web.ok("GET", f"/erasures/{subject}", "audit").get_json()["status"] == "decided"
    (waits,) = web.ok("GET", "/erasures", "ketua").get_json()["items"]
    assert waits["subject"] == subject


def files_end_without_a_decision(web: Played) -> None:
    web.acts(str(web.open(LETTER)["number"]), "dewi", "withdraw")
    number, other = (str(web.open(LETTER)["number"]) for _ in range(2))
    web.acts(number, "dewi", "link", links=[{"kind": "duplicate_of", "number": other}])
    web.acts(number, "dewi", "close", reason="duplicate")


def a_conflict_is_lifted_and_another_taken_over(web: Played) -> None:
    for way in ("lift", "take_over"):
        number = web.reviewed()
        report = {"action": "report", "ground": "family", "officer": "smr.hadi"}
        web.on(number, "sari", "conflicts", report)
        web.on(number, "hadi", "conflicts", {"action": "declare", "ground": "family"})
        refused = web.act(number, "hadi", "complete", "decide")
        assert refused.get_json()["code"] == "conflict_declared"
        why = {"article": "UU 30/2014 Pasal 42 ayat (2)", "note": "tidak ada hubungan keluarga"}
        settle = {"action": way, "officer": "smr.hadi", **why}
        case = web.on(number, "andi", "conflicts", settle)
        assert case["conflicts"][-1]["by_position"] == "wali-kota"
        web.acts(number, "andi" if way == "take_over" else "hadi", "complete", "decide")
        (decided,) = [
            each
            for each in web.ok("GET", f"/cases/{number}/trace", "audit").get_json()["decisions"]
            if each["step"] == "decide"
        ]
        assert decided["judged_again"]["now"]["holds"]


def a_paper_of_the_power_cut_is_typed_in_afterwards(web: Played) -> None:
    number = web.reviewed()
    web.world.hands.pass_time(hours=1)
    signed = web.world.hands.now.astimezone().isoformat(timespec="seconds")
    web.world.hands.pass_time(hours=5)
    paper = {"step": "decide", "occurred_at": signed, "reason": "power_cut", "sha256": SCAN}
    case = web.on(number, "wati", "late-entries", paper)
    assert [(each["id"], each["used"]) for each in case["late"]] == [("late-1", False)]
    case = web.acts(number, "hadi", "complete", "decide", late="late-1")
    assert case["late"][0]["used"]
    trace = web.ok("GET", f"/cases/{number}/trace", "audit").get_json()
    assert trace["decisions"][-1]["late"]["reason"] == "power_cut"


def a_bad_day_is_got_over(web: Played) -> None:
    counted = {"service": "surat-keterangan", "count": 2}
    block = web.ok("POST", "/number-blocks", "wati", counted).get_json()
    path = f"/number-blocks/{block['id']}"
    assert block["numbers"][0]["number"] in web.ok("GET", f"{path}/slips", "dewi").text
    web.world.hands.pass_time(hours=1)
    then = web.world.hands.now.astimezone().isoformat(timespec="seconds")
    web.world.hands.pass_time(hours=5)
    paper = {"occurred_at": then, "reason": "power_cut", "sha256": SCAN}
    late = {"number": block["numbers"][0]["number"], **paper}
    number = web.open({**LETTER, "late": late})["number"]
    assert number == late["number"]
    web.ok("POST", f"{path}/actions", "wati", {"action": "close", "reason": "not_needed"})
    states = [each["state"] for each in web.ok("GET", path, "dewi").get_json()["numbers"]]
    assert states == ["used", "closed"]
    assert web.ok("GET", "/number-blocks", "audit").get_json()["items"]

    number = web.granted()
    web.world.hands.pass_time(hours=1)
    then = web.world.hands.now.astimezone().isoformat(timespec="seconds")
    web.world.hands.pass_time(hours=1)
    (admitted,) = web.on(number, "wati", "late-entries", {**paper, "occurred_at": then})["late"]
    web.acts(number, "dewi", "hand_over", late=admitted["id"])
    web.acts(number, "wati", "confirm_hand_over")

    place = {"service": "izin-reklame", "step": "review_dlh"}
    said = {"system": "SIPD", "places": [place]}
    outage = web.ok("POST", "/outages", "wati", said).get_json()["id"]
    number = str(web.open(BILLBOARD)["number"])
    web.play(number, "dewi declare_complete intake")
    assert outages.follow_once(web.world.ctx)
    web.ok("POST", f"/outages/{outage}/actions", "wati", {"action": "end"})
    while outages.follow_once(web.world.ctx):
        pass
    found = web.ok("GET", f"/outages/{outage}", "dewi").get_json()
    assert {"number": number, "state": "resumed"}.items() <= found["items"][-1].items()
    assert web.ok("GET", "/outages", "dewi").get_json()["items"]


def products_are_corrected_annulled_and_revoked(web: Played) -> None:
    for action, became in (("correct", "corrected"), ("annul", "annulled"), ("revoke", "revoked")):
        number = web.granted()
        case = web.on(number, "wati", "product/actions", {"action": action, **JUDGMENT})
        assert (case["status"], case["product"]["status"]) == ("granted", became)
        assert case["product"]["found_on"] == "2026-11-20"
        web.ok("GET", f"/cases/{number}/trace", "audit")
    own = {
        "action": "annul",
        "ground": "substance",
        "instrument": {"number": "800/7", "dated": "2026-11-23", "sha256": SCAN},
        "found_on": "2026-11-23",
    }
    number = web.granted()
    web.on(number, "hadi", "product/actions", own)
    decision = web.ok("GET", f"/cases/{number}/trace", "audit").get_json()["decisions"][-1]
    assert decision["authority"]["passport"]["action"] == "annul"


def drafts_are_endorsed_signed_issued_and_changed(web: Played) -> None:
    for action, became in (("correct", "corrected"), ("annul", "annulled"), ("revoke", "revoked")):
        number, own = decided(web), f"440/{action}/2026"
        anew = {"product": "izin", "written": {"values": {"syarat": "Hanya di tempat ini."}}}
        web.on(number, "hadi", "products", anew)
        (draft,) = web.ok("GET", f"/cases/{number}/products", "audit").get_json()["items"]
        assert draft["draft"]["edition"] == 2
        door = f"products/{draft['id']}/actions"
        seen = {"draft": draft["draft"]["hash"]}
        web.on(number, "paraf", door, {"action": "endorse", **seen})
        web.on(number, "hadi", door, {"action": "sign", **seen})
        web.on(number, "hadi", door, {"action": "issue", "number": own})
        order = {"by": "court", "instrument": JUDGMENT["instrument"]}
        for ordered in ("suspend", "reinstate"):
            web.on(number, "wati", door, {"action": ordered, "order": order})
        changed_by = {"action": action, "reason": JUDGMENT}
        (product,) = web.on(number, "wati", door, changed_by)["products"]
        assert (product["state"], product["number"]) == (became, own)
        word = check_word(web.world.ctx, draft["id"])
        known = web.ok("GET", f"/verify/{own}?k={word}").get_json()
        assert {"corrected": "valid"}.get(became, became) in {
            each["validity"] for each in known["products"] if "printed" in each
        }
        named = {"name": APPLICANT["name"], "k": word}
        said = web.ok("POST", f"/verify/{draft['id']}", None, named).get_json()
        assert said["name"] == "agrees"
        if action == "correct":
            back = {"because": "wrong_person", "brought_by": "other"}
            for said in ({"action": "hand_over"}, {"action": "take_back", **back}):
                web.on(number, "dewi", door, said)
            web.on(number, "dewi", door, {"action": "hand_over"})
            web.on(number, "wati", door, changed_by)
            web.on(number, "dewi", door, {"action": "hand_over_again"})
        path = f"/cases/{number}/products/{draft['id']}"
        assert web.ok("GET", path, "dewi").get_json()["content"]["paragraphs"]
        assert web.ok("GET", f"{path}/pdf", "dewi").data.startswith(b"%PDF-")


def what_was_sent_as_a_file_is_opened(web: Played) -> None:
    number = decided(web)
    product = first_product(web, number)["id"]
    door = f"products/{product}/actions"
    for who, said in (
        ("paraf", {"action": "endorse"}),
        ("hadi", {"action": "sign"}),
        ("hadi", {"action": "issue", "number": "440/file/2026"}),
        ("dewi", {"action": "hand_over", "means": "electronic"}),
    ):
        web.on(number, who, door, said)
    code = web.on(number, "dewi", "actions", {"action": "reissue_code"})["access_code"]
    given = web.ok("POST", f"/status/{number}/files/{product}", None, {"code": code})
    assert given.data.startswith(b"%PDF-")
    form = {"number": number, "code": code, "product": product}
    page = web.flask.test_client().post("/status/berkas", data=form)
    assert page.status_code == 200
    web.succeeded.add((web._name(page), None))


def papers_come_into_the_register_and_are_asked_about(web: Played) -> None:
    letter = {"number": "800/1", "dated": "2026-11-23", "by": "wali-kota"}
    entry = {
        "officer": "smr.yuni",
        "position": "kepala-dpmptsp",
        "form": "plh",
        "letter": letter,
        "since": "2026-11-24",
        "until": "2026-11-27",
    }
    for place, action in enumerate(("confirm", "discard")):
        body = {
            "kind": "incumbency",
            "id": f"plh-{place}",
            "entry": entry,
            "document": {"sha256": SCAN},
        }
        made = web.ok("POST", "/authority/entries", "lina", body)
        path = f"{made.headers['Location'].removeprefix('/api/v1')}/actions"
        web.ok("POST", path, "joko", {"action": action}, etag=made.headers["ETag"])
    web.ok("GET", "/authority/entries/incumbency/plh-0", "audit")
    for kind in ("instrument", "position", "incumbency", "grant"):
        assert web.ok("GET", f"/authority/entries?kind={kind}", "audit").get_json()["items"]
    number = web.reviewed()
    who = web.ok("GET", f"/authority/who?case={number}&step=decide", "hadi").get_json()["items"]
    assert "smr.hadi" in {each["officer"] for each in who}
    assert web.ok("GET", "/authority/mine", "hadi").get_json()["items"]
    lost = "/authority/what-if?kind=grant&id=delegasi-reklame"
    assert web.ok("GET", lost, "ketua").get_json()["items"]
    assert web.ok("GET", "/authority/radar?days=30", "ketua").get_json()["items"]
    for path in ("findings", "coverage", "powers", "decisions"):
        web.ok("GET", f"/authority/{path}", "ketua")
    printed = {"since": "2026-01-05", "name": "Wati, S.H.", "rank": "Pembina"}
    web.ok("PUT", "/officers/smr.wati/profile", "admin", printed)
    assert web.ok("GET", "/officers/smr.wati/profile", "admin").get_json()["items"]
    assert web.ok("GET", "/administration", "audit").get_json()["items"]
    web.ok("GET", "/sign-ins", "audit")
    web.ok("GET", "/reports/service-levels", "ketua")
    for path in ("picture", "page"):
        web.ok("GET", f"/authority/services/izin-reklame/{path}", "ketua")


def a_decision_is_read_listed_and_drawn(web: Played) -> None:
    number = web.reviewed()
    refused = web.act(number, "yuni", "complete", "decide").get_json()
    assert (refused["code"], refused["link"]["incumbency"]) == ("letter_not_yet", "plh-0")
    web.acts(number, "hadi", "complete", "decide")
    version = web.ok("GET", f"/cases/{number}/trace", "audit").get_json()["decisions"][-1][
        "version"
    ]
    web.ok("GET", f"/cases/{number}/decisions/{version}/picture", "audit")
    web.ok("GET", f"/cases/{number}/decisions/{version}/passport", "audit")
    web.ok("GET", f"/cases/{number}/refusals/1/picture", "audit")
    web.ok("GET", f"/cases/{number}/clock", "audit")
    for kind in ("receipt", "registration", "clock"):
        web.ok("GET", f"/cases/{number}/slips/{kind}", "dewi")
        web.ok("GET", f"/cases/{number}/slips/{kind}?format=pdf", "dewi")
    web.relay()
    for who in ("audit", "mesin"):
        assert web.ok("GET", f"/cases/{number}/events", who).get_json()["items"]
    assert web.ok("GET", "/events", "mesin").get_json()["events"]
    assert web.ok("GET", "/cases", "dewi").get_json()["items"]
    nik = {"nik": BILLBOARD["applicant"]["nik"]}
    assert web.ok("POST", "/cases/find", "dewi", nik).get_json()["items"]
    named = {"q": BILLBOARD["applicant"]["name"]}
    assert web.ok("POST", "/cases/search", "bima", named).get_json()["items"]
    assert web.ok("GET", "/worklist", "bima").get_json()["items"]
    assert web.ok("GET", "/services", "dewi").get_json()["items"]
    assert web.ok("GET", "/authority/decisions?grant=delegasi-reklame", "audit").get_json()["items"]


def a_walk_in_is_told_in_person(web: Played) -> None:
    walk_in = {**LETTER, "applicant": {"kind": "person", "name": "Siti"}}
    web.act(web.open(walk_in)["number"], "dewi", "declare_complete", "intake")
    web.deliver()
    item = web.ok("GET", "/untold", "dewi").get_json()["items"][0]
    told = {"number": item["number"], "position": item["position"]}
    assert web.ok("POST", "/untold", "dewi", told).get_json() == {"told": True}
    assert web.ok("GET", "/templates", "wati").get_json()["items"]
    for channel in ("email", "whatsapp", "sms"):
        web.ok("GET", f"/templates/case.returned/preview?channel={channel}", "wati")


def an_agencys_system_subscribes(web: Played) -> None:
    with receiving() as receiver:
        body = {"url": receiver.url, "types": ["casetrack.*"], "email": "owner@example.id"}
        made = web.ok("POST", "/webhooks", "mesin", body).get_json()
        path = f"/webhooks/{made['id']}"
        web.ok("GET", "/webhooks", "mesin")
        web.ok("GET", path, "mesin")
        web.ok("POST", f"{path}/test", "mesin", {})
        web.deliver()
        delivered = web.ok("GET", f"{path}/deliveries", "mesin").get_json()["items"]
        again = f"{path}/deliveries/{delivered[0]['position']}/resend"
        web.ok("POST", again, "mesin", {"reason": "lost at our side"})
        web.ok("POST", f"{path}/resend", "mesin", {"reason": "database restored"})
        web.ok("POST", f"{path}/secret", "mesin", {"overlap_hours": 1})
        web.ok("PATCH", path, "mesin", {"service": "surat-keterangan"})
        _fail_until_paused(web, receiver, path)
        web.ok("POST", f"{path}/resume", "mesin", {})
        web.ok("DELETE", path, "mesin")


def _fail_until_paused(web: Played, receiver: Receiver, path: str) -> None:
    receiver.always = says(500)
    web.open()
    web.deliver()
    for _ in range(40):
        web.world.hands.pass_time(hours=1)
        rung: list[tuple[str, str]] = []
        relay.sweep(web.world.ctx, rung.extend)
        web.attempt(rung)
    assert web.ok("GET", path, "mesin").get_json()["state"] == "paused"


def an_account_asks_who_works_where(web: Played) -> None:
    assert web.ok("GET", "/me", "dewi").get_json()["login"] == "smr.dewi"
    assert web.ok("GET", "/agencies", "dewi").get_json()["items"]
    assert web.ok("GET", "/officers", "wati").get_json()["items"]
    assert web.ok("GET", "/services/izin-reklame", "dewi").get_json()["id"] == "izin-reklame"


def somebody_comes_for_two_things_at_once(web: Played) -> None:
    wanted = [{"service": each["service"], "facts": each.get("facts", {})}
              for each in (LETTER, BILLBOARD)]  # fmt: skip
    body = {"services": wanted, "applicant": APPLICANT, "documents": LETTER["documents"]}
    number = web.ok("POST", "/visits", "dewi", body).get_json()["cases"][1]["number"]
    web.ok("GET", f"/cases/{number}/slips/visit", "dewi")


def another_way_of_numbering_is_loaded_and_decided(web: Played) -> None:
    ours = _regions()[0]
    *others, last = ours.region.number_patterns
    for action, pattern in (("refuse", "{serial:5}/{year}"), ("confirm", "{serial:6}/{year}")):
        new = replace(last, pattern=pattern, basis="Perwali 2/2026")
        region = replace(ours.region, number_patterns=(*others, new))
        loading.load(web.world.ctx, replace(ours, region=region), "operator")
        waits = web.ok("GET", "/numbering", "dewi").get_json()["proposal"]
        web.ok("POST", "/numbering", "lina", {"action": action, "sha256": waits["sha256"]})


def doors_outside_the_api_are_open(web: Played) -> None:
    for path in ("/", "/status", "/healthz", "/readyz", "/metrics", "/static/casetrack.css"):
        web.ok("GET", f"/{path}")
    for path in ("/verifikasi", "/verifikasi/503/1/2026"):
        web.ok("GET", f"/{path}")
        page = web.flask.test_client().post(path, data={"number": "503/1/2026"})
        web.succeeded.add((web._name(page), None))
    web.ok("GET", "/openapi.json")
    asked = f"hub.mode=subscribe&hub.verify_token={TOKEN}&hub.challenge=1158201444"
    assert web.ok("GET", f"//gateways/whatsapp?{asked}").text == "1158201444"
    raw = call()
    signed = {"X-Hub-Signature-256": signature(raw)}
    web.ok("POST", "//gateways/whatsapp", raw=raw, headers=signed)


def an_officer_signs_in_to_pages(web: Played) -> None:
    browser, keeper = Browser(web.flask), Browser(web.flask)
    link = f"/masuk/undangan/{passwords.invite(web.world.ctx, 'smr.rudi', by='andi')}"
    known = {"login": "smr.rudi", "password": PASSWORD}
    changed = {"old": PASSWORD, "password": OTHER, "again": OTHER}
    for answer in (
        browser.get(link),
        browser.send(link, password=PASSWORD, again=PASSWORD),
        browser.get("/kerja"),
        browser.send("/keluar"),
        browser.get("/masuk"),
        browser.send("/masuk", **known),
        browser.get("/akun"),
        browser.send("/akun/sesi", session="lain"),
        browser.send("/akun/sandi", **changed),
        browser.get("/masuk/lagi"),
        browser.send("/masuk/lagi", password=OTHER),
        keeper.send("/masuk", login=with_password(web.world, "admin"), password=PASSWORD),
        keeper.get("/kelola/petugas"),
        keeper.send("/kelola/petugas", login="smr.dewi"),
    ):
        assert answer.status_code < 400, answer.text
        web.succeeded.add((web._name(answer), None))


def nobody_decides_in_time_and_the_law_grants(web: Played) -> None:
    acts = [("wati", "propose"), ("ketua", "confirm"), ("wati", "end")]
    for who, action in (*acts, *acts[:2]):
        web.ok("POST", "/services/sip-dokter/silence", who, {"action": action})
    web.ok("GET", "/services/sip-dokter/silence", "dewi")
    body = {"service": "sip-dokter", "applicant": APPLICANT, "documents": []}
    number = str(web.open(body)["number"])
    web.bring(number, pdf(), requirement="ktp", name="ktp.pdf")
    for fact in ("str", "skp"):
        web.on(number, "tono", "external-facts", {"fact": fact, "answer": "yes"})
    web.play(number, "dewi declare_complete intake")
    web.world.hands.pass_time(days=14)
    while deadlines.watch_once(web.world.ctx):
        pass
    assert web.ok("GET", "/deemed-grants", "audit").get_json()["items"]
    web.on(number, "wati", "deemed-checks", {"result": "in_order"})


def what_was_mistyped_is_put_right(web: Played) -> None:
    said = {"reason": "mistyped", "asked_by": "office"}
    number = str(web.open(BILLBOARD)["number"])
    facts = {"action": "correct_facts", "facts": {"width_cm": 500}, **said}
    web.on(number, "dewi", "corrections", facts)
    issued = {**NOTED, "number": "0220012345679"}
    body = {"action": "correct_issued", "issued_elsewhere": issued, **said}
    web.on(noted(web), "dewi", "corrections", body)


def who_was_served_is_asked_how_it_was(web: Played) -> None:
    scores = dict.fromkeys(ELEMENTS, 4)
    numbers = [str(web.open()["number"]) for _ in range(2)]
    for number in numbers:
        web.acts(number, "dewi", "withdraw")
    first, second = (survey_token(web.world.ctx, SAMARINDA, number) for number in numbers)
    web.ok("GET", f"/surveys/{numbers[0]}?t={first}")
    web.ok("POST", f"/surveys/{numbers[0]}", None, {"token": first, "scores": scores})
    body = {"service": "surat-keterangan", "way": "counter", "scores": scores}
    web.ok("POST", "/surveys", "dewi", body)
    web.ok("GET", f"//survei/{numbers[1]}?t={second}")
    form = "&".join([f"t={second}", *(f"{element}=3" for element in ELEMENTS)])
    sent = {"Content-Type": "application/x-www-form-urlencoded"}
    web.ok("POST", f"//survei/{numbers[1]}", headers=sent, raw=form.encode())


def somebody_complains_and_is_answered(web: Played) -> None:
    said = {"kind": "delay", "text": "Sudah tiga minggu."}
    filed = web.ok("POST", f"/regions/{SAMARINDA}/complaints", None, said).get_json()
    body = {**said, "way": "counter"}
    number = web.ok("POST", "/complaints", "dewi", body).get_json()["number"]
    web.ok("GET", "/complaints", "dewi")
    etag = web.ok("GET", f"/complaints/{number}", "dewi").headers["ETag"]
    asked = {"action": "note_corrective_action", "number": "T/1", "text": "Selesaikan."}
    acts: list[dict[str, Any]] = [
        {"action": "react", "text": "Kami periksa."},
        {"action": "name_officer", "officer": "smr.sari"},
        {"action": "begin_work"},
        {"action": "note_outside_number", "system": "lapor", "number": "77"},
        asked,
        {"action": "answer_corrective_action", "id": "@corrective", "text": "Sudah."},
        {"action": "answer", "text": "Berkas selesai besok."},
        {"action": "close"},
    ]
    known: dict[str, Any] = {}
    for act in acts:
        said_now = {n: known.get("id", v) if v == "@corrective" else v for n, v in act.items()}
        done = web.ok("POST", f"/complaints/{number}/actions", "dewi", said_now, etag=etag)
        etag = done.headers["ETag"]
        known = (done.get_json()["complaint"]["corrective"] or [{}])[-1]
    other = web.ok("POST", "/complaints", "dewi", body).get_json()["number"]
    path, on = f"/complaints/{other}/actions", {"action": "hand_on", "agency": "dlh"}
    web.ok("POST", path, "dewi", on, etag='"1"')
    code = {"X-Access-Code": filed["access_code"]}
    web.ok("GET", f"/complaints/{filed['number']}/status", headers=code)
    web.ok("GET", f"//pengaduan/{filed['number']}")
    web.ok("GET", "//pengaduan")
    sent = {"Content-Type": "application/x-www-form-urlencoded"}
    web.ok("POST", "//pengaduan", headers=sent, raw=b"kind=delay&text=Lama")
    raw = f"code={filed['access_code']}".encode()
    web.ok("POST", f"//pengaduan/{filed['number']}", headers=sent, raw=raw)


STORIES = (
    somebody_complains_and_is_answered,
    a_file_goes_back_to_the_applicant_and_on,
    an_inspection_is_promised_moved_and_recorded,
    what_is_missing_comes_later,
    two_with_one_number_are_told_apart_and_joined,
    a_levy_is_issued_paid_and_given_back,
    somebody_dies_and_others_go_on,
    somebody_is_held_and_their_erasure_declined_and_confirmed,
    files_end_without_a_decision,
    a_conflict_is_lifted_and_another_taken_over,
    a_paper_of_the_power_cut_is_typed_in_afterwards,
    a_bad_day_is_got_over,
    products_are_corrected_annulled_and_revoked,
    drafts_are_endorsed_signed_issued_and_changed,
    what_was_sent_as_a_file_is_opened,
    papers_come_into_the_register_and_are_asked_about,
    a_decision_is_read_listed_and_drawn,
    a_walk_in_is_told_in_person,
    an_agencys_system_subscribes,
    an_account_asks_who_works_where,
    doors_outside_the_api_are_open,
    an_officer_signs_in_to_pages,
    nobody_decides_in_time_and_the_law_grants,
    another_way_of_numbering_is_loaded_and_decided,
    somebody_comes_for_two_things_at_once,
    what_was_mistyped_is_put_right,
    who_was_served_is_asked_how_it_was,
)


# --- that they leave nothing out ------------------------------------------------------------------


def _regions() -> tuple[RegionData, RegionData]:
    """Samarinda, whose decisions need a passport, and whose billboards may take longer."""
    ours, theirs = guarded_regions()
    longer = Extension(TimeLimit(3, "working_days"), "Perda 1/2026 Pasal 5")
    billboard, letter = ours.services
    passing = replace(letter, passes_to_heirs=True)
    billboard = replace(billboard, extension=longer, second_clerk=True)
    services = (billboard, passing, stall(), permit(), assisted())
    officers = (*ours.officers, Officer("smr.ika", "officer", "bapenda"))
    data = drawing_up(replace(ours, services=services, officers=officers))
    patterns = (*data.region.number_patterns, NUMBERS)
    return replace(data, region=replace(data.region, number_patterns=patterns)), theirs


@pytest.fixture(scope="module", params=BOTH)
def played(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Played]:
    """A world in which every story has been played."""
    papers = [*papers_of_samarinda(), *money.papers(), money.account()]
    papers.append(changed(papers, "sk-rini", officer="smr.rudi"))
    with shared_world(request, tmp_path_factory, _regions(), **SETTINGS) as world:
        enter(world, *latest(papers))
        web = Played(world)
        for story in STORIES:
            story(web)
        yield web


@pytest.mark.parametrize("call", wanted(), ids=lambda call: ".".join(filter(None, call)))
def test_it_has_succeeded_in_a_story(played: Played, call: Call) -> None:
    assert call in played.succeeded, "play it in a story of the cast"


def test_nothing_that_succeeded_is_past_the_rules(played: Played) -> None:
    """What every door let through agrees with what the proof asks of it: one rule, told twice."""
    found = verify(played.world.ctx, progress=lambda _: None)
    assert found.fault is None
    past = [each for each in found.authority.findings if each.kind == "past_rules"]
    assert past == []


def test_the_list_has_every_operation_and_every_door() -> None:
    """So that the test above cannot pass by asking for less."""
    calls = wanted()
    assert len(calls) == len(set(calls))
    assert {operation for operation, _ in calls} == {
        *(route.operation for route in ROUTES),
        *OUTSIDE,
    }
    acting = {
        route.operation: set(get_args(route.body.model_fields["action"].annotation))
        for route in ROUTES
        if route.body is not None and "action" in route.body.model_fields
    }
    assert acting.keys() >= {"act_on_case", "act_on_step", "act_on_conflict", "act_on_product"}
    for operation, actions in acting.items():
        assert {action for name, action in calls if name == operation} == actions, operation


def test_the_doors_outside_are_those_that_there_are(played: Played) -> None:
    doors = {
        f"{method} {rule.rule}"
        for rule in played.flask.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint not in {route.operation for route in ROUTES}
    }
    assert doors == set(OUTSIDE)
