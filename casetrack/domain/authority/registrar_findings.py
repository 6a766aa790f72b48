"""What is wrong with who keeps the papers: bodies without registrars, papers filed by who may not.

A paper is told where the officer did not keep those of its body on the day of its confirmation, or
where it concerned them then. Of duties from before they were entries it is only known that somebody ever
had them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from casetrack.domain.authority.entries import EntryKind
from casetrack.domain.authority.faults import EntryRef, Finding, told
from casetrack.domain.authority.few_registrars import bodies, few
from casetrack.domain.authority.register import Recorded
from casetrack.domain.authority.registrars import Keeping


@dataclass(frozen=True, slots=True)
class Hands:
    """Who stands for a paper that counts, and since which day it does."""

    kind: EntryKind
    id: str
    entered_by: str
    confirmed_by: str | None
    day: date


def registrar_findings(keeping: Keeping, hands: Iterable[Hands]) -> list[Finding]:
    """Everything that is wrong with who keeps and who filed the papers of this register."""
    if not keeping.register.entries:
        return []
    filed = list(hands)
    return [
        *_few(keeping),
        *_set_up(keeping, filed),
        *_strangers(keeping, filed),
        *_for_themselves(keeping, filed),
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


def _strangers(keeping: Keeping, filed: Iterable[Hands]) -> Iterator[Finding]:
    """Papers by officers who never kept those of their body, told once for each of them and body."""
    found: dict[tuple[str, str], list[EntryRef]] = defaultdict(list)
    for paper, recorded, login in _hands(keeping, filed):
        body = keeping.body(recorded.id, recorded.entry)
        if body is not None and not _kept(keeping, recorded, login, body, paper.day):
            found[login, body].append((paper.kind, paper.id))
    for (login, body), entries in sorted(found.items()):
        text = told("filed_by_stranger", officer=login, other=body)
        yield Finding("filed_by_stranger", tuple(entries), None, None, text)


def _kept(keeping: Keeping, recorded: Recorded, login: str, body: str, day: date) -> bool:
    """Whether the officer kept such papers on that day; of a registrar, the secretariat's too."""
    bodies = {body}
    if recorded.kind == "registrar":
        if replace(keeping, day=day).heads_secretariat(login) is not None:
            return True
        bodies |= {keeping.secretariat} if keeping.secretariat else set()
    return any(keeping.ever_kept(login, each, day) for each in bodies)


def _for_themselves(keeping: Keeping, filed: Iterable[Hands]) -> Iterator[Finding]:
    """Papers that concerned an officer who filed them, on the day on which they were confirmed."""
    for paper, recorded, login in _hands(keeping, filed):
        then = replace(keeping, day=paper.day)
        if then.is_barred(login, then.concerned(recorded.id, recorded.entry)):
            refs: tuple[EntryRef, ...] = ((paper.kind, paper.id),)
            text = told("filed_for_oneself", entry=paper.id, officer=login)
            yield Finding("filed_for_oneself", refs, paper.day, None, text)
