"""Under what an entry of the register is found: a check asks for few keys, in two reads.

A key is written when its entry is confirmed and never removed: an old revision may be asked for.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from casetrack.domain.authority.entries import (
    Amendment,
    Entry,
    Grant,
    Incumbency,
    PayAccount,
    Post,
    Registrar,
    Renaming,
    Succession,
    Withdrawal,
)
from casetrack.domain.authority.recorded import Recorded

SUCCESSIONS = "succession"


def stream_of(kind: str, entry: str) -> str:
    """The stream of one entry."""
    return f"register/{kind}/{entry}"


#: Kind of entry to its keys; a stay is asked for by no check.
_KEYS: Mapping[str, Callable[[str, Any], set[str]]] = {
    "grant": lambda _, grant: {f"service:{service}" for service in grant.services},
    "incumbency": lambda _, held: {f"officer:{held.officer}", f"position:{held.position}"},
    "succession": lambda _, __: {SUCCESSIONS},
    "position": lambda position, _: {f"position:{position}"},
    "renaming": lambda _, renaming: {f"position:{renaming.position}"},
    "instrument": lambda instrument, _: {f"instrument:{instrument}"},
    "replacement": lambda _, one: {f"instrument:{one.old}", f"instrument:{one.new}"},
    "amendment": lambda _, one: {f"instrument:{one.old}"},
    "withdrawal": lambda _, withdrawal: {f"grant:{withdrawal.grant}"},
    "stay": lambda _, __: set(),
    "registrar": lambda _, duty: {f"registrar:{duty.officer}"},
    "account": lambda _, account: {f"service:{service}" for service in account.services},
}


def key_rows(kind: str, entry_id: str, entry: Entry) -> Iterator[tuple[str, str, str]]:
    """The rows (key, kind, entry) under which an entry is found."""
    for key in _KEYS[kind](entry_id, entry):
        yield key, kind, entry_id
    # These count only by their own paper, so the paper comes with them.
    if isinstance(entry, Withdrawal):
        yield f"grant:{entry.grant}", "instrument", entry.basis.instrument
    if isinstance(entry, Amendment):
        yield f"instrument:{entry.old}", "instrument", entry.new
    if isinstance(entry, Renaming):
        yield f"position:{entry.position}", "instrument", entry.basis.instrument
    if isinstance(entry, Registrar) and entry.instrument is not None:
        yield f"registrar:{entry.officer}", "instrument", entry.instrument


def line_rows(posts: Mapping[str, Post]) -> Iterator[tuple[str, str, str]]:
    """Each post under the positions that ever stood below it: a line of superiors comes whole."""
    for upper, lower in _below(posts).items():
        for position in lower:
            yield f"position:{position}", "position", upper


def _below(posts: Mapping[str, Post]) -> dict[str, set[str]]:
    """For each position, those that ever had it above them, directly or through others."""
    above = {
        name: {s.position for s in post.superiors if s.position} for name, post in posts.items()
    }
    found: dict[str, set[str]] = {}
    for name in posts:
        todo, seen = list(above[name]), set[str]()
        while todo:
            upper = todo.pop()
            if upper not in seen:
                seen.add(upper)
                found.setdefault(upper, set()).add(name)
                todo += above.get(upper, ())
    return found


def second_keys(entries: Iterable[Recorded]) -> set[str]:
    """What the entries of the first read name."""
    wanted = set[str]()
    for recorded in entries:
        entry = recorded.entry
        if isinstance(entry, Grant):
            wanted |= {f"position:{entry.receiver}", f"grant:{recorded.id}"}
            wanted |= {f"position:{entry.giver}"} if entry.giver else set()
            wanted |= {f"instrument:{basis.instrument}" for basis in entry.basis}
        elif isinstance(entry, Incumbency):
            wanted.add(f"position:{entry.position}")
        elif isinstance(entry, PayAccount):
            wanted.add(f"instrument:{entry.basis.instrument}")
        elif isinstance(entry, Succession):
            wanted |= {f"position:{entry.source}", f"instrument:{entry.basis.instrument}"}
            wanted |= {f"position:{entry.target}"} if entry.target else set()
    return wanted
