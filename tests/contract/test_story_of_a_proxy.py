"""A power of attorney ends, a proxy is changed, a company's director, a wrong number: over HTTP alone."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from casetrack.usecases.case import party_acts
from tests.contract.test_people import faults
from tests.support import demo, scans
from tests.support.letters import addresses, letters
from tests.support.stories import BUDI, FACTS, SCAN, City
from tests.support.web import refused

PAPER = {"dated": "2026-11-20", "name": "surat-kuasa.pdf", "sha256": SCAN}
DAY = "2026-11-23"
#: No word of these stands in a message about a change of people.
NAMING = (
    "kuasa",
    "representative",
    "director",
    "direktur",
    "power of attorney",
    "telepon",
    "e-mail",
)


@dataclass(frozen=True)
class Set:
    """A service, who applies for it, who acts for them, and who comes after."""

    service: str
    applicant: Mapping[str, Any]
    proxy: Mapping[str, Any]
    next_proxy: Mapping[str, Any]


SETS = [
    Set(
        "izin-reklame",
        {**BUDI, "email": "budi@example.id"},
        {"kind": "person", "name": "Rahmat Hidayat", "email": "rahmat@example.id",
         "phone": "+62 812 7777 4321"},
        {"kind": "person", "name": "Rina Kartika", "email": "rina@example.id"},
    ),
    Set(
        "surat-keterangan",
        {"kind": "company", "name": "CV Etam Jaya", "company_number": "0123456789012345",
         "acting": "Hasan Basri", "email": "hasan@example.id"},
        {"kind": "person", "name": "Joko Wibowo", "email": "joko@example.id"},
        {"kind": "person", "name": "Maya Sari", "email": "maya@example.id",
         "nik": "6472014101900007"},
    ),
]  # fmt: skip
BOTH_SETS = pytest.mark.parametrize("of", SETS, ids=["billboard", "letter"])


def opened(city: City, of: Set, **power: Any) -> tuple[str, dict[str, str]]:
    """The number of a case with a proxy, and their code as a header."""
    proxy = {**of.proxy, "power": {"acts": ["file", "complete"], "paper": PAPER, **power}}
    case = city.open(
        {
            "service": of.service,
            "facts": FACTS[of.service],
            "applicant": of.applicant,
            "representative": proxy,
            "documents": demo.documents(of.service, FACTS[of.service]),
        },
        "clerk",
    )
    return str(case["number"]), {"X-Access-Code": case["access_code"]}


def people(city: City, number: str, action: str, **body: Any) -> Any:
    who = body.pop("who", "clerk")
    return city.on(number, who, "parties", action=action, **{"day": DAY, **body})


def shown(city: City, number: str) -> dict[str, Any]:
    found: dict[str, Any] = city.get(f"/cases/{number}", "clerk").get_json()
    return found


def opens(city: City, number: str, code: Mapping[str, str]) -> bool:
    answer = city.get(f"/status/{number}", headers=code)
    if answer.status_code == 200:
        return True
    assert refused(answer) == (404, "unknown_case")
    return False


def new_code(answer: Any) -> dict[str, str]:
    assert answer.status_code == 200, answer.text
    return {"X-Access-Code": answer.get_json()["access_code"]}


def untold(city: City) -> list[str]:
    items = city.get("/untold", "clerk").get_json()["items"]
    return [notice["party"] for item in items for notice in item["notices"]]


def forget_mails(city: City) -> None:
    for path in city.world.mail.glob("*.eml"):
        path.unlink()


@BOTH_SETS
def test_a_new_code_ends_the_one_that_the_proxy_has(city: City, of: Set) -> None:
    number, old = opened(city, of)
    assert opens(city, number, old)
    new = new_code(city.on(number, "clerk", "actions", action="reissue_code"))
    assert not opens(city, number, old)
    for headers in ({}, new):
        said = city.get(f"/status/{number}", headers=headers).text
        page = city.get(f"//status?number={number}").text
        for name in ("Budi", "Santoso", "Rahmat", "Hidayat", "Etam", "Hasan", "Joko", "7777 4321"):
            assert name not in said + page


@BOTH_SETS
def test_after_the_end_of_the_power_the_proxy_gets_nothing_and_their_code_opens_nothing(
    city: City, of: Set
) -> None:
    number, old = opened(city, of)
    ended = people(city, number, "end_power", paper=PAPER, why="withdrawn")
    new = new_code(ended)
    assert (opens(city, number, old), opens(city, number, new)) == (False, True)
    city.follow(number, "clerk declare_complete intake")
    city.deliver()
    assert addresses(city.world.mail) == {of.applicant["email"]}
    assert untold(city) == []
    (former,) = shown(city, number)["former_parties"]
    assert (former["was"], former["why"], former["name"]) == (
        "representative", "withdrawn", of.proxy["name"],
    )  # fmt: skip
    city.strangers_see_nothing(number)
    again = people(city, number, "end_power", paper=PAPER, why="withdrawn")
    assert refused(again) == (409, "no_representative")
    assert faults(city.world) is None


@BOTH_SETS
def test_a_power_with_a_last_day_ends_by_itself(city: City, of: Set) -> None:
    number, old = opened(city, of, until="2026-11-24")
    (_, proxy) = shown(city, number)["parties"]
    assert proxy["power"] == {"acts": ["file", "complete"], "until": "2026-11-24", "paper": PAPER}
    city.deliver()
    forget_mails(city)
    city.at("2026-11-24T23:59")
    assert party_acts.end_powers_once(city.world.ctx) == 0
    assert opens(city, number, old)
    city.at("2026-11-25T08:00")
    # Whatever the clock's process does: the day has passed.
    assert not opens(city, number, old)
    city.follow(number, "clerk declare_complete intake")
    city.deliver()
    assert addresses(city.world.mail) == {of.applicant["email"]}
    assert (party_acts.end_powers_once(city.world.ctx), party_acts.end_powers_once(city.world.ctx)) == (
        1, 0,
    )  # fmt: skip
    assert not opens(city, number, old)
    new = new_code(city.on(number, "clerk", "actions", action="reissue_code"))
    assert opens(city, number, new)
    city.deliver()
    assert addresses(city.world.mail) == {of.applicant["email"]}
    assert shown(city, number)["former_parties"][0]["why"] == "expired"
    assert untold(city) == []
    assert faults(city.world) is None


@BOTH_SETS
def test_what_waits_for_the_proxy_or_could_not_be_told_ends_with_the_power(
    city: City, of: Set
) -> None:
    walk_in = Set(
        of.service, of.applicant, {"kind": "person", "name": "Tanpa Surel"}, of.next_proxy
    )
    for each, state in ((of, "pending"), (walk_in, "not_possible")):
        number, _ = opened(city, each)
        city.follow(number, "clerk declare_complete intake")
        city.relay()
        path = f"/cases/{number}/messages"
        before = {
            item["state"]
            for item in city.get(path, "clerk").get_json()["items"]
            if item["party"] == "representative"
        }
        assert before == {state}
        people(city, number, "end_power", paper=PAPER, why="renounced")
        after = {
            item["state"]
            for item in city.get(path, "clerk").get_json()["items"]
            if item["party"] == "representative"
        }
        assert after == {"cancelled"}
        assert untold(city) == []
    city.deliver()
    assert addresses(city.world.mail) == {of.applicant["email"]}


@BOTH_SETS
def test_a_new_proxy_comes_with_their_own_paper_and_the_old_one_is_out(city: City, of: Set) -> None:
    number, old = opened(city, of)
    city.deliver()
    forget_mails(city)
    power = {"acts": ["complete", "collect"], "until": "2027-11-20"}
    passed = {**power, "until": "2026-11-22"}
    late = people(city, number, "appoint", paper=PAPER, party=of.next_proxy, power=passed)
    assert refused(late) == (422, "invalid_body")
    new = new_code(people(city, number, "appoint", paper=PAPER, party=of.next_proxy, power=power))
    assert (opens(city, number, old), opens(city, number, new)) == (False, True)
    city.deliver()
    _told_of_the_change_alone(city, of.proxy["email"], of.next_proxy)
    city.follow(number, "clerk declare_complete intake")
    city.deliver()
    assert addresses(city.world.mail) == {of.applicant["email"], of.next_proxy["email"]}
    case = shown(city, number)
    assert [each["name"] for each in case["parties"]] == [
        of.applicant["name"], of.next_proxy["name"],
    ]  # fmt: skip
    assert case["parties"][1]["power"]["acts"] == ["complete", "collect"]
    for each in (of.proxy, of.next_proxy):
        found = city.post("/cases/search", "clerk", {"q": each["name"]}).get_json()["items"]
        assert [item["number"] for item in found] == [number]
    assert faults(city.world) is None


def _told_of_the_change_alone(city: City, address: str, newcomer: Mapping[str, Any]) -> None:
    """Who was reached there hears once that it is so no more, and nothing of the case or the newcomer."""
    (said,) = [text for to, text in letters(city.world.mail) if to == address]
    for word in (*NAMING, newcomer["name"], newcomer["email"]):
        assert word.lower() not in said.lower(), word
    forget_mails(city)


def test_a_new_director_acts_for_the_company_and_the_old_one_hears_of_that_alone(
    city: City,
) -> None:
    of = SETS[1]
    number, old = opened(city, of)
    contact = {"acting": "Dewi Lestari", "email": "dewi@example.id"}
    new = new_code(people(city, number, "change_director", paper=PAPER, contact=contact))
    assert (opens(city, number, old), opens(city, number, new)) == (False, True)
    city.deliver()
    _told_of_the_change_alone(
        city, of.applicant["email"], {"name": contact["acting"], "email": contact["email"]}
    )
    city.follow(number, "clerk declare_complete intake")
    city.deliver()
    assert addresses(city.world.mail) == {"dewi@example.id", of.proxy["email"]}
    case = shown(city, number)
    company = case["parties"][0]
    assert (company["name"], company["acting"]) == (of.applicant["name"], "Dewi Lestari")
    assert company["company_number"] == of.applicant["company_number"]
    assert case["former_parties"][0]["acting"] == "Hasan Basri"
    for name in ("Dewi Lestari", "Hasan Basri", "Etam Jaya"):
        found = city.post("/cases/search", "clerk", {"q": name}).get_json()["items"]
        assert [item["number"] for item in found] == [number]
    nobody = people(city, number, "change_director", paper=PAPER, contact={"email": "a@b.id"})
    assert refused(nobody) == (422, "invalid_body")
    person = opened(city, SETS[0])[0]
    wrong = people(city, person, "change_director", paper=PAPER, contact=contact)
    assert refused(wrong) == (409, "not_a_company")
    assert faults(city.world) is None


@BOTH_SETS
def test_a_corrected_contact_is_told_to_the_old_one_and_nothing_else(city: City, of: Set) -> None:
    number, code = opened(city, of)
    city.deliver()
    forget_mails(city)
    answer = people(city, number, "correct_contact", contact={"email": "baru@example.id"})
    assert answer.status_code == 200, answer.text
    assert "access_code" not in answer.get_json()
    assert opens(city, number, code)
    city.deliver()
    assert addresses(city.world.mail) == {
        of.applicant["email"], "baru@example.id", of.proxy["email"],
    }  # fmt: skip
    for to, text in letters(city.world.mail):
        for word in (*NAMING, "baru@example.id", of.applicant["email"], "Budi", "Etam"):
            assert word.lower() not in text.lower(), (to, word)
    forget_mails(city)
    city.follow(number, "clerk declare_complete intake")
    people(
        city, number, "correct_contact", role="representative", contact={"phone": "081277774321"}
    )
    city.deliver()
    # The representative's old address hears of its own change; the applicant's first one of nothing.
    assert addresses(city.world.mail) == {"baru@example.id", of.proxy["email"]}
    same = people(city, number, "correct_contact", contact={"email": "baru@example.id"})
    assert refused(same) == (409, "contact_unchanged")
    assert refused(
        people(city, number, "correct_contact", role="payer", contact={"email": "a@example.id"})
    ) == (409, "no_such_party")
    assert faults(city.world) is None


@BOTH_SETS
def test_only_a_proxy_whose_power_says_so_collects(city: City, of: Set) -> None:
    number, _ = opened(city, of)
    proxy = {"party": "representative", "document": "ktp", "signature": "paper"}
    city.follow(number, "clerk declare_complete intake")
    for action, answers in (
        ("hand_over", (409, "status_forbids")),
        ("pause", (422, "invalid_body")),
    ):
        reason = {"reason": "court"} if action == "pause" else {}
        said = city.on(number, "clerk", "actions", action=action, present=proxy, **reason)
        assert refused(said) == answers
    withdrawn = city.on(number, "clerk", "actions", action="withdraw", present=proxy)
    assert withdrawn.status_code == 200, withdrawn.text
    events = city.get(f"/cases/{number}/events?limit=200", "auditor").get_json()["items"]
    assert events[-1]["data"]["present"] == proxy
    other, _ = opened(city, of, acts=["pay"])
    lacks = city.on(other, "clerk", "actions", action="withdraw", present=proxy)
    assert refused(lacks) == (409, "power_lacks_act")
    assert lacks.get_json()["needed"] == "file"
    people(city, other, "end_power", paper=PAPER, why="died", day=PAPER["dated"])
    gone = city.on(other, "clerk", "actions", action="withdraw", present=proxy)
    assert refused(gone) == (409, "no_representative")
    applicant = {"party": "applicant", "document": "ktp"}
    assert (
        city.on(other, "clerk", "actions", action="withdraw", present=applicant).status_code == 200
    )


@BOTH_SETS
@pytest.mark.parametrize("as_form", [False, True], ids=["json", "form"])
def test_only_a_proxy_whose_power_says_so_and_lasts_brings_papers(
    city: City, of: Set, as_form: bool
) -> None:
    proxy = {"party": "representative", "document": "ktp"}

    def brings(number: str) -> Any:
        asked = demo.documents(of.service, FACTS[of.service])[0]["requirement"]
        if as_form:
            fields, etag = {"present": json.dumps(proxy)}, city.etag(number, "auditor")
            return city.bring(
                number, scans.pdf(), "clerk", requirement=asked, fields=fields, etag=etag
            )
        return city.on(number, "clerk", "documents", requirement=asked, present=proxy)

    number, _ = opened(city, of, until="2026-11-24")
    done = brings(number)
    assert done.status_code == 201, done.text
    events = city.get(f"/cases/{number}/events?limit=200", "auditor").get_json()["items"]
    assert events[-1]["data"]["present"]["party"] == "representative"
    lacks = brings(opened(city, of, acts=["collect"])[0])
    assert refused(lacks) == (409, "power_lacks_act")
    assert lacks.get_json()["needed"] == "complete"
    city.at("2026-11-25T08:00")
    # No clock has recorded the end yet: the day has passed all the same.
    assert refused(brings(number)) == (409, "no_representative")
    assert faults(city.world) is None
