"""What every test may ask for, and which tests run. It loads little, so that `make unit` is quick."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support.examples import examples

# As every command of casetrack: what is made is for its own user alone.
os.umask(0o077)

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"

TESTS = Path(__file__).resolve().parent
#: What takes longest begins first, so that no worker is left alone with it at the end.
FIRST = ("e2e/test_faults", "integration/test_bench", "e2e", "integration", "contract", "unit")

#: No time limit for one example: how busy the machine is proves nothing.
settings.register_profile("casetrack", settings.default, max_examples=examples(100), deadline=None)
settings.load_profile("casetrack")


def need(available: bool, what: str) -> None:
    """Skip by name at home, fail where CI=true: a test that did not run must not look like one."""
    if available:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is needed here and does not answer")
    pytest.skip(f"{what} is not there")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long tests run only where `-m` names them; each has a short form that always runs."""
    items.sort(key=_turn)
    for item in items:
        _keep_together(item)
    if "long" in config.option.markexpr:
        return
    long = [item for item in items if item.get_closest_marker("long")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]


def _keep_together(item: pytest.Item) -> None:
    """Tests that share what their file makes once run in one process: else each process makes it anew.

    Each parameter of what is shared (mostly a database) is a group of its own.
    """
    if not isinstance(item, pytest.Function) or item.get_closest_marker("xdist_group"):
        return
    defined = item._fixtureinfo.name2fixturedefs
    shared = [name for name, found in defined.items() if found[-1].scope == "module"]
    if shared:
        given = item.callspec.params if hasattr(item, "callspec") else {}
        which = "-".join(str(given[name]) for name in sorted(shared) if name in given)
        item.add_marker(pytest.mark.xdist_group(f"{item.path.stem}-{which}"))


def _turn(item: pytest.Item) -> int:
    path = item.path.relative_to(TESTS).as_posix()
    return next((turn for turn, start in enumerate(FIRST) if path.startswith(start)), len(FIRST))


@pytest.fixture
def shared() -> Path:
    """The folder of real data beside the project."""
    need(SHARED.is_dir(), "the folder of shared data")
    return SHARED
