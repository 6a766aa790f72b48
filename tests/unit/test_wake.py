"""The relay is told once in a while; what is committed meanwhile it finds while it is at work."""

from casetrack.storage.listen import AT_WORK, TOLD, Wake
from workers.relay import PACE, POLL


class Telling:
    """A clock that stands, and words that may get lost."""

    def __init__(self) -> None:
        self.now, self.said, self.works = 100.0, 0, True
        self.wake = Wake(self._say, lambda: self.now)

    def _say(self) -> bool:
        self.said += self.works
        return self.works


def test_a_relay_that_was_told_is_not_told_again_while_it_is_at_work() -> None:
    telling = Telling()
    for _ in range(5):
        telling.wake()
    telling.now += TOLD * 0.9
    telling.wake()
    assert telling.said == 1
    telling.now += TOLD * 0.2
    telling.wake()
    assert telling.said == 2


def test_a_word_that_could_not_be_said_is_said_by_the_next_commit() -> None:
    telling = Telling()
    telling.works = False
    telling.wake()
    telling.works = True
    telling.wake()
    assert telling.said == 1


def test_a_relay_is_at_work_for_longer_than_nobody_tells_it() -> None:
    """And looks several times in between: an event without a word waits for its next look."""
    assert TOLD + 2 * PACE < AT_WORK < POLL
