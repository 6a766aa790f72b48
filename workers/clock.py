"""The clock process: deadlines, silence, questioned passports, looks counted, old answers forgotten."""

from threading import Event

from casetrack.operations.process_rounds import Rounds
from casetrack.usecases import idempotency
from casetrack.usecases.authority import later_facts
from casetrack.usecases.case import deadlines
from casetrack.usecases.people import reading_days

#: Seconds between two rounds.
ROUND = 5.0


def run(rounds: Rounds, stop: Event) -> None:
    """Go on until stopped; several may run, each notice is appended once."""
    app = rounds.app
    while not stop.is_set():
        try:
            with rounds.spans.span("clock round"):
                while deadlines.watch_once(app.ctx) and not stop.is_set():
                    pass
                while later_facts.review_once(app.ctx) and not stop.is_set():
                    pass
                while reading_days.close_once(app.ctx) and not stop.is_set():
                    pass
                idempotency.forget_old(app.ctx)
            rounds.done()
        except Exception as error:  # whatever it is: the next round may end well
            rounds.failed(error)
        stop.wait(ROUND)
