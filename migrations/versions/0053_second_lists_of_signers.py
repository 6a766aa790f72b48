"""Lists of who endorses and who signs: second half.

The task of a case is written anew where a draft waits for a paraf or a signature at its step, and where
nothing but a paper of an expired product was asked back; the release before would write it as it was.
"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0053_second"
down_revision = "0052_second"
branch_labels = None
depends_on = None

_CASES = sa.table(
    "cases",
    *map(sa.column, ("region", "number", "service", "service_version", "status", "holder")),
    *map(sa.column, ("state", "counter", "task", "opened_at", "waiting_for")),
)
_VERSIONS = sa.table(
    "service_versions", *map(sa.column, ("region", "service", "version", "document"))
)
_BATCH = 500
_UNSIGNED = ("draft", "endorsed")
_ENDED_STEP = ("completed", "skipped", "no_opinion", "refused", "cancelled")
_PAUSES = ("external_system", "court", "force_majeure", "parties")
_DECIDED = ("granted", "refused")


def upgrade() -> None:
    connection, after = op.get_bind(), ("", "")
    services = _services(connection)
    key = sa.tuple_(_CASES.c.region, _CASES.c.number)
    open_task = sa.or_(_CASES.c.task.is_(None), _CASES.c.task.in_(("sign", "take_back")))
    page = sa.select(_CASES).where(_CASES.c.counter.is_not(None), open_task)
    page = page.order_by(_CASES.c.region, _CASES.c.number).limit(_BATCH)
    while rows := connection.execute(page.where(key > sa.tuple_(*map(sa.literal, after)))).all():
        for row in rows:
            service = services[row.region, row.service, row.service_version]
            values = _anew(row, json.loads(row.state), service)
            if values:
                here = sa.and_(_CASES.c.region == row.region, _CASES.c.number == row.number)
                connection.execute(sa.update(_CASES).where(here).values(values))
        after = rows[-1].region, rows[-1].number


def downgrade() -> None:
    """What was on a new list is a signature after the decision, and nothing before it."""
    connection, task = op.get_bind(), _CASES.c.task
    endorsed = sa.and_(task == "endorse", _CASES.c.status.in_(_DECIDED))
    connection.execute(sa.update(_CASES).where(endorsed).values({"task": "sign"}))
    early = sa.and_(task.in_(("endorse", "sign")), _CASES.c.status.in_(("in_progress", "returned")))
    for (region, service, version), document in _services(connection).items():
        of_service = sa.and_(
            early,
            _CASES.c.region == region,
            _CASES.c.service == service,
            _CASES.c.service_version == version,
        )
        before = {"task": None, "counter": _front_office(document)}
        connection.execute(sa.update(_CASES).where(of_service).values(before))


def _services(connection: sa.Connection) -> dict[tuple[str, str, int], dict[str, Any]]:
    return {
        (row.region, row.service, row.version): json.loads(row.document)
        for row in connection.execute(sa.select(_VERSIONS))
    }


def _anew(row: Any, state: dict[str, Any], service: dict[str, Any]) -> dict[str, Any]:
    if row.status in ("in_progress", "returned") and row.task is None:
        return _before_decision(state, service)
    if row.task == "sign" and row.status in _DECIDED:
        return _to_endorse(state, service)
    if row.task == "take_back" and not any(_is_asked_back(each) for each in _products(state)):
        return _nothing_back(row, state, service)
    return {}


def _products(state: dict[str, Any]) -> list[dict[str, Any]]:
    return list(state.get("products") or ())


def _before_decision(state: dict[str, Any], service: dict[str, Any]) -> dict[str, Any]:
    unsent = any(not defect["sent"] for defect in state.get("defects") or ())
    if unsent:
        return {}
    endorse = _to_endorse(state, service)
    if endorse:
        return endorse
    steps = {step["id"]: step for step in service["steps"]}
    if state.get("pause_reason") not in _PAUSES:
        for product in _products(state):
            begun = product.get("signing")
            if begun and product["state"] in (*_UNSIGNED, "signed", "corrected"):
                step = begun.get("step") or (product["signers"] or [None])[-1]
                return {"task": "sign", "counter": steps[step]["agency"]} if step else {}
    for name, step in steps.items():
        reached = state["steps"][name].get("status")
        if step["kind"] == "sign" and reached in ("ready", "in_progress"):
            return {"task": "sign", "counter": step["agency"]}
    return {}


def _to_endorse(state: dict[str, Any], service: dict[str, Any]) -> dict[str, Any]:
    """The agency of an endorsing step, or of who signs next: who gave a paraf before is not known yet."""
    steps = {step["id"]: step for step in service["steps"]}
    endorsing = [step for step in steps.values() if step["kind"] == "endorse"]
    if any(state["steps"][step["id"]].get("status") not in _ENDED_STEP for step in endorsing):
        return {}
    defined = {product["id"]: product for product in service.get("products") or ()}
    for product in _products(state):
        positions = defined[product["product"]].get("endorsed_by") or ()
        wanted = state["status"] != "refused" or product["kind"] == "refusal"
        missing = len(product["endorsements"]) < len(positions)
        if not (wanted and missing and product["state"] in _UNSIGNED):
            continue
        done, signers = len(product["signatures"]), product["signers"]
        signs = signers[done] if done < len(signers) else None
        step = endorsing[-1] if endorsing else steps.get(signs or "")
        return {"task": "endorse", "counter": step["agency"] if step else _front_office(service)}
    return {}


def _front_office(service: dict[str, Any]) -> str:
    return next(str(step["agency"]) for step in service["steps"] if not step.get("after"))


def _is_asked_back(product: dict[str, Any]) -> bool:
    return bool(product.get("wanted_back")) and product["state"] != "expired"


def _nothing_back(row: Any, state: dict[str, Any], service: dict[str, Any]) -> dict[str, Any]:
    """What is left of a case of which only papers of expired products were asked back."""
    if row.status in _DECIDED:
        ready = all(
            step.get("optional")
            or step["kind"] == "hand_over"
            or state["steps"][step["id"]].get("status") in _ENDED_STEP
            for step in service["steps"]
        )
        return {"task": "close" if ready else None}
    papers = state.get("documents") or ()
    if any(each.get("original") and not each.get("returned_at") for each in papers):
        return {"task": "papers"}
    return dict.fromkeys(("counter", "task", "opened_at", "waiting_for"))
