"""Who receives an event, when a message is tried again, and when that ends: no clock of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from casetrack.domain.people import administration
from casetrack.domain.service import notices

#: A lease outlasts the longest attempt (a gateway's time limit is 20 s).
LEASE = timedelta(seconds=60)
#: Waits between attempts; after the last one the delivery is given up and stays visible.
BACKOFF = (5, 30, 120, 600, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 24 * 3600)
ATTEMPTS = len(BACKOFF) + 1

State = Literal["pending", "delivered", "given_up", "not_possible", "told_in_person", "cancelled"]
STATES: tuple[State, ...] = get_args(State)
#: Those that a delivery to a subscriber's endpoint may come to.
WebhookState = Literal["pending", "delivered", "given_up", "cancelled"]


def next_attempt(attempts: int, now: datetime, jitter: float) -> datetime | None:
    """When to try again after so many failed attempts, or None when that was the last.

    `jitter` in [0, 1) spreads the wait over its second half, so that what failed together does not
    come back together.
    """
    if attempts >= ATTEMPTS:
        return None
    wait = BACKOFF[attempts - 1]
    return now + timedelta(seconds=wait * (0.5 + jitter / 2))


#: Entries of failed channels that a delivery keeps; sent again and again, it forgets the oldest.
MOST_TRIED = 12


@dataclass(frozen=True, slots=True)
class Tried:
    """A channel that failed for good: when, after how many attempts, and why."""

    channel: str
    at: str
    attempts: int
    error: str | None


@dataclass(frozen=True, slots=True)
class Moved:
    """The channel by which a delivery goes on, those behind it, and those that failed."""

    channel: str
    then: tuple[str, ...]
    tried: tuple[Tried, ...]


def move_on(failed: Tried, then: Sequence[str], tried: Sequence[Tried]) -> Moved | None:
    """Where a delivery goes when its channel failed for good; None when no channel is left."""
    if not then:
        return None
    return Moved(then[0], tuple(then[1:]), (*tried, failed)[-MOST_TRIED:])


#: A subscription's own stream, and what happens in it.
WEBHOOK = "webhook/"
TESTED = "casetrack.webhook.tested"
#: Of these the owner of the subscription hears by mail too: the endpoint cannot tell them.
OWNER_TOLD = ("casetrack.webhook.paused", "casetrack.webhook.ended")

#: An agency's own stream; of what happens in it the agency hears by mail, as owners of webhooks do.
AGENCY = "agency/"
ACCOUNT_DISABLED = "casetrack.account.disabled"
LIMIT_PASSED = "casetrack.agency.limit_passed"
AGENCY_TOLD = (ACCOUNT_DISABLED, LIMIT_PASSED)

#: An officer's own stream; what happens in it is told to them by mail: once a day what nears its limit,
#: at once that an electronic signature waits for them or for one of theirs, and what the law granted.
OFFICER = "officer/"
OFFICER_REMINDED = "casetrack.officer.reminded"
OFFICER_SIGNATURE = "casetrack.officer.signature_waits"
OFFICER_TOLD_OF_GRANT = "casetrack.officer.told_of_grant"
OFFICER_TOLD = (OFFICER_REMINDED, OFFICER_SIGNATURE, OFFICER_TOLD_OF_GRANT)

#: Streams of complaints: whoever may read one reads it through its own door, and nowhere else.
COMPLAINTS = "complaint/"

#: Whether events of this type are told to the parties of a case.
Told = Callable[[str], bool]
_IMPORTED = "casetrack.imported."
#: Told only to who names them, as the past of an imported log is.
_NAMED = (_IMPORTED, administration.TYPES)


def told(event_type: str) -> bool:
    """Whether an event is told to somebody: a party, or the sink of an imported log."""
    return notices.is_told(event_type) or event_type.startswith(_IMPORTED)


@dataclass(frozen=True, slots=True)
class Numbered:
    """What of a sequenced event decides who receives it.

    `agencies` are those that its case concerns; an event that is about no case concerns none.
    """

    type: str
    stream: str
    service: str | None
    agencies: frozenset[str]

    @property
    def imported(self) -> bool:
        """Whether it comes from a log of the past and not from work that is done here."""
        return self.stream.startswith("import/")


@dataclass(frozen=True, slots=True)
class Contact:
    """A party of a case: the service that the case is of, and the channels that reach the party."""

    role: str
    service: str
    service_version: int
    channels: tuple[str, ...]
    #: Of who left their role: stream and version of the one event of which they still hear.
    hears: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class PartyWay:
    """A party of the case and its channel; None when there is no way but in person.

    `then` are the channels that come next if that one fails for good; `not_before` is when the
    message may go, where that is later than now; `joins` whether it may be told together with
    what happened before.
    """

    role: str
    channel: str | None
    then: tuple[str, ...] = ()
    not_before: datetime | None = None
    joins: bool = False


#: Which way a party hears of a type of event at a moment; None when it is not to hear of it.
Ways = Callable[[Contact, str, datetime], PartyWay | None]


@dataclass(frozen=True, slots=True)
class Subscription:
    """What an integrator wants to hear: type patterns, one service or all, their agency or all."""

    id: str
    types: tuple[str, ...]
    service: str | None = None
    agency: str | None = None
    #: Whether its owner has an e-mail address, to hear of the endpoint itself.
    mail: bool = False
    #: Whether it may be attempted now: neither paused nor resting.
    awake: bool = True

    def wants(self, event: Numbered) -> bool:
        """Whether this event is one of them, and one that the owner may see."""
        if event.stream.startswith(COMPLAINTS):
            return False
        if event.stream.startswith(WEBHOOK):
            return event.type == TESTED and event.stream == WEBHOOK + self.id
        return (
            self.service in (None, event.service)
            and (self.agency is None or self.agency in event.agencies)
            and any(_fits(pattern, event) for pattern in self.types)
        )


def _fits(pattern: str, event: Numbered) -> bool:
    if not pattern.endswith("*"):
        return pattern == event.type
    # A log of ten years would flood who wants what happens; who administers is no agency's case.
    wide = not pattern.startswith(_NAMED)
    quiet = event.imported or event.stream.startswith((administration.STREAM, OFFICER))
    return not (wide and quiet) and event.type.startswith(pattern[:-1])


@dataclass(frozen=True, slots=True)
class Receiver:
    """One way by which an event leaves: the last part of its lane, and the channel's carrier.

    `queue` names those that wait for the same outside: an endpoint, or all mails of a region.
    `joins` says that the event may join a message that nobody has begun to send.
    """

    name: str
    channel: str | None
    awake: bool = True
    then: tuple[str, ...] = ()
    not_before: datetime | None = None
    joins: bool = False

    @property
    def queue(self) -> str:
        """Whose attempts are counted together, and take turns with other queues."""
        return self.name if self.channel == "webhook" else self.channel or "none"


def receivers(
    event: Numbered,
    parties: Sequence[PartyWay],
    subscriptions: Sequence[Subscription],
    told: Told,
) -> list[Receiver]:
    """Everybody who receives this event, each once.

    An imported event goes to the file sink instead of to people; the parties of a case hear what is
    told to them; subscribers what they asked for.
    """
    found = []
    if told(event.type):
        if event.imported:
            found.append(Receiver("log", "file"))
        else:
            found += [
                Receiver(p.role, p.channel, True, p.then, p.not_before, p.joins) for p in parties
            ]
    found += [Receiver(s.id, "webhook", s.awake) for s in subscriptions if s.wants(event)]
    if event.type in OWNER_TOLD:
        mails = any(s.mail and event.stream == WEBHOOK + s.id for s in subscriptions)
        found += [Receiver("owner", "owner")] if mails else []
    if event.type in AGENCY_TOLD:
        found.append(Receiver("agency", "owner"))
    if event.type in OFFICER_TOLD:
        found.append(Receiver("officer", "owner"))
    return found


def lane(number: str, receiver: str) -> str:
    """The deliveries of one receiver about one case, in order."""
    return f"{number}/{receiver}"
