"""The clock process: deadlines, silence, powers that end, questioned passports, looks counted, what is
over removed.
"""

import time
from threading import Event

from casetrack.operations.process_rounds import Rounds
from casetrack.usecases import idempotency
from casetrack.usecases.authority import later_facts
from casetrack.usecases.case import deadlines, party_acts, stalled_steps
from casetrack.usecases.context import Context
from casetrack.usecases.people import corrected_values, reading_days

#: Seconds between two rounds.
ROUND = 5.0
#: Seconds between two times that it is asked whether a day of looks or a retention is over, and which
#: steps nobody may take.
DAYS = 60.0


def run(rounds: Rounds, stop: Event) -> None:
    """Go on until stopped; several may run, each notice is appended once."""
    app, days_at = rounds.app, 0.0
    while not stop.is_set():
        try:
            with rounds.spans.span("clock round"):
                while deadlines.watch_once(app.ctx) and not stop.is_set():
                    pass
                while party_acts.end_powers_once(app.ctx) and not stop.is_set():
                    pass
                while later_facts.review_once(app.ctx) and not stop.is_set():
                    pass
                if time.monotonic() >= days_at:
                    _days(app.ctx, stop)
                    while stalled_steps.tell_once(app.ctx) and not stop.is_set():
                        pass
                    days_at = time.monotonic() + DAYS
                idempotency.forget_old(app.ctx)
            rounds.done()
        except Exception as error:  # whatever it is: the next round may end well
            rounds.failed(error)
        stop.wait(ROUND)


def _days(ctx: Context, stop: Event) -> None:
    while reading_days.close_once(ctx) and not stop.is_set():
        pass
    while reading_days.forget_once(ctx) and not stop.is_set():
        pass
    while corrected_values.forget_once(ctx) and not stop.is_set():
        pass
