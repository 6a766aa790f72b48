"""Backups: database and files of one moment, written into a folder while everything goes on.

The keys are not in it. What lies in the store of files is sealed and is copied as it lies.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from casetrack import __version__
from casetrack.bootstrap import App, store_of
from casetrack.domain.errors import BadInput
from casetrack.domain.events import instant
from casetrack.domain.people.stored_files import NotThere
from casetrack.gateways import postgresql_programs
from casetrack.gateways.data_folder import MASTER_FILE, SECRET_FILE, write_private
from casetrack.gateways.talks import sync_folder
from casetrack.operations.backup_folder import (
    DATABASES,
    FILES,
    FORM,
    MANIFEST,
    Checked,
    Manifest,
    Progress,
    Say,
    copy,
    digest_of,
)
from casetrack.storage import schema_version, whole_copy
from casetrack.storage.people import file_rows
from casetrack.storage.unit_of_work import Database
from casetrack.storage.whole_copy import Held
from casetrack.usecases.proof.verify import verify


def backup(app: App, folder: Path, say: Say, progress: Progress) -> Checked:
    """Write database and files of this moment into a folder that is new or empty.

    It has its name only once it is whole. Raises BadInput, DatabaseDown, StoreAway.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadInput(f"{folder} is there and not empty; name a new folder")
    part = folder.with_name(f"{folder.name}.part")
    _take_away(part)
    part.mkdir(mode=0o700, parents=True)
    say("writing the database down")
    made_at = instant(app.database.now())
    with _database_written(app, part) as held:
        say("copying the files")
        manifest = _described(app, held, part, made_at, progress)
    written = part / DATABASES[manifest.database]
    manifest = replace(manifest, size=written.stat().st_size, digest=digest_of(written))
    write_private(part / MANIFEST, json.dumps(asdict(manifest), indent=1) + "\n")
    _sync(part)
    if folder.exists():
        folder.rmdir()
    part.rename(folder)
    sync_folder(folder.parent)
    say("verifying the running database against it")
    verdict = verify(app.ctx, expect=manifest.anchors(), files=False, progress=lambda _: None)
    return Checked(manifest, verdict)


def keep_keys(app: App, folder: Path) -> None:
    """Write both keys into a folder of their own, as a data folder keeps them. Raises BadInput."""
    settings = app.settings
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, said in ((MASTER_FILE, settings.master_key), (SECRET_FILE, settings.secret_key)):
            write_private(folder / name, said or (settings.data_dir / name).read_text())
    except OSError as error:
        raise BadInput(f"the keys cannot be written into {folder}: {error.strerror}") from error


@contextmanager
def _database_written(app: App, part: Path) -> Iterator[Held]:
    """The moment that was written down, to read what belongs to it."""
    settings, into = app.settings, part / DATABASES[app.database.dialect]
    if settings.embedded:
        whole_copy.copied(app.database, into)
        copy = Database(f"sqlite:///{into}")
        try:
            with whole_copy.held(copy) as held:
                yield held
        finally:
            copy.close()
        whole_copy.one_file(into)
        return
    with whole_copy.held(app.database) as held:
        postgresql_programs.dump(settings.database_url, held.moment, into)
        yield held


def _described(app: App, held: Held, part: Path, made_at: str, progress: Progress) -> Manifest:
    """What the folder will hold, once the files of that moment are copied."""
    copied = _copy_files(app, held, part / FILES, progress)
    heads, keys = held.heads(), held.keys()
    return Manifest(
        form=FORM,
        made_at=made_at,
        casetrack=__version__,
        database=app.database.dialect,
        revisions=[*schema_version.current(app.database)],
        size=0,
        digest="",
        heads={region: [*head] for region, head in heads.items()},
        keys=keys,
        **copied,
    )


def _copy_files(app: App, held: Held, into: Path, progress: Progress) -> dict[str, Any]:
    count, size = 0, 0
    erased: list[str] = []
    missing: list[str] = []
    store = store_of(app.settings.files)
    for row in held.files():
        name = f"{row.region}/{row.file}"
        target = into / row.region / row.file
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            digest = copy(store.get(name), target)
        except NotThere:
            digest = None
        if digest == row.digest:
            count, size = count + 1, size + target.stat().st_size
            progress(count)
            continue
        target.unlink(missing_ok=True)
        gone = digest is None and _was_erased(app, row)
        (erased if gone else missing).append(name)
    return {"files": count, "file_bytes": size, "erased": erased, "missing": missing}


def _was_erased(app: App, row: Any) -> bool:
    """Whether it left the store since that moment, as an erased person's files do."""
    with app.database.read() as connection:
        now = file_rows.of_case(connection, row.region, row.number)
    return not any(each.file == row.file for each in now)


def _sync(folder: Path) -> None:
    """All of a folder is on disk: files were synced as they were written, their names are now."""
    for path in (*folder.rglob("*"), folder):
        if path.is_dir():
            sync_folder(path)


def _take_away(part: Path) -> None:
    """What a backup that was killed left behind."""
    if not part.exists():
        return
    ours = {MANIFEST, FILES, *DATABASES.values()}
    if not part.is_dir() or {path.name.partition("-")[0] for path in part.iterdir()} - ours:
        raise BadInput(f"{part} is there and is no unfinished backup; take it away")
    shutil.rmtree(part)
