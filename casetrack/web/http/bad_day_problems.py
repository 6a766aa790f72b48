"""The codes about bad days: outside systems that are down, numbers for intake on paper."""

from collections.abc import Mapping

from casetrack.web.http.listed_problem import Listed

BAD_DAYS: Mapping[str, Listed] = {
    "unknown_outage": Listed(
        (404,),
        "the caller's agency knows no such outage",
        "`GET /outages` lists them.",
    ),
    "outage_ended": Listed(
        (409,),
        "this outage was ended already",
        "Its cases go on; `GET /outages/{outage}` says what became of each.",
    ),
    "outage_running": Listed(
        (409,),
        "an outage of this system that names one of these steps runs already",
        "`outage` says which, `agency` whose; its cases go on when that one is ended.",
    ),
    "unknown_block": Listed(
        (404,),
        "the caller's office has no such block of numbers",
        "`GET /number-blocks` lists them.",
    ),
    "number_settled": Listed(
        (409,),
        "a case has this number already, or it was closed",
        "Compare with the slip; `GET /number-blocks/{block}` says what became of each number.",
    ),
}
#: Code → the same in Bahasa Indonesia.
BAD_DAYS_CODES: Mapping[str, str] = {
    "unknown_outage": "gangguan ini tidak dikenal di instansi Anda",
    "outage_ended": "gangguan ini sudah dinyatakan selesai",
    "outage_running": "gangguan sistem ini sudah dinyatakan untuk salah satu tahapan itu",
    "unknown_block": "kantor Anda tidak mempunyai blok nomor ini",
    "number_settled": "nomor ini sudah dipakai berkas lain atau sudah ditutup",
}
#: Detail → the same, with a hole for each value.
BAD_DAYS_DETAILS: Mapping[str, str] = {
    "The agency … said so already, and its outage … runs; end that one when the system is back.": (
        "Instansi … sudah menyatakannya, dan gangguan … masih berjalan; akhiri yang itu bila sistemnya "
        "pulih."
    ),
    "The result was not there before ….": "Hasilnya belum ada sebelum ….",
}
#: Fault of a field → the same.
BAD_DAYS_CLAUSES: Mapping[str, str] = {
    "there is no such service": "layanan ini tidak ada",
    "GET /services lists them": "GET /services memuat daftarnya",
    "was not set aside for this service": "tidak dicadangkan untuk layanan ini",
    "compare with the slip": "cocokkan dengan slipnya",
    "is not in the past, so nothing is late": "belum lewat, jadi tidak ada yang terlambat",
    "is before the number was set aside": "lebih awal daripada saat nomor dicadangkan",
    "is not of the number's year": "bukan tahun nomor itu",
    "set numbers aside for that year": "cadangkan nomor untuk tahun itu",
    "this service has no such step": "layanan ini tidak mempunyai tahapan itu",
    "another agency's": "milik instansi lain",
    "its officers say so": "petugasnya yang menyatakannya",
}
