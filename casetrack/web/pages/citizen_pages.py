"""The pages that citizens see: values in, HTML out.

Nothing here knows a request, and no value has room for a name or a NIK.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from casetrack.domain.case.public import DECIDED
from casetrack.domain.service.definition import Name
from casetrack.gateways.dates import in_language, known_language, local_date, local_moment
from casetrack.web.pages import rights_words, wording

#: The kinds of trouble the page explains; any other code reads as the last one.
PROBLEMS = (
    "malformed_number",
    "wrong_check_digit",
    "unknown_case",
    "unknown_page",
    "too_many_tries",
    "unavailable",
)
#: Where a case stands on its way, for everybody: four stages, counted from one.
_STAGE = {
    "submitted": 1,
    "in_progress": 2,
    "returned": 2,
    DECIDED: 3,
    "granted": 3,
    "refused": 3,
    "handed_over": 4,
}
_OPEN = ("submitted", "in_progress", "returned")
_CURRENT_STEP = ("ready", "in_progress", "paused", "returned")


#: An agency outside the mall: its name, and where it is and when open; None where nobody said.
Outside = tuple[Name, Name | None]


@dataclass(frozen=True, slots=True)
class StepView:
    """One step on the applicant's timeline."""

    name: Name
    agency: Name
    status: str
    result: str | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DefectView:
    """What the applicant has to put right, tied to a published requirement."""

    requirement: Name
    text: str


@dataclass(frozen=True, slots=True)
class DocumentView:
    """What was received for a requirement, or that it is missing; `words`: the code of what is said."""

    requirement: Name
    status: str
    words: str
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class BillView:
    """What is to be paid or was: the official code, how much, and while it takes money until when, and
    where by the register."""

    code: str
    amount: str
    due_at: datetime
    state: str
    takes_money: bool
    bank: str | None = None
    account: str | None = None
    holder: str | None = None


@dataclass(frozen=True, slots=True)
class FileView:
    """What was handed over as a file: its public id, its name, and when it was first opened."""

    id: str
    name: Name
    opened_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StatusDetails:
    """What only the access code opens."""

    outcome: str
    steps: tuple[StepView, ...] = ()
    defects: tuple[DefectView, ...] = ()
    documents: tuple[DocumentView, ...] = ()
    next_action: str = ""
    bills: tuple[BillView, ...] = ()
    #: Nothing is to be paid in this case.
    gratis: bool = False
    #: Sentences about steps that wait for somebody with the power.
    waits: tuple[str, ...] = ()
    #: Of a closed case: the number under which the same person's application goes on.
    continued_as: str | None = None
    #: How the limit that runs is counted: how long it is, and each of its days.
    how_long: str = ""
    days: tuple[str, ...] = ()
    #: Sentences about inspections, each with the place, where that is still kept.
    inspections: tuple[tuple[str, str], ...] = ()
    #: What was handed over as a file.
    files: tuple[FileView, ...] = ()


@dataclass(frozen=True, slots=True)
class StatusView:
    """The answer of `GET /status/{number}`; `label` in the page's language, empty: the usual."""

    number: str
    status: str
    label: str
    agency: Name | None
    held_since: datetime | None
    due_at: datetime | None
    waiting_for: str | None
    zone: str
    service: Name | None = None
    details: StatusDetails | None = None
    #: False before the file has been declared complete: its clock never ran, so it cannot stand still.
    clock_started: bool = True
    #: When the result was handed over, where a step says so.
    handed_over_at: datetime | None = None
    #: Agencies that work on it outside the mall, and where they are.
    outside: tuple[Outside, ...] = ()
    #: When the counter is open today, or that it is closed and when it opens; empty where nobody said.
    counter: str = ""
    #: Another decides it: nothing is granted here, its result is noted.
    noted: bool = False
    #: A step waits for somebody with the power, so no day to come is promised.
    stalled: bool = False


@dataclass(frozen=True, slots=True)
class Tongue:
    """Everything a template needs to speak one language in one time zone."""

    language: str
    zone: str = "UTC"
    t: Callable[[str, str], str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "t", partial(_either, self.language))

    def said(self, name: Name) -> str:
        """A name in this language."""
        return in_language(name, self.language)

    def moment(self, moment: datetime) -> str:
        """Date and time where the office is."""
        return local_moment(moment, self.zone, self.language)

    def day(self, moment: datetime) -> str:
        """The date where the office is."""
        return local_date(moment, self.zone, self.language)

    def label(self, kind: str, code: str) -> str:
        """What a code is called."""
        return wording.label(kind, code, self.language)


def status_page(
    view: StatusView | None,
    *,
    language: str,
    problem: str | None = None,
    number: str = "",
    now: datetime | None = None,
) -> str:
    """The public page: the form, and above it a case, a problem, or what to do first.

    `number` fills the form in again. With `now`, a limit that has passed is called so. The access
    code is never written back into the page.
    """
    tongue = Tongue(known_language(language), view.zone if view else "UTC")
    return render(
        "status.html",
        tongue,
        view=view,
        problem=_problem(problem),
        number=view.number if view else number[:64],
        stage=_stage(view) if view else None,
        headline=_headline(view, tongue) if view else "",
        advice=_advice(view, tongue.language, late=_late(view, now)) if view else "",
        running=bool(view and view.status in _OPEN),
        late=_late(view, now),
        now=now,
        tone=_tone(view),
        current=_CURRENT_STEP,
    )


def _problem(problem: str | None) -> str | None:
    return problem if problem is None or problem in PROBLEMS else PROBLEMS[-1]


def _stage(view: StatusView) -> int | None:
    """A file that is returned before it was complete is where it was: received."""
    begun = view.clock_started or view.status != "returned"
    return _STAGE.get(view.status if begun else "submitted")


def _headline(view: StatusView, tongue: Tongue) -> str:
    language = tongue.language
    outcome = view.details.outcome if view.details else "none"
    if outcome == "deemed_granted":
        return wording.label("outcome", "deemed_granted", language)
    if view.status == "handed_over" and outcome != "none":
        day = tongue.day(view.handed_over_at) if view.handed_over_at else None
        return wording.handed_over("noted" if _is_noted(view) else outcome, language, day)
    return view.label or wording.label("status", view.status, language)


def _is_noted(view: StatusView) -> bool:
    return view.noted and view.details is not None and view.details.outcome == "granted"


def _advice(view: StatusView, language: str, *, late: bool) -> str:
    outcome = view.details.outcome if view.details else "none"
    given = view.details.next_action if view.details else ""
    if view.details is None and (view.status == "returned" or view.waiting_for == "applicant"):
        return wording.ask_for_the_code(language)
    if late and not given:
        return rights_words.after_the_limit(view.status, language, by_law=False)
    return given or wording.next_action(
        view.status, outcome, view.waiting_for, language, view.agency
    )


def _late(view: StatusView | None, now: datetime | None) -> bool:
    if view is None or now is None or view.due_at is None or view.status not in _OPEN:
        return False
    return view.due_at < now


def _tone(view: StatusView | None) -> str:
    """Which colour goes with the words: the applicant's turn, decided, over, or at work."""
    if view is None:
        return "work"
    if view.status == "returned" or view.waiting_for in ("applicant", "payment"):
        return "you"
    if view.status in ("withdrawn", "closed") or _is_noted(view):
        return "over"
    return "work" if view.status in _OPEN else "decided"


def _either(language: str, indonesian: str, english: str) -> str:
    return english if language == "en" else indonesian


def _is_labelled_result(code: str | None) -> bool:
    return code is not None and wording.is_labelled("result", code)


@cache
def style_version() -> str:
    """What the style's address holds of its content."""
    content = files("casetrack.web").joinpath("static", "casetrack.css").read_bytes()
    return sha256(content).hexdigest()[:12]


def _style_address() -> str:
    """The style's address; it changes with its content, so browsers may keep it."""
    return f"/static/casetrack.css?v={style_version()}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("casetrack.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.tests["labelled_result"] = _is_labelled_result
    return environment


def render(template: str, tongue: Tongue, **values: object) -> str:
    """A template in a language, with the address of the style."""
    return (
        _environment()
        .get_template(template)
        .render(tongue=tongue, t=tongue.t, style=_style_address(), **values)
    )
