"""The codes about reports."""

from collections.abc import Mapping

from casetrack.web.http.listed_problem import Listed

REPORTS: Mapping[str, Listed] = {
    "unknown_measure": Listed(
        (404,),
        "there is no such report",
        "`/api/v1/openapi.json` lists them at `/reports/{measure}`.",
    ),
    "report_too_large": Listed(
        (422,),
        "the report would be made of more than 100,000 figures",
        "Ask for fewer days (`from`, `to`), one `service` or one `agency`.",
    ),
}
