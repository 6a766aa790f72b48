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
from casetrack.domain.errors import BadInput
from casetrack.gateways.messages.message_texts import (
    MAX_RENDERED,
    OwnTexts,
    TextBroken,
    names,
    source,
)
from casetrack.gateways.messages.rendering import TYPES, Happened, Message, render
from casetrack.gateways.messages.template_list import sample
from casetrack.gateways.region.message_files import MAX_BYTES, read_texts
from casetrack.gateways.region.region_files import read_region
from tests.unit.test_short_messages import USUAL

MAIL = "id/case.returned.txt"
SHORT = "id/short/case.returned.txt"
FOOT = "id/_foot.txt"
GOOD: dict[str, str] = {
    MAIL: """Subject: [{{ number }}] Mohon dilengkapi
Version: 3

Warga Samarinda yang baik,

{% include "id/_where.txt" %}
{% if due %}
Paling lambat: {{ due }}
{% endif %}
{% for each in requirements %}
* {{ each }}
{% endfor %}
{% include "id/_foot.txt" %}
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
BOMB = "{% for each in requirements %}{{ each }}{% endfor %}"


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
        (MAIL, "{% endif %}", "", 13, "broken template: "),
        (MAIL, "{{ due }}", "{{ due }", 8, "broken template: "),
        (MAIL, "{{ due }}", "{{ due | }}", 8, "broken template: "),
        (MAIL, "{{ due }}", "{{ name }}", 8, "unknown place 'name'"),
        (MAIL, "{{ due }}", "{{ due }} {{ nmuber }}", 8, "cure: did you mean number?"),
        (MAIL, "* {{ each }}", "* {{ loop }}", 11, "unknown place 'loop'"),
        (SHORT, "di MPP", "{{ news }}", 3, "unknown place 'news'"),
        (SHORT, "di MPP", "{% for a in happened %}{% endfor %}", 3, "for goes through what is no list"),
        ("id/short/_several.txt", "{{ count }}", "{{ number }}", 1, "unknown place 'number'"),
        (MAIL, "{{ due }}", "{{ due.year }}", 8, "a text has no attributes to ask for"),
        (MAIL, "{{ due }}", "{{ due['x'] }}", 8, "a text has no items to ask for"),
        (MAIL, "{{ due }}", "{{ due() }}", 8, "nothing can be called"),
        (MAIL, "{{ due }}", "{{ due * 9 }}", 8, "Mul cannot be used"),
        (MAIL, "{{ due }}", "{{ [due, step] }}", 8, "List cannot be used"),
        (MAIL, "{{ due }}", "{{ (due, step) }}", 8, "Tuple cannot be used"),
        (MAIL, "{{ due }}", "{{ " + "1" * 5000 + " }}", 1, "or has too large a number"),
        (MAIL, "{{ due }}", "{{ due }} {{ requirements }}", 1, "a list is shown as it is"),
        (MAIL, "{{ due }}", "{% set x = due %}", 8, "Assign cannot be used"),
        (MAIL, "{{ due }}", "{% macro m() %}{% endmacro %}", 8, "Macro cannot be used"),
        (MAIL, "{{ due }}", '{% extends "id/_foot.txt" %}', 8, "Extends cannot be used"),
        (MAIL, "{{ due }}", '{% import "id/_foot.txt" as f %}', 8, "Import cannot be used"),
        (MAIL, "{{ due }}", "{% filter upper %}a{% endfilter %}", 8, "FilterBlock cannot be used"),
        (MAIL, "{{ due }}", "{{ due|center(9) }}", 8, "the filter 'center' cannot be used"),
        (MAIL, "{{ due }}", "{{ due|trim('x') }}", 8, "the filter trim takes nothing"),
        (MAIL, "{{ due }}", "{{ due|uper }}", 8, "cure: did you mean upper?"),
        (MAIL, "{{ due }}", "{{ due is defined }}", 8, "Test cannot be used"),
        (MAIL, "* {{ each }}", f"* {{{{ each }}}}{BOMB}", 11, "for stands inside another for"),
        (MAIL, "in requirements", "in number", 10, "for goes through what is no list"),
        (MAIL, "for each in", "for due in", 10, "for needs one new word"),
        (MAIL, "* {{ each }}", '{% include "id/_foot.txt" %}', 11, "include stands in a part"),
        (FOOT, "Hubungi", '{% include "id/_due.txt" %}', 2, "include stands in a part"),
        (MAIL, "id/_where.txt", "id/_whre.txt", 6, "cure: did you mean id/_where"),
        (MAIL, "id/_where.txt", "en/_where.txt", 6, "includes 'en/_where.txt'"),
        (MAIL, "id/_where.txt", "../../secret.key", 6, "includes '../../secret.key'"),
        (MAIL, "id/_where.txt", "id/case.opened.txt", 6, "includes 'id/case.opened.txt'"),
        (MAIL, '"id/_where.txt"', "number", 6, "includes what is no name"),
        (MAIL, "{{ due }}", "{{ " + "(" * 500 + "due" + ")" * 500 + " }}", 1, "is nested too deeply"),
        (MAIL, "{{ due }}", "{% if due %}" * 25 + "{% endif %}" * 25, 8, "is nested too deeply"),
        (MAIL, "{{ due }}", "besok", 1, "it does not tell due, which casetrack's own text does"),
        (MAIL, "in requirements", "in happened", 1, "tell requirements, which casetrack's own text does; "
         "cure: go through it with {% for each in requirements %}"),
        (FOOT, "{{ status_url }}", "di loket", 1, "it does not tell status_url"),
        ("id/short/sms.txt", "{{ number }} ", "", 1, "it does not tell number"),
        ("id/short/sms.txt", "{{ news }}", "kabar", 1, "it does not tell news"),
        (FOOT, "{{ status_url }}", "{{ status_url|upper }}", 1,
         "by email: the status_url does not stand in it as it is"),
        (MAIL, "Warga", "{% if step %}{{ agency }}{% endif %}", 1, "a word is shown that may be missing"),
        (MAIL, "Warga", "{{ self }}", 4, "unknown place 'self'"),
        (SHORT, "Mohon", "{{ step }}", 1, "may be missing: put {% if ... %} around it"),
        (SHORT, "Mohon", "{{ step|lower }}", 1, "a word is shown that may be missing"),
        (SHORT, "Mohon", "{{ 'a' ~ agency }}", 1, "a word is shown that may be missing"),
        (SHORT, "Mohon lengkapi", "Mohon lengkapi! " * 25, 1, "by sms: an SMS of 4 parts"),
        (SHORT, "Mohon lengkapi", "ş " * 80, 1, "by sms: an SMS of 4 parts, more than 3"),
        (SHORT, "Mohon lengkapi di MPP.", "{{ '' }}", 1, "by whatsapp: the news has 0 characters"),
        (MAIL, "Mohon dilengkapi", "Mohon dilengkapi " * 15, 1, "the subject has 2"),
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


def own(**texts: str) -> OwnTexts:
    return OwnTexts("64.72", 5, texts or GOOD)


def test_a_message_in_the_regions_words_says_so_in_its_template() -> None:
    message = sample("case.returned", "id", USUAL.status_url)
    mail = render(message, "email", own())
    assert mail.subject == "[SMR-REK-2026-000123-8] Mohon dilengkapi"
    assert (mail.template, mail.version, mail.own) == ("id/email/case.returned@3+64.72.5", 3, True)
    assert "* Foto lokasi\n" in mail.text
    assert mail.text.endswith(f"Hubungi 0541-123456. Posisi berkas: {USUAL.status_url}\n")
    sms = render(message, "sms", own())
    assert sms.template == "id/sms/case.returned@2+64.72.5"
    assert sms.text == f"MPP: {USUAL.number} Mohon lengkapi di MPP. {USUAL.status_url}"
    whatsapp = render(message, "whatsapp", own())
    assert (whatsapp.parameters[2], whatsapp.own) == ("Mohon lengkapi di MPP.", True)


def test_a_package_text_with_a_part_of_the_regions_says_so_too() -> None:
    mail = render(sample("case.opened", "id", USUAL.status_url), "email", own())
    assert (mail.template, mail.own) == ("id/email/case.opened@1+64.72.5", True)
    assert "0541-123456" in mail.text


def test_where_the_region_has_no_words_the_package_speaks_as_if_there_was_no_region() -> None:
    for event_type in sorted(TYPES):
        for channel in ("email", "sms", "whatsapp"):
            message = replace(USUAL, event_type=event_type, language="en")
            assert render(message, channel, own()) == render(message, channel)


def test_several_events_are_counted_and_listed_in_the_regions_words() -> None:
    several = (Happened("casetrack.case.opened"), Happened("casetrack.case.returned"))
    message = replace(USUAL, event_type="casetrack.case.returned", happened=several)
    assert "2 kabar; Mohon lengkapi" in render(message, "sms", own()).text
    assert "- Mohon dilengkapi\n" in render(message, "email", own()).text


def test_a_grant_and_a_refusal_are_still_told_in_the_same_words() -> None:
    texts = own(**{"id/short/case.decided.txt": "Version: 1\n\nAda keputusan di MPP."})
    granted, refused = (
        render(replace(USUAL, event_type=f"casetrack.case.{kind}"), "sms", texts)
        for kind in ("granted", "refused")
    )
    assert granted == refused
    assert "Ada keputusan di MPP." in granted.text


ESCAPES = (
    "{{ number.__class__.__mro__ }}",
    "{{ number['__class__'] }}",
    "{{ number.upper() }}",
    "{{ number.upper }}",
    "{{ number[0] }}",
    "{{ requirements[0] }}",
    "{% macro m() %}x{% endmacro %}{{ m() }}",
    "{% for a in requirements %}{{ loop.index }}{% endfor %}",
    "{{ '%s'.format(1) }}",
    "{{ requirements.append('x') }}",
    "{{ self.__init__.__globals__ }}",
    "{{ cycler.__init__.__globals__.os }}",
    "{{ lipsum }}",
    "{{ range(9) }}",
    "{{ number|attr('__class__') }}",
    "{{ requirements|map('upper') }}",
    "{{ [number]|map(attribute='__class__')|list }}",
    "{{ 'a' * 999999999 }}",
    "{{ 'a' + number }}",
    "{{ 9 ** 9 }}",
    "{{ -9 }}",
    "{% for a in range(9) %}{{ a }}{% endfor %}",
    "{% include '/etc/passwd' %}",
    "{% include '../messages.py' %}",
    "{% import 'os' as os %}{{ os }}",
    "{% if %}",
    "{% for a in number %}" * 25 + "{% endfor %}" * 25,
)


@pytest.mark.parametrize("escape", ESCAPES)
def test_what_the_database_holds_cannot_leave_the_sandbox_and_people_are_told_all_the_same(
    escape: str, caplog: pytest.LogCaptureFixture
) -> None:
    """As if somebody had written past the load: the package's text goes out, with its own name."""
    texts = own(**{SHORT: f"Version: 1\n\nMohon {escape}"})
    message: Message = sample("case.returned", "id", USUAL.status_url)
    with pytest.raises(TextBroken):
        texts.filled(SHORT, {"number": "1", "requirements": ["x"]})
    assert render(message, "sms", texts) == render(message, "sms")
    assert "a region's own text for case.returned by sms is broken" in caplog.text
    assert USUAL.number not in caplog.text


PIECES = (
    "Kabar baru.",
    "{{ agency }}",
    "{{ due }}",
    "{{ step|upper }}",
    "{{ waiting_for ~ '.' }}",
    "{{ 'a' if step else agency }}",
    "{% if due %}{{ due }}{% endif %}",
    "{% if step and agency %}{{ step }} {{ agency }}{% endif %}",
    "{% if step or agency %}{{ step }}{% endif %}",
    "{% if waiting_for == 'payment' %}{{ agency }}{% else %}Tunggu.{% endif %}",
    "{% if requirements %}{{ due }}{% endif %}",
    "{% for each in requirements %}{{ each }}{{ step }}{% endfor %}",
    "{{ requirements|length }}",
    "{{ service.id }}",
    '{% include "id/short/_due.txt" %}',
)


@settings(deadline=None, max_examples=40)
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
    told = render(message, "whatsapp", own(**{SHORT: text}))
    assert refused or told.own
    assert "None" not in told.text


def test_a_text_cannot_grow_without_end() -> None:
    part = "x" * 10_000
    texts = own(**{SHORT: 'Version: 1\n\n{% include "id/short/_due.txt" %}' * 3,
                   "id/short/_due.txt": part})  # fmt: skip
    with pytest.raises(TextBroken, match=f"grows beyond {MAX_RENDERED} characters"):
        texts.filled(SHORT, {})


def test_the_package_is_what_the_names_come_from() -> None:
    folder = files("casetrack.gateways.messages") / "templates"
    assert {
        path.relative_to(str(folder)).as_posix() for path in Path(str(folder)).rglob("*.txt")
    } == names()
