"""Processes that are started to be killed, forked from one that has loaded the program.

A start that loads everything takes seconds of a processor, and nothing hangs on it here. They are not
forked from the tests themselves: what sets papers has threads there since the first, and none in a fork,
which would wait for them for ever.
"""

import multiprocessing
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
