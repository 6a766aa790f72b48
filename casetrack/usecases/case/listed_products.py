"""The products of cases on a list: what each waits for, by when, and how a begun signature stands."""

from collections.abc import Mapping, Sequence
from typing import Any

from casetrack.domain.case.waiting_products import waits_for_file
from casetrack.domain.events import instant
from casetrack.domain.service.definition import ServiceDefinition
from casetrack.storage.people import signing_rows
from casetrack.storage.people.signing_rows import SigningRow
from casetrack.usecases.case.product_summary import product_view
from casetrack.usecases.context import Context

_SHOWN = (
    *("id", "product", "name", "state", "number"),
    *("next_endorser", "endorsed_before", "next_signature", "wanted_back"),
)


def last_tries(
    ctx: Context, region: str, documents: Sequence[Mapping[str, Any]]
) -> dict[str, dict[str, Any] | None]:
    """Product → when its begun signature was last tried: of all that wait for a file in these cases."""
    begun = [
        product["id"]
        for document in documents
        for product in document.get("products", ())
        if waits_for_file(product)
    ]
    if not begun:
        return {}
    with ctx.database.read() as connection:
        rows = signing_rows.of_products(connection, region, begun)
    return {product: last_try_view(row) for product, row in rows.items()}


def last_try_view(row: SigningRow | None) -> dict[str, Any] | None:
    """When a begun signature was last tried, and why it was not made; None: nobody tried yet."""
    if row is None:
        return None
    return {"at": instant(row.tried_at), "outcome": row.failure, "made": row.made}


def listed_products(
    document: Mapping[str, Any], definition: ServiceDefinition, tries: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """What comes out of the case, but what came to nothing."""
    return [
        _listed(product, definition, tries)
        for product in document.get("products", ())
        if product["state"] != "voided"
    ]


def _listed(
    product: Mapping[str, Any], definition: ServiceDefinition, tries: Mapping[str, Any]
) -> dict[str, Any]:
    view = product_view(dict(product), definition)
    to_go_out = product["state"] in ("issued", "corrected")
    return {
        **{name: view[name] for name in _SHOWN},
        "due_at": view["hand_over_due"] if to_go_out else None,
        "begun": (view["signature"] or {}).get("begun"),
        "last_try": tries.get(product["id"]),
    }
