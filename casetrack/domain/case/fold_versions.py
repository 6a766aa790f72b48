"""By which rules a folded row was made, and whether one of older rules says the same."""

from collections.abc import Mapping

from casetrack.domain.case.state import CaseState, Document

#: Stored beside every folded row: by which rules the row was made. Raise it with every change of the
#: shape or of the fold; tests/unit/test_row_shapes.py says what else belongs to such a change.
FOLD_VERSION = 10
#: Fold version → the keys that came with it or changed their meaning: "product", "steps.remark" for
#: one of a step, "clock.reason" for one of any clock. A row of an older fold is not compared in them.
FOLD_CHANGES: Mapping[int, frozenset[str]] = {
    2: frozenset({"waiver", "links"}),
    3: frozenset({"products", "bills"}),
    4: frozenset({"hand_overs"}),
    5: frozenset({"external", "deemed"}),
    6: frozenset({"review", "pauses", "visit"}),
    7: frozenset({"issued_elsewhere"}),
    8: frozenset({"corrections"}),
    9: frozenset({"lapse"}),
    10: frozenset({"inspections"}),
}


def agrees(
    stored: Document,
    refolded: Document,
    fold_version: int,
    changes: Mapping[int, frozenset[str]] = FOLD_CHANGES,
) -> bool:
    """Whether a row that an older fold made says the same, read by the rules of today.

    Keys that came or changed since are not compared: they would differ in every old row.
    """
    changed = frozenset[str]().union(
        *(names for version, names in changes.items() if version > fold_version)
    )
    return _reread(stored, changed) == _reread(refolded, changed)


def _reread(document: Document, without: frozenset[str]) -> Document:
    read = CaseState.from_document(document).to_document()
    _drop(read, "", without)
    for step in read["steps"].values():
        _drop(step, "steps.", without)
    return read


def _drop(level: Document, prefix: str, without: frozenset[str]) -> None:
    for name in [name for name in level if f"{prefix}{name}" in without]:
        del level[name]
    clock = level.get("clock") or {}
    for name in [name for name in clock if f"clock.{name}" in without]:
        del clock[name]
