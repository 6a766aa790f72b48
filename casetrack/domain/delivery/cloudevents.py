"""What leaves the house: an event as a CloudEvent (CloudEvents 1.0.2, JSON format), the same for all.

Everything that goes out is named here; what is not named stays. So no access digest, no HMAC, no
reference to a sealed text and no login can leave by an event that somebody invents tomorrow.
"""

from collections.abc import Callable, Mapping
from typing import Any

from casetrack.domain.case.transitions import PARTY_ACTIONS, TOLD_REASONS
from casetrack.domain.events import Event, instant

CONTENT_TYPE = "application/cloudevents+json"
DATA_SCHEMA = "urn:casetrack:schema:event:1"

_CIRCUMSTANCES = ("status", "outcome", "waiting_for", "holder", "due_at")
_PRODUCT = ("id", "product", "kind", "state", "number")
_STEP = ("status", "result", "due_at")


def cloud_event(event: Event, position: int | None, digest: str | None = None) -> dict[str, Any]:
    """The CloudEvent of an event; the same bytes' worth of content however often it is made.

    `sequence` counts within `stream` (a case's own or a companion's), `position` in the region's
    ledger. `digest` is the chain hash, where the caller has it.
    """
    document: dict[str, Any] = {
        "specversion": "1.0",
        "id": event_id(event),
        "source": f"urn:casetrack:region:{event.region}",
        "type": event.type,
        "subject": number_of(event.stream),
        "time": instant(event.occurred_at),
        "datacontenttype": "application/json",
        "dataschema": DATA_SCHEMA,
        "sequence": str(event.version),
        "sequencetype": "Integer",
        "stream": event.stream,
        "version": event.version,
    }
    if position is not None:
        document["position"] = position
    if digest is not None:
        document["hash"] = digest
    if event.traceparent is not None:
        document["traceparent"] = event.traceparent
    document["data"] = {
        **_contents(event),
        "actor": _actor(event.actor),
        "occurred_at": instant(event.occurred_at),
        "recorded_at": instant(event.recorded_at),
    }
    return document


def event_id(event: Event) -> str:
    """The id by which a receiver knows a repeat. No full stop: it delimits what is signed."""
    return f"evt_{event.id}"


def number_of(stream: str) -> str:
    """The case that a stream is about: itself, or what a companion is named after."""
    return stream.rpartition("/")[2]


def _actor(actor: Mapping[str, Any]) -> dict[str, Any]:
    """The role and the agency; a process of ours by its name."""
    if actor.get("kind") == "system":
        return {"kind": "system", "id": actor.get("id")}
    return {name: actor.get(name) for name in ("kind", "role", "agency")}


def _contents(event: Event) -> dict[str, Any]:
    family = event.stream.partition("/")[0] if "/" in event.stream else ""
    return _FAMILIES.get(family, _of_others)(event)


def _of_case(event: Event) -> dict[str, Any]:
    now = event.data.get("now", {})
    return {
        "number": number_of(event.stream),
        "service": _service(event, now),
        **{name: now.get(name) for name in _CIRCUMSTANCES},
        "step": now.get("step"),
        "change": _change(event.data),
    }


def _service(event: Event, now: Mapping[str, Any]) -> dict[str, Any] | None:
    """Null for events of a release that did not write it into each of them."""
    said: dict[str, Any] | None = now.get("service")
    if said is None and "service" in event.data.get("case", {}):
        case = event.data["case"]
        said = {"id": case["service"], "version": case["service_version"]}
    return said


def _change(data: Mapping[str, Any]) -> dict[str, Any]:
    reason = data.get("reason")
    change = {
        "action": data.get("action"),
        "step": data.get("step"),
        "result": data.get("result"),
        # Somebody's own words are sealed; what stays in the event is a code, and only that leaves.
        "reason": reason if reason in TOLD_REASONS else None,
        "ground": data.get("ground"),
        "by": data.get("by"),
        "authority": _authority(data.get("authority")),
        "defects": [
            {"requirement": defect["requirement"], "step": defect.get("step")}
            for defect in data.get("defects", ())
        ],
        "products": [
            {name: each.get(name) for name in _PRODUCT} for each in data.get("products", ())
        ],
        "documents": [{"requirement": each["requirement"]} for each in data.get("received", ())],
        "bill": {name: data["bill"][name] for name in _BILL} if "bill" in data else None,
        "missing": list((data.get("case", {}).get("waiver") or {}).get("requirements", ())),
        "steps": {
            name: {key: patch[key] for key in _STEP if key in patch}
            for name, patch in data.get("steps", {}).items()
        },
    }
    return {name: value for name, value in change.items() if value not in (None, [], {})}


#: Of a bill: no code leaves, since who has it can pay, and ask, in another's name.
_BILL = ("id", "state", "amount", "due_at")


def _authority(authority: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """By what right: the scheme, and of a passport the position and how it is held, never by whom."""
    if authority is None:
        return None
    seat = authority.get("passport", {}).get("seat", {})
    held = {"position": seat.get("position"), "form": seat.get("form")}
    return {"scheme": authority["scheme"], **{k: v for k, v in held.items() if v is not None}}


def _of_deadline(event: Event) -> dict[str, Any]:
    contents = _of_case(event)
    named = ("scope", "step", "agency", "due_at", "case_version")
    contents["change"] = {name: event.data.get(name) for name in named}
    if "silence" in event.data:
        silence = event.data["silence"]
        said = {"policy": silence["policy"], "article": silence["proof"]["article"]}
        contents["change"]["silence"] = {**said, "held": silence["proof"]["held"]}
    return contents


def _of_waiting(event: Event) -> dict[str, Any]:
    contents = _of_case(event)
    named = ("step", "agency", "cover", "until", "case_version")
    contents["change"] = {name: event.data[name] for name in named if name in event.data}
    return contents


def _of_file(event: Event) -> dict[str, Any]:
    """What a scanner said, and for which requirement a file was refused; never which file it is."""
    named = ("requirement", "scan")
    said = {name: event.data[name] for name in named if name in event.data}
    return {"number": number_of(event.stream), **said}


def _of_refusal(event: Event) -> dict[str, Any]:
    contents = _of_case(event)
    change = {name: event.data.get(name) for name in ("action", "step", "code")}
    if change["action"] in PARTY_ACTIONS:
        change["action"] = None  # which it was is nobody's outside, as of one that was not refused
    contents["change"] = change
    return contents


def _of_webhook(event: Event) -> dict[str, Any]:
    named = ("webhook", "state", "why", "failures", "failing_since", "resend", "count")
    return {name: event.data[name] for name in named if name in event.data}


#: What papers of the register say; the officer of a letter of appointment is not among it.
_PAPER = (
    *("form", "number", "title", "dated", "since", "until", "lines"),
    *("agency", "name", "superiors", "agreement", "position", "letter", "instrument", "basis"),
    *("kind", "giver", "receiver", "actions", "services", "bounds", "ub_allowed", "ub"),
    *("giver_acts", "giver_article", "steps"),
    *("grant", "old", "new", "applies_to", "source", "target", "ordinal", "changes"),
    *("bank", "codes", "holder"),
)


def _of_register(event: Event) -> dict[str, Any]:
    """What a paper of the register says, but not whose letter it is."""
    named = ("kind", "id", "revision", "supersedes")
    contents = {name: event.data[name] for name in named if name in event.data}
    if "entry" in event.data:
        said: Mapping[str, Any] = event.data["entry"]
        contents["entry"] = {name: said[name] for name in _PAPER if name in said}
    return contents


#: What leaves of an account or a token: neither whose it is nor which.
_OF_ACCOUNT = ("roles", "agency", "registrar_for", "disabled", "shut_out", "revoked", "ends_at")
_OF_LOAD = ("services", "offered", "added", "removed", "files", "generation", "days")


def _of_administration(event: Event) -> dict[str, Any]:
    """What was done to how many of which kind, and which services and days a load brought."""
    contents = {name: event.data[name] for name in _OF_LOAD if name in event.data}
    for kind in ("officers", "tokens"):
        if kind in event.data:
            contents[kind] = [
                {
                    when: {name: change[when][name] for name in _OF_ACCOUNT if name in change[when]}
                    for when in ("before", "after")
                    if when in change
                }
                for change in event.data[kind]
            ]
    return contents


def _of_doubt(event: Event) -> dict[str, Any]:
    contents = _of_case(event)
    decision = event.data["decision"]
    contents["change"] = {
        "decision": {"stream": decision["stream"], "version": decision["version"]},
        "step": event.data.get("step"),
        "code": event.data.get("code"),
        "entry": {name: event.data["entry"][name] for name in ("kind", "id")},
    }
    return contents


def _of_agency(event: Event) -> dict[str, Any]:
    """Which steps lost their hand, and not whose it was; or of which case the limit of law passed."""
    if "due_at" in event.data:
        named = ("agency", "number", "service", "due_at", "article", "held")
        return {name: event.data[name] for name in named}
    held = [{name: each[name] for name in ("number", "step")} for each in event.data["held"]]
    return {"agency": event.data["agency"], "held": held}


def _of_payment(event: Event) -> dict[str, Any]:
    """Into which account how much came, and why it fits no bill; not whose it is."""
    named = ("file", "account", "agency", "lines", "amount", "why")
    return {name: event.data[name] for name in named if name in event.data}


def _of_outage(event: Event) -> dict[str, Any]:
    """Which steps stand still together; not what the office calls the system."""
    return {name: event.data[name] for name in ("outage", "agency", "places")}


def _of_others(_event: Event) -> dict[str, Any]:
    """That it happened, and nothing of it."""
    return {}


_FAMILIES: Mapping[str, Callable[[Event], dict[str, Any]]] = {
    "": _of_case,
    "deadline": _of_deadline,
    "refusal": _of_refusal,
    "authority": _of_doubt,
    "waiting": _of_waiting,
    "files": _of_file,
    "register": _of_register,
    "webhook": _of_webhook,
    "administration": _of_administration,
    "agency": _of_agency,
    "payment": _of_payment,
    "outage": _of_outage,
}
