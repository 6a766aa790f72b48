"""The thread that rings for the relay: once for a queue, in order, and not into the void."""

import pytest

from workers import doorbell_thread
from workers.doorbell_thread import Ringer

Ring = tuple[str, str, bool]


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[Ring]:
    """What was pressed; nothing waits in the broker."""
    found: list[Ring] = []

    def press(region: str, queue: str, *, swept: bool) -> bool:
        found.append((region, queue, swept))
        return queue != "broken"

    monkeypatch.setattr(doorbell_thread, "press", press)
    monkeypatch.setattr("workers.broker.waiting", lambda _: 0)
    monkeypatch.setattr("workers.broker.idle", lambda _: None)
    return found


def test_a_queue_that_is_rung_for_already_is_rung_for_once(rung: list[Ring]) -> None:
    ringer = Ringer()
    ringer([("64.72", "email"), ("64.72", "wh_1")])
    ringer([("35.78", "email"), ("64.72", "email")])
    ringer.again([("64.72", "email"), ("64.72", "email")])
    ringer.start()
    ringer.stop()
    assert rung == [
        ("64.72", "email", False),
        ("64.72", "wh_1", False),
        ("35.78", "email", False),
        # What is swept up is another ring: it does not ask for the newest first.
        ("64.72", "email", True),
    ]


def test_after_a_broker_that_does_not_answer_the_rest_is_left_to_the_sweeper(
    rung: list[Ring],
) -> None:
    ringer = Ringer()
    ringer([("64.72", "broken"), ("64.72", "email")])
    ringer.start()
    ringer.stop()
    assert rung == [("64.72", "broken", False)]
    assert ringer.full
