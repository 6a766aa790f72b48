"""casetrack verify, rebuild."""

import json
from contextlib import closing
from datetime import UTC, datetime

import click

from casetrack.cli.common import FAULT_FOUND, Progress, plain_errors, program
from casetrack.cli.operator_name import by_operator, operator_name
from casetrack.domain.events import instant
from casetrack.domain.proof.authority_findings import FINDINGS, Finding, Tally
from casetrack.domain.proof.verdict import KINDS
from casetrack.usecases.proof.checked_region import Verdict
from casetrack.usecases.proof.kept_files import FilesRead
from casetrack.usecases.proof.other_folds import Age
from casetrack.usecases.proof.rebuild import rebuild as rebuild_all
from casetrack.usecases.proof.recovered import NUMBERS
from casetrack.usecases.proof.recovered import recovered as leap
from casetrack.usecases.proof.verify import Anchor
from casetrack.usecases.proof.verify import verify as verify_all

#: Places of a kind of finding that a person is shown; --json has them all.
MOST_SHOWN = 5


@click.command()
@click.option("--case", "number", metavar="NUMBER", help="Only this case, and its region's ledger.")
@click.option(
    "--expect",
    multiple=True,
    metavar="REGION:POSITION:HASH",
    help="A ledger entry that you wrote down outside; may be given several times.",
)
@click.option(
    "--no-files", is_flag=True, help="Read no file in the store: it takes as long as it has."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on one line.")
@plain_errors
def verify(number: str | None, expect: tuple[str, ...], no_files: bool, as_json: bool) -> None:
    """Recompute every chain, the ledger and every row made from events; exit 1 if one is wrong.

    Findings about authority and what nobody can verify are told too; they change no exit status.
    docs/proof.md says what this proves and what it cannot.
    """
    anchors = [Anchor.parse(text) for text in expect]
    shown = Progress("events checked")
    app = program()
    with closing(app.database):
        verdict = verify_all(
            app.ctx, case=number, expect=anchors, files=not no_files, progress=shown
        )
    shown.done()
    click.echo(json.dumps(verdict.as_dict()) if as_json else _in_words(verdict))
    if verdict.fault is not None:
        raise SystemExit(FAULT_FOUND)


_OTHER_FOLDS: dict[Age, str] = {
    "old": "{} rows were folded by an older release and compared by the rules of this one; "
    "casetrack rebuild makes them anew.",
    "newer": "{} rows were folded by a newer release; they were compared with their chains only: run "
    "that release's casetrack verify.",
}


def _files_in_words(files: FilesRead) -> list[str]:
    lines = [f"{each['number']}: file {each['file']} {each['detail']}" for each in files.wrong]
    if not files.asked:
        lines.append("No file was read in the store.")
    if files.read:
        lines.append(f"{files.read} files were read in the store and hashed.")
    if files.away:
        lines.append(f"{files.away} files could not be read: the store does not answer.")
    return lines


def _in_words(verdict: Verdict) -> str:
    """For a person; changed rows may hold anything, so it is made printable."""
    lines = []
    for region, place in verdict.checked_to.items():
        lines.append(f"{region}: checked to {region}:{place['position']}:{place['hash']}")
    fault = verdict.fault
    if fault is not None:
        where = f"region {fault.region}"
        if fault.stream is not None:
            where += f", stream {fault.stream}"
        if fault.version is not None:
            where += f", version {fault.version}"
        if fault.position is not None:
            where += f", ledger position {fault.position}"
        lines += [f"FAULT {fault.kind}: {where}: {fault.detail}", KINDS[fault.kind]]
    else:
        lines.append(f"{verdict.events} events: all chains, ledgers and rows agree.")
    lines += [
        f"{region}: history since {instant(loss.since)} may be missing; positions {loss.positions[0]} to "
        f"{loss.positions[1]} were passed over (casetrack recovered)."
        for region, loss in verdict.lost
    ]
    lines += _files_in_words(verdict.files)
    lines += [_OTHER_FOLDS[age].format(count) for age, count in verdict.other_folds.items()]
    lines += _authority_in_words(verdict.authority)
    if verdict.anchored:
        lines.append("Anchored: the ledger holds the entries that you wrote down.")
    elif fault is None or fault.kind != "anchor":
        # Who gave a line that the ledger does not hold needs no advice to give one.
        lines.append(
            "Not anchored: who can write the whole database can make a whole history that agrees. "
            'Keep a line "checked to" outside and give it to --expect.'
        )
    return "\n".join(lines).encode("utf-8", "backslashreplace").decode()


def _authority_in_words(tally: Tally) -> list[str]:
    """What was found of authority: each kind with its count and its first few places."""
    lines = []
    for kind, meaning in FINDINGS.items():
        if tally.counts[kind]:
            lines.append(f"Finding, {tally.counts[kind]} of {kind}: {meaning}")
            shown = [finding for finding in tally.findings if finding.kind == kind][:MOST_SHOWN]
            lines += [f"  {_where(finding)}: {finding.detail}" for finding in shown]
    lines += [f"Not verifiable: {one['count']} {one['detail']}." for one in tally.beyond()]
    return lines


def _where(finding: Finding) -> str:
    where = f"region {finding.region}"
    return f"{where}, {finding.stream} version {finding.version}" if finding.stream else where


@click.command()
@click.option("--region", metavar="CODE", help="Only this region.")
@plain_errors
def rebuild(region: str | None) -> None:
    """Make every row that events make anew from them, the register's too; say what differed."""
    shown = Progress("streams refolded")
    mended = left = 0
    app = program()
    with closing(app.database):
        for change in rebuild_all(app.ctx, region, shown):
            mended, left = mended + change.done, left + (not change.done)
            line = f"{change.region} {change.stream}: {change.detail}"
            click.echo(line.encode("utf-8", "backslashreplace").decode())
    shown.done()
    click.echo(f"{mended} rows differed and were mended." if mended else "No row differed.")
    if left:
        click.echo(f"{left} streams were left alone, as said above.", err=True)


@click.command("recovered")
@click.option(
    "--since",
    type=click.DateTime(("%Y-%m-%dT%H:%M:%SZ",)),
    help="Since when history may be missing (UTC); default: the newest event that was kept.",
)
@click.option(
    "--numbers",
    default=NUMBERS,
    show_default=True,
    type=click.IntRange(1, 100_000),
    help="How many numbers of each counter are left out: more than were given in what was lost.",
)
@by_operator
@plain_errors
def recovered(since: datetime | None, numbers: int, operator: str | None) -> None:
    """After a loss, and before anything else is started: no number is given a second time.

    Run it when an asynchronous standby was promoted, or the database was restored from a backup.
    docs/many-machines.md says what is lost then.
    """
    app = program()
    with closing(app.database):
        by = operator_name(operator)
        moment = since.replace(tzinfo=UTC) if since else None
        for each in leap(app.ctx, by, since=moment, numbers=numbers):
            first, last = each.loss.positions
            click.echo(
                f"{each.region}: history since {instant(each.loss.since)} may be missing; left out: "
                f"positions {first} to {last}, {numbers} numbers of each of "
                f"{len(each.loss.cases)} services and {len(each.loss.products)} patterns, by year."
            )


COMMANDS = [verify, rebuild, recovered]
