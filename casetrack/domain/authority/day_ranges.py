"""Stretches of days, both ends included; an open end is None."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import TypeVar

Span = tuple[date, date | None]
T = TypeVar("T")
_DAY = timedelta(days=1)


def _end(span: Span) -> date:
    return date.max if span[1] is None else span[1]


def _span(since: date, until: date) -> Span:
    return since, (None if until == date.max else until)


def union(spans: Iterable[Span]) -> list[Span]:
    """The same days in as few stretches as possible, in order; what ends before it begins is none."""
    found: list[tuple[date, date]] = []
    forward = [span for span in spans if _end(span) >= span[0]]
    for span in sorted(forward, key=lambda one: (one[0], _end(one))):
        since, until = span[0], _end(span)
        if found and (found[-1][1] == date.max or since <= found[-1][1] + _DAY):
            found[-1] = found[-1][0], max(found[-1][1], until)
        else:
            found.append((since, until))
    return [_span(since, until) for since, until in found]


def minus(spans: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """The days of the first that are in none of the others."""
    taken = union(others)
    return [left for span in union(spans) for left in _cut(span, taken)]


def _cut(span: Span, taken: Sequence[Span]) -> Iterator[Span]:
    since, until = span[0], _end(span)
    for other in taken:
        if other[0] > until or since > until:
            break
        if _end(other) >= since:
            if other[0] > since:
                yield _span(since, other[0] - _DAY)
            if _end(other) == date.max:
                return
            since = _end(other) + _DAY
    if since <= until:
        yield _span(since, until)


def overlaps(items: Iterable[tuple[Span, T]]) -> Iterator[tuple[Span, T, T]]:
    """Every two that have days in common, with these days; in the order of the later one's first day."""
    running: list[tuple[Span, T]] = []
    for span, item in sorted(items, key=lambda one: one[0][0]):
        running = [(s, i) for s, i in running if _end(s) >= span[0]]
        for other, before in running:
            yield _span(span[0], min(_end(other), _end(span))), before, item
        running.append((span, item))
