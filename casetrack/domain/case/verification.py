"""Verifying a product: its number or public id in what people type, and how it stands today."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from unicodedata import category
from urllib.parse import unquote

from casetrack.domain.case.numbers import LONGEST, access_code, as_digits, plain
from casetrack.domain.case.state import Document
from casetrack.domain.case.transitions import UNISSUED, AnnulledBy
from casetrack.domain.case.waiting_products import is_suspended
from casetrack.domain.clock import Calendar
from casetrack.domain.events import parse_instant

#: How a product stands: nobody hears of one that is not issued.
Validity = Literal["valid", "expired", "annulled", "revoked", "suspended"]
#: What was made of a check word.
CheckWord = Literal["not_given", "fits", "does_not_fit"]
#: What was made of a file's hash, and of a name.
Compared = Literal["not_given", "agrees", "does_not_agree", "cannot_be_compared"]
#: A file may also be one that was issued before a correction.
ComparedFile = Literal["not_given", "agrees", "replaced", "does_not_agree", "cannot_be_compared"]

#: Signs of a public id behind the region's letters, and how they are grouped.
_SIGNS, _GROUP = 12, 4
_ADDRESS = re.compile(r"/verifikasi/([^?#\s]+)(?:\?[^\s#]*?\bk=([^&#\s]*))?", re.IGNORECASE)
#: What people write before a number, and what some numbers begin with themselves.
_LABEL = re.compile(r"^(?:NO|NOMOR) (?=\S)")
_LONGEST_KEY = 96


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody looks for: the text, and the check word that stood in a pasted address."""

    text: str
    check_word: str | None = None

    @property
    def public_id(self) -> tuple[str, str] | None:
        """The region's letters and the public id that the text can mean."""
        joined = _words(self.text).replace(" ", "")
        letters, signs = joined[:-_SIGNS], as_digits(joined[-_SIGNS:])
        if not (2 <= len(letters) <= 5 and letters.isalpha() and signs.isalnum()):
            return None
        groups = [signs[at : at + _GROUP] for at in range(0, _SIGNS, _GROUP)]
        return letters, "-".join([letters, *groups])

    @property
    def number_key(self) -> str:
        """What products are found by whose number the text can mean; empty for what is no number."""
        return number_key(self.text) or ""

    def means(self, number: str) -> bool:
        """Whether a number of the same key is meant: between two digits a mark counts, unless none was
        typed at all."""
        typed = _words(self.text)
        return " " not in typed or _parts(typed) == _parts(_words(number))


def asked(text: str) -> Asked:
    """Reads what was typed, pasted or scanned: a number, a public id, or the address of this page."""
    text = text[:LONGEST]
    found = _ADDRESS.search(text)
    if found:
        return Asked(unquote(found[1]), unquote(found[2]) if found[2] else None)
    return Asked(unquote(text) if "%" in text else text)


def number_key(number: str | None) -> str | None:
    """A number without what stands between its parts, in capitals: alike however it is written."""
    if number is None:
        return None
    return _words(number).replace(" ", "")[:_LONGEST_KEY] or None


def tidy_number(text: str) -> str:
    """A number with one kind of dash and single blanks, as it is kept and printed."""
    dashed = "".join("-" if mark == "\u2212" or category(mark) == "Pd" else mark for mark in text)
    return " ".join(dashed.split())


def is_same_number(one: str, other: str) -> bool:
    """Whether two numbers are one in other letters: capitals, blanks, marks and dashes of other kinds."""
    return _parts(_words(one)) == _parts(_words(other))


def check_word(digest: str) -> str:
    """The word that is printed on a product, from the digest of its public id: eight signs, as an access
    code has."""
    return access_code(bytes.fromhex(digest))


@dataclass(frozen=True, slots=True)
class Standing:
    """How a product stands, since which day it is not valid, and of a suspended one by whose order."""

    validity: Validity
    since: date | None = None
    by: AnnulledBy | None = None


@dataclass(frozen=True, slots=True)
class Corrected:
    """How often an issued product was corrected: the newest stands since that day, and each of before is
    replaced by the one after it."""

    times: int
    since: date


@dataclass(frozen=True, slots=True)
class Replaced:
    """A file that was issued, and replaced by a correction: which one in their order, from 0 for the
    first, and since when."""

    correction: int
    since: date


def corrected(product: Document, calendar: Calendar) -> Corrected | None:
    """How the product was corrected; None where it never was."""
    marks = product.get("corrections", ())
    return Corrected(len(marks), _day_of(marks[-1], calendar)) if marks else None


def replaced(product: Document, text: str, calendar: Calendar) -> Replaced | None:
    """The edition whose file's hash stands in this sealed text; None where it is none of before."""
    for place, mark in enumerate(product.get("corrections", ())):
        if mark.get("replaced") == text:
            return Replaced(place, _day_of(mark, calendar))
    return None


def _day_of(mark: Document, calendar: Calendar) -> date:
    return calendar.local_date(parse_instant(mark["at"]))


def standing(product: Document, calendar: Calendar, now: datetime) -> Standing | None:
    """How the product stands now; None while it is not issued, or came to nothing."""
    state, until = product["state"], product["valid_until"]
    if state in (*UNISSUED, "voided"):
        return None
    if state in ("annulled", "revoked"):
        ended = calendar.local_date(parse_instant(product["ended"]["at"]))
        return Standing("annulled" if state == "annulled" else "revoked", ended)
    last = date.fromisoformat(until) if until else None
    # The clock may not have said so yet.
    if last is not None and (state == "expired" or last < calendar.local_date(now)):
        return Standing("expired", last + timedelta(days=1))
    if is_suspended(product):
        order = product["suspended"]
        return Standing("suspended", _day_of(order, calendar), order["by"])
    return Standing("valid")


def _words(text: str) -> str:
    return _LABEL.sub("", plain(text))


def _parts(words: str) -> list[str]:
    """Runs of digits and of letters; letters are one run whatever stands between them."""
    found: list[str] = []
    for run in re.findall(r"[0-9]+|[A-Z#]+", words):
        if found and not run[0].isdigit() and not found[-1][0].isdigit():
            found[-1] += run
        else:
            found.append(run)
    return found
