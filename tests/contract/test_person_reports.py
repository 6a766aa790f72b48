"""A person who asks learns what is kept, who got it and which offices looked; a stolen account's view."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from click.testing import Result

from casetrack.usecases.people import subjects
from tests.contract.test_people import faults
from tests.support.commands import run_command
from tests.support.erasing import erase
from tests.support.receiver import receiving
from tests.support.web import APPLICANT, BILLBOARD, Web
from tests.support.world import environment_for

OTHER = {**APPLICANT, "name": "Siti Aminah", "nik": "6472010101800003"}


def run(web: Web, *words: str, stdin: str = "") -> Result:
    """`casetrack subject …` on the world's database."""
    settings = web.world.app.settings
    environment = environment_for(settings.database_url, web.world.mail.parent)
    return run_command(environment, ["subject", *words], stdin)


def reported(web: Web, *words: str) -> dict[str, Any]:
    """The report on Budi, as JSON."""
    result = run(web, "report", "--nik-file", "-", *words, "--json", stdin=str(APPLICANT["nik"]))
    assert result.exit_code == 0, result.stderr
    (report,) = json.loads(result.stdout)
    return dict(report)


def test_a_person_is_told_what_is_kept_whom_it_went_to_and_which_offices_looked(web: Web) -> None:
    number = web.open(BILLBOARD)["number"]
    web.open({**BILLBOARD, "applicant": OTHER})
    web.deliver()
    for who in ("rudi", "audit"):
        web.get(f"/cases/{number}", who)
        web.world.hands.pass_time(minutes=1)
    web.post(f"/cases/{number}/unmask", "sari", {"reason": "KTP dibandingkan"})
    report = reported(web)
    assert report["held"]["parties"][0]["data"]["nik"] == APPLICANT["nik"]
    (message,) = report["messages"]
    assert (message["number"], message["channel"], message["address"], message["state"]) == (
        number, "email", APPLICANT["email"], "delivered",
    )  # fmt: skip
    assert message["types"] == ["casetrack.case.opened"]
    # The command's own look bears the time of the machine.
    looks = [look for look in report["looks"] if look["kind"] != "export"]
    assert [(look["agency"], look["kind"]) for look in looks] == [
        ("dlh", "case"),
        (None, "case"),
        ("dishub", "unmask"),
    ]
    assert len(report["looks"]) == len(looks) + 1
    assert looks[0]["office"]["id"]
    assert "smr." not in json.dumps(report["looks"]), "offices, no officers"
    asked, until = (datetime.fromisoformat(report[name]) for name in ("asked_at", "answer_by"))
    assert until - asked == timedelta(hours=72)
    assert faults(web.world) is None


def test_the_report_reads_in_both_languages_and_counts_from_when_they_asked(web: Web) -> None:
    number = web.open(BILLBOARD)["number"]
    web.deliver()
    web.get(f"/cases/{number}", "rudi")
    nik = str(APPLICANT["nik"])
    result = run(web, "report", "--nik-file", "-", "--asked", "2020-11-20T10:00", stdin=nik)
    assert result.exit_code == 0, result.stderr
    for words in (
        "Diminta / Asked: Jumat, 20 November 2020 pukul 10.00",
        "Dijawab paling lambat / To be answered by: Senin, 23 November 2020 pukul 10.00",
        f"{number}, email {APPLICANT['email']}: berkas sudah diterima",
        f"{number}: membuka berkas",
        "Petugas sistem / The operator of the system",
    ):
        assert words in result.stdout, result.stdout
    early = run(web, "report", "--nik-file", "-", "--asked", "2126-11-20T10:00", stdin=nik)
    assert (early.exit_code, early.stdout) == (2, "")
    assert "still to come" in early.stderr


def test_the_agencies_whose_systems_heard_of_the_case_are_named(web: Web) -> None:
    with receiving() as receiver:
        hook = {"url": receiver.url, "types": ["casetrack.*"]}
        made = web.post("/webhooks", "mesin", hook)
        number = web.open(BILLBOARD)["number"]
        web.deliver()
        gone = web.call(
            "DELETE", f"/webhooks/{made.get_json()['id']}", "mesin", etag=made.headers["ETag"]
        )
        assert gone.status_code == 200, gone.text
    (system,) = reported(web)["systems"]
    assert (system["number"], system["agency"], system["events"]) == (number, "dpmptsp", 1)
    result = run(web, "report", "--case", number)
    assert f"{number}: 1 peristiwa tanpa data pribadi" in result.stdout


def test_of_an_erased_person_the_report_says_so_and_names_no_address(web: Web) -> None:
    number = web.open(BILLBOARD)["number"]
    web.deliver()
    budi = subject_of(web, number)
    erase(web.world, subjects.by_subject(web.world.ctx, budi)[0])
    result = run(web, "report", "--subject", budi)
    assert result.exit_code == 0, result.stderr
    assert "erased: key, texts and index are gone" in result.stdout
    assert str(APPLICANT["email"]) not in result.stdout
    assert "alamat sudah dihapus" in result.stdout


def subject_of(web: Web, number: str) -> str:
    """The applicant's subject."""
    shown = json.loads(run(web, "show", "--case", number, "--json").stdout)
    return str(shown[0]["subject"])


def test_whose_data_a_stolen_account_saw_is_listed_by_day(web: Web) -> None:
    budi = web.open(BILLBOARD)["number"]
    siti = web.open({**BILLBOARD, "applicant": OTHER})["number"]
    unseen = web.open({**BILLBOARD, "applicant": {**OTHER, "name": "Tini", "nik": None}})["number"]
    web.get(f"/cases/{budi}", "rudi")
    web.post(f"/cases/{budi}/unmask", "rudi", {"reason": "KTP dibandingkan"})
    web.get(f"/cases/{unseen}", "sari")
    web.world.hands.pass_time(days=1)
    web.get(f"/cases/{siti}", "rudi")

    def seen(first: str, last: str) -> dict[str, Any]:
        words = ("affected", "--by", "smr.rudi", "--from", first, "--to", last, "--json")
        result = run(web, *words)
        assert result.exit_code == 0, result.stderr
        return dict(json.loads(result.stdout))

    both = seen("2026-11-20", "2026-11-30")
    assert both["cases"] == sorted([budi, siti])
    kinds = {each["subject"]: each["kinds"] for each in both["subjects"]}
    assert kinds == {
        subject_of(web, budi): ["case", "unmask"],
        subject_of(web, siti): ["case"],
    }
    assert seen("2026-11-20", "2026-11-23")["cases"] == [budi]
    assert seen("2026-11-20", "2026-11-21")["subjects"] == []
    text = run(web, "affected", "--by", "smr.rudi", "--from", "2026-11-20", "--to", "2026-11-30")
    assert "2 person(s) in 2 case(s), by 3 look(s) of smr.rudi." in text.stdout
    for nothing in (str(APPLICANT["name"]), str(APPLICANT["nik"])):
        assert nothing not in text.stdout


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("--by", "smr.nobody", "--from", "2026-11-20", "--to", "2026-11-21"), "no officer"),
        (("--by", "smr.rudi", "--from", "2026-11-21", "--to", "2026-11-20"), "before the first"),
        (("--by", "smr.rudi", "--from", "soon", "--to", "2026-11-20"), "--from"),
    ],
)
def test_what_cannot_be_asked_is_said(web: Web, words: tuple[str, ...], fault: str) -> None:
    result = run(web, "affected", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert fault in result.stderr
