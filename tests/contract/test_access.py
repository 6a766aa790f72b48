"""Every route by every role from everywhere, against a table written from the contract."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from casetrack.domain.case.transitions import CASE_ACTIONS, PARTY_ACTIONS, STEP_ACTIONS
from casetrack.domain.region.region_data import Agency, Officer
from casetrack.storage.people import case_parties
from casetrack.usecases.people import officers, tokens
from casetrack.web.http.call import Route
from casetrack.web.routes import ROUTES
from tests.support.products import decided, drawing_up, first_product
from tests.support.scans import pdf
from tests.support.web import APPLICANT, BILLBOARD, BOTH, Web, problem, shared_world
from tests.support.world import SAMARINDA, samarinda, same, surabaya

ROLES = ("clerk", "officer", "supervisor", "head", "auditor", "integrator", "admin")
#: front: the counter; concerned: has a step; stranger: has none; (no agency): of the region itself.
PLACES = {"front": "dpmptsp", "concerned": "dlh", "stranger": "dinkes", "none": None}
STAFF = {"clerk", "officer", "supervisor", "head"}
INSIDE = 200

#: Who may call what: written by hand, so that a slip in the program's own table is seen.
BY = {
    "open_case": {"clerk"},
    "open_visit": {"clerk"},
    "list_cases": STAFF | {"auditor"},
    "read_case": STAFF | {"auditor"},
    "act_on_case": {"clerk", "supervisor"},
    "receive_document": {"clerk", "supervisor"},
    "read_file": STAFF | {"auditor"},
    "issue_bill": {"officer", "supervisor", "head"},
    "list_case_bills": STAFF | {"auditor"},
    "print_bill": STAFF,
    "act_on_bill": {"clerk", "officer", "supervisor", "head"},
    "list_bills": STAFF | {"auditor"},
    "total_bills": STAFF | {"auditor"},
    "load_payments": {"officer", "supervisor"},
    "close_payment": {"officer", "supervisor"},
    "read_payments": {"officer", "supervisor", "head", "auditor"},
    "list_payments": {"officer", "supervisor", "head", "auditor"},
    "list_unmatched": STAFF | {"auditor"},
    "total_unmatched": STAFF | {"auditor"},
    "act_on_inspection": {"clerk", "officer", "supervisor"},
    "act_on_step": {"clerk", "officer", "supervisor"},
    "read_events": STAFF | {"auditor", "integrator"},
    "read_trace": STAFF | {"auditor"},
    "read_clock": STAFF | {"auditor"},
    "draw_decision": STAFF | {"auditor"},
    "draw_refusal": STAFF | {"auditor"},
    "show_passport": STAFF | {"auditor"},
    "draw_service": {"head", "auditor"},
    "show_service": {"head", "auditor"},
    "read_worklist": STAFF,
    "read_feed": {"integrator"},
    "create_webhook": {"integrator"},
    "list_webhooks": {"integrator"},
    "read_webhook": {"integrator"},
    "change_webhook": {"integrator"},
    "remove_webhook": {"integrator"},
    "rotate_webhook": {"integrator"},
    "test_webhook": {"integrator"},
    "resume_webhook": {"integrator"},
    "list_webhook_deliveries": {"integrator"},
    "resend_delivery": {"integrator"},
    "resend_webhook": {"integrator"},
    "read_messages": STAFF | {"auditor"},
    "unmask_party": STAFF | {"auditor"},
    "list_case_readings": {"auditor"},
    "list_readings": {"auditor"},
    "list_reading_findings": {"auditor"},
    "find_cases": {"clerk", "supervisor"},
    "search_cases": STAFF | {"auditor"},
    "read_slip": {"clerk", "supervisor"},
    "read_untold": {"clerk", "supervisor"},
    "mark_told": {"clerk", "supervisor"},
    "read_catalogue": set(ROLES),
    "read_service": set(ROLES),
    "read_me": set(ROLES),
    "list_agencies": set(ROLES),
    "list_officers": {"supervisor", "head", "auditor", "admin"},
    "list_templates": {"supervisor", "admin"},
    "preview_template": {"supervisor", "admin"},
    "act_on_conflict": STAFF,
    "decide_identity": {"supervisor"},
    "act_on_parties": {"clerk", "supervisor"},
    "ask_erasure": {"supervisor", "head", "admin"},
    "read_erasure": {"supervisor", "head", "admin", "auditor"},
    "settle_erasure": {"supervisor", "head", "admin"},
    # Nobody of this cast is named for data protection: tests/contract/test_erasures.py has who is.
    "list_erasures": {"auditor"},
    "place_hold": {"auditor"},
    "lift_hold": {"auditor"},
    "admit_late": {"supervisor"},
    "answer_external": {"clerk", "officer", "supervisor"},
    "correct_case": {"clerk", "officer", "supervisor"},
    "check_deemed": {"supervisor", "head"},
    "set_up_silence": {"supervisor", "head"},
    "read_silence": STAFF | {"auditor"},
    "read_numbering": STAFF | {"auditor", "admin"},
    "list_deemed": {"head", "auditor"},
    "begin_outage": {"supervisor"},
    "end_outage": {"supervisor"},
    "list_outages": STAFF | {"auditor"},
    "read_outage": STAFF | {"auditor"},
    "reserve_numbers": {"supervisor"},
    "close_numbers": {"supervisor"},
    "list_number_blocks": {"clerk", "supervisor", "head", "auditor"},
    "read_number_block": {"clerk", "supervisor", "head", "auditor"},
    "print_numbers": {"clerk", "supervisor"},
    "act_on_product": {"officer", "supervisor", "head"},
    "list_products": STAFF | {"auditor"},
    "read_product": STAFF | {"auditor"},
    "print_product": STAFF,
    "draft_product": {"officer", "supervisor"},
    "act_on_named_product": STAFF,
    # No role is enough: tests/contract/test_registrars.py has those whose duty it is.
    "draft_entry": set(),
    "settle_entry": set(),
    "decide_numbering": set(),
    "list_entries": {"supervisor", "head", "admin", "auditor"},
    "read_entry": {"supervisor", "head", "admin", "auditor"},
    "list_findings": {"head", "auditor"},
    "who_may": {"officer", "supervisor", "head", "auditor"},
    "what_may_i": {"officer", "supervisor", "head", "auditor"},
    "what_if": {"head", "auditor"},
    "read_radar": {"head", "auditor"},
    "list_coverage": {"head", "auditor"},
    "read_powers": {"head", "auditor"},
    "list_decisions": {"head", "auditor"},
    "list_administration": {"auditor"},
    "list_sign_ins": {"auditor"},
    "read_officer_profile": {"admin"},
    "put_officer_profile": {"admin"},
    "read_report": {"head", "auditor"},
    "enter_survey": {"clerk", "supervisor"},
    "enter_complaint": {"clerk", "supervisor"},
    "list_complaints": STAFF | {"auditor"},
    "read_complaint": STAFF | {"auditor"},
    "act_on_complaint": STAFF,
}
ANYBODY = {"read_status", "open_sent_file", "verify_product", "compare_name", "file_complaint"}
#: Anybody with the token of a case's link; without it there is nothing.
BY_LINK = {"read_survey", "answer_survey", "read_complaint_status"}
#: About a complaint: here there is none (test_complaints.py).
ABOUT_A_COMPLAINT = {"read_complaint", "act_on_complaint"}
ABOUT_A_CASE = {
    "read_case",
    "act_on_case",
    "receive_document",
    "read_file",
    "act_on_step",
    "act_on_inspection",
    "read_events",
    "read_trace",
    "read_clock",
    "draw_decision",
    "draw_refusal",
    "show_passport",
    "read_slip",
    "read_messages",
    "unmask_party",
    "list_case_readings",
    "act_on_conflict",
    "decide_identity",
    "act_on_parties",
    "admit_late",
    "answer_external",
    "correct_case",
    "check_deemed",
    "act_on_product",
    "list_products",
    "read_product",
    "print_product",
    "draft_product",
    "act_on_named_product",
    "issue_bill",
    "list_case_bills",
    "print_bill",
    "act_on_bill",
}
#: Only the counter of the case's service may.
AT_THE_COUNTER = {
    *("act_on_case", "receive_document", "decide_identity", "act_on_parties"),
    *("check_deemed", "set_up_silence"),
}
#: The paper holds the text: it is for who reads persons in full, or decides; here the front office.
FOR_READERS_OF_THE_TEXT = {"print_product"}
#: About a bill or a file of payments: here there is none (test_story_of_a_levy.py, test_bank_files.py).
ABOUT_MONEY = {"act_on_bill", "print_bill", "read_payments", "list_payments"}
#: About an outage or a block of numbers: here there is none (test_story_of_an_outage.py,
#: test_story_of_a_power_cut.py).
ABOUT_A_BAD_DAY = {
    *("read_outage", "end_outage", "read_number_block", "close_numbers", "print_numbers"),
}
NOT_HERE = ABOUT_MONEY | ABOUT_A_BAD_DAY | ABOUT_A_COMPLAINT
#: About the applicant of the case: elsewhere there is no such person.
ABOUT_A_PERSON = {"read_erasure", "settle_erasure", "lift_hold"}
#: About an entry of Samarinda's register: elsewhere there is no such thing.
ABOUT_AN_ENTRY = {"settle_entry", "read_entry"}
#: About an account of Samarinda's.
ABOUT_AN_ACCOUNT = {"read_officer_profile", "put_officer_profile"}
#: About a service of Samarinda's catalogue.
ABOUT_A_SERVICE = {
    *("draw_service", "show_service", "read_service", "read_silence", "set_up_silence"),
}
ENTRY = {
    "kind": "position",
    "id": "kepala-dpmptsp",
    "entry": {"agency": "dpmptsp", "name": {"id": "Kepala DPMPTSP", "en": "Head"}},
    "document": {"sha256": "ab" * 32},
}


#: They name a webhook of the counter's agency, whose integrators have it.
ABOUT_A_WEBHOOK = {route.operation for route in ROUTES if "{webhook}" in route.path}


@dataclass(frozen=True)
class Caller:
    """Somebody at the door: `login` None has no token at all."""

    role: str
    place: str
    login: str | None
    state: str = "live"


def _callers() -> list[Caller]:
    ours = [Caller(r, p, f"all.{r}.{p}") for r in ROLES for p in PLACES]
    theirs = [Caller(r, "elsewhere", f"far.{r}") for r in ROLES]
    revoked = [Caller(r, "front", f"all.{r}.front", "revoked") for r in ROLES]
    disabled = [Caller(r, "front", f"out.{r}", "disabled") for r in ROLES]
    return [*ours, *theirs, *revoked, *disabled, Caller("nobody", "front", None, "no token")]


CALLERS = _callers()


def sees_the_case(caller: Caller) -> bool:
    """Staff of the agencies concerned do; an auditor sees all of the region."""
    if caller.place == "elsewhere":
        return False
    region_wide = caller.role == "auditor" or (caller.role, caller.place) == ("integrator", "none")
    return caller.place in ("front", "concerned") or region_wide


def is_hidden(operation: str, caller: Caller) -> bool:
    """What is none of the caller's business is not there."""
    if operation in ABOUT_A_CASE:
        return not sees_the_case(caller)
    if operation in ABOUT_A_WEBHOOK:
        return caller.place != "front"
    return (
        operation in ABOUT_AN_ENTRY | ABOUT_A_PERSON | ABOUT_AN_ACCOUNT
        and caller.place == "elsewhere"
    )


def expected(operation: str, caller: Caller, step_agency: str | None = None) -> int:
    """401, 404, 403, or INSIDE: what the contract says of this caller at this door."""
    if operation in ANYBODY | BY_LINK:
        return INSIDE
    if caller.state != "live":
        return 401
    if is_hidden(operation, caller) or operation in NOT_HERE:
        return 404
    if operation in ABOUT_A_SERVICE and caller.place == "elsewhere":
        return 404
    if caller.role not in BY[operation]:
        return 403
    if operation in AT_THE_COUNTER | FOR_READERS_OF_THE_TEXT and caller.place != "front":
        return 403
    if step_agency is not None and PLACES[caller.place] != step_agency:
        return 403
    return INSIDE


class Doors:
    """The world with an officer of every role in every place, and a case to look at."""

    def __init__(self, web: Web) -> None:
        self.web = web
        self.number = web.open(BILLBOARD, "all.clerk.front")["number"]
        with web.world.database.read() as connection:
            self.subject = case_parties.parties_of_case(connection, SAMARINDA, self.number)[
                0
            ].subject
        came = web.bring(self.number, pdf(), "all.clerk.front", etag='"1"')
        assert came.status_code == 201, came.text
        self.tokens = {c: self._token(c) for c in CALLERS if c.login}
        self.version = self._decide()
        self.drawn = decided(web, "all.clerk.front", "all.officer.front", "all.auditor.front")
        self.product = first_product(web, self.drawn, "all.auditor.front")["id"]
        entered = web.post("/authority/entries", "smr.lina", ENTRY)
        assert entered.status_code == 201, entered.text

    def _decide(self) -> int:
        """One refused attempt, then a decision; gives the version of its event."""
        clerk, officer, audit = "all.clerk.front", "all.officer.concerned", "all.auditor.front"
        for who, action, step, more, wanted in (
            (clerk, "declare_complete", "intake", {}, 200),
            (officer, "complete", "review_dlh", {"as_position": "none"}, 403),
            (officer, "complete", "review_dlh", {}, 200),
        ):
            etag = self.web.etag(self.number, audit)
            said = {"result": "favourable", **more} if action == "complete" else more
            done = self.web.act(self.number, who, action, step, etag=etag, **said)
            assert done.status_code == wanted, done.text
        trace = self.web.get(f"/cases/{self.number}/trace", audit).get_json()
        return int(trace["decisions"][-1]["version"])

    def _token(self, caller: Caller) -> str:
        ctx, login = self.web.world.ctx, caller.login or ""
        token = tokens.create_token(ctx, login)
        if caller.state == "revoked":
            tokens.revoke_token(ctx, token.split("_")[1])
        if caller.state == "disabled":
            officers.disable_officer(ctx, login)
        return token

    def webhook(self) -> str:
        """A webhook of the counter's agency."""
        caller = Caller("integrator", "front", "all.integrator.front")
        headers = {"Authorization": f"Bearer {self.tokens[caller]}"}
        body = {"url": "http://127.0.0.1:9/", "types": ["casetrack.*"]}
        made = self.web.call("POST", "/webhooks", body=body, headers=headers)
        return str(made.get_json()["id"])

    def delivery(self, webhook: str) -> int:
        """A delivery of it: its position."""
        caller = Caller("integrator", "front", "all.integrator.front")
        headers = {"Authorization": f"Bearer {self.tokens[caller]}"}
        self.web.post(f"/webhooks/{webhook}/test", body={}, headers=headers)
        self.web.relay()
        listed = self.web.get(f"/webhooks/{webhook}/deliveries", headers=headers).get_json()
        return int(listed["items"][0]["position"])

    def knock(self, method: str, path: str, caller: Caller, body: object = None) -> int:
        """The status as one of 401, 404, 403 or INSIDE; what is refused for its content, or
        because it came too often, was let in."""
        token = self.tokens.get(caller)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        response = self.web.call(method, path, body=body, headers=headers)
        if response.status_code in (401, 403, 404):
            problem(response)
            return response.status_code
        assert response.status_code in (200, 201, 409, 422, 428, 429), response.text
        return INSIDE


@pytest.fixture(scope="module", params=BOTH)
def doors(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Doors]:
    """One world for all of them: nobody here changes anything."""
    cast = [Officer(c.login or "", c.role, PLACES.get(c.place)) for c in CALLERS if c.login]
    ours = {o.login: o for o in cast if not o.login.startswith("far.")}
    keepers = tuple(o for o in samarinda().officers if o.registrar_for)
    home = drawing_up(replace(samarinda(), officers=(*ours.values(), *keepers)))
    theirs = tuple(Officer(o.login, o.role, "dpmptsp") for o in cast if o.login.startswith("far."))
    # The other region has agencies of the same ids, those concerned by the case among them.
    agencies = tuple(Agency(a, same(a), "city") for a in ("dpmptsp", "dlh", "dishub"))
    away = replace(surabaya(), officers=theirs, agencies=agencies)
    with shared_world(request, tmp_path_factory, (home, away)) as world:
        yield Doors(Web(world))


def test_the_table_names_every_route() -> None:
    assert {route.operation for route in ROUTES} == set(BY) | ANYBODY | BY_LINK


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.operation)
def test_every_route_lets_in_whom_the_contract_names_and_nobody_else(
    doors: Doors, route: Route
) -> None:
    operation, method, path = route.operation, route.method, route.path
    found, wanted = {}, {}
    webhook = doors.webhook() if operation in ABOUT_A_WEBHOOK else ""
    position = doors.delivery(webhook) if "{position}" in path else 0
    steps = (("intake", "dpmptsp"), ("review_dlh", "dlh"))
    for caller in CALLERS:
        for step, agency in steps if "{step}" in path else steps[:1]:
            acts = operation in ("act_on_step", "act_on_inspection")
            kind = ENTRY["kind"] if operation in ABOUT_AN_ENTRY else "receipt"
            address = path.format(
                number=doors.drawn if "{product}" in path else doors.number,
                product=doors.product,
                step=step,
                kind=kind,
                entry=ENTRY["id"],
                webhook=webhook,
                subject=doors.subject,
                type="case.opened",
                position=position,
                bill="bill-1",
                file="0" * 64,
                outage="none",
                block="none",
                service="izin-reklame",
                document="doc-3",
                login="all.clerk.front",
                measure="steps",
                survey_number=doors.number,
                status_number=doors.number,
                sent_file=doors.product,
                complaint=doors.number,
                complaint_number=doors.number,
                region=SAMARINDA,
                id_or_number="503/1/2026",
                version=1 if "refusals" in path else doors.version,
            )
            # Empty content is refused behind the door (422): so the door is before the content.
            body: dict[str, Any] | None = {} if method in ("POST", "PATCH", "PUT") else None
            who = (caller.login, caller.state, step if acts else "")
            found[who] = doors.knock(method, address, caller, body)
            wanted[who] = expected(operation, caller, agency if acts else None)
            if acts and step == "review_dlh" and caller.role == "clerk" and wanted[who] == INSIDE:
                wanted[who] = 403  # the definition of this step names officers only
            if operation == "remove_webhook" and wanted[who] == INSIDE:
                webhook = doors.webhook()  # the one before is gone
    assert found == wanted


def _step_roles(action: str, step: str) -> set[str]:
    if action == "reopen":
        return {"supervisor"}
    worked = {"clerk", "officer"} if step in ("intake", "hand_over") else {"officer"}
    also = action in ("reassign", "no_opinion", "declare_complete")
    return worked | {"supervisor"} if also else worked


STEP_BODIES: dict[str, dict[str, Any]] = {
    "declare_complete": {},
    "claim": {},
    "complete": {"result": "favourable"},
    "return": {"defects": [{"requirement": "ktp"}]},
    "refuse": {},
    "no_opinion": {},
    "reassign": {},
    "record_payment": {},
    "reopen": {"reason": "a slip"},
}


@pytest.mark.parametrize("action", STEP_BODIES)
def test_every_step_action_is_for_the_roles_of_its_agency(doors: Doors, action: str) -> None:
    found, wanted = {}, {}
    for caller in (c for c in CALLERS if c.state == "live"):
        for step, agency in (
            ("intake", "dpmptsp"),
            ("review_dlh", "dlh"),
            ("review_dishub", "dishub"),
            ("decide", "dpmptsp"),
            ("hand_over", "dpmptsp"),
        ):
            path = f"/cases/{doors.number}/steps/{step}/actions"
            body = {"action": action, **STEP_BODIES[action]}
            who = (caller.login, step)
            found[who] = doors.knock("POST", path, caller, body)
            status = expected("act_on_step", caller, agency)
            allowed = caller.role in _step_roles(action, step)
            wanted[who] = 403 if status == INSIDE and not allowed else status
    assert found == wanted


CASE_BODIES: dict[str, dict[str, Any]] = {
    "resubmit": {},
    "send_return": {},
    "withdraw": {},
    "pause": {"reason": "court"},
    "resume": {},
    "hand_over": {},
    "confirm_hand_over": {},
    "return_papers": {"papers": ["doc-1"]},
    "close": {"reason": "lapsed"},
    "link": {"links": [{"kind": "duplicate_of", "number": "none"}]},
    "reissue_code": {},
    "extend": {},
}


@pytest.mark.parametrize("action", CASE_BODIES)
def test_every_case_action_is_for_clerk_and_supervisor_of_the_counter(
    doors: Doors, action: str
) -> None:
    path, body = f"/cases/{doors.number}/actions", {"action": action, **CASE_BODIES[action]}
    found, wanted = {}, {}
    for caller in (c for c in CALLERS if c.state == "live"):
        found[caller.login] = doors.knock("POST", path, caller, body)
        status = expected("act_on_case", caller)
        if action == "extend" and caller.role == "clerk" and status == INSIDE:
            status = 403  # casetrack's own: once, by a supervisor
        wanted[caller.login] = status
    assert found == wanted


HEIR = {"kind": "person", "name": "Sari Santoso"}
LETTER_OF_DEATH = {"paper": {"dated": "2026-11-20"}}
PARTY_BODIES: dict[str, dict[str, Any]] = {
    "report_death": {},
    "confirm_death": LETTER_OF_DEATH,
    "lift_death": {},
    "succeed": {**LETTER_OF_DEATH, "party": HEIR},
    "appoint": {**LETTER_OF_DEATH, "party": HEIR, "power": {"acts": ["file"]}},
    "end_power": {**LETTER_OF_DEATH, "why": "withdrawn"},
    "change_director": {**LETTER_OF_DEATH, "contact": {"acting": "Sari Santoso"}},
    "correct_contact": {"contact": {"email": "sari@example.id"}},
}


@pytest.mark.parametrize("action", PARTY_BODIES)
def test_every_act_on_the_people_is_for_clerk_and_supervisor_of_the_counter(
    doors: Doors, action: str
) -> None:
    body = {"action": action, "day": "2026-11-20", **PARTY_BODIES[action]}
    found, wanted = {}, {}
    for caller in (c for c in CALLERS if c.state == "live"):
        found[caller.login] = doors.knock("POST", f"/cases/{doors.number}/parties", caller, body)
        status = expected("act_on_parties", caller)
        settles = action in ("confirm_death", "lift_death")
        if settles and caller.role == "clerk" and status == INSIDE:
            status = 403  # who entered it does not decide about it
        wanted[caller.login] = status
    assert found == wanted


def test_the_tables_name_every_action() -> None:
    assert PARTY_BODIES.keys() == PARTY_ACTIONS.keys()
    assert CASE_BODIES.keys() == CASE_ACTIONS.keys()
    assert STEP_BODIES.keys() == STEP_ACTIONS.keys()


def test_a_case_named_in_the_body_is_hidden_as_well(doors: Doors) -> None:
    body = {"number": doors.number, "position": 1}
    for caller in CALLERS:
        wanted = expected("mark_told", caller)
        if wanted == INSIDE and not sees_the_case(caller):
            wanted = 404
        if wanted == INSIDE and caller.place != "front":
            wanted = 403
        assert doors.knock("POST", "/untold", caller, body) == wanted, caller


def test_lists_show_nothing_to_strangers(doors: Doors) -> None:
    for caller in CALLERS:
        if expected("list_cases", caller) != INSIDE:
            continue
        headers = {"Authorization": f"Bearer {doors.tokens[caller]}"}
        cases = doors.web.get("/cases", headers=headers).get_json()["items"]
        assert (cases != []) is sees_the_case(caller), caller


def test_finding_by_nik_is_for_the_counters_that_are_concerned(doors: Doors) -> None:
    for caller in CALLERS:
        if expected("find_cases", caller) != INSIDE:
            continue
        headers = {"Authorization": f"Bearer {doors.tokens[caller]}"}
        body = {"nik": APPLICANT["nik"]}
        found = doors.web.post("/cases/find", body=body, headers=headers).get_json()["items"]
        assert (found != []) is (caller.place in ("front", "concerned")), caller


def test_officers_are_listed_to_their_own_agency_and_to_who_administers_or_audits(
    doors: Doors,
) -> None:
    for caller in CALLERS:
        if expected("list_officers", caller) != INSIDE:
            continue
        headers = {"Authorization": f"Bearer {doors.tokens[caller]}"}
        listed = doors.web.get("/officers?limit=200", headers=headers).get_json()["items"]
        agencies = {each["agency"] for each in listed}
        if caller.place == "elsewhere":
            assert {each["login"].split(".")[0] for each in listed} == {"far"}
        elif caller.role in ("auditor", "admin"):
            assert agencies >= set(PLACES.values())
        else:
            # A supervisor of no agency sees nobody.
            assert agencies == ({PLACES[caller.place]} - {None}), caller


def test_a_case_named_in_the_query_is_hidden_as_well(doors: Doors) -> None:
    for caller in CALLERS:
        wanted = expected("who_may", caller)
        if wanted == INSIDE and not sees_the_case(caller):
            wanted = 404
        path = f"/authority/who?case={doors.number}&step=decide"
        assert doors.knock("GET", path, caller) == wanted, caller


def test_what_another_may_do_is_asked_by_head_and_auditor_only(doors: Doors) -> None:
    for caller in CALLERS:
        wanted = expected("what_may_i", caller)
        if wanted == INSIDE and caller.role not in ("head", "auditor"):
            wanted = 403
        path = "/authority/mine?officer=all.clerk.none"
        assert doors.knock("GET", path, caller) == wanted, caller
