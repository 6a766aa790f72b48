"""What an SMS and a WhatsApp message say, how long they are, and what they must not say."""

import dataclasses
import re
from datetime import UTC, datetime

import pytest

from casetrack.domain.delivery.messages import Happened, Message
from casetrack.domain.service.definition import Name
from casetrack.domain.service.notices import TOLD, Kind
from casetrack.gateways.messages.rendering import SHORT, render
from casetrack.gateways.messages.segments import is_gsm7, segments

LANGUAGES = ("id", "en")
USUAL = Message(
    kind="case.opened",
    language="id",
    number="SMR-REK-2026-000123-8",
    service=Name("Izin Reklame", "Billboard permit"),
    agency=Name("Dinas Lingkungan Hidup", "Environment Agency"),
    due_at=datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC),
    zone="Asia/Makassar",
    status_url="https://mpp.samarindakota.go.id/status",
    waiting_for="payment",
    step=Name("Rekomendasi lingkungan", "Environment review"),
    office=Name("DPMPTSP Kota Samarinda", "One-door service office"),
)


def message(**changes: object) -> Message:
    return dataclasses.replace(USUAL, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", sorted(TOLD))
def test_an_sms_is_one_part_in_the_basic_alphabet_and_says_where_to_look(
    kind: Kind, language: str
) -> None:
    told = render(message(kind=kind, language=language), "sms")
    assert is_gsm7(told.text)
    assert segments(told.text) == 1, len(told.text)
    office = {"id": "DPMPTSP Kota Samarinda", "en": "One-door service office"}[language]
    assert told.text.startswith(f"{office}: SMR-REK-2026-000123-8: ")
    assert told.text.endswith(" https://mpp.samarindakota.go.id/status")
    assert "None" not in told.text
    assert not re.search(r"[{}%\n]| {2}", told.text)


@pytest.mark.parametrize("channel", ["email", *SHORT])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_template_that_was_used_has_a_name_with_a_version(channel: str, language: str) -> None:
    told = render(message(kind="case.granted", language=language), channel)
    assert told.template == f"{language}/{channel}/case.decided@{told.version}"
    assert len(told.template) <= 96


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", sorted(TOLD))
def test_whatsapp_gets_the_places_of_its_template_each_one_line_and_none_empty(
    kind: Kind, language: str
) -> None:
    told = render(message(kind=kind, language=language), "whatsapp")
    number, service, news, url = told.parameters
    assert (number, url) == (USUAL.number, USUAL.status_url)
    assert service in (
        "Izin Reklame, DPMPTSP Kota Samarinda",
        "Billboard permit, One-door service office",
    )
    for place in told.parameters:
        # What the provider refuses in a parameter: line breaks, tabs, more than four spaces.
        assert place.strip()
        assert not re.search(r"[\n\t]| {4}", place)
    for place in (number, service, news, url):
        assert place in told.text


@pytest.mark.parametrize("channel", SHORT)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_short_grant_and_a_short_refusal_are_told_in_the_same_words(
    channel: str, language: str
) -> None:
    granted, refused = (
        render(message(kind=f"case.{kind}", language=language), channel)
        for kind in ("granted", "refused")
    )
    assert granted == refused


@pytest.mark.parametrize("channel", SHORT)
def test_a_short_message_says_the_limit_where_one_runs(channel: str) -> None:
    told = render(message(kind="case.declared_complete"), channel)
    assert "Paling lambat 31 Des 2026." in told.text
    english = render(message(kind="case.extended", language="en"), channel)
    assert "Due by 31 Dec 2026." in english.text
    without = render(message(kind="case.declared_complete", due_at=None), channel)
    assert "lambat" not in without.text


SEVERAL = (
    Happened("case.opened"),
    Happened("case.declared_complete"),
    Happened("step.completed", Name("Rekomendasi lingkungan", "Environment review")),
)


@pytest.mark.parametrize("channel", SHORT)
def test_a_short_message_about_several_events_counts_them_and_says_the_newest(channel: str) -> None:
    told = render(message(kind="step.completed", happened=SEVERAL), channel)
    assert "3 kabar, terakhir: Rekomendasi lingkungan selesai." in told.text
    english = render(message(kind="step.completed", happened=SEVERAL, language="en"), "sms")
    assert "3 news, latest: Environment review is done." in english.text
    assert segments(english.text) <= 2


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        (
            "id",
            "Perkembangan sejak pesan terakhir:\n- Berkas Anda sudah kami terima\n"
            "- Berkas Anda lengkap, waktu mulai dihitung\n- Selesai: Rekomendasi lingkungan\n",
        ),
        (
            "en",
            "What has happened since the last message:\n- We have received your file\n"
            "- Your file is complete, the clock has started\n- Completed: Environment review\n",
        ),
    ],
)
def test_a_mail_about_several_events_lists_them_and_says_the_newest_state(
    language: str, lines: str
) -> None:
    told = render(message(kind="step.completed", happened=SEVERAL, language=language))
    assert lines in told.text
    assert "Environment review" in told.subject or "Rekomendasi lingkungan" in told.subject
    alone = render(message(kind="step.completed", language=language))
    assert "sejak kabar" not in alone.text
    assert "since the last" not in alone.text


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("é" * 160, 1),
        ("ş" * 70, 1),
        ("ş" * 71, 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_the_parts_of_an_sms_are_counted_as_the_network_does(text: str, parts: int) -> None:
    assert segments(text) == parts
