"""A power of attorney on its way in: its acts and its last day in the open, its paper sealed."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from casetrack.domain.case.case_people import ends_at
from casetrack.domain.errors import Invalid
from casetrack.domain.people import possible_days as days
from casetrack.domain.people import visible
from casetrack.usecases.context import Context
from casetrack.usecases.people.sealing import Sealer, as_text

#: What is sealed of a paper: it may say something about a person.
_SEALED = ("name", "sha256")


def tidied_power(
    ctx: Context, region: str, power: Mapping[str, Any] | None, at: str
) -> Mapping[str, Any] | None:
    """The power as it is kept. Raises Invalid: a day of it cannot be, or nobody can read its paper's
    name."""
    if power is None:
        return None
    today = ctx.region(region)[1].local_date(ctx.database.now())
    days.check(_day_faults(power, at, today))
    return {**power, "paper": tidied_paper(power.get("paper"), f"{at}.paper")}


def _day_faults(power: Mapping[str, Any], at: str, today: date) -> Iterator[days.Fault]:
    until, paper = power.get("until"), power.get("paper")
    if until is not None:
        yield from days.end_faults(f"{at}.until", until, today)
    if paper is not None:
        yield from days.past_faults(f"{at}.paper.dated", paper["dated"], today)


def power_until(ctx: Context, region: str, power: Mapping[str, Any]) -> datetime | None:
    """When the power is over; None where it has no last day."""
    until = power.get("until")
    return None if until is None else ends_at(until, ctx.region(region)[1])


def kept_power(sealer: Sealer, power: Mapping[str, Any]) -> dict[str, Any]:
    """What an event holds of it."""
    until, paper = power.get("until"), power.get("paper")
    kept = {"acts": list(power["acts"]), "until": until.isoformat() if until else None}
    return kept if paper is None else {**kept, "paper": sealed_paper(sealer, paper)}


def sealed_paper(sealer: Sealer | None, paper: Mapping[str, Any]) -> dict[str, Any]:
    """What an event holds of a paper: its day, and the reference to its name and hash, if any."""
    kept: dict[str, Any] = {"dated": paper["dated"].isoformat()}
    if sealer is None or not has_text(paper):
        return kept
    text = as_text({part: paper.get(part) for part in _SEALED})
    return {**kept, "subject": sealer.subject, **sealer.seal("document", text)}


def has_text(paper: Mapping[str, Any] | None) -> bool:
    """Whether there is something to seal."""
    return paper is not None and any(paper.get(part) for part in _SEALED)


def tidied_paper(paper: Mapping[str, Any] | None, at: str) -> Mapping[str, Any] | None:
    """The paper as it is kept. Raises Invalid for a name that nobody can read."""
    if paper is None or paper.get("name") is None:
        return paper
    try:
        return {**paper, "name": visible.read(paper["name"])}
    except ValueError as error:
        fault = {"at": f"{at}.name", "message": str(error)}
        raise Invalid("invalid_body", f"{at}.name: {error}.", errors=[fault]) from None
