"""The processes under fire, and who starts them again: what a supervisor does."""

import random

from bench.processes import Processes, Running
from bench.runner import commands_of

KINDS = ("web", "relay", "workers", "clock")


class Fleet:
    """Web, relay, workers and clock."""

    def __init__(
        self, processes: Processes, port: int, patience: float = 120, *, small: bool = False
    ) -> None:
        self._processes = processes
        self._commands = commands_of(port, threads=4, small=small)
        self.now: dict[str, Running] = {}
        self.started = 0
        for name in KINDS:
            self.start(name)
        processes.wait_for_web(self.now["web"], port, patience=patience)

    def start(self, name: str) -> None:
        """Start one."""
        self.now[name] = self._processes.start(name, *self._commands[name])
        self.started += 1

    def revive(self) -> None:
        """Start again what has ended."""
        for name, process in self.now.items():
            if not process.alive:
                # As when its container is started again: what it forked goes with it.
                process.sweep()
                self._processes.forget(process)
                self.start(name)

    def kill_one_of(self, name: str, dice: random.Random) -> str:
        """SIGKILL the master or one of its children; gives which."""
        process = self.now[name]
        children = process.children()
        if children and dice.random() < 0.5:
            process.kill_child(dice.choice(children))
            return "a child"
        process.kill()
        return "the process"
