"""What was told to people and how it stands, in words for those who look after a case."""

from collections.abc import Iterable, Mapping

from casetrack.domain.delivery.receivers import State
from casetrack.domain.service import notices
from casetrack.domain.service.notices import Kind

#: As `notices.TOLD` says it in English.
TOLD: Mapping[Kind, str] = {
    "case.opened": "berkas sudah diterima",
    "case.declared_complete": "berkas lengkap, batas waktu layanan mulai dihitung",
    "case.returned": "ada yang perlu dilengkapi atau diperbaiki, disebut semua sekaligus",
    "case.lapse_near": "kekurangan belum dilengkapi, hari terakhirnya sudah dekat",
    "case.resubmitted": "kekurangan sudah diterima",
    "case.paused": "pengerjaan berhenti sementara",
    "case.resumed": "pengerjaan dilanjutkan",
    "case.extended": "batas waktu layanan diperpanjang",
    "case.parties_changed": "data pengurus atau kontak diubah",
    "case.deadlines_moved": "batas waktu layanan bergeser mengikuti kalender",
    "case.granted": "sudah ada keputusan (isinya tidak disebut)",
    "case.deemed_granted": "sudah ada hasil karena batas waktu lewat (isinya tidak disebut)",
    "case.refused": "sudah ada keputusan (isinya tidak disebut)",
    "case.handed_over": "hasil sudah diserahkan",
    "case.withdrawn": "permohonan ditarik kembali",
    "case.closed": "permohonan ditutup tanpa keputusan",
    "case.corrected": "hasil diperbaiki",
    "case.annulled": "keputusan dibatalkan, hasil tidak berlaku",
    "case.revoked": "hasil dicabut dan tidak berlaku",
    "case.suspended": "hasil ditangguhkan, sementara tidak berlaku",
    "case.reinstated": "penangguhan hasil berakhir",
    "step.completed": "satu tahapan selesai",
    "step.reopened": "satu tahapan diperiksa ulang",
    "step.stalled": "satu tahapan menunggu pejabat yang berwenang",
    "step.freed": "tahapan yang menunggu pejabat dapat dikerjakan lagi",
    "deadline.missed": "batas waktu terlewati",
    "inspection.promised": "peninjauan lapangan dijanjikan: hari dan jam",
    "inspection.moved": "peninjauan lapangan dipindahkan: hari dan jam yang baru",
    "inspection.near": "peninjauan lapangan pada hari kerja berikutnya",
    "inspection.done": "peninjauan lapangan sudah dilaksanakan",
    "inspection.not_met": "peninjauan lapangan tidak terlaksana",
    "bill.issued": "tagihan ditetapkan: kode bayar resmi, jumlah, dan batas bayar",
    "bill.confirmed": "pembayaran terkonfirmasi",
    "bill.overdue": "batas bayar terlewati",
}
#: (Bahasa Indonesia, English)
STANDS: Mapping[State, tuple[str, str]] = {
    "pending": ("Masih dalam pengiriman", "Still on its way"),
    "delivered": ("Sudah terkirim", "Sent"),
    "given_up": (
        "Tidak berhasil dikirim; sampaikan langsung",
        "Could not be sent; tell the person yourself",
    ),
    "not_possible": (
        "Tidak ada alamat untuk mengirim; sampaikan langsung",
        "There is no address to send it to; tell the person yourself",
    ),
    "told_in_person": ("Sudah disampaikan langsung", "Told in person"),
    "cancelled": ("Tidak jadi dikirim", "Not sent after all"),
}


def what(types: Iterable[str]) -> dict[str, str]:
    """What a message about these types of events tells."""
    kinds = list(dict.fromkeys(notices.kind_of(each) for each in types))
    return {
        "id": "; ".join(TOLD[kind] for kind in kinds),
        "en": "; ".join(notices.TOLD[kind] for kind in kinds),
    }


def stands(state: State) -> dict[str, str]:
    """How it stands."""
    own, english = STANDS[state]
    return {"id": own, "en": english}
