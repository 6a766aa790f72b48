"""The README's case and others in all stages, told by the outside contract only: HTTP, as any release.

Nothing here may import what a release keeps inside: the same words are said to the release before.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

Body = dict[str, Any]
#: Login, path below the case, body.
Deed = tuple[str, str, Body]


@dataclass(frozen=True)
class Reply:
    """What was answered."""

    status: int
    etag: str | None
    body: Any


class Desk(Protocol):
    """Where somebody with a token asks; paths are below /api/v1."""

    def ask(
        self, method: str, path: str, login: str, body: Body | None = None, etag: str | None = None
    ) -> Reply:
        """One request."""


@dataclass(frozen=True)
class Opened:
    """A case as the applicant knows it."""

    number: str
    code: str


BILLBOARD: Body = {
    "service": "izin-reklame",
    "facts": {"width_cm": 400, "location": "64.72.03", "spot": "Simpang empat"},
    "applicant": {
        "kind": "person",
        "name": "Budi Santoso",
        "nik": "6472010101900001",
        "email": "budi@example.id",
    },
    "documents": [
        {"requirement": "ktp", "name": "ktp.pdf"},
        {"requirement": "foto-lokasi", "name": "foto.jpg"},
        {"requirement": "denah-lokasi"},
        {"requirement": "desain-reklame"},
        {"requirement": "npwpd"},
        {"requirement": "bukti-lahan"},
        {"requirement": "pernyataan-bongkar"},
    ],
}
LETTER: Body = {
    "service": "surat-keterangan",
    "applicant": {"kind": "person", "name": "Siti Aminah", "email": "siti@example.id"},
    "documents": [{"requirement": "ktp"}, {"requirement": "proposal"}],
}
_DARK = {"requirement": "foto-lokasi", "text": "Terlalu gelap"}

COMPLETE: tuple[Deed, ...] = (
    ("smr.clerk", "steps/intake/actions", {"action": "declare_complete", "note": "lengkap"}),
)
REVIEWED: tuple[Deed, ...] = (
    *COMPLETE,
    ("smr.dlh", "steps/review_dlh/actions", {"action": "complete", "result": "favourable"}),
    ("smr.dishub", "steps/review_dishub/actions", {"action": "return", "defects": [_DARK]}),
    ("smr.pupr", "steps/review_pupr/actions", {"action": "complete", "result": "conditional"}),
)
RETURNED: tuple[Deed, ...] = (*REVIEWED, ("smr.clerk", "actions", {"action": "send_return"}))
VERIFIED: tuple[Deed, ...] = (
    *RETURNED,
    ("smr.clerk", "actions", {"action": "resubmit"}),
    ("smr.dishub", "steps/review_dishub/actions", {"action": "complete", "result": "favourable"}),
    ("smr.dpmptsp", "steps/verify/actions", {"action": "complete"}),
)
DECIDE: Deed = ("smr.signer", "steps/decide/actions", {"action": "complete"})
_FROM_DECISION: tuple[Deed, ...] = (
    DECIDE,
    ("smr.bapenda", "steps/assess_tax/actions", {"action": "complete"}),
    ("smr.bapenda", "steps/pay_tax/actions", {"action": "record_payment"}),
    ("smr.signer", "steps/sign/actions", {"action": "complete"}),
    ("smr.clerk", "actions", {"action": "hand_over"}),
)
#: As the README tells it.
HANDED_OVER: tuple[Deed, ...] = (*VERIFIED, *_FROM_DECISION)
REFUSED: tuple[Deed, ...] = (
    *VERIFIED,
    ("smr.signer", "steps/decide/actions", {"action": "refuse", "note": "Tidak memenuhi"}),
)
PAUSED: tuple[Deed, ...] = (
    *COMPLETE,
    ("smr.supervisor", "actions", {"action": "pause", "reason": "court"}),
)
CONFLICT: tuple[Deed, ...] = (
    *VERIFIED,
    ("smr.signer", "conflicts", {"action": "declare", "ground": "family"}),
)
WITHDRAWN: tuple[Deed, ...] = (*COMPLETE, ("smr.clerk", "actions", {"action": "withdraw"}))
LETTER_GRANTED: tuple[Deed, ...] = (
    *COMPLETE,
    (
        "smr.dpmptsp",
        "steps/decide/actions",
        {"action": "complete", "as_position": "kabid-perizinan"},
    ),
)
LETTER_HANDED_OVER: tuple[Deed, ...] = (
    *COMPLETE,
    ("smr.signer", "steps/decide/actions", {"action": "complete"}),
    ("smr.clerk", "actions", {"action": "hand_over"}),
)
#: Stage → what is applied for, what is done, and the status after it.
STAGES: Mapping[str, tuple[Body, tuple[Deed, ...], str]] = {
    "submitted": (LETTER, (), "submitted"),
    "in_progress": (BILLBOARD, REVIEWED, "in_progress"),
    "returned": (BILLBOARD, RETURNED, "returned"),
    "paused": (BILLBOARD, PAUSED, "in_progress"),
    "conflict": (BILLBOARD, CONFLICT, "in_progress"),
    "refused": (BILLBOARD, REFUSED, "refused"),
    "handed_over": (BILLBOARD, HANDED_OVER, "handed_over"),
    "letter_granted": (LETTER, LETTER_GRANTED, "granted"),
    "withdrawn": (BILLBOARD, WITHDRAWN, "withdrawn"),
    "erased": (LETTER, LETTER_HANDED_OVER, "handed_over"),
}
#: How each stage ends when it is played on, and the status after it.
GOING_ON: Mapping[str, tuple[tuple[Deed, ...], str]] = {
    # Its clerk recorded no document: none had to be, and no door took those that came later.
    "submitted": (
        (
            ("smr.clerk", "documents", {"requirement": "ktp", "name": "ktp.pdf"}),
            ("smr.clerk", "documents", {"requirement": "proposal"}),
            *LETTER_HANDED_OVER,
        ),
        "handed_over",
    ),
    "in_progress": (HANDED_OVER[len(REVIEWED) :], "handed_over"),
    "returned": (HANDED_OVER[len(RETURNED) :], "handed_over"),
    "paused": (
        (
            ("smr.supervisor", "actions", {"action": "resume"}),
            *HANDED_OVER[len(COMPLETE) :],
        ),
        "handed_over",
    ),
    "letter_granted": ((("smr.clerk", "actions", {"action": "hand_over"}),), "handed_over"),
}
_PLAYED = [*(deeds for _, deeds, _ in STAGES.values()), *(deeds for deeds, _ in GOING_ON.values())]
#: Everybody who does something in them, and who only reads.
LOGINS = tuple(
    sorted(
        {"smr.head", "smr.auditor", "smr.integrator"}
        | {login for deeds in _PLAYED for login, _, _ in deeds}
    )
)


def open_case(desk: Desk, application: Body, by: str = "smr.clerk") -> Opened:
    """The clerk takes in a file."""
    reply = desk.ask("POST", "/cases", by, application)
    assert reply.status == 201, reply
    return Opened(reply.body["number"], reply.body["access_code"])


def act(desk: Desk, number: str, deed: Deed) -> Body:
    """One deed by somebody who has seen the case as it is now; gives the case, or what was made."""
    login, path, body = deed
    etag = desk.ask("GET", f"/cases/{number}", login).etag
    reply = desk.ask("POST", f"/cases/{number}/{path}", login, body, etag)
    assert reply.status in (200, 201), (deed, reply)
    told: Body = reply.body
    return told


def refusal(desk: Desk, number: str, deed: Deed) -> tuple[int, str]:
    """The same where it is refused; gives status and code."""
    login, path, body = deed
    etag = desk.ask("GET", f"/cases/{number}", login).etag
    reply = desk.ask("POST", f"/cases/{number}/{path}", login, body, etag)
    return reply.status, str(reply.body.get("code"))


def play(desks: Callable[[int], Desk], application: Body, deeds: tuple[Deed, ...]) -> Opened:
    """A whole story; `desks` says at which desk each of its deeds is done, the opening being 0."""
    opened = open_case(desks(0), application)
    for place, deed in enumerate(deeds, start=1):
        act(desks(place), opened.number, deed)
    return opened


def passports(desk: Desk, number: str) -> list[Body]:
    """What was decided in a case, each decision with the passport that was kept."""
    trace = desk.ask("GET", f"/cases/{number}/trace", "smr.auditor").body
    decisions = [decision for step in trace["items"] for decision in step["decisions"]]
    return [one for one in decisions if one["authority"]["passport"]]


def withdraw_grant(desk: Desk, grant: str, since: str) -> None:
    """A paper that takes a grant back: the head enters it, a supervisor confirms it."""
    paper = {
        "kind": "withdrawal",
        "id": f"cabut-{grant}",
        "entry": {
            "grant": grant,
            "since": since,
            "basis": {"instrument": "sk-dpmptsp-27-2026", "line": "diktum-1"},
        },
        "document": {"sha256": "ab" * 32},
    }
    drafted = desk.ask("POST", "/authority/entries", "smr.head", paper)
    assert drafted.status == 201, drafted
    path = f"/authority/entries/withdrawal/{paper['id']}/actions"
    confirmed = desk.ask("POST", path, "smr.supervisor", {"action": "confirm"}, drafted.etag)
    assert confirmed.status == 200, confirmed


def subscribe(desk: Desk, url: str) -> None:
    """An agency's system asks to hear of everything."""
    asked = {"url": url, "types": ["casetrack.*"], "signing": "hmac"}
    reply = desk.ask("POST", "/webhooks", "smr.integrator", asked)
    assert reply.status == 201, reply
