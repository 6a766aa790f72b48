"""Rows that another release folded: an older one's are compared by today's rules, a newer one's named.

Two releases may run on one database for a while, so neither is a fault by itself. A fold changes
together with a migration, so a newer release has left its first half in the schema; where it has not, a
row that claims to be newer is one that somebody changed.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from casetrack.domain.case.fold_versions import FOLD_VERSION, agrees
from casetrack.domain.logs.imported_cases import IMPORT_FOLD_VERSION
from casetrack.domain.proof.verdict import UNREADABLE
from casetrack.storage import schema_version
from casetrack.storage.proof.row_tables import REWRITTEN, young_columns, young_tables
from casetrack.usecases.context import Context
from casetrack.usecases.proof.refold_case import Row, Rows

Age = Literal["old", "newer"]

#: Tables whose rows say by which fold they were made, and the fold of this release.
FOLDS = {"cases": FOLD_VERSION, "imported_cases": IMPORT_FOLD_VERSION}
#: There was no fold before this one.
_OLDEST = 1
#: What the chain gives whatever the fold is: a newer release's row is compared in these.
_OF_THE_CHAIN = ("version", "hash")


@dataclass
class OtherFolds:
    """What of a database other releases folded; `newer` says whether a newer one was here."""

    newer: bool
    #: Table → columns that a first half added and no second half has filled yet.
    young: Mapping[str, frozenset[str]] = field(default_factory=dict)
    #: Table → columns that a second half writes anew and has not yet.
    rewritten: Mapping[str, frozenset[str]] = field(default_factory=dict)
    #: Tables of which a second half is to fill the rows that the release before left out.
    tables: frozenset[str] = frozenset()
    counts: Counter[Age] = field(default_factory=Counter)
    #: The folds of this release.
    folds: Mapping[str, int] = field(default_factory=lambda: FOLDS)

    @classmethod
    def of(cls, ctx: Context) -> "OtherFolds":
        """By what the schema shows: a newer release's first half, and second halves that are missing."""
        schema = schema_version.schema_of(ctx.database)
        missing = schema.missing("second")
        anew = young_columns(missing, mark=REWRITTEN)
        tables = young_tables(missing)
        return cls(bool(schema.newer), young_columns(missing), anew, tables)

    def allow_for(self, expected: Rows, stored: Rows) -> Rows:
        """The expected rows of one stream, so that its rows differ only where something is wrong.

        A newer release may fold by rules that nobody knows here: its rows are taken as they are, but
        for what the chain gives.
        """
        expected = self._unfilled(expected, stored)
        for table in FOLDS:
            for key, row in stored.get(table, {}).items():
                kind, mine = self.age(table, row), expected[table].get(key)
                if kind is None or mine is None:
                    continue
                self.counts[kind] += 1
                if kind == "newer":
                    chain = {name: mine[name] for name in _OF_THE_CHAIN}
                    return {**stored, table: {key: {**row, **chain}}}
                return {**expected, table: {key: {**mine, **_as_old(table, mine, row)}}}
        return expected

    def _unfilled(self, expected: Rows, stored: Rows) -> Rows:
        """A young column is empty in a row that only the release before has written; in one that it
        wrote again it says what was so before."""
        allowed = dict(expected)
        for table in self.tables & stored.keys():
            allowed[table] = {
                key: allowed[table][key] for key in stored[table] if key in allowed[table]
            }
        for table, columns in self.rewritten.items():
            for key, mine in expected.get(table, {}).items():
                row = stored.get(table, {}).get(key, mine)
                left = {name: row[name] for name in columns}
                allowed[table] = {**allowed[table], key: {**mine, **left}}
        expected = allowed
        for table, columns in self.young.items():
            for key, mine in expected.get(table, {}).items():
                row = stored.get(table, {}).get(key, mine)
                old = table in FOLDS and self.age(table, row) == "old"
                left = {
                    name: row[name]
                    for name in columns
                    if row[name] != mine[name] and (old or row[name] is None)
                }
                if left:
                    self.counts["old"] += 1
                    allowed[table] = {**allowed[table], key: {**mine, **left}}
        return allowed

    def age(self, table: str, row: Row) -> Age | None:
        """Whether another release folded this row; None where it was this one, or no release at all."""
        version, mine = row["fold_version"], self.folds[table]
        if type(version) is not int or not _OLDEST <= version != mine:
            return None
        if version < mine:
            return "old"
        return "newer" if self.newer else None

    def is_newer(self, stored: Rows) -> bool:
        """Whether a newer release folded this stream."""
        rows = [(table, row) for table in FOLDS for row in stored.get(table, {}).values()]
        return any(self.age(table, row) == "newer" for table, row in rows)


def _as_old(table: str, mine: Row, row: Row) -> Row:
    """What a row of an older fold may say: its own state, where that agrees with the events."""
    same = {"fold_version": row["fold_version"]}
    try:
        stored, refolded = json.loads(row["state"]), json.loads(mine["state"])
        fits = _fits(table, stored, refolded, row["fold_version"])
    except UNREADABLE:
        fits = False
    return {**same, "state": row["state"]} if fits else same


def _fits(table: str, stored: Any, refolded: Any, version: int) -> bool:
    if table == "cases":
        return agrees(stored, refolded, version)
    return bool(stored == refolded)
