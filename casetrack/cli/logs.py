"""casetrack replay, export."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from casetrack.bootstrap import App
from casetrack.cli.common import FAULT_FOUND, Progress, plain_errors, program
from casetrack.domain.delivery.receivers import told
from casetrack.domain.errors import BadInput
from casetrack.domain.logs.conformance import Conformance, Deviation
from casetrack.gateways.logs.xes_reader import (
    LoggedEvent,
    RejectedEvent,
    TraceEnded,
    TraceStarted,
    log_digest,
    read_log,
)
from casetrack.gateways.logs.xes_writer import xes_file
from casetrack.gateways.region.service_file import read_service
from casetrack.usecases.delivery import relay
from casetrack.usecases.logs.export import Exporter
from casetrack.usecases.logs.replay import EmptyTrace, Importer, choose_region
from workers.actors import press

#: Deviations and rejections that are told one by one.
_TOLD = 20


@dataclass
class _Reading:
    """What is seen of a log while it is read."""

    conformance: Conformance | None
    cases: int = 0
    following: int = 0
    deviating: int = 0
    rejected: int = 0
    deviations: list[tuple[str, Deviation]] = field(default_factory=list)
    rejections: list[RejectedEvent] = field(default_factory=list)

    def events(
        self, file: Path, zone: ZoneInfo | None
    ) -> Iterator[tuple[LoggedEvent | EmptyTrace, str | None]]:
        """The log's events with the names of their traces, counted on the way."""
        name, path = None, self.conformance
        for item in read_log(file, zone=zone):
            if isinstance(item, LoggedEvent):
                if path is not None:
                    path.observe(item.activity, item.lifecycle)
                yield item, name
            elif isinstance(item, TraceStarted):
                name = item.name
                path = self.conformance.fresh() if self.conformance else None
            elif isinstance(item, TraceEnded):
                if not item.events:
                    yield EmptyTrace(item.index), name
                self._end(name or f"trace {item.index}", path)
            else:
                self._reject(item)

    def _end(self, name: str, path: Conformance | None) -> None:
        self.cases += 1
        if path is None:
            return
        if path.first is None:
            self.following += 1
            return
        self.deviating += 1
        if len(self.deviations) < _TOLD:
            self.deviations.append((name, path.first))

    def _reject(self, item: RejectedEvent) -> None:
        self.rejected += 1
        if len(self.rejections) < _TOLD:
            self.rejections.append(item)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--service",
    type=click.Path(path_type=Path),
    help="A definition (YAML) to hold the log against.",
)
@click.option("--region", help="Where the log goes: the code of a region.")
@click.option("--zone", help="Of times that name none, such as Asia/Makassar.")
@click.option("--json", "as_json", is_flag=True, help="The figures as JSON in the last line.")
@plain_errors
def replay(
    file: Path, service: Path | None, region: str | None, zone: str | None, as_json: bool
) -> None:
    """Take a real log (XES, also .gz) through the ledger, with the log's own times.

    Nobody is notified but the file sink. Run again, it goes on where it was or changes nothing.
    Exit status 1 when events were rejected.
    """
    definition = read_service(service) if service else None
    place = _zone(zone) if zone is not None else None
    digest = log_digest(file, zone)
    app = program()
    seen = _Reading(Conformance(definition) if definition else None)
    importer = Importer(app.ctx, choose_region(app.ctx, region), digest, _drainer(app))
    progress = Progress("Replayed events")
    try:
        for done in importer.take(seen.events(file, place)):
            progress(done, f"in {seen.cases:,} cases")
    finally:
        progress.done()
    _tell(seen, importer, as_json)
    if seen.rejected:
        raise SystemExit(FAULT_FOUND)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise BadInput(
            f"--zone {name}: there is no such time zone; it is like Asia/Makassar"
        ) from error


def _nobody(_queues: Iterable[tuple[str, str]]) -> None:
    """A bell of this process alone would ring unheard, and remember every ring."""


def _ring(queues: Iterable[tuple[str, str]]) -> None:
    """What is imported is long past: it gives way. With the broker away the sweeper rings."""
    for region, queue in queues:
        if not press(region, queue, swept=True):
            return


def _drainer(app: App) -> Callable[[], int]:
    bell = _nobody if app.settings.broker_url.startswith("memory:") else _ring

    def drain() -> int:
        return relay.drain(app.ctx, told, bell)

    return drain


def _tell(seen: _Reading, importer: Importer, as_json: bool) -> None:
    report = importer.report
    for item in seen.rejections:
        trace = "outside" if item.trace is None else f"trace {item.trace}"
        click.echo(
            f"rejected: line {item.line}, {trace}, event {item.index}: {item.reason}", err=True
        )
    _tell_rest("rejected", seen.rejected)
    for name, deviation in seen.deviations:
        click.echo(
            f"deviates: case {name}, event {deviation.index} ({deviation.activity}): {deviation.reason}",
            err=True,
        )
    _tell_rest("deviate", seen.deviating)
    judged = seen.conformance is not None
    if as_json:
        figures = {
            "cases": seen.cases,
            "events": report.events,
            "following": seen.following if judged else None,
            "deviating": seen.deviating if judged else None,
            "rejected": seen.rejected,
            "already_present": report.already_present,
            "seconds": report.seconds,
        }
        click.echo(json.dumps(figures))
        return
    click.echo(
        f"{seen.cases:,} cases, {report.events:,} events taken in, {report.already_present:,} there "
        f"already, {seen.rejected:,} rejected, {report.seconds} s"
    )
    if judged:
        click.echo(f"{seen.following:,} cases follow the definition, {seen.deviating:,} deviate")


def _tell_rest(what: str, count: int) -> None:
    if count > _TOLD:
        click.echo(f"... and {count - _TOLD:,} more {what}", err=True)


@click.command()
@click.option("--format", "form", type=click.Choice(["xes"]), default="xes", show_default=True)
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--region", help="Only this region; without it, all.")
@plain_errors
def export(form: str, out: Path, region: str | None) -> None:
    """Write what happened to OUT, for process mining; packed when the name ends in .gz."""
    app = program()
    progress = Progress("Exported events")
    cases = count = 0
    stream: str | None = None
    with xes_file(out) as log:
        for event in Exporter(app.ctx).events(region):
            if event.stream != stream:
                if stream is not None:
                    log.end_trace()
                log.start_trace(event.case)
                stream = event.stream
                cases += 1
            if not event.activity:
                continue
            log.event(
                event.activity,
                event.time,
                event.offset_minutes,
                resource=event.resource,
                group=event.group,
                lifecycle=event.lifecycle,
                instance=event.instance,
            )
            count += 1
            progress(count)
        if stream is not None:
            log.end_trace()
    progress.done()
    click.echo(f"{cases:,} cases with {count:,} events written to {out}")


COMMANDS = [replay, export]
