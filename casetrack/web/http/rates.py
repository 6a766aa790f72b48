"""How often a token may ask, counted by all processes together that were forked after this was made."""

import hashlib
import math
import mmap
import os
import time
from collections.abc import Callable
from threading import Lock

from casetrack.domain.errors import Busy

#: Buckets of each kind; two tokens share one with a chance of one in so many.
_BUCKETS = 65536
#: Bytes of a bucket.
_WIDE = 8
#: Seconds' worth of requests that may come at once.
_AT_ONCE = 1.0
#: Seconds; times are sums of fractions.
_EXACT = 0.0001


class Rates:
    """Token buckets in memory that forked processes share; a bucket is the moment when it is empty.

    Which bucket is a token's nobody outside can find out. No lock is between processes, so that one
    that is killed holds up nobody: what two write down in the same microsecond may count as one.
    """

    def __init__(
        self,
        writes: int | None = None,
        reads: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Requests a second of one token; None is as many as come."""
        self._most = (reads, writes)
        self._clock = clock
        self._key = os.urandom(16)
        self._empty_at = memoryview(mmap.mmap(-1, 2 * _BUCKETS * _WIDE)).cast("d")
        self._lock = Lock()

    def spend(self, token: str, *, writes: bool) -> None:
        """One request of this token. Raises Busy, and counts nothing, when it asks too often."""
        most = self._most[writes]
        if most is None:
            return
        digest = hashlib.blake2b(token.encode(), digest_size=8, key=self._key).digest()
        bucket = int.from_bytes(digest) % _BUCKETS + writes * _BUCKETS
        with self._lock:
            now = self._clock()
            empty_at = max(self._empty_at[bucket], now) + 1 / most
            wait = empty_at - now - _AT_ONCE
            if wait < _EXACT:
                self._empty_at[bucket] = empty_at
                return
        what = "writes" if writes else "reads"
        raise Busy(
            "too_many_requests",
            f"This token may send {most} {what} a second; wait, then go on more slowly.",
            retry_after=math.ceil(wait),
        )
