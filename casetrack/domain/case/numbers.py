"""Case numbers that catch a slip of the pen, and access codes that can be read over a counter."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from casetrack.domain.errors import Invalid

#: H. M. Damm, "Total anti-symmetrische Quasigruppen" (2004): one wrong digit or two neighbours
#: swapped always change the check digit.
_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
#: In text that `plain` has tidied. With or without what stands between the parts; the letters
#: begin a word and no digit follows.
_NUMBER = re.compile(
    r"(?=(?<![A-Z0-9#])([A-Z]{2,5}) ?([A-Z]{2,5}) ?([0-9]{4}) ?([0-9]{6,9}) ?([0-9])(?![A-Z0-9#]))"
)
#: The same with digits grouped anyhow, as a broken line or a patient hand leaves them.
_GROUPED = re.compile(
    r"(?=(?<![A-Z0-9#])([A-Z]{2,5}) ?([A-Z]{2,5}) ?((?:[0-9] ?){10,13})([0-9])(?! ?[A-Z0-9#]))"
)
#: Longest text in which a number is looked for: the longest address that people can paste.
LONGEST = 2048
#: What scanners put before what they read, to say which kind of code it was (ISO/IEC 15424).
_SYMBOLOGY = re.compile(r"\][A-Za-z][0-9A-Za-z]")
#: Letters and marks that show nothing, beside the format characters (category Cf).
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0") | {
    chr(0xFE00 + n) for n in range(16)
}
#: What stands for a dash though it counts as a letter.
_LONG_MARKS = frozenset("\u30fc\uff70")
#: Crockford's base 32 without the letters that are read as digits.
CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 8
_LOOKALIKES = str.maketrans("OIL", "011")


def damm(digits: str) -> int:
    """The check digit that belongs behind these decimal digits."""
    interim = 0
    for digit in digits:
        interim = _DAMM[interim][int(digit)]
    return interim


@dataclass(frozen=True, slots=True)
class CaseNumber:
    """Region letters, service letters, local year, serial, check digit over year and serial."""

    region_letters: str
    service_letters: str
    year: int
    serial: int

    def __str__(self) -> str:
        digits = f"{self.year:04d}{self.serial:06d}"
        return (
            f"{self.region_letters}-{self.service_letters}-{self.year:04d}-"
            f"{self.serial:06d}-{damm(digits)}"
        )

    @classmethod
    def parse(cls, text: str) -> "CaseNumber":
        """The first of `readings`. Raises Invalid as it does."""
        return cls.readings(text)[0]

    @classmethod
    def readings(cls, text: str) -> tuple["CaseNumber", ...]:
        """The numbers that a text can mean which a person typed, pasted or scanned; never none.

        Any dashes, blanks or marks may stand between and around the parts, or nothing; the text may
        be an address of the status page. Without anything between, region and service letters are
        parted in every way there is: who knows the regions chooses. Raises Invalid:
        `malformed_number`, or `wrong_check_digit` for a slip of the pen.
        """
        return _readings(text)


@lru_cache(maxsize=4096)
def _readings(text: str) -> tuple[CaseNumber, ...]:
    found = list(_found(text))
    right = tuple(dict.fromkeys(number for number, check in found if str(number)[-1] == check))
    if right:
        return right
    if found:
        raise Invalid(
            "wrong_check_digit",
            "The last digit does not fit the others: one digit is mistyped.",
        )
    raise Invalid(
        "malformed_number",
        "A case number looks like SMR-REK-2026-000123-8; please copy it from the slip.",
    )


def _found(text: str) -> Iterator[tuple[CaseNumber, str]]:
    """Each number that stands in the text, with the check digit that was given with it."""
    if len(text) > LONGEST:
        return
    tidied = plain(unquote(text) if "%" in text else text)
    matches = list(_NUMBER.finditer(tidied)) or list(_GROUPED.finditer(tidied))
    for match in matches:
        letters, rest = match[1] + match[2], "".join(match.groups()[2:]).replace(" ", "")
        year, serial = int(rest[:4]), int(rest[4:-1])
        # As it was given: a nought too many, or in another digit's place, is a slip as well.
        check = rest[-1] if damm(rest[:-1]) == int(rest[-1]) else ""
        apart = tidied[match.end(1) : match.end(1) + 1] == " "
        places = [len(match[1])] if apart else range(len(letters) - 2, 1, -1)
        for place in sorted(places, key=lambda at: abs(at - 3)):
            if place <= 5 and 2 <= len(letters) - place <= 5:
                yield CaseNumber(letters[:place], letters[place:], year, serial), check


def plain(text: str) -> str:
    """ASCII letters and digits in capitals, one blank for whatever stands between them.

    What cannot be seen is left out. A letter, a digit or an accent of another script is "#", and so
    is NUL, which nobody types: it is never taken for the letter that it resembles.
    """
    text = _SYMBOLOGY.sub(" ", text, count=1)
    return " ".join("".join(_kept(char) for char in text).split())


def _kept(char: str) -> str:
    if char.isascii() and char.isalnum():
        return char.upper()
    category = unicodedata.category(char)
    if category == "Cf" or char in _UNSEEN:
        return ""
    if char == "\0" or (category[0] in "LNM" and char not in _LONG_MARKS):
        return "#"
    return " "


def access_code(random_bytes: bytes) -> str:
    """Eight characters from eight random bytes, without letters that look like digits (40 bits)."""
    return "".join(CODE_ALPHABET[byte & 31] for byte in random_bytes[:CODE_LENGTH])


def tidy_code(text: str) -> str:
    """The code as it was given out, from what a person typed, pasted or scanned.

    Dashes, blanks and marks fall away, O is 0, I and L are 1; of "Kode: EVRB-GW9S" the code stays.
    Empty when nothing was typed that can be seen.
    """
    words = plain(text[:LONGEST]).split()
    ends = ("".join(words[place:]) for place in range(len(words)))
    code = next((end for end in ends if len(end) == CODE_LENGTH), "".join(words))
    return as_digits(code)


def as_digits(text: str) -> str:
    """O is 0, I and L are 1."""
    return text.translate(_LOOKALIKES)
