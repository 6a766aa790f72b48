"""E-mail against real SMTP servers on this machine, kind and unkind ones."""

import contextlib
import logging
import socket
import ssl
import threading
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from casetrack.domain.errors import BadInput
from casetrack.gateways.failure import DeliveryFailed
from casetrack.gateways.mail.smtp import FileMailer, Mailer, SmtpMailer

TO = "warga@contoh.example"
SUBJECT = "[SMR-REK-2026-000123-8] Sudah ada keputusan – é"
TEXT = "Bapak/Ibu Yth.,\n\n.titik di awal baris\nSelasa, 1 Desember 2026 – é\n" + "x" * 2000 + "\n"


class Inbox:
    """An SMTP handler that keeps what it gets and answers RCPT and DATA as it is told."""

    def __init__(self, rcpt: str = "", data: str = "") -> None:
        self.rcpt = rcpt
        self.data = data
        self.mails: list[EmailMessage] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self.encrypted: list[bool] = []

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if self.rcpt:
            return f"{self.rcpt} <{address}> is no good"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.data:
            return self.data
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.envelopes.append((envelope.mail_from, envelope.rcpt_tos))
        self.encrypted.append(session.ssl is not None)
        return "250 OK"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def serving(inbox: Inbox, **options: Any) -> Iterator[int]:
    port = free_port()
    with warnings.catch_warnings():
        # aiosmtpd 1.4.6 warns of AUTH without TLS and of its own use of an old attribute.
        warnings.filterwarnings("ignore", module=r"aiosmtpd\..*")
        warnings.filterwarnings("ignore", message="Requiring AUTH while not requiring TLS")
        controller = Controller(inbox, hostname="127.0.0.1", port=port, **options)
        controller.start()
        try:
            yield port
        finally:
            controller.stop()


def send(mailer: Mailer, to: str = TO, subject: str = SUBJECT, message_id: str = "d-42") -> None:
    mailer.send(to, subject, TEXT, message_id)


def failure(mailer: Mailer, to: str = TO, **changes: str) -> DeliveryFailed:
    with pytest.raises(DeliveryFailed) as caught:
        send(mailer, to, **changes)
    assert to not in str(caught.value)
    assert caught.value.__cause__ is None
    return caught.value


# --- a server that takes mail -------------------------------------------------------------------


def test_a_mail_arrives_as_it_was_meant() -> None:
    inbox = Inbox()
    with serving(inbox) as port:
        send(SmtpMailer(f"smtp://127.0.0.1:{port}?from=mpp@samarinda.example"))
    (mail,) = inbox.mails
    assert inbox.envelopes == [("mpp@samarinda.example", [TO])]
    assert mail["From"] == "mpp@samarinda.example"
    assert mail["To"] == TO
    assert mail["Subject"] == SUBJECT
    assert mail["Message-ID"] == "<d-42@samarinda.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime.tzinfo is not None
    assert mail.get_content().replace("\r\n", "\n") == TEXT


def test_each_message_comes_back_to_an_address_of_its_own_where_there_is_one() -> None:
    inbox, name = Inbox(), "64.72.1234567.representative.0123456789abcdef"
    with serving(inbox) as port:
        url = f"smtp://127.0.0.1:{port}?from=mpp@a.example&bounces=back@a.example"
        send(SmtpMailer(url), message_id=name)
    assert inbox.envelopes == [(f"back+{name}@a.example", [TO])]
    assert inbox.mails[0]["From"] == "mpp@a.example"
    assert len(f"back+{name}") <= 64, "RFC 5321 section 4.5.3.1.1"


def test_the_longest_bounce_address_that_is_taken_has_room_for_every_name() -> None:
    inbox, base = Inbox(), "b" * 16
    longest = "64.72.999999999.representative.0123456789abcdef"
    with serving(inbox) as port:
        url = f"smtp://127.0.0.1:{port}?bounces={base}@a.example"
        send(SmtpMailer(url), message_id=longest)
    ((came_from, _),) = inbox.envelopes
    assert came_from == f"{base}+{longest}@a.example"
    assert len(came_from.rpartition("@")[0]) == 64, "RFC 5321 section 4.5.3.1.1"


def test_the_same_delivery_has_the_same_message_id_each_time() -> None:
    inbox = Inbox()
    with serving(inbox) as port:
        mailer = SmtpMailer(f"smtp://127.0.0.1:{port}")
        send(mailer, message_id="d-7@a.example")
        send(mailer, message_id="d-7@a.example")
    assert [mail["Message-ID"] for mail in inbox.mails] == ["<d-7@a.example>"] * 2
    assert inbox.envelopes[0][0] == "casetrack@localhost"


# --- encryption and passwords -------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that nobody has signed but its own key, and that key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    certificate, secret = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate, secret


@pytest.fixture
def server_tls(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


def only_siti(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"siti", b"r@hasia")
    return AuthResult(success=right, handled=False)


def test_starttls_and_a_password_open_the_door(
    certificate: tuple[Path, Path], server_tls: ssl.SSLContext
) -> None:
    inbox = Inbox()
    with serving(
        inbox,
        tls_context=server_tls,
        require_starttls=True,
        authenticator=only_siti,
        auth_required=True,
    ) as port:
        send(SmtpMailer(f"smtp://siti:r%40hasia@127.0.0.1:{port}?starttls=1&ca={certificate[0]}"))
    assert inbox.encrypted == [True]


def test_smtps_speaks_tls_from_the_first_byte(
    certificate: tuple[Path, Path], server_tls: ssl.SSLContext
) -> None:
    inbox = Inbox()
    with serving_tls(inbox, server_tls) as port:
        send(SmtpMailer(f"smtps://127.0.0.1:{port}?ca={certificate[0]}"))
    assert len(inbox.mails) == 1


@contextlib.contextmanager
def serving_tls(inbox: Inbox, context: ssl.SSLContext) -> Iterator[int]:
    """A server for `smtps://`: TLS in front of one that speaks plain SMTP."""
    with serving(inbox) as behind, relaying(context, behind) as port:
        yield port


@contextlib.contextmanager
def relaying(context: ssl.SSLContext, behind: int) -> Iterator[int]:
    """A port that takes one TLS connection and passes it on in the clear."""

    def pump(source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while chunk := source.recv(65536):
                sink.sendall(chunk)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def talk(raw: socket.socket) -> None:
        with (
            context.wrap_socket(raw, server_side=True) as outside,
            socket.create_connection(("127.0.0.1", behind)) as inside,
        ):
            back = threading.Thread(target=pump, args=(inside, outside))
            back.start()
            pump(outside, inside)
            back.join()

    with unkind(talk) as port:
        yield port


def test_a_certificate_of_unknown_origin_ends_the_talk_before_anything_is_said(
    server_tls: ssl.SSLContext,
) -> None:
    inbox = Inbox()
    with serving(inbox, tls_context=server_tls) as port, quiet_asyncio():
        trouble = failure(SmtpMailer(f"smtp://127.0.0.1:{port}?starttls=1"))
    assert not trouble.permanent
    assert "SSLCertVerificationError" in str(trouble)
    assert inbox.mails == []


@contextlib.contextmanager
def quiet_asyncio() -> Iterator[None]:
    """The server's side of a broken handshake is written to its log at great length."""
    logger = logging.getLogger("asyncio")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


def test_a_server_without_starttls_gets_nothing_in_the_clear() -> None:
    inbox = Inbox()
    with serving(inbox) as port:
        trouble = failure(SmtpMailer(f"smtp://127.0.0.1:{port}?starttls=1"))
    assert not trouble.permanent
    assert inbox.mails == []


def test_a_wrong_password_can_be_mended_so_it_is_not_permanent(
    certificate: tuple[Path, Path], server_tls: ssl.SSLContext
) -> None:
    inbox = Inbox()
    with serving(inbox, tls_context=server_tls, authenticator=only_siti) as port:
        url = f"smtp://siti:wrong@127.0.0.1:{port}?starttls=1&ca={certificate[0]}"
        trouble = failure(SmtpMailer(url))
    assert not trouble.permanent
    assert "535" in str(trouble)
    assert "wrong" not in str(trouble)


# --- servers that refuse ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inbox", "permanent", "code"),
    [
        (Inbox(rcpt="550"), True, "550"),
        (Inbox(rcpt="553"), True, "553"),
        (Inbox(rcpt="451"), False, "451"),
        (Inbox(rcpt="452"), False, "452"),
        (Inbox(rcpt="530"), False, "530"),
        (Inbox(rcpt="552"), False, "552"),
        (Inbox(data="554 spam"), True, "554"),
        (Inbox(data="451 greylisted"), False, "451"),
    ],
)
def test_a_refusal_is_permanent_only_when_trying_again_cannot_help(
    inbox: Inbox, permanent: bool, code: str
) -> None:
    with serving(inbox) as port:
        trouble = failure(SmtpMailer(f"smtp://127.0.0.1:{port}"))
    assert trouble.permanent is permanent
    assert code in str(trouble)


@pytest.mark.parametrize("inbox", [Inbox(rcpt="554 5.7.1 relay access denied"), Inbox(rcpt="503")])
def test_a_server_that_refuses_us_is_tried_again_and_says_so(inbox: Inbox) -> None:
    with serving(inbox) as port:
        trouble = failure(SmtpMailer(f"smtp://127.0.0.1:{port}"))
    assert (trouble.permanent, trouble.refuses_us) == (False, True)


def test_a_server_that_says_at_once_that_it_goes_is_not_talked_to() -> None:
    talk = after_greeting([b"421 going down\r\n", b"250 me\r\n", *[b"250 ok\r\n"] * 2])
    with unkind(talk) as port:
        assert "421" in str(failure(SmtpMailer(f"smtp://127.0.0.1:{port}")))


def test_a_server_that_notifies_is_given_the_name_that_it_is_to_send_back() -> None:
    said: list[bytes] = []

    def talk(caller: socket.socket) -> None:
        caller.sendall(b"220 hello\r\n")
        for answer in (
            b"250-me\r\n250 DSN\r\n",
            *[b"250 ok\r\n"] * 2,
            b"354 go on\r\n",
            b"250 ok\r\n",
        ):
            said.append(caller.recv(65536))
            caller.sendall(answer)

    name = "64.72.7.applicant.0123456789abcdef"
    with unkind(talk) as port:
        SmtpMailer(f"smtp://127.0.0.1:{port}").send("a+b=c@d.example", SUBJECT, "short", name)
    assert said[1] == b"mail FROM:<casetrack@localhost> ENVID=%b RET=HDRS\r\n" % name.encode()
    assert said[2].endswith(b"NOTIFY=FAILURE ORCPT=rfc822;a+2Bb+3Dc@d.example\r\n")


def test_nobody_listening_is_not_permanent() -> None:
    assert not failure(SmtpMailer(f"smtp://127.0.0.1:{free_port()}")).permanent


def test_a_host_that_does_not_exist_is_not_permanent() -> None:
    assert not failure(SmtpMailer("smtp://mail.invalid")).permanent


@contextlib.contextmanager
def unkind(talk: Callable[[socket.socket], None], calls: int = 1) -> Iterator[int]:
    """A server that treats its callers, one after the other, as `talk` says."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            for _ in range(calls):
                caller, _ = listening.accept()
                with caller, contextlib.suppress(OSError):
                    talk(caller)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            thread.join(10)
    assert not thread.is_alive()


def after_greeting(answers: list[bytes]) -> Callable[[socket.socket], None]:
    """Greets, gives one answer to each thing said, and hangs up."""

    def talk(caller: socket.socket) -> None:
        caller.sendall(b"220 hello\r\n")
        for answer in answers:
            caller.recv(65536)
            caller.sendall(answer)

    return talk


@pytest.mark.parametrize(
    "answers",
    [
        [],
        [b"250 me\r\n"],
        [b"250 me\r\n", b"250 ok\r\n"],
        [b"250 me\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go on\r\n"],
        [b"421 going down\r\n"],
        [b"\xff\xfe not SMTP at all\r\n"],
    ],
)
def test_a_connection_that_breaks_anywhere_is_not_permanent(answers: list[bytes]) -> None:
    with unkind(after_greeting(answers)) as port:
        assert not failure(SmtpMailer(f"smtp://127.0.0.1:{port}")).permanent


def test_a_farewell_that_goes_wrong_does_not_send_the_mail_twice() -> None:
    taken = [b"250 me\r\n", *[b"250 ok\r\n"] * 2, b"354 go on\r\n", b"250 taken\r\n"]
    with unkind(after_greeting(taken)) as port:
        SmtpMailer(f"smtp://127.0.0.1:{port}").send(TO, SUBJECT, "short", "d-1")


def test_a_silent_server_is_left_after_the_time_limit() -> None:
    def wait(caller: socket.socket) -> None:
        caller.recv(1)

    with unkind(wait) as port:
        assert not failure(SmtpMailer(f"smtp://127.0.0.1:{port}", timeout=0.2)).permanent


def test_a_server_that_dribbles_is_left_after_the_time_limit_of_the_whole_talk() -> None:
    stop = threading.Event()

    def dribble(caller: socket.socket) -> None:
        caller.sendall(b"220 hello\r\n")
        for _ in range(100):
            if stop.wait(0.05):
                return
            caller.sendall(b"2")

    with unkind(dribble) as port:
        started = datetime.now(UTC)
        trouble = failure(SmtpMailer(f"smtp://127.0.0.1:{port}", timeout=0.4))
        took = datetime.now(UTC) - started
        stop.set()
    assert not trouble.permanent
    assert took < timedelta(seconds=3)


# --- what must not get out ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "to",
    [
        "a@b.example\nBcc: c@d.example",
        "a@b.example\r\nRCPT TO:<c@d.example>",
        "a@b.example, c@d.example",
        "A <a@b.example>",
        "tanpa-at",
        "a@",
        "@b.example",
        "a b@c.example",
        "é@b.example",
        "=?utf-8?q?warga=40contoh=2Eid?=@b.example",
        "a@b",
        "a@b..example",
        "",
    ],
)
def test_an_address_that_is_none_is_a_permanent_failure_before_anything_is_sent(
    to: str, tmp_path: Path
) -> None:
    for mailer in (SmtpMailer("smtp://127.0.0.1:9"), FileMailer(tmp_path)):
        with pytest.raises(DeliveryFailed) as caught:
            send(mailer, to)
        assert caught.value.permanent
        assert not to or to not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("subject", ["a\nBcc: c@d.example", "a\r\n\r\nbody", "a\0b", "a\u2028b"])
def test_a_subject_cannot_add_a_header(subject: str, tmp_path: Path) -> None:
    assert failure(FileMailer(tmp_path), subject=subject).permanent


@pytest.mark.parametrize("message_id", ["../../etc/x", "a/b", "a\nb", "", "a b", "<a>", "a" * 300])
def test_a_message_id_cannot_leave_the_folder_or_add_a_header(
    message_id: str, tmp_path: Path
) -> None:
    assert failure(FileMailer(tmp_path / "mail"), message_id=message_id).permanent
    assert list((tmp_path / "mail").iterdir()) == []


def test_no_address_and_no_password_is_ever_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="casetrack"):
        mailer = SmtpMailer("smtps://siti:rahasia@127.0.0.1:9")
        failure(mailer)
    assert TO not in caplog.text
    assert "rahasia" not in caplog.text + repr(mailer)


# --- files --------------------------------------------------------------------------------------


def test_a_mail_becomes_a_file_that_any_mail_reader_opens(tmp_path: Path) -> None:
    send(FileMailer(tmp_path / "data" / "mail"))
    (file,) = (tmp_path / "data" / "mail").iterdir()
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    assert file.name == "d-42.eml"
    assert (mail["To"], mail["Subject"]) == (TO, SUBJECT)
    assert mail["Message-ID"] == "<d-42@localhost>"
    assert mail.get_content().replace("\r\n", "\n") == TEXT
    assert file.stat().st_mode & 0o077 == 0


def test_the_same_mail_again_is_still_one_file(tmp_path: Path) -> None:
    mailer = FileMailer(tmp_path)
    send(mailer)
    send(mailer)
    assert [file.name for file in tmp_path.iterdir()] == ["d-42.eml"]


def test_a_folder_that_went_away_is_not_permanent(tmp_path: Path) -> None:
    mailer = FileMailer(tmp_path / "mail")
    (tmp_path / "mail").rmdir()
    assert not failure(mailer).permanent


def test_a_name_that_cannot_be_taken_leaves_no_half_file_behind(tmp_path: Path) -> None:
    (tmp_path / "d-42.eml").mkdir()
    assert not failure(FileMailer(tmp_path)).permanent
    assert [file.name for file in tmp_path.iterdir()] == ["d-42.eml"]


def test_a_folder_that_cannot_be_made_is_bad_input(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BadInput, match="mail folder"):
        FileMailer(tmp_path / "file" / "mail")


# --- settings -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("smtp://mail.example", "mail.example:25"),
        ("smtp://mail.example?starttls=1", "mail.example:587"),
        ("smtps://mail.example/", "mail.example:465"),
        ("smtp://a:b@localhost:2525", "localhost:2525"),
        ("smtp://[::1]:1025", "::1:1025"),
    ],
)
def test_the_port_follows_from_the_url(url: str, where: str) -> None:
    assert repr(SmtpMailer(url)) == f"SmtpMailer({where})"


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "neither"),
        ("mail.example", "neither"),
        ("http://mail.example", "neither"),
        ("smtp://", "not a host"),
        ("smtp://mail.example/path", "not a host"),
        ("smtp://mail.example:0", "not a host"),
        ("smtp://mail.example:99999", "cannot be read"),
        ("smtp://mail.example:abc", "cannot be read"),
        ("smtp://[::1", "cannot be read"),
        ("smtp://mail.example?starttls=yes", "starttls is 1 or 0"),
        ("smtps://mail.example?starttls=1", "encrypted already"),
        ("smtp://mail.example?from=nobody", "from is not"),
        ("smtp://mail.example?from=a@b.example%0aBcc:c@d.example", "from is not"),
        ("smtp://mail.example?tls=1", "unknown option tls"),
        ("smtp://mail.example?bounces=nobody", "bounces is not"),
        ("smtp://mail.example?bounces=a+b@c.example", "bounces is not"),
        ("smtp://mail.example?from=b@x..id", "from is not"),
        ("smtp://mail.example?from=.b@x.id", "from is not"),
        ("smtp://mail.example?from=%3D?utf-8?q?b?%3D@x.id", "from is not"),
        ("smtp://mail.example?bounces=b@x..id", "bounces is not"),
        ("smtp://mail.example?bounces=.b@x.id", "bounces is not"),
        (
            f"smtp://mail.example?bounces={'b' * 17}@x.id",
            "17 characters before the @, and 16 leave",
        ),
        (f"smtp://mail.example?bounces=back@{'a.' * 100}id", "leave room"),
        ("smtp://mail..example", "not a host"),
        ("smtp://mail-.example", "not a host"),
        ("smtps://siti:r%C3%A4hasia@mail.example", "ASCII"),
        ("smtp://mail.example?from=a@b.example&from=c@d.example", "given twice"),
        ("smtp://:rahasia@mail.example?starttls=1", "no user"),
        ("smtp://siti:rahasia@mail.example", "in the clear"),
        ("smtps://mail.example?ca=/does/not/exist.pem", "holds no certificates"),
    ],
)
def test_a_url_that_cannot_be_taken_is_refused_at_once_with_the_cure(url: str, says: str) -> None:
    with pytest.raises(BadInput, match=says) as caught:
        SmtpMailer(url)
    assert "smtp://[user:password@]host" in str(caught.value)
    assert "rahasia" not in str(caught.value)
