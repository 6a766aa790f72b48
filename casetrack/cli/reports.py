"""casetrack report: figures of a region, as the door /reports gives them."""

import sys
from datetime import date, datetime
from pathlib import Path
from typing import cast

import click

from casetrack.cli.common import plain_errors, program, table
from casetrack.domain.case.figure_tables import MEASURES, Measure
from casetrack.domain.errors import BadInput
from casetrack.domain.events import instant
from casetrack.gateways.sheets.report_files import report_file
from casetrack.usecases.case import reports
from casetrack.usecases.case.reports import Asked, Report
from casetrack.usecases.region import regions

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command("report")
@click.argument("measure", type=click.Choice(MEASURES))
@click.option("--region", metavar="CODE", help="Default: the only one.")
@click.option("--from", "first", type=_DAY, help="First local day; default eleven months before.")
@click.option("--to", "last", type=_DAY, help="Last local day; default today.")
@click.option("--service", default="", help="Only of this service.")
@click.option("--agency", default="", help="Only of this agency.")
@click.option("--format", "form", type=click.Choice(["text", "csv", "xlsx"]), default="text")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write it to a file.")
@plain_errors
def report(
    measure: str,
    region: str | None,
    first: datetime | None,
    last: datetime | None,
    service: str,
    agency: str,
    form: str,
    out: Path | None,
) -> None:
    """Print the figures of MEASURE, as the clock has counted them (about a minute ago)."""
    ctx = program().ctx
    asked = Asked(cast(Measure, measure), _day(first), _day(last), service, agency)
    made = reports.report(ctx, None, regions.choose(ctx, region), asked)
    if not made.whole:
        click.echo("casetrack: the clock has not counted all cases yet.", err=True)
    _write(_text(made) if form == "text" else _file(made, form), out)


def _day(given: datetime | None) -> date | None:
    return given.date() if given else None


def _text(made: Report) -> bytes:
    rows = [tuple(row[name] for name in made.columns) for row in made.rows]
    said = table(rows, made.columns) if rows else "Nothing was counted then."
    return f"{said}\n".encode()


def _file(made: Report, form: str) -> bytes:
    counted = instant(made.counted_at) if made.counted_at else "belum"
    about = [("Dari", f"{made.first}"), ("Sampai", f"{made.last}"), ("Dihitung", counted)]
    return report_file(form, made.asked.measure, made.columns, made.rows, about)


def _write(content: bytes, out: Path | None) -> None:
    if out is None:
        sys.stdout.buffer.write(content)
        return
    try:
        out.write_bytes(content)
    except OSError as error:
        raise BadInput(f"{out}: cannot be written ({error.strerror})") from error


COMMANDS = [report]
