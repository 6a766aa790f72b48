"""The status part of a notification: its groups of fields, and which of them say that it failed.

RFC 3464 section 2: groups of header fields with empty lines between, the first about the mail, each
other one about a recipient; comments may stand in them (RFC 5322). Mail servers add empty groups, leave
the first one out, or put everything into one. So a group counts by what is in it, not by its place.
"""

import re
from collections.abc import Iterator, Mapping
from textwrap import dedent

#: Field (in small letters) → what is behind it, unfolded; of a field that is there twice, the first.
Group = Mapping[str, str]

#: RFC 3463, and the digits of a reply where no such code is (RFC 5321 section 4.2).
_CODE = re.compile(r"(?<![0-9.])([245])\.([0-9]{1,3})\.([0-9]{1,3})(?![0-9.])")
_REPLY = re.compile(r"(?<![0-9.])([245])[0-9]{2}(?![0-9.])")
_EMPTY_LINES = re.compile(r"\n(?:[ \t]*\n)+")
_FIELD = re.compile(r"([!-9;-~]{1,100})[ \t]*:(.*)")
#: RFC 3461 section 4: a byte that may not stand in an envelope id as it is.
_XTEXT = re.compile(r"\+([0-9A-F]{2})")
_MOST_GROUPS = 200
#: RFC 3464 section 2.3.3: all that an Action may be.
_ACTIONS = ("failed", "delayed", "delivered", "relayed", "expanded")


def groups(text: str) -> Iterator[Group]:
    """The groups of a status part that have a field in them."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    for block in _EMPTY_LINES.split(f"\n{lines}\n", _MOST_GROUPS)[:_MOST_GROUPS]:
        fields = _fields(block)
        if fields:
            yield fields


def _fields(block: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    # A group that is indented as a whole is not folded.
    for line in re.sub(r"\n[ \t]+", " ", dedent(block)).splitlines():
        found = _FIELD.fullmatch(line.strip())
        if found is not None:
            fields.setdefault(found[1].lower(), found[2].strip())
    return fields


def failure(group: Group) -> str | None:
    """The status of a recipient who was given up; None for any other group.

    The Action says whether it is over; the status only says why, and may be missing. Where the Action is
    missing or no word of the standard's, a status of class 5 says it.
    """
    if "action" not in group and "final-recipient" not in group:
        return None
    action = _bare(group.get("action", "")).lower()
    status = _status(group)
    over = action == "failed" or (action not in _ACTIONS and status.startswith("5"))
    return status if over else None


def _status(group: Group) -> str:
    """Three numbers; those of the reply where the field is missing or spoilt, as far as they go."""
    places = [_bare(group.get("status", "")), group.get("diagnostic-code", "")]
    for place in places:
        found = _CODE.search(place)
        if found is not None:
            return found.group()
    for place in places:
        found = _REPLY.search(place)
        if found is not None:
            return f"{found[1]}.0.0"
    return "no status"


def names_of_mail(group: Group) -> Iterator[str]:
    """Where a group says which mail it was: the envelope's id, or a message id that was kept."""
    if "original-envelope-id" in group:
        yield _XTEXT.sub(lambda byte: chr(int(byte[1], 16)), group["original-envelope-id"])
    yield from (said for field, said in group.items() if field.endswith("message-id"))


def _bare(text: str) -> str:
    """The text without its comments, which may hold others."""
    depth, kept, quoted = 0, [], False
    for mark in text:
        if quoted:
            quoted = False
        elif mark == "\\" and depth:
            quoted = True
        elif mark == "(":
            depth += 1
        elif mark == ")" and depth:
            depth -= 1
        elif not depth:
            kept.append(mark)
    return "".join(kept).strip()
