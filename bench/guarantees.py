"""What must be true after any havoc, counted from the database and from what the receivers wrote down."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby

from bench import guarantee_queries as stored
from bench.guarantee_queries import Delivered
from bench.recorders import Receipt
from casetrack.storage.unit_of_work import Database


@dataclass(frozen=True, slots=True)
class Promise:
    """One of them: how many things were looked at, how many broke it, and the first of those."""

    says: str
    checked: int
    broken: int
    first: str | None = None

    @property
    def kept(self) -> bool:
        """Whether nothing broke it, and there was something to look at."""
        return not self.broken and self.checked > 0

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return {**asdict(self), "kept": self.kept}

    def in_words(self) -> str:
        """A line of the table."""
        line = f"  {self.says:62} {self.checked:7,} {self.broken:7,}"
        return line if self.kept else f"{line}  NOT KEPT {self.first or 'nothing was looked at'}"


def _promise(says: str, checked: int, broken: Sequence[object]) -> Promise:
    return Promise(says, checked, len(broken), str(broken[0])[:200] if broken else None)


def check(
    database: Database,
    receipts: Mapping[str, Sequence[Receipt]],
    subscriptions: Mapping[str, str],
    vouched: Mapping[str, int],
    verdict: str,
) -> list[Promise]:
    """All of them, after everything has come to rest. `receipts` by receiver; "mail" has the mails."""
    rows = list(stored.deliveries(database))
    events = stored.case_events(database)
    book = _Book(receipts, subscriptions)
    return [
        *_ledger(database, vouched, verdict),
        *_fanned_out(rows, stored.joined(database), events, subscriptions),
        *_received(rows, book),
    ]


def nothing_odd(unexpected: Sequence[str]) -> Promise:
    """No request was answered in a way that a client could not expect."""
    return Promise(
        "no request was answered but 2xx, 412 or 503",
        1,
        len(unexpected),
        unexpected[0] if unexpected else None,
    )


def _ledger(database: Database, vouched: Mapping[str, int], verdict: str) -> list[Promise]:
    found, streams = stored.ledger(database), stored.streams(database)
    lost = [
        f"{number}: {streams.get(number, 0)} of {many}"
        for number, many in vouched.items()
        if streams.get(number, 0) < many
    ]
    document = json.loads(verdict.splitlines()[-1])
    return [
        _promise("what was answered 2xx is in its stream", len(vouched), lost),
        Promise("streams have every version once", len(streams), found.broken_streams),
        Promise(
            "the ledger has every event, and positions without a gap",
            found.events,
            abs(found.events - found.entries) + abs(found.entries - found.last) + found.queued,
        ),
        _promise(
            "casetrack verify is clean",
            found.events,
            [] if document["ok"] else [document["fault"]],
        ),
    ]


class _Book:
    """What the receivers wrote down, by receiver and message id, in the order in which it came."""

    def __init__(
        self, receipts: Mapping[str, Sequence[Receipt]], subscriptions: Mapping[str, str]
    ) -> None:
        self._subscriptions = subscriptions
        self.receipts = receipts
        #: (receiver, message id) → place of the first receipt.
        self.first: dict[tuple[str, str], int] = {}
        self.bodies: dict[tuple[str, str], set[bytes]] = {}
        for name, came in receipts.items():
            for place, receipt in enumerate(came):
                key = (name, _plain(name, receipt.id))
                self.first.setdefault(key, place)
                self.bodies.setdefault(key, set()).add(_content(name, receipt))

    def key(self, row: Delivered) -> tuple[str, str]:
        """Under which receiver and id a delivery must have been written down."""
        if row.channel == "webhook":
            return self._subscriptions[row.role], f"evt_{row.event_id}"
        return "mail", f"{row.region}.{row.position}.{row.role}"


def _plain(name: str, id_: str) -> str:
    """A mail's id without its seal, which is over the address."""
    return id_.rpartition(".")[0] if name == "mail" else id_


def _content(name: str, receipt: Receipt) -> bytes:
    # A mail is made anew for each attempt, with another Date; its id stays.
    return receipt.id.encode() if name == "mail" else receipt.body


def _fanned_out(
    rows: Iterable[Delivered],
    joined: Iterable[tuple[str, int]],
    events: Mapping[int, int],
    subscriptions: Mapping[str, str],
) -> list[Promise]:
    """Every committed event has its delivery for every subscriber; for the party, or is in another's."""
    made = {(row.role, row.position) for row in rows}
    made |= {(lane.rpartition("/")[2], position) for lane, position in joined}
    roles = (*subscriptions, "applicant")
    missing = [
        f"no delivery of position {position} for {subscriptions.get(role, role)}"
        for role in roles
        for position in events
        if (role, position) not in made
    ]
    return [
        _promise("every event has a delivery for each receiver", len(events) * len(roles), missing)
    ]


def _received(rows: Sequence[Delivered], book: _Book) -> list[Promise]:
    undone = [f"{row.lane} {row.position}: {row.state}" for row in rows if row.state != "delivered"]
    unseen = [f"{book.key(row)}" for row in rows if book.key(row) not in book.first]
    known = {book.key(row) for row in rows}
    strange = [str(key) for key in book.first if key not in known]
    changed = [str(key) for key, bodies in book.bodies.items() if len(bodies) > 1]
    total = sum(len(receipts) for receipts in book.receipts.values())
    repeats = total - len(book.first)
    return [
        _promise("every delivery is done, none given up", len(rows), undone),
        _promise("every receiver wrote down each of its events", len(rows), unseen),
        _promise("nothing came under an id of its own", len(book.first), strange),
        _promise(f"{repeats:,} repeats, each with the same id and content", total, changed),
        _promise("first receipts of a lane ascend", len(rows), _disordered(rows, book)),
    ]


def _disordered(rows: Sequence[Delivered], book: _Book) -> list[str]:
    found = []
    for (_, lane), group in groupby(rows, key=lambda row: (row.region, row.lane)):
        places = [book.first[book.key(row)] for row in group if book.key(row) in book.first]
        if places != sorted(places):
            found.append(f"lane {lane}: came in the order {places}")
    return found
