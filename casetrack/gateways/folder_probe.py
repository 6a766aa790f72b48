"""Whether files can be kept in a folder, asked before anything is there."""

import tempfile
from pathlib import Path

from casetrack.domain.errors import BadInput


def probe(folder: Path, setting: str) -> str:
    """What was found, in words; the folder is not made for it. Raises BadInput, naming the setting."""
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    try:
        # Root may write anywhere by its rights, and not in a file system that takes no files.
        Path(tempfile.mkdtemp(prefix=".probe-", dir=there)).rmdir()
    except OSError as error:
        raise BadInput(
            f"{setting}: cannot write in {folder}: {error.strerror}; name a folder that this user may "
            "write in"
        ) from error
    return str(folder.resolve()) if there == folder else f"{folder.resolve()} will be made"
