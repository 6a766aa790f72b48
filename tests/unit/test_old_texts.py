"""Texts that were stored in the form of before go out as they are, until the region loads again."""

from dataclasses import replace
from pathlib import Path

import pytest

from casetrack.domain.delivery.messages import Edition, Happened, Message
from casetrack.domain.service.definition import Name
from casetrack.domain.service.text_form import TextBroken
from casetrack.gateways.messages.old_texts import MAX_RENDERED, filled, is_of_before
from casetrack.gateways.messages.rendering import Rendered, render
from casetrack.gateways.messages.template_list import sample
from tests.unit.test_message_files import FOOT, GOOD, MAIL, SHORT, problems, write
from tests.unit.test_short_messages import USUAL

#: What docs/region-files.md showed before, and the parts that a region might have had.
BEFORE: dict[str, str] = {
    MAIL: """Subject: [{{ number }}] {{ "Mohon dilengkapi"|upper }}
Version: 3

Warga Samarinda yang baik,

{% include "id/_where.txt" %}
{% if due %}
Paling lambat: {{ due }}
{% endif %}
{% for each in requirements %}
* {{ each }}
{% endfor %}
{% include "id/_waiting.txt" %}
{% include "id/_foot.txt" %}
""",
    SHORT: 'Version: 2\n\nMohon lengkapi.{% include "id/short/_due.txt" %}'
    '{% include "id/short/_pay.txt" %}\n',
    FOOT: "\n{% if agency %}Datang ke {{ agency }}. {% endif %}Posisi: {{ status_url }}\n",
    "id/_waiting.txt": "{% if waiting_for == 'court' %}\n\nTunggu sidang.\n{% endif %}",
}
RETURNED = replace(
    sample("case.returned", "id", USUAL.status_url),
    requirements=(Name("KTP", "ID"), Name("Foto", "Photo")),
    due_at=USUAL.due_at,
)


def told(message: Message, channel: str = "email", **texts: str) -> Rendered:
    return render(replace(message, texts=Edition("64.72", 5, texts or BEFORE)), channel)


def test_a_mail_in_the_form_of_before_says_what_it_said() -> None:
    mail = told(replace(RETURNED, waiting_for="court"))
    assert mail.subject == f"[{USUAL.number}] MOHON DILENGKAPI"
    assert mail.template == "id/email/case.returned@3+64.72.5"
    assert mail.text == (
        "Warga Samarinda yang baik,\n\n"
        f"Nomor: {USUAL.number}\nLayanan: Izin Reklame\n"
        "Berkas sekarang ada di: Dinas Lingkungan Hidup\n"
        "Paling lambat: Kamis, 31 Desember 2026 pukul 23.59 WITA\n"
        "* KTP\n* Foto\n\nTunggu sidang.\n\n"
        f"Datang ke Dinas Lingkungan Hidup. Posisi: {USUAL.status_url}\n"
    )
    empty = told(replace(RETURNED, due_at=None, agency=None, requirements=()))
    assert empty.text.endswith(f"Layanan: Izin Reklame\n\nPosisi: {USUAL.status_url}\n")


def test_a_short_text_of_before_has_its_parts_as_they_are_called_now() -> None:
    both = told(replace(RETURNED, waiting_for="payment"), "whatsapp")
    assert both.parameters[2] == (
        "Mohon lengkapi. Paling lambat 31 Des 2026. Giliran Anda: minta kode billing di loket."
    )
    assert told(replace(RETURNED, due_at=None), "whatsapp").parameters[2] == "Mohon lengkapi."


def test_a_part_of_before_stands_in_the_texts_of_the_package() -> None:
    mail = told(replace(USUAL, kind="step.completed", waiting_for="court"))
    assert mail.template == "id/email/step.completed@3+64.72.5"
    assert "\n\nTunggu sidang.\n\nDatang ke Dinas Lingkungan Hidup. Posisi: " in mail.text
    pay = "{% if waiting_for == 'payment' %} Bayar di {{ agency }}.{% endif %}"
    paying = replace(USUAL, kind="step.completed")
    sms = told(paying, "whatsapp", **{"id/short/_pay.txt": pay})
    assert sms.parameters[2] == "Rekomendasi lingkungan selesai. Bayar di Dinas Lingkungan Hidup."
    court = replace(paying, waiting_for="court")
    assert told(court, "sms", **{"id/short/_pay.txt": pay}).text == render(court, "sms").text


def test_several_events_are_listed_by_the_subjects_of_before() -> None:
    several = (Happened("case.opened"), Happened("case.returned"))
    mail = told(replace(RETURNED, happened=several))
    assert "- Berkas Anda sudah kami terima\n- MOHON DILENGKAPI\n" in mail.text


def test_only_what_today_has_no_mark_for_is_of_before() -> None:
    for text in BEFORE.values():
        assert is_of_before(text)
    for text in (*GOOD.values(), "Buka {loket} [[x]]", "{{number}}"):
        assert not is_of_before(text)
    old = told(RETURNED, "whatsapp", **{SHORT: "Version: 1\n\nDatang ke loket [[3]]."})
    assert old.parameters[2] == "Datang ke loket [[3]].", "such brackets were words"


def test_texts_of_before_are_refused_at_the_next_load_with_line_and_cure(tmp_path: Path) -> None:
    write(tmp_path, BEFORE)
    lines = [line.removeprefix("templates/") for line in problems(tmp_path)]
    assert lines[0] == (
        f"{FOOT}:2: '{{% if agency %}}' is no mark of a text; cure: put [[ and ]] around what "
        "falls away when a place in it is empty"
    )
    assert f"{MAIL}:1: " in "".join(lines)
    assert "endif" not in "".join(lines)
    assert f"{MAIL}:6: '{{% include \"id/_where.txt\" %}}' is no mark of a text; " in "".join(lines)
    assert "cure: write {{ _where }}" in "".join(lines)
    assert "id/_waiting.txt:1: what the case waits for is no longer said in one text" in "".join(
        lines
    )


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
    "{% if true %}{{ lipsum }}{% endif %}",
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
    "{{ agency ~ '' }}",
    "{% for a in number %}" * 25 + "{% endfor %}" * 25,
)


@pytest.mark.parametrize("escape", ESCAPES)
def test_what_the_database_holds_cannot_leave_the_sandbox_and_people_are_told_all_the_same(
    escape: str, caplog: pytest.LogCaptureFixture
) -> None:
    """As if somebody had written past the load: the package's text goes out, with its own name."""
    message = replace(RETURNED, agency=None)
    text = f"Version: 1\n\nMohon {escape}"
    with pytest.raises(TextBroken):
        filled(text, {"number": "1", "requirements": ["x"], "agency": None}, lambda part: part)
    assert told(message, "sms", **{SHORT: text}) == render(message, "sms")
    assert "a region's own text for case.returned by sms is broken" in caplog.text
    assert USUAL.number not in caplog.text


def test_a_text_of_before_cannot_grow_without_end() -> None:
    with pytest.raises(TextBroken, match=f"grows beyond {MAX_RENDERED} characters"):
        filled('{% include "id/_foot.txt" %}' * 3, {}, lambda part: "x" * 10_000)


def test_what_a_part_says_is_no_text_of_its_own() -> None:
    words = """a "quoted" 'name' {{ number }} {% endraw %} \\n é"""
    assert filled('{% include "id/_foot.txt" %}', {}, lambda part: words) == f"{words}\n"
