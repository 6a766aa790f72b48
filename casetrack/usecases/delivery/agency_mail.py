"""The mail to an agency's mailbox: an account of theirs was disabled and steps wait for another hand, or
the limit of law of a case has passed."""

from dataclasses import dataclass

from casetrack.domain.clock import Calendar
from casetrack.domain.delivery.receivers import LIMIT_PASSED
from casetrack.domain.events import Event, parse_instant
from casetrack.storage.delivery.claims import Claim
from casetrack.usecases.context import Context
from casetrack.usecases.delivery.notify import plain_id
from casetrack.usecases.delivery.outcomes import DELIVERED, Outcome, PostFailed
from casetrack.usecases.delivery.owner_mail import Mail

_ACCOUNT = (
    "Akun / account {login}: dinonaktifkan / disabled",
    "Akun petugas {login} di {agency} dinonaktifkan pada {day}. Tahapan yang masih dipegangnya: "
    "{count}.\nMohon supervisor menugaskan tahapan itu kepada petugas lain yang berwenang "
    "(tindakan reassign). Siapa yang berwenang: GET /api/v1/authority/who.\n\n"
    "The account of the officer {login} at {agency} was disabled on {day}. Steps that they still "
    "hold: {count}.\nPlease give these steps to another officer who may complete them (the action "
    "reassign). Who may: GET /api/v1/authority/who.\n{listed}",
)
_LIMIT = (
    "[{number}] Batas waktu terlewati / limit of law passed",
    "Batas waktu menurut hukum atas permohonan {number} ({service}) terlewati pada {day} tanpa "
    "keputusan: {article}. Hari yang dihitung, per pemegang berkas: {held}.\nBuktinya tersimpan pada "
    "peristiwa deadline.missed. Segera putuskan; yang menolak setelah hari itu harus menyebutkan "
    "alasannya.\n\n"
    "The limit of law of the case {number} ({service}) passed on {day} without a decision: {article}. "
    "Days that counted, by who held the file: {held}.\nThe proof is kept with the event "
    "deadline.missed. Please decide at once; who refuses after that day has to say why.\n",
)
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
            subject, text = _LIMIT
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
        held = []
        for each in event.data["held"]:
            known = agencies.get(each["by"])
            who = known.name.id if known else _OTHERS.get(each["by"], each["by"])
            held.append(f"{who} {each['days']}")
        return {
            "number": event.data["number"],
            "service": self.ctx.definition(claim.region, service["id"], service["version"]).name.id,
            "day": calendar.local_date(parse_instant(event.data["due_at"])).isoformat(),
            "article": event.data["article"],
            "held": ", ".join(held) or "-",
        }


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
