"""What may be wrong with the papers: each fault with its article, its weight, and a sentence in both
languages. `voids` counts for nothing in a check; `note` is for a person to look at."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from casetrack.domain.authority.entries import EntryKind
from casetrack.domain.authority.link_codes import LINK_CODES
from casetrack.domain.service.definition import Name

Severity = Literal["voids", "note"]


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind of fault. The sentences name the `{entry}`, and what else the rule fills in."""

    severity: Severity
    article: str
    sentence: Name


def _voids(article: str, indonesian: str, english: str) -> Fault:
    return Fault("voids", article, Name(indonesian, english))


def _note(article: str, indonesian: str, english: str) -> Fault:
    return Fault("note", article, Name(indonesian, english))


def _link(code: str, indonesian: str, english: str) -> tuple[str, Fault]:
    return code, _voids(LINK_CODES[code][1], indonesian, english)


#: Faults of a grant, found by the same rules as the check's: the code is the refusal's.
GRANT_FAULTS: Mapping[str, Fault] = dict(
    [
        _link(
            "position_not_there",
            "{entry} memberi kewenangan kepada {position}, jabatan yang tidak ada.",
            "{entry} gives a power to {position}, a position that does not exist.",
        ),
        _link(
            "dates_reversed",
            "{entry} berakhir sebelum mulai berlaku.",
            "{entry} ends before it begins.",
        ),
        _link(
            "instrument_missing",
            "Dasar hukum {entry} tidak ada dalam register.",
            "{entry} rests on an instrument that is not in the register.",
        ),
        _link(
            "line_missing",
            "Pasal atau nomor lampiran yang menjadi dasar {entry} tidak ada dalam register.",
            "{entry} rests on an article or annex line that is not in the register.",
        ),
        _link(
            "instrument_younger",
            "{entry} mulai berlaku sebelum dasar hukumnya.",
            "{entry} begins before the instrument that it rests on.",
        ),
        _link(
            "cycle",
            "Rantai pelimpahan {entry} kembali ke pemberinya sendiri.",
            "{entry} goes round: the power comes back to who gives it.",
        ),
        _link(
            "giver_missing",
            "{entry} tidak menyebut siapa yang memberi kewenangan.",
            "{entry} names nobody who gives the power.",
        ),
        _link(
            "giver_without_power",
            "{entry} diberikan oleh {giver}, yang tidak memiliki kewenangan itu.",
            "{entry} is given by {giver}, who does not hold the power.",
        ),
        _link(
            "delegation_passed_on",
            "{entry} mendelegasikan lagi kewenangan yang sudah didelegasikan.",
            "{entry} delegates on what was delegated already.",
        ),
        _link(
            "sub_delegation_too_deep",
            "{entry} adalah subdelegasi dari subdelegasi.",
            "{entry} is a sub-delegation of a sub-delegation.",
        ),
        _link(
            "sub_delegation_not_permitted",
            "{entry} adalah subdelegasi yang tidak diizinkan oleh pasal delegasinya.",
            "{entry} is a sub-delegation that the article of the delegation does not permit.",
        ),
        _link(
            "sub_delegation_other_body",
            "{entry} adalah subdelegasi kepada perangkat daerah lain.",
            "{entry} is a sub-delegation to another body.",
        ),
        _link(
            "mandate_not_subordinate",
            "{entry} memberi mandat kepada {position}, yang bukan bawahan {giver}.",
            "{entry} gives a mandate to {position}, no subordinate of {giver}.",
        ),
        _link(
            "mandate_passed_on",
            "{entry} meneruskan mandat.",
            "{entry} passes a mandate on.",
        ),
        _link(
            "ub_without_mandate",
            '{entry} mengizinkan tanda tangan "u.b." tanpa mandat di atasnya.',
            '{entry} lets sign "u.b." with no mandate above it.',
        ),
        _link(
            "mandate_strategic",
            "{entry} adalah mandat atas keputusan strategis.",
            "{entry} is a mandate for a strategic decision.",
        ),
        _link(
            "service_not_in_line",
            "{entry} mencakup layanan yang tidak disebut dalam pasal atau lampirannya.",
            "{entry} gives services that its article or annex line does not name.",
        ),
        _link(
            "instrument_replaced",
            "{entry} telah diganti, tetapi masih menjadi dasar kewenangan yang tercatat berlaku.",
            "{entry} has been replaced, and powers that are recorded as running still rest on it.",
        ),
        _link(
            "instrument_not_in_force",
            "{entry} tidak berlaku, tetapi menjadi dasar kewenangan yang tercatat berlaku.",
            "{entry} is not in force, and powers that are recorded as running rest on it.",
        ),
        _link(
            "line_not_in_force",
            "{entry}: pasal atau nomor lampiran yang tidak berlaku menjadi dasar kewenangan.",
            "{entry}: powers rest on an article or annex line that is not in force.",
        ),
        _link(
            "line_amended",
            "{entry} telah diubah: layanan yang dikeluarkan dari pasal atau lampirannya masih tercatat "
            "sebagai kewenangan.",
            "{entry} was amended: services that it no longer names are still recorded as powers.",
        ),
    ]
)
#: Of these the text is to blame, not each of the grants that rest on it.
TEXT_FAULTS = (
    *("instrument_replaced", "instrument_not_in_force"),
    *("line_not_in_force", "line_amended"),
)
_LETTER, _HOLDING = "UU 30/2014 art. 15(1)a", "UU 30/2014 art. 8(1)"
#: Faults that the papers show by themselves.
PAPER_FAULTS: Mapping[str, Fault] = {
    "two_definitive_holders": _voids(
        _HOLDING,
        "{position}: ada dua pejabat definitif ({officer}); keduanya tidak diperhitungkan.",
        "{position} is held definitively by {officer} at once; neither counts.",
    ),
    "letter_signed_later": _voids(
        _LETTER,
        "{entry} ditandatangani setelah hari pertamanya; hari sebelum itu tidak diperhitungkan.",
        "{entry} was signed after its first day; the days before do not count.",
    ),
    "position_missing": _voids(
        _HOLDING,
        "{entry} menyebut jabatan {position}, yang tidak ada dalam register.",
        "{entry} names the position {position}, which is not in the register.",
    ),
    "reference_missing": _voids(
        "UU 30/2014 art. 13(2)b",
        "{entry} menyebut {other}, yang tidak ada dalam register.",
        "{entry} names {other}, which is not in the register.",
    ),
    "successor_missing": _note(
        "UU 30/2014 art. 13(2)b",
        "{entry} menyebut pengganti {other}, yang belum ada dalam register.",
        "{entry} names the successor {other}, which is not in the register yet.",
    ),
    "amendment_unknown": _note(
        "UU 12/2011",
        "{entry} menurut judulnya mengubah peraturan lain, tetapi perubahannya belum dicatat.",
        "{entry} amends another text by its title, and no amendment is recorded.",
    ),
    "amendment_gap": _note(
        "UU 12/2011",
        "{entry} adalah perubahan ke-{other}, tetapi perubahan sebelumnya tidak tercatat semua.",
        "{entry} is amendment number {other}, and not all before it are recorded.",
    ),
    "account_without_text": _voids(
        "UU 30/2014 art. 8(2)",
        "{entry} tidak didasari ketentuan yang berlaku; tagihan baru tidak dapat dibayar ke sana.",
        "{entry} rests on no text that is in force; no new bill is paid there.",
    ),
    "vacant": _note(
        _HOLDING,
        "{position} memiliki kewenangan, tetapi jabatannya kosong.",
        "{position} holds powers and nobody sits there.",
    ),
    "acting_beside_definitive": _note(
        "UU 30/2014 art. 14(2)",
        "{position} dijabat Plt. {officer}, padahal masih ada pejabat definitif.",
        "{position} has the Plt {officer} beside its definitive holder.",
    ),
    "acting_letter_too_long": _note(
        "SE BKN 2/2019 point 11",
        "{entry} menunjuk Plt. {officer} lebih dari tiga bulan.",
        "{entry} appoints the Plt {officer} for more than three months.",
    ),
    "acting_too_long": _note(
        "SE BKN 2/2019 point 11",
        "{officer} menjadi Plt. {position} lebih dari enam bulan.",
        "{officer} is Plt of {position} for more than six months.",
    ),
    "officer_unknown": _note(
        _HOLDING,
        "{entry} menunjuk {officer}, yang tidak memiliki akun.",
        "{entry} appoints {officer}, who has no account.",
    ),
    "officer_disabled": _note(
        _HOLDING,
        "{entry} menunjuk {officer}, yang akunnya dinonaktifkan.",
        "{entry} appoints {officer}, whose account is disabled.",
    ),
    "line_unmatched": _note(
        "UU 30/2014 art. 15(1)c",
        "{entry}, {other}: tidak menyebut satu pun layanan dalam katalog.",
        "{entry}, {other}: names no service of the catalogue.",
    ),
    "service_unknown": _note(
        "UU 30/2014 art. 15(1)c",
        "{entry} menyebut layanan yang tidak ada dalam katalog.",
        "{entry} names services that the catalogue has not.",
    ),
    "not_in_mall": _note(
        "Perpres 89/2021",
        "{other} masih menangani tahapan, tetapi perjanjian kerja samanya di MPP sudah tidak berlaku.",
        "{other} does steps, and no agreement of its stay in the mall runs.",
    ),
}
#: Faults of who keeps the papers (docs/decisions/0022-registrars.md).
_TWO_HANDS = "UU 30/2014 art. 42(1)"
KEEPING_FAULTS: Mapping[str, Fault] = {
    "secretariat_missing": _note(
        _TWO_HANDS,
        "Daerah belum menunjuk sekretariat: surat tentang kepala daerah dan kepala instansi menunggu.",
        "The region names no secretariat: papers on its head and on the heads of agencies wait.",
    ),
    "set_up": _note(
        _TWO_HANDS,
        "Surat {other} dicatat {officer} saat penyiapan dan belum disahkan petugas register.",
        "Papers of {other} were put in by {officer} at the set-up; no registrar has confirmed them.",
    ),
    "registrars_few": _note(
        _TWO_HANDS,
        "{other} punya kurang dari dua petugas register: suratnya menunggu.",
        "{other} has fewer than two registrars: its papers wait.",
    ),
    "filed_by_stranger": _note(
        _TWO_HANDS,
        "{officer} mencatat atau mengesahkan surat {other} ketika bukan petugas registernya.",
        "{officer} entered or confirmed papers of {other} and was not its registrar then.",
    ),
    "filed_for_oneself": _note(
        _TWO_HANDS,
        "{entry} dicatat atau disahkan oleh {officer}, yang berkepentingan atau bawahan yang "
        "berkepentingan.",
        "{entry} was entered or confirmed by {officer}, whom it concerns or who is subordinate to who "
        "it concerns.",
    ),
}
#: Faults of accounts (docs/decisions/0031-administration.md).
ACCOUNT_FAULTS: Mapping[str, Fault] = {
    "seat_not_joined": _note(
        _TWO_HANDS,
        "{officer} menduduki {position}, yang memutus, sekaligus mencatat surat jabatan itu, mengelola "
        "akun, atau mengaudit.",
        "{officer} sits in {position}, which decides, and keeps its papers or the accounts, or audits.",
    ),
    "seat_joined_by_name": _note(
        _TWO_HANDS,
        "{officer} menduduki {position}, yang memutus, sekaligus mencatat surat jabatan itu atau "
        "mengelola akun; daerah mengizinkannya dengan menyebut nama.",
        "{officer} sits in {position}, which decides, and keeps its papers or the accounts; the region "
        "allows it by name.",
    ),
    "roles_not_joined": _note(
        _TWO_HANDS,
        "Akun {officer} milik satu orang, dan peran {other} tidak boleh digabung.",
        "The accounts {officer} are one person's, and the roles {other} are not joined in one person.",
    ),
    "registrar_set_up": _note(
        _TWO_HANDS,
        "{officer} menjadi petugas register {other} hanya dengan perintah operator, dan kepala "
        "sekretariat belum mengesahkannya.",
        "{officer} is registrar for {other} by the operator's word alone: the head of the secretariat "
        "has not confirmed it.",
    ),
    "account_without_person": _note(
        _TWO_HANDS,
        "{officer} memegang wewenang atau tugas, sedangkan NIK maupun person tidak menyebut siapa "
        "pemegang akun itu.",
        "{officer} has a power or a duty, and neither NIK nor person says whose account it is.",
    ),
    "complaint_unread": _note(
        _TWO_HANDS,
        "Tidak seorang pun di sini boleh membaca pengaduan tentang uang mengenai {officer}; sebutkan "
        "siapa di atas inspektorat (complaints.above).",
        "Nobody here may read a complaint about money of {officer}; name who is above the inspectorate "
        "(complaints.above).",
    ),
    "token_without_end": _note(
        "Perpres 95/2018 art. 40",
        "{officer} memiliki token tanpa batas waktu.",
        "{officer} has a token without an end.",
    ),
}
FAULTS: Mapping[str, Fault] = {
    **GRANT_FAULTS,
    **PAPER_FAULTS,
    **KEEPING_FAULTS,
    **ACCOUNT_FAULTS,
}
EntryRef = tuple[EntryKind, str]


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault of the papers: which entries, and from which day until which (None is open)."""

    code: str
    entries: tuple[EntryRef, ...]
    since: date | None
    until: date | None
    text: Name
    services: tuple[str, ...] = ()
    position: str | None = None

    @property
    def fault(self) -> Fault:
        """Its weight and article."""
        return FAULTS[self.code]

    def on(self, day: date) -> bool:
        """Whether it shows on a day."""
        begun = self.since is None or self.since <= day
        return begun and (self.until is None or day <= self.until)


def told(code: str, **words: str) -> Name:
    """The sentence of a fault."""
    sentence = FAULTS[code].sentence
    return Name(sentence.id.format(**words), sentence.en.format(**words))
