"""casetrack templates list / preview: what people are told, before they are."""

import json
from typing import Any

import click

from casetrack import config
from casetrack.cli.common import plain_errors, program, table
from casetrack.domain.delivery.messages import Edition
from casetrack.domain.errors import BadInput
from casetrack.domain.events import TYPE_PREFIX
from casetrack.domain.people import contact
from casetrack.domain.people.contact import LANGUAGES
from casetrack.domain.service import notices
from casetrack.gateways.messages.rendering import render
from casetrack.gateways.messages.template_list import sample, shown
from casetrack.gateways.messages.template_list import templates as all_templates
from casetrack.usecases.delivery.notify import last_told
from casetrack.usecases.region import regions


@click.group("templates")
def group() -> None:
    """See which messages there are and what they say."""


def _status_url() -> str:
    return config.from_environment().status_url


_REGION = click.option(
    "--region", metavar="CODE", help="As this region says it; else as casetrack does."
)


def _texts(region: str | None) -> Edition | None:
    if region is None:
        return None
    ctx = program().ctx
    return ctx.texts(regions.choose(ctx, region))


@group.command("list")
@_REGION
@click.option("--json", "as_json", is_flag=True, help="A JSON list on one line.")
@plain_errors
def list_templates(region: str | None, as_json: bool) -> None:
    """List every template with its version, as deliveries record it, and whose words it has."""
    found = list(all_templates(_status_url(), _texts(region)))
    if as_json:
        click.echo(json.dumps(found))
        return
    rows = [tuple(each.values()) for each in found]
    click.echo(table(rows, ("TYPE", "CHANNEL", "LANGUAGE", "VERSION", "TEMPLATE", "WORDS")))


@group.command("preview")
@click.option("--event", "kind", required=True, type=click.Choice(tuple(notices.TOLD)))
@click.option("--channel", default="email", show_default=True, type=click.Choice(contact.CHANNELS))
@click.option("--language", default="id", show_default=True, type=click.Choice(LANGUAGES))
@click.option(
    "--case", "number", metavar="NUMBER", help="As this case's newest such event says it."
)
@_REGION
@click.option("--json", "as_json", is_flag=True, help="A JSON object on one line.")
@plain_errors
def preview(
    kind: str, channel: str, language: str, number: str | None, region: str | None, as_json: bool
) -> None:
    """Show one message; without --case about one that there is not. Nothing is sent.

    With --case in the words of the case's region, with --region in that region's.
    """
    if number is not None and region is not None:
        raise BadInput("--region: the case's number names its region already; leave it out")
    if number is None:
        message = sample(notices.kind_of(kind), language, _status_url(), _texts(region))
    else:
        message = last_told(program().ctx, number, TYPE_PREFIX + kind, language, _status_url())
    told = shown(render(message, channel), channel)
    click.echo(json.dumps(told, ensure_ascii=False) if as_json else _as_text(told))


def _as_text(told: dict[str, Any]) -> str:
    lines = [f"Template: {told['template']}", f"Words: {told['words']}"]
    if told["subject"]:
        lines.append(f"Subject: {told['subject']}")
    if "segments" in told:
        lines.append(f"Parts: {told['segments']} ({len(told['text'])} characters)")
    lines += [
        f"{{{{{place}}}}}: {value}" for place, value in enumerate(told.get("parameters", ()), 1)
    ]
    return "\n".join([*lines, "", told["text"].rstrip()])


COMMANDS = [group]
