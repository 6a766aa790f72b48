"""How many parts an SMS has: the alphabet of 3GPP TS 23.038 section 6.2.1, or UCS-2."""

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
#: Each takes two places, since an escape stands before it.
_EXTENDED = "\f^{}\\[~]|€"
#: Characters of one part, and of each part of several, which lose some to the header.
_GSM7, _GSM7_OF_SEVERAL = 160, 153
_UCS2, _UCS2_OF_SEVERAL = 70, 67


def is_gsm7(text: str) -> bool:
    """Whether every character is in the basic alphabet or its extension."""
    return all(character in _BASIC or character in _EXTENDED for character in text)


def segments(text: str) -> int:
    """In how many parts an SMS with this text goes out, each paid for."""
    if is_gsm7(text):
        places = len(text) + sum(character in _EXTENDED for character in text)
        return _parts(places, _GSM7, _GSM7_OF_SEVERAL)
    return _parts(len(text.encode("utf-16-be")) // 2, _UCS2, _UCS2_OF_SEVERAL)


def _parts(places: int, alone: int, together: int) -> int:
    return 1 if places <= alone else -(-places // together)
