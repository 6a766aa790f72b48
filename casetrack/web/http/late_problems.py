"""The codes about papers of a time without the system."""

from collections.abc import Mapping

from casetrack.web.http.listed_problem import Listed

#: Papers of a time when the system was away.
LATE: Mapping[str, Listed] = {
    "not_late": Listed((422,), "the paper's time is not in the past", "Act in the ordinary way."),
    "before_ready": Listed(
        (422,), "the paper is older than the step's turn", "Look at the date on the paper."
    ),
    "unknown_late_entry": Listed(
        (422,),
        "no such paper was admitted for this step and action",
        "A supervisor admits it first (`late-entries`).",
    ),
    "late_entry_used": Listed(
        (409,), "this paper was entered already", "Each admitted paper is entered once."
    ),
}
