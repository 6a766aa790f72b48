"""What a set of messages has open: one connection to a server, files that become safe together."""

import errno
import os
import socket
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from casetrack.domain.delivery.outside_addresses import Allowed
from casetrack.gateways import open_lines, talks
from casetrack.gateways.failure import DeliveryFailed
from casetrack.gateways.mail.smtp import FileMailer, SmtpMailer
from casetrack.gateways.open_lines import Line, OpenLines
from casetrack.gateways.phone.json_post import GATEWAY
from casetrack.gateways.posting import PostBroken, Poster, PostRefused
from casetrack.gateways.webhooks.endpoints import to_subscribers
from tests.integration.test_mail import SUBJECT, TO, Inbox, serving, unkind
from tests.support.receiver import Receiver, cuts, receiving, says, sleeps

LOOPBACK = Allowed.parse("127.0.0.0/8")
SUBSCRIBERS = replace(to_subscribers(LOOPBACK), deadline=2.0)


# --- a subscriber's endpoint ----------------------------------------------------------------------


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving(keeps=True) as made:
        yield made


def post(poster: Poster, receiver: Receiver) -> int:
    return poster(receiver.url, {"webhook-id": "1"}, b"{}").status


def test_the_messages_of_a_set_go_over_one_connection_and_others_over_their_own(
    receiver: Receiver,
) -> None:
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    poster = Poster(SUBSCRIBERS, resolve)
    with talks.kept():
        assert [post(poster, receiver) for _ in range(5)] == [204] * 5
    assert (receiver.connections, len(asked)) == (1, 1)
    assert [post(poster, receiver) for _ in range(2)] == [204] * 2
    assert (receiver.connections, len(asked)) == (3, 3)
    assert len(receiver.got) == 7


def test_a_connection_that_the_endpoint_ended_is_opened_anew(receiver: Receiver) -> None:
    poster = Poster(SUBSCRIBERS)
    with talks.kept():
        assert post(poster, receiver) == 204
        receiver.answers = [cuts]
        # It has the message, cuts the connection, and is given the message again, under its name.
        assert post(poster, receiver) == 204
        assert post(poster, receiver) == 204
    assert receiver.connections == 2
    assert [got.id for got in receiver.got] == ["1"] * 4


def test_an_endpoint_that_cuts_every_connection_fails_the_message_in_hand(
    receiver: Receiver,
) -> None:
    poster = Poster(SUBSCRIBERS)
    with talks.kept():
        assert post(poster, receiver) == 204
        receiver.answers = [cuts, cuts]
        with pytest.raises(PostBroken):
            post(poster, receiver)
        assert post(poster, receiver) == 204


def test_a_late_answer_ends_the_connection_and_not_the_next_message(receiver: Receiver) -> None:
    poster = Poster(replace(SUBSCRIBERS, deadline=0.3))
    with talks.kept():
        assert post(poster, receiver) == 204
        receiver.answers = [sleeps(1)]
        # The socket's own limit and the one over the whole talk end together: either may be the first.
        with pytest.raises(PostBroken, match="no answer"):
            post(poster, receiver)
        assert post(poster, receiver) == 204
    assert receiver.connections == 2


def test_an_answer_that_is_not_read_to_its_end_leaves_nothing_for_the_next(
    receiver: Receiver,
) -> None:
    def long(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(10**6))
        handler.end_headers()
        handler.wfile.write(b"x" * 10**6)

    poster = Poster(SUBSCRIBERS)
    with talks.kept():
        receiver.answers = [long]
        assert [post(poster, receiver) for _ in range(2)] == [200, 204]
    assert receiver.connections == 2


def test_a_kept_connection_is_to_an_address_that_passed_and_to_that_host_alone(
    receiver: Receiver,
) -> None:
    addresses = {"127.0.0.1": ["127.0.0.1"], "inside.example": ["10.0.0.1"]}
    poster = Poster(SUBSCRIBERS, lambda host, port: addresses[host])
    with talks.kept():
        assert post(poster, receiver) == 204
        with pytest.raises(PostRefused):
            poster(receiver.url.replace("127.0.0.1", "inside.example"), {}, b"{}")


def test_a_gateway_that_may_not_know_a_message_again_gets_a_connection_for_each(
    receiver: Receiver,
) -> None:
    poster = Poster(GATEWAY)
    with talks.kept():
        receiver.answers = [says(204), cuts]
        assert post(poster, receiver) == 204
        with pytest.raises(PostBroken):
            post(poster, receiver)
    assert (receiver.connections, len(receiver.got)) == (2, 2)


# --- from one set to the next ---------------------------------------------------------------------


class Connection:
    """One that notes that it was ended."""

    def __init__(self) -> None:
        self.ended = Event()

    def close(self) -> None:
        self.ended.set()


def test_the_next_set_goes_on_over_the_connection_of_the_one_before(receiver: Receiver) -> None:
    poster, lines = Poster(SUBSCRIBERS), OpenLines()
    for _ in range(3):
        with talks.kept(lines):
            assert [post(poster, receiver) for _ in range(2)] == [204] * 2
    assert receiver.connections == 1


def test_sets_at_the_same_time_have_a_connection_each(receiver: Receiver) -> None:
    poster, lines = Poster(SUBSCRIBERS), OpenLines()
    with talks.kept(lines):
        post(poster, receiver)
        with talks.kept(lines):
            post(poster, receiver)
    assert receiver.connections == 2


def test_a_connection_that_was_ended_between_two_sets_is_opened_anew(receiver: Receiver) -> None:
    def last(handler: Any) -> None:
        says(204)(handler)
        handler.close_connection = True

    poster, lines = Poster(SUBSCRIBERS), OpenLines()
    receiver.answers = [last]
    for _ in range(2):
        with talks.kept(lines):
            assert post(poster, receiver) == 204
    assert (receiver.connections, len(receiver.got)) == (2, 2)


def test_a_connection_waits_for_a_second_and_is_ended() -> None:
    lines, one = OpenLines(), Connection()
    lines.put(Line("a", one, time.monotonic()))
    taken = lines.take("a")
    assert taken is not None
    assert not one.ended.wait(open_lines.RESTS + 0.3), "who has taken it ends it"
    lines.put(taken)
    assert one.ended.wait(10)
    assert lines.take("a") is None


def test_a_connection_that_stands_for_long_waits_no_more_and_neither_does_one_too_many() -> None:
    now = 100.0
    lines = OpenLines(lambda: now)
    old = Connection()
    lines.put(Line("a", old, now - open_lines.LASTS))
    assert old.ended.is_set()
    many = [Connection() for _ in range(open_lines.MOST + 1)]
    for one in many:
        lines.put(Line("a", one, now))
    assert [one.ended.is_set() for one in many] == [False] * open_lines.MOST + [True]
    assert lines.take("b") is None
    # It has been told of no time that passed: nothing else is ended.
    newest = lines.take("a")
    assert newest is not None
    assert newest.connection is many[-2]


def test_its_age_goes_with_a_connection_from_set_to_set() -> None:
    lines, one = OpenLines(), Connection()
    with talks.kept(lines) as first:
        assert first.take("a") is None
        first.keep("a", one)
    began = time.monotonic()
    with talks.kept(lines) as second:
        second.keep("a", second.take("a"))
    line = lines.take("a")
    assert line is not None
    assert line.since < began


# --- a mail server --------------------------------------------------------------------------------


class Sessions(Inbox):
    """An inbox that counts connections and RSETs."""

    def __init__(self, **answers: str) -> None:
        super().__init__(**answers)
        self.sessions, self.resets = set[int](), 0

    async def handle_RSET(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.resets += 1
        return "250 OK"

    async def handle_MAIL(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        self.sessions.add(id(session))
        envelope.mail_from = address
        return "250 OK"


def mail(mailer: SmtpMailer | FileMailer, name: str = "d-1") -> None:
    mailer.send(TO, SUBJECT, "text", name)


def test_the_mails_of_a_set_go_over_one_connection_with_rset_between() -> None:
    inbox = Sessions()
    with serving(inbox) as port:
        mailer = SmtpMailer(f"smtp://127.0.0.1:{port}")
        with talks.kept():
            for place in range(4):
                mail(mailer, f"d-{place}")
    assert len(inbox.mails) == 4
    assert (len(inbox.sessions), inbox.resets) == (1, 3)


def test_a_mail_that_is_refused_leaves_the_connection_to_the_next() -> None:
    inbox = Sessions()
    with serving(inbox) as port:
        mailer = SmtpMailer(f"smtp://127.0.0.1:{port}")
        with talks.kept():
            mail(mailer)
            inbox.rcpt = "550"
            with pytest.raises(DeliveryFailed) as refused:
                mail(mailer)
            assert refused.value.permanent
            inbox.rcpt = ""
            mail(mailer)
    assert (len(inbox.mails), len(inbox.sessions)) == (2, 1)


def answering(scripts: list[list[bytes]]) -> Callable[[socket.socket], None]:
    """A talk that greets, and answers each thing said as its script has it, then hangs up."""

    def talk(caller: socket.socket) -> None:
        script = scripts.pop(0)
        caller.sendall(b"220 hello\r\n")
        for answer in script:
            if not caller.recv(65536):
                return
            caller.sendall(answer)

    return talk


_TAKES = [b"250 me\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go on\r\n", b"250 taken\r\n"]


@pytest.mark.parametrize(
    "then",
    [
        [],
        [b"421 enough\r\n"],
        [b"250 ok\r\n", b"421 too many mails\r\n"],
        [b"250 ok\r\n", b"451 4.7.1 too many mails\r\n"],
    ],
)
def test_a_server_that_takes_no_more_on_a_connection_is_called_again(then: list[bytes]) -> None:
    scripts = [[*_TAKES, *then], [*_TAKES, b"221 bye\r\n"]]
    with unkind(answering(scripts), calls=2) as port, talks.kept():
        mailer = SmtpMailer(f"smtp://127.0.0.1:{port}")
        mail(mailer, "d-1")
        mail(mailer, "d-2")
    assert scripts == []


def test_a_server_that_goes_in_the_middle_of_a_mail_fails_that_mail_alone() -> None:
    scripts = [[*_TAKES, b"250 ok\r\n", b"250 ok\r\n", b"250 ok\r\n"], [*_TAKES, b"221 bye\r\n"]]
    with unkind(answering(scripts), calls=2) as port, talks.kept():
        mailer = SmtpMailer(f"smtp://127.0.0.1:{port}")
        mail(mailer, "d-1")
        with pytest.raises(DeliveryFailed) as failed:
            mail(mailer, "d-2")
        assert not failed.value.permanent
        mail(mailer, "d-3")


def test_mails_of_two_sets_go_over_one_connection() -> None:
    inbox, lines = Sessions(), OpenLines()
    with serving(inbox) as port:
        mailer = SmtpMailer(f"smtp://127.0.0.1:{port}")
        for place in range(2):
            with talks.kept(lines):
                mail(mailer, f"d-{place}")
    assert (len(inbox.mails), len(inbox.sessions), inbox.resets) == (2, 1, 1)


# --- files ----------------------------------------------------------------------------------------


def eml(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*"))


def test_the_files_of_a_set_are_there_once_they_are_safe_and_their_owners_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    fsync = os.fsync

    def note(handle: int) -> None:
        synced.append(handle)
        fsync(handle)

    monkeypatch.setattr(os, "fsync", note)
    mailer, folder = FileMailer(tmp_path / "mail"), tmp_path / "mail"
    with talks.kept() as set_:
        mail(mailer, "d-1")
        mail(mailer, "d-2")
        assert list(folder.glob("*.eml")) == []
        assert synced == []
        set_.settle()
        assert eml(folder) == ["d-1.eml", "d-2.eml"]
        assert len(synced) == 3, "two files, and their names"
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.glob("*.eml")} == {0o600}
    mail(mailer, "d-3")
    assert eml(folder) == ["d-1.eml", "d-2.eml", "d-3.eml"]


def test_what_cannot_be_made_safe_is_not_there_and_has_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailer = FileMailer(tmp_path)

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with talks.kept() as set_:
        mail(mailer)
        with pytest.raises(DeliveryFailed, match="could not be written") as failed:
            set_.settle()
    assert not failed.value.permanent
    with pytest.raises(DeliveryFailed, match="could not be written"):
        mail(mailer)
    assert eml(tmp_path) == []


def test_a_set_that_is_given_up_leaves_no_files(tmp_path: Path) -> None:
    mailer = FileMailer(tmp_path)
    with talks.kept():
        mail(mailer)
    assert eml(tmp_path) == []
