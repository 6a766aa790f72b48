"""The end of a power of attorney, as far as a code goes: a new one makes the old one worthless."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.stories import BUDI, FACTS, City, samarinda
from tests.support.web import refused

PROXY = {"kind": "person", "name": "Rahmat Hidayat", "phone": "+62 812 7777 4321"}


@pytest.fixture
def city(database_url: str, tmp_path: Path) -> Iterator[City]:
    yield from samarinda(database_url, tmp_path)


@pytest.mark.parametrize("service", ["izin-reklame", "surat-keterangan"])
def test_a_new_code_ends_the_one_that_the_proxy_has(city: City, service: str) -> None:
    opened = city.open(
        {"service": service, "facts": FACTS[service], "applicant": BUDI, "representative": PROXY},
        "clerk",
    )
    number, old = str(opened["number"]), {"X-Access-Code": opened["access_code"]}
    assert "next_action" in city.get(f"/status/{number}", headers=old).get_json()
    answer = city.on(number, "clerk", "actions", action="reissue_code")
    assert answer.status_code == 200, answer.text
    assert refused(city.get(f"/status/{number}", headers=old)) == (404, "unknown_case")
    new = {"X-Access-Code": answer.get_json()["access_code"]}
    for headers in ({}, new):
        said = city.get(f"/status/{number}", headers=headers).text
        page = city.get(f"//status?number={number}").text
        for name in ("Budi", "Santoso", "Rahmat", "Hidayat", BUDI["nik"], "7777 4321", "77774321"):
            assert name not in said + page
