"""What a paper is called in a sentence: its own name and number, such as "Perwali 9/2022"; an id names
it for programs only."""

import re
from collections.abc import Mapping

from casetrack.domain.authority.entries import (
    Amendment,
    Basis,
    EntryKind,
    Grant,
    Incumbency,
    Instrument,
    InstrumentForm,
    PayAccount,
    Post,
    Replacement,
)
from casetrack.domain.authority.register import Register

_SHORT: Mapping[InstrumentForm, str] = {
    "constitution": "UUD",
    "act": "UU",
    "government_regulation": "PP",
    "presidential_regulation": "Perpres",
    "ministerial_regulation": "Permen",
    "provincial_regulation": "Perda Provinsi",
    "city_regulation": "Perda",
    "regency_regulation": "Perda",
    "governor_regulation": "Pergub",
    "mayor_regulation": "Perwali",
    "regent_regulation": "Perbup",
    "decree": "SK",
    "letter": "Surat",
    "judgment": "Putusan",
}
_OF_A_YEAR = re.compile(r"(?:Nomor )?(\S+) Tahun (\d{4})")


def paper_name(register: Register, kind: EntryKind, entry_id: str) -> str:
    """The name of an entry's paper; its id where nothing better is known."""
    recorded = register.by_id.get((kind, entry_id))
    match recorded.entry if recorded else None:
        case Instrument() as instrument:
            return _cited(instrument)
        case Incumbency() as held:
            return _with("SK", held.letter.number)
        case Post() as post:
            return post.name.id
        case Replacement() | Amendment() as change:
            return paper_name(register, "instrument", change.new)
        case PayAccount() as account:
            return account.name.id
        case Grant() as grant:
            bases = grant.basis
        case other:
            basis = getattr(other, "basis", None)
            bases = (basis,) if isinstance(basis, Basis) else ()
    names = [_of_basis(register, basis) for basis in bases]
    return ", ".join(dict.fromkeys(name for name in names if name)) or entry_id


def _of_basis(register: Register, basis: Basis) -> str | None:
    found, line = register.instrument(basis.instrument), register.line(basis)
    if found is None:
        return None
    return f"{_cited(found)} {line.number}" if line else _cited(found)


def _cited(instrument: Instrument) -> str:
    short, number = _SHORT[instrument.form], instrument.number
    if of_a_year := _OF_A_YEAR.fullmatch(number):
        return f"{short} {of_a_year[1]}/{of_a_year[2]}"
    return _with(short, number)


def _with(short: str, number: str) -> str:
    return number if number.lower().startswith(short.lower()) else f"{short} {number}"
