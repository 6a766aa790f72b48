"""Every route by those whose rights come from elsewhere than a role: registrars, seats, superiors.

The people are the demo's. Beside them stand a stranger without a seat, a head whose seat holds no power
for the case, and an officer of another region.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from casetrack.usecases.people import subjects
from casetrack.web.http.call import Route
from casetrack.web.routes import ROUTES
from tests.contract.test_access import (
    ABOUT_A_BAD_DAY,
    ABOUT_A_CASE,
    ABOUT_A_COMPLAINT,
    ABOUT_A_PERSON,
    ABOUT_A_SERVICE,
    ABOUT_A_WEBHOOK,
    ABOUT_AN_ACCOUNT,
    ABOUT_AN_ENTRY,
    ABOUT_MONEY,
    ANYBODY,
    BY,
    BY_LINK,
    INSIDE,
)
from tests.support import demo
from tests.support.web import BOTH, Web, problem, shared_world
from tests.support.world import SAMARINDA, SURABAYA

#: Login → role, agency, the power of their seat (for this case, for another service, or none), and
#: whether they are a registrar. Written by hand from the demo's files.
PEOPLE: dict[str, tuple[str, str, str | None, bool]] = {
    "smr.walikota": ("officer", "setda", "this", False),
    "smr.signer": ("officer", "dpmptsp", "this", False),
    "smr.dlh2": ("officer", "dlh", "this", False),
    "smr.dinkes": ("officer", "dinkes", "other", False),
    "smr.registrar": ("officer", "setda", None, True),
    "smr.supervisor": ("supervisor", "dpmptsp", None, True),
    "smr.imigrasi": ("officer", "imigrasi", None, False),
    "smr.polresta.clerk": ("clerk", "polresta", None, False),
}
STRANGER_FROM_SURABAYA = "sby.dpmptsp"
CONCERNED = {"dpmptsp", "dlh", "dishub", "pupr", "bapenda"}
#: What a seat with a power opens, whatever the role.
SEAT_OPENS_CASE = {
    "read_case", "read_events", "read_trace", "read_clock", "draw_decision",
    "draw_refusal", "show_passport",
    "act_on_step", "act_on_conflict", "act_on_product", "list_products",
    "read_product", "print_product", "act_on_named_product", "issue_bill", "act_on_bill",
}  # fmt: skip
SEAT_OPENS = {
    "who_may", "what_may_i", "read_radar", "list_coverage", "list_findings", "list_decisions",
}  # fmt: skip
#: The case here has no bill and no uploaded file, and nobody loaded payments.
NOT_HERE = ABOUT_MONEY | ABOUT_A_BAD_DAY | ABOUT_A_COMPLAINT | {"read_file"}
#: Who sits at the top of the secretariat confirms the first registrars.
HEADS_SECRETARIAT = "smr.walikota"
OF_ITS_HEAD = {"settle_entry", "list_entries", "read_entry"}
KEPT_BY_REGISTRARS = {
    *("draft_entry", "settle_entry", "list_entries", "read_entry", "decide_numbering"),
}
#: Only the agency of the counter, whatever the role.
OF_THE_COUNTER = {"act_on_case", "decide_identity", "admit_late"}


def expected(operation: str, login: str) -> int:
    """401 is test_access's; here 404, 403 or INSIDE: what the rules say of this person at this door."""
    if operation in ANYBODY | BY_LINK:
        return INSIDE
    role, agency, power, registrar = PEOPLE.get(login, ("officer", "elsewhere", None, False))
    sees = agency in CONCERNED or power == "this"
    if operation in NOT_HERE or (operation in ABOUT_A_CASE and not sees):
        return 404
    if operation in ABOUT_A_WEBHOOK and agency != "dpmptsp":
        return 404
    of_samarinda = ABOUT_AN_ENTRY | ABOUT_A_SERVICE | ABOUT_A_PERSON | ABOUT_AN_ACCOUNT
    if agency == "elsewhere" and operation in of_samarinda:
        return 404
    by_seat = operation in SEAT_OPENS_CASE and power == "this"
    by_seat |= operation in SEAT_OPENS and power is not None
    by_duty = registrar and operation in KEPT_BY_REGISTRARS
    by_duty |= login == HEADS_SECRETARIAT and operation in OF_ITS_HEAD
    if not (role in BY[operation] or by_seat or by_duty):
        return 403
    of_step = operation in ("act_on_step", "act_on_inspection")
    if of_step and agency != "dpmptsp" and login != "smr.walikota":
        return 403  # the step is the decision: the power to recommend opens another one
    if operation in OF_THE_COUNTER and agency != "dpmptsp":
        return 403
    return INSIDE


@pytest.fixture(scope="module", params=BOTH)
def city(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """The demo's city and one beside it, and a case that waits for its decision."""
    regions = (demo.region(SAMARINDA), demo.region(SURABAYA))
    with shared_world(request, tmp_path_factory, regions) as world:
        yield Web(world)


@pytest.fixture(scope="module")
def place(city: Web) -> dict[str, Any]:
    """What fills the paths: a case whose recommendation was given, its step, an entry, a webhook."""
    body: dict[str, Any] = {
        "service": "izin-reklame",
        "facts": {"width_cm": 400, "location": "64.72.03"},
        "applicant": {"kind": "person", "name": "Budi Santoso", "nik": "6472010101900001"},
    }
    body["documents"] = demo.documents("izin-reklame", body["facts"])
    number = city.open(body, "clerk")["number"]
    for who, action, step, more in (
        ("clerk", "declare_complete", "intake", {}),
        ("dishub", "complete", "review_dishub", {"result": "favourable", "as_position": "none"}),
        ("dishub", "complete", "review_dishub", {"result": "favourable"}),
    ):
        city.act(number, who, action, step, etag=city.etag(number, "auditor"), **more)
    etag = city.etag(number, "auditor")
    drawn = city.post(f"/cases/{number}/products", "dpmptsp", {"product": "izin"}, etag=etag)
    decisions = city.get(f"/cases/{number}/trace", "auditor").get_json()["decisions"]
    hook = {"url": "http://127.0.0.1:9/", "types": ["casetrack.*"]}
    webhook = city.post("/webhooks", "integrator", hook).get_json()["id"]
    city.post(f"/webhooks/{webhook}/test", "integrator", {})
    city.relay()
    sent = city.get(f"/webhooks/{webhook}/deliveries", "integrator").get_json()["items"]
    (budi,) = subjects.by_case(city.world.ctx, number)
    return {
        "number": number,
        "subject": budi.subject,
        "product": drawn.get_json()["products"][0]["id"],
        "id_or_number": "503/1/2026",
        "step": "decide",
        "version": decisions[-1]["version"],
        "webhook": webhook,
        "position": sent[0]["position"],
        "service": "izin-reklame",
        "type": "case.opened",
        "kind": "receipt",
        "entry": "kepala-dpmptsp",
    }


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.operation)
def test_every_route_lets_in_whom_their_seat_or_duty_names_and_nobody_else(
    city: Web, place: dict[str, Any], route: Route
) -> None:
    filled = dict(place)
    if route.operation in ABOUT_AN_ENTRY:
        filled["kind"] = "position"
    if "refusals" in route.path:
        filled["version"] = 1
    rest = {
        "bill": "bill-1",
        "file": "0" * 64,
        "document": "doc-1",
        "measure": "steps",
        "survey_number": place["number"],
        "status_number": place["number"],
        "sent_file": "SMR-AAAA-AAAA-AAAA",
        "complaint": place["number"],
        "complaint_number": place["number"],
        "region": SAMARINDA,
        "login": "smr.signer",
        "outage": "none",
        "block": "none",
    }
    address = route.path.format(**filled, **rest)
    # Empty content is refused behind the door (422): so the door is before the content.
    body: dict[str, Any] | None = {} if route.method in ("POST", "PATCH") else None
    people = (*PEOPLE, STRANGER_FROM_SURABAYA)
    found = {login: _knock(city, route.method, address, login, body) for login in people}
    assert found == {login: expected(route.operation, login) for login in people}


def _knock(city: Web, method: str, address: str, login: str, body: Any) -> int:
    answer = city.call(method, address, login, body)
    if answer.status_code in (401, 403, 404):
        problem(answer)
        return answer.status_code
    assert answer.status_code in (200, 201, 409, 422, 428, 429), answer.text
    return INSIDE
