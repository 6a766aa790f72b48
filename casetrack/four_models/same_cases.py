"""The same cases through each model: the real use cases on a database of their own, a scripted clock."""

import heapq
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from casetrack import bootstrap, config
from casetrack.domain.access import Actor
from casetrack.domain.case.commands import Seen
from casetrack.domain.case.transitions import RESULTS
from casetrack.domain.clock import Calendar, used
from casetrack.domain.events import parse_instant
from casetrack.domain.region.region_data import RegionData
from casetrack.domain.service.definition import ServiceDefinition, StepDefinition
from casetrack.four_models import MODELS, SERVICE, folder
from casetrack.four_models.comparison import CaseFigures, ModelFigures, Report, summed
from casetrack.four_models.random_draws import Draws, after_work, is_counter
from casetrack.gateways.region.region_files import read_region
from casetrack.storage import migrate
from casetrack.usecases.case import do
from casetrack.usecases.case.doing import Doing
from casetrack.usecases.case.opening import Application, open_at_counter
from casetrack.usecases.case.sealed_parties import Party
from casetrack.usecases.case.trace import trace
from casetrack.usecases.case.visible_case import sight
from casetrack.usecases.context import Context
from casetrack.usecases.region import loading

#: A Monday, after every paper of the register.
FIRST_DAY = date(2026, 6, 8)

Progress = Callable[[int], None]


class _Clock:
    """The time that the run has come to; each look is a little later, as with a real clock."""

    def __init__(self) -> None:
        self.now = datetime.combine(FIRST_DAY, datetime.min.time(), UTC) - timedelta(days=1)

    def __call__(self) -> datetime:
        self.now += timedelta(microseconds=1)
        return self.now

    def turn_to(self, moment: datetime) -> None:
        self.now = max(self.now, moment.astimezone(UTC))


@dataclass
class _Case:
    """One case on its way through one model."""

    draws: Draws
    number: str = ""
    visits: int = 0
    #: Steps that somebody works on already.
    begun: set[str] = field(default_factory=set)
    defect_of: str | None = None
    granted_late: bool = False


@dataclass(order=True)
class _Due:
    """Something that happens at a moment; `step` is empty for the first counter."""

    at: datetime
    order: int
    case: _Case = field(compare=False)
    what: str = field(compare=False)
    step: str = field(compare=False, default="")


@dataclass
class _Run:
    """One model."""

    ctx: Context
    clock: _Clock
    data: RegionData
    definition: ServiceDefinition
    calendar: Calendar
    agenda: list[_Due] = field(default_factory=list)
    order: Iterator[int] = field(default_factory=count)

    def plan(self, at: datetime, case: _Case, what: str, step: str = "") -> None:
        heapq.heappush(self.agenda, _Due(at, next(self.order), case, what, step))

    def go(self, seed: int, number_of: int, over: int, progress: Progress) -> list[_Case]:
        """All cases, in the order of time, each to the last paper in the applicant's hand.

        `over` cases of other models are told to `progress` too.
        """
        every = []
        for place in range(number_of):
            case = _Case(Draws(seed, place))
            case.defect_of = case.draws.finds_defect
            every.append(case)
            self.plan(case.draws.opens(FIRST_DAY, self.calendar), case, "open")
        while self.agenda:
            due = heapq.heappop(self.agenda)
            self.clock.turn_to(due.at)
            over += self._happen(due)
            progress(over)
        return every

    def _happen(self, due: _Due) -> bool:
        """Do it, and plan what has become possible by it; whether the case is over."""
        case = due.case
        if due.what == "open":
            view = self._open(case)
        elif due.what == "resubmit":
            case.visits += 1
            view = self._act(case, self.definition.front_office, Doing("resubmit"), clerk=True)
        else:
            view = self._step(case, self.definition.step(due.step))
        for step in self.definition.steps:
            shown = next(each for each in view["steps"] if each["id"] == step.id)
            if shown["status"] == "ready" and step.id not in case.begun:
                case.begun.add(step.id)
                self._begin(case, step)
        return bool(view["status"] == "handed_over")

    def _begin(self, case: _Case, step: StepDefinition) -> None:
        at = self.clock.now
        if is_counter(step) and step.id != self.definition.root.id:
            at = after_work(at, case.draws.way(step), self.calendar)
        self.plan(after_work(at, case.draws.work(step), self.calendar), case, "step", step.id)

    def _open(self, case: _Case) -> dict[str, Any]:
        applicant = Party("applicant", "person", f"Pemohon {case.draws.case + 1}")
        facts = {"width_cm": 300 + case.draws.case % 500}
        clerk = self._actor(f"mdl.{self.definition.front_office}.clerk")
        brought = [
            {"requirement": asked.id}
            for asked in self.definition.requirements
            if asked.needed(facts)
        ]
        application = Application(SERVICE, facts, [applicant], brought)
        answer = open_at_counter(self.ctx, clerk, application)
        case.number = answer.view["number"]
        return dict(answer.view)

    def _step(self, case: _Case, step: StepDefinition) -> dict[str, Any]:
        counter = is_counter(step)
        if case.defect_of == step.agency and not counter:
            return self._send_back(case, step)
        case.visits += counter
        action = "declare_complete" if step.id == self.definition.root.id else "complete"
        result = RESULTS.get(step.kind, (None,))[0]
        doing = Doing(action, step=step.id, result=result)
        view = self._act(case, step.agency, doing, clerk=counter)
        if view["status"] == "granted":
            due = parse_instant(view["due_at"]) if view["due_at"] else None
            case.granted_late |= due is not None and self.clock.now > due
        return view

    def _send_back(self, case: _Case, step: StepDefinition) -> dict[str, Any]:
        """The one defect of this file: the front office returns it, the applicant mends it."""
        case.defect_of = None
        case.begun.discard(step.id)
        defect = {"requirement": "denah", "text": "Denah tidak sesuai lokasi"}
        self._act(case, step.agency, Doing("return", step=step.id, defects=(defect,)), clerk=False)
        office = self.definition.front_office
        view = self._act(case, office, Doing("send_return"), clerk=True)
        self.plan(after_work(self.clock.now, case.draws.mending(), self.calendar), case, "resubmit")
        return view

    def _act(self, case: _Case, agency: str, doing: Doing, *, clerk: bool) -> dict[str, Any]:
        actor = self._actor(f"mdl.{agency}.clerk" if clerk else f"mdl.{agency}")
        seen = sight(self.ctx, actor, case.number)
        answer = do.do(self.ctx, actor, seen, doing, lambda: Seen(case=seen.state.version))
        return dict(answer.view)

    def _actor(self, login: str) -> Actor:
        officer = next(each for each in self.data.officers if each.login == login)
        return Actor(
            "officer",
            login,
            self.data.region.code,
            officer.role,
            officer.agency,
            officer.positions,
            officer.more_roles,
        )

    def figures(self, case: _Case) -> CaseFigures:
        """What the trace says of a case that is over."""
        seen = sight(self.ctx, self._actor(self._any_clerk()), case.number)
        path = trace(self.ctx, seen)
        charged: dict[str, int] = {}
        for item in path["items"]:
            # At a counter the applicant is waited for: those days are nobody's.
            if not is_counter(self.definition.step(item["id"])):
                agency = item["agency"]["id"]
                charged[agency] = charged.get(agency, 0) + item["charged"]["value"]
        schemes = [decision["authority"]["scheme"] for decision in path["decisions"]]
        ended = max(parse_instant(item["ended_at"]) for item in path["items"] if item["ended_at"])
        opened = parse_instant(seen.state.opened_at)
        return CaseFigures(
            hand_overs=len(path["hand_overs"]),
            visits=case.visits,
            days=used(opened, ended, "working_days", (), self.calendar),
            charged=charged,
            decisions=len(schemes),
            passports=schemes.count("checked"),
            late=case.granted_late,
        )

    def _any_clerk(self) -> str:
        return f"mdl.{self.definition.front_office}.clerk"


def compare(number_of: int, seed: int, progress: Progress) -> Report:
    """Run the same cases through every model. Nothing of the installation is read or written."""
    found: list[ModelFigures] = []
    for model in MODELS:
        over = len(found) * number_of
        with _fresh(model) as run:
            every = run.go(seed, number_of, over, progress)
            figures = [run.figures(case) for case in every]
        found.append(summed(model, figures))
    return Report(seed=seed, cases=number_of, models=tuple(found))


@contextmanager
def _fresh(model: str) -> Iterator[_Run]:
    with tempfile.TemporaryDirectory(prefix="casetrack-models-") as name:
        home = Path(name)
        settings = config.load(
            {
                "CASETRACK_DATABASE_URL": f"sqlite:///{home / 'models.sqlite'}",
                "CASETRACK_DATA_DIR": str(home),
            }
        )
        clock = _Clock()
        app = bootstrap.build(settings, wake=lambda: None, clock=clock)
        app.database.do_not_wait_for_disk()
        try:
            migrate.upgrade(app.database)
            data = read_region(folder(model))
            loading.load(app.ctx, data)
            definition = next(each for each in data.services if each.id == SERVICE)
            calendar = app.ctx.region(data.region.code)[1]
            yield _Run(app.ctx, clock, data, definition, calendar)
        finally:
            app.database.close()
