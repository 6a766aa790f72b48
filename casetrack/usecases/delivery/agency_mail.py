"""The mail to an agency's mailbox: an account of theirs was disabled and steps wait for another hand, or
the limit of law of a case has passed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from casetrack.domain.clock import Calendar
from casetrack.domain.delivery.receivers import LIMIT_PASSED
from casetrack.domain.events import Event, parse_instant
from casetrack.domain.service.definition import ServiceDefinition
from casetrack.storage.delivery.claims import Claim
from casetrack.usecases.context import Context
from casetrack.usecases.delivery.notify import plain_id
from casetrack.usecases.delivery.outcomes import DELIVERED, Outcome, PostFailed
from casetrack.usecases.delivery.owner_mail import Mail

_ACCOUNT = (
    "Akun / account {login}: dinonaktifkan / disabled",
    "Akun petugas {login} di {agency} dinonaktifkan pada {day}. Tahapan yang dipegangnya: "
    "{count}.\nTahapan itu kembali ke daftar kerja instansi. Mohon supervisor memastikan ada petugas "
    "berwenang yang mengerjakannya (tindakan claim atau reassign). Siapa yang berwenang: "
    "GET /api/v1/authority/who.\n\n"
    "The account of the officer {login} at {agency} was disabled on {day}. Steps that they held: "
    "{count}.\nThese steps go back to the agency's worklist. Please see to it that an officer who may "
    "complete them takes them (the action claim or reassign). Who may: "
    "GET /api/v1/authority/who.\n{listed}",
)
_LIMIT = (
    "[{number}] Batas waktu terlewati / limit of law passed",
    "Batas waktu menurut hukum atas permohonan {number} ({service}) terlewati pada {day} tanpa "
    "keputusan: {article}. Hari yang dihitung, per pemegang berkas: {held}.\nBuktinya tersimpan pada "
    "peristiwa deadline.missed. Segera putuskan; yang menolak setelah hari itu harus menyebutkan "
    "alasannya.\n\n"
    "The limit of law of the case {number} ({service}) passed on {day} without a decision: {article}. "
    "Days that counted, by who held the file: {held}.\nThe proof is kept with the event "
    "deadline.missed. Please decide at once; who refuses after that day has to say why.\n{missing}",
)
_MISSING = (
    "\nLayanan ini menerbitkan sendiri menurut hukum. Untuk permohonan ini tidak, karena belum tercatat "
    "terpenuhi: / This service issues by law by itself. It did not in this case, because these are not "
    "recorded as met:\n{listed}\n"
)
_GRANTED = (
    "[{number}] Dikabulkan menurut hukum / granted by law",
    "Permohonan {number} ({service}) tidak diputus sampai batas waktunya pada {day} dan karena itu "
    "dikabulkan menurut hukum ({article}). Produknya sudah terbit tanpa nama dan tanda tangan petugas. "
    "Hari yang dihitung, per pemegang berkas: {held}.\nTahapan yang masih terbuka dibatalkan, kecuali "
    "penyerahan. Supervisor atau kepala di loket depan yang tidak memegang berkas ini memeriksanya: "
    "POST /api/v1/cases/{number}/deemed-checks.\n\n"
    "The case {number} ({service}) was not decided by its limit on {day}, and was therefore granted by "
    "law ({article}). Its product is issued without an officer's name or signature. Days that counted, "
    "by who held the file: {held}.\nSteps that were open are cancelled, but the hand-over. A "
    "supervisor or head of the front office who did not hold this file checks it: "
    "POST /api/v1/cases/{number}/deemed-checks.\n",
)
#: What stood against a grant by law, by kind; a name where it has one that anybody concerned may read.
_LACKS = {
    "set_up": "dua petugas belum menyiapkannya / two officers have not set it up",
    "paper": "berkas / paper: {name}",
    "external_fact": "jawaban register lain / answer of another register: {name}",
    "payment": "pembayaran / payment: {name}",
    "conflict": "benturan kepentingan belum selesai / a conflict of interest is open",
    "advice": "rekomendasi tidak mendukung / unfavourable advice: {name}",
    "defects": "kekurangan belum diperbaiki / defects are not mended",
    "paused": "waktu layanan berhenti / the clock stands",
    "product": "tidak ada produk yang dapat terbit / no product can be issued",
    "signature": "tanda tangan sudah dimulai / a signature is begun: {name}",
    "erased": "data pemohon sudah dihapus / the applicant's data are erased",
}
_OF_STEPS = ("payment", "advice")
#: So many steps are named; the rest is counted.
_MOST_NAMED = 50
#: Whose days are nobody's here.
_OTHERS = {"applicant": "pemohon / applicant", "outside": "pihak luar / others outside"}


@dataclass(frozen=True, slots=True)
class ToAgency:
    """The carrier of mails to agencies; one without an address in its region's files hears nothing."""

    ctx: Context
    mail: Mail

    def __call__(self, claim: Claim, event: Event) -> Outcome:
        """Tells the agency once what happened to its officers or its cases."""
        region, calendar = self.ctx.region(claim.region)
        agency = region.agencies.get(event.data["agency"])
        if agency is None or agency.email is None:
            return Outcome("not_possible", "the agency has no e-mail address")
        if event.type == LIMIT_PASSED:
            subject, text = _GRANTED if event.data.get("granted") else _LIMIT
            words = self._of_limit(claim, event, calendar)
        else:
            subject, text = _ACCOUNT
            words = _of_account(event, agency.name.id, calendar)
        name = plain_id(claim.region, claim.position, claim.role)
        try:
            self.mail(agency.email, subject.format(**words), text.format(**words), name)
        except PostFailed as error:
            return error.outcome()
        return Outcome(DELIVERED.state, name=name)

    def _of_limit(self, claim: Claim, event: Event, calendar: Calendar) -> dict[str, str]:
        agencies = self.ctx.region(claim.region)[0].agencies
        service = event.data["service"]
        definition = self.ctx.definition(claim.region, service["id"], service["version"])
        held = []
        for each in event.data["held"]:
            known = agencies.get(each["by"])
            who = known.name.id if known else _OTHERS.get(each["by"], each["by"])
            held.append(f"{who} {each['days']}")
        return {
            "number": event.data["number"],
            "service": definition.name.id,
            "day": calendar.local_date(parse_instant(event.data["due_at"])).isoformat(),
            "article": event.data["article"],
            "held": ", ".join(held) or "-",
            "missing": _missing(definition, event.data.get("missing") or ()),
        }


def _missing(definition: ServiceDefinition, missing: Sequence[Mapping[str, str]]) -> str:
    """What stood against a grant by law, each on its line; nothing where the law grants nothing here."""
    if not missing:
        return ""
    named: dict[tuple[str, str], str] = {
        **{("paper", each.id): each.name.id for each in definition.requirements},
        **{
            ("external_fact", each.id): f"{each.name.id} ({each.source.id})"
            for each in definition.external_facts
        },
        **{(kind, step.id): step.name.id for kind in _OF_STEPS for step in definition.steps},
        **{("signature", each.id): each.name.id for each in definition.products},
    }
    lines = []
    for each in missing:
        # A kind of a later release is named by its code.
        words = _LACKS.get(each["kind"], each["kind"])
        lines.append("- " + words.format(name=named.get((each["kind"], each["id"]), each["id"])))
    return _MISSING.format(listed="\n".join(lines))


def _of_account(event: Event, agency: str, calendar: Calendar) -> dict[str, str]:
    held = [f"{each['number']} {each['step']}" for each in event.data["held"]]
    rest = len(held) - _MOST_NAMED
    listed = [*held[:_MOST_NAMED], *([f"+ {rest}"] if rest > 0 else [])]
    return {
        "login": event.data["officer"],
        "agency": agency,
        "day": calendar.local_date(event.occurred_at).isoformat(),
        "count": str(len(held)),
        "listed": "".join(f"\n{line}" for line in listed),
    }
