"""What a mail server's refusal is about: the person, the mail, now, or us."""

import smtplib

import pytest

from casetrack.gateways.mail import refusals

US = [
    (554, "5.7.1 <warga@a.example>: Relay access denied"),
    (550, "5.7.54 SMTP; Unable to relay recipient in non-accepted domain"),
    (550, "5.7.64 TenantAttribution; Relay Access Denied"),
    (550, "relaying prohibited by administrator"),
    (550, "5.7.1 Relaying not permitted"),
    (553, "sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)"),
    (551, "we do not relay"),
    (550, "5.7.1 Unable to relay for warga@a.example"),
    (503, "need auth"),
    (530, "5.7.0 Authentication Required"),
    (550, "5.7.1 Authentication required"),
    (550, "5.7.3 not authenticated"),
    (535, "5.7.8 Error: authentication failed"),
    (554, "5.7.8 credentials invalid"),
    (550, "Please authenticate first"),
]
THEM = [
    (550, "5.1.1 User unknown in relay recipient table"),
    (550, "5.1.1 no such user here"),
    (550, "5.7.1 blocked by policy"),
    (550, "5.7.26 unauthenticated mail from a.example is not accepted"),
    (550, "5.2.1 the account is disabled"),
    (556, "null mx"),
    (500, "5.5.1 too busy?"),
    (501, "syntax"),
    (553, "5.1.3 bad"),
    (550, ""),
]


@pytest.mark.parametrize(("code", "said"), US)
def test_a_refusal_of_us_may_be_mended_and_is_for_the_operator(code: int, said: str) -> None:
    found = refusals.of_recipient(
        smtplib.SMTPRecipientsRefused({"warga@a.example": (code, said.encode())})
    )
    assert (found.permanent, found.refuses_us) == (False, True)
    found = refusals.of_content(smtplib.SMTPDataError(code, said.encode()))
    assert (found.permanent, found.refuses_us) == (False, True)


@pytest.mark.parametrize(("code", "said"), THEM)
def test_a_refusal_of_the_recipient_is_for_good_whatever_its_class(code: int, said: str) -> None:
    found = refusals.of_recipient(
        smtplib.SMTPRecipientsRefused({"warga@a.example": (code, said.encode())})
    )
    assert (found.permanent, found.refuses_us) == (True, False)
    assert "warga" not in str(found)


@pytest.mark.parametrize("code", [450, 451, 452, 421, 252, 552])
def test_not_now_is_not_for_good_and_nobodys_fault(code: int) -> None:
    found = refusals.of_recipient(smtplib.SMTPRecipientsRefused({"a@a.example": (code, b"later")}))
    assert (found.permanent, found.refuses_us) == (False, False)


def test_a_mail_that_is_too_large_is_refused_for_good() -> None:
    assert refusals.of_content(smtplib.SMTPDataError(552, b"5.2.2 full")).permanent


def test_a_refused_sender_is_for_the_operator_and_a_busy_server_is_not() -> None:
    refused = smtplib.SMTPSenderRefused(550, b"sender rejected", "mpp@a.example")
    assert refusals.of_talk(refused).refuses_us
    assert not refusals.of_talk(smtplib.SMTPSenderRefused(452, b"storage", "a@b")).refuses_us
    assert refusals.of_talk(smtplib.SMTPAuthenticationError(535, b"no")).refuses_us
