"""The clock process: deadlines, new calendars, silence, powers that end, products and bills whose time
is over, limits of complaints, files that may lapse, inspections, questioned passports, looks and figures
counted, what is over removed, files scanned, signatures tried again.
"""

import time
from collections.abc import Callable, Iterable
from threading import Event

from casetrack.operations.process_rounds import Rounds
from casetrack.usecases import idempotency
from casetrack.usecases.authority import later_facts
from casetrack.usecases.case import (
    bill_clock,
    case_warnings,
    complaint_acts,
    deadlines,
    expiring_products,
    figures,
    left_steps,
    moved_deadlines,
    outages,
    party_acts,
    payment_files,
    payments,
    scanning,
    signing_again,
    stalled_steps,
)
from casetrack.usecases.context import Context
from casetrack.usecases.delivery import reminders
from casetrack.usecases.people import corrected_values, files, reading_days, sign_ins

#: Seconds between two rounds.
ROUND = 5.0
#: Seconds between two times that it is asked whether a day of looks or a retention is over, and which
#: steps nobody may take.
DAYS = 60.0


_NEVER = Event()
_ROUNDS = (
    deadlines.watch_once,
    party_acts.end_powers_once,
    outages.follow_once,
    expiring_products.expire_once,
    bill_clock.note_overdue_once,
    payments.settle_payments_once,
    later_facts.review_once,
    idempotency.forget_old,
)
_NOW_AND_THEN = (
    moved_deadlines.settle_once,
    reminders.remind_once,
    reading_days.close_once,
    reading_days.forget_once,
    sign_ins.forget_old,
    corrected_values.forget_once,
    stalled_steps.tell_once,
    complaint_acts.watch_complaints_once,
    figures.count_once,
    left_steps.give_back_once,
    case_warnings.warn_once,
    files.remove_once,
    payment_files.forget_unloaded_once,
    scanning.scan_once,
    signing_again.try_once,
)


def run(rounds: Rounds, stop: Event) -> None:
    """Go on until stopped; several may run, each notice is appended once."""
    ctx, days_at = rounds.app.ctx, 0.0
    while not stop.is_set():
        try:
            with rounds.spans.span("clock round"):
                one_round(ctx, stop)
                if time.monotonic() >= days_at:
                    _finish(_NOW_AND_THEN, ctx, stop)
                    days_at = time.monotonic() + DAYS
            rounds.done()
        except Exception as error:  # whatever it is: the next round may end well
            rounds.failed(error)
        stop.wait(ROUND)


def one_round(ctx: Context, stop: Event = _NEVER) -> None:
    """What is asked every few seconds."""
    _finish(_ROUNDS, ctx, stop)


def _finish(rounds: Iterable[Callable[[Context], int]], ctx: Context, stop: Event) -> None:
    """Each until it finds no more to do."""
    for once in rounds:
        while once(ctx) and not stop.is_set():
            pass
