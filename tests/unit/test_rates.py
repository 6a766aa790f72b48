"""How often a token may ask, and how many connections an address may have."""

from contextlib import suppress
from ipaddress import ip_network

import pytest

from casetrack.cli.open_connections import OpenConnections
from casetrack.config import Limits, load
from casetrack.domain.errors import BadInput, Busy
from casetrack.web.http.rates import Rates


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def spent(rates: Rates, count: int, token: str = "a", *, writes: bool = True) -> int:
    """How many of so many were let in."""
    let_in = 0
    for _ in range(count):
        with suppress(Busy):
            rates.spend(token, writes=writes)
            let_in += 1
    return let_in


def test_a_second_s_worth_may_come_at_once_and_then_as_many_as_a_second_gives() -> None:
    clock = Clock()
    rates = Rates(writes=5, reads=20, clock=clock)
    assert spent(rates, 9) == 5
    clock.now += 0.4
    assert spent(rates, 9) == 2
    clock.now += 60
    assert spent(rates, 9) == 5


def test_tokens_are_counted_apart_and_writes_apart_from_reads() -> None:
    rates = Rates(writes=2, reads=3, clock=Clock())
    assert spent(rates, 5, "a") == 2
    assert spent(rates, 5, "b") == 2
    assert spent(rates, 5, "a", writes=False) == 3


def test_who_is_refused_is_not_counted_and_waits_no_longer_for_it() -> None:
    clock = Clock()
    rates = Rates(writes=1, clock=clock)
    assert spent(rates, 1000) == 1
    clock.now += 1
    assert spent(rates, 2) == 1


def test_it_is_said_when_to_come_back_in_whole_seconds() -> None:
    clock = Clock()
    rates = Rates(writes=1, clock=clock)
    rates.spend("a", writes=True)
    for later in (0.0, 0.3, 0.6):
        clock.now = 1000.0 + later
        with pytest.raises(Busy) as busy:
            rates.spend("a", writes=True)
        assert (busy.value.code, busy.value.retry_after) == ("too_many_requests", 1)


def test_without_a_limit_everybody_is_let_in() -> None:
    assert spent(Rates(), 5000) == 5000


def test_processes_count_together_and_the_row_of_one_that_is_gone_begins_anew() -> None:
    connections = OpenConnections(3, rows=2)
    for row in (0, 1):
        connections.begin(row)
        assert connections.enter("192.0.2.1")
    assert connections.enter("192.0.2.1")
    connections.begin(0)
    assert not all(connections.enter("192.0.2.1") for _ in range(2))
    connections.begin(1)
    assert [connections.enter("192.0.2.1") for _ in range(3)] == [True, True, False]


def test_an_address_has_so_many_connections_and_another_one_has_its_own() -> None:
    connections = OpenConnections(2)
    assert [connections.enter("192.0.2.1") for _ in range(3)] == [True, True, False]
    assert connections.enter("192.0.2.2")
    connections.leave("192.0.2.1")
    assert connections.enter("192.0.2.1")
    # One address of IPv6 is its whole network; one of IPv4 is the same in either form.
    assert connections.enter("2001:db8::1")
    assert connections.enter("2001:db8::ffff:2")
    assert not connections.enter("2001:db8::3")
    assert not connections.enter("::ffff:192.0.2.1")
    assert connections.enter("fe80::1%eth0")


def test_a_trusted_proxy_has_as_many_as_it_likes() -> None:
    connections = OpenConnections(1, trusted=[ip_network("10.1.0.0/24")])
    assert all(connections.enter("10.1.0.7") for _ in range(100))
    connections.leave("10.1.0.7")
    assert [connections.enter("10.1.1.7") for _ in range(2)] == [True, False]


NAMES = ("CASETRACK_RATE_WRITES", "CASETRACK_RATE_READS", "CASETRACK_CONNECTIONS")


def test_limits_are_off_on_this_machine_unless_they_are_set() -> None:
    unset = load({}).limits
    assert unset.at(reached_from_outside=False) == Limits()
    assert unset.at(reached_from_outside=True) == Limits(50, 200, 200)
    set_ = load(dict(zip(NAMES, ("7", "0", "9"), strict=True))).limits
    for outside in (False, True):
        assert set_.at(reached_from_outside=outside) == Limits(7, None, 9)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", ["-1", "many", "1.5", "1e3", "60001", "²"])
def test_a_limit_that_is_none_is_named(name: str, value: str) -> None:
    with pytest.raises(BadInput, match=name) as refused:
        load({name: value})
    assert "0 (no limit)" in str(refused.value)
