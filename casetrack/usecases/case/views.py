"""What a case looks like to those who may see it: one shape for every answer."""

from collections.abc import Mapping
from typing import Any

from casetrack.domain.case.bills import is_gratis
from casetrack.domain.case.state import CaseState, StepState
from casetrack.domain.case.withheld import without_heirs
from casetrack.domain.errors import Invalid
from casetrack.domain.region.counters import find_counter
from casetrack.domain.service.definition import ServiceDefinition, StepDefinition
from casetrack.storage.region.regions import RegionRecord
from casetrack.usecases.case.product_summary import product_views


def case_etag(version: int) -> str:
    """Strong ETag of a case: the version of its stream."""
    return f'"{version}"'


def step_etag(step: str, version: int) -> str:
    """Strong ETag of a step: the stream version that last touched it."""
    return f'"{step}.{version}"'


def parse_etag(etag: str) -> tuple[str | None, int]:
    """Step (None: the case) and version that an If-Match names. Raises Invalid."""
    bare = etag.strip()
    inside = bare[1:-1] if len(bare) > 2 and bare[0] == bare[-1] == '"' else ""
    step, dot, version = inside.rpartition(".")
    plain = version.isascii() and version.isdigit() and len(version) <= 9
    if '"' in step or bool(dot) != bool(step) or not plain or str(int(version)) != version:
        raise Invalid(
            "malformed_if_match",
            'If-Match takes one ETag as it was given, such as "3" or "review_dlh.3"; '
            "a star or a list is refused.",
        )
    return step or None, int(version)


def agency_view(region: RegionRecord, agency: str) -> dict[str, Any]:
    """An agency by id and name."""
    known = region.agencies.get(agency)
    return {"id": agency, "name": known.name.as_dict() if known else {"id": agency, "en": agency}}


def case_view(
    state: CaseState, definition: ServiceDefinition, region: RegionRecord
) -> dict[str, Any]:
    """The case as docs/api.md describes it, without anything about a person."""
    return {
        "number": state.number,
        "status": state.status,
        "outcome": state.outcome,
        "waiting_for": state.waiting_for,
        "service": {
            "id": definition.id,
            "version": definition.version,
            "name": definition.name.as_dict(),
        },
        "opened_at": state.opened_at,
        "declared_complete_at": state.declared_complete_at,
        "due_at": state.due_at,
        "calendar": state.calendar,
        "holder": agency_view(region, state.holder),
        "held_since": state.held_since,
        "closed_reason": state.closed_reason,
        "tracked_only": definition.tracked_only,
        "facts": dict(state.facts),
        "product": product_end(state),
        "products": product_views(state, definition),
        "waiver": waiver_view(state),
        "conflicts": [dict(conflict) for conflict in state.conflicts],
        "late": [dict(paper) for paper in state.late],
        "external": external_views(state, definition),
        "inspections": [inspection_view(each) for each in state.inspections],
        "issued_elsewhere": issued_view(state.issued_elsewhere),
        "corrections": [correction_view(record) for record in state.corrections],
        "deemed": deemed_view(state.deemed),
        "links": [dict(link) for link in state.links],
        "review": review_view(state, definition),
        "defects": [
            {"requirement": d["requirement"], "step": d["step"], "sent": d["sent"]}
            for d in state.defects
        ],
        "bills": [bill_view(bill) for bill in state.bills],
        "gratis": is_gratis(state, definition),
        "visit": visit_view(state, region),
        "hand_overs": [hand_over_view(record) for record in state.hand_overs],
        "steps": [step_view(step, state.steps[step.id], region) for step in definition.steps],
    }


def issued_view(noted: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What another issued, as an officer noted it, and when that was put right; None: nothing is."""
    return None if noted is None else {"corrected_by": None, "corrected_at": None, **noted}


def inspection_view(inspection: Mapping[str, Any]) -> dict[str, Any]:
    """An inspection without its place, which stands in the notes."""
    hidden = ("place", "agency", "next_at")
    return {name: value for name, value in inspection.items() if name not in hidden}


def correction_view(record: Mapping[str, Any]) -> dict[str, Any]:
    """What was put right, by whom, why and for whom; the values stand in the event of that version."""
    said = {name: value for name, value in record.items() if name != "before"}
    return {"facts": [], "bills": [], "product": None, **said}


def product_end(state: CaseState) -> dict[str, Any] | None:
    """What became of a product of the case last; None where nothing did. Of one that expired there is no
    ground."""
    unsaid = dict.fromkeys(("ground", "by", "instrument", "found_on"))
    return None if state.product is None else {**unsaid, **state.product}


_OF_REVIEW = ("kind", "number", "decided", "position", "reached", "days", "basis", "until")
#: Which position decides: the one that made the decision, whoever sits there today, the same officer
#: included; or the one above it, and nobody who decided before.
_DECIDES = {"objection": "same_position", "appeal": "superior_position"}


def review_view(state: CaseState, definition: ServiceDefinition) -> dict[str, Any] | None:
    """What an objection or an appeal is about, and who decides it; None for any other case."""
    review, reviews = state.review, definition.reviews
    if review is None or reviews is None:
        return None
    return {
        **{name: review[name] for name in (*_OF_REVIEW, "lodged", "in_time")},
        "decided_by": list(review["deciders"]),
        "carried_out": review.get("carried_out"),
        "decides": {"rule": _DECIDES[reviews.kind], "article": reviews.decided_by},
    }


def visit_view(state: CaseState, region: RegionRecord) -> dict[str, Any] | None:
    """Where the case was taken in; None where nothing of it was said. A counter that is gone goes
    by its id."""
    if state.visit is None:
        return None
    counter = state.visit["counter"]
    found = find_counter(region.region.counters, counter) if counter else None
    name = found.name.as_dict() if found else {"id": counter, "en": counter}
    return {
        "id": state.visit["id"],
        "counter": {"id": counter, "name": name} if counter else None,
        "queue": state.visit["queue"],
    }


_OF_BILL = ("id", "step", "state", "code", "amount", "basis", "due_at", "account", "issued_at")
_OF_BILL_OR_NULL = (
    *("number", "reported_at", "overdue_at", "reduced_at", "confirmed_at", "cancelled_at"),
    *("refunded_at", "reference", "source"),
)


def bill_view(bill: Mapping[str, Any]) -> dict[str, Any]:
    """A bill as docs/api.md describes it; where it is paid stands beside it where one case is read."""
    return {
        **{name: bill[name] for name in _OF_BILL},
        "currency": "IDR",
        "issued_by": bill["issued_by"],
        **{name: bill.get(name) for name in _OF_BILL_OR_NULL},
    }


_OF_RECORD = ("kind", "at", "by", "products")
_OF_RECORD_OR_NULL = ("means", "present", "second", "confirmed_at", "because", "brought_by", "late")


def hand_over_view(record: Mapping[str, Any]) -> dict[str, Any]:
    """What went over the counter, as it was written down."""
    present = record.get("present")
    return {
        **{name: record[name] for name in _OF_RECORD},
        **{name: record.get(name) for name in _OF_RECORD_OR_NULL},
        "present": present and {"signature": None, "proof": None, **present},
        "papers": list(record.get("papers", ())),
        "waits": record.get("waits", False),
        "lacks": list(record.get("lacks", ())),
    }


def without_reason(view: dict[str, Any]) -> dict[str, Any]:
    """The case for who does not read its persons in full: none of them learns why any case was closed, or
    that an heir came."""
    return without_heirs({**view, "closed_reason": None})


def external_views(state: CaseState, definition: ServiceDefinition) -> list[dict[str, Any]]:
    """The newest answer about each fact that is asked elsewhere, with the names of fact and source."""
    asked = {each.id: each for each in definition.external_facts}
    return [
        {
            "document": None,
            **said,
            "name": asked[said["fact"]].name.as_dict(),
            "source": asked[said["fact"]].source.as_dict(),
        }
        for said in state.external
        if said["fact"] in asked
    ]


def deemed_view(deemed: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What the law granted, and what a check afterwards found; None where it granted nothing."""
    return None if deemed is None else dict(deemed)


def waiver_view(state: CaseState) -> dict[str, Any] | None:
    """The waiver of a case, without the supervisor's words; None where nothing was waived."""
    if state.waiver is None:
        return None
    return {name: state.waiver[name] for name in ("requirements", "by", "at")}


def step_view(step: StepDefinition, state: StepState, region: RegionRecord) -> dict[str, Any]:
    """A step as docs/api.md describes it."""
    return {
        "id": step.id,
        "name": step.name.as_dict(),
        "agency": agency_view(region, step.agency),
        "kind": step.kind,
        "status": state.status,
        "result": state.result,
        "due_at": state.due_at,
        "ready_at": state.ready_at,
        "assignee": state.assignee,
        "optional": step.optional,
        "after": list(step.after),
        "etag": step_etag(step.id, state.version),
    }
