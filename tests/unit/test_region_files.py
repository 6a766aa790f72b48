"""Region files: what is read, and that each kind of broken file is refused with line and cure."""

import csv
import re
import shutil
from collections.abc import Callable
from dataclasses import fields
from datetime import time
from pathlib import Path

import pytest

from casetrack.domain.delivery import quiet_hours
from casetrack.domain.delivery.quiet_hours import QuietHours
from casetrack.domain.errors import BadInput
from casetrack.domain.region.region_data import JoinedPair, Stay
from casetrack.domain.service.definition import Name, StepDefinition
from casetrack.domain.service.facts import check_facts
from casetrack.gateways.region.region_files import read_region
from casetrack.gateways.region.service_file import read_service
from casetrack.gateways.region.yaml_files import MAX_BYTES, MAX_LINES
from tests.support import demo

ROOT = Path(__file__).resolve().parent.parent.parent
SERVICE = "services/izin-taman.yaml"
PROBLEM = re.compile(r"\S+:\d+: .+; cure: .+")
#: Where there was a mall in December 2019, Samarinda included.
MALLS = {
    *("11.71", "13.71", "13.76", "14.71", "21.71", "31", "32.11", "32.71", "33.02", "34.04"),
    *("35.10", "35.13", "35.15", "35.78", "51.03", "51.07", "51.71", "64.72", "71.73"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The example of docs/region-files.md, written out."""
    text = (ROOT / "docs/region-files.md").read_text(encoding="utf-8")
    for name, content in re.findall(r"^`(\S+\.yaml)`\n\n```yaml\n(.*?)^```", text, re.M | re.S):
        path = tmp_path / "bontang" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return tmp_path / "bontang"


def refusal(read: Callable[[Path], object], path: Path) -> list[str]:
    with pytest.raises(BadInput) as caught:
        read(path)
    lines = str(caught.value).splitlines()
    assert all(PROBLEM.fullmatch(line) for line in lines), lines
    return lines


def change(path: Path, old: str, new: str) -> int:
    """Replace a piece of a file that is there once; gives the line it stood on."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, (old, text.count(old))
    path.write_text(text.replace(old, new), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_the_example_of_the_docs_is_read(folder: Path) -> None:
    data = read_region(folder)
    assert (data.region.code, data.region.letters, data.region.zone) == (
        "64.74",
        "BON",
        "Asia/Makassar",
    )
    assert [agency.id for agency in data.agencies] == ["dpmptsp", "setda", "dlh"]
    assert [type(stay) for stay in data.agencies[2].stays] == [Stay]
    assert [(o.day.isoformat(), o.working) for o in data.overrides] == [("2026-10-12", False)]
    service = data.services[0]
    assert service.front_office == "dpmptsp"
    assert [step.roles for step in service.steps] == [
        ("clerk", "officer"),
        ("officer",),
        ("officer",),
        ("clerk", "officer"),
    ]


def test_the_refusal_that_the_docs_show_is_what_is_said(folder: Path) -> None:
    change(folder / SERVICE, "{value: 2, unit: working_days}", "{value: 2, unit: days}")
    path = folder / SERVICE
    text = path.read_text().replace(
        "    agency: dpmptsp\n    kind: decide", "    agency: dpmpstp\n    kind: decide"
    )
    path.write_text(text)
    shown = re.findall(
        r"^    (services/.+:\d+: .+)$", (ROOT / "docs/region-files.md").read_text(), re.M
    )
    assert refusal(read_region, folder) == shown


def test_an_english_name_may_be_left_out_and_the_indonesian_one_stands_for_it(
    folder: Path,
) -> None:
    change(folder / "region.yaml", ", en: Bontang City", "")
    change(folder / SERVICE, ", en: Recommendation", "")
    data = read_region(folder)
    assert data.region.name == Name("Kota Bontang", "Kota Bontang")
    assert data.services[0].step("advice").name == Name("Rekomendasi", "Rekomendasi")


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("region.yaml", 'code: "64.74"', "code: 64.74", "in quotes"),
        ("region.yaml", '"64.74"', '"Bontang"', "Kemendagri"),
        ("region.yaml", "letters: BON", "letters: bon", "2 to 4 capital letters"),
        ("region.yaml", "Asia/Makassar", "Asia/Samarinda", "unknown time zone"),
        ("region.yaml", "Asia/Makassar", "Asia", "unknown time zone"),
        ("region.yaml", "letters:", "lettres:", "did you mean letters?"),
        ("region.yaml", "2026-10-12", "2026-13-12", "YYYY-MM-DD"),
        ("region.yaml", "working: false", "working: maybe", "true or false"),
        ("region.yaml", "id: Kota Bontang, ", "", "add a line 'id: ...'"),
        ("region.yaml", "en: Bontang City", 'en: " "', "or leave en out"),
        ("agencies.yaml", "- id: dlh", "- id: dpmptsp", "duplicate id"),
        ("agencies.yaml", "- id: dlh", "- id: D L H", "small letters"),
        ("agencies.yaml", "kind: city     ", "kind: town     ", "use one of city, province"),
        ("agencies.yaml", "until: 2026-12-31", "until: 2023-12-31", "swap since and until"),
        ("agencies.yaml", "email: dlh@bontang.example", "email: dlh@", "the agency's mailbox"),
        ("positions.yaml", "superior: wali-kota", "superior: bupati", "unknown superior"),
        ("positions.yaml", "superior: null", "superior: kepala-dpmptsp", "a cycle"),
        ("officers.yaml", "{login: bon.dlh,", "{login: bon.clerk,", "duplicate login"),
        ("officers.yaml", "bon.dlh,", "Bu Siti,", "not a login"),
        ("officers.yaml", "role: admin}", "role: boss}", "use one of clerk, officer"),
        ("officers.yaml", "role: admin}", "role: admin, agency: dlh}", "take the agency out"),
        ("officers.yaml", "role: clerk, agency: dpmptsp}", "role: clerk}", "needs an agency"),
        ("officers.yaml", "agency: dlh}", "agency: dhl}", "unknown agency 'dhl'"),
        ("officers.yaml", "[kepala-dpmptsp]", "[kepala]", "unknown position"),
        ("officers.yaml", "role: admin}", "roles: [admin, auditor]}", "not joined with admin"),
        ("officers.yaml", "role: head,", "roles: [head, admin],", "take the agency out"),
        ("officers.yaml", "role: head,", "roles: [],", "use one of clerk, officer"),
        (SERVICE, "version: 1", "version: 1.5", "a whole number"),
        (SERVICE, "version: 1", "version: '1'", "without quotes"),
        (SERVICE, "letters: TMN", "letters: T", "2 to 5 capital letters"),
        (SERVICE, "kind: recommend", "kind: recomend", "did you mean recommend?"),
        (SERVICE, "unit: working_days}\n    silence", "unit: weeks}\n    silence", "unknown unit"),
        (SERVICE, "{value: 4, ", "{value: 0, ", "from 1 to 10000"),
        (SERVICE, "{value: 4, unit: working_days}", "4", "keys with values"),
        (SERVICE, "  - id: advice", "  - id: intake", "duplicate id"),
        (SERVICE, "after: [advice]", "after: [advise]", "no step is called that"),
        (SERVICE, "after: [advice]", "after: advice", "a list is wanted"),
        (SERVICE, "after: [intake]", "after: [intake, decide]", "advice -> decide -> advice"),
        (SERVICE, "    after: [decide]\n", "", "unreachable"),
        (SERVICE, "authority: decide", "authority: decid", "did you mean decide?"),
        (SERVICE, "kind: hand_over", "kind: hand_over\n    authority: deliver", "belongs to a"),
        (SERVICE, "separation: flag", "separation: warn", "unknown separation"),
        (SERVICE, "separation: flag  ", "separation: off  ", "nothing is separated"),
        (SERVICE, "separate_from: [advice]", "separate_from: [hand_over]", "no step before it"),
        (SERVICE, "fact: visitors", "fact: guests", "unknown fact"),
        (
            SERVICE,
            "required: false, name: {id: Surat",
            "when: {fact: guests, at_least: 5}, name: {id: Surat",
            "unknown fact",
        ),
        (SERVICE, "type: integer", "type: float", "unknown type"),
        (SERVICE, "amount: 0", "amount: 0.5", "a whole number"),
        (SERVICE, "fee: {amount: 0}", "fee: &a {amount: 0}", "anchors and aliases"),
        (SERVICE, "fee: {amount: 0}", "fee: {<<: {amount: 0}}", "unknown key '<<'"),
        (SERVICE, "fee: {amount: 0}", "fee: !!python/object:os.system {amount: 0}", "keys with"),
        (SERVICE, "fee: {amount: 0}", 'product: {id: "a\\0", en: b}', "control characters"),
    ],
)
def test_a_broken_value_is_refused_with_file_line_and_cure(
    folder: Path, file: str, old: str, new: str, said: str
) -> None:
    line = change(folder / file, old, new)
    lines = refusal(read_region, folder)
    told = [each for each in lines if said in each]
    assert told, lines
    number = int(told[0].split(":")[1])
    assert told[0].startswith(f"{file}:")
    # What a step lacks is told where the step begins.
    assert line - 5 <= number <= line + 1, told


def test_a_key_given_twice_names_both_lines(folder: Path) -> None:
    line = change(folder / SERVICE, "letters: TMN", "version: 2\nletters: TMN")
    first = line - 1
    told = f"{SERVICE}:{line}: duplicate key 'version', first on line {first}; cure: keep one of the two"
    assert refusal(read_region, folder) == [told]


def test_an_account_may_have_several_roles_the_first_of_which_stands_in_events(
    folder: Path,
) -> None:
    change(folder / "officers.yaml", "role: head, agency", "roles: [head, supervisor], agency")
    change(
        folder / "officers.yaml",
        "role: clerk, agency",
        "role: clerk, roles: [clerk, officer], agency",
    )
    roles = {officer.login: officer.roles for officer in read_region(folder).officers}
    assert roles["bon.head"] == ("head", "supervisor")
    assert roles["bon.clerk"] == ("clerk", "officer")


def test_problems_of_all_files_are_told_at_once(folder: Path) -> None:
    change(folder / "region.yaml", "letters: BON", "letters: B")
    change(folder / "officers.yaml", "role: admin}", "role: boss}")
    change(folder / SERVICE, "kind: recommend", "kind: recomend")
    change(folder / SERVICE, "{value: 4, unit: working_days}", "{value: 4, unit: days}")
    change(folder / SERVICE, "agency: dlh", "agency: dhl")
    change(folder / SERVICE, "after: [intake]", "after: [intake, decide]")
    lines = refusal(read_region, folder)
    assert [line.split(":")[0] for line in lines] == [
        "region.yaml",
        "officers.yaml",
        *[SERVICE] * 5,
    ]
    assert sorted(lines[2:], key=lambda line: int(line.split(":")[1])) == lines[2:]


def test_an_unreadable_file_draws_no_faults_in_the_others(folder: Path) -> None:
    (folder / "agencies.yaml").write_text("- id: [\n")
    lines = refusal(read_region, folder)
    assert [line.split(":")[0] for line in lines] == ["agencies.yaml"]


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        (b"", 1, "is empty"),
        (b"# nothing\n", 1, "is empty"),
        (b"- {login: a.b, role: admin\n- x\n", 1, "broken YAML"),
        (b"-\n\tlogin: a.b\n", 2, "not with tabs"),
        (b"---\n- a\n---\n- b\n", 3, "broken YAML"),
        (b"- login: a.b\n  role: \xff\n", 2, "not UTF-8"),
        (b"- login: a.b\n  role: \x07\n", 2, "take the character out"),
        (b"login: a.b\n", 1, "a list is wanted"),
        (b"- [" + b"[" * 100_000, 1, "inside one another"),
        (b"- {login: a.b, role: admin}\n" * 10_000, 4_000, "more than 20000 values"),
        (b"- &a [x, x]\n- &b [*a, *a]\n- [*b, *b]\n", 1, "anchors and aliases"),
        (b"- " + b"x" * MAX_BYTES, 1, "larger than 1 MiB"),
    ],
)
def test_a_file_that_is_not_plain_yaml_is_refused(
    folder: Path, content: bytes, line: int, said: str
) -> None:
    (folder / "officers.yaml").write_bytes(content)
    lines = refusal(read_region, folder)
    assert len(lines) == 1
    assert lines[0].startswith(f"officers.yaml:{line}: ")
    assert said in lines[0]


@pytest.mark.parametrize("name", ["region.yaml", "agencies.yaml", "officers.yaml"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert [line.split(":")[0] for line in refusal(read_region, folder)] == [name]


def test_positions_and_services_may_be_absent(folder: Path) -> None:
    (folder / "positions.yaml").unlink()
    (folder / "register.yaml").unlink()
    shutil.rmtree(folder / "services")
    change(folder / "officers.yaml", ", positions: [kepala-dpmptsp]", "")
    data = read_region(folder)
    assert (data.positions, data.services, data.register) == ((), (), None)


def test_a_misspelt_file_name_is_not_passed_over(folder: Path) -> None:
    (folder / "positions.yaml").rename(folder / "position.yaml")
    (folder / SERVICE).rename(folder / "services/izin-taman.yml")
    told = "\n".join(refusal(read_region, folder))
    assert "position.yaml:1: no file is called that; cure: did you mean positions.yaml?" in told
    assert "services/izin-taman.yml:1: is not read; cure: name it izin-taman.yaml" in told


def test_a_services_file_instead_of_a_folder_is_refused(folder: Path) -> None:
    shutil.rmtree(folder / "services")
    (folder / "services").write_text("")
    assert "make it a folder" in refusal(read_region, folder)[0]


def test_two_services_share_neither_id_nor_letters(folder: Path) -> None:
    shutil.copy(folder / SERVICE, folder / "services/lain.yaml")
    assert "duplicate id" in refusal(read_region, folder)[0]
    change(folder / "services/lain.yaml", "id: izin-taman", "id: izin-lain")
    assert "letters TMN are those of 'izin-taman'" in refusal(read_region, folder)[0]


@pytest.mark.parametrize("name", ["not-there", "region.yaml"])
def test_a_folder_that_is_none_is_refused(folder: Path, name: str) -> None:
    with pytest.raises(BadInput, match="cure: give the folder of one region"):
        read_region(folder / name)


def test_a_refusal_ends_where_nobody_reads_on(folder: Path) -> None:
    (folder / "officers.yaml").write_text("- {login: a.b, role: x}\n" * 400)
    with pytest.raises(BadInput) as caught:
        read_region(folder)
    lines = str(caught.value).splitlines()
    assert len(lines) == MAX_LINES + 1
    assert lines[-1].endswith("more; cure: mend these first")


def test_a_definition_alone_is_not_asked_for_its_agencies(folder: Path) -> None:
    change(folder / SERVICE, "agency: dlh", "agency: Group 4")
    assert read_service(folder / SERVICE).step("advice").agency == "Group 4"


def test_a_definition_alone_is_refused_with_its_path(folder: Path) -> None:
    path = folder / SERVICE
    line = change(path, "kind: recommend", "kind: recomend")
    assert refusal(read_service, path)[0].startswith(f"{path}:{line}: ")
    assert "there is no such file" in refusal(read_service, folder / "none.yaml")[0]


def test_every_field_of_a_step_can_be_written_in_a_region_s_files(folder: Path) -> None:
    change(folder / SERVICE, "kind: recommend", "qqqqqqqq: recommend")
    told = next(line for line in refusal(read_region, folder) if "qqqqqqqq" in line)
    known = told.rpartition("cure: use ")[2].split(", ")
    assert set(known) == {field.name for field in fields(StepDefinition)}, "_STEP, service_file.py"


def test_a_requirement_says_what_its_file_may_weigh(folder: Path) -> None:
    line = change(folder / SERVICE, "- {id: ktp, ", "- {id: ktp, file_mb: 3, ")
    (service,) = read_region(folder).services
    assert {r.id: r.file_mb for r in service.requirements}["ktp"] == 3
    change(folder / SERVICE, "file_mb: 3", "file_mb: 30")
    (told,) = [each for each in refusal(read_region, folder) if "30 MB" in each]
    assert f":{line}: " in told


def test_a_document_may_be_required_only_where_a_fact_fits(folder: Path) -> None:
    (service,) = read_region(folder).services
    assert [r.id for r in service.requirements if r.needed({"visitors": 500})] == ["ktp"]
    change(
        folder / SERVICE,
        "required: false, name: {id: Surat",
        "when: {fact: visitors, at_least: 500}, name: {id: Surat",
    )
    (service,) = read_region(folder).services
    for visitors, needed in ((499, ["ktp"]), (500, ["ktp", "surat-kuasa"])):
        facts = {"visitors": visitors}
        assert [r.id for r in service.requirements if r.needed(facts)] == needed


def test_every_demo_region_loads_and_none_takes_what_is_anothers() -> None:
    regions = demo.regions()
    assert sorted(data.region.code for data in regions) == sorted(MALLS)
    letters = [data.region.letters for data in regions]
    logins = [officer.login for data in regions for officer in data.officers]
    assert len(set(letters)) == len(letters)
    assert len(set(logins)) == len(logins)


def test_every_step_of_the_demo_has_somebody_who_may_do_it() -> None:
    for data in demo.regions():
        staff = {(officer.agency, officer.role) for officer in data.officers}
        for service in data.services:
            assert (service.front_office, "clerk") in staff, (data.region.code, service.id)
            for step in service.steps:
                assert any((step.agency, role) in staff for role in step.roles), step
        assert (None, "admin") in staff


def test_samarinda_has_agencies_of_every_kind_and_one_that_left() -> None:
    data = demo.region("64.72")
    kinds = {agency.kind for agency in data.agencies}
    assert kinds == {"city", "province", "vertical", "state_owned", "private"}
    assert any(agency.stays and agency.stays[-1].until for agency in data.agencies)
    services = {service.id: service for service in data.services}
    assert services["skck"].tracked_only
    assert {step.agency for step in services["skck"].steps} == {"polresta"}
    assert all(step.limit.unit == "minutes" for step in services["skck"].steps if step.limit)
    check_facts(services["izin-reklame"], {"width_cm": 400, "location": "64.72.03"})
    assert services["pbg"].step("decide").authority == "decide"
    assert "ktp" in {requirement.id for requirement in services["izin-reklame"].requirements}


def test_the_demo_codes_and_names_are_the_official_ones(shared: Path) -> None:
    with (shared / "wilayah_prov_kabkota.csv").open(encoding="utf-8") as stream:
        official = {row["kode"]: row["nama"] for row in csv.DictReader(stream)}
    for data in demo.regions():
        name = official[data.region.code].replace("Daerah Khusus Ibukota", "DKI")
        assert data.region.name.id == name


# --- quiet hours and notices ------------------------------------------------------------------------


def test_a_region_says_for_how_many_years_looks_are_kept(folder: Path) -> None:
    assert read_region(folder).region.looks_kept == 5
    change(folder / "region.yaml", "looks_kept: 5", "looks_kept: 0")
    (told,) = refusal(read_region, folder)
    assert "looks_kept is 0" in told
    assert "1 to 50" in told


def test_quiet_hours_are_the_default_ones_unless_the_region_says_otherwise(folder: Path) -> None:
    assert read_region(folder).region.quiet_hours == quiet_hours.DEFAULT
    hours = 'quiet_hours: {from: "21:00", until: "06:00"}'
    change(folder / "region.yaml", hours, "quiet_hours: none")
    assert read_region(folder).region.quiet_hours is None
    change(
        folder / "region.yaml", "quiet_hours: none", 'quiet_hours: {from: "12:00", until: "13:00"}'
    )
    assert read_region(folder).region.quiet_hours == QuietHours(time(12), time(13))


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ('{from: "21:00"}', "until"),
        ("{from: 21:00, until: 06:00}", "quotes"),
        ('{from: "25:00", until: "06:00"}', "no time of day"),
        ('{from: "06:00", until: "06:00"}', "end as they begin"),
        ("never", "keys with values"),
    ],
)
def test_quiet_hours_that_are_none_are_refused_with_line_and_cure(
    folder: Path, written: str, word: str
) -> None:
    line = change(folder / "region.yaml", '{from: "21:00", until: "06:00"}', written)
    told = refusal(read_region, folder)
    assert all(each.startswith(f"region.yaml:{line}: ") for each in told), told
    assert any(word in each for each in told), told


NOTICES = """
notices:
  step.completed: none
  case.granted: {payer: none, representative: [email]}
"""


def test_a_service_says_who_hears_of_what(folder: Path) -> None:
    path = folder / SERVICE
    path.write_text(path.read_text() + NOTICES)
    service = read_region(folder).services[0]
    assert service.notices == {
        "step.completed": {"applicant": (), "representative": (), "payer": ()},
        "case.granted": {"payer": (), "representative": ("email",)},
    }


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("case.granted:", "case.grantet:", "nobody can be told of 'case.grantet'"),
        ("payer:", "boss:", "unknown party 'boss'"),
        ("[email]", "[fax]", "unknown channel 'fax'"),
        ("[email]", "yes", "text"),
        ("step.completed: none", "step.completed: some", "keys with values"),
    ],
)
def test_notices_that_cannot_be_are_refused_with_file_line_and_cure(
    folder: Path, old: str, new: str, word: str
) -> None:
    path = folder / SERVICE
    path.write_text(path.read_text() + NOTICES)
    line = change(path, old, new)
    told = refusal(read_region, folder)
    assert any(each.startswith(f"{SERVICE}:{line}: ") for each in told), told
    assert any(word in each for each in told) or word == "text", told


def test_a_pair_that_one_person_joins_is_named_in_full(folder: Path) -> None:
    zone = "zone: Asia/Makassar\n"
    pair = "joined: [{officer: bon.dlh, position: kepala-dpmptsp, reason: Tiga pegawai.}]\n"
    change(folder / "region.yaml", zone, zone + pair)
    change(
        folder / "officers.yaml", "bon.dlh, role: officer", "bon.dlh, person: p-1, role: officer"
    )
    data = read_region(folder)
    assert data.region.joined == (JoinedPair("bon.dlh", "kepala-dpmptsp", "Tiga pegawai."),)
    assert {o.login: o.person for o in data.officers if o.person} == {"bon.dlh": "p-1"}
    change(folder / "region.yaml", "bon.dlh, position: kepala-dpmptsp", "x, position: y")
    line = (folder / "region.yaml").read_text(encoding="utf-8").partition("joined:")[0].count(
        "\n"
    ) + 1
    told = refusal(read_region, folder)
    assert told == [
        f"region.yaml:{line}: joined: unknown officer 'x'; cure: add the account",
        f"region.yaml:{line}: joined: unknown position 'y'; cure: add it to positions.yaml",
    ]


def test_the_word_for_a_person_is_short(folder: Path) -> None:
    long = "p" * 65
    line = change(
        folder / "officers.yaml",
        "bon.dlh, role: officer",
        f"bon.dlh, person: {long}, role: officer",
    )
    assert refusal(read_region, folder) == [
        f"officers.yaml:{line}: officer 'bon.dlh': person has 65 characters; cure: give 64 at most"
    ]
