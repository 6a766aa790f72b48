"""The broker is a doorbell: ids only, no retries of its own, quick to see that a worker died.

Dramatiq wants one broker a process, set before any actor is declared; it lives only here.
"""

import re
from collections.abc import Callable, Mapping
from importlib import import_module
from urllib.parse import parse_qsl, urlencode, urlsplit

import dramatiq
from dramatiq import Broker, Middleware
from dramatiq.brokers.stub import StubBroker
from dramatiq.middleware import AgeLimit, Callbacks, Pipelines, Retries, ShutdownNotifications

from casetrack import config
from casetrack.domain.errors import BadInput
from workers.doorbell import Doorbell

#: Whose keys or queues, unless the URL says ?namespace=…: two installations may share a server.
NAMESPACE = "casetrack"
_NAMESPACE = re.compile(r"[a-zA-Z_][a-zA-Z0-9._-]{0,99}")
_EXAMPLE = "redis://host:6379/0 or amqp://user:password@host:5672/vhost"
#: The actor's queue in memory.
_QUEUE = "casetrack"


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
    bare, namespace = _parts(url)
    try:
        return _KINDS[urlsplit(bare).scheme](bare, namespace, middleware)
    except (KeyError, ValueError, TypeError) as error:
        raise BadInput(
            f"CASETRACK_BROKER_URL: it cannot be read; it looks like {_EXAMPLE}"
        ) from error


def _on_redis(url: str, namespace: str, middleware: list[Middleware]) -> Broker:
    # Each of the two brings a large client with it, and no process needs both.
    made: Broker = import_module("workers.redis_doorbell").RedisDoorbell(url, namespace, middleware)
    return made


def _on_rabbitmq(url: str, namespace: str, middleware: list[Middleware]) -> Broker:
    made: Broker = import_module("workers.rabbit_doorbell").RabbitDoorbell(
        url, namespace, middleware
    )
    return made


_KINDS: Mapping[str, Callable[[str, str, list[Middleware]], Broker]] = {
    "redis": _on_redis,
    "rediss": _on_redis,
    "amqp": _on_rabbitmq,
    "amqps": _on_rabbitmq,
}


def refuse_memory(url: str, process: str) -> None:
    """Raises BadInput: what rings in memory is heard in no other process."""
    if url.startswith("memory:"):
        raise BadInput(
            f"CASETRACK_BROKER_URL is memory://, which lives only inside casetrack up; "
            f"set it to redis://… or amqp://… for {process}"
        )


def queue(of: Broker) -> str:
    """The queue that its actors listen on."""
    return of.queue if isinstance(of, Doorbell) else _QUEUE


def waiting(of: Broker) -> int:
    """How many rings nobody has heard yet. Raises what the broker raises."""
    if isinstance(of, Doorbell):
        return of.waiting()
    return int(of.queues[_QUEUE].qsize()) if _QUEUE in of.queues else 0


def ping(of: Broker) -> None:
    """Raises what the broker raises when its server does not answer."""
    if isinstance(of, Doorbell):
        of.ping()


def idle(of: Broker) -> None:
    """Called now and then by a thread that rings: keeps its connection alive."""
    if isinstance(of, Doorbell):
        of.idle()


def forget(url: str) -> None:
    """Remove all of this URL's namespace: for measurements and tests with one of their own."""
    bell = make(url)
    if isinstance(bell, Doorbell):
        bell.forget()
    bell.close()


def _parts(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    namespace = options.pop("namespace", NAMESPACE)
    if not _NAMESPACE.fullmatch(namespace):
        raise BadInput(
            "CASETRACK_BROKER_URL: namespace is a letter and then up to 99 letters, digits, - _ or ."
        )
    return parts._replace(query=urlencode(options)).geturl(), namespace


def _of_environment() -> Broker:
    try:
        return make(config.from_environment().broker_url)
    except BadInput:
        # The entry point says what is wrong with the settings, in its own words and with exit 2.
        return StubBroker()


broker = _of_environment()
dramatiq.set_broker(broker)
