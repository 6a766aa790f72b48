"""The papers of products: read back by others' eyes, whatever stands in their texts."""

import dataclasses
import io
import random
import re
import shutil
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest
from pypdf import PdfReader

from casetrack.domain.case.electronic_signatures import Bears, Form
from casetrack.domain.case.printed_product import ProductContent
from casetrack.domain.case.signature_words import in_words
from casetrack.domain.service.product_words import Written, paragraphs
from casetrack.gateways.printing import letters, typesetter
from casetrack.gateways.printing.product_sheets import product_pdf, product_values
from tests.conftest import need
from tests.integration.test_sheets import TRAPS
from tests.support.papers import ADDRESS, GROUND, PERMIT, ZONE, code_on, signed, text_of

DRAFT = dataclasses.replace(
    PERMIT, state="draft", number=None, dated=None, valid_until=None, signatures=()
)


def paper(content: ProductContent, **changes: Any) -> bytes:
    return product_pdf(dataclasses.replace(content, **changes), ADDRESS, ZONE)


def pages(content: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def in_order(text: str, *words: str) -> bool:
    places = [text.index(word) for word in words]
    return places == sorted(places)


def tags(content: bytes) -> list[str]:
    """The kinds of the structure's elements, in reading order."""
    found: list[str] = []

    def walk(node: Any) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for each in node:
                walk(each)
        elif isinstance(node, dict):
            if "/S" in node:
                found.append(str(node["/S"]))
            walk(node.get("/K"))

    walk(PdfReader(io.BytesIO(content)).root_object["/StructTreeRoot"])
    return found


def test_a_permit_reads_in_the_order_in_which_it_stands() -> None:
    assert in_order(
        text_of(paper(PERMIT)),
        "Pemerintah Kota Samarinda",
        "Dinas Penanaman Modal",
        "Jl. Basuki Rahmat 1",
        "IZIN PENYELENGGARAAN REKLAME",
        "Billboard permit",
        "Nomor: 503.5/0001/DPMPTSP/2026",
        "Nama : Budi Santoso",
        "Alamat : Jl. Contoh 1",
        "Tiang paling tinggi 6 m.",
        "berlaku sampai dengan 22 November 2027",
        "Kepala DPMPTSP",
        "Ditandatangani Senin, 23 November 2026 pukul 09.12 WITA",
        "Drs. Yuni Contoh, M.Si.",
        "NIP 197106121998032001",
        "Tembusan",
        "Dinas Perhubungan",
        "Periksa keaslian",
        ADDRESS,
    )


def test_its_structure_has_one_title_and_then_what_stands_below_it() -> None:
    found = tags(paper(PERMIT))
    assert found.count("/H1") == 1
    assert found.count("/H2") == 2
    assert {"/P", "/L", "/LI", "/Figure"} <= set(found)
    assert found.index("/H1") < found.index("/L") < found.index("/Figure")


def test_two_signatures_stand_in_their_order_and_a_correction_says_that_it_is_one() -> None:
    both = (
        signed("Kepala Dinas Kesehatan", "dr. Sri Contoh", 15, "sign_dinkes"),
        signed("Kepala DPMPTSP", "Drs. Yuni Contoh", 17),
    )
    text = text_of(paper(PERMIT, signatures=both))
    assert in_order(text, "Kepala Dinas Kesehatan", "dr. Sri", "Kepala DPMPTSP", "Drs. Yuni")
    corrected = (*both, signed("Kepala DPMPTSP", "Drs. Yuni Contoh", 21, None))
    amended = {"signatures": corrected, "corrected_on": date(2026, 11, 24), "corrections": 1}
    text = text_of(paper(PERMIT, **amended))
    assert "Naskah ini diperbaiki pada 24 November 2026. Perbaikan ke-1;" in text
    assert in_order(text, "peristiwa 17", "Perbaikan Kepala", "peristiwa 21")


@pytest.mark.parametrize("more", [0, 2, 4, 8])
@pytest.mark.parametrize("times", [0, 1, 3, 6, 11])
def test_the_code_by_which_it_is_checked_stands_alone_on_no_page(times: int, more: int) -> None:
    corrections = [signed("Kepala DPMPTSP", "Drs. Yuni", 20 + n, None) for n in range(times)]
    content = paper(
        PERMIT,
        signatures=(*PERMIT.signatures, *corrections),
        corrections=times,
        corrected_on=date(2026, 11, 24) if times else None,
        paragraphs=(*PERMIT.paragraphs, *["Ketentuan lain. " * 20] * more),
    )
    last = pages(content)[-1]
    assert "Periksa keaslian" in last
    assert "Ditandatangani" in last.partition("Periksa keaslian")[0]


def test_what_nobody_can_check_yet_has_no_code_and_says_so() -> None:
    content = product_pdf(DRAFT, None, ZONE)
    text = text_of(content)
    assert "Naskah ini belum diterbitkan" in text
    assert "Not issued: nobody can check" in text
    assert DRAFT.id not in text
    assert "/Figure" not in tags(content)


def test_a_refusal_says_facts_rule_and_reason_apart() -> None:
    text = (
        "SURAT PENOLAKAN\nNomor: 503.9/1/XI/2026",
        f"- {GROUND.in_words()}",
        "Keberatan kepada Kepala DPMPTSP, paling lama 21 hari kerja.",
    )
    made = dataclasses.replace(
        PERMIT, kind="refusal", paragraphs=text, written=Written({}, (GROUND,), ("x",))
    )
    values = product_values(made, ADDRESS, ZONE)
    assert values["parts"][0] == {  # type: ignore[index]
        "kind": "grounds",
        "items": [GROUND.as_dict()],
        "begins": True,
        "start": 1,
    }
    said = text_of(product_pdf(made, ADDRESS, ZONE))
    assert in_order(
        said, GROUND.facts, f"Dasar: {GROUND.rule}", f"Alasan: {GROUND.reason}", "Keberatan kepada"
    )


@pytest.mark.parametrize("seed", range(30))
def test_no_word_of_the_text_is_left_out_or_moved_however_it_is_written(seed: int) -> None:
    dice = random.Random(seed)
    starts = ("", "- ", "Nama: ", "Dasar: ", "PASAL ", "1. ", "-", ": ", "= ", "+ ", "/ a: ")

    def line(n: int) -> str:
        return (
            dice.choice(starts)
            + f"kata{n} "
            + " ".join(dice.choices(("dan", "x:y", "#", "*"), k=4))
        )

    text = "\n".join(line(n) + dice.choice(("", "\n")) for n in range(dice.randint(1, 15)))
    parts = tuple(paragraphs(text))
    whole = text_of(paper(PERMIT, paragraphs=parts, copies=()))
    printed = re.sub(r"\s|•", "", whole)
    wanted = re.sub(r"\s", "", re.sub(r"(?m)^- ", "", "\n".join(parts)))
    assert wanted in printed


def test_what_the_text_has_no_place_for_is_said_below_the_heading() -> None:
    text = text_of(paper(PERMIT, paragraphs=("Diberikan kepada Budi.",)))
    assert in_order(
        text,
        "Izin Penyelenggaraan Reklame",
        "Nomor: 503.5/0001/DPMPTSP/2026",
        "Tanggal: 23 November 2026",
        "Berlaku sampai dengan: 22 November 2027",
        "Diberikan kepada Budi.",
    )
    assert text_of(paper(PERMIT)).count("22 November 2027") == 1


def test_a_draft_says_so_with_its_hash_and_one_that_some_have_signed_still_does() -> None:
    text = text_of(paper(DRAFT))
    assert "DRAF: belum ditandatangani" in text
    assert f"Sidik draf: {PERMIT.draft}" in text
    assert "(belum ditandatangani)" in text
    assert text.count("DRAF") == 2  # across the page, and in words
    partly = text_of(paper(PERMIT, state="endorsed"))
    assert "belum ditandatangani oleh semua pejabat" in partly
    whole = text_of(paper(PERMIT))
    assert "DRAF" not in whole
    assert PERMIT.draft not in whole


@pytest.mark.parametrize(
    ("state", "across", "said"),
    [
        ("signed", "BELUM TERBIT", "belum berlaku"),
        ("annulled", "DIBATALKAN", "DIBATALKAN sejak 30 November 2026. Annulled since 30 Nov"),
        ("revoked", "DICABUT", "DICABUT sejak 30 November 2026."),
        ("expired", "BERAKHIR", "Masa berlaku berakhir pada 22 November 2027."),
        ("voided", "TIDAK TERBIT", "Tidak jadi diterbitkan"),
    ],
)
def test_what_is_not_in_force_says_so_across_it_and_in_words(
    state: str, across: str, said: str
) -> None:
    text = text_of(paper(PERMIT, state=state, ended_on=date(2026, 11, 30)))
    assert said in text
    assert across in text.replace(said, "")


def test_what_is_issued_says_in_both_languages_which_kind_of_signature_it_bears() -> None:
    told = set()
    cases = [Bears(form) for form in get_args(Form)]
    cases += [Bears("uncertified", "B-B"), Bears("uncertified", "B-T")]
    for bearing in cases:
        said, text = in_words(bearing), text_of(paper(PERMIT, bears=bearing))
        assert in_order(text, "NIP 197106121998032001", f"{said.id}.", f"{said.en}.", "Periksa")
        told.add(said)
    assert len(told) == len(cases)
    assert [each for each in told if "tersertifikasi," in each.id and "tidak" not in each.id]
    assert "elektronik" not in text_of(paper(DRAFT)), "a draft bears none"


def test_the_same_draft_gives_the_same_bytes_and_one_word_other_ones() -> None:
    assert paper(DRAFT) == paper(DRAFT, state="endorsed")
    other = tuple(each.replace("Budi", "Buda") for each in DRAFT.paragraphs)
    assert paper(DRAFT, paragraphs=other) != paper(DRAFT)


@pytest.mark.parametrize("trap", TRAPS)
def test_what_stands_in_a_text_is_printed_and_never_carried_out(trap: str) -> None:
    text = text_of(paper(PERMIT, paragraphs=(f"Nama: {trap} akhir", f"- {trap}", trap)))
    assert text.count(trap) == 3


def test_a_letter_that_the_fonts_lack_is_printed_as_its_code() -> None:
    names = "\u0639\u0628\u062f \ua997\ua9ae Nguy\u1ec5n \u0141\u00f3d\u017a"
    text = text_of(paper(PERMIT, paragraphs=(f"Diberikan kepada {names}.",)))
    assert "[U+0639][U+0628][U+062F] [U+A997][U+A9AE] Nguyễn Łódź." in text


def test_whatever_letter_is_said_to_be_there_can_be_printed() -> None:
    there = sorted(letters._letters())
    assert len(there) > 2000
    said = " ".join(map(chr, there))
    assert letters.legible(said) == said
    assert paper(PERMIT, paragraphs=(said,))
    assert typesetter.press("product").startswith("typst ")


def test_a_word_that_is_longer_than_a_line_is_broken_and_stays_whole() -> None:
    word = "W" * 300
    content = paper(PERMIT, paragraphs=(f"Diberikan kepada {word}.",))
    assert word in "".join(text_of(content).replace("\u200b", "").split())
    (page,) = PdfReader(io.BytesIO(content)).pages
    widest: list[float] = []

    def place(text: str, _: Any, matrix: Any, __: Any, size: float) -> None:
        # A W is nearly as wide as its letters are high.
        widest.append(float(matrix[4]) + text.count("W") * size * 0.85)

    page.extract_text(visitor_text=place)
    assert max(widest) < float(page.mediabox.width)


@pytest.mark.parametrize("more", range(0, 30, 3))
def test_long_texts_break_into_numbered_pages_and_no_signature_stands_alone(more: int) -> None:
    long = tuple(f"Pertimbangan {n}: " + "tertib dan aman. " * 30 for n in range(14))
    lines = "\n".join(f"Baris {n} dari naskah ini" for n in range(more))
    text = (*PERMIT.paragraphs[:1], *long, *([lines] if lines else ()), "Ditetapkan di Samarinda.")
    found = pages(paper(PERMIT, paragraphs=text))
    assert len(found) >= 2
    for number, page in enumerate(found, 1):
        assert f"{number} / {len(found)}" in page
    signing = [page for page in found if "Kepala DPMPTSP" in page]
    assert len(signing) == 1
    assert "Ditetapkan di Samarinda." in signing[0]
    assert "NIP 197106121998032001" in signing[0]


@pytest.mark.parametrize("mark", ["", "- ", "Hal: ", "- satu\n- "])
def test_a_last_paragraph_that_is_long_breaks_and_still_goes_with_the_signature(mark: str) -> None:
    several = 0
    for times in range(120, 200, 4):
        last = mark + "tertib dan aman bagi semua. " * times
        found = pages(paper(PERMIT, paragraphs=("IZIN", last)))
        (signing,) = [page for page in found if "Kepala DPMPTSP" in page]
        assert "semua" in signing
        several += len(found) > 1
    assert several


@pytest.mark.parametrize("items", [20, 45, 46, 47, 48])
def test_a_list_at_the_end_leaves_its_last_item_with_the_signature(items: int) -> None:
    last = "\n".join(f"- Ketentuan {n} dari naskah ini, yang harus dipatuhi." for n in range(items))
    found = pages(paper(PERMIT, paragraphs=("IZIN", last)))
    (signing,) = [page for page in found if "Kepala DPMPTSP" in page]
    assert f"Ketentuan {items - 1} dari" in signing


def test_the_code_on_it_leads_to_where_it_is_checked(tmp_path: Path) -> None:
    need(bool(shutil.which("pdftoppm") and shutil.which("zbarimg")), "pdftoppm and zbarimg")
    assert code_on(paper(PERMIT), tmp_path) == ADDRESS


def test_it_is_an_archive_s_pdf_and_says_what_it_is() -> None:
    reader = PdfReader(io.BytesIO(paper(PERMIT)))
    assert reader.metadata is not None
    assert reader.metadata.title == "Izin Penyelenggaraan Reklame 503.5/0001/DPMPTSP/2026"
    assert str(reader.root_object["/Lang"]) == "id"
    described: Any = reader.root_object["/Metadata"]
    about = described.get_object().get_data()
    assert b"<pdfaid:part>2</pdfaid:part>" in about
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in about
