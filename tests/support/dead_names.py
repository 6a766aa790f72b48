"""Prints names that nobody uses, found by vulture: part of `make lint`.

Fields of the web's classes are left out: pydantic fills them, and who reads them reads JSON. All other
names that vulture cannot see being used stand in pyproject.toml.
"""

import ast
import sys
from functools import cache
from pathlib import Path

from vulture import Vulture
from vulture.config import make_config
from vulture.core import Item

WEB = Path("casetrack/web").resolve()


def dead() -> list[Item]:
    """What is not used, in the order of the files."""
    config = make_config([])
    found = Vulture(
        ignore_names=config["ignore_names"], ignore_decorators=config["ignore_decorators"]
    )
    found.scavenge(config["paths"])
    unused = found.get_unused_code(min_confidence=config["min_confidence"])
    return [each for each in unused if each.first_lineno not in _fields(Path(each.filename))]


@cache
def _fields(file: Path) -> frozenset[int]:
    """The lines of the file on which a class of the web says a field."""
    if WEB not in file.resolve().parents:
        return frozenset()
    classes = (n for n in ast.walk(ast.parse(file.read_text())) if isinstance(n, ast.ClassDef))
    return frozenset(
        part.lineno for each in classes for part in each.body if isinstance(part, ast.AnnAssign)
    )


if __name__ == "__main__":
    unused = dead()
    for each in unused:
        print(each.get_report())  # noqa: T201 - this is what it is for
    sys.exit(bool(unused))
