"""Who a party is and how to reach them: the form of each field, channels, telephone numbers.

Every door asks here: the counter's, the operator's, the subscriber's.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from casetrack.domain.people import mail_address, visible

PartyKind = Literal["person", "company"]
Language = Literal["id", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
Channel = Literal["email", "whatsapp", "sms"]
#: In the order in which they are tried when a party says nothing else. E-mail costs nothing and
#: disturbs nobody; WhatsApp shows who sends; SMS reaches every telephone.
CHANNELS: tuple[Channel, ...] = get_args(Channel)
#: What each channel needs of a party.
NEEDS: Mapping[str, str] = {"email": "email", "whatsapp": "phone", "sms": "phone"}


@dataclass(frozen=True, slots=True)
class Form:
    """What a field's text looks like: a pattern for the whole of it, characters, and words for both."""

    pattern: str
    shortest: int
    longest: int
    looks: str

    def fits(self, text: str) -> bool:
        """Whether this text has the form."""
        return self.shortest <= len(text) <= self.longest and bool(re.fullmatch(self.pattern, text))


#: NUL cannot be stored.
_NO_NUL = r"[^\u0000]*"
NIK_DIGITS = 16
FORMS: Mapping[str, Form] = {
    "name": Form(_NO_NUL, 1, 200, "1 to 200 characters"),
    "acting": Form(_NO_NUL, 1, 200, "1 to 200 characters"),
    "nik": Form(r"[0-9]{16}", NIK_DIGITS, NIK_DIGITS, "16 digits"),
    "email": Form(r"[^@\s\u0000,;<>]+@[^@\s\u0000,;<>]+", 3, 254, "one e-mail address"),
    "phone": Form(r"\+?[0-9 ().-]{5,25}", 5, 26, "a telephone number"),
    "address": Form(_NO_NUL, 1, 500, "1 to 500 characters"),
    "company_number": Form(
        r"[0-9]{13}|[0-9]{15,16}", 13, 16, "a NIB (13 digits) or NPWP (15 or 16)"
    ),
    "passport_number": Form(r"[A-Z0-9]*[0-9][A-Z0-9]*", 5, 20, "5 to 20 letters and digits"),
    "language": Form("|".join(LANGUAGES), 2, 2, " or ".join(LANGUAGES)),
}

#: Most digits of an international number (ITU-T E.164 section 6.2.1), and the fewest that we take.
_MOST, _FEWEST = 15, 8
_INDONESIA = "62"
#: Digits behind +62: from a landline in a small area to the longest mobile number.
_NATIONAL = range(7, 13)
_BETWEEN = re.compile(r"[\s().-]")
CURE = "write 0812 3456 7890, 0541 741 234 (with the area code) or +country and number"


def e164(phone: str) -> str:
    """A telephone number as ITU-T E.164 writes it, such as +6281234567890.

    Without a country code it is Indonesian: 08…, 8… and 62… become +62…. Raises ValueError, which
    never repeats the number, when it cannot be one.
    """
    bare = _BETWEEN.sub("", phone)
    if bare.startswith("00"):
        bare = f"+{bare[2:]}"
    digits = bare[1:] if bare.startswith("+") else _with_country(bare)
    if not digits.isascii() or not digits.isdigit() or digits.startswith("0"):
        raise ValueError(f"it is no telephone number; {CURE}")
    if digits.startswith(_INDONESIA):
        # People write the trunk zero behind the country code: +62 0812….
        digits = _INDONESIA + digits[2:].removeprefix("0")
        if len(digits) - 2 not in _NATIONAL or digits[2] == "0":
            raise ValueError(f"a number in Indonesia has 7 to 12 digits behind +62; {CURE}")
    if not _FEWEST <= len(digits) <= _MOST:
        raise ValueError(f"an international number has 8 to 15 digits; {CURE}")
    return f"+{digits}"


def _with_country(digits: str) -> str:
    if digits.startswith("0"):
        return _INDONESIA + digits[1:]
    if digits.startswith("8") and 9 <= len(digits) <= 12:
        return _INDONESIA + digits
    if digits.startswith(_INDONESIA) and len(digits) >= 10:
        return digits
    raise ValueError(f"it has neither area code nor country code; {CURE}")


def is_mobile(phone: str) -> bool:
    """Whether an SMS can reach this E.164 number: in Indonesia, the numbers that begin with +628."""
    return not phone.startswith("+62") or phone.startswith("+628")


def reachable(contact: Mapping[str, Any]) -> tuple[str, ...]:
    """The channels by which a party with this contact data can be told, in the party's order.

    `contact` holds `email`, `phone` (any spelling) and `channels`, each of which may be missing.
    """
    wanted = contact.get("channels") or CHANNELS
    return tuple(channel for channel in wanted if address(contact, channel) is not None)


def address(contact: Mapping[str, Any], channel: str) -> str | None:
    """Where this channel finds the party, or None."""
    value = contact.get(NEEDS.get(channel, ""))
    if not value or channel == "email":
        return value or None
    try:
        phone = e164(value)
    except ValueError:
        return None  # taken down before numbers were checked
    return phone if is_mobile(phone) else None


def _company_fault(contact: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A company's number is a company's, and so is who acts for it; a passport is a person's."""
    if contact.get("kind") != "person":
        cure = "a company has none; give its NIB or NPWP as company_number"
        return [("passport_number", cure)] if contact.get("passport_number") else []
    cures = {
        "company_number": "a person has none; give their NIK, or the kind company",
        "acting": "only for a company somebody acts by their office; a person has a representative",
    }
    return [(name, cure) for name, cure in cures.items() if contact.get(name)]


def contact_faults(contact: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Field and fault of what a party's data cannot be: its form, a number, a wish without address.

    No fault repeats what was given.
    """
    faults = [
        (name, f"it must be {form.looks}")
        for name, form in FORMS.items()
        if contact.get(name) and not form.fits(contact[name])
    ]
    faults = faults or [*_unreadable(contact), *_company_fault(contact)]
    if faults:
        return faults
    phone = contact.get("phone")
    if phone:
        try:
            e164(phone)
        except ValueError as error:
            faults.append(("phone", str(error)))
    wanted: Sequence[str] = contact.get("channels") or ()
    if len(set(wanted)) < len(wanted):
        faults.append(("channels", "a channel is there twice; name each once, the best one first"))
    for channel in dict.fromkeys(wanted):
        if not contact.get(NEEDS[channel]):
            need = {"email": "an e-mail address", "phone": "a telephone number"}[NEEDS[channel]]
            faults.append(("channels", f"{channel} needs {need}; give it or leave {channel} out"))
        elif NEEDS[channel] == "phone" and not faults and address(contact, channel) is None:
            faults.append(("channels", f"{channel} needs a mobile number, which begins with 08"))
    return faults


def _unreadable(contact: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What fits its form and still could be neither read nor sent to."""
    wrong = mail_address.fault(contact["email"]) if contact.get("email") else None
    if wrong is not None:
        yield "email", wrong
    for name, lines in (("name", False), ("acting", False), ("address", True)):
        if contact.get(name):
            try:
                visible.read(contact[name], lines=lines)
            except ValueError as error:
                yield name, str(error)


def written(channels: Iterable[str]) -> str | None:
    """Channels as a column holds them; None for nobody to be reached."""
    return ",".join(channels) or None


def read(column: str | None) -> tuple[str, ...]:
    """What `written` wrote."""
    return tuple(column.split(",")) if column else ()
