"""Settings from the environment, each also as NAME_FILE; checked once, before anything starts."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import unquote, urlsplit

from casetrack.domain.delivery.outside_addresses import (
    FILES,
    NONE,
    Allowed,
    check_scheme,
    check_server,
)
from casetrack.domain.errors import BadInput

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_KNOWN = (
    "DATABASE_URL",
    "LISTEN_URL",
    "BROKER_URL",
    "DATA_DIR",
    "SECRET_KEY",
    "MASTER_KEY",
    "SMTP_URL",
    "LOG_LEVEL",
    "PUBLIC_URL",
    "SMS_URL",
    "SMS_TOKEN",
    "SMS_HEADER",
    "SMS_BODY",
    "SMS_ANSWERS",
    "WHATSAPP_URL",
    "WHATSAPP_TOKEN",
    "WHATSAPP_TEMPLATE",
    "WHATSAPP_APP_SECRET",
    "WHATSAPP_VERIFY_TOKEN",
    "WEBHOOK_ALLOW",
    "METRICS_PORT",
    "TRUSTED_PROXIES",
    "METRICS_PUBLIC",
    "RATE_WRITES",
    "RATE_READS",
    "CONNECTIONS",
    "PREPARE",
    "REPLICATION",
    "FILES_URL",
    "S3_ENDPOINT",
    "S3_KEY",
    "S3_SECRET",
    "S3_REGION",
    "CLAMD",
    "UNSCANNED",
    "SIGN_CERTIFICATE",
    "SIGN_PASSPHRASE",
    "TSA_URL",
    "SIGN_SERVICE",
    "SIGN_SERVICE_USER",
    "SIGN_SERVICE_PASSWORD",
    "SIGN_PROVIDERS",
)
#: Read by the tests, not by the program.
_TESTS = ("CASETRACK_TEST_",)


@dataclass(frozen=True, slots=True)
class Texting:
    """The gateways of SMS and WhatsApp; they check what is behind their addresses."""

    sms_url: str
    sms_token: str | None
    sms_header: str | None
    sms_body: str | None
    sms_answers: str | None
    whatsapp_url: str
    whatsapp_token: str | None
    whatsapp_template: str
    #: Both or neither: without them nobody may tell us later what became of a message.
    whatsapp_app_secret: str | None = None
    whatsapp_verify_token: str | None = None


@dataclass(frozen=True, slots=True)
class FileSettings:
    """Where files lie and who scans them."""

    #: A folder, or a bucket with what leads to it.
    folder: Path | None
    bucket: str = ""
    prefix: str = ""
    endpoint: str | None = None
    key: str = ""
    secret: str = ""
    region: str = ""
    clamd: str | None = None
    #: Whether a file of which no scanner has said anything may be read.
    shows_unscanned: bool = True


@dataclass(frozen=True, slots=True)
class SignSettings:
    """What signs products electronically: a certificate of the region's own, a service, or nothing."""

    #: A file, or a folder with one of each region.
    certificate: Path | None = None
    passphrase: str | None = None
    authority: str | None = None
    service: str | None = None
    user: str = ""
    password: str = ""
    #: The list of recognised providers; None: nobody is on it.
    providers: Path | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """Requests a second of one token, and connections of one address; None is as many as come."""

    writes: int | None = None
    reads: int | None = None
    connections: int | None = None

    def at(self, *, reached_from_outside: bool) -> "Limits":
        """The limits in force where the web listens.

        A limit that is not set is the usual one where others than this machine reach the web, and none
        elsewhere; one that is set to 0 is none everywhere.
        """
        usual = _USUAL if reached_from_outside else Limits()
        return Limits(
            _most(self.writes, usual.writes),
            _most(self.reads, usual.reads),
            _most(self.connections, usual.connections),
        )


#: Where others than this machine reach the web and the settings say nothing.
_USUAL = Limits(writes=50, reads=200, connections=200)
#: The largest limit; as many connections as one process takes is less.
_LARGEST_LIMIT = 60_000


def _most(said: int | None, usual: int | None) -> int | None:
    return usual if said is None else said or None


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says. Keys are text here; the vault checks and decodes them."""

    data_dir: Path
    database_url: str
    broker_url: str
    secret_key: str | None
    master_key: str | None
    smtp_url: str | None
    log_level: str
    public_url: str
    webhook_allow: Allowed
    texting: Texting
    files: FileSettings
    #: Where each process answers /metrics and /readyz, if at all.
    metrics_at: tuple[str, int] | None = None
    #: Proxies of our own, whose X-Forwarded-For is believed.
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    #: Whether the web answers /metrics at its own port, too.
    metrics_public: bool = False
    #: As they are set; `casetrack web` asks what they are where it listens.
    limits: Limits = Limits()
    #: Whether statements are prepared under names, which a pooler of transactions must know to follow.
    prepares: bool = True
    signing: SignSettings = SignSettings()
    #: The database past a pooler, for who listens; None: where everything else goes.
    listen_url: str | None = None
    #: Whether standbys that no commit waits for are meant.
    may_lose: bool = False

    @property
    def embedded(self) -> bool:
        """Whether the database is a file of our own."""
        return self.database_url.startswith("sqlite")

    @property
    def status_url(self) -> str:
        """Where people look up their case."""
        return f"{self.public_url}/status"


def load(environment: Mapping[str, str]) -> Settings:
    """Read and check the settings. Raises BadInput with the setting's name and the cure."""
    values = {name: _value(environment, f"CASETRACK_{name}") for name in _KNOWN}
    unknown = [
        name
        for name in environment
        if name.startswith("CASETRACK_")
        and not name.startswith(_TESTS)
        and name.removeprefix("CASETRACK_").removesuffix("_FILE") not in _KNOWN
    ]
    if unknown:
        known = ", ".join(f"CASETRACK_{name}" for name in _KNOWN)
        raise BadInput(f"{sorted(unknown)[0]}: there is no such setting; known are {known}.")
    data_dir = Path(values["DATA_DIR"] or "casetrack-data")
    database_url = values["DATABASE_URL"] or f"sqlite:///{data_dir / 'casetrack.sqlite'}"
    check_scheme("CASETRACK_DATABASE_URL", database_url, ("sqlite", "postgresql"))
    check_server("CASETRACK_DATABASE_URL", database_url)
    broker_url = values["BROKER_URL"] or "memory://"
    check_scheme("CASETRACK_BROKER_URL", broker_url, ("memory", "redis", "rediss", "amqp", "amqps"))
    check_server("CASETRACK_BROKER_URL", broker_url)
    level = (values["LOG_LEVEL"] or "INFO").upper()
    if level not in LOG_LEVELS:
        raise BadInput(f"CASETRACK_LOG_LEVEL: {level!r} is none of {', '.join(LOG_LEVELS)}.")
    public_url = (values["PUBLIC_URL"] or "http://127.0.0.1:8000").rstrip("/")
    check_scheme("CASETRACK_PUBLIC_URL", public_url, ("http", "https"))
    smtp_url = values["SMTP_URL"]
    if smtp_url is not None:
        check_scheme("CASETRACK_SMTP_URL", smtp_url, ("smtp", "smtps"))
        check_server("CASETRACK_SMTP_URL", smtp_url)
    return Settings(
        data_dir,
        database_url,
        broker_url,
        values["SECRET_KEY"],
        values["MASTER_KEY"],
        smtp_url,
        level,
        public_url,
        Allowed.parse(values["WEBHOOK_ALLOW"] or ""),
        _texting(values, FILES if database_url.startswith("sqlite") else NONE),
        _files(values, data_dir),
        metrics_address(values["METRICS_PORT"]),
        _networks("CASETRACK_TRUSTED_PROXIES", values["TRUSTED_PROXIES"] or ""),
        _switch("METRICS_PUBLIC", values["METRICS_PUBLIC"]),
        Limits(*(_limit(n, values[n]) for n in ("RATE_WRITES", "RATE_READS", "CONNECTIONS"))),
        _switch("PREPARE", values["PREPARE"] or "1"),
        _signing(values),
        _listen_url(values["LISTEN_URL"], database_url),
        _may_lose(values["REPLICATION"] or "synchronous"),
    )


def _may_lose(said: str) -> bool:
    if said not in ("synchronous", "asynchronous"):
        raise BadInput(f"CASETRACK_REPLICATION: {said!r} is neither synchronous nor asynchronous.")
    return said == "asynchronous"


def _listen_url(url: str | None, database_url: str) -> str | None:
    if url is not None:
        check_scheme("CASETRACK_LISTEN_URL", url, ("postgresql",))
        check_server("CASETRACK_LISTEN_URL", url)
        if not database_url.startswith("postgresql"):
            raise BadInput(
                "CASETRACK_LISTEN_URL: it says nothing without postgresql:// in CASETRACK_DATABASE_URL."
            )
    return url


def _networks(name: str, text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Addresses and networks, parted by commas."""
    found = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        try:
            network = ip_network(part)
        except ValueError as error:
            raise BadInput(
                f"{name}: {part!r} is no address and no network such as 10.1.0.0/24 ({error})."
            ) from None
        if network.prefixlen == 0:
            raise BadInput(
                f"{name}: {part!r} trusts everybody, so that callers choose the address by which "
                "they are counted; name the proxies' own addresses."
            )
        found.append(network)
    return tuple(found)


def _switch(name: str, value: str | None) -> bool:
    if value not in (None, "0", "1"):
        raise BadInput(f"CASETRACK_{name}: {value!r} is neither 0 nor 1.")
    return value == "1"


def _limit(name: str, value: str | None) -> int | None:
    if value is None:
        return None
    if not (value.isascii() and value.isdecimal() and int(value) <= _LARGEST_LIMIT):
        raise BadInput(
            f"CASETRACK_{name}: {value!r} is no whole number from 0 (no limit) to {_LARGEST_LIMIT}."
        )
    return int(value)


def _texting(values: Mapping[str, str | None], default: str) -> Texting:
    """Without a gateway, messages are files in the embedded default, and elsewhere there are none."""
    urls = []
    for channel in ("SMS", "WHATSAPP"):
        name = f"{channel}_URL"
        url = values[name] or default
        others = [n for n in _KNOWN if n.startswith(f"{channel}_") and n != name and values[n]]
        if url in (FILES, NONE) and others:
            raise BadInput(f"CASETRACK_{others[0]}: it says nothing without CASETRACK_{name}.")
        if url not in (FILES, NONE):
            check_scheme(f"CASETRACK_{name}", url, ("https", "http"))
        urls.append(url)
    reports = ("WHATSAPP_APP_SECRET", "WHATSAPP_VERIFY_TOKEN")
    for name, other in (reports, reports[::-1]):
        if values[name] and not values[other]:
            raise BadInput(f"CASETRACK_{name}: it says nothing without CASETRACK_{other}.")
    return Texting(
        urls[0],
        values["SMS_TOKEN"],
        values["SMS_HEADER"],
        values["SMS_BODY"],
        values["SMS_ANSWERS"],
        urls[1],
        values["WHATSAPP_TOKEN"],
        values["WHATSAPP_TEMPLATE"] or "casetrack_kabar",
        values["WHATSAPP_APP_SECRET"],
        values["WHATSAPP_VERIFY_TOKEN"],
    )


def _files(values: Mapping[str, str | None], data_dir: Path) -> FileSettings:
    """Without a setting, files lie in the data folder and nothing scans them."""
    url = values["FILES_URL"] or (data_dir / "files").absolute().as_uri()
    check_scheme("CASETRACK_FILES_URL", url, ("file", "s3"))
    clamd = values["CLAMD"]
    if clamd is not None:
        check_scheme("CASETRACK_CLAMD", clamd, ("tcp", "unix"))
    unscanned = values["UNSCANNED"] or ("wait" if clamd else "open")
    if unscanned not in ("open", "wait"):
        raise BadInput(f"CASETRACK_UNSCANNED: {unscanned!r} is neither open nor wait.")
    place = _bucket(url, values) if url.startswith("s3://") else _file_folder(url, values)
    return replace(place, clamd=clamd, shows_unscanned=unscanned == "open")


def _file_folder(url: str, values: Mapping[str, str | None]) -> FileSettings:
    parts = urlsplit(url)
    if parts.netloc or not parts.path.startswith("/"):
        raise BadInput("CASETRACK_FILES_URL: write the whole path, file:///srv/casetrack-files")
    for name in ("S3_ENDPOINT", "S3_KEY", "S3_SECRET", "S3_REGION"):
        if values[name]:
            raise BadInput(
                f"CASETRACK_{name}: it says nothing without s3:// in CASETRACK_FILES_URL."
            )
    return FileSettings(Path(unquote(parts.path)))


def _bucket(url: str, values: Mapping[str, str | None]) -> FileSettings:
    parts, endpoint = urlsplit(url), values["S3_ENDPOINT"]
    if not parts.netloc or "@" in parts.netloc:
        raise BadInput("CASETRACK_FILES_URL: write s3://BUCKET or s3://BUCKET/PREFIX")
    for name in ("S3_KEY", "S3_SECRET"):
        if not values[name]:
            raise BadInput(f"CASETRACK_{name}: files in a bucket need it.")
    if endpoint:
        check_scheme("CASETRACK_S3_ENDPOINT", endpoint, ("https", "http"))
    key, secret = str(values["S3_KEY"]), str(values["S3_SECRET"])
    region = values["S3_REGION"] or "us-east-1"
    return FileSettings(None, parts.netloc, parts.path.strip("/"), endpoint, key, secret, region)


def _signing(values: Mapping[str, str | None]) -> SignSettings:
    """Without a setting nothing is signed electronically, and products say so."""
    certificate, service = values["SIGN_CERTIFICATE"], values["SIGN_SERVICE"]
    if certificate and service:
        raise BadInput(
            "CASETRACK_SIGN_SERVICE: CASETRACK_SIGN_CERTIFICATE is set, too; keep one of them."
        )
    of_service = ("SIGN_SERVICE_USER", "SIGN_SERVICE_PASSWORD")
    _check_beside(values, "SIGN_CERTIFICATE", ("SIGN_PASSPHRASE", "TSA_URL"))
    _check_beside(values, "SIGN_SERVICE", of_service)
    if service and (lacking := [name for name in of_service if not values[name]]):
        raise BadInput(f"CASETRACK_{lacking[0]}: the signing service needs it.")
    for name in ("TSA_URL", "SIGN_SERVICE"):
        if url := values[name]:
            check_scheme(f"CASETRACK_{name}", url, ("https", "http"))
    return SignSettings(
        Path(certificate) if certificate else None,
        values["SIGN_PASSPHRASE"],
        values["TSA_URL"],
        service,
        values["SIGN_SERVICE_USER"] or "",
        values["SIGN_SERVICE_PASSWORD"] or "",
        providers=Path(values["SIGN_PROVIDERS"]) if values["SIGN_PROVIDERS"] else None,
    )


def _check_beside(values: Mapping[str, str | None], main: str, others: tuple[str, ...]) -> None:
    """Raises BadInput for a setting that says nothing without another one."""
    for name in others:
        if values[name] and not values[main]:
            raise BadInput(f"CASETRACK_{name}: it says nothing without CASETRACK_{main}.")


def metrics_address(text: str | None) -> tuple[str, int] | None:
    """PORT on the loopback address, or ADDRESS:PORT. Raises BadInput."""
    if text is None:
        return None
    host, _, port = text.rpartition(":")
    if not port.isdecimal() or not 0 < int(port) < 65536 or (":" in text and not host):
        raise BadInput(
            f"CASETRACK_METRICS_PORT: {text!r} is neither PORT nor ADDRESS:PORT, such as 9401 or "
            "0.0.0.0:9401."
        )
    return host.strip("[]") or "127.0.0.1", int(port)


def _value(environment: Mapping[str, str], name: str) -> str | None:
    direct, file = environment.get(name), environment.get(f"{name}_FILE")
    if direct and file:
        raise BadInput(f"{name} and {name}_FILE are both set; keep one of them.")
    if file:
        try:
            return Path(file).read_text().strip() or None
        except (OSError, UnicodeDecodeError) as error:
            # Who mistook NAME_FILE for NAME has put the secret itself there.
            shown = file if "/" in file and "@" not in file else "what it names"
            raise BadInput(f"{name}_FILE: cannot read {shown}: {_reason(error)}.") from error
    return direct or None


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or "it is not a text file"


def from_environment() -> Settings:
    """The settings of this process."""
    return load(os.environ)
