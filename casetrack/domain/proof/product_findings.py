"""What the events say of endorsements and signatures: each on the draft that stood, each in its turn."""

from collections.abc import Iterator
from typing import Any

from casetrack.domain.case.state import CaseState
from casetrack.domain.service.definition import ServiceDefinition


def broken_products(state: CaseState, definition: ServiceDefinition) -> Iterator[str]:
    """What no rule of casetrack would have made of the products of this case, in words."""
    for product in state.products:
        try:
            defined = definition.product_of(product["product"])
        except KeyError:
            yield f"the product {product['id']} is none of the service"
            continue
        steps = [each["step"] for each in product["signatures"]]
        signers = [step for step in defined.signatures if step in product["signers"]]
        if "by_law" in product and state.deemed is None:
            yield f"the product {product['id']} says by law, and the law granted nothing"
        if product["signers"] != signers or steps != signers[: len(steps)]:
            yield f"the signatures of {product['id']} are not in their order"
        positions = [each["position"] for each in product["endorsements"]]
        if positions != list(defined.endorsed_by[: len(positions)]):
            yield f"the endorsements of {product['id']} are not in their order"
        yield from _other_drafts(product)


def _other_drafts(product: dict[str, Any]) -> Iterator[str]:
    """All marks of an edition name its hash; a correction makes another one."""
    marks = [*product["endorsements"], *product["signatures"]]
    hashes = {each["hmac"] for each in marks}
    if not product.get("corrections"):
        hashes.add(product["draft"]["hmac"])
    if len(hashes) > 1:
        yield f"something else was signed than what was endorsed of {product['id']}"
