"""The sheets of paper, as PDF: read back by others' eyes."""

import dataclasses
import io
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from casetrack.domain.service.definition import Name
from casetrack.gateways.printing.product_sheets import product_pdf
from casetrack.gateways.printing.typesetter import press
from casetrack.web.pages.sheet_form import slip_pdf
from casetrack.web.pages.slip_sheets import receipt_sheet, registration_sheet
from tests.conftest import need
from tests.support.papers import ADDRESS, PERMIT, ZONE, code_on, memory, text_of
from tests.unit.test_pages import NUMBER, PASSED, RECEIPT, REGISTRATION, URL

#: What would run if values were read as a template.
TRAPS = ('#eval("1+1")', '#read("letterhead.typ")', "$x^2$", "*tebal*", "@ref", "// hilang", "\\")


def test_the_receipt_reads_in_the_order_in_which_it_stands() -> None:
    text = text_of(slip_pdf(receipt_sheet(RECEIPT, language="id")))
    places = [
        text.index(words)
        for words in (
            "Tanda terima berkas",
            "Receipt of the file",
            NUMBER,
            "Layanan Izin Reklame",
            "Waktu penyelesaian BELUM dihitung.",
            "KTP",
            "Masih kurang",
            "Cek status",
            "Simpan tanda terima ini",
            "K7QX-3M9A",
        )
    ]
    assert places == sorted(places)


def test_the_proof_says_what_was_waived_and_why() -> None:
    text = text_of(slip_pdf(registration_sheet(PASSED, language="en")))
    assert "Declared complete without" in text
    assert "Reason: Foto menyusul <besok> saat tinjau lapangan" in text


def test_the_same_sheet_gives_the_same_bytes_and_another_one_others() -> None:
    sheet = receipt_sheet(RECEIPT, language="id")
    assert slip_pdf(sheet) == slip_pdf(receipt_sheet(RECEIPT, language="id"))
    assert slip_pdf(dataclasses.replace(sheet, number="SMR-REK-2026-000124-0")) != slip_pdf(sheet)
    assert re.fullmatch(r"typst \d+\.\d+\.\d+, slip [0-9a-f]{12}", press("slip"))
    assert press("product") != press("slip").replace("slip", "product")


@pytest.mark.parametrize("trap", TRAPS)
def test_what_stands_in_a_value_is_printed_and_never_carried_out(trap: str) -> None:
    name = Name(f"Izin {trap} akhir", "")
    text = text_of(
        slip_pdf(receipt_sheet(dataclasses.replace(RECEIPT, service=name), language="id"))
    )
    assert trap in text


def test_a_sheet_is_an_archive_s_pdf_with_tags_title_and_language() -> None:
    reader = PdfReader(io.BytesIO(slip_pdf(registration_sheet(REGISTRATION, language="id"))))
    catalog = reader.root_object
    assert "'/Marked': True" in str(catalog["/MarkInfo"])
    assert str(catalog["/Lang"]) == "id"
    assert reader.metadata is not None
    assert reader.metadata.title == f"Bukti pendaftaran {NUMBER}"
    described: Any = catalog["/Metadata"]
    about = described.get_object().get_data()
    assert b"<pdfaid:part>2</pdfaid:part>" in about
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in about


def test_a_sheet_carries_its_own_letters_and_fits_a_page() -> None:
    content = slip_pdf(receipt_sheet(RECEIPT, language="id"))
    (page,) = PdfReader(io.BytesIO(content)).pages
    fonts: Any = page["/Resources"]["/Font"]  # type: ignore[index]
    names = {str(fonts[name]["/BaseFont"]) for name in fonts}
    assert names
    assert all("NotoSans" in name for name in names)
    assert len(content) < 60_000


@pytest.mark.parametrize("count", [0, 8, 16, 22, 25, 30, 36, 60])
def test_a_slip_is_one_sheet_as_long_as_it_can_be_read_and_its_code_is_never_alone(
    count: int,
) -> None:
    name = Name("Dokumen rencana teknis bangunan gedung yang sudah disahkan oleh pemilik", "Plan")
    received = (name,) * count
    proof = dataclasses.replace(PASSED, received=received, reason="Alasan yang panjang. " * 20)
    receipt = dataclasses.replace(RECEIPT, received=received)
    for content in (
        slip_pdf(registration_sheet(proof, language="id")),
        slip_pdf(receipt_sheet(receipt, language="id")),
    ):
        pages = [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
        assert len(pages) == 1 or count > 25
        (holding,) = [page for page in pages if "Cek status" in page]
        assert holding == pages[-1]
        assert holding.partition("Cek status")[0].strip()


def test_the_code_on_it_leads_to_the_status_page(tmp_path: Path) -> None:
    need(bool(shutil.which("pdftoppm") and shutil.which("zbarimg")), "pdftoppm and zbarimg")
    assert code_on(slip_pdf(receipt_sheet(RECEIPT, language="id")), tmp_path) == URL


def slip_of(n: int) -> bytes:
    slip = dataclasses.replace(RECEIPT, number=f"SMR-REK-2026-{n:06d}-0")
    return slip_pdf(receipt_sheet(slip, language="id"))


def permit_of(n: int) -> bytes:
    permit = dataclasses.replace(PERMIT, number=f"503.5/{n:04d}/DPMPTSP/2026")
    return product_pdf(permit, ADDRESS, ZONE)


@pytest.mark.parametrize("count", [120, pytest.param(400, marks=pytest.mark.long)])
@pytest.mark.parametrize("made", [slip_of, permit_of])
def test_many_in_a_row_keep_memory_flat(made: Callable[[int], bytes], count: int) -> None:
    for n in range(60):
        made(n)
    before = memory()
    for n in range(60, count):
        made(n)
    assert memory() - before < 12_000


def test_a_slip_with_a_letter_that_the_fonts_lack_is_printed_all_the_same() -> None:
    slip = dataclasses.replace(PASSED, reason="Surat dari \u0639\u0628\u062f\x00 menyusul")
    text = text_of(slip_pdf(registration_sheet(slip, language="id")))
    assert "Surat dari [U+0639][U+0628][U+062F][U+0000] menyusul" in text
