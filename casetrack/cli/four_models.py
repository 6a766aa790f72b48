"""casetrack models."""

import json

import click

from casetrack.cli.common import FAULT_FOUND, Progress, plain_errors, table
from casetrack.four_models import MODELS
from casetrack.four_models.comparison import HONEST
from casetrack.four_models.same_cases import compare


@click.command()
@click.option("--cases", default=100, show_default=True, type=click.IntRange(1, 10_000))
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0))
@click.option("--json", "as_json", is_flag=True, help="One JSON document on one line.")
@plain_errors
def models(cases: int, seed: int, as_json: bool) -> None:
    """Run the same cases through separate agencies, one roof, one door and a mall.

    One service, a billboard beside a national road, in four sets of region files that differ in
    nothing but its steps and the grants of the register (docs/models.md). The cases go through the
    real program on a temporary database with a scripted clock; the times are simulated.
    """
    shown = Progress("cases", cases * len(MODELS))
    found = compare(cases, seed, shown)
    shown.done()
    if as_json:
        click.echo(json.dumps(found.as_dict()))
    else:
        click.echo(f"{cases} cases, seed {seed}\n")
        click.echo(table(found.rows(), ("", *MODELS)))
        click.echo(f"\n{HONEST}")
    if not found.sound:
        click.echo("casetrack: a decision was taken without a passport", err=True)
        raise SystemExit(FAULT_FOUND)


COMMANDS = [models]
