"""The last signature of a product that is signed electronically: begun with its passport, number and day,
completed once the file has it.

Between the two stands the outside. What was begun is what is put on the file, however often that is
tried; whoever else signs meanwhile begins anew. A correction is by right at once, and only
its file waits. What is issued by itself after its signatures is begun by the issuing, for only then its
text is final, and is issued once the file has them all.
"""

from datetime import date

from casetrack.domain.case.product_details import MadeFile
from casetrack.domain.case.products import issued
from casetrack.domain.case.state import CaseState, Document
from casetrack.domain.case.steps import Setting
from casetrack.domain.errors import Stale
from casetrack.domain.service.definition import ProductDefinition, ServiceDefinition

#: A signature that the file does not have yet: by right it is there.
BEGUN = "signature.begun"
_DAY, _UNTIL, _ISSUES = "dated", "valid_until", "issues"


def issues_itself(product: ProductDefinition, definition: ServiceDefinition) -> bool:
    """Whether the last signature issues it: no step does, and nobody has to say a number or a day."""
    by_step = any(step.kind == "issue" for step in definition.steps)
    given = product.validity is not None and product.validity.unit == "given"
    return not (by_step or given or product.numbered == "outside")


def is_electronic(setting: Setting) -> bool:
    """Whether files are signed here, once nothing is left to be written on them."""
    return setting.signs is not None and setting.signs()


def begun(product: Document, mark: Document, day: date) -> Document:
    """The product with its last signature begun; another one that was begun is given up."""
    return {**product, "signing": {**mark, _DAY: day.isoformat()}}


def begun_issue(
    product: Document, mark: Document, day: date, valid_until: date | None = None
) -> Document:
    """The product with its issuing begun: day and end are said, and its file waits for the signatures
    that were given before."""
    until = valid_until.isoformat() if valid_until else None
    return {**product, "signing": {**mark, _ISSUES: True, _DAY: day.isoformat(), _UNTIL: until}}


def completed(product: Document, defined: ProductDefinition, setting: Setting) -> Document:
    """The product as it is once the file has the signature that was begun; so it is printed before."""
    if is_corrected(product):
        return {name: value for name, value in product.items() if name != "signing"}
    if is_issuing(product):
        begun_by = product["signing"]
        until = date.fromisoformat(begun_by[_UNTIL]) if begun_by[_UNTIL] else None
        plain = {name: value for name, value in product.items() if name != "signing"}
        return issued(plain, defined, setting, date.fromisoformat(begun_by[_DAY]), until)
    mark = {name: value for name, value in product["signing"].items() if name != _DAY}
    signed = {**product, "signatures": [*product["signatures"], mark], "state": "signed"}
    del signed["signing"]
    return issued(signed, defined, setting, date.fromisoformat(product["signing"][_DAY]))


def check_begun(product: Document, officer: str, made: MadeFile, version: int) -> None:
    """Raises Stale where the file was made for what is no longer there."""
    there = product.get("signing") or {}
    said = (there.get("version"), there.get("officer"), there.get("hmac"))
    if said != (made.begun, officer, product["draft"]["hmac"]):
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


def is_issuing(product: Document) -> bool:
    """Whether its issuing was begun and waits for a file with the signatures of before."""
    return product["state"] == "signed" and bool((product.get("signing") or {}).get(_ISSUES))


def places(product: Document) -> list[Document]:
    """The marks of all signatures that the file gets, in their order; a corrected text has one."""
    if is_issuing(product):
        return list(product["signatures"])
    before = [] if is_corrected(product) else product["signatures"]
    return [*before, product["signing"]]
