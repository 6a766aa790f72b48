"""The codes about documents that the applicant brings, or has not brought yet."""

from collections.abc import Mapping

from casetrack.web.http.listed_problem import Listed

DOCUMENTS: Mapping[str, Listed] = {
    "documents_missing": Listed(
        (409,),
        "a required document was not received, so the file is not complete",
        "Bring what `missing` names, or return the file; a supervisor may declare it complete with a "
        "`reason`.",
    ),
    "too_many_documents": Listed(
        (409,), "the case has as many documents as it may", "Put several pages into one document."
    ),
}
