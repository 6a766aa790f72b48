"""No note keeps what opens somebody's account elsewhere."""

import pytest

from casetrack.domain.people.account_secrets import may_open_an_account


@pytest.mark.parametrize(
    "text",
    [
        "password OSS: Budi1970!",
        "Kata sandi = rahasia123",
        "kata sandi akun beliau: Budi1970",
        "kata sandinya adalah budi1970",
        "username: budi.santoso, pass lihat di bawah",
        "OTP 482913 sudah dimasukkan",
        "kode verifikasi: 4829",
        "PIN-nya 1970",
        "one-time code was 482913",
    ],
)
def test_words_that_open_an_account_are_known(text: str) -> None:
    assert may_open_an_account(text)


@pytest.mark.parametrize(
    "text",
    [
        "Pemohon lupa kata sandi OSS, diminta datang kembali",
        "OTP tidak masuk ke telepon pemohon",
        "Pin lokasi dikirim lewat peta, Jl. Basuki Rahmat 12",
        "Pasal 13 ayat (5), nomor 503/0001/2026",
        "The password of their account was changed by themselves",
        "Telepon 0812 3456 7890",
    ],
)
def test_words_about_an_account_are_taken(text: str) -> None:
    assert not may_open_an_account(text)
