"""Mail that came back: only a status notification of a failure for good, about a message of ours."""

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


@pytest.mark.parametrize("whole", [True, False])
def test_a_failure_for_good_names_the_message_by_its_returned_headers(whole: bool) -> None:
    assert bounces.read(notification(whole=whole)) == [OURS]


def test_the_address_that_it_came_to_names_the_message_too() -> None:
    came_to = notification(name=None, to=f"bounces+{NAME}@samarinda.example")
    assert bounces.read(came_to) == [OURS]


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (notification(status="4.2.2"), "not_for_good"),
        (notification(status="5.7.1"), "not_for_good"),
        (notification(status="2.0.0", action="delivered"), "not_for_good"),
        (notification(action="delayed"), "not_for_good"),
        (notification(action="relayed"), "not_for_good"),
        (notification(status=""), "not_for_good"),
        (
            notification(more="\nFinal-Recipient: rfc822; x@y\nAction: delayed\nStatus: 4.0.0\n"),
            "not_for_good",
        ),
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
    raw = [notification(), notification(status="4.2.2")]
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
