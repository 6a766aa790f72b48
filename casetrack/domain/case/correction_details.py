"""What is said when something that was entered in a case is put right."""

from collections.abc import Mapping
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


def facts_after(facts: Mapping[str, Any], corrected: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a case once these are corrected."""
    merged = {**facts, **corrected}
    return {name: value for name, value in merged.items() if value is not None}
