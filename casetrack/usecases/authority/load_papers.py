"""The papers of a load. It is one hand: what it brings waits for a registrar, but for a set-up.

A file is compared with what the load before said, not with the register: what officers entered,
revised or discarded since then stays, and is told line by line.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from casetrack.domain.access import Actor, system
from casetrack.domain.authority import filing
from casetrack.domain.authority.entering import Paper
from casetrack.domain.authority.entries import Post
from casetrack.domain.authority.entry_json import stored_entry
from casetrack.domain.authority.filing import Filed, RegisterFile, fingerprint
from casetrack.domain.authority.first_days import days_fault
from casetrack.domain.authority.recorded import Cite, Recorded
from casetrack.domain.authority.register import Register
from casetrack.domain.errors import BadInput, Forbidden, Invalid
from casetrack.storage.authority import register
from casetrack.storage.authority.register import Revision
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.authority import registrars
from casetrack.usecases.authority.entry_rows import (
    Filing,
    check_releases,
    head_of,
    working,
)
from casetrack.usecases.context import Context

#: Papers by kind/id, each with its fingerprint.
Remembered = Mapping[str, str]
#: So many papers that may not be entered are told; the rest is counted.
_MOST_TOLD = 20


@dataclass
class PapersLoaded:
    """What became of a file: how many were set up or drafted, what was left, what is remembered."""

    set_up: int = 0
    drafted: int = 0
    left: list[str] = field(default_factory=list)
    remembered: dict[str, str] = field(default_factory=dict)


def load_papers(
    ctx: Context,
    uow: UnitOfWork,
    region: str,
    papers: RegisterFile,
    *,
    operator: str,
    before: Remembered,
) -> PapersLoaded:
    """Bring a file of papers into the register, whose lock the caller holds exclusively.

    The first papers of a region are set up: they work at once, under the operator's name, until
    registrars confirm them. Later ones are drafts, but for who heads a secretariat that nobody heads.
    Raises BadInput for what `entered_by` may not enter.
    """
    check_releases(uow, papers.entries)
    there = register.all_revisions(uow.connection, region)
    if all(kind == "registrar" for kind, _ in there):
        _check_days(papers.entries)
        set_up = file(uow, region, papers.entries, entered_by=operator, confirmed_by=None)
        return PapersLoaded(set_up=set_up, remembered=_fingerprints(papers.entries))
    found = PapersLoaded()
    todo = []
    for filed in papers.entries:
        name, said = _name(filed), fingerprint(filed)
        known = there.get((filed.kind, filed.id), [])
        why = _why_left(known, filed, said, before.get(name))
        waits = bool(known) and known[-1].state == "drafted"
        found.remembered[name] = before.get(name, "") if waits and why else said
        if why:
            found.left.append(f"{filed.kind} {filed.id}: {why}")
        elif said != before.get(name) and not _says(working(known), filed):
            todo.append(filed)
    heading, rest = _headless(ctx, uow, region, todo)
    found.set_up = file(uow, region, heading, entered_by=operator, confirmed_by=None)
    _draft(ctx, uow, region, papers.entered_by, rest, there)
    found.drafted = len(rest)
    return found


def _headless(
    ctx: Context, uow: UnitOfWork, region: str, todo: Sequence[Filed]
) -> tuple[list[Filed], list[Filed]]:
    """The papers that say who heads the secretariat, where nobody does and nobody could enter them; and
    the others."""
    entering = registrars.papers(ctx, uow, region, todo, uow.draw()[1]) if todo else []
    headless = bool(entering) and entering[0].now.is_headless()
    heading = [
        filed
        for filed, paper in zip(todo, entering, strict=True)
        if headless and paper.says_who_heads
    ]
    return heading, [filed for filed in todo if filed not in heading]


def _name(filed: Filed) -> str:
    return f"{filed.kind}/{filed.id}"


def _fingerprints(entries: Iterable[Filed]) -> dict[str, str]:
    return {_name(filed): fingerprint(filed) for filed in entries}


def _says(revision: Revision | None, filed: Filed) -> bool:
    """Whether a revision says the same, word for word."""
    return revision is not None and (revision.sha256, revision.document) == (
        filed.sha256,
        filed.document,
    )


def _why_left(known: Sequence[Revision], filed: Filed, said: str, before: str | None) -> str | None:
    """Why the paper is left as officers have it; None when they have it so, or nothing of it."""
    newest = known[-1] if known else None
    if newest is None or _says(working(known), filed):
        return None
    if newest.state == "drafted":
        return "a draft of it waits to be confirmed or discarded"
    if said == before:
        return "officers have entered it otherwise since the last load, and it stays so"
    if before is None:
        return "it stands in the register otherwise, by no load that is remembered, and stays so"
    counts = working(known)
    if counts is not None and before == fingerprint(_filed(counts)):
        return None
    return "the file and officers have both changed it since the last load; what officers say stays"


def _filed(revision: Revision) -> Filed:
    entry = stored_entry(revision.kind, revision.document)
    return Filed(revision.kind, revision.id, entry, revision.sha256)


def _draft(
    ctx: Context,
    uow: UnitOfWork,
    region: str,
    entered_by: str,
    todo: Sequence[Filed],
    there: Mapping[tuple[str, str], Sequence[Revision]],
) -> None:
    if not todo:
        return
    ids, now = uow.draw_many(len(todo))
    rights = _check_hands(registrars.papers(ctx, uow, region, todo, now), entered_by)
    work = Filing(uow, region, now)
    for event_id, filed, right in zip(ids, todo, rights, strict=True):
        known = there.get((filed.kind, filed.id), ())
        new = filing.drafted(filed, len(known) + 1, entered_by, right)
        head = work.append(new, system(region, "load"), event_id, head_of(known))
        work.add(filed, len(known) + 1, "drafted", entered_by, head)
    work.write(posts=False)


def _check_hands(entering: Sequence[Paper], entered_by: str) -> list[Cite | None]:
    """By which entry the officer of the file enters each paper.

    Raises BadInput with a line for each that they may not enter.
    """
    told, rights = list[str](), list[Cite | None]()
    for paper in entering:
        try:
            right = paper.check_hand(entered_by)
            paper.check_words()
            rights.append(right.cite if right else None)
        except (Forbidden, Invalid) as refused:
            told.append(f"register.yaml: {paper.id}: {refused.detail}")
    _refuse(told)
    return rights


def _refuse(told: Sequence[str]) -> None:
    """Raises BadInput with these lines; without any it does not."""
    if told:
        rest = len(told) - _MOST_TOLD
        more = [f"register.yaml: and {rest} more"] if rest > 0 else []
        raise BadInput("\n".join([*told[:_MOST_TOLD], *more]))


def _check_days(entries: Sequence[Filed]) -> None:
    """Raises BadInput with a line for each paper of a set-up that could work on no day."""
    cite = Cite("", 0, "")
    known = Register(Recorded(filed.kind, filed.id, filed.entry, cite) for filed in entries)
    _refuse(
        [
            f"register.yaml: {filed.id}: {fault.message}; {fault.cure}"
            for filed in entries
            if (fault := days_fault(known, filed.id, filed.entry)) is not None
        ]
    )


def file(
    uow: UnitOfWork,
    region: str,
    entries: Iterable[Filed],
    *,
    entered_by: str,
    confirmed_by: str | None,
    by: Actor | None = None,
) -> int:
    """Put papers in that work at once, as new revisions of what says otherwise; gives how many.

    `by` is who does it; without anybody a load does.
    """
    there = register.all_revisions(uow.connection, region)
    todo = [f for f in entries if not _says(working(there.get((f.kind, f.id), ())), f)]
    ids, now = uow.draw_many(len(todo)) if todo else ([], None)
    if now is None:
        return 0
    work = Filing(uow, region, now)
    for event_id, filed in zip(ids, todo, strict=True):
        known = there.get((filed.kind, filed.id), ())
        revision, before = len(known) + 1, working(known)
        new = filing.confirmed(
            filed,
            revision,
            entered_by=entered_by,
            confirmed_by=confirmed_by,
            supersedes=before.revision if before else None,
        )
        head = work.append(new, by or system(region, "load"), event_id, head_of(known))
        row = work.add(filed, revision, "confirmed", entered_by, head)
        row |= {"confirmed_by": confirmed_by, "confirmed_id": event_id, "confirmed_at": now}
        work.works(filed, event_id, before)
    work.write(posts=any(isinstance(filed.entry, Post) for filed in todo))
    return len(todo)
