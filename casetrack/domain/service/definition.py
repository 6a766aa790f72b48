"""Services: what is asked, which steps follow which, who does them, and how long they may take.

A definition is read and published as one document. `definition_check.problems` finds its faults;
everything else here may rely on a definition without problems.
"""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from casetrack.domain.access import Role
from casetrack.domain.clock import NEAR_PERCENT, TimeLimit
from casetrack.domain.service.asked import (
    CODE_PATTERN,
    FACT_TYPES,
    MAX_INTEGER,
    MAX_TEXT,
    Condition,
    Fact,
    FactDefinition,
    FactType,
    Name,
    Requirement,
)
from casetrack.domain.service.notices import Notices
from casetrack.domain.service.tariff import BillRule

#: What is asked stands in a module of its own, and is part of the definition.
__all__ = [
    "CODE_PATTERN",
    "FACT_TYPES",
    "MAX_INTEGER",
    "MAX_TEXT",
    "Condition",
    "Fact",
    "FactDefinition",
    "FactType",
    "Name",
    "Requirement",
]

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
    "issue_bill",
    "reduce_bill",
    "cancel_bill",
    "refund_bill",
]
ACTIONS: tuple[Action, ...] = get_args(Action)
#: Decisions about bills, which a pay step with a bill of its own needs beside whatever else.
BILL_POWERS: tuple[Action, ...] = ("issue_bill", "reduce_bill", "cancel_bill", "refund_bill")

#: What happens when the same person did an earlier step: nothing, a remark, or a refusal.
Separation = Literal["off", "flag", "refuse"]
SEPARATIONS: tuple[Separation, ...] = get_args(Separation)

#: Roles that may be let work on a step.
STEP_ROLES: tuple[Role, ...] = ("clerk", "officer", "supervisor")

#: Ids stand in addresses and events.
ID_PATTERN = re.compile(r"(?=.{1,64}$)[a-z0-9]+(?:[._-][a-z0-9]+)*")


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
    #: Of a pay step: what is paid, and by what law. None: it is paid and recorded elsewhere.
    bill: BillRule | None = None


@dataclass(frozen=True, slots=True)
class ExternalFact:
    """What another register says of the application, such as a registration that is in force: it is
    asked for there, and its answer entered.

    `paper` is the requirement whose document shows a "yes"; None: the officer's word is enough."""

    id: str
    name: Name
    source: Name
    paper: str | None = None


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


#: Causes of which a service may say how often and how long a case stands still for them: those that are
#: told outside. Of the others a limit would tell which one it was.
LIMITED_PAUSES = ("external_system", "court")


@dataclass(frozen=True, slots=True)
class PauseLimit:
    """How often a case may be paused for a cause, and how long in all, by which rule."""

    basis: str
    times: int | None = None
    total: TimeLimit | None = None


ProductKind = Literal["permit", "card", "letter", "refusal"]
PRODUCT_KINDS: tuple[ProductKind, ...] = get_args(ProductKind)
#: Those whose holder may do something while they are valid.
GRANTING_KINDS: tuple[ProductKind, ...] = ("permit", "card")

#: When a product gets its number; `outside`: another register gives it, and it is entered.
Numbered = Literal["before_signing", "after_signing", "outside"]
NUMBERED: tuple[Numbered, ...] = get_args(Numbered)

ValidityUnit = Literal["days", "months", "years", "given"]
VALIDITY_UNITS: tuple[ValidityUnit, ...] = get_args(ValidityUnit)


@dataclass(frozen=True, slots=True)
class Validity:
    """How long a product is valid from its day on, the last day included; `given`: until a day that
    whoever issues it says."""

    unit: ValidityUnit
    value: int = 1


@dataclass(frozen=True, slots=True)
class WrittenPlace:
    """A place of a product's text that the office fills in its own words."""

    id: str
    name: Name
    required: bool = False


@dataclass(frozen=True, slots=True)
class Objection:
    """Where, how and within how many working days one objects, and by which rule."""

    where: str
    how: str
    days: int
    basis: str


ReviewKind = Literal["objection", "appeal"]
REVIEW_KINDS: tuple[ReviewKind, ...] = get_args(ReviewKind)


@dataclass(frozen=True, slots=True)
class Reviews:
    """Of a service whose cases are objections to decisions of others, or appeals: within how many working
    days of the decision they are lodged, by which rule, and which position decides by which one."""

    kind: ReviewKind
    days: int
    basis: str
    decided_by: str


Sending = Literal["post", "electronic"]
SENDINGS: tuple[Sending, ...] = get_args(Sending)


@dataclass(frozen=True, slots=True)
class ProductDefinition:
    """What the applicant gets, and how it comes about.

    `text` is its template. `drafted_at` is the step whose completion draws it up (a refusal: whenever a
    step refuses); `endorsed_by` are positions, `signatures` steps, both in their order. `code` is the
    filing code in its number, `pattern` the region's pattern.
    """

    id: str
    kind: ProductKind
    name: Name
    text: str
    drafted_at: str | None = None
    endorsed_by: tuple[str, ...] = ()
    signatures: tuple[str, ...] = ()
    numbered: Numbered = "after_signing"
    pattern: str | None = None
    code: str | None = None
    validity: Validity | None = None
    written: tuple[WrittenPlace, ...] = ()
    objection: Objection | None = None
    when: Condition | None = None
    #: Who gets a copy, as its paper says (`tembusan`).
    copies: tuple[str, ...] = ()
    #: Whether a second clerk confirms its hand-over.
    second_clerk: bool = False


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
    #: The article of the sector's rule by which its limit counts; None: the general one.
    deemed_basis: str | None = None
    #: What other registers are asked before it is decided.
    external_facts: tuple[ExternalFact, ...] = ()
    tracked_only: bool = False
    #: Who issues the result in a system of their own; an officer notes its number and day. None: its
    #: number is not kept here.
    issued_by: Name | None = None
    #: How that number looks: `#` a digit, `@` a capital letter, all else as it is; None: as it comes.
    issued_number: str | None = None
    #: Changes a legal status in organisation, personnel or budget: no mandate reaches it
    #: (UU 30/2014 art. 14(7)).
    strategic: bool = False
    #: Health, a criminal record, social help (UU 27/2022 art. 4(2)): found by its own agencies only.
    specific_data: bool = False
    #: Heirs of an applicant who died may go on; else the case ends with them.
    passes_to_heirs: bool = False
    #: Nobody who stands in a case of the service is erased before it is over.
    retention: Retention | None = None
    #: Whether a second clerk confirms what is handed over.
    second_clerk: bool = False
    #: How its products may be sent, beside being handed over at the counter.
    sent_by: tuple[Sending, ...] = ()
    #: What comes out of a case; a service without them records decisions and draws nothing up.
    products: tuple[ProductDefinition, ...] = ()
    #: Where the service tells others, or by other channels, than `notices.DEFAULT`.
    notices: Notices = field(default_factory=dict)
    #: How much of a limit has gone by, in percent, when it is told that it is near.
    near_percent: int = NEAR_PERCENT
    #: How often and how long a case may be paused, by cause.
    pause_limits: Mapping[str, PauseLimit] = field(default_factory=dict)
    #: Its cases object to decisions of other cases, or appeal.
    reviews: Reviews | None = None

    def step(self, step_id: str) -> StepDefinition:
        """Give the step with this id; KeyError if there is none."""
        for step in self.steps:
            if step.id == step_id:
                return step
        raise KeyError(step_id)

    def product_of(self, product: str) -> ProductDefinition:
        """The product with this id; KeyError if there is none."""
        for each in self.products:
            if each.id == product:
                return each
        raise KeyError(product)

    @property
    def root(self) -> StepDefinition:
        """The completeness check: the one step that stands after no other."""
        return next(step for step in self.steps if not step.after)

    @property
    def front_office(self) -> str:
        """The agency at whose counter the file is taken in."""
        return self.root.agency


def concerned_agencies(definition: ServiceDefinition) -> frozenset[str]:
    """Give the agencies that have a step in this service: they may see its cases."""
    return frozenset(step.agency for step in definition.steps)
