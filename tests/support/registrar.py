"""An office as a process of its own, to be killed: papers are confirmed, cases decided, papers withdrawn.

    python -m tests.support.registrar DATABASE_URL FOLDER FIRST

What is committed is told on standard output, a line each: `confirmed STREAM`, `decided NUMBER`.
"""

import sys
from itertools import count
from pathlib import Path

from casetrack.domain.errors import NoAuthority
from tests.support.authority import confirm, enter, guarded_regions, papers_of_samarinda
from tests.support.registers import delegation, instrument, latest, line, withdrawal
from tests.support.world import World


def say(*words: str) -> None:
    """Tell who may kill us that this much is done."""
    sys.stdout.write(" ".join(words) + "\n")
    sys.stdout.flush()


def work(world: World, first: int) -> None:
    """Without end: a delegation, a decision by it, its withdrawal, a refusal."""
    basis = instrument("perwali-1-2026", line("1"), since="2026-01-02")
    enter(world, *latest([*papers_of_samarinda(), basis]))
    for place in count(first):
        on, name = "perwali-1-2026#1", f"d-{place}"
        paper = delegation(name, "wali-kota", "kepala-dpmptsp", on=on, since="2026-01-02")
        confirm(world, paper)
        say("confirmed", f"register/grant/{name}")
        for turn in range(2):
            number = world.open().view["number"]
            world.act(number, "dewi", "declare_complete", "intake")
            try:
                world.act(number, "hadi", "complete", "decide")
                say("decided", number)
            except NoAuthority:
                say("refused", number)
            if turn == 0:
                confirm(world, withdrawal(f"w-{place}", name, since="2026-01-03", on=on))
                say("confirmed", f"register/withdrawal/w-{place}")


if __name__ == "__main__":
    url, folder, first = sys.argv[1:]
    work(World.make(url, Path(folder), regions_=guarded_regions()), int(first))
