"""Whether a NIK can be somebody's, and whether two names under one NIK can be one person's.

A NIK is province, regency and district (6 digits), day, month and year of birth (a woman's day plus
40), and a serial that begins at 0001. Real cards have faults in date and place, so those only make
it doubtful; what no card can have joins nobody to anybody.
"""

import unicodedata

_MONTHS = dict.fromkeys((1, 3, 5, 7, 8, 10, 12), 31) | {4: 30, 6: 30, 9: 30, 11: 30, 2: 29}
#: A woman's day of birth is written with this added.
_WOMAN = 40
#: Provinces that give or once gave NIK, East Timor and the older codes of Papua with them.
_PROVINCES = frozenset(
    place
    for first, last in ((11, 21), (31, 36), (51, 54), (61, 65), (71, 76), (81, 82), (91, 97))
    for place in range(first, last + 1)
)
_NOBODY_S = {
    "id": "tidak ada kartu bernomor ini; berkas tidak digabungkan dengan berkas lain",
    "en": "no card can have this number; the file is joined to no other one",
}
_NO_PROVINCE = {
    "id": "dua angka pertama bukan kode provinsi; cocokkan dengan kartunya",
    "en": "no province has the first two digits; compare with the card",
}
_NO_DAY = {
    "id": "angka ke-7 sampai ke-12 bukan tanggal lahir; cocokkan dengan kartunya",
    "en": "digits 7 to 12 are no date of birth; compare with the card",
}
#: Titles before a name, without their dots.
_TITLES = frozenset(
    {"h", "hj", "haji", "hajah", "dr", "dra", "drs", "drg", "drh", "ir", "prof", "kh", "ust"}
    | {"pdt", "tn", "ny", "nn", "bpk", "bapak", "ibu", "sdr", "sdri"}
)


def can_be(nik: str) -> bool:
    """Whether anybody can have this NIK; a filler joins two strangers and is never looked up."""
    return len(set(nik)) > 1 and nik[12:] != "0000" and nik[:2] != "00"


def doubts(nik: str) -> list[dict[str, str]]:
    """What is strange about a NIK, a sentence each, as `id` and `en`; it is taken all the same."""
    if not can_be(nik):
        return [_NOBODY_S]
    found = []
    if int(nik[:2]) not in _PROVINCES:
        found.append(_NO_PROVINCE)
    day, month = int(nik[6:8]), int(nik[8:10])
    day -= _WOMAN if day > _WOMAN else 0
    # Of the year two digits are known: 00 may be 2000, which had a 29 February.
    no_leap = (day, month) == (29, 2) and int(nik[10:12]) % 4 != 0
    if no_leap or not 1 <= day <= _MONTHS.get(month, 0):
        found.append(_NO_DAY)
    return found


def same_name(one: str, other: str) -> bool:
    """Whether these are one name, however it is written: capitals, accents, marks and titles apart."""
    return "".join(name_words(one)) == "".join(name_words(other))


def name_words(name: str) -> list[str]:
    """The words of a name without capitals, accents, marks, and titles before it."""
    # Degrees stand behind the first comma.
    text = unicodedata.normalize("NFKD", name.partition(",")[0]).casefold()
    text = "".join(c for c in text if unicodedata.category(c)[0] in "LNMZ" or c in ".-\t\n")
    words = text.replace(".", " ").replace("-", " ").split()
    while len(words) > 1 and words[0] in _TITLES:
        del words[0]
    # An accent is a mark of its own here; in other scripts marks are vowels and stay.
    bare = ["".join(c for c in word if not "\u0300" <= c <= "\u036f") for word in words]
    return [word for word in bare if word]
