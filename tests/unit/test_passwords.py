"""What a password must be: long, and not what anybody would guess first."""

import pytest

from casetrack.domain.errors import Invalid
from casetrack.domain.people.passwords import LONGEST, check_password, kept_form
from casetrack.domain.people.sign_ins import agent_words

OWN = ("smr.clerk", "Kota Samarinda", "City of Samarinda")


@pytest.mark.parametrize(
    "password",
    [
        "kucing hujan lembah",
        "correct horse battery staple",
        "Hf7!kq9-Zt2wLm4",
        "kopi pahit di tepi mahakam",
        "gelas biru tiga burung",
        "密码很长而且没有人会猜到它的内容",
        "x7Kq" * 5 + "vbN2pL",
    ],
)
def test_words_that_do_not_belong_together_are_taken(password: str) -> None:
    check_password(password, OWN)


@pytest.mark.parametrize(
    "password",
    [
        "fourteen chars",
        "a" * 15,
        "passwordpassword1",
        "Password123456789",
        "qwertyuiopasdfghjkl",
        "zxcvbnm,./zxcvbnm",
        "123456789012345",
        "1q2w3e4r5t6y7u8i9o0p",
        "samarinda2026!!!",
        "SMR.Clerk.2026.SMR",
        "kotasamarinda1234",
        "indonesiamerdeka1945",
        "bismillah bismillah bismillah",
        "abcabcabcabcabcabc",
        "rahasia-rahasia-rahasia",
        "x" * (LONGEST + 1),
    ],
)
def test_what_others_try_first_is_not(password: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_password(password, OWN)
    assert refused.value.code in ("weak_password", "password_length")
    assert password not in refused.value.detail


def test_no_kind_of_character_is_asked_for_and_none_is_forbidden() -> None:
    check_password("sungai panjang berkabut", ())
    check_password("\U0001f40c lambat 'di' jalan \u00e9", ())


def test_the_same_letter_made_otherwise_is_the_same_password() -> None:
    assert kept_form("cafe\u0301 di tepi sungai") == kept_form("caf\u00e9 di tepi sungai")
    assert kept_form("Huruf Besar") != kept_form("huruf besar")


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ("(Windows NT 10.0; Win64; x64) AppleWebKit Chrome/130.0 Safari/537.36", "Chrome, Windows"),
        ("(Windows NT 10.0) Chrome/130.0 Safari/537.36 Edg/130.0", "Edge, Windows"),
        ("(Linux; Android 14) SamsungBrowser/25 Chrome/121 Safari", "Samsung Internet, Android"),
        ("(iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17 Safari/604.1", "Safari, iOS"),
        ("(X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox, Linux"),
        ("curl/8.5.0", ""),
    ],
)
def test_browser_and_system_are_kept_in_words_and_nothing_else(sent: str, words: str) -> None:
    assert agent_words(f"Mozilla/5.0 {sent}") == words
