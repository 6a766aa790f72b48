"""A regulation is changed for the third time: one service leaves the annex, another's line stays.

Entered by two registrars over HTTP; the radar speaks at once, passports name the paper as amended.
"""

from typing import Any

from tests.support.stories import UNTIL_DECISION, City
from tests.support.web import refused

OLD, NEW, FIRST, LAST = "perwali-34-2025", "perwali-66-2026", "2026-12-15", "2026-12-14"
TITLE = "Peraturan Wali Kota Samarinda tentang Perubahan Ketiga atas Peraturan Wali Kota (demo)"
CHANGE: dict[str, Any] = {
    "old": OLD,
    "new": NEW,
    "since": FIRST,
    "ordinal": 3,
    "changes": [{"line": "lampiran-1", "struck": True}],
}


def announced(city: City) -> None:
    city.paper(
        "instrument", NEW, form="mayor_regulation", number="66 Tahun 2026", title=TITLE,
        dated="2026-11-20", since=FIRST,
        lines=[{"id": "pasal-i", "number": "Pasal I", "text": "Mengubah lampiran", "services": []}],
    )  # fmt: skip


def test_the_radar_sees_it_as_soon_as_it_is_known_and_cases_go_on_or_stop_that_day(
    city: City,
) -> None:
    gone, kept = (
        city.case(service, UNTIL_DECISION[service]) for service in ("izin-reklame", "sip-dokter")
    )
    announced(city)
    (unknown,) = city.ask("findings?code=amendment_unknown")
    assert unknown["entries"] == [{"kind": "instrument", "id": NEW}]
    assert not [a for a in city.ask("radar?days=60") if a["last_day"] == LAST]
    city.paper("amendment", "perubahan-ketiga", **CHANGE)
    (alarm,) = [a for a in city.ask("radar?days=60") if a["last_day"] == LAST]
    cause = {"kind": "amendment", "id": "perubahan-ketiga", "what": "instrument_amended"}
    assert alarm["causes"] == [cause]
    (loss,) = [each for each in alarm["losses"] if "izin-reklame" in each["services"]]
    assert (loss["services"], loss["open_cases"]) == (["izin-reklame"], 1)
    city.at(f"{FIRST}T09:00")
    stopped = city.do(gone, "signer", "complete", "decide")
    assert refused(stopped)[0] == 403
    said = stopped.get_json()
    assert (said["code"], said["link"]["grant"]) == ("line_amended", "delegasi-2026")
    assert [each["officer"] for each in said["alternatives"]] == ["smr.walikota"]
    assert city.do(kept, "signer", "complete", "decide").status_code == 200
    rests = city.passport(kept)["chain"][-1]["rests_on"]
    (rest,) = [each for each in rests if each["instrument"] == OLD]
    # The demo's annex was amended before, too.
    first, amended = rest["amended"]
    assert (first["number"], first["ordinal"]) == ("998 Tahun 2026", 1)
    assert (amended["number"], amended["ordinal"]) == ("66 Tahun 2026", 3)
    trace = city.get(f"/cases/{kept}/trace", "auditor").get_json()
    version = trace["decisions"][-1]["version"]
    page = city.get(f"/cases/{kept}/decisions/{version}/passport", "auditor")
    assert "Perubahan ke-3" in page.text
    assert "66 Tahun 2026" in page.text
    # It is found by the text that amended, too.
    found = city.ask(f"decisions?instrument={NEW}")
    assert [each["number"] for each in found] == [kept]


def test_an_amendment_known_too_late_questions_what_was_decided_by_the_line_that_went(
    city: City,
) -> None:
    number = city.case("izin-reklame", UNTIL_DECISION["izin-reklame"])
    city.at(f"{FIRST}T09:00")
    assert city.do(number, "signer", "complete", "decide").status_code == 200
    announced(city)
    city.at("2026-12-16T09:00")
    city.paper("amendment", "perubahan-ketiga", **CHANGE)
    trace = city.get(f"/cases/{number}/trace", "auditor").get_json()
    judged = trace["decisions"][-1]["judged_again"]
    assert judged["then"]["holds"]
    assert (judged["now"]["holds"], judged["now"]["code"]) == (False, "line_amended")


def test_what_does_not_fit_the_earlier_text_is_refused_with_its_place(city: City) -> None:
    announced(city)
    wrong = {**CHANGE, "changes": [{"line": "lampiran-99", "struck": True}]}
    body = {"kind": "amendment", "id": "salah", "entry": wrong, "document": {"sha256": "cd" * 32}}
    answer = city.post("/authority/entries", "registrar", body)
    assert refused(answer) == (422, "invalid_entry")
    assert answer.get_json()["errors"][0]["at"] == "changes.0.line"
    # A stranger to the secretariat's papers enters none.
    body["entry"] = CHANGE
    assert refused(city.post("/authority/entries", "supervisor", body)) == (403, "not_registrar")
