"""Floor 5: the only importer of dramatiq.

`dramatiq workers` imports this package: it makes the process's broker from the environment and
declares the actor, which builds the program when the first message comes.
"""

from workers import actors

__all__ = ["actors"]
