"""An agency is renamed and its regulation replaced; the new annex has one service less.

Played with several sets: which service stays out, from which day, under which name.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from casetrack.gateways.dates import plain_date
from casetrack.usecases.case import stalled_steps
from casetrack.usecases.proof.verify import verify
from tests.support import stories
from tests.support.letters import letters
from tests.support.stories import UNTIL_DECISION, UNTIL_SIGNATURE, City
from tests.support.web import refused

BUDI = {**stories.BUDI, "email": "budi@example.id"}
LINES = {"izin-reklame": "lampiran-1", "sip-dokter": "lampiran-2"}


@dataclass(frozen=True)
class Change:
    """What the city decreed: the service that the new annex leaves out, the day, the new name."""

    lost: str
    kept: str
    first: str
    number: str
    name: str

    @property
    def regulation(self) -> str:
        return f"perwali-{self.number}"

    @property
    def last(self) -> str:
        """The last day of the old regulation."""
        return (date.fromisoformat(self.first) - timedelta(days=1)).isoformat()

    @property
    def basis(self) -> dict[str, str]:
        return {"instrument": self.regulation, "line": "pasal-1"}


CHANGES = [
    Change(
        "izin-reklame", "sip-dokter", "2027-01-04", "902-2026", "Kepala Dinas Pelayanan Terpadu"
    ),
    Change("sip-dokter", "izin-reklame", "2026-12-15", "77-2026", "Kepala Dinas Penanaman Modal"),
]


@pytest.fixture(params=CHANGES, ids=lambda change: change.lost)
def change(request: pytest.FixtureRequest) -> Change:
    found: Change = request.param
    return found


def announced(city: City, change: Change) -> None:
    """The new regulation is known."""
    city.paper(
        "instrument", change.regulation, form="mayor_regulation", number=change.number,
        title="Pendelegasian Kewenangan Perizinan (baru)", dated="2026-11-20", since=change.first,
        lines=[
            {"id": "pasal-1", "number": "Pasal 1", "text": "Nama perangkat daerah", "services": []},
            {"id": "lampiran-1", "number": "Lampiran 1", "text": change.kept,
             "services": [change.kept]},
        ],
    )  # fmt: skip


def entered(city: City, change: Change) -> None:
    """The new regulation, what it gives, whom it renames and what it replaces."""
    if city.get(f"/authority/entries/instrument/{change.regulation}", "auditor").status_code != 200:
        announced(city, change)
    grant = {**city.entry("grant", "delegasi-2026"), "services": [change.kept],
             "since": change.first,
             "basis": [{"instrument": change.regulation, "line": "lampiran-1"},
                       {"instrument": "pp-6-2021", "line": "pendelegasian"}]}  # fmt: skip
    city.paper("grant", "delegasi-baru", **grant)
    city.paper(
        "renaming", "nama-baru", position="kepala-dpmptsp", since=change.first,
        name={"id": change.name, "en": "Head of the service office"}, basis=change.basis,
    )  # fmt: skip
    city.paper(
        "replacement", "baru-menggantikan-lama", old="perwali-34-2025", new=change.regulation,
        since=change.first,
    )  # fmt: skip


def test_the_radar_names_day_service_open_cases_and_who_may(city: City, change: Change) -> None:
    for _ in range(4):
        city.case(change.lost)
    # The new regulation is enough: that it replaces the old one need not be entered yet.
    announced(city, change)
    (guess,) = [a for a in city.ask("radar?days=90") if a["last_day"] == change.last]
    cause = {"kind": "instrument", "id": change.regulation, "what": "instrument_may_replace"}
    assert guess["causes"] == [cause]
    (supposed,) = guess["losses"]
    entered(city, change)
    (alarm,) = [a for a in city.ask("radar?days=90") if a["last_day"] == change.last]
    assert alarm["causes"] != [cause]
    (loss,) = [loss for loss in alarm["losses"] if change.lost in loss["services"]]
    for each in (supposed, loss):
        # What the old annex got by its amendment is left out of the new one, too.
        left_out = sorted([change.lost, "izin-trayek"])
        assert (each["left"], each["services"]) == ("elsewhere", left_out)
        assert each["open_cases"] == 4
        assert [who["officer"] for who in each["lost"]] == ["smr.signer"]
        assert [who["officer"] for who in each["alternatives"]] == ["smr.walikota"]
    city.at(f"{change.first}T09:00")
    covers = {each["service"]: each["cover"] for each in city.ask("coverage")}
    assert (covers[change.lost], covers[change.kept]) == ("elsewhere", "held")
    # The counter is warned before anybody waits, and of nothing else.
    assert city.take_in(change.kept)["missing_powers"] == []
    warned = city.take_in(change.lost)["missing_powers"]
    assert [(each["step"], each["cover"]) for each in warned] == [
        ("decide", "elsewhere"),
        ("sign", "elsewhere"),
    ]
    assert warned[0]["may"] == [{"position": "wali-kota", "officer": "smr.walikota"}]
    assert "Wali Kota Samarinda" in warned[0]["message"]["id"]


def test_what_was_signed_in_time_holds_and_what_is_late_is_refused_with_the_article(
    city: City, change: Change
) -> None:
    signed, decided = (
        city.case(change.lost, UNTIL_DECISION[change.lost], UNTIL_SIGNATURE[change.lost])
        for _ in range(2)
    )
    waiting = city.case(change.lost, UNTIL_DECISION[change.lost])
    entered(city, change)
    city.at(f"{change.last}T22:30")
    assert city.do(signed, "signer", "complete", "sign").status_code == 200
    city.at(f"{change.first}T08:00")
    for number, step in ((waiting, "decide"), (decided, "sign")):
        answer = city.do(number, "signer", "complete", step)
        said = answer.get_json()
        assert refused(answer)[0] == 403
        # The regulation is what broke, not a grant that had run out years before.
        assert (said["code"], said["link"]["grant"]) == ("instrument_replaced", "delegasi-2026")
        assert said["link"]["article"].startswith("UU 30/2014")
        assert [each["officer"] for each in said["alternatives"]] == ["smr.walikota"]
        # Whom the refusal names can act: the case is theirs to see, and the step theirs to take.
        assert city.get(f"/cases/{number}", "walikota").status_code == 200
        assert city.do(number, "walikota", "complete", step).status_code == 200
    trace = city.get(f"/cases/{signed}/trace", "auditor").get_json()
    assert trace["decisions"][-1]["judged_again"]["now"]["same"]


def told(city: City) -> str:
    """What Budi was sent since it was last asked, in one line."""
    while stalled_steps.tell_once(city.world.ctx):
        pass
    city.deliver()
    found = [text for to, text in letters(city.world.mail) if to == BUDI["email"]]
    for path in city.world.mail.glob("*.eml"):
        path.unlink()
    return " ".join(" ".join(found).split())


def test_the_applicant_of_a_case_that_waits_reads_for_what_and_until_when(
    city: City, change: Change
) -> None:
    number = str(city.take_in(change.lost, BUDI)["number"])
    city.follow(number, UNTIL_DECISION[change.lost])
    told(city)
    reissued = city.on(number, "clerk", "actions", action="reissue_code").get_json()
    code = {"X-Access-Code": reissued["access_code"]}
    assert city.get(f"/status/{number}", headers=code).get_json()["waits"] == []
    entered(city, change)
    city.at(f"{change.first}T09:00")

    def waits() -> tuple[str, str | None, str]:
        (wait,) = city.get(f"/status/{number}", headers=code).get_json()["waits"]
        form = {"number": number, "code": reissued["access_code"]}
        page = city.flask.test_client().post("/status", data=form).text
        assert wait["message"]["id"] in page
        return wait["step"], wait["until"], wait["message"]["id"]

    # It comes to them, too, by mail, once.
    said = told(city)
    assert "Menunggu pejabat" in said
    assert told(city) == ""
    step, until, words = waits()
    assert (step, until) == ("decide", None)
    # The mayor holds it meanwhile, and may decide.
    assert "menunggu Wali Kota Samarinda, yang saat ini memegang wewenang" in words
    assert "waits" not in city.get(f"/status/{number}").get_json()
    # A new regulation is entered that gives the power back: now it is known until when.
    back = (date.fromisoformat(change.first) + timedelta(days=20)).isoformat()
    city.paper(
        "instrument", "perwali-pulih", form="mayor_regulation", number="pulih", title="Pulih",
        dated=change.first, since=back,
        lines=[{"id": "1", "number": "1", "text": change.lost, "services": [change.lost]}],
    )  # fmt: skip
    given = {**city.entry("grant", "delegasi-2026"), "services": [change.lost], "since": back,
             "basis": [{"instrument": "perwali-pulih", "line": "1"},
                       {"instrument": "pp-6-2021", "line": "pendelegasian"}]}  # fmt: skip
    city.paper("grant", "delegasi-pulih", **given)
    _, until, words = waits()
    assert until == back
    assert plain_date(date.fromisoformat(back), "id") in words
    assert plain_date(date.fromisoformat(back), "id") in told(city)
    city.at(f"{back}T09:00")
    assert "Dapat dikerjakan" in told(city)
    assert city.get(f"/status/{number}", headers=code).get_json()["waits"] == []
    assert city.do(number, "signer", "complete", "decide").status_code == 200
    city.strangers_see_nothing(number)
    assert verify(city.world.ctx, progress=lambda _: None).fault is None


def test_what_is_still_delegated_goes_on_under_the_new_chain_and_the_new_name(
    city: City, change: Change
) -> None:
    number = city.case(change.kept, UNTIL_DECISION[change.kept])
    entered(city, change)
    city.at(f"{change.first}T09:00")
    assert city.do(number, "signer", "complete", "decide").status_code == 200
    passport = city.passport(number)
    assert change.name in passport["signature"][-1]
    assert passport["chain"][-1]["grant"] == "delegasi-baru"


def test_a_renaming_whose_paper_is_a_draft_changes_no_signature_block(
    city: City, change: Change
) -> None:
    number = city.case(change.kept, UNTIL_DECISION[change.kept])
    city.draft(
        "instrument", change.regulation, form="mayor_regulation", number=change.number,
        title="Nama baru", dated="2026-11-20", since="2026-11-20",
        lines=[{"id": "pasal-1", "number": "1", "text": "Nama", "services": []}],
    )  # fmt: skip
    city.paper(
        "renaming", "nama-baru", position="kepala-dpmptsp", since="2026-11-20",
        name={"id": change.name, "en": "Head"}, basis=change.basis,
    )  # fmt: skip
    assert city.do(number, "signer", "complete", "decide").status_code == 200
    assert city.passport(number)["signature"][-1] == "Kepala DPMPTSP"
    found = city.ask("findings?code=instrument_missing")
    assert ["nama-baru"] in [[entry["id"] for entry in each["entries"]] for each in found]


@pytest.mark.parametrize("by", ["official", "superior"])
def test_what_was_issued_is_annulled_by_who_has_the_power_now(
    city: City, change: Change, by: str
) -> None:
    scripts = UNTIL_DECISION[change.lost], UNTIL_SIGNATURE[change.lost]
    number = city.case(change.lost, *scripts, "signer complete sign")
    entered(city, change)
    city.at(f"{change.first}T09:00")
    said = {
        "action": "annul", "ground": "procedure", "by": by, "found_on": change.first,
        "instrument": {"number": "500/7", "dated": change.first},
        "article": "UU 30/2014 Pasal 66", "note": "Prosedur tidak diikuti.",
        "hearing": {"notified_on": change.first, "heard_on": change.first},
        "written": {
            "grounds": [{"facts": "Tanpa tinjauan.", "rule": "Pasal 9.", "reason": "Wajib ada."}],
            "relied_on": ["Laporan 3/2026"],
        },
    }  # fmt: skip
    if by == "official":
        del said["article"]
    assert refused(city.on(number, "signer", "product/actions", **said))[0] == 403
    done = city.on(number, "walikota", "product/actions", **said)
    assert done.status_code == 200, done.text
    assert done.get_json()["product"]["status"] == "annulled"
