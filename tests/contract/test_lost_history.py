"""After a loss no number, place or id is given a second time, and verify knows what was left out."""

from pathlib import Path

import pytest

from casetrack.domain.case.numbers import CaseNumber
from casetrack.domain.errors import BadInput
from casetrack.domain.events import parse_instant
from casetrack.usecases.proof.checked_region import Verdict
from casetrack.usecases.proof.rebuild import rebuild
from casetrack.usecases.proof.recovered import PLACES, recovered
from casetrack.usecases.proof.verify import Anchor, verify
from tests.support.commands import run_command
from tests.support.processes import run_warm
from tests.support.web import BILLBOARD, Web
from tests.support.world import BILLBOARD_STORY, SAMARINDA, SURABAYA, World, environment_for


def verdict_of(world: World, *expect: Anchor) -> Verdict:
    return verify(world.ctx, expect=expect, progress=lambda _: None)


def serial(number: str) -> int:
    return CaseNumber.parse(number).serial


def test_nothing_is_given_again_and_verify_export_and_rebuild_know_what_was_left_out(
    world: World, tmp_path: Path
) -> None:
    web = Web(world)
    before = web.open(BILLBOARD)["number"]
    web.play(before, BILLBOARD_STORY)
    web.relay()
    last = web.begun()
    environment = environment_for(world.app.settings.database_url, tmp_path)
    done = run_warm(
        *("casetrack", "recovered", "--numbers", "50", "--operator", "dian"),
        environment=environment,
        folder=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert f"{SAMARINDA}: history since" in done.stdout
    # Nothing is numbered yet, then everything.
    for _ in range(2):
        found = verdict_of(world)
        assert found.fault is None, found.fault
        assert {region for region, _ in found.lost} == {SAMARINDA, SURABAYA}
        web.relay()
    after = web.open(BILLBOARD)["number"]
    assert serial(after) == serial(before) + 51
    # A service of which nothing was kept leaps as well.
    assert serial(web.open()["number"]) > 50
    web.play(after, BILLBOARD_STORY)
    web.relay()
    facts = web.get("/administration", "audit").get_json()["items"]
    told = next(each for each in facts if each["type"].endswith(".history_lost"))
    assert told["position"] > last + PLACES
    assert told["data"]["positions"] == {"first": last + 1, "last": last + PLACES}
    assert told["id"] > PLACES
    assert verdict_of(world).fault is None
    exported = run_command(environment, ["export", str(tmp_path / "log.xes")])
    assert exported.exit_code == 0, exported.output
    log = (tmp_path / "log.xes").read_text()
    assert before in log
    assert after in log
    assert not [change for change in rebuild(world.ctx, None, lambda _: None) if change.done]
    said = verdict_of(world).as_dict()["lost"]
    here = next(each for each in said if each["region"] == SAMARINDA)
    assert here["positions"] == [last + 1, last + PLACES]


def test_a_gap_that_no_event_tells_of_and_an_anchor_that_was_lost_are_faults(
    world: World,
) -> None:
    web = Web(world)
    web.open(BILLBOARD)
    last = web.begun()
    recovered(world.ctx, "dian")
    web.relay()
    lost = verdict_of(world, Anchor(SAMARINDA, last + 1, "0" * 64))
    assert lost.fault is not None
    assert lost.fault.kind == "anchor"
    assert "lost" in lost.fault.detail
    with world.database.write() as uow:
        table = "UPDATE ledger_heads SET position = position + 5"
        uow.connection.exec_driver_sql(table)
    web.open(BILLBOARD)
    web.relay()
    gap = verdict_of(world)
    assert gap.fault is not None
    assert gap.fault.kind == "ledger_missing"


def test_a_second_loss_before_anything_was_numbered_leaps_again(world: World) -> None:
    web = Web(world)
    web.open(BILLBOARD)
    web.relay()
    for _ in range(2):
        recovered(world.ctx, "dian", numbers=10)
    assert verdict_of(world).fault is None
    web.open(BILLBOARD)
    web.relay()
    assert verdict_of(world).fault is None


def test_a_loss_is_not_in_time_to_come(world: World) -> None:
    with pytest.raises(BadInput, match="still to come"):
        recovered(world.ctx, "dian", since=parse_instant("2999-01-01T00:00:00.000000Z"))
