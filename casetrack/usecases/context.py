"""What every use case is given: the database, the ports to the outside, and two caches."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO, Generic, Protocol, TypeVar

from casetrack.domain.access import Actor
from casetrack.domain.authority.entries import MallStay
from casetrack.domain.authority.register import Register
from casetrack.domain.case.electronic_signatures import (
    Certificate,
    Level,
    OwnWords,
    SignaturePlace,
    SignedPdf,
)
from casetrack.domain.case.printed_product import ProductContent
from casetrack.domain.case.steps import Setting
from casetrack.domain.clock import Calendar, DayOverride, NamedDay
from casetrack.domain.delivery.messages import Edition
from casetrack.domain.errors import Invalid, NotFound
from casetrack.domain.events import Event, NewEvent
from casetrack.domain.people.stored_files import FileKind, Scan
from casetrack.domain.region.counter_hours import spans_on, with_patterns
from casetrack.domain.region.revisions import Revisions
from casetrack.domain.service.definition import ServiceDefinition
from casetrack.storage.region import region_texts, regions
from casetrack.storage.region.regions import RegionRecord
from casetrack.storage.service import catalogue
from casetrack.storage.unit_of_work import Database
from casetrack.usecases import traceparent


class Vault(Protocol):
    """Keys and seals. Keys of subjects never leave the process unwrapped."""

    def new_key(self, region: str, subject: str) -> tuple[bytes, bytes]:
        """A subject's new key, and the same wrapped by the master key."""

    def unwrap(self, wrapped: bytes, region: str, subject: str) -> bytes:
        """The subject's key."""

    def seal(self, key: bytes, text: str, context: str) -> bytes:
        """The text, encrypted and bound to its context."""

    def open(self, key: bytes, sealed: bytes, context: str) -> str:
        """The text that was sealed. Raises ValueError when it was tampered with."""

    def digest(self, key: bytes, text: str) -> str:
        """HMAC of the text under the subject's key: what an event may hold of it."""

    def nik_index(self, region: str, nik: str) -> str:
        """Keyed index of a NIK."""

    def search_word(self, region: str, word: str) -> str:
        """Half the HMAC of a word by which a person is found, per region."""

    def access_digest(self, number: str, code: str) -> str:
        """Keyed digest of a case's access code."""

    def check_digest(self, product: str) -> str:
        """Keyed digest of a product's public id, of which its check word is made."""

    def keyed_digest(self, text: str) -> str:
        """HMAC of a text under a key that is made of the master key, as 64 hexadecimal digits."""

    def equal(self, given: str, stored: str) -> bool:
        """Whether two digests are equal, in constant time."""

    def seal_answer(self, answer: bytes, context: str) -> bytes:
        """An answer kept for a replay, encrypted."""

    def open_answer(self, sealed: bytes, context: str) -> bytes:
        """The answer that was kept."""

    def seal_secret(self, text: str, context: str) -> bytes:
        """A subscription's secrets, encrypted under the master key."""

    def open_secret(self, sealed: bytes, context: str) -> str:
        """What was sealed."""


class Endpoints(Protocol):
    """Subscribers' endpoints: whether one may be sent to, its keys, and sending."""

    def check(self, url: str) -> None:
        """Raises Invalid when nothing could be sent there."""

    def new_secret(self, algorithm: str) -> str:
        """A new signing key, as it is kept."""

    def shown(self, secret: str) -> str:
        """What the receiver verifies with."""

    def send(
        self,
        url: str,
        secrets: Sequence[str],
        message_id: str,
        now: datetime,
        content_type: str,
        body: bytes,
        traceparent: str | None,
        /,
    ) -> tuple[int | None, str | None, timedelta | None]:
        """Sign, post, wait: status, or None and why there is none; and a Retry-After.

        `traceparent` goes as a header: of the attempt, where the body has the event's.
        """


class Talks(Protocol):
    """What a set of attempts has open to the outside."""

    def settle(self) -> None:
        """See to it that what is only in files is safe there. Raises PostFailed."""


class Files(Protocol):
    """The store of sealed files, what opens a file to see what it is, and the scanner."""

    #: Whether files can be opened, so that they may be taken.
    takes: bool
    #: Whether there is a scanner to be asked.
    scans: bool
    #: Whether a file that no scanner has answered for may be read.
    shows_unscanned: bool

    def passing(self) -> AbstractContextManager[BinaryIO]:
        """A file without a name, for what passes through."""

    def new_key(self) -> bytes:
        """A key for one file."""

    def kind(self, file: BinaryIO) -> FileKind:
        """The file's kind, once it was opened to its end. Raises Invalid."""

    def scan(self, file: BinaryIO) -> Scan:
        """What the scanner says of the file."""

    def keep(self, region: str, file: str, content: BinaryIO, key: bytes) -> str:
        """Seal it into the store; gives the SHA-256 of what lies there. Raises StoreAway."""

    def fetch(
        self, region: str, file: str, key: bytes, digest: str, own: str, into: BinaryIO
    ) -> None:
        """The file as it was, hashed again. Raises StoreAway, FileBroken."""

    def stored_digest(self, region: str, file: str) -> str:
        """The SHA-256 of what lies there. Raises StoreAway, NotThere."""

    def remove(self, region: str, file: str) -> None:
        """Nothing of it is there any more. Raises StoreAway."""


class Signatures(Protocol):
    """What signs files electronically: a certificate of a region's own, or a signing service."""

    #: Whether each signer gives words of their own with each call.
    personal: bool
    #: Seconds that one signature takes at most.
    patience: float

    #: PAdES baseline of what it signs; None where it does not say.
    level: Level | None

    def signs(self, region: str) -> bool:
        """Whether files of the region are signed."""

    def kind(self, region: str) -> Certificate:
        """What a signature that is put on now must be: the paper says so before. Raises NotSigned."""

    def nik(self, region: str) -> str | None:
        """The NIK that the region's own certificate carries, where it does. Raises NotSigned."""

    def reach(self) -> str:
        """Whether it could sign now, in words. Raises BadInput, NotSigned."""

    def ending(self) -> Sequence[str]:
        """What is to be renewed: certificates of one's own that end soon, have ended, or do not open."""

    def sign(
        self, region: str, pdf: bytes, place: SignaturePlace, own: OwnWords | None
    ) -> SignedPdf:
        """The file with one more signature, a revision over it. Raises NotSigned."""


class Passwords(Protocol):
    """Digests of passwords."""

    def digest(self, password: str) -> str:
        """The digest of a password. Raises Busy."""

    def fits(self, password: str, digest: str | None) -> bool:
        """Whether the digest is this password's; without one it takes as long. Raises Busy."""


T = TypeVar("T")


class Kept(Generic[T]):
    """What was made lately, at most so many; whatever a thing depends on is in its key."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._things: dict[Hashable, T] = {}

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The thing of this key. Two threads may make it at once; both make the same."""
        thing = self._things.get(key)
        if thing is None:
            while len(self._things) >= self._most:
                # The oldest first. Another thread may have been here at the same time.
                self._things.pop(next(iter(self._things)), None)
            thing = self._things[key] = make()
        return thing


class Calendars(Protocol):
    """The calendar of a zone, with what a region and what decrees say of days. Raises BadInput."""

    def __call__(
        self, zone: str, overrides: Sequence[DayOverride], decreed: Sequence[NamedDay] = (), /
    ) -> Calendar: ...


@dataclass
class Context:
    """Built once by bootstrap; the caches hold only what cannot change under their keys."""

    database: Database
    vault: Vault
    calendars: Calendars
    random: Callable[[int], bytes]
    #: Tell the relay, after the commit, that there is something to sequence. Best effort.
    wake: Callable[[], None]
    endpoints: Endpoints
    #: Keeps this thread's connections to the outside while the block lasts.
    talks: Callable[[], AbstractContextManager[Talks]]
    #: What sets sheets by a template, with its version: a draft keeps that with its hash.
    press: Callable[[str], str]
    #: Sets a product on paper: what it says, the address where anybody checks it (None: nobody can), the
    #: zone of its hours.
    paper: Callable[[ProductContent, str | None, str], bytes]
    #: Where people reach this installation.
    public_url: str
    #: How many letters of a text come out of that as codes, as no font of it has them.
    unprinted: Callable[[str], int]
    files: Files
    passwords: Passwords
    #: What signs products electronically; None: nothing does.
    signatures: Signatures | None = None
    #: The channels by which people can be told here: those with a gateway.
    channels: frozenset[str] = frozenset({"email"})
    #: Region and queue → seconds that an attempt took when last a set of them was made here.
    took: dict[tuple[str, str], float] = field(default_factory=dict)
    _definitions: dict[tuple[str, str, int], ServiceDefinition] = field(default_factory=dict)
    _regions: dict[tuple[str, int], tuple[RegionRecord, Calendar]] = field(default_factory=dict)
    #: Slices of registers, by all that they depend on.
    slices: Kept[Register] = field(default_factory=lambda: Kept(500))
    #: Agencies' times in the mall, by region and revision of its register.
    stays: Kept[Sequence[MallStay]] = field(default_factory=lambda: Kept(500))
    #: Agency → versions of services that it takes in, by region and revision of its files.
    counters: Kept[Mapping[str, Sequence[tuple[str, int]]]] = field(
        default_factory=lambda: Kept(500)
    )
    #: What is missing of powers, by service and by what it depends on.
    powers: Kept[Any] = field(default_factory=lambda: Kept(500))
    #: Whether every event of the ledger says which agencies it concerns.
    concerned: bool = False
    #: Secrets by which webhooks are signed, by the sealed part that holds them.
    secrets: Kept[Sequence[Mapping[str, Any]]] = field(default_factory=lambda: Kept(500))
    #: The newest that was asked for of each region: an edition never changes.
    _editions: dict[str, Edition] = field(default_factory=dict)

    def new_id(self) -> str:
        """128 random bits as hex."""
        return self.random(16).hex()

    def signs(self, region: str) -> bool:
        """Whether products of the region are signed electronically here."""
        return self.signatures is not None and self.signatures.signs(region)

    def definition(self, region: str, service: str, version: int) -> ServiceDefinition:
        """A published version; it never changes, so it is read once."""
        key = (region, service, version)
        if key not in self._definitions:
            with self.database.read() as connection:
                self._definitions[key] = catalogue.definition(connection, *key)
        return self._definitions[key]

    def revisions(self, code: str) -> Revisions:
        """The newest of a region's files and of its register. Raises NotFound."""
        with self.database.read() as connection:
            found = regions.revisions(connection, code)
        if found is None:
            raise _unknown_region(code)
        return found

    def region(self, code: str, revision: int | None = None) -> tuple[RegionRecord, Calendar]:
        """A region, its agencies' names and its calendar, as of its newest revision.

        Raises NotFound. Give the revision when it was read already.
        """
        if revision is None:
            revision = self.revisions(code).files
        key = (code, revision)
        if key not in self._regions:
            with self.database.read() as connection:
                record = regions.region_record(connection, code)
            if record is None:
                raise _unknown_region(code)
            key = (code, record.revision)
            self._regions[key] = (record, self._calendar(record))
        return self._regions[key]

    def _calendar(self, record: RegionRecord) -> Calendar:
        calendar = self.calendars(record.region.zone, record.overrides, record.decreed)
        return with_patterns(calendar, {each.id: each.works for each in record.agencies.values()})

    def texts(self, code: str, revision: int | None = None) -> Edition | None:
        """A region's own texts of messages now; None where it has none. Raises NotFound."""
        number = self.region(code, revision)[0].edition
        if not number:
            return None
        kept = self._editions.get(code)
        if kept is None or kept.edition != number:
            with self.database.read() as connection:
                kept = self._editions[code] = region_texts.edition(connection, code, number)
        return kept

    def current_definition(self, region: str, service: str) -> ServiceDefinition:
        """The version that a new case gets. Raises Invalid."""
        return self.current(region, service)[0]

    def current(self, region: str, service: str) -> tuple[ServiceDefinition, Revisions]:
        """The version that a new case gets, and the region's newest revisions. Raises Invalid."""
        with self.database.read() as connection:
            found = catalogue.current_version(connection, region, service)
        if found is None:
            raise Invalid(
                "unknown_service",
                f"The service {service!r} cannot be applied for here; GET /services lists them.",
                errors=[{"at": "service", "message": "unknown service"}],
            )
        version, at = found
        return self.definition(region, service, version), at

    def setting(
        self, definition: ServiceDefinition, region: str, revision: int | None, now: datetime
    ) -> Setting:
        """What the rules may know at this moment."""
        record, calendar = self.region(region, revision)
        return Setting(region, now, definition, calendar, opens=opens(record, calendar))


def opens(
    record: RegionRecord, calendar: Calendar
) -> Callable[[str, date], tuple[tuple[time, time], ...]]:
    """Gives from when until when an agency is there on a day, as the region's files say."""

    def spans(agency: str, day: date) -> tuple[tuple[time, time], ...]:
        known = record.agencies.get(agency)
        return spans_on(known.hours, calendar, day) if known is not None else ()

    return spans


def _unknown_region(code: str) -> NotFound:
    return NotFound("unknown_region", f"There is no region {code}.")


def make_event(
    new: NewEvent,
    *,
    event_id: int,
    region: str,
    stream: str,
    version: int,
    now: datetime,
    actor: Actor,
) -> Event:
    """Give a decided event its place and its time; recorded as it occurs, unless it is a late entry."""
    return Event(
        id=event_id,
        region=region,
        stream=stream,
        version=version,
        type=new.type,
        occurred_at=new.occurred_at or now,
        recorded_at=now,
        actor=actor.as_data(),
        data=new.data,
        type_version=new.type_version,
        traceparent=traceparent.current(),
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """What a write gives: the view, and the ETag of what it wrote. Kept for a replay as it is."""

    view: Mapping[str, Any]
    etag: str
    replayed: bool = False
