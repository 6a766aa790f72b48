"""SMS and WhatsApp: through a gateway that takes JSON, the WhatsApp Cloud API, or as files.

A failure says whether another attempt can help. No number ever gets into an error's text.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from casetrack.domain.delivery.outside_addresses import FILES, NONE
from casetrack.domain.errors import BadInput
from casetrack.gateways.failure import DeliveryFailed
from casetrack.gateways.files import Outbox
from casetrack.gateways.messages.rendering import Rendered
from casetrack.gateways.messages.segments import segments
from casetrack.gateways.phone.json_post import JsonPost, Reply


class Texter(Protocol):
    """Whatever takes a short message. Returns once it is taken, and raises DeliveryFailed."""

    def send(self, to: str, message: Rendered, message_id: str) -> None:
        """One message to one E.164 number; the same message id again means the same message."""

    def file(self, message_id: str) -> str | None:
        """The file that a message lies in, from the data folder on; None where it is sent."""


class FileTexter:
    """Puts each message into a folder as `<message id>.txt`, for places without a gateway."""

    def __init__(self, folder: Path) -> None:
        self._outbox = Outbox(folder, ".txt")

    def send(self, to: str, message: Rendered, message_id: str) -> None:
        """Write the file whole or not at all; the same message id overwrites its own file."""
        head = f"To: {to}\nTemplate: {message.template}\nSegments: {segments(message.text)}\n\n"
        self._outbox.write(message_id, f"{head}{message.text}\n".encode())

    def file(self, message_id: str) -> str:
        """In the channel's folder."""
        return self._outbox.file(message_id)


#: HTTP answers that are about us or about now, not about this message.
_TEMPORARY = frozenset(
    {401, 402, 403, 404, 405, 406, 407, 408, 409, 411, 412, 414, 415, 417}
    | {421, 423, 424, 425, 426, 428, 429, 431}
)
#: Of those, the ones that refuse our account: who sends, not what is sent.
_US = (401, 402, 403, 407)
_PLACE = re.compile(r"\{(to|text|id)\}")
#: RFC 9110 section 5.6.2; and the fields that say what is sent and how.
_FIELD_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_OURS = frozenset(
    {"host", "content-length", "content-type", "transfer-encoding", "connection", "te", "trailer"}
    | {"upgrade", "expect", "accept", "accept-encoding", "user-agent", "idempotency-key"}
)


@dataclass(frozen=True)
class Answers:
    """How a gateway says in its JSON what became of a message, where the status alone does not.

    `field` is where it stands ("status", "messages.0.status"); `sent` and `permanent` are the values
    that mean "taken" and "never"; any other is temporary. An empty `field` goes by the HTTP status.
    """

    field: str = ""
    sent: tuple[str, ...] = ()
    permanent: tuple[str, ...] = ()

    @classmethod
    def parse(cls, setting: str, text: str) -> "Answers":
        """Read the setting. Raises BadInput."""
        shape = '{"field": "status", "sent": ["0"], "permanent": ["invalid_number"]}'
        given = _json_object(setting, text, shape)
        lists = [given.get(name, []) for name in ("sent", "permanent")]
        if (
            set(given) - {"field", "sent", "permanent"}
            or not isinstance(given.get("field"), str)
            or not all(isinstance(values, list) for values in lists)
        ):
            raise BadInput(f"{setting}: it has other parts than {shape}")
        sent, permanent = (tuple(str(value) for value in values) for values in lists)
        return cls(given["field"], sent, permanent)


class JsonTexter:
    """Any gateway that takes a POST of JSON. The body is a template with {to}, {text} and {id}."""

    def __init__(
        self,
        post: JsonPost,
        *,
        token: str | None,
        header: str,
        body: Mapping[str, Any],
        answers: Answers,
    ) -> None:
        name, colon, value = header.partition(":")
        if not colon or not _FIELD_NAME.fullmatch(name.strip()) or not _is_field(value):
            raise BadInput(f"CASETRACK_SMS_HEADER: it is no header; it looks like {_HEADER}")
        if name.strip().lower() in _OURS:
            raise BadInput(f"CASETRACK_SMS_HEADER: {name.strip()} is written by casetrack itself")
        self._post, self._body, self._answers = post, body, answers
        self._headers = {name.strip(): value.strip().replace("{token}", token)} if token else {}

    def send(self, to: str, message: Rendered, message_id: str) -> None:
        """Hand the message to the gateway; returns once the gateway has taken it."""
        values = {"to": to, "text": message.text, "id": message_id}
        headers = {**self._headers, "Idempotency-Key": message_id}
        reply = self._post(headers, _filled(self._body, values))
        self._judge(reply)

    def file(self, message_id: str) -> None:
        """Nowhere: it is sent."""

    def reach(self) -> str:
        """Connect and send nothing. Raises DeliveryFailed."""
        self._post.reach()
        return "the gateway can be reached; whether it takes the token only a message can tell"

    def _judge(self, reply: Reply) -> None:
        said = _at(reply.document, self._answers.field) if self._answers.field else None
        if said in self._answers.permanent:
            raise _refused(reply, said, permanent=True)
        if not 200 <= reply.status < 300:
            permanent = 400 <= reply.status < 500 and reply.status not in _TEMPORARY
            raise _refused(reply, said, permanent=permanent)
        if self._answers.field and said not in self._answers.sent:
            raise _refused(reply, said, permanent=False)


def texter(url: str, folder: Path, gateway: Callable[[], Texter]) -> Texter | None:
    """What carries a channel whose setting says `url`; None where the channel is not there."""
    if url == NONE:
        return None
    return FileTexter(folder) if url == FILES else gateway()


_HEADER = "Authorization: Bearer {token}"
_BODY = '{"to": "{to}", "text": "{text}", "id": "{id}"}'


def sms_gateway(
    url: str,
    *,
    token: str | None = None,
    header: str | None = None,
    body: str | None = None,
    answers: str | None = None,
) -> JsonTexter:
    """The SMS gateway of the settings. Raises BadInput, which names the setting and the cure."""
    template = _json_object("CASETRACK_SMS_BODY", body or _BODY, _BODY)
    for place in ("to", "text"):
        if f"{{{place}}}" not in json.dumps(template):
            raise BadInput(f"CASETRACK_SMS_BODY: {{{place}}} is nowhere in it; it is like {_BODY}")
    if token is not None and not _is_field(token):
        raise BadInput("CASETRACK_SMS_TOKEN: it is not one printable line of ASCII")
    return JsonTexter(
        JsonPost("CASETRACK_SMS_URL", url),
        token=token,
        header=header or _HEADER,
        body=template,
        answers=Answers.parse("CASETRACK_SMS_ANSWERS", answers) if answers else Answers(),
    )


#: Error codes of the WhatsApp Cloud API that are about this recipient or this message and stay so:
#: another attempt cannot help, another channel can. So too where it says so later, by its webhook.
_NEVER = frozenset(
    {
        131009,  # a parameter's value cannot be, for example the number
        131021,  # recipient and sender are the same
        131026,  # undeliverable: not on WhatsApp, or too old a version of it
        131030,  # the number is not on the list of a test account
        131047,  # more than 24 hours since the person wrote: only a template may be sent
        131049,  # held back to keep the person from getting too many
        131050,  # the person has stopped messages from this sender
        131051,  # a type of message that is not supported
    }
)
#: Errors about our own account: token, rights, payment, a sender that is locked or not registered.
_OUR_ACCOUNT = frozenset({3, 10, 190, 200, 368, 131005, 131031, 131042, 131045, 133010})
#: What these need, where no Retry-After does: 130429 throughput, 131048 spam limit,
#: 131056 too many to one person, 80007 and 4 the account's rate.
_LIMITED: Mapping[int, timedelta] = {
    130429: timedelta(minutes=1),
    131048: timedelta(hours=1),
    131056: timedelta(minutes=1),
    80007: timedelta(minutes=10),
    4: timedelta(minutes=10),
}


class WhatsApp:
    """The WhatsApp Cloud API: template messages, which may begin a conversation.

    `url` is that of the sender, https://graph.facebook.com/VERSION/PHONE_NUMBER_ID; the template's
    text, approved by the provider, is in docs/channels.md. The API knows no idempotency key: an
    attempt whose answer is lost may reach the person twice.
    """

    def __init__(self, url: str, token: str | None, template: str) -> None:
        if not token or not _is_field(token):
            raise BadInput("CASETRACK_WHATSAPP_TOKEN: the access token is missing, or not ASCII")
        if not re.fullmatch(r"[a-z0-9_]{1,512}", template):
            raise BadInput(
                "CASETRACK_WHATSAPP_TEMPLATE: it is no template's name; use a-z, 0-9 and _"
            )
        self._post = JsonPost("CASETRACK_WHATSAPP_URL", f"{url.rstrip('/')}/messages")
        self._headers = {"Authorization": f"Bearer {token}"}
        self._template = template

    def send(self, to: str, message: Rendered, message_id: str) -> None:
        """Hand the message to WhatsApp; returns once it has been taken."""
        reply = self._post(self._headers, self._document(to, message, message_id))
        error = reply.document.get("error")
        if 200 <= reply.status < 300 and error is None:
            return
        code = error.get("code") if isinstance(error, dict) else None
        if not isinstance(code, int):
            code = None
        raise DeliveryFailed(
            f"WhatsApp answered {code if code is not None else reply.status}",
            permanent=code in _NEVER,
            wait=reply.wait or _LIMITED.get(code or 0),
            refuses_us=reply.status in _US or code in _OUR_ACCOUNT,
        )

    def file(self, message_id: str) -> None:
        """Nowhere: it is sent."""

    def reach(self) -> str:
        """Connect and send nothing. Raises DeliveryFailed."""
        self._post.reach()
        return "the gateway can be reached; whether it takes the token only a message can tell"

    def _document(self, to: str, message: Rendered, message_id: str) -> dict[str, Any]:
        parameters = [{"type": "text", "text": text} for text in message.parameters]
        return {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": to.removeprefix("+"),
            "type": "template",
            "template": {
                "name": self._template,
                "language": {"code": message.template.partition("/")[0]},
                "components": [{"type": "body", "parameters": parameters}],
            },
            "biz_opaque_callback_data": message_id,
        }


def _is_field(value: str) -> bool:
    """Whether a header may hold it (RFC 9110 section 5.5): more than ASCII, servers read as they like."""
    return value.isascii() and value.isprintable()


def _json_object(setting: str, text: str, shape: str) -> dict[str, Any]:
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise BadInput(f"{setting}: it is no JSON object; it looks like {shape}")
    return given


def _filled(template: Any, values: Mapping[str, str]) -> Any:
    """The template with its places filled; a value is never looked at for places again."""
    if isinstance(template, str):
        return _PLACE.sub(lambda place: values[place.group(1)], template)
    if isinstance(template, dict):
        return {key: _filled(item, values) for key, item in template.items()}
    return [_filled(item, values) for item in template] if isinstance(template, list) else template


def _at(document: Any, path: str) -> str | None:
    """What stands at a dotted path of names and places, as text."""
    for name in path.split("."):
        if isinstance(document, list) and name.isdigit() and int(name) < len(document):
            document = document[int(name)]
        elif isinstance(document, dict) and name in document:
            document = document[name]
        else:
            return None
    return str(document) if isinstance(document, str | int) else None


def _refused(reply: Reply, said: str | None, *, permanent: bool) -> DeliveryFailed:
    # What the gateway says may quote the number: only words that the settings know are repeated.
    told = f", {said}" if said is not None and permanent else ""
    return DeliveryFailed(
        f"the SMS gateway answered {reply.status}{told}",
        permanent=permanent,
        wait=reply.wait,
        refuses_us=reply.status in _US,
    )
