"""As of when something of a region is known: what is kept of it in a process is kept under these."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Revisions:
    """How often the region's files were loaded, and how often its register changed."""

    files: int
    register: int
