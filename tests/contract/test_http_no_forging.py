"""No write route sets who acted, by what right, or when: read off the OpenAPI document, and tried."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, select

from casetrack.domain.access import OPERATION_ROLES
from casetrack.storage import schema
from casetrack.web.http.call import Route
from casetrack.web.http.models import Taken
from casetrack.web.routes import ROUTES
from tests.support.authority import enter, guarded_regions, papers_of_samarinda
from tests.support.registers import latest
from tests.support.web import BILLBOARD, BOTH, Web, problem, shared_world

WRITES = ("post", "put", "patch", "delete")
#: A part of a field's name by which an officer, a right or a time could be said.
WORDS = {
    *("actor", "assignee", "by", "confirmed", "entered", "login", "officer", "user"),
    *("authority", "chain", "grant", "incumbency", "passport", "scheme", "seat", "signature"),
    *("at", "date", "dated", "day", "hash", "id", "occurred", "on", "recorded", "since", "time"),
    *("until", "version"),
}
STEP, PRODUCT = "/cases/{number}/steps/{step}/actions", "/cases/{number}/product/actions"
PRODUCTS, ONE_PRODUCT = "/cases/{number}/products", "/cases/{number}/products/{product}/actions"
PEOPLE = "/cases/{number}/parties"
COMPLAINT = "/complaints/{complaint}/actions"
CORRECTION = "/cases/{number}/corrections"
NAMED_PRODUCT = "/cases/{number}/products/{product}/actions"
#: Fields that sound like it and may be, each with its reason.
EXCEPTIONS = {
    ("/cases", "facts"): "what the service asks, read by its definition; nothing of the case's own",
    (STEP, "officer"): "reassign: who shall work on the step; who acts is the token's officer",
    (STEP, "issued_elsewhere.dated"): "the day on what another issued, never one to come",
    (STEP, "issued_elsewhere.valid_until"): "its last day, as its issuer printed it",
    (
        CORRECTION,
        "facts",
    ): "facts as they should have been entered; what was entered stays in the history",
    (
        CORRECTION,
        "asked_by",
    ): "applicant, representative or office: who corrects is the token's officer",
    (CORRECTION, "issued_elsewhere.dated"): "the day on what another issued, never one to come",
    (CORRECTION, "issued_elsewhere.valid_until"): "its last day, as its issuer printed it",
    (PRODUCT, "facts"): "facts that a correction of the product puts right, by who has the power",
    (NAMED_PRODUCT, "reason.facts"): "the same, of one of several products",
    ("/cases/{number}/conflicts", "officer"): "whose conflict it is; who declares is the token's",
    ("/cases/{number}/late-entries", "occurred_at"): "when a paper was signed: a supervisor admits "
    "it, the officer enters their own act on it, and it is shown as late for ever",
    ("/cases", "late.occurred_at"): "when a file was taken in on paper, under a number that a "
    "supervisor set aside before: it is shown as late for ever",
    ("/surveys", "scores.time"): "how quick the service was, from 1 to 4: no time",
    ("/surveys/{survey_number}", "scores.time"): "the same, of one's own case",
    ("/complaints", "about_officer"): "whom it complains of: they read nothing of it",
    (
        "/complaints",
        "by_applicant",
    ): "whether who complains is the applicant; the clerk is the token's",
    (
        "/complaints",
        "received_on",
    ): "the day on which a paper came, never one to come: it only makes the answer due earlier",
    (COMPLAINT, "officer"): "whom it complains of: they read nothing of it",
    (COMPLAINT, "on_the_spot"): "that a look on the spot is needed: no time",
    (COMPLAINT, "id"): "which corrective action of the Ombudsman is answered",
    (COMPLAINT, "due"): "the day that the Ombudsman's letter says; no limit here hangs on it",
    (PRODUCT, "by"): "official, superior or court: the kind of decision, no person",
    (PRODUCT, "instrument.dated"): "the day that is printed on the instrument",
    (PRODUCT, "found_on"): "the day on which the ground was found: it only makes an act late",
    (
        "/cases/{number}/unmask",
        "assignment.until",
    ): "the last day of an auditor's letter: kept with the "
    "look as what they said; nothing of the case's own",
    (PEOPLE, "day"): "the day of a fact about a person, never one to come: kept beside the time of "
    "recording, and nothing is counted by it",
    (PEOPLE, "paper.dated"): "the day that is printed on the paper",
    (PEOPLE, "power.until"): "the last day of a power of attorney, never one that has passed",
    ("/cases", "representative.power.until"): "the same, brought with the application",
    ("/cases", "representative.power.paper.dated"): "the day that is printed on it",
    ("/visits", "services.facts"): "what each of the services asks, as of a case",
    ("/visits", "representative.power.until"): "the same, brought with several applications",
    ("/visits", "representative.power.paper.dated"): "the day that is printed on it",
    ("/visits", "applicant.passport_number"): "of a person without NIK: a travel document",
    ("/visits", "representative.passport_number"): "of a person without NIK: a travel document",
    ("/visits", "payer.passport_number"): "of a person without NIK: a travel document",
    ("/cases/{number}/actions", "present.signature"): "on paper or on a screen: how, and not whose",
    (ONE_PRODUCT, "present.signature"): "the same, of one product",
    ("/cases/{number}/documents", "present.signature"): "the same, of a paper that is brought",
    (ONE_PRODUCT, "brought_by"): "applicant, representative, heir: in what capacity, no person",
    (
        ONE_PRODUCT,
        "signature",
    ): "NIK and passphrase for the signing service; who acts is the token's",
    (STEP, "signature"): "the same, where the step signs",
    ("/cases/{number}/external-facts", "asked_at"): "when a register was asked, never to come: the "
    "time of recording stands beside it, and nothing is counted by it",
    **{
        (
            path,
            f"{who}.passport_number",
        ): "of a person without NIK: a travel document, no right to sign"
        for path, who in (
            *(("/cases", party) for party in ("applicant", "representative", "payer")),
            (PEOPLE, "party"),
        )
    },
    (
        "/cases/{number}/steps/{step}/inspections",
        "on",
    ): "the day of a promised inspection, never past",
    ("/cases/{number}/steps/{step}/inspections", "moved_by"): "agency or applicant, no person",
    ("/erasures", "approval.dated"): "the day that is printed on the archive authority's letter",
    ("/officers/{login}/profile", "since"): "from which day on an officer is printed so: what was "
    "signed keeps its own copy, and the trace has the time of recording",
    ("/cases/{number}/bills", "dated"): "the day of another system's assessment, printed on it",
    ("/cases/{number}/bills", "due_on"): "until when that assessment wants the money",
    **{
        (
            path,
            f"{before}written.relied_on",
        ): "which papers a decision rests on, in the office's words"
        for path, before in (
            (STEP, ""),
            (PRODUCT, ""),
            (PRODUCTS, ""),
            (ONE_PRODUCT, "reason."),
        )
    },
    **{
        (
            path,
            f"{before}hearing.{day}",
        ): "when a party had notice and was heard: kept with the ground"
        for path, before in ((PRODUCT, ""), (ONE_PRODUCT, "reason."))
        for day in ("notified_on", "heard_on")
    },
    (ONE_PRODUCT, "reason.by"): "as for the only product",
    (ONE_PRODUCT, "reason.found_on"): "as for the only product",
    (ONE_PRODUCT, "reason.instrument.dated"): "as for the only product",
    (ONE_PRODUCT, "order.by"): "official, superior or court, as of what ends a product",
    (ONE_PRODUCT, "order.instrument.dated"): "the day that is printed on the order",
    (ONE_PRODUCT, "dated"): "the day that is printed on what is issued; the event has its own time",
    (ONE_PRODUCT, "valid_until"): "its last day, where the service leaves that to the office",
    ("/authority/entries", "id"): "the name of a paper in the register",
    ("/authority/entries", "entry"): "what the paper says, its dates too; it works from its "
    "confirmation by a second officer and reaches no decision that was taken before",
}


@pytest.fixture(scope="module", params=BOTH)
def web(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """HTTP on a world with a register."""
    with shared_world(request, tmp_path_factory, guarded_regions()) as world:
        enter(world, *latest(papers_of_samarinda()))
        yield Web(world)


def _fields(document: Any, schema_: Any, at: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every field of a body, whatever it is nested in, with its schema."""
    if isinstance(schema_, list):
        for one in schema_:
            yield from _fields(document, one, at)
    if not isinstance(schema_, dict):
        return
    if "$ref" in schema_:
        target = document["components"]["schemas"][schema_["$ref"].rpartition("/")[2]]
        yield from _fields(document, target, at)
    for name, inner in schema_.get("properties", {}).items():
        yield ".".join((*at, name)), inner
        yield from _fields(document, inner, (*at, name))
    for word in ("anyOf", "allOf", "oneOf", "items", "prefixItems"):
        yield from _fields(document, schema_.get(word), at)


def _says_more(field: str, schema_: Any) -> bool:
    """Whether a field names an officer, a right or a time, or may hold anything at all."""
    words = set(field.rpartition(".")[2].split("_"))
    parts = [schema_, *schema_.get("anyOf", ())]
    dated = any(part.get("format") in ("date", "date-time", "time") for part in parts)
    free = any(part == {} or part.get("additionalProperties") is True for part in parts)
    return bool(words & WORDS) or dated or free


def test_no_body_has_a_field_by_which_an_officer_a_passport_or_a_time_is_set(web: Web) -> None:
    document = web.get("/openapi.json").get_json()
    found, seen = set(), 0
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method not in WRITES or "requestBody" not in operation:
                continue
            body = operation["requestBody"]["content"]["application/json"]["schema"]
            fields = dict(_fields(document, body))
            seen += len(fields)
            found |= {(path, field) for field, inner in fields.items() if _says_more(field, inner)}
    assert seen > 40
    assert found == set(EXCEPTIONS)


def test_no_write_takes_more_than_its_place_its_key_and_what_was_seen(web: Web) -> None:
    document = web.get("/openapi.json").get_json()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method in WRITES:
                names = {p["name"] for p in operation["parameters"] if p["in"] != "path"}
                assert names <= {"Idempotency-Key", "If-Match"}, (path, names)


FORGED = {
    "actor": {"id": "smr.ketua", "role": "head"},
    "passport": {"seat": {"officer": "smr.ketua"}},
    "authority": {"scheme": "checked"},
    "recorded_at": "2020-01-01T00:00:00Z",
    "occurred_at": "2020-01-01T00:00:00Z",
    "confirmed_by": "smr.ketua",
    "decided_by": "smr.ketua",
    "assignee": "smr.ketua",
}
CAST = {
    "clerk": "dewi",
    "officer": "hadi",
    "supervisor": "wati",
    "head": "ketua",
    "admin": "admin",
    "auditor": "audit",
    "integrator": "mesin",
}


#: What it is done to does not exist in this case, and that is said first; its bodies are as strict.
OF_A_THING = ("act_on_named_product", "act_on_bill")


def _writes() -> list[Route]:
    """What writes about cases and about the register; every other body is as strict."""
    found = [route for route in ROUTES if route.body is not None]
    assert all(issubclass(route.body, Taken) for route in found if route.body)
    return [route for route in found if route.path.startswith(("/cases", "/authority"))]


def _events(web: Web) -> int:
    with web.world.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(schema.events)).scalar_one())


def test_whoever_sends_such_a_field_is_refused_and_nothing_is_written(web: Web) -> None:
    number = web.open(BILLBOARD)["number"]
    web.begun(*CAST.values(), "lina")  # their tokens leave a trace of their own
    before, tried = _events(web), 0
    for route in _writes():
        # Who may not act there is told so first; one of the route's roles, or a registrar, may.
        cast = [*(CAST[role] for role in OPERATION_ROLES[route.operation]), "lina"]
        if route.operation in OF_A_THING:
            continue
        path = route.path.format(
            number=number, step="decide", kind="grant", entry="delegasi-reklame"
        )
        assert route.body is not None
        for name, value in FORGED.items():
            if name in route.body.model_fields:
                continue
            answers = [web.call(route.method, path, who, {name: value}, etag='"1"') for who in cast]
            (answer, *_) = [one for one in answers if one.status_code != 403]
            assert (answer.status_code, problem(answer)) == (422, "invalid_body"), (path, name)
            assert name in {error["at"] for error in answer.get_json()["errors"]}
            tried += 1
    assert tried > 40
    assert _events(web) == before
