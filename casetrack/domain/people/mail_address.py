"""What an e-mail address is: one definition for the counter, the operator, the subscriber and the mailer.

What every mail server takes: a local part of plain letters, digits and marks (RFC 5321 section 4.5.3,
RFC 5322 `dot-atom`), and a domain of at least two words. Quoted local parts, addresses of machines
(`[192.0.2.1]`) and local parts in other scripts (RFC 6531, which many servers cannot take) are refused
while the person stands there. A domain in another script is one, written as `xn--…` (IDNA 2008).
"""

import re
from collections.abc import Callable
from urllib.parse import unquote

from casetrack.domain.people import visible

#: RFC 5321 section 4.5.3.1: octets before the @, of a domain, and of the whole.
LOCAL, DOMAIN, WHOLE = 64, 253, 254
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATOM}(\.{_ATOM})*")
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
#: What mail programs decode before they show it (RFC 2047): such an address shows as another one.
_ENCODED_WORD = re.compile(r"=\?[^?]*\?")
_MAILTO = "mailto:"
#: Full stops of other scripts, which IDNA takes for one (RFC 3490 section 3.1).
_STOPS = re.compile("[\u3002\uff0e\uff61]")
#: Characters that may be looked at.
_PASTED = 1000
_TOO_LONG = f"it is too long: at most {LOCAL} characters before the @ and {WHOLE} in all"
_NONE = "it must be one e-mail address, such as nama@contoh.id"

#: A domain in any script as ASCII writes it. Raises ValueError.
ToAscii = Callable[[str], str]


def read(text: str, to_ascii: ToAscii) -> str:
    """The address that was typed or pasted, as it is kept.

    Blanks around it, marks that cannot be seen, `mailto:`, angle brackets and a full stop at its end are
    left out. Raises ValueError, which never repeats the text, for what is none.
    """
    if len(text) > _PASTED:
        raise ValueError(_TOO_LONG)
    tidied = _bare(text)
    local, at, domain = tidied.rpartition("@")
    domain = _STOPS.sub(".", domain).removesuffix(".")
    words = domain.split(".")
    if at and any(not word.isascii() or word[:4].lower() == "xn--" for word in words):
        try:
            domain = to_ascii(domain)
        except ValueError:
            raise ValueError(f"what stands behind the @ is no domain; {_NONE}") from None
    address = f"{local}{at}{domain}"
    wrong = fault(address)
    if wrong is not None:
        raise ValueError(wrong)
    return address


def _bare(text: str) -> str:
    """What a person means by what they pasted. Joiners stay for IDNA to judge."""
    text = "".join(m for m in text if m in visible.JOINERS or not visible.is_unseen(m)).strip()
    if text[:1] == "<" and text[-1:] == ">":
        text = text[1:-1].strip()
    if text[: len(_MAILTO)].lower() == _MAILTO:
        text = unquote(text[len(_MAILTO) :].partition("?")[0]).strip()
    return "".join(_without_joiners(part) for part in re.split(r"([.@])", text))


def _without_joiners(word: str) -> str:
    bare = visible.without_unseen(word)
    return bare if bare.isascii() else word


def fault(address: str, *, one_word: bool = False) -> str | None:
    """Why this cannot be an address, in a sentence that does not repeat it; None when it can.

    `one_word` takes a domain of one word, as a sender on this machine may have.
    """
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain:
        return _NONE
    if not local.isascii():
        return f"what stands before the @ must be plain letters, without accents; {_NONE}"
    if not _LOCAL.fullmatch(local) or _ENCODED_WORD.search(local):
        return f"what stands before the @ cannot be; {_NONE}"
    if len(local) > LOCAL or len(address) > WHOLE:
        return _TOO_LONG
    if not is_domain(domain, one_word=one_word):
        return f"what stands behind the @ is no domain; {_NONE}"
    return None


def is_domain(text: str, *, one_word: bool = False) -> bool:
    """Whether this is a name in DNS: words of letters, digits and hyphens inside (RFC 1123)."""
    words = text.split(".")
    return (
        len(text) <= DOMAIN
        and (one_word or len(words) > 1)
        and not words[-1].isdigit()
        and all(_LABEL.fullmatch(word) for word in words)
    )


def same(one: str, other: str) -> bool:
    """Whether both are one box: domains know no capitals (RFC 5321 section 2.4), local parts may."""
    mine, theirs = one.rpartition("@"), other.rpartition("@")
    return mine[0] == theirs[0] and mine[2].lower() == theirs[2].lower()
