"""casetrack backup, restore, drill."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from casetrack import config
from casetrack.cli.common import FAULT_FOUND, Progress, plain_errors, program
from casetrack.operations import backups, restores
from casetrack.operations.backup_folder import Checked

_FOLDER = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document on one line.")
#: Names that a person is shown of a list; --json has them all.
_MOST_SHOWN = 10


def _say(text: str) -> None:
    click.echo(f"{text} ...", err=True)


@click.command()
@_FOLDER
@click.option(
    "--keys",
    type=click.Path(path_type=Path),
    help="Write the keys into this other folder; keep it apart from the backup.",
)
@_JSON
@plain_errors
def backup(folder: Path, keys: Path | None, as_json: bool) -> None:
    """Write database and files of this moment into DIR, while everything goes on.

    The keys are not in it: without them nobody reads it, and with them everybody does. On PostgreSQL
    pg_dump does it. Exit status 1 where files are missing or verify finds a fault.
    """
    app = program()
    if keys is not None:
        backups.keep_keys(app, keys)
    shown = Progress("files copied")
    made = backups.backup(app, folder, _say, shown)
    shown.done()
    _tell(made, folder, "holds", as_json=as_json)


@click.command()
@_FOLDER
@_JSON
@plain_errors
def restore(folder: Path, as_json: bool) -> None:
    """Put the backup in DIR into the place that the settings name, which must be empty.

    The keys have to be there before: as settings, or as files in the data folder. At the end everything
    is verified. What happened after the backup is not in it: docs/backup.md says what to do then.
    """
    shown = Progress("files put back")
    put = restores.restore(config.from_environment(), folder, _say, shown)
    shown.done()
    _tell(put, folder, "is put back:", as_json=as_json)


@click.command()
@click.option(
    "--scratch",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Where there is room for a whole copy; default the temporary folder.",
)
@_JSON
@plain_errors
def drill(scratch: Path | None, as_json: bool) -> None:
    """Back up and restore in a scratch place, verify both, say how long it took, and clean up."""
    app = program()
    shown = Progress("files")
    done = restores.drill(app, scratch, _say, shown)
    shown.done()
    if as_json:
        click.echo(json.dumps(done.as_dict()))
    else:
        click.echo(
            f"Backup {_long(done.backup_seconds)}, restore {_long(done.restore_seconds)}, each with "
            f"verify: {done.rows:,} rows, {done.events:,} events, {done.files:,} files, "
            f"{done.bytes / 1e6:,.1f} MB."
        )
        click.echo("Both are sound." if done.sound else "A FAULT was found; run casetrack verify.")
    if not done.sound:
        raise SystemExit(FAULT_FOUND)


def _long(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 120 else f"{seconds / 60:.1f} min"


def _tell(checked: Checked, folder: Path, verb: str, *, as_json: bool) -> None:
    manifest, verdict = checked.manifest, checked.verdict
    if as_json:
        said = {**asdict(manifest), "sound": checked.sound, "verify": verdict.as_dict()}
        click.echo(json.dumps(said))
    else:
        click.echo(
            f"{folder} {verb} {manifest.events:,} events and {manifest.files:,} files of "
            f"{manifest.made_at}, {(manifest.size + manifest.file_bytes) / 1e6:,.1f} MB."
        )
        for region, (position, digest) in manifest.heads.items():
            click.echo(f"{region}: up to {region}:{position}:{digest}")
        for name in manifest.missing[:_MOST_SHOWN]:
            click.echo(f"MISSING: file {name} is not in the store as it was put there.")
        if manifest.erased:
            click.echo(f"{len(manifest.erased)} files were erased meanwhile and are not in it.")
        fault = verdict.fault
        click.echo(
            "verify: all agrees, and the ledgers hold these entries."
            if fault is None
            else f"verify: FAULT {fault.kind}: {fault.detail}"
        )
    if not checked.sound:
        raise SystemExit(FAULT_FOUND)


COMMANDS = [backup, restore, drill]
