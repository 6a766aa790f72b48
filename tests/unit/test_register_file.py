"""register.yaml: slips of typing are refused with line and cure, faults of the papers are taken."""

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from casetrack.demo import folders
from casetrack.domain.authority.check import Circumstances, Denial, check, who_may
from casetrack.domain.authority.coverage import coverage
from casetrack.domain.authority.entries import Incumbency, Instrument, Post
from casetrack.domain.authority.entry_json import to_document
from casetrack.domain.authority.findings import findings
from casetrack.domain.authority.holders import Holders
from casetrack.domain.authority.matter import Matter
from casetrack.domain.authority.passport import Passport
from casetrack.domain.authority.questions import radar
from casetrack.domain.authority.recorded import Cite, Recorded
from casetrack.domain.authority.register import Register
from casetrack.domain.errors import BadInput
from casetrack.domain.region.region_data import RegionData
from casetrack.domain.service.definition import StepDefinition
from casetrack.gateways.region import register_file
from casetrack.gateways.region.region_files import read_region
from tests.support import demo
from tests.unit.test_region_files import PROBLEM, ROOT, change, folder

__all__ = ["folder"]
FILE = "register.yaml"
TODAY, NEXT_YEAR = date(2026, 11, 25), date(2027, 11, 24)
HASH = "1d5c4b3a29180716f5e4d3c2b1a09f8e7d6c5b4a39281706f5e4d3c2b1a09f8e"


def refusal(folder: Path) -> list[str]:
    with pytest.raises(BadInput) as caught:
        read_region(folder)
    lines = str(caught.value).splitlines()
    assert all(PROBLEM.fullmatch(line) for line in lines), lines
    return lines


def add(folder: Path, entry: str) -> int:
    """Put one more entry at the end of the file; gives its first line."""
    path = folder / FILE
    text = path.read_text(encoding="utf-8")
    path.write_text(text + entry, encoding="utf-8")
    return text.count("\n") + 1


def register_of(data: RegionData) -> Register:
    assert data.register is not None
    return Register(
        Recorded(
            filed.kind, filed.id, filed.entry, Cite(f"register/{filed.kind}/{filed.id}", 1, "")
        )
        for filed in data.register.entries
    )


# --- what is read ---------------------------------------------------------------------------------


def test_the_docs_example_gives_the_signer_the_power_to_decide(folder: Path) -> None:
    data = read_region(folder)
    assert data.register is not None
    assert data.register.entered_by == "bon.papers"
    answer = check(register_of(data), Matter("decide", "izin-taman", TODAY), "bon.signer")
    assert isinstance(answer, Passport)
    assert [link.kind for link in answer.chain] == ["attribution", "delegation"]


def test_days_are_days_with_and_without_quotes(folder: Path) -> None:
    data = read_region(folder)
    assert data.register is not None
    perwali = next(filed for filed in data.register.entries if filed.id == "perwali-7-2026")
    assert isinstance(perwali.entry, Instrument)
    assert (perwali.entry.dated, perwali.entry.since) == (date(2026, 1, 5), date(2026, 1, 12))


def test_positions_are_filed_with_the_hash_of_their_file_unless_described(folder: Path) -> None:
    text = (
        "  - kind: position\n    id: kepala-dpmptsp\n    sha256: " + f'"{HASH}"\n'
        "    entry: {agency: dpmptsp, name: {id: Kepala BPPTSP, en: Head}, since: 2012-01-02}\n"
    )
    add(folder, text)
    data = read_region(folder)
    assert data.register is not None
    posts = {f.id: f for f in data.register.entries if isinstance(f.entry, Post)}
    assert set(posts) == {"kepala-dpmptsp", "wali-kota"}
    assert posts["kepala-dpmptsp"].sha256 == HASH
    assert posts["wali-kota"].sha256 not in (HASH, "")
    assert to_document(posts["wali-kota"].entry)["agency"] == "setda"


def test_without_the_file_there_is_no_register(folder: Path) -> None:
    (folder / FILE).unlink()
    assert read_region(folder).register is None


def test_a_register_of_a_large_city_is_read(folder: Path) -> None:
    entry = (
        "  - kind: stay\n    id: s-{}\n    sha256: " + HASH + "\n"
        "    entry: {{agency: dlh, agreement: PKS {}, since: 2020-01-01}}\n"
    )
    add(folder, "".join(entry.format(place, place) for place in range(1_500)))
    data = read_region(folder)
    assert data.register is not None
    assert len(data.register.entries) > 1_500


# --- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("entered_by: bon.papers", "entered_by: bon.paper", "did you mean bon.papers?"),
        ("entered_by: bon.papers", "entered_by: bon.audit", "whose role is one of clerk, officer"),
        ("entered_by: bon.papers", "", "entered_by: is missing; cure: add a line"),
        ("kind: incumbency", "kind: incumbancy", "did you mean incumbency?"),
        ("id: perwali-7-2026\n", "id: Perwali 7\n", "not an id"),
        ("id: delegasi-2026", "id: wali-kota", "duplicate id, it is there twice"),
        ('"3d5c4b', '"3D5C4B', "64 small hex digits"),
        ('"3d5c4b', '"c4b', "64 small hex digits"),
        ("number: 23 Tahun 2014", "number: 23", "put it in quotes|stands in quotes"),
        ("title: Peraturan", "tittle: Peraturan", "did you mean title?"),
        ("form: mayor_regulation", "form: mayor_regulatoin", "did you mean mayor_regulation?"),
        ("dated: 2014-09-30", "dated: 2014-13-30", "YYYY-MM-DD"),
        ('since: "2026-01-12"', "since: 12 Januari 2026", "YYYY-MM-DD"),
        ("form: definitive ", "form: definitif ", "did you mean definitive?"),
        ("kind: delegation", "kind: delegasi", "did you mean delegation?"),
        ("kind: attribution", "kind: [attribution]", "unknown kind"),
        ("lines:\n        - {id: lampiran-1", "lines:\n          {id: lampiran-1", "a list is wanted"),
        ("{number: 821.2/9/2026", "{nomor: 821.2/9/2026", "unknown key 'nomor'"),
        ("officer: bon.signer", "officer: bon.sinner", "did you mean bon.signer?"),
        ("position: kepala-dpmptsp", "position: kepala-dpmtsp", "did you mean kepala-dpmptsp?"),
        ("by: wali-kota", "by: bupati-lain", "add it to positions.yaml"),
        ("giver: wali-kota", "giver: walikota", "did you mean wali-kota?"),
        ("giver: wali-kota", "giver: wali-kota\n      steps: [decid]", "did you mean decide?"),
        ("giver: wali-kota", "giver: wali-kota\n      giver_acts: maybe", "unknown giver_acts"),
        ("giver: wali-kota", "giver: wali-kota\n      giver_acts: no", "giver_article: is missing"),
        ("instrument: perwali-7-2026", "instrument: perwali-7-2025", "did you mean perwali-7-2026?"),
        ("text: Izin pemakaian taman, services: [izin-taman]", "text: x, services: [izin-tamam]",
         "did you mean izin-taman?"),
    ],
)  # fmt: skip
def test_a_slip_is_refused_with_line_and_cure(folder: Path, old: str, new: str, said: str) -> None:
    line = change(folder / FILE, old, new)
    told = [each for each in refusal(folder) if re.search(said, each)]
    assert told
    number = int(told[0].split(":")[1])
    assert told[0].startswith(f"{FILE}:")
    # What is missing is told where the part that lacks it begins; a list where it begins.
    assert line - 5 <= number <= line + 1, told


def test_the_refusal_that_the_docs_show_is_what_is_said(folder: Path) -> None:
    change(folder / FILE, "receiver: kepala-dpmptsp", "receiver: kepala-dpmtsp")
    shown = re.findall(
        r"^    (register.yaml:.+)$", (ROOT / "docs/region-files.md").read_text(), re.M
    )
    assert refusal(folder) == shown


@pytest.mark.parametrize(
    ("kind", "entry", "said"),
    [
        ("renaming", "{position: x, name: {id: a, en: b}, since: 2026-01-01, "
         "basis: {instrument: uu-23-2014, line: pasal-65}}", "unknown position 'x'"),
        ("withdrawal", "{grant: delegasi-2062, since: 2026-01-01, "
         "basis: {instrument: uu-23-2014, line: a}}", "did you mean delegasi-2026?"),
        ("replacement", "{old: uu-23-2014, new: uu-23-2041, since: 2026-01-01}", "uu-23-2041"),
        ("succession", "{source: wali-kota, target: bupati-x, since: 2026-01-01, services: [x], "
         "basis: {instrument: uu-23-2014, line: a}}", "unknown service 'x'"),
        ("stay", "{agency: dhl, agreement: PKS 1, since: 2026-01-01}", "did you mean dlh?"),
        ("position", "{agency: dlh, name: {id: a, en: b}, superiors: [{position: z}]}", "position 'z'"),
    ],
)  # fmt: skip
def test_names_in_every_kind_of_entry_are_looked_for(
    folder: Path, kind: str, entry: str, said: str
) -> None:
    line = add(folder, f"  - kind: {kind}\n    id: new\n    sha256: {HASH}\n    entry: {entry}\n")
    told = [each for each in refusal(folder) if said in each]
    assert told
    assert told[0].startswith(f"{FILE}:{line + 3}: {kind} 'new'")


def test_all_slips_of_the_entries_are_told_at_once(folder: Path) -> None:
    change(folder / FILE, "form: mayor_regulation", "form: decre")
    change(folder / FILE, "officer: bon.signer", "oficer: bon.signer")
    told = [line.partition(": ")[2].partition("; cure")[0] for line in refusal(folder)]
    assert told == [
        "instrument 'perwali-7-2026': form: unknown form 'decre'",
        "incumbency 'kepala-dpmptsp-2026': officer: is missing",
        "incumbency 'kepala-dpmptsp-2026': oficer: unknown key 'oficer'",
    ]


def test_an_entry_that_cannot_be_read_draws_no_faults_in_those_that_rest_on_it(
    folder: Path,
) -> None:
    change(folder / FILE, "form: act", "form: akt")
    assert len(refusal(folder)) == 1


def test_a_fault_in_another_file_draws_none_in_the_register(folder: Path) -> None:
    change(folder / "officers.yaml", "bon.signer,", "bon.singer!,")
    assert {line.split(":")[0] for line in refusal(folder)} == {"officers.yaml"}


@pytest.mark.parametrize("content", ["- a\n", "entries: {}\n", "entered_by: [\n", "x\n"])
def test_a_file_that_is_no_register_is_refused(folder: Path, content: str) -> None:
    (folder / FILE).write_text(content)
    assert all(line.startswith(f"{FILE}:") for line in refusal(folder))


def test_a_register_beyond_all_measure_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register_file, "MAX_BYTES", 1024 * 1024)
    (folder / FILE).write_bytes(b"# " + b"x" * (1024 * 1024))
    assert refusal(folder) == [
        f"{FILE}:1: is larger than 1 MiB; cure: take out what does not belong there"
    ]


# --- what the papers say is taken as it is --------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("line: lampiran-1}", "line: lampiran-9}"),
        ("dated: 2026-01-05\n", "dated: 2026-06-05\n"),
        ("      since: 2026-01-06", "      since: 2026-01-06\n      until: 2025-01-06"),
        ("      giver: wali-kota\n", ""),
        ("text: Izin pemakaian taman, services: [izin-taman]", "text: Izin makam, services: []"),
    ],
)
def test_a_fault_of_the_papers_is_recorded(folder: Path, old: str, new: str) -> None:
    change(folder / FILE, old, new)
    data = read_region(folder)
    answer = check(register_of(data), Matter("decide", "izin-taman", TODAY), "bon.signer")
    assert not isinstance(answer, Passport)


def test_two_definitive_holders_are_recorded(folder: Path) -> None:
    entry = (
        "{officer: bon.head, position: kepala-dpmptsp, form: definitive, since: 2026-01-06,"
        " letter: {number: '1', dated: 2026-01-05}}"
    )
    add(folder, f"  - kind: incumbency\n    id: two\n    sha256: {HASH}\n    entry: {entry}\n")
    register = register_of(read_region(folder))
    assert register.definitive_on("kepala-dpmptsp", TODAY) == {"bon.head", "bon.signer"}


# --- Samarinda ------------------------------------------------------------------------------------

#: Who passes each deciding step, as docs/samarinda.md promises; None: nobody, and that is told.
DOES = {
    (service, step): login if "." in login else None
    for service, step, login in re.findall(
        r"^\| `([a-z-]+)` \| `(\w+)` \| ([^|]+?) \|",
        (ROOT / "docs/samarinda.md").read_text(encoding="utf-8"),
        re.M,
    )
}


@pytest.fixture(scope="module")
def samarinda() -> RegionData:
    return demo.region("64.72")


def decision_steps(data: RegionData) -> list[tuple[str, StepDefinition]]:
    """An objection or appeal is decided by the power of the decision that it is about, not by its own;
    what is only tracked may be issued by nobody here."""
    return [
        (service.id, step)
        for service in data.services
        if service.reviews is None
        for step in service.steps
        if (step.kind in ("decide", "sign", "issue") or step.official)
        and (step.authority is not None or not service.tracked_only)
    ]


def test_every_decision_step_of_samarinda_names_its_authority(samarinda: RegionData) -> None:
    steps = decision_steps(samarinda)
    assert all(step.authority for _, step in steps)
    assert {(service, step.id) for service, step in steps} == set(DOES)


@pytest.mark.parametrize("day", [TODAY, date(2026, 12, 22), NEXT_YEAR])
def test_every_decision_step_of_samarinda_can_be_passed(samarinda: RegionData, day: date) -> None:
    register = register_of(samarinda)
    officers = {officer.login: officer for officer in samarinda.officers}
    for service, step in decision_steps(samarinda):
        assert step.authority is not None
        login = DOES[service, step.id]
        matter = Matter(step.authority, service, day, day)
        if login is None:
            refused = check(register, matter, "smr.signer")
            assert isinstance(refused, Denial)
            assert refused.code == "no_grant"
            assert isinstance(check(register, matter, "smr.walikota"), Passport)
            continue
        assert isinstance(check(register, matter, login), Passport), (service, step.id, day)
        assert officers[login].agency == step.agency
        assert officers[login].role in step.roles


def test_every_position_that_an_officer_of_samarinda_holds_has_its_letter(
    samarinda: RegionData,
) -> None:
    register = register_of(samarinda)
    for officer in samarinda.officers:
        held = {
            each.entry.position
            for each in register.held_by(officer.login)
            if isinstance(each.entry, Incumbency)
        }
        assert set(officer.positions) <= held, officer.login


def test_two_hats_in_december_and_an_old_name_on_an_old_paper(samarinda: RegionData) -> None:
    register, plh = register_of(samarinda), date(2026, 12, 22)
    answers = who_may(register, Matter("decide", "izin-reklame", plh), lambda _: Circumstances())
    assert {(a.officer, a.form) for a in answers} == {
        ("smr.signer", "definitive"), ("smr.dpmptsp", "plh"), ("smr.walikota", "definitive"),
    }  # fmt: skip
    answer = check(register, Matter("decide", "surat-keterangan", TODAY), "smr.signer")
    assert isinstance(answer, Passport)
    printed = answer.chain[-1].printed_receiver
    assert printed is not None
    assert (printed.id, answer.chain[-1].receiver_name.id) == ("Kepala BPPTSP", "Kepala DPMPTSP")
    letter = check(register, Matter("decide", "surat-keterangan", TODAY), "smr.dpmptsp")
    assert isinstance(letter, Passport)
    assert letter.signature == ["a.n. Kepala DPMPTSP", "Kepala Bidang Perizinan"]


def test_what_is_wrong_in_samarinda_is_wrong_on_purpose(samarinda: RegionData) -> None:
    """One line without a service, one letter that runs out, one service that is not delegated."""
    register = register_of(samarinda)
    live = {officer.login: not officer.disabled for officer in samarinda.officers}
    found = findings(register, samarinda.services, live, TODAY, NEXT_YEAR)
    assert [(f.code, f.entries) for f in found] == [
        ("line_unmatched", (("instrument", "perwali-34-2025"),)),
        ("vacant", (("position", "kepala-dlh"),)),
    ]
    holders = Holders(register, list(samarinda.services), live)
    assert {c.service.id: c.cover for c in coverage(holders, TODAY)} == {
        "banding": "held",
        "keberatan": "held",
        "izin-pemakaian-aset": "held",
        "izin-reklame": "held",
        "izin-trayek": "held",
        "nib-dibantu": "unchecked",
        "rekomendasi-pbi": "held",
        "pbg": "elsewhere",
        "sip-dokter": "held",
        "skck": "held",
        "surat-keterangan": "held",
    }
    assert date(2027, 2, 1) in {alarm.last_day for alarm in radar(holders, TODAY)}


def test_every_title_and_letter_of_samarinda_says_that_it_is_a_demo(samarinda: RegionData) -> None:
    register = register_of(samarinda)
    assert all("(demo)" in each.title for _, each in register.all_of(Instrument))
    assert all("(demo)" in each.letter.number for _, each in register.all_of(Incumbency))


def test_a_copy_of_the_demo_without_its_register_still_loads(tmp_path: Path) -> None:
    source = next(path for path in folders() if path.name == "samarinda")
    shutil.copytree(source, tmp_path / "samarinda")
    (tmp_path / "samarinda" / FILE).unlink()
    assert read_region(tmp_path / "samarinda").register is None
