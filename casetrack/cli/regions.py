"""casetrack load, officers, officer, token."""

import json
from pathlib import Path

import click

from casetrack.cli.common import STDIN, plain_errors, program, read_private, table
from casetrack.domain.access import ROLES
from casetrack.domain.region.not_acted_upon import not_acted_upon
from casetrack.domain.region.region_data import Officer
from casetrack.domain.region.seat_check import warnings
from casetrack.gateways.region.region_files import read_region
from casetrack.usecases.case import moved_deadlines
from casetrack.usecases.people import officers, tokens
from casetrack.usecases.region import loading


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@plain_errors
def load(folder: Path) -> None:
    """Validate and publish a region's data from the YAML files in FOLDER: all or nothing.

    docs/region-files.md says what the files hold.
    """
    data = read_region(folder)
    app = program()
    published = loading.load(app.ctx, data)
    for warning in (*warnings(data), *not_acted_upon(data)):
        click.echo(f"Warning: {warning}.", err=True)
    moved = moved_deadlines.move_deadlines(app.ctx, data.region.code)
    click.echo(
        f"Region {data.region.code} ({data.region.name.id}): {len(data.agencies)} agencies, "
        f"{len(data.officers)} officers, {len(data.services)} services; "
        f"published {', '.join(published) or 'nothing new'}; {moved} cases' deadlines moved."
    )


@click.command("officers")
@click.option("--json", "as_json", is_flag=True, help="A JSON list on one line.")
@plain_errors
def list_officers(as_json: bool) -> None:
    """List the officers that can act."""
    records = [r for r in officers.all_officers(program().ctx) if not r.officer.disabled]
    if as_json:
        click.echo(
            json.dumps(
                [
                    {
                        "login": r.officer.login,
                        "region": r.region,
                        "role": r.officer.role,
                        "roles": list(r.officer.roles),
                        "agency": r.officer.agency,
                        "positions": list(r.officer.positions),
                    }
                    for r in records
                ]
            )
        )
        return
    rows = [
        (
            r.officer.login,
            r.region,
            ", ".join(r.officer.roles),
            r.officer.agency,
            ", ".join(r.officer.positions),
        )
        for r in records
    ]
    click.echo(table(rows, ("LOGIN", "REGION", "ROLES", "AGENCY", "POSITIONS")))
    if not rows:
        click.echo("No officers yet: casetrack load DIR brings a region with its officers.")


@click.group("officer")
def officer() -> None:
    """Add or disable one officer, or keep the index of their own NIK."""


@officer.command("add")
@click.argument("login")
@click.option("--region", required=True, help="Code, such as 64.72.")
@click.option(
    "--role",
    "roles",
    required=True,
    multiple=True,
    type=click.Choice(ROLES),
    help="May be given several times; the first stands in events.",
)
@click.option("--agency", help="Not for roles of the whole region.")
@click.option("--position", "positions", multiple=True, help="May be given several times.")
@plain_errors
def add(
    login: str,
    region: str,
    roles: tuple[str, ...],
    agency: str | None,
    positions: tuple[str, ...],
) -> None:
    """Add an officer. The login stands in events for good: take a code, not a person's name."""
    made = Officer(login, roles[0], agency, positions, more_roles=roles[1:])
    officers.add_officer(program().ctx, region, made)
    click.echo(f"{login} is an officer of region {region}; casetrack token create makes a token.")


@officer.command("nik")
@click.argument("login")
@click.option("--nik-file", default=STDIN, metavar="FILE", help="Else asked, or read from stdin.")
@plain_errors
def nik(login: str, nik_file: str) -> None:
    """Keep a keyed index of LOGIN's own NIK: nobody decides a case in which they are a party."""
    officers.set_officer_nik(program().ctx, login, read_private(nik_file, "NIK").strip())
    click.echo(f"{login}: the index of the NIK is kept, the NIK is not.")


@officer.command("disable")
@click.argument("login")
@plain_errors
def disable(login: str) -> None:
    """Nobody can act as LOGIN any more; what was done stays."""
    officers.disable_officer(program().ctx, login)
    click.echo(f"{login} is disabled.")


@click.group("token")
def token() -> None:
    """Make, list and revoke tokens."""


@token.command("create")
@click.option("--officer", "login", required=True, help="The officer's login.")
@plain_errors
def create(login: str) -> None:
    """Make a token for an officer; it is the last line printed and shown only once."""
    made = tokens.create_token(program().ctx, login)
    click.echo(f"Token for {login}; keep it, it cannot be shown again:", err=True)
    click.echo(made)


@token.command("list")
@plain_errors
def list_tokens() -> None:
    """List tokens; never themselves."""
    rows = [
        (
            t.token_id,
            t.login,
            t.region,
            t.created_at.isoformat(timespec="seconds"),
            "revoked" if t.revoked_at else "live",
        )
        for t in tokens.all_tokens(program().ctx)
    ]
    click.echo(table(rows, ("TOKEN", "OFFICER", "REGION", "CREATED", "STATE")))


@token.command("revoke")
@click.argument("token_id")
@plain_errors
def revoke(token_id: str) -> None:
    """The token TOKEN_ID opens nothing any more, from this moment."""
    tokens.revoke_token(program().ctx, token_id)
    click.echo(f"{token_id} is revoked.")


COMMANDS = [load, list_officers, officer, token]
