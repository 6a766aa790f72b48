"""One POST, really sent: TLS with a CA of its own, redirects, names that change, slow answers."""

import ssl
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from casetrack.domain.delivery.outside_addresses import Allowed
from casetrack.domain.errors import BadInput
from casetrack.gateways.phone.json_post import GATEWAY
from casetrack.gateways.pinned import LARGEST_ANSWER, Answer, retry_after
from casetrack.gateways.posting import LARGEST_BODY, PostBroken, Poster, PostRefused
from casetrack.gateways.webhooks.endpoints import to_subscribers
from tests.support.receiver import (
    Behaviour,
    Handler,
    Receiver,
    cuts,
    drips,
    receiving,
    says,
    sleeps,
)

HOST = "hooks.samarinda.example"
LOOPBACK = Allowed.parse("127.0.0.0/8")
SUBSCRIBERS = replace(to_subscribers(LOOPBACK), deadline=1.0)
HEADERS = {"Content-Type": "application/cloudevents+json"}


def always(*addresses: str) -> "Resolver":
    return Resolver([addresses])


class Resolver:
    """Answers by turns; the last answer stays."""

    def __init__(self, answers: list[Sequence[str]]) -> None:
        self.answers, self.asked = answers, 0

    def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked += 1
        return self.answers[min(self.asked, len(self.answers)) - 1]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture
def poster() -> Poster:
    return Poster(SUBSCRIBERS)


def post(poster: Poster, url: str) -> Answer:
    return poster(url, HEADERS, b'{"a":1}')


# --- answers --------------------------------------------------------------------------------------


def test_the_answers_status_and_its_retry_after_are_what_counts(
    poster: Poster, receiver: Receiver
) -> None:
    assert post(poster, receiver.url) == Answer(204)
    receiver.answers = [says(429, Retry_After="7"), says(500)]
    assert post(poster, receiver.url) == Answer(429, timedelta(seconds=7))
    assert post(poster, receiver.url) == Answer(500)
    got = receiver.got[0]
    assert (got.path, got.body) == ("/hook?of=casetrack", b'{"a":1}')
    assert got.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert got.headers["user-agent"].startswith("casetrack/")


@pytest.mark.parametrize("behaviour", [sleeps(3), drips, cuts], ids=["slow", "drips", "cut"])
def test_who_does_not_answer_in_time_holds_nobody_longer(
    poster: Poster, receiver: Receiver, behaviour: object
) -> None:
    receiver.always = behaviour  # type: ignore[assignment]
    began = time.monotonic()
    with pytest.raises(PostBroken):
        post(poster, receiver.url)
    assert time.monotonic() - began < 2.5


def answers(head: str, body: bytes) -> Behaviour:
    """An answer that is written as it stands here, before the connection ends."""

    def answer(handler: Handler) -> None:
        handler.wfile.write(f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n".encode() + body)

    return answer


@pytest.mark.parametrize(
    ("head", "body", "read"),
    [
        ("Content-Length: 2", b"{}", b"{}"),
        ("Content-Length: 3", b"{}", None),
        ("Connection: close", b"{}", b"{}"),
        ("Transfer-Encoding: chunked", b"2\r\n{}\r\n0\r\n\r\n", b"{}"),
        ("Transfer-Encoding: chunked", b"2\r\n{}\r\n", None),
        ("Transfer-Encoding: chunked", b"soon\r\n{}\r\n", None),
        (f"Content-Length: {4 * LARGEST_ANSWER}", b"x" * LARGEST_ANSWER, b"x" * LARGEST_ANSWER),
    ],
    ids=["whole", "cut", "until the end", "chunks", "chunks cut", "no chunks", "long"],
)
def test_an_answer_that_breaks_off_in_its_body_has_a_status_and_no_body(
    poster: Poster, receiver: Receiver, head: str, body: bytes, read: bytes | None
) -> None:
    receiver.always = answers(head, body)
    assert post(poster, receiver.url) == Answer(200, body=read)


def test_a_body_that_drips_is_left_when_time_is_up(poster: Poster, receiver: Receiver) -> None:
    def drip(handler: Handler) -> None:
        answers("Content-Length: 1000", b"")(handler)
        for _ in range(100):
            handler.wfile.write(b"x")
            time.sleep(0.05)

    receiver.always = drip
    began = time.monotonic()
    assert post(poster, receiver.url) == Answer(200, body=None)
    assert time.monotonic() - began < 2.5


def test_what_is_too_large_is_not_sent(poster: Poster, receiver: Receiver) -> None:
    with pytest.raises(PostRefused, match="larger"):
        poster(receiver.url, HEADERS, b"x" * (LARGEST_BODY + 1))
    assert receiver.got == []


def test_nobody_there_is_said_plainly(poster: Poster) -> None:
    with pytest.raises(PostBroken, match="refused"):
        post(poster, "http://127.0.0.1:9/")


def test_proxies_of_the_environment_are_not_asked(
    poster: Poster, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert post(poster, receiver.url).status == 204


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("0", 0), ("Monday, 23-Nov-26 01:00:30 GMT", 30), ("Mon Nov 23 01:00:30 2026", 30),
     ("120", 120), ("Mon, 23 Nov 2026 01:00:30 GMT", 30), (None, None), ("soon", None),
     ("Mon, 23 Nov 2026 00:00:00 GMT", 0), ("-5", None), ("9" * 30, 10**8)],
)  # fmt: skip
def test_retry_after_is_read_as_seconds_and_as_a_date(
    header: str | None, seconds: int | None
) -> None:
    now = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    wanted = None if seconds is None else timedelta(seconds=seconds)
    assert retry_after(header, now) == wanted


# --- addresses ------------------------------------------------------------------------------------


def test_a_name_is_resolved_once_and_that_address_is_used(receiver: Receiver) -> None:
    resolver = Resolver([["127.0.0.1"], ["10.0.0.1"]])
    poster = Poster(SUBSCRIBERS, resolver)
    url = f"http://{HOST}:{receiver.port}/"
    assert post(poster, url).status == 204
    assert resolver.asked == 1
    assert receiver.got[0].headers["host"] == f"{HOST}:{receiver.port}"
    # The name now leads inside: the next attempt is refused, and nothing is sent.
    with pytest.raises(PostRefused, match="not on the public internet") as caught:
        post(poster, url)
    assert "10.0.0.1" not in str(caught.value)
    assert len(receiver.got) == 1


def test_an_address_where_nobody_listens_gives_way_to_the_next(receiver: Receiver) -> None:
    # The receiver listens on 127.0.0.1 alone.
    poster = Poster(SUBSCRIBERS, always("127.0.0.2", "127.0.0.1"))
    assert post(poster, f"http://{HOST}:{receiver.port}/").status == 204
    with pytest.raises(PostBroken, match="refused"):
        post(Poster(SUBSCRIBERS, always("127.0.0.2", "127.0.0.3")), f"http://{HOST}:9/")


def test_an_address_that_the_operator_set_may_be_inside_and_is_still_not_left_in_the_clear(
    receiver: Receiver,
) -> None:
    url = f"http://{HOST}:{receiver.port}/"
    assert post(Poster(GATEWAY, always("127.0.0.1")), url).status == 204
    # Even a name for this machine counts by where it leads.
    with pytest.raises(PostRefused, match="only https"):
        post(Poster(GATEWAY, always("10.0.0.1")), url)
    Poster(GATEWAY, always("10.0.0.1")).check(f"https://{HOST}/")
    assert len(receiver.got) == 1


def test_one_bad_address_among_good_ones_is_enough(receiver: Receiver) -> None:
    poster = Poster(SUBSCRIBERS, always("127.0.0.1", "169.254.169.254"))
    with pytest.raises(PostRefused, match="not on the public internet"):
        post(poster, f"http://{HOST}:{receiver.port}/")
    assert receiver.got == []


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("?token=abc", "/?token=abc"),
        ("", "/"),
        ("/", "/"),
        ("/a?b=/c?d", "/a?b=/c?d"),
        ("/a%20b/%7Ec", "/a%20b/%7Ec"),
        ('/{id}/"x"|<y>?z=^`', "/%7Bid%7D/%22x%22%7C%3Cy%3E?z=%5E%60"),
        ("//double", "//double"),
    ],
)
def test_what_is_asked_for_has_a_path_and_no_mark_that_an_address_may_not_have(
    poster: Poster, receiver: Receiver, typed: str, asked: str
) -> None:
    assert post(poster, f"http://127.0.0.1:{receiver.port}{typed}").status == 204
    assert receiver.got[0].path.replace("//", "/") == asked.replace("//", "/")
    assert receiver.got[0].headers["host"] == f"127.0.0.1:{receiver.port}"


@pytest.mark.parametrize(
    "url",
    [
        "https://[fe80::1%25eth0]/",
        "https://a..example/",
        "https://-a.example/",
        "https://1.2.3.400/",
    ],
)
def test_a_host_that_is_none_is_refused_before_a_look_up(url: str) -> None:
    resolver = always("8.8.8.8")
    with pytest.raises(PostRefused, match="host is neither"):
        post(Poster(SUBSCRIBERS, resolver), url)
    assert resolver.asked == 0


def test_a_port_that_is_none_of_the_web_is_refused_on_the_public_internet() -> None:
    poster = Poster(SUBSCRIBERS, always("8.8.8.8"))
    with pytest.raises(PostRefused, match="port 6379"):
        poster.check(f"https://{HOST}:6379/")
    poster.check(f"https://{HOST}/")
    poster.check(f"https://{HOST}:443/")


def test_what_would_not_be_sent_is_no_part_of_an_address() -> None:
    with pytest.raises(BadInput, match="what follows #"):
        Poster(SUBSCRIBERS, always("8.8.8.8")).check(f"https://{HOST}/a#b")


def hints(handler: Handler) -> None:
    """Says twice that an answer will come, and then answers."""
    hint = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
    handler.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n" + hint + hint + answer)


def test_an_answer_before_the_answer_is_not_the_answer(poster: Poster, receiver: Receiver) -> None:
    receiver.always = hints
    assert post(poster, receiver.url) == Answer(200, body=b"{}")


def test_hints_without_an_end_hold_nobody_longer(poster: Poster, receiver: Receiver) -> None:
    def for_ever(handler: Handler) -> None:
        while True:
            handler.wfile.write(b"HTTP/1.1 103 Early Hints\r\n\r\n")
            time.sleep(0.01)

    receiver.always = for_ever
    began = time.monotonic()
    with pytest.raises(PostBroken):
        post(poster, receiver.url)
    assert time.monotonic() - began < 2.5


def test_a_switch_of_protocols_that_nobody_asked_for_has_failed(
    poster: Poster, receiver: Receiver
) -> None:
    receiver.always = says(101)
    assert post(poster, receiver.url).status == 101


# --- redirects ------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [307, 308])
def test_a_redirect_that_keeps_the_method_is_followed(
    poster: Poster, receiver: Receiver, status: int
) -> None:
    receiver.answers = [says(status, Location="/moved")]
    assert post(poster, receiver.url).status == 204
    assert [got.path for got in receiver.got] == ["/hook?of=casetrack", "/moved"]
    assert receiver.got[1].body == b'{"a":1}'


def test_a_redirect_beyond_ascii_goes_where_its_bytes_say(
    poster: Poster, receiver: Receiver
) -> None:
    receiver.answers = [says(308, Location="/pind\u00ed {a}#here")]
    assert post(poster, receiver.url).status == 204
    assert receiver.got[1].path == "/pind%ED%20%7Ba%7D"


@pytest.mark.parametrize("status", [301, 302, 303])
def test_other_redirects_are_answers_that_failed(
    poster: Poster, receiver: Receiver, status: int
) -> None:
    receiver.answers = [says(status, Location="/moved")]
    assert post(poster, receiver.url).status == status
    assert len(receiver.got) == 1


def test_more_than_three_redirects_are_refused(poster: Poster, receiver: Receiver) -> None:
    receiver.always = says(307, Location="/again")
    with pytest.raises(PostRefused, match="3 redirects"):
        post(poster, receiver.url)
    assert len(receiver.got) == 4


@pytest.mark.parametrize(
    "target", ["http://10.0.0.1/", "http://[::1]:1/", "file:///etc/passwd", "http://a:b@127.0.0.1/"]
)
def test_a_redirect_to_where_nothing_may_go_is_refused(
    poster: Poster, receiver: Receiver, target: str
) -> None:
    receiver.always = says(307, Location=target)
    with pytest.raises(PostRefused):
        post(poster, receiver.url)
    assert len(receiver.got) == 1


# --- TLS ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context with a certificate for HOST, and a client's that trusts its CA."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem: Path = folder / "both.pem"
    pem.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    return server, ssl.create_default_context(cafile=str(pem))


def test_tls_is_checked_for_the_name_though_the_address_is_used(
    authority: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    server, trust = authority
    asked: list[str] = []
    server.sni_callback = lambda _socket, name, _context: asked.append(name or "")
    with receiving(server, HOST) as receiver:
        poster = Poster(SUBSCRIBERS, always("127.0.0.1"), trust)
        assert post(poster, receiver.url).status == 204
        assert asked == [HOST]
        assert receiver.got[0].headers["host"] == f"{HOST}:{receiver.port}"
        stranger = Poster(SUBSCRIBERS, always("127.0.0.1"))
        with pytest.raises(PostBroken, match="certificate"):
            post(stranger, receiver.url)
        with pytest.raises(PostBroken, match="certificate"):
            post(poster, receiver.url.replace(HOST, "other.example"))
        assert len(receiver.got) == 1


def test_https_is_never_left_by_a_redirect(
    authority: tuple[ssl.SSLContext, ssl.SSLContext], receiver: Receiver
) -> None:
    server, trust = authority
    with receiving(server, HOST) as secure:
        secure.always = says(307, Location=receiver.url)
        poster = Poster(SUBSCRIBERS, always("127.0.0.1"), trust)
        with pytest.raises(PostRefused, match="https"):
            post(poster, secure.url)
    assert receiver.got == []


def test_a_handshake_that_hangs_ends_with_the_deadline(
    authority: tuple[ssl.SSLContext, ssl.SSLContext], receiver: Receiver
) -> None:
    # A plain server waits for a request's first line while TLS waits for its hello.
    poster = Poster(replace(SUBSCRIBERS, deadline=0.5), always("127.0.0.1"), authority[1])
    began = time.monotonic()
    with pytest.raises(PostBroken):
        post(poster, f"https://{HOST}:{receiver.port}/")
    assert time.monotonic() - began < 3
