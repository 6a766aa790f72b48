"""What a run through the four models found, for a person and for a machine."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import Any

HONEST = (
    "Simulated: working times are drawn from plausible distributions, not measured, and nobody's desk "
    "fills up. The cases, facts and times are the same in each model; the steps and grants are not."
)


@dataclass(frozen=True, slots=True)
class CaseFigures:
    """One case that is over."""

    hand_overs: int
    visits: int
    #: Working days from the first counter to the last paper in hand.
    days: int
    #: Working days charged to each agency, counters left out.
    charged: Mapping[str, int]
    decisions: int
    passports: int
    late: bool


@dataclass(frozen=True, slots=True)
class ModelFigures:
    """All cases of one model: means a case, except where it says otherwise."""

    model: str
    hand_overs: float
    visits: float
    days_median: int
    days_p90: int
    charged: Mapping[str, float]
    #: In all cases together.
    decisions: int
    passports: int
    late: int


@dataclass(frozen=True, slots=True)
class Report:
    """The four models side by side."""

    seed: int
    cases: int
    models: tuple[ModelFigures, ...]

    @property
    def sound(self) -> bool:
        """Whether every decision of every model has its passport."""
        return all(0 < each.decisions == each.passports for each in self.models)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "seed": self.seed,
            "cases": self.cases,
            "simulated": True,
            "note": HONEST,
            "models": [asdict(each) for each in self.models],
            "sound": self.sound,
        }

    def rows(self) -> list[tuple[str, ...]]:
        """For a table: one line a figure, one column a model."""
        agencies = sorted({agency for each in self.models for agency in each.charged})
        return [
            ("hand-overs between agencies, mean", *(f"{m.hand_overs:.1f}" for m in self.models)),
            ("times the applicant comes, mean", *(f"{m.visits:.1f}" for m in self.models)),
            ("working days, median", *(str(m.days_median) for m in self.models)),
            ("working days, 90th percentile", *(str(m.days_p90) for m in self.models)),
            ("cases late", *(str(m.late) for m in self.models)),
            *(
                (f"days charged to {agency}, mean", *(_charged(m, agency) for m in self.models))
                for agency in agencies
            ),
            ("decisions", *(str(m.decisions) for m in self.models)),
            ("decisions with a passport", *(str(m.passports) for m in self.models)),
        ]


def _charged(figures: ModelFigures, agency: str) -> str:
    return f"{figures.charged[agency]:.1f}" if agency in figures.charged else "-"


def summed(model: str, figures: Sequence[CaseFigures]) -> ModelFigures:
    """One model's cases, together."""
    days = sorted(each.days for each in figures)
    agencies = sorted({agency for each in figures for agency in each.charged})
    return ModelFigures(
        model=model,
        hand_overs=round(fmean(each.hand_overs for each in figures), 2),
        visits=round(fmean(each.visits for each in figures), 2),
        days_median=_rank(days, 50),
        days_p90=_rank(days, 90),
        charged={
            agency: round(fmean(each.charged.get(agency, 0) for each in figures), 2)
            for agency in agencies
        },
        decisions=sum(each.decisions for each in figures),
        passports=sum(each.passports for each in figures),
        late=sum(each.late for each in figures),
    )


def _rank(ordered: Sequence[int], percent: int) -> int:
    """Nearest rank."""
    return ordered[math.ceil(len(ordered) * percent / 100) - 1]
