"""A subscriber that is slow, dead or paused slows no other, and neither does a region in arrears."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Event as Flag
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import Engine, event, insert, select, text, update

from casetrack.domain.delivery.endpoint_health import AT_ONCE, AT_ONCE_SLOW
from casetrack.domain.delivery.receivers import told
from casetrack.storage import round_trips, schema
from casetrack.storage.delivery import claims, due_lanes, sequencing, subscriptions
from casetrack.usecases.delivery import giving_way, relay
from casetrack.usecases.delivery.channel_choice import Ways
from casetrack.usecases.delivery.webhook_attempt import DOUBTFUL, ToEndpoint
from tests.contract.test_webhooks import states, subscribe
from tests.support import lanes
from tests.support.commands import run_command
from tests.support.plans import explained
from tests.support.receiver import Handler, receiving, says
from tests.support.web import Web, at_once
from tests.support.world import LETTER_STORY, SAMARINDA, World, environment_for


def rung(web: Web) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    relay.drain(web.world.ctx, told, found.extend)
    return found


def due(web: Web) -> list[tuple[str, str]]:
    web.world.hands.pass_time(seconds=3)
    found: list[tuple[str, str]] = []
    relay.sweep(web.world.ctx, found.extend)
    return found


def lane_of(web: Web, webhook: Any) -> str:
    """The one lane of an endpoint."""
    lanes_ = schema.lanes.c
    with web.world.database.read() as connection:
        query = select(lanes_.lane).where(lanes_.queue == webhook["id"])
        lane: str = connection.execute(query).scalar_one()
    return lane


def work(web: Web, rung: list[tuple[str, str]]) -> None:
    lanes.work(web.world.ctx, rung, web.world.app.teller)


def test_no_more_attempts_at_once_than_the_bound_and_all_come_in_the_end(web: Web) -> None:
    hold, count = Flag(), 12

    def waits(handler: Handler) -> None:
        hold.wait(20)
        says(204)(handler)

    with receiving() as receiver:
        receiver.always = waits
        webhook = subscribe(web, receiver)
        for _ in range(count):
            web.open()
        (queue,) = [each for each in rung(web) if webhook["id"] in each]
        threads = [Thread(target=work, args=(web, [queue])) for _ in range(AT_ONCE + 3)]
        # One lane in each set, as where it is known how slow they are.
        web.world.ctx.took[queue] = 1.0
        for thread in threads[:AT_ONCE]:
            thread.start()
        _until(lambda: len(receiver.got) == AT_ONCE)
        # All places are taken: the others find none, and do not wait for one.
        for thread in threads[AT_ONCE:]:
            thread.start()
            thread.join(10)
            assert not thread.is_alive()
        assert len(receiver.got) == AT_ONCE
        hold.set()
        for thread in threads[:AT_ONCE]:
            thread.join(30)
        # Nobody rang again: who was done went on with what waited.
        work(web, due(web))
        assert len({got.id for got in receiver.got}) == count
        assert states(web, webhook) == ["delivered"] * count


def _until(condition: Any) -> None:
    pause = Flag()
    for _ in range(200):
        if condition():
            return
        pause.wait(0.05)
    raise AssertionError("it did not come to pass")


def test_a_dead_subscriber_rests_and_the_others_hear_at_once(web: Web) -> None:
    with receiving() as dead, receiving() as well:
        dead.always = says(500)
        subscribe(web, dead)
        subscribe(web, well)
        for _ in range(20):
            web.open()
        work(web, rung(web))
        assert len(well.got) == 20
        assert len(dead.got) < 8  # three failures, and those that were under way
        tried = len(dead.got)
        web.open()
        # While it rests nobody is rung for it, and nothing is swept up for it.
        assert len([queue for _, queue in rung(web) if "wh_" in queue]) == 1
        assert len(dead.got) == tried


def test_endpoints_known_to_be_in_trouble_leave_workers_to_the_others(web: Web) -> None:
    carrier = web.world.app.teller.carriers["webhook"]
    assert isinstance(carrier, ToEndpoint)
    with receiving() as doubtful, receiving() as well:
        doubtful.always = says(500)
        webhook = subscribe(web, doubtful)
        web.open()
        work(web, rung(web))
        subscribe(web, well)
        tried = len(doubtful.got)
        doubtful.always = None
        # Every place for such endpoints is taken, by whomever.
        places = [carrier.doubtful.acquire(blocking=False) for _ in range(DOUBTFUL)]
        assert all(places)
        web.open()
        work(web, rung(web))
        assert (len(doubtful.got), len(well.got)) == (tried, 1)
        assert states(web, webhook) == ["pending"] * 2
        # It is as due as it was, so that whoever watches sees how long nobody has tried.
        with web.world.database.read() as connection:
            since = due_lanes.oldest_due(connection, web.world.hands.now)
        web.world.hands.pass_time(seconds=5)
        work(web, due(web))
        with web.world.database.read() as connection:
            assert due_lanes.oldest_due(connection, web.world.hands.now) == since
        for _ in places:
            carrier.doubtful.release()
        web.world.hands.pass_time(minutes=1)
        work(web, due(web))
        assert states(web, webhook) == ["delivered"] * 2


def test_of_a_slow_endpoint_no_more_is_claimed_than_may_be_tried_at_once(web: Web) -> None:
    with receiving() as slow, receiving() as well:
        hooks = [subscribe(web, receiver)["id"] for receiver in (slow, well)]
        for _ in range(5):
            web.open()
        relay.drain(web.world.ctx, told, lambda _: None)
        with web.world.database.write() as uow:
            is_slow = update(schema.subscriptions).where(schema.subscriptions.c.id == hooks[0])
            uow.execute(is_slow.values(slow=True))
        assert [[queue for _, queue in due(web)].count(hook) for hook in hooks] == [1, 1]
        database = web.world.database
        taken = [
            [
                len(claims.claim(database, SAMARINDA, hook, database.now(), most=32))
                for _ in range(2)
            ]
            for hook in hooks
        ]
        assert taken == [[AT_ONCE_SLOW, 0], [5, 0]]


def test_what_is_sent_again_does_not_wait_with_a_newer_one(web: Web) -> None:
    database = web.world.database
    with receiving() as receiver:
        webhook = subscribe(web, receiver)
        web.play(web.open()["number"], LETTER_STORY)
        queue = next(each for each in rung(web) if webhook["id"] in each)
        lane = lane_of(web, webhook)

        def ends(state: str, **more: Any) -> claims.Claim:
            claim = lanes.claim_lane(database, SAMARINDA, lane, database.now())
            assert claim is not None
            with database.write() as uow:
                assert lanes.finish(uow, claim, state, uow.time(None), attempts=9, **more)
            return claim

        older = ends("given_up")
        ends("pending", not_before=database.now() + timedelta(hours=12))
        path = f"/webhooks/{webhook['id']}/deliveries/{older.position}/resend"
        assert web.post(path, "mesin", {"reason": "lost"}).status_code == 200
        assert queue in due(web)
        work(web, [queue])
        assert len(receiver.got) == 1


@pytest.fixture
def postgres_web(postgres_url: str, tmp_path: Path) -> Iterator[Web]:
    """On PostgreSQL alone, where two transactions are open at once."""
    made = World.make(postgres_url, tmp_path)
    yield Web(made)
    made.close()


@pytest.mark.postgres
def test_an_endpoint_that_goes_while_events_come_leaves_nothing_pending(postgres_web: Web) -> None:
    """The relay, which still thought that it hears, works in the middle of the cancelling."""
    web, database = postgres_web, postgres_web.world.database
    with receiving() as receiver:
        webhook = subscribe(web, receiver)
        number = web.open()["number"]
        rung(web)
        web.play(number, LETTER_STORY)
        middle: list[Thread] = []

        def relays(_c: Any, _cur: Any, statement: str, *_: Any) -> None:
            if statement.startswith("UPDATE deliveries SET state") and not middle:
                middle.append(Thread(target=rung, args=(web,)))
                middle[0].start()
                # It commits, or it waits for a lock of ours: then there is nothing to wait for.
                middle[0].join(1)

        event.listen(Engine, "before_cursor_execute", relays)
        try:
            with database.write() as uow:
                row = subscriptions.lock(uow, SAMARINDA, webhook["id"])
                assert row is not None
                subscriptions.cancel(uow, SAMARINDA, webhook["id"], uow.time(None))
                subscriptions.change(uow, row, state="ended")
        finally:
            event.remove(Engine, "before_cursor_execute", relays)
        (relay_,) = middle
        relay_.join(10)
        rung(web)
        work(web, due(web))
        assert states(web, webhook) == ["cancelled"] * 4
        assert receiver.got == []


@pytest.mark.postgres
def test_an_endpoint_that_goes_and_a_result_that_comes_do_not_wait_crosswise(
    postgres_web: Web,
) -> None:
    web, database = postgres_web, postgres_web.world.database
    with receiving() as receiver:
        webhook = subscribe(web, receiver)
        web.open()
        rung(web)
        (claim,) = claims.claim(database, SAMARINDA, webhook["id"], database.now(), most=1)
        locked = Flag()

        def finish() -> None:
            with database.write() as uow:
                write = uow.put

                def later(statement: Any, values: Any) -> None:
                    locked.set()
                    # The lane is held; before the delivery is, the other has time to take what it can.
                    Flag().wait(0.2)
                    write(statement, values)

                uow.put = later  # type: ignore[method-assign]
                lanes.finish(uow, claim, "delivered", uow.time(None), attempts=1)

        def cancel() -> None:
            assert locked.wait(10)
            with database.write() as uow:
                subscriptions.cancel(uow, SAMARINDA, webhook["id"], uow.time(None))

        assert at_once(2, lambda place: (finish, cancel)[place]()) == [None, None]
        assert states(web, webhook) == ["delivered"]


def test_a_repaired_endpoint_gets_everything_soon_whatever_each_lane_waited_for(web: Web) -> None:
    with receiving() as receiver:
        receiver.always = says(500)
        webhook = subscribe(web, receiver)
        for _ in range(5):
            web.open()
        work(web, rung(web))
        for _ in range(30):
            web.world.hands.pass_time(minutes=2)
            work(web, due(web))
        receiver.always = None
        web.world.hands.pass_time(minutes=2)
        while "pending" in states(web, webhook):
            ready = due(web)
            if not ready:
                web.world.hands.pass_time(hours=1)
            work(web, ready)
        assert states(web, webhook) == ["delivered"] * 5


def test_lanes_of_a_paused_endpoint_are_not_swept(web: Web, tmp_path: Any) -> None:
    web.world.hands.now = datetime.now(UTC)  # the command has the machine's clock
    url = web.world.database.url.text
    environment = environment_for(url, tmp_path, CASETRACK_WEBHOOK_ALLOW="127.0.0.0/8")
    with receiving() as receiver:
        webhook = subscribe(web, receiver)
        paused = run_command(environment, ["webhooks", "pause", webhook["id"]])
        assert paused.exit_code == 0, paused.output
        for _ in range(3):
            web.open()
        assert [lane for _, lane in rung(web) if webhook["id"] in lane] == []
        assert [lane for _, lane in due(web) if webhook["id"] in lane] == []
        listed = run_command(environment, ["webhooks", "list"])
        assert "paused (operator)" in listed.output
        assert receiver.url not in listed.output
        assert run_command(environment, ["webhooks", "pause", webhook["id"]]).exit_code == 2
        assert run_command(environment, ["webhooks", "resume", webhook["id"]]).exit_code == 0
        work(web, due(web))
        assert states(web, webhook) == ["delivered"] * 3
        assert run_command(environment, ["webhooks", "remove", webhook["id"]]).exit_code == 0
        assert "Nobody has subscribed" in run_command(environment, ["webhooks", "list"]).output


def waiting(web: Web) -> int:
    """How many lanes a write would find left waiting."""
    now = web.world.database.now()
    with web.world.database.read() as connection:
        return due_lanes.left_waiting(
            connection, SAMARINDA, now - timedelta(seconds=5), now - timedelta(seconds=1), 100
        )


def test_left_waiting_is_what_nobody_takes_up_though_its_receiver_is_well(web: Web) -> None:
    with receiving() as receiver:
        webhook = subscribe(web, receiver)
        for _ in range(3):
            web.open()
        rung(web)
        assert waiting(web) == 0  # it became due in this moment
        web.world.hands.pass_time(seconds=2)
        assert waiting(web) == 6
        database = web.world.database
        assert len(claims.claim(database, SAMARINDA, "email", database.now(), most=2)) == 2
        assert waiting(web) == 4
        for unwell in ({"slow": True}, {"failures": 1}, {"state": "paused"}):
            well = {"slow": False, "failures": 0, "state": "active"}
            with database.write() as uow:
                its = update(schema.subscriptions).where(schema.subscriptions.c.id == webhook["id"])
                uow.execute(its.values(**{**well, **unwell}))
            assert waiting(web) == 1, unwell
        web.world.hands.pass_time(seconds=10)
        assert waiting(web) == 0  # for so long only what is away keeps them waiting


def test_a_write_waits_for_the_workers_and_is_answered_as_ever(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(giving_way, "BUSY", 1)
    monkeypatch.setattr(giving_way, "FREE", 2)
    gave_way = "casetrack_writes_gave_way_seconds_total 0.0\n"
    for _ in range(4):
        web.open()
    assert gave_way in web.get("//metrics").text
    rung(web)
    web.world.hands.pass_time(seconds=1)
    # What was found before holds for a moment of the machine's own clock.
    Flag().wait(2 * giving_way.LOOK)
    web.open()
    assert gave_way not in web.get("//metrics").text


def test_every_queue_has_its_turn_however_much_waits_in_another(web: Web) -> None:
    database, many = web.world.database, 20_000
    moment = web.world.hands.now
    fill = text(
        "INSERT INTO lanes (region, lane, queue, due_at, fence) "
        "WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < :many) "
        "SELECT :region, CAST(n AS VARCHAR(8)) || :queue, :queue, :due, 0 FROM series"
    )
    loud = {"region": "00.01", "queue": "wh_loud", "many": many}
    quiet = {"region": "99.99", "queue": "email", "many": 3}
    older, newer = ("2026-11-22T00:00:00.000000Z", "2026-11-23T00:00:00.000000Z")
    with database.write() as uow:
        for rows, due_at in ((loud, older), (quiet, newer)):
            if uow.dialect == "postgresql":
                statement = text(fill.text.replace(":due", "CAST(:due AS timestamptz)"))
            else:
                statement = fill
            uow.execute(statement, {**rows, "due": due_at})
    if database.dialect == "postgresql":
        with database.writer.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.exec_driver_sql("ANALYZE lanes")
    with database.write() as uow:
        heads = [{"region": each, "position": 0, "hash": "0" * 64} for each in ("00.01", "99.99")]
        uow.execute(insert(schema.ledger_heads), heads)
    with database.read() as connection:
        found = due_lanes.due_queues(connection, moment, 20)
    assert found == [("00.01", "wh_loud"), ("99.99", "email")]
    if database.dialect == "postgresql":
        assert _rows_read(web) < 500


def _rows_read(web: Web) -> int:
    """How many rows of `lanes` PostgreSQL went through for one sweep, by EXPLAIN ANALYZE."""
    kept: list[Any] = []
    with pytest.MonkeyPatch.context() as patch, web.world.database.read() as connection:
        patch.setattr(round_trips, "observers", [kept.extend])
        due_lanes.due_queues(connection, web.world.hands.now, 1000)
    assert len(kept) == 1 + 2, "the regions, and the queues of each that has something"
    with web.world.database.read() as connection:
        plans = [
            explained(
                connection,
                f"EXPLAIN (ANALYZE, FORMAT JSON) {statement.sql.decode()}",
                statement.written(values),
            )
            for statement, values in kept
        ]
    return sum(_read(plan[0]["Plan"]) for plan in plans)


def _read(plan: dict[str, Any]) -> int:
    own = 0
    if plan.get("Relation Name") == "lanes":
        lost = plan.get("Rows Removed by Filter", 0)
        own = int((plan["Actual Rows"] + lost) * plan["Actual Loops"])
    return own + sum(_read(inner) for inner in plan.get("Plans", ()))


def test_the_fan_out_reads_as_often_for_many_subscriptions_as_for_one(web: Web) -> None:
    def statements() -> int:
        count = 0

        def note(*_: Any) -> None:
            nonlocal count
            count += 1

        for _ in range(5):
            web.open()
        event.listen(Engine, "before_cursor_execute", note)
        try:
            with web.world.database.write() as uow:
                sequencing.sequence(
                    uow, SAMARINDA, 500, told, partial(Ways, web.world.ctx, SAMARINDA)
                )
        finally:
            event.remove(Engine, "before_cursor_execute", note)
        return count

    with receiving() as receiver:
        subscribe(web, receiver)
        statements()  # the first of a region makes its head
        one = statements()
        for _ in range(10):
            subscribe(web, receiver)
        assert statements() == one
