"""How a region numbers its products changes by two hands: a load proposes, an officer confirms.

The first patterns of a region are set up by the load. From then on what a load says otherwise waits, as a
whole, and until it is confirmed products are numbered as before.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

from casetrack.domain.service.product_numbers import NumberPattern

Patterns = tuple[NumberPattern, ...]
#: What a load did to what waits. That it sets the first patterns up stands in its own trace.
Deed = Literal["proposed", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """Patterns that wait for a second hand: who loaded them, and when (RFC 3339)."""

    patterns: Patterns
    by: str
    at: str

    @property
    def sha256(self) -> str:
        """Names exactly these patterns: who confirms has seen them."""
        said = [each.as_dict() for each in self.patterns]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Numbering:
    """How a region numbers its products, and what waits."""

    patterns: Patterns
    proposal: Proposal | None = None

    def as_dict(self) -> dict[str, Any]:
        """As the region's document keeps it, under its own keys."""
        waits = self.proposal
        return {
            "number_patterns": [each.as_dict() for each in self.patterns],
            "number_proposal": waits
            and {
                "patterns": [each.as_dict() for each in waits.patterns],
                "by": waits.by,
                "at": waits.at,
            },
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """What `as_dict` gave, or a document of before there were proposals."""
        waits = document.get("number_proposal")
        return cls(
            _read(document.get("number_patterns", ())),
            Proposal(_read(waits["patterns"]), waits["by"], waits["at"]) if waits else None,
        )


def _read(said: Any) -> Patterns:
    return tuple(NumberPattern.from_dict(each) for each in said)


def after_load(
    before: Numbering | None, said: Patterns, by: str, at: str
) -> tuple[Numbering, Deed | None]:
    """How it stands once files were loaded that say these patterns; `before` is None for a new region."""
    if before is None or not before.patterns:
        return Numbering(said), None
    if said == before.patterns:
        return Numbering(said), "withdrawn" if before.proposal else None
    if before.proposal and before.proposal.patterns == said:
        return before, None
    return Numbering(before.patterns, Proposal(said, by, at)), "proposed"
