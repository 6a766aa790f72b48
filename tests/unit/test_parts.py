"""What the code rests on: three locks, and the list of parts that is made of one of them."""

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
RUN_TIME, DEVELOPMENT, BUILD = (
    ROOT / f"requirements{name}.lock" for name in ("", "-dev", "-build")
)


@pytest.fixture(scope="module")
def lists() -> ModuleType:
    spec = importlib.util.spec_from_file_location("print_parts", ROOT / "docs/print_parts.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def pins(lists: ModuleType, lock: Path) -> dict[str, str]:
    return {part.name: part.version for part in lists.parts(lock)}


def test_the_list_names_the_parts_of_the_run_time_lock_and_no_others(lists: ModuleType) -> None:
    document = json.loads(lists.listed(RUN_TIME))
    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.6")
    listed = {part["name"]: part["version"] for part in document["components"]}
    pinned = {
        found[1]: found[2]
        for line in RUN_TIME.read_text().splitlines()
        if (found := re.match(r"(\S+?)==(\S+)", line))
    }
    assert listed == pinned
    for part in document["components"]:
        assert part["purl"] == f"pkg:pypi/{part['name']}@{part['version']}"
        assert part["hashes"]
        assert part["licenses"], part["name"]


def test_no_part_of_an_installation_is_under_gpl_or_agpl(lists: ModuleType) -> None:
    for part in lists.parts(RUN_TIME):
        said = part.licence or ""
        assert not re.search(r"\bA?GPL|(?<!Lesser )General Public", said), (part.name, said)


def test_every_file_that_may_be_installed_is_pinned_by_its_hash(lists: ModuleType) -> None:
    for lock in (RUN_TIME, DEVELOPMENT, BUILD):
        parts = list(lists.parts(lock))
        assert parts, lock
        assert all(part.hashes for part in parts), lock


def test_an_installation_takes_nothing_that_only_development_needs(lists: ModuleType) -> None:
    run_time, development = pins(lists, RUN_TIME), pins(lists, DEVELOPMENT)
    assert run_time.items() <= development.items()
    assert not {"pytest", "ruff", "mypy", "hypothesis", "playwright"} & set(run_time)
    assert {"flask", "sqlalchemy", "opentelemetry-sdk"} <= set(run_time)


def test_the_build_rests_on_what_pyproject_names(lists: ModuleType) -> None:
    assert set(pins(lists, BUILD)) == {"setuptools"}


def test_no_lock_names_where_its_packages_came_from() -> None:
    for lock in (RUN_TIME, DEVELOPMENT, BUILD):
        assert not re.search(r"https?:|file://|--index|--find-links|--trusted", lock.read_text())
