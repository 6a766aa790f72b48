"""Services: what is asked, which steps follow which, who does them, and how long they may take.

A definition is read and published as one document. `definition_check.problems` finds its faults;
everything else here may rely on a definition without problems.
"""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, Literal, Self, get_args

from casetrack.domain.access import Role
from casetrack.domain.clock import TimeLimit
from casetrack.domain.service import notices
from casetrack.domain.service.notices import Notices

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
#: A case is granted when all its steps of these kinds that are not optional have passed.
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
STEP_ROLES: tuple[Role, ...] = ("clerk", "officer", "supervisor")

Fact = str | int | bool

#: Ids stand in addresses and events.
ID_PATTERN = re.compile(r"(?=.{1,64}$)[a-z0-9]+(?:[._-][a-z0-9]+)*")
CODE_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}")
MAX_TEXT = 2_000
#: Beyond it a reader of JSON that counts in doubles loses digits (RFC 8785 section 3.2.2.3).
MAX_INTEGER = 2**53 - 1


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
class FactDefinition:
    """A fact that is asked when a case is opened.

    `text` may say something about a person and is stored encrypted; the others stand in events.
    `choices` belong to a code, `minimum` and `maximum` (both included) to an integer, `readers` (as of
    a requirement) to a text.
    """

    id: str
    name: Name
    type: FactType
    required: bool = True
    choices: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    readers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """When a step is part of the case, or a document required: exactly one test, on one fact."""

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
class Requirement:
    """What the applicant has to bring. Asked for at the completeness check, not at opening.

    With `when` it is required only where a fact fits. `readers` are the agencies that read it beside the
    front office; none: all that have a step.
    """

    id: str
    name: Name
    required: bool = True
    when: Condition | None = None
    readers: tuple[str, ...] = ()

    def needed(self, facts: Mapping[str, Any]) -> bool:
        """Tell whether a file with these facts is incomplete without it."""
        return self.required and (self.when is None or self.when.holds(facts))


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
    roles: tuple[Role, ...] = ("officer",)
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


@dataclass(frozen=True, slots=True)
class Retention:
    """For how many years after its last step a case's personal data are kept, and by what law."""

    years: int
    basis: str


#: Why the clock may stand still, and after how long it runs again by itself.
PAUSE_CAPS: Mapping[str, TimeLimit] = {
    "applicant": TimeLimit(30, "calendar_days"),
    "payment": TimeLimit(30, "calendar_days"),
    "external_system": TimeLimit(30, "calendar_days"),
    "court": TimeLimit(90, "calendar_days"),
    "force_majeure": TimeLimit(90, "calendar_days"),
    "parties": TimeLimit(90, "calendar_days"),
}
#: Of these a published version of before says nothing.
_LATER_CAPS = ("parties",)
#: Keys that came after the first release, each of which says nothing while it is empty or false.
_SILENT_WHEN_EMPTY = ("notices", "specific_data", "retention", "passes_to_heirs")


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
    #: Health, a criminal record, social help (UU 27/2022 art. 4(2)): found by its own agencies only.
    specific_data: bool = False
    #: Heirs of an applicant who died may go on; else the case ends with them.
    passes_to_heirs: bool = False
    #: Nobody who stands in a case of the service is erased before it is over.
    retention: Retention | None = None
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

    def spelt_out(self) -> dict[str, Any]:
        """Give the whole definition as JSON values without floats, every key spelt out."""
        return {part.name: _plain(getattr(self, part.name)) for part in fields(self)}

    def to_document(self) -> dict[str, Any]:
        """Give the same as it is published and hashed.

        What came later is left out while it says nothing: so is the document of a version from before.
        """
        document = self.spelt_out()
        for name in _SILENT_WHEN_EMPTY:
            if not document[name]:
                del document[name]
        for reason in _LATER_CAPS:
            if self.pause_caps.get(reason) == PAUSE_CAPS[reason]:
                del document["pause_caps"][reason]
        for part in (*document["requirements"], *document["facts"]):
            if not part["readers"]:
                del part["readers"]
            if part.get("when", ...) is None:
                del part["when"]
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
                Requirement(
                    r["id"],
                    Name.from_dict(r["name"]),
                    r.get("required", True),
                    when=_condition(r.get("when")),
                    readers=tuple(r.get("readers") or ()),
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
            tracked_only=get("tracked_only", False),
            strategic=get("strategic", False),
            specific_data=get("specific_data", False),
            passes_to_heirs=get("passes_to_heirs", False),
            retention=_retention(get("retention")),
            notices=notices.from_document(get("notices")),
        )


def _retention(data: Mapping[str, Any] | None) -> Retention | None:
    return None if data is None else Retention(data["years"], data["basis"])


def concerned_agencies(definition: ServiceDefinition) -> frozenset[str]:
    """Give the agencies that have a step in this service: they may see its cases."""
    return frozenset(step.agency for step in definition.steps)


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
        readers=tuple(data.get("readers") or ()),
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
