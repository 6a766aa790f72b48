"""The authority register's rows made anew from its events: for verify and rebuild."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

from casetrack.domain.authority.entries import Entry, EntryKind, Post
from casetrack.domain.authority.entry_json import stored_entry
from casetrack.domain.events import GENESIS, TYPE_PREFIX, Event
from casetrack.storage.authority.register import as_text, last_day
from casetrack.storage.authority.register_keys import key_rows, line_rows, stream_of
from casetrack.storage.proof.row_tables import key_of, plain
from casetrack.storage.proof.stored_rows import Reader
from casetrack.usecases.proof.refold_case import Row, Rows, keyed

#: What a row of register_keys says: key, kind, entry.
EntryKey = tuple[str, str, str]


@dataclass
class RegisterFold:
    """Folds one entry of the register as its filing did."""

    region: str
    stream: str
    version: int = 0
    hash: str = GENESIS
    revisions: dict[int, Row] = field(default_factory=dict)
    keys: set[EntryKey] = field(default_factory=set)
    #: Of a position: what it is, with every superior that any confirmed revision named.
    post: Post | None = None

    @property
    def place(self) -> tuple[str, str]:
        """Kind and id of the entry."""
        kind, _, entry = self.stream.removeprefix("register/").partition("/")
        return kind, entry

    def add(self, event: Event, digest: str) -> None:
        """Fold one more. Raises one of UNREADABLE for an event that no filing made."""
        if (event.data["kind"], event.data["id"]) != self.place:
            raise ValueError("it is about another entry than its stream")
        self.version, self.hash = event.version, digest
        _FOLDS[event.type.removeprefix(f"{TYPE_PREFIX}authority.")](self, event)

    def drafted(self, event: Event) -> None:
        """Entered, and not working yet."""
        entered_by = event.data.get("entered_by", event.actor["id"])
        self._put(event, self._read(event), state="drafted", entered_by=entered_by)

    def confirmed(self, event: Event) -> None:
        """It works from now on, in place of the revision that it supersedes."""
        data, entry = event.data, self._read(event)
        if data["supersedes"] is not None:
            self.revisions[data["supersedes"]] |= {
                "state": "superseded",
                "superseded_id": event.id,
                "superseded_at": event.recorded_at,
            }
        self._put(
            event,
            entry,
            state="confirmed",
            entered_by=data["entered_by"],
            confirmed_by=data["confirmed_by"],
            confirmed_id=event.id,
            confirmed_at=event.recorded_at,
        )
        self.keys.update(key_rows(*self.place, entry))
        if isinstance(entry, Post):
            self.post = _with_superiors(entry, self.post)

    def discarded(self, event: Event) -> None:
        """A draft that never worked and never will."""
        self.revisions[event.data["revision"]] |= {
            "state": "discarded",
            "version": event.version,
            "hash": self.hash,
        }

    def _read(self, event: Event) -> Entry:
        return stored_entry(cast(EntryKind, self.place[0]), event.data["entry"])

    def _put(self, event: Event, entry: Entry, **values: Any) -> None:
        """The revision's row as this event leaves it; a file of papers has no draft before."""
        data, (kind, name) = event.data, self.place
        before = self.revisions.get(data["revision"], {"drafted_at": event.recorded_at})
        self.revisions[data["revision"]] = {
            "region": self.region,
            "kind": kind,
            "entry": name,
            "revision": data["revision"],
            "document": as_text(data["entry"]),
            "sha256": data["document"]["sha256"],
            "confirmed_by": None,
            "version": event.version,
            "hash": self.hash,
            "drafted_at": before["drafted_at"],
            "confirmed_id": None,
            "confirmed_at": None,
            "superseded_id": None,
            "superseded_at": None,
            "until": last_day(entry),
            **values,
        }

    def expected(self) -> Rows:
        """The rows that there should be, moments as text."""
        rows = [plain(row) for row in self.revisions.values()]
        return {"register_entries": keyed("register_entries", rows)}

    def uncertain(self, _step: str) -> frozenset[str]:
        """Nothing is."""
        return frozenset()


_FOLDS: Mapping[str, Callable[[RegisterFold, Event], None]] = {
    "drafted": RegisterFold.drafted,
    "confirmed": RegisterFold.confirmed,
    "withdrawn": RegisterFold.confirmed,
    "discarded": RegisterFold.discarded,
}


def _with_superiors(post: Post, before: Post | None) -> Post:
    """The position with every superior that any revision so far named."""
    return replace(post, superiors=(*before.superiors, *post.superiors)) if before else post


@dataclass
class RegisterKeys:
    """The keys of a whole register: those of each entry, and the lines of superiors."""

    region: str
    keys: set[EntryKey] = field(default_factory=set)
    posts: dict[str, Post] = field(default_factory=dict)

    def add(self, fold: RegisterFold) -> None:
        """Take in an entry; what an older revision left counts: nobody removes it."""
        self.keys |= fold.keys
        if fold.post is not None:
            self.add_post(fold.place[1], fold.post)

    def add_post(self, position: str, post: Post) -> None:
        """Take in a position, or another revision of it."""
        self.posts[position] = _with_superiors(post, self.posts.get(position))

    def differences(self, stored: Iterable[Row]) -> Iterator[tuple[EntryKey, bool]]:
        """Keys that are wrong, and whether they are missing (else no event explains them)."""
        missing = {*self.keys, *line_rows(self.posts)}
        expected = set(missing)
        for row in stored:
            key = (row["key"], row["kind"], row["entry"])
            missing.discard(key)
            if key not in expected:
                yield key, False
        yield from ((key, True) for key in sorted(missing))


def key_detail(key: EntryKey, *, missing: bool) -> str:
    """What is wrong with a key, for a person."""
    why = "there is no such row" if missing else "no event speaks of it"
    return f"register_keys {key[0]} of {stream_of(key[1], key[2])}: {why}"


def stored_revisions(reader: Reader, region: str, streams: Iterable[str]) -> dict[str, Rows]:
    """The rows that these entries have, by stream."""
    found: dict[str, Rows] = {stream: {"register_entries": {}} for stream in streams}
    by_kind: dict[str, list[str]] = {}
    for stream in found:
        kind, _, entry = stream.removeprefix("register/").partition("/")
        by_kind.setdefault(kind, []).append(entry)
    for kind, names in by_kind.items():
        for row in reader.entries(region, kind, names):
            stream = stream_of(row["kind"], row["entry"])
            found[stream]["register_entries"][key_of("register_entries", row)] = row
    return found
