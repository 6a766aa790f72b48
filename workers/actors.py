"""The one actor: somebody rang for a lane. And the doorbell that others press."""

import logging
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Iterable
from threading import Lock, Thread

import dramatiq
from dramatiq import Broker, Middleware

from casetrack import bootstrap, config
from casetrack.bootstrap import App
from casetrack.domain.errors import BadInput
from casetrack.storage.unit_of_work import DatabaseDown
from casetrack.usecases import relay
from workers import broker as doorbell
from workers.broker import broker

#: Attempts that one ring may make before other lanes get their turn.
_MOST = 50
#: Exit status for wrong settings, as in every command.
_BAD_INPUT = 2
_LOG = logging.getLogger("casetrack.workers")


class _Program:
    """What the actor works for: bound by `casetrack up`, else built in each worker process."""

    def __init__(self) -> None:
        self._app: App | None = None
        self._lock = Lock()

    def bind(self, app: App) -> None:
        self._app = app

    def get(self) -> App:
        with self._lock:
            if self._app is None:
                settings = config.from_environment()
                doorbell.refuse_memory(settings.broker_url, "dramatiq workers")
                doorbell.make(settings.broker_url)
                bootstrap.start_logging(settings)
                self._app = bootstrap.ready(settings)
            return self._app


program = _Program()


class Boot(Middleware):
    """In each process of `dramatiq workers`: settings are checked before any ring is taken."""

    def after_process_boot(self, broker: Broker) -> None:
        """Build the program, or say in one line why not and end with status 2."""
        try:
            program.get()
        except (BadInput, DatabaseDown) as error:
            # All processes find the same: the first one says it. Straight to the terminal, because
            # what dramatiq collects may be lost when a process ends this early.
            if multiprocessing.current_process().name.endswith("-1"):
                os.write(2, f"casetrack: {error}\n".encode())
            sys.exit(_BAD_INPUT)
        Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()


def _end_with_parent(parent: int) -> None:
    """A killed master leaves no workers behind that nobody watches: they finish and go."""
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


broker.add_middleware(Boot())


@dramatiq.actor(broker=broker, queue_name=doorbell.queue(broker), max_retries=0)
def attempt_lane(region: str, lane: str) -> None:
    """Work through one lane. Run twice, or for nothing, it does no harm: the lease decides."""
    try:
        app = program.get()
        made = relay.work_on(app.ctx, region, lane, app.teller, app.jitter, _MOST)
    except Exception:
        # The lease runs out and the sweeper rings again; nothing is lost by giving up here.
        _LOG.exception("a lane of region %s could not be worked on", region)
        return
    if made == _MOST:
        ring([(region, lane)])


def ring(lanes: Iterable[tuple[str, str]]) -> None:
    """Press the doorbell for these lanes. With the broker away nothing is lost: the sweeper rings."""
    for region, lane in lanes:
        if not press(region, lane):
            return


def press(region: str, lane: str) -> bool:
    """Ring for one lane; False when the broker does not answer."""
    try:
        attempt_lane.send(region, lane)
    except Exception:  # any broker, any error: the rows are what counts
        _LOG.warning("the broker does not answer; the sweeper will ring again")
        return False
    return True
