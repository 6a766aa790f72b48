"""A product that does not count for a time, by order: suspended, and reinstated.

UU 30/2014 art. 65: neither an objection nor an appeal suspends a decision by itself. The official who
took it suspends it, or their superior, where it may bring loss to the state, harm to the environment or
social conflict; a court by its order.
"""

from collections.abc import Mapping
from typing import Any

from casetrack.domain.case.authorising import authorise_change
from casetrack.domain.case.commands import Act, details_of
from casetrack.domain.case.product_details import ProductOrder
from casetrack.domain.case.products import HAND_OVER_LIMIT, check_state, find_product, put
from casetrack.domain.case.state import Document
from casetrack.domain.case.steps import Draft, Setting
from casetrack.domain.case.transitions import AnnulledBy
from casetrack.domain.clock import deadline
from casetrack.domain.errors import NotNow
from casetrack.domain.events import instant
from casetrack.domain.service.definition import Action

#: The power that is asked: who may end a product for good may also stop it for a time.
SUSPENDING: Action = "revoke"
#: What was ordered from above ends from there, or from higher still.
_RANK: Mapping[AnnulledBy, int] = {"official": 0, "superior": 1, "court": 2}


def suspend(draft: Draft, act: Act, setting: Setting) -> tuple[str, dict[str, Any]]:
    """`case.suspended`. One that is suspended already is so by a higher order from now on, since the day
    of the first. Raises NotFound, NotNow, NoAuthority."""
    said = details_of(act, ProductOrder)
    product = _ordered(draft, act)
    there = product.get("suspended")
    if there is not None and _RANK[said.by] <= _RANK[there["by"]]:
        raise NotNow("suspended_already", "The product is suspended already.", by=there["by"])
    authority = authorise_change(draft.before, act, said, setting, SUSPENDING)
    order = {**said.as_data(), "officer": act.actor.id, "version": draft.before.version + 1}
    since = there["at"] if there is not None else instant(setting.now)
    put(draft, {**product, "suspended": {"at": since, **order}})
    return "case.suspended", {**said.as_data(), "product": product["id"], "authority": authority}


def reinstate(draft: Draft, act: Act, setting: Setting) -> tuple[str, dict[str, Any]]:
    """`case.reinstated`. What waits for its hand-over has five working days anew. Raises NotFound,
    NotNow, NoAuthority."""
    said = details_of(act, ProductOrder)
    product = _ordered(draft, act)
    there = product.get("suspended")
    if there is None:
        raise NotNow("not_suspended", "The product is not suspended.")
    if _RANK[said.by] < _RANK[there["by"]]:
        raise NotNow(
            "suspended_from_above",
            "A higher order suspended the product; only an order of the same rank or above ends it.",
            by=there["by"],
        )
    authority = authorise_change(draft.before, act, said, setting, SUSPENDING)
    back = {name: value for name, value in product.items() if name != "suspended"}
    if product["state"] != "handed_over":
        due = deadline(setting.now, HAND_OVER_LIMIT, (), setting.calendar)
        back["hand_over_due"] = instant(due)
    put(draft, back)
    return "case.reinstated", {**said.as_data(), "product": product["id"], "authority": authority}


def _ordered(draft: Draft, act: Act) -> Document:
    product = find_product(draft.case, details_of(act, ProductOrder).product)
    check_state(product, act.action)
    return product
