"""Sheets of paper read back by others' eyes, and a permit to be printed."""

import io
import re
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

from pypdf import PdfReader

from casetrack.domain.authority.signature_block import SignatureBlock
from casetrack.domain.case.printed_product import PrintedSignature, ProductContent
from casetrack.domain.service.definition import Name
from casetrack.domain.service.product_words import Ground, Written, paragraphs

ADDRESS = "https://layanan.samarinda.example/verifikasi/SMR-7K3F-9QXD-2M4P"
ZONE = "Asia/Makassar"
_TEXT = """IZIN PENYELENGGARAAN REKLAME
Nomor: 503.5/0001/DPMPTSP/2026

Berdasarkan permohonan SMR-REK-2026-000123-4, diberikan izin kepada:

Nama: Budi Santoso
Alamat: Jl. Contoh 1

Ketentuan:
- Tiang paling tinggi 6 m.
- Dibongkar setelah izin berakhir.

Izin ini berlaku sampai dengan 22 November 2027.

Ditetapkan di Samarinda pada 23 November 2026."""


def signed(office: str, name: str, version: int, step: str | None = "sign") -> PrintedSignature:
    """A signature as it is printed."""
    block = SignatureBlock((office,), (name, "NIP 197106121998032001"))
    return PrintedSignature(
        block, "2026-11-23T01:12:00.000000Z", version, "smr.hadi", "register", step
    )


PERMIT = ProductContent(
    id="SMR-7K3F-9QXD-2M4P",
    kind="permit",
    state="issued",
    name=Name("Izin Penyelenggaraan Reklame", "Billboard permit"),
    number="503.5/0001/DPMPTSP/2026",
    dated=date(2026, 11, 23),
    valid_until=date(2027, 11, 22),
    region=Name("Kota Samarinda", "Samarinda"),
    office=Name("Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu", "Licensing office"),
    case_number="SMR-REK-2026-000123-4",
    paragraphs=tuple(paragraphs(_TEXT)),
    written=Written(),
    signatures=(signed("Kepala DPMPTSP", "Drs. Yuni Contoh, M.Si.", 17),),
    edition=1,
    counter=Name("Jl. Basuki Rahmat 1", ""),
    copies=("Wali Kota Samarinda", "Dinas Perhubungan"),
    draft="0123456789abcdef" * 4,
    changed_at=datetime(2026, 11, 23, 1, 12, tzinfo=UTC),
    corrected_on=None,
    ended_on=None,
)
GROUND = Ground("Titik di badan jalan.", "Pasal 7 Perda 4/2025.", "Membahayakan lalu lintas.")


def text_of(content: bytes) -> str:
    """The words of a PDF in the order in which it gives them."""
    pages = PdfReader(io.BytesIO(content)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


def code_on(content: bytes, folder: Path) -> str:
    """What an independent reader sees in the QR code of the last page."""
    (folder / "sheet.pdf").write_bytes(content)
    subprocess.run(["pdftoppm", "-r", "150", "-png", "sheet.pdf", "page"], cwd=folder, check=True)
    picture = max(folder.glob("page*.png"))
    return subprocess.run(
        ["zbarimg", "--quiet", "--raw", str(picture)], capture_output=True, text=True, check=True
    ).stdout.strip()


def memory() -> int:
    """Resident kilobytes of this process."""
    text = Path("/proc/self/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+)", text)
    assert found is not None
    return int(found[1])
