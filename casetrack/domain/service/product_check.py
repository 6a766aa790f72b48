"""What is wrong with the products of a definition: each fault with its place and its cure."""

from collections.abc import Iterator, Mapping

from casetrack.domain.service.definition import (
    Name,
    Problem,
    ProductDefinition,
    ServiceDefinition,
    meant,
)
from casetrack.domain.service.product_words import (
    LATE,
    MAY_BE_EMPTY,
    OF_REFUSALS,
    OF_REVIEW_REFUSALS,
    OF_REVIEWS,
    PLACES,
    fact_place,
    needed,
    old_places,
    places_of,
    written_place,
)
from casetrack.domain.service.text_form import PIECE, PLACE, TextBroken, fill, places

Found = Iterator[tuple[str, str, str]]

#: Signs by its own power: a step of these kinds.
_SIGNING = ("sign", "decide")
_LONGEST_TEXT = 20_000
_LONGEST_CODE = 24


def product_problems(definition: ServiceDefinition) -> Iterator[Problem]:
    """Key by key, of every product."""
    for place, product in enumerate(definition.products):
        at = ("products", place)
        faults = (
            *_name_faults(product.name),
            *_step_faults(product, definition),
            *_number_faults(product),
            *_validity_faults(product),
            *_objection_faults(product),
            *_when_faults(product, definition),
            *_text_faults(product, definition),
        )
        for key, message, cure in faults:
            yield Problem((*at, key), f"product {product.id!r}: {message}", cure)
    if sum(product.kind == "refusal" for product in definition.products) > 1:
        yield Problem(("products",), "there are two letters of refusal", "keep one of them")


def _name_faults(name: Name) -> Found:
    for language, text in name.as_dict().items():
        if not text.strip():
            yield "name", f"the name in {language!r} is missing", "write what people read"


def _step_faults(product: ProductDefinition, definition: ServiceDefinition) -> Found:
    kinds = {step.id: step.kind for step in definition.steps}
    if product.drafted_at is not None and product.drafted_at not in kinds:
        yield "drafted_at", f"unknown step {product.drafted_at!r}", meant(product.drafted_at, kinds)
    if product.kind == "refusal" and product.drafted_at is not None:
        yield "drafted_at", "a refusal is drawn up whenever a step refuses", "leave it out"
    # Who decides an objection or an appeal signs what was decided of it, whichever it is.
    by_decider = product.kind == "refusal" or definition.reviews is not None
    yield from _signature_faults(product, kinds, by_decider=by_decider)


def _signature_faults(
    product: ProductDefinition, kinds: Mapping[str, str], *, by_decider: bool
) -> Found:
    if not product.signatures:
        yield "signatures", "nobody signs it", "name the steps whose officers sign, in their order"
    for name in product.signatures:
        if name not in kinds:
            yield "signatures", f"unknown step {name!r}", meant(name, kinds)
        elif kinds[name] not in _SIGNING:
            yield (
                "signatures",
                f"the step {name} is {kinds[name]}",
                "name steps that sign or decide",
            )
        elif (kinds[name] == "decide") != by_decider:
            cure = (
                "a refusal, and what was decided of an objection or an appeal, is signed by the step "
                "that decides, everything else by steps that sign"
            )
            yield "signatures", f"the step {name} is {kinds[name]}", cure
    if len(set(product.signatures)) != len(product.signatures):
        yield "signatures", "a step is there twice", "name each once"


def _number_faults(product: ProductDefinition) -> Found:
    if (product.pattern is None) != (product.numbered == "outside"):
        yield (
            "pattern",
            f"it is numbered {product.numbered.replace('_', ' ')}",
            "name a pattern of region.yaml, or none where the number comes from outside",
        )
    if product.code is not None and not 1 <= len(product.code) <= _LONGEST_CODE:
        yield "code", "the filing code cannot be printed", f"give 1 to {_LONGEST_CODE} characters"


def _validity_faults(product: ProductDefinition) -> Found:
    if product.validity is not None and not 1 <= product.validity.value <= 1200:
        yield "validity", "the validity cannot be so long", "give a whole number from 1 to 1200"


def _objection_faults(product: ProductDefinition) -> Found:
    if (product.objection is None) == (product.kind == "refusal"):
        yield (
            "objection",
            "a refusal says where, until when and how to object, and nothing else does",
            "give where, how, days and basis for the refusal",
        )
    if product.objection is not None and not 1 <= product.objection.days <= 365:
        yield "objection", "the days to object cannot be so", "give a whole number of working days"


def _when_faults(product: ProductDefinition, definition: ServiceDefinition) -> Found:
    facts = {fact.id for fact in definition.facts}
    if product.when is not None and product.when.fact not in facts:
        yield "when", f"unknown fact {product.when.fact!r}", meant(product.when.fact, facts)


def _text_faults(product: ProductDefinition, definition: ServiceDefinition) -> Found:
    if not product.text.strip() or len(product.text) > _LONGEST_TEXT:
        yield "text", "the text is missing or too long", f"write at most {_LONGEST_TEXT} characters"
        return
    known, before = places_of(product, definition), old_places(product, definition)
    for name in places(product.text):
        if name not in known and name not in before:
            yield "text", f"there is no place {name}", meant(name, known)
            return
    for name in needed(product, definition):
        if name not in places(product.text):
            what = "a refusal" if product.kind == "refusal" else "what was decided of it"
            yield "text", f"{what} has to say {name}", f"write {{{{ {name} }}}}"
    yield from _form_faults(product, definition)


def _form_faults(product: ProductDefinition, definition: ServiceDefinition) -> Found:
    try:
        fill(product.text, _emptiest(product, definition))
    except TextBroken as error:
        yield "text", str(error), "mend the text as it says"
    marks = PLACE.sub("", PIECE.sub(lambda piece: piece[1], product.text))
    if any(mark in marks for mark in ("{{", "}}", "[[", "]]")):
        yield "text", "a mark is not closed", "write {{ place }} and [[ piece ]]"


def _emptiest(
    product: ProductDefinition, definition: ServiceDefinition
) -> dict[str, str | list[str] | None]:
    """Everything that may be empty is: what stands outside a piece then shows itself."""
    lists = ("legal_basis", "conditions", "recommendations", "grounds", "relied_on")
    words: dict[str, str | list[str] | None] = {}
    for name in (*PLACES, *OF_REFUSALS, *OF_REVIEWS, *OF_REVIEW_REFUSALS):
        full: str | list[str] = ["x"] if name in lists else "x"
        words[name] = ([] if name in lists else None) if name in MAY_BE_EMPTY else full
    words |= dict.fromkeys(LATE, "x")
    if product.validity is None:
        words["valid_until"] = None
    for fact in definition.facts:
        words[fact_place(fact.id)] = "x" if fact.required else None
    for each in product.written:
        words[written_place(each.id)] = "x" if each.required else None
    before = old_places(product, definition)
    return {**words, **{old: words[place] for old, place in before.items()}}
