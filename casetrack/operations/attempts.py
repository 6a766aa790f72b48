"""What is seen of each attempt to deliver: its span, its log line, its place in the metrics."""

import logging
import time
from dataclasses import dataclass, field

from opentelemetry.trace import SpanKind

from casetrack.bootstrap import App
from casetrack.domain.delivery.receivers import LEASE
from casetrack.domain.events import Event
from casetrack.operations.log_lines import about
from casetrack.operations.metrics import Metrics
from casetrack.operations.spans import Spans
from casetrack.storage.delivery.claims import Claim
from casetrack.usecases.delivery.outcomes import Outcome

_LOG = logging.getLogger("casetrack.workers")


@dataclass
class Attempts:
    """Carries a delivery as the program does, in view of operations."""

    app: App
    metrics: Metrics
    spans: Spans
    #: Began when, by thread of work: what is in hand.
    _in_hand: dict[object, float] = field(default_factory=dict)

    def __call__(self, claim: Claim, event: Event) -> Outcome:
        """Tries once, in the trace of the request from which the event came."""
        began, mine = time.perf_counter(), object()
        self._in_hand[mine] = time.monotonic()
        outcome = Outcome("error")
        try:
            with self.spans.span(
                f"deliver {claim.channel}",
                SpanKind.CLIENT,
                {
                    "casetrack.region": claim.region,
                    "casetrack.case": claim.number,
                    "casetrack.event": claim.type,
                    "casetrack.position": claim.position,
                },
                parent=event.traceparent,
            ) as span:
                outcome = self.app.teller(claim, event)
                span.set_attribute("casetrack.outcome", outcome.state)
                self._tell(claim, event, outcome, time.perf_counter() - began)
        finally:
            del self._in_hand[mine]
            if outcome.state == "error":
                self._tell(claim, event, outcome, time.perf_counter() - began)
        return outcome

    def _tell(self, claim: Claim, event: Event, outcome: Outcome, took: float) -> None:
        if not outcome.tried:
            return
        waited = None
        if outcome.state == "delivered":
            waited = (self.app.database.now() - event.recorded_at).total_seconds()
        state = "refuses_us" if outcome.refuses_us else outcome.state
        self.metrics.attempt(claim.channel, state, took, waited)
        # Whoever takes nothing of ours takes none of the others either: somebody must look at once.
        _LOG.log(
            logging.ERROR if outcome.refuses_us else logging.INFO,
            "attempt",
            extra=about(
                operation=f"deliver {claim.channel}",
                status=state,
                ms=round(took * 1000, 1),
                region=claim.region,
                case=claim.number,
                position=claim.position,
                attempt=claim.attempts + 1,
                error=outcome.error,
                file=self._file(claim, outcome),
            ),
        )

    def _file(self, claim: Claim, outcome: Outcome) -> str | None:
        find = self.app.files.get(claim.channel)
        return find(outcome.name) if find and outcome.name else None

    def stuck(self) -> list[str]:
        """Attempts that last longer than any may: a lease outlasts every attempt."""
        limit = time.monotonic() - LEASE.total_seconds()
        late = sum(began < limit for began in list(self._in_hand.values()))
        return [f"{late} attempts last longer than their lease"] if late else []
