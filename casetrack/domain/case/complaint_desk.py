"""Who takes complaints in, who alone reads those about money, and how long an answer may take.

Each limit stands with its kind of days and its legal basis.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Self, get_args

from casetrack.domain.clock import TimeLimit
from casetrack.domain.service.definition import Problem

#: The first reaction; the answer to a request, and to a complaint without and with a look on the spot.
ComplaintLimit = Literal["reaction", "request", "desk", "field"]
COMPLAINT_LIMITS: tuple[ComplaintLimit, ...] = get_args(ComplaintLimit)
#: Letters in the place of a service's in the number of a complaint.
COMPLAINT_LETTERS = "ADU"

_BASIS = "Perpres 76/2013; PermenPANRB 62/2018 (dari ingatan, harus diverifikasi)"
_DEFAULT_DAYS: Mapping[ComplaintLimit, int] = {
    "reaction": 3,
    "request": 5,
    "desk": 14,
    "field": 60,
}


@dataclass(frozen=True, slots=True)
class BasedLimit:
    """So many days, of which kind, and by which rule."""

    limit: TimeLimit
    basis: str

    def as_dict(self) -> dict[str, Any]:
        """As the region's document keeps it."""
        return {**self.limit.as_dict(), "basis": self.basis}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """What `as_dict` gave. Raises ValueError."""
        return cls(TimeLimit.from_dict(data), data["basis"])


def default_limits() -> dict[ComplaintLimit, BasedLimit]:
    """What holds where a region says nothing else."""
    return {
        name: BasedLimit(TimeLimit(days, "working_days"), _BASIS)
        for name, days in _DEFAULT_DAYS.items()
    }


@dataclass(frozen=True, slots=True)
class Above:
    """The agency that reads what nobody of the inspectorate may, and by which rule."""

    agency: str
    basis: str


@dataclass(frozen=True, slots=True)
class ComplaintDesk:
    """The agency that takes complaints in and works on them, the one that alone reads those about money,
    the one above that (None: nobody was named), and the limits."""

    desk: str
    inspectorate: str
    limits: Mapping[ComplaintLimit, BasedLimit] = field(default_factory=default_limits)
    above: Above | None = None

    def chain(self, agency: str) -> tuple[str, ...]:
        """Who reads what lies with an agency: it, else the inspectorate, else who is above that."""
        above = (self.above.agency,) if self.above else ()
        return tuple(dict.fromkeys((agency, self.inspectorate, *above)))

    def as_dict(self) -> dict[str, Any]:
        """As the region's document keeps it."""
        return {
            "desk": self.desk,
            "inspectorate": self.inspectorate,
            "limits": {name: limit.as_dict() for name, limit in self.limits.items()},
            **({"above": asdict(self.above)} if self.above else {}),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """What `as_dict` gave; a limit that it leaves out is the usual one. Raises ValueError."""
        said = data.get("limits") or {}
        own = {name: BasedLimit.from_dict(said[name]) for name in COMPLAINT_LIMITS if name in said}
        above = Above(**data["above"]) if data.get("above") else None
        return cls(data["desk"], data.get("inspectorate") or "", {**default_limits(), **own}, above)


def complaint_desk_problems(
    desk: ComplaintDesk | None, agencies: Collection[str], letters: Collection[str]
) -> Iterator[Problem]:
    """Say what does not fit together; `letters` are those of the services."""
    if desk is None:
        return
    at = ("region", "complaints")
    for name in ("desk", "inspectorate"):
        yield from _agency_problems(name, getattr(desk, name), agencies)
    if desk.desk == desk.inspectorate:
        yield Problem(
            (*at, "inspectorate"),
            "complaints: the desk is its own inspectorate",
            "name another agency: complaints about the desk go there",
        )
    if desk.above is not None:
        yield from _above_problems(desk, desk.above, agencies)
    if COMPLAINT_LETTERS in letters:
        yield Problem(
            at,
            f"complaints: a service has the letters {COMPLAINT_LETTERS}, which begin their numbers",
            "give the service other letters",
        )
    for limit_name, limit in desk.limits.items():
        if not limit.basis.strip():
            place = (*at, "limits", limit_name, "basis")
            yield Problem(place, "the legal basis is missing", "name the rule")


def _above_problems(
    desk: ComplaintDesk, above: Above, agencies: Collection[str]
) -> Iterator[Problem]:
    at = ("region", "complaints", "above")
    if above.agency not in agencies:
        told = f"complaints: unknown agency {above.agency!r}"
        yield Problem((*at, "agency"), told, "add it to agencies.yaml")
    if above.agency in (desk.desk, desk.inspectorate):
        told = f"complaints: {above.agency} cannot be above the inspectorate"
        yield Problem((*at, "agency"), told, "name the secretariat, or whoever is above it")
    if not above.basis.strip():
        yield Problem((*at, "basis"), "the legal basis is missing", "name the rule")


def _agency_problems(name: str, agency: str, agencies: Collection[str]) -> Iterator[Problem]:
    at = ("region", "complaints")
    if not agency:
        cure = "name the agency that alone reads complaints about money and bribery"
        yield Problem(at, f"complaints: no {name} is named", cure)
    elif agency not in agencies:
        told = f"complaints: unknown agency {agency!r}"
        yield Problem((*at, name), told, "add it to agencies.yaml")
