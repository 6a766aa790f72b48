"""What every operation's models are built of: texts that can be stored, days, lists, names, problems.

A model that is taken ends in In or Query, a model that is given ends in Out or Page. Answers are not
made by their models: use cases give JSON. The models say what comes, OpenAPI is printed from them, and
the tests hold every answer against its model with no field beside.
"""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

from casetrack.domain.access import Role
from casetrack.domain.authority.entries import GiverActs, IncumbencyForm
from casetrack.domain.case.case_people import PowerAct
from casetrack.domain.case.payments import PaymentState
from casetrack.domain.case.transitions import AnnulledBy, CaseStatus, ProductState, StepStatus
from casetrack.domain.clock import Unit
from casetrack.domain.people.account_secrets import may_open_an_account
from casetrack.domain.people.contact import FORMS, Language
from casetrack.domain.service.definition import Action, Kind

#: Forms of texts; what a person reads of each stands in fault_words.
IDENTIFIER = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
DIGEST = r"^[0-9a-f]{64}$"
CODE = r"^[a-z][a-z0-9_]{0,63}$"
URL = r"^[!-~]*$"
#: Of a bank or treasury; of the code with which a bill is paid; of a file in a body.
PAYMENT_REFERENCE = r"^[A-Za-z0-9][A-Za-z0-9./_-]{0,63}$"
PAYMENT_CODE = r"^[A-Z0-9-]{4,64}$"
BASE64 = r"^[A-Za-z0-9+/]*={0,2}$"
LETTER_NUMBER = r"^[A-Za-z0-9][A-Za-z0-9 ./-]{0,63}$"
#: What a queue gives out at the counter.
QUEUE_NUMBER = r"^[A-Za-z0-9][A-Za-z0-9 ./-]{0,15}$"
EVENT_TYPES = r"^casetrack\.([a-z_]+\.)*(\*|[a-z_]+)$"
Identifier = Annotated[str, StringConstraints(pattern=IDENTIFIER)]
#: NUL and half surrogate pairs cannot be stored; the pattern says so to who reads the document.
#: Hours and minutes of a day, there.
HOUR = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
NO_NUL = r"^[^\u0000]*$"
Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=NO_NUL)]


def formed(field: str) -> StringConstraints:
    """How a field about a person looks, as the domain says it."""
    form = FORMS[field]
    return StringConstraints(
        min_length=form.shortest, max_length=form.longest, pattern=f"^(?:{form.pattern})$"
    )


def pasted(field: str) -> StringConstraints:
    """How a field looks that is tidied before its form is judged: it may be longer until then."""
    return StringConstraints(max_length=2 * FORMS[field].longest)


Email = Annotated[
    str,
    pasted("email"),
    Field(
        description="Tidied: blanks, invisible marks and mailto: are left out, a domain in another "
        "script becomes xn--…. Refused (422) where no mail server could take it."
    ),
]
Nik = Annotated[str, formed("nik")]


def _opens_nothing(text: str) -> str:
    if may_open_an_account(text):
        raise PydanticCustomError(
            "account_secret", "Input should hold no user name, password or one-time code of anybody"
        )
    return text


#: Words that an officer writes down, as Note or under limits of their own.
Words = Annotated[str, AfterValidator(_opens_nothing)]
Note = Annotated[Words, StringConstraints(max_length=4000, pattern=NO_NUL)]


Digest = Annotated[str, StringConstraints(pattern=DIGEST)]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)


def _read_day(value: object) -> object:
    """The day that a text says. Pydantic alone would read "0" as 1 January 1970."""
    if not isinstance(value, str):
        return value
    try:
        if _DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise PydanticCustomError("day", "Input should be a day that there is, as YYYY-MM-DD")


def _read_moment(value: object) -> object:
    """The moment that a text says. Pydantic alone would read "1700000000" as a day of 2023."""
    if not isinstance(value, str):
        return value
    try:
        if _MOMENT.fullmatch(value):
            return datetime.fromisoformat(value.upper())
    except ValueError:
        pass
    raise PydanticCustomError(
        "moment", "Input should be a moment with its offset, such as 2026-01-31T16:00:00+08:00"
    )


#: Papers are not older than the republic's first laws, nor dated beyond anybody's service.
_FIRST, _LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 12, 31, 23, 59, 59, tzinfo=UTC)
_YEARS = PydanticCustomError("years", "Input should be between 1900 and 2200")


# Pydantic would tell its own bounds as Python writes them.
def _day_within(day: date) -> date:
    if not _FIRST.date() <= day <= _LAST.date():
        raise _YEARS
    return day


def _moment_within(moment: datetime) -> datetime:
    if not _FIRST <= moment <= _LAST:
        raise _YEARS
    return moment


Day = Annotated[date, BeforeValidator(_read_day), AfterValidator(_day_within)]
#: RFC 3339 with its offset.
Moment = Annotated[datetime, BeforeValidator(_read_moment), AfterValidator(_moment_within)]


def absent(description: str | None = None) -> Any:
    """A field of an answer that is left out where there is nothing to say.

    Its type says what comes when it comes. A field without this always comes.
    """
    return Field(default=None, description=description, json_schema_extra=_without_default)


def _without_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


class Taken(BaseModel):
    """A request body: unknown fields are refused, so that a misspelt one is not lost in silence."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Asked(BaseModel):
    """A query: an unknown parameter is refused likewise, or a misspelt filter would filter nothing."""

    model_config = ConfigDict(extra="forbid")


class NoQuery(Asked):
    """Of an operation that takes no parameters."""


class PageQuery(Asked):
    """Every list takes these."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str, StringConstraints(max_length=400)] | None = None


class LanguageQuery(Asked):
    """Language of a picture or sheet."""

    lang: Language = "id"


class SlipQuery(LanguageQuery):
    """Language of the slip, and whether it comes as page or as PDF."""

    format: Literal["html", "pdf"] = "html"


class NameOut(BaseModel):
    """A name in both languages."""

    id: str
    en: str


class WarningOut(BaseModel):
    """What is strange in what was taken, and kept all the same."""

    at: str
    message: str
    said: NameOut = Field(description="the same for a person, in both languages")


class LimitOut(BaseModel):
    """How much of which unit of time."""

    value: int
    unit: Unit


# --- problems ---------------------------------------------------------------------------------------


class FaultOut(BaseModel):
    """What is wrong with the content, and where: names and places, joined by full stops."""

    at: str
    message: str
    said: NameOut = Field(description="the same for a person, in both languages")


class LetterOut(BaseModel):
    """A letter of appointment."""

    number: str
    dated: date


class FailingGrantOut(BaseModel):
    """The link of a chain at which it breaks; `grant` null: the position holds nothing at all."""

    code: str
    position: str
    grant: str | None
    reason: str
    article: str


class FailingLetterOut(BaseModel):
    """The letter that does not let the officer act."""

    incumbency: str
    position: str
    form: IncumbencyForm
    letter: LetterOut
    since: date
    until: date | None


class DoneBeforeOut(BaseModel):
    """Steps that the officer did, from which this one is to be separate."""

    steps: list[str]


class NotAboveOfficerOut(BaseModel):
    """The officer whose superior the caller is not."""

    officer: str


class NotAbovePositionOut(BaseModel):
    """The position that decided, which the caller's is not above; null: nobody's is known."""

    position: str | None


FailingLink = (
    FailingGrantOut | FailingLetterOut | DoneBeforeOut | NotAboveOfficerOut | NotAbovePositionOut
)


class ChoiceOut(BaseModel):
    """A position as which the officer may act."""

    position: str
    name: NameOut


class InsteadOut(ChoiceOut):
    """Who may act instead; without an officer, the position is vacant."""

    officer: str | None
    form: IncumbencyForm | None
    chain: list[str]
    giver_acts: GiverActs | None = absent(
        "of a position that delegated the power: what its delegation says of its giver"
    )


class ProblemOut(BaseModel):
    """RFC 9457 problem document. The fields behind `code` come with some codes only."""

    model_config = ConfigDict(extra="allow")

    type: str
    status: int
    title: str
    detail: str
    code: str
    message: NameOut = absent("what the code means, for a person, in both languages")
    errors: list[FaultOut] = absent("what cannot be taken, and where")
    ended_at: datetime = absent("token_expired: when its time was over")
    roles: list[Role] = absent("role_not_allowed: who may")
    agency: str = absent(
        "not_your_agency: whose work it is; not_registrar, own_paper: whose registrars keep the paper; "
        "outage_running: whose outage it is"
    )
    outage: str = absent("outage_running: the one that runs")
    where: str | None = absent("of a file: where in it, or how much of it there is")
    megabytes: int = absent("how large the file may be")
    found: str = absent("what a scanner for viruses calls it")
    payment: str = absent("reference_listed: the payment on the list, by its name")
    missing: list[str] = absent(
        "documents_missing: the requirements of which nothing was received; draft_incomplete: what is "
        "to be written"
    )
    letters: int = absent("letters_as_codes: how many letters of the draft come out as codes")
    passed_on: date = absent("limit_passed: the last day of the limit of law")
    article: str = absent("limit_passed: by which article it counts")
    needed: PowerAct = absent("power_lacks_act: what the representative's power would have to say")
    stops: list[str] = absent("stops_what_works: letters, grants and duties that would stop")
    version: int = absent("stale: the version that is there now")
    status_now: CaseStatus | StepStatus | ProductState | PaymentState = absent(
        "status_forbids: the status of the case or of the step; product_state: that of the product; "
        "payment_state_forbids: that of the payment"
    )
    products: list[str] = absent("those that are meant, by their ids")
    by: AnnulledBy = absent(
        "suspended, suspended_already, suspended_from_above: by whose order it is suspended"
    )
    papers: list[str] = absent("paper_not_held: the documents of which no original is held")
    draft: str = absent("draft_changed: the hash of the draft that stands now")
    step: str = absent("not_your_turn, earlier_signature_waits: the step that signs next")
    pattern: str = absent("no_number_pattern: the pattern that the service names")
    kind: Kind = absent("wrong_kind: the kind of the step")
    requirements: list[str] = absent(
        "unknown_requirement: those that the service publishes; "
        "supervisor_needed: those that were not named in the first return"
    )
    choices: list[ChoiceOut] = absent("position_choice: as which positions the officer may act")
    positions: list[str] = absent(
        "position_not_held: those that the officer holds; not_joined: the seats"
    )
    rule: str = absent("approval_needed: the region's `archive_rule`")
    against: list[dict[str, str | None]] = absent(
        "erasing_barred: what stands against it, each with `kind`, `about` and `until`"
    )
    last: int = absent("position_not_reached: the position at which the ledger ends")
    position: str | None = absent(
        "refused by the register: the position at which it fails; not_endorsed: whose turn it is"
    )
    action: Action = absent("refused by the register: what it was asked for")
    day: date = absent("refused by the register: the local day it was asked for")
    link: FailingLink | None = absent("refused by the register: where it breaks")
    alternatives: list[InsteadOut] = absent("refused by the register: who may act instead")
    agencies: list[str] = absent(
        "facts_unchecked, facts_checked: whose officers correct these facts now"
    )
    endorsed_before_by: str = absent(
        "not_endorsed: who gave this paraf to the text before; it is void, and they give it anew"
    )
    vacant: list[InsteadOut] = absent("refused by the register: positions that nobody holds")
