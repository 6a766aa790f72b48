"""casetrack token."""

import click

from casetrack.cli.common import plain_errors, program, table
from casetrack.cli.operator_name import by_operator, operator_name
from casetrack.domain.people.administration import TOKEN_DAYS
from casetrack.usecases.people import tokens


@click.group("token")
def token() -> None:
    """Make, list and revoke tokens."""


@token.command("create")
@click.option("--officer", "login", required=True, help="The officer's login.")
@click.option("--days", default=TOKEN_DAYS, show_default=True, type=click.IntRange(0, 3650),
              help="How long it lasts; 0: without an end, which is a finding.")  # fmt: skip
@by_operator
@plain_errors
def create(login: str, days: int, operator: str | None) -> None:
    """Make a token for an officer; it is the last line printed and shown only once."""
    made = tokens.create_token(program().ctx, login, days=days, by=operator_name(operator))
    lasts = f"for {days} days" if days else "without an end"
    click.echo(f"Token for {login}, {lasts}; keep it, it cannot be shown again:", err=True)
    click.echo(made)


@token.command("list")
@plain_errors
def list_tokens() -> None:
    """List tokens, when they end and were last used (to the hour); never themselves."""
    rows = [
        (
            kept.token_id,
            kept.login,
            kept.region,
            kept.created_at.isoformat(timespec="seconds"),
            shown.ends_at.isoformat(timespec="seconds") if shown.ends_at else "never",
            kept.used_at.isoformat(timespec="hours") if kept.used_at else "",
            shown.state,
        )
        for shown in tokens.all_tokens(program().ctx)
        for kept in [shown.record]
    ]
    heads = ("TOKEN", "OFFICER", "REGION", "CREATED", "ENDS", "LAST USED", "STATE")
    click.echo(table(rows, heads))


@token.command("revoke")
@click.argument("token_id")
@by_operator
@plain_errors
def revoke(token_id: str, operator: str | None) -> None:
    """The token TOKEN_ID opens nothing any more, from this moment."""
    tokens.revoke_token(program().ctx, token_id, by=operator_name(operator))
    click.echo(f"{token_id} is revoked.")


COMMANDS = [token]
