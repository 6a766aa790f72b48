"""How an endpoint fares: it rests when it fails again and again, and is paused when it stays so."""

from datetime import UTC, datetime, timedelta

from casetrack.domain.delivery.endpoint_health import (
    LONGEST_WAIT,
    PAUSE_AFTER,
    PAUSE_FAILURES,
    REST,
    Health,
)

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
QUICK, LONG = timedelta(milliseconds=20), timedelta(seconds=9)


def failing(times: int, over: timedelta = timedelta(0)) -> Health:
    health = Health()
    for n in range(times):
        health = health.failed(NOW + over * n / max(times - 1, 1), QUICK, 1.0, None)
    return health


def test_one_failure_holds_nobody_but_its_own_lane() -> None:
    assert failing(1).rests_until is None
    assert failing(2).rests_until is None


def test_after_three_the_endpoint_rests_longer_and_longer_but_never_long() -> None:
    rests = []
    for times in range(3, 12):
        until = failing(times).rests_until
        assert until is not None
        rests.append((until - NOW).total_seconds())
    assert rests == sorted(rests)
    assert rests[: len(REST)] == list(REST)
    assert max(rests) == REST[-1]


def test_a_success_forgets_it_all() -> None:
    assert failing(50).succeeded(QUICK) == Health()


def test_retry_after_is_honoured_at_once_and_bounded() -> None:
    asked = Health().failed(NOW, QUICK, 0.0, timedelta(minutes=7))
    assert asked.rests_until == NOW + timedelta(minutes=7)
    for_ever = Health().failed(NOW, QUICK, 0.0, timedelta(days=400))
    assert for_ever.rests_until == NOW + LONGEST_WAIT


def test_who_answers_slowly_is_known_as_slow_either_way() -> None:
    assert Health().succeeded(LONG).slow
    assert Health().failed(NOW, LONG, 0.0, None).slow
    assert not Health(slow=True).succeeded(QUICK).slow


def test_it_is_hopeless_only_after_many_failures_over_a_long_time() -> None:
    end = NOW + PAUSE_AFTER
    assert failing(PAUSE_FAILURES, PAUSE_AFTER).hopeless(end)
    assert not failing(PAUSE_FAILURES - 1, PAUSE_AFTER).hopeless(end)
    assert not failing(PAUSE_FAILURES * 9, PAUSE_AFTER / 2).hopeless(NOW + PAUSE_AFTER / 2)
    assert not Health().hopeless(end)
