"""Any single change, removal, swap or addition is found and named; state rows can be made anew."""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import Table, delete, insert, text, update
from sqlalchemy.exc import DBAPIError

from casetrack.domain.clock import DayOverride
from casetrack.domain.errors import BadInput
from casetrack.domain.events import GENESIS, Event, chain_hash
from casetrack.domain.proof.ledger import ledger_hash
from casetrack.storage import schema
from casetrack.usecases.case import deadlines, moved_deadlines
from casetrack.usecases.proof.rebuild import rebuild
from casetrack.usecases.proof.verify import Anchor
from casetrack.usecases.region import loading
from tests.support.office import Office, Row, play
from tests.support.web import BOTH, shared_world
from tests.support.world import SAMARINDA, SURABAYA, samarinda


@pytest.fixture(scope="module", params=BOTH)
def played(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    """One story for all of these tests: playing it takes longer than checking it."""
    with shared_world(request, tmp_path_factory) as world:
        yield play(world)


@pytest.fixture
def office(played: Office) -> Iterator[Office]:
    """The office as it was played; whatever a test does to it is undone."""
    with played.kept():
        yield played


def first(office: Office, table: Table, **where: Any) -> Row:
    return office.rows(table, **where)[0]


def in_samarinda(office: Office, table: Table) -> list[Row]:
    return office.rows(table, region=SAMARINDA)


def test_a_played_story_verifies(office: Office) -> None:
    verdict = office.verify()
    assert verdict.fault is None
    assert not verdict.anchored
    assert verdict.events == len(office.rows(schema.events))
    last = in_samarinda(office, schema.ledger)[-1]
    assert verdict.checked_to[SAMARINDA] == {"position": last["position"], "hash": last["hash"]}
    ours = len(office.rows(schema.events, region=SURABAYA))
    assert verdict.checked_to[SURABAYA]["position"] == ours


def test_a_story_with_deadlines_missed_and_paused_verifies(office: Office) -> None:
    world = office.world
    world.hands.pass_time(days=20)
    assert deadlines.watch_once(world.ctx) > 0
    assert office.verify().fault is None
    assert any(row["missed_noted"] for row in office.rows(schema.deadlines))
    world.act(office.queued, "wati", "pause", reason="court")
    world.hands.pass_time(days=1)
    assert office.verify().fault is None
    world.act(office.queued, "wati", "resume")
    deadlines.watch_once(world.ctx)
    office.sequence()
    assert office.verify().fault is None


def test_a_day_off_that_a_decree_adds_later_breaks_nothing(office: Office) -> None:
    world = office.world
    world.act(office.queued, "wati", "pause", reason="court")
    friday = DayOverride(date(2026, 11, 27), False, "Cuti bersama")
    loading.load(world.ctx, replace(samarinda(), overrides=(friday,)))
    assert office.verify().fault is None
    assert moved_deadlines.move_deadlines(world.ctx, SAMARINDA) > 0
    assert office.verify().fault is None
    assert list(rebuild(world.ctx, None, lambda _: None)) == []
    world.act(office.queued, "wati", "resume")
    assert office.verify().fault is None


def test_one_case_verifies_by_itself_and_with_its_ledger(office: Office) -> None:
    assert office.fault(case=office.done) is None
    office.change(schema.cases, {"number": office.open}, status="granted")
    assert office.fault(case=office.done) is None
    assert office.fault(case=office.open) == ("state", office.open, 3)
    with pytest.raises(BadInput, match="no case SMR-NIL"):
        office.verify(case="SMR-NIL-2026-000001-1")


Tamper = Callable[[Office], Any]


def body_of(office: Office, number: str, version: int) -> Row:
    return office.row(schema.events, stream=number, version=version)


def _change_body(o: Office) -> None:
    body = body_of(o, o.done, 3)["body"].replace("favourable", "unfavourable")
    o.change(schema.events, {"stream": o.done, "version": 3}, body=body)


def _respell_body(o: Office) -> None:
    body = body_of(o, o.done, 3)["body"].replace(",", ", ", 1)
    o.change(schema.events, {"stream": o.done, "version": 3}, body=body)


def _rewrite_last(o: Office) -> None:
    """Body, hash and case row changed so that they agree; the ledger does not."""
    row, before = body_of(o, o.done, 9), body_of(o, o.done, 8)
    body = row["body"].replace("smr.dewi", "smr.hadi")
    digest = chain_hash(before["hash"], body)
    o.change(schema.events, {"stream": o.done, "version": 9}, body=body, hash=digest)
    o.change(schema.cases, {"number": o.done}, hash=digest)


def _swap_events(o: Office) -> None:
    one, other = body_of(o, o.done, 3), body_of(o, o.done, 4)
    o.swap(schema.events, one, other, ("id", "type", "recorded_at", "body", "hash"))


def _swap_bodies(o: Office) -> None:
    o.swap(schema.events, body_of(o, o.done, 3), body_of(o, o.open, 2), ("body",))


def _forged(o: Office, **values: Any) -> Row:
    """One more event behind the last of the case, with a chain hash that fits."""
    last = o.rows(schema.events, stream=o.done)[-1]
    newest = max(row["id"] for row in o.rows(schema.events))
    event = Event.from_body(last["body"])
    made = Event(
        newest + 1,
        event.region,
        values.get("stream", event.stream),
        values.get("version", event.version + 1),
        event.type,
        event.occurred_at,
        event.recorded_at,
        event.actor,
        {**event.data, "case": {}, "steps": {}},
    )
    digest = chain_hash(str(values.get("previous", last["hash"])), made.body())
    return {
        **last,
        "stream": made.stream,
        "version": made.version,
        "id": made.id,
        "body": made.body(),
        "hash": digest,
    }


def _add_event_and_queue_row(o: Office) -> None:
    row = _forged(o)
    o.add(schema.events, row)
    o.add(schema.queue, {name: row[name] for name in ("region", "id", "stream", "version")})


EVENTS: dict[str, tuple[Tamper, str]] = {
    "body": (_change_body, "chain"),
    "spelling": (_respell_body, "chain"),
    "agreed rewriting of the last": (_rewrite_last, "ledger"),
    "hash": (
        lambda o: o.change(schema.events, {"stream": o.open, "version": 3}, hash="0" * 64),
        "chain",
    ),
    "type": (
        lambda o: o.change(
            schema.events, {"stream": o.done, "version": 2}, type="casetrack.case.granted"
        ),
        "chain",
    ),
    "recorded_at": (
        lambda o: o.change(
            schema.events,
            {"stream": o.done, "version": 2},
            recorded_at=body_of(o, o.done, 2)["recorded_at"] + timedelta(microseconds=1),
        ),
        "chain",
    ),
    "id": (
        lambda o: o.change(schema.events, {"stream": o.done, "version": 2}, id=9_999),
        "chain",
    ),
    "stream": (
        lambda o: o.change(schema.events, {"stream": o.done, "version": 9}, stream="x"),
        "missing_event",
    ),
    "version": (
        lambda o: o.change(schema.events, {"stream": o.done, "version": 9}, version=10),
        "missing_event",
    ),
    "region": (
        lambda o: o.change(schema.events, {"stream": o.done, "version": 1}, region=SURABAYA),
        "chain",
    ),
    "removed first": (
        lambda o: o.remove(schema.events, stream=o.done, version=1),
        "missing_event",
    ),
    "removed middle": (
        lambda o: o.remove(schema.events, stream=o.done, version=4),
        "missing_event",
    ),
    "removed last": (lambda o: o.remove(schema.events, stream=o.done, version=9), "missing_event"),
    "removed last, still queued": (
        lambda o: o.remove(schema.events, stream=o.queued, version=2),
        "missing_event",
    ),
    "removed whole stream": (lambda o: o.remove(schema.events, stream=o.open), "missing_event"),
    "swapped": (_swap_events, "chain"),
    "swapped bodies": (_swap_bodies, "chain"),
    "added, chain right": (lambda o: o.add(schema.events, _forged(o)), "extra_event"),
    "added, chain wrong": (
        lambda o: o.add(schema.events, _forged(o, previous=GENESIS)),
        "chain",
    ),
    "added stream": (
        lambda o: o.add(
            schema.events, _forged(o, stream="deadline/x", version=1, previous=GENESIS)
        ),
        "extra_event",
    ),
    "added with queue row": (_add_event_and_queue_row, "state"),
}


def _neighbours(o: Office) -> int:
    """Where the ledger has two entries of one case, one behind the other."""
    entries = in_samarinda(o, schema.ledger)
    return next(
        place
        for place, (one, other) in enumerate(pairwise(entries))
        if one["stream"] == other["stream"] == o.done
    )


def _swap_entries(o: Office) -> None:
    place = _neighbours(o)
    one, other = in_samarinda(o, schema.ledger)[place : place + 2]
    o.swap(schema.ledger, one, other, ("id", "stream", "version", "prev_hash", "hash"))


def _swap_entries_and_hash_anew(o: Office) -> None:
    """Two entries of one stream change places, and everything behind them is computed again."""
    entries, place = in_samarinda(o, schema.ledger), _neighbours(o)
    one, other = entries[place : place + 2]
    for name in ("id", "stream", "version"):
        one[name], other[name] = other[name], one[name]
    _write_ledger(o, entries)


def _write_ledger(o: Office, entries: list[Row]) -> None:
    """A ledger of one's own making, with every hash right."""
    hashes = {(row["stream"], row["version"]): row["hash"] for row in o.rows(schema.events)}
    place = {row["position"]: row["id"] for row in in_samarinda(o, schema.ledger)}
    concerned = in_samarinda(o, schema.ledger_agencies)
    previous = GENESIS
    for position, entry in enumerate(entries, start=1):
        entry["position"], entry["prev_hash"] = position, previous
        event_hash = hashes[entry["stream"], entry["version"]]
        previous = entry["hash"] = ledger_hash(previous, position, event_hash)
    moved = {entry["id"]: entry["position"] for entry in entries}
    feeds = [{**row, "position": moved[place[row["position"]]]} for row in concerned]
    o.run(
        delete(schema.ledger_agencies).filter_by(region=SAMARINDA),
        insert(schema.ledger_agencies).values(feeds),
        delete(schema.ledger).filter_by(region=SAMARINDA),
        insert(schema.ledger).values(entries),
        update(schema.ledger_heads)
        .filter_by(region=SAMARINDA)
        .values(position=len(entries), hash=previous),
    )


def _concerning(o: Office, agency: str) -> int:
    row = first(o, schema.ledger_agencies, region=SAMARINDA, agency=agency)
    return int(row["position"])


def _last_entry(o: Office) -> Row:
    return {"region": SAMARINDA, "position": in_samarinda(o, schema.ledger)[-1]["position"]}


def _add_entry(o: Office) -> None:
    last = in_samarinda(o, schema.ledger)[-1]
    position = last["position"] + 1
    o.add(
        schema.ledger,
        last,
        position=position,
        id=9_999,
        version=99,
        prev_hash=last["hash"],
        hash=ledger_hash(last["hash"], position, "0" * 64),
    )


def _entry(position: int) -> Row:
    return {"region": SAMARINDA, "position": position}


LEDGER: dict[str, tuple[Tamper, str]] = {
    "position": (
        lambda o: o.change(schema.ledger, _entry(_neighbours(o) + 1), position=400),
        "ledger_order",
    ),
    "position of the last": (
        lambda o: o.change(schema.ledger, _last_entry(o), position=400),
        "ledger_missing",
    ),
    "id": (lambda o: o.change(schema.ledger, _entry(4), id=9_999), "ledger"),
    "stream": (lambda o: o.change(schema.ledger, _entry(4), stream="x"), "ledger"),
    "version": (lambda o: o.change(schema.ledger, _entry(4), version=77), "ledger"),
    "prev_hash": (
        lambda o: o.change(schema.ledger, _entry(4), prev_hash="0" * 64),
        "ledger_order",
    ),
    "hash": (lambda o: o.change(schema.ledger, _entry(4), hash="0" * 64), "ledger"),
    "hash of the last": (
        lambda o: o.change(schema.ledger, _last_entry(o), hash="0" * 64),
        "ledger",
    ),
    "region": (lambda o: o.change(schema.ledger, _entry(4), region="99"), "ledger_missing"),
    "removed first": (lambda o: o.remove(schema.ledger, **_entry(1)), "ledger_missing"),
    "removed middle": (lambda o: o.remove(schema.ledger, **_entry(5)), "ledger_missing"),
    "removed last": (lambda o: o.remove(schema.ledger, **_last_entry(o)), "ledger_missing"),
    "swapped": (_swap_entries, "ledger_order"),
    "swapped and hashed anew": (_swap_entries_and_hash_anew, "ledger_order"),
    "added": (_add_entry, "ledger_extra"),
    "head position": (
        lambda o: o.change(schema.ledger_heads, {"region": SAMARINDA}, position=5),
        "head",
    ),
    "head hash": (
        lambda o: o.change(schema.ledger_heads, {"region": SAMARINDA}, hash="0" * 64),
        "head",
    ),
    "head removed": (lambda o: o.remove(schema.ledger_heads, region=SAMARINDA), "head"),
    "head added": (
        lambda o: o.add(schema.ledger_heads, {"region": "99", "position": 1, "hash": "0" * 64}),
        "head",
    ),
    "queue version": (
        lambda o: o.change(schema.queue, {"stream": o.queued, "version": 2}, version=3),
        "queue",
    ),
    "queue stream": (
        lambda o: o.change(schema.queue, {"stream": o.queued, "version": 2}, stream="x"),
        "queue",
    ),
    "queue id": (
        lambda o: o.change(schema.queue, {"stream": o.queued, "version": 2}, id=9_999),
        "missing_event",
    ),
    "queue row removed": (
        lambda o: o.remove(schema.queue, stream=o.queued, version=2),
        "queue",
    ),
    "queue row added": (
        lambda o: o.add(
            schema.queue, {"region": SAMARINDA, "id": 9_999, "stream": o.done, "version": 10}
        ),
        "queue",
    ),
    "queued again": (
        lambda o: o.add(
            schema.queue,
            {name: body_of(o, o.done, 9)[name] for name in ("region", "id", "stream", "version")},
        ),
        "queue",
    ),
}


def _swap_rows(table: Table, *columns: str) -> Tamper:
    """Exchange two rows of the two cases that differ in these columns."""

    def tamper(o: Office) -> None:
        one = first(o, table, number=o.done)
        others = o.rows(table, number=o.open)
        other = next(row for row in others if any(row[c] != one[c] for c in columns))
        o.swap(table, one, other, columns)

    return tamper


def _step(o: Office) -> Row:
    return {"number": o.open, "step": "review_dishub"}


def _deadline(o: Office) -> Row:
    return {"number": o.queued, "step": "decide"}


def _later(row: Row, column: str) -> Any:
    return row[column] + timedelta(seconds=1)


def _change_deadline(column: str, *, flip: bool = False) -> Tamper:
    def tamper(o: Office) -> None:
        row = o.row(schema.deadlines, **_deadline(o))
        value = not row[column] if flip else _later(row, column)
        o.change(schema.deadlines, _deadline(o), **{column: value})

    return tamper


FEEDS: dict[str, tuple[Tamper, str]] = {
    "feed row removed": (
        lambda o: o.remove(schema.ledger_agencies, agency="dlh", position=_concerning(o, "dlh")),
        "feed",
    ),
    "feed row added": (
        lambda o: o.add(
            schema.ledger_agencies, first(o, schema.ledger_agencies, region=SAMARINDA), agency="x"
        ),
        "feed",
    ),
    "feed row behind the ledger": (
        lambda o: o.add(
            schema.ledger_agencies,
            first(o, schema.ledger_agencies, region=SAMARINDA),
            position=10**6,
        ),
        "feed",
    ),
}
STATE: dict[str, tuple[Tamper, str]] = {
    "case version": (lambda o: o.change(schema.cases, {"number": o.done}, version=8), "state"),
    "case hash": (lambda o: o.change(schema.cases, {"number": o.done}, hash="0" * 64), "state"),
    "case opened_id": (lambda o: o.change(schema.cases, {"number": o.done}, opened_id=1), "state"),
    "case service": (
        lambda o: o.change(schema.cases, {"number": o.done}, service="skck"),
        "state",
    ),
    "case status": (
        lambda o: o.change(schema.cases, {"number": o.open}, status="granted"),
        "state",
    ),
    "case holder": (lambda o: o.change(schema.cases, {"number": o.open}, holder="dlh"), "state"),
    "case fold_version": (
        lambda o: o.change(schema.cases, {"number": o.open}, fold_version=0),
        "state",
    ),
    "case state": (
        lambda o: o.change(
            schema.cases,
            {"number": o.open},
            state=first(o, schema.cases, number=o.open)["state"].replace(
                '"returns":', '"returns":1'
            ),
        ),
        "state",
    ),
    "case removed": (lambda o: o.remove(schema.cases, number=o.done), "state"),
    "case added": (
        lambda o: o.add(
            schema.cases, first(o, schema.cases, number=o.done), number="SMR-REK-2026-999999-9"
        ),
        "state",
    ),
    "cases swapped": (_swap_rows(schema.cases, "version", "hash", "state"), "state"),
    "step status": (lambda o: o.change(schema.steps, _step(o), status="completed"), "step_state"),
    "step assignee": (
        lambda o: o.change(schema.steps, _step(o), assignee="smr.sari"),
        "step_state",
    ),
    "step agency": (lambda o: o.change(schema.steps, _step(o), agency="dlh"), "step_state"),
    "step kind": (lambda o: o.change(schema.steps, _step(o), kind="check"), "step_state"),
    "step version": (lambda o: o.change(schema.steps, _step(o), version=99), "step_state"),
    "step ready_at": (lambda o: o.change(schema.steps, _step(o), ready_at=None), "step_state"),
    "step urgent_at": (
        lambda o: o.change(
            schema.steps,
            _step(o),
            urgent_at=_later(o.row(schema.steps, **_step(o)), "urgent_at"),
        ),
        "step_state",
    ),
    "step removed": (lambda o: o.remove(schema.steps, **_step(o)), "step_state"),
    "step added": (
        lambda o: o.add(schema.steps, o.row(schema.steps, **_step(o)), step="other"),
        "step_state",
    ),
    "step of no case": (
        lambda o: o.add(schema.steps, o.row(schema.steps, **_step(o)), number="x"),
        "step_state",
    ),
    "steps swapped": (_swap_rows(schema.steps, "version", "status"), "step_state"),
    "deadline due_at": (_change_deadline("due_at"), "deadline_state"),
    "deadline near_at": (_change_deadline("near_at"), "deadline_state"),
    "deadline near_noted": (_change_deadline("near_noted", flip=True), "deadline_state"),
    "deadline missed_noted": (_change_deadline("missed_noted", flip=True), "deadline_state"),
    "deadline agency": (
        lambda o: o.change(schema.deadlines, _deadline(o), agency="dlh"),
        "deadline_state",
    ),
    "deadline removed": (
        lambda o: o.remove(schema.deadlines, **_deadline(o)),
        "deadline_state",
    ),
    "deadline added": (
        lambda o: o.add(schema.deadlines, o.row(schema.deadlines, **_deadline(o)), step="intake"),
        "deadline_state",
    ),
    "deadline of no case": (
        lambda o: o.add(schema.deadlines, o.row(schema.deadlines, **_deadline(o)), number="x"),
        "deadline_state",
    ),
    "agency changed": (
        lambda o: o.change(
            schema.case_agencies, {"number": o.done, "agency": "dlh"}, agency="dinkes"
        ),
        "agency_state",
    ),
    "agency removed": (
        lambda o: o.remove(schema.case_agencies, number=o.done, agency="dlh"),
        "agency_state",
    ),
    "agency added": (
        lambda o: o.add(
            schema.case_agencies, first(o, schema.case_agencies, number=o.done), agency="dinkes"
        ),
        "agency_state",
    ),
}


_TRACE = {"source": "ab" * 8, "trace": 0}


def _trace(o: Office, trace: int = 0) -> Row:
    return o.row(schema.imported_cases, trace=trace)


def _change_trace(**values: Any) -> Tamper:
    return lambda o: o.change(schema.imported_cases, _TRACE, **values)


IMPORTS: dict[str, tuple[Tamper, str]] = {
    "version": (_change_trace(version=3), "import_state"),
    "hash": (_change_trace(hash="0" * 64), "import_state"),
    "fold_version": (_change_trace(fold_version=0), "import_state"),
    "state": (_change_trace(state="{}"), "import_state"),
    "source": (_change_trace(source="x"), "import_state"),
    "trace": (_change_trace(trace=9), "import_state"),
    "stream": (_change_trace(stream="import/x/9"), "import_state"),
    "removed": (lambda o: o.remove(schema.imported_cases, **_TRACE), "import_state"),
    "added": (
        lambda o: o.add(schema.imported_cases, _trace(o), trace=9, stream="import/x/9"),
        "import_state",
    ),
    "swapped": (
        lambda o: o.swap(schema.imported_cases, _trace(o), _trace(o, 1), ("version", "state")),
        "import_state",
    ),
}


def _some_text(o: Office) -> Row:
    return first(o, schema.texts, number=o.open, kind="defect")


def _swap_texts(o: Office) -> None:
    one, other = o.rows(schema.texts, number=o.open)[:2]
    o.swap(schema.texts, one, other, ("sealed",))


def _flip_sealed(o: Office) -> None:
    row = _some_text(o)
    sealed = bytes(row["sealed"])
    o.change(
        schema.texts,
        {"text": row["text"]},
        sealed=sealed[:-1] + bytes([sealed[-1] ^ 1]),
    )


def _text_change(**values: Any) -> Tamper:
    return lambda o: o.change(schema.texts, {"text": _some_text(o)["text"]}, **values)


def _subject_change(**values: Any) -> Tamper:
    return lambda o: o.change(schema.subjects, _budi(o), **values)


def _corrected(o: Office) -> str:
    """The id of the text that the correction brought."""
    return str(first(o, schema.parties, number=o.open)["text"])


def _resource(o: Office) -> str:
    return str(first(o, schema.texts, kind="resource")["text"])


def _budi(o: Office) -> Row:
    return {"subject": first(o, schema.parties, number=o.done)["subject"]}


TEXTS: dict[str, tuple[Tamper, str]] = {
    "corrected text removed": (lambda o: o.remove(schema.texts, text=_corrected(o)), "text"),
    "corrected text changed": (
        lambda o: o.change(schema.texts, {"text": _corrected(o)}, sealed=b"x" * 40),
        "text",
    ),
    "resource removed": (lambda o: o.remove(schema.texts, text=_resource(o)), "text"),
    "resource changed": (
        lambda o: o.change(schema.texts, {"text": _resource(o)}, sealed=b"x" * 40),
        "text",
    ),
    "resource added": (
        lambda o: o.add(schema.texts, first(o, schema.texts, text=_resource(o)), text="f" * 32),
        "text",
    ),
    "subject's version": (
        lambda o: o.change(schema.subjects, _budi(o), version=2),
        "subject",
    ),
    "subject's hash": (lambda o: o.change(schema.subjects, _budi(o), hash="0" * 64), "subject"),
    "sealed": (_flip_sealed, "text"),
    "sealed texts swapped": (_swap_texts, "text"),
    "text removed": (lambda o: o.remove(schema.texts, text=_some_text(o)["text"]), "text"),
    "text added": (lambda o: o.add(schema.texts, _some_text(o), text="f" * 32), "text"),
    "text of no case": (
        lambda o: o.add(schema.texts, _some_text(o), text="f" * 32, number="x"),
        "text",
    ),
    "text id": (_text_change(text="f" * 32), "text"),
    "text kind": (_text_change(kind="note"), "text"),
    "text number": (_text_change(number="x"), "text"),
    "text subject": (_text_change(subject="x"), "text"),
    "key": (_subject_change(wrapped_key=b"x" * 60), "subject"),
    "key gone": (_subject_change(wrapped_key=None), "subject"),
    "erasure dated": (
        lambda o: _subject_change(erased_at=o.world.hands.now)(o),
        "subject",
    ),
    "subject removed": (
        lambda o: o.remove(schema.subjects, **_budi(o)),
        "subject",
    ),
    "party's person": (
        lambda o: o.change(schema.parties, {"number": o.done}, subject="x"),
        "party",
    ),
    "party removed": (lambda o: o.remove(schema.parties, number=o.done), "party"),
    "party added": (
        lambda o: o.add(
            schema.parties, first(o, schema.parties, number=o.done), role="representative"
        ),
        "party",
    ),
    "party of no case": (
        lambda o: o.add(schema.parties, first(o, schema.parties, number=o.done), number="x"),
        "party",
    ),
}

EVERYTHING = {
    f"{area}: {name}": case
    for area, cases in (
        ("event", EVENTS),
        ("ledger", LEDGER),
        ("state", STATE),
        ("feed", FEEDS),
        ("import", IMPORTS),
        ("text", TEXTS),
    )
    for name, case in cases.items()
}


@pytest.mark.parametrize("name", EVERYTHING)
def test_every_single_tampering_is_found_and_named(office: Office, name: str) -> None:
    tamper, kind = EVERYTHING[name]
    tamper(office)
    assert office.kind() == kind


def test_a_fault_says_where_it_is(office: Office) -> None:
    _change_body(office)
    assert office.fault() == ("chain", office.done, 3)


def _cut_tail(o: Office) -> None:
    """The last ledger entry, all that came later, and every row of it go, as if it had not been; the
    counter of the case's number too."""
    (case,) = [row for row in o.rows(schema.cases) if row["number"] == o.queued]
    last = in_samarinda(o, schema.ledger)[-1]
    later = [row["stream"] for row in o.rows(schema.queue)]
    assert set(later) == {o.queued}
    of_case = ("cases", "steps", "deadlines", "case_agencies", "texts", "parties")
    tables = [schema.metadata.tables[name] for name in of_case]
    o.run(
        delete(schema.queue),
        *[delete(table).filter_by(number=o.queued) for table in tables],
        delete(schema.events).filter_by(stream=o.queued),
        delete(schema.events).filter_by(id=last["id"]),
        delete(schema.imported_cases).filter_by(stream=last["stream"]),
        delete(schema.ledger).filter_by(region=SAMARINDA, position=last["position"]),
        update(schema.ledger_heads)
        .filter_by(region=SAMARINDA)
        .values(position=last["position"] - 1, hash=last["prev_hash"]),
        update(schema.counters)
        .filter_by(region=SAMARINDA, service=case["service"])
        .values(serial=schema.counters.c.serial - 1),
    )


def test_a_tail_that_was_cut_off_everywhere_is_found_only_from_outside(office: Office) -> None:
    place = office.verify().checked_to[SAMARINDA]
    anchor = Anchor.parse(f"{SAMARINDA}:{place['position']}:{place['hash']}")
    before = office.verify(expect=[anchor])
    assert (before.fault, before.anchored) == (None, True)
    _cut_tail(office)
    assert office.fault() is None
    after = office.verify(expect=[anchor])
    assert after.fault is not None
    assert (after.fault.kind, after.fault.position) == ("anchor", anchor.position)
    assert not after.anchored


def test_a_ledger_rewritten_throughout_is_found_only_from_outside(office: Office) -> None:
    place = office.verify().checked_to[SAMARINDA]
    anchor = Anchor(SAMARINDA, place["position"], place["hash"])
    entries = in_samarinda(office, schema.ledger)
    # Two entries of different cases change places: nothing inside says which came first.
    at = next(i for i in range(11, 14) if entries[i]["stream"] != entries[i + 1]["stream"])
    entries[at], entries[at + 1] = entries[at + 1], entries[at]
    _write_ledger(office, entries)
    assert office.fault() is None
    found = office.verify(expect=[anchor])
    assert found.fault is not None
    assert found.fault.kind == "anchor"


@pytest.mark.parametrize("given", ["", "64.72", "64.72:1", "64.72:0:" + "a" * 64, "64.72:1:xyz"])
def test_an_anchor_that_cannot_be_one_is_refused(given: str) -> None:
    with pytest.raises(BadInput, match="REGION:POSITION:HASH"):
        Anchor.parse(given)


def test_an_anchor_of_an_unknown_region_is_refused(office: Office) -> None:
    with pytest.raises(BadInput, match="no region 11"):
        office.verify(expect=[Anchor("11", 1, "a" * 64)])


FOLDED = {**STATE, **FEEDS, **{f"import {name}": case for name, case in IMPORTS.items()}}


@pytest.mark.parametrize("name", FOLDED)
def test_rebuild_mends_every_state_row_and_says_so(office: Office, name: str) -> None:
    FOLDED[name][0](office)
    changes = list(rebuild(office.world.ctx, SAMARINDA, lambda _: None))
    assert changes
    assert all(change.done and change.detail for change in changes)
    assert office.fault() is None
    assert list(rebuild(office.world.ctx, None, lambda _: None)) == []


def test_rebuild_keeps_what_was_noted_of_deadlines(office: Office) -> None:
    office.world.hands.pass_time(days=20)
    assert deadlines.watch_once(office.world.ctx) > 0
    before = office.rows(schema.deadlines)
    office.run(delete(schema.deadlines))
    list(rebuild(office.world.ctx, None, lambda _: None))
    assert office.rows(schema.deadlines) == before
    assert any(row["missed_noted"] for row in before)
    assert office.fault() is None


def test_rebuild_never_covers_up_a_broken_chain_or_lost_events(office: Office) -> None:
    _change_body(office)
    office.remove(schema.events, stream=office.open)
    left = {c.stream for c in rebuild(office.world.ctx, None, lambda _: None) if not c.done}
    assert left == {office.done, office.open}
    assert office.kind() in ("chain", "missing_event")
    assert office.rows(schema.cases, number=office.open)


def _flipped(value: Any, chance: random.Random) -> Any:
    """The value with one character or its last digit changed."""
    if isinstance(value, int):
        return value + chance.choice((-1, 1, 10, 1000))
    if not isinstance(value, str):
        return value + timedelta(microseconds=chance.choice((-1, 1, 1000)))
    place = chance.randrange(len(value))
    other = chance.choice([c for c in "0123456789abcdefXYZ{\u00e9" if c != value[place]])
    return value[:place] + other + value[place + 1 :]


COLUMNS = [
    (table, column.name) for table in (schema.events, schema.ledger) for column in table.columns
]


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=lambda value: str(value))
def test_one_character_changed_anywhere_in_events_or_ledger_is_found(
    office: Office, table: Table, column: str
) -> None:
    chance = random.Random(f"{table.name}.{column}")
    taken = {row[column] for row in office.rows(table)}
    for _ in range(3):
        row = chance.choice(office.rows(table))
        value = _flipped(row[column], chance)
        if value in taken:
            continue
        # The row is found by its id, but where the id itself is flipped.
        where, back = {"id": row["id"]}, {"id": value if column == "id" else row["id"]}
        office.change(table, where, **{column: value})
        assert office.fault() is not None, (table.name, column, row[column], value)
        office.change(table, back, **{column: row[column]})
        assert office.fault() is None


def test_bytes_that_are_no_text_any_more_are_a_fault_and_no_crash(office: Office) -> None:
    if office.world.database.dialect != "sqlite":
        return  # PostgreSQL refuses such bytes itself
    office.run(text("UPDATE events SET body = CAST(x'7bff7d' AS TEXT) WHERE version = 3"))
    assert office.kind() == "chain"


@pytest.mark.parametrize("table", schema.APPEND_ONLY)
@pytest.mark.parametrize("action", ["UPDATE {} SET region = 'x'", "DELETE FROM {}"])
def test_what_is_written_once_can_be_neither_changed_nor_removed(
    office: Office, table: str, action: str
) -> None:
    statement = text(action.format(table))
    with (
        pytest.raises(DBAPIError, match="append-only") as refused,
        office.world.database.writer.begin() as connection,
    ):
        connection.execute(statement)
    assert table in str(refused.value)
    assert office.fault() is None


def test_the_command_line_says_it_in_json_and_in_words(office: Office) -> None:
    status, out = office.command("verify", "--json")
    said = json.loads(out)
    assert (status, said["ok"], said["anchored"]) == (0, True, False)
    assert [finding["kind"] for finding in said["findings"]] == ["hand_over"]
    place = said["checked_to"][SAMARINDA]
    expect = f"{SAMARINDA}:{place['position']}:{place['hash']}"
    assert json.loads(office.command("verify", "--json", "--expect", expect)[1])["anchored"]
    assert "Not anchored" in office.command("verify")[1]
    status, out = office.command("verify", "--expect", f"{SAMARINDA}:1:{'a' * 64}")
    assert (status, "FAULT anchor" in out, "give it to --expect" in out) == (1, True, False)
    assert expect in office.command("verify")[1]
    office.change(schema.steps, _step(office), status="completed")
    status, out = office.command("verify", "--json")
    fault = json.loads(out)["fault"]
    assert (status, fault["kind"], fault["stream"]) == (1, "step_state", office.open)
    assert "casetrack rebuild mends it" in office.command("verify")[1]
    status, out = office.command("rebuild", "--region", SAMARINDA)
    assert status == 0
    assert "review_dishub: column status differs" in out
    assert office.command("verify")[0] == 0
