"""What both brokers that ring between processes have in common: they forget and recover quickly.

A ring holds ids only and is worth nothing a minute later: the sweeper has rung again by then. So
nothing is retried, dead-lettered or kept for long, and no broker can be filled by rings unheard.
"""

from abc import ABC, abstractmethod


class Doorbell(ABC):
    """A broker of Dramatiq, with what an operator and the relay ask of it."""

    #: The actor's queue.
    queue: str

    @abstractmethod
    def waiting(self) -> int:
        """How many rings nobody has heard yet."""

    @abstractmethod
    def ping(self) -> None:
        """Raises when the server does not answer."""

    @abstractmethod
    def idle(self) -> None:
        """Called now and then by a thread that rings: keeps its connection alive."""

    @abstractmethod
    def forget(self) -> None:
        """Remove all of the namespace."""


def as_many_as_threads(prefetch: int) -> int:
    """As many rings as a worker's threads can work on.

    Dramatiq asks for twice as many, which would wait here while another worker has nothing to do.
    """
    return max(1, prefetch // 2)
