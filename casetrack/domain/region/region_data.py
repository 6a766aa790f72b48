"""A region and what belongs to it: agencies, positions, officers, its days, its services."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, get_args

from casetrack.domain.authority.filing import RegisterFile
from casetrack.domain.authority.signature_block import DatedProfile
from casetrack.domain.case.complaint_desk import ComplaintDesk
from casetrack.domain.clock import DayOverride
from casetrack.domain.delivery import quiet_hours as quiet
from casetrack.domain.delivery.quiet_hours import QuietHours
from casetrack.domain.people import erasing
from casetrack.domain.region import escalation
from casetrack.domain.region.counter_hours import Hours, WorkPattern
from casetrack.domain.region.counters import Counter
from casetrack.domain.region.escalation import Escalation
from casetrack.domain.region.slip_texts import SlipText
from casetrack.domain.service.definition import Name, ServiceDefinition
from casetrack.domain.service.product_numbers import NumberPattern

AgencyKind = Literal["city", "province", "regency", "vertical", "state_owned", "private"]
AGENCY_KINDS: tuple[AgencyKind, ...] = get_args(AgencyKind)

#: Roles of the region as a whole; an integrator may belong to an agency or to none.
REGION_ROLES = ("auditor", "admin")

LOGIN_PATTERN = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")


@dataclass(frozen=True, slots=True)
class Region:
    """The city, district or province that runs a mall: Kemendagri code, letters, time zone.

    In its quiet hours no telephone rings; None where there are none.
    """

    code: str
    letters: str
    name: Name
    zone: str
    quiet_hours: QuietHours | None = quiet.DEFAULT
    #: The agency whose registrars keep the papers of the region's head, of the heads of agencies, and
    #: of what concerns several of them; None where nobody was named, and such papers wait.
    secretariat: str | None = None
    #: Years for which looks at personal data are kept; None: without end.
    looks_kept: int | None = None
    #: What it lets one person join although rules keep it apart, each a standing finding.
    joined: tuple["JoinedPair", ...] = ()
    #: Days within which an erasure that was decided is carried out.
    erase_within: int = erasing.DEFAULT_DAYS
    #: How it numbers its products.
    number_patterns: tuple[NumberPattern, ...] = ()
    #: The position of the mayor, regent or governor: printed without title, rank and NIP.
    head: str | None = None
    #: The rule by which what a retention kept is destroyed only with the archive authority's yes; None:
    #: nobody asks for it.
    archive_rule: str | None = None
    #: What it says on its slips: whom to ask, where to complain, which data are held.
    slip_texts: tuple[SlipText, ...] = ()
    #: Who hears of a limit that was missed, and when.
    escalation: Escalation = escalation.DEFAULT
    #: Where its front offices take applications in.
    counters: tuple[Counter, ...] = ()
    #: Who takes complaints in; None: nobody does here.
    complaints: ComplaintDesk | None = None
    #: What places of the region are called, by their official code.
    places: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JoinedPair:
    """An officer who keeps an agency's papers or the accounts and sits where its cases are decided."""

    officer: str
    position: str
    reason: str


@dataclass(frozen=True, slots=True)
class Stay:
    """A time that an agency has a counter in the mall, first and last day included."""

    since: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class Agency:
    """A body that does steps. Without stays it is there all the time."""

    id: str
    name: Name
    kind: AgencyKind
    stays: tuple[Stay, ...] = ()
    #: Where its supervisors read what concerns their officers and steps.
    email: str | None = None
    #: Where it is outside the mall and when it is open, as people are told.
    office: Name | None = None
    #: When its counter is open, with the rule; these lengthen no limit.
    hours: tuple[Hours, ...] = ()
    #: Its own working days, with the rule: they count for the targets of its steps only.
    works: tuple[WorkPattern, ...] = ()


@dataclass(frozen=True, slots=True)
class Position:
    """A post in an agency; its superior is another post of the region, or nobody."""

    id: str
    agency: str
    name: Name
    superior: str | None


@dataclass(frozen=True, slots=True)
class Officer:
    """A person with an account. The login says nothing about who they are."""

    login: str
    role: str
    agency: str | None
    positions: tuple[str, ...] = ()
    disabled: bool = False
    #: Further roles; `role` is the first.
    more_roles: tuple[str, ...] = ()
    #: The agencies whose papers in the register they enter and confirm.
    registrar_for: tuple[str, ...] = ()
    #: Named for data protection: one of the two who decide that somebody is erased.
    data_protection: bool = False
    #: The same word in all accounts of one person; it says nothing about who they are.
    person: str | None = None

    @property
    def roles(self) -> tuple[str, ...]:
        """All that the account may do."""
        return (self.role, *self.more_roles)


@dataclass(frozen=True, slots=True)
class RegionText:
    """A message's text in the region's own words: its name as the package names it, and its version.

    A part that other texts include has no version of its own: 0.
    """

    name: str
    version: int
    text: str


@dataclass(frozen=True, slots=True)
class RegionData:
    """Everything that a region's files say."""

    region: Region
    agencies: tuple[Agency, ...]
    positions: tuple[Position, ...]
    officers: tuple[Officer, ...]
    services: tuple[ServiceDefinition, ...]
    overrides: tuple[DayOverride, ...] = ()
    #: None where the region keeps no authority register in its files.
    register: RegisterFile | None = None
    #: How officers are printed below what they sign.
    profiles: tuple[DatedProfile, ...] = ()
    #: Where it has none of its own, the package's texts are told.
    texts: tuple[RegionText, ...] = ()
    #: Login and own e-mail address of the officers of whom the files say it.
    addresses: tuple[tuple[str, str], ...] = ()
