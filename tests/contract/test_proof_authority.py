"""A register and decisions tampered with underneath are found, and what was written past the rules."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Table, delete, insert

from casetrack.domain.authority.register import Register
from casetrack.domain.case.commands import Act, ConflictDeclared
from casetrack.domain.case.decide import decide
from casetrack.domain.events import NewEvent
from casetrack.storage import schema
from casetrack.storage.case import case_rows
from casetrack.usecases.authority import later_facts, register
from casetrack.usecases.case import register_slice
from casetrack.usecases.case.append import append_to_case
from casetrack.usecases.people import subjects
from casetrack.usecases.proof.rebuild import rebuild
from tests.support.authority import confirm, enter, filed, guarded_regions, papers_of_samarinda
from tests.support.erasing import erase
from tests.support.office import Office, Row, play
from tests.support.plans import recorded, scanned
from tests.support.registers import changed, incumbency, latest, withdrawal
from tests.support.web import BOTH, shared_world
from tests.support.world import SAMARINDA, World


def _play_register(world: World) -> Office:
    """Papers corrected, waiting and discarded; a case decided; a withdrawal recorded too late for it."""
    papers = papers_of_samarinda()
    enter(world, *latest([*papers, changed(papers, "sk-rini", officer="smr.rudi")]))
    office = play(world)
    confirm(world, changed(papers, "sk-wati", officer="smr.yuni"))
    lina = world.actor("lina")
    register.draft(world.ctx, lina, filed(changed(papers, "sk-dewi", position="kabid-perizinan")))
    stray = filed(incumbency("sk-sari", "smr.sari", "kepala-dlh", since="2026-01-01"))
    register.draft(world.ctx, lina, stray)
    register.settle(world.ctx, lina, stray.kind, stray.id, "discard", lambda: 1)
    confirm(world, withdrawal("tarik", "rekomendasi-dlh", since="2026-11-01", on="perda#1"))
    while later_facts.review_once(world.ctx):
        pass
    office.sequence()
    return office


@pytest.fixture(scope="module", params=BOTH)
def played(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    """One story for all of these tests: playing it takes longer than checking it."""
    with shared_world(request, tmp_path_factory, guarded_regions()) as world:
        yield _play_register(world)


@pytest.fixture
def office(played: Office) -> Iterator[Office]:
    """The office as it was played; whatever a test does to it is undone."""
    with played.kept():
        yield played


def findings(office: Office, **options: Any) -> list[tuple[str, str, str | None, int | None]]:
    """Kind, code and place of what was found beside the faults; there is no fault."""
    verdict = office.verify(**options)
    assert verdict.fault is None
    return [
        (f["kind"], f["code"], f["stream"], f["version"])
        for f in verdict.authority.told()
        # The story's clerk writes down nobody who got the permit: asked for in its own story.
        if f["kind"] not in ("papers", "hand_over")
    ]


def test_a_register_with_decisions_verifies_and_the_doubt_is_a_finding(office: Office) -> None:
    states = {row["state"] for row in office.rows(schema.register_entries)}
    assert states == {"drafted", "confirmed", "superseded", "discarded"}
    (doubt,) = office.rows(schema.decisions, questioned="grant_withdrawn")
    assert (doubt["number"], doubt["step"]) == (office.done, "review_dlh")
    expected = [("questioned", "grant_withdrawn", office.done, doubt["version"])]
    assert findings(office) == expected
    assert findings(office, case=office.done) == expected
    assert findings(office, case=office.open) == []


def test_what_nobody_can_verify_is_counted_by_kind(office: Office) -> None:
    counts = {one["kind"]: one["count"] for one in office.verify().authority.beyond()}
    papers = len(office.rows(schema.register_entries, state="confirmed"))
    assert counts == {"imported": 2, "papers": papers}
    (budi,) = subjects.by_case(office.world.ctx, office.done)
    gone = erase(office.world, budi)
    assert gone > 2
    office.sequence()
    counts = {one["kind"]: one["count"] for one in office.verify().authority.beyond()}
    assert counts["erased"] > 2


TABLES = {
    schema.register_entries: "register_state",
    schema.register_keys: "register_keys",
    schema.decisions: "decision_state",
    schema.decision_links: "decision_state",
}


def _other(value: Any, row: Row) -> Any:
    """Another value of the same type; for nothing, something that is in the row."""
    if isinstance(value, datetime):
        return value + timedelta(microseconds=1)
    if isinstance(value, int):
        return value + 1_000
    return f"{value[:8]}x" if isinstance(value, str) else "x"


def _some(office: Office, table: Table) -> Row:
    """A row that has something in most of its columns."""
    return max(office.rows(table), key=lambda row: sum(v is not None for v in row.values()))


@pytest.mark.parametrize(("table", "kind"), TABLES.items(), ids=lambda value: str(value))
def test_each_column_changed_each_row_removed_or_added_is_found_and_made_anew(
    office: Office, table: Table, kind: str
) -> None:
    before = _some(office, table)
    keys = [column.name for column in table.primary_key]
    moments = {"confirmed_at", "superseded_at"}
    for column in before:
        value = _other(before[column], before)
        if before[column] is None and (column in moments or column.endswith("_id")):
            value = office.world.hands.now if column in moments else 1
        where = {name: before[name] for name in keys}
        office.change(table, where, **{column: value})
        assert office.kind() == kind, (table.name, column)
        office.change(
            table, {**where, **({column: value} if column in keys else {})},
            **{column: before[column]},
        )  # fmt: skip
    office.remove(table, **where)
    assert office.kind() == kind
    office.add(table, before, entry="nobody") if "entry" in before else office.add(
        table, before, number="SMR-REK-2026-999999-9"
    )
    assert office.kind() == kind
    changes = list(rebuild(office.world.ctx, None, lambda _: None))
    assert len(changes) == 2
    assert all(change.done for change in changes)
    assert findings(office)
    assert list(rebuild(office.world.ctx, None, lambda _: None)) == []
    assert before in office.rows(table)


def test_the_key_of_an_older_revision_stays_and_is_missed_when_it_goes(office: Office) -> None:
    keys = {row["key"] for row in office.rows(schema.register_keys, entry="sk-wati")}
    assert keys == {"officer:smr.wati", "officer:smr.yuni", "position:kabid-perizinan"}
    office.remove(schema.register_keys, key="officer:smr.wati")
    assert office.fault() == ("register_keys", "register/incumbency/sk-wati", None)


def test_a_whole_register_that_is_gone_is_made_anew(office: Office) -> None:
    tables = list(TABLES)
    kept = [office.rows(table) for table in tables]
    office.run(*[delete(table) for table in tables])
    assert office.kind() == "register_state"
    assert all(change.done for change in rebuild(office.world.ctx, None, lambda _: None))
    assert [office.rows(table) for table in tables] == kept
    assert office.verify().fault is None


#: Tables of the batches that verify asks for → what is another in a copy of one of their rows.
COPIED: dict[Table, Callable[[int], Row]] = {
    schema.register_entries: lambda n: {"entry": f"copy-{n}"},
    schema.decisions: lambda n: {"number": f"copy-{n}", "id": 10**6 + n},
    schema.decision_links: lambda n: {"number": f"copy-{n}", "id": 10**6 + n},
    schema.events: lambda n: {"stream": f"authority/copy-{n}", "id": 10**6 + n},
}


def test_what_verify_asks_for_a_batch_it_finds_by_index(office: Office) -> None:
    with recorded() as statements:
        office.verify(case=office.done)
        office.verify()
    for table, other in COPIED.items():
        row = office.rows(table)[0]
        office.run(insert(table).values([{**row, **other(n)} for n in range(1_000)]))
    names = {table.name for table in COPIED}
    asked = {s: v for s, v in statements.items() if " IN (" in s or "min(" in s}
    with office.world.database.writer.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.exec_driver_sql("ANALYZE")
        for name in names:
            assert any(f"FROM {name} " in statement for statement in asked), name
        for statement, values in asked.items():
            assert not scanned(connection, statement, values) & names, statement


WITHDRAWN = "register/withdrawal/tarik"


def _say_otherwise(o: Office) -> None:
    row = o.row(schema.events, stream=WITHDRAWN, version=2)
    body = row["body"].replace("2026-11-01", "2027-11-01")
    o.change(schema.events, {"stream": WITHDRAWN, "version": 2}, body=body)


TAMPERED: dict[str, tuple[Callable[[Office], Any], str]] = {
    "the day of a withdrawal": (_say_otherwise, "chain"),
    "a withdrawal that never was": (
        lambda o: o.remove(schema.events, stream=WITHDRAWN, version=2),
        "missing_event",
    ),
    "an entry that never was": (
        lambda o: o.remove(schema.events, stream="register/grant/delegasi-reklame"),
        "missing_event",
    ),
    "a doubt that never was": (
        lambda o: o.remove(schema.events, stream=f"authority/{o.done}"),
        "missing_event",
    ),
    "another doubt": (
        lambda o: o.change(schema.decisions, {"questioned": "grant_withdrawn"}, questioned=None),
        "decision_state",
    ),
    "a passport in its event": (
        lambda o: o.change(
            schema.events,
            {"stream": o.done, "version": 6},
            body=o.row(schema.events, stream=o.done, version=6)["body"].replace(
                '"smr.hadi"', '"smr.wati"'
            ),
        ),
        "chain",
    ),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_what_is_changed_in_the_registers_events_is_found_and_left_alone(
    office: Office, name: str
) -> None:
    tamper, kind = TAMPERED[name]
    tamper(office)
    assert office.kind() == kind
    list(rebuild(office.world.ctx, None, lambda _: None))
    assert office.kind() == (None if kind == "decision_state" else kind)


# --- written past the rules, with every hash right ------------------------------------------------


def _write(
    office: Office,
    by: str,
    alter: Callable[[NewEvent], NewEvent],
    *,
    as_: str | None = None,
    known: Callable[[Register], Register] = lambda register: register,
    clear: bool = False,
) -> None:
    """A decision of the letter that waits, through the storage of casetrack and past its rules."""
    world, number = office.world, office.queued
    act = Act("complete", world.actor(as_ or by), step="decide")
    definition = world.ctx.definition(SAMARINDA, "surat-keterangan", 1)
    with world.database.write() as uow:
        record = case_rows.lock_case(uow, SAMARINDA, number)
        assert record is not None
        state = replace(record.state, conflicts=()) if clear else record.state
        setting = register_slice.setting_for(
            world.ctx, uow, record, act, definition, own_case=False
        )
        setting = replace(setting, register=known(setting.register or Register(())))
        append_to_case(
            uow,
            alter(decide(state, act, setting)),
            before=record.state,
            previous=record.hash,
            event_id=record.event_id,
            number=number,
            actor=world.actor(by),
            setting=setting,
        )
    office.sequence()


def _passport(**parts: Any) -> Callable[[NewEvent], NewEvent]:
    def alter(new: NewEvent) -> NewEvent:
        authority = new.data["authority"]
        passport = {**authority["passport"], **parts}
        return replace(new, data={**new.data, "authority": {**authority, "passport": passport}})

    return alter


def _without_authority(new: NewEvent) -> NewEvent:
    return replace(new, data={k: v for k, v in new.data.items() if k != "authority"})


def _unchecked(new: NewEvent) -> NewEvent:
    unchecked = {"scheme": "unchecked", "role": "officer", "agency": "dpmptsp"}
    return replace(new, data={**new.data, "authority": unchecked})


def _forged_cite(new: NewEvent) -> NewEvent:
    chain = [{**link, "hash": "0" * 64} for link in new.data["authority"]["passport"]["chain"]]
    return _passport(chain=chain)(new)


def _yesterday(new: NewEvent) -> NewEvent:
    passport = new.data["authority"]["passport"]
    day = datetime.fromisoformat(passport["day"]) - timedelta(days=1)
    then = replace(new, occurred_at=day.replace(hour=4, tzinfo=UTC))
    return _passport(day=day.date().isoformat())(then)


def _with_letter(known: Register) -> Register:
    letter = incumbency("sk-palsu", "smr.hadi", "wali-kota", "plt", since="2026-01-01")
    return Register([*(e for e in known.entries if e.id != "sk-hadi"), letter])


def _write_in_conflict(o: Office) -> None:
    o.world.act(o.queued, "andi", "declare_conflict", details=ConflictDeclared("family"))
    _write(o, "andi", lambda new: new, clear=True)


PAST: dict[str, tuple[Callable[[Office], None], str, str]] = {
    "by a role where a passport is needed": (
        lambda o: _write(o, "andi", _unchecked),
        "past_rules",
        "scheme_not_allowed",
    ),
    "without saying by what right": (
        lambda o: _write(o, "andi", _without_authority),
        "past_rules",
        "authority_missing",
    ),
    "in another's seat": (
        lambda o: _write(o, "hadi", lambda new: new, as_="andi"),
        "past_rules",
        "officer_not_seat",
    ),
    "for another day": (
        lambda o: _write(o, "andi", _passport(day="2026-11-20")),
        "past_rules",
        "day_not_local",
    ),
    "at another time": (lambda o: _write(o, "andi", _yesterday), "past_rules", "time_set"),
    "for another action": (
        lambda o: _write(o, "andi", _passport(action="sign")),
        "past_rules",
        "other_matter",
    ),
    "against a declared conflict": (
        _write_in_conflict,
        "past_rules",
        "conflict_declared",
    ),
    "by a grant that is cited wrongly": (
        lambda o: _write(o, "andi", _forged_cite),
        "passport_not_derivable",
        "other_passport",
    ),
    "by a letter that the register never had": (
        lambda o: _write(o, "hadi", lambda new: new, known=_with_letter),
        "passport_not_derivable",
        "not_incumbent",
    ),
}


@pytest.mark.parametrize("name", PAST)
def test_what_is_written_past_the_rules_with_every_hash_right_is_a_finding(
    office: Office, name: str
) -> None:
    write, kind, code = PAST[name]
    write(office)
    version = office.row(schema.cases, number=office.queued)["version"]
    assert (kind, code, office.queued, version) in findings(office)
    assert len(findings(office)) == 2  # this one, and the doubt of the story


def test_a_letter_recorded_afterwards_makes_no_passport_derivable(office: Office) -> None:
    _write(office, "hadi", lambda new: new, known=_with_letter)
    letter = incumbency("sk-palsu", "smr.hadi", "wali-kota", "plt", since="2026-01-01")
    enter(office.world, letter)
    office.sequence()
    assert "passport_not_derivable" in {finding[0] for finding in findings(office)}


def test_a_passport_by_other_rules_is_not_judged_but_counted(office: Office) -> None:
    _write(office, "andi", _passport(rules=99))
    assert len(findings(office)) == 1
    counts = {one["kind"]: one["count"] for one in office.verify().authority.beyond()}
    assert counts["other_rules"] == 1


def test_the_command_line_tells_the_three_results_apart(office: Office) -> None:
    _write(office, "andi", _unchecked)
    status, out = office.command("verify", "--json")
    said = json.loads(out)
    assert (status, said["ok"], said["fault"]) == (0, True, None)
    kinds = [finding["kind"] for finding in said["findings"]]
    assert kinds[:2] == ["past_rules", "questioned"]
    assert {one["kind"] for one in said["unverifiable"]} == {"unchecked", "imported", "papers"}
    words = office.command("verify")[1]
    assert "Finding, 1 of past_rules" in words
    assert "decided unchecked, the definition asks for checked" in words
    assert "Not verifiable: 1 decisions by a role only" in words
    office.change(schema.decisions, {"number": office.done, "step": "sign"}, officer="smr.wati")
    status, out = office.command("verify", "--json")
    assert (status, json.loads(out)["fault"]["kind"]) == (1, "decision_state")
    assert json.loads(out)["findings"]
