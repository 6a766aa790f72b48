"""The page for whoever comes next names what there is, and all of it."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "CONTRIBUTING.md").read_text()
#: Every file, as "/" and its path from the top; the pages leave out the first folders.
FILES = [
    f"/{path.relative_to(ROOT)}"
    for folder in ("casetrack", "workers", "bench", "tests", "docs", "migrations")
    for path in (ROOT / folder).rglob("*")
] + [f"/{path.name}" for path in ROOT.iterdir()]


def project() -> dict[str, Any]:
    tools: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    return tools


def rows(heading: str) -> set[str]:
    """The first cells of the table under this row of headings, without their marks."""
    _, _, table = PAGE.partition(f"| {heading} |")
    table, _, _ = table.partition("\n\n")
    return set(re.findall(r"^\| `([^`]+)`", table, re.MULTILINE))


def test_every_target_of_make_is_explained() -> None:
    targets = set(re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))
    told = set(re.findall(r"\bmake ([a-z]+)\b", PAGE)) & (targets | {"unit", "long"})
    assert told == targets, "CONTRIBUTING.md, Set up"


def test_every_marker_of_the_tests_is_explained() -> None:
    markers = {marker.partition(":")[0] for marker in project()["pytest"]["markers"]}
    assert rows("marker (`-m`)") == markers, "CONTRIBUTING.md, Run tests"


def test_every_setting_of_the_tests_is_explained() -> None:
    used = {
        name
        for path in (ROOT / "tests").rglob("*.py")
        for name in re.findall(r"\bCASETRACK_TEST_[A-Z]+\b", path.read_text())
    }
    assert used - set(re.findall(r"CASETRACK_TEST_[A-Z]+", PAGE)) == set()


def test_every_contract_of_the_floors_is_explained() -> None:
    page = (ROOT / "docs/architecture.md").read_text()
    contracts = [each["id"] for each in project()["importlinter"]["contracts"]]
    assert [name for name in contracts if f"`{name}`" not in page] == [], "docs/architecture.md"


def named() -> Iterator[str]:
    """Every file that the pages name, but for those that stand for many (NAME, NOUN, …)."""
    for page in (*(ROOT / "docs").rglob("*.md"), ROOT / "CONTRIBUTING.md"):
        for path in re.findall(r"`([\w./-]+(?:\.(?:py|md|toml)|/))`", page.read_text()):
            if not re.search(r"[A-Z]{4}", path):
                yield path


def test_every_file_that_is_named_is_there() -> None:
    missing = [
        path
        for path in sorted(set(named()))
        if not any(file.endswith(f"/{path}".rstrip("/")) for file in FILES)
    ]
    assert missing == []


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(test_\w+)(?:…)?`", PAGE))))
def test_a_test_that_is_named_is_there(name: str) -> None:
    tests = (path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    file = any(path.stem == name for path in (ROOT / "tests").rglob("test_*.py"))
    assert file or any(f"def {name}" in text for text in tests)
