"""casetrack subject show / correct / erase / erasures / wipe / index; report, affected: person_reports.

What is shown goes to stdout and nowhere else; a NIK or new data are never arguments, since those
stay in the shell's history and in the list of processes.
"""

import json
from typing import Any

import click

from casetrack.cli.common import (
    BAD_INPUT,
    STDIN,
    Progress,
    plain_errors,
    program,
    read_private,
    warn_of_letters,
)
from casetrack.cli.operator_name import by_operator, operator_name
from casetrack.cli.person_reports import affected, find, held_as_text, report
from casetrack.domain import access
from casetrack.domain.errors import BadInput
from casetrack.domain.events import parse_instant
from casetrack.usecases.case import erasures
from casetrack.usecases.context import Context
from casetrack.usecases.paging import LARGEST_PAGE
from casetrack.usecases.people import corrections, files, search_words, subjects
from casetrack.usecases.region import regions


@click.group("subject")
def subject() -> None:
    """Show, report, correct, erase, wipe or index what is kept (docs/personal-data.md)."""


@subject.command("show")
@click.option("--nik-file", metavar="FILE", help="A file with the NIK; - asks, or reads stdin.")
@click.option("--subject", "subject_id", metavar="ID", help="The subject's id.")
@click.option("--case", "number", metavar="NUMBER", help="Everybody with a role in this case.")
@click.option("--json", "as_json", is_flag=True, help="A JSON list on one line.")
@plain_errors
def show(nik_file: str | None, subject_id: str | None, number: str | None, as_json: bool) -> None:
    """Show everything that is kept about a person: for themselves, who have a right to it."""
    ctx = program().ctx
    views = [subjects.show(ctx, person) for person in find(ctx, nik_file, subject_id, number)]
    if as_json:
        click.echo(json.dumps(views, ensure_ascii=False))
        return
    click.echo("\n\n".join(held_as_text(view) for view in views))


@subject.command("correct")
@click.option("--subject", "subject_id", required=True, metavar="ID", help="From subject show.")
@click.option("--case", "number", metavar="NUMBER", help="Only in this case; else in all.")
@click.option("--fields-file", default=STDIN, metavar="FILE", help="Default: asks, or reads stdin.")
@by_operator
@plain_errors
def correct(subject_id: str, number: str | None, fields_file: str, operator: str | None) -> None:
    """Correct a person's data: a JSON object of fields, null takes one away.

    The fields are name, nik, email, phone, address, company_number, language and channels (a list such as
    ["whatsapp", "email"], the best one first). The old data are kept sealed for as
    long as the service of the case keeps it, or removed at once.
    """
    ctx = program().ctx
    person = subjects.by_subject(ctx, subject_id)[0]
    by = access.operator(person.region, operator_name(operator))
    text = read_private(fields_file, 'Fields, such as {"email": "new@example.id"}')
    try:
        changes = json.loads(text)
    except ValueError:
        changes = None  # said as any other wrong shape is, without a piece of the text
    changes = corrections.check_changes(changes)
    done = corrections.correct(ctx, person, changes, number, by)
    warn_of_letters(ctx, changes)
    click.echo(f"Corrected {', '.join(done.fields)} for {done.parties} role(s) in cases.")


@subject.command("erase")
@click.option("--subject", "subject_id", required=True, metavar="ID", help="From subject show.")
@click.option(
    "--dry-run", is_flag=True, help="Only say what was decided and what stands against it."
)
@click.option("--rewrite", is_flag=True, help="PostgreSQL: write the tables anew (VACUUM FULL).")
@click.option("--yes", is_flag=True, help="Do not ask.")
@plain_errors
def erase(subject_id: str, dry_run: bool, rewrite: bool, yes: bool) -> None:
    """Erase for good whom two officers decided to erase: key, texts, the index of the NIK.

    Events stay whole. Afterwards the database's own files are wiped: on SQLite the log is cut off,
    on PostgreSQL the tables are vacuumed. --rewrite lets nobody use them meanwhile. Copies are
    yours to end: docs/personal-data.md.
    """
    ctx = program().ctx
    person = subjects.by_subject(ctx, subject_id)[0]
    view = erasures.read(ctx, person)
    if dry_run:
        click.echo(_erasure_as_text(view))
        return
    if not yes and view["status"] == "decided":
        _confirm(view)
    gone = erasures.carry_out(ctx, person)
    click.echo(f"Erased subject {subject_id}: {gone} texts and their key are gone.")
    removed = files.remove_all_due(ctx, person.region)
    _wipe(ctx, rewrite)
    if not removed:
        click.echo(
            "The store of files does not answer. Nobody can open this person's files any more; the clock "
            "removes what is left of them there once it answers.",
            err=True,
        )
        raise SystemExit(BAD_INPUT)


@subject.command("erasures")
@click.option("--region", metavar="CODE", help="Default: the only one.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@plain_errors
def waiting(region: str | None, as_json: bool) -> None:
    """List the erasures that wait: refused for now and why, asked for, decided, lapsed."""
    ctx = program().ctx
    region, after, said = regions.choose(ctx, region), None, False
    while True:
        page = erasures.waiting(ctx, region, after=after, limit=LARGEST_PAGE)
        for view in page.items:
            click.echo(json.dumps(view) if as_json else _erasure_as_text(view))
            said = True
        if page.next_key is None:
            break
        after = (parse_instant(page.next_key[0]), page.next_key[1])
    if not said and not as_json:
        click.echo("No erasure waits.")


def _erasure_as_text(view: dict[str, Any]) -> str:
    said = f"Subject {view['subject']}: erasure {view['status']}"
    for what in ("asked", "decided"):
        if view[f"{what}_by"]:
            said += f"; {what} by {view[f'{what}_by']} at {view[f'{what}_at']}"
    if view["decided_until"]:
        said += f"; to be carried out by {view['decided_until']}"
    lines = [
        f"  against it: {each['kind']}, {each['about']}"
        + (f", until {each['until']}" if each["until"] else "")
        for each in view["against"]
    ]
    return "\n".join([said, *(lines or ["  nothing stands against it"])])


@subject.command("wipe")
@click.option("--rewrite", is_flag=True, help="PostgreSQL: write the tables anew (VACUUM FULL).")
@plain_errors
def wipe(rewrite: bool) -> None:
    """Wipe what is left of removed rows from the database's own files, as erase does at its end."""
    _wipe(program().ctx, rewrite)


def _wipe(ctx: Context, rewrite: bool) -> None:
    if not subjects.wipe(ctx, rewrite=rewrite):
        raise BadInput(
            "the log of the SQLite file still holds removed rows, since somebody reads it; run "
            "casetrack subject wipe when they have ended"
        )
    click.echo("Nothing of removed rows is left in the tables. Copies are yours to end.")


def _confirm(view: dict[str, Any]) -> None:
    click.echo(_erasure_as_text(view), err=True)
    try:
        sure = click.confirm("Erase them? This cannot be undone", err=True)
    except click.Abort:
        sure = False
    if not sure:
        raise BadInput("nothing was erased; say yes, or give --yes")


@subject.command("index")
@click.option("--all", "anew", is_flag=True, help="Of everybody, not only of who has none.")
@plain_errors
def index(anew: bool) -> None:
    """Make the keyed words by which people are found, of who came in before there was a search."""
    progress = Progress("Persons indexed")
    done = search_words.index_everybody(program().ctx, progress, anew=anew)
    progress.done()
    click.echo(f"Indexed {done} person(s).")


subject.add_command(report)
subject.add_command(affected)

COMMANDS = [subject]
