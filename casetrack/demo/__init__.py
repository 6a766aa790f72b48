"""The demo's regions: one folder each, in the form that `casetrack load` takes."""

from pathlib import Path


def folders() -> list[Path]:
    """Give the folders of all demo regions, in the order of their names."""
    return sorted(path.parent for path in Path(__file__).parent.glob("*/region.yaml"))
