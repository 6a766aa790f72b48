"""The places of a product's text: a closed list for each definition, and how they are filled.

What is not known while the product is a draft (number, day, end of validity) is left open in the draft
and put in when it is read; so the draft stays what was endorsed and signed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from casetrack.domain.service.definition import ProductDefinition, ServiceDefinition
from casetrack.domain.service.text_form import Filling, fill

#: Each place that every product has, and what is filled in there.
PLACES: Mapping[str, str] = {
    "case_number": "the case's number",
    "service": "the name of the service",
    "product": "the name of the product",
    "applicant": "the applicant's name",
    "applicant_nik": "the applicant's NIK",
    "applicant_address": "the applicant's address",
    "company_number": "the number of the company that applies",
    "representative": "the name of who acts for the applicant",
    "legal_basis": "a list: the rules on which the service rests",
    "conditions": "a list: what conditional recommendations ask for",
    "recommendations": "a list: each recommendation's agency and day",
    "decision": "what was noted with the decision",
    "number": "the product's number",
    "dated": "the day of the product",
    "valid_until": "the last day on which it is valid",
}
#: Those that only a letter of refusal has.
OF_REFUSALS: Mapping[str, str] = {
    "grounds": "a list: each ground with its facts, rule and reason",
    "relied_on": "a list: papers and advice on which the refusal rests",
    "objection_where": "where one objects",
    "objection_how": "how one objects",
    "objection_days": "within how many working days one objects",
    "objection_basis": "the rule by which one objects",
}
#: Those that only the letters of an objection or an appeal have.
OF_REVIEWS: Mapping[str, str] = {
    "review_number": "the number of the case that it is about",
    "review_service": "the name of that case's service",
    "review_decision": "what was decided there: the name and number of its paper",
    "review_decided_on": "the day of that decision",
    "review_position": "the position that made it",
    "review_reached": "the day on which that reached the party, or that it is not known",
    "review_lodged": "the day on which the objection or the appeal was lodged",
    "review_until": "the last day on which one could lodge it",
    "review_basis": "the rule by which one lodges it",
    "review_decider": "the position that decides it",
    "review_decided_by": "the rule by which that position does",
    "review_by_law": "the rule by which silence granted it",
}
#: What the letter that refuses one says of the way that is left, in place of how to object: an appeal
#: after an objection, the court after an appeal.
OF_REVIEW_REFUSALS: Mapping[str, str] = {
    "appeal_where": "where one appeals, or sues",
    "appeal_how": "how one does",
    "appeal_days": "within how many working days",
    "appeal_basis": "the rule by which one does",
}
#: A refusal whose text has not these cannot be signed by law.
NEEDED_IN_REFUSALS = ("grounds", "relied_on", "objection_where", "objection_how", "objection_days")
NEEDED_IN_REVIEW_REFUSALS = ("grounds", "relied_on", "appeal_where", "appeal_how", "appeal_days")
#: Whatever is decided of an objection or an appeal, its letter says what was decided before, whether it
#: is known when that reached the party, and by which rule who decides.
NEEDED_IN_REVIEWS = ("review_number", "review_reached", "review_decided_by")
#: Filled when the product is read.
LATE = ("number", "dated", "valid_until")
#: What there is not always.
MAY_BE_EMPTY = (
    *("applicant_nik", "applicant_address", "company_number", "representative"),
    *("legal_basis", "conditions", "recommendations", "decision", "valid_until"),
    *("review_decision", "review_decided_on", "review_position", "review_reached"),
    *("review_until", "review_decider", "review_by_law"),
)
_OPEN, _SHUT = "\ue000", "\ue001"
#: Stands in a draft where the office has written nothing yet.
UNWRITTEN = "(belum diisi)"


@dataclass(frozen=True, slots=True)
class Ground:
    """A ground of what burdens: the facts, the rule and the reason, in the office's words."""

    facts: str
    rule: str
    reason: str

    def in_words(self) -> str:
        """The three together, as the letter has them."""
        return f"{self.facts} Dasar: {self.rule} Alasan: {self.reason}"

    def as_dict(self) -> dict[str, str]:
        """As it is kept."""
        return {"facts": self.facts, "rule": self.rule, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Written:
    """What the office writes itself: its own places, and of what burdens the grounds and the papers
    relied on."""

    values: Mapping[str, str] = field(default_factory=dict)
    grounds: tuple[Ground, ...] = ()
    relied_on: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """As it is kept with the draft."""
        return {
            "values": dict(self.values),
            "grounds": [each.as_dict() for each in self.grounds],
            "relied_on": list(self.relied_on),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Written":
        """What `as_dict` gave."""
        grounds = tuple(Ground(**each) for each in data["grounds"])
        return cls(data["values"], grounds, tuple(data["relied_on"]))


def fact_place(fact: str) -> str:
    """The place that a fact fills: its id as it is, so that no two facts have one place."""
    return "fact_" + fact


def written_place(name: str) -> str:
    """The place that the office fills itself."""
    return "written_" + name


def _letters(place: str) -> str:
    return "".join(mark if "a" <= mark <= "z" else "_" for mark in place)


def old_places(product: ProductDefinition, definition: ServiceDefinition) -> dict[str, str]:
    """How places were spelt in texts of before, each with its place of today: all but small letters was
    an underscore. What two would be spelt alike, or is a place itself, was never published."""
    known = places_of(product, definition)
    spelt = [(_letters(place), place) for place in known]
    alike = [old for old, _ in spelt]
    return {old: place for old, place in spelt if old not in known and alike.count(old) == 1}


def places_of(product: ProductDefinition, definition: ServiceDefinition) -> tuple[str, ...]:
    """The places that the product's text may have."""
    return (
        *PLACES,
        *_places_of_kind(product, definition),
        *(fact_place(fact.id) for fact in definition.facts),
        *(written_place(each.id) for each in product.written),
    )


def _places_of_kind(product: ProductDefinition, definition: ServiceDefinition) -> tuple[str, ...]:
    """Those of a refusal, of a letter about an objection or an appeal, and of one that is both."""
    refuses, reviews = product.kind == "refusal", definition.reviews is not None
    if not reviews:
        return tuple(OF_REFUSALS) if refuses else ()
    told = [name for name in OF_REFUSALS if not name.startswith("objection_")]
    return (*OF_REVIEWS, *((*told, *OF_REVIEW_REFUSALS) if refuses else ()))


def needed(product: ProductDefinition, definition: ServiceDefinition) -> tuple[str, ...]:
    """The places that the product's text has to have."""
    refuses = product.kind == "refusal"
    if definition.reviews is None:
        return NEEDED_IN_REFUSALS if refuses else ()
    return (*NEEDED_IN_REVIEWS, *(NEEDED_IN_REVIEW_REFUSALS if refuses else ()))


def missing(product: ProductDefinition, written: Written) -> list[str]:
    """What must be written before the product can be signed."""
    found = [each.id for each in product.written if each.required and each.id not in written.values]
    if product.kind == "refusal":
        found += ["grounds"] if not written.grounds else []
        found += ["relied_on"] if not written.relied_on else []
    return found


def draft_text(
    product: ProductDefinition,
    definition: ServiceDefinition,
    known: Mapping[str, Filling],
    written: Written,
) -> str:
    """The product's text with all that is known while it is a draft.

    Raises TextBroken for a text that `product_check` would have refused.
    """
    words: dict[str, Filling] = dict.fromkeys(places_of(product, definition))
    words |= {place: _tidied(filling) for place, filling in known.items() if place in words}
    words |= {place: f"{_OPEN}{place}{_SHUT}" for place in LATE}
    if product.validity is None:
        words["valid_until"] = None
    for each in product.written:
        said = written.values.get(each.id)
        words[written_place(each.id)] = _tidied(said or (UNWRITTEN if each.required else None))
    if product.kind == "refusal":
        burden = _of_refusal(product, written)
        words |= {place: filling for place, filling in burden.items() if place in words}
    before = old_places(product, definition)
    return fill(product.text, {**words, **{old: words[place] for old, place in before.items()}})


def _of_refusal(product: ProductDefinition, written: Written) -> dict[str, Filling]:
    objection = product.objection
    how = {
        "where": objection.where if objection else None,
        "how": objection.how if objection else None,
        "days": str(objection.days) if objection else None,
        "basis": objection.basis if objection else None,
    }
    return {
        "grounds": _tidied([each.in_words() for each in written.grounds] or [UNWRITTEN]),
        "relied_on": _tidied(list(written.relied_on) or [UNWRITTEN]),
        **{f"objection_{name}": words for name, words in how.items()},
        **{f"appeal_{name}": words for name, words in how.items()},
    }


def _tidied(filling: Filling) -> Filling:
    """A person's words never open a place."""
    if filling is None or isinstance(filling, str):
        return filling and filling.replace(_OPEN, "").replace(_SHUT, "")
    return [word.replace(_OPEN, "").replace(_SHUT, "") for word in filling]


def with_late_words(text: str, words: Mapping[str, str | None]) -> str:
    """A draft's text with what came later; dots where it has not come yet."""
    for place in LATE:
        text = text.replace(f"{_OPEN}{place}{_SHUT}", words.get(place) or "……")
    return text


def paragraphs(text: str) -> Sequence[str]:
    """The text's paragraphs: what an empty line parts."""
    return [part.strip("\n") for part in text.split("\n\n") if part.strip()]
