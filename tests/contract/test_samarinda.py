"""The demo region with its register, in the database: who may decide, who may not, and the proof."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from casetrack.domain.authority.entering import Paper
from casetrack.domain.authority.register import Register
from casetrack.domain.authority.registrars import Keeping
from casetrack.domain.errors import BadInput, Forbidden, NoAuthority, NotNow
from casetrack.domain.region.region_data import RegionData
from casetrack.storage import schema
from casetrack.storage.authority import register
from casetrack.storage.people import officers
from casetrack.usecases.authority.register import draft, read, settle
from casetrack.usecases.case.trace import trace
from casetrack.usecases.case.visible_case import sight
from casetrack.usecases.proof.verify import verify
from casetrack.usecases.region import loading
from tests.support import demo
from tests.support.authority import dismiss, make_registrar
from tests.support.web import Web, refused
from tests.support.world import SAMARINDA, World


@pytest.fixture(scope="module")
def data() -> RegionData:
    return demo.region(SAMARINDA)


@pytest.fixture
def city(database_url: str, tmp_path: Path, data: RegionData) -> Iterator[World]:
    made = World.make(database_url, tmp_path, regions_=(data,))
    yield made
    made.close()


STORIES = {
    "izin-reklame": """
        clerk declare_complete intake
        dlh complete review_dlh favourable
        dishub complete review_dishub favourable
        pupr complete review_pupr conditional
        dpmptsp complete verify
        signer complete decide
        bapenda complete assess_tax
        bapenda record_payment pay_tax
        signer complete sign
        clerk hand_over
    """,
    "sip-dokter": """
        clerk declare_complete intake
        dinkes complete recommend favourable
        dpmptsp complete endorse
        signer complete decide
        dinkes complete sign_dinkes
        signer complete sign
        clerk hand_over
    """,
    "izin-trayek": """
        clerk declare_complete intake
        dishub complete review_dishub favourable
        signer complete decide
        signer complete sign
        clerk hand_over
    """,
    "izin-pemakaian-aset": """
        clerk declare_complete intake
        signer complete decide
        signer complete sign
        clerk hand_over
    """,
    "surat-keterangan": """
        clerk declare_complete intake
        dpmptsp complete decide
        clerk hand_over
    """,
}


#: What a service asks, where that matters: of what is social nothing is paid.
FACTS: dict[str, dict[str, Any]] = {
    "izin-pemakaian-aset": {"place": "field", "purpose": "social", "days": 1},
    "izin-trayek": {"route": "A-1", "seats": 12, "plate": "KT 1234 XY"},
}
#: Services that are not decided here, and why.
UNDECIDED = {
    "pbg": "the power to decide it is not delegated, on purpose (docs/samarinda.md)",
    "skck": "the police decide; the case is tracked only",
    "nib-dibantu": "OSS issues it; the case is tracked only",
    "rekomendasi-pbi": "at another counter, the social agency's: tests/contract/test_real_services.py",
    "keberatan": "by the power of the decision that it is about: tests/contract/test_review_letters.py",
    "banding": "the same, by the position above",
}


def test_every_service_of_samarinda_is_played_or_said_not_to_be_decided(data: RegionData) -> None:
    assert {each.id for each in data.services} == STORIES.keys() | UNDECIDED.keys()


@pytest.mark.parametrize("service", STORIES)
def test_a_case_of_samarinda_is_decided_by_checked_authority(city: World, service: str) -> None:
    number = city.open(service, by="clerk", facts=FACTS.get(service)).view["number"]
    city.play(number, STORIES[service])
    path = trace(city.ctx, sight(city.ctx, city.actor("clerk"), number))
    assert path["status"] == "handed_over"
    assert {d["authority"]["scheme"] for d in path["decisions"]} == {"checked"}
    assert (
        len(path["decisions"])
        == {
            "izin-reklame": 5,
            "sip-dokter": 4,
            "izin-trayek": 3,
            "izin-pemakaian-aset": 2,
            "surat-keterangan": 1,
        }[service]
    )


def test_the_levy_of_the_demo_is_counted_issued_printed_paid_and_free_for_what_is_social(
    city: World,
) -> None:
    web = Web(city)
    facts = {"place": "hall", "purpose": "education", "days": 3}
    number = str(city.open("izin-pemakaian-aset", by="clerk", facts=facts).view["number"])
    city.play(number, "clerk declare_complete intake\nsigner complete decide")
    path = f"/cases/{number}/bills"
    issued = web.post(
        path, "smr.bapenda", {"step": "pay_levy"}, etag=web.etag(number, "smr.auditor")
    )
    assert issued.status_code == 201, issued.text
    assert issued.get_json()["bills"][0]["amount"] == 1_125_000
    assert (
        "satu juta seratus dua puluh lima ribu rupiah"
        in web.get(f"{path}/bill-1/paper", "smr.bapenda").text
    )
    paid = {"action": "confirm", "reference": "NTPD-1", "amount": 1_125_000}
    for who, status in (("smr.bapenda", 403), ("smr.bapenda.supervisor", 200)):
        etag = web.etag(number, "smr.auditor")
        answer = web.post(f"{path}/bill-1/actions", who, paid, etag=etag)
        assert answer.status_code == status, answer.text
    city.play(number, "signer complete sign\nclerk hand_over")
    social = city.open("izin-pemakaian-aset", by="clerk", facts=FACTS["izin-pemakaian-aset"]).view
    assert social["gratis"] is True


def test_the_billboard_tax_is_billed_by_the_revenue_agencys_own_assessment(city: World) -> None:
    web = Web(city)
    number = str(city.open("izin-reklame", by="clerk").view["number"])
    before, _, after = STORIES["izin-reklame"].partition("bapenda record_payment pay_tax")
    city.play(number, before)
    body = {"step": "pay_tax", "code": "6472000000000012", "amount": 1_250_000, "number": "SKPD/12",
            "dated": "2026-11-20", "reason": "SKPD"}  # fmt: skip
    path = f"/cases/{number}/bills"
    issued = web.post(path, "smr.bapenda", body, etag=web.etag(number, "smr.auditor"))
    assert issued.status_code == 201, issued.text
    paid = {"action": "confirm", "reference": "NTPD-1", "amount": 1_250_000}
    for who, status in (("smr.bapenda", 403), ("smr.bapenda.supervisor", 200)):
        etag = web.etag(number, "smr.auditor")
        answer = web.post(f"{path}/bill-1/actions", who, paid, etag=etag)
        assert answer.status_code == status, answer.text
    city.play(number, after)
    assert web.get(f"/cases/{number}", "smr.auditor").get_json()["status"] == "handed_over"


def test_a_division_head_who_endorsed_and_is_plh_may_not_decide_and_the_head_may(
    city: World,
) -> None:
    number = city.open("sip-dokter", by="clerk").view["number"]
    city.play(number, "clerk declare_complete intake\ndinkes complete recommend favourable")
    city.hands.pass_time(days=28)  # Monday 21 December: the first day of the Plh letter
    city.act(number, "dpmptsp", "complete", "endorse")
    with pytest.raises(NoAuthority) as refused:
        city.act(number, "dpmptsp", "complete", "decide", as_position="kepala-dpmptsp")
    assert refused.value.code == "separation_of_duties"
    city.act(number, "signer", "complete", "decide")


def test_who_wears_two_hats_says_which_one_acts(city: World) -> None:
    city.hands.pass_time(days=28)
    number = city.open(by="clerk").view["number"]
    city.act(number, "clerk", "declare_complete", "intake")
    with pytest.raises(NotNow) as asked:
        city.act(number, "dpmptsp", "complete", "decide")
    assert asked.value.code == "position_choice"
    city.act(number, "dpmptsp", "complete", "decide", as_position="kepala-dpmptsp")


def test_the_building_approval_is_taken_in_and_not_decided_because_nobody_delegated_it(
    city: World,
) -> None:
    facts = {"floor_area_m2": 120, "location": "64.72.03"}
    number = city.open("pbg", by="clerk", facts=facts).view["number"]
    city.play(number, "clerk declare_complete intake\npupr complete review_pupr favourable")
    with pytest.raises(NoAuthority) as refused:
        city.act(number, "signer", "complete", "decide")
    assert refused.value.code == "no_grant"
    instead = refused.value.fields["alternatives"]
    assert isinstance(instead, list)
    assert [each["officer"] for each in instead] == ["smr.walikota"]


def test_a_set_up_files_each_paper_once_under_the_operators_name(
    city: World, data: RegionData
) -> None:
    assert data.register is not None
    assert loading.load(city.ctx, data) == []
    with city.database.read() as connection:
        revisions = register.all_revisions(connection, SAMARINDA)
    registrars = [entry for kind, entry in revisions if kind == "registrar"]
    assert len(registrars) == sum(len(officer.registrar_for) for officer in data.officers)
    assert len(revisions) == len(data.register.entries) + len(registrars)
    assert {(r.entered_by, r.confirmed_by) for rs in revisions.values() for r in rs} == {
        ("casetrack", None)
    }


def test_each_body_of_samarinda_has_two_registrars_for_every_paper(city: World) -> None:
    """None of them is its signer, and none is a subordinate of whom the paper concerns.

    Once the head of the secretariat has confirmed them: before, they make nobody who would.
    """
    with city.database.read() as connection:
        set_up = register.whole(connection, SAMARINDA)
    whole = Register(
        replace(recorded, cite=replace(recorded.cite, set_up=None)) for recorded in set_up.entries
    )
    with city.database.read() as connection:
        accounts = officers.keepers(connection, SAMARINDA)
    keeping = Keeping(whole, "setda", accounts, date(2026, 11, 23))
    for recorded in whole.entries:
        if recorded.kind == "registrar":
            continue  # one of two keeps none about the other: a third is named first
        paper = Paper(recorded.id, recorded.entry, recorded.entry, keeping, keeping)
        may = []
        for login in accounts:
            with suppress(Forbidden):
                paper.check_hand(login)
                may.append(login)
        assert len(may) >= 2, (recorded.kind, recorded.id, may)
        assert "smr.signer" not in may
    web = Web(city)
    found = web.get("/authority/findings?limit=100", "auditor").get_json()["items"]
    assert not {"registrars_few", "secretariat_missing"} & {each["code"] for each in found}


def changed(data: RegionData, **hashes: str) -> RegionData:
    """The files with other hashes for some papers: dashes in an id are written as underlines."""
    assert data.register is not None
    new = {paper.replace("_", "-"): sha256 for paper, sha256 in hashes.items()}
    entries = tuple(
        replace(filed, sha256=new.get(filed.id, filed.sha256)) for filed in data.register.entries
    )
    return replace(data, register=replace(data.register, entries=entries))


def newest(city: World, kind: str, paper: str) -> tuple[int, str, str, str | None]:
    found = read(city.ctx, SAMARINDA, kind, paper)[-1]
    return found.revision, found.state, found.entered_by, found.confirmed_by


def confirm(city: World, kind: str, paper: str, who: str) -> None:
    version = read(city.ctx, SAMARINDA, kind, paper)[-1].version
    settle(city.ctx, city.actor(who), kind, paper, "confirm", lambda: version)


def test_a_paper_that_says_something_else_waits_for_a_registrar_and_the_others_stay(
    city: World, data: RegionData
) -> None:
    files = changed(data, uu_23_2014="ab" * 32)
    assert loading.load(city.ctx, files) == ["1 drafts of the register"]
    assert newest(city, "instrument", "uu-23-2014") == (2, "drafted", "smr.registrar", None)
    told: list[str] = []
    assert loading.load(city.ctx, files, tell=told.append) == []
    assert told == [
        "register.yaml: instrument uu-23-2014: a draft of it waits to be confirmed or discarded"
    ]
    with pytest.raises(Forbidden):
        confirm(city, "instrument", "uu-23-2014", "registrar")
    confirm(city, "instrument", "uu-23-2014", "registrar2")
    assert newest(city, "instrument", "uu-23-2014")[1:] == (
        "confirmed",
        "smr.registrar",
        "smr.registrar2",
    )
    assert loading.load(city.ctx, files, tell=told.append) == []
    assert loading.load(city.ctx, replace(data, register=None)) == []
    assert len(told) == 1
    assert verify(city.ctx, progress=lambda _: None).fault is None


def test_a_load_takes_nothing_back_that_officers_have_entered(
    city: World, data: RegionData
) -> None:
    assert data.register is not None
    (mine,) = (f for f in data.register.entries if f.id == "uu-1-2022")
    draft(city.ctx, city.actor("registrar"), replace(mine, sha256="cd" * 32))
    confirm(city, "instrument", "uu-1-2022", "registrar2")
    theirs = newest(city, "instrument", "uu-1-2022")
    told: list[str] = []
    assert loading.load(city.ctx, data, tell=told.append) == []
    assert newest(city, "instrument", "uu-1-2022") == theirs
    assert told.pop() == (
        "register.yaml: instrument uu-1-2022: officers have entered it otherwise since the last "
        "load, and it stays so"
    )
    # Changed on both sides: what officers say stays, also after that.
    both = changed(data, uu_1_2022="ef" * 32)
    for said in (
        "the file and officers have both changed it",
        "officers have entered it otherwise",
    ):
        assert loading.load(city.ctx, both, tell=told.append) == []
        assert newest(city, "instrument", "uu-1-2022") == theirs
        assert said in told.pop()
    # What officers discarded does not come again with the same file.
    third = changed(data, uu_2_2002="ef" * 32)
    loading.load(city.ctx, third)
    version = read(city.ctx, SAMARINDA, "instrument", "uu-2-2002")[-1].version
    settle(
        city.ctx, city.actor("registrar2"), "instrument", "uu-2-2002", "discard", lambda: version
    )
    assert loading.load(city.ctx, third, tell=told.append) == []
    assert newest(city, "instrument", "uu-2-2002")[1] == "discarded"


def test_what_a_set_up_put_in_is_shown_as_such_until_a_registrar_confirms_it(city: World) -> None:
    web = Web(city)

    def findings() -> set[str]:
        found = web.get("/authority/findings?code=set_up&limit=100", "auditor").get_json()["items"]
        return {entry["id"] for each in found for entry in each["entries"]}

    def seat(number: str) -> dict[str, Any]:
        path = web.get(f"/cases/{number}/trace", "auditor").get_json()
        passport: dict[str, Any] = path["decisions"][-1]["authority"]["passport"]
        return passport

    assert "kepala-dpmptsp-2025" in findings()
    number = city.open("izin-reklame", by="clerk").view["number"]
    city.play(number, STORIES["izin-reklame"])
    passport = seat(number)
    assert passport["seat"]["set_up"] == "casetrack"
    assert passport["chain"][0]["rests_on"][0]["set_up"] == "casetrack"
    for language, said in (("id", "penyiapan"), ("en", "set-up")):
        version = web.get(f"/cases/{number}/trace", "auditor").get_json()["decisions"][-1][
            "version"
        ]
        page = web.get(f"/cases/{number}/decisions/{version}/passport?lang={language}", "auditor")
        assert said in page.text, language
    etag = web.get("/authority/entries/incumbency/kepala-dpmptsp-2025", "registrar").get_json()
    path = "/authority/entries/incumbency/kepala-dpmptsp-2025/actions"
    body, seen = {"action": "confirm"}, etag["items"][-1]["etag"]
    assert refused(web.post(path, "head", body, etag=seen)) == (403, "not_registrar")
    assert refused(web.post(path, "registrar", {"action": "discard"}, etag=seen)) == (
        409,
        "no_draft",
    )
    done = web.post(path, "registrar", body, etag=seen)
    assert done.status_code == 200, done.text
    assert (done.get_json()["revision"], done.get_json()["confirmed_by"]) == (2, "smr.registrar")
    assert refused(web.post(path, "registrar2", body, etag=done.headers["ETag"])) == (
        409,
        "no_draft",
    )
    assert "kepala-dpmptsp-2025" not in findings()
    other = city.open("izin-reklame", by="clerk").view["number"]
    city.play(other, STORIES["izin-reklame"])
    assert "set_up" not in seat(other)["seat"]
    # The passport of before stays as it was, and holds.
    assert seat(number) == passport
    verdict = verify(city.ctx, progress=lambda _: None)
    assert (verdict.fault, {one["kind"] for one in verdict.authority.beyond()}) == (
        None,
        {"papers"},
    )


def test_registrars_of_the_register_outlive_a_load_that_says_otherwise(
    city: World, data: RegionData
) -> None:
    make_registrar(city, "smr.dlh.supervisor", "dlh")
    dismiss(city, "smr.head", "dpmptsp")
    told: list[str] = []
    loading.load(city.ctx, data, tell=told.append)
    assert city.actor("smr.dlh.supervisor").registrar_for == ("dlh",)
    assert city.actor("head").registrar_for == ()
    assert [line.partition(",")[0] for line in told] == [
        "officers.yaml: smr.head is no registrar for dpmptsp",
        "officers.yaml: smr.dlh.supervisor is a registrar for dlh by the register",
    ]


def test_what_the_last_load_said_is_known_and_a_changed_file_is_not_it(
    city: World, data: RegionData
) -> None:
    assert loading.is_loaded(city.ctx, data)
    assert not loading.is_loaded(city.ctx, changed(data, uu_23_2014="ab" * 32))


def test_a_register_of_before_any_load_was_remembered_is_left_as_it_is(
    city: World, data: RegionData
) -> None:
    with city.database.write() as uow:
        uow.execute(delete(schema.loads))
    told: list[str] = []
    assert loading.load(city.ctx, changed(data, uu_1_2022="ef" * 32), tell=told.append) == []
    assert told == [
        "register.yaml: instrument uu-1-2022: it stands in the register otherwise, by no load that "
        "is remembered, and stays so"
    ]


def test_papers_that_the_officer_of_the_file_may_not_enter_change_nothing(
    city: World, data: RegionData
) -> None:
    files = changed(data, uu_23_2014="ab" * 32, kepala_dpmptsp_2025="ab" * 32)
    assert files.register is not None
    papers = replace(files.register, entered_by="smr.admin")
    renamed = replace(files, register=papers, agencies=data.agencies[:-1])
    with pytest.raises(BadInput, match="no registrar of setda") as refused_:
        loading.load(city.ctx, renamed)
    assert len(str(refused_.value).splitlines()) == 2
    assert "telkom" in city.ctx.region(SAMARINDA)[0].agencies
