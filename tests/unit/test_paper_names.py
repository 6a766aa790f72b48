"""Papers in sentences: by their own name and number."""

import pytest

from casetrack.domain.authority.entries import InstrumentForm
from casetrack.domain.authority.findings import findings
from casetrack.domain.authority.paper_names import paper_name
from tests.support.registers import attribution, day, incumbency, instrument, register


@pytest.mark.parametrize(
    ("form", "number", "called"),
    [
        ("act", "23 Tahun 2014", "UU 23/2014"),
        ("mayor_regulation", "Nomor 9 Tahun 2022", "Perwali 9/2022"),
        ("regent_regulation", "7 Tahun 2026", "Perbup 7/2026"),
        ("regency_regulation", "4 Tahun 2025", "Perda 4/2025"),
        ("decree", "188.4/27/DPMPTSP/2026", "SK 188.4/27/DPMPTSP/2026"),
        ("decree", "SK 5", "SK 5"),
    ],
)
def test_an_instrument_is_called_as_it_is_cited(
    form: InstrumentForm, number: str, called: str
) -> None:
    city = register(instrument(number, form=form, since="2014-10-02"))
    assert paper_name(city, "instrument", number) == called


def test_a_grant_is_called_by_its_paper_and_what_is_not_there_by_its_id() -> None:
    paper = instrument("9 Tahun 2022", since="2022-03-01")
    city = register(paper, attribution("wewenang", "kepala", on="9 Tahun 2022#1"))
    assert paper_name(city, "grant", "wewenang").startswith("Perwali 9/2022 ")
    rests_on_nothing = register(attribution("wewenang", "kepala", on="hilang#1"))
    assert paper_name(rests_on_nothing, "grant", "wewenang") == "wewenang"
    assert paper_name(rests_on_nothing, "instrument", "hilang") == "hilang"


def test_a_finding_tells_the_paper_and_keeps_its_id_beside_the_sentence() -> None:
    letter = incumbency("sk-x", "smr.x", "kepala", since="2026-01-01")
    (text,) = {
        each.text.id
        for each in findings(register(letter), (), None, day("2026-01-01"), day("2026-12-31"))
        if each.code == "position_missing"
    }
    assert text == "SK-X menyebut jabatan kepala, yang tidak ada dalam register."
