"""The doorbell on RabbitMQ. A dead worker's connection says that its rings are free again."""

import contextlib
from typing import Any

import pika
import pika.exceptions
from dramatiq import Consumer, Middleware
from dramatiq.brokers.rabbitmq import RabbitmqBroker
from dramatiq.common import dq_name, xq_name

from workers.doorbell import Doorbell, as_many_as_threads

#: Seconds. What pika is given unless the URL says otherwise (`?heartbeat=…&socket_timeout=…`); the
#: heartbeat finds a worker of which not even its connection's end came through.
_PATIENCE = {
    "heartbeat": 10,
    "socket_timeout": 2.0,
    "stack_timeout": 4.0,
    "blocked_connection_timeout": 2.0,
}


class RabbitDoorbell(RabbitmqBroker, Doorbell):
    """RabbitMQ with quorum queues. The namespace is the queue's name; a vhost comes with the URL."""

    #: Milliseconds that a ring is kept that nobody hears, and how many are kept (the newest).
    kept, most = 60_000, 20_000

    def __init__(self, url: str, namespace: str, middleware: list[Middleware]) -> None:
        super().__init__(url=url, middleware=middleware)
        self.queue = namespace
        for name, value in _PATIENCE.items():
            if f"{name}=" not in url:
                setattr(self.parameters, name, value)

    def consume(self, queue_name: str, prefetch: int = 1, timeout: int = 5000) -> Consumer:
        """The queue's consumer."""
        consumer: Consumer = super().consume(queue_name, as_many_as_threads(prefetch), timeout)
        return consumer

    def _build_queue_arguments(self, queue_name: str) -> dict[str, Any]:
        # No dead letters: what expired or was crowded out would fill their queue instead.
        return {
            "x-queue-type": "quorum",
            "x-message-ttl": self.kept,
            "x-max-length": self.most,
            "x-overflow": "drop-head",
            # An installation that is gone leaves nothing behind for ever: two weeks, unused.
            "x-expires": 14 * 86_400_000,
        }

    def _declare_xq_queue(self, queue_name: str) -> None:
        """None is made, as there are no dead letters."""

    def get_queue_message_counts(self, queue_name: str) -> tuple[int, int, int]:
        """Rings waiting, rings delayed (we delay none), dead letters (there are none)."""
        declare: Any = super()
        rung, delayed = declare._declare_queue(queue_name), declare._declare_dq_queue(queue_name)
        return rung.method.message_count, delayed.method.message_count, 0

    def waiting(self) -> int:
        """How many rings nobody has heard yet."""
        try:
            found = self.channel.queue_declare(queue=self.queue, passive=True)
        except pika.exceptions.ChannelClosedByBroker:
            # No such queue: nobody has rung yet, or the server forgot it. The channel ends with the
            # question, and the next ring makes the queue again.
            self.queues_pending.add(self.queue)
            del self.channel
            return 0
        except pika.exceptions.AMQPError:
            del self.connection
            raise
        return int(found.method.message_count)

    def ping(self) -> None:
        """Raises when the server does not answer."""
        pika.BlockingConnection(self.parameters).close()

    def idle(self) -> None:
        """Answer the server's heartbeats on this thread's connection; one that broke is let go."""
        connection = getattr(self.state, "connection", None)
        if connection is None:
            return
        try:
            connection.process_data_events(time_limit=0)
        except Exception:  # whatever is wrong with it, the next ring opens another
            with contextlib.suppress(Exception):
                del self.connection

    def forget(self) -> None:
        """Delete the namespace's queues."""
        for name in (self.queue, dq_name(self.queue), xq_name(self.queue)):
            self.channel.queue_delete(name)
        self.queues_pending.add(self.queue)
