"""What a password must be, after NIST SP 800-63B: long, and not what anybody would guess first.

No kind of character is asked for. As no second factor is asked for either, it has fifteen characters
at least; what a list of stolen passwords holds of that length is words and rows of keys, repeated and
joined, and those are counted out here.
"""

import re
import unicodedata
from collections.abc import Iterable

from casetrack.domain.errors import Invalid

SHORTEST, LONGEST = 15, 200
#: Characters that must be left beside words that anybody tries, and rows of keys.
LEFT = 8
#: Words of lists of stolen passwords, in both languages, from which long ones are joined.
_LINES = """
password passw0rd p4ssword katasandi sandi rahasia qwerty qwertz azerty asdf zxcv welcome
selamat datang letmein masuk login admin administrator root user guest tamu test testing
demo default ganti changeme secret iloveyou cinta sayang bismillah alhamdulillah
assalamualaikum indonesia merdeka pancasila garuda nusantara jakarta samarinda surabaya
bandung medan semarang makassar kaltim jatim kantor dinas pemda pemkot pemkab perizinan
layanan petugas operator monkey dragon master sunshine princess football baseball superman
batman pokemon naruto doraemon persib persija arema liverpool barcelona manchester chelsea
arsenal juventus januari februari maret april mei juni juli agustus september oktober
november desember senin selasa rabu kamis jumat sabtu minggu satu dua tiga empat lima enam
tujuh delapan sembilan sepuluh one two three four five summer winter spring autumn hello
computer komputer internet google facebook casetrack abc xyz
"""
_WORDS = tuple(_LINES.split())
_ROWS = (
    "01234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "!@#$%^&*()",
    "1q2w3e4r5t6y7u8i9o0p",
    "qazwsxedcrfvtgbyhnujmikolp",
)
#: Years, and the shortest piece of a row that is taken for one.
_YEAR = re.compile(r"(?:19|20)\d\d")
_PIECE = 3


def kept_form(password: str) -> str:
    """The same password, however the keyboard makes its letters."""
    return unicodedata.normalize("NFC", password)


def check_password(password: str, own: Iterable[str]) -> None:
    """Raises Invalid. `own` are words that belong to the account: its login, agency and region."""
    length = len(kept_form(password))
    if length < SHORTEST:
        raise Invalid(
            "password_length",
            f"The password has fewer than {SHORTEST} characters; take several words that do not "
            "belong together.",
        )
    if length > LONGEST:
        raise Invalid("password_length", f"The password has more than {LONGEST} characters.")
    if _left(password, own) < LEFT:
        raise Invalid(
            "weak_password",
            "The password is made of what others try first: common words, rows of keys, years, "
            "repetitions or the login; take several words that do not belong together.",
        )


def _left(password: str, own: Iterable[str]) -> int:
    """How many different characters in a row are left beside what anybody tries."""
    text = kept_form(password).casefold()
    text = _once(text)
    words = {piece.casefold() for word in own for piece in re.split(r"[\W_]+", word)}
    known = sorted({*_WORDS, *(each for each in words if len(each) >= _PIECE)}, key=len)
    for word in reversed(known):
        text = text.replace(word, " ")
    text = _without_rows(_YEAR.sub(" ", text))
    return len(re.sub(r"[\W_]+", "", re.sub(r"(.)\1+", r"\1", text)))


def _once(text: str) -> str:
    """The shortest text of which this one is a repetition, cut off or not."""
    for size in range(1, len(text) // 2 + 1):
        if all(text[at] == text[at % size] for at in range(len(text))):
            return text[:size]
    return text


def _without_rows(text: str) -> str:
    """The text without pieces of rows of keys, forwards or backwards."""
    rows = [line for row in _ROWS for line in (row, row[::-1])]
    kept, at = [], 0
    while at < len(text):
        size = max((_common(text[at:], row) for row in rows), default=0)
        if size < _PIECE:
            kept.append(text[at])
            size = 1
        at += size
    return "".join(kept)


def _common(text: str, row: str) -> int:
    """How much of a row the text begins with, from wherever in the row its first character is."""
    start, size = row.find(text[0]), 0
    while start >= 0 and size < min(len(text), len(row) - start):
        if text[size] != row[start + size]:
            break
        size += 1
    return size
