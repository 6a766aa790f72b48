"""What belongs to one request, through every process: the `traceparent` of W3C Trace Context, level 1."""

import re

#: Section 3.2.2; ids of zeros alone are invalid.
_TRACEPARENT = re.compile(
    r"(?P<version>[0-9a-f]{2})-(?P<trace>(?!0{32})[0-9a-f]{32})-(?P<span>(?!0{16})[0-9a-f]{16})"
    r"-(?P<flags>[0-9a-f]{2})(?P<more>-.*)?",
    re.ASCII,
)
_LONGEST = 256
_SAMPLED = 0x01


def read(text: str | None) -> str | None:
    """The header's value as it is kept, or None for one that is not valid (which is to be ignored).

    A version that is not known yet is read as version 00 (section 3.2.4); the flags that level 1 does
    not know are dropped.
    """
    found = _TRACEPARENT.fullmatch(text) if text and len(text) <= _LONGEST else None
    if found is None or found["version"] == "ff" or (found["more"] and found["version"] == "00"):
        return None
    return write(found["trace"], found["span"], sampled=bool(int(found["flags"], 16) & _SAMPLED))


def write(trace: str, span: str, *, sampled: bool) -> str:
    """The header's value for these ids (hex, 32 and 16 digits)."""
    return f"00-{trace}-{span}-{_SAMPLED if sampled else 0:02x}"


def begin(random: bytes) -> str:
    """A new trace, of 24 random bytes; nobody asked for it to be recorded."""
    text = random.hex()
    return write(text[:32], text[32:48], sampled=False)


def trace_id(traceparent: str) -> str:
    """The 32 hex digits that all of one trace have in common."""
    return traceparent[3:35]
