"""Relay, clock and workers as threads of one process: what `casetrack up` runs beside the web."""

from threading import Event, Thread

from dramatiq import Worker

from casetrack.bootstrap import App
from casetrack.operations.attempts import Attempts
from casetrack.operations.metrics import Metrics
from casetrack.operations.process_rounds import Rounds
from casetrack.operations.spans import Spans
from workers import clock, relay
from workers.actors import program
from workers.broker import broker


class Inside:
    """Started after any fork, stopped before the process ends."""

    def __init__(
        self,
        app: App,
        bell: relay.InProcess,
        metrics: Metrics | None = None,
        spans: Spans | None = None,
        threads: int = 8,
    ) -> None:
        metrics, spans = metrics or Metrics(), spans or Spans()
        program.bind(Attempts(app, metrics, spans))
        self._stop = Event()
        self._bell = bell
        self._worker = Worker(broker, worker_threads=threads, worker_timeout=20)
        rounds = {name: Rounds(name, app, metrics, spans) for name in ("relay", "clock")}
        self._threads = [
            Thread(
                target=relay.run,
                args=(rounds["relay"], self._stop, bell),
                name="relay",
                daemon=True,
            ),
            Thread(target=clock.run, args=(rounds["clock"], self._stop), name="clock", daemon=True),
        ]

    def start(self) -> None:
        """Begin to sequence, to watch and to deliver."""
        self._worker.start()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let each finish what it has in hand."""
        self._stop.set()
        self._bell.wake()
        for thread in self._threads:
            thread.join(timeout=10)
        self._worker.stop(timeout=10_000)
