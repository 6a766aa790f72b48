"""The signature block under what an officer signs: the office in its lawful form, then who signs.

The lines of the office come from the passport (own name, a.n., u.b., Plt., Plh., Pj.). A head of region
is printed without title, rank and NIP, everybody else with them (Permendagri 1/2023 art. 44).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Profile:
    """How an officer is printed: name with titles, the name alone, rank and NIP where they have them."""

    name: str
    plain_name: str | None = None
    rank: str | None = None
    nip: str | None = None

    def as_dict(self) -> dict[str, str | None]:
        """As it is sealed."""
        return {
            "name": self.name,
            "plain_name": self.plain_name,
            "rank": self.rank,
            "nip": self.nip,
        }

    def lines(self) -> tuple[str, ...]:
        """All that may be printed of it."""
        return tuple(filter(None, (self.name, self.plain_name, self.rank, self.nip)))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Profile":
        """What `as_dict` gave."""
        return cls(data["name"], data.get("plain_name"), data.get("rank"), data.get("nip"))


@dataclass(frozen=True, slots=True)
class DatedProfile:
    """A profile that counts from a day on, until the next one of the same officer."""

    login: str
    since: date
    profile: Profile


@dataclass(frozen=True, slots=True)
class SignatureBlock:
    """What is printed, line by line: the office, then the officer."""

    office: tuple[str, ...]
    officer: tuple[str, ...]

    def as_dict(self) -> dict[str, list[str]]:
        """As answers hold it."""
        return {"office": list(self.office), "officer": list(self.officer)}


def signature_block(
    office: Sequence[str], profile: Profile, *, head_of_region: bool = False
) -> SignatureBlock:
    """The block of who signs in this form.

    `head_of_region`: the officer sits as the mayor, regent or governor, definitive or acting, and does
    not sign on their behalf.
    """
    lines = list(office)
    # "a.n." and "u.b." each end with a comma where another office follows (Permendagri 1/2023).
    printed = tuple(
        f"{line}," if place < len(lines) - 1 and line != "u.b." else line
        for place, line in enumerate(lines)
    )
    if head_of_region:
        return SignatureBlock(printed, (profile.plain_name or profile.name,))
    below = [profile.name]
    if profile.rank:
        below.append(profile.rank)
    if profile.nip:
        below.append(f"NIP {profile.nip}")
    return SignatureBlock(printed, tuple(below))


def signs_as_head(passport: Mapping[str, Any], head: str | None) -> bool:
    """Whether the seat of this passport is the head of the region's own."""
    return head is not None and passport["seat"]["position"] == head


def profile_on(profiles: Sequence[DatedProfile], day: date) -> Profile | None:
    """How the officer is printed on a day: by the newest that has begun."""
    begun = [each for each in profiles if each.since <= day]
    newest = max(begun, key=lambda each: each.since, default=None)
    return newest.profile if newest else None
