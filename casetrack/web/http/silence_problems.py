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
    "not_deemed": Listed(
        (409,),
        "the law granted nothing in this case",
        "There is nothing to check.",
    ),
    "checked_already": Listed(
        (409,),
        "this grant by law was checked already",
        "`deemed.check` says by whom, and what they found.",
    ),
    "held_it": Listed(
        (409,),
        "who held the file when the limit passed does not check the grant",
        "Another supervisor or head checks it.",
    ),
    "second_officer": Listed(
        (409,),
        "who proposed that a service issues by itself does not confirm it",
        "Another officer of the front office confirms it.",
    ),
}
#: Code → the same in Bahasa Indonesia.
SILENCE_CODES: Mapping[str, str] = {
    "limit_passed": "batas waktu menurut hukum sudah terlewati; permohonan dapat dianggap dikabulkan",
    "limit_not_passed": "batas waktu menurut hukum belum terlewati",
    "not_deemed": "berkas ini tidak dikabulkan menurut hukum",
    "checked_already": "pengabulan menurut hukum ini sudah diperiksa",
    "held_it": "yang memegang berkas saat batas waktu terlewati tidak memeriksanya sendiri",
    "second_officer": "yang mengusulkan tidak mengesahkan sendiri; petugas lain yang mengesahkan",
}
#: Detail → the same, with a hole for each value.
SILENCE_DETAILS: Mapping[str, str] = {
    "A set-up that is … cannot be changed so.": "Penyiapan berstatus … tidak dapat diubah demikian.",
    "The limit of law passed on … (…): the law may count the application as granted. Who refuses it now "
    "says why (after_limit), and the passport keeps it.": (
        "Batas waktu menurut hukum terlewati pada … (…): permohonan dapat dianggap dikabulkan secara "
        "hukum. Yang menolaknya sekarang menyebutkan alasannya (after_limit), dan paspor menyimpannya."
    ),
}
#: Fault of a field → the same.
SILENCE_CLAUSES: Mapping[str, str] = {
    "is yet to come": "belum terjadi",
    "a yes needs the document that shows it, of …": (
        "jawaban ya memerlukan dokumen yang menunjukkannya, untuk persyaratan …"
    ),
    "no document of the case that shows it": "bukan dokumen berkas ini yang menunjukkannya",
    "there are: …": "yang ada: …",
    "not asked elsewhere": "tidak ditanyakan ke tempat lain",
    "is before the day on which it was issued": "mendahului hari diterbitkannya",
    "does not look like …, where # is a digit and @ a capital letter": (
        "tidak berbentuk …, dengan # angka dan @ huruf besar"
    ),
    "compare with the paper": "cocokkan dengan naskahnya",
    "begins with a letter or digit and has only these, blanks and . / _ - behind it": (
        "diawali huruf atau angka, dan selebihnya hanya huruf, angka, spasi, serta . / _ -"
    ),
    "… takes none here": "… tidak memerlukannya di sini",
    "its role is one of …": "perannya salah satu dari …",
    "… is …, which keeps no papers": "… adalah …, yang tidak menyimpan naskah",
    "is not …": "bukan …",
    "this service issues nothing by itself": "layanan ini tidak menerbitkan sendiri",
}
