"""The number of a company: its NIB (13 digits) or its NPWP (15 digits, or 16 since 2024).

PMK 112/PMK.03/2022 put a zero before the fifteen digits of a company's NPWP; a citizen's NPWP of sixteen
is their NIK. The ninth of the fifteen digits checks the eight before it (Luhn); a NIB has no such digit.
A doubt warns and bars nothing: what stands on the paper is what was given out.
"""

_NPWP = 15
_OLD_NPWP = 9
_NOBODY_S = {
    "id": "tidak ada badan usaha bernomor ini; berkas tidak digabungkan dengan berkas lain",
    "en": "no company can have this number; the file is joined to no other one",
}
_A_NIK = {
    "id": "16 angka yang tidak berawalan 0 adalah NIK seseorang; NPWP badan usaha berawalan 0",
    "en": "16 digits that do not begin with 0 are a person's NIK; a company's NPWP begins with 0",
}
_SLIP = {
    "id": "angka ke-9 dari 15 angka NPWP tidak cocok; bandingkan dengan kartu atau NIB-nya",
    "en": "the ninth of the NPWP's 15 digits does not fit; compare with the card, or the NIB",
}


def one_form(number: str) -> str:
    """The number as one and the same text, however long it is written."""
    return number[1:] if len(number) == _NPWP + 1 and number.startswith("0") else number


def forms(number: str) -> tuple[str, ...]:
    """Every form in which the number may stand somewhere; the first is `one_form`."""
    one = one_form(number)
    return (one, f"0{one}") if len(one) == _NPWP else (one,)


def can_be(number: str) -> bool:
    """Whether any company can have it; a filler of equal digits joins two strangers."""
    return len(set(number)) > 1


def doubts(number: str) -> list[dict[str, str]]:
    """What is strange about it, a sentence each, as `id` and `en`; it is taken all the same."""
    if not can_be(number):
        return [_NOBODY_S]
    one = one_form(number)
    if len(one) == _NPWP + 1:
        return [_A_NIK]
    return [_SLIP] if len(one) == _NPWP and not _luhn(one[:_OLD_NPWP]) else []


def _luhn(digits: str) -> bool:
    """Whether the last digit checks the others (ISO/IEC 7812-1)."""
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(each // 10 + each % 10 for each in doubled) % 10 == 0
