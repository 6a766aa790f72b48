"""casetrack numbers: case numbers that are set aside for intake on paper, and the receipts for them."""

from pathlib import Path

import click

from casetrack.cli.common import plain_errors, program, table
from casetrack.cli.operator_name import by_operator, operator_name
from casetrack.domain.access import operator as by_name
from casetrack.domain.case.late_intake import MOST_NUMBERS
from casetrack.domain.errors import BadInput, Invalid
from casetrack.usecases.case import number_blocks
from casetrack.usecases.region import regions
from casetrack.web.case.reserved_slips import reserved_sheets
from casetrack.web.pages.reserved_sheets import reserved_page


@click.group("numbers")
def numbers() -> None:
    """Case numbers for a time without power or network: set aside before, accounted for afterwards."""


@numbers.command("reserve")
@click.argument("service")
@click.argument("count", type=click.IntRange(1, MOST_NUMBERS))
@click.option("--region", metavar="CODE", help="Default: the only one.")
@click.option(
    "--slips",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the receipts to be filled in by hand, as one page to print.",
)
@by_operator
@plain_errors
def reserve(
    service: str, count: int, region: str | None, slips: Path | None, operator: str | None
) -> None:
    """Set COUNT numbers of SERVICE aside; what is not used is closed with a reason over the API."""
    app = program()
    code = regions.choose(app.ctx, region)
    actor = by_name(code, operator_name(operator))
    try:
        made = number_blocks.reserve(app.ctx, actor, service, count).view
    except Invalid as error:
        raise BadInput(error.detail) from None
    if slips is not None:
        row = number_blocks.known(app.ctx, actor, made["id"])
        sheets = reserved_sheets(app.ctx, code, row, app.settings.public_url)
        slips.write_text(reserved_page(sheets, language="id"), encoding="utf-8")
    first, last = made["numbers"][0]["number"], made["numbers"][-1]["number"]
    click.echo(f"{made['id']}: {count} numbers, {first} to {last}.")
    if slips is not None:
        click.echo(f"Print {slips} now.")


@numbers.command("list")
@click.option("--region", metavar="CODE", help="Default: the only one.")
@plain_errors
def list_blocks(region: str | None) -> None:
    """The newest blocks, and how many of their numbers are free, used or closed."""
    ctx = program().ctx
    code = regions.choose(ctx, region)
    page = number_blocks.blocks(ctx, by_name(code, "casetrack"), None, 200)
    rows = [
        (
            each["id"],
            each["service"],
            each["reserved_at"][:19],
            *(str(each["counts"][state]) for state in ("reserved", "used", "closed")),
        )
        for each in page.items
    ]
    head = ("BLOCK", "SERVICE", "AT (UTC)", "FREE", "USED", "CLOSED")
    click.echo(table(rows, head) if rows else "No numbers were set aside.")


COMMANDS = [numbers]
