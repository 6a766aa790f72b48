"""What was decided and cannot be given out yet, or not any more: second half.

The task of a case that the release before put on the list of what is to be handed over is written anew
from its state; that release would write it as it was.
"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0050_second"
down_revision = "0048_second"
branch_labels = None
depends_on = None

_CASES = sa.table(
    "cases",
    sa.column("region"),
    sa.column("number"),
    sa.column("status"),
    sa.column("holder"),
    sa.column("state"),
    sa.column("counter"),
    sa.column("task"),
    sa.column("opened_at"),
    sa.column("waiting_for"),
)
_STEPS = sa.table(
    "steps", sa.column("region"), sa.column("number"), sa.column("step"), sa.column("agency")
)
_BATCH = 500
_NEW = ("sign", "issue", "close")
_UNSIGNED = ("draft", "endorsed")
_PAUSES = ("external_system", "court", "force_majeure", "parties")


def upgrade() -> None:
    connection, after = op.get_bind(), ("", "")
    key = sa.tuple_(_CASES.c.region, _CASES.c.number)
    page = sa.select(_CASES).where(_CASES.c.task == "hand_over")
    page = page.order_by(_CASES.c.region, _CASES.c.number).limit(_BATCH)
    while rows := connection.execute(page.where(key > sa.tuple_(*map(sa.literal, after)))).all():
        for row in rows:
            _write_anew(connection, row, json.loads(row.state))
        after = rows[-1].region, rows[-1].number


def downgrade() -> None:
    """The list of before, at the counter of who holds the file, whoever is to sign."""
    connection = op.get_bind()
    before = {"task": "hand_over", "counter": _CASES.c.holder}
    connection.execute(sa.update(_CASES).where(_CASES.c.task.in_(_NEW)).values(before))


def _write_anew(connection: sa.Connection, row: Any, state: dict[str, Any]) -> None:
    decided = row.status in ("granted", "refused")
    task = _decided(state) if decided else _over(row.status, state)
    if task == "hand_over":
        return
    values: dict[str, Any] = {"task": task}
    if task == "sign":
        values["counter"] = _signs(connection, row, state)
    if task is None and not decided:
        values |= {"counter": None, "opened_at": None, "waiting_for": None}
    connection.execute(
        sa.update(_CASES)
        .where(_CASES.c.region == row.region, _CASES.c.number == row.number)
        .values(values)
    )


def _decided(state: dict[str, Any]) -> str | None:
    if state.get("pause_reason") in _PAUSES:
        return "people"
    products = state.get("products") or ()
    if any(_unsigned(each) for each in products):
        return "sign"
    if any(each["state"] == "signed" for each in products):
        return "issue"
    drawn = [each for each in products if each["state"] != "voided"]
    if drawn and all(each["state"] in ("annulled", "revoked", "expired") for each in drawn):
        return "take_back" if any(each.get("wanted_back") for each in drawn) else "close"
    return "hand_over"


def _over(status: str, state: dict[str, Any]) -> str | None:
    products = state.get("products") or ()
    again = [
        each
        for each in products
        if "wanted_back" in each and each["state"] in ("issued", "corrected")
    ]
    if again and status == "handed_over":
        return "sign" if all(each.get("signing") for each in again) else "hand_over"
    if any(each.get("wanted_back") for each in products):
        return "take_back"
    papers = state.get("documents") or ()
    held = any(each.get("original") and not each.get("returned_at") for each in papers)
    return "papers" if held else None


def _unsigned(product: dict[str, Any]) -> bool:
    waits = product.get("signing") and product["state"] in (*_UNSIGNED, "signed", "corrected")
    return product["state"] in _UNSIGNED or bool(waits)


def _signs(connection: sa.Connection, row: Any, state: dict[str, Any]) -> str:
    """The agency of the step that signs next, as the rules of the case say it."""
    for product in filter(_unsigned, state["products"]):
        step, signers = (product.get("signing") or {}).get("step"), product["signers"]
        if product.get("signing") is None:
            done = len(product["signatures"])
            step = signers[done] if done < len(signers) else None
        elif step is None and signers:
            step = signers[-1]
        if step is not None:
            here = sa.and_(
                _STEPS.c.region == row.region,
                _STEPS.c.number == row.number,
                _STEPS.c.step == step,
            )
            return str(connection.execute(sa.select(_STEPS.c.agency).where(here)).scalar_one())
    return str(row.counter)
