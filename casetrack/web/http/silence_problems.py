"""The codes about silence: refusing after the limit of law."""

from collections.abc import Mapping

from casetrack.web.http.listed_problem import Listed

SILENCE: Mapping[str, Listed] = {
    "limit_passed": Listed(
        (409,),
        "the limit of law has passed, so the law may count the application as granted",
        "Decide whether it is to be refused all the same; who refuses sends the reason as `after_limit`, "
        "and the passport keeps it.",
    ),
    "limit_not_passed": Listed(
        (409,),
        "the limit of law has not passed",
        "Refuse without `after_limit`; the grounds belong to `written`.",
    ),
}
#: Code → the same in Bahasa Indonesia.
SILENCE_CODES: Mapping[str, str] = {
    "limit_passed": "batas waktu menurut hukum sudah terlewati; permohonan dapat dianggap dikabulkan",
    "limit_not_passed": "batas waktu menurut hukum belum terlewati",
}
#: Detail → the same, with a hole for each value.
SILENCE_DETAILS: Mapping[str, str] = {
    "The limit of law passed on … (…): the law may count the application as granted. Who refuses it now "
    "says why (after_limit), and the passport keeps it.": (
        "Batas waktu menurut hukum terlewati pada … (…): permohonan dapat dianggap dikabulkan secara "
        "hukum. Yang menolaknya sekarang menyebutkan alasannya (after_limit), dan paspor menyimpannya."
    ),
}
