"""The codes about reports."""

from collections.abc import Mapping

from casetrack.web.http.listed_problem import Listed

REPORTS: Mapping[str, Listed] = {
    "unknown_measure": Listed(
        (404,),
        "there is no such report",
        "`/api/v1/openapi.json` lists them at `/reports/{measure}`.",
    ),
    "unknown_survey": Listed(
        (404,),
        "there is no such survey, its token is wrong, or the case is not over yet",
        "Use the whole link of the message, or answer at the counter.",
    ),
    "survey_answered": Listed(
        (409,), "the survey was answered already", "There is nothing left to do."
    ),
    "report_too_large": Listed(
        (422,),
        "the report would be made of more than 100,000 figures",
        "Ask for fewer days (`from`, `to`), one `service` or one `agency`.",
    ),
}

#: Code → what it says in Bahasa Indonesia.
REPORT_CODES: Mapping[str, str] = {
    "unknown_measure": "laporan tersebut tidak ada",
    "unknown_survey": "survei tidak ada, tokennya salah, atau berkasnya belum selesai",
    "survey_answered": "survei ini sudah diisi",
    "report_too_large": "laporan terlalu besar; persempit harinya, layanannya, atau instansinya",
}
#: Detail → the same in Bahasa Indonesia.
REPORT_DETAILS: Mapping[str, str] = {
    "There are these reports: ….": "Laporan yang ada: ….",
    "from, to: a report covers … days at most.": "from, to: laporan mencakup paling banyak … hari.",
    "to: … is before the first day, ….": "to: … lebih awal daripada hari pertama, ….",
}
