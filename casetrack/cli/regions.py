"""casetrack load, officers, officer."""

import json
from pathlib import Path
from typing import Any

import click

from casetrack.cli.common import STDIN, plain_errors, program, read_private, table, warn_of_letters
from casetrack.cli.operator_name import by_operator, operator_name
from casetrack.domain.access import ROLES
from casetrack.domain.authority.signature_block import DatedProfile, Profile
from casetrack.domain.errors import BadInput
from casetrack.domain.region.load_warnings import load_warnings
from casetrack.domain.region.region_data import Officer
from casetrack.gateways.region.region_files import read_region
from casetrack.usecases.authority import registrar_command
from casetrack.usecases.case import moved_deadlines
from casetrack.usecases.people import officer_profiles, officers, passwords, retention
from casetrack.usecases.region import loading


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@by_operator
@click.option("--check", is_flag=True, help="Only say what would change; write nothing.")
@plain_errors
def load(folder: Path, operator: str | None, check: bool) -> None:
    """Validate and publish a region's data from the YAML files in FOLDER: all or nothing.

    docs/region-files.md says what the files hold. The first papers of a register stand under your
    name until registrars confirm them; later ones are drafts. What officers changed since the last
    load is left, and told. Officers whom the files do not name are disabled, those added by command
    too. An officer whom `casetrack officer disable` shut out stays out.
    """
    data = read_region(folder)
    operator = operator_name(operator)
    app = program()
    loaded = loading.load_or_check(
        app.ctx, data, operator, lambda line: click.echo(f"left: {line}"), only_check=check
    )
    for warning in load_warnings(data, app.ctx.unprinted):
        click.echo(f"Warning: {warning}.", err=True)
    size = (
        f"Region {data.region.code} ({data.region.name.id}): {len(data.agencies)} agencies, "
        f"{len(data.officers)} officers, {len(data.services)} services; "
    )
    published = ", ".join(loaded.published) or "nothing new"
    if check:
        click.echo(f"{size}would publish {published}. Nothing was written.")
    else:
        moved = moved_deadlines.settle(app.ctx, data.region.code)
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
                        "roles": list(r.officer.roles),
                        "agency": r.officer.agency,
                        "positions": list(r.officer.positions),
                        "registrar_for": list(r.officer.registrar_for),
                        "data_protection": r.officer.data_protection,
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
            ", ".join(r.officer.registrar_for),
            "yes" if r.officer.data_protection else "",
        )
        for r in records
    ]
    head = ("LOGIN", "REGION", "ROLES", "AGENCY", "POSITIONS", "REGISTRAR FOR", "DATA PROTECTION")
    click.echo(table(rows, head))
    if not rows:
        click.echo("No officers yet: casetrack load DIR brings a region with its officers.")


@click.group("officer")
def officer() -> None:
    """Add, disable or enable one officer, make them a registrar, or keep the index of their own NIK."""


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
@by_operator
@plain_errors
def add(
    login: str,
    region: str,
    roles: tuple[str, ...],
    agency: str | None,
    positions: tuple[str, ...],
    operator: str | None,
) -> None:
    """Add an officer. The login stands in events for good: take a code, not a person's name.

    The next `casetrack load` of the region disables who is not in its files too.
    """
    made = Officer(login, roles[0], agency, positions, more_roles=roles[1:])
    officers.add_officer(program().ctx, region, made, by=operator_name(operator))
    click.echo(f"{login} is an officer of region {region}; casetrack token create makes a token.")


@officer.command("invite")
@click.argument("login")
@by_operator
@plain_errors
def invite(login: str, operator: str | None) -> None:
    """Print a link with which LOGIN sets a password for the pages: once, within a day.

    A password of before counts until then. The link opens the account: give it to the officer alone.
    """
    ctx = program().ctx
    secret = passwords.invite(ctx, login, by=operator_name(operator))
    click.echo(f"For {login} alone, once, within a day:", err=True)
    click.echo(f"{ctx.public_url}/masuk/undangan/{secret}")


@officer.command("registrar")
@click.argument("login")
@click.option("--for", "bodies", multiple=True, required=True, metavar="AGENCY",
              help="Whose papers; may be given several times.")  # fmt: skip
@click.option("--remove", is_flag=True, help="Take back what nobody has confirmed.")
@by_operator
@plain_errors
def registrar(login: str, bodies: tuple[str, ...], remove: bool, operator: str | None) -> None:
    """Set LOGIN up to enter and confirm the papers of AGENCY in the authority register.

    Only for a body that has fewer than two registrars, and until the head of the secretariat confirms it
    a finding. Further ones are made, and ended, by papers of the register (docs/authority.md);
    --remove takes back what nobody has confirmed.
    """
    by = operator_name(operator)
    registrar_command.set_registrar(program().ctx, login, bodies, keeps=not remove, by=by)
    for_whom = ", ".join(bodies)
    if remove:
        click.echo(f"{login} is no longer a registrar for {for_whom}.")
    else:
        click.echo(
            f"{login} is a registrar for {for_whom}, set up by {by} until the head of the secretariat "
            "confirms it."
        )


@officer.command("nik")
@click.argument("login")
@click.option("--nik-file", default=STDIN, metavar="FILE", help="Else asked, or read from stdin.")
@by_operator
@plain_errors
def nik(login: str, nik_file: str, operator: str | None) -> None:
    """Keep a keyed index of LOGIN's own NIK: nobody decides a case in which they are a party."""
    by, nik = operator_name(operator), read_private(nik_file, "NIK").strip()
    officers.set_officer_nik(program().ctx, login, nik, by=by)
    click.echo(f"{login}: the index of the NIK is kept, the NIK is not.")


@officer.command("profile")
@click.argument("login")
@click.option("--name", help="Name with titles, as it is printed.")
@click.option("--plain-name", help="Without titles: so a head of region is printed.")
@click.option("--rank", help="Rank.")
@click.option("--nip", help="18 digits.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day; by default today.")
@click.option("--erase", is_flag=True, help="Erase all that is kept; what was signed stays.")
@by_operator
@plain_errors
def profile(login: str, erase: bool, operator: str | None, **said: Any) -> None:
    """Keep how LOGIN is printed below what they sign, from a day on; sealed, outside the events."""
    ctx, by = program().ctx, operator_name(operator)
    region = officers.of_officer(ctx, login)
    if erase:
        gone = officer_profiles.forget_profile(ctx, region, login, by=by)
        click.echo(f"{login}: {gone} erased.")
        return
    if not said["name"]:
        raise BadInput("--name is missing: the name with titles, as it is printed")
    since = said["since"].date() if said["since"] else retention.today(ctx, region)
    printed = Profile(said["name"], said["plain_name"], said["rank"], said["nip"])
    officer_profiles.enter_profile(ctx, region, DatedProfile(login, since, printed), by=by)
    warn_of_letters(ctx, printed.as_dict())
    click.echo(f"{login} is printed so from {since.isoformat()} on.")


@officer.command("disable")
@click.argument("login")
@by_operator
@plain_errors
def disable(login: str, operator: str | None) -> None:
    """Nobody can act as LOGIN, whatever files are loaded, until `officer enable`; what was done stays."""
    ended = officers.disable_officer(program().ctx, login, by=operator_name(operator))
    click.echo(f"{login} is disabled; {ended} tokens ended.")


@officer.command("enable")
@click.argument("login")
@by_operator
@plain_errors
def enable(login: str, operator: str | None) -> None:
    """LOGIN can act again, with a new token. Who is not in the region's files, the next load disables."""
    officers.enable_officer(program().ctx, login, by=operator_name(operator))
    click.echo(f"{login} is enabled; casetrack token create makes a new token.")


COMMANDS = [load, list_officers, officer]
