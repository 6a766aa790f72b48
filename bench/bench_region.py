"""A region and a service for measurements: nine events, two of them judged by a register of authority.

A second service is the same without the register, to be compared. Nothing of it is in the demo.
"""

from collections.abc import Iterator
from pathlib import Path

CODE, LETTERS = "99", "BEN"
#: Judged by the register where it is decided and signed, and by a role alone.
SERVICE, UNJUDGED = "permit", "plain"

_REGION = """\
code: "99"
letters: BEN
name: { id: Daerah Ukur, en: Measuring ground }
zone: Asia/Makassar
"""

_AGENCIES = """\
- { id: counter, name: { id: Loket, en: Counter }, kind: city }
- { id: dpmptsp, name: { id: Pelayanan terpadu, en: One-door office }, kind: city }
- { id: roads, name: { id: Perhubungan, en: Roads }, kind: city }
- { id: trees, name: { id: Lingkungan, en: Trees }, kind: city }
"""

_OFFICERS = """\
- { login: ben.clerk, role: clerk, agency: counter }
- { login: ben.counter, role: officer, agency: counter }
- { login: ben.signer, role: officer, agency: dpmptsp }
- { login: ben.registrar, role: supervisor, agency: counter, registrar_for: [dpmptsp] }
- { login: ben.roads, role: officer, agency: roads }
- { login: ben.trees, role: officer, agency: trees }
- { login: ben.system, role: integrator, agency: counter }
- { login: ben.archive, role: integrator }
"""

_POSITIONS = """\
- { id: kepala-dpmptsp, agency: dpmptsp, name: { id: Kepala, en: Head of the one-door office } }
"""

#: By one law the head decides and signs; bench/judged_region.py has ten years of it.
_REGISTER = """\
entered_by: ben.registrar
entries:
  - kind: instrument
    id: undang-undang
    sha256: "HASH"
    entry:
      form: act
      number: "1"
      title: Undang-Undang Ukur
      dated: 2014-09-30
      since: 2014-10-02
      lines: [{ id: pasal-1, number: Pasal 1, text: Kepala memutuskan., services: [permit] }]
  - kind: grant
    id: wewenang-kepala
    sha256: "HASH"
    entry:
      kind: attribution
      receiver: kepala-dpmptsp
      actions: [decide, sign]
      services: [permit]
      basis: [{ instrument: undang-undang, line: pasal-1 }]
      since: 2014-10-02
  - kind: incumbency
    id: sk-kepala
    sha256: "HASH"
    entry:
      officer: ben.signer
      position: kepala-dpmptsp
      form: definitive
      letter: { number: "2", dated: 2025-03-03 }
      since: 2025-03-05
""".replace("HASH", "0" * 64)

_SERVICE = """\
id: SERVICE
version: 1
letters: CODE
name: { id: Izin Ukur SERVICE, en: Measured SERVICE }
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
  - { id: decide, name: { id: Keputusan, en: Decide }, agency: dpmptsp, kind: decide,
      after: [verify]JUDGED1 }
  - { id: pay, name: { id: Bayar, en: Pay }, agency: counter, kind: pay, after: [decide] }
  - { id: sign, name: { id: Tanda tangan, en: Sign }, agency: dpmptsp, kind: sign, after: [pay]JUDGED2 }
  - { id: issue, name: { id: Terbit, en: Issue }, agency: counter, kind: issue, after: [sign] }
"""

#: Login, step, body: from the complete file to the permit that is issued.
TRANSITIONS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("ben.clerk", "intake", {"action": "declare_complete"}),
    ("ben.roads", "roads", {"action": "complete", "result": "favourable"}),
    ("ben.trees", "trees", {"action": "complete", "result": "conditional"}),
    ("ben.counter", "verify", {"action": "complete"}),
    ("ben.signer", "decide", {"action": "complete"}),
    ("ben.counter", "pay", {"action": "record_payment"}),
    ("ben.signer", "sign", {"action": "complete"}),
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


def applicant(serial: int) -> dict[str, str]:
    """Another person for each serial, with an address."""
    return {
        "kind": "person",
        "name": f"Pemohon {serial}",
        "nik": nik(serial),
        "email": f"pemohon{serial}@example.id",
    }


def application(serial: int, service: str = SERVICE) -> dict[str, object]:
    """What the clerk sends."""
    return {
        "service": service,
        "facts": {"width_cm": 100 + serial % 900},
        "applicant": applicant(serial),
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
    yield "positions.yaml", _POSITIONS
    yield "officers.yaml", _OFFICERS
    yield "register.yaml", _REGISTER
    for service, code in ((SERVICE, "PRM"), (UNJUDGED, "PLN")):
        text = _SERVICE.replace("SERVICE", service).replace("CODE", code)
        for place, step in enumerate(("decide", "sign"), start=1):
            by = f", authority: {step}" if service == SERVICE else ""
            text = text.replace(f"JUDGED{place}", by)
        yield f"services/{service}.yaml", text
