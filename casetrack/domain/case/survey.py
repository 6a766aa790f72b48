"""The survey of satisfaction: nine elements, from 1 to 4, as PermenPANRB 14/2017 has them.

Who answers stays unknown: of an answer only sums by quarter are kept, and nothing is told of fewer than
ten. It is offered once the case is over, and nothing hangs on it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, NamedTuple, get_args

from casetrack.domain.case.case_people import death_of
from casetrack.domain.case.state import CaseState
from casetrack.domain.errors import Invalid

Element = Literal[
    "requirements",
    "procedure",
    "time",
    "cost",
    "product",
    "competence",
    "conduct",
    "complaints",
    "facilities",
]
#: In the order of the regulation.
ELEMENTS: tuple[Element, ...] = get_args(Element)
LOWEST, HIGHEST = 1, 4
#: By what an answer came: the applicant's own link, a sheet of paper, or asked at the counter.
Way = Literal["link", "paper", "counter"]
#: Of fewer answers nothing is told.
FEWEST = 10
#: Value of the index → quality of the service; below the lowest it is D.
_BANDS = ((Decimal("88.31"), "A"), (Decimal("76.61"), "B"), (Decimal("65.00"), "C"))

#: Once a case is so, its survey is open.
OFFERED = ("handed_over", "refused", "withdrawn", "closed")
#: Why a case was closed that asks nobody.
_NOBODY_ASKED = "applicant_deceased"


def is_offered(state: CaseState) -> bool:
    """Whether the case is over, and its applicant may be asked."""
    return is_offered_at(state.status, state.closed_reason) and death_of(state) is None


def is_offered_at(status: str, closed_reason: str | None) -> bool:
    """Whether a case that stands so is over without a death that ended it."""
    return status in OFFERED and closed_reason != _NOBODY_ASKED


def check_scores(scores: Mapping[str, int]) -> None:
    """Raises Invalid unless each element has a score from 1 to 4."""
    if any(scores.get(element) not in range(LOWEST, HIGHEST + 1) for element in ELEMENTS):
        raise Invalid(
            "invalid_body", "scores: give each of the nine elements a whole number from 1 to 4."
        )


def quarter_of(day: date) -> str:
    """The quarter in which an answer is kept: 2026-Q4."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


class Answers(NamedTuple):
    """How many gave an element this score: in a quarter, of a service and who took it in, by a way."""

    quarter: str
    service: str
    agency: str
    way: str
    element: str
    score: int
    times: int


@dataclass(frozen=True, slots=True)
class Index:
    """What a number of answers comes to: the mean of each element, and 25 times the mean of these."""

    answers: int
    means: Mapping[str, Decimal]
    index: Decimal
    band: str


def index_of(scores: Mapping[str, Mapping[int, int]]) -> Index | None:
    """The index of these answers: element → score → how many; None of nobody's."""
    answers = min((sum(scores.get(e, {}).values()) for e in ELEMENTS), default=0)
    if not answers:
        return None
    means = {
        element: Decimal(sum(score * n for score, n in scores[element].items()))
        / sum(scores[element].values())
        for element in ELEMENTS
    }
    index = _rounded(25 * sum(means.values(), Decimal()) / len(ELEMENTS))
    band = next((name for least, name in _BANDS if index >= least), "D")
    return Index(answers, {name: _rounded(mean) for name, mean in means.items()}, index, band)


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


SurveyRow = dict[str, str | int | float | bool | None]
SURVEY_COLUMNS = (
    *("period", "service", "agency", "answers", "on_paper", "index", "band"),
    *ELEMENTS,
    "hidden",
)


def survey_rows(found: Iterable[Answers]) -> list[SurveyRow]:
    """A row for each quarter and each year of a service, of ten answers or more.

    A year is not told where it would tell what one of its quarters hides.
    """
    quarters: defaultdict[tuple[str, str, str], list[Answers]] = defaultdict(list)
    for each in found:
        quarters[each.quarter, each.service, each.agency].append(each)
    years: defaultdict[tuple[str, str, str], list[list[Answers]]] = defaultdict(list)
    rows = []
    for place, given in quarters.items():
        years[place[0][:4], place[1], place[2]].append(given)
        rows.append(_row(place, given, hidden=_number(given) < FEWEST))
    for place, parts in years.items():
        few = sum(n for n in map(_number, parts) if n < FEWEST)
        together = [each for part in parts for each in part]
        hidden = _number(together) < FEWEST or (0 < few < FEWEST and few < _number(together))
        rows.append(_row(place, together, hidden=hidden))
    return sorted(rows, key=lambda row: (str(row["period"]), str(row["service"])))


def _number(given: Iterable[Answers]) -> int:
    return sum(each.times for each in given if each.element == ELEMENTS[0])


def _row(place: tuple[str, str, str], given: Iterable[Answers], *, hidden: bool) -> SurveyRow:
    scores: defaultdict[str, Counter[int]] = defaultdict(Counter)
    on_paper, told = 0, list(given)
    for each in told:
        scores[each.element][each.score] += each.times
        on_paper += each.times if each.element == ELEMENTS[0] and each.way != "link" else 0
    said = None if hidden else index_of(scores)
    return {
        **dict(zip(SURVEY_COLUMNS, place, strict=False)),
        "answers": said.answers if said else None,
        "on_paper": on_paper if said else None,
        "index": float(said.index) if said else None,
        "band": said.band if said else None,
        **{name: float(said.means[name]) if said else None for name in ELEMENTS},
        "hidden": hidden,
    }
