"""The places of each text: a closed list. docs/message-places.md is printed from it."""

from collections.abc import Iterator, Mapping

from casetrack.domain.people import contact
from casetrack.gateways.messages.message_texts import names

#: Each place, and what is filled in there.
PLACES: Mapping[str, str] = {
    "number": "the case's number",
    "service": "the name of the service",
    "status_url": "the address of the page on which people look up their case",
    "office": "the office that sends the message: the one that took the file in",
    "agency": "the agency that holds the file now",
    "due": "the time limit that runs now; in a short text only the day",
    "step": "the step that the message is about",
    "lacks": "what a step waits for that nobody may take",
    "until": "the day from which somebody may take the step, where a paper says so",
    "slot": "day and hours of an inspection; in a short text only the day",
    "lapses": "the last day on which a file that was sent back waits for what is missing",
    "article": "by which article the limit counts, where the law gives silence a meaning",
    "requirements": "a list: the requirements that the applicant has to bring",
    "happened": "a list: what happened since the last message, where that is several things",
    "code": "the official code of the bill that the message is about",
    "amount": "what the bill comes to",
    "pay_by": "the day until which the bill is to be paid",
    "survey_url": "the address of the survey that is open now that the case is over",
    "news": "what the short text about the event says",
    "count": "how many things happened",
}
#: What there is not always.
MAY_BE_EMPTY = (
    *("office", "agency", "due", "step", "lacks", "until", "requirements", "happened"),
    *("code", "amount", "pay_by", "article", "survey_url", "lapses"),
    "slot",
)
LISTS = ("requirements", "happened")
#: What people must be told where the package's text tells it.
NEEDED = (
    *("number", "status_url", "news", "count", "due", "step", "lacks", "until"),
    *("requirements", "happened", "code", "amount", "pay_by", "article", "lapses"),
    "slot",
)

_ALWAYS = ("number", "service", "status_url", "office", "agency", "due")
#: Which texts tell more than the others, by what their names begin with.
_MORE = {
    "step": ("step.completed", "step.reopened", "step.stalled", "step.freed", "deadline.missed"),
    "lacks": ("step.stalled",),
    "until": ("step.stalled",),
    "article": ("deadline.missed",),
    "lapses": ("case.lapse_near",),
    "slot": tuple(
        f"inspection.{what}" for what in ("promised", "moved", "near", "done", "not_met")
    ),
    "survey_url": ("case.handed_over", "case.withdrawn", "case.closed"),
    "requirements": ("case.returned", "_bring"),
    "code": ("bill.issued", "bill.confirmed", "bill.overdue"),
    "amount": ("bill.issued", "bill.confirmed", "bill.overdue"),
    "pay_by": ("bill.issued", "bill.overdue"),
}
_PARTS = {False: ("_where", "_due", "_waiting", "_foot"), True: ("_due", "_waiting")}


def is_short(name: str) -> bool:
    """Whether a text is for a telephone."""
    return "/short/" in name


def is_of_part(name: str) -> bool:
    """Whether a text is a part of others."""
    return name.rpartition("/")[2].startswith("_")


def places_of(name: str) -> tuple[str, ...]:
    """The places that this text has, those of parts last."""
    stem = name.rpartition("/")[2].removesuffix(".txt")
    if stem == "_several":
        return ("count",)
    if stem in contact.CHANNELS:
        return (*_ALWAYS, "news")
    words = [*_ALWAYS, *(place for place, stems in _MORE.items() if stem in stems)]
    return (*words, *([] if is_short(name) else ["happened"]), *_parts_in(name, stem))


def _parts_in(name: str, stem: str) -> Iterator[str]:
    if is_of_part(name):
        return
    yield from _PARTS[is_short(name)]
    if stem == "case.returned" and not is_short(name):
        yield "_bring"


def texts_of_part(name: str, part: str) -> list[str]:
    """The package's texts that a place of a part stands for: several for the reason of a wait."""
    folder = name.rpartition("/")[0]
    return sorted(each for each in names() if each.startswith(f"{folder}/{part}."))
