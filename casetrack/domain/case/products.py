"""The products of a case: what each has come to, which are drawn up when, their numbers and days."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from casetrack.domain.case.commands import Act
from casetrack.domain.case.correction_details import FactsCorrected, facts_after
from casetrack.domain.case.open_drafts import (
    bears_signature,
    is_open,
    sign_again,
    without_signatures,
)
from casetrack.domain.case.product_details import ProductDrafting
from casetrack.domain.case.resting_steps import prints
from casetrack.domain.case.state import CaseState, Document, but
from casetrack.domain.case.steps import Draft, Setting
from casetrack.domain.case.transitions import PRODUCT_STATES, UNISSUED, VALID_PRODUCT
from casetrack.domain.clock import TimeLimit, deadline
from casetrack.domain.errors import NotFound, NotNow, Stale
from casetrack.domain.events import instant
from casetrack.domain.service.definition import (
    ProductDefinition,
    ServiceDefinition,
    Validity,
)
from casetrack.domain.service.product_numbers import pattern_on

#: Within so many working days a product is handed over or sent.
HAND_OVER_LIMIT = TimeLimit(5, "working_days")
_HANDING_OVER = ("hand_over", "hand_over_again")


def find_product(state: CaseState, product: str) -> Document:
    """The product of the case with this public id. Raises NotFound."""
    for each in state.products:
        if each["id"] == product:
            return each
    raise NotFound("unknown_product", "This case has no such product.")


def only_product(state: CaseState) -> Document:
    """The product of a case that has one. Raises NotNow where there is none, or are several."""
    there = [each for each in state.products if each["state"] != "voided"]
    if len(there) != 1:
        raise NotNow(
            "product_unclear",
            "The case has no product, or several; say which one is meant by its id.",
            products=[each["id"] for each in there],
        )
    return there[0]


def of_definition(state: CaseState, definition: str) -> Document | None:
    """The newest product of the case that this definition describes."""
    found = [each for each in state.products if each["product"] == definition]
    return found[-1] if found else None


def may_be_drawn_up(state: CaseState, product: ProductDefinition) -> bool:
    """Whether there is none of it, or a draft that lacks a signature."""
    there = of_definition(state, product.id)
    if there is None or there["state"] == "voided":
        return product.when is None or product.when.holds(state.facts)
    return is_open(there)


def drawn_up_by(
    state: CaseState, act: Act, definition: ServiceDefinition
) -> list[ProductDefinition]:
    """The products of which this act makes a draft, or a new one."""
    if not definition.products:
        return []
    if isinstance(act.details, FactsCorrected):
        return redrawn(state, definition, act.details.facts)
    if isinstance(act.details, ProductDrafting):
        named = act.details.product
        return [each for each in definition.products if each.id == named]
    if act.action == "correct":
        corrected = corrected_by(state, act)
        return [definition.product_of(corrected["product"])]
    refused = act.action == "refuse"
    if act.step is None or not (refused or act.action == "complete"):
        return []
    return [
        product
        for product in definition.products
        if (product.kind == "refusal") == refused
        and (refused or drafting_step(product, definition) == act.step)
        and may_be_drawn_up(state, product)
    ]


def redrawn(
    state: CaseState, definition: ServiceDefinition, corrected: Mapping[str, Any]
) -> list[ProductDefinition]:
    """The products that are drawn up anew with these facts: drafts made of them, and what is for the case
    now and was not before, where its step is done."""
    after = facts_after(state.facts, corrected)
    return [
        product
        for product in definition.products
        if (product.when is None or product.when.holds(after))
        and _is_redrawn(state, definition, product, corrected)
    ]


def _is_redrawn(
    state: CaseState,
    definition: ServiceDefinition,
    product: ProductDefinition,
    corrected: Mapping[str, Any],
) -> bool:
    there = of_definition(state, product.id)
    if there is not None and there["state"] != "voided":
        # Who signed saw the whole file: what they signed is drawn up anew whatever is corrected.
        return bears_signature(there) or (is_open(there) and prints(product, definition, corrected))
    if product.when is None or product.kind == "refusal" or product.when.holds(state.facts):
        return False
    step = drafting_step(product, definition)
    return step is not None and state.steps[step].status == "completed"


def corrected_by(state: CaseState, act: Act) -> Document:
    """The product that a correction, annulment or revocation is about. Raises NotFound, NotNow."""
    named = getattr(act.details, "product", None)
    return find_product(state, named) if named else only_product(state)


def drafting_step(product: ProductDefinition, definition: ServiceDefinition) -> str | None:
    """The step with which the product is drawn up: that of the definition, or the first that decides."""
    if product.drafted_at is not None:
        return product.drafted_at
    deciding = [step.id for step in definition.steps if step.kind == "decide"]
    return deciding[0] if deciding else None


def check_state(product: Document, action: str) -> str:
    """The state that the action leads to. Raises NotNow."""
    there: str = product["state"]
    after = PRODUCT_STATES[action].get(there)  # type: ignore[call-overload]
    if after == "handed_over" and product.get("signing"):
        raise NotNow(
            "product_state",
            "Its correction still waits for the electronic signature.",
            status_now=there,
        )
    if action in _HANDING_OVER:
        check_counts(product)
    if after is None:
        raise NotNow(
            "product_state",
            f"{action} is not for a product that is {there}.",
            status_now=there,
        )
    return str(after)


def check_counts(product: Document) -> None:
    """Raises NotNow while the product is suspended: it is not given out then."""
    if "suspended" in product:
        raise NotNow(
            "suspended",
            "The product is suspended, so it is not handed over until it is reinstated.",
            by=product["suspended"]["by"],
        )


def put(draft: Draft, product: Document) -> None:
    """The product stands as it is given, in its place."""
    kept = tuple(product if each["id"] == product["id"] else each for each in draft.case.products)
    if all(each["id"] != product["id"] for each in kept):
        kept = (*kept, product)
    draft.case = but(draft.case, products=kept)


def draw_up(draft: Draft, act: Act, setting: Setting, name: str) -> Document:
    """A draft of this product of the definition, or a new one: what was endorsed and signed is void."""
    made = next(each for each in act.drafts if each["product"] == name)
    there = of_definition(draft.case, name)
    fresh = _drawn(made, act, setting)
    if there is not None and is_open(there):
        product = {
            **there,
            "state": "draft",
            "draft": {**fresh, "edition": there["draft"]["edition"] + 1},
            "endorsements": [],
        }
        given = {
            mark["position"]: mark
            for mark in (*there.get("endorsed_before", ()), *there["endorsements"])
        }
        if given:
            # Void now: who gave them is asked to give them anew.
            product["endorsed_before"] = list(given.values())
        product = without_signatures(product)
        sign_again(draft, there, setting)
    else:
        product = {
            "id": made["id"],
            "product": name,
            "kind": setting.definition.product_of(name).kind,
            "state": "draft",
            "draft": {**fresh, "edition": 1},
            "endorsements": [],
            "signers": _signers(draft, act, setting.definition.product_of(name)),
            "signatures": [],
            "number": None,
            "serial": None,
            "dated": None,
            "valid_until": None,
            "issued_at": None,
            "hand_over_due": None,
            "handed_over_at": None,
            "ended": None,
        }
    put(draft, product)
    return product


def correct_text(
    draft: Draft, act: Act, setting: Setting, product: Document, ended: Document
) -> Document:
    """The product with the text that a correction gives it; number and day stay what they are."""
    _check_drafts(draft, act, [product["product"]])
    made = act.drafts[0]
    check_letters(act, made, product["id"])
    edition = product["draft"]["edition"] + 1
    text = {**_drawn(made, act, setting), "edition": edition}
    correction = {
        "at": instant(setting.now),
        "version": draft.before.version + 1,
        "officer": act.actor.id,
        "hmac": made["ref"]["hmac"],
        "signer": dict(act.signer or {}),
    }
    if product.get("file"):
        # The hash of what was issued before stays sealed there: who holds it learns that it is replaced.
        correction["replaced"] = product["file"]["text"]
    # What was signed electronically is the text of before.
    kept = {name: value for name, value in product.items() if name not in ("file", "signing")}
    if setting.signs is not None and setting.signs():
        kept["signing"] = correction
    return {
        **kept,
        "state": "corrected",
        "draft": text,
        "corrections": [*product.get("corrections", ()), correction],
        "hand_over_due": instant(deadline(setting.now, HAND_OVER_LIMIT, (), setting.calendar)),
        "handed_over_at": None,
        "ended": ended,
    }


def _drawn(made: Mapping[str, Any], act: Act, setting: Setting) -> Document:
    """A draft's text, who drew it up and when, what it lacks, and what sets it on paper."""
    return {
        **made["ref"],
        "by": act.actor.id,
        "at": instant(setting.now),
        "missing": list(made["missing"]),
        "press": made["press"],
        # Only where there are some: a draft of before says nothing of it either.
        **({"as_codes": made["as_codes"]} if made.get("as_codes") else {}),
    }


def check_letters(act: Act, draft: Mapping[str, Any], product: str) -> None:
    """Raises NotNow where letters of it, or of how who signs is printed below it, come out as codes,
    unless who signs says that they know."""
    if act.signer_codes and not act.as_codes:
        raise NotNow(
            "letters_as_codes",
            f"On paper {act.signer_codes} letters of your name, rank or NIP, or of the office's name, "
            "come out as codes, such as [U+0639]; have them entered in Latin letters, or look at the "
            "paper and sign with as_codes.",
            letters=act.signer_codes,
            products=[product],
        )
    if draft.get("as_codes") and not act.as_codes:
        raise NotNow(
            "letters_as_codes",
            f"On paper {draft['as_codes']} letters of this draft come out as codes, such as [U+0639]; "
            "have them written in Latin letters, or read the draft's paper and sign with as_codes.",
            letters=draft["as_codes"],
            products=[product],
        )


def draw_up_wanted(draft: Draft, act: Act, setting: Setting) -> None:
    """What this act is to draw up. Raises Stale where other drafts were made ready than are wanted."""
    wanted = [each.id for each in drawn_up_by(draft.before, act, setting.definition)]
    _check_drafts(draft, act, wanted)
    for name in wanted:
        draw_up(draft, act, setting, name)


def _check_drafts(draft: Draft, act: Act, wanted: list[str]) -> None:
    if sorted(wanted) != sorted(each["product"] for each in act.drafts):
        raise Stale(
            "stale",
            "The case has changed since you read it; read it again and decide anew.",
            version=draft.before.version,
        )


def _signers(draft: Draft, act: Act, product: ProductDefinition) -> list[str]:
    """The steps that are to sign it in this case: those that are part of it; a refusal is signed by the
    step that refused."""
    if act.action == "refuse" and act.step in product.signatures:
        return [act.step]
    return [step for step in product.signatures if draft.steps[step].status != "skipped"]


def issued(
    product: Document,
    definition: ProductDefinition,
    setting: Setting,
    dated: date,
    valid_until: date | None = None,
) -> Document:
    """The product once it is issued: its day, its end, and by when it is to be handed over."""
    end = valid_until or last_day(definition.validity, dated)
    due = deadline(setting.now, HAND_OVER_LIMIT, (), setting.calendar)
    return {
        **product,
        "state": "issued",
        "dated": dated.isoformat(),
        "valid_until": end.isoformat() if end else None,
        "issued_at": instant(setting.now),
        "hand_over_due": instant(due),
    }


def last_day(validity: Validity | None, dated: date) -> date | None:
    """The last day on which a product of this day is valid; None: without end, or given."""
    if validity is None or validity.unit == "given":
        return None
    if validity.unit == "days":
        return dated + timedelta(days=validity.value - 1)
    months = validity.value * (12 if validity.unit == "years" else 1)
    year, month = divmod(dated.year * 12 + dated.month - 1 + months, 12)
    try:
        return date(year, month + 1, dated.day) - timedelta(days=1)
    except ValueError:
        # The month has no such day: its last day is the last of the validity.
        return date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1) - timedelta(days=1)


def number_products(draft: Draft, setting: Setting) -> None:
    """Gives numbers to what needs one now. Comes last: each counter is held from here to the commit, and
    always in the same order."""
    waiting = [each for each in draft.case.products if _wants_number(each, setting)]
    for product in sorted(waiting, key=lambda each: (_pattern_of(each, setting), each["id"])):
        defined = setting.definition.product_of(product["product"])
        today = setting.calendar.local_date(setting.now)
        day = date.fromisoformat(product["dated"]) if product["dated"] else today
        pattern = pattern_on(setting.patterns, defined.pattern or "", day)
        if pattern is None or setting.draw is None:
            raise NotNow(
                "no_number_pattern",
                "The region has no number pattern for this product on that day.",
                pattern=defined.pattern,
            )
        serial = setting.draw(pattern.id, day.year)
        number = pattern.number(serial, day, defined.code)
        drawn = {"pattern": pattern.id, "year": day.year, "serial": serial}
        put(draft, {**product, "number": number, "serial": drawn})


def _pattern_of(product: Document, setting: Setting) -> str:
    return setting.definition.product_of(product["product"]).pattern or ""


def _wants_number(product: Document, setting: Setting) -> bool:
    if product["number"] is not None or product["state"] == "voided":
        return False
    numbered = setting.definition.product_of(product["product"]).numbered
    if numbered == "after_signing":
        # On the file that is signed electronically it stands before the signature does.
        return bool(product.get("signing")) or product["state"] in ("signed", *VALID_PRODUCT)
    return numbered == "before_signing"


def void_unissued(draft: Draft) -> None:
    """What is not issued comes to nothing when the case ends otherwise; a number that it has stays its
    own, so that none is missing."""
    status = draft.case.status
    if status not in ("refused", "withdrawn", "closed"):
        return
    for product in draft.case.products:
        kept = status == "refused" and product["kind"] == "refusal"
        if product["state"] in UNISSUED and not kept:
            put(draft, {**product, "state": "voided"})


def hand_over(draft: Draft, setting: Setting, named: str) -> None:
    """This product goes out. Raises NotFound, NotNow."""
    product = find_product(draft.case, named)
    state, now = check_state(product, "hand_over"), instant(setting.now)
    put(draft, {**product, "state": state, "handed_over_at": now})


def expiring(product: Document, setting: Setting) -> bool:
    """Whether the last day of its validity is over."""
    until, today = product["valid_until"], setting.calendar.local_date(setting.now)
    return until is not None and date.fromisoformat(until) < today


def expires_at(product: Document, calendar_end: Any) -> datetime | None:
    """The moment at which it expires: the end of its last day, while it is valid."""
    if product["valid_until"] is None or product["state"] not in VALID_PRODUCT:
        return None
    end: datetime = calendar_end(date.fromisoformat(product["valid_until"]))
    return end


def valid_ones(state: CaseState, kinds: Collection[str]) -> Iterator[Document]:
    """Products of these kinds by which somebody may do something now."""
    for product in state.products:
        if product["state"] in VALID_PRODUCT and product["kind"] in kinds:
            yield product
