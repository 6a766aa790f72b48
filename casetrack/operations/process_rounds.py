"""What is seen of a process that goes in rounds, and what it says while the database is away."""

import logging
import time
from dataclasses import dataclass, field

from casetrack.bootstrap import App
from casetrack.operations.backlog import Backlog
from casetrack.operations.metrics import Metrics
from casetrack.operations.spans import Spans
from casetrack.storage.unit_of_work import DatabaseDown

#: Seconds without a round after which such a process is not ready.
LATE = 30.0


@dataclass
class Rounds:
    """The relay's, or the clock's."""

    process: str
    app: App
    metrics: Metrics
    spans: Spans
    _last: float = field(default_factory=time.monotonic)
    _away: bool = False
    #: What the broker raised when it was last asked; None while it answers.
    _broker: str | None = None

    def done(self) -> None:
        """A round ended as it should."""
        self._last = time.monotonic()
        self.metrics.round(self.process, time.time(), self.app.database.in_use())
        if self._away:
            self._away = False
            self._log.warning("the database answers again, the %s goes on", self.process)

    def failed(self, error: Exception) -> None:
        """A round ended with an error. That the database is away is said once."""
        if not isinstance(error, DatabaseDown):
            self._log.error("the %s failed and goes on", self.process, exc_info=error)
        elif not self._away:
            self._away = True
            self._log.warning("the database is away, the %s waits: %s", self.process, error)

    def broker(self, error: Exception | None) -> None:
        """The broker was asked: it answers, or why not. Whoever repeats a warning is held back."""
        self.metrics.broker(self.process, answers=error is None)
        if error is not None:
            self._broker = type(error).__name__
            # Not what it says: that may quote the address, with the password in it.
            self._log.warning(
                "the broker does not answer, deliveries wait: %s; see CASETRACK_BROKER_URL of this "
                "process",
                self._broker,
            )
        elif self._broker is not None:
            self._broker = None
            self._log.warning("the broker answers again")

    @property
    def _log(self) -> logging.Logger:
        return logging.getLogger(f"casetrack.{self.process}")

    def wrong(self) -> list[str]:
        """What keeps it from its work; nothing as a rule."""
        found = []
        silent = time.monotonic() - self._last
        if silent > LATE:
            found.append(f"no round for {silent:.0f} s")
        if self._broker is not None:
            found.append(f"the broker does not answer: {self._broker}")
        return found + database_wrong(self.app)

    def exposition(self) -> bytes:
        """Its metrics, and what waits in the database."""
        return self.metrics.exposition(Backlog(self.app))


def database_wrong(app: App) -> list[str]:
    """Whether the database cannot be reached."""
    try:
        app.database.ping()
    except DatabaseDown as error:
        return [f"the database does not answer: {error}"]
    return []
