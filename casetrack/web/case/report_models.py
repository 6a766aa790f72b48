"""What the rows of reports look like as JSON: the columns of `figure_tables.TABLES`, each with its sense.

A count is null where it is hidden: of a service with specific data, below five.
"""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from casetrack.domain.case.figure_tables import Measure
from casetrack.web.http.models import Asked, Day, Identifier

Count = int | None
#: Half a day may be the middle of two.
Middle = float | None


class ReportQuery(Asked):
    """Which days (both included; by default this month and the eleven before), which service, whose.

    Of `queue` the days are those on which the cases were opened.
    """

    first: Annotated[Day | None, Field(alias="from", description="local day, included")] = None
    last: Annotated[Day | None, Field(alias="to", description="local day, included")] = None
    service: Identifier | None = None
    agency: Identifier | None = None
    format: Literal["json", "csv", "xlsx"] = "json"


class RowOut(BaseModel):
    """`hidden`: counts were taken out, because they would tell of few."""

    hidden: bool


class ServiceLevelRow(RowOut):
    """Cases of a service in a month; each thing counts in the month in which it happened.

    Days of agencies, applicant and outside are the working days from completeness to decision.
    `days_to_product` counts all days from the first visit to the hand-over. `overtook` were decided while
    one of the same service that was complete earlier, and never stood still, was not.
    """

    month: str
    service: str
    agency: str = Field(description="where they were taken in")
    opened: Count
    complete: Count
    decided: Count
    granted: Count
    refused: Count
    deemed: Count
    withdrawn: Count
    closed: Count
    handed_over: Count
    in_time: Count
    late: Count
    limit_passed: Count
    returned: Count
    returned_early: Count
    within_a_day: Count
    overtook: Count
    entered_late: Count
    days_of_agencies: Count
    days_of_applicant: Count
    days_of_outside: Count
    days_to_decision_median: Middle
    days_to_decision_p90: Count
    days_to_complete_median: Middle
    days_to_complete_p90: Count
    days_to_product_median: Middle
    days_to_product_p90: Count


class StepsOut(RowOut):
    """Steps that ended in a month, by their own limits and working days."""

    month: str
    agency: str
    step_ended: Count
    step_in_time: Count
    step_late: Count
    step_returned: Count
    step_silent: Count
    step_days_charged: Count
    step_days_median: Middle
    step_days_p90: Count


class AgencyRow(StepsOut):
    """All steps of an agency."""


class StepRow(StepsOut):
    """One step of a service."""

    service: str
    step: str


class ReturnsRow(RowOut):
    """Requirements that were sent back or waived: by whom, at which step (null: at the declaration)."""

    month: str
    service: str
    agency: str
    step: str | None
    officer: str | None = Field(description="who found the defect, or the supervisor who waived")
    requirement: str
    sent_back_early: Count
    sent_back: Count
    waived: Count


class QueueRow(RowOut):
    """Cases that are open now, by who holds them and what they wait for; ages in working days."""

    service: str
    agency: str
    waiting_for: str | None
    cases: Count
    age_0_5: Count
    age_6_10: Count
    age_11_20: Count
    age_21_40: Count
    age_over_40: Count
    overdue: Count
    oldest_days: Count


class SatisfactionRow(RowOut):
    """Answers of a quarter, or of a year, from ten answers up: the mean of each of nine elements (1 to
    4), and the index, 25 times their mean. Whoever answered is not known."""

    period: str
    service: str
    agency: str
    answers: Count
    on_paper: Count
    index: Middle
    band: Literal["A", "B", "C", "D"] | None
    requirements: Middle
    procedure: Middle
    time: Middle
    cost: Middle
    product: Middle
    competence: Middle
    conduct: Middle
    complaints: Middle
    facilities: Middle


class OneDoorRow(RowOut):
    """Cases that came to their end in a month: product, or letter of refusal, handed over.

    `visits` are days on which somebody came for the case: opened (once for a visit with several cases),
    papers brought after a return, fetched at the counter. `visits_apart` is computed: two for each agency
    that worked on it, and one for each return. `hand_overs` are changes of who holds the file.
    """

    month: str
    service: str
    agency: str
    journeys: Count
    journeys_entered_late: Count
    of_agencies: Count
    of_applicant: Count
    of_outside: Count
    gratis: Count
    fees: Count
    fees_unknown: Count
    passed_agencies_total: Count
    hand_overs_total: Count
    visits_total: Count
    visits_apart_total: Count
    passed_agencies_median: Middle
    passed_agencies_p90: Count
    hand_overs_median: Middle
    hand_overs_p90: Count
    visits_median: Middle
    visits_p90: Count
    visits_apart_median: Middle
    visits_apart_p90: Count
    first_to_last_median: Middle
    first_to_last_p90: Count


class ComplaintRow(RowOut):
    """Complaints that came in a month, by kind and by who works on them: only those that the caller may
    read. Of fewer than five only that there were some is told."""

    month: str
    kind: str
    agency: str
    received: Count
    without_name: Count
    reacted: Count
    reacted_in_time: Count
    answered: Count
    answered_in_time: Count
    open: Count
    overdue: Count
    taken_back: Count
    elsewhere: Count
    days_to_answer_median: Middle
    days_to_answer_p90: Count


class ReportPage(BaseModel):
    """A report. It says how things stood at `counted_at`, about a minute ago; `whole` is false while all
    is counted anew."""

    measure: Measure
    first: date
    last: date
    counted_at: datetime | None
    whole: bool
    items: list[
        ServiceLevelRow
        | StepRow
        | AgencyRow
        | ReturnsRow
        | QueueRow
        | OneDoorRow
        | SatisfactionRow
        | ComplaintRow
    ]
    next_cursor: None
