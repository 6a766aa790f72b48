"""By what a person is found: words of their name, their telephone, a passport's or company's number.

Of a name whole words count, in any order, whatever their capitals, accents, marks and titles.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from casetrack.domain.people import company_numbers, contact, visible
from casetrack.domain.people.contact import FORMS, NIK_DIGITS
from casetrack.domain.people.identity import name_words

#: Words of a name that are looked for; of a longer one the longest words, which fewer people have.
MOST_WORDS = 8
_BETWEEN_DIGITS = str.maketrans("", "", " ().-/+")
_CURE = (
    "write a case number, words of a name, 16 digits of a NIK, a passport number, a telephone number, or "
    "a NIB (13 digits) or NPWP (15 or 16)"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody looks for: all words of a name, any of some numbers, or both at one person."""

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
    if party.get("passport_number"):
        found.add(passport_word(party["passport_number"]))
    return found


def company_word(number: str) -> str:
    """The word by which a company with this number is found, in whichever form it is written."""
    return f"company:{company_numbers.one_form(number)}"


def _company_words(number: str) -> Iterator[str]:
    """The same, and the one under which a release of before kept it."""
    for form in company_numbers.forms(number):
        yield f"company:{form}"


def passport_word(number: str) -> str:
    """The word by which a person with this passport is found."""
    return f"passport:{number}"


def number_word(party: Mapping[str, Any]) -> str | None:
    """The word of the number, beside a NIK, by which two cases are of one applicant; None without one,
    and for one that nobody has."""
    if party.get("company_number"):
        number = party["company_number"]
        return company_word(number) if company_numbers.can_be(number) else None
    return passport_word(party["passport_number"]) if party.get("passport_number") else None


def number_words(party: Mapping[str, Any]) -> tuple[str, ...]:
    """The words under which that number may have been kept; the first is `number_word`."""
    word, number = number_word(party), party.get("company_number")
    if word is None or not number:
        return () if word is None else (word,)
    return tuple(_company_words(number))


def asked(text: str) -> Asked:
    """What a typed text looks for. Raises ValueError, whose words are for the person."""
    text = _plain(text)
    digits = text.translate(_BETWEEN_DIGITS)
    if digits.isascii() and digits.isdigit():
        return _by_number(text, digits)
    bare = text.translate(_BETWEEN_DIGITS).upper()
    if _PASSPORT.fullmatch(bare):
        return Asked(numbers=(passport_word(bare),))
    text, numbers = _numbers_in(text)
    if numbers:
        return _with_name(text, numbers)
    words = sorted(set(name_words(text)), key=lambda word: (-len(word), word))
    if not words:
        raise ValueError(f"there is no word in it; {_CURE}")
    return Asked(words=tuple(f"name:{word}" for word in words[:MOST_WORDS]))


#: Letters of a series, then digits, as most passports have.
_PASSPORT = re.compile(r"[A-Z]{1,3}[0-9]{5,9}")
#: What stands before a number on a form, and says nothing that the number does not.
_LABELS = frozenset(
    {"nik", "nib", "npwp", "ktp", "no", "nomor", "hp", "wa", "telp", "tel", "telepon"}
)
#: Digits that begin a number, with what people write between them.
_NUMBER = re.compile(r"(?<![^\W_])\+?\(?[0-9][0-9 ().\-/]{5,}[0-9](?![^\W_])")


def _numbers_in(text: str) -> tuple[str, list[str]]:
    """A text that is no number, without the numbers in it and their labels; and those numbers."""
    numbers = _NUMBER.findall(text)
    if not numbers:
        return text, []
    # What stands in brackets in a name is left out; beside a number it is the name.
    rest = re.sub("[()]", " ", _NUMBER.sub(" ", text))
    words = [word for word in rest.split() if not _LABELS.issuperset(_parts(word))]
    return " ".join(words), numbers


def _parts(word: str) -> list[str]:
    """What of a word may be a label: "KTP/NIK:" is two; a mark by itself is none."""
    return [part for part in re.split(r"[./:,;=]+", word.casefold()) if part]


def _with_name(name: str, numbers: list[str]) -> Asked:
    """Numbers and perhaps a name typed together: a number alone finds its person."""
    found = [_by_number(number, number.translate(_BETWEEN_DIGITS)) for number in numbers]
    niks = [each.nik for each in found if each.nik]
    words = sorted(set(name_words(name)), key=lambda word: (-len(word), word))
    return Asked(
        words=tuple(f"name:{word}" for word in words[:MOST_WORDS]),
        numbers=tuple(number for each in found for number in each.numbers),
        nik=niks[0] if niks else None,
    )


def _plain(text: str) -> str:
    """The text as a keyboard writes it: what is copied from a paper or a page brings wide digits, other
    blanks and dashes, line ends and marks that nobody sees."""
    read = unicodedata.normalize("NFKC", visible.without_unseen(text))
    dashed = ("-" if unicodedata.category(mark) == "Pd" else mark for mark in read)
    return " ".join("".join(dashed).split())


def _by_number(text: str, digits: str) -> Asked:
    numbers: list[str] = []
    if FORMS["company_number"].fits(digits):
        numbers += _company_words(digits)
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
