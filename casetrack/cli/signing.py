"""casetrack signing: the certificate of the region's own, looked at, or made for a trial."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from casetrack import bootstrap, config
from casetrack.cli.common import FAULT_FOUND, plain_errors
from casetrack.domain.errors import BadInput
from casetrack.gateways.signing import certificates
from casetrack.gateways.signing.providers import Providers


@click.group("signing")
def group() -> None:
    """By which certificate products are signed electronically (docs/electronic-signatures.md)."""


@group.command("check")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on one line.")
@plain_errors
def check(as_json: bool) -> None:
    """Say of each certificate whose it is, who vouches, until when; exit status 1 where one has ended."""
    said = config.from_environment().signing
    if said.certificate is None:
        by = "by the national service" if said.service else "not signed electronically"
        click.echo("[]" if as_json else f"No certificate of one's own: products are {by}.")
        return
    listed = bootstrap.providers(said)
    paths = certificates.files_in(said.certificate)
    found = [_described(path, said.passphrase, listed) for path in paths]
    if not found:
        raise BadInput(f"CASETRACK_SIGN_CERTIFICATE: {said.certificate} holds no CODE.p12")
    if as_json:
        click.echo(json.dumps(found))
    for each in () if as_json else found:
        own = " (vouched for by itself only)" if each["self_signed"] else ""
        if each["provider"]:
            own = f" (recognised provider: {each['provider']})"
        left = "ENDED" if each["ended"] else f"{each['days_left']} days left"
        click.echo(f"{each['file']}: {each['subject']}{own}, until {each['until']}, {left}")
    if any(each["ended"] for each in found):
        raise SystemExit(FAULT_FOUND)


def _described(path: Path, passphrase: str | None, listed: Providers) -> dict[str, Any]:
    own, now = certificates.read(path, passphrase), datetime.now(UTC)
    days, vouching = own.days, listed.vouching(own.certificate, own.chain, now)
    return {
        "file": path.name,
        "subject": days.subject,
        "since": days.since.isoformat(),
        "until": days.until.isoformat(),
        "self_signed": days.self_signed,
        "provider": vouching.id if vouching else None,
        "ended": now > days.until,
        "days_left": (days.until - now).days,
    }


@group.command("trial")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--name", required=True, help="Whose it is, as readers of PDF show it.")
@plain_errors
def trial(file: Path, name: str) -> None:
    """Make a certificate for a trial in FILE, valid for 90 days, under CASETRACK_SIGN_PASSPHRASE.

    It is vouched for by itself only, so every reader of PDF says that its issuer is not known.
    """
    passphrase = os.environ.get("CASETRACK_SIGN_PASSPHRASE")
    if not passphrase:
        raise BadInput("CASETRACK_SIGN_PASSPHRASE: say under which passphrase the file is made")
    if not 1 <= len(name) <= 64 or not name.isprintable():
        raise BadInput("--name: 1 to 64 characters that can be printed")
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as made:
            made.write(certificates.trial(name, passphrase))
    except OSError as error:
        raise BadInput(f"cannot write {file}: {error.strerror}") from error
    click.echo(f"{file}: a certificate for a trial; set CASETRACK_SIGN_CERTIFICATE to it")


COMMANDS = [group]
