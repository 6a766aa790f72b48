"""The one actor: somebody rang for a lane. And the doorbell that others press."""

import logging
from collections.abc import Iterable
from threading import Lock

import dramatiq

from casetrack import bootstrap, config
from casetrack.bootstrap import App
from casetrack.usecases import relay
from workers.broker import QUEUE, broker

#: Attempts that one ring may make before other lanes get their turn.
_MOST = 50
_LOG = logging.getLogger("casetrack.workers")


class _Program:
    """What the actor works for: bound by `casetrack up`, else built at the first ring."""

    def __init__(self) -> None:
        self._app: App | None = None
        self._lock = Lock()

    def bind(self, app: App) -> None:
        self._app = app

    def get(self) -> App:
        with self._lock:
            if self._app is None:
                settings = config.from_environment()
                bootstrap.start_logging(settings)
                self._app = bootstrap.ready(settings)
            return self._app


program = _Program()


@dramatiq.actor(broker=broker, queue_name=QUEUE, max_retries=0)
def attempt_lane(region: str, lane: str) -> None:
    """Work through one lane. Run twice, or for nothing, it does no harm: the lease decides."""
    app = program.get()
    try:
        made = relay.attempt_lane(app.ctx, region, lane, app.teller, app.jitter, _MOST)
    except Exception:
        # The lease runs out and the sweeper rings again; nothing is lost by giving up here.
        _LOG.exception("a lane of region %s could not be worked on", region)
        return
    if made == _MOST:
        attempt_lane.send(region, lane)


def ring(lanes: Iterable[tuple[str, str]]) -> None:
    """Press the doorbell for these lanes. With the broker away nothing is lost: the sweeper rings."""
    for region, lane in lanes:
        try:
            attempt_lane.send(region, lane)
        except Exception:  # any broker, any error: the rows are what counts
            _LOG.warning("the broker does not answer; the sweeper will ring again")
            return
