"""The codes about complaints."""

from collections.abc import Mapping

from casetrack.web.http.listed_problem import Listed

COMPLAINTS: Mapping[str, Listed] = {
    "complaints_not_taken": Listed(
        (409,),
        "the region named nobody who takes complaints in",
        "Complain at the office, to SP4N-LAPOR! or to the Ombudsman; the region names `complaints` in "
        "region.yaml.",
    ),
    "unknown_complaint": Listed(
        (404,),
        "there is no such complaint, the caller may not read it, or its code is wrong",
        "`GET /complaints` lists those that the caller reads; number and code stand on the answer to who "
        "complained.",
    ),
    "wrong_case_code": Listed(
        (422,),
        "the code that came with a complaint does not fit the case",
        "Leave `case_code` out: neither a name nor a code is needed to complain.",
    ),
    "too_many_complaints": Listed(
        (429,),
        "too many complaints came from one address",
        "Wait for `Retry-After`, or bring it to the counter.",
    ),
    "no_complaint_reader": Listed(
        (409,),
        "nobody of the region may read what is about this officer: all who could are their subordinates",
        "Bring it to SP4N-LAPOR! or the Ombudsman, and note the number that it gets there; the region "
        "names who is above the inspectorate (`complaints.above`) in region.yaml.",
    ),
    "complaint_state": Listed(
        (409,),
        "a complaint that stands so does not take this act",
        "Read it again; `state` says what comes next.",
    ),
    "complaint_erased": Listed(
        (409,),
        "the person who complained was erased, and with them the key of its texts",
        "Close it, without words.",
    ),
    "inspectorate_only": Listed(
        (409,), "complaints about money are the inspectorate's alone", "Answer it there."
    ),
    "officer_not_named": Listed(
        (409,),
        "a complaint about conduct is handed on only once the officer is named",
        "`name_officer` first: then neither they nor their subordinates read it.",
    ),
    "outside_number_known": Listed(
        (409,), "this number is kept with the complaint", "There is nothing left to do."
    ),
    "corrective_answered": Listed(
        (409,), "this corrective action was answered already", "There is nothing left to do."
    ),
}
#: Code → what it says in Bahasa Indonesia.
COMPLAINT_CODES: Mapping[str, str] = {
    "complaints_not_taken": "daerah ini belum menunjuk penerima pengaduan di sini",
    "unknown_complaint": "pengaduan tidak ada, atau kodenya tidak sesuai",
    "wrong_case_code": "kode berkas tidak sesuai; pengaduan tidak memerlukannya",
    "too_many_complaints": "terlalu banyak pengaduan dari alamat ini; tunggu sebentar",
    "no_complaint_reader": "tidak seorang pun di daerah ini boleh membacanya; sampaikan ke SP4N-LAPOR "
    "atau Ombudsman",
    "complaint_state": "tindakan ini tidak sesuai dengan keadaan pengaduan",
    "complaint_erased": "data pengadu sudah dihapus",
    "inspectorate_only": "pengaduan tentang uang hanya ditangani inspektorat",
    "officer_not_named": "sebutkan dahulu petugas yang diadukan",
    "outside_number_known": "nomor ini sudah tercatat pada pengaduan",
    "corrective_answered": "tindakan korektif ini sudah dijawab",
}
#: Detail → the same, with a hole for each value.
COMPLAINT_DETAILS: Mapping[str, str] = {
    "A complaint that is … cannot …; it takes ….": "Pengaduan berstatus … tidak dapat …; "
    "statusnya harus ….",
}
#: Fault of a field → the same.
COMPLAINT_CLAUSES: Mapping[str, str] = {
    "there is no such agency": "instansi ini tidak ada",
    "GET /agencies lists them": "GET /agencies memuat daftarnya",
    "there is no such officer of an agency": "petugas instansi dengan akun ini tidak ada",
    "this day has not come": "hari ini belum tiba",
    "say the number of the case too": "sebutkan juga nomor berkasnya",
    "there is no such case": "berkas ini tidak ada",
    "give the code of the complaint": "sebutkan kode pengaduannya",
    "say it in words": "tuliskan isinya",
    "say the number that the other body gave it": "sebutkan nomor dari badan lain itu",
    "there is no such corrective action": "tindakan korektif ini tidak ada",
    "note the number that the other body gave it first": "catat dahulu nomor dari badan lain itu",
    "the complaint is there already": "pengaduan sudah ada di sana",
}
