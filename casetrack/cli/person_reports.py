"""casetrack subject report / affected: what a person may ask, and whom a stolen account saw."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import click

from casetrack.cli.common import STDIN, plain_errors, program, read_private, table
from casetrack.domain.errors import BadInput
from casetrack.domain.events import parse_instant
from casetrack.domain.people.readings import Kind
from casetrack.gateways.dates import local_moment
from casetrack.usecases.context import Context
from casetrack.usecases.delivery.person_report import person_report
from casetrack.usecases.people import subjects
from casetrack.usecases.people.affected import affected as affected_by
from casetrack.usecases.people.subjects import Person
from casetrack.web.delivery.message_words import STANDS, what

_DAY = click.DateTime(["%Y-%m-%d"])
_MOMENT = click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"])

#: Kind of look → what is seen of a person by it (Bahasa Indonesia, English).
_SEEN: Mapping[Kind, tuple[str, str]] = {
    "case": (
        "membuka berkas: nama, NIK, catatan, dokumen; di luar loket NIK disamarkan dan tanpa kontak",
        "opened the case: name, NIK, notes, papers; outside the counter the NIK masked, no contact",
    ),
    "list": (
        "melihat nama dan NIK yang disamarkan dalam daftar",
        "saw the name and the masked NIK on a list",
    ),
    "search": (
        "menemukan dalam pencarian: nama atau inisial, NIK yang disamarkan",
        "found in a search: name or initials, the masked NIK",
    ),
    "print": (
        "mencetak tanda terima, bukti pendaftaran atau produk",
        "printed a receipt, a registration or a product",
    ),
    "export": (
        "mengeluarkan semua data yang disimpan",
        "gave out all data that are kept",
    ),
    "complaint": (
        "membaca pengaduan",
        "read the complaint",
    ),
    "complaints": (
        "melihat pengaduan dalam daftar, tanpa isinya",
        "saw the complaint on a list, without its words",
    ),
    "unmask": (
        "membuka nama, NIK, dan kontak lengkap dengan alasan tertulis",
        "opened name, NIK and contact in full, with a written reason",
    ),
}
#: Who belongs to no agency (Bahasa Indonesia, English).
_NO_AGENCY: Mapping[str, tuple[str, str]] = {
    "auditor": ("Pengawas daerah", "The region's auditor"),
    "system": ("Petugas sistem", "The operator of the system"),
}
_OF_THE_REGION = ("Pemerintah daerah", "The region's government")


def find(
    ctx: Context, nik_file: str | None, subject_id: str | None, number: str | None
) -> list[Person]:
    """Whom a command is about. Raises BadInput."""
    if [nik_file, subject_id, number].count(None) != 2:
        raise BadInput("name one of --nik-file, --subject and --case")
    if subject_id is not None:
        return subjects.by_subject(ctx, subject_id)
    if number is not None:
        return subjects.by_case(ctx, number)
    return subjects.by_nik(ctx, read_private(nik_file or STDIN, "NIK"))


def held_as_text(view: dict[str, Any]) -> str:
    """All that is kept about a person, line by line."""
    state = "erased: key, texts and index are gone" if view["erased"] else "kept"
    lines = [f"Subject {view['subject']}, region {view['region']}, {state}"]
    for case in view["cases"]:
        lines.append(f"Case {case['number']}: {case['service']}, {case['status']}")
        lines += [f"  fact {name}: {value}" for name, value in case["facts"].items()]
        for party in view["parties"]:
            if party["number"] == case["number"]:
                told_by = ", then ".join(party["channels"]) or "nobody: in person"
                role = f"{party['role']} ({party['was']})" if "was" in party else party["role"]
                lines.append(f"  {role}, told by {told_by}")
                lines += [f"    {name}: {value}" for name, value in (party["data"] or {}).items()]
        lines += [
            f"  {text['kind']}: {text['text']}"
            for text in view["texts"]
            if text["number"] == case["number"]
        ]
        lines += [
            f"  until corrected, {name}: {value}"
            for old in view["corrected"]
            if old["number"] == case["number"]
            for name, value in old["data"].items()
        ]
    return "\n".join(lines)


@click.command("report")
@click.option("--nik-file", metavar="FILE", help="A file with the NIK; - asks, or reads stdin.")
@click.option("--subject", "subject_id", metavar="ID", help="The subject's id.")
@click.option("--case", "number", metavar="NUMBER", help="Everybody with a role in this case.")
@click.option(
    "--asked", type=_MOMENT, help="When they asked, local: 2026-11-23T09:30. Default: now."
)
@click.option("--json", "as_json", is_flag=True, help="A JSON list on one line.")
@plain_errors
def report(
    nik_file: str | None,
    subject_id: str | None,
    number: str | None,
    asked: datetime | None,
    as_json: bool,
) -> None:
    """What a person who asks is to be given within 72 hours: their data, who got them, who looked.

    Offices are named, officers are not. See that the person is who they say before you hand it over.
    """
    ctx = program().ctx
    found = find(ctx, nik_file, subject_id, number)
    reports = [person_report(ctx, person, asked) for person in found]
    if as_json:
        click.echo(json.dumps(reports, ensure_ascii=False))
        return
    click.echo("\n\n".join("\n".join(_as_text(each)) for each in reports))


def _as_text(view: Mapping[str, Any]) -> Iterator[str]:
    zone = view["zone"]
    yield "Laporan data pribadi / Report on personal data"
    yield f"Diminta / Asked: {_at(view['asked_at'], zone)}"
    yield f"Dijawab paling lambat / To be answered by: {_at(view['answer_by'], zone)} (72 jam / hours)"
    yield "\n1. Data yang disimpan / Data that are kept"
    yield held_as_text(view["held"])
    yield "\n2. Diberikan kepada / Given to"
    for message in view["messages"]:
        told, stands = what(message["types"]), STANDS[message["state"]]
        address = message["address"] or "(alamat sudah dihapus / the address was removed)"
        yield (
            f"{_at(message['at'], zone)}, {message['number']}, {message['channel']} {address}: "
            f"{told['id']} / {told['en']} ({stands[0]} / {stands[1]})"
        )
    for system in view["systems"]:
        office = _office(system["office"], _OF_THE_REGION)
        yield (
            f"Sistem / System: {office}, {system['number']}: {system['events']} peristiwa tanpa data "
            "pribadi / events without personal data"
        )
    if not view["messages"] and not view["systems"]:
        yield "Tidak ada / Nobody"
    yield "\n3. Kantor yang melihat / Offices that looked"
    for look in view["looks"]:
        office = _office(look["office"], _NO_AGENCY.get(look["role"], _OF_THE_REGION))
        own, english = _SEEN[look["kind"]]
        yield f"{_at(look['at'], zone)}, {office}, {', '.join(look['cases'])}: {own} / {english}"


def _at(moment: str, zone: str) -> str:
    return local_moment(parse_instant(moment), zone, "id")


def _office(known: Mapping[str, str] | None, otherwise: tuple[str, str]) -> str:
    return f"{known['id']} / {known['en']}" if known else f"{otherwise[0]} / {otherwise[1]}"


@click.command("affected")
@click.option("--by", "login", required=True, metavar="LOGIN", help="The account that was stolen.")
@click.option("--from", "first", type=_DAY, required=True, help="From this local day on.")
@click.option("--to", "last", type=_DAY, required=True, help="Up to this local day, included.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@plain_errors
def affected(login: str, first: datetime, last: datetime, as_json: bool) -> None:
    """Whose data an account saw, by the record of looks: ids and cases, for `subject show` each.

    What was seen before looks were recorded, or is no longer kept (`looks_kept`), is not in it.
    """
    if last < first:
        raise BadInput("--to: the last day lies before the first")
    found = affected_by(program().ctx, login, first.date(), last.date())
    if as_json:
        click.echo(json.dumps(found))
        return
    rows = [
        (
            each["subject"] + (" (erased)" if each["erased"] else ""),
            each["first_at"][:19],
            each["last_at"][:19],
            ",".join(each["kinds"]),
            " ".join(each["cases"]),
        )
        for each in found["subjects"]
    ]
    heads = ("SUBJECT", "FIRST (UTC)", "LAST (UTC)", "KINDS", "CASES")
    click.echo(table(rows, heads) if rows else "Nobody's data were seen then.")
    click.echo(
        f"{len(rows)} person(s) in {len(found['cases'])} case(s), by {found['looks']} look(s) of {login}."
    )
