"""A mail that is written by hand says what the email package would have said."""

from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from casetrack.gateways.failure import DeliveryFailed
from casetrack.gateways.mail.composing import composed

HEADS = ("From", "To", "Subject", "Message-ID", "Auto-Submitted", "Content-Type",
         "Content-Transfer-Encoding", "MIME-Version")  # fmt: skip
TO, SENDER = "warga@contoh.example", "izin@kota.example"
#: No line ends but \n: the others are no part of a text of ours.
TEXTS = st.text(
    st.characters(
        exclude_categories=["Cs"], exclude_characters="\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
    )
)
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=120)


def by_the_package(name: str, to: str, subject: str, text: str, message_id: str) -> EmailMessage:
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"] = Address(" ".join(name.split()), addr_spec=SENDER)
    mail["To"] = to
    mail["Subject"] = subject
    mail["Message-ID"] = f"<{message_id}@kota.example>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text, charset="utf-8", cte="quoted-printable")
    return mail


def parsed(raw: bytes) -> EmailMessage:
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


@given(name=WORDS.filter(str.isprintable), subject=WORDS.filter(str.isprintable), text=TEXTS)
@example(
    "DPMPTSP", "[SMR-SKT-2026-000001-5] Berkas diterima", "Yth.\n\n.titik\nHormat kami,\nKota\n"
)
@example('Dinas, "Kota"', "=?utf-8?q?x?=", "tab\t\nblank \n" + "x" * 2000)
@example("Kantor Perizinan", "a" * 300, "")
@example("é", "Sudah ada keputusan – é", "Selasa – é\n.\n..\nFrom here")
def test_by_hand_and_by_the_package_read_the_same(name: str, subject: str, text: str) -> None:
    raw = composed((name, SENDER), TO, subject, text, "64.72.7.applicant")
    mine = parsed(raw)
    other = parsed(by_the_package(name, TO, subject, text, "64.72.7.applicant").as_bytes())
    assert mine.defects == other.defects == []
    for head in HEADS:
        assert str(mine[head]) == str(other[head]), head
    assert mine.get_content() == other.get_content()
    assert mine["Date"].datetime.tzinfo is not None
    assert raw.isascii()
    lines = raw.split(b"\r\n")
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert max(map(len, lines)) <= 998, "RFC 5322 section 2.1.1"


@pytest.mark.parametrize(
    ("to", "subject", "message_id"),
    [
        ("warga@contoh.example\r\nBcc: x@y.example", "a", "d-1"),
        (TO, "a\r\nBcc: x@y.example", "d-1"),
        (TO, "a\x00", "d-1"),
        (TO, "a", "d-1>\r\nBcc: x@y.example"),
    ],
)
def test_nothing_that_is_passed_in_adds_a_head(to: str, subject: str, message_id: str) -> None:
    with pytest.raises(DeliveryFailed) as failed:
        composed((None, SENDER), to, subject, "text", message_id)
    assert failed.value.permanent


@given(name=st.text())
def test_no_name_of_a_sender_adds_a_head(name: str) -> None:
    clean = name.encode("utf-8", "ignore").decode()
    mail = parsed(composed((clean, SENDER), TO, "a", "text", "d-1"))
    assert set(mail.keys()) == {*HEADS, "Date"}
    assert mail["From"].addresses[0].addr_spec == SENDER
