"""The mail to an agency's mailbox: an account of theirs was disabled, and steps wait for another hand."""

from dataclasses import dataclass

from casetrack.domain.events import Event
from casetrack.storage.delivery.claims import Claim
from casetrack.usecases.context import Context
from casetrack.usecases.delivery.notify import plain_id
from casetrack.usecases.delivery.outcomes import DELIVERED, Outcome, PostFailed
from casetrack.usecases.delivery.owner_mail import Mail

_SUBJECT = "Akun / account {login}: dinonaktifkan / disabled"
_TEXT = (
    "Akun petugas {login} di {agency} dinonaktifkan pada {day}. Tahapan yang masih dipegangnya: "
    "{count}.\nMohon supervisor menugaskan tahapan itu kepada petugas lain yang berwenang "
    "(tindakan reassign). Siapa yang berwenang: GET /api/v1/authority/who.\n\n"
    "The account of the officer {login} at {agency} was disabled on {day}. Steps that they still "
    "hold: {count}.\nPlease give these steps to another officer who may complete them (the action "
    "reassign). Who may: GET /api/v1/authority/who.\n{listed}"
)
#: So many steps are named; the rest is counted.
_MOST_NAMED = 50


@dataclass(frozen=True, slots=True)
class ToAgency:
    """The carrier of mails to agencies; one without an address in its region's files hears nothing."""

    ctx: Context
    mail: Mail

    def __call__(self, claim: Claim, event: Event) -> Outcome:
        """Tells once whose account it was and which steps they hold."""
        region, calendar = self.ctx.region(claim.region)
        agency = region.agencies.get(event.data["agency"])
        if agency is None or agency.email is None:
            return Outcome("not_possible", "the agency has no e-mail address")
        held = [f"{each['number']} {each['step']}" for each in event.data["held"]]
        rest = len(held) - _MOST_NAMED
        listed = [*held[:_MOST_NAMED], *([f"+ {rest}"] if rest > 0 else [])]
        words = {
            "login": event.data["officer"],
            "agency": agency.name.id,
            "day": calendar.local_date(event.occurred_at).isoformat(),
            "count": len(held),
            "listed": "".join(f"\n{line}" for line in listed),
        }
        name = plain_id(claim.region, claim.position, claim.role)
        try:
            self.mail(agency.email, _SUBJECT.format(**words), _TEXT.format(**words), name)
        except PostFailed as error:
            return error.outcome()
        return Outcome(DELIVERED.state, name=name)
