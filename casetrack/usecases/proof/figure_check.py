"""Figures against the cases and the cases against their events; surveys against themselves.

The sums are added up again from what each case adds. Of a large region a sample of the cases is counted
again from their events. Of a survey no event is kept, so only this can be said: nine elements have as
many answers, and answers by a link are as many as the cases whose survey was answered.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from casetrack.domain.case.survey import ELEMENTS, HIGHEST, LOWEST
from casetrack.domain.proof.verdict import UNREADABLE, Fault
from casetrack.storage.case import figures
from casetrack.storage.proof.stored_rows import Reader
from casetrack.usecases.case.figures import counted_again, is_current
from casetrack.usecases.context import Context

#: Cases that are counted again: all where there are no more.
SAMPLE = 1_000
#: Figures that no case's own counts hold: they are said of two cases together.
_OF_TWO = "overtook"
_Sum = tuple[Any, ...]
_PLACE = ("service", "agency", "step", "officer", "cause", "value")


def check(ctx: Context, reader: Reader, region: str) -> Iterator[Fault]:
    """Nothing is said of figures while all is counted anew, nor of a case that was not counted since."""
    yield from _surveys(reader, region)
    mark = figures.mark_of(reader.connection, region)
    if mark is None or not is_current(ctx, region, mark):
        return
    sums: Counter[_Sum] = Counter()
    numbers = []
    for row in reader.all_rows("counted_cases", region):
        numbers.append(row["number"])
        try:
            for figure, day, *place, count in json.loads(row["counts"]):
                for period in {day, day[:7]}:
                    sums[figure, period, *place] += count
        except UNREADABLE:
            yield _fault(region, row["number"], "what it adds to the figures cannot be read")
    yield from _sums(reader, region, sums)
    yield from _cases(ctx, reader, region, mark.position, _some(numbers))


def _some(numbers: Sequence[str]) -> list[str]:
    """So many, spread over all."""
    every = -(-len(numbers) // SAMPLE) or 1
    return list(numbers[::every])


def _sums(reader: Reader, region: str, expected: Counter[_Sum]) -> Iterator[Fault]:
    days: Counter[_Sum] = Counter()
    months: Counter[_Sum] = Counter()
    for row in reader.all_rows("figures", region):
        key = (row["figure"], row["period"], *(row[name] for name in _PLACE))
        if row["figure"] == _OF_TWO:
            found = days if len(row["period"]) > len("2026-11") else months
            found[row["period"][:7], *key[2:]] += row["count"]
        elif expected.pop(key, 0) != row["count"]:
            yield _fault(
                region, None, f"{key[0]} of {key[1] or 'now'}, {key[2]} is not its cases' sum"
            )
    for key in sorted(key for key, count in expected.items() if count):
        yield _fault(region, None, f"{key[0]} of {key[1] or 'now'}, {key[2]} is missing")
    if days != months:
        yield _fault(region, None, f"{_OF_TWO} is not the same by day and by month")


def _cases(
    ctx: Context, reader: Reader, region: str, position: int, numbers: Sequence[str]
) -> Iterator[Fault]:
    for place in range(0, len(numbers), _BATCH):
        part = numbers[place : place + _BATCH]
        behind = figures.touched_behind(reader.connection, region, position, part)
        again = counted_again(ctx, reader.connection, region, part)
        before = figures.counted_before(reader.connection, region, part)
        for number in part:
            if number in behind:
                continue
            if number not in again or +before[number].counts != +again[number].counts:
                yield _fault(region, number, "counted again it adds something else to the figures")


_BATCH = 200


def _surveys(reader: Reader, region: str) -> Iterator[Fault]:
    many: dict[tuple[str, ...], Counter[str]] = {}
    for row in reader.all_rows("survey_sums", region):
        place = tuple(row[name] for name in ("quarter", "service", "agency", "way"))
        many.setdefault(place, Counter())[row["element"]] += row["count"]
        if row["score"] not in range(LOWEST, HIGHEST + 1) or row["count"] < 0:
            yield Fault("survey", region, None, None, f"a score of {' '.join(place)} is none")
    for place, counts in many.items():
        if {*counts} != {*ELEMENTS} or len({*counts.values()}) != 1:
            detail = f"the elements of {' '.join(place)} have not as many answers"
            yield Fault("survey", region, None, None, detail)
    yield from _links(reader, region, many)


def _links(
    reader: Reader, region: str, many: Mapping[tuple[str, ...], Counter[str]]
) -> Iterator[Fault]:
    """Who answered by a link is known by the case, and what was answered is not."""
    of_link: Counter[str] = Counter()
    for place, counts in many.items():
        if place[3] == "link":
            of_link[place[1]] += counts[ELEMENTS[0]]
    answered = {row["number"] for row in reader.all_rows("survey_used", region)}
    used: Counter[str] = Counter()
    for number, service in reader.case_numbers(region) if answered else ():
        if number in answered:
            used[service] += 1
            answered.discard(number)
    for number in sorted(answered):
        yield Fault("survey", region, number, None, "its survey was answered, and there is no case")
    if +of_link != +used:
        detail = "answers by a link are not as many as cases whose survey was answered"
        yield Fault("survey", region, None, None, detail)


def _fault(region: str, number: str | None, detail: str) -> Fault:
    return Fault("figure", region, number, None, detail)
