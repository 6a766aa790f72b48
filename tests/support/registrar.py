"""An office as a process of its own, to be killed: papers are confirmed, cases decided, papers withdrawn.

What is committed is told on a pipe, one by one: `confirmed` with a stream, `decided` with a number.
"""

from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path

from casetrack.domain.errors import NoAuthority
from tests.support.authority import confirm, enter, guarded_regions, papers_of_samarinda
from tests.support.registers import delegation, instrument, latest, line, withdrawal
from tests.support.world import World


def work(world: World, first: int, told: Connection) -> None:
    """Without end: a delegation, a decision by it, its withdrawal, a refusal."""
    basis = instrument("perwali-1-2026", line("1"), since="2026-01-02")
    enter(world, *latest([*papers_of_samarinda(), basis]))
    for place in count(first):
        on, name = "perwali-1-2026#1", f"d-{place}"
        paper = delegation(name, "wali-kota", "kepala-dpmptsp", on=on, since="2026-01-02")
        confirm(world, paper)
        told.send(("confirmed", f"register/grant/{name}"))
        for turn in range(2):
            number = world.open().view["number"]
            world.act(number, "dewi", "declare_complete", "intake")
            try:
                world.act(number, "hadi", "complete", "decide")
                told.send(("decided", number))
            except NoAuthority:
                told.send(("refused", number))
            if turn == 0:
                confirm(world, withdrawal(f"w-{place}", name, since="2026-01-03", on=on))
                told.send(("confirmed", f"register/withdrawal/w-{place}"))


def office(url: str, folder: Path, first: int, told: Connection) -> None:
    """The whole process."""
    work(World.make(url, folder, regions_=guarded_regions()), first, told)
