"""casetrack load, officers, officer, token."""

import json
from pathlib import Path

import click

from casetrack.cli.common import STDIN, plain_errors, program, read_private, table
from casetrack.domain.access import ROLES
from casetrack.domain.region.region_data import Officer
from casetrack.gateways.region.region_files import read_region
from casetrack.usecases.case import moved_deadlines
from casetrack.usecases.people import officers, tokens
from casetrack.usecases.region import loading


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Only say what would change; write nothing.")
@plain_errors
def load(folder: Path, check: bool) -> None:
    """Validate and publish a region's data from the YAML files in FOLDER: all or nothing.

    Officers whom the files do not name are disabled, those added by command too. An officer whom
    `casetrack officer disable` shut out stays out. docs/region-files.md says what the files hold.
    """
    data = read_region(folder)
    app = program()
    loaded = loading.load_or_check(app.ctx, data, only_check=check)
    size = (
        f"Region {data.region.code} ({data.region.name.id}): {len(data.agencies)} agencies, "
        f"{len(data.officers)} officers, {len(data.services)} services; "
    )
    published = ", ".join(loaded.published) or "nothing new"
    if check:
        click.echo(f"{size}would publish {published}. Nothing was written.")
    else:
        moved = moved_deadlines.move_deadlines(app.ctx, data.region.code)
        click.echo(f"{size}published {published}; {moved} cases' deadlines moved.")
    would = "Would be" if check else "Were"
    for logins, what in (
        (loaded.disabled, f"{would} disabled, with their tokens"),
        (loaded.enabled, f"{would} enabled again (each needs a new token)"),
        (loaded.kept_out, "Stay disabled by command (casetrack officer enable LOGIN undoes it)"),
    ):
        if logins:
            click.echo(f"{what}: {', '.join(logins)}.")


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
            r.officer.role,
            r.officer.agency,
            ", ".join(r.officer.positions),
        )
        for r in records
    ]
    click.echo(table(rows, ("LOGIN", "REGION", "ROLE", "AGENCY", "POSITIONS")))
    if not rows:
        click.echo("No officers yet: casetrack load DIR brings a region with its officers.")


@click.group("officer")
def officer() -> None:
    """Add, disable or enable one officer, or keep the index of their own NIK."""


@officer.command("add")
@click.argument("login")
@click.option("--region", required=True, help="Code, such as 64.72.")
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--agency", help="Not for roles of the whole region.")
@click.option("--position", "positions", multiple=True, help="May be given several times.")
@plain_errors
def add(login: str, region: str, role: str, agency: str | None, positions: tuple[str, ...]) -> None:
    """Add an officer. The login stands in events for good: take a code, not a person's name.

    The next `casetrack load` of the region disables who is not in its files too.
    """
    officers.add_officer(program().ctx, region, Officer(login, role, agency, positions))
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
    """Nobody can act as LOGIN, whatever files are loaded, until `officer enable`; what was done stays."""
    ended = officers.disable_officer(program().ctx, login)
    click.echo(f"{login} is disabled; {ended} tokens ended.")


@officer.command("enable")
@click.argument("login")
@plain_errors
def enable(login: str) -> None:
    """LOGIN can act again, with a new token. Who is not in the region's files, the next load disables."""
    officers.enable_officer(program().ctx, login)
    click.echo(f"{login} is enabled; casetrack token create makes a new token.")


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
