"""A letter of appointment dated later than it takes effect; an act lies between."""

from dataclasses import dataclass

import pytest

from casetrack.usecases.proof.verify import verify
from tests.support.stories import SCAN, STRANGER, City
from tests.support.web import refused


@dataclass(frozen=True)
class Letter:
    """Whose chair, who acts for them, and the days: the head leaves, the letter reaches back."""

    service: str
    step: str
    head: str
    supervisor: str
    acting: str
    left: str
    since: str
    before: str
    dated: str
    entered: str
    form: str


LETTERS = [
    Letter("izin-reklame", "review_dishub", "kepala-dishub", "smr.dishub.supervisor", "smr.pupr",
           "2027-04-07", "2027-04-08", "2027-04-12", "2027-04-14", "2027-04-16", "plh"),
    Letter("sip-dokter", "recommend", "kepala-dinkes", "smr.dinkes.supervisor", "smr.dishub",
           "2026-12-01", "2026-12-02", "2026-12-03", "2026-12-08", "2026-12-10", "plt"),
]  # fmt: skip


def on_paper(city: City, number: str, told: Letter, moment: str) -> str:
    """The supervisor admits what was signed then; gives the id of the paper."""
    answer = city.on(
        number, told.supervisor, "late-entries",
        step=told.step, occurred_at=moment, reason="network", sha256=SCAN,
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    paper: str = answer.get_json()["late"][-1]["id"]
    return paper


@pytest.mark.parametrize("told", LETTERS, ids=lambda told: told.step)
def test_a_letter_that_reaches_back_heals_no_day(city: City, told: Letter) -> None:
    city.at(f"{told.left}T09:00")
    early, later, new = (city.case(told.service, "clerk declare_complete intake") for _ in range(3))
    code = city.on(early, "clerk", "actions", action="reissue_code").get_json()["access_code"]
    (sitting,) = [
        each
        for each in city.ask("entries?kind=incumbency&limit=200")
        if each["entry"]["position"] == told.head
    ]
    city.paper("incumbency", sitting["id"], **{**sitting["entry"], "until": told.left})
    city.at(f"{told.dated}T11:00")
    city.paper(
        "incumbency", "surat-pelaksana", officer=told.acting, position=told.head, form=told.form,
        since=told.since, until="2027-06-30",
        letter={"number": "800/14", "dated": told.dated, "by": "wali-kota"},
    )  # fmt: skip
    city.at(f"{told.entered}T09:00")
    said = {"result": "favourable", "as_position": told.head}

    # Signed before there was a letter: judged by that day, refused, and the refusal stays.
    paper = on_paper(city, early, told, f"{told.before}T10:00:00+08:00")
    answer = city.do(early, told.acting, "complete", told.step, late=paper, **said)
    assert refused(answer) == (403, "letter_not_yet")
    assert answer.get_json()["link"]["letter"]["dated"] == told.dated
    picture = city.get(f"/cases/{early}/refusals/1/picture", "auditor")
    assert (picture.status_code, picture.mimetype) == (200, "image/svg+xml")
    (kept,) = [
        event
        for event in city.get(f"/cases/{early}/events", "auditor").get_json()["items"]
        if event["stream"] == f"refusal/{early}"
    ]
    assert (kept["data"]["code"], kept["data"]["step"]) == ("letter_not_yet", told.step)

    # The applicant's page says that a new signature is needed, and why; the number alone tells nothing.
    shown = city.get(f"/status/{early}", headers={"X-Access-Code": code}).get_json()
    (anew,) = shown["signed_anew"]
    assert (anew["step"], anew["on"]) == (told.step, told.before)
    assert "belum ada atau belum berlaku" in anew["message"]["id"]
    page = city.flask.test_client().post("/status", data={"number": early, "code": code}).text
    assert "Tanda tangan baru diperlukan" in page
    assert told.acting not in page
    assert "signed_anew" not in city.get(f"/status/{early}").get_json()

    # Signed on the letter's own day: it passes, and is shown as entered late.
    paper = on_paper(city, later, told, f"{told.dated}T12:00:00+08:00")
    done = city.do(later, told.acting, "complete", told.step, late=paper, **said)
    assert done.status_code == 200, done.text
    decision = city.get(f"/cases/{later}/trace", "auditor").get_json()["decisions"][-1]
    assert decision["late"]["sha256"] == SCAN
    assert decision["occurred_at"].startswith(told.dated)
    assert decision["recorded_at"].startswith(told.entered)

    # A new act passes as well, and its signature says in which form.
    assert city.do(new, told.acting, "complete", told.step, **said).status_code == 200
    assert city.passport(new)["signature"][0].startswith(f"{told.form.capitalize()}. ")

    def found(code: str) -> list[tuple[str, str]]:
        items = city.ask(f"findings?code={code}&since={told.since}")
        return [(each["since"], each["until"]) for each in items if each["position"] == told.head]

    gap = (told.since, str(int(told.dated[-2:]) - 1).zfill(2))
    assert found("letter_signed_later") == [(told.since, f"{told.dated[:-2]}{gap[1]}")]
    assert found("vacant") == [(told.since, f"{told.dated[:-2]}{gap[1]}")]

    # The step waits for a signature that is given anew; then nothing of it is told any more.
    assert city.do(early, told.acting, "complete", told.step, **said).status_code == 200
    shown = city.get(f"/status/{early}", headers={"X-Access-Code": code}).get_json()
    assert "signed_anew" not in shown
    # A stranger of another agency sees nothing of the refusal, the paper or the case.
    city.strangers_see_nothing(early, later, new)
    assert city.get(f"/cases/{early}/refusals/1/picture", STRANGER).status_code == 404
    assert verify(city.world.ctx, progress=lambda _: None).fault is None
