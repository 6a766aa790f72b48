"""What the pictures call things, in both languages. Codes stay as they are; their reasons are told."""

from collections.abc import Mapping
from datetime import date

from casetrack.domain.authority.check import REFUSAL_CODES
from casetrack.domain.authority.entries import Bound
from casetrack.domain.service.definition import ACTIONS
from casetrack.gateways.dates import plain_date
from casetrack.gateways.pictures.diagram import Break

#: (Bahasa Indonesia, English)
Words = tuple[str, str]

KINDS: Mapping[str, Words] = {
    "attribution": ("Atribusi", "Attribution"),
    "delegation": ("Delegasi", "Delegation"),
    "sub_delegation": ("Subdelegasi", "Sub-delegation"),
    "mandate": ("Mandat", "Mandate"),
    "ub": ("Mandat u.b.", "Mandate, u.b."),
}
FORMS: Mapping[str, Words] = {
    "definitive": ("Pejabat definitif", "Definitive holder"),
    "plt": ("Pelaksana tugas (Plt.)", "Acting (Plt.)"),
    "plh": ("Pelaksana harian (Plh.)", "Acting for some days (Plh.)"),
    "pj": ("Penjabat (Pj.)", "Interim appointee (Pj.)"),
}
ACTION_WORDS: Mapping[str, Words] = {
    "receive": ("menerima", "receive"),
    "verify": ("memverifikasi", "verify"),
    "recommend": ("merekomendasikan", "recommend"),
    "assess": ("menetapkan", "assess"),
    "endorse": ("memaraf", "endorse"),
    "decide": ("memutuskan", "decide"),
    "sign": ("menandatangani", "sign"),
    "issue": ("menerbitkan", "issue"),
    "deliver": ("menyerahkan", "deliver"),
    "correct": ("memperbaiki", "correct"),
    "annul": ("membatalkan", "annul"),
    "revoke": ("mencabut", "revoke"),
}
#: The refusal codes of domain.authority in Bahasa Indonesia; its own words are the English ones.
REASONS: Mapping[str, str] = {
    "not_incumbent": "tidak ada surat keputusan yang menempatkan petugas pada jabatan itu",
    "letter_not_yet": "surat keputusan belum berlaku, atau baru ditandatangani kemudian",
    "letter_ended": "masa berlaku surat keputusan pengangkatan atau penunjukan sudah berakhir",
    "two_definitive_holders": (
        "ada dua pejabat definitif sekaligus, sehingga tidak satu pun dapat dijadikan dasar"
    ),
    "no_grant": "tidak ada dasar kewenangan untuk tindakan ini pada layanan ini",
    "power_ended": "reorganisasi mengakhiri wewenang",
    "power_moved": "reorganisasi memindahkan wewenang ke jabatan lain",
    "position_not_there": "jabatan tidak ada pada hari itu",
    "dates_reversed": "tanggal berakhir mendahului tanggal mulai",
    "instrument_missing": "dasar hukum tidak ada dalam register",
    "line_missing": "pasal atau nomor dalam lampiran tidak ada dalam register",
    "instrument_younger": "kewenangan tercatat mulai sebelum dasar hukumnya ada",
    "cycle": "rantai pelimpahan kembali ke pemberinya sendiri",
    "giver_missing": "pelimpahan tidak menyebut siapa pemberinya",
    "giver_without_power": "pemberi sendiri tidak memiliki wewenang itu",
    "delegation_passed_on": "wewenang yang didelegasikan dilimpahkan lagi bukan sebagai subdelegasi",
    "sub_delegation_too_deep": "subdelegasi hanya satu tingkat ke bawah",
    "sub_delegation_not_permitted": "pasal delegasi tidak mengizinkan subdelegasi",
    "sub_delegation_other_body": "subdelegasi hanya di dalam satu perangkat daerah",
    "mandate_not_subordinate": "mandat hanya dari atasan kepada bawahan",
    "mandate_passed_on": "mandat tidak boleh diteruskan",
    "ub_without_mandate": "tanda tangan u.b. hanya di bawah mandat yang mengizinkannya",
    "mandate_strategic": "mandat tidak untuk keputusan strategis",
    "service_not_in_line": "pasal atau nomor lampiran yang menjadi dasar tidak menyebut layanan ini",
    "other_work": "wewenang itu untuk tahapan lain, atau untuk pekerjaan instansi lain",
    "outside_bounds": "data permohonan di luar batas kewenangan",
    "instrument_replaced": "dasar hukum sudah diganti untuk berkas ini",
    "instrument_not_in_force": "dasar hukum tidak berlaku pada hari itu",
    "line_not_in_force": "pasal atau nomor dalam lampiran tidak berlaku pada hari itu",
    "line_amended": "perubahan peraturan mengeluarkan layanan ini dari pasal atau lampirannya",
    "grant_not_in_force": "dasar kewenangan tidak berlaku pada hari itu",
    "grant_withdrawn": "pelimpahan sudah ditarik kembali",
    "giver_gave_away": "menurut peraturan, pemberi delegasi tidak boleh lagi menggunakan wewenang itu",
    "acting_strategic": "pelaksana tugas tidak berwenang mengambil keputusan strategis",
    "separation_of_duties": "petugas yang mengerjakan tahapan sebelumnya tidak boleh mengerjakan ini",
    "not_the_deciding_position": "keberatan diputus oleh jabatan yang menetapkan keputusannya",
    "decided_before": "yang sudah memutus sebelumnya tidak memutus banding",
    "not_superior": "hanya atasan jabatan yang bersangkutan yang dapat melakukannya",
    "own_case": "petugas sendiri adalah pihak dalam berkas ini",
    "conflict_declared": "benturan kepentingan dinyatakan dan belum dicabut atau diambil alih",
}
#: Not an answer of the check: a seat that nobody holds.
VACANT = "vacant"
_VACANT: Words = ("jabatan ini kosong", "nobody holds this position")


class Tongue:
    """One language for a whole picture."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, indonesian: str, english: str) -> str:
        return english if self.language == "en" else indonesian

    def of(self, words: Mapping[str, Words], code: str) -> str:
        """What a code is called; an unknown one is shown as it is."""
        return self(*words.get(code, (code.replace("_", " "), code.replace("_", " "))))

    def name(self, name: Mapping[str, str] | None) -> str:
        """A name in both languages, as events hold it."""
        return self(name["id"], name["en"]) if name else ""

    def day(self, day: date | str) -> str:
        """A day as papers write it."""
        known = date.fromisoformat(day) if isinstance(day, str) else day
        return plain_date(known, self.language)

    def term(self, since: date | str | None, until: date | str | None) -> str:
        """From when until when."""
        if since is None and until is None:
            return self("tanpa batas waktu", "no limit of time")
        if until is None:
            return self("sejak", "since") + f" {self.day(since or '')}"
        if since is None:
            return self("sampai", "until") + f" {self.day(until)}"
        return f"{self.day(since)} \u2013 {self.day(until)}"

    def actions(self, actions: tuple[str, ...]) -> str:
        """What may be done."""
        if len(actions) == len(ACTIONS):
            return self("semua tindakan", "every action")
        return ", ".join(self.of(ACTION_WORDS, action) for action in actions)

    def broken(self, code: str) -> Break:
        """The reason of a code, with the article that it breaks."""
        if code == VACANT:
            return Break(code, self(*_VACANT))
        if code not in REFUSAL_CODES:
            return Break(code, code.replace("_", " "))
        english, article = REFUSAL_CODES[code]
        article = self(article.replace("art.", "Pasal"), article)
        return Break(code, f"{self(REASONS[code], english)} ({article})")

    def bound(self, bound: Bound) -> str:
        """A limit by value or territory."""
        parts = []
        if bound.at_least is not None:
            parts.append(f"≥ {bound.at_least}")
        if bound.at_most is not None:
            parts.append(f"≤ {bound.at_most}")
        chosen = bound.one_of or bound.within
        if chosen:
            parts.append(self("dalam", "in") + " " + ", ".join(chosen))
        return self("Batas", "Bound") + f": {bound.fact} {' '.join(parts)}"
