"""What was said in a complaint, sealed under the key of who complains or under the complaint's own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from casetrack.storage.case.complaint_rows import ComplaintReader, ComplaintRow, ComplaintText
from casetrack.storage.people import subjects
from casetrack.storage.people.subjects import SubjectRow
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.context import Context


def _context(region: str, text: str) -> str:
    return f"complaint-text:{region}:{text}"


@dataclass
class ComplaintSealer:
    """Seals texts under one key and collects their rows."""

    ctx: Context
    region: str
    key: bytes
    #: The complaint's own key, wrapped; None where it is a person's.
    own_key: bytes | None = None
    texts: list[ComplaintText] = field(default_factory=list)

    @classmethod
    def begun(cls, ctx: Context, region: str, number: str, subject: SubjectRow | None) -> Self:
        """The key of a new complaint."""
        if subject is not None and subject.wrapped_key is not None:
            key = ctx.vault.unwrap(subject.wrapped_key, region, subject.subject)
            return cls(ctx, region, key)
        key, wrapped = ctx.vault.new_key(region, _owner(number))
        return cls(ctx, region, key, wrapped)

    @classmethod
    def of(cls, ctx: Context, uow: UnitOfWork, region: str, row: ComplaintRow) -> Self | None:
        """The key of a complaint that is there; None: who complained was erased."""
        wrapped, owner = row.wrapped_key, _owner(row.state.number)
        if row.state.subject is not None:
            found = subjects.subject(uow.connection, region, row.state.subject)
            wrapped, owner = (found.wrapped_key if found else None), row.state.subject
        if wrapped is None:
            return None
        return cls(ctx, region, ctx.vault.unwrap(wrapped, region, owner))

    def seal(self, kind: str, text: str) -> dict[str, str]:
        """What an event may hold of it: the row's id, and the HMAC of the text."""
        name = self.ctx.new_id()
        sealed = self.ctx.vault.seal(self.key, text, _context(self.region, name))
        self.texts.append(ComplaintText(name, kind, sealed))
        return {"text": name, "hmac": self.ctx.vault.digest(self.key, f"{name}:{text}")}


def _owner(number: str) -> str:
    return f"complaint:{number}"


def resealed(
    ctx: Context,
    region: str,
    texts: Iterable[ComplaintText],
    source: SubjectRow,
    target: SubjectRow,
) -> tuple[list[ComplaintText], list[dict[str, str]]]:
    """The texts under the key of another person, and what an event may hold of them."""
    old, new = (
        ctx.vault.unwrap(each.wrapped_key or b"", region, each.subject) for each in (source, target)
    )
    rows, said = [], []
    for each in texts:
        context = _context(region, each.text)
        words = ctx.vault.open(old, each.sealed, context)
        rows.append(replace(each, sealed=ctx.vault.seal(new, words, context)))
        said.append({"text": each.text, "hmac": ctx.vault.digest(new, f"{each.text}:{words}")})
    return rows, said


def opened_texts(
    ctx: Context, rows: ComplaintReader, region: str, row: ComplaintRow, wrapped: bytes | None
) -> dict[str, str]:
    """Each text by its id; none of who was erased. `wrapped` is the key of its subject, if it has one."""
    owner = row.state.subject or _owner(row.state.number)
    sealed_key = wrapped if row.state.subject is not None else row.wrapped_key
    if sealed_key is None:
        return {}
    key = ctx.vault.unwrap(sealed_key, region, owner)
    return {
        each.text: ctx.vault.open(key, each.sealed, _context(region, each.text))
        for each in rows.texts(row.state.number)
    }


def text_keys(
    ctx: Context, connection: Any, region: str, rows: Mapping[str, Mapping[str, Any]]
) -> dict[str, bytes]:
    """The key of each of these complaints (rows as they are stored, by number) that still has one."""
    found = {}
    for number, row in rows.items():
        wrapped, owner = row["wrapped_key"], _owner(number)
        if row["subject"] is not None:
            owner = row["subject"]
            of_subject = subjects.subject(connection, region, owner)
            wrapped = of_subject.wrapped_key if of_subject else None
        if wrapped is not None:
            try:
                found[number] = ctx.vault.unwrap(bytes(wrapped), region, owner)
            except ValueError:
                found[number] = b""
    return found


def open_text(ctx: Context, region: str, key: bytes, name: str, sealed: bytes) -> str | None:
    """The HMAC of a sealed text, as its event has it; None where the key does not open it."""
    try:
        text = ctx.vault.open(key, sealed, _context(region, name))
    except ValueError:
        return None
    return ctx.vault.digest(key, f"{name}:{text}")
