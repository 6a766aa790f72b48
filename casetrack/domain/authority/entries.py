"""What the papers say: the entries of the register. Each is dated; none is believed by itself.

Days are local days of the region and both ends are included: a letter until 26 January holds until
that day is over. An open end is None. `since` of a withdrawal, a replacement, an amendment, a
succession or a renaming is the first day on which it shows.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from casetrack.domain.service.definition import Action, Name

#: UU 30/2014 art. 1(22) to (24): attribution, delegation, mandate; art. 13(4): sub-delegation.
GrantKind = Literal["attribution", "delegation", "sub_delegation", "mandate"]
#: definitif, pelaksana tugas, pelaksana harian, penjabat (UU 30/2014 art. 14(2); SE BKN 1/2021).
IncumbencyForm = Literal["definitive", "plt", "plh", "pj"]
InstrumentForm = Literal[
    "constitution",
    "act",
    "government_regulation",
    "presidential_regulation",
    "ministerial_regulation",
    "provincial_regulation",
    "city_regulation",
    "regency_regulation",
    "governor_regulation",
    "mayor_regulation",
    "regent_regulation",
    "decree",
    "letter",
    "judgment",
]
#: A regulation that replaces another applies to cases decided, or opened, from its first day.
AppliesTo = Literal["decided_from", "opened_from"]
#: What the giver's article lets the receiver do with the power.
Permission = Literal["delegation", "sub_delegation", "mandate"]

#: Whether who gave a power away by delegation may still use it: UU 30/2014 art. 13(5) lets them unless
#: legislation says otherwise. `unknown`: nobody has looked what the legislation says.
GiverActs = Literal["yes", "no", "unknown"]

#: In a line's services: every service of the region.
EVERY = "*"


@dataclass(frozen=True, slots=True)
class Line:
    """An article or an annex line of an instrument, with its words as printed."""

    id: str
    number: str
    text: str
    services: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    permits: tuple[Permission, ...] = ()


@dataclass(frozen=True, slots=True)
class Instrument:
    """A legal text: when it was signed, and from when until when it is in force."""

    form: InstrumentForm
    number: str
    title: str
    dated: date
    since: date
    until: date | None = None
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Superior:
    """Which position stands above another, from a day on; None is the top."""

    position: str | None
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """A position (jabatan): what it was called at first, where it belongs, who is above it."""

    agency: str
    name: Name
    since: date | None = None
    until: date | None = None
    superiors: tuple[Superior, ...] = ()


@dataclass(frozen=True, slots=True)
class Basis:
    """The article or annex line on which an entry rests."""

    instrument: str
    line: str


@dataclass(frozen=True, slots=True)
class Renaming:
    """A position is called otherwise from a day on; what it holds stays with it."""

    position: str
    name: Name
    since: date
    basis: Basis


@dataclass(frozen=True, slots=True)
class Letter:
    """The letter of appointment: its number, the day it was signed, by which position."""

    number: str
    dated: date
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Incumbency:
    """An officer holds a position for a time, by a letter."""

    officer: str
    position: str
    form: IncumbencyForm
    letter: Letter
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """A limit of a power by value, subject or territory (UU 30/2014 art. 15): one fact, one test.

    `within` takes codes of areas: 64.72 holds 64.72.03.
    """

    fact: str
    at_least: int | None = None
    at_most: int | None = None
    one_of: tuple[str, ...] = ()
    within: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Grant:
    """Power given to a position. `services` narrows what the lines of its basis are mapped to.

    `ub_allowed` is said of a mandate whose holder may let a direct subordinate sign for them;
    `ub` of the grant by which that subordinate does. `giver_acts` is said of a delegation and a
    sub-delegation, with `giver_article` where it is known; who gives a mandate keeps the power.
    `steps` names the only steps for which it counts; without any, what several agencies do each in
    their own field (`OWN_WORK`) is the receiver's own agency's.
    """

    kind: GrantKind
    receiver: str
    actions: tuple[Action, ...]
    services: tuple[str, ...]
    basis: tuple[Basis, ...]
    since: date
    until: date | None = None
    giver: str | None = None
    bounds: tuple[Bound, ...] = ()
    ub_allowed: bool = False
    ub: bool = False
    giver_acts: GiverActs = "unknown"
    giver_article: str | None = None
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """The giver takes a grant back (UU 30/2014 art. 13(6)); what was decided before stays."""

    grant: str
    since: date
    basis: Basis


@dataclass(frozen=True, slots=True)
class Replacement:
    """An instrument gives way to its successor."""

    old: str
    new: str
    since: date
    applies_to: AppliesTo = "decided_from"


@dataclass(frozen=True, slots=True)
class LineChange:
    """How an amendment changes one article or annex line of the earlier text.

    `struck`: the line is gone. `number` and `text` are its words from then on; a line that is not there
    yet, or was struck, needs both. What is not said stays as it was.
    """

    line: str
    adds: tuple[str, ...] = ()
    removes: tuple[str, ...] = ()
    struck: bool = False
    number: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Amendment:
    """A text changes lines of an earlier one and leaves the rest ("perubahan atas …").

    `ordinal`: the third amendment ("perubahan ketiga") has 3. Powers go on resting on the earlier text,
    as it reads from then on.
    """

    old: str
    new: str
    since: date
    changes: tuple[LineChange, ...]
    ordinal: int = 1


@dataclass(frozen=True, slots=True)
class Succession:
    """A re-organisation: what a position held goes to another one, or ends (target None)."""

    source: str
    since: date
    basis: Basis
    target: str | None = None
    services: tuple[str, ...] = (EVERY,)


@dataclass(frozen=True, slots=True)
class MallStay:
    """An agency's time in the mall, by its memorandum or cooperation agreement (nota, PKS)."""

    agency: str
    agreement: str
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Registrar:
    """An officer keeps the papers of an agency for a time, by a letter or an instrument of the register.

    Neither is named where an operator set the first registrars up.
    """

    officer: str
    agency: str
    since: date
    until: date | None = None
    letter: Letter | None = None
    instrument: str | None = None


@dataclass(frozen=True, slots=True)
class CodeForm:
    """What the codes of an account look like: a prefix, then so many digits.

    `drawn`: casetrack draws them; else their issuer gives each, and an officer enters it.
    """

    prefix: str
    digits: int
    drawn: bool = False


@dataclass(frozen=True, slots=True)
class PayAccount:
    """Where bills of an agency are paid: at which bank or issuer of codes, into which account."""

    agency: str
    name: Name
    bank: str
    codes: CodeForm
    basis: Basis
    since: date
    until: date | None = None
    number: str | None = None
    holder: str | None = None
    services: tuple[str, ...] = (EVERY,)


Entry = (
    Instrument
    | Post
    | Renaming
    | Incumbency
    | Grant
    | Withdrawal
    | Replacement
    | Amendment
    | Succession
    | MallStay
    | Registrar
    | PayAccount
)
#: What several agencies do in one case, each in its own field: the power to recommend of one is not
#: another's. A decision is taken once, by whoever holds the power.
OWN_WORK: tuple[Action, ...] = ("receive", "verify", "recommend", "assess", "endorse")

EntryKind = Literal[
    "instrument",
    "position",
    "renaming",
    "incumbency",
    "grant",
    "withdrawal",
    "replacement",
    "amendment",
    "succession",
    "stay",
    "registrar",
    "account",
]
ENTRY_KINDS: tuple[EntryKind, ...] = get_args(EntryKind)
CLASS_OF: dict[EntryKind, type[Entry]] = {
    "instrument": Instrument,
    "position": Post,
    "renaming": Renaming,
    "incumbency": Incumbency,
    "grant": Grant,
    "withdrawal": Withdrawal,
    "replacement": Replacement,
    "amendment": Amendment,
    "succession": Succession,
    "stay": MallStay,
    "registrar": Registrar,
    "account": PayAccount,
}


def covers(services: tuple[str, ...], service: str) -> bool:
    """Whether a list of services, or all of them, holds this one."""
    return service in services or EVERY in services
