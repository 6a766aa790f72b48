"""PostgreSQL's own programs: pg_dump writes a database down, pg_restore puts it into an empty one."""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from casetrack.domain.errors import BadInput

#: Where Debian keeps those of each release.
_DEBIAN = Path("/usr/lib/postgresql")
_VERSION = re.compile(r"\d+")


def dump(url: str, moment: str, into: Path) -> None:
    """Write the database down as it was at the moment that a transaction exported.

    Raises BadInput, with what pg_dump says.
    """
    _run(
        "pg_dump",
        url,
        ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={moment}"],
        [f"--file={into}"],
    )


def restore(url: str, source: Path) -> None:
    """Put what was dumped into an empty database: all of it or nothing. Raises BadInput."""
    _run(
        "pg_restore",
        url,
        ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"],
        [str(source)],
    )


def _program(name: str) -> str:
    """The newest that is installed: an older pg_dump refuses a newer server."""
    installed = sorted(
        _DEBIAN.glob(f"*/bin/{name}"), key=lambda path: _number(path.parent.parent.name)
    )
    found = str(installed[-1]) if installed else shutil.which(name)
    if found is None:
        raise BadInput(
            f"{name} is not installed here; with PostgreSQL a backup is made by its own programs: "
            "install postgresql-client of the server's release or a newer one"
        )
    return found


def _number(text: str) -> int:
    found = _VERSION.match(text)
    return int(found[0]) if found else 0


def _run(name: str, url: str, options: Sequence[str], last: Sequence[str]) -> None:
    shown, password = _without_password(url)
    # Not as an argument: every user of the machine sees those.
    environment = {**os.environ, **({"PGPASSWORD": password} if password else {})}
    done = subprocess.run(  # noqa: S603 - a program of PostgreSQL, and arguments of ours
        [_program(name), *options, f"--dbname={shown}", "--no-password", *last],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = next(iter(done.stderr.strip().splitlines()), f"exit status {done.returncode}")
        raise BadInput(f"{name} did not succeed: {said}")


def _without_password(url: str) -> tuple[str, str | None]:
    """The address without its password, and the password as libpq takes it."""
    parts = urlsplit(url)
    user, at, hosts = parts.netloc.rpartition("@")
    name, _, password = user.partition(":")
    return parts._replace(netloc=f"{name}{at}{hosts}").geturl(), unquote(password) or None
