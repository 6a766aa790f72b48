"""Whatever is refused is said in Bahasa Indonesia to who asks for it, with what was named."""

import ast
import re

import pytest
from flask import Flask

from casetrack.domain.authority.check import REFUSAL_CODES, Denial
from casetrack.domain.authority.entry_json import parse_entry
from casetrack.domain.delivery.outside_addresses import Allowed
from casetrack.domain.errors import Forbidden, Invalid, NoAuthority, NotNow
from casetrack.gateways.posting import Poster
from casetrack.gateways.webhooks.endpoints import Endpoints, to_subscribers
from casetrack.web.http import problems, rule_words
from casetrack.web.http.detail_words import DETAILS, in_indonesian
from casetrack.web.http.problem_words import INDONESIAN
from casetrack.web.http.rule_words import HOLE
from tests.support.detail_skeletons import calls, details, messages, skeleton_of, told_by_helpers

#: Made of the answers of rules whose words are asked for below, and in test_rule_words.
_OF_RULES = {HOLE, f"{HOLE}; {HOLE}"}


def test_every_detail_that_is_made_from_values_has_its_words_and_no_other_has() -> None:
    found = details()
    assert len(found) > 40
    del found[HOLE]  # of the register: by its code, below
    assert {detail: found[detail] for detail in found.keys() - DETAILS.keys()} == {}
    assert DETAILS.keys() - found.keys() == set()


def test_every_fault_of_a_field_has_its_words() -> None:
    found = messages()
    assert len(found) > 10
    untold = {
        words: at
        for words, at in found.items()
        if words not in _OF_RULES and rule_words.known(words.replace(HOLE, "x")) is None
    }
    assert untold == {"is missing: …": untold.get("is missing: …")}
    asked = [call for call in calls("missing") if len(call.args) == 2 and _is_text(call.args[1])]
    assert len(asked) > 15
    for call in asked:
        why = skeleton_of(call.args[1])
        assert rule_words.known(f"is missing: {why}") is not None, why


def test_every_fault_that_is_made_of_given_words_has_its_words_in_indonesian() -> None:
    found = told_by_helpers()
    assert len(found) > 20
    told = {words: [each for each in words.split("; ") if each != HOLE] for words in found}
    untold = {
        found[words]: clause
        for words, clauses in told.items()
        for clause in clauses
        if rule_words.known(clause.replace(HOLE, "x")) is None
    }
    assert untold == {}


def test_an_answer_of_another_register_that_lacks_its_paper_is_told_in_indonesian() -> None:
    needed = rule_words.known("a yes needs the document that shows it, of str")
    assert needed == "jawaban ya memerlukan dokumen yang menunjukkannya, untuk persyaratan str"
    there = rule_words.known("no document of the case that shows it; there are: ktp, str")
    assert there is not None
    assert there.endswith("yang ada: ktp, str")


@pytest.mark.parametrize("detail", DETAILS)
def test_what_is_named_in_a_detail_stands_in_its_words(detail: str) -> None:
    holes = detail.count(HOLE)
    assert DETAILS[detail].count(HOLE) == holes
    named = [f"nama{place}" for place in range(holes)]
    said = in_indonesian(_filled(detail, named), None, ())
    assert said == _filled(DETAILS[detail], named)
    assert said != detail


def _is_text(part: ast.expr) -> bool:
    return isinstance(part, ast.JoinedStr) or isinstance(getattr(part, "value", None), str)


def _filled(words: str, named: list[str]) -> str:
    values = iter(named)
    return re.sub(HOLE, lambda _: next(values), words)


def test_what_the_register_denies_keeps_its_position_and_its_article() -> None:
    for code in REFUSAL_CODES:
        for position in (None, "kepala-dpmptsp"):
            denial = Denial(code, position)
            said = in_indonesian(denial.detail, INDONESIAN[code], ())
            assert said.casefold().startswith(INDONESIAN[code].casefold()), code
            assert ("kepala-dpmptsp" in said) is (position is not None)
            assert ("Pasal" in said) is (" art. " in denial.detail)


#: Entries with every kind of fault that a paper may have.
_WRONG = (
    {"agency": 5, "name": {"id": "x", "xx": 1}, "superiors": "no", "since": "2026-W05-1"},
    {"name": "x"},
    {"agency": "a", "name": {"id": ""}, "superiors": [{}]},
)
_WRONG_GRANT = (
    {"kind": "mandat", "ub_allowed": "yes", "actions": ["decidee"], "giver_acts": True},
    {"bounds": [{"fact": "x", "at_most": "5"}], "basis": [{"instrument": "a"}], "service": []},
)


def test_what_is_wrong_with_a_paper_has_its_words() -> None:
    faults = [fault for wrong in _WRONG for fault in parse_entry("position", wrong)[1]]
    faults += [fault for wrong in _WRONG_GRANT for fault in parse_entry("grant", wrong)[1]]
    assert len(faults) > 15
    for fault in faults:
        message = f"{fault.message}; {fault.cure}"
        assert rule_words.known(message) is not None, message


@pytest.mark.parametrize(
    "url",
    [
        "http://[::1",
        "ftp://example.com/",
        "https://me:secret@example.com/",
        "https://example.com/a b",
        "https://10.0.0/",
        "https://example.com/#here",
        "https://10.0.0.1/",
        "https://127.0.0.1:81/",
        "http://8.8.8.8/",
        "https://8.8.8.8:81/",
        "https://nobody.invalid/",
    ],
)
def test_why_nothing_is_sent_to_an_address_has_its_words(url: str) -> None:
    endpoints = Endpoints(Poster(to_subscribers(Allowed.parse(""))))
    with pytest.raises(Invalid) as refused:
        endpoints.check(url)
    (fault,) = refused.value.fields["errors"]
    assert rule_words.known(fault["message"]) is not None, fault["message"]


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("id", "id"),
        ("id-ID,id;q=0.9,en;q=0.8", "id"),
        ("en,id;q=0.5", "en"),
        ("de", "en"),
        (None, "en"),
    ],
)
def test_the_detail_is_in_the_language_that_the_caller_asks_for(
    asked: str | None, language: str
) -> None:
    headers = {"Accept-Language": asked} if asked else {}
    error = Forbidden("not_your_agency", "This belongs to the agency dlh, not to yours.")
    with Flask("test").test_request_context(headers=headers):
        answer = problems.of_refusal(error)
    indonesian = "Ini milik instansi dlh, bukan instansi Anda."
    assert answer.get_json()["detail"] == (indonesian if language == "id" else error.detail)
    assert answer.headers["Content-Language"] == language
    assert answer.headers["Vary"] == "Accept-Language"


def _in_indonesian(error: Invalid | NotNow | NoAuthority) -> str:
    with Flask("test").test_request_context(headers={"Accept-Language": "id"}):
        return str(problems.of_refusal(error).get_json()["detail"])


def test_a_list_of_faults_is_told_field_by_field() -> None:
    faults = [{"at": "url", "message": "the URL cannot be read"}]
    told = _in_indonesian(
        Invalid("endpoint_refused", "url: the URL cannot be read.", errors=faults)
    )
    assert told == "url: URL tidak dapat dibaca."


def test_what_stands_against_something_is_told_in_its_own_words() -> None:
    why = "the case SMR-1 is not over; the case is kept by Perwal 12/2020 (SMR-2) until 2031-11-23"
    told = _in_indonesian(NotNow("erasing_barred", f"They cannot be erased now: {why}."))
    assert told == (
        "Datanya belum dapat dihapus: berkas SMR-1 belum selesai; berkas disimpan menurut "
        "Perwal 12/2020 (SMR-2) sampai 2031-11-23."
    )


def test_a_detail_without_values_says_what_its_code_means() -> None:
    told = _in_indonesian(NotNow("no_hold", "Nobody holds what is kept about them."))
    assert told.casefold() == f"{INDONESIAN['no_hold']}.".casefold()
