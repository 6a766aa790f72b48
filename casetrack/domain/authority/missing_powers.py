"""Steps that nobody at their agency may take on a day, in words for who takes a file in."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from casetrack.domain.authority.change_days import ONE_DAY
from casetrack.domain.authority.coverage import Cover, coverage
from casetrack.domain.authority.holders import Holder, Holders
from casetrack.domain.service.definition import Name, ServiceDefinition, StepDefinition

#: So far ahead somebody is told when their step will have a hand.
AHEAD = timedelta(days=90)
_WORDS: Mapping[Cover, Name] = {
    "vacant": Name(
        "Hari ini tidak ada pejabat yang dapat mengerjakan tahapan {step} di {agency}; permohonan akan "
        "menunggu sampai ada surat penunjukan.",
        "Today there is no officer at {agency} who may take the step {step}; the application will wait "
        "for a letter of appointment.",
    ),
    "elsewhere": Name(
        "Hari ini {agency} tidak memegang kewenangan untuk tahapan {step}; yang memegangnya: {may}.",
        "Today {agency} does not hold the power for the step {step}; who holds it: {may}.",
    ),
    "none": Name(
        "Hari ini tidak ada jabatan yang memegang kewenangan untuk tahapan {step}; permohonan akan "
        "menunggu.",
        "Today no position holds the power for the step {step}; the application will wait.",
    ),
}


#: What somebody who waits is told to be waiting for: a letter of appointment, a paper that gives the
#: power to somebody at the agency, or whoever holds it elsewhere.
Lack = Literal["letter", "power", "holder"]
LACKS: Mapping[str, Name] = {
    "letter": Name("surat penunjukan pejabat", "a letter of appointment"),
    "power": Name(
        "peraturan atau keputusan yang memberi wewenang, atau pejabat lain yang memegangnya",
        "a regulation or decision that gives the power, or another official who has it",
    ),
    "holder": Name("{positions}, yang memegang wewenangnya", "{positions}, who holds the power"),
}


def lacks(cover: Cover, positions: Collection[Name]) -> Lack:
    """What is missing, for who waits: no person is named, and no opinion; `positions` elsewhere hold the
    power, and somebody sits there."""
    if cover == "elsewhere" and positions:
        return "holder"
    return "letter" if cover == "vacant" else "power"


def lacking_words(lack: str, positions: Sequence[Name]) -> Name | None:
    """The same in words; None where nobody said."""
    words = LACKS.get(lack)
    if words is None or not positions:
        return words
    return Name(
        words.id.format(positions=" / ".join(each.id for each in positions)),
        words.en.format(positions=" / ".join(each.en for each in positions)),
    )


@dataclass(frozen=True, slots=True)
class MissingPower:
    """A step that nobody at its agency may take, why, and who elsewhere may."""

    step: StepDefinition
    cover: Cover
    may: tuple[Holder, ...]
    #: Positions elsewhere that hold the power, also where nobody sits there.
    positions: tuple[str, ...]


def missing_powers(holders: Holders, service: ServiceDefinition, day: date) -> list[MissingPower]:
    """The steps of this service that wait for a power, or for somebody who has it, on that day.

    A pay step waits for who issues its bill; that nobody may reduce or refund one stops no application.
    """
    covers = (each for each in coverage(holders, day) if each.service.id == service.id)
    return [
        MissingPower(
            each.step,
            each.cover,
            tuple(holder for held in each.held for holder in held.seated),
            tuple(held.holding.position for held in each.held),
        )
        for cover in covers
        for each in cover.steps
        if each.cover in _WORDS and each.action in (each.step.authority, "issue_bill")
    ]


def words(missing: MissingPower, agency: Name, positions: Mapping[str, Name]) -> Name:
    """What the counter is told; `positions` are their names on the day."""
    said = _WORDS[missing.cover]
    may = [positions[position] for position in missing.positions]
    return Name(
        said.id.format(
            step=missing.step.name.id, agency=agency.id, may=", ".join(name.id for name in may)
        ),
        said.en.format(
            step=missing.step.name.en, agency=agency.en, may=", ".join(name.en for name in may)
        ),
    )


def held_from(holders: Holders, service: ServiceDefinition, step: str, day: date) -> date | None:
    """The first day of the next `AHEAD` on which somebody at the agency of the step may take it.

    By what is recorded now; None where no paper says so yet.
    """
    turns = holders.turns.between(day + ONE_DAY, day + AHEAD)
    for first in sorted({turn.day for turn in turns}):
        if step not in {each.step.id for each in missing_powers(holders, service, first)}:
            return first
    return None
