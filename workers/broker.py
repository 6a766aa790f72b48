"""The broker is a doorbell: ids only, no retries of its own, quick to see that a worker died.

Dramatiq wants one broker a process, set before any actor is declared; it lives only here.
"""

from urllib.parse import parse_qsl, urlencode, urlsplit

import dramatiq
import redis
from dramatiq import Broker, Consumer, Middleware
from dramatiq.brokers.redis import RedisBroker
from dramatiq.brokers.stub import StubBroker
from dramatiq.middleware import AgeLimit, Callbacks, Pipelines, Retries, ShutdownNotifications

from casetrack import config
from casetrack.domain.errors import BadInput

#: A dead worker's messages are taken over after this many milliseconds.
HEARTBEAT = 5_000
#: Milliseconds between two looks for a ring, at most.
LOOK = 20
QUEUE = "casetrack"
#: Where the keys are, unless the URL says ?namespace=…: two installations may share a server.
NAMESPACE = "casetrack"


class Doorbell(RedisBroker):
    """Redis, looked at often: a notice should not wait for the default second."""

    def consume(self, queue_name: str, prefetch: int = 1, timeout: int = 5000) -> Consumer:
        """The queue's consumer. `dramatiq workers` has no option for its time to wait."""
        consumer: Consumer = super().consume(queue_name, prefetch, min(timeout, LOOK))
        return consumer


def make(url: str) -> Broker:
    """The broker that the setting names. Opens no connection. Raises BadInput."""
    middleware: list[Middleware] = [
        AgeLimit(),
        ShutdownNotifications(),
        Callbacks(),
        Pipelines(),
        Retries(max_retries=0),
    ]
    if url.startswith("memory:"):
        return StubBroker(middleware=middleware)
    if not url.startswith("redis"):
        raise BadInput(
            "CASETRACK_BROKER_URL: this release rings memory:// and redis:// doorbells only"
        )
    bare, namespace = _parts(url)
    try:
        return Doorbell(  # type: ignore[no-untyped-call]
            url=bare,
            middleware=middleware,
            heartbeat_timeout=HEARTBEAT,
            maintenance_chance=1_000_000,
            namespace=namespace,
        )
    except (ValueError, TypeError) as error:
        raise BadInput(
            "CASETRACK_BROKER_URL: it cannot be read; it looks like redis://host:6379/0"
        ) from error


def refuse_memory(url: str, process: str) -> None:
    """Raises BadInput: what rings in memory is heard in no other process."""
    if url.startswith("memory:"):
        raise BadInput(
            f"CASETRACK_BROKER_URL is memory://, which lives only inside casetrack up; "
            f"set it to redis://… for {process}"
        )


def waiting(of: Broker) -> int:
    """How many rings nobody has heard yet."""
    if isinstance(of, RedisBroker):
        return int(of.do_qsize(QUEUE))
    return int(of.queues[QUEUE].qsize()) if QUEUE in of.queues else 0


def forget(url: str) -> None:
    """Remove every key of this URL's namespace: for measurements and tests with one of their own."""
    bare, namespace = _parts(url)
    with redis.Redis.from_url(bare) as client:
        for key in client.scan_iter(match=f"{namespace}:*", count=1000):
            client.delete(key)


def _parts(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    namespace = options.pop("namespace", NAMESPACE)
    return parts._replace(query=urlencode(options)).geturl(), namespace


def _of_environment() -> Broker:
    try:
        return make(config.from_environment().broker_url)
    except BadInput:
        # The entry point says what is wrong with the settings, in its own words and with exit 2.
        return StubBroker()


broker = _of_environment()
dramatiq.set_broker(broker)
