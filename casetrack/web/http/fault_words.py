"""What is wrong with one field, as a person reads it: in two languages, and no regular expression."""

from collections.abc import Mapping
from typing import Any

from casetrack.domain.people.contact import FORMS
from casetrack.domain.people.former_roles import PATTERN
from casetrack.web.http.models import (
    BASE64,
    CODE,
    DIGEST,
    EVENT_TYPES,
    HOUR,
    IDENTIFIER,
    LETTER_NUMBER,
    NO_NUL,
    PAYMENT_CODE,
    PAYMENT_REFERENCE,
    QUEUE_NUMBER,
    URL,
)

Both = tuple[str, str]

#: A pattern of a model → how what fits it looks.
PATTERNS: Mapping[str, Both] = {
    IDENTIFIER: (
        "1 sampai 64 huruf, angka, dan . _ -, diawali huruf atau angka",
        "1 to 64 letters, digits and . _ -, the first a letter or digit",
    ),
    HOUR: ("jam dan menit seperti 09:00", "hours and minutes such as 09:00"),
    NO_NUL: ("teks tanpa karakter NUL", "text without the character NUL"),
    PATTERN: (
        "peran pihak terdahulu, seperti former.1",
        "the role of a former party, such as former.1",
    ),
    DIGEST: ("64 angka heksadesimal huruf kecil", "64 hexadecimal digits in small letters"),
    CODE: ("sebuah kode: huruf kecil, angka, dan _", "a code: small letters, digits and _"),
    PAYMENT_REFERENCE: (
        "rujukan bank atau kas daerah: 1 sampai 64 huruf, angka, dan . / _ -",
        "a reference of a bank or treasury: 1 to 64 letters, digits and . / _ -",
    ),
    PAYMENT_CODE: (
        "kode bayar: 4 sampai 64 huruf besar, angka, dan -",
        "a payment code: 4 to 64 capital letters, digits and -",
    ),
    BASE64: ("base64 dalam satu baris", "base64 on one line"),
    URL: ("alamat tanpa spasi dan huruf khusus", "an address without blanks and accents"),
    LETTER_NUMBER: (
        "nomor surat: 1 sampai 64 huruf, angka, spasi, dan . / -, diawali huruf atau angka",
        "the number of a letter: 1 to 64 letters, digits, blanks and . / -, the first a letter or digit",
    ),
    QUEUE_NUMBER: (
        "nomor antrean: 1 sampai 16 huruf, angka, spasi, dan . / -, diawali huruf atau angka",
        "a number of the queue: 1 to 16 letters, digits, blanks and . / -, the first a letter or digit",
    ),
    EVENT_TYPES: (
        "jenis peristiwa, misalnya casetrack.case.opened atau casetrack.*",
        "a type of event, such as casetrack.case.opened or casetrack.*",
    ),
    **{f"^(?:{form.pattern})$": (form.looks, form.looks) for form in FORMS.values()},
    f"^(?:{FORMS['nik'].pattern})$": ("16 angka", FORMS["nik"].looks),
    f"^(?:{FORMS['phone'].pattern})$": ("nomor telepon", FORMS["phone"].looks),
    f"^(?:{FORMS['email'].pattern})$": ("satu alamat surel", FORMS["email"].looks),
    f"^(?:{FORMS['name'].pattern})$": ("teks tanpa karakter NUL", "text without the character NUL"),
}
_OTHER: Both = ("tulisan dalam bentuk yang diminta", "written in the form that is asked for")
#: Kinds of faults as pydantic calls them, in Bahasa Indonesia; its own English stands beside them.
INDONESIAN: Mapping[str, str] = {
    "missing": "Harus diisi",
    "extra_forbidden": "Nama ini tidak dikenal",
    "twice": "Nama ini tertulis dua kali",
    "half": "Teks memuat karakter yang tidak utuh",
    "string_type": "Harus berupa teks",
    "string_too_short": "Paling sedikit {min_length} karakter",
    "string_too_long": "Paling banyak {max_length} karakter",
    "int_type": "Harus berupa bilangan bulat",
    "int_parsing": "Harus berupa bilangan bulat",
    "int_from_float": "Harus berupa bilangan bulat",
    "int_parsing_size": "Bilangan terlalu besar",
    "bool_type": "Harus true atau false",
    "bool_parsing": "Harus true atau false",
    "list_type": "Harus berupa daftar",
    "dict_type": "Harus berupa objek",
    "model_type": "Harus berupa objek",
    "model_attributes_type": "Harus berupa objek",
    "too_short": "Paling sedikit {min_length} butir",
    "too_long": "Paling banyak {max_length} butir",
    "literal_error": "Harus salah satu dari {expected}",
    "enum": "Harus salah satu dari {expected}",
    "greater_than_equal": "Paling kecil {ge}",
    "less_than_equal": "Paling besar {le}",
    "greater_than": "Harus lebih dari {gt}",
    "less_than": "Harus kurang dari {lt}",
    "account_secret": (
        "Tidak boleh memuat nama pengguna, kata sandi, atau kode sekali pakai milik siapa pun"
    ),
    "day": "Harus hari yang ada, ditulis TTTT-BB-HH",
    "years": "Harus antara tahun 1900 dan 2200",
    "moment": "Harus saat dengan selisih zona, misalnya 2026-01-31T16:00:00+08:00",
}


def said(fault: Mapping[str, Any]) -> dict[str, str]:
    """One fault in both languages."""
    kind, english = str(fault["type"]), str(fault["msg"])
    values = dict(fault.get("ctx") or {})
    if kind == "string_pattern_mismatch":
        looks = PATTERNS.get(str(values.get("pattern")), _OTHER)
        return {"id": f"Harus {looks[0]}", "en": f"Input should be {looks[1]}"}
    if kind == "extra_forbidden":
        english = "There is no such name here"
    words = INDONESIAN.get(kind)
    if words is None:
        return {"id": "Isian ini tidak dapat diterima", "en": english}
    return {"id": words.format(**values).replace(" or ", " atau "), "en": english}
