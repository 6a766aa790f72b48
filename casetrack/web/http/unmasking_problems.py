"""The codes about reading a person in full."""

from collections.abc import Mapping

from casetrack.web.http.listed_problem import Listed

UNMASKING: Mapping[str, Listed] = {
    "assignment_needed": Listed(
        (422,),
        "an auditor reads a person in full only under a letter of assignment",
        "Give `assignment` with the letter's number and its last day.",
    ),
    "assignment_ended": Listed(
        (403,),
        "the last day of the letter of assignment is over",
        "Ask who assigned you for a new letter.",
    ),
}
