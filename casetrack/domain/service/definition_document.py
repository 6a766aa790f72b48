"""A service's definition as a document: how it is published, hashed and read again."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from casetrack.domain.clock import NEAR_PERCENT, TimeLimit
from casetrack.domain.service import notices
from casetrack.domain.service.definition import (
    PAUSE_CAPS,
    Condition,
    Extension,
    ExternalFact,
    FactDefinition,
    Fee,
    Name,
    Objection,
    PauseLimit,
    ProductDefinition,
    Requirement,
    Retention,
    Reviews,
    ServiceDefinition,
    StepDefinition,
    Validity,
    WrittenPlace,
)
from casetrack.domain.service.tariff_document import read_rule, rule_document

#: Of these a published version of before says nothing.
_LATER_CAPS = ("parties",)
#: Keys that came after the first release, each of which says nothing while it is empty or false.
_SILENT_WHEN_EMPTY = (
    "notices",
    "specific_data",
    "retention",
    "passes_to_heirs",
    "products",
    "second_clerk",
    "sent_by",
    "deemed_basis",
    "external_facts",
    "reviews",
    "pause_limits",
    "issued_by",
    "issued_number",
)


def spelt_out(definition: ServiceDefinition) -> dict[str, Any]:
    """The whole definition as JSON values without floats, every key spelt out."""
    return {part.name: _plain(getattr(definition, part.name)) for part in fields(definition)}


def as_document(definition: ServiceDefinition) -> dict[str, Any]:
    """The same as it is published and hashed.

    What came later is left out while it says nothing: so is the document of a version from before.
    """
    document = spelt_out(definition)
    for name in _SILENT_WHEN_EMPTY:
        if not document[name]:
            del document[name]
    _drop_usual(document, definition)
    for step, said in zip(definition.steps, document["steps"], strict=True):
        said["bill"] = None if step.bill is None else rule_document(step.bill)
        _drop(said, ("bill",))
    for part in (*document["requirements"], *document["facts"]):
        _drop(part, ("readers", "when", "file_mb", "public", "choice_names"))
    for product in document.get("products", ()):
        _drop(product, ("copies", "second_clerk"))
    for asked in document.get("external_facts", ()):
        _drop(asked, ("paper",))
    return document


def _drop_usual(document: dict[str, Any], definition: ServiceDefinition) -> None:
    if definition.near_percent == NEAR_PERCENT:
        del document["near_percent"]
    for reason in _LATER_CAPS:
        if definition.pause_caps.get(reason) == PAUSE_CAPS[reason]:
            del document["pause_caps"][reason]


def _drop(part: dict[str, Any], names: tuple[str, ...]) -> None:
    """Leave these out of a part where they say nothing."""
    for name in names:
        if name in part and not part[name]:
            del part[name]


def read_definition(document: Mapping[str, Any]) -> ServiceDefinition:
    """Reads what `as_document` gave, or a part of it: a key that has a default may be absent.

    KeyError for a required key that is absent, ValueError for a limit that cannot be.
    """
    get = document.get
    return ServiceDefinition(
        id=document["id"],
        version=document["version"],
        letters=document["letters"],
        name=Name.from_dict(document["name"]),
        steps=tuple(_step(step) for step in document["steps"]),
        requirements=tuple(
            Requirement(
                r["id"],
                Name.from_dict(r["name"]),
                r.get("required", True),
                when=_condition(r.get("when")),
                readers=tuple(r.get("readers") or ()),
                file_mb=r.get("file_mb"),
            )
            for r in get("requirements") or ()
        ),
        facts=tuple(_fact(fact) for fact in get("facts") or ()),
        limit=_limit(get("limit")),
        extension=_extension(get("extension")),
        pause_caps={
            **PAUSE_CAPS,
            **{r: TimeLimit.from_dict(cap) for r, cap in (get("pause_caps") or {}).items()},
        },
        product=_name(get("product")),
        fee=_fee(get("fee")),
        legal_basis=tuple(get("legal_basis") or ()),
        deemed_grant=get("deemed_grant", "flag_only"),
        deemed_basis=get("deemed_basis"),
        external_facts=tuple(
            ExternalFact(
                f["id"], Name.from_dict(f["name"]), Name.from_dict(f["source"]), f.get("paper")
            )
            for f in get("external_facts") or ()
        ),
        tracked_only=get("tracked_only", False),
        issued_by=_name(get("issued_by")),
        issued_number=get("issued_number"),
        strategic=get("strategic", False),
        specific_data=get("specific_data", False),
        passes_to_heirs=get("passes_to_heirs", False),
        retention=_retention(get("retention")),
        second_clerk=get("second_clerk", False),
        sent_by=tuple(get("sent_by") or ()),
        products=tuple(_product(each) for each in get("products") or ()),
        notices=notices.from_document(get("notices")),
        near_percent=get("near_percent", NEAR_PERCENT),
        pause_limits={
            cause: PauseLimit(limit["basis"], limit.get("times"), _limit(limit.get("total")))
            for cause, limit in (get("pause_limits") or {}).items()
        },
        reviews=Reviews(**said) if (said := get("reviews")) else None,
    )


def _retention(data: Mapping[str, Any] | None) -> Retention | None:
    return None if data is None else Retention(data["years"], data["basis"])


def _product(data: Mapping[str, Any]) -> ProductDefinition:
    validity, objection = data.get("validity"), data.get("objection")
    return ProductDefinition(
        id=data["id"],
        kind=data["kind"],
        name=Name.from_dict(data["name"]),
        text=data["text"],
        drafted_at=data.get("drafted_at"),
        endorsed_by=tuple(data.get("endorsed_by") or ()),
        signatures=tuple(data.get("signatures") or ()),
        numbered=data.get("numbered", "after_signing"),
        pattern=data.get("pattern"),
        code=data.get("code"),
        validity=Validity(validity["unit"], validity.get("value", 1)) if validity else None,
        written=tuple(
            WrittenPlace(each["id"], Name.from_dict(each["name"]), each.get("required", False))
            for each in data.get("written") or ()
        ),
        objection=Objection(**objection) if objection else None,
        when=_condition(data.get("when")),
        copies=tuple(data.get("copies") or ()),
        second_clerk=data.get("second_clerk", False),
    )


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {part.name: _plain(getattr(value, part.name)) for part in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _name(data: Mapping[str, Any] | None) -> Name | None:
    return None if data is None else Name.from_dict(data)


def _limit(data: Mapping[str, Any] | None) -> TimeLimit | None:
    return None if data is None else TimeLimit.from_dict(data)


def _extension(data: Mapping[str, Any] | None) -> Extension | None:
    if data is None:
        return None
    return Extension(TimeLimit.from_dict(data["limit"]), data["article"])


def _fee(data: Mapping[str, Any] | None) -> Fee | None:
    return None if data is None else Fee(data["amount"], _name(data.get("note")))


def _fact(data: Mapping[str, Any]) -> FactDefinition:
    choices = data.get("choices") or ()
    # Each choice with its name, as files say it, or codes with their names beside.
    named = choices if isinstance(choices, Mapping) else data.get("choice_names") or {}
    return FactDefinition(
        id=data["id"],
        name=Name.from_dict(data["name"]),
        type=data["type"],
        required=data.get("required", True),
        choices=tuple(choices),
        minimum=data.get("minimum"),
        maximum=data.get("maximum"),
        readers=tuple(data.get("readers") or ()),
        public=data.get("public", False),
        choice_names={choice: Name.from_dict(name) for choice, name in named.items()},
    )


def _step(data: Mapping[str, Any]) -> StepDefinition:
    after = tuple(data.get("after") or ())
    at_the_counter = not after or data["kind"] == "hand_over"
    return StepDefinition(
        id=data["id"],
        name=Name.from_dict(data["name"]),
        agency=data["agency"],
        kind=data["kind"],
        after=after,
        optional=data.get("optional", False),
        repeatable=data.get("repeatable", False),
        limit=_limit(data.get("limit")),
        silence=data.get("silence", "blocks"),
        roles=tuple(
            data.get("roles") or (("clerk", "officer") if at_the_counter else ("officer",))
        ),
        when=_condition(data.get("when")),
        official=data.get("official", False),
        activities=tuple(data.get("activities") or ()),
        authority=data.get("authority"),
        separation=data.get("separation", "off"),
        separate_from=tuple(data.get("separate_from") or ()),
        bill=read_rule(data.get("bill")),
    )


def _condition(data: Mapping[str, Any] | None) -> Condition | None:
    if data is None:
        return None
    one_of = data.get("one_of")
    return Condition(
        fact=data["fact"],
        equals=data.get("equals"),
        one_of=None if one_of is None else tuple(one_of),
        at_least=data.get("at_least"),
    )
