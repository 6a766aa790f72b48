"""The broker is a doorbell: ids only, no retries of its own, quick to see that a worker died.

Dramatiq wants one broker a process, set before any actor is declared; it lives only here.
"""

import logging

import dramatiq
from dramatiq import Broker, Middleware
from dramatiq.brokers.redis import RedisBroker
from dramatiq.brokers.stub import StubBroker
from dramatiq.middleware import AgeLimit, Callbacks, Pipelines, Retries, ShutdownNotifications

from casetrack import config
from casetrack.domain.errors import BadInput

#: A dead worker's messages are taken over after this many milliseconds.
HEARTBEAT = 5_000
QUEUE = "casetrack"


class RefuseMemory(Middleware):
    """`memory://` reaches no other process, so a worker process on it would wait for ever."""

    def after_process_boot(self, broker: Broker) -> None:
        """Called in the processes of `dramatiq workers` only."""
        if isinstance(broker, StubBroker):
            logging.getLogger("casetrack").error(
                "CASETRACK_BROKER_URL is memory://, which lives only inside casetrack up; "
                "set it to redis://…"
            )
            raise SystemExit(2)


def make(url: str) -> Broker:
    """The broker that the setting names. Opens no connection. Raises BadInput."""
    middleware: list[Middleware] = [
        RefuseMemory(),
        AgeLimit(),
        ShutdownNotifications(),
        Callbacks(),
        Pipelines(),
        Retries(max_retries=0),
    ]
    if url.startswith("memory:"):
        return StubBroker(middleware=middleware)
    if url.startswith("redis"):
        return RedisBroker(  # type: ignore[no-untyped-call]
            url=url,
            middleware=middleware,
            heartbeat_timeout=HEARTBEAT,
            maintenance_chance=1_000_000,
            namespace="casetrack",
        )
    raise BadInput(
        "CASETRACK_BROKER_URL: this release rings memory:// and redis:// doorbells only."
    )


def _of_environment() -> Broker:
    try:
        return make(config.from_environment().broker_url)
    except BadInput:
        # The entry point says what is wrong with the settings, in its own words and with exit 2.
        return StubBroker()


broker = _of_environment()
dramatiq.set_broker(broker)
