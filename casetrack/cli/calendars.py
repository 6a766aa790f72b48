"""casetrack calendar: what decrees say of days, for all regions at once."""

from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import click

from casetrack.cli.common import Progress, plain_errors, program, table
from casetrack.cli.operator_name import by_operator, operator_name
from casetrack.gateways.region.decree_file import read_decree
from casetrack.usecases.region import decrees


@click.group("calendar")
def calendar() -> None:
    """Holidays and joint leave of all regions: what the package knows, and what was decreed since."""


@calendar.command("load")
@click.argument("file", type=click.Path(path_type=Path))
@by_operator
@click.option("--check", is_flag=True, help="Only say what would change; write nothing.")
@plain_errors
def load(file: Path, operator: str | None, check: bool) -> None:
    """Make the days in FILE what a decree says, in every region; open limits move, each once.

    docs/region-files.md says what the file holds. A region's own word about a day goes before it.
    """
    decree, by = read_decree(file), operator_name(operator)
    app = program()
    news = decrees.load_decree(app.ctx, decree, by, only_check=check)
    if check:
        click.echo(f"{decree.source}: {news} days would change. Nothing was written.")
        return

    def tell(region: str, moved: int) -> None:
        if moved:
            click.echo(f"{region}: {moved} cases' deadlines moved.")

    progress, looked = Progress("cases looked at"), count(1)
    moved = decrees.move_limits(app.ctx, tell, lambda _number: progress(next(looked)))
    progress.done()
    click.echo(f"{decree.source}: {news} days changed; {moved} cases' deadlines moved in all.")


@calendar.command("show")
@click.argument("year", type=click.IntRange(2000, 2099), required=False)
@plain_errors
def show(year: int | None) -> None:
    """List the days of YEAR on which no office counts, with the decree. By default this year's."""
    year = year or datetime.now(UTC).year
    rows = [
        (
            each.day.day.isoformat(),
            each.day.kind,
            each.day.id,
            "loaded" if each.loaded else "package",
            each.day.source,
        )
        for each in decrees.days_of_year(program().ctx, year)
    ]
    click.echo(table(rows, ("DAY", "KIND", "NAME", "FROM", "DECREE")))


COMMANDS = [calendar]
