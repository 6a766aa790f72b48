"""What the acts about silence say beside the rest."""

from dataclasses import dataclass
from datetime import datetime

from casetrack.domain.case.transitions import CheckResult, ExternalAnswer


@dataclass(frozen=True, slots=True)
class ExternalAnswered:
    """Of `answer_external`: of which fact, what its source said, when it was asked, and which document of
    the case shows it."""

    fact: str
    answer: ExternalAnswer
    asked_at: datetime | None = None
    document: str | None = None


@dataclass(frozen=True, slots=True)
class DeemedChecked:
    """Of `check_deemed`: what the check found."""

    result: CheckResult
