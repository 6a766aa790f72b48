"""Floor 4: the only place that builds things."""

import json
import logging
import os
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from casetrack.config import FILES, NONE, Settings, Texting
from casetrack.domain.delivery.messages import Message
from casetrack.domain.errors import BadInput
from casetrack.domain.service import notices
from casetrack.gateways.failure import DeliveryFailed
from casetrack.gateways.mail.smtp import FileMailer, Mailer, SmtpMailer
from casetrack.gateways.messages.rendering import Rendered, render
from casetrack.gateways.phone.texting import FileTexter, Texter, WhatsApp, sms_gateway
from casetrack.gateways.posting import Poster
from casetrack.gateways.region.calendars import calendar_for
from casetrack.gateways.vault import KeyVault, new_key_text, parse_key
from casetrack.gateways.webhooks.endpoints import Endpoints, to_subscribers
from casetrack.storage import keyring, migrate
from casetrack.storage.unit_of_work import Database
from casetrack.usecases.context import Context
from casetrack.usecases.delivery.notify import Post, PostFailed, Teller, ToFile, ToParty
from casetrack.usecases.delivery.owner_mail import ToOwner
from casetrack.usecases.delivery.relay import Attempt
from casetrack.usecases.delivery.webhook_attempt import ToEndpoint

#: PostgreSQL channel on which the relay is woken.
WAKE_CHANNEL = "casetrack_events"
#: PostgreSQL channel on which the relay tells that the ledger has grown.
LEDGER_CHANNEL = "casetrack_ledger"
SECRET_FILE, MASTER_FILE = "secret.key", "master.key"

Wake = Callable[[], None]
#: Sends a rendered message to an address, under a name that is the same at a repeat.
Sender = Callable[[str, Rendered, str], None]


@dataclass(frozen=True)
class App:
    """Everything that an entry point needs."""

    settings: Settings
    ctx: Context
    teller: Teller
    jitter: Callable[[], float]
    vault: KeyVault
    #: Keys made for this start, to be kept once the database is seen to be new.
    new_keys: tuple[tuple[Path, str], ...] = ()

    @property
    def database(self) -> Database:
        """Where everything is kept."""
        return self.ctx.database


def build(
    settings: Settings, *, wake: Wake | None = None, clock: Callable[[], datetime] | None = None
) -> App:
    """The program of these settings. Opens no connection yet.

    `wake` tells a relay in this process; without it PostgreSQL's NOTIFY does, or nobody but the poll.
    `clock` replaces the time, for tests and measurements.
    """
    if settings.embedded:
        check_folder(settings.data_dir)
    database = Database(settings.database_url, clock=clock)
    keys, new_keys = _keys(settings)
    vault = KeyVault(*keys)
    ctx = Context(
        database=database,
        vault=vault,
        calendars=lambda zone, overrides: calendar_for(zone, overrides),
        random=os.urandom,
        wake=wake or _notifier(database),
        endpoints=Endpoints(Poster(to_subscribers(settings.webhook_allow))),
    )
    jitter = random.SystemRandom().random
    teller = Teller(_carriers(settings, ctx, jitter))
    return App(settings, ctx, teller, jitter, vault, tuple(new_keys))


def _carriers(settings: Settings, ctx: Context, jitter: Callable[[], float]) -> dict[str, Attempt]:
    """Every channel that a delivery may name, and what carries it."""
    mailer = _mailer(settings)
    senders: dict[str, Sender] = {"email": _mail(mailer), **_texters(settings)}
    ctx.channels = frozenset(senders)
    return {
        **{
            channel: ToParty(ctx, _poster(channel, sender), status_url(settings))
            for channel, sender in senders.items()
        },
        "webhook": ToEndpoint(ctx, jitter),
        "owner": ToOwner(ctx, _owner_poster(mailer)),
        "file": ToFile(_sink(settings.data_dir)),
    }


def ready(settings: Settings, *, wake: Wake | None = None) -> App:
    """The program on a database that fits it. An embedded database that is new is made here.

    Raises BadInput when the database is newer than the code, has to be upgraded first, or was begun
    with other keys.
    """
    app = build(settings, wake=wake)
    if settings.embedded and migrate.is_empty(app.database):
        migrate.upgrade(app.database)
    migrate.require_current(app.database)
    _settle_keys(app)
    return app


def _settle_keys(app: App) -> None:
    """The keys of a new database are kept, the files first; those of an old one must be the same."""
    mine = app.vault.fingerprints()
    if not keyring.known(app.database):
        for path, key in app.new_keys:
            check_folder(path.parent)
            write_private(path, key)
        keyring.keep(app.database, mine)
    begun_with = keyring.known(app.database)
    for name, setting in (("master", "CASETRACK_MASTER_KEY"), ("secret", "CASETRACK_SECRET_KEY")):
        if begun_with.get(name) != mine[name]:
            raise BadInput(
                f"{setting}: this database was begun with another key; set the one it was begun "
                "with (casetrack up keeps it in the data folder)"
            )


def told(event_type: str) -> bool:
    """Whether an event is told to somebody: the applicant, or the sink of an imported log."""
    return notices.is_told(event_type) or event_type.startswith("casetrack.imported.")


def _notifier(database: Database) -> Wake:
    return lambda: notify(database, WAKE_CHANNEL)


def notify(database: Database, channel: str) -> None:
    """Tell who listens. Best effort: everybody who listens also looks from time to time."""
    try:
        database.notify(channel)
    except Exception:
        logging.getLogger("casetrack").warning("nobody could be told on %s; polls see", channel)


def check_folder(folder: Path) -> None:
    """Raises BadInput unless files can be made in this folder."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".probe-{os.getpid()}"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        raise BadInput(
            f"CASETRACK_DATA_DIR: cannot write in {folder}: {error.strerror}; "
            "name a folder that this user may write in"
        ) from error


def _keys(settings: Settings) -> tuple[list[bytes], list[tuple[Path, str]]]:
    """Master and secret key: from the settings, the data folder, or new; and the new ones' files."""
    found, new = [], []
    for name, value, file in (
        ("CASETRACK_MASTER_KEY", settings.master_key, MASTER_FILE),
        ("CASETRACK_SECRET_KEY", settings.secret_key, SECRET_FILE),
    ):
        path = settings.data_dir / file
        if value is None and path.exists():
            value = path.read_text()
        if value is None:
            value = new_key_text()
            new.append((path, value))
        found.append(parse_key(value, name))
    return found, new


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    temporary.replace(path)


def _mailer(settings: Settings) -> Mailer:
    if settings.smtp_url:
        return SmtpMailer(settings.smtp_url)
    return FileMailer(settings.data_dir / "mail")


def _mail(mailer: Mailer) -> Sender:
    return lambda to, rendered, name: mailer.send(to, rendered.subject, rendered.text, name)


def _texters(settings: Settings) -> dict[str, Sender]:
    """SMS and WhatsApp, as far as there is a gateway."""
    texting, texters = settings.texting, dict[str, Texter]()
    for channel, url in (("sms", texting.sms_url), ("whatsapp", texting.whatsapp_url)):
        if url == FILES:
            texters[channel] = FileTexter(settings.data_dir / channel)
        elif url != NONE:
            texters[channel] = _gateway(channel, texting)
    return {channel: texter.send for channel, texter in texters.items()}


def _gateway(channel: str, texting: Texting) -> Texter:
    if channel == "whatsapp":
        return WhatsApp(texting.whatsapp_url, texting.whatsapp_token, texting.whatsapp_template)
    return sms_gateway(
        texting.sms_url,
        token=texting.sms_token,
        header=texting.sms_header,
        body=texting.sms_body,
        answers=texting.sms_answers,
    )


def status_url(settings: Settings) -> str:
    """Where people look up their case."""
    return f"{settings.public_url}/status"


def _poster(channel: str, send: Sender) -> Post:
    def post(message: Message, address: str, message_id: str) -> str:
        rendered = render(message, channel)
        try:
            send(address, rendered, message_id)
        except DeliveryFailed as error:
            raise PostFailed(str(error), permanent=error.permanent, wait=error.wait) from error
        return rendered.template

    return post


def _owner_poster(mailer: Mailer) -> Callable[[str, str, str, str], None]:
    def post(address: str, subject: str, text: str, message_id: str) -> None:
        try:
            mailer.send(address, subject, text, message_id)
        except DeliveryFailed as error:
            raise PostFailed(str(error), permanent=error.permanent) from error

    return post


def _sink(data_dir: Path) -> Callable[[str, dict[str, Any]], None]:
    """Imported events go to a file a region, a line an event: one write, so lines never mix."""

    def append(region: str, document: dict[str, Any]) -> None:
        folder = data_dir / "sink"
        folder.mkdir(parents=True, exist_ok=True)
        line = json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n"
        with open(folder / f"{region}.jsonl", "ab", buffering=0) as file:
            file.write(line.encode())

    return append
