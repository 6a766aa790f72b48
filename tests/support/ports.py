"""Free ports."""

from casetrack.bench.processes import free_port

__all__ = ["free_port"]
