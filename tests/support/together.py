"""Which tests run in one process: what shares something that is made once, or takes many connections.

pytest-xdist 3.8 has marks for it (`xdist_group`), which do nothing with pytest 9.2: the marks reach the
process that hands out the tests as a part of their ids, and those can no more be changed. So it is read
off the ids themselves.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any

from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

ROOT = Path(__file__).parents[2]
#: The server has a hundred connections for all: one after the other.
MANY_CONNECTIONS = (
    "tests/contract/test_races.py",
    "tests/e2e/test_slow_clients.py",
    "tests/integration/test_bench.py",
    "tests/releases/test_side_by_side.py",
)
#: Tests among them that start a server of their own.
OWN_SERVER = (
    "test_the_whole_bench_keeps_every_promise_and_nothing_fell_by_an_order_of_magnitude",
    "test_a_large_database_answers_with_as_many_blocks_as_a_small_one",
)
_DATABASE = re.compile(r"\[(sqlite|postgresql)\b")


class Together(LoadScopeScheduling):  # type: ignore[misc]
    """Hands out tests by groups; a test that shares nothing is a group of its own."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)

    def mark_test_complete(self, node: Any, item_index: int, duration: float = 0) -> None:
        """A group that is done is forgotten: else each result is looked for among all before."""
        super().mark_test_complete(node, item_index, duration)
        group = group_of(self.registered_collections[node][item_index])
        if all(self.assigned_work[node][group].values()):
            del self.assigned_work[node][group]


@cache
def group_of(nodeid: str) -> str:
    """The name of a test's group: of a file that makes something once, its tests on one database."""
    file = nodeid.partition("::")[0]
    if file in MANY_CONNECTIONS:
        alone = nodeid.partition("::")[2].partition("[")[0] in OWN_SERVER
        return nodeid if alone else "many connections"
    if not _shares(file):
        return nodeid
    database = _DATABASE.search(nodeid)
    return f"{file} {database[1] if database else ''}"


@cache
def _shares(file: str) -> bool:
    return 'scope="module"' in (ROOT / file).read_text()
