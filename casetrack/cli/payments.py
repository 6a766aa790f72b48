"""casetrack payments and tariff: the treasury's secret, and a tariff counted without any case."""

import json
from pathlib import Path

import click

from casetrack.cli.common import plain_errors, program
from casetrack.cli.operator_name import by_operator, operator_name
from casetrack.domain.errors import BadInput
from casetrack.domain.service.definition import Fact, ServiceDefinition
from casetrack.domain.service.facts import fact_fault, wanted
from casetrack.domain.service.tariff import amount_of
from casetrack.gateways.region.service_file import read_service
from casetrack.usecases.case import treasury_keys


@click.group("payments")
def group() -> None:
    """The door by which the treasury's system tells of payments."""


@group.command("key")
@click.option("--region", required=True, metavar="CODE")
@click.option("--days", default=7, show_default=True, type=click.IntRange(0, 90),
              help="How long the secrets of before stay valid.")  # fmt: skip
@by_operator
@plain_errors
def key(region: str, days: int, operator: str | None) -> None:
    """Make a new secret for the treasury of a region; it is the last line printed."""
    made = treasury_keys.rotate(program().ctx, region, days, operator_name(operator))
    click.echo(f"Sign POST /gateways/treasury/{region} with it (Standard Webhooks):", err=True)
    click.echo(made)


@click.command("tariff")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--fact", "facts", multiple=True, metavar="NAME=VALUE", help="A fact of the case.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on one line.")
@plain_errors
def tariff(file: Path, facts: tuple[str, ...], as_json: bool) -> None:
    """Count what the bills of the service in FILE come to with these facts; no case is touched."""
    definition = read_service(file)
    given = dict(_fact(definition, each) for each in facts)
    counted = {}
    for step in definition.steps:
        if step.bill is None or step.bill.formula is None:
            continue
        try:
            counted[step.id] = amount_of(step.bill.formula, given)
        except ValueError as error:
            raise BadInput(f"step {step.id}: {error}; give it with --fact") from None
    if not counted:
        raise BadInput(f"{file}: no step has a bill with a formula")
    if as_json:
        click.echo(json.dumps(counted))
        return
    for name, amount in counted.items():
        click.echo(f"{name}: Rp{amount:,}".replace(",", ".") if amount else f"{name}: GRATIS")


def _fact(definition: ServiceDefinition, said: str) -> tuple[str, Fact]:
    name, _, text = said.partition("=")
    known = {fact.id: fact for fact in definition.facts}
    if name not in known:
        raise BadInput(f"--fact {said}: the service asks for {', '.join(known) or 'nothing'}")
    fact = known[name]
    value: Fact = text
    if fact.type == "integer" and text.removeprefix("-").isdecimal():
        value = int(text)
    elif fact.type == "boolean" and text in ("true", "false"):
        value = text == "true"
    if fact_fault(fact, value):
        raise BadInput(f"--fact {said}: {wanted(fact)}")
    return name, value


COMMANDS = [group, tariff]
