"""The roles of who stands in a case no more: `former.1`, `former.2`, …, in the order of their leaving."""

_FORMER = "former."
#: What such a role looks like; the longest fits its column.
PATTERN = r"former\.[1-9][0-9]{0,5}"
#: How many may leave a case.
MOST = 999_999


def is_former(role: str) -> bool:
    """Whether this is the role of somebody who stood in another one before."""
    return role.startswith(_FORMER)


def former_role(place: int) -> str:
    """The role of the so-manieth who left theirs, counted from 1."""
    return f"{_FORMER}{place}"
