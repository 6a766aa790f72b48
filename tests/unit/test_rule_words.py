"""What a rule finds wrong is told in Bahasa Indonesia too, clause by clause."""

from collections.abc import Iterator
from typing import Any

import pytest

from casetrack.domain.errors import Invalid
from casetrack.domain.people import contact, search_words
from casetrack.domain.service.definition import FactDefinition
from casetrack.domain.service.facts import fact_fault
from casetrack.usecases.people import tidying
from casetrack.web.http import problems, rule_words
from tests.support.world import same

_WRONG: tuple[dict[str, Any], ...] = (
    {"name": "\n"},
    {"name": "a\u202eb"},
    {"nik": "1"},
    {"email": "no address"},
    {"email": "é@contoh.id"},
    {"email": "a@b"},
    {"email": "a" * 70 + "@contoh.id"},
    {"phone": "12345"},
    {"phone": "+62 81"},
    {"phone": "+1 234"},
    {"phone": "nobody"},
    {"company_number": "1"},
    {"company_number": "9120001234567"},
    {"language": "xx"},
    {"address": "."},
    {"channels": ["sms", "sms"], "phone": "081200000001"},
    {"channels": ["email"]},
    {"channels": ["sms"]},
    {"channels": ["sms"], "phone": "0541 741234"},
)


def _told() -> Iterator[str]:
    for wrong in _WRONG:
        party = {"kind": "person", "name": "Budi", "language": "id", **wrong}
        _, faults = tidying.tidied(party)
        assert faults, wrong
        yield from (fault for _, fault in faults)
        yield from (fault for _, fault in contact.contact_faults(party))
    for typed in ("…", "12"):
        with pytest.raises(ValueError) as refusal:  # noqa: PT011 (its words are what is asked)
            search_words.asked(typed)
        yield str(refusal.value)
    facts = [
        FactDefinition(id="a", name=same("A"), type=kind, required=True)
        for kind in ("integer", "boolean", "code", "date", "text")
    ]
    facts.append(
        FactDefinition(id="a", name=same("A"), type="integer", required=True, minimum=1, maximum=9)
    )
    facts.append(
        FactDefinition(id="a", name=same("A"), type="code", required=True, choices=("x", "y"))
    )
    yield from (told for fact in facts if (told := fact_fault(fact, None)) is not None)


def test_what_is_wrong_with_a_person_s_data_a_search_or_a_fact_has_indonesian_words() -> None:
    told = set(_told())
    assert len(told) > 20
    for message in told:
        words = rule_words.said(message)
        assert words["en"] == message
        assert words["id"] not in ("Isian ini tidak dapat diterima", message), message


def test_what_is_named_stands_in_the_words() -> None:
    assert rule_words.said("not asked for; known: ktp, foto")["id"] == (
        "Tidak diminta; yang dikenal: ktp, foto"
    )
    assert rule_words.said("cannot be taken; give a whole number from 1 to 9")["id"] == (
        "Tidak dapat diterima; isi bilangan bulat dari 1 sampai 9"
    )


def test_every_fault_of_a_rule_is_said_in_both_languages_also_one_without_words() -> None:
    faults = [
        {"at": "q", "message": "of tomorrow"},
        {"at": "x", "message": "a", "said": {"id": "b"}},
    ]
    answer = problems.of_refusal(Invalid("invalid_body", "no", errors=faults)).get_json()
    assert [each["said"]["id"] for each in answer["errors"]] == [
        "Isian ini tidak dapat diterima",
        "b",
    ]
    assert faults[0] == {"at": "q", "message": "of tomorrow"}
