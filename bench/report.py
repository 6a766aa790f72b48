"""What every measurement says of what it found: quantiles, and the machine."""

import math
import os
import platform
from collections.abc import Mapping, Sequence

QUANTILES = (50, 95, 99)


def in_words(quantiles: Mapping[str, float], digits: int = 1) -> str:
    """Quantiles in milliseconds on one line, in columns."""
    return "   ".join(f"{name} {value:8,.{digits}f} ms" for name, value in quantiles.items())


def quantiles_ms(seconds: Sequence[float]) -> dict[str, float]:
    """The p50, p95 and p99 of these durations in milliseconds (nearest rank)."""
    ordered = sorted(seconds)
    if not ordered:
        return {}
    return {
        f"p{q}": round(ordered[math.ceil(len(ordered) * q / 100) - 1] * 1000, 2) for q in QUANTILES
    }


def machine() -> str:
    """Cores and Python."""
    return (
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}"
    )
