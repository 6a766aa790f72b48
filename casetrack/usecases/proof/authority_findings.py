"""Decisions judged again while verify folds them: as the register was known then, and as it is now.

The register is read once a region. A check asks it for a slice (one service, one officer), as the
write path does; slices are cut from memory and kept, so that a hundred thousand decisions cost no
read, and memory is the register's, not theirs.
"""

import json
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import cast

from casetrack.domain.authority.entries import EntryKind, Post
from casetrack.domain.authority.entry_json import stored_entry
from casetrack.domain.authority.findings import findings
from casetrack.domain.authority.passport import KNOWN_RULES
from casetrack.domain.authority.recheck import judge_again
from casetrack.domain.authority.recorded import Cite, Recorded
from casetrack.domain.authority.register import Register
from casetrack.domain.case.reviews import judged_as
from casetrack.domain.case.state import CaseState, but
from casetrack.domain.clock import Calendar
from casetrack.domain.events import Event
from casetrack.domain.proof.authority_findings import (
    Finding,
    Tally,
    past_rules,
    unchanged,
    unwritten,
)
from casetrack.domain.proof.verdict import UNREADABLE
from casetrack.domain.service.definition import ServiceDefinition
from casetrack.storage.authority.register_keys import (
    SUCCESSIONS,
    key_rows,
    line_rows,
    second_keys,
    stream_of,
)
from casetrack.storage.proof.stored_rows import Reader
from casetrack.usecases.proof.refold_case import Place, Row
from casetrack.usecases.proof.refold_register import RegisterKeys

Entries = dict[tuple[str, str], Recorded]


class History:
    """Every confirmed revision of a region's register, and what of it was known before an event.

    Rows that cannot be read are left out: verify names them by themselves.
    """

    def __init__(self, rows: Iterable[Row]) -> None:
        #: Entry → its revisions: first event id at which it was not known yet, and what it says.
        self._revisions: dict[tuple[str, str], list[tuple[int, int | None, Recorded]]] = (
            defaultdict(list)
        )
        self._by_key: dict[str, set[tuple[str, str]]] = defaultdict(set)
        keys = RegisterKeys("")
        changes = set()
        for row in rows:
            recorded = _recorded(row)
            if recorded is None:
                continue
            place = (recorded.kind, recorded.id)
            self._revisions[place].append((row["confirmed_id"], row["superseded_id"], recorded))
            changes.add(row["confirmed_id"])
            keys.keys.update(key_rows(*place, recorded.entry))
            if isinstance(recorded.entry, Post):
                keys.add_post(recorded.id, recorded.entry)
        for key, kind, entry in (*keys.keys, *line_rows(keys.posts)):
            self._by_key[key].add((kind, entry))
        self._changes = sorted(changes)
        self._slice = lru_cache(maxsize=256)(self._cut)

    @property
    def latest(self) -> int:
        """An event id behind all that is known."""
        return self._changes[-1] + 1 if self._changes else 0

    def slice(self, service: str, officer: str, before_id: int) -> Register:
        """What a check about this service and this officer needs, as known before an event."""
        return self._slice(service, officer, bisect_left(self._changes, before_id))

    def whole(self) -> Register:
        """Everything, as it is known now."""
        return Register(self._known(self._revisions, self.latest).values())

    def _cut(self, service: str, officer: str, changes: int) -> Register:
        """The two reads of `storage.register.slice_for`; so many changes are known."""
        before = self._changes[changes - 1] + 1 if changes else 0
        first = (f"service:{service}", "service:*", SUCCESSIONS, f"officer:{officer}")
        found = self._under(first, before)
        return Register((found | self._under(second_keys(found.values()), before)).values())

    def _under(self, keys: Iterable[str], before: int) -> Entries:
        places = {place for key in keys for place in self._by_key.get(key, ())}
        return self._known(sorted(places), before)

    def _known(self, places: Iterable[tuple[str, str]], before: int) -> Entries:
        return {
            place: recorded
            for place in places
            for since, until, recorded in self._revisions.get(place, ())
            if since < before and (until is None or until >= before)
        }


def _recorded(row: Row) -> Recorded | None:
    try:
        int(row["confirmed_id"]), int(row["superseded_id"] or 0)
        kind = cast(EntryKind, row["kind"])
        entry = stored_entry(kind, json.loads(row["document"]))
        set_up = row["entered_by"] if row["confirmed_by"] is None else None
        cite = Cite(stream_of(kind, row["entry"]), row["version"], row["hash"], set_up)
        return Recorded(kind, row["entry"], entry, cite)
    except UNREADABLE:
        return None


class AuthorityCheck:
    """One region's decisions, as they are folded."""

    def __init__(self, place: Place, reader: Reader, tally: Tally) -> None:
        self._place, self._tally = place, tally
        self._history = History(reader.all_rows("register_entries", place.region))

    def look(self, before: CaseState | None, event: Event) -> None:
        """Judge what was done to the case; `before` is what the case was then."""
        calendar = self._place.calendar
        if before is None or calendar is None:
            return
        try:
            key = (self._place.region, before.service, before.service_version)
            definition = self._place.ctx.definition(*key)
            for code, detail in past_rules(before, event, definition, calendar):
                self._find("past_rules", event, code, detail)
            for code, detail in unwritten(event):
                self._find("hand_over", event, code, detail)
            for code, detail in unchanged(event, definition):
                self._find("unchanged", event, code, detail)
            if "authority" in event.data:
                self._decision(before, event, definition, calendar)
        except UNREADABLE as error:
            detail = f"its authority cannot be read: {error}"
            self._find("passport_not_derivable", event, "unreadable", detail)

    def _decision(
        self, before: CaseState, event: Event, definition: ServiceDefinition, calendar: Calendar
    ) -> None:
        authority = event.data["authority"]
        if authority["scheme"] != "checked":
            self._tally.unverifiable[authority["scheme"]] += 1
            return
        passport = authority["passport"]
        if passport["rules"] not in KNOWN_RULES:
            self._tally.unverifiable["other_rules"] += 1
            return
        step = definition.step(event.data["step"]) if event.data.get("step") else None
        # Of a correction that brings facts: by those that it brings.
        facts = event.data.get("case", {}).get("facts", before.facts)
        case = judged_as(but(before, facts=facts), definition, step, calendar)
        asked = (passport["service"], passport["seat"]["officer"])
        known_then = self._history.slice(*asked, event.id)
        then = judge_again(known_then, passport, **case)
        if not then.same:
            detail = "as recorded then, the register gives " + (
                "another passport" if then.holds else f"none: {then.code}"
            )
            self._find("passport_not_derivable", event, then.code or "other_passport", detail)
        known_now = self._history.slice(*asked, max(event.id, self._history.latest))
        if then.holds and known_now.entries != known_then.entries:
            now = judge_again(known_now, passport, **case)
            if not now.holds:
                detail = f"as known now, the register would refuse it: {now.code}"
                self._find("questioned", event, str(now.code), detail)

    def papers(self) -> None:
        """The papers themselves: how many have faults today, and of how many only a hash is kept."""
        register, calendar = self._history.whole(), self._place.calendar
        if not register.entries or calendar is None:
            return
        self._tally.unverifiable["papers"] += len(register.entries)
        today = calendar.local_date(self._place.ctx.database.now())
        count = len(findings(register, list(self._services()), None, today, today))
        if count:
            detail = (
                f"{count} findings about the papers today; casetrack authority findings lists them"
            )
            self._tally.add(Finding("papers", self._place.region, None, None, "papers", detail))

    def _services(self) -> Iterator[ServiceDefinition]:
        newest: dict[str, int] = {}
        for region, service, version in self._place.published:
            if region == self._place.region:
                newest[service] = max(version, newest.get(service, 0))
        for service, version in sorted(newest.items()):
            yield self._place.ctx.definition(self._place.region, service, version)

    def _find(self, kind: str, event: Event, code: str, detail: str) -> None:
        self._tally.add(Finding(kind, event.region, event.stream, event.version, code, detail))
