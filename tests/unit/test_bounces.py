"""Mail that came back: whoever is given up in a status part, in whatever wrapping, was not told."""

import base64
from dataclasses import replace
from mailbox import Maildir, mbox
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from casetrack.domain.errors import BadInput
from casetrack.gateways.mail import bounces
from casetrack.gateways.mail.bounces import MAX_BYTES, Bounce, Ignored

NAME = "64.72.1234.applicant.0123456789abcdef"
OURS = Bounce("64.72", 1234, "applicant", "0123456789abcdef", "5.1.1")


def notification(
    *,
    status: str = "5.1.1",
    action: str = "failed",
    name: str | None = NAME,
    to: str = "mpp@samarinda.example",
    whole: bool = False,
    kind: str = "delivery-status",
    more: str = "",
) -> bytes:
    """As Postfix, Exim and Exchange write them (RFC 3464 section 4)."""
    returned = f"Message-ID: <{name}@samarinda.example>\n" if name else ""
    returned += "Subject: [SMR-1] Berkas Anda\n"
    content = f"message/rfc822\n\n{returned}\nisi surat\n"
    if not whole:
        content = f"text/rfc822-headers\n\n{returned}"
    return f"""\
From: MAILER-DAEMON@mx.example
To: {to}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type={kind}; boundary="b"

--b

I could not deliver it to budi@example.id. Message-ID: <{NAME}@x>

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; budi@example.id
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 user unknown
{more}
--b
Content-Type: {content}
--b--
""".encode()


MAIL = "Reporting-MTA: dns; mx.example\n"
RECIPIENT = """\
Final-Recipient: rfc822; budi@example.id
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 user unknown
"""
OTHER = "Final-Recipient: rfc822; box@example.id\nAction: {}\nStatus: 2.0.0\n"
HEADERS = f"Content-Type: text/rfc822-headers\n\nMessage-ID: <{NAME}@samarinda.example>\n"


def mail_of(
    status: str,
    *,
    head: str = "multipart/report; report-type=delivery-status",
    part: str = "message/delivery-status\n",
    returned: str = HEADERS,
    more: str = "",
) -> bytes:
    """A notification with this text as its status part."""
    return (
        f"To: mpp@samarinda.example\nMIME-Version: 1.0\n{more}Content-Type: {head}; boundary=b\n\n"
        f"--b\n\nSorry.\n\n--b\nContent-Type: {part}\n{status}\n--b\n{returned}\n--b--\n"
    ).encode()


def forwarded(mail: bytes) -> bytes:
    """As somebody sends it on to us."""
    head = b"Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: message/rfc822\n\n"
    return head + mail + b"\n--o--\n"


def in_base64(text: str) -> str:
    return base64.encodebytes(text.encode()).decode()


BASE64 = "\nContent-Transfer-Encoding: base64\n"


@pytest.mark.parametrize(
    "status",
    [
        f"{MAIL}\n{RECIPIENT}\n\n\n",
        f"{MAIL}\n\n \t\n{RECIPIENT}\n \n",
        f"\n\n{MAIL}\n{RECIPIENT}",
        f"{MAIL}{RECIPIENT}",
        RECIPIENT,
        f"{RECIPIENT}\n{MAIL}",
        f"{MAIL}\n{RECIPIENT}\nX-Note: nothing about anybody\n",
        f"{MAIL}\n{RECIPIENT}\n{OTHER.format('relayed')}",
        f"{MAIL}\n{OTHER.format('delivered')}\n{RECIPIENT}",
        f"{MAIL}\n{OTHER.format('expanded')}\n{RECIPIENT}\n{RECIPIENT}",
        f"{MAIL}\n{RECIPIENT}".replace("\n", "\r\n"),
        f"{MAIL}\n{RECIPIENT}".replace("failed", "Failed (for (really) good)"),
        f"{MAIL}\n{RECIPIENT}".replace("failed", "(said the server) FAILED"),
        f"{MAIL}\n{RECIPIENT}".replace("Action:", "action :"),
        f"{MAIL}\n{RECIPIENT}".replace("Action: ", "Action:\n\t"),
        f"{MAIL}\n{RECIPIENT}".replace("Action: failed\n", ""),
        f"{MAIL}\n{RECIPIENT}".replace("5.1.1\n", "550 5.1.1\n"),
        f"{MAIL}\n{RECIPIENT}".replace("Status: 5.1.1\n", ""),
        f"{MAIL}\n{RECIPIENT}".replace("rfc822; budi@", "utf-8; büdi@"),
    ],
)
def test_each_group_about_a_recipient_is_judged_wherever_it_stands(status: str) -> None:
    assert bounces.read(mail_of(status)) == [OURS]


@pytest.mark.parametrize(
    "raw",
    [
        mail_of(f"{MAIL}\n{RECIPIENT}", head="multipart/mixed"),
        mail_of(f"{MAIL}\n{RECIPIENT}", head="multipart/report"),
        mail_of(f"{MAIL}\n{RECIPIENT}", head="Multipart/Report; Report-Type=Delivery-Status"),
        mail_of(
            f"{MAIL}\n{RECIPIENT}", head="multipart/report; report-type=global-delivery-status"
        ),
        mail_of(in_base64(f"{MAIL}\n{RECIPIENT}"), part="message/delivery-status" + BASE64),
        mail_of(f"{MAIL}\n{RECIPIENT}", part="message/global-delivery-status\n"),
        mail_of(
            f"{MAIL}\n{RECIPIENT}".replace("=", "=3D").replace("failed", "fail=\ned"),
            part="message/delivery-status\nContent-Transfer-Encoding: quoted-printable\n",
        ),
        b"Content-Type: multipart/mixed; boundary=o\n\n--o\n%b\n--o\n\nFooter of a list\n--o--\n"
        % mail_of(f"{MAIL}\n{RECIPIENT}"),
    ],
)
def test_whatever_is_around_the_status_part_it_counts(raw: bytes) -> None:
    assert bounces.read(raw) == [OURS]


@pytest.mark.parametrize("status", ["4.4.1", "4.4.7", "5.7.1", "5.2.2", "5.0.0"])
def test_who_was_given_up_was_not_told_whatever_the_class(status: str) -> None:
    assert bounces.read(notification(status=status)) == [replace(OURS, status=status)]


def test_where_no_status_is_given_the_reply_says_as_much_as_it_can() -> None:
    said = f"{MAIL}\n{RECIPIENT}".replace("Status: 5.1.1\n", "")
    for diagnostic, status in (("550 no such user", "5.0.0"), ("timed out", "no status")):
        raw = mail_of(said.replace("550 5.1.1 user unknown", diagnostic))
        assert bounces.read(raw) == [replace(OURS, status=status)]


@pytest.mark.parametrize(
    "returned",
    [
        f"Content-Type: message/rfc822\n\nMessage-ID: <{NAME}@x>\n\nisi\n",
        f"Content-Type: message/rfc822{BASE64}\n{in_base64(f'Message-ID: <{NAME}@x>')}",
        f"Content-Type: message/global\n\nSubject: é\nMessage-ID:\n <{NAME}@x>\n\nisi\n",
        f"Content-Type: message/global-headers\n\nMessage-Id: <{NAME}@x>\n",
        f"Content-Type: text/rfc822-headers{BASE64}\n{in_base64(f'Message-ID: <{NAME}@x>')}",
        f"Content-Type: message/rfc822\n\nMessage-ID: <A1@x>\nX-Original-Message-ID: <{NAME}@x>\n",
        f"Content-Type: message/rfc822\n\nMessage-ID: <A1@x>\nReturn-Path: <b+{NAME.upper()}@x>\n",
    ],
)
def test_the_message_is_known_by_what_came_back_of_it(returned: str) -> None:
    assert bounces.read(mail_of(f"{MAIL}\n{RECIPIENT}", returned=returned)) == [OURS]


@pytest.mark.parametrize(
    ("more", "group"),
    [
        (f"Delivered-To: BOUNCES+{NAME.upper()}@SAMARINDA.EXAMPLE\n", MAIL),
        (f"X-Original-To: bounces+{NAME}@samarinda.example\n", MAIL),
        ("", f"{MAIL}Original-Envelope-Id: {NAME}\n"),
        ("", f"{MAIL}Original-Envelope-Id: {NAME.replace('.', '+2E')}\n"),
        ("", f"{MAIL}X-Original-Message-ID: <{NAME}@samarinda.example>\n"),
    ],
)
def test_where_nothing_of_it_came_back_its_envelope_names_it(more: str, group: str) -> None:
    nothing = "Content-Type: text/plain\n\nomitted\n"
    raw = mail_of(f"{group}\n{RECIPIENT}", returned=nothing, more=more)
    assert bounces.read(raw) == [OURS]
    assert bounces.read(mail_of(f"{MAIL}\n{RECIPIENT}", returned=nothing)) == Ignored(
        "no_message_of_ours"
    )


def test_a_name_in_what_it_answers_to_is_no_name() -> None:
    answered = f"Content-Type: message/rfc822\n\nReferences: <{NAME}@x>\nIn-Reply-To: <{NAME}@x>\n"
    raw = mail_of(f"{MAIL}\n{RECIPIENT}", returned=answered)
    assert bounces.read(raw) == Ignored("no_message_of_ours")


@pytest.mark.parametrize("whole", [True, False])
def test_a_failure_for_good_names_the_message_by_its_returned_headers(whole: bool) -> None:
    assert bounces.read(notification(whole=whole)) == [OURS]


def test_the_address_that_it_came_to_names_the_message_too() -> None:
    came_to = notification(name=None, to=f"bounces+{NAME}@samarinda.example")
    assert bounces.read(came_to) == [OURS]


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (notification(status="2.0.0", action="delivered"), "not_for_good"),
        (notification(action="delayed"), "not_for_good"),
        (notification(action="relayed"), "not_for_good"),
        (notification(action="expanded", status="2.0.0"), "not_for_good"),
        (notification(action="delayed (will be tried for five days)"), "not_for_good"),
        (mail_of(RECIPIENT.replace("Action: failed", "")[:40]), "not_for_good"),
        (forwarded(notification()), "no_status_notification"),
        (notification(name=None), "no_message_of_ours"),
        (notification(name="somebody.elses.id"), "no_message_of_ours"),
        (notification(kind="disposition-notification"), "no_status_notification"),
        (b"Subject: Out of office\n\n" + NAME.encode(), "no_status_notification"),
        (b"", "no_status_notification"),
        (b"x" * (MAX_BYTES + 1), "too_large"),
    ],
)
def test_anything_else_changes_nothing_and_says_why_in_a_code(raw: bytes, why: str) -> None:
    assert bounces.read(raw) == Ignored(why)


@given(st.binary(max_size=2000))
@example(
    b"Content-Type: multipart/report; report-type*=utf-8''delivery-status; boundary=b\n\n--b--"
)
@example(b"Content-Type: message/delivery-status\n\n\n\n\n")
def test_whatever_somebody_sends_nothing_breaks(raw: bytes) -> None:
    assert isinstance(bounces.read(raw), Ignored)


@given(st.integers(0, len(notification()) - 1), st.binary(max_size=4))
def test_a_notification_that_was_cut_or_changed_never_breaks_it(place: int, change: bytes) -> None:
    whole = notification()
    for raw in (whole[:place], whole[:place] + change + whole[place + len(change) :]):
        found = bounces.read(raw)
        assert isinstance(found, Ignored) or all(isinstance(each, Bounce) for each in found)


def test_one_mail_an_mbox_and_a_maildir_are_read_alike(tmp_path: Path) -> None:
    raw = [notification(), notification(status="4.2.2", action="delayed")]
    one, box, folder = tmp_path / "one.eml", tmp_path / "box", tmp_path / "Maildir"
    one.write_bytes(raw[0])
    many, kept = mbox(box), Maildir(folder)
    for each in raw:
        many.add(each)
        kept.add(each)
    many.close()
    assert [bounces.read(mail) for mail in bounces.mails(one)] == [[OURS]]
    for source in (box, folder):
        found = [bounces.read(mail) for mail in bounces.mails(source)]
        assert sorted(found, key=str) == sorted([[OURS], Ignored("not_for_good")], key=str)
    kept.close()


def test_what_is_no_mailbox_is_refused_in_one_line(tmp_path: Path) -> None:
    for source in (tmp_path / "not-there", tmp_path):
        with pytest.raises(BadInput):
            list(bounces.mails(source))
