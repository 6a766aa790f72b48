"""The last signature of a product that is signed electronically: begun with its passport, number and day,
completed once the file has it.

Between the two stands the outside. What was begun is what is put on the file, however often that is
tried; whoever else signs meanwhile begins anew. A correction is by right at once, and only
its file waits.
"""

from datetime import date

from casetrack.domain.case.commands import Act
from casetrack.domain.case.product_details import MadeFile
from casetrack.domain.case.products import issued
from casetrack.domain.case.state import CaseState, Document
from casetrack.domain.case.steps import Setting
from casetrack.domain.errors import Stale
from casetrack.domain.service.definition import ProductDefinition, ServiceDefinition

#: A signature that the file does not have yet: by right it is there.
BEGUN = "signature.begun"
_DAY = "dated"


def issues_itself(product: ProductDefinition, definition: ServiceDefinition) -> bool:
    """Whether the last signature issues it: no step does, and nobody has to say a number or a day."""
    by_step = any(step.kind == "issue" for step in definition.steps)
    given = product.validity is not None and product.validity.unit == "given"
    return not (by_step or given or product.numbered == "outside")


def is_electronic(product: ProductDefinition, setting: Setting) -> bool:
    """Whether its file is signed: something signs here, and nothing is left to be written on it."""
    if setting.signs is None or not issues_itself(product, setting.definition):
        return False
    return setting.signs()


def begun(product: Document, mark: Document, day: date) -> Document:
    """The product with its last signature begun; another one that was begun is given up."""
    return {**product, "signing": {**mark, _DAY: day.isoformat()}}


def completed(product: Document, defined: ProductDefinition, setting: Setting) -> Document:
    """The product as it is once the file has the signature that was begun; so it is printed before."""
    if is_corrected(product):
        return {name: value for name, value in product.items() if name != "signing"}
    mark = {name: value for name, value in product["signing"].items() if name != _DAY}
    signed = {**product, "signatures": [*product["signatures"], mark], "state": "signed"}
    del signed["signing"]
    return issued(signed, defined, setting, date.fromisoformat(product["signing"][_DAY]))


def check_begun(product: Document, act: Act, made: MadeFile, version: int) -> None:
    """Raises Stale where the file was made for what is no longer there."""
    there = product.get("signing") or {}
    said = (there.get("version"), there.get("officer"), there.get("hmac"))
    if said != (made.begun, act.actor.id, product["draft"]["hmac"]):
        raise Stale(
            "stale",
            "The case has changed since you read it; read it again and decide anew.",
            version=version,
        )


def begun_at(state: CaseState, step: str) -> list[Document]:
    """The products whose last signature was begun at this step."""
    return [
        product
        for product in state.products
        if product["state"] in ("draft", "endorsed")
        and (product.get("signing") or {}).get("step") == step
    ]


def is_corrected(product: Document) -> bool:
    """Whether its correction waits for a file with the signature of whoever corrected it."""
    return product["state"] == "corrected" and bool(product.get("signing"))


def places(product: Document) -> list[Document]:
    """The marks of all signatures that the file gets, in their order; a corrected text has one."""
    before = [] if is_corrected(product) else product["signatures"]
    return [*before, product["signing"]]
