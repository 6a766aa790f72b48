"""Every operation and every action, wrong in two ways at once: the earlier refusal is heard.

The order is that of docs/api.md. The doors are held against the routes, so an operation or an action that
is added fails here until it has one; most of what can be wrong with it is made from its route.
"""

import base64
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, get_args

import pytest

from casetrack.domain.case.survey import ELEMENTS
from casetrack.domain.region.region_data import Officer
from casetrack.storage.people import case_parties
from casetrack.usecases.case.surveys import survey_token
from casetrack.usecases.people.subjects import Person
from casetrack.usecases.region import loading
from casetrack.web.routes import ROUTES
from tests.contract.test_grants_by_law import (
    NUMBERS,
    complete,
    pass_the_limit,
    permit,
    set_up,
)
from tests.support.assisted import NOTED, assisted, noted
from tests.support.authority import enter
from tests.support.erasing import erase
from tests.support.examples import MANY
from tests.support.money import account, billed, on_bill, papers, stall
from tests.support.money import decided as decided_stall
from tests.support.products import decided, drawing_up, first_product
from tests.support.refusals import ORDER, REPLAYED, Door, Fault, Knocker
from tests.support.registers import latest
from tests.support.scans import pdf
from tests.support.web import APPLICANT, BILLBOARD, BOTH, LETTER, Web, shared_world
from tests.support.world import BILLBOARD_STORY, SAMARINDA, World, samarinda, surabaya

SCAN = "cd" * 32
PAPER = {
    "kind": "position",
    "id": "kepala-lain",
    "entry": {"agency": "dpmptsp", "name": {"id": "Kepala", "en": "Head"}},
    "document": {"sha256": SCAN},
}
JUDGMENT: dict[str, Any] = {
    "ground": "authority",
    "by": "court",
    "instrument": {"number": "12/G/2026", "dated": "2026-11-20", "issuer": "PTUN Samarinda"},
    "found_on": "2026-11-20",
}
REACHING_IN = {"article": "Pasal 14 ayat (7)", "note": "atasan langsung"}
#: A bank's file with its columns and no row.
PAYMENTS = "Y29kZTthbW91bnQ7cmVmZXJlbmNlCg=="
KTP = {"requirement": "ktp", "name": "ktp.pdf"}
NOTE = {"body.note": "pemohon datang sendiri"}
ERASED = Fault("409", (409, "subject_erased"), {"path.number": "@erased", **NOTE})
#: The last day of a letter of assignment is over.
ENDED_LETTER = {"letter": "ST-12/2026", "until": "2026-01-01"}
ENDED = Fault("409", (409, "status_forbids"), {"path.number": "@withdrawn"})


def content(code: str, **changes: Any) -> Fault:
    """What cannot be taken of a body."""
    return Fault("content", (422, code), {f"body.{name}": value for name, value in changes.items()})


def not_for(who: str, place: str = "said", code: str = "role_not_allowed", **body: Any) -> Fault:
    """Who may come in, and may not do this."""
    changes = {f"body.{name}": value for name, value in body.items()}
    return Fault(place, (403, code), {"who": who, **changes})


# --- the doors ------------------------------------------------------------------------------------


def _case_actions() -> Iterator[Door]:
    front = not_for("rini", "403", "not_your_agency")
    for action, reason in (
        ("send_return", None),
        ("resubmit", None),
        ("withdraw", None),
        ("pause", "court"),
        ("resume", None),
        ("extend", None),
        ("hand_over", None),
        ("confirm_hand_over", None),
        ("close", "duplicate"),
        ("reissue_code", None),
    ):
        faults = [front, ERASED]
        if action != "reissue_code":
            faults.append(ENDED)
        if reason is not None:
            faults.append(content("unknown_reason", reason="tired"))
        if action == "extend":
            faults.append(not_for("dewi"))
        if action == "resubmit":
            faults.append(content("unknown_requirement", documents=[{"requirement": "paspor"}]))
            faults.append(content("invalid_body", documents=[{**KTP, "name": "\u202efdp"}]))
        else:
            faults.append(content("invalid_body", documents=[KTP]))
        body = {"action": action, "reason": reason}
        yield Door("act_on_case", "wati", {"number": "@open"}, body, faults=tuple(faults))
    back = (
        front,
        ERASED,
        content("invalid_body", papers=[]),
        content("invalid_body", papers=["doc-1"]),
        Fault("409", (409, "paper_not_held"), {"path.number": "@returned"}),
    )
    papers = {"action": "return_papers", "papers": ["doc-2"]}
    yield Door("act_on_case", "wati", {"number": "@open"}, papers, faults=back)
    linked = (
        front,
        ERASED,
        content("invalid_body", links=[]),
        content("unknown_link", links=_duplicate_of("SMR-REK-2026-999999-5")),
        content("unknown_link", links=_duplicate_of("nonsense")),
    )
    link = {"action": "link", "links": _duplicate_of("@fresh")}
    yield Door("act_on_case", "wati", {"number": "@open"}, link, faults=linked)


def _duplicate_of(number: str) -> list[dict[str, str]]:
    return [{"kind": "duplicate_of", "number": number}]


def _documents() -> Iterator[Door]:
    faults = (
        not_for("rini", "403", "not_your_agency"),
        content("unknown_requirement", requirement="paspor"),
        content("invalid_body", name="\u202efdp"),
        Fault("409", (409, "subject_erased"), {"path.number": "@erased"}),
        ENDED,
    )
    yield Door("receive_document", "dewi", {"number": "@open"}, KTP, faults=faults)
    yield Door("read_file", "dewi", {"number": "@scanned", "document": "doc-3"})


def _identity() -> Iterator[Door]:
    """Everybody here is one person under one number, so that there is nothing to decide."""
    front = not_for("rini", "403", "not_your_agency")
    for action, nothing in (("join", "nobody_to_join"), ("separate", "nothing_to_separate")):
        body = {"action": action, "reason": "KTP diperiksa di loket"}
        faults = (front, content("invalid_body", reason=None), Fault("409", (409, nothing), {}))
        yield Door("decide_identity", "wati", {"number": "@open"}, body, faults=faults)


def _people() -> Iterator[Door]:
    """In the open case nobody has died and nobody acts for anybody."""
    front = not_for("rini", "403", "not_your_agency")
    paper = {"paper": {"dated": "2026-11-20", "name": "surat.pdf"}}
    party = {"party": {"kind": "person", "name": "Sari Santoso"}}
    power = {"power": {"acts": ["file", "collect"], "until": "2027-11-20"}}
    email = {"contact": {"email": "baru@example.id"}}
    for action, said, more in (
        ("report_death", {}, ()),
        ("confirm_death", paper, (not_for("dewi"), Fault("409", (409, "no_death_open"), {}))),
        ("lift_death", {}, (not_for("dewi"), Fault("409", (409, "no_death_open"), {}))),
        ("succeed", {**paper, **party}, (Fault("409", (409, "no_death_open"), {}),)),
        (
            "appoint",
            {**paper, **party, **power},
            (content("invalid_body", power={"acts": ["file"], "until": "2026-11-20"}),),
        ),
        (
            "end_power",
            {**paper, "why": "withdrawn"},
            (content("invalid_body", why=None), Fault("409", (409, "no_representative"), {})),
        ),
        (
            "change_director",
            {**paper, "contact": {"acting": "Sari Santoso"}},
            (content("invalid_body", contact=None), Fault("409", (409, "not_a_company"), {})),
        ),
        (
            "correct_contact",
            email,
            (Fault("409", (409, "no_such_party"), {"body.role": "payer"}),),
        ),
    ):
        body = {"action": action, "day": "2026-11-20", **said}
        faults = (front, content("invalid_body", day="2026-12-20"), *more)
        yield Door("act_on_parties", "wati", {"number": "@open"}, body, faults=faults)


#: Who does it to which step, what is said, and what cannot be taken of what may be said.
_STEP_ACTIONS: tuple[tuple[str, str, str, dict[str, Any], tuple[Fault, ...]], ...] = (
    (
        "declare_complete",
        "hadi",
        "intake",
        {},
        (
            content("invalid_body", reason="..."),
            Fault("409", (409, "documents_missing"), {"path.number": "@lacking"}),
        ),
    ),
    ("claim", "rudi", "review_dlh", {}, ()),
    (
        "complete",
        "rudi",
        "review_dlh",
        {"result": "favourable"},
        (content("unknown_result", result="maybe"),),
    ),
    (
        "return",
        "rudi",
        "review_dlh",
        {"defects": [{"requirement": "ktp", "text": "buram"}]},
        (
            content("defects_missing", defects=[]),
            content("unknown_requirement", defects=[{"requirement": "paspor"}]),
        ),
    ),
    ("refuse", "hadi", "decide", {}, ()),
    ("no_opinion", "rudi", "review_dlh", {}, ()),
    (
        "reassign",
        "rini",
        "review_dlh",
        {"officer": "smr.rudi"},
        (content("unknown_officer", officer="smr.sari"),),
    ),
    ("record_payment", "bima", "pay_tax", {}, ()),
    (
        "reopen",
        "rini",
        "review_dlh",
        {"reason": "salah berkas"},
        (content("reason_missing", reason=None, note=None), not_for("rudi")),
    ),
)
_DONE_BY_STATUS = ("claim", "complete", "return", "no_opinion", "reassign")


def _step_actions() -> Iterator[Door]:
    for action, who, step, said, more in _STEP_ACTIONS:
        faults = [
            *more,
            not_for("sari", "403", "not_your_agency"),
            content("unknown_late_entry", late="late-9"),
            ERASED,
            ENDED,
        ]
        if action in _DONE_BY_STATUS:
            faults.append(
                Fault("authority", (403, "position_not_held"), {"body.as_position": "kepala"})
            )
        path = {"number": "@open", "step": step}
        body = {"action": action, **said}
        yield Door("act_on_step", who, path, body, faults=tuple(faults))


def _inspections() -> Iterator[Door]:
    """Of a step that has promised nothing yet, on a Tuesday of the agency."""
    slot = {"on": "2026-12-01", "begins": "09:00", "ends": "11:00"}
    path, door = {"number": "@open", "step": "review_dlh"}, "act_on_inspection"
    elsewhere = not_for("sari", "403", "not_your_agency")
    faults = (
        elsewhere,
        content("invalid_body", place=None),
        content("invalid_body", ends="08:00"),
        content("invalid_body", on="2026-11-29"),
        content("invalid_body", outcome="done"),
        Fault("409", (409, "subject_erased"), {"path.number": "@erased"}),
        ENDED,
    )
    body = {"action": "promise", "place": "Jl. Contoh 1", **slot}
    yield Door(door, "rudi", path, body, faults=faults)
    none = Fault("409", (409, "no_inspection"), {})
    moved = {"action": "move", "moved_by": "agency", "note": "Hujan", **slot}
    yield Door(
        door, "rudi", path, moved, faults=(elsewhere, content("invalid_body", note=None), none)
    )
    over = {"action": "record", "outcome": "not_met", "because_of": "agency"}
    yield Door(
        door, "rudi", path, over, faults=(elsewhere, content("invalid_body", because_of=None), none)
    )


def _authority_actions() -> Iterator[Door]:
    path = {"number": "@open"}
    declared = {"action": "declare", "ground": "family"}
    missing = content("invalid_body", ground=None)
    again = Fault("409", (409, "declared_already"), {"who": "hadi"})
    # The register says who stands above whom, and it is asked last.
    others = Fault("authority", (403, "not_their_superior"), {"body.officer": "smr.hadi"})
    yield Door(
        "act_on_conflict", "rudi", path, declared, faults=(missing, again, others, ERASED, ENDED)
    )
    for action in ("lift", "take_over"):
        settled = (
            content("invalid_body", officer=None),
            content("invalid_body", article=None),
            content("invalid_body", note=None),
            not_for("dewi"),
            Fault("409", (409, "no_conflict"), {"body.officer": "smr.rudi"}),
            Fault("authority", (403, "not_superior"), {"body.as_position": "kepala"}),
            ERASED,
            ENDED,
        )
        body = {"action": action, "officer": "smr.hadi", **REACHING_IN}
        yield Door("act_on_conflict", "wati", path, body, faults=settled)
    reported = {"action": "report", "ground": "family", "officer": "smr.hadi"}
    unsaid = (content("invalid_body", ground=None), content("invalid_body", officer=None))
    yield Door("act_on_conflict", "rudi", path, reported, faults=(*unsaid, ERASED, ENDED))
    paper = {
        "step": "intake",
        "occurred_at": "2026-11-23T10:00:00+08:00",
        "reason": "power_cut",
        "sha256": SCAN,
    }
    late = (
        not_for("rini", "said", "not_your_agency", step="intake"),
        content("unknown_step", step="no_such_step"),
        content("not_late", occurred_at="2126-11-23T10:00:00+08:00"),
        content("before_ready", occurred_at="2006-11-23T10:00:00+08:00", step="intake"),
        ERASED,
        ENDED,
        Fault("409", (409, "status_forbids"), {"body.step": "decide"}),
    )
    yield Door("admit_late", "wati", {"number": "@fresh"}, paper, faults=late)
    for action in ("correct", "annul", "revoke"):
        yield Door(
            "act_on_product",
            "wati",
            {"number": "@granted"},
            {"action": action, **JUDGMENT},
            faults=(
                not_for("rini", "said", "not_your_agency", by="court"),
                content("found_in_future", found_on="2126-11-20"),
                content(
                    "invalid_body", by="court", instrument={"number": "1", "dated": "2026-11-20"}
                ),
                Fault("409", (409, "status_forbids"), {"path.number": "@open"}),
                ERASED,
                Fault("authority", (403, "not_incumbent"), {"body.by": "official"}),
            ),
        )


def _products() -> Iterator[Door]:
    """A draft that waits for its endorsement, one that is endorsed, one that is signed, one issued."""
    elsewhere = not_for("rudi", "said", "not_your_agency")
    erased = Fault("409", (409, "subject_erased"), {"path.number": "@drawn_erased"})
    unknown = content("invalid_body", product="tidak-ada")
    over = Fault("409", (409, "status_forbids"), {"path.number": "@drawn_over"})
    yield Door("list_products", "dewi", {"number": "@drawn"})
    yield Door("read_product", "dewi", _of("drawn"))
    unread = not_for("rudi", "said", "text_not_shown")
    yield Door("print_product", "dewi", _of("drawn"), faults=(unread,))
    faults = (elsewhere, unknown, erased, over)
    yield Door("draft_product", "hadi", {"number": "@drawn"}, {"product": "izin"}, faults=faults)
    other = Fault("409", (409, "draft_changed"), {"body.draft": "ab" * 32})
    stranger = Fault("authority", (403, "position_not_held"), {"who": "hadi"})
    body = {"action": "endorse"}
    door = "act_on_named_product"
    yield Door(door, "paraf", _of("drawn"), body, faults=(other, stranger))
    body = {"action": "sign"}
    yield Door(door, "hadi", _of("endorsed"), body, faults=(elsewhere, other))
    body = {"action": "issue", "number": "440/1/2026"}
    wrong = (
        content("invalid_body", number=None),
        content("invalid_body", dated="2126-01-01"),
        content("invalid_body", valid_until="2126-01-01"),
    )
    early = Fault("409", (409, "product_state"), {f"path.{n}": v for n, v in _of("drawn").items()})
    yield Door(door, "hadi", _of("signed"), body, faults=(elsewhere, *wrong, early))
    body = {"action": "hand_over_again"}
    front = not_for("rudi", "said", "not_your_agency")
    state = Fault("409", (409, "product_state"), {})
    yield Door(door, "hadi", _of("drawn_over"), body, faults=(front, state))
    for action, more in (
        ("hand_over", {}),
        ("take_back", {"because": "wrong_person", "brought_by": "other"}),
    ):
        taken = content("invalid_body", means="post", because=None)
        body = {"action": action, **more}
        ended = Fault(
            "409", (409, "status_forbids"), {f"path.{n}": v for n, v in _of("drawn").items()}
        )
        yield Door(door, "hadi", _of("issued"), body, faults=(front, taken, ended))
    open_yet = replace(early, heard=(409, "status_forbids"))
    for action in ("correct", "annul", "revoke"):
        faults_ = (
            not_for("dewi", "said", "role_not_allowed"),
            content("invalid_body", reason=None),
            content("found_in_future", reason={**JUDGMENT, "found_on": "2126-11-20"}),
            open_yet,
        )
        change = {"action": action, "reason": JUDGMENT}
        yield Door(door, "wati", _of("issued"), change, faults=faults_)
    order = {"by": "court", "instrument": JUDGMENT["instrument"]}
    for action, named in (("suspend", "issued"), ("reinstate", "suspended")):
        faults_ = (
            not_for("dewi", "said", "role_not_allowed"),
            content("invalid_body", order=None),
            content("invalid_body", order={**order, "by": "official", "ground": None}),
            open_yet,
        )
        yield Door(door, "wati", _of(named), {"action": action, "order": order}, faults=faults_)


def _of(name: str) -> dict[str, str]:
    return {"number": f"@{name}", "product": f"@{name}_product"}


def _counter() -> Iterator[Door]:
    opening = (
        content("unknown_service", service="tidak-ada"),
        content("invalid_facts", facts={"nothing": 1}),
        content("unknown_requirement", documents=[{"requirement": "paspor"}]),
        content("invalid_body", applicant={**APPLICANT, "phone": "12"}),
    )
    yield Door("open_case", "dewi", body=LETTER, faults=opening)
    yield Door("find_cases", "dewi", body={"nik": APPLICANT["nik"]})
    yield Door("search_cases", "dewi", body={"q": APPLICANT["name"]})
    told = {"number": "@open", "position": 1}
    nowhere = tuple(
        Fault("named", (404, "unknown_case"), {"body.number": absent})
        for absent in ("SMR-REK-2026-999999-5", "nonsense")
    )
    yield Door("mark_told", "dewi", body=told, faults=nowhere)
    yield Door("read_untold", "dewi")
    early = Fault("409", (409, "not_complete_yet"), {"path.number": "@fresh"})
    path = {"number": "@open", "kind": "registration"}
    yield Door("read_slip", "dewi", path, faults=(early,))
    malformed = Fault("404", (400, "malformed_number"), {"path.number": "nonsense"})
    absent_case = Fault("404", (404, "unknown_case"), {"path.number": "SMR-REK-2026-999999-5"})
    yield Door("read_status", None, {"number": "@open"}, faults=(malformed, absent_case))
    sent = {"status_number": "@sent", "sent_file": "@sent_product"}
    nobodys = Fault("named", (404, "unknown_case"), {"path.status_number": "SMR-REK-2026-999999-5"})
    nothing = Fault("named", (404, "unknown_file"), {"path.sent_file": "SMR-AAAA-AAAA-AAAA"})
    yield Door("open_sent_file", None, sent, {"code": "@sent_code"}, faults=(nobodys, nothing))
    # Anybody asks, and what is not known is an answer.
    yield Door("verify_product", None, {"id_or_number": "@issued_product"})
    asked = {"name": "Budi", "k": None}
    unnamed = content("invalid_body", name=None)
    yield Door("compare_name", None, {"id_or_number": "@issued_product"}, asked, faults=(unnamed,))


def _reading() -> Iterator[Door]:
    yield Door("read_catalogue", "dewi")
    yield Door("read_service", "dewi", {"service": "izin-reklame"})
    yield Door("read_silence", "dewi", {"service": "izin-reklame"})
    yield Door("list_deemed", "audit")
    yield Door("read_report", "audit", {"measure": "steps"})
    survey = {"survey_number": "@withdrawn"}
    absent = {"path.survey_number": "SMR-REK-2026-999999-5"}
    nobodys = Fault("named", (404, "unknown_survey"), absent)
    yield Door("read_survey", None, survey, query={"t": "@survey_token"}, faults=(nobodys,))
    said = {"token": "@survey_token", "scores": dict.fromkeys(ELEMENTS, 4)}
    unknown = Fault("named", (404, "unknown_survey"), {"body.token": "wrong"})
    yield Door("answer_survey", None, survey, said, faults=(unknown, nobodys))
    answer = {"service": "surat-keterangan", "way": "paper", "scores": said["scores"]}
    nothing = content("unknown_service", service="tidak-ada")
    yield Door("enter_survey", "dewi", body=answer, faults=(nothing,))
    for operation in ("list_cases", "read_worklist", "read_me", "list_agencies"):
        yield Door(operation, "dewi")
    yield Door("list_officers", "wati")
    for operation in ("read_case", "read_events", "read_trace", "read_clock"):
        yield Door(operation, "dewi", {"number": "@open"})
    yield Door("read_messages", "dewi", {"number": "@open"})
    seen = {"reason": "KTP dibandingkan", "assignment": {**ENDED_LETTER, "until": "2126-01-01"}}
    yield Door(
        "unmask_party",
        "audit",
        {"number": "@open"},
        seen,
        faults=(
            content("assignment_needed", assignment=None),
            content("invalid_body", reason="..."),
            Fault("named", (404, "unknown_subject"), {"body.role": "payer"}),
            Fault("409", (409, "subject_erased"), {"path.number": "@erased"}),
            Fault("authority", (403, "assignment_ended"), {"body.assignment": ENDED_LETTER}),
        ),
    )
    yield Door("list_case_readings", "audit", {"number": "@open"})
    yield Door("list_readings", "audit")
    yield Door("list_reading_findings", "audit")
    for operation in ("draw_decision", "show_passport", "draw_refusal"):
        version = 1 if operation == "draw_refusal" else "@version"
        yield Door(operation, "audit", {"number": "@decided", "version": version})
    yield Door("read_feed", "mesin")
    yield Door("list_templates", "wati")
    yield Door("preview_template", "wati", {"type": "case.opened"})


def _register() -> Iterator[Door]:
    waits = Fault("409", (409, "draft_waits"), {"body.id": "kepala-dpmptsp"})
    yield Door(
        "draft_entry", "lina", body=PAPER, faults=(content("invalid_entry", entry={}), waits)
    )
    drafted = {"kind": "position", "entry": "kepala-dpmptsp"}
    for action in ("confirm", "discard"):
        faults = [Fault("409", (409, "no_draft"), {"path.entry": "sekretaris"})]
        if action == "confirm":
            faults.append(Fault("authority", (403, "second_officer_needed"), {"who": "joko"}))
        yield Door("settle_entry", "lina", drafted, {"action": action}, faults=tuple(faults))
    yield Door("read_entry", "wati", drafted)
    for operation in (
        "list_entries",
        "list_findings",
        "read_radar",
        "list_coverage",
        "read_powers",
        "list_decisions",
        "list_administration",
        "list_sign_ins",
    ):
        yield Door(operation, "audit")
    for operation in ("draw_service", "show_service"):
        yield Door(operation, "audit", {"service": "izin-reklame"})
    of_another = Fault("said", (403, "role_not_allowed"), {"query.officer": "smr.rudi"})
    yield Door("what_may_i", "wati", faults=(of_another,))
    lost = Fault("named", (404, "unknown_entry"), {"query.id": "nothing"})
    yield Door("what_if", "audit", query={"kind": "grant", "id": "nothing"}, faults=(lost,))
    asked = {"case": "@open", "step": "decide"}
    nowhere = Fault("named", (404, "unknown_case"), {"query.case": "nonsense"})
    no_step = Fault("named", (404, "unknown_step"), {"query.step": "no_such_step"})
    yield Door("who_may", "audit", query=asked, faults=(nowhere, no_step))


def _profiles() -> Iterator[Door]:
    officer = {"login": "smr.hadi"}
    yield Door("read_officer_profile", "admin", officer)
    faults = (content("invalid_body", nip="123"), content("invalid_body", nik="64"))
    body = {"name": "Hadi, S.H.", "nip": "197106121998032001", "nik": "6472010101900001"}
    yield Door("put_officer_profile", "admin", officer, body, faults=faults)


def _webhooks() -> Iterator[Door]:
    wanted = {"url": "http://127.0.0.1:9/", "types": ["casetrack.*"]}
    wrong = (
        content("unknown_service", service="tidak-ada"),
        # An address was looked up for the answer that is stored, and is not looked up again.
        replace(content("endpoint_refused", url="http://10.0.0.1/"), gives_way_to=REPLAYED),
    )
    full = Fault("409", (409, "too_many_webhooks"), {"who": "mesin2"})
    yield Door("create_webhook", "mesin", body=wanted, faults=(*wrong, full))
    yield Door("list_webhooks", "mesin")
    path = {"webhook": "@webhook"}
    for operation in ("read_webhook", "list_webhook_deliveries", "remove_webhook"):
        yield Door(operation, "mesin", path)
    of_a_step = Fault("428", (428, "malformed_if_match"), {"etag": '"review_dlh.3"'})
    changed = {"service": "surat-keterangan"}
    yield Door("change_webhook", "mesin", path, changed, etag=True, faults=(*wrong, of_a_step))
    yield Door(
        "rotate_webhook", "mesin", path, {}, faults=(content("invalid_body", overlap_hours=-1),)
    )
    for operation, code in (("test_webhook", "not_active"), ("resume_webhook", "not_paused")):
        ended = Fault("409", (409, code), {"path.webhook": "@ended"})
        yield Door(operation, "mesin", path, {}, faults=(ended,))
    why = {"reason": "lost at our side"}
    ended = Fault("409", (409, "webhook_ended"), {"path.webhook": "@ended"})
    yield Door("resend_webhook", "mesin", path, why, faults=(ended,))
    waits = Fault("409", (409, "delivery_waits"), {"path.position": "@waiting"})
    one = {**path, "position": "@over"}
    yield Door("resend_delivery", "mesin", one, why, faults=(waits,))


def _erasing() -> Iterator[Door]:
    wanted = {"case": "@withdrawn", "role": "applicant", "reason": "unlawful"}
    nowhere = Fault("named", (404, "unknown_case"), {"body.case": "nonsense"})
    barred = Fault("409", (409, "erasing_barred"), {"body.case": "@open"})
    yield Door("ask_erasure", "wati", body=wanted, faults=(nowhere, barred))
    yield Door("read_erasure", "wati", {"subject": "@person"})
    yield Door("list_erasures", "ketua")
    for action in ("confirm", "decline"):
        faults = [Fault("409", (409, "no_erasure_asked"), {"path.subject": "@person"})]
        if action == "confirm":
            faults.append(Fault("authority", (403, "second_officer_needed"), {"who": "wati"}))
        path = {"subject": "@asked"}
        yield Door("settle_erasure", "ketua", path, {"action": action}, faults=tuple(faults))
    wanted = {"case": "@open", "role": "applicant", "reason": "audit"}
    held = Fault("409", (409, "held_already"), {"body.case": "@decided"})
    yield Door("place_hold", "audit", body=wanted, faults=(nowhere, held))
    free = Fault("409", (409, "no_hold"), {"path.subject": "@person"})
    yield Door("lift_hold", "audit", {"subject": "@held"}, {"action": "lift"}, faults=(free,))


def _money() -> Iterator[Door]:
    held = Fault("409", (409, "bill_open"), {"path.number": "@billed"})
    yield Door(
        "issue_bill",
        "bima",
        {"number": "@payable"},
        {"step": "pay"},
        faults=(
            content("unknown_step", step="no_such_step"),
            content("no_bill_here", step="decide"),
            content("invalid_body", amount=5),
            held,
            Fault("authority", (403, "not_incumbent"), {"who": "ika"}),
        ),
    )
    over = Fault("409", (409, "bill_state_forbids"), {"path.number": "@unbilled"})
    why = {"reason": "salah hitung"}
    unsaid, power = content("invalid_body", reason=None), {"who": "ika"}
    no_power = Fault("authority", (403, "not_incumbent"), power)
    for action, who, said, more in (
        ("report", "dewi", {}, (not_for("ika"),)),
        (
            "confirm",
            "ika",
            {"reference": "B77"},
            (
                content("invalid_body", reference=None),
                Fault("409", (409, "amount_differs"), {"body.amount": 5}),
                Fault("authority", (403, "own_bill"), {"who": "bima"}),
            ),
        ),
        (
            "reduce",
            "bima",
            {"amount": 5, **why},
            (unsaid, content("invalid_body", amount=None), no_power),
        ),
        ("cancel", "bima", why, (unsaid, no_power)),
        ("refund", "bima", why, (unsaid, no_power)),
    ):
        number = "@paid" if action == "refund" else "@billed"
        path = {"number": number, "bill": "bill-1"}
        yield Door("act_on_bill", who, path, {"action": action, **said}, faults=(over, *more))
    yield Door("list_case_bills", "dewi", {"number": "@billed"})
    yield Door("print_bill", "dewi", {"number": "@billed", "bill": "bill-1"})
    for operation in ("list_bills", "total_bills", "list_unmatched", "total_unmatched"):
        yield Door(operation, "dewi")
    for operation in ("read_payments", "list_payments"):
        yield Door(operation, "ika", {"file": "@file"})
    yield Door(
        "close_payment",
        "ika",
        body={"payment": "@unmatched", "reason": "returned"},
        faults=(
            replace(not_for("rudi", "said", "not_your_agency"), gives_way_to="unknown_payment"),
            content("unknown_payment", payment="x"),
            Fault("409", (409, "payment_state_forbids"), {"body.payment": "@closed"}),
        ),
    )
    yield Door(
        "load_payments",
        "ika",
        body={"account": "kas-daerah", "file": PAYMENTS},
        faults=(
            replace(not_for("rudi", "said", "not_your_agency"), gives_way_to="unknown_account"),
            content("unreadable_file", file="QUJD"),
            content("unknown_account", account="tidak-ada"),
        ),
    )


def _silence() -> Iterator[Door]:
    over = Fault("409", (409, "status_forbids"), {"path.number": "@by_law"})
    unasked = content("invalid_body", fact="npwp")
    said = {"fact": "str", "answer": "yes"}
    yield Door("answer_external", "dewi", {"number": "@permit"}, said, faults=(unasked, over))
    still = Fault("409", (409, "status_forbids"), {"path.number": "@permit"})
    found = {"result": "in_order"}
    yield Door("check_deemed", "wati", {"number": "@by_law"}, found, faults=(still,))
    elsewhere = not_for("rini", "403", "not_your_agency")
    for action in ("propose", "confirm", "end"):
        path = {"service": "sip-dokter"}
        yield Door("set_up_silence", "wati", path, {"action": action}, faults=(elsewhere,))


def _corrections() -> Iterator[Door]:
    said = {"reason": "mistyped", "asked_by": "office"}
    facts = {"action": "correct_facts", "facts": {"width_cm": 500}, **said}
    faults = (
        content("invalid_facts", facts={"width_cm": "lebar"}),
        content("invalid_body", facts=None),
        not_for("bima", "said", "not_your_agency"),
        Fault("409", (409, "facts_checked"), {"path.number": "@open"}),
        ENDED,
    )
    yield Door("correct_case", "dewi", {"number": "@fresh"}, facts, faults=faults)
    issued = {**NOTED, "number": "0220012345679"}
    body = {"action": "correct_issued", "issued_elsewhere": issued, **said}
    same = Fault("409", (409, "nothing_to_correct"), {"body.issued_elsewhere": NOTED})
    early = content("invalid_body", issued_elsewhere={**issued, "dated": "2099-01-01"})
    yield Door("correct_case", "dewi", {"number": "@noted"}, body, faults=(early, same))


def _visits() -> Iterator[Door]:
    board = {"service": "izin-reklame", "facts": BILLBOARD["facts"]}
    body = {**LETTER, "services": [{"service": "surat-keterangan"}, board]}
    del body["service"]
    faults = (
        content("unknown_service", services=[{"service": "tidak-ada"}]),
        content("invalid_facts", services=[{"service": "izin-reklame"}]),
        content("unknown_requirement", documents=[{"requirement": "paspor"}]),
        content("invalid_body", counter="loket-9"),
    )
    yield Door("open_visit", "dewi", body=body, faults=faults)


#: A step of which an outage is declared before anybody knocks.
LETTER_PLACE = {"service": "surat-keterangan", "step": "hand_over"}


def _bad_days() -> Iterator[Door]:
    place = {"service": "izin-reklame", "step": "review_dlh"}
    unknown = content("invalid_body", places=[{**place, "step": "no_such_step"}])
    running = {"body.system": "sipd", "body.places": [LETTER_PLACE]}
    faults = (unknown, Fault("409", (409, "outage_running"), running))
    yield Door("begin_outage", "wati", body={"system": "SIPD", "places": [place]}, faults=faults)
    yield Door("list_outages", "dewi")
    yield Door("read_outage", "dewi", {"outage": "@outage"})
    ended = Fault("409", (409, "outage_ended"), {"path.outage": "@ended_outage"})
    path = {"outage": "@outage"}
    yield Door("end_outage", "wati", path, {"action": "end"}, faults=(ended,))
    counted = {"service": "surat-keterangan", "count": 2}
    unknown = content("invalid_body", service="no-such-service")
    yield Door("reserve_numbers", "wati", body=counted, faults=(unknown,))
    yield Door("list_number_blocks", "dewi")
    for operation in ("read_number_block", "print_numbers"):
        yield Door(operation, "dewi", {"block": "@block"})
    settled = Fault("409", (409, "number_settled"), {"path.block": "@settled_block"})
    body = {"action": "close", "reason": "not_needed"}
    yield Door("close_numbers", "wati", {"block": "@block"}, body, faults=(settled,))


def _complaints() -> Iterator[Door]:
    said = {"kind": "delay", "text": "Sudah tiga minggu."}
    nowhere = Fault("named", (404, "unknown_region"), {"path.region": "99.99"})
    nobody = Fault("409", (409, "complaints_not_taken"), {"path.region": "35.78"})
    unknown = content("invalid_body", about_agency="tidak-ada")
    # Which agency is meant is asked of the region.
    yield Door("file_complaint", None, {"region": SAMARINDA}, said, faults=(nowhere, nobody))
    yield Door("enter_complaint", "dewi", body={**said, "way": "paper"}, faults=(unknown,))
    yield Door("list_complaints", "dewi")
    yield Door("read_complaint", "dewi", {"complaint": "@complaint"})
    closed = Fault("409", (409, "complaint_state"), {"path.complaint": "@closed_complaint"})
    unsaid = content("invalid_body", text=" ")
    acts: tuple[tuple[dict[str, str], tuple[Fault, ...]], ...] = (
        ({"action": "react", "text": "Kami periksa."}, (closed, unsaid)),
        ({"action": "begin_work"}, (closed,)),
        ({"action": "answer", "text": "Sudah selesai."}, (closed, unsaid)),
        ({"action": "close", "as": "duplicate"}, (closed,)),
        (
            {"action": "name_officer", "officer": "smr.rudi"},
            (closed, content("invalid_body", officer="smr.nobody")),
        ),
        (
            {"action": "hand_on", "agency": "dlh"},
            (closed, content("invalid_body", agency="nowhere")),
        ),
        ({"action": "note_outside_number", "number": "LAPOR-1"}, ()),
        ({"action": "note_corrective_action", "number": "O-1", "text": "Perbaiki."}, (unsaid,)),
        ({"action": "answer_corrective_action", "id": "c", "text": "Diperbaiki."}, (unsaid,)),
    )
    for body, faults in acts:
        yield Door("act_on_complaint", "dewi", {"complaint": "@complaint"}, body, faults=faults)
    absent = {"path.complaint_number": "SMR-ADU-2026-999999-5"}
    nobodys = Fault("named", (404, "unknown_complaint"), absent)
    path = {"complaint_number": "@complaint"}
    coded = {"code": "@complaint_code"}
    yield Door("read_complaint_status", None, path, query=coded, faults=(nobodys,))


def _numbering() -> Iterator[Door]:
    yield Door("read_numbering", "dewi")
    other = Fault("409", (409, "draft_changed"), {"body.sha256": "ab" * 32})
    for action in ("confirm", "refuse"):
        body = {"action": action, "sha256": "@numbering"}
        yield Door("decide_numbering", "lina", body=body, faults=(other,))


def _doors() -> Iterator[Door]:
    known = set()
    for doors in (
        _case_actions(),
        _documents(),
        _identity(),
        _people(),
        _step_actions(),
        _inspections(),
        _authority_actions(),
        _products(),
        _counter(),
        _reading(),
        _register(),
        _profiles(),
        _webhooks(),
        _erasing(),
        _money(),
        _silence(),
        _corrections(),
        _bad_days(),
        _numbering(),
        _complaints(),
        _visits(),
    ):
        for door in doors:
            yield replace(door, further=door.operation in known)
            known.add(door.operation)


DOORS = list(_doors())


# --- the world ------------------------------------------------------------------------------------


def _started(web: Web, **applicant: Any) -> str:
    held = [KTP, {"requirement": "foto", "original": True}]
    body = {**BILLBOARD, "applicant": {**APPLICANT, **applicant}, "documents": held}
    number = str(web.open(body)["number"])
    web.play(number, "dewi declare_complete intake")
    return number


def _cases(web: Web) -> dict[str, str]:
    names = ("open", "withdrawn", "erased", "decided", "granted", "returned")
    cases = {name: _started(web, nik=f"647201010190000{at}") for at, name in enumerate(names)}
    web.play(cases["withdrawn"], "dewi withdraw")
    back = web.act(cases["returned"], "dewi", "return_papers", papers=["doc-2"])
    assert back.status_code == 200, back.text
    said = {"action": "declare", "ground": "family"}
    etag = web.etag(cases["open"])
    assert web.post(f"/cases/{cases['open']}/conflicts", "hadi", said, etag=etag).status_code == 200
    _erase(web.world, cases["erased"])
    for position, status in (("kepala", 403), (None, 200)):
        more = {"result": "favourable", "as_position": position}
        done = web.act(cases["decided"], "rudi", "complete", "review_dlh", **more)
        assert done.status_code == status
    to_the_signature = BILLBOARD_STORY.strip().splitlines()[1:-1]
    web.play(cases["granted"], "\n".join(to_the_signature))
    cases["lacking"] = str(web.open({**BILLBOARD, "documents": [KTP]})["number"])
    cases["fresh"] = str(web.open(BILLBOARD)["number"])
    cases["scanned"] = str(web.open(BILLBOARD)["number"])
    assert web.bring(cases["scanned"], pdf()).status_code == 201
    return cases


def _drawn(web: Web) -> dict[str, str]:
    names = ("drawn", "endorsed", "signed", "issued", "suspended", "sent", "drawn_over")
    cases = {name: decided(web) for name in names}
    cases["drawn_erased"] = decided(web, nik="6472010101900017")
    acts = (("paraf", {"action": "endorse"}), ("hadi", {"action": "sign"}))
    done_by = {"endorsed": 1, "signed": 2, "issued": 2, "suspended": 2, "sent": 2, "drawn_over": 2}
    order = {"by": "court", "instrument": JUDGMENT["instrument"]}
    for name, done in done_by.items():
        number, issue = (
            cases[name],
            ("hadi", {"action": "issue", "number": f"440/{len(name)}/2026"}),
        )
        further: list[tuple[str, dict[str, Any]]] = (
            [issue] if name in ("issued", "suspended", "sent", "drawn_over") else []
        )
        further += [("wati", {"action": "suspend", "order": order})] if name == "suspended" else []
        further += (
            [("dewi", {"action": "hand_over", "means": "electronic"})] if name == "sent" else []
        )
        for who, body in (*acts[:done], *further):
            door = f"/cases/{number}/products/{first_product(web, number)['id']}/actions"
            answer = web.post(door, who, body, etag=web.etag(number))
            assert answer.status_code == 200, answer.text
    web.play(cases["drawn_over"], "dewi hand_over")
    _erase(web.world, cases["drawn_erased"])
    return cases


def _bills(web: Web) -> dict[str, str]:
    """Cases with a bill to come, an open one, one that is paid, and one that was cancelled."""
    cases = {"payable": decided_stall(web)}
    cases |= {name: billed(web) for name in ("billed", "paid", "unbilled")}
    on_bill(web, cases["paid"], "ika", "confirm", reference="B1")
    on_bill(web, cases["unbilled"], "bima", "cancel", reason="salah hitung")
    body = {"account": "kas-daerah", "file": PAYMENTS}
    loaded = web.post("/payments/files", "ika", body).get_json()
    row = base64.b64encode(b"code;amount;reference\n64720000;5;B7\n64720000;5;B8\n").decode()
    web.post("/payments/files", "ika", {**body, "file": row})
    left = web.get("/payments/unmatched", "ika").get_json()["items"]
    unmatched, closed = (each["payment"] for each in left)
    said = {"payment": closed, "reason": "returned"}
    assert web.post("/payments/unmatched/closings", "ika", said).status_code == 200
    return {**cases, "file": loaded["file"], "unmatched": unmatched, "closed": closed}


def _erase(world: World, number: str) -> None:
    with world.database.read() as connection:
        party = case_parties.party(connection, SAMARINDA, number, "applicant")
    assert party is not None
    erase(world, Person(SAMARINDA, party.subject), "subject_request")


def _persons(web: Web, cases: dict[str, str]) -> dict[str, str]:
    """Somebody whose erasure is asked for, somebody who is held, and somebody else."""
    number = _started(web, nik="6472010101900009")
    web.play(number, "dewi withdraw")
    wanted = {"case": number, "reason": "unlawful"}
    asked = web.post("/erasures", "wati", wanted).get_json()["subject"]
    held = web.post("/holds", "audit", {"case": cases["decided"], "reason": "audit"}).get_json()
    with web.world.database.read() as connection:
        party = case_parties.party(connection, SAMARINDA, cases["withdrawn"], "applicant")
    assert party is not None
    return {"asked": asked, "held": held["subject"], "person": party.subject}


def _entries(web: Web) -> dict[str, str]:
    etags = {}
    for entry in ("kepala-dpmptsp", "sekretaris"):
        made = web.post("/authority/entries", "joko", {**PAPER, "id": entry})
        etags[entry] = made.headers["ETag"]
    path = "/authority/entries/position/sekretaris/actions"
    done = web.post(path, "lina", {"action": "confirm"}, etag=etags["sekretaris"])
    assert done.status_code == 200
    return {**etags, "sekretaris": done.headers["ETag"]}


def _subscriptions(web: Web) -> dict[str, str]:
    body = {"url": "http://127.0.0.1:9/", "types": ["casetrack.*"]}
    for _ in range(20):
        assert web.post("/webhooks", "mesin2", body).status_code == 201
    found = {
        name: web.post("/webhooks", "mesin", body).get_json()["id"] for name in ("webhook", "ended")
    }
    for _ in range(2):
        assert web.post(f"/webhooks/{found['webhook']}/test", "mesin", {}).status_code == 200
    web.relay()
    path = f"/webhooks/{found['webhook']}/deliveries"
    waiting, over = (
        str(each["position"]) for each in web.get(path, "mesin").get_json()["items"][:2]
    )
    with web.world.database.write() as uow:
        write = uow.connection.exec_driver_sql
        write(f"UPDATE subscriptions SET state = 'ended' WHERE id = '{found['ended']}'")
        write(
            "UPDATE deliveries SET state = 'given_up' WHERE channel = 'webhook' AND "
            f"position = {over}"
        )
    return {**found, "waiting": waiting, "over": over}


def _bad_day(web: Web) -> dict[str, str]:
    """An outage that runs and one that ended, numbers that are free and some that are closed."""
    found = {}
    for name, system in (("outage", "SIPD"), ("ended_outage", "OSS")):
        said = {"system": system, "places": [LETTER_PLACE]}
        found[name] = web.post("/outages", "wati", said).get_json()["id"]
    ended = web.post(f"/outages/{found['ended_outage']}/actions", "wati", {"action": "end"})
    assert ended.status_code == 200
    for name in ("block", "settled_block"):
        counted = {"service": "surat-keterangan", "count": 2}
        found[name] = web.post("/number-blocks", "wati", counted).get_json()["id"]
    path = f"/number-blocks/{found['settled_block']}/actions"
    closed = web.post(path, "wati", {"action": "close", "reason": "lost"})
    assert closed.status_code == 200
    return found


def _complained(web: Web) -> dict[str, str]:
    """A complaint that waits for its answer, and one that is over."""
    found: dict[str, str] = {}
    for name in ("complaint", "closed_complaint"):
        said = {"way": "paper", "kind": "delay", "text": "Sudah tiga minggu."}
        given = web.post("/complaints", "dewi", said).get_json()
        found |= {name: given["number"], f"{name}_code": given["access_code"]}
    close = {"action": "close", "as": "duplicate"}
    path = f"/complaints/{found['closed_complaint']}/actions"
    assert web.post(path, "dewi", close, etag='"1"').status_code == 200
    return found


@pytest.fixture(scope="module", params=BOTH)
def knocker(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Knocker]:
    """One world for all: whatever is refused changes nothing."""
    ours = samarinda()
    more = (
        Officer("smr.tata", "admin", "dpmptsp"),
        Officer("smr.mesin2", "integrator", "dlh"),
        Officer("smr.ika", "officer", "bapenda"),
    )
    services = (*ours.services, stall(), permit("dlh"), assisted())
    ours = drawing_up(replace(ours, officers=(*ours.officers, *more), services=services))
    patterns = (*ours.region.number_patterns, NUMBERS)
    ours = replace(ours, region=replace(ours.region, number_patterns=patterns))
    with shared_world(request, tmp_path_factory, (ours, surabaya())) as world:
        web = Web(world)
        set_up(web)
        granted_by_law, _ = complete(web, by="dewi")
        today = world.hands.now
        pass_the_limit(web)
        world.hands.now = today  # the papers below are of this day
        silent = {"by_law": granted_by_law, "permit": complete(web, by="dewi")[0]}
        enter(world, *latest([*papers(), account()]))
        bills = _bills(web)
        file = {name: bills.pop(name) for name in ("file", "unmatched", "closed")}
        cases = {**_cases(web), **_drawn(web), **bills, **silent, "noted": noted(web)}
        products = {
            f"{name}_product": first_product(web, cases[name])["id"]
            for name in ("drawn", "endorsed", "signed", "issued", "suspended", "sent", "drawn_over")
        }
        anew = web.act(cases["sent"], "dewi", "reissue_code", etag=web.etag(cases["sent"]))
        etags = {number: web.etag(number) for number in cases.values()}
        trace = web.get(f"/cases/{cases['decided']}/trace", "audit").get_json()
        longer = replace(NUMBERS, pattern="{serial:5}/{year}", basis="Perwali 2/2026")
        other = replace(ours.region, number_patterns=(*patterns[:-1], longer))
        loading.load(world.ctx, replace(ours, region=other), "operator")
        waits = web.get("/numbering", "audit").get_json()["proposal"]
        complained = _complained(web)
        etags[complained["closed_complaint"]] = '"2"'
        things = {
            "numbering": waits["sha256"],
            **cases,
            **products,
            **file,
            **_persons(web, cases),
            **_subscriptions(web),
            **_bad_day(web),
            **complained,
            "version": trace["decisions"][-1]["version"],
            "sent_code": anew.get_json()["access_code"],
            "survey_token": survey_token(world.ctx, SAMARINDA, cases["withdrawn"]),
        }
        etags |= _entries(web)
        world.hands.pass_time(hours=6)
        yield Knocker(web, {f"@{name}": thing for name, thing in things.items()}, etags)


# --- what is heard --------------------------------------------------------------------------------


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_of_two_refusals_the_earlier_is_heard(knocker: Knocker, door: Door) -> None:
    """Each alone on both databases, and each pair on one of the two: on both where many are asked."""
    found, wanted = {}, {}
    half = knocker.web.world.database.dialect == "sqlite"
    for turn, faults in enumerate(door.pairs()):
        if len(faults) == 2 and turn % 2 == half and not MANY:
            continue
        name = " and ".join(map(str, faults))
        found[name] = knocker.knock(door, faults)
        wanted[name] = faults[0].heard
    assert found == wanted


def test_there_is_a_door_for_every_operation_and_action() -> None:
    actions = {(route.operation, action) for route in ROUTES for action in _actions(route.body)}
    assert {(door.operation, door.action) for door in DOORS} == actions


def _actions(body: Any) -> tuple[str | None, ...]:
    if body is None or "action" not in body.model_fields:
        return (None,)
    return get_args(body.model_fields["action"].annotation)


def test_the_pairs_leave_no_two_places_of_the_order_untried() -> None:
    """But for those that no operation has both of."""
    tried = {
        (pair[0].place, pair[1].place) for door in DOORS for pair in door.pairs() if len(pair) == 2
    }
    every = {(a, b) for at, a in enumerate(ORDER) for b in ORDER[at + 1 :]}
    # What a body or a query names and is not there: so is no write that takes an ETag.
    writes = {("named", place) for place in ("428", "412")}
    assert every - tried == {("said", "named"), *writes, ("428", "412")}
