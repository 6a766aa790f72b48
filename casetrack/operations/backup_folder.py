"""The folder of a backup: what it holds, and what it says of itself."""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from casetrack.domain.errors import BadInput
from casetrack.usecases.proof.checked_region import Verdict
from casetrack.usecases.proof.verify import Anchor

MANIFEST, FILES = "manifest.json", "files"
#: Kind of database → what it is written down as.
DATABASES = {"sqlite": "database.sqlite", "postgresql": "database.dump"}
#: The form of the folder.
FORM = 1

Say = Callable[[str], None]
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds."""

    form: int
    #: Whatever was answered before is in it.
    made_at: str
    casetrack: str
    #: The database: its kind, its migrations, its bytes and their SHA-256.
    database: str
    revisions: list[str]
    size: int
    digest: str
    #: Region → position and hash of its newest ledger entry.
    heads: dict[str, list[Any]]
    #: Digests by which the keys are recognised.
    keys: dict[str, str]
    files: int
    file_bytes: int
    #: Files whose rows are in the database and that were erased before they could be copied.
    erased: list[str] = field(default_factory=list)
    #: Files that should lie in the store and do not, or not as they were put there.
    missing: list[str] = field(default_factory=list)

    @property
    def events(self) -> int:
        """How many events have a place in the ledgers."""
        return sum(int(position) for position, _ in self.heads.values())

    def anchors(self) -> list[Anchor]:
        """The ledger entries that must be found again."""
        return [Anchor(region, *head) for region, head in self.heads.items() if head[0]]

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """What a folder says of itself. Raises BadInput."""
        try:
            found = cls(**json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
        except FileNotFoundError:
            raise BadInput(
                f"{folder} has no {MANIFEST}: name the folder that casetrack backup made"
            ) from None
        except (OSError, ValueError, TypeError) as error:
            raise BadInput(
                f"{folder / MANIFEST} cannot be read ({type(error).__name__})"
            ) from error
        if found.form != FORM or found.database not in DATABASES:
            raise BadInput(f"{folder} was written by a newer casetrack ({found.casetrack})")
        return found


@dataclass(frozen=True, slots=True)
class Checked:
    """A backup, and what verify said when it was made or put back."""

    manifest: Manifest
    verdict: Verdict

    @property
    def sound(self) -> bool:
        """Whether nothing is missing and every ledger holds what it held at that moment."""
        return self.verdict.fault is None and not self.manifest.missing


def copy(pieces: Iterator[bytes], target: Path) -> str:
    """Write the pieces into a file, which is on disk then; gives their SHA-256."""
    found = hashlib.sha256()
    with target.open("wb") as file:
        for piece in pieces:
            found.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return found.hexdigest()


def digest_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
