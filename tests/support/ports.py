"""Free ports."""

from bench.processes import free_port

__all__ = ["free_port"]
