"""By what a person is found: the words of their name, their telephone, a company's number.

Of a name whole words count, in any order, whatever their capitals, accents, marks and titles.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from casetrack.domain.people import contact, visible
from casetrack.domain.people.contact import FORMS, NIK_DIGITS
from casetrack.domain.people.identity import name_words

#: Words of a name that are looked for; of a longer one the longest words, which fewer people have.
MOST_WORDS = 8
_BETWEEN_DIGITS = str.maketrans("", "", " ().-/+")
_CURE = (
    "write a case number, words of a name, 16 digits of a NIK, a telephone number, or a NIB (13 digits) "
    "or NPWP (15 or 16)"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody looks for: all words of a name, or any of some numbers."""

    words: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    nik: str | None = None


def words_of(party: Mapping[str, Any]) -> set[str]:
    """The words by which a party is found, each with what it is a word of."""
    names = (party["name"], party.get("acting") or "")
    found = {f"name:{word}" for name in names for word in name_words(name)}
    phone = _phone(party.get("phone") or "")
    if phone is not None:
        found.add(phone)
    if party.get("company_number"):
        found.add(company_word(party["company_number"]))
    return found


def company_word(number: str) -> str:
    """The word by which a company with this number is found."""
    return f"company:{number}"


def asked(text: str) -> Asked:
    """What a typed text looks for. Raises ValueError, whose words are for the person."""
    text = _plain(text)
    digits = text.translate(_BETWEEN_DIGITS)
    if digits.isascii() and digits.isdigit():
        return _by_number(text, digits)
    words = sorted(set(name_words(text)), key=lambda word: (-len(word), word))
    if not words:
        raise ValueError(f"there is no word in it; {_CURE}")
    return Asked(words=tuple(f"name:{word}" for word in words[:MOST_WORDS]))


def _plain(text: str) -> str:
    """The text as a keyboard writes it: what is copied from a paper or a page brings wide digits, other
    blanks and dashes, line ends and marks that nobody sees."""
    read = unicodedata.normalize("NFKC", visible.without_unseen(text))
    dashed = ("-" if unicodedata.category(mark) == "Pd" else mark for mark in read)
    return " ".join("".join(dashed).split())


def _by_number(text: str, digits: str) -> Asked:
    numbers = []
    if FORMS["company_number"].fits(digits):
        numbers.append(company_word(digits))
    phone = _phone(text)
    if phone is not None:
        numbers.append(phone)
    nik = digits if len(digits) == NIK_DIGITS else None
    if nik is None and not numbers:
        raise ValueError(f"no number of a person or company looks like this; {_CURE}")
    return Asked(numbers=tuple(numbers), nik=nik)


def _phone(text: str) -> str | None:
    try:
        return f"phone:{contact.e164(text)}"
    except ValueError:
        return None
