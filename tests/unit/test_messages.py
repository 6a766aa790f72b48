import dataclasses
import re
from datetime import UTC, datetime, timedelta, timezone
from importlib.resources import files

import pytest

from casetrack.domain.delivery.messages import Happened, Message, Payable
from casetrack.domain.service import notices
from casetrack.domain.service.definition import Name
from casetrack.domain.service.notices import TOLD, Kind
from casetrack.gateways.dates import in_language, known_language, local_date, local_moment
from casetrack.gateways.messages.rendering import render

END_OF_TUESDAY = datetime(2026, 12, 1, 15, 59, 59, tzinfo=UTC)
DECISIONS: tuple[Kind, ...] = ("case.granted", "case.refused", "case.deemed_granted")
LANGUAGES = ("id", "en")


def message(kind: Kind = "case.opened", **changes: object) -> Message:
    usual = Message(
        kind=kind,
        language="id",
        number="SMR-REK-2026-000123-8",
        service=Name(id="Izin Reklame", en="Billboard permit"),
        agency=Name(id="Dinas Lingkungan Hidup", en="Environment Agency"),
        due_at=END_OF_TUESDAY,
        zone="Asia/Makassar",
        status_url="https://mpp.example/status?number=SMR-REK-2026-000123-8",
    )
    return dataclasses.replace(usual, **changes)  # type: ignore[arg-type]


# --- dates --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "language", "words"),
    [
        ("Asia/Makassar", "id", "Selasa, 1 Desember 2026 pukul 23.59 WITA"),
        ("Asia/Makassar", "en", "Tuesday, 1 December 2026, 23:59 WITA"),
        ("Asia/Jakarta", "id", "Selasa, 1 Desember 2026 pukul 22.59 WIB"),
        ("Asia/Pontianak", "en", "Tuesday, 1 December 2026, 22:59 WIB"),
        ("Asia/Jayapura", "id", "Rabu, 2 Desember 2026 pukul 00.59 WIT"),
        ("UTC", "en", "Tuesday, 1 December 2026, 15:59 UTC"),
        ("Asia/Kolkata", "en", "Tuesday, 1 December 2026, 21:29 UTC+5:30"),
        ("America/St_Johns", "id", "Selasa, 1 Desember 2026 pukul 12.29 UTC-3:30"),
    ],
)
def test_a_moment_is_told_on_the_wall_clock_of_its_region(
    zone: str, language: str, words: str
) -> None:
    assert local_moment(END_OF_TUESDAY, zone, language) == words


def test_every_day_of_a_year_has_its_own_weekday_and_date_in_both_languages() -> None:
    english = datetime(2026, 1, 1, 12, tzinfo=UTC)
    seen = set()
    for day in (english + timedelta(days=n) for n in range(365)):
        # strftime in the C locale is the independent spelling.
        assert local_date(day, "UTC", "en") == f"{day:%A}, {day.day} {day:%B} {day.year}"
        seen.add(local_date(day, "UTC", "id"))
    assert len(seen) == 365


def test_the_offset_that_a_moment_comes_with_does_not_matter() -> None:
    eastern = END_OF_TUESDAY.astimezone(timezone(timedelta(hours=9)))
    assert local_moment(eastern, "Asia/Makassar", "id") == local_moment(
        END_OF_TUESDAY, "Asia/Makassar", "id"
    )


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        local_moment(END_OF_TUESDAY.replace(tzinfo=None), "Asia/Makassar", "id")


@pytest.mark.parametrize("asked", [None, "", "id", "fr", "ID", "id-ID", "jv", "../en", "english"])
def test_whoever_does_not_ask_for_english_gets_indonesian(asked: str | None) -> None:
    assert known_language(asked) == "id"
    assert in_language(Name(id="satu", en="one"), asked or "") == "satu"


@pytest.mark.parametrize("asked", ["en", "EN", "en-GB", "en_US"])
def test_any_english_is_english(asked: str) -> None:
    assert known_language(asked) == "en"


# --- what a message says --------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", sorted(TOLD))
def test_every_message_says_number_agency_and_where_to_look(kind: Kind, language: str) -> None:
    told = render(message(kind, language=language))
    agency = {"id": "Dinas Lingkungan Hidup", "en": "Environment Agency"}[language]
    assert "SMR-REK-2026-000123-8" in told.subject
    assert "SMR-REK-2026-000123-8" in told.text
    assert agency in told.text
    assert "https://mpp.example/status?number=SMR-REK-2026-000123-8\n" in told.text
    assert told.version >= 1


OVER = {
    *DECISIONS,
    "case.handed_over",
    "case.withdrawn",
    "case.closed",
    "case.corrected",
    "case.annulled",
    "case.revoked",
    "case.suspended",
    "case.reinstated",
}


@pytest.mark.parametrize("kind", sorted(TOLD.keys() - OVER - {"case.paused"}))
def test_while_a_limit_runs_the_message_says_until_when_with_the_weekday(kind: Kind) -> None:
    indonesian, english = (render(message(kind, language=lang)) for lang in LANGUAGES)
    assert "paling lambat" in indonesian.text or "Batas waktu yang baru" in indonesian.text
    assert "Selasa, 1 Desember 2026 pukul 23.59 WITA" in indonesian.text
    assert "Tuesday, 1 December 2026, 23:59 WITA" in english.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", sorted(TOLD))
def test_a_message_reads_well_when_nothing_but_the_number_is_known(
    kind: Kind, language: str
) -> None:
    told = render(message(kind, language=language, agency=None, due_at=None))
    assert "None" not in told.subject + told.text
    assert "\n\n\n" not in told.text
    assert not re.search(r"[{}%]|:\s*$", told.text)
    assert told.text.endswith(".\n")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_return_lists_every_requirement_to_bring_on_a_line_of_its_own(language: str) -> None:
    names = (Name(id="KTP", en="Identity card"), Name(id="Foto lokasi", en="Photo of the spot"))
    told = render(message("case.returned", language=language, requirements=names))
    for name in names:
        assert f"\n- {in_language(name, language)}\n" in told.text


@pytest.mark.parametrize(
    ("waiting_for", "words"),
    [
        ("payment", "silakan membayar"),
        ("applicant", "menunggu kelengkapan dari Anda"),
        ("signature", "tanda tangan"),
        ("external_system", "sistem instansi lain"),
        ("court", "pengadilan"),
    ],
)
def test_a_message_says_for_whom_the_case_waits(waiting_for: str, words: str) -> None:
    assert words in render(message("step.completed", waiting_for=waiting_for)).text
    assert words not in render(message("step.completed")).text


def test_a_step_is_called_by_its_name() -> None:
    step = Name(id="Rekomendasi lingkungan", en="Environment review")
    told = render(message("step.completed", step=step, language="en"))
    assert told.subject == "[SMR-REK-2026-000123-8] Completed: Environment review"
    assert 'The step "Environment review" has been completed.' in told.text


def test_the_receipt_says_that_the_clock_has_not_started_and_the_registration_that_it_has() -> None:
    assert "mulai dihitung setelah berkas dinyatakan lengkap" in render(message()).text
    complete = render(message("case.declared_complete"))
    assert "dinyatakan lengkap dan terdaftar. Waktu penyelesaian mulai dihitung." in complete.text


def test_an_unknown_language_gets_indonesian() -> None:
    assert render(message(language="fr")) == render(message(language="id"))
    assert render(message(language="en")) != render(message(language="id"))


# --- what a message must not say ------------------------------------------------------------------


def test_a_message_has_no_room_for_personal_data() -> None:
    assert {field.name for field in dataclasses.fields(Message)} == {
        "kind",
        "language",
        "number",
        "service",
        "agency",
        "due_at",
        "zone",
        "status_url",
        "waiting_for",
        "step",
        "requirements",
        "happened",
        "texts",
        "office",
        "lacks",
        "until",
        "bill",
        "article",
        "survey_url",
        "lapses",
        "slot",
    }
    assert {field.name for field in dataclasses.fields(Payable)} == {"code", "amount", "due_at"}
    assert {field.name for field in dataclasses.fields(Happened)} == {"kind", "step"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_grant_and_a_refusal_are_told_in_the_same_words(language: str) -> None:
    granted, refused, by_law = (render(message(kind, language=language)) for kind in DECISIONS)
    assert granted == refused == by_law
    said = (granted.subject + granted.text).lower()
    for word in ("kabul", "setuju", "tolak", "grant", "refus", "reject", "approv"):
        assert word not in said


def test_a_line_break_in_a_name_cannot_add_a_line_of_its_own() -> None:
    evil = Name(id="Izin\r\nBcc: a@b.example\n\nBayar ke", en="x")
    told = render(message("step.completed", step=evil, service=evil))
    assert "\n" not in told.subject
    assert "\r" not in told.text
    assert not any(line.startswith(("Bcc", "Bayar ke")) for line in told.text.splitlines())


def test_text_in_a_name_is_never_a_template() -> None:
    told = render(message(service=Name(id="{{ number }} <b>", en="x")))
    assert "Layanan: {{ number }} <b>\n" in told.text


def test_only_events_with_a_text_are_told() -> None:
    for internal in (
        "casetrack.step.claimed",
        "casetrack.step.reassigned",
        "casetrack.step.returned",
    ):
        assert not notices.is_told(internal)
        with pytest.raises(ValueError, match="no message"):
            notices.kind_of(internal)
    assert notices.is_told("casetrack.case.returned")
    assert notices.kind_of("casetrack.case.returned") == "case.returned"


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_is_a_template_for_each_type_and_none_for_another(language: str) -> None:
    folder = files("casetrack.gateways.messages").joinpath("templates", language)
    wanted = {f"{kind}.txt" for kind in TOLD.keys() - DECISIONS}
    for form, frames in ((folder, {"short"}), (folder / "short", {"sms.txt", "whatsapp.txt"})):
        found = {entry.name for entry in form.iterdir() if not entry.name.startswith("_")}
        assert found == wanted | {"case.decided.txt"} | frames
