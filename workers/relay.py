"""The relay: sequences what was committed, fans it out, rings, and rings again what is due."""

import logging
import time
from contextlib import closing
from dataclasses import dataclass
from threading import Event

from casetrack.bootstrap import App
from casetrack.domain import events
from casetrack.domain.case.numbers import CaseNumber
from casetrack.domain.delivery.receivers import told
from casetrack.domain.errors import Refusal
from casetrack.operations import log_lines
from casetrack.operations.log_lines import about
from casetrack.operations.process_rounds import Rounds
from casetrack.storage.listen import AT_WORK, LEDGER_CHANNEL, WAKE_CHANNEL, Listener, notify
from casetrack.usecases.delivery import relay
from casetrack.usecases.delivery.relay import Batch
from workers.doorbell_thread import Ringer

#: Seconds. The poll is what guarantees; a wake only makes it sooner.
POLL = 0.25
SWEEP = 2.0
#: Seconds between two rounds of a relay at work: so a batch has what was committed meanwhile, and costs
#: no more than one of a single event. One that was idle begins at once.
PACE = 0.006
_LOG = logging.getLogger("casetrack.relay")
_CASES = logging.getLogger(log_lines.CASES)


class InProcess:
    """Waits for a wake from threads of the same process."""

    def __init__(self) -> None:
        self._rung = Event()

    def wake(self) -> None:
        """There is something to sequence."""
        self._rung.set()

    def wait(self, seconds: float) -> bool:
        """Until woken, at most so long; gives whether it was."""
        rung = self._rung.wait(seconds)
        self._rung.clear()
        return rung

    def close(self) -> None:
        """Nothing to give back."""


class _Sweeper:
    """Rings again every few seconds, however busy the relay is."""

    def __init__(self, app: App, ringer: Ringer) -> None:
        self._app, self._ringer, self._swept = app, ringer, 0.0

    def __call__(self) -> None:
        if time.monotonic() - self._swept < SWEEP:
            return
        self._swept = time.monotonic()
        if not self._ringer.full:
            relay.sweep(self._app.ctx, self._ringer.again)


def run(rounds: Rounds, stop: Event, bell: InProcess | None = None) -> None:
    """Go on until stopped. Errors are logged and tried again: the queue keeps everything."""
    app = rounds.app
    waiting = bell or Listener(app.settings.database_url, WAKE_CHANNEL, app.settings.listen_url)
    ringer = Ringer(rounds.broker)
    sweep = _Sweeper(app, ringer)
    numbering = relay.Relay(app.ctx, told, ringer, Batches(rounds))
    # A bell in this process rings for each commit; others' word is not repeated while we are at work.
    at_work, busy_until = (0.0 if bell else AT_WORK), 0.0
    ringer.start()
    with closing(waiting):
        while not stop.is_set():
            found = 0
            try:
                sweep()
                found = numbering.round()
                rounds.done()
            except Exception as error:  # whatever it is: the next round may end well
                rounds.failed(error)
                stop.wait(1)
            if found:
                notify(app.database, LEDGER_CHANNEL)
                busy_until = time.monotonic() + at_work
            if found >= relay.BATCH:
                continue  # more is there, and would not be a small batch
            if found or time.monotonic() < busy_until:
                stop.wait(PACE)
            elif waiting.wait(POLL):
                busy_until = time.monotonic() + at_work
    ringer.stop()


@dataclass
class Batches:
    """What is seen of each batch."""

    rounds: Rounds

    @property
    def reads(self) -> bool:
        """Whether the events are wanted: for their traces, or for a line about each."""
        return self.rounds.spans.recording or _CASES.isEnabledFor(logging.DEBUG)

    def __call__(self, region: str, batch: Batch, began_ns: int) -> None:
        """A batch was committed."""
        self.rounds.metrics.sequenced(batch.events)
        self.rounds.spans.past(
            "relay batch",
            began_ns,
            tuple(dict.fromkeys(event.traceparent for event in batch.read if event.traceparent)),
            {"casetrack.region": region, "casetrack.events": batch.events},
        )
        ms = round((time.time_ns() - began_ns) / 1e6, 1)
        _LOG.debug(
            "batch",
            extra=about(operation="relay batch", region=region, events=batch.events, ms=ms),
        )
        for event in batch.read:
            _tell(event)


def _tell(event: events.Event) -> None:
    """A line about an event of a case; what moves no case has none."""
    try:
        number = str(CaseNumber.parse(event.stream.rpartition("/")[2]))
    except Refusal:
        return
    step = event.data.get("step")
    _CASES.debug(
        "event", extra=about(region=event.region, case=number, event=event.type, step=step)
    )
