"""A thread that rings for the relay, so that numbering events never waits for the broker."""

import time
from collections.abc import Callable, Iterable
from threading import Event, Lock, Thread

from workers import broker as doorbell
from workers.actors import press
from workers.broker import broker

#: With so many rings unheard no worker is there, or they are all busy: ringing on would only fill
#: the broker, and what is due is swept up when they are fewer.
ENOUGH = 1000
#: Seconds between two looks at how many wait, and after a broker did not answer.
_LOOK, _PAUSE = 1.0, 2.0


class Ringer:
    """Rings in the order in which it is asked to, and says when that would be for nothing."""

    def __init__(self, asked: Callable[[Exception | None], None] = lambda _: None) -> None:
        #: Told of each look at the broker: what it raised, or None.
        self._asked = asked
        # In their order; a queue that waits to be rung for is rung for once.
        self._queues: dict[tuple[str, str, bool], None] = {}
        self._lock = Lock()
        self._there, self._stop = Event(), False
        self._unheard, self._looked, self._quiet_until = 0, 0.0, 0.0
        self._thread = Thread(target=self._run, name="ringer", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Ring for what is there already, if the broker answers, and end."""
        self._stop = True
        self._there.set()
        self._thread.join(timeout=5)

    def __call__(self, queues: Iterable[tuple[str, str]]) -> None:
        """Ring soon for these queues, in which something happened."""
        self._add(queues, swept=False)

    def again(self, queues: Iterable[tuple[str, str]]) -> None:
        """Ring soon for these queues, in which something is still or again due."""
        self._add(queues, swept=True)

    def _add(self, queues: Iterable[tuple[str, str]], *, swept: bool) -> None:
        with self._lock:
            self._queues.update(dict.fromkeys((region, name, swept) for region, name in queues))
        self._there.set()

    def _taken(self) -> list[tuple[str, str, bool]]:
        with self._lock:
            queues, self._queues = self._queues, {}
        return [*queues]

    @property
    def full(self) -> bool:
        """Whether enough rings are unheard already, or the broker does not answer."""
        return self._unheard >= ENOUGH or time.monotonic() < self._quiet_until

    def _run(self) -> None:
        while not self._stop:
            self._there.wait(_LOOK)
            self._there.clear()
            self._look()
            self._ring()

    def _ring(self) -> None:
        for region, queue, swept in self._taken():
            if self.full:
                # What cannot be rung for is due, and swept up later.
                return
            self._unheard += 1
            if not press(region, queue, swept=swept):
                self._quiet_until = time.monotonic() + _PAUSE
            if time.monotonic() - self._looked >= _LOOK:
                self._look()

    def _look(self) -> None:
        now = time.monotonic()
        if now - self._looked < _LOOK or now < self._quiet_until:
            return
        try:
            doorbell.idle(broker)
            self._unheard = doorbell.waiting(broker)
        except Exception as error:  # any broker, any error: it is asked again soon
            self._quiet_until = now + _PAUSE
            self._asked(error)
        else:
            self._asked(None)
        self._looked = time.monotonic()
