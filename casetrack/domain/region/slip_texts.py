"""What a region says on its slips beside the case: whom to ask, where to complain, which data are held.

Each text stands with its legal basis and the day from which it is printed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_args

from casetrack.domain.service.definition import Name, Problem

#: Whom to ask; where to complain in the office, and outside of it; which data are held and why; what can
#: be done without a telephone.
SlipAbout = Literal["ask", "complain", "complain_outside", "data", "without_phone"]
SLIP_ABOUT: tuple[SlipAbout, ...] = get_args(SlipAbout)
#: A slip is short.
LONGEST = 400


@dataclass(frozen=True, slots=True)
class SlipText:
    """What is printed of one matter, from a day on."""

    about: SlipAbout
    words: Name
    basis: str
    since: date

    def as_dict(self) -> dict[str, Any]:
        """As the region's document keeps it."""
        return {
            "about": self.about,
            "words": self.words.as_dict(),
            "basis": self.basis,
            "since": self.since.isoformat(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "SlipText":
        """What `as_dict` gave."""
        since = date.fromisoformat(data["since"])
        return cls(data["about"], Name.from_dict(data["words"]), data["basis"], since)


def slip_text_on(texts: Iterable[SlipText], about: SlipAbout, day: date) -> SlipText | None:
    """What is printed of it on a day: the newest that has begun."""
    begun = [each for each in texts if each.about == about and each.since <= day]
    return max(begun, key=lambda each: each.since, default=None)


def slip_text_problems(texts: Sequence[SlipText]) -> Iterator[Problem]:
    """What cannot be printed, or not be told apart."""
    for place, text in enumerate(texts):
        at = ("region", "slip_texts", place)
        if not text.basis.strip():
            yield Problem((*at, "basis"), "the legal basis is missing", "name the rule")
        for said in (text.words.id, text.words.en):
            if not said.strip() or len(said) > LONGEST:
                yield Problem(
                    (*at, "words"),
                    f"the words have {len(said)} characters",
                    f"write 1 to {LONGEST}",
                )
                break
        if (text.about, text.since) in [(each.about, each.since) for each in texts[:place]]:
            yield Problem(
                (*at, "since"),
                f"{text.about} is there twice from that day on",
                "give each a day of its own",
            )
