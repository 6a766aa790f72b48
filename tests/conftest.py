"""What every test may ask for, and which tests run. It loads little, so that `make unit` is quick."""

import gc
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.support.examples import examples
from tests.support.together import Together

# As every command of casetrack: what is made is for its own user alone.
os.umask(0o077)
# Nor is garbage looked for in what stays: the modules and the list of tests.
gc.disable()

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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long tests run only where `-m` names them; each has a short form that always runs."""
    items.sort(key=_turn)
    if "long" in config.option.markexpr:
        return
    long = [item for item in items if item.get_closest_marker("long")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    """From here on there is garbage. To look for it after every 700 things is a twentieth of all."""
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
    gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Tests that share what their file makes once run in one process."""
    if config.getvalue("dist") != "loadscope":
        return None
    return Together(config, log)


def _turn(item: pytest.Item) -> int:
    path = item.path.relative_to(TESTS).as_posix()
    return next((turn for turn, start in enumerate(FIRST) if path.startswith(start)), len(FIRST))


@pytest.fixture
def shared() -> Path:
    """The folder of real data beside the project."""
    need(SHARED.is_dir(), "the folder of shared data")
    return SHARED
