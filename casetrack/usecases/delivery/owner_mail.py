"""The mail to a subscription's owner: the endpoint is paused or gone, and could not tell them."""

from dataclasses import dataclass
from typing import Protocol

from casetrack.domain.delivery.receivers import AGENCY, OFFICER
from casetrack.domain.events import Event
from casetrack.storage.delivery import subscriptions
from casetrack.storage.delivery.claims import Claim
from casetrack.usecases.context import Context
from casetrack.usecases.delivery.notify import plain_id
from casetrack.usecases.delivery.outcomes import DELIVERED, Attempt, Outcome, PostFailed
from casetrack.usecases.delivery.webhook_attempt import opened

_WHAT = {
    "paused": (
        "Webhook {id} is paused / dijeda",
        "Pengiriman ke {url} dijeda: {why_id}. Tidak ada yang hilang; yang tertunda dikirim setelah "
        "dilanjutkan.\n\nDeliveries to {url} are paused: {why_en}. Nothing is lost; what waits is "
        "sent once it is resumed: POST /api/v1/webhooks/{id}/resume.\n",
    ),
    "ended": (
        "Webhook {id} has ended / berakhir",
        "{url} menjawab 410 (Gone), jadi langganan ini berakhir.\n\n{url} answered 410 (Gone), so "
        "this subscription has ended. To hear again, make a new one; what was missed is in "
        "GET /api/v1/events.\n",
    ),
}
_WHY = {
    "failing": ("gagal terus-menerus", "it has kept failing"),
    "operator": ("oleh operator", "by the operator"),
}


class Mail(Protocol):
    """Sends to an address: subject, text, message id. Raises PostFailed."""

    def __call__(self, address: str, subject: str, text: str, plain_id: str, /) -> None: ...


@dataclass(frozen=True, slots=True)
class ToOwner:
    """The carrier of mails to owners, to agencies about their own, and to officers."""

    ctx: Context
    mail: Mail
    to_agency: Attempt
    to_officer: Attempt

    def __call__(self, claim: Claim, event: Event) -> Outcome:
        """Tells what happened to the endpoint; the host is named, the rest of the URL is not."""
        if event.stream.startswith(AGENCY):
            return self.to_agency(claim, event)
        if event.stream.startswith(OFFICER):
            return self.to_officer(claim, event)
        with self.ctx.database.read() as connection:
            row = subscriptions.find(connection, claim.region, claim.number)
        address = opened(self.ctx, row).get("email") if row is not None else None
        if row is None or not address:
            return Outcome("not_possible", "no e-mail address")
        subject, text = _WHAT[event.data["state"]]
        why_id, why_en = _WHY.get(event.data["why"], ("", ""))
        # A path or a query may hold what only the two systems should know.
        host = "/".join(row.url.split("/", 3)[:3])
        words = {"id": row.id, "url": host, "why_id": why_id, "why_en": why_en}
        name = plain_id(claim.region, claim.position, claim.role)
        try:
            self.mail(address, subject.format(**words), text.format(**words), name)
        except PostFailed as error:
            return error.outcome()
        return Outcome(DELIVERED.state, name=name)
