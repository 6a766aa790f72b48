"""Which case may belong to which: what each kind of link asks of both."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from casetrack.domain.case.state import CaseState
from casetrack.domain.case.transitions import ENDED_PRODUCT, OPEN_CASE, VALID_PRODUCT, LinkKind
from casetrack.domain.errors import NotNow
from casetrack.domain.service.definition import GRANTING_KINDS, ServiceDefinition

#: A case that takes the place of another, itself or what came out of it: along these no case comes back
#: to itself.
ONE_WAY: tuple[LinkKind, ...] = ("duplicate_of", "replaces", "correction_of", "renews")
#: An objection or an appeal is about one decision.
REVIEWING: tuple[LinkKind, ...] = ("objection_to", "appeal_of")
#: So many other cases does one case name.
MOST_LINKS = 50
#: A way of links that is longer than so many cases is followed no further.
MOST_ON_THE_WAY = 500


@dataclass(frozen=True, slots=True)
class Linking:
    """The case that names another: its service, and the day on which it was opened there."""

    definition: ServiceDefinition
    opened_on: date


@dataclass(frozen=True, slots=True)
class Linked:
    """The case that is named."""

    state: CaseState
    definition: ServiceDefinition
    opened_on: date
    #: Whether both are of one applicant; None: not known.
    same_applicant: bool | None = None


def check_link(kind: LinkKind, own: Linking, other: Linked) -> None:
    """Raises NotNow where the kind of link does not fit these two cases as they stand."""
    fault = _RULES[kind](own, other)
    if fault is not None:
        raise NotNow("link_does_not_fit", f"{kind} does not fit these two cases: {fault}.")


def check_way(number: str, reached: Mapping[str, object]) -> None:
    """Raises NotNow where one-way links lead back to this case, or over too many."""
    if number in reached:
        raise NotNow(
            "links_in_a_circle",
            "The case that is named takes the place of this one already, itself or by way of others.",
        )
    if len(reached) > MOST_ON_THE_WAY:
        raise NotNow("links_too_many", f"The links lead on over more than {MOST_ON_THE_WAY} cases.")


Rule = Callable[[Linking, Linked], str | None]


def _same_application(own: Linking, other: Linked) -> str | None:
    if own.definition.id != other.definition.id:
        return "the other one is of another service"
    if other.same_applicant is False:
        return "the other one is of another applicant"
    return None


def _no_valid_product(_own: Linking, other: Linked) -> str | None:
    if any(each["state"] in VALID_PRODUCT for each in other.state.products):
        return "what came out of the other one is valid; name it with correction_of or renews"
    return None


def _given_out(_own: Linking, other: Linked) -> str | None:
    if other.state.status in OPEN_CASE or other.state.outcome == "none":
        return "nothing came out of the other one that could be corrected"
    return None


def _renewable(_own: Linking, other: Linked) -> str | None:
    kinds = {each.id: each.kind for each in other.definition.products}
    states = (*VALID_PRODUCT, *ENDED_PRODUCT)
    for product in other.state.products:
        if kinds.get(product["product"]) in GRANTING_KINDS and product["state"] in states:
            return None
    # A service that draws nothing up grants all the same.
    if not other.definition.products and other.state.outcome in ("granted", "deemed_granted"):
        return None
    return "no permit or card came out of the other one"


def _one_day(own: Linking, other: Linked) -> str | None:
    if own.opened_on != other.opened_on:
        return "the other one was opened on another day"
    return None


def _objects(own: Linking, other: Linked) -> str | None:
    """Whether a decision is there, and whether it came in time, is for an officer to judge."""
    if own.definition.reviews is None or own.definition.reviews.kind != "objection":
        return "the service of this one takes no objections"
    if other.definition.reviews is not None:
        return "the other one is an objection or an appeal itself"
    return None


def _appeals(own: Linking, other: Linked) -> str | None:
    if own.definition.reviews is None or own.definition.reviews.kind != "appeal":
        return "the service of this one takes no appeals"
    if other.definition.reviews is None or other.definition.reviews.kind != "objection":
        return "the other one is no objection"
    return None


_RULES: Mapping[LinkKind, Rule] = {
    "duplicate_of": _same_application,
    "replaces": _no_valid_product,
    "correction_of": _given_out,
    "renews": _renewable,
    "objection_to": _objects,
    "appeal_of": _appeals,
    "same_visit": _one_day,
}
