"""What is wrong with who keeps the papers: bodies without registrars, papers filed by who may not.

A paper is told where the officer did not keep those of its body when it was confirmed, or where it
concerned them then: by the register as it stood that moment, which no later paper changes. Of duties from
before they were entries it is only known that somebody ever had them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from casetrack.domain.authority.entering import Paper
from casetrack.domain.authority.entries import (
    Amendment,
    EntryKind,
    Instrument,
    Registrar,
    Replacement,
    Withdrawal,
)
from casetrack.domain.authority.faults import EntryRef, Finding, told
from casetrack.domain.authority.few_registrars import bodies, few
from casetrack.domain.authority.known_then import PastRegister
from casetrack.domain.authority.recorded import Recorded
from casetrack.domain.authority.registrars import Keeping


@dataclass(frozen=True, slots=True)
class Hands:
    """Who stands for a paper that counts, and since which day it does."""

    kind: EntryKind
    id: str
    entered_by: str
    confirmed_by: str | None
    day: date
    #: The event of its confirmation, and the last one of what came in with it.
    event: int = 0
    through: int = 0


def registrar_findings(
    keeping: Keeping, hands: Iterable[Hands], past: PastRegister | None = None
) -> list[Finding]:
    """Everything that is wrong with who keeps and who filed the papers of this register.

    Without a past the register never was another one.
    """
    if not keeping.register.entries:
        return []
    filed = list(hands)
    return [
        *_few(keeping),
        *_set_up(keeping, filed),
        *_judged(keeping, filed, past),
    ]


def _few(keeping: Keeping) -> Iterator[Finding]:
    """Bodies whose papers wait: fewer than two persons keep them."""
    if None in bodies(keeping):
        yield Finding("secretariat_missing", (), None, None, told("secretariat_missing"))
    for found in few(keeping, 0):
        text = told("registrars_few", other=found.agency)
        yield Finding("registrars_few", (), None, None, text)


def _set_up(keeping: Keeping, filed: Iterable[Hands]) -> Iterator[Finding]:
    """Papers that an operator alone put in, told once for each body."""
    found: dict[tuple[str, str], list[EntryRef]] = defaultdict(list)
    for paper in filed:
        recorded = keeping.register.by_id.get((paper.kind, paper.id))
        # Who was set up as a registrar is a finding of accounts.
        if paper.confirmed_by is None and recorded is not None and recorded.kind != "registrar":
            body = keeping.body(recorded.id, recorded.entry) or "-"
            found[body, paper.entered_by].append((paper.kind, paper.id))
    for (body, operator), entries in sorted(found.items()):
        text = told("set_up", officer=operator, other=body)
        yield Finding("set_up", tuple(entries), None, None, text)


def _hands(keeping: Keeping, filed: Iterable[Hands]) -> Iterator[tuple[Hands, Recorded, str]]:
    """Each paper with each officer who filed it and has an account here."""
    for paper in filed:
        recorded = keeping.register.by_id.get((paper.kind, paper.id))
        for login in dict.fromkeys((paper.entered_by, paper.confirmed_by)):
            if recorded is not None and login in keeping.accounts:
                yield paper, recorded, str(login)


def _judged(
    keeping: Keeping, filed: Iterable[Hands], past: PastRegister | None
) -> Iterator[Finding]:
    """Papers by officers who did not keep those of their body then, told once for each of them and body;
    and papers that concerned an officer who filed them."""
    strange: dict[tuple[str, str], list[EntryRef]] = defaultdict(list)
    own: list[Finding] = []
    for hands, recorded, login in _hands(keeping, filed):
        paper = _as_it_came(keeping, hands, recorded, past)
        refs: tuple[EntryRef, ...] = ((hands.kind, hands.id),)
        body = paper.body
        if body is not None and not _kept(paper, login):
            strange[login, body] += refs
        if paper.bars(login):
            text = told("filed_for_oneself", entry=hands.id, officer=login)
            own.append(Finding("filed_for_oneself", refs, hands.day, None, text))
    for (login, body), entries in sorted(strange.items()):
        text = told("filed_by_stranger", officer=login, other=body)
        yield Finding("filed_by_stranger", tuple(entries), None, None, text)
    yield from own


def _as_it_came(
    keeping: Keeping, hands: Hands, recorded: Recorded, past: PastRegister | None
) -> Paper:
    """The paper with the register as it stood when it was confirmed."""
    entry = recorded.entry
    if past is None:
        now = replace(keeping, day=hands.day)
        return Paper(recorded.id, entry, None, now, now)
    whole = isinstance(entry, Withdrawal | Instrument | Replacement | Amendment)
    there = replace(
        keeping,
        day=hands.day,
        secretariat=past.secretariat(hands.event, keeping.secretariat),
    )
    now, then = (
        replace(there, register=past.before(event, whole=whole))
        for event in (hands.event, hands.through + 1)
    )
    before = past.entry_before(recorded.kind, recorded.id, hands.event)
    return Paper(recorded.id, entry, before, now, then)


def _kept(paper: Paper, login: str) -> bool:
    """Whether the officer kept such papers then; of a registrar, the head of the secretariat may too."""
    if isinstance(paper.entry, Registrar) and paper.now.heads_secretariat(login) is not None:
        return True
    return any(paper.now.ever_kept(login, each, paper.now.day) for each in paper.bodies)
