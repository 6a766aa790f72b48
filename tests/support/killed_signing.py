"""A process that signs a product over HTTP and is killed at a point of it: `python -m … POINT …`.

A point is how many of its transactions are committed by then, `signed` (the file has the signature, and
nobody has written it down), or `placed` (it lies in the store).
"""

import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from casetrack.bootstrap import build
from casetrack.web.app import create_app
from tests.support.world import settings_for

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


def main() -> None:
    """Sign, and die at the point; what is said comes as JSON on stdin."""
    said = json.load(sys.stdin)
    settings = settings_for(said["url"], Path(said["folder"]), **said["settings"])
    now = datetime.fromisoformat(said["now"])
    app = build(settings, wake=lambda: None, clock=lambda: now)
    if said["point"] == "signed":
        app.ctx.signatures = Dying(app.ctx.signatures, "sign")
    elif said["point"] == "placed":
        app.ctx.files = Dying(app.ctx.files, "keep")
    else:
        app.ctx.database = Counting(app.ctx.database, int(said["point"]))  # type: ignore[assignment]
    answer = (
        create_app(app)
        .test_client()
        .post(
            said["path"],
            json={"action": "sign"},
            headers={
                "Authorization": f"Bearer {said['token']}",
                "If-Match": said["etag"],
                "Idempotency-Key": said["key"],
            },
        )
    )
    sys.stdout.write(f"{answer.status_code} {answer.text}\n")


if __name__ == "__main__":
    main()
