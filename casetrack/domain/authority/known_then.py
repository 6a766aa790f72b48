"""The register as it stood before something was confirmed: papers of later days change nothing of it."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from casetrack.domain.authority.entries import Entry, EntryKind, Registrar
from casetrack.domain.authority.recorded import Recorded
from casetrack.domain.authority.register import Register

#: What says who sits where, under whom, and who keeps papers.
_OF_OFFICERS = ("position", "incumbency", "registrar")


@dataclass(frozen=True, slots=True)
class Once:
    """A revision that counts or once did: from which event on, and until which one."""

    since: int
    until: int | None
    recorded: Recorded


class PastRegister:
    """Every revision that ever counted, and which of them did before an event.

    Most papers ask only for officers and positions: of a city's entries these are few, and change
    seldom, so what was cut for one paper serves the next ones.
    """

    def __init__(
        self, revisions: Iterable[Once], secretariats: Sequence[tuple[int, str | None]] = ()
    ) -> None:
        #: The events by which another agency became the secretariat, with the one that it was before.
        self._secretariats = secretariats
        every = sorted(revisions, key=lambda each: each.since)
        named = {
            each.recorded.entry.instrument
            for each in every
            if isinstance(each.recorded.entry, Registrar)
        }
        few = [
            each
            for each in every
            if each.recorded.kind in _OF_OFFICERS
            or (each.recorded.kind == "instrument" and each.recorded.id in named)
        ]
        self._revisions = {True: every, False: few}
        self._changes = {
            whole: sorted({at for each in kept for at in (each.since, each.until) if at})
            for whole, kept in self._revisions.items()
        }
        self._of: dict[tuple[EntryKind, str], list[Once]] = defaultdict(list)
        for each in every:
            self._of[each.recorded.kind, each.recorded.id].append(each)
        self._cut = lru_cache(maxsize=4)(self._register)

    def before(self, event: int, *, whole: bool) -> Register:
        """What counted then: all of it, or what says where officers sit and whose papers they keep."""
        return self._cut(bisect_left(self._changes[whole], event), whole)

    def secretariat(self, event: int, today: str | None) -> str | None:
        """Which agency the secretariat was then."""
        later = (before for changed, before in self._secretariats if changed >= event)
        return next(later, today)

    def entry_before(self, kind: EntryKind, entry_id: str, event: int) -> Entry | None:
        """What stood under this id then."""
        for each in self._of.get((kind, entry_id), ()):
            if _counted(each, event):
                return each.recorded.entry
        return None

    def _register(self, changes: int, whole: bool) -> Register:
        event = self._changes[whole][changes - 1] + 1 if changes else 0
        return Register(e.recorded for e in self._revisions[whole] if _counted(e, event))


def _counted(each: Once, event: int) -> bool:
    return each.since < event and (each.until is None or each.until >= event)
