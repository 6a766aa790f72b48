"""A first server that dies: with a standby that commits wait for nothing is lost, else numbers are."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest

from casetrack.domain.case.numbers import CaseNumber
from casetrack.usecases.proof.recovered import recovered
from casetrack.usecases.proof.verify import verify
from tests.integration.test_database_gone import unavailable
from tests.integration.test_several_hosts import followed
from tests.integration.test_workers import eventually
from tests.support.clusters import Pair, pair
from tests.support.web import BILLBOARD, Web
from tests.support.world import BILLBOARD_STORY, World

SYNCHRONOUS = "ALTER SYSTEM SET synchronous_standby_names = 'standby'"
#: A standby that reaches nobody.
ALONE = "ALTER SYSTEM SET primary_conninfo = 'host=127.0.0.1 port=1'"
FOLLOWING = "SELECT count(*) FROM pg_stat_replication"
#: Cases that are opened before and after.
SOME = 20


@contextmanager
def city(folder: Path, **settings: str) -> Iterator[tuple[Pair, Web]]:
    with pair() as servers:
        world = World.make(servers.url(), folder, **settings)
        yield servers, Web(world)
        world.close()


def told(web: Web) -> list[str]:
    notes: list[str] = web.get("//readyz").get_json().get("notes", [])
    return notes


def losing(web: Web) -> float:
    line = next(
        each
        for each in web.get("//metrics").text.splitlines()
        if each.startswith("casetrack_standbys_losing ")
    )
    return float(line.split()[1])


@pytest.mark.postgres
def test_what_a_standby_did_not_get_is_lost_and_after_recovered_no_number_is_given_twice(
    tmp_path: Path,
) -> None:
    with city(tmp_path) as (servers, web):
        assert any("no commit waits" in note for note in told(web))
        assert losing(web) == 1
        kept = web.open(BILLBOARD)["number"]
        web.relay()
        assert eventually(lambda: followed(servers))
        # The standby hears nothing any more: its connection is cut and does not come back.
        servers.told(servers.standby, ALONE)
        assert eventually(lambda: servers.ask(servers.first, FOLLOWING) == 0)
        lost = [web.open(BILLBOARD)["number"] for _ in range(3)]
        web.relay()
        servers.first.kill()
        servers.promote()
        assert eventually(lambda: web.get(f"/cases/{kept}", "dewi").status_code == 200)
        assert [web.get(f"/cases/{number}", "dewi").status_code for number in lost] == [404] * 3
        recovered(web.world.ctx, "dian")
        after = [web.open(BILLBOARD)["number"] for _ in range(4)]
        given = [CaseNumber.parse(number).serial for number in (kept, *lost, *after)]
        assert len(set(given)) == len(given)
        web.play(after[0], BILLBOARD_STORY)
        web.relay()
        found = verify(web.world.ctx, progress=lambda _: None)
        assert found.fault is None, found.fault
        assert found.lost


@pytest.mark.postgres
def test_with_a_standby_that_commits_wait_for_nothing_that_was_answered_is_lost(
    tmp_path: Path,
) -> None:
    with city(tmp_path) as (servers, web):
        servers.told(servers.first, SYNCHRONOUS)
        assert eventually(lambda: losing(web) == 0)
        assert not told(web)
        ending, answered = Event(), list[str]()

        def opens(_: int) -> int:
            away = 0
            while not ending.is_set():
                answer = web.post("/cases", "dewi", BILLBOARD)
                if answer.status_code == 201:
                    answered.append(answer.get_json()["number"])
                else:
                    assert unavailable(answer)
                    away += 1
                    ending.wait(0.05)
            return away

        with ThreadPoolExecutor(3) as people:
            working = [people.submit(opens, place) for place in range(3)]
            assert eventually(lambda: len(answered) >= SOME)
            servers.first.kill()
            servers.told(servers.standby, "ALTER SYSTEM SET synchronous_standby_names = ''")
            servers.promote()
            before = len(answered)
            assert eventually(lambda: len(answered) >= before + SOME)
            ending.set()
            assert sum(each.result() for each in working) > 0
        assert len(set(answered)) == len(answered)
        for number in answered:
            assert web.get(f"/cases/{number}", "dewi").status_code == 200, number
        web.relay()
        assert verify(web.world.ctx, progress=lambda _: None).fault is None


@pytest.mark.postgres
def test_who_says_that_it_is_meant_is_not_warned(tmp_path: Path) -> None:
    with city(tmp_path, CASETRACK_REPLICATION="asynchronous") as (_, web):
        assert not told(web)
        assert losing(web) == 1
