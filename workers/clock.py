"""The clock process: deadlines, silence, passports that later facts question, old answers forgotten."""

import logging
from threading import Event

from casetrack.bootstrap import App
from casetrack.storage import answers
from casetrack.usecases import deadlines, review
from casetrack.usecases.idempotency import KEPT

#: Seconds between two rounds.
ROUND = 5.0
_LOG = logging.getLogger("casetrack.clock")


def run(app: App, stop: Event) -> None:
    """Go on until stopped; several may run, each notice is appended once."""
    while not stop.is_set():
        try:
            while deadlines.watch_once(app.ctx) and not stop.is_set():
                pass
            while review.review_once(app.ctx) and not stop.is_set():
                pass
            with app.database.write() as uow:
                answers.purge(uow, uow.time(None) - KEPT)
        except Exception:
            _LOG.exception("the clock failed and goes on with the next round")
        stop.wait(ROUND)
