"""What codes are called in front of people, in both languages: one word per thing, no jargon."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from casetrack.domain.case.public import DECIDED
from casetrack.domain.service.definition import Name
from casetrack.gateways.dates import in_language, known_language, plain_date

#: (Bahasa Indonesia, English)
Words = tuple[str, str]


_LABELS: Mapping[str, Mapping[str, Words]] = {
    "status": {
        "submitted": ("Diterima, sedang diperiksa kelengkapannya", "Received, being checked"),
        "in_progress": ("Sedang diproses", "In progress"),
        "returned": ("Perlu Anda lengkapi", "Waiting for you to complete it"),
        DECIDED: ("Sudah ada keputusan", "A decision has been taken"),
        "granted": ("Dikabulkan", "Granted"),
        "refused": ("Ditolak", "Refused"),
        "handed_over": ("Hasil sudah diserahkan", "The result has been handed over"),
        "withdrawn": ("Ditarik kembali", "Withdrawn"),
        "closed": ("Ditutup tanpa keputusan", "Closed without a decision"),
    },
    "step_status": {
        "waiting": ("Menunggu giliran", "Not yet begun"),
        "ready": ("Siap dikerjakan", "Next in line"),
        "in_progress": ("Sedang dikerjakan", "Being worked on"),
        "paused": ("Berhenti sementara", "On hold"),
        "completed": ("Selesai", "Completed"),
        "returned": ("Perlu dilengkapi", "To be completed"),
        "refused": ("Ditolak", "Refused"),
        "skipped": ("Tidak diperlukan", "Not needed"),
        "no_opinion": (
            "Batas waktu lewat tanpa rekomendasi",
            "The limit passed without a recommendation",
        ),
        "cancelled": ("Dibatalkan", "Cancelled"),
    },
    "bill": {
        "issued": ("Belum dibayar", "Not paid yet"),
        "reported": (
            "Dilaporkan sudah dibayar, belum terkonfirmasi",
            "Said to be paid, not confirmed",
        ),
        "overdue": ("Batas bayar terlewati", "The day of payment has passed"),
        "confirmed": ("Lunas, terkonfirmasi", "Paid, confirmed"),
        "cancelled": ("Dibatalkan", "Cancelled"),
        "refunded": ("Dikembalikan kepada pembayar", "Given back to who paid"),
    },
    "document_status": {
        "received": ("Sudah diterima", "Received"),
        "sent_back": ("Sudah diterima, perlu diperbaiki", "Received, to be put right"),
        "missing": ("Belum diterima", "Not received yet"),
        "replaced": ("Sudah diganti", "Replaced"),
    },
    "outcome": {
        "granted": ("Dikabulkan", "Granted"),
        "noted": ("Hasil instansi lain tercatat", "Another body's result is noted"),
        "refused": ("Ditolak", "Refused"),
        "deemed_granted": ("Dianggap dikabulkan secara hukum", "Deemed granted by law"),
        "none": ("Belum ada keputusan", "No decision yet"),
    },
    "waiting_for": {
        "applicant": ("Menunggu Anda", "Waiting for you"),
        "payment": ("Menunggu pembayaran", "Waiting for the payment"),
        "external_system": ("Menunggu sistem instansi lain", "Waiting for another agency's system"),
        "court": ("Menunggu putusan pengadilan", "Waiting for a court"),
        "signature": ("Menunggu tanda tangan", "Waiting for the signature"),
    },
    "step_kind": {
        "check": ("Pemeriksaan", "Check"),
        "recommend": ("Rekomendasi", "Recommendation"),
        "assess": ("Penetapan", "Assessment"),
        "pay": ("Pembayaran", "Payment"),
        "endorse": ("Paraf", "Endorsement"),
        "decide": ("Keputusan", "Decision"),
        "sign": ("Tanda tangan", "Signature"),
        "issue": ("Penerbitan", "Issue"),
        "hand_over": ("Penyerahan", "Hand-over"),
        "record": ("Pencatatan", "Record"),
    },
    "result": {
        "favourable": ("Direkomendasikan", "Favourable"),
        "conditional": ("Direkomendasikan dengan catatan", "Favourable with conditions"),
        "unfavourable": ("Tidak direkomendasikan", "Unfavourable"),
    },
}

_BY_WAITING: Mapping[str, Words] = {
    "applicant": (
        "Lengkapi persyaratan yang diminta, lalu datang ke loket dengan membawa tanda terima.",
        "Complete the requirements that are asked for, then come to the counter with your receipt.",
    ),
    "payment": (
        "Mintalah kode billing atau nomor SKPD resmi{of} di loket, bayar dengan nomor itu, dan simpan "
        "buktinya.",
        "Ask at the counter for the official billing code or assessment number (SKPD){of}, pay with it, "
        "and keep the proof.",
    ),
    "external_system": (
        "Anda tidak perlu melakukan apa-apa. Kami menunggu sistem instansi lain pulih.",
        "You need not do anything. We are waiting for another agency's system to work again.",
    ),
    "court": (
        "Anda tidak perlu melakukan apa-apa. Kami menunggu putusan pengadilan.",
        "You need not do anything. We are waiting for a court to rule.",
    ),
    "signature": (
        "Anda tidak perlu melakukan apa-apa. Tinggal menunggu tanda tangan.",
        "You need not do anything. Only the signature is missing.",
    ),
}

_BY_STATUS: Mapping[str, Words] = {
    "submitted": (
        "Anda tidak perlu melakukan apa-apa. Kami sedang memeriksa kelengkapan berkas Anda.",
        "You need not do anything. We are checking that your file is complete.",
    ),
    "in_progress": (
        "Anda tidak perlu melakukan apa-apa. Kami akan memberi kabar bila ada yang kami perlukan.",
        "You need not do anything. We will tell you if we need something.",
    ),
    "returned": _BY_WAITING["applicant"],
    DECIDED: (
        "Masukkan kode akses untuk membaca keputusannya, atau ambil di loket dengan membawa "
        "tanda terima dan kartu identitas.",
        "Enter your access code to read the decision, or collect it at the counter with your "
        "receipt and your identity card.",
    ),
    "granted": (
        "Ambil hasilnya di loket dengan membawa tanda terima dan kartu identitas.",
        "Collect the result at the counter with your receipt and your identity card.",
    ),
    "refused": (
        "Ambil surat penolakan di loket dengan membawa tanda terima dan kartu identitas. Bila "
        "tidak setuju, Anda berhak mengajukan keberatan paling lama 21 hari kerja sejak keputusan "
        "ini diberitahukan.",
        "Collect the letter of refusal at the counter with your receipt and your identity card. "
        "If you disagree, you may object within 21 working days from when this decision was made known "
        "to you.",
    ),
    "handed_over": (
        "Anda tidak perlu melakukan apa-apa. Bila belum menerima hasilnya, hubungi loket.",
        "You need not do anything. If you have not received the result, contact the counter.",
    ),
    "withdrawn": (
        "Anda tidak perlu melakukan apa-apa. Anda boleh mengajukan permohonan baru kapan saja.",
        "You need not do anything. You may apply again at any time.",
    ),
    "closed": (
        "Tanyakan alasannya di loket dengan membawa tanda terima.",
        "Ask for the reason at the counter and bring your receipt.",
    ),
}

#: What became of the product, where the status alone would send people on a useless way.
_BY_NEWS: Mapping[str, Words] = {
    "annulled": (
        "Dokumen ini sudah dibatalkan dan tidak berlaku lagi. Alasannya tertulis di halaman ini, "
        "bila ada. Bila dokumen aslinya ada pada Anda, bawalah ke loket.",
        "This document was annulled and is valid no more. Why is said on this page, where it was "
        "written down. If you have the original, bring it to the counter.",
    ),
    "revoked": (
        "Dokumen ini sudah dicabut dan tidak berlaku lagi. Alasannya tertulis di halaman ini, "
        "bila ada. Bila dokumen aslinya ada pada Anda, bawalah ke loket.",
        "This document was revoked and is valid no more. Why is said on this page, where it was "
        "written down. If you have the original, bring it to the counter.",
    ),
    "expired": (
        "Masa berlaku dokumen ini sudah habis. Bila Anda masih memerlukannya, ajukan permohonan baru.",
        "This document has expired. If you still need it, apply again.",
    ),
    "suspended": (
        "Dokumen ini ditangguhkan: untuk sementara tidak berlaku dan tidak diserahkan. Masa berlakunya "
        "tetap berjalan. Tanyakan alasannya di loket; Anda diberi tahu bila penangguhannya berakhir.",
        "This document is suspended: for now it does not count and is not handed over. Its validity runs "
        "on. Ask at the counter for the reason; you are told when the suspension ends.",
    ),
    "carrying_out": (
        "Anda tidak perlu melakukan apa-apa. Keputusan baru sedang ditetapkan.",
        "You need not do anything. The new decision is being set.",
    ),
    "nothing": (
        "Tidak ada dokumen yang perlu diambil. Tanyakan kelanjutannya di loket.",
        "There is no document to collect. Ask at the counter what follows.",
    ),
    "again": (
        "Dokumen Anda dapat diambil di loket dengan membawa tanda terima dan kartu identitas, serta "
        "dokumen yang lama bila ada pada Anda.",
        "Your document can be collected at the counter; bring your receipt and your identity card, and "
        "the old document if you have it.",
    ),
}
_CORRECTION_UNSIGNED: Words = (
    "Anda tidak perlu melakukan apa-apa. Dokumen Anda diperbaiki dan menunggu tanda tangan; datanglah "
    "mengambilnya bila halaman ini mengatakannya.",
    "You need not do anything. Your document was corrected and waits for its signature; come to collect "
    "it when this page says so.",
)

_LIST_BEHIND_THE_CODE: Words = (
    "Ada persyaratan yang harus dilengkapi. Masukkan kode akses untuk melihat daftarnya, lalu datang "
    "ke loket dengan membawa tanda terima.",
    "Some requirements have to be completed. Enter your access code to see which, then come to the "
    "counter with your receipt.",
)
_HANDED_OVER: Words = ("hasil sudah diserahkan{on}", "the result has been handed over{on}")
_ON: Words = (" pada {day}", " on {day}")
_OF: Words = (" dari {agency}", " of {agency}")

#: The right to object, where the refusal has been handed over (UU 30/2014 art. 77).
_REFUSED_AND_RECEIVED: Words = (
    "Bila tidak setuju dengan penolakan, Anda berhak mengajukan keberatan paling lama 21 hari "
    "kerja sejak keputusan ini diberitahukan.",
    "If you disagree with the refusal, you may object within 21 working days from when this decision "
    "was made known to you.",
)


def label(kind: str, code: str, language: str) -> str:
    """What people read for a code; an unknown one is shown as it is, without underscores.

    Kinds: status, step_status, document_status, outcome, waiting_for, step_kind, result; KeyError for
    another.
    """
    words = _LABELS[kind].get(code)
    return _pick(words, language) if words else code.replace("_", " ")


_POWER_WAIT: Words = (
    "Berkas menunggu pejabat yang berwenang atas tahapan {step}. Belum ada surat tentang penggantinya, "
    "jadi waktunya belum dapat kami sebutkan; silakan bertanya di loket.",
    "The file waits for an officer who has the power for the step {step}. There is no letter about it "
    "yet, so we cannot say until when; please ask at the counter.",
)
_POWER_WAIT_UNTIL: Words = (
    "Berkas menunggu pejabat yang berwenang atas tahapan {step} sampai {day}.",
    "The file waits until {day} for an officer who has the power for the step {step}.",
)


_POWER_WAIT_HOLDER: Words = (
    "Berkas menunggu {who}, yang saat ini memegang wewenang atas tahapan {step}.",
    "The file waits for {who}, who holds the power for the step {step} now.",
)
_POWER_WAIT_HOLDER_UNTIL: Words = (
    "Berkas menunggu {who}, yang saat ini memegang wewenang atas tahapan {step}; mulai {day} instansinya "
    "sendiri dapat mengerjakannya.",
    "The file waits for {who}, who holds the power for the step {step} now; from {day} on its own agency "
    "can take it.",
)

_COUNTER_OPEN: Words = (
    "Loket {name} buka sekarang. Jam buka hari ini: {today}.",
    "The counter of {name} is open now. Hours today: {today}.",
)
_COUNTER_CLOSED: Words = (
    "Loket {name} sedang tutup.{opens}",
    "The counter of {name} is closed now.{opens}",
)
_COUNTER_OPENS: Words = (" Buka lagi {when}.", " It opens again on {when}.")


def counter_hours(
    name: str, today: str | None, opens: str | None, language: str, *, is_open: bool
) -> str:
    """Whether a counter is open, and when it opens again."""
    if is_open:
        return _pick(_COUNTER_OPEN, language).format(name=name, today=today)
    when = _pick(_COUNTER_OPENS, language).format(when=opens) if opens else ""
    return _pick(_COUNTER_CLOSED, language).format(name=name, opens=when)


_ISSUED_ELSEWHERE: Words = (
    "Hasilnya diterbitkan oleh {issuer}, nomor {number}, tanggal {dated}. Nomor ini dicatat petugas dan "
    "tidak diperiksa di sini; keasliannya hanya dapat diperiksa di {issuer}.",
    "The result was issued by {issuer}, number {number}, on {dated}. An officer noted the number and it "
    "was not checked here; whether it is genuine only {issuer} can say.",
)


def issued_elsewhere(noted: Mapping[str, Any], language: str) -> str:
    """Who issued the result, its number and day, and that nothing of it is verified here."""
    dated = plain_date(date.fromisoformat(noted["dated"]), language)
    said = _pick(_ISSUED_ELSEWHERE, language)
    issuer = noted["issuer"]["en" if language == "en" else "id"]
    return said.format(issuer=issuer, number=noted["number"], dated=dated)


#: Kind of review → who decides it.
_REVIEWED_BY: Mapping[str, Words] = {
    "objection": (
        "Keberatan ini diputus oleh jabatan yang menetapkan keputusan, siapa pun yang memegangnya "
        "sekarang, termasuk petugas yang sama ({article}). Keputusan itu tetap berlaku "
        "selama keberatan diperiksa.",
        "This objection is decided by the position that made the decision, whoever holds it now, the "
        "same officer included ({article}). The decision stays in force meanwhile.",
    ),
    "appeal": (
        "Banding ini diputus oleh atasan jabatan yang menetapkan keputusan, dan bukan oleh yang sudah "
        "memutus sebelumnya ({article}). Keputusan itu tetap berlaku selama banding diperiksa.",
        "This appeal is decided by the position above the one that made the decision, and by nobody who "
        "decided before ({article}). The decision stays in force meanwhile.",
    ),
}


def reviewed_by(kind: str, article: str, language: str) -> str:
    """Which position decides an objection or an appeal, and that the decision stays in force."""
    return _pick(_REVIEWED_BY[kind], language).format(article=article)


def is_labelled(kind: str, code: str) -> bool:
    """Whether there are words for the code."""
    return code in _LABELS[kind]


def document_words(status: str, *, sent_back: bool) -> str:
    """The code of what is said of a document: one that was sent back has words of its own."""
    return "sent_back" if sent_back else status


def power_wait(step: Name, until: date | None, language: str, held_by: Sequence[Name] = ()) -> str:
    """That a step waits for an officer who may take it, and until when as far as papers say; or for who
    holds the power elsewhere."""
    what = in_language(step, language)
    if held_by:
        who = " / ".join(in_language(each, language) for each in held_by)
        if until is None:
            return _pick(_POWER_WAIT_HOLDER, language).format(step=what, who=who)
        day = plain_date(until, language)
        return _pick(_POWER_WAIT_HOLDER_UNTIL, language).format(step=what, who=who, day=day)
    if until is None:
        return _pick(_POWER_WAIT, language).format(step=what)
    return _pick(_POWER_WAIT_UNTIL, language).format(step=what, day=plain_date(until, language))


def next_action(
    status: str,
    outcome: str,
    waiting_for: str | None,
    language: str,
    holder: Name | None = None,
    news: str | None = None,
) -> str:
    """What the applicant does next, in a sentence or two; also when that is nothing.

    `holder` is the agency that has the case now: who issues what is to be paid. `news` is what became of
    the product, as `product_news` names it.
    """
    if news is not None:
        return _pick(_BY_NEWS[news], language)
    if status == "handed_over" and outcome == "refused":
        return _pick(_REFUSED_AND_RECEIVED, language)
    words = _BY_STATUS.get(status)
    if status == "handed_over" and waiting_for == "signature":
        return _pick(_CORRECTION_UNSIGNED, language)
    if waiting_for and status in ("submitted", "in_progress", "returned", "granted", "refused"):
        words = _BY_WAITING.get(waiting_for, words)
    of = _pick(_OF, language).format(agency=in_language(holder, language)) if holder else ""
    return _pick(words, language).format(of=of) if words else ""


def ask_for_the_code(language: str) -> str:
    """What the applicant does where documents are missing and no code was given: the list needs it."""
    return _pick(_LIST_BEHIND_THE_CODE, language)


def handed_over(outcome: str, language: str, day: str | None) -> str:
    """What became of a case whose result has been handed over: granted or refused, and since when."""
    on = _pick(_ON, language).format(day=day) if day else ""
    return f"{label('outcome', outcome, language)}; {_pick(_HANDED_OVER, language).format(on=on)}"


def _pick(words: Words, language: str) -> str:
    return words[1] if known_language(language) == "en" else words[0]
