"""The codes about links between cases, and about search."""

from collections.abc import Mapping

from casetrack.web.http.listed_problem import Listed

SEARCH: Mapping[str, Listed] = {
    "unknown_link": Listed(
        (422,),
        "a link names a case that the caller does not see, or the case itself",
        "Compare the number with the slip; `errors` says which link it is.",
    ),
    "linked_already": Listed(
        (409,), "the case is linked to that one already", "There is nothing left to do."
    ),
    "search_too_wide": Listed(
        (422,),
        "too many people have this name to look through them all",
        "Add another word of the name, or search by number, NIK or telephone.",
    ),
}
