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
    "weak_password": Listed(
        (422,),
        "a password that is too short, too long, or what others try first",
        "Take several words that do not belong together, fifteen characters or more.",
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
    "too_many_sign_ins": "terlalu banyak percobaan masuk; tunggu sebentar, lalu coba lagi",
    "weak_password": "kata sandi terlalu lemah",
    "invitation_over": "tautan ini tidak berlaku lagi; mintalah yang baru",
    "unknown_session": "sesi itu tidak ada atau sudah berakhir",
    "foreign_form": "formulir ini tidak dikirim dari halaman sistem ini",
    "insecure_page": "halaman petugas hanya dibuka lewat https",
}
#: Detail → the same, with a hole for each value.
SIGN_IN_DETAILS: Mapping[str, str] = {
    "Login and password do not fit.": "Nama pengguna dan kata sandi tidak cocok.",
    "Too many wrong tries to sign in; wait a moment and try again.": (
        "Terlalu banyak percobaan masuk yang salah; tunggu sebentar, lalu coba lagi."
    ),
    "Many sign in at this moment; try again soon.": (
        "Banyak orang sedang masuk; coba lagi sebentar lagi."
    ),
    "The password has fewer than … characters; take several words that do not belong together.": (
        "Kata sandi kurang dari … karakter; ambillah beberapa kata yang tidak berhubungan."
    ),
    "The two passwords are not the same; type both again.": (
        "Kedua kata sandi tidak sama; ketik keduanya lagi."
    ),
    "The password has more than … characters.": "Kata sandi lebih dari … karakter.",
    "The password is made of what others try first: common words, rows of keys, years, "
    "repetitions or the login; take several words that do not belong together.": (
        "Kata sandi tersusun dari yang pertama kali dicoba orang lain: kata umum, deretan tombol, "
        "tahun, pengulangan, atau nama pengguna; ambillah beberapa kata yang tidak berhubungan."
    ),
    "This link sets no password: it was used, is older than a day, or a newer one was made; "
    "ask for a new one.": (
        "Tautan ini tidak dapat dipakai: sudah digunakan, lebih dari sehari, atau sudah ada yang "
        "lebih baru; mintalah yang baru."
    ),
    "You have no such session, or it ended already.": ("Sesi itu tidak ada, atau sudah berakhir."),
    "This form was not sent by a page of this installation; open the page and send it from there.": (
        "Formulir ini tidak dikirim dari halaman sistem ini; buka halamannya dan kirim dari sana."
    ),
    "Pages of officers are opened over https, or over http on this machine itself.": (
        "Halaman petugas dibuka lewat https, atau lewat http pada mesin ini sendiri."
    ),
}
