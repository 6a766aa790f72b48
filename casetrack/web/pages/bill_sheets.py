"""A bill on paper: how much, by which code, until when, by what law, and how it stands.

Where it is paid comes from the register alone, and stands only on a bill of which something is still to
be paid. No value has room for a name or a NIK.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casetrack.domain.events import parse_instant
from casetrack.domain.service.definition import Name
from casetrack.domain.service.rupiah_words import rupiah_in_words
from casetrack.gateways.dates import known_language, rupiah
from casetrack.web.pages.citizen_pages import Tongue
from casetrack.web.pages.sheet_form import Listing, Sheet

#: Of a bill these say when something happened to it; the newest is the day of the paper.
_MOMENTS = (
    "issued_at",
    "reported_at",
    "overdue_at",
    "reduced_at",
    "confirmed_at",
    "cancelled_at",
    "refunded_at",
)
#: Across a paper by which nothing is to be paid.
_ACROSS = {
    "confirmed": ("LUNAS", "PAID"),
    "cancelled": ("DIBATALKAN", "CANCELLED"),
    "refunded": ("DIKEMBALIKAN", "REFUNDED"),
}
#: How it stands, to be seen first, and what that means.
_STANDS = {
    "issued": (
        ("BELUM DIBAYAR.", "NOT PAID."),
        ("Belum ada pembayaran yang tercatat.", "No payment is recorded."),
    ),
    "reported": (
        ("BELUM DIKONFIRMASI.", "NOT CONFIRMED."),
        (
            "Pembayaran sudah dilaporkan dan sedang dicocokkan; jangan membayar dua kali.",
            "A payment was reported and is being compared; do not pay twice.",
        ),
    ),
    "overdue": (
        ("LEWAT JATUH TEMPO.", "OVERDUE."),
        (
            "Belum ada pembayaran yang dikonfirmasi sampai hari jatuh tempo.",
            "No payment was confirmed until the day on which it was due.",
        ),
    ),
    "confirmed": (
        ("LUNAS.", "PAID."),
        (
            "Pembayaran dikonfirmasi pada {}. Jangan membayar lagi.",
            "The payment was confirmed on {}. Do not pay again.",
        ),
    ),
    "cancelled": (
        ("DIBATALKAN.", "CANCELLED."),
        (
            "Tagihan ini dibatalkan pada {}. Jangan membayar dengan kode ini.",
            "This bill was cancelled on {}. Do not pay by this code.",
        ),
    ),
    "refunded": (
        ("DIKEMBALIKAN.", "REFUNDED."),
        (
            "Diputuskan pada {} bahwa uangnya dikembalikan. Jangan membayar dengan kode ini.",
            "It was decided on {} that the money goes back. Do not pay by this code.",
        ),
    ),
}
#: Of a bill of before, of which that moment was not kept.
_THAT_DAY = ("hari yang tercatat pada berkas", "the day that the case has")
_GUARD = (
    "Bayarlah hanya dengan kode bayar ini dan hanya ke tempat yang tertulis di sini, dan jangan kepada "
    "petugas atau perantara. Simpanlah bukti bayarnya. Surat tagihan ini bukan izin dan bukan bukti "
    "bayar.",
    "Pay only by this code and only where this paper says, never to an officer or a go-between. Keep the "
    "proof of payment. This bill is no permit and no proof of payment.",
)
_NO_PROOF = (
    "Surat ini bukan izin. Keadaan tagihan hari ini dapat dilihat di alamat di atas.",
    "This paper is no permit. How the bill stands today can be seen at the address above.",
)


@dataclass(frozen=True, slots=True)
class PrintedBill:
    """A bill as the case has it, and what stands around it; `pay_to`: of the register."""

    bill: Mapping[str, Any]
    takes_money: bool
    pay_to: Mapping[str, Any] | None
    number: str
    service: Name
    step: Name
    region: Name
    office: Name
    counter: Name | None
    zone: str
    status_url: str


def bill_sheet(printed: PrintedBill, *, language: str) -> Sheet:
    """The bill on paper; the same bill gives the same sheet."""
    tongue = Tongue(known_language(language), printed.zone)
    t, bill = tongue.t, printed.bill
    state, is_open = bill["state"], printed.takes_money
    return Sheet(
        language=tongue.language,
        region=tongue.said(printed.region),
        office=tongue.said(printed.office),
        counter=tongue.said(printed.counter) if printed.counter else "",
        title=t("Surat tagihan", "Bill"),
        other_title=t("Bill", "Surat tagihan"),
        number=bill["code"],
        facts=tuple(_facts(printed, tongue)),
        large=t("Jumlah", "Amount"),
        clock=_stands(bill, tongue),
        lists=tuple(_where(printed.pay_to, tongue)) if is_open else (),
        address=printed.status_url,
        look=t("Cek status", "Check the status"),
        code=None,
        hint="",
        advice=t(*(_GUARD if is_open else _NO_PROOF)),
        made_at=changed_at(bill),
        across=t(*_ACROSS[state]) if state in _ACROSS else "",
    )


def changed_at(bill: Mapping[str, Any]) -> datetime:
    """When something last happened to it: the date of the paper."""
    return max(parse_instant(bill[name]) for name in _MOMENTS if bill.get(name))


def _facts(printed: PrintedBill, tongue: Tongue) -> list[tuple[str, str]]:
    t, bill = tongue.t, printed.bill
    facts = [
        (t("Kode bayar", "Payment code"), bill["code"]),
        (t("Jumlah", "Amount"), rupiah(bill["amount"])),
        (t("Terbilang", "In words"), rupiah_in_words(bill["amount"])),
        (t("Untuk", "For"), tongue.said(printed.step)),
        (t("Layanan", "Service"), tongue.said(printed.service)),
        (t("Nomor permohonan", "Case"), printed.number),
        (t("Dasar hukum", "Legal basis"), bill["basis"]),
        (t("Jatuh tempo", "Due"), tongue.moment(parse_instant(bill["due_at"]))),
        (t("Diterbitkan pada", "Issued on"), tongue.moment(parse_instant(bill["issued_at"]))),
    ]
    if bill.get("number"):
        facts.append((t("Nomor ketetapan", "Assessment"), bill["number"]))
    if bill.get("reference"):
        facts.append((t("Referensi pembayaran", "Payment reference"), bill["reference"]))
    return facts


def _stands(bill: Mapping[str, Any], tongue: Tongue) -> tuple[str, str]:
    first, then = _STANDS[bill["state"]]
    moment = bill.get(f"{bill['state']}_at")
    day = tongue.moment(parse_instant(moment)) if moment else tongue.t(*_THAT_DAY)
    return tongue.t(*first), tongue.t(*then).format(day)


def _where(pay_to: Mapping[str, Any] | None, tongue: Tongue) -> list[Listing]:
    if pay_to is None:
        return []
    t = tongue.t
    items = [tongue.said(Name(**pay_to["name"])), pay_to["bank"]]
    if pay_to["number"]:
        items.append(f"{t('Nomor rekening', 'Account number')}: {pay_to['number']}")
    if pay_to["holder"]:
        items.append(f"{t('Atas nama', 'Held by')}: {pay_to['holder']}")
    return [Listing(t("Dibayar ke", "Pay to"), tuple(items))]
