"""How many connections an address has open, counted by all processes of one `casetrack web` together."""

import hashlib
import mmap
import os
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address

#: Counters a process; two addresses share one with a chance of one in so many.
_COLUMNS = 4096
#: Bytes of a counter.
_WIDE = 2


class OpenConnections:
    """A table of counters in memory that forked processes share.

    Each process writes in a row of its own and reads the others', so no lock is needed, and the row of
    one that was killed is empty as soon as another one begins with it. Which counter is an address's
    nobody outside can find out.
    """

    def __init__(
        self,
        most: int | None,
        rows: int = 1,
        trusted: Sequence[IPv4Network | IPv6Network] = (),
    ) -> None:
        """`most` an address, None for as many as come; `trusted` are proxies, which are not counted."""
        self._most, self._trusted = most, trusted
        self._key = os.urandom(16)
        self._rows = range(rows)
        self._counts = memoryview(mmap.mmap(-1, rows * _COLUMNS * _WIDE)).cast("H")
        self._row = 0

    def begin(self, row: int) -> None:
        """This process has no connection yet; the row is its own."""
        self._row = row
        self._counts[row * _COLUMNS : (row + 1) * _COLUMNS] = memoryview(
            bytes(_COLUMNS * _WIDE)
        ).cast("H")

    def enter(self, address: str) -> bool:
        """Count one more. False, and not counted, when the address has as many as it may."""
        column = self._column(address)
        if column is None:
            return True
        there = sum(self._counts[row * _COLUMNS + column] for row in self._rows)
        if there >= (self._most or 0):
            return False
        self._counts[self._row * _COLUMNS + column] += 1
        return True

    def leave(self, address: str) -> None:
        """One that was counted is closed."""
        column = self._column(address)
        if column is not None:
            self._counts[self._row * _COLUMNS + column] -= 1

    def _column(self, address: str) -> int | None:
        if self._most is None:
            return None
        found = ip_address(address.partition("%")[0])
        if isinstance(found, IPv6Address):
            found = found.ipv4_mapped or found
        if any(found in network for network in self._trusted if network.version == found.version):
            return None
        # Whoever has one address of IPv6 has the other 2^64 of its network as well.
        whole = found.packed[:8]
        digest = hashlib.blake2b(whole, digest_size=8, key=self._key).digest()
        return int.from_bytes(digest) % _COLUMNS
