"""How a signature block is printed in each lawful form: own, a.n., u.b., Plt., Plh., Pj."""

from datetime import date
from typing import Any

import pytest

from casetrack.domain.authority.signature_block import (
    DatedProfile,
    Profile,
    profile_on,
    signature_block,
    signs_as_head,
)

YUNI = Profile("Drs. Yuni Contoh, M.Si.", rank="Pembina Utama Muda", nip="197106121998032001")
ANDI = Profile("Dr. H. Andi Contoh, M.Si.", plain_name="Andi Contoh", rank="-", nip="1")
PERSON = ("Drs. Yuni Contoh, M.Si.", "Pembina Utama Muda", "NIP 197106121998032001")


@pytest.mark.parametrize(
    ("form", "office", "printed"),
    [
        ("own", ["Kepala DPMPTSP"], ("Kepala DPMPTSP",)),
        (
            "a.n.",
            ["a.n. Wali Kota Samarinda", "Kepala DPMPTSP"],
            ("a.n. Wali Kota Samarinda,", "Kepala DPMPTSP"),
        ),
        (
            "u.b.",
            ["a.n. Wali Kota Samarinda", "Kepala DPMPTSP", "u.b.", "Kepala Bidang Perizinan"],
            ("a.n. Wali Kota Samarinda,", "Kepala DPMPTSP,", "u.b.", "Kepala Bidang Perizinan"),
        ),
        ("Plt.", ["Plt. Kepala DPMPTSP"], ("Plt. Kepala DPMPTSP",)),
        ("Plh.", ["Plh. Kepala DPMPTSP"], ("Plh. Kepala DPMPTSP",)),
        (
            "a.n. by an acting officer",
            ["a.n. Bupati Contoh", "Plt. Kepala DPMPTSP"],
            ("a.n. Bupati Contoh,", "Plt. Kepala DPMPTSP"),
        ),
    ],
)
def test_an_officer_is_printed_with_titles_rank_and_nip_below_the_office(
    form: str, office: list[str], printed: tuple[str, ...]
) -> None:
    block = signature_block(office, YUNI)
    assert block.office == printed, form
    assert block.officer == PERSON


@pytest.mark.parametrize("office", ["Wali Kota Samarinda", "Pj. Wali Kota Samarinda"])
def test_a_head_of_region_is_printed_without_title_rank_and_nip(office: str) -> None:
    block = signature_block([office], ANDI, head_of_region=True)
    assert (block.office, block.officer) == ((office,), ("Andi Contoh",))


def test_a_head_of_region_of_whom_no_plain_name_is_known_is_printed_by_the_name() -> None:
    block = signature_block(["Bupati"], YUNI, head_of_region=True)
    assert block.officer == ("Drs. Yuni Contoh, M.Si.",)


def test_who_has_no_rank_and_no_nip_is_printed_by_name_alone() -> None:
    assert signature_block(["Kasat"], Profile("Budi")).officer == ("Budi",)


def passport(position: str) -> dict[str, Any]:
    return {"seat": {"position": position}}


def test_only_the_seat_of_the_head_of_region_signs_as_head() -> None:
    assert signs_as_head(passport("wali-kota"), "wali-kota")
    assert not signs_as_head(passport("kepala-dpmptsp"), "wali-kota")
    assert not signs_as_head(passport("wali-kota"), None)


def test_a_profile_counts_from_its_day_until_the_next_one() -> None:
    first, second = Profile("Yuni, S.Sos."), Profile("Yuni, M.Si.")
    dated = [
        DatedProfile("smr.yuni", date(2026, 5, 1), second),
        DatedProfile("smr.yuni", date(2020, 1, 1), first),
    ]
    assert profile_on(dated, date(2026, 4, 30)) == first
    assert profile_on(dated, date(2026, 5, 1)) == second
    assert profile_on(dated, date(2019, 12, 31)) is None
