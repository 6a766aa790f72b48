"""Putting a backup back into an empty place, and the drill that does both ways and throws them away."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from casetrack import bootstrap
from casetrack.bootstrap import App, store_of
from casetrack.config import FileSettings, Settings
from casetrack.domain.errors import BadInput
from casetrack.domain.people.stored_files import StoreAway
from casetrack.gateways import postgresql_programs
from casetrack.gateways.data_folder import MASTER_FILE, SECRET_FILE
from casetrack.gateways.talks import sync_folder
from casetrack.operations.backup_folder import (
    DATABASES,
    FILES,
    Checked,
    Manifest,
    Progress,
    Say,
    copy,
    digest_of,
)
from casetrack.operations.backups import backup, keep_keys
from casetrack.storage import whole_copy
from casetrack.storage.unit_of_work import Database
from casetrack.usecases.proof.verify import verify

_READ = 256 * 1024


def restore(settings: Settings, folder: Path, say: Say, progress: Progress) -> Checked:
    """Put a backup into the empty place that these settings name, and verify it.

    Raises BadInput where the place is not empty, the keys are others, or the backup is damaged.
    """
    manifest = Manifest.read(folder)
    app = bootstrap.build(settings)
    try:
        _require_fit(app, manifest, folder)
        say("putting the database back")
        _put_database(settings, app.database, folder, manifest)
        say("putting the files back")
        _put_files(app, folder, progress)
    finally:
        app.database.close()
    put = bootstrap.ready(settings)
    try:
        say("verifying")
        return Checked(
            manifest, verify(put.ctx, expect=manifest.anchors(), progress=lambda _: None)
        )
    finally:
        put.database.close()


@dataclass(frozen=True, slots=True)
class Drill:
    """A backup that was made and put back in a scratch place."""

    backup_seconds: float
    restore_seconds: float
    bytes: int
    files: int
    events: int
    rows: int
    sound: bool

    def as_dict(self) -> dict[str, Any]:
        """As `casetrack drill --json` prints it."""
        return asdict(self)


def drill(app: App, scratch: Path | None, say: Say, progress: Progress) -> Drill:
    """Back up and restore in a scratch place, and take both away again.

    On PostgreSQL the scratch place is a database beside this one. Raises BadInput, DatabaseDown.
    """
    with tempfile.TemporaryDirectory(prefix="casetrack-drill-", dir=scratch) as temporary:
        place = Path(temporary)
        began = time.monotonic()
        made = backup(app, place / "backup", say, progress)
        between = time.monotonic()
        with _scratch_settings(app, place) as settings:
            put = restore(settings, place / "backup", say, progress)
            ended = time.monotonic()
            database = Database(settings.database_url, prepares=settings.prepares)
            try:
                with whole_copy.held(database) as held:
                    rows = sum(held.rows().values())
            finally:
                database.close()
    manifest = made.manifest
    return Drill(
        backup_seconds=round(between - began, 1),
        restore_seconds=round(ended - between, 1),
        bytes=manifest.size + manifest.file_bytes,
        files=manifest.files,
        events=manifest.events,
        rows=rows,
        sound=made.sound and put.sound,
    )


def _require_fit(app: App, manifest: Manifest, folder: Path) -> None:
    """Raises BadInput before anything is written."""
    kind = app.database.dialect
    if manifest.database != kind:
        raise BadInput(
            f"the backup is of {manifest.database} and the settings name {kind}; "
            "set CASETRACK_DATABASE_URL to a new database of the same kind"
        )
    if manifest.keys and manifest.keys != app.vault.fingerprints():
        where = (
            f"put {MASTER_FILE} and {SECRET_FILE} into {app.settings.data_dir} first"
            if app.settings.embedded
            else "set CASETRACK_MASTER_KEY and CASETRACK_SECRET_KEY to those"
        )
        raise BadInput(f"these are not the keys that the backup's database was begun with; {where}")
    whole_copy.require_empty(app.database)
    source = folder / DATABASES[kind]
    if not source.is_file() or digest_of(source) != manifest.digest:
        raise BadInput(f"{source} is not what was written down: the backup is damaged")


def _put_database(settings: Settings, database: Database, folder: Path, manifest: Manifest) -> None:
    source = folder / DATABASES[manifest.database]
    if manifest.database == "postgresql":
        postgresql_programs.restore(settings.database_url, source)
        return
    target = Path(str(database.url.database))
    database.close()
    # An empty one was made by looking into it.
    for ending in ("", "-wal", "-shm"):
        Path(f"{target}{ending}").unlink(missing_ok=True)
    temporary = target.with_name(f".{target.name}.part")
    with source.open("rb") as file:
        copy(iter(lambda: file.read(_READ), b""), temporary)
    temporary.replace(target)
    sync_folder(target.parent)


def _put_files(app: App, folder: Path, progress: Progress) -> None:
    store = store_of(app.settings.files)
    for count, path in enumerate(sorted((folder / FILES).glob("*/*")), 1):
        try:
            with path.open("rb") as sealed:
                store.put(f"{path.parent.name}/{path.name}", sealed, path.stat().st_size)
        except StoreAway as error:
            raise BadInput(f"the store of files does not take them: {error}") from error
        progress(count)


@contextmanager
def _scratch_settings(app: App, place: Path) -> Iterator[Settings]:
    """The same settings with a database and a store that are thrown away."""
    data = place / "data"
    settings = replace(app.settings, data_dir=data, files=FileSettings(folder=data / "files"))
    if settings.embedded:
        data.mkdir(mode=0o700)
        keep_keys(app, data)
        yield replace(settings, database_url=f"sqlite:///{data / 'casetrack.sqlite'}")
        return
    with whole_copy.scratch(app.database) as url:
        yield replace(settings, database_url=url)
