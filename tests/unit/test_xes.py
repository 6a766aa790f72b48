import bz2
import gzip
import hashlib
import io
import lzma
import os
import tracemalloc
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetrack.domain.errors import BadInput
from casetrack.gateways.logs.xes_reader import (
    LoggedEvent,
    LogItem,
    RejectedEvent,
    TraceEnded,
    TraceStarted,
    log_digest,
    parse_time,
    read_log,
)
from casetrack.gateways.logs.xes_writer import Value, XesWriter, format_time, safe_key, xes_file
from tests.conftest import SHARED, need
from tests.support.logs import make_log

#: Without the time, so that the same bytes have the same name in every process.
squeeze = partial(gzip.compress, mtime=0)

NAME = '<string key="concept:name" value="Check"/>'
TIME = '<date key="time:timestamp" value="2020-01-01T08:00:00.000+01:00"/>'
EVENT = f"<event>{NAME}{TIME}</event>"
NOON = datetime(2020, 1, 1, 12, tzinfo=UTC)

#: Case, activity, instant, offset in minutes, resource, group.
Fact = tuple[str | None, str, datetime, int, str | None, str | None]


def written(folder: Path, content: str | bytes, name: str = "log.xes") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def log_of(*parts: str) -> str:
    return f'<log xes.version="1.0">{"".join(parts)}</log>'


def trace_of(*parts: str) -> str:
    return log_of("<trace>", *parts, "</trace>")


def items_of(folder: Path, content: str | bytes) -> list[LogItem]:
    return list(read_log(written(folder, content)))


def only_event(folder: Path, content: str | bytes) -> LoggedEvent:
    (event,) = [item for item in items_of(folder, content) if isinstance(item, LoggedEvent)]
    return event


def reason_of(folder: Path, event: str) -> str:
    (rejected,) = [
        item for item in items_of(folder, trace_of(event)) if isinstance(item, RejectedEvent)
    ]
    return rejected.reason


def facts_of(path: Path) -> Counter[Fact]:
    facts: Counter[Fact] = Counter()
    name: str | None = None
    for item in read_log(path):
        if isinstance(item, TraceStarted):
            name = item.name
        elif isinstance(item, LoggedEvent):
            time = item.time.astimezone(UTC)
            fact = (name, item.activity, time, item.offset_minutes, item.resource, item.group)
            facts[fact] += 1
    return facts


def facts_by_iterparse(path: Path) -> Counter[Fact]:
    """What the standard library finds, told without a line of the reader under test."""
    facts: Counter[Fact] = Counter()
    packed = path.read_bytes()[:2] == b"\x1f\x8b"
    with gzip.open(path) if packed else path.open("rb") as stream:
        for _, element in ET.iterparse(stream):
            if element.tag.rpartition("}")[2] != "trace":
                continue
            name = values_of(element).get("concept:name")
            for event in element:
                if event.tag.rpartition("}")[2] == "event":
                    got = values_of(event)
                    time = datetime.fromisoformat(got["time:timestamp"])
                    minutes = int((time.utcoffset() or timedelta()).total_seconds() / 60)
                    people = (got.get("org:resource"), got.get("org:group"))
                    facts[name, got["concept:name"], time.astimezone(UTC), minutes, *people] += 1
            element.clear()
    return facts


def values_of(element: ET.Element) -> dict[str, str]:
    return {part.get("key", ""): part.get("value", "") for part in element}


# ---- Reading what others wrote


@pytest.mark.parametrize(
    ("name", "traces", "events"),
    [
        ("receipt-400.xes.gz", 400, 2468),
        ("running-example.xes", 6, 42),
        ("roadtraffic100traces.xes", 100, 390),
    ],
)
def test_a_real_log_is_read_like_another_reader_reads_it(
    shared: Path, name: str, traces: int, events: int
) -> None:
    kinds = Counter(type(item) for item in read_log(shared / name))
    assert kinds == {TraceStarted: traces, LoggedEvent: events, TraceEnded: traces}
    assert facts_of(shared / name) == facts_by_iterparse(shared / name)


def test_the_receipt_log_keeps_its_empty_groups_and_its_traces_attributes(shared: Path) -> None:
    groups: Counter[str | None] = Counter()
    started = []
    for item in read_log(shared / "receipt-400.xes.gz"):
        if isinstance(item, LoggedEvent):
            groups[item.group] += 1
        elif isinstance(item, TraceStarted):
            started.append(item)
    assert groups["EMPTY"] == 656
    assert groups[None] == 0
    assert {"channel", "department", "responsible", "startdate"} <= started[0].attributes.keys()
    assert "concept:name" not in started[0].attributes


def test_items_come_flat_in_the_order_of_the_file_with_their_lines(tmp_path: Path) -> None:
    content = "\n".join(
        [
            "<log>",
            '<trace><string key="concept:name" value="A"/><int key="size" value="7"/>',
            "<event>",
            NAME + TIME,
            "</event>",
            f"<event>{TIME}</event>",
            f"<event>{NAME}{TIME}</event></trace>",
            "<trace/>",
            "</log>",
        ]
    )
    started, first, rejected, second, ended, *empty = items_of(tmp_path, content)
    assert started == TraceStarted(0, "A", {"size": "7"})
    at_eight = datetime(2020, 1, 1, 8, tzinfo=timezone(timedelta(hours=1)))
    assert first == LoggedEvent(0, 0, "Check", at_eight, 60, None, None, None, None, 3)
    assert rejected == RejectedEvent(0, 1, 6, "it has no concept:name")
    assert isinstance(second, LoggedEvent)
    assert (second.index, second.line) == (2, 7)
    assert ended == TraceEnded(0, 3)
    assert empty == [TraceStarted(1, None, {}), TraceEnded(1, 0)]


def test_every_attribute_that_is_kept_reaches_its_field(tmp_path: Path) -> None:
    event = only_event(
        tmp_path,
        trace_of(
            "<event>",
            '<id key="concept:instance" value="i-1"/>',
            '<string key="org:resource" value="Ana &amp; Bo"/>',
            '<string key="org:group" value=""/>',
            '<string key="lifecycle:transition" value="start"/>',
            '<string key="cost:total" value="9"/>',
            TIME,
            NAME,
            "</event>",
        ),
    )
    assert (event.resource, event.group) == ("Ana & Bo", "")
    assert (event.lifecycle, event.instance) == ("start", "i-1")


def test_defaults_of_a_global_are_not_filled_in(tmp_path: Path) -> None:
    defaults = '<global scope="event"><string key="org:group" value="UNKNOWN"/></global>'
    event = only_event(tmp_path, log_of(defaults, f"<trace>{EVENT}</trace>"))
    assert event.group is None


def test_empty_as_a_word_is_a_group_like_any_other(tmp_path: Path) -> None:
    group = '<string key="org:group" value="EMPTY"/>'
    assert only_event(tmp_path, trace_of(f"<event>{NAME}{TIME}{group}</event>")).group == "EMPTY"


def test_attributes_inside_attributes_lists_and_containers_are_passed_over(tmp_path: Path) -> None:
    inner = '<string key="concept:name" value="inner"/><date key="time:timestamp" value="x"/>'
    event = only_event(
        tmp_path,
        trace_of(
            f'<list key="l"><values><event>{inner}</event>{inner}</values></list>',
            f'<string key="concept:name" value="outer">{inner}</string>',
            f'<event><string key="concept:name" value="Check">{inner}</string>{TIME}',
            f'<container key="c">{inner}</container></event>',
        ),
    )
    assert event.activity == "Check"
    (started, *_) = read_log(tmp_path / "log.xes")
    assert started == TraceStarted(0, "outer", {})


@pytest.mark.parametrize("prefix", ["", "x:", "odd.one:"])
def test_a_namespace_may_be_there_or_not(tmp_path: Path, prefix: str) -> None:
    p = prefix
    space = f'xmlns{":" + p[:-1] if p else ""}="http://www.xes-standard.org/"'
    content = f"<{p}log {space}><{p}trace><{p}event>"
    content += f'<{p}string key="concept:name" value="Check"/>'
    content += f'<{p}date key="time:timestamp" value="2020-01-01T08:00:00Z"/>'
    content += f"</{p}event></{p}trace></{p}log>"
    assert only_event(tmp_path, content).activity == "Check"


def test_a_name_that_comes_after_the_events_comes_too_late(tmp_path: Path) -> None:
    content = trace_of(EVENT, '<string key="concept:name" value="late"/>', EVENT)
    started, first, second, ended = items_of(tmp_path, content)
    assert started == TraceStarted(0, None, {})
    assert isinstance(first, LoggedEvent)
    assert isinstance(second, LoggedEvent)
    assert ended == TraceEnded(0, 2)


def test_traces_of_one_name_stay_apart_by_their_index(tmp_path: Path) -> None:
    twin = f'<trace><string key="concept:name" value="A"/>{EVENT}</trace>'
    started = [i for i in items_of(tmp_path, log_of(twin, twin)) if isinstance(i, TraceStarted)]
    assert [(item.index, item.name) for item in started] == [(0, "A"), (1, "A")]


def test_a_traces_attributes_are_kept_within_bounds(tmp_path: Path) -> None:
    many = "".join(f'<int key="k{n}" value="{n}"/>' for n in range(100))
    long = f'<string key="long" value="{"x" * 4097}"/><string key="ctl" value="a&#10;b"/>'
    nameless = '<string key="concept:name" value="   "/><string value="no key"/>'
    (started, *_) = items_of(tmp_path, trace_of(long, nameless, many))
    assert isinstance(started, TraceStarted)
    assert started.name is None
    assert list(started.attributes) == [f"k{n}" for n in range(64)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "cp1252"])
def test_an_encoding_that_is_declared_is_read(tmp_path: Path, encoding: str) -> None:
    name = encoding.removesuffix("-sig")
    content = f'<?xml version="1.0" encoding="{name}"?>' + trace_of(EVENT).replace("Check", "Prüf")
    assert only_event(tmp_path, content.encode(encoding)).activity == "Prüf"


def test_gzip_is_known_by_its_bytes_and_may_have_several_parts(tmp_path: Path) -> None:
    content = trace_of(EVENT).encode()
    halves = squeeze(content[:30]) + squeeze(content[30:])
    assert only_event(tmp_path, halves).activity == "Check"
    assert list(read_log(written(tmp_path, content, "plain.gz")))


def test_the_digest_is_that_of_the_log_packed_or_not(tmp_path: Path) -> None:
    content = trace_of(EVENT).encode()
    plain, packed = written(tmp_path, content), written(tmp_path, squeeze(content), "p")
    assert log_digest(plain) == log_digest(packed) == hashlib.sha256(content).hexdigest()


def test_progress_grows_to_the_size_of_the_file(tmp_path: Path) -> None:
    log = tmp_path / "log.xes"
    make_log(log, events=2_000)
    told: list[tuple[int, int]] = []
    assert list(read_log(log, lambda done, size: told.append((done, size))))
    assert len(told) > 2
    assert told == sorted(told)
    assert told[-1] == (log.stat().st_size, log.stat().st_size)


# ---- Times


@pytest.mark.parametrize(
    ("text", "utc", "minutes"),
    [
        ("2010-12-30T14:32:00.000+01:00", "2010-12-30T13:32:00", 60),
        ("2010-12-30T14:32:00Z", "2010-12-30T14:32:00", 0),
        ("2010-12-30T14:32:00-00:00", "2010-12-30T14:32:00", 0),
        ("2010-12-30T14:32:00+05:45", "2010-12-30T08:47:00", 345),
        ("2010-12-30T14:32:00-11:30", "2010-12-31T02:02:00", -690),
        ("2010-12-30T14:32:00+14:00", "2010-12-30T00:32:00", 840),
        ("2010-12-30T14:32:00-14:00", "2010-12-31T04:32:00", -840),
        ("2010-12-30T14:32:00.1+00:00", "2010-12-30T14:32:00.100000", 0),
        ("2010-12-30T14:32:00.123456+00:00", "2010-12-30T14:32:00.123456", 0),
        ("2010-12-30T14:32:00.123456999+00:00", "2010-12-30T14:32:00.123456", 0),
        ("  2010-12-30T14:32:00Z\t", "2010-12-30T14:32:00", 0),
        ("2010-12-31T24:00:00+01:00", "2010-12-31T23:00:00", 60),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00", 0),
        ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999", 0),
    ],
)
def test_a_time_keeps_its_instant_and_its_offset(text: str, utc: str, minutes: int) -> None:
    time, offset = parse_time(text)
    assert time.astimezone(UTC).replace(tzinfo=None).isoformat() == utc
    assert offset == minutes
    assert time.utcoffset() == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2010-12-30T14:32:00", "no time zone"),
        ("2010-12-30", "no time zone"),
        ("", "unreadable time ''"),
        ("yesterday", "unreadable time 'yesterday'"),
        ("2010-02-30T14:32:00Z", "unreadable time"),
        ("2010-12-30T24:00:01Z", "unreadable time"),
        ("2010-12-30T24:00:00.5Z", "unreadable time"),
        ("9999-12-31T24:00:00Z", "unreadable time"),
        ("-0044-03-15T12:00:00Z", "unreadable time"),
        ("1293719520", "unreadable time"),
        ("9" * 5000, "unreadable time '9999999999999999999999999999999999999999…'"),
        ("2010-12-30T14:32:00+14:01", "over 14 hours"),
        ("2010-12-30T14:32:00-23:59", "over 14 hours"),
        ("2010-12-30T14:32:00+24:00", "unreadable time"),
        ("2010-12-30T14:32:00+01:00:30", "not in whole minutes"),
        ("2010-12-30T14:32:00+01:00:00.5", "not in whole minutes"),
        ("0001-01-01T00:00:00+01:00", "outside the years 1 to 9999"),
        ("9999-12-31T23:59:59-01:00", "outside the years 1 to 9999"),
    ],
)
def test_a_time_that_cannot_be_taken_says_why(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_time(text)


@pytest.mark.parametrize(
    ("text", "utc", "minutes"),
    [
        ("2026-03-01T08:00:00", "2026-03-01T00:00:00", 480),
        ("2026-03-01", "2026-02-28T16:00:00", 480),
        ("2026-03-01 08:00:00.25", "2026-03-01T00:00:00.250000", 480),
        # What names its own keeps it.
        ("2026-03-01T08:00:00Z", "2026-03-01T08:00:00", 0),
        ("2026-03-01T08:00:00+09:00", "2026-02-28T23:00:00", 540),
    ],
)
def test_a_time_without_a_zone_is_read_in_the_one_that_was_named(
    text: str, utc: str, minutes: int
) -> None:
    time, offset = parse_time(text, ZoneInfo("Asia/Makassar"))
    assert time.astimezone(UTC).replace(tzinfo=None).isoformat() == utc
    assert offset == minutes


def test_a_time_that_a_zone_left_out_is_refused_and_the_earlier_of_two_is_taken() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    with pytest.raises(ValueError, match="left out when clocks were set forward"):
        parse_time("2026-03-29T02:30:00", berlin)
    assert parse_time("2026-10-25T02:30:00", berlin)[1] == 120
    with pytest.raises(ValueError, match="not in whole minutes"):
        parse_time("1800-01-01T00:00:00", berlin)


def test_a_log_whose_times_name_no_zone_is_taken_in_the_zone_that_was_named(tmp_path: Path) -> None:
    file = tmp_path / "log.xes"
    name = '<string key="concept:name" value="A"/>'
    time = '<date key="time:timestamp" value="2026-03-01T08:00:00"/>'
    file.write_text(f"<log><trace><event>{name}{time}</event></trace></log>")
    assert [type(item) for item in read_log(file)][1] is RejectedEvent
    (_, event, _) = read_log(file, zone=ZoneInfo("Asia/Jakarta"))
    assert isinstance(event, LoggedEvent)
    assert event.offset_minutes == 420
    digests = {
        log_digest(file),
        log_digest(file, "Asia/Jakarta"),
        log_digest(file, "Asia/Jayapura"),
    }
    assert len(digests) == 3


# ---- Events that cannot be taken: each is told and reading goes on


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ("<event/>", "it has no concept:name"),
        (f"<event>{TIME}</event>", "it has no concept:name"),
        (f"<event>{NAME}</event>", "it has no time:timestamp"),
        (f'<event><string key="concept:name"/>{TIME}</event>', "it has no concept:name"),
        (f'<event><string key="concept:name" value=""/>{TIME}</event>', "concept:name is empty"),
        (f'<event><string key="concept:name" value=" "/>{TIME}</event>', "concept:name is empty"),
        (f"<event>{NAME}{TIME.replace('+01:00', '')}</event>", "has no time zone"),
        (f"<event>{NAME}{TIME.replace('+01:00', '+15:00')}</event>", "over 14 hours"),
        (f"<event>{NAME}{TIME.replace('2020', '20x0')}</event>", "unreadable time"),
        (f"<event>{NAME.replace('Check', 'a&#10;b')}{TIME}</event>", "control character"),
        (f"<event>{NAME.replace('Check', 'a&#127;b')}{TIME}</event>", "control character"),
        (f"<event>{NAME.replace('Check', 'a&#x85;b')}{TIME}</event>", "control character"),
        (f"<event>{NAME.replace('Check', 'x' * 4097)}{TIME}</event>", "over 4,096 characters"),
        (
            f'<event>{NAME}{TIME}<string key="org:group" value="{"x" * 4097}"/></event>',
            "its org:group is over 4,096 characters",
        ),
        (
            f'<event>{NAME}{TIME}<string key="org:resource" value="&#9;"/></event>',
            "its org:resource holds a control character",
        ),
    ],
)
def test_an_event_that_cannot_be_taken_is_told_with_its_reason(
    tmp_path: Path, event: str, reason: str
) -> None:
    assert reason in reason_of(tmp_path, event)
    whole = items_of(tmp_path, trace_of(EVENT, event, EVENT))
    assert [type(item) for item in whole[1:4]] == [LoggedEvent, RejectedEvent, LoggedEvent]
    assert whole[-1] == TraceEnded(0, 3)


def test_an_event_outside_of_any_trace_belongs_to_no_case(tmp_path: Path) -> None:
    content = log_of(EVENT, f"<trace>{EVENT}</trace>", EVENT)
    rejected = [item for item in items_of(tmp_path, content) if isinstance(item, RejectedEvent)]
    assert [(item.trace, item.index) for item in rejected] == [(None, 0), (None, 1)]
    assert "outside of any trace" in rejected[0].reason


@pytest.mark.parametrize("value", ["x" * 4096, "naïve \u00a0 \u2028 日本 \U0001f600 \ufffd"])
def test_long_and_unusual_values_are_no_reason_to_reject(tmp_path: Path, value: str) -> None:
    content = trace_of(f"<event>{NAME.replace('Check', value)}{TIME}</event>")
    assert only_event(tmp_path, content).activity == value


def test_an_attribute_that_is_not_kept_may_be_long(tmp_path: Path) -> None:
    note = f'<string key="note" value="{"x" * 500_000}&#10;"/>'
    assert only_event(tmp_path, trace_of(f"<event>{NAME}{note}{TIME}</event>")).activity == "Check"


# ---- Files that cannot be taken

BOMB = '<!DOCTYPE log [<!ENTITY a "xxxxxxxxxx"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
EXTERNAL = '<!DOCTYPE log [<!ENTITY x SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", r"log\.xes: the file is empty: give"),
        (squeeze(b""), r"log\.xes: the file is empty: give"),
        (" \n ", r"line 2, column 2: broken XML, the file ends too early"),
        ("just text", r"line 1, column 1: broken XML, syntax error"),
        (b"PK\x03\x04zipped", r"it is a zip archive: unpack it"),
        (b"PK\x05\x06", r"it is an empty zip archive: unpack it"),
        (bz2.compress(b"<log/>"), r"it is packed with bzip2: unpack it"),
        (lzma.compress(b"<log/>"), r"it is packed with xz: unpack it"),
        (
            gzip.compress(gzip.compress(b"<log/>", mtime=0), mtime=0),
            r"it is packed with gzip twice: unpack it once",
        ),
        (
            gzip.compress(bz2.compress(b"<log/>"), mtime=0),
            r"in it is a file that is packed with bzip2",
        ),
        (b"SQLite format 3\x00", r"it is a SQLite file, as OCEL comes in: it holds no cases"),
        ('{"objectTypes": []}', r"it is OCEL in JSON: it holds no cases"),
        ('\ufeff {"ocel:events": {}}', r"it is OCEL in JSON: it holds no cases"),
        ("[1, 2]", r"it is JSON: give an XES log"),
        ("<log>\n<object-types/></log>", r"line 2: this is OCEL: it holds no cases"),
        ("<log><events><event/></events></log>", r"line 1: this is OCEL: it holds no cases"),
        ("<WorkflowLog/>", r"<WorkflowLog>, not <log>: this is MXML: write it as XES"),
        ("<log/>", r"there is no <trace> and no <event> in it"),
        ("<log><Trace><Event/></Trace></log>", r"there is no <trace> and no <event> in it"),
        ('<log><string key="a" value="b"/></log>', r"there is no <trace> and no <event> in it"),
        (b"\x1f\x8bnot gzip at all", r"damaged gzip .*: fetch or copy it again"),
        (squeeze(b"<log>" * 900)[:-9], r"the gzip file is cut off: fetch"),
        (squeeze(b"<log/>") + b"tail", r"damaged gzip"),
        (trace_of(EVENT)[:-10], r"line 1, column \d+: broken XML, the file ends too early"),
        ("<log>\n<trace>\n</log>", r"line 3, column 3: broken XML, mismatched tag: mend"),
        ("<log>\n<trace & >", r"line 2, column 8: broken XML, not well-formed"),
        ('<log>\n<a b="1" b="2"/>', r"line 2, column 10: broken XML, duplicate attribute"),
        ("<log>&nbsp;</log>", r"line 1, column 6: broken XML, undefined entity"),
        (trace_of('<string key="k" value="&#xD800;"/>'), r"reference to invalid character"),
        (trace_of('<string key="k" value="&#0;"/>'), r"reference to invalid character"),
        (log_of() + "<log/>", r"junk after document element"),
        ("<html>\n<body/></html>", r"line 1: the root element is <html>, not <log>: give an XES"),
        (BOMB + "<log>&b;</log>", r"line 1: a DOCTYPE is not accepted .*: remove it"),
        (EXTERNAL + "<log>&x;</log>", r"line 1: a DOCTYPE is not accepted"),
        ('<!DOCTYPE log SYSTEM "http://localhost/x.dtd"><log/>', r"a DOCTYPE is not accepted"),
        ("<log>" + "<a>" * 70, r"line 1: nested deeper than 64 elements"),
        (trace_of("<event>", "<a>" * 70), r"line 1: nested deeper than 64 elements"),
        ('<?xml version="1.0"?><log a="é"/>'.encode("latin-1"), r"broken XML, not well-formed"),
        ('<?xml version="1.0" encoding="klingon"?><log/>', r"encoding cannot be read .*: save"),
        ('<?xml version="1.0" encoding="shift_jis"?><log/>', r"encoding cannot be read .*: save"),
        ('<?xml version="1.0" encoding="hex"?><log/>', r"encoding cannot be read .*: save"),
        ('<?xml version="1.0" encoding="utf-16"?><log/>', r"broken XML, encoding specified"),
    ],
)
def test_a_file_that_is_no_sound_log_is_refused_with_place_and_cure(
    tmp_path: Path, content: str | bytes, message: str
) -> None:
    with pytest.raises(BadInput, match=message) as refused:
        items_of(tmp_path, content)
    assert str(tmp_path / "log.xes") in str(refused.value)


def test_what_came_before_the_fault_was_given(tmp_path: Path) -> None:
    reading = read_log(written(tmp_path, "<log><trace>" + EVENT * 2_000 + "<trace>"))
    got = [next(reading) for _ in range(1_000)]
    assert isinstance(got[-1], LoggedEvent)
    with pytest.raises(BadInput, match="ends too early"):
        list(reading)


@pytest.mark.parametrize("read", [lambda path: list(read_log(path)), log_digest])
def test_what_is_no_file_is_refused(tmp_path: Path, read: object) -> None:
    assert callable(read)
    for path in (tmp_path, tmp_path / "absent.xes", tmp_path / "absent" / "log.xes"):
        with pytest.raises(BadInput, match=r"cannot be read \(.+\): give an XES file"):
            read(path)


def test_a_digest_is_not_given_of_half_a_file(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cut off"):
        log_digest(written(tmp_path, squeeze(b"<log/>")[:-4]))
    with pytest.raises(BadInput, match="is empty"):
        log_digest(written(tmp_path, b""))


# ---- Memory


def peak_of_reading(path: Path) -> int:
    tracemalloc.start()
    try:
        for _ in read_log(path):
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "pack", [bytes, partial(gzip.compress, compresslevel=1)], ids=["plain", "gzip"]
)
@pytest.mark.parametrize(
    "giant",
    [b'<log><trace><event><string key="concept:name" value="', b"<log>\n<!--", b"<log><a "],
    ids=["attribute", "comment", "tag"],
)
def test_50_megabytes_in_one_piece_are_refused_after_the_first(
    tmp_path: Path, giant: bytes, pack: Callable[[bytes], bytes]
) -> None:
    log = written(tmp_path, pack(giant + b"x" * 50_000_000))
    tracemalloc.start()
    try:
        with pytest.raises(BadInput, match=r"line \d: a tag or comment is over 1 MiB: take"):
            list(read_log(log))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8_000_000


def test_giant_text_between_the_elements_is_passed_over(tmp_path: Path) -> None:
    log = written(tmp_path, squeeze(trace_of(EVENT, " \n" * 5_000_000, EVENT).encode()))
    assert peak_of_reading(log) < 2_000_000


@pytest.mark.parametrize(
    ("few", "many"),
    [
        (1_000, 10_000),
        pytest.param(50_000, 500_000, marks=pytest.mark.long),
    ],
)
def test_a_trace_of_ten_times_the_events_takes_the_same_memory(
    tmp_path: Path, few: int, many: int
) -> None:
    make_log(tmp_path / "few.xes", events=few)
    make_log(tmp_path / "many.xes", events=many)
    assert peak_of_reading(tmp_path / "many.xes") <= 1.2 * peak_of_reading(tmp_path / "few.xes")


# ---- Writing


def test_what_is_written_comes_back_and_absent_stays_absent(tmp_path: Path) -> None:
    out = tmp_path / "out.xes"
    with xes_file(out) as log:
        log.start_trace("A", {"size": 7, "open": True, "since": NOON, "say": 'a "<&>\n'})
        log.event("Check", NOON, 345, resource="R", group="EMPTY", lifecycle="start", instance="i")
        log.event("Sign", NOON + timedelta(microseconds=5), -690, group="")
        log.end_trace()
        log.start_trace(None)
        log.end_trace()
    started, check, sign, _, nameless, _ = read_log(out)
    since = "2020-01-01T12:00:00.000+00:00"
    # The line end was written so that it is still one; the reader does not take those.
    assert started == TraceStarted(0, "A", {"size": "7", "open": "true", "since": since})
    assert 'value="a &quot;&lt;&amp;>&#10;"' in out.read_text()
    assert isinstance(check, LoggedEvent)
    assert (check.time, check.offset_minutes) == (NOON, 345)
    assert (check.resource, check.group, check.lifecycle, check.instance) == (
        *("R", "EMPTY", "start"),
        "i",
    )
    assert isinstance(sign, LoggedEvent)
    assert (sign.time, sign.offset_minutes) == (NOON + timedelta(microseconds=5), -690)
    assert (sign.resource, sign.group, sign.lifecycle, sign.instance) == (None, "", None, None)
    assert nameless == TraceStarted(1, None, {})


def test_the_receipt_log_survives_being_written(shared: Path, tmp_path: Path) -> None:
    source, out = shared / "receipt-400.xes.gz", tmp_path / "out.xes.gz"
    with xes_file(out) as log:
        for item in read_log(source):
            if isinstance(item, TraceStarted):
                log.start_trace(item.name, item.attributes)
            elif isinstance(item, TraceEnded):
                log.end_trace()
            elif isinstance(item, LoggedEvent):
                log.event(
                    item.activity,
                    item.time,
                    item.offset_minutes,
                    resource=item.resource,
                    group=item.group,
                )
    assert out.read_bytes()[:2] == b"\x1f\x8b"
    found = facts_by_iterparse(out)
    assert found.total() == 2468
    assert found == facts_by_iterparse(source)


legal_text = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
    | st.sampled_from("\t\n\r<>&\"'\x7f\x85"),
    max_size=20,
)
moments = st.datetimes(
    min_value=datetime.fromisoformat("0002-01-01"),
    max_value=datetime.fromisoformat("9998-01-01"),
    timezones=st.just(UTC),
)
offsets = st.integers(-840, 840)
keys = legal_text.filter(lambda key: ":" not in key)
values = legal_text | st.booleans() | st.integers(-(2**63) + 1, 2**63 - 1)


def one_event(
    activity: str,
    time: datetime,
    offset: int,
    resource: str | None = None,
    group: str | None = None,
) -> bytes:
    stream = io.StringIO()
    with XesWriter(stream) as log:
        log.start_trace("A")
        log.event(activity, time, offset, resource=resource, group=group)
        log.end_trace()
    return stream.getvalue().encode()


@given(legal_text, moments, offsets, st.none() | legal_text, st.none() | legal_text)
def test_any_text_time_and_offset_comes_back_to_another_reader(
    activity: str, time: datetime, offset: int, resource: str | None, group: str | None
) -> None:
    content = one_event(activity, time, offset, resource=resource, group=group)
    event = ET.fromstring(content).find("trace/event")
    assert event is not None
    got = values_of(event)
    assert got["concept:name"] == activity
    assert (got.get("org:resource"), got.get("org:group")) == (resource, group)
    found = datetime.fromisoformat(got["time:timestamp"])
    assert found == time
    assert found.utcoffset() == timedelta(minutes=offset)
    assert len(event) == 2 + (resource is not None) + (group is not None)


@pytest.fixture(scope="module")
def schema() -> Any:
    etree = pytest.importorskip("lxml.etree")
    path = SHARED / "schemas" / "xes-ieee-1849-2016.xsd"
    need(path.exists(), str(path))
    return etree.XMLSchema(etree.parse(str(path)))


def assert_valid(schema: Any, content: bytes) -> None:
    schema.assertValid(pytest.importorskip("lxml.etree").fromstring(content))


@given(legal_text, moments, offsets, st.dictionaries(keys, values, max_size=3))
def test_whatever_is_written_is_valid_against_the_schema(
    schema: Any, text: str, time: datetime, offset: int, extra: dict[str, Value]
) -> None:
    stream = io.StringIO()
    with XesWriter(stream) as log:
        log.start_trace(None, extra | {"when": time, "org:group": text})
        log.event(text, time, offset, resource=text, group=text, lifecycle=text, extra=extra)
        log.event(text, time, offset, instance=text)
        log.end_trace()
        log.start_trace(text)
        log.end_trace()
    assert_valid(schema, stream.getvalue().encode())


def test_a_log_without_traces_is_valid_and_one_out_of_order_is_not(schema: Any) -> None:
    stream = io.StringIO()
    with XesWriter(stream):
        pass
    content = stream.getvalue().encode()
    assert_valid(schema, content)
    extension = b'<extension name="X" prefix="x" uri="x"/></log>'
    with pytest.raises(Exception, match="extension"):
        assert_valid(schema, content.replace(b"</log>", extension))


@pytest.mark.parametrize("text", ["a\x00b", "\x1b", "\ud800", "\ufffe", "\uffff"])
def test_a_character_that_xml_cannot_hold_is_refused_and_not_replaced(text: str) -> None:
    with pytest.raises(ValueError, match=r"character U\+[0-9A-F]{4} cannot stand in XML"):
        one_event(text, NOON, 0)


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("org:role", "org:role"),
        ("Responsible actor", "Responsible_actor"),
        ("(case) phase", "_case__phase"),
        ("3rd", "_3rd"),
        ("-x", "_-x"),
        ("", "_"),
        ("prijs €", "prijs__"),
    ],
)
def test_a_key_becomes_an_xml_name(key: str, name: str) -> None:
    assert safe_key(key) == name


@pytest.mark.parametrize(
    ("time", "offset", "text"),
    [
        (NOON, 0, "2020-01-01T12:00:00.000+00:00"),
        (NOON + timedelta(milliseconds=7), 60, "2020-01-01T13:00:00.007+01:00"),
        (NOON + timedelta(microseconds=7), -30, "2020-01-01T11:30:00.000007-00:30"),
    ],
)
def test_a_time_is_written_at_its_offset(time: datetime, offset: int, text: str) -> None:
    assert format_time(time, offset) == text


@pytest.mark.parametrize(
    ("time", "offset", "message"),
    [(NOON.replace(tzinfo=None), 0, "no time zone"), (NOON, 841, "at most 840 either way")],
)
def test_a_time_that_no_other_reader_could_take_is_refused(
    time: datetime, offset: int, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        format_time(time, offset)


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ({"org:group": "G"}, "org:group: give it as an argument of its own"),
        ({"n": 2**63}, "beyond 64 bits"),
        ({"t": NOON.replace(tzinfo=None)}, "no time zone"),
    ],
)
def test_an_attribute_that_cannot_be_written_is_refused(
    extra: dict[str, Value], message: str
) -> None:
    log = XesWriter(io.StringIO())
    log.start_trace("A")
    with pytest.raises(ValueError, match=message):
        log.event("Check", NOON, 0, extra=extra)


def test_calls_out_of_order_are_refused() -> None:
    log = XesWriter(io.StringIO())
    with pytest.raises(RuntimeError, match="no trace is open"):
        log.event("Check", NOON, 0)
    with pytest.raises(RuntimeError, match="no trace is open"):
        log.end_trace()
    log.start_trace("A")
    with pytest.raises(RuntimeError, match="a trace is still open"):
        log.start_trace("B")
    with pytest.raises(RuntimeError, match="a trace is still open"), XesWriter(io.StringIO()) as b:
        b.start_trace("C")


def test_the_same_log_is_packed_into_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one.xes.gz", "two.xes.gz"):
        with xes_file(tmp_path / name) as log:
            log.start_trace("A")
            log.end_trace()
    assert (tmp_path / "one.xes.gz").read_bytes() == (tmp_path / "two.xes.gz").read_bytes()


@pytest.mark.parametrize("name", ["out.xes", "out.xes.gz"])
def test_an_export_that_fails_leaves_what_was_there(tmp_path: Path, name: str) -> None:
    out = written(tmp_path, "before", name)

    def fail_half_way() -> None:
        with xes_file(out) as log:
            log.start_trace("A")
            raise KeyError

    with pytest.raises(KeyError):
        fail_half_way()
    assert out.read_text() == "before"
    assert list(tmp_path.iterdir()) == [out]


def test_an_export_to_where_nothing_can_be_written_is_refused(tmp_path: Path) -> None:
    for path, message in (
        (tmp_path, "is a folder or a device"),
        (Path(os.devnull), "is a folder or a device"),
        (tmp_path / "absent" / "out.xes", r"cannot be written \(No such file or directory\)"),
    ):
        with pytest.raises(BadInput, match=message), xes_file(path):
            pytest.fail("it was opened")
