"""A region's own message texts: what is read, and that each kind of broken one is refused."""

import re
import shutil
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casetrack import demo
from casetrack.domain.delivery.messages import Edition, Happened, Message
from casetrack.domain.errors import BadInput
from casetrack.domain.service.definition import Name
from casetrack.domain.service.notices import TOLD
from casetrack.domain.service.text_form import Filling
from casetrack.gateways.messages.message_texts import Texts, names, source
from casetrack.gateways.messages.rendering import Rendered, render
from casetrack.gateways.messages.template_list import sample
from casetrack.gateways.messages.text_places import PLACES, places_of
from casetrack.gateways.region.message_files import MAX_BYTES, read_texts
from casetrack.gateways.region.region_files import read_region
from tests.support.examples import examples
from tests.unit.test_messages import DECISIONS
from tests.unit.test_short_messages import USUAL

MAIL = "id/case.returned.txt"
SHORT = "id/short/case.returned.txt"
FOOT = "id/_foot.txt"
GOOD: dict[str, str] = {
    MAIL: """Subject: [{{ number }}] Mohon dilengkapi
Version: 3

Warga Samarinda yang baik,

{{ _where }}
[[Paling lambat: {{ due }}]]
[[
Bawalah:
* {{ requirements }}
]]
{{ _foot }}
""",
    SHORT: "Version: 2\n\nMohon lengkapi di MPP.\n",
    FOOT: "\nHubungi 0541-123456. Posisi berkas: {{ status_url }}\n",
    "id/short/sms.txt": "Version: 1\n\nMPP: {{ number }} {{ news }} {{ status_url }}\n",
    "id/short/_several.txt": "{{ count }} kabar; ",
}


def write(folder: Path, texts: dict[str, str]) -> Path:
    for name, text in texts.items():
        path = folder / "templates" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def problems(folder: Path) -> list[str]:
    return [line for file in read_texts(folder)[0] for line in file.lines()]


def test_texts_are_read_by_the_names_of_the_package_with_their_versions(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    (tmp_path / "templates" / ".editor").write_text("swap")
    assert problems(tmp_path) == []
    _, texts = read_texts(tmp_path)
    assert {text.name: text.version for text in texts} == {
        MAIL: 3,
        SHORT: 2,
        FOOT: 0,
        "id/short/sms.txt": 1,
        "id/short/_several.txt": 0,
    }


def test_a_region_without_the_folder_has_no_texts_of_its_own(tmp_path: Path) -> None:
    assert read_texts(tmp_path) == ([], ())


def test_every_text_of_the_package_may_be_a_regions_own_word_for_word(tmp_path: Path) -> None:
    """But for the one that the provider has approved. So that a region can begin with a copy."""
    write(tmp_path, {n: source(n, {}) for n in names() if not n.endswith("/whatsapp.txt")})
    assert problems(tmp_path) == []


HEAD = "Subject: [{{ number }}] Mohon dilengkapi\nVersion: 3"


@pytest.mark.parametrize(
    ("name", "old", "new", "line", "said"),
    [
        (MAIL, "Version: 3\n", "", 1, "no Version; cure: begin with a line 'Version: 1'"),
        (MAIL, HEAD, "Version: 3", 1, "the head says no Subject"),
        (MAIL, "[{{ number }}] Mohon dilengkapi", "", 1, "the head says no Subject"),
        (MAIL, "Version: 3", "Version: tiga", 2, "Version is 'tiga'; cure: give a whole number"),
        (MAIL, "Version: 3", "Version: 0", 2, "Version is '0'; cure: give a whole number"),
        (MAIL, "Version: 3", "Version: 3\nBcc: a@b.example", 3, "a line 'Bcc: a@b.example'"),
        (MAIL, "Version: 3", "Version: 3\nVersion: 4", 3, "a line 'Version: 4'"),
        (MAIL, GOOD[MAIL].partition("\n\n")[2], "", 1, "has no text"),
        (SHORT, "Version: 2", "Subject: a\nVersion: 2", 1, "cure: the head is Version"),
        (SHORT, GOOD[SHORT], "", 1, "the head says no Version"),
        (FOOT, "\nHubungi", "Version: 1\nHubungi", 1, "a part has no head; cure: take the line out"),
        # Marks that are no marks.
        (MAIL, "{{ due }}]]", "{{ due }}", 7, "broken text: [[ stands alone"),
        (MAIL, "[[Paling", "Paling", 7, "broken text: ]] stands alone"),
        (MAIL, "[[Paling", "[[[[Paling", 7, "broken text: [[ stands alone"),
        (MAIL, "{{ due }}", "{{ due }", 7, "broken text: {{ stands alone"),
        (MAIL, "{{ due }}", "{{ due\n}}", 7, "broken text: {{ stands alone"),
        (MAIL, "Warga", "{% Warga", 4, "broken text: {% stands alone"),
        (MAIL, "{{ due }}", "{{ due | }}", 7,
         "'{{ due | }}' is no mark of a text; cure: write one place"),
        (MAIL, "{{ due }}", "{{ name }}", 7, "unknown place 'name'"),
        (MAIL, "{{ due }}", "{{ due }} {{ nmuber }}", 7, "cure: did you mean number?"),
        (MAIL, "{{ due }}", "{{ nik }}", 7, "unknown place 'nik'"),
        (MAIL, "{{ due }}", "{{ access_code }}", 7, "unknown place 'access_code'"),
        (MAIL, "{{ due }}", "{{ step }}", 7, "unknown place 'step'"),
        (MAIL, "{{ due }}", "{{ due.year }}", 7, "is no mark of a text"),
        (MAIL, "{{ due }}", "{{ self }}", 7, "unknown place 'self'"),
        (SHORT, "di MPP", "{{ news }}", 3, "unknown place 'news'"),
        (SHORT, "di MPP", "{{ happened }}", 3, "unknown place 'happened'"),
        (SHORT, "di MPP", "{{ _foot }}", 3, "unknown place '_foot'"),
        (FOOT, "Hubungi", "{{ _where }}", 2, "unknown place '_where'"),
        ("id/short/_several.txt", "{{ count }}", "{{ number }}", 1, "unknown place 'number'"),
        # Pieces and lists.
        (MAIL, "[[Paling lambat: {{ due }}]]", "Paling lambat: {{ due }}", 7,
         "due may be empty; cure: put [[ and ]] around what is to fall away with it"),
        (SHORT, "di MPP", "di {{ agency }}", 3, "agency may be empty"),
        (MAIL, "Mohon dilengkapi", "Mohon dilengkapi {{ agency }}", 1, "agency may be empty"),
        (MAIL, "yang baik", "[[yang baik]]", 4, "nothing in [[ ]] can be empty"),
        (MAIL, "Warga", "[[{{ service }}]] Warga", 4, "nothing in [[ ]] can be empty"),
        (MAIL, "] Mohon dilengkapi", "[[", 1, "broken text: [[ stands alone"),
        (MAIL, "Version: 3\n\nWarga", "Version: 3 [[\n\n {{ agency }} ]]Warga", 2, "ends below it"),
        (MAIL, "dilengkapi", "[[{{ requirements }}]]", 1, "a list stands in the head"),
        (MAIL, "* {{ requirements }}", "{{ happened }} {{ requirements }}", 10,
         "two lists stand in one line"),
        (MAIL, "* {{ requirements }}", "]] x [[ {{ due }} * {{ requirements }}", 10,
         "a piece begins or ends within the line of a list"),
        (MAIL, "Warga", "{{ _foot }} Warga", 12, "_foot stands here for the second time"),
        # What was said so before, and how it is said now.
        (MAIL, "{{ due }}", "{% if due %}{{ due }}{% endif %}", 7,
         "'{% if due %}' is no mark of a text; cure: put [[ and ]] around what falls away"),
        (MAIL, "{{ due }}", "{% if not due %}a{% else %}{{ due }}{% endif %}", 7,
         "cure: put [[ and ]] around"),
        (MAIL, "{{ due }}", "{% if waiting_for == 'court' %}a{% endif %}", 7,
         "cure: write {{ _waiting }}; what it"),
        (MAIL, "{{ due }}", "{{ waiting_for }}", 7, "cure: write {{ _waiting }}: it says"),
        (MAIL, "{{ due }}", "{% for each in requirements %}", 7,
         "cure: write a line such as - {{ requirements }}: it is written once for each"),
        (MAIL, "{{ due }}", "{% for each in requirements %}{{ each }}{% endfor %}", 7,
         "unknown place 'each'; cure: write {{ requirements }}: the line is written once for each"),
        (MAIL, "{{ _where }}", '{% include "id/_where.txt" %}', 6, "cure: write {{ _where }}"),
        (SHORT, "di MPP", '{% include "id/short/_several.txt" %}', 3, "cure: take it out"),
        (SHORT, "di MPP", '{% include "id/short/_pay.txt" %}', 3, "cure: write {{ _waiting }}"),
        (MAIL, "{{ due }}", "{{ due|upper }}", 7, "cure: write one place alone, such as {{ number }}"),
        (MAIL, "{{ due }}", "{{ 'a' ~ due }}", 7, "cure: write one place alone, such as {{ number }}"),
        (MAIL, "{{ due }}", "{% set x = due %}", 7, "cure: take it out"),
        (MAIL, "{{ due }}", "{# remark #}", 7, "cure: take it out"),
        # What people would not be told, or at too great a length.
        (MAIL, "[[Paling lambat: {{ due }}]]", "besok",1,
         "it does not tell due, which casetrack's own text does"),
        (MAIL, "* {{ requirements }}", "* {{ happened }}", 1, "does not tell requirements"),
        (FOOT, "{{ status_url }}", "di loket", 1, "it does not tell status_url"),
        (FOOT, "{{ status_url }}", "[[{{ status_url }} {{ agency }}]]", 1,
         "by email: the status_url does not stand in it whatever else is missing"),
        ("id/short/sms.txt", "{{ number }} ", "", 1, "it does not tell number"),
        ("id/short/sms.txt", "{{ news }}", "kabar", 1, "it does not tell news"),
        ("id/short/sms.txt", "MPP: {{ number }}", "[[{{ agency }} {{ number }}]]", 1,
         "by sms: the number does not stand in it whatever else is missing"),
        (SHORT, "Mohon lengkapi", "Mohon lengkapi! " * 25, 1, "by sms: an SMS of 4 parts"),
        (SHORT, "Mohon lengkapi", "ş " * 80, 1, "by sms: an SMS of 4 parts, more than 3"),
        (SHORT, "Mohon lengkapi", "Mohon lengkapi " + "[[{{ agency }}]] " * 16, 1, "SMS of 4 parts"),
        (SHORT, "Mohon lengkapi di MPP.", "[[Paling lambat {{ due }}.]]", 1,
         "by whatsapp: it cannot be filled, it says nothing once everything is left out"),
        (MAIL, "Mohon dilengkapi", "Mohon dilengkapi " * 15, 1, "the subject has 2"),
        (MAIL, "[{{ number }}] Mohon dilengkapi", "[[{{ agency }}]]", 1,
         "its head has no Version or no Subject"),
        (MAIL, "Warga", "Warga\x07", 4, "there is a character that cannot be shown"),
        (MAIL, "Warga", "Warga\u2028Bayar", 4, "there is a character that cannot be shown"),
        (MAIL, "Warga", "x" * MAX_BYTES, 1, "is larger than 16 KiB"),
    ],
)  # fmt: skip
def test_a_broken_text_is_refused_with_its_line_and_a_cure(
    tmp_path: Path, name: str, old: str, new: str, line: int, said: str
) -> None:
    write(tmp_path, {**GOOD, name: GOOD[name].replace(old, new, 1)})
    found = problems(tmp_path)
    assert all(re.fullmatch(r"\S+:\d+: .+; cure: .+", each) for each in found), found
    assert [
        each for each in found if each.startswith(f"templates/{name}:{line}: ") and said in each
    ], found


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "id/case.retruned.txt",
            "no text is called that; cure: did you mean id/case.returned.txt?",
        ),
        ("case.returned.txt", "no text is called that"),
        ("jv/case.returned.txt", "no text is called that"),
        ("id/case.returned.yaml", "no text is called that"),
        ("id/_salam.txt", "no text is called that"),
        (
            "id/_waiting.txt",
            "what the case waits for is no longer said in one text; cure: write what it "
            "says in a text for each reason, such as id/_waiting.payment.txt; take this one out",
        ),
        ("en/short/_pay.txt", "what the case waits for is no longer said in one text"),
        ("id/short/whatsapp.txt", "these are the words that the provider has approved"),
        ("en/short/whatsapp.txt", "these are the words that the provider has approved"),
    ],
)
def test_a_file_that_no_message_would_use_is_refused(tmp_path: Path, name: str, said: str) -> None:
    write(tmp_path, {**GOOD, name: GOOD[SHORT]})
    (one,) = problems(tmp_path)
    assert one.startswith(f"templates/{name}:1: {said}")


def test_what_is_no_text_or_no_folder_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD) / "templates" / MAIL
    path.write_bytes(b"Version: 1\n\n\xff\n")
    (one,) = problems(tmp_path)
    assert "templates/id/case.returned.txt:3: byte 0xff is not UTF-8" in one
    shutil.rmtree(tmp_path / "templates")
    (tmp_path / "templates").write_text("Version: 1")
    assert problems(tmp_path) == [
        "templates:1: is no folder; cure: make it a folder, or take it out"
    ]


def test_texts_are_refused_together_with_the_other_files_in_one_message(tmp_path: Path) -> None:
    folder = tmp_path / "samarinda"
    (source_folder,) = (one for one in demo.folders() if one.name == "samarinda")
    shutil.copytree(source_folder, folder)
    assert [text.name for text in read_region(folder).texts] == [SHORT]
    write(folder, {MAIL: "Version: 1\n\n{{ nik }}", SHORT: "x"})
    (folder / "agencies.yaml").write_text("[]\n")
    with pytest.raises(BadInput) as refusal:
        read_region(folder)
    told = str(refusal.value)
    for word in ("agencies", f"templates/{MAIL}:3: unknown place 'nik'", f"templates/{SHORT}:1: "):
        assert word in told


def test_the_text_that_the_docs_show_is_read_and_the_refusal_is_what_is_said(
    tmp_path: Path,
) -> None:
    page = (Path(__file__).resolve().parent.parent.parent / "docs/region-files.md").read_text()
    (shown,) = re.findall(r"^`templates/id/case.returned.txt`\n\n```\n(.*?)^```", page, re.M | re.S)
    write(tmp_path, {MAIL: shown})
    assert problems(tmp_path) == []
    write(tmp_path, {MAIL: shown.replace("{{ due }}", "{{ deu }}")})
    assert problems(tmp_path) == re.findall(r"^    (templates/.+:\d+: .+)$", page, re.M)


def test_a_line_end_of_another_system_changes_nothing(tmp_path: Path) -> None:
    write(tmp_path, {})
    path = tmp_path / "templates" / SHORT
    path.parent.mkdir(parents=True)
    path.write_bytes(b"\xef\xbb\xbfVersion: 2\r\n\r\nMohon lengkapi.\r\n")
    _, (text,) = read_texts(tmp_path)
    assert (problems(tmp_path), text.text) == ([], "Version: 2\n\nMohon lengkapi.\n")


# --- what is said with them -----------------------------------------------------------------------


def own(**texts: str) -> Edition:
    return Edition("64.72", 5, texts or GOOD)


def told_with(texts: Edition, message: Message, channel: str = "email") -> Rendered:
    return render(replace(message, texts=texts), channel)


def test_a_message_in_the_regions_words_says_so_in_its_template() -> None:
    message = sample("case.returned", "id", USUAL.status_url)
    mail = told_with(own(), message, "email")
    assert mail.subject == "[SMR-REK-2026-000123-8] Mohon dilengkapi"
    assert (mail.template, mail.version, mail.own) == ("id/email/case.returned@3+64.72.5", 3, True)
    assert "* Foto lokasi\n" in mail.text
    assert mail.text.endswith(f"Hubungi 0541-123456. Posisi berkas: {USUAL.status_url}\n")
    sms = told_with(own(), message, "sms")
    assert sms.template == "id/sms/case.returned@2+64.72.5"
    assert sms.text == f"MPP: {USUAL.number} Mohon lengkapi di MPP. {USUAL.status_url}"
    whatsapp = told_with(own(), message, "whatsapp")
    assert (whatsapp.parameters[2], whatsapp.own) == ("Mohon lengkapi di MPP.", True)


def test_a_package_text_with_a_part_of_the_regions_says_so_too() -> None:
    mail = told_with(own(), sample("case.opened", "id", USUAL.status_url))
    assert (mail.template, mail.own) == ("id/email/case.opened@2+64.72.5", True)
    assert "0541-123456" in mail.text


def test_where_the_region_has_no_words_the_package_speaks_as_if_there_was_no_region() -> None:
    for kind in TOLD:
        for channel in ("email", "sms", "whatsapp"):
            message = replace(USUAL, kind=kind, language="en")
            assert told_with(own(), message, channel) == render(message, channel)


def test_several_events_are_counted_and_listed_in_the_regions_words() -> None:
    several = (Happened("case.opened"), Happened("case.returned"))
    message = replace(USUAL, kind="case.returned", happened=several)
    assert "2 kabar; Mohon lengkapi" in told_with(own(), message, "sms").text
    assert "- Mohon dilengkapi\n" in told_with(own(), message, "email").text


def test_a_grant_and_a_refusal_are_still_told_in_the_same_words() -> None:
    texts = own(**{"id/short/case.decided.txt": "Version: 1\n\nAda keputusan di MPP."})
    granted, refused, by_law = (
        told_with(texts, replace(USUAL, kind=kind), "sms") for kind in DECISIONS
    )
    assert granted == refused == by_law
    assert "Ada keputusan di MPP." in granted.text


BREAKS = ("{{ nik }}", "{{ step }}", "{{ _secret }} {{ nik }}", "{{ requirements }} {{ happened }}")


@pytest.mark.parametrize("broken", BREAKS)
def test_people_are_told_all_the_same_when_the_database_holds_a_text_that_cannot_be_filled(
    broken: str, caplog: pytest.LogCaptureFixture
) -> None:
    """As if somebody had written past the load: the package's text goes out, with its own name."""
    message = replace(sample("case.returned", "id", USUAL.status_url), step=None, agency=None)
    for name, channel in ((SHORT, "sms"), (MAIL, "email")):
        text = f"Subject: x\nVersion: 1\n\nMohon {broken}"
        assert told_with(own(**{name: text}), message, channel) == render(message, channel)
        assert f"a region's own text for case.returned by {channel} is broken" in caplog.text
    assert USUAL.number not in caplog.text
    several = replace(message, happened=(Happened("case.opened"), Happened("case.returned")))
    counted = own(**{"id/short/_several.txt": "{{ _waiting }} {{ count }} {{ number }}"})
    assert told_with(counted, several, "sms") == render(several, "sms")


def test_a_part_cannot_go_round_in_circles() -> None:
    message = sample("case.returned", "id", USUAL.status_url)
    texts = own(**{FOOT: "{{ _foot }} {{ status_url }}"})
    assert told_with(texts, message) == render(message)


PIECES = (
    "Kabar baru.",
    "{{ agency }}",
    "[[{{ agency }}]]",
    "[[Paling lambat {{ due }}]]",
    "[[{{ due }} di {{ agency }}.]]",
    "[[{{ step }}]]",
    "[[Bawa {{ requirements }}]]",
    "[[Bawa:\n- {{ requirements }}\n]]",
    "- {{ requirements }}",
    "[[{{ service }}]]",
    "{{ _due }}",
    "[[{{ _waiting }}]]",
    "{{ _waiting }}",
    "[[ {{ due }}",
    "{{ number }} ]]",
    "{% if due %}{{ due }}{% endif %}",
)


@settings(deadline=None, max_examples=examples(40))
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=4), st.data())
def test_whatever_passes_the_load_can_be_told_of_every_message(
    pieces: list[str], data: st.DataObject
) -> None:
    with TemporaryDirectory() as folder:
        text = "Version: 1\n\n" + " ".join(pieces)
        write(Path(folder), {SHORT: text})
        refused = problems(Path(folder))
    full = sample("case.returned", "id", USUAL.status_url)
    waits = (None, "applicant", "payment", "signature", "external_system", "court")
    message = replace(
        full,
        agency=data.draw(st.sampled_from((None, full.agency))),
        due_at=data.draw(st.sampled_from((None, full.due_at))),
        step=data.draw(st.sampled_from((None, full.service))),
        requirements=data.draw(st.sampled_from(((), full.requirements, full.requirements * 9))),
        waiting_for=data.draw(st.sampled_from(waits)),
    )
    told = told_with(own(**{SHORT: text}), message, "whatsapp")
    assert refused or told.own
    assert "None" not in told.text
    assert refused or not re.search(r"[{}\[\]]", told.text)


def test_a_word_that_looks_like_a_mark_is_shown_as_it_is() -> None:
    message = replace(
        sample("case.returned", "id", USUAL.status_url),
        agency=Name("[[x]] {{ number }}", "x"),
        requirements=(Name("{{ _foot }} [[ {% if %}", "x"),),
    )
    for texts in (own(), None):
        told = render(replace(message, texts=texts)).text
        assert ": [[x]] {{ number }}\n" in told
        assert " {{ _foot }} [[ {% if %}\n" in told


def test_a_list_in_a_short_text_stands_in_one_line() -> None:
    texts = own(**{SHORT: "Version: 1\n\nMohon lengkapi[[: {{ requirements }}]]. Terima kasih."})
    full = sample("case.returned", "id", USUAL.status_url)
    two = replace(full, requirements=(Name("KTP", "ID"), Name("Foto", "Photo")))
    assert told_with(texts, two, "whatsapp").parameters[2] == (
        "Mohon lengkapi: KTP, Foto. Terima kasih."
    )
    none = replace(full, requirements=())
    assert told_with(texts, none, "whatsapp").parameters[2] == "Mohon lengkapi. Terima kasih."


def test_a_region_may_say_in_its_own_words_for_what_a_case_waits() -> None:
    name = "id/short/_waiting.payment.txt"
    texts = own(**{name: "Bayar di Bapenda."})
    paying = replace(USUAL, kind="step.completed", waiting_for="payment")
    assert "selesai. Bayar di Bapenda." not in told_with(texts, paying, "sms").text
    assert "selesai.Bayar di Bapenda." in told_with(texts, paying, "sms").text
    assert told_with(texts, paying, "sms").own
    court = replace(paying, waiting_for="court")
    assert told_with(texts, court, "sms") == render(court, "sms")


def test_every_place_of_every_text_has_a_meaning_and_every_meaning_a_text() -> None:
    has = {place for name in names() for place in places_of(name) if not place.startswith("_")}
    assert has == set(PLACES)


def test_which_texts_were_used_is_remembered_with_the_one_about_the_event_first() -> None:
    texts = Texts(own())
    words: dict[str, Filling] = {
        "waiting_for": "court",
        "due": None,
        "happened": [],
        "agency": None,
        "requirements": [],
    }
    known = {"number": "1", "service": "x", "status_url": "u"}
    texts.filled("id/step.completed.txt", {**words, **known, "step": None})
    assert texts.used == [
        "id/step.completed.txt",
        "id/_where.txt",
        "id/_due.txt",
        "id/_waiting.court.txt",
        "id/_foot.txt",
    ]
    assert texts.region == "64.72.5"


def test_the_package_is_what_the_names_come_from() -> None:
    folder = files("casetrack.gateways.messages") / "templates"
    assert {
        path.relative_to(str(folder)).as_posix() for path in Path(str(folder)).rglob("*.txt")
    } == names()
