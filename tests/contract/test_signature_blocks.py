"""Each lawful form of a signature block, signed over HTTP and read off the printed paper by pdftotext."""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from casetrack.domain.authority.signature_block import DatedProfile, Profile
from casetrack.domain.service.definition import Validity
from casetrack.usecases.proof.verify import verify
from tests.conftest import need
from tests.support.authority import enter, give_letters, guarded_regions, papers_of_samarinda
from tests.support.products import PATTERN, PERMIT, first_product
from tests.support.registers import incumbency, latest
from tests.support.web import BILLBOARD, Web
from tests.support.world import World

NIP = "197106121998032001"
LICENCE = replace(
    PERMIT, endorsed_by=(), numbered="after_signing", pattern="surat", validity=Validity("days", 30)
)
SIGNERS = ("hadi", "wati", "dewi", "yuni", "tono", "sekda")
#: Who acts for whom, beside those who hold the positions.
ACTING = (
    incumbency("plh-yuni", "smr.yuni", "kepala-dpmptsp", "plh", since="2026-11-01"),
    incumbency("plt-tono", "smr.tono", "kabid-perizinan", "plt", since="2026-11-01"),
    incumbency("pj-sekda", "smr.sekda", "wali-kota", "pj", since="2026-11-01"),
)


def printed(name: str) -> DatedProfile:
    said = Profile(f"Dr. {name.title()}, S.H.", name.title(), "Pembina Utama Muda", NIP)
    return DatedProfile(f"smr.{name}", date(2020, 1, 1), said)


@pytest.fixture
def web(database_url: str, tmp_path: Path) -> Iterator[Web]:
    """The one-door office with its papers, and acting officers beside."""
    city, other = guarded_regions()
    services = tuple(
        replace(each, products=(LICENCE,)) if each.id == "izin-reklame" else each
        for each in city.services
    )
    city = replace(
        city,
        region=replace(city.region, number_patterns=(PATTERN,), head="wali-kota"),
        services=services,
        profiles=tuple(map(printed, SIGNERS)),
    )
    world = World.make(database_url, tmp_path, regions_=(city, other))
    enter(world, *latest([*papers_of_samarinda(), *ACTING]))
    give_letters(world)
    yield Web(world)
    world.close()


def signed_by(web: Web, who: str, position: str) -> str:
    """A case whose permit this officer signs in this position."""
    number = str(web.open(BILLBOARD)["number"])
    web.play(
        number,
        """
        dewi declare_complete intake
        rini complete review_dlh favourable
        sari complete review_dishub favourable
        hadi complete verify
        hadi complete decide
        bima record_payment pay_tax
        """,
    )
    product = first_product(web, number)["id"]
    body: dict[str, Any] = {"action": "sign", "as_position": position}
    door = f"/cases/{number}/products/{product}/actions"
    answer = web.post(door, who, body, etag=web.etag(number))
    assert answer.status_code == 200, answer.text
    return number


def lines_of(web: Web, number: str, folder: Path) -> list[str]:
    """The lines of its paper, as another program reads them."""
    need(bool(shutil.which("pdftotext")), "pdftotext")
    product = first_product(web, number)["id"]
    (folder / "paper.pdf").write_bytes(
        web.get(f"/cases/{number}/products/{product}/pdf", "hadi").data
    )
    called = ["pdftotext", str(folder / "paper.pdf"), "-"]
    said = subprocess.run(called, capture_output=True, text=True, check=True).stdout
    return [line.strip() for line in said.splitlines() if line.strip()]


FORMS: tuple[tuple[str, str, str, list[str]], ...] = (
    ("own", "hadi", "kepala-dpmptsp", ["Kepala DPMPTSP"]),
    ("a.n.", "wati", "kabid-perizinan", ["a.n. Kepala DPMPTSP,", "Kepala Bidang Perizinan"]),
    (
        "u.b.",
        "dewi",
        "kasi-reklame",
        ["a.n. Kepala DPMPTSP,", "Kepala Bidang Perizinan,", "u.b.", "Kepala Seksi Reklame"],
    ),
    ("Plh.", "yuni", "kepala-dpmptsp", ["Plh. Kepala DPMPTSP"]),
    ("Plt.", "tono", "kabid-perizinan", ["a.n. Kepala DPMPTSP,", "Plt. Kepala Bidang Perizinan"]),
    ("Pj.", "sekda", "wali-kota", ["Pj. Wali Kota Samarinda"]),
)


def test_each_lawful_form_stands_on_the_paper_above_who_signed(web: Web, tmp_path: Path) -> None:
    for form, who, position, office in FORMS:
        lines = lines_of(web, signed_by(web, who, position), tmp_path)
        place = lines.index(office[0])
        assert lines[place : place + len(office)] == office, form
        signed = next(at for at in range(place, len(lines)) if who.title() in lines[at])
        assert lines[signed - 2].startswith("Ditandatangani"), form
        if form == "Pj.":
            # A head of region is printed without title, rank and NIP, acting or not.
            assert lines[signed] == "Sekda"
            assert f"NIP {NIP}" not in lines
        else:
            assert lines[signed : signed + 3] == [
                f"Dr. {who.title()}, S.H.",
                "Pembina Utama Muda",
                f"NIP {NIP}",
            ], form
    assert verify(web.world.ctx, progress=lambda _: None).fault is None
