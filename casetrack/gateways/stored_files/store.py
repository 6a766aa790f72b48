"""What a store of sealed files is: names, bytes, and nothing of what they are about."""

from collections.abc import Iterator
from typing import BinaryIO, Protocol


class Store(Protocol):
    """Where sealed files lie, each under REGION/ID."""

    def put(self, name: str, content: BinaryIO, size: int) -> None:
        """Keep it whole or not at all; it is safe when this is over. Raises StoreAway."""

    def get(self, name: str) -> Iterator[bytes]:
        """The bytes, piece by piece. Raises NotThere, StoreAway."""

    def remove(self, name: str) -> None:
        """Take it away; one that is not there is gone already. Raises StoreAway."""

    def reach(self) -> str:
        """Whether files can be kept, in words. Raises StoreAway."""
