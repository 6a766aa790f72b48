"""Logs for tests: an independent reader of XES, and a maker of logs of any size."""

import gzip
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from xml.etree import ElementTree as ET

Fact = tuple[str, str, str, str, str | None, str | None]


def read_independently(path: Path) -> Counter[Fact]:
    """Case, activity, instant, offset, resource, group: read by the standard library alone."""
    content = path.read_bytes()
    root = ET.fromstring(gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content)
    facts: Counter[Fact] = Counter()
    for trace in _children(root, "trace"):
        name = _values(trace).get("concept:name", "")
        for event in _children(trace, "event"):
            values = _values(event)
            time = datetime.fromisoformat(values["time:timestamp"])
            facts[
                name,
                values["concept:name"],
                time.astimezone(UTC).isoformat(),
                str(time.utcoffset()),
                values.get("org:resource"),
                values.get("org:group"),
            ] += 1
    return facts


def _children(element: ET.Element, tag: str) -> Iterator[ET.Element]:
    return (child for child in element if child.tag.rpartition("}")[2] == tag)


def _values(element: ET.Element) -> dict[str, str]:
    return {child.get("key", ""): child.get("value", "") for child in element}


def make_log(
    path: Path, *, events: int, traces: int = 1, activities: int = 7, minutes: int = 345
) -> None:
    """A log of so many events in equal traces, at an odd offset, without groups."""
    start = datetime(2020, 1, 1, 8, tzinfo=timezone(timedelta(minutes=minutes)))
    with path.open("w") as file:
        file.write('<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1.0">\n')
        number = 0
        for trace in range(traces):
            file.write(f'<trace><string key="concept:name" value="case {trace}"/>\n')
            for _ in range(events // traces):
                number += 1
                # Ten events share each second: equal timestamps are usual in logs.
                time = (start + timedelta(seconds=number // 10)).isoformat()
                file.write(
                    f'<event><string key="concept:name" value="A{number % activities}"/>'
                    f'<string key="org:resource" value="R{number % 50}"/>'
                    f'<date key="time:timestamp" value="{time}"/></event>\n'
                )
            file.write("</trace>\n")
        file.write("</log>\n")
