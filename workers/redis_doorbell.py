"""The doorbell on Redis."""

import contextlib
import time
from typing import Any

import redis
from dramatiq import Consumer, Message, MessageProxy, Middleware
from dramatiq.brokers.redis import RedisBroker, _RedisConsumer
from dramatiq.errors import ConnectionClosed

from workers.doorbell import Doorbell, as_many_as_threads

#: Milliseconds after which a dead worker's messages are taken over.
HEARTBEAT = 5_000
#: Seconds between two looks for a ring when no word of one came: the look is what guarantees.
LOOK = 0.25
#: Seconds between two looks when all threads are busy and no more rings are taken.
BUSY = 0.02
#: The actor's queue, where the namespace keeps installations apart.
QUEUE = "casetrack"


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


class RedisDoorbell(RedisBroker, Doorbell):
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
            return _Listening(self, queue_name, as_many_as_threads(prefetch))
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
