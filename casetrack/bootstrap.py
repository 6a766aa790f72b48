"""Floor 4: the only place that builds things."""

import importlib
import os
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from casetrack.config import FileSettings, Settings, SignSettings, Texting
from casetrack.domain.case.printed_product import ProductContent
from casetrack.domain.delivery.messages import Message
from casetrack.domain.delivery.outside_addresses import FILES, NONE
from casetrack.gateways import talks
from casetrack.gateways.data_folder import Keys, check_folder, find_keys, narrow_file
from casetrack.gateways.failure import DeliveryFailed
from casetrack.gateways.logs.sink import FileSink
from casetrack.gateways.mail.smtp import Mailer, mail_server, mailer
from casetrack.gateways.messages.rendering import Rendered, render
from casetrack.gateways.open_lines import OpenLines
from casetrack.gateways.password_hashing import Argon2
from casetrack.gateways.phone.texting import JsonTexter, Texter, WhatsApp, sms_gateway, texter
from casetrack.gateways.posting import Poster
from casetrack.gateways.printing.letters import unprinted
from casetrack.gateways.printing.typesetter import press
from casetrack.gateways.region.calendars import calendar_for
from casetrack.gateways.signing.national_service import NationalService
from casetrack.gateways.signing.own_certificate import OwnCertificates
from casetrack.gateways.signing.providers import Providers
from casetrack.gateways.stored_files import opening
from casetrack.gateways.stored_files.clamd import Clamd, NoScanner
from casetrack.gateways.stored_files.folder import Folder
from casetrack.gateways.stored_files.keeper import Keeper
from casetrack.gateways.stored_files.opening import Opener
from casetrack.gateways.stored_files.s3 import Bucket
from casetrack.gateways.stored_files.store import Store
from casetrack.gateways.vault import KeyVault
from casetrack.gateways.webhooks.endpoints import Endpoints, to_subscribers
from casetrack.storage import keyring, schema_version
from casetrack.storage.listen import WAKE_CHANNEL, Wake, notify
from casetrack.storage.unit_of_work import Database
from casetrack.usecases.context import Context
from casetrack.usecases.delivery.agency_mail import ToAgency
from casetrack.usecases.delivery.notify import Post, Teller, ToFile, ToParty
from casetrack.usecases.delivery.officer_mail import ToOfficer
from casetrack.usecases.delivery.outcomes import Attempt, PostFailed
from casetrack.usecases.delivery.owner_mail import ToOwner
from casetrack.usecases.delivery.webhook_attempt import ToEndpoint

_NOTHING_SIGNS = "off: products are issued without an electronic signature, and say so"
_ONLY_FILES = "files in the data folder; nobody gets them"
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
    keys: Keys
    #: Channel → the file that a message of this name lies in; None where it was sent.
    files: Mapping[str, Callable[[str], str | None]]

    @property
    def database(self) -> Database:
        """Where everything is kept."""
        return self.ctx.database


def build(
    settings: Settings,
    *,
    wake: Callable[[], None] | None = None,
    clock: Callable[[], datetime] | None = None,
) -> App:
    """The program of these settings. Opens no connection yet.

    `wake` tells a relay in this process; without it PostgreSQL's NOTIFY does, or nobody but the poll.
    `clock` replaces the time, for tests and measurements.
    """
    if settings.embedded:
        check_folder(settings.data_dir)
    database = Database(settings.database_url, clock=clock, prepares=settings.prepares)
    if settings.embedded and database.url.database:
        for ending in ("", "-wal", "-shm"):
            narrow_file(Path(f"{database.url.database}{ending}"))
    keys = keys_of(settings)
    vault = KeyVault(keys.master, keys.secret)
    ctx = Context(
        database=database,
        vault=vault,
        calendars=calendar_for,
        random=os.urandom,
        wake=wake or Wake(lambda: notify(database, WAKE_CHANNEL)),
        endpoints=Endpoints(Poster(to_subscribers(settings.webhook_allow))),
        talks=_talks(),
        press=press,
        paper=_paper,
        public_url=settings.public_url,
        unprinted=unprinted,
        files=_keeper(settings),
        passwords=Argon2(),
        signatures=signatures(settings.signing),
    )
    jitter = random.SystemRandom().random
    mails, texters = mailer(settings.smtp_url, settings.data_dir / "mail"), _texters(settings)
    teller = Teller(_carriers(settings, ctx, jitter, mails, texters))
    files = {
        "email": mails.file,
        "owner": mails.file,
        **{channel: texter.file for channel, texter in texters.items()},
    }
    return App(settings, ctx, teller, jitter, vault, keys, files)


def _paper(content: ProductContent, address: str | None, zone: str) -> bytes:
    # Needed by no process before its first sheet.
    from casetrack.gateways.printing.product_sheets import product_pdf  # noqa: PLC0415

    return product_pdf(content, address, zone)


def _keeper(settings: Settings) -> Keeper:
    """The store of files, with what opens and scans them; without the extra, files are not opened."""
    said = settings.files
    return Keeper(
        store_of(said),
        Opener() if opening.is_installed() else None,
        Clamd(said.clamd) if said.clamd else None,
        shows_unscanned=said.shows_unscanned,
    )


def store_of(said: FileSettings) -> Store:
    """Where sealed files lie."""
    if said.folder is not None:
        return Folder(said.folder)
    return Bucket(
        said.bucket,
        said.prefix,
        endpoint=said.endpoint,
        key=said.key,
        secret=said.secret,
        region=said.region,
    )


def signatures(said: SignSettings) -> OwnCertificates | NationalService | None:
    """By what products are signed electronically; None: by nothing. Raises BadInput."""
    listed = providers(said)
    if said.certificate is not None:
        return OwnCertificates(said.certificate, said.passphrase, said.authority, providers=listed)
    if said.service is not None:
        return NationalService(said.service, said.user, said.password, providers=listed)
    return None


def providers(said: SignSettings) -> Providers:
    """The recognised providers. Raises BadInput.

    Without a list nobody is on it: of no provider do we have the issuing certificate at first hand.
    """
    if said.providers is None:
        return Providers()
    # Reads YAML, which nothing else of a running process does.
    from casetrack.gateways.signing import provider_list  # noqa: PLC0415

    return provider_list.read(said.providers)


def keys_of(settings: Settings) -> Keys:
    """The keys of these settings. Only an embedded database has some made for it. Raises BadInput."""
    return find_keys(
        settings.data_dir, settings.master_key, settings.secret_key, may_make=settings.embedded
    )


def _carriers(
    settings: Settings,
    ctx: Context,
    jitter: Callable[[], float],
    mails: Mailer,
    texters: Mapping[str, Texter],
) -> dict[str, Attempt]:
    """Every channel that a delivery may name, and what carries it."""
    senders: dict[str, Sender] = {
        "email": _mail(mails),
        **{channel: texter.send for channel, texter in texters.items()},
    }
    ctx.channels = frozenset(senders)
    to_owner = _owner_poster(mails)
    return {
        **{
            channel: ToParty(ctx, _poster(channel, sender), settings.status_url)
            for channel, sender in senders.items()
        },
        "webhook": ToEndpoint(ctx, jitter),
        "owner": ToOwner(ctx, to_owner, ToAgency(ctx, to_owner), ToOfficer(ctx, to_owner)),
        "file": ToFile(FileSink(settings.data_dir / "sink")),
    }


def ready(settings: Settings, *, wake: Callable[[], None] | None = None) -> App:
    """The program on a database that fits it. An embedded database that is new is made here.

    Raises BadInput when the database is newer than the code, has to be upgraded first, or was begun
    with other keys.
    """
    app = build(settings, wake=wake)
    try:
        if settings.embedded and schema_version.is_empty(app.database):
            # Alembic is large, and nobody else needs it at the start.
            importlib.import_module("casetrack.storage.migrate").upgrade(app.database)
        schema_version.require_current(app.database)
        keyring.settle(app.database, app.vault.fingerprints(), app.keys.keep)
    except BaseException:
        app.database.close()
        raise
    return app


#: Builds a way to people; what it gives tries the way without a message.
Way = Callable[[], Callable[[], str]]


def outside(settings: Settings) -> dict[str, Way]:
    """The ways to people, for `casetrack check`. What are only files is not built: it makes folders.

    Building raises BadInput for a setting that cannot be taken, trying DeliveryFailed.
    """
    texting, url = settings.texting, settings.smtp_url
    return {
        "mail": lambda: mail_server(url).reach if url else lambda: _ONLY_FILES,
        "sms": _way(texting.sms_url, lambda: _sms(texting).reach),
        "whatsapp": _way(texting.whatsapp_url, lambda: _whatsapp(texting).reach),
    }


def around_files(settings: Settings) -> dict[str, Way]:
    """Where files lie, what opens them and what scans them, for `casetrack check`.

    Building raises BadInput, trying StoreAway or OSError.
    """
    said = settings.files
    scanner = Clamd(said.clamd) if said.clamd else NoScanner()
    return {
        "files": lambda: store_of(said).reach,
        "opener": lambda: opening.reach,
        "scanner": lambda: scanner.reach,
    }


def around_signing(settings: Settings) -> dict[str, Way]:
    """By what products are signed, for `casetrack check`. Building raises BadInput, trying NotSigned."""

    def built() -> Callable[[], str]:
        found = signatures(settings.signing)
        return found.reach if found is not None else lambda: _NOTHING_SIGNS

    return {"signing": built}


def _way(url: str, gateway: Way) -> Way:
    said = {NONE: "off", FILES: _ONLY_FILES}.get(url)
    return gateway if said is None else lambda: lambda: said


def _texters(settings: Settings) -> dict[str, Texter]:
    """SMS and WhatsApp, as far as there is a gateway."""
    texting, folder = settings.texting, settings.data_dir
    made = {
        "sms": texter(texting.sms_url, folder / "sms", lambda: _sms(texting)),
        "whatsapp": texter(texting.whatsapp_url, folder / "whatsapp", lambda: _whatsapp(texting)),
    }
    return {channel: texter for channel, texter in made.items() if texter is not None}


def _sms(texting: Texting) -> JsonTexter:
    return sms_gateway(
        texting.sms_url,
        token=texting.sms_token,
        header=texting.sms_header,
        body=texting.sms_body,
        answers=texting.sms_answers,
    )


def _whatsapp(texting: Texting) -> WhatsApp:
    return WhatsApp(texting.whatsapp_url, texting.whatsapp_token, texting.whatsapp_template)


def _mail(mailer: Mailer) -> Sender:
    return lambda to, rendered, name: mailer.send(
        to, rendered.subject, rendered.text, name, rendered.sender
    )


def _poster(channel: str, send: Sender) -> Post:
    def post(message: Message, address: str, message_id: str) -> str:
        rendered = render(message, channel)
        try:
            send(address, rendered, message_id)
        except DeliveryFailed as error:
            raise _post_failed(error) from error
        return rendered.template

    return post


def _owner_poster(mailer: Mailer) -> Callable[[str, str, str, str], None]:
    def post(address: str, subject: str, text: str, message_id: str) -> None:
        try:
            mailer.send(address, subject, text, message_id)
        except DeliveryFailed as error:
            raise _post_failed(error) from error

    return post


def _talks() -> Callable[[], AbstractContextManager["_Kept"]]:
    """Those of each set, whose connections wait for a moment for the next one of this program."""
    lines = OpenLines()

    @contextmanager
    def of_set() -> Iterator["_Kept"]:
        with talks.kept(lines) as kept:
            yield _Kept(kept)

    return of_set


@dataclass(frozen=True, slots=True)
class _Kept:
    """The talks of a set, whose failures are a use case's."""

    talks: talks.Talks

    def settle(self) -> None:
        try:
            self.talks.settle()
        except DeliveryFailed as error:
            raise _post_failed(error) from error


def _post_failed(error: DeliveryFailed) -> PostFailed:
    return PostFailed(
        str(error), permanent=error.permanent, wait=error.wait, refuses_us=error.refuses_us
    )
