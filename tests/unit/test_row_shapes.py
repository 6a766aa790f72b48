"""The shape of the folded rows is written down: nobody changes it without knowing what that takes."""

import json
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any

import pytest

from casetrack.domain.case.case_clock import Clock
from casetrack.domain.case.fold_versions import FOLD_CHANGES, FOLD_VERSION
from casetrack.domain.case.state import ADDED, ADDED_TO_STEPS, CaseState, StepState
from casetrack.storage import schema_version

FILE = Path(__file__).with_name("row_shapes.json")
LEVELS = {"case": CaseState, "steps": StepState, "clock": Clock}

WHAT_TO_DO = """
The shape of the folded rows is not the one that tests/unit/row_shapes.json holds:
{differences}
Releases run side by side on rows of both shapes (docs/decisions/0018-two-halves.md). So:
  1. Give the new field a default that says nothing, and name it in ADDED (a case's) or ADDED_TO_STEPS
     (a step's) in casetrack/domain/case/state.py: rows that do not use it stay as they were.
  2. Raise FOLD_VERSION in fold_versions.py beside it, and name the field in FOLD_CHANGES under the new
     version: "name", "steps.name" or "clock.name". Rows of the release before are then read and compared
     without it.
  3. casetrack db revision "what changes": the release before sees by its first half that a newer one was
     here. Both halves may be empty. A column that shows the field is added by the first, nullable and
     with info={{"since": "NNNN"}} in schema.py, and filled by the second: verify expects it from then on.
  4. python -m tests.unit.test_row_shapes writes the new shape.
"""


def _default(part: Field[Any]) -> str:
    if part.default_factory is not MISSING:
        return repr(part.default_factory())
    return "needed" if part.default is MISSING else repr(part.default)


def shape_now() -> dict[str, Any]:
    return {
        level: {part.name: _default(part) for part in fields(kind) if part.name != "more"}
        for level, kind in LEVELS.items()
    }


def shapes() -> dict[int, dict[str, Any]]:
    """Fold version → its shape, and the number of the migration that came with it (`since`)."""
    return {int(version): shape for version, shape in json.loads(FILE.read_text()).items()}


def _differences(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    said = []
    for level in LEVELS:
        for name in sorted({*before[level], *now[level]}):
            old, new = before[level].get(name), now[level].get(name)
            if old != new:
                said.append(f"  {level}.{name}: was {old or 'not there'}, is {new or 'not there'}")
    return said


def test_the_shape_of_the_folded_rows_is_the_one_that_is_written_down() -> None:
    known = shapes()
    if FOLD_VERSION not in known:
        pytest.fail(WHAT_TO_DO.format(differences=f"  fold version {FOLD_VERSION} is not in it"))
    if said := _differences(known[FOLD_VERSION], shape_now()):
        pytest.fail(WHAT_TO_DO.format(differences="\n".join(said)))


def test_every_fold_says_what_it_changed_and_came_with_a_migration() -> None:
    known = shapes()
    numbers = {path.name[:4] for path in (schema_version.HOME / "versions").glob("[0-9]*.py")}
    assert sorted(known) == list(range(1, FOLD_VERSION + 1))
    assert {shape["since"] for shape in known.values()} <= numbers
    for version in range(2, FOLD_VERSION + 1):
        before, now = known[version - 1], known[version]
        assert before["since"] < now["since"], f"fold {version} came without a migration of its own"
        new = {
            name if level == "case" else f"{level}.{name}"
            for level in LEVELS
            for name in now[level].keys() - before[level].keys()
        }
        assert new <= FOLD_CHANGES[version], f"FOLD_CHANGES[{version}] lacks some of them"


def test_what_came_later_is_left_out_of_a_row_that_does_not_use_it() -> None:
    first = shapes()[1]
    assert shape_now()["case"].keys() - first["case"].keys() <= ADDED.keys()
    assert shape_now()["steps"].keys() - first["steps"].keys() <= ADDED_TO_STEPS.keys()
    assert ADDED.keys() <= shape_now()["case"].keys()
    assert ADDED_TO_STEPS.keys() <= shape_now()["steps"].keys()


def _write() -> None:
    known = shapes() if FILE.exists() else {}
    newest = max(path.name[:4] for path in (schema_version.HOME / "versions").glob("[0-9]*.py"))
    since = known.get(FOLD_VERSION, {"since": newest})["since"]
    known[FOLD_VERSION] = {"since": since, **shape_now()}
    FILE.write_text(json.dumps(known, indent=1) + "\n")


if __name__ == "__main__":
    _write()
