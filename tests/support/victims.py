"""Processes that are started to be killed, forked from one that has loaded the program.

A start that loads everything takes seconds of a processor, and nothing hangs on it here. They are not
forked from the tests themselves: what sets papers has threads there since the first, and none in a fork,
which would wait for them for ever.
"""

import multiprocessing
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from typing import Any

_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload(
    [
        "casetrack.gateways.signing.pades",
        "casetrack.web.app",
        "tests.support.killed_callers",
        "tests.support.killed_signing",
        "tests.support.registrar",
    ]
)


def start(work: Callable[..., None], *said: Any) -> BaseProcess:
    """A process that does this work, a function of a module, until it ends or is killed."""
    victim = _SERVER.Process(target=work, args=said)
    victim.start()
    return victim


class Victim:
    """Work that is killed again and again, until it ends by itself."""

    def __init__(self, work: Callable[..., None], *said: Any) -> None:
        self._work, self._said = work, said

    def once(self, is_time: Callable[[], bool]) -> bool:
        """Whether it was killed when it was time, and had not ended by itself."""
        child = start(self._work, *self._said)
        until = time.monotonic() + 90
        while not is_time() and child.exitcode is None and time.monotonic() < until:
            time.sleep(0.005)
        killed = child.exitcode is None
        child.kill()
        child.join()
        return killed

    def to_the_end(self) -> None:
        """It goes on until all is done."""
        child = start(self._work, *self._said)
        child.join(120)
        assert child.exitcode == 0
