"""Products of a service: what may be wrong with one, its texts, its numbers, its last day."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from casetrack.domain.case.products import last_day
from casetrack.domain.service import definition_check
from casetrack.domain.service.definition import (
    FactDefinition,
    Objection,
    ProductDefinition,
    ServiceDefinition,
    Validity,
    WrittenPlace,
)
from casetrack.domain.service.definition_document import as_document, read_definition
from casetrack.domain.service.product_numbers import NumberPattern, pattern_on
from casetrack.domain.service.product_words import (
    OF_REVIEWS,
    Ground,
    Written,
    draft_text,
    with_late_words,
)
from casetrack.usecases.case.product_summary import product_view
from tests.support.products import PERMIT, REFUSAL, licence
from tests.support.reviews import GRANTED, REFUSED, review_service
from tests.support.world import same

SINCE = date(2020, 1, 1)


def test_a_definition_with_products_comes_back_from_its_document() -> None:
    definition = licence()
    assert read_definition(as_document(definition)) == definition
    assert "products" not in as_document(replace(definition, products=()))


def test_who_gets_a_copy_stands_in_the_document_and_nothing_where_nobody_does() -> None:
    definition = licence(replace(PERMIT, copies=("Wali Kota", "Dinas Perhubungan")))
    (product,) = as_document(definition)["products"]
    assert product["copies"] == ["Wali Kota", "Dinas Perhubungan"]
    assert read_definition(as_document(definition)) == definition
    assert all("copies" not in each for each in as_document(licence())["products"])


def test_a_draft_from_before_papers_were_set_says_nothing_of_its_press() -> None:
    empty = ("number", "dated", "valid_until", "issued_at", "hand_over_due", "handed_over_at")
    product: dict[str, Any] = dict.fromkeys((*empty, "ended"))
    product |= {"id": "SMR-7K3F-9QXD-2M4P", "product": "izin", "kind": "permit", "state": "draft"}
    product |= {"endorsements": [], "signers": ["sign"], "signatures": []}
    draft = {"text": "t", "hmac": "ab", "edition": 1, "by": "x", "at": "y", "missing": []}
    product["draft"] = draft
    assert product_view(product, licence())["draft"]["press"] is None
    product["draft"] = {**draft, "press": "typst 0.15.2, product 0123456789ab"}
    assert (
        product_view(product, licence())["draft"]["press"] == "typst 0.15.2, product 0123456789ab"
    )


def test_a_product_without_fault_has_no_problem() -> None:
    assert definition_check.problems(licence(), None) == []


@pytest.mark.parametrize(
    ("key", "product"),
    [
        ("text", replace(PERMIT, text="{{ nama }}")),
        ("text", replace(PERMIT, text="{{ applicant }} [[ {{ number }}")),
        ("text", replace(PERMIT, text="{{ applicant_address }}")),
        ("text", replace(PERMIT, text=" ")),
        ("text", replace(REFUSAL, text="{{ grounds }}")),
        ("drafted_at", replace(PERMIT, drafted_at="nowhere")),
        ("drafted_at", replace(REFUSAL, drafted_at="decide")),
        ("signatures", replace(PERMIT, signatures=())),
        ("signatures", replace(PERMIT, signatures=("intake",))),
        ("signatures", replace(PERMIT, signatures=("decide",))),
        ("signatures", replace(PERMIT, signatures=("sign", "sign"))),
        ("pattern", replace(PERMIT, pattern="surat")),
        ("pattern", replace(REFUSAL, pattern=None)),
        ("validity", replace(PERMIT, validity=Validity("days", 0))),
        ("objection", replace(REFUSAL, objection=None)),
        ("objection", replace(PERMIT, objection=Objection("a", "b", 21, "c"))),
    ],
)
def test_what_is_wrong_with_a_product_is_said_at_its_key(key: str, product: Any) -> None:
    found = definition_check.problems(licence(product), None)
    assert {problem.at for problem in found} == {("products", 0, key)}, found
    assert all(problem.cure for problem in found)


def _reviewing(*products: ProductDefinition) -> ServiceDefinition:
    return review_service("objection", products=products)


def test_letters_of_an_objection_are_signed_by_who_decides_and_have_no_problem() -> None:
    assert definition_check.problems(_reviewing(GRANTED, REFUSED), None) == []
    assert read_definition(as_document(_reviewing(GRANTED))) == _reviewing(GRANTED)


@pytest.mark.parametrize("lacking", ["review_number", "review_reached", "review_decided_by"])
def test_a_letter_of_an_objection_has_to_say_what_was_decided_before_and_who_decides(
    lacking: str,
) -> None:
    piece, plain = f"[[{{{{ {lacking} }}}}]]", f"{{{{ {lacking} }}}}"
    text = GRANTED.text.replace(piece, "").replace(plain, "")
    (problem,) = definition_check.problems(_reviewing(replace(GRANTED, text=text)), None)
    assert problem.at == ("products", 0, "text")
    assert lacking in problem.message


@pytest.mark.parametrize(
    ("key", "product"),
    [
        ("text", replace(REFUSED, text=REFUSED.text.replace("appeal_", "objection_"))),
        ("text", replace(REFUSED, text=REFUSED.text.replace("{{ appeal_days }}", "x"))),
        ("text", replace(GRANTED, text=GRANTED.text + "{{ appeal_days }}")),
        ("text", replace(GRANTED, text=GRANTED.text + "{{ review_decision }}")),
        ("signatures", replace(GRANTED, signatures=("carry_out",))),
        ("kind", replace(GRANTED, kind="permit")),
    ],
)
def test_what_is_wrong_with_a_letter_of_an_objection_is_said_at_its_key(
    key: str, product: ProductDefinition
) -> None:
    found = definition_check.problems(_reviewing(product), None)
    assert {problem.at for problem in found} == {("products", 0, key)}, found


def test_other_services_have_no_places_of_an_objection() -> None:
    for product in (PERMIT, REFUSAL):
        wrong = replace(product, text=product.text + "{{ review_number }}")
        (problem,) = definition_check.problems(licence(wrong), None)
        assert "there is no place review_number" in problem.message


def test_the_letter_that_refuses_an_objection_says_how_to_appeal() -> None:
    written = Written({}, (Ground("F.", "R.", "A."),), ("Berita acara",))
    known = dict.fromkeys(OF_REVIEWS, "x")
    text = draft_text(REFUSED, _reviewing(REFUSED), known, written)
    assert "Banding kepada Wali Kota, secara tertulis, 10 hari kerja (UU 30/2014)." in text


def test_a_draft_leaves_open_what_comes_later_and_no_word_of_a_person_opens_a_place() -> None:
    known = {"applicant": "Budi {{ number }} \ue000number\ue001", "case_number": "SMR"}
    text = draft_text(PERMIT, licence(), known, Written())
    said = with_late_words(text, {"number": "7/2026", "dated": "1 Mei 2026", "valid_until": None})
    assert "Nomor: 7/2026" in said
    assert "Diberikan kepada Budi {{ number }} number." in said
    assert "beralamat" not in said
    assert said.endswith("1 Mei 2026, berlaku sampai …….\n")


def test_a_refusal_says_each_ground_with_facts_rule_and_reason() -> None:
    written = Written({}, (Ground("F.", "R.", "A."), Ground("G.", "S.", "B.")), ("Berita acara",))
    text = draft_text(REFUSAL, licence(), {}, written)
    assert "- F. Dasar: R. Alasan: A.\n- G. Dasar: S. Alasan: B.\n" in text
    assert "Keberatan kepada Kepala DPMPTSP, secara tertulis, 21 hari kerja." in text


def test_a_fact_and_a_written_place_are_filled_by_their_ids() -> None:
    product = replace(
        PERMIT,
        text="{{ fact_luas_m2 }} {{ written_syarat }}",
        written=(WrittenPlace("syarat", same("Syarat"), required=True),),
    )
    definition = replace(
        licence(product), facts=(FactDefinition("luas_m2", same("Luas"), "integer"),)
    )
    assert definition_check.problems(definition, None) == []
    known = {"fact_luas_m2": "12"}
    assert draft_text(product, definition, known, Written()) == "12 (belum diisi)"
    assert draft_text(product, definition, known, Written({"syarat": "A"})) == "12 A"


def test_a_text_that_spells_places_as_before_goes_on_working() -> None:
    product = replace(PERMIT, text="{{ fact_luas_m_ }}[[ lantai {{ fact_lantai_ke }}]]")
    facts = (
        FactDefinition("luas_m2", same("Luas"), "integer"),
        FactDefinition("lantai-ke", same("Lantai"), "integer", required=False),
    )
    definition = replace(licence(product), facts=facts)
    assert definition_check.problems(definition, None) == []
    known = {"fact_luas_m2": "12", "fact_lantai-ke": None}
    assert draft_text(product, definition, known, Written()) == "12"
    assert draft_text(product, definition, {**known, "fact_lantai-ke": "3"}, Written()) == (
        "12 lantai 3"
    )


def test_no_two_facts_fill_one_place_and_what_two_were_spelt_like_is_none() -> None:
    facts = (
        FactDefinition("luas1", same("A"), "integer"),
        FactDefinition("luas2", same("B"), "code"),
        FactDefinition("luas.2", same("C"), "integer"),
    )
    text = "{{ fact_luas1 }} {{ fact_luas2 }} {{ fact_luas.2 }}"
    definition = replace(licence(replace(PERMIT, text=text)), facts=facts)
    assert definition_check.problems(definition, None) == []
    known = {"fact_luas1": "1", "fact_luas2": "B", "fact_luas.2": "2"}
    assert draft_text(definition.products[0], definition, known, Written()) == "1 B 2"
    before = replace(licence(replace(PERMIT, text="{{ fact_luas_ }}")), facts=facts)
    (found,) = definition_check.problems(before, None)
    assert (found.at, "there is no place fact_luas_" in found.message) == (
        ("products", 0, "text"),
        True,
    )


@pytest.mark.parametrize(
    ("pattern", "printed"),
    [
        ("{code}/{serial:4}/DPMPTSP/{year}", "503.5/0012/DPMPTSP/2026"),
        ("{serial}/{month}/{year}", "12/XI/2026"),
        ("SIP-{year}-{serial:6}", "SIP-2026-000012"),
    ],
)
def test_a_number_follows_its_pattern(pattern: str, printed: str) -> None:
    made = NumberPattern("izin", pattern, "Perwali", SINCE)
    assert list(made.faults()) == []
    assert made.number(12, date(2026, 11, 30), "503.5") == printed


@pytest.mark.parametrize("pattern", ["{code}/{year}", "{serial}", "{serial}{serial}/{year}", "{x}"])
def test_a_pattern_that_would_give_a_number_twice_or_cannot_be_printed_is_refused(
    pattern: str,
) -> None:
    assert list(NumberPattern("izin", pattern, "Perwali", SINCE).faults())


def test_of_several_patterns_the_newest_that_has_begun_counts() -> None:
    old = NumberPattern("izin", "{serial}/{year}", "Perwali 1", SINCE)
    new = NumberPattern("izin", "B/{serial}/{year}", "Perwali 2", date(2026, 12, 1))
    assert pattern_on([new, old], "izin", date(2026, 11, 30)) == old
    assert pattern_on([new, old], "izin", date(2026, 12, 1)) == new
    assert pattern_on([new, old], "surat", date(2026, 12, 1)) is None


@pytest.mark.parametrize(
    ("validity", "last"),
    [
        (Validity("days", 1), date(2026, 1, 31)),
        (Validity("days", 30), date(2026, 3, 1)),
        (Validity("months", 1), date(2026, 2, 28)),
        (Validity("months", 11), date(2026, 12, 30)),
        (Validity("years", 1), date(2027, 1, 30)),
        (Validity("years", 5), date(2031, 1, 30)),
        (Validity("given"), None),
        (None, None),
    ],
)
def test_the_last_day_is_the_day_before_the_same_day_later(
    validity: Validity | None, last: date | None
) -> None:
    assert last_day(validity, date(2026, 1, 31)) == last


def test_a_month_at_the_end_of_a_year_ends_in_the_next() -> None:
    assert last_day(Validity("months", 1), date(2026, 12, 15)) == date(2027, 1, 14)
    assert last_day(Validity("months", 2), date(2026, 12, 31)) == date(2027, 2, 28)
    assert last_day(Validity("years", 1), date(2024, 2, 29)) == date(2025, 2, 28)
