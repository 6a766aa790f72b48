"""Accounts, tokens and published services against the trace of administration."""

from casetrack.domain.events import Event
from casetrack.domain.people.administration import KEYS, Traced, stream_of
from casetrack.domain.proof.authority_findings import Finding, Tally
from casetrack.domain.proof.verdict import UNREADABLE
from casetrack.storage.proof.stored_rows import Reader
from casetrack.usecases.people.administration import standing


class AdministrationCheck:
    """One region's trace, as it is folded."""

    def __init__(self, region: str, tally: Tally) -> None:
        self._region, self._tally = region, tally
        self._traced, self._begun = Traced(), False

    def look(self, event: Event) -> None:
        """Take in an event of the trace; others are passed over."""
        if event.stream != stream_of(self._region):
            return
        self._begun = True
        try:
            self._traced.add(event.data)
        except UNREADABLE as error:
            self._find("unreadable", f"version {event.version} cannot be read: {error}")

    def rows(self, reader: Reader) -> None:
        """What does not stand as the trace says; nothing is asked where no trace has begun."""
        if not self._begun:
            return
        try:
            stored = standing(reader.connection, self._region)
        except UNREADABLE as error:
            self._find("unreadable", f"a row of an account or a token cannot be read: {error}")
            return
        for kind, name in KEYS.items():
            for key in self._traced.strange(kind, stored[kind]):
                self._find(kind, f"{name} {key} does not stand as the trace of administration says")

    def _find(self, code: str, detail: str) -> None:
        stream = stream_of(self._region)
        self._tally.add(Finding("untraced", self._region, stream, None, code, detail))
