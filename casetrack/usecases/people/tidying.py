"""What people give of themselves, as it is kept: one tidying for every door, a sentence a fault.

No fault repeats what was given.
"""

import re
from collections.abc import Mapping
from typing import Any

import idna

from casetrack.domain.people import contact, mail_address, visible

_BLANKS = re.compile(r"\s+")


def tidied(given: Mapping[str, Any]) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """A party's data as they are kept, and field and fault of what they cannot be."""
    kept, faults = dict(given), []
    for name, value in given.items():
        if name in _READ and value is not None:
            try:
                kept[name] = field(name, value)
            except ValueError as error:
                faults.append((name, str(error)))
    return kept, faults or contact.contact_faults(kept)


def field(name: str, text: str) -> str:
    """One field, tidied. Raises ValueError, whose words are for the person."""
    kept = _READ[name](text) if name in _READ else text
    form = contact.FORMS[name]
    if not form.fits(kept):
        raise ValueError(f"it must be {form.looks}")
    return kept


def mail(text: str) -> str:
    """An e-mail address. Raises ValueError."""
    return mail_address.read(text, to_ascii)


def to_ascii(domain: str) -> str:
    """A domain in any script as `xn--…` (IDNA 2008, with the mapping of UTS 46). Raises ValueError."""
    return idna.encode(domain, uts46=True, std3_rules=True).decode("ascii")


def _phone(text: str) -> str:
    # Address books copy marks of direction and blanks that do not break along with a number.
    return contact.e164(_BLANKS.sub(" ", visible.without_unseen(text)))


def _company_number(text: str) -> str:
    # 01.234.567.8-901.000, as NPWP are printed.
    return "".join(mark for mark in text if mark not in " .-/")


def _passport_number(text: str) -> str:
    return "".join(mark for mark in visible.without_unseen(text) if mark not in " -").upper()


_READ = {
    "name": visible.read,
    "acting": visible.read,
    "address": lambda text: visible.read(text, lines=True),
    "email": mail,
    "phone": _phone,
    "company_number": _company_number,
    "passport_number": _passport_number,
}
#: The fields that are kept otherwise than they may have come.
TIDIED = tuple(_READ)
