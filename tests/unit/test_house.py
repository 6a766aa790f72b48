"""The house: the same nouns on every floor, plain names with one meaning, files read in one sitting."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "casetrack"
NOUNS = {"people", "service", "authority", "case", "delivery", "region", "proof"}
#: What a floor has beside the nouns.
MORE = {
    "domain": {"logs"},
    "storage": {"logs", "schema"},
    "usecases": {"logs", "questions"},
    "web": {"http", "pages", "static", "templates"},
}
#: Names that stand for the same thing in every noun, and what that is.
ROLES = {
    "models": "what the noun's operations take and give on the wire",
    "handlers": "the noun's operations: parse, call a use case, answer",
}
#: File names that nobody could guess the content of. They are gone and do not come back.
RIDDLES = {
    *("judging", "beside", "ways", "arrears", "review", "turns", "watch", "waiting", "acting"),
    *("stay", "promises", "measures", "inside", "ringer", "lives", "again"),
}
LONGEST_FILE, LONGEST_FUNCTION, MEDIAN = 450, 60, 130


def files(folder: Path = PACKAGE) -> Iterator[Path]:
    yield from sorted(path for path in folder.rglob("*.py") if path.name != "__init__.py")


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """The statements in it, and those in them; what is only a part of one is left out."""
    for part in ("body", "orelse", "finalbody", "handlers", "cases"):
        for each in getattr(node, part, ()):
            yield each
            yield from statements(each)


@pytest.mark.parametrize("floor", MORE)
def test_every_floor_is_divided_by_the_same_nouns(floor: str) -> None:
    folders = {path.name for path in (PACKAGE / floor).iterdir() if path.is_dir()}
    assert folders - {"__pycache__"} <= NOUNS | MORE[floor]
    for folder in folders & (NOUNS | MORE[floor]) - {"static", "templates", "__pycache__"}:
        said = ast.get_docstring(ast.parse((PACKAGE / floor / folder / "__init__.py").read_text()))
        assert said, f"casetrack/{floor}/{folder}/__init__.py says what the noun is here"


def test_a_file_name_belongs_to_one_noun_whichever_floor_it_stands_on() -> None:
    """`case.deadlines` on two floors is one thing; `deadlines` in two nouns would be two."""
    nouns = defaultdict(set)
    for path in files():
        floor, *between, _ = (*path.relative_to(PACKAGE).parts[:3], "")
        if floor in MORE and between and between[0] in NOUNS | MORE[floor] - {"schema"}:
            nouns[path.stem].add(between[0])
    several = {name for name, found in nouns.items() if len(found) > 1}
    assert several <= set(ROLES)


def test_no_file_has_a_name_that_was_a_riddle() -> None:
    folders = (PACKAGE, ROOT / "workers", ROOT / "bench")
    assert {path.stem for folder in folders for path in files(folder)} & RIDDLES == set()


def test_every_file_is_read_in_one_sitting() -> None:
    counted = {path.relative_to(ROOT): lines(path) for path in files()}
    assert {path for path, count in counted.items() if count > LONGEST_FILE} == set()
    assert median(counted.values()) < MEDIAN


def test_no_function_is_longer_than_a_screen() -> None:
    long = {
        f"{path.relative_to(ROOT)}:{node.name}"
        for folder in (PACKAGE, ROOT / "workers", ROOT / "bench")
        for path in files(folder)
        for node in statements(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
        and (node.end_lineno or 0) - node.lineno > LONGEST_FUNCTION
    }
    assert long == set()
