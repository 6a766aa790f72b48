"""casetrack authority: the questions of docs/authority.md, for the terminal."""

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import click

from casetrack.cli.common import plain_errors, program, table
from casetrack.domain.access import Actor
from casetrack.domain.authority.coverage import COVERS
from casetrack.domain.authority.entries import ENTRY_KINDS
from casetrack.domain.authority.filing import ENTRY_STATES
from casetrack.domain.authority.questions import ENDABLE, MOST_RADAR_DAYS, RADAR_DAYS
from casetrack.domain.errors import BadInput
from casetrack.usecases.case.visible_case import sight
from casetrack.usecases.people import officers
from casetrack.usecases.questions import register_questions, who_may_act
from casetrack.usecases.questions.register_questions import When
from casetrack.usecases.region import regions

#: As many as one reads; --json gives the same.
_MOST = 10_000
_SHOWN_SERVICES = 3

Document = dict[str, Any]


@click.group("authority")
def group() -> None:
    """Ask the authority register: by what right, until when, and what stops otherwise."""


def _asking(command: Callable[..., None]) -> Callable[..., None]:
    """The options that every question takes."""
    options = (
        click.option("--region", metavar="CODE", help="Default: the only one."),
        click.option("--at", type=click.DateTime(["%Y-%m-%d"]), help="Local day; default today."),
        click.option("--known", metavar="MOMENT", help="As known then: a day, or RFC 3339."),
        click.option("--json", "as_json", is_flag=True, help="One JSON document on one line."),
        plain_errors,
    )
    for option in reversed(options):
        command = option(command)
    return command


def _when(at: datetime | None, known: str | None) -> When:
    return When(at.date() if at else None, known)


def _overseer(region: str) -> Actor:
    return Actor("officer", "command line", region, "auditor")


def _show(
    answer: Document, as_json: bool, rows: Iterable[tuple[Any, ...]], heads: tuple[str, ...],
    nothing: str,
) -> None:  # fmt: skip
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    cells = list(rows)
    click.echo(table(cells, heads) if cells else nothing)


def _few(names: list[str]) -> str:
    rest = len(names) - _SHOWN_SERVICES
    return ", ".join(names[:_SHOWN_SERVICES]) + (f" and {rest} more" if rest > 0 else "")


def _people(found: list[Document]) -> str:
    return ", ".join(f"{one['officer']} ({one['position']})" for one in found) or "nobody"


def _loss_row(loss: Document) -> tuple[Any, ...]:
    return (
        loss["left"],
        loss["agency"],
        ", ".join(loss["actions"]),
        _few(loss["services"]),
        loss["open_cases"],
        _people(loss["alternatives"]),
        ", ".join(one["position"] for one in loss["vacant"]),
    )


_LOSS = ("LEFT", "AGENCY", "ACTIONS", "SERVICES", "OPEN CASES", "MAY STILL", "VACANT")


@group.command("radar")
@click.option("--days", default=RADAR_DAYS, show_default=True,
              type=click.IntRange(1, MOST_RADAR_DAYS))  # fmt: skip
@_asking
def radar(
    days: int, region: str | None, at: datetime | None, known: str | None, as_json: bool
) -> None:
    """What will stop, or go on with fewer people, in the days ahead."""
    ctx = program().ctx
    answer = register_questions.radar(ctx, regions.choose(ctx, region), _when(at, known), days)
    rows = [
        (
            alarm["last_day"],
            alarm["days_left"],
            ", ".join(f"{cause['what']} {cause['id']}" for cause in alarm["causes"]),
            *_loss_row(loss),
        )
        for alarm in answer["items"]
        for loss in alarm["losses"]
    ]
    if answer["today"] and not as_json:
        click.echo(f"On {answer['at']} there is nobody, or nobody at the agency of the step:")
        click.echo(table([_loss_row(loss) for loss in answer["today"]], _LOSS))
        click.echo("")
    if answer["registrars"] and not as_json:
        click.echo("Papers wait, since fewer than two registrars keep them:")
        few = [(f["since"], f["agency"], ", ".join(f["officers"])) for f in answer["registrars"]]
        click.echo(table(few, ("FROM", "AGENCY", "REGISTRARS")))
        click.echo("")
    nothing = (
        f"In the {days} days from {answer['at']} nothing ends that would leave a step without "
        "people. `casetrack authority coverage` says which steps have none today."
    )
    _show(answer, as_json, rows, ("LAST DAY", "DAYS", "BECAUSE", *_LOSS), nothing)


@group.command("what-if")
@click.argument("kind", type=click.Choice(ENDABLE))
@click.argument("entry_id", metavar="ID")
@_asking
def what_if(
    kind: str,
    entry_id: str,
    region: str | None,
    at: datetime | None,
    known: str | None,
    as_json: bool,
) -> None:
    """What would stop on the day --at if this entry had ended the day before."""
    ctx = program().ctx
    answer = register_questions.what_if(
        ctx, regions.choose(ctx, region), _when(at, known), kind, entry_id
    )
    nothing = f"Without {kind} {entry_id} nothing would stop on {answer['at']}."
    _show(answer, as_json, map(_loss_row, answer["items"]), _LOSS, nothing)


@group.command("coverage")
@click.option("--cover", type=click.Choice(COVERS), help="Only services that are covered so.")
@_asking
def coverage(
    cover: str | None, region: str | None, at: datetime | None, known: str | None, as_json: bool
) -> None:
    """Who can take the deciding steps of each service, and which nobody can."""
    ctx = program().ctx
    answer, _ = register_questions.coverage(
        ctx, regions.choose(ctx, region), _when(at, known), cover=cover, after=None, limit=_MOST
    )
    rows = [
        (
            each["service"],
            step["step"],
            step["cover"],
            step["action"],
            step["agency"],
            ", ".join(f"{held['position']} by {held['by']}" for held in step["held"]) or "nobody",
        )
        for each in answer["items"]
        for step in each["steps"]
    ]
    nothing = (
        f"No service is covered so on {answer['at']}."
        if cover
        else "The catalogue has no service with a deciding step; casetrack load DIR publishes some."
    )
    _show(answer, as_json, rows, ("SERVICE", "STEP", "COVER", "ACTION", "AGENCY", "HELD"), nothing)


@group.command("findings")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Also faults that are over.")
@click.option("--code", help="Only of this code.")
@_asking
def findings(
    since: datetime | None,
    code: str | None,
    region: str | None,
    at: datetime | None,
    known: str | None,
    as_json: bool,
) -> None:
    """Faults of the papers on a day, or on any day from --since to it."""
    ctx = program().ctx
    answer, _ = register_questions.findings(
        ctx,
        regions.choose(ctx, region),
        _when(at, known),
        since=since.date() if since else None,
        code=code,
        after=0,
        limit=_MOST,
    )
    rows = [
        (
            each["since"] or "always",
            each["until"] or "open",
            each["severity"],
            each["code"],
            each["text"]["en"],
            each["article"],
        )
        for each in answer["items"]
    ]
    nothing = f"No fault of the papers is found from {answer['since']} to {answer['at']}."
    _show(answer, as_json, rows, ("SINCE", "UNTIL", "WEIGHT", "CODE", "FAULT", "ARTICLE"), nothing)


@group.command("who")
@click.argument("number")
@click.argument("step")
@_asking
def who(
    number: str,
    step: str,
    region: str | None,
    at: datetime | None,
    known: str | None,
    as_json: bool,
) -> None:
    """Who may take this step of this case."""
    ctx = program().ctx
    case = sight(ctx, _overseer(region or regions.of_case(ctx, number)), number)
    answer = who_may_act.who(ctx, case, step, _when(at, known))
    rows = [
        (one["officer"] or "(vacant)", one["position"], one["form"], " < ".join(one["chain"][::-1]))
        for one in answer["items"]
    ]
    nothing = (
        f"Nobody may {answer['action']} this on {answer['at']}, and no position holds the power."
        if answer["action"]
        else f"The step asks no register: the roles {', '.join(answer['roles'])} are enough."
    )
    _show(answer, as_json, rows, ("OFFICER", "POSITION", "FORM", "BY"), nothing)


@group.command("mine")
@click.option("--officer", required=True, metavar="LOGIN")
@_asking
def mine(
    officer: str, region: str | None, at: datetime | None, known: str | None, as_json: bool
) -> None:
    """What an officer may do, as which position, until when."""
    ctx = program().ctx
    actor = _overseer(region or officers.of_officer(ctx, officer))
    answer = register_questions.mine(ctx, actor, _when(at, known), officer)
    rows = [
        (
            one["position"],
            one["form"],
            one["by"],
            ", ".join(one["actions"]),
            _few(one["services"]),
            one["sure_until"] or "open",
        )
        for one in answer["items"]
    ]
    nothing = (
        f"{officer} holds no power on {answer['at']}: no letter that runs, or a position without "
        "grants. `casetrack authority entries --kind incumbency` lists the letters."
    )
    _show(answer, as_json, rows, ("AS", "FORM", "BY", "ACTIONS", "SERVICES", "UNTIL"), nothing)


@group.command("powers")
@_asking
def powers(region: str | None, at: datetime | None, known: str | None, as_json: bool) -> None:
    """Powers that nobody holds, and that two hold."""
    ctx = program().ctx
    answer = register_questions.powers(ctx, regions.choose(ctx, region), _when(at, known))
    rows = [
        *(
            ("nobody", one["position"], one["last_day"], ", ".join(one["actions"]),
             _few(one["services"]))
            for one in answer["vacant"]
        ),
        *(
            ("two positions", " & ".join(p["position"] for p in one["positions"]), None,
             ", ".join(one["actions"]), _few(one["services"]))
            for one in answer["shared"]
        ),
        *(
            ("two officers", one["position"], None, _people(one["officers"]), None)
            for one in answer["several_officers"]
        ),
    ]  # fmt: skip
    nothing = f"On {answer['at']} every power over a deciding step has one holder who sits there."
    _show(answer, as_json, rows, ("HELD BY", "POSITION", "LEFT ON", "ACTIONS", "SERVICES"), nothing)


@group.command("entries")
@click.option("--kind", type=click.Choice(ENTRY_KINDS))
@click.option("--state", default="confirmed", show_default=True,
              type=click.Choice(ENTRY_STATES))  # fmt: skip
@click.option("--region", metavar="CODE", help="Default: the only one.")
@click.option("--known", metavar="MOMENT", help="Those that counted then: a day, or RFC 3339.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on one line.")
@plain_errors
def entries(
    kind: str | None, state: str, region: str | None, known: str | None, as_json: bool
) -> None:
    """The papers in the register, with who entered and who confirmed them."""
    ctx = program().ctx
    page = register_questions.entries(
        ctx,
        regions.choose(ctx, region),
        kind=kind,
        state=state,
        known=known,
        after=None,
        limit=_MOST,
    )
    rows = [
        (one["kind"], one["id"], one["revision"], one["state"], one["entered_by"],
         one["confirmed_by"], (one["confirmed_at"] or "")[:10])
        for one in page.items
    ]  # fmt: skip
    heads = ("KIND", "ID", "REVISION", "STATE", "ENTERED BY", "CONFIRMED BY", "ON")
    nothing = (
        f"No {kind or 'entry'} is {state}. Papers come in by POST /authority/entries, "
        "or by register.yaml and casetrack load."
    )
    _show({"items": page.items}, as_json, rows, heads, nothing)


@group.command("decisions")
@click.option("--entry", metavar="KIND:ID", help="Resting on it: instrument:, grant:, …")
@click.option("--acting", is_flag=True, help="By a Plt, Plh or Pj.")
@click.option("--questioned", is_flag=True, help="Facts recorded later speak against it.")
@click.option("--limit", default=500, show_default=True, type=click.IntRange(1, _MOST))
@click.option("--region", metavar="CODE", help="Default: the only one.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on one line.")
@plain_errors
def decisions(
    entry: str | None, acting: bool, questioned: bool, limit: int, region: str | None, as_json: bool
) -> None:
    """Decisions, the newest first."""
    ctx = program().ctx
    kind, colon, name = (entry or "").partition(":")
    if entry is not None and not (colon and name and kind in ENTRY_KINDS):
        raise BadInput(f"--entry: give KIND:ID, with a kind of {', '.join(ENTRY_KINDS)}")
    page = register_questions.decisions(
        ctx,
        regions.choose(ctx, region),
        named={kind: name} if entry else {},
        acting=acting,
        questioned=questioned,
        before=None,
        limit=limit,
    )
    rows = [
        (one["occurred_at"][:10], one["number"], one["step"], one["action"], one["officer"],
         one["position"], one["form"], one["questioned"])
        for one in page.items
    ]  # fmt: skip
    heads = ("DAY", "CASE", "STEP", "ACTION", "OFFICER", "AS", "FORM", "QUESTIONED")
    _show({"items": page.items}, as_json, rows, heads, "There is no such decision.")
    if page.next_key is not None:
        click.echo(f"There are more than {limit}; raise --limit.", err=True)


COMMANDS = [group]
