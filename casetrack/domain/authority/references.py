"""Whether what a register file names is there.

Mistakes of typing are refused here: a name that nothing has. Faults of the papers themselves (two
definitive holders, dates reversed, an article that is not there) are taken as they are: the register
records what the papers say, and findings tell what is wrong with it.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from casetrack.domain.access import REGISTRAR_ROLES
from casetrack.domain.authority.entries import (
    EVERY,
    Amendment,
    Entry,
    Grant,
    Incumbency,
    Instrument,
    MallStay,
    PayAccount,
    Post,
    Registrar,
    Renaming,
    Replacement,
    Succession,
    Withdrawal,
)
from casetrack.domain.authority.filing import Filed, RegisterFile, paper_fault
from casetrack.domain.service.definition import ID_PATTERN, Problem, meant

_SHA256 = re.compile(r"[0-9a-f]{64}")

At = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What the region's other files name; an officer with their role."""

    agencies: Collection[str]
    positions: Collection[str]
    services: Collection[str]
    officers: Mapping[str, Collection[str]]
    steps: Collection[str] = ()


def filing_problems(file: RegisterFile, known: Known) -> Iterator[Problem]:
    """Every mistake of typing; `at` begins with a key of the file."""
    yield from _signatories(file, known.officers)
    yield from _ids(file.entries)
    names = _Names(file.entries, known)
    for place, filed in enumerate(file.entries):
        for key, what, word in _named(filed.entry):
            if not names.has(what, word):
                yield Problem(
                    ("entries", place, "entry", *key),
                    f"{filed.kind} {filed.id!r}: unknown {what} {word!r}",
                    names.cure(what, word),
                )


def _signatories(file: RegisterFile, officers: Mapping[str, Collection[str]]) -> Iterator[Problem]:
    login = file.entered_by
    if login not in officers:
        cure = meant(login, sorted(officers), "add them to officers.yaml")
        yield Problem(("entered_by",), f"unknown officer {login!r}", cure)
    elif not {*officers[login]} & {*REGISTRAR_ROLES}:
        yield Problem(
            ("entered_by",),
            f"{login!r} is a {' and '.join(officers[login])}",
            f"name an officer whose role is one of {', '.join(REGISTRAR_ROLES)}",
        )


def _ids(entries: Iterable[Filed]) -> Iterator[Problem]:
    seen: set[tuple[str, str]] = set()
    for place, filed in enumerate(entries):
        told = f"{filed.kind} {filed.id!r}"
        if not ID_PATTERN.fullmatch(filed.id):
            yield Problem(
                ("entries", place, "id"),
                f"{told}: not an id",
                "use small letters, digits and single - _ . between them, 64 at most",
            )
        if (fault := paper_fault(filed.entry)) is not None:
            yield Problem(("entries", place, "entry"), f"{told}: {fault.message}", fault.cure)
        if not _SHA256.fullmatch(filed.sha256):
            yield Problem(
                ("entries", place, "sha256"),
                f"{told}: not a SHA-256",
                "give 64 small hex digits in quotes; sha256sum FILE prints them",
            )
        if (filed.kind, filed.id) in seen:
            yield Problem(
                ("entries", place, "id"),
                f"{told}: duplicate id, it is there twice",
                "rename one of the two; what has changed is changed in its one entry",
            )
        seen.add((filed.kind, filed.id))


class _Names:
    """What may be named: the region's own things, and the entries of the file."""

    def __init__(self, entries: Iterable[Filed], known: Known) -> None:
        filed: dict[str, set[str]] = {"instrument": set(), "grant": set(), "position": set()}
        for each in entries:
            filed.setdefault(each.kind, set()).add(each.id)
        self._known: dict[str, tuple[Collection[str], str]] = {
            "agency": (known.agencies, "agencies.yaml"),
            "officer": (known.officers, "officers.yaml"),
            "service": ({*known.services, EVERY}, "services/"),
            "step": (known.steps, "a service"),
            "position": ({*known.positions, *filed["position"]}, "positions.yaml"),
            "instrument": (filed["instrument"], "register.yaml"),
            "grant": (filed["grant"], "register.yaml"),
        }

    def has(self, what: str, word: str) -> bool:
        return word in self._known[what][0]

    def cure(self, what: str, word: str) -> str:
        names, where = self._known[what]
        return meant(word, sorted(names), f"add it to {where}, or name what is there")


_Naming = tuple[At, str, str | None]


def _named(entry: Entry) -> Iterator[tuple[At, str, str]]:
    """Every name in an entry: where it stands, of what it is the name, the name."""
    for at, what, word in _names_of(entry):
        if word is not None:
            yield at, what, word


def _names_of(entry: Entry) -> Iterator[_Naming]:
    match entry:
        case Instrument():
            for place, line in enumerate(entry.lines):
                yield from _services(line.services, ("lines", place, "services"))
        case Grant():
            yield from _of_grant(entry)
        case Post():
            yield ("agency",), "agency", entry.agency
            for place, superior in enumerate(entry.superiors):
                yield ("superiors", place, "position"), "position", superior.position
        case Incumbency():
            yield ("officer",), "officer", entry.officer
            yield ("position",), "position", entry.position
            yield ("letter", "by"), "position", entry.letter.by
        case MallStay() | PayAccount():
            yield from _of_agency(entry)
        case _:
            yield from _of_change(entry)


def _of_change(
    entry: Renaming | Withdrawal | Replacement | Amendment | Succession | Registrar,
) -> Iterator[_Naming]:
    match entry:
        case Registrar():
            yield ("officer",), "officer", entry.officer
            yield ("agency",), "agency", entry.agency
            yield ("letter", "by"), "position", entry.letter.by if entry.letter else None
            yield ("instrument",), "instrument", entry.instrument
            return
        case Replacement() | Amendment():
            yield ("old",), "instrument", entry.old
            yield ("new",), "instrument", entry.new
            if isinstance(entry, Amendment):
                for place, change in enumerate(entry.changes):
                    yield from _services(change.adds, ("changes", place, "adds"))
                    yield from _services(change.removes, ("changes", place, "removes"))
            return
        case Renaming():
            yield ("position",), "position", entry.position
        case Withdrawal():
            yield ("grant",), "grant", entry.grant
        case Succession():
            yield ("source",), "position", entry.source
            yield ("target",), "position", entry.target
            yield from _services(entry.services, ("services",))
    yield ("basis", "instrument"), "instrument", entry.basis.instrument


def _of_agency(entry: MallStay | PayAccount) -> Iterator[_Naming]:
    yield ("agency",), "agency", entry.agency
    if isinstance(entry, PayAccount):
        yield from _services(entry.services, ("services",))
        yield ("basis", "instrument"), "instrument", entry.basis.instrument


def _of_grant(grant: Grant) -> Iterator[_Naming]:
    yield ("giver",), "position", grant.giver
    yield ("receiver",), "position", grant.receiver
    yield from _services(grant.services, ("services",))
    for place, step in enumerate(grant.steps):
        yield ("steps", place), "step", step
    for place, basis in enumerate(grant.basis):
        yield ("basis", place, "instrument"), "instrument", basis.instrument


def _services(services: tuple[str, ...], at: At) -> Iterator[_Naming]:
    for place, service in enumerate(services):
        yield (*at, place), "service", service
