"""Services: what is asked, which steps follow which, who does them, and how long they may take.

A definition is read and published as one document. `problems` says what is wrong with one;
everything else here may rely on a definition without problems.
"""

import difflib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from typing import Any, Literal, Self, get_args

from casetrack.domain import notices
from casetrack.domain.clock import TimeLimit
from casetrack.domain.errors import Invalid
from casetrack.domain.notices import Notices

Kind = Literal[
    "check",
    "recommend",
    "assess",
    "pay",
    "endorse",
    "decide",
    "sign",
    "issue",
    "hand_over",
    "record",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
#: A case is granted when the last of its steps of these kinds is completed.
DECISION_KINDS: tuple[Kind, ...] = ("decide", "sign", "issue")

FactType = Literal["integer", "boolean", "code", "date", "text"]
FACT_TYPES: tuple[FactType, ...] = get_args(FactType)

Silence = Literal["blocks", "no_opinion"]
SILENCES: tuple[Silence, ...] = get_args(Silence)

DeemedGrant = Literal["none", "flag_only", "auto_issue"]
DEEMED_GRANTS: tuple[DeemedGrant, ...] = get_args(DeemedGrant)

#: What a power lets its holder do (UU 30/2014 art. 15: every power is limited by its subject). A
#: closed list: a paper that says more is entered as these.
Action = Literal[
    "receive",
    "verify",
    "recommend",
    "assess",
    "endorse",
    "decide",
    "sign",
    "issue",
    "deliver",
    "correct",
    "annul",
    "revoke",
]
ACTIONS: tuple[Action, ...] = get_args(Action)

#: What happens when the same person did an earlier step: nothing, a remark, or a refusal.
Separation = Literal["off", "flag", "refuse"]
SEPARATIONS: tuple[Separation, ...] = get_args(Separation)

#: Roles that may be let work on a step.
STEP_ROLES = ("clerk", "officer", "supervisor")

Fact = str | int | bool

#: Ids stand in addresses and events.
ID_PATTERN = re.compile(r"(?=.{1,64}$)[a-z0-9]+(?:[._-][a-z0-9]+)*")
CODE_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}")
MAX_TEXT = 2_000
#: Beyond it a reader of JSON that counts in doubles loses digits (RFC 8785 section 3.2.2.3).
MAX_INTEGER = 2**53 - 1

_LETTERS = re.compile(r"[A-Z]{2,5}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Name:
    """What a thing is called, in Bahasa Indonesia and in English."""

    id: str
    en: str

    def as_dict(self) -> dict[str, str]:
        """Give the form that documents and answers hold."""
        return {"id": self.id, "en": self.en}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `as_dict` gave."""
        return cls(data["id"], data["en"])


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, where in the document (keys and indexes), and how to mend it."""

    at: tuple[str | int, ...]
    message: str
    cure: str


def meant(word: str, known: Iterable[str], otherwise: str | None = None) -> str:
    """A cure for a name that nothing has: what was probably meant, or else all that can be."""
    known = list(known)
    near = difflib.get_close_matches(word[:80], known, n=1)
    if near:
        return f"did you mean {near[0]}?"
    return otherwise or f"use {', '.join(known)}"


#: Key, message, cure: a problem before it is known where the part stands.
Fault = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Requirement:
    """A paper that the applicant brings. Asked for at the completeness check, not at opening."""

    id: str
    name: Name
    required: bool = True


@dataclass(frozen=True, slots=True)
class FactDefinition:
    """A fact that is asked when a case is opened.

    `text` may say something about a person and is stored encrypted; the others stand in events.
    `choices` belong to a code, `minimum` and `maximum` (both included) to an integer.
    """

    id: str
    name: Name
    type: FactType
    required: bool = True
    choices: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """When a step is part of the case: exactly one of the three tests, on one fact."""

    fact: str
    equals: Fact | None = None
    one_of: tuple[Fact, ...] | None = None
    at_least: int | None = None

    def holds(self, facts: Mapping[str, Any]) -> bool:
        """Tell whether these facts meet it; a fact that was not given does not."""
        value = facts.get(self.fact)
        if value is None:
            return False
        if self.at_least is not None:
            return type(value) is int and value >= self.at_least
        # True == 1 in Python; in a form they are different answers.
        return any(value == other and type(value) is type(other) for other in self.values)

    @property
    def values(self) -> tuple[Fact, ...]:
        """The values that `equals` or `one_of` names."""
        return self.one_of or (() if self.equals is None else (self.equals,))


@dataclass(frozen=True, slots=True)
class StepDefinition:
    """One piece of the work that one agency does. `activities`: its names in imported logs.

    `authority` is the action that the register must give for completing (or refusing) it; None:
    a role is enough, and what is decided says so. `separation` looks at who did the steps of
    `separate_from` (none named: every earlier step but the completeness check).
    """

    id: str
    name: Name
    agency: str
    kind: Kind
    after: tuple[str, ...] = ()
    optional: bool = False
    repeatable: bool = False
    limit: TimeLimit | None = None
    silence: Silence = "blocks"
    roles: tuple[str, ...] = ("officer",)
    when: Condition | None = None
    official: bool = False
    activities: tuple[str, ...] = ()
    authority: Action | None = None
    separation: Separation = "off"
    separate_from: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Extension:
    """By how much the case's limit may be extended, once, and the article that allows it."""

    limit: TimeLimit
    article: str


@dataclass(frozen=True, slots=True)
class Fee:
    """What the applicant pays, in whole rupiah; the note says what that leaves out."""

    amount: int
    note: Name | None = None


#: Why the clock may stand still, and after how long it runs again by itself.
PAUSE_CAPS: Mapping[str, TimeLimit] = {
    "applicant": TimeLimit(30, "calendar_days"),
    "payment": TimeLimit(30, "calendar_days"),
    "external_system": TimeLimit(30, "calendar_days"),
    "court": TimeLimit(90, "calendar_days"),
    "force_majeure": TimeLimit(90, "calendar_days"),
}


@dataclass(frozen=True, slots=True)
class ServiceDefinition:
    """One version of a service. Published versions never change; a case keeps its version."""

    id: str
    version: int
    letters: str
    name: Name
    steps: tuple[StepDefinition, ...]
    requirements: tuple[Requirement, ...] = ()
    facts: tuple[FactDefinition, ...] = ()
    limit: TimeLimit | None = None
    extension: Extension | None = None
    pause_caps: Mapping[str, TimeLimit] = field(default_factory=lambda: dict(PAUSE_CAPS))
    product: Name | None = None
    fee: Fee | None = None
    legal_basis: tuple[str, ...] = ()
    deemed_grant: DeemedGrant = "flag_only"
    tracked_only: bool = False
    #: Changes a legal status in organisation, personnel or budget: no mandate reaches it
    #: (UU 30/2014 art. 14(7)).
    strategic: bool = False
    #: Where the service tells others, or by other channels, than `notices.DEFAULT`.
    notices: Notices = field(default_factory=dict)

    def step(self, step_id: str) -> StepDefinition:
        """Give the step with this id; KeyError if there is none."""
        for step in self.steps:
            if step.id == step_id:
                return step
        raise KeyError(step_id)

    @property
    def root(self) -> StepDefinition:
        """The completeness check: the one step that stands after no other."""
        return next(step for step in self.steps if not step.after)

    @property
    def front_office(self) -> str:
        """The agency at whose counter the file is taken in."""
        return self.root.agency

    def to_document(self) -> dict[str, Any]:
        """Give the whole definition as JSON values without floats, every key spelt out."""
        document = {part.name: _plain(getattr(self, part.name)) for part in fields(self)}
        if not self.notices:
            del document["notices"]  # the document of a version from before there were any
        return document

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Read what `to_document` gave, or a part of it: a key that has a default may be absent.

        KeyError for a required key that is absent, ValueError for a limit that cannot be.
        """
        get = document.get
        return cls(
            id=document["id"],
            version=document["version"],
            letters=document["letters"],
            name=Name.from_dict(document["name"]),
            steps=tuple(_step(step) for step in document["steps"]),
            requirements=tuple(
                Requirement(r["id"], Name.from_dict(r["name"]), r.get("required", True))
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
            tracked_only=get("tracked_only", False),
            strategic=get("strategic", False),
            notices=notices.from_document(get("notices")),
        )


def concerned_agencies(definition: ServiceDefinition) -> frozenset[str]:
    """Give the agencies that have a step in this service: they may see its cases."""
    return frozenset(step.agency for step in definition.steps)


def check_facts(definition: ServiceDefinition, facts: Mapping[str, Any]) -> None:
    """Check the facts of an application against what the service asks.

    Raises Invalid `invalid_facts`, which names every fault at once in `errors`.
    """
    known = {fact.id: fact for fact in definition.facts}
    errors = [
        {"at": f"facts.{name}", "message": f"not asked for; known: {', '.join(known) or 'none'}"}
        for name in facts
        if name not in known
    ]
    for fact in known.values():
        fault = _fact_fault(fact, facts[fact.id]) if fact.id in facts else _absence(fact)
        if fault:
            errors.append({"at": f"facts.{fact.id}", "message": fault})
    if errors:
        told = "; ".join(f"{error['at']}: {error['message']}" for error in errors)
        raise Invalid("invalid_facts", f"The facts cannot be taken: {told}.", errors=errors)


def _absence(fact: FactDefinition) -> str | None:
    return f"is missing; {_wanted(fact)}" if fact.required else None


def _fact_fault(fact: FactDefinition, value: object) -> str | None:
    return None if _FITS[fact.type](fact, value) else f"cannot be taken; {_wanted(fact)}"


def _is_integer(fact: FactDefinition, value: object) -> bool:
    return (
        type(value) is int
        and (-MAX_INTEGER if fact.minimum is None else fact.minimum) <= value
        and value <= (MAX_INTEGER if fact.maximum is None else fact.maximum)
    )


def _is_code(fact: FactDefinition, value: object) -> bool:
    if fact.choices:
        return value in fact.choices
    return isinstance(value, str) and CODE_PATTERN.fullmatch(value) is not None


def _is_boolean(_: FactDefinition, value: object) -> bool:
    return isinstance(value, bool)


def _is_date(_: FactDefinition, value: object) -> bool:
    try:
        return (
            isinstance(value, str)
            and _DATE.fullmatch(value) is not None
            and bool(date.fromisoformat(value))
        )
    except ValueError:
        return False


def _is_text(_: FactDefinition, value: object) -> bool:
    return (
        isinstance(value, str)
        and bool(value.strip())
        and len(value) <= MAX_TEXT
        and not _UNSTORABLE.search(value)
    )


_FITS: Mapping[FactType, Callable[[FactDefinition, object], bool]] = {
    "integer": _is_integer,
    "boolean": _is_boolean,
    "code": _is_code,
    "date": _is_date,
    "text": _is_text,
}


def _wanted(fact: FactDefinition) -> str:
    if fact.type == "code":
        return f"give one of {', '.join(fact.choices)}" if fact.choices else "give a code"
    if fact.type == "integer":
        bounds = [
            f"{word} {bound}"
            for word, bound in (("from", fact.minimum), ("to", fact.maximum))
            if bound is not None
        ]
        return " ".join(["give a whole number", *bounds])
    return {
        "boolean": "give true or false",
        "date": "give a day as YYYY-MM-DD",
        "text": f"give a text of 1 to {MAX_TEXT} characters",
    }[fact.type]


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
    return FactDefinition(
        id=data["id"],
        name=Name.from_dict(data["name"]),
        type=data["type"],
        required=data.get("required", True),
        choices=tuple(data.get("choices") or ()),
        minimum=data.get("minimum"),
        maximum=data.get("maximum"),
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


def problems(definition: ServiceDefinition, agencies: Collection[str] | None) -> list[Problem]:
    """Say everything that is wrong with a definition; nothing means that it may be published.

    `agencies` are those of the region; None for a definition that stands alone.
    """
    return [
        *_name_problems(definition),
        *_head_problems(definition),
        *_clock_problems(definition),
        *_decision_problems(definition),
        *id_problems("requirement", "requirements", [r.id for r in definition.requirements]),
        *id_problems("fact", "facts", [fact.id for fact in definition.facts]),
        *id_problems("step", "steps", [step.id for step in definition.steps]),
        *(p for i, fact in enumerate(definition.facts) for p in _fact_problems(fact, i)),
        *(p for i, _ in enumerate(definition.steps) for p in _step_problems(definition, i)),
        *_agency_problems(definition, agencies),
        *_activity_problems(definition),
        *(
            Problem(("notices", *at), told, cure)
            for at, told, cure in notices.faults(definition.notices)
        ),
        *_root_problems(definition),
        *_order_problems(definition.steps),
    ]


def id_problems(what: str, at: str, ids: Sequence[str]) -> Iterator[Problem]:
    """Say which ids of a list are malformed or there twice."""
    seen: set[str] = set()
    for place, each in enumerate(ids):
        if not ID_PATTERN.fullmatch(each):
            yield Problem(
                (at, place, "id"),
                f"{what} {each!r}: not an id",
                "use small letters, digits and single - _ . between them, 64 at most",
            )
        if each in seen:
            yield Problem(
                (at, place, "id"),
                f"{what} {each!r}: duplicate id, it is there twice",
                "rename one of the two or take it out",
            )
        seen.add(each)


def name_problems(what: str, at: tuple[str | int, ...], name: Name) -> Iterator[Problem]:
    """Say which of the two languages a name lacks."""
    for language, text in name.as_dict().items():
        if not text.strip():
            yield Problem(
                (*at, language),
                f"{what}: the name in {language!r} is missing",
                "write what people read: id in Bahasa Indonesia, en in English",
            )


def _name_problems(definition: ServiceDefinition) -> Iterator[Problem]:
    yield from name_problems("service", ("name",), definition.name)
    listed: tuple[tuple[str, str, Sequence[Requirement | FactDefinition | StepDefinition]], ...] = (
        ("requirement", "requirements", definition.requirements),
        ("fact", "facts", definition.facts),
        ("step", "steps", definition.steps),
    )
    for what, at, parts in listed:
        for place, part in enumerate(parts):
            yield from name_problems(f"{what} {part.id!r}", (at, place, "name"), part.name)
    if definition.product is not None:
        yield from name_problems("product", ("product",), definition.product)
    if definition.fee is not None and definition.fee.note is not None:
        yield from name_problems("fee", ("fee", "note"), definition.fee.note)


def _head_problems(definition: ServiceDefinition) -> Iterator[Problem]:
    if not ID_PATTERN.fullmatch(definition.id):
        yield Problem(
            ("id",),
            f"service {definition.id!r}: not an id",
            "use small letters, digits and single - _ . between them, 64 at most",
        )
    if not 1 <= definition.version <= MAX_INTEGER:
        yield Problem(("version",), f"version is {definition.version}", "count from 1 upwards")
    if not _LETTERS.fullmatch(definition.letters):
        yield Problem(
            ("letters",),
            f"letters are {definition.letters!r}",
            "give 2 to 5 capital letters A to Z; they stand in every case number",
        )
    if definition.fee is not None and not 0 <= definition.fee.amount <= MAX_INTEGER:
        yield Problem(
            ("fee", "amount"), f"fee is {definition.fee.amount}", "give whole rupiah, 0 for free"
        )
    for place, text in enumerate(definition.legal_basis):
        if not text.strip():
            yield Problem(("legal_basis", place), "legal basis is empty", "cite it or take it out")


def _clock_problems(definition: ServiceDefinition) -> Iterator[Problem]:
    for reason in definition.pause_caps:
        if reason not in PAUSE_CAPS:
            yield Problem(
                ("pause_caps", reason),
                f"pause_caps: nothing pauses for {reason!r}",
                f"use {', '.join(PAUSE_CAPS)}",
            )
    extension, limit = definition.extension, definition.limit
    if extension is None:
        return
    if limit is None or limit.unit != extension.limit.unit:
        yield Problem(
            ("extension", "limit"),
            "extension: it must lengthen the limit of the service, in the same unit",
            "give the service a limit in that unit, or take the extension out",
        )
    if not extension.article.strip():
        yield Problem(
            ("extension", "article"),
            "extension: the article that allows it is missing",
            "cite the article",
        )


def _decision_problems(definition: ServiceDefinition) -> Iterator[Problem]:
    kinds = {step.kind for step in definition.steps if not step.optional}
    if definition.deemed_grant not in DEEMED_GRANTS:
        yield Problem(
            ("deemed_grant",),
            f"deemed_grant is {definition.deemed_grant!r}",
            f"use one of {', '.join(DEEMED_GRANTS)}",
        )
    if definition.deemed_grant == "auto_issue" and (
        definition.tracked_only or not kinds & set(DECISION_KINDS)
    ):
        yield Problem(
            ("deemed_grant",),
            "deemed_grant: auto_issue needs a decision that is taken here",
            "add a decide, sign or issue step to a service that is not tracked_only, "
            "or use flag_only",
        )
    if not definition.tracked_only and "decide" not in kinds:
        yield Problem(
            ("steps",),
            "steps: nobody decides, so a case could be neither granted nor refused",
            "add a step of kind decide that is not optional, or set tracked_only: true",
        )


def _fact_problems(fact: FactDefinition, place: int) -> Iterator[Problem]:
    if fact.type not in FACT_TYPES:
        faults = iter([("type", f"type is {fact.type!r}", f"use one of {', '.join(FACT_TYPES)}")])
    elif fact.type == "integer":
        faults = _integer_faults(fact)
    else:
        faults = _choice_faults(fact)
    for key, message, cure in faults:
        yield Problem(("facts", place, key), f"fact {fact.id!r}: {message}", cure)


def _integer_faults(fact: FactDefinition) -> Iterator[Fault]:
    if fact.choices:
        yield "choices", "an integer has no choices", "make it a code, or drop them"
    for key, bound in (("minimum", fact.minimum), ("maximum", fact.maximum)):
        if bound is not None and abs(bound) > MAX_INTEGER:
            yield key, f"{key} is too large", f"stay within {MAX_INTEGER}"
    if fact.minimum is not None and fact.maximum is not None and fact.minimum > fact.maximum:
        yield "minimum", "minimum is above maximum", "swap the two"


def _choice_faults(fact: FactDefinition) -> Iterator[Fault]:
    for key, bound in (("minimum", fact.minimum), ("maximum", fact.maximum)):
        if bound is not None:
            yield key, f"a {fact.type} has no {key}", "make it an integer, or drop it"
    if fact.choices and fact.type != "code":
        yield "choices", f"a {fact.type} has no choices", "make it a code, or drop them"
    for choice in fact.choices:
        if not CODE_PATTERN.fullmatch(choice):
            yield "choices", f"{choice!r} is no code", "use letters, digits and . _ / -"
    if len(set(fact.choices)) < len(fact.choices):
        yield "choices", "a choice is there twice", "take one out"


def _step_problems(definition: ServiceDefinition, place: int) -> Iterator[Problem]:
    step = definition.steps[place]
    facts = {fact.id: fact for fact in definition.facts}
    faults = [
        *_kind_faults(step),
        *_authority_faults(definition, step),
        *_after_faults(definition, step),
        *(_condition_faults(step.when, facts) if step.when else ()),
    ]
    for key, message, cure in faults:
        yield Problem(("steps", place, key), f"step {step.id!r}: {message}", cure)


def _kind_faults(step: StepDefinition) -> Iterator[Fault]:
    if step.kind not in KINDS:
        yield "kind", f"kind is {step.kind!r}", f"use one of {', '.join(KINDS)}"
    if step.silence not in SILENCES:
        yield "silence", f"silence is {step.silence!r}", f"use one of {', '.join(SILENCES)}"
    if step.silence == "no_opinion" and (step.kind != "recommend" or step.limit is None):
        yield (
            "silence",
            "no_opinion is for a recommend step that has a limit",
            "use blocks, or give the recommend step a limit",
        )
    if step.official and step.kind != "recommend":
        yield "official", "official is for recommend steps", "take it out"
    for role in step.roles:
        if role not in STEP_ROLES:
            yield "roles", f"{role!r} does no steps", f"use some of {', '.join(STEP_ROLES)}"


def _authority_faults(definition: ServiceDefinition, step: StepDefinition) -> Iterator[Fault]:
    if step.authority is not None and step.authority not in ACTIONS:
        yield "authority", f"authority is {step.authority!r}", f"use one of {', '.join(ACTIONS)}"
    elif step.authority is not None and step.kind not in DECISION_KINDS and not step.official:
        yield (
            "authority",
            "a passport belongs to a decision, a signature or an official recommendation",
            "take it out, or set official: true on a recommend step",
        )
    if step.separation not in SEPARATIONS:
        cure = f"use one of {', '.join(SEPARATIONS)}"
        yield "separation", f"separation is {step.separation!r}", cure
    earlier = _before(definition, step)
    for name in step.separate_from:
        if name not in earlier:
            cure = f"use some of {', '.join(sorted(earlier)) or '(none)'}"
            yield "separate_from", f"no step before it is called {name!r}", cure
    if step.separate_from and step.separation == "off":
        yield "separate_from", "nothing is separated", "say separation: flag, or refuse"


def _before(definition: ServiceDefinition, step: StepDefinition) -> set[str]:
    """The steps that this one comes after, directly or through others."""
    after = {other.id: other.after for other in definition.steps}
    earlier: set[str] = set()
    todo = list(step.after)
    while todo:
        name = todo.pop()
        if name in after and name not in earlier:
            earlier.add(name)
            todo += after[name]
    return earlier - {step.id}


def _after_faults(definition: ServiceDefinition, step: StepDefinition) -> Iterator[Fault]:
    known = {other.id for other in definition.steps}
    for name in step.after:
        if name not in known:
            cure = f"use some of {', '.join(sorted(known - {step.id}))}"
            yield "after", f"it stands after {name!r}, and no step is called that", cure
    if len(set(step.after)) < len(step.after):
        yield "after", "a step is named twice", "take one out"


def _condition_faults(when: Condition, facts: Mapping[str, FactDefinition]) -> Iterator[Fault]:
    tests = [test for test in (when.equals, when.one_of, when.at_least) if test is not None]
    if len(tests) != 1 or when.one_of == ():
        yield "when", "`when` has not exactly one test", "give one of equals, one_of, at_least"
    fact = facts.get(when.fact)
    if fact is None:
        known = ", ".join(facts) or "(none): add the fact first"
        yield "when", f"`when` asks for {when.fact!r}, an unknown fact", f"use one of {known}"
    elif fact.type == "text":
        yield "when", f"`when` asks for {fact.id!r}: texts are secret", "ask for another fact"
    elif when.at_least is not None and fact.type != "integer":
        yield "when", f"at_least is for integers; {fact.id!r} is a {fact.type}", "use equals"
    elif fact.type in FACT_TYPES:
        named = when.values if when.at_least is None else (*when.values, when.at_least)
        for value in named:
            if _fact_fault(fact, value):
                yield "when", f"`when` names {value!r}, which {fact.id!r} never is", _wanted(fact)


def _agency_problems(
    definition: ServiceDefinition, agencies: Collection[str] | None
) -> Iterator[Problem]:
    for place, step in enumerate(definition.steps):
        if agencies is None and step.agency.strip():
            continue
        if agencies is None or step.agency not in agencies:
            yield Problem(
                ("steps", place, "agency"),
                f"step {step.id!r}: unknown agency {step.agency!r}",
                f"add it to agencies.yaml, or use one of {', '.join(sorted(agencies or ()))}",
            )


def _activity_problems(definition: ServiceDefinition) -> Iterator[Problem]:
    owner: dict[str, str] = {}
    for place, step in enumerate(definition.steps):
        for activity in step.activities:
            if activity in owner:
                yield Problem(
                    ("steps", place, "activities"),
                    f"step {step.id!r}: the activity {activity!r} already means step "
                    f"{owner[activity]!r}",
                    "list every activity once",
                )
            owner.setdefault(activity, step.id)


def _root_problems(definition: ServiceDefinition) -> Iterator[Problem]:
    """One step begins, the completeness check, always; every other one stands after something."""
    roots = [place for place, step in enumerate(definition.steps) if not step.after]
    if not roots:
        yield Problem(
            ("steps",),
            "steps: no step can begin, each stands after another",
            "give the completeness check (kind check) no `after`",
        )
        return
    checks = [place for place in roots if definition.steps[place].kind == "check"]
    first = (checks or roots)[0]
    root = definition.steps[first]
    for place in roots:
        if place != first:
            yield Problem(
                ("steps", place),
                f"step {definition.steps[place].id!r}: unreachable, no step leads to it: it has "
                f"no `after`, and a service begins with one step, here {root.id!r}",
                f"say after which step it comes, for example after: [{root.id}]",
            )
    if root.kind != "check":
        yield Problem(
            ("steps", first, "kind"),
            f"step {root.id!r}: a service begins with its completeness check",
            "make it kind check, or put a check step before it",
        )
    if root.optional or root.when is not None:
        yield Problem(
            ("steps", first, "optional" if root.optional else "when"),
            f"step {root.id!r}: the completeness check can be neither optional nor conditional",
            "take `optional` and `when` out",
        )


def _order_problems(steps: Sequence[StepDefinition]) -> Iterator[Problem]:
    """Name each circle, and each step that stands behind one."""
    place = {step.id: index for index, step in enumerate(steps)}
    before = {step.id: [name for name in step.after if name in place] for step in steps}
    stuck = _never_reached(before)
    circles: list[list[str]] = []
    while left := _never_reached({name: before[name] for name in stuck if name in before}):
        circle = _circle(left, before)
        circles.append(circle)
        for name in circle:
            del before[name]
    for circle in circles:
        round_trip = " -> ".join([*circle, circle[0]])
        yield Problem(
            ("steps", place[circle[0]], "after"),
            f"step {circle[0]!r}: the steps go round in a cycle: {round_trip}",
            "take one of these out of the `after` of the next",
        )
    for name in stuck:
        if name in before:
            yield Problem(
                ("steps", place[name], "after"),
                f"step {name!r}: unreachable, it stands behind a cycle",
                "mend the cycle",
            )


def _never_reached(before: Mapping[str, Iterable[str]]) -> list[str]:
    """Give the steps that never begin if each waits for those before it that are in the mapping."""
    waits = {
        name: {other for other in others if other in before} for name, others in before.items()
    }
    followers: dict[str, list[str]] = {name: [] for name in before}
    for name, others in waits.items():
        for other in others:
            followers[other].append(name)
    free = [name for name, others in waits.items() if not others]
    while free:
        done = free.pop()
        for name in followers[done]:
            waits[name].discard(done)
            if not waits[name]:
                free.append(name)
    return [name for name, others in waits.items() if others]


def _circle(stuck: Sequence[str], before: Mapping[str, Sequence[str]]) -> list[str]:
    """Walk backwards among steps that all wait for one another until a step comes again.

    Gives the circle in the order of the work, from the step that the definition names first.
    """
    among, path = set(stuck), [stuck[0]]
    while True:
        step = next(name for name in before[path[-1]] if name in among)
        if step in path:
            circle = path[path.index(step) :][::-1]
            first = min(range(len(circle)), key=lambda place: stuck.index(circle[place]))
            return circle[first:] + circle[:first]
        path.append(step)
