"""The data folder: whether it can be written, private files in it, and the keys."""

import json
import logging
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from casetrack.domain.errors import BadInput
from casetrack.gateways.vault import new_key_text, parse_key

MASTER_FILE, SECRET_FILE = "master.key", "secret.key"
#: What the owner alone may do with a folder, and with a file.
_FOLDER, _FILE = 0o700, 0o600
_LOG = logging.getLogger("casetrack.data")


def narrow_file(path: Path) -> None:
    """A file of ours that others may read or write: they may no longer, and it is said."""
    _narrow(path, _FILE)


def _narrow(path: Path, most: int) -> None:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & ~most & 0o077:
            path.chmod(mode & most)
            _LOG.warning("%s was open to others (%04o): it is %04o now", path, mode, mode & most)
    except FileNotFoundError:
        return
    except PermissionError:
        _LOG.warning("%s is open to others (%04o) and belongs to somebody else", path, mode)


def check_folder(folder: Path) -> None:
    """Raises BadInput unless files can be made in this folder."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=_FOLDER)
        _narrow(folder, _FOLDER)
        probe = folder / f".probe-{os.getpid()}"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        raise BadInput(
            f"CASETRACK_DATA_DIR: cannot write in {folder}: {error.strerror}; "
            "name a folder that this user may write in"
        ) from error


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    temporary.replace(path)


#: Where the demo's tokens lie in a data folder, by login.
TOKENS_FILE = "demo-tokens.json"


def demo_tokens(folder: Path) -> dict[str, str]:
    """The demo's tokens by login; none where no demo was loaded."""
    file = folder / TOKENS_FILE
    kept: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    return kept


@dataclass(frozen=True, slots=True)
class Keys:
    """The master key and the secret key."""

    master: bytes = field(repr=False)
    secret: bytes = field(repr=False)
    #: Those that were made just now, and the files that they belong in.
    new: tuple[tuple[Path, str], ...] = field(default=(), repr=False)

    def keep(self) -> None:
        """Write the new ones down. Raises BadInput where the folder cannot be written."""
        for path, key in self.new:
            check_folder(path.parent)
            write_private(path, key)


def find_keys(folder: Path, master: str | None, secret: str | None, *, may_make: bool) -> Keys:
    """The keys of the settings; else those of the data folder; else new ones, not kept yet.

    Raises BadInput for a key that is none, and for one that is nowhere where none may be made: a key
    that was made in passing, in whichever folder somebody stood, is lost with that folder.
    """
    found, new = [], []
    for setting, value, file in (
        ("CASETRACK_MASTER_KEY", master, MASTER_FILE),
        ("CASETRACK_SECRET_KEY", secret, SECRET_FILE),
    ):
        path = folder / file
        if value is None and path.exists():
            value = path.read_text()
        if value is None and not may_make:
            raise BadInput(
                f"{setting}: it is not set, and {path} is not there; with PostgreSQL no key is made in "
                f"passing. Make one, keep it apart from the backups, and set {setting} or "
                f"{setting}_FILE; docs/settings.md says how"
            )
        if value is None:
            value = new_key_text()
            new.append((path, value))
        found.append(parse_key(value, setting))
    return Keys(found[0], found[1], tuple(new))
