"""Floor 6: one service in the four models of the field, and the same cases run through each.

The folders beside this module are regions for `casetrack load`. They are alike in everything but the
steps of the service and the grants of the register: docs/models.md.
"""

from pathlib import Path

#: In the order in which the field went through them.
MODELS = ("separate", "one_roof", "one_door", "mall")
SERVICE = "reklame-jalan-nasional"


def folder(model: str) -> Path:
    """The region files of a model."""
    return Path(__file__).parent / model
