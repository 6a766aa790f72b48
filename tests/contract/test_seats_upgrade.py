"""While the release before may run, no paper takes a right away in words that it does not read."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from casetrack.domain.authority.entries import Grant
from casetrack.domain.errors import NotNow
from casetrack.storage import migrate
from casetrack.storage.authority import register
from tests.support.authority import confirm, enter, papers_of_samarinda
from tests.support.registers import changed, latest, recorded, renaming
from tests.support.world import SAMARINDA, World


def test_until_the_second_half_no_grant_bars_its_giver_or_names_its_steps(world: World) -> None:
    enter(world, *latest(papers_of_samarinda()))
    migrate.downgrade(world.database, "0008_second")
    migrate.upgrade(world.database, half="first")
    barred = changed(
        papers_of_samarinda(), "delegasi-reklame", giver_acts="no", giver_article="Pasal 5"
    )
    assert isinstance(barred.entry, Grant)
    steps = replace(barred.entry, giver_acts="unknown", giver_article=None, steps=("decide",))
    for paper in (barred, recorded("grant", barred.id, steps)):
        with pytest.raises(NotNow) as refused:
            confirm(world, paper)
        assert refused.value.code == "upgrade_not_over"
    migrate.upgrade(world.database)
    confirm(world, barred)


def test_a_renaming_from_before_is_found_with_its_paper_after_either_half(world: World) -> None:
    papers = [
        *papers_of_samarinda(),
        renaming("n", "kepala-dlh", "Kepala DLHK", since="2020-02-01"),
    ]
    enter(world, *latest(papers))
    lost = text(
        "DELETE FROM register_keys WHERE kind = 'instrument' AND key = 'position:kepala-dlh'"
    )
    for half in ("first", "second"):
        migrate.downgrade(world.database, "0008_second")
        with world.database.write() as uow:
            uow.execute(lost)
        if half == "second":
            migrate.upgrade(world.database, half="first")
            with world.database.write() as uow:
                uow.execute(lost)
        migrate.upgrade(world.database)
        with world.database.read() as connection:
            found = register.slice_for(
                connection, SAMARINDA, "izin-reklame", [], world.hands.now.date()
            )
        assert found.name_of("kepala-dlh", world.hands.now.date()).id == "Kepala DLHK"
