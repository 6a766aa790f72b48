"""A region and a service for measurements: nine events, one notice each, nothing to do with a demo."""

from collections.abc import Iterator
from pathlib import Path

CODE, LETTERS, SERVICE = "99", "BEN", "permit"

_REGION = """\
code: "99"
letters: BEN
name: { id: Daerah Ukur, en: Measuring ground }
zone: Asia/Makassar
"""

_AGENCIES = """\
- { id: counter, name: { id: Loket, en: Counter }, kind: city }
- { id: roads, name: { id: Perhubungan, en: Roads }, kind: city }
- { id: trees, name: { id: Lingkungan, en: Trees }, kind: city }
"""

_OFFICERS = """\
- { login: ben.clerk, role: clerk, agency: counter }
- { login: ben.counter, role: officer, agency: counter }
- { login: ben.roads, role: officer, agency: roads }
- { login: ben.trees, role: officer, agency: trees }
- { login: ben.system, role: integrator, agency: counter }
- { login: ben.archive, role: integrator }
"""

_SERVICE = """\
id: permit
version: 1
letters: PRM
name: { id: Izin Ukur, en: Measured permit }
limit: { value: 7, unit: working_days }
requirements:
  - { id: ktp, name: { id: KTP, en: Identity card } }
facts:
  - { id: width_cm, name: { id: Lebar, en: Width }, type: integer, required: true }
steps:
  - { id: intake, name: { id: Periksa, en: Intake }, agency: counter, kind: check,
      limit: { value: 1, unit: working_days } }
  - { id: roads, name: { id: Telaah jalan, en: Roads }, agency: roads, kind: recommend, after: [intake],
      limit: { value: 3, unit: working_days } }
  - { id: trees, name: { id: Telaah pohon, en: Trees }, agency: trees, kind: recommend, after: [intake],
      limit: { value: 3, unit: working_days } }
  - { id: verify, name: { id: Verifikasi, en: Verify }, agency: counter, kind: check,
      after: [roads, trees] }
  - { id: decide, name: { id: Keputusan, en: Decide }, agency: counter, kind: decide, after: [verify] }
  - { id: pay, name: { id: Bayar, en: Pay }, agency: counter, kind: pay, after: [decide] }
  - { id: sign, name: { id: Tanda tangan, en: Sign }, agency: counter, kind: sign, after: [pay] }
  - { id: issue, name: { id: Terbit, en: Issue }, agency: counter, kind: issue, after: [sign] }
"""

#: Login, step, body: from the complete file to the permit that is issued.
TRANSITIONS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("ben.clerk", "intake", {"action": "declare_complete"}),
    ("ben.roads", "roads", {"action": "complete", "result": "favourable"}),
    ("ben.trees", "trees", {"action": "complete", "result": "conditional"}),
    ("ben.counter", "verify", {"action": "complete"}),
    ("ben.counter", "decide", {"action": "complete"}),
    ("ben.counter", "pay", {"action": "record_payment"}),
    ("ben.counter", "sign", {"action": "complete"}),
    ("ben.counter", "issue", {"action": "complete"}),
)
#: The integrator of an agency, and the region's own, who hears of imported logs too.
SYSTEM, ARCHIVE = "ben.system", "ben.archive"
LOGINS = tuple(sorted({"ben.clerk", SYSTEM, ARCHIVE, *(login for login, _, _ in TRANSITIONS)}))


def nik(serial: int) -> str:
    """A number that can exist, another one for each of 300 million serials."""
    rest, last = divmod(serial, 9_999)
    rest, day = divmod(rest, 28)
    year, month = divmod(rest, 12)
    return f"647201{day + 1:02d}{month + 1:02d}{year % 100:02d}{last + 1:04d}"


def application(serial: int) -> dict[str, object]:
    """What the clerk sends: every applicant is another person, with an address."""
    return {
        "service": SERVICE,
        "facts": {"width_cm": 100 + serial % 900},
        "applicant": {
            "kind": "person",
            "name": f"Pemohon {serial}",
            "nik": nik(serial),
            "email": f"pemohon{serial}@example.id",
        },
        "documents": [{"requirement": "ktp", "name": "ktp.pdf"}],
    }


def write(folder: Path, code: str = CODE, letters: str = LETTERS) -> Path:
    """The files of `casetrack load`, in this folder; another code and letters make a second region.

    Its logins begin with the letters: `BEN` has `ben.clerk`.
    """
    for name, text in _files():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        own = text.replace(f'"{CODE}"', f'"{code}"').replace(LETTERS, letters)
        path.write_text(own.replace(f"{LETTERS.lower()}.", f"{letters.lower()}."))
    return folder


def _files() -> Iterator[tuple[str, str]]:
    yield "region.yaml", _REGION
    yield "agencies.yaml", _AGENCIES
    yield "officers.yaml", _OFFICERS
    yield "services/permit.yaml", _SERVICE
