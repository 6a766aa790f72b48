"""What is late goes on by itself where nothing else is to be done, and gives way where something is."""

from contextlib import ExitStack

import pytest

from casetrack.usecases.pacing import CROWDED, FEW, GIVE_WAY, LONGEST_PAUSE, MANY, Arrears


class Hands:
    """A clock that is set by hand, and a bed."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def arrears(hands: Hands) -> Arrears:
    return Arrears(lambda: hands.now, hands.slept.append)


def turns(arrears: Arrears, stack: ExitStack, count: int) -> list[bool]:
    return [stack.enter_context(arrears.turn()) for _ in range(count)]


def test_with_nothing_else_to_do_half_of_the_threads_work_on_arrears_and_nobody_rests(
    arrears: Arrears, hands: Hands
) -> None:
    with ExitStack() as stack:
        assert turns(arrears, stack, MANY + 2) == [True] * MANY + [False] * 2
    assert arrears.go_on(0.01)
    assert hands.slept == []


def test_while_something_fresh_comes_few_go_on_and_they_rest_for_what_they_cost(
    arrears: Arrears, hands: Hands
) -> None:
    arrears.something_fresh()
    with ExitStack() as stack:
        assert turns(arrears, stack, MANY) == [True] * FEW + [False] * (MANY - FEW)
    assert arrears.go_on(0.01)
    assert arrears.go_on(60)
    assert hands.slept == [pytest.approx(0.01 * GIVE_WAY), LONGEST_PAUSE]


def test_who_is_at_work_already_counts_when_something_fresh_comes(arrears: Arrears) -> None:
    with ExitStack() as stack:
        assert turns(arrears, stack, FEW) == [True] * FEW
        arrears.something_fresh()
        assert turns(arrears, stack, 1) == [False]


def test_of_many_who_are_at_work_when_something_fresh_comes_none_goes_on_to_another(
    arrears: Arrears, hands: Hands
) -> None:
    with ExitStack() as stack:
        turns(arrears, stack, MANY)
        arrears.something_fresh()
        assert not arrears.go_on(0.01)
    assert hands.slept == []
    with arrears.turn() as mine:
        assert mine
        assert arrears.go_on(0.01)


def test_a_turn_that_ended_is_free_again_also_after_an_error(arrears: Arrears) -> None:
    arrears.something_fresh()

    def breaks() -> None:
        with arrears.turn() as mine:
            assert mine
            raise RuntimeError

    for _ in range(3):
        with pytest.raises(RuntimeError):
            breaks()
    with arrears.turn() as mine:
        assert mine


def test_a_moment_after_the_last_fresh_one_arrears_are_worked_off_again(
    arrears: Arrears, hands: Hands
) -> None:
    arrears.something_fresh()
    hands.now += CROWDED
    assert not arrears.crowded
    with ExitStack() as stack:
        assert turns(arrears, stack, MANY) == [True] * MANY
