"""The two brokers that ring between processes, each made to forget quickly and to recover quickly.

A ring holds ids only and is worth nothing a minute later: the sweeper has rung again by then. So
nothing is retried, dead-lettered or kept for long, and no broker can be filled by rings unheard.
"""

import contextlib
import time
from typing import Any

import pika
import pika.exceptions
import redis
from dramatiq import Consumer, Message, MessageProxy, Middleware
from dramatiq.brokers.rabbitmq import RabbitmqBroker
from dramatiq.brokers.redis import RedisBroker, _RedisConsumer
from dramatiq.common import dq_name, xq_name
from dramatiq.errors import ConnectionClosed

#: Milliseconds after which a dead worker's messages are taken over (Redis); with RabbitMQ its
#: connection says so at once, and the heartbeat below when not even that came through.
HEARTBEAT = 5_000
#: Seconds between two looks for a ring in Redis when no word of one came: the look is what
#: guarantees. RabbitMQ pushes.
LOOK = 0.25
#: Seconds between two looks when all threads are busy and no more rings are taken.
BUSY = 0.02
#: The actor's queue in Redis, where the namespace keeps installations apart.
QUEUE = "casetrack"
#: Seconds. What pika is given unless the URL says otherwise (`?heartbeat=…&socket_timeout=…`).
_PATIENCE = {
    "heartbeat": 10,
    "socket_timeout": 2.0,
    "stack_timeout": 4.0,
    "blocked_connection_timeout": 2.0,
}


def _no_more(prefetch: int) -> int:
    """As many rings as a worker's threads can work on.

    Dramatiq asks for twice as many, which would wait here while another worker has nothing to do.
    """
    return max(1, prefetch // 2)


class _Listening(_RedisConsumer):
    """Dramatiq's consumer, told of each ring by PUBLISH instead of polling for it."""

    def __init__(self, broker: "RedisDoorbell", queue_name: str, prefetch: int) -> None:
        # Its own wait between two looks is none; ours is below.
        super().__init__(broker, queue_name, prefetch, 0)  # type: ignore[no-untyped-call]
        self._word = broker.client.pubsub(ignore_subscribe_messages=True)
        # Before the first look: what is rung after it is heard.
        self._word.subscribe(broker.channel)

    def __next__(self) -> MessageProxy | None:
        """A ring, or None after a wait in which there may have come one."""
        found: MessageProxy | None = super().__next__()  # type: ignore[no-untyped-call]
        if found is None:
            self._wait()
        return found

    def _wait(self) -> None:
        if self.outstanding_message_count >= self.prefetch:
            # It is not for want of rings that none was taken: a word would be heard for nothing.
            time.sleep(BUSY)
            return
        try:
            heard = self._word.get_message(timeout=LOOK)
            while heard is not None:
                # One look takes them all.
                heard = self._word.get_message(timeout=0)
        except redis.ResponseError:
            # A user whom an ACL lets see no channels: looking alone is slower, and enough.
            time.sleep(LOOK)
        except redis.RedisError as error:
            raise ConnectionClosed(error) from None  # type: ignore[no-untyped-call]

    def close(self) -> None:
        """Give the connection back."""
        self._word.close()


class RedisDoorbell(RedisBroker):
    """Redis, with a word to who waits: a notice should not wait for the default second."""

    queue = QUEUE

    def __init__(self, url: str, namespace: str, middleware: list[Middleware]) -> None:
        super().__init__(  # type: ignore[no-untyped-call]
            # A server that is gone is found out, not waited for. What the URL says comes first.
            client=redis.Redis.from_url(
                url, socket_connect_timeout=2, socket_timeout=5, socket_keepalive=True
            ),
            middleware=middleware,
            heartbeat_timeout=HEARTBEAT,
            maintenance_chance=1_000_000,
            namespace=namespace,
        )
        self.channel = f"{namespace}:rung"

    def enqueue(self, message: Message[Any], *, delay: int | None = None) -> Message[Any]:
        """Put a ring into the queue, and say so to who waits for one."""
        put: Message[Any] = super().enqueue(message, delay=delay)
        with contextlib.suppress(redis.ResponseError):
            self.client.publish(self.channel, b"")
        return put

    def consume(self, queue_name: str, prefetch: int = 1, timeout: int = 5000) -> Consumer:
        """The queue's consumer. The one for delayed rings, of which there are none, may sleep."""
        if queue_name == self.queue:
            return _Listening(self, queue_name, _no_more(prefetch))
        consumer: Consumer = super().consume(queue_name, prefetch, timeout)
        return consumer

    def waiting(self) -> int:
        """How many rings nobody has heard yet."""
        return int(self.do_qsize(self.queue))

    def ping(self) -> None:
        """Raises when the server does not answer."""
        self.client.ping()

    def idle(self) -> None:
        """Nothing to do: its connections need no care."""

    def forget(self) -> None:
        """Remove every key of the namespace."""
        for key in self.client.scan_iter(match=f"{self.namespace}:*", count=1000):
            self.client.delete(key)


class RabbitDoorbell(RabbitmqBroker):
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
        consumer: Consumer = super().consume(queue_name, _no_more(prefetch), timeout)
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


Doorbell = RedisDoorbell | RabbitDoorbell
