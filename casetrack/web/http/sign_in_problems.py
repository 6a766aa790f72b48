"""The codes about signing in to pages. They come on pages, in words, and nowhere in the API."""

from collections.abc import Mapping

from casetrack.web.http.listed_problem import Listed

SIGN_IN: Mapping[str, Listed] = {
    "sign_in_refused": Listed(
        (401,),
        "login and password do not fit",
        "Type both again; who forgot the password asks for a new link (`casetrack officer invite`).",
    ),
    "too_many_sign_ins": Listed(
        (429,),
        "too many wrong passwords, for this account or from this address; or many sign in at once",
        "Wait for `Retry-After` (at most a minute); nobody is locked out.",
    ),
    "password_length": Listed(
        (422,),
        "a password of fewer than 15 or more than 200 characters",
        "Take several words that do not belong together.",
    ),
    "weak_password": Listed(
        (422,),
        "a password of what others try first: common words, rows of keys, years, repetitions, the login",
        "Take several words that do not belong together.",
    ),
    "passwords_differ": Listed(
        (422,), "the new password was typed in two ways", "Type both fields again."
    ),
    "invitation_over": Listed(
        (404,),
        "the link sets no password, or not any more",
        "`casetrack officer invite LOGIN` makes a new one.",
    ),
    "unknown_session": Listed(
        (404,),
        "the officer has no such session, or it ended",
        "`/akun` shows those that there are.",
    ),
    "not_fresh": Listed(
        (403,),
        "the officer did not show for a quarter of an hour who they are",
        "Type the password once more at `/masuk/lagi`.",
    ),
    "foreign_form": Listed(
        (403,),
        "the form was not sent by a page of this installation",
        "Open the page itself and send it from there; a proxy in front passes `Host` and `Origin` on.",
    ),
    "insecure_page": Listed(
        (403,),
        "pages of officers are given over https only, or over http on the machine itself",
        "Open the https address; the proxy in front stands in `CASETRACK_TRUSTED_PROXIES` and sends "
        "`X-Forwarded-Proto`.",
    ),
}
#: Code → the same in Bahasa Indonesia.
SIGN_IN_CODES: Mapping[str, str] = {
    "sign_in_refused": "nama pengguna dan kata sandi tidak cocok",
    "too_many_sign_ins": (
        "terlalu banyak percobaan masuk yang salah, atau banyak orang sedang masuk; tunggu sebentar, "
        "lalu coba lagi"
    ),
    "password_length": "panjang kata sandi tidak sesuai",
    "weak_password": (
        "kata sandi tersusun dari yang pertama kali dicoba orang lain: kata umum, deretan tombol, "
        "tahun, pengulangan, atau nama pengguna; ambillah beberapa kata yang tidak berhubungan"
    ),
    "passwords_differ": "kedua kata sandi tidak sama; ketik keduanya lagi",
    "invitation_over": (
        "tautan ini tidak dapat dipakai: sudah digunakan, lebih dari sehari, atau sudah ada yang "
        "lebih baru; mintalah yang baru"
    ),
    "unknown_session": "sesi itu tidak ada, atau sudah berakhir",
    "not_fresh": "ketik kata sandi Anda sekali lagi",
    "foreign_form": (
        "formulir ini tidak dikirim dari halaman sistem ini; buka halamannya dan kirim dari sana"
    ),
    "insecure_page": ("halaman petugas dibuka lewat https, atau lewat http pada mesin ini sendiri"),
}
#: Detail → the same, with a hole for each value.
SIGN_IN_DETAILS: Mapping[str, str] = {
    "The password has fewer than … characters; take several words that do not belong together.": (
        "Kata sandi kurang dari … karakter; ambillah beberapa kata yang tidak berhubungan."
    ),
    "The password has more than … characters.": "Kata sandi lebih dari … karakter.",
}
