"""The one actor: somebody rang for a queue. And the doorbell that others press."""

import logging
import multiprocessing
import os
import signal
import sys
import time
from threading import Lock, Thread

import dramatiq
from dramatiq import Broker, Middleware, Worker

from casetrack import bootstrap, config
from casetrack.domain.errors import BadInput
from casetrack.operations import log_lines, spans
from casetrack.operations.attempts import Attempts
from casetrack.operations.metrics import Metrics
from casetrack.operations.metrics_port import Port
from casetrack.operations.process_rounds import database_wrong
from casetrack.storage.unit_of_work import DatabaseDown
from casetrack.usecases.delivery import sets
from workers import broker as doorbell
from workers.broker import broker

#: Attempts that one ring may make before other queues get their turn.
_MOST = 256
#: Exit status for wrong settings, as in every command.
_BAD_INPUT = 2
_LOG = logging.getLogger("casetrack.workers")


class _Program:
    """What the actor works for: bound by `casetrack up`, else built in each worker process."""

    def __init__(self) -> None:
        self._attempts: Attempts | None = None
        self._lock = Lock()

    def bind(self, attempts: Attempts) -> None:
        self._attempts = attempts

    def get(self) -> Attempts:
        with self._lock:
            if self._attempts is None:
                settings = config.from_environment()
                doorbell.refuse_memory(settings.broker_url, "dramatiq workers")
                doorbell.make(settings.broker_url)
                log_lines.start(settings, "workers")
                self._attempts = Attempts(
                    bootstrap.ready(settings), Metrics(), spans.start("workers")
                )
            return self._attempts


program = _Program()


class Boot(Middleware):
    """In each process of `dramatiq workers`: settings are checked before any ring is taken."""

    def after_process_boot(self, broker: Broker) -> None:
        """Build the program, or say in one line why not and end with status 2."""
        os.umask(0o077)  # as every command of casetrack
        name = multiprocessing.current_process().name
        # The number of this worker process, from 1.
        place = int(name.rpartition("-")[2]) if name[-1:].isdecimal() else 1
        try:
            attempts = program.get()
            _open_port(attempts, place)
            log_lines.began(attempts.app.settings, "workers", worker=place)
        except (BadInput, DatabaseDown) as error:
            # All processes find the same: the first one says it. Straight to the terminal, because
            # what dramatiq collects may be lost when a process ends this early.
            if place == 1:
                os.write(2, f"casetrack: {error}\n".encode())
            sys.exit(_BAD_INPUT)
        Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()

    def after_worker_shutdown(self, broker: Broker, worker: Worker) -> None:
        """The last spans are sent."""
        if multiprocessing.parent_process() is not None:
            program.get().spans.close()
            log_lines.ended("workers")


def _open_port(attempts: Attempts, place: int) -> None:
    """Each worker process has its own metrics, at the port of the setting plus 0, 1, 2, …"""
    at = attempts.app.settings.metrics_at

    def broker_wrong() -> list[str]:
        try:
            doorbell.ping(broker)
        except Exception as error:  # any broker, any error
            attempts.metrics.broker("workers", answers=False)
            return [f"the broker does not answer: {type(error).__name__}"]
        attempts.metrics.broker("workers", answers=True)
        return []

    def wrong() -> list[str]:
        return [*attempts.stuck(), *database_wrong(attempts.app), *broker_wrong()]

    def exposition() -> bytes:
        broker_wrong()
        return attempts.metrics.exposition()

    port = (at[0], at[1] + place - 1) if at else None
    Port(port, exposition, wrong).__enter__()


def _end_with_parent(parent: int) -> None:
    """A killed master leaves no workers behind that nobody watches: they finish and go."""
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


broker.add_middleware(Boot())


@dramatiq.actor(broker=broker, queue_name=doorbell.queue(broker), max_retries=0)
def work_on_queue(region: str, queue: str, swept: bool = False) -> None:
    """Work on what is due in a queue. Run twice, or for nothing, it does no harm: leases decide."""
    try:
        attempts = program.get()
        app = attempts.app
        worked = sets.work_on(
            *(app.ctx, region, queue, attempts, app.jitter, _MOST),
            newest=not swept,
            ring=lambda name: press(region, name, swept=True),
        )
    except DatabaseDown as error:
        _LOG.warning("the database is away, the sweeper will ring again: %s", error)
        return
    except Exception:
        # Leases run out and the sweeper rings again; nothing is lost by giving up here.
        _LOG.exception("a queue of region %s could not be worked on", region)
        return
    if worked.more:
        press(region, queue, swept=True)


def press(region: str, queue: str, *, swept: bool) -> bool:
    """Ring for one queue; False when the broker does not answer: the rows are what counts.

    `swept` says that nothing has just happened in it.
    """
    try:
        work_on_queue.send(region, queue, swept)
    except Exception:  # any broker, any error
        _LOG.warning("the broker does not answer; the sweeper will ring again")
        return False
    return True
