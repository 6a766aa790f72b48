"""A process that signs a product over HTTP and is killed at a point of it.

A point is how many of its transactions are committed by then, `signed` (the file has the signature, and
nobody has written it down), or `placed` (it lies in the store).
"""

import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from casetrack.bootstrap import build
from casetrack.config import Settings
from casetrack.web.app import create_app
from tests.support import victims

#: Seconds until a victim that does not die is taken for one that hangs.
PATIENCE = 90.0
POINTS = ("1", "2", "3", "signed", "placed", "4", "5")


def die() -> None:
    """As a machine dies: nothing is closed, nobody is told."""
    os.kill(os.getpid(), signal.SIGKILL)


class Dying:
    """Something whose one method is followed by death."""

    def __init__(self, kept: Any, method: str) -> None:
        self._kept, self._method = kept, method

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._kept, name)
        if name != self._method:
            return found

        def last(*args: Any, **named: Any) -> Any:
            found(*args, **named)
            die()

        return last


class Counting:
    """A database that is used until so many transactions are committed."""

    def __init__(self, kept: Any, most: int) -> None:
        self._kept, self._left = kept, most

    def __getattr__(self, name: str) -> Any:
        return getattr(self._kept, name)

    @contextmanager
    def write(self, *args: Any, **named: Any) -> Iterator[Any]:
        """A transaction; the last is followed by death."""
        with self._kept.write(*args, **named) as uow:
            yield uow
        self._left -= 1
        if self._left == 0:
            die()


def sign_and_die(said: Mapping[str, str], settings: Settings, point: str) -> int | None:
    """How a process ended that signs and dies at the point."""
    victim = victims.start(_sign, said, settings, point)
    victim.join(PATIENCE)
    if victim.exitcode is None:
        victim.terminate()
        victim.join()
    return victim.exitcode


def _sign(said: Mapping[str, str], settings: Settings, point: str) -> None:
    now = datetime.fromisoformat(said["now"])
    app = build(settings, wake=lambda: None, clock=lambda: now)
    if point == "signed":
        app.ctx.signatures = Dying(app.ctx.signatures, "sign")
    elif point == "placed":
        app.ctx.files = Dying(app.ctx.files, "keep")
    else:
        app.ctx.database = Counting(app.ctx.database, int(point))  # type: ignore[assignment]
    create_app(app).test_client().post(
        said["path"],
        json={"action": "sign"},
        headers={
            "Authorization": f"Bearer {said['token']}",
            "If-Match": said["etag"],
            "Idempotency-Key": said["key"],
        },
    )
