"""All events of a region in one gap-free order, each entry holding the hash of the one before."""

import hashlib


def ledger_hash(previous: str, position: int, event_hash: str) -> str:
    """SHA-256 (hex) over previous hash, position and the event's chain hash.

    Knowing one (position, hash) pair outside the database anchors everything before it.
    """
    return hashlib.sha256(f"{previous}:{position}:{event_hash}".encode("ascii")).hexdigest()
