"""What processes cost, from /proc: processor time of whole trees with what they forked, and memory."""

import os
from dataclasses import dataclass, field
from pathlib import Path

_TICK = 1 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class _Process:
    parent: int
    #: Of its own, and of children that have ended.
    seconds: float


@dataclass
class Snapshot:
    """Every process of the machine at one moment. Empty where there is no /proc."""

    _processes: dict[int, _Process] = field(default_factory=dict)
    _children: dict[int, list[int]] = field(default_factory=dict)

    @classmethod
    def now(cls) -> "Snapshot":
        """Look at all of them."""
        found = cls()
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                # The name, in brackets, may hold anything.
                fields = path.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            pid, parent = int(path.parent.name), int(fields[1])
            ticks = sum(map(int, fields[11:15]))
            found._processes[pid] = _Process(parent, ticks * _TICK)
            found._children.setdefault(parent, []).append(pid)
        return found

    def tree(self, pid: int) -> list[int]:
        """This process and all below it."""
        below = [each for child in self._children.get(pid, ()) for each in self.tree(child)]
        return [pid, *below] if pid in self._processes else below

    def cpu(self, pid: int) -> float:
        """Seconds of processor time of the tree, with its children that have ended."""
        return sum(self._processes[each].seconds for each in self.tree(pid))

    def backends_of(self, postmaster: int, user: str) -> list[int]:
        """The server processes that work for this user now."""
        return [pid for pid in self.tree(postmaster) if pid != postmaster and _user(pid) == user]

    def cpu_of_backends(self, postmaster: int) -> dict[str, float]:
        """Seconds by the database user whom a server process works for; "itself" is all else."""
        found: dict[str, float] = {}
        for pid in self.tree(postmaster):
            user = "itself" if pid == postmaster else _user(pid)
            found[user] = found.get(user, 0.0) + self._processes[pid].seconds
        return found


def _user(pid: int) -> str:
    """PostgreSQL writes for whom a backend works into its title: `postgres: USER DATABASE HOST(PORT)`."""
    try:
        title = Path(f"/proc/{pid}/cmdline").read_text(errors="replace").split()
    except OSError:
        return "itself"
    return title[1] if len(title) > 3 and "(" in title[3] else "itself"


def exact_cpu(pids: list[int]) -> float:
    """Seconds that the threads of these processes which are there now have run, to the microsecond."""
    found = 0
    for pid in pids:
        for path in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            try:
                found += int(path.read_text().split()[0])
            except OSError:
                continue
    return found / 1e9


def memory(pids: list[int]) -> int:
    """Bytes of memory of these processes, what they share counted once (PSS); without it, RSS."""
    return sum(map(_memory, pids))


def _memory(pid: int) -> int:
    for name, wanted in (("smaps_rollup", "Pss:"), ("status", "VmRSS:")):
        try:
            lines = Path(f"/proc/{pid}/{name}").read_text().splitlines()
        except OSError:
            continue
        return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(wanted)), 0)
    return 0
