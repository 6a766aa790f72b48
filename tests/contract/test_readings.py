"""Each look at personal data is written down before the data are shown, once, under a seal."""

from typing import Any

import pytest

from casetrack.domain.people.readings import Reading
from casetrack.storage import schema
from casetrack.storage.people import readings as rows
from casetrack.usecases.people import readings
from casetrack.usecases.people.parties import parties_of
from tests.support.world import SAMARINDA, World


def kept(world: World) -> list[tuple[Reading, str]]:
    """Every look that was written down, in order, with its seal."""
    table = schema.readings
    with world.database.read() as connection:
        found = connection.execute(table.select().order_by(table.c.at, table.c.reading)).all()
    return [(rows.as_reading(row), row.seal) for row in found]


def by_case(world: World) -> list[tuple[str, str]]:
    """The cases by which looks are found: number and officer."""
    table = schema.reading_cases
    with world.database.read() as connection:
        found = connection.execute(table.select().order_by(table.c.at, table.c.number)).all()
    return [(row.number, row.login) for row in found]


def test_a_look_is_written_down_once_in_a_quarter_of_an_hour(world: World) -> None:
    rudi, sari = world.actor("rudi"), world.actor("sari")
    for actor in (rudi, rudi, sari, rudi):
        readings.record_look(world.ctx, actor, "SMR-SKT-2026-000001-1")
        world.hands.pass_time(minutes=4)
    looks = [reading for reading, _ in kept(world)]
    assert [(each.login, each.kind, each.role, each.agency) for each in looks] == [
        ("smr.rudi", "case", "officer", "dlh"),
        ("smr.sari", "case", "officer", "dishub"),
    ]
    readings.record_look(world.ctx, rudi, "SMR-SKT-2026-000001-1")
    readings.record_look(world.ctx, rudi, "SMR-SKT-2026-000002-2")
    assert [number[-1] for number, login in by_case(world) if login == "smr.rudi"] == list("112")


def test_a_page_is_one_row_with_its_cases_and_each_case_finds_it(world: World) -> None:
    numbers = [f"SMR-SKT-2026-00000{place}-1" for place in (3, 1, 2)]
    readings.record(world.ctx, world.actor("dewi"), "list", numbers)
    ((reading, _),) = kept(world)
    assert reading.cases == tuple(numbers)
    assert by_case(world) == [(number, "smr.dewi") for number in sorted(numbers)]


def test_of_a_search_only_a_keyed_digest_is_kept(world: World) -> None:
    for typed in ("Budi  Santoso", " budi santoso", "Budi Santosa"):
        readings.record(world.ctx, world.actor("dewi"), "search", [], typed)
    digests = [reading.query for reading, _ in kept(world)]
    assert digests[0] == digests[1] != digests[2]
    with world.database.read() as connection:
        stored = "".join(str(tuple(row)) for row in connection.execute(schema.readings.select()))
    assert "udi" not in stored
    away = readings.typed_digest(world.ctx, "35.78", "budi santoso")
    assert away != digests[0], "two regions cannot be joined on what was typed"


@pytest.mark.parametrize("change", [{"login": "smr.sari"}, {"cases": '["x"]'}, {"kind": "list"}])
def test_a_row_that_was_changed_does_not_fit_its_seal(world: World, change: dict[str, Any]) -> None:
    readings.record_look(world.ctx, world.actor("rudi"), "SMR-SKT-2026-000001-1")
    ((before, seal),) = kept(world)
    assert readings.seal_of(world.ctx, before) == seal
    with world.database.write() as uow:
        uow.execute(schema.readings.update().values(**change))
    ((after, seal),) = kept(world)
    assert readings.seal_of(world.ctx, after) != seal


def test_parties_are_opened_and_shown_as_the_reader_may_read_them(world: World) -> None:
    number = str(world.open().view["number"])
    (party,) = parties_of(world.ctx, SAMARINDA, [number])[number]
    full, masked = party.view("full"), party.view("masked")
    assert (full["name"], full["nik"], full["email"]) == (
        "Budi Santoso",
        "6472010101900001",
        "budi@example.id",
    )
    assert (masked["name"], masked["nik"], masked["email"]) == (
        "Budi Santoso",
        "6472********0001",
        None,
    )
