"""casetrack service: definitions made from a mall's list of promises, and tried on past cases."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import click

from casetrack.cli.common import plain_errors, program
from casetrack.domain.case.other_definition import Difference, DifferenceKind
from casetrack.domain.errors import BadInput
from casetrack.domain.service.promised_services import Drafted, NotDrafted, Office, Taken, drafts
from casetrack.gateways.region.promise_file import (
    agencies_in,
    read_promises,
    services_in,
    write_all,
)
from casetrack.gateways.region.service_file import read_service
from casetrack.usecases.questions.dry_run import NAMED, Tried, tried

#: Differences that are printed for reading; JSON has all.
_PRINTED = 40
_WORDS: dict[DifferenceKind, str] = {
    "fact_missing": "fact {about} would have been asked and is not there",
    "fact_refused": "fact {about}: {was!r} would not be taken: {would_be}",
    "fact_not_asked": "fact {about} would not be asked any more",
    "paper_missing": "paper {about} would have been needed and is not there",
    "paper_not_asked": "paper {about} would not be asked any more",
    "step_new": "step {about} ({would_be}) would have been there",
    "step_gone": "step {about} ({was}) would not be there",
    "step_elsewhere": "step {about} would be done by {would_be}, not {was}",
    "step_by_other_right": "step {about} would need {would_be}, not {was}",
    "step_order": "step {about} would stand after {would_be}, not {was}",
    "due_earlier": "due earlier: {would_be}, not {was}",
    "due_later": "due later: {would_be}, not {was}",
    "bill_other": "bill of {about}: Rp{would_be}, not Rp{was}",
    "product_new": "product {about} would be drawn up",
    "product_gone": "product {about} would not be drawn up",
}


@click.group("service")
def group() -> None:
    """Files of services, before they are loaded."""


@group.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--office", required=True, metavar="AGENCY", help="The agency with the counter.")
@click.option("--advice", required=True, metavar="AGENCY", help="Who recommends.")
@click.option("--decides", metavar="AGENCY", help="Who decides where the list names no decision.")
@click.option("--pattern", default="izin", show_default=True, metavar="ID",
              help="Which of the region's number patterns.")  # fmt: skip
@click.option("--active", "only_active", is_flag=True, help="Leave out what is not offered.")
@plain_errors
def import_services(
    file: Path,
    folder: Path,
    office: str,
    advice: str,
    decides: str | None,
    pattern: str,
    only_active: bool,
) -> None:
    """Make a service's file in the region's FOLDER of each promise in FILE (JSON or YAML).

    What a promise does not say stands as comments on top of each file. A promise of which no
    definition can be made is named with its cure; exit status 1 then. Nothing is written over.
    """
    promises = [each for each in read_promises(file) if each.active or not only_active]
    _check_agencies(folder, {"--office": office, "--advice": advice, "--decides": decides})
    there = list(services_in(folder))
    taken = Taken({name for name, _ in there}, {letters for _, letters in there})
    found = list(drafts(promises, Office(office, advice, pattern, decides), taken))
    made = [each for each in found if isinstance(each, Drafted)]
    faults = [each for each in found if isinstance(each, NotDrafted)]
    try:
        write_all(folder, made, file.name)
    except FileExistsError as error:
        raise BadInput(
            f"{error.filename} is there already; move it away, or import elsewhere"
        ) from None
    for drafted in made:
        said = drafted.document
        click.echo(f"{said['id']} ({said['letters']}): {', '.join(s['id'] for s in said['steps'])}")
    for fault in faults:
        click.echo(
            f"{fault.promise.code} {fault.promise.name}: {fault.message}; {fault.cure}", err=True
        )
    click.echo(f"{len(made)} of {len(found)} services written to {folder / 'services'}.", err=True)
    click.echo(
        f"Next: read the comments on top of each, then casetrack load {folder} --check", err=True
    )
    if faults:
        raise SystemExit(1)


def _check_agencies(folder: Path, named: Mapping[str, str | None]) -> None:
    """Raises BadInput for an agency that the folder does not have."""
    known = agencies_in(folder)
    for option, agency in named.items():
        if known and agency is not None and agency not in known:
            raise BadInput(
                f"{option} {agency}: agencies.yaml has no such agency; known are {', '.join(known)}"
            )


@group.command("try")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--region", required=True, metavar="CODE")
@click.option("--days", default=31, show_default=True, type=click.IntRange(1, 366),
              help="Cases opened in so many days before now.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON document on one line.")
@plain_errors
def try_service(file: Path, region: str, days: int, as_json: bool) -> None:
    """Play the definition in FILE on the past cases of its service, and print what would differ.

    Nothing is written. Facts of kind text are sealed and not compared.
    """
    definition = read_service(file)
    found = tried(program().ctx, region, definition, days)
    ordered = found.found.most_common()
    if as_json:
        click.echo(json.dumps({
            "service": definition.id,
            "cases": found.cases,
            "differing": found.differing,
            "differences": [
                {**asdict(each), "cases": count, "for_example": found.named[each]}
                for each, count in ordered
            ],
        }))  # fmt: skip
        return
    _print(definition.id, found, ordered, days)


def _print(service: str, found: Tried, ordered: list[tuple[Difference, int]], days: int) -> None:
    click.echo(f"{service}: {found.cases} cases of {days} days, {found.differing} would differ.")
    for each, count in ordered[:_PRINTED]:
        words = _WORDS[each.kind].format(about=each.about, was=each.was, would_be=each.would_be)
        more = ", …" if count > NAMED else ""
        click.echo(f"{count:7,}  {words} ({', '.join(found.named[each])}{more})")
    if len(ordered) > _PRINTED:
        click.echo(f"{len(ordered) - _PRINTED} more differences; --json gives all.")


COMMANDS = [group]
