"""Case numbers that catch a slip of the pen, and access codes that can be read over a counter."""

import re
from dataclasses import dataclass

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
#: Hyphens of all kinds and blanks: what people type, and telephones make, where a hyphen is printed.
_BETWEEN = re.compile("[\\s\u2010-\u2015\u2212-]+")
_NUMBER = re.compile(r"([A-Z]{2,5})-([A-Z]{2,5})-(\d{4})-(\d{6,9})-(\d)")
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
        """Read a number as a person typed it: any case, blanks around it or for the hyphens.

        Raises Invalid: `malformed_number`, or `wrong_check_digit` for a slip of the pen.
        """
        typed = _BETWEEN.sub("-", text.strip()) if len(text) <= 64 else ""
        match = _NUMBER.fullmatch(typed.upper())
        if match is None or not typed.isascii():
            raise Invalid(
                "malformed_number",
                "A case number looks like SMR-REK-2026-000123-8; please copy it from the slip.",
            )
        region, service, year, serial, check = match.groups()
        if damm(year + serial) != int(check):
            raise Invalid(
                "wrong_check_digit",
                "The last digit does not fit the others: one digit is mistyped.",
            )
        return cls(region, service, int(year), int(serial))


def access_code(random_bytes: bytes) -> str:
    """Eight characters from eight random bytes, without letters that look like digits (40 bits)."""
    return "".join(CODE_ALPHABET[byte & 31] for byte in random_bytes[:CODE_LENGTH])


def tidy_code(text: str) -> str:
    """The code as it was given out, from what a person typed: spaces, hyphens, O for 0, I and L for 1."""
    return text.strip().upper().replace("-", "").replace(" ", "").translate(_LOOKALIKES)
