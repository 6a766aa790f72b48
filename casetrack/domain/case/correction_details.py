"""What is said when something that was entered in a case is put right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from casetrack.domain.case.issued_details import IssuedElsewhere

#: Mistyped here; a paper was read wrongly; the applicant said it wrongly; it has become otherwise since.
CorrectionReason = Literal["mistyped", "misread", "misstated", "changed"]
CORRECTION_REASONS: tuple[CorrectionReason, ...] = get_args(CorrectionReason)
#: Who asked for it.
AskedBy = Literal["applicant", "representative", "office"]


@dataclass(frozen=True, slots=True)
class FactsCorrected:
    """Of `correct_facts`: facts as they are from now on (None: no longer given), and who asked for it. A
    text is words until it is sealed, then a reference."""

    facts: Mapping[str, Any]
    asked_by: AskedBy


@dataclass(frozen=True, slots=True)
class IssuedCorrected:
    """Of `correct_issued`: what another issued as it should have been noted, and who asked for it."""

    issued: IssuedElsewhere
    asked_by: AskedBy


def facts_at(
    facts: Mapping[str, Any], corrections: Sequence[Mapping[str, Any]], version: int
) -> dict[str, Any]:
    """The facts of a case as they were for its event of this version: what was put right later is as it
    was before."""
    found = dict(facts)
    for record in reversed(corrections):
        if record["version"] > version:
            found = facts_after(found, record.get("before", {}))
    return found


def facts_after(facts: Mapping[str, Any], corrected: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a case once these are corrected."""
    merged = {**facts, **corrected}
    return {name: value for name, value in merged.items() if value is not None}
