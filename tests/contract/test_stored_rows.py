"""Rows as verify reads them: all and in order, few or many, and of every region that a row names."""

from sqlalchemy import delete, insert, select

from casetrack.storage import schema
from casetrack.storage.proof.proof_statements import FEW
from casetrack.storage.proof.row_tables import TABLES
from casetrack.storage.proof.stored_rows import BATCH, snapshot
from tests.support.world import LETTER_STORY, SAMARINDA, SURABAYA, World

COUNTERS = schema.product_counters


def counted(world: World, region: str, many: int) -> list[int]:
    """So many counters of a region are there, each with a number of its own."""
    serials = list(range(1, many + 1))
    rows = [
        {"region": region, "pattern": f"P{serial:06}", "year": 2026, "serial": serial}
        for serial in serials
    ]
    with world.database.write() as uow:
        uow.execute(delete(COUNTERS))
        if rows:
            uow.execute(insert(COUNTERS), rows)
    return serials


def test_few_and_many_come_whole_and_in_order(world: World) -> None:
    for many in (0, 1, FEW, FEW + 1, 2 * BATCH + 1):
        serials = counted(world, SAMARINDA, many)
        with snapshot(world.database) as reader:
            rows = list(reader.all_rows("product_counters", SAMARINDA))
            assert [row["serial"] for row in rows] == serials
            assert list(reader.all_rows("product_counters", SURABAYA)) == []


def test_a_region_is_found_whichever_table_names_it(world: World) -> None:
    counted(world, "00.00", 1)
    with snapshot(world.database) as reader:
        assert reader.regions() == ["00.00", SURABAYA, SAMARINDA]
    counted(world, "99.99", 1)
    with snapshot(world.database) as reader:
        assert reader.regions() == [SURABAYA, SAMARINDA, "99.99"]


def test_a_table_is_taken_for_empty_only_where_it_is(world: World) -> None:
    world.play(str(world.open().view["number"]), LETTER_STORY)
    with snapshot(world.database) as reader:
        for name, table in TABLES.items():
            there = reader.connection.execute(select(table.c.region)).scalars().all()
            for region in (SAMARINDA, SURABAYA):
                found = len(list(reader.all_rows(name, region)))
                assert (name, found) == (name, there.count(region))


def test_what_comes_after_the_moment_is_not_seen_in_it(world: World) -> None:
    with snapshot(world.database) as reader:
        assert list(reader.all_rows("product_counters", SAMARINDA)) == []
        counted(world, SAMARINDA, 3)
        assert list(reader.all_rows("product_counters", SAMARINDA)) == []
    with snapshot(world.database) as reader:
        assert len(list(reader.all_rows("product_counters", SAMARINDA))) == 3
