"""The codes about erasing somebody."""

from collections.abc import Mapping

from casetrack.web.http.listed_problem import Listed

ERASING: Mapping[str, Listed] = {
    "unknown_subject": Listed(
        (404,),
        "the region keeps nobody under this id, or the case has nobody in this role",
        "The answer to `POST /erasures` or `POST /holds` names the subject.",
    ),
    "erasing_barred": Listed(
        (409,),
        "something stands against erasing them now",
        "`against` lists each with its kind, what it is about, and its last day where one is known.",
    ),
    "approval_needed": Listed(
        (422,),
        "the region destroys what a retention kept only with the archive authority's yes",
        "Give reference and day of its letter in `approval`; `rule` is the region's `archive_rule`.",
    ),
    "erasure_asked_already": Listed(
        (409,), "their erasure is asked for or decided already", "Confirm or decline it."
    ),
    "no_erasure_asked": Listed(
        (409,), "no erasure of them waits for a second officer", "Ask for it first."
    ),
    "data_protection_needed": Listed(
        (403,),
        "it takes an officer who is named for data protection: one of the two who decide, or the reader "
        "of the list",
        "One who is (`data_protection` in officers.yaml) confirms it, or reads it.",
    ),
    "own_erasure": Listed(
        (403,),
        "it is about the officer, or about somebody in a case of theirs",
        "Other officers ask for it and confirm it.",
    ),
    "held_already": Listed((409,), "an auditor holds it already", "Nothing more to do."),
    "no_hold": Listed((409,), "nobody holds what is kept about them", "There is nothing to lift."),
}
