"""Real logs go in with their own times and come out as they were, on both databases."""

import bz2
import json
import lzma
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import Connection

from casetrack.domain.delivery.receivers import told
from casetrack.domain.errors import BadInput
from casetrack.domain.events import Event
from casetrack.gateways.logs.xes_reader import LoggedEvent, TraceStarted, log_digest, read_log
from casetrack.gateways.logs.xes_writer import xes_file
from casetrack.storage.case import case_events
from casetrack.storage.delivery import delivery_lists
from casetrack.storage.logs import export as exports
from casetrack.usecases.delivery import relay
from casetrack.usecases.logs.export import Exporter
from casetrack.usecases.logs.replay import Importer, Report, choose_region
from casetrack.usecases.people import subjects
from casetrack.usecases.proof.verify import verify
from tests.support.commands import run_command
from tests.support.erasing import erase
from tests.support.lanes import work
from tests.support.logs import make_log, read_independently
from tests.support.world import LETTER_STORY, SAMARINDA, SURABAYA, World, environment_for


def named_events(file: Path) -> Iterator[tuple[LoggedEvent, str | None]]:
    """The log's events with the names of their traces."""
    name: str | None = None
    for item in read_log(file):
        if isinstance(item, TraceStarted):
            name = item.name
        elif isinstance(item, LoggedEvent):
            yield item, name


def replay(world: World, file: Path, *, at_most: int | None = None, region: str = "") -> Report:
    """Take a log in, perhaps only its beginning."""
    importer = Importer(
        world.ctx,
        region or choose_region(world.ctx, None),
        log_digest(file),
        lambda: relay.drain(world.ctx, told, lambda lanes: None),
    )
    for seen in importer.take(named_events(file)):
        if at_most is not None and seen >= at_most:
            break
    return importer.report


def imported(connection: Connection, *regions: str) -> Iterator[Event]:
    """The events of logs, without the trace of who loaded their region."""
    for row in exports.events_by_stream(connection, regions):
        if row.stream.startswith("import/"):
            yield Event.from_body(row.body)


def export(world: World, out: Path, region: str | None = None) -> None:
    """Write everything out."""
    with xes_file(out) as log:
        stream: str | None = None
        for event in Exporter(world.ctx).events(region):
            if event.stream != stream:
                if stream is not None:
                    log.end_trace()
                log.start_trace(event.case)
                stream = event.stream
            log.event(
                event.activity,
                event.time,
                event.offset_minutes,
                resource=event.resource,
                group=event.group,
            )
        if stream is not None:
            log.end_trace()


@pytest.mark.parametrize(
    ("name", "events"),
    [
        ("receipt-400.xes.gz", 2468),
        ("running-example.xes", 42),
        ("roadtraffic100traces.xes", 390),
    ],
)
def test_a_real_log_comes_out_as_it_went_in(
    world: World, shared: Path, tmp_path: Path, name: str, events: int
) -> None:
    report = replay(world, shared / name)
    assert (report.events, report.already_present) == (events, 0)
    out = tmp_path / "out.xes.gz"
    export(world, out)
    assert read_independently(out) == read_independently(shared / name)


def test_what_is_written_is_valid_against_the_schema(
    world: World, shared: Path, tmp_path: Path
) -> None:
    etree = pytest.importorskip("lxml.etree")
    number = world.open().view["number"]
    world.play(number, LETTER_STORY)
    replay(world, shared / "running-example.xes")
    export(world, tmp_path / "out.xes")
    schema = etree.XMLSchema(etree.parse(str(shared / "schemas" / "xes-ieee-1849-2016.xsd")))
    schema.assertValid(etree.parse(str(tmp_path / "out.xes")))


def test_the_same_log_again_changes_nothing_and_a_log_cut_short_goes_on(
    world: World, tmp_path: Path
) -> None:
    file = tmp_path / "log.xes"
    make_log(file, events=1800, traces=3)
    first = replay(world, file, at_most=1000)
    assert first.events == 1000
    second = replay(world, file)
    assert (second.events, second.already_present) == (800, 1000)
    third = replay(world, file)
    assert (third.events, third.already_present) == (0, 1800)
    export(world, tmp_path / "out.xes")
    assert read_independently(tmp_path / "out.xes") == read_independently(file)
    with world.database.read() as connection:
        assert delivery_lists.queue_length(connection) == 0
        rows = case_events.ledger_entries(connection, "00", after=0, limit=5000)
    places = [row.position for row in rows if row.stream.startswith("import/")]
    first_place = places[0]
    assert places == list(range(first_place, first_place + 1800))


def test_imported_facts_are_no_decisions_and_only_the_sink_hears_of_them(
    world: World, tmp_path: Path
) -> None:
    file = tmp_path / "log.xes"
    make_log(file, events=20, traces=2)
    replay(world, file)
    with world.database.read() as connection:
        assert delivery_lists.delivery_counts(connection) == {"pending": 20}
        rows = delivery_lists.deliveries(connection, number=None, states=["pending"], limit=100)
        events = list(imported(connection, "00"))
    assert {row.channel for row in rows} == {"file"}
    assert work(world.ctx, [("00", "file")], world.app.teller) == 20
    sink = (world.mail.parent / "sink" / "00.jsonl").read_text()
    assert len(sink.splitlines()) == 20
    assert not list(world.mail.glob("*.eml"))
    assert {event.type for event in events} == {"casetrack.imported.activity_recorded"}
    assert all("authority" not in event.data for event in events)
    assert all(event.occurred_at < event.recorded_at for event in events)
    # Resources may be names of people: no event spells one.
    assert not any('"R1"' in event.body() for event in events)


def test_a_log_goes_to_the_region_that_is_named_or_to_one_of_its_own(world: World) -> None:
    assert choose_region(world.ctx, SAMARINDA) == SAMARINDA
    assert choose_region(world.ctx, None) == "00"
    assert choose_region(world.ctx, None) == "00"
    with pytest.raises(BadInput, match=r"no region 99\.99"):
        choose_region(world.ctx, "99.99")


def test_our_own_cases_are_exported_as_steps_by_officers(world: World, tmp_path: Path) -> None:
    number = world.open().view["number"]
    world.play(number, LETTER_STORY)
    export(world, tmp_path / "out.xes", SAMARINDA)
    facts = read_independently(tmp_path / "out.xes")
    assert Counter(fact[1] for fact in facts.elements()) == Counter(
        ["case.opened", "case.declared_complete intake", "case.granted decide", "case.handed_over"]
    )
    assert {fact[0] for fact in facts} == {number}
    assert {fact[3] for fact in facts} == {"8:00:00"}
    assert {fact[4] for fact in facts} == {"smr.dewi", "smr.hadi"}


def log_of(folder: Path, *traces: str) -> Path:
    """A log of these traces, as XML."""
    file = folder / "odd.xes"
    file.write_text(f"<log>{''.join(f'<trace>{trace}</trace>' for trace in traces)}</log>")
    return file


def happened(activity: str, time: str, **more: str) -> str:
    """One event, as XML."""
    values = {"concept:name": activity, **{f"org:{key}": value for key, value in more.items()}}
    said = "".join(f'<string key="{key}" value="{value}"/>' for key, value in values.items())
    return f'<event>{said}<date key="time:timestamp" value="{time}"/></event>'


def called(name: str) -> str:
    """A trace's name, as XML."""
    return f'<string key="concept:name" value="{name}"/>'


ODD_LOGS = {
    "equal times": [called("a") + happened("A", "2020-01-01T00:00:00Z") * 4],
    "equal names": [called("a") + happened("A", "2020-01-01T00:00:00Z")] * 2,
    "no names": [happened("A", "2020-01-01T00:00:00Z"), happened("B", "2020-01-01T00:00:00Z")],
    "a nameless one behind a named one": [
        called("a") + happened("A", "2020-01-01T00:00:00Z"),
        happened("B", "2020-01-01T00:00:00Z"),
    ],
    "groups": [
        called("a")
        + happened("A", "2020-01-01T00:00:00Z")
        + happened("A", "2020-01-01T00:00:00Z", group="EMPTY")
        + happened("A", "2020-01-01T00:00:00Z", group="")
        + happened("A", "2020-01-01T00:00:00Z", resource="", group="None")
    ],
    "zones": [
        called("a")
        + "".join(
            happened("A", f"2020-01-01T00:00:00{zone}")
            for zone in ("+14:00", "-14:00", "+05:45", "-03:30", "-00:00", "Z", "+00:01")
        )
    ],
    "times at the edges": [
        called("a")
        + "".join(
            happened("A", time)
            for time in (
                "0001-01-01T00:00:00Z",
                "0999-12-31T23:59:59.123+01:00",
                "1600-02-29T12:00:00.000001+07:20",
                "9999-12-31T23:59:59.999999Z",
            )
        )
    ],
    "out of order": [
        called("a") + happened("A", "2021-01-01T00:00:00Z") + happened("B", "2020-01-01T00:00:00Z")
    ],
    "every script": [
        called("пермит 許可 \U0001f4c4")
        + happened(
            "Verifikasi “berkas” &amp; &lt;tanda&gt;", "2020-01-01T00:00:00Z", resource="Ñandú"
        )
        + happened("تصريح", "2020-01-01T00:00:00Z", group="\u200fe\u0301")
    ],
    "empty traces": [called("a"), called("b") + happened("A", "2020-01-01T00:00:00Z"), ""],
}


@pytest.mark.parametrize("kind", ODD_LOGS)
def test_an_odd_log_comes_out_as_it_went_in_and_only_once(
    world: World, tmp_path: Path, kind: str
) -> None:
    file = log_of(tmp_path, *ODD_LOGS[kind])
    facts = read_independently(file)
    assert replay(world, file).events == facts.total()
    assert replay(world, file).already_present == facts.total()
    export(world, tmp_path / "out.xes")
    assert read_independently(tmp_path / "out.xes") == facts
    verdict = verify(world.ctx, progress=lambda done: None)
    assert verdict.fault is None


def test_an_event_that_was_rejected_leaves_no_hole_in_the_stream(
    world: World, tmp_path: Path
) -> None:
    broken = "<event/>"
    good = [happened(activity, "2020-01-01T00:00:00Z") for activity in "ABC"]
    file = log_of(tmp_path, called("a") + broken + good[0] + broken * 2 + good[1] + good[2])
    assert replay(world, file).events == 3
    with world.database.read() as connection:
        events = list(imported(connection, "00"))
    assert [(event.version, event.data["index"]) for event in events] == [(1, 1), (2, 4), (3, 5)]
    assert (replay(world, file).events, replay(world, file).already_present) == (0, 3)


def test_one_log_in_two_regions_is_two_logs(world: World, tmp_path: Path) -> None:
    file = log_of(tmp_path, called("a") + happened("A", "2020-01-01T00:00:00Z", resource="R1"))
    for region in (SAMARINDA, SURABAYA):
        assert replay(world, file, region=region).events == 1
        export(world, tmp_path / "out.xes", region)
        assert read_independently(tmp_path / "out.xes") == read_independently(file)
    with world.database.read() as connection:
        events = list(imported(connection, SAMARINDA, SURABAYA))
    # Nobody can see that the same person stands in both.
    first, second = (event.data["resource"] for event in events)
    assert not set(first.values()) & set(second.values())


def test_when_a_logs_persons_are_erased_their_names_are_gone_and_stay_away(
    world: World, tmp_path: Path
) -> None:
    begun = called("a") + happened("A", "2020-01-01T00:00:00Z", resource="R1")
    file = log_of(tmp_path, begun + happened("B", "2020-01-01T00:00:00Z", resource="R2") * 600)
    running = Importer(world.ctx, "64.72", log_digest(file), lambda: None)
    batches = running.take(named_events(file))
    assert next(batches) == 500
    with world.database.read() as connection:
        event = next(imported(connection, "64.72"))
    (person,) = subjects.by_subject(world.ctx, event.data["resource"]["subject"])
    assert erase(world, person) == 2
    # The replay that was under way holds the key still; it must not write another name with it.
    with pytest.raises(BadInput, match="erased"):
        next(batches)
    with pytest.raises(BadInput, match="erased"):
        replay(world, file, region="64.72")
    export(world, tmp_path / "out.xes")
    assert {fact[4] for fact in read_independently(tmp_path / "out.xes")} == {None}
    relay.drain(world.ctx, told, lambda lanes: None)
    assert verify(world.ctx, progress=lambda done: None).fault is None


# --- the command ----------------------------------------------------------------------------------


def event_of(activity: str, time: str, lifecycle: str | None = None) -> str:
    word = f'<string key="lifecycle:transition" value="{lifecycle}"/>' if lifecycle else ""
    return (
        f'<event><string key="concept:name" value="{activity}"/>'
        f'<date key="time:timestamp" value="{time}"/>{word}</event>'
    )


def trace_of(name: str, *events: str) -> str:
    return f'<trace><string key="concept:name" value="{name}"/>{"".join(events)}</trace>'


def command(world: World, *words: str) -> Result:
    url, folder = world.app.settings.database_url, world.mail.parent
    return run_command(environment_for(url, folder), words)


def written(world: World, name: str, content: str | bytes) -> str:
    file = world.mail.parent / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(file)


def figures(result: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return found


def test_a_trace_without_events_is_kept_and_comes_out_again(world: World, tmp_path: Path) -> None:
    at = "2026-03-01T08:00:00+08:00"
    traces = trace_of("full", event_of("A", at)) + trace_of("empty") + "<trace/>"
    log = written(world, "log.xes", f"<log>{traces}</log>")
    for already in (0, 1):
        result = command(world, "replay", log, "--region", SAMARINDA, "--json")
        assert result.exit_code == 0, result.output
        found = figures(result)
        assert (found["cases"], found["events"] + found["already_present"]) == (3, 1)
        assert found["already_present"] == already
    out = tmp_path / "out.xes"
    assert "3 cases with 1 events" in command(world, "export", str(out)).output
    names = [item.name for item in read_log(out) if isinstance(item, TraceStarted)]
    assert sorted(names, key=str) == [None, "empty", "full"]
    assert verify(world.ctx, progress=lambda *_: None).fault is None
    assert "No row differed" in command(world, "rebuild", "--region", SAMARINDA).output


def test_a_log_whose_times_name_no_zone_is_taken_with_one(world: World, tmp_path: Path) -> None:
    traces = trace_of(
        "1", event_of("A", "2026-03-01T08:00:00"), event_of("B", "2026-03-01T01:00:00Z")
    )
    log = written(world, "log.xes", f"<log>{traces}</log>")
    without = command(world, "replay", log, "--region", SAMARINDA, "--json")
    assert (without.exit_code, figures(without)["rejected"], figures(without)["events"]) == (
        1,
        1,
        1,
    )
    zone = ("--zone", "Asia/Makassar")
    taken = command(world, "replay", log, "--region", SAMARINDA, "--json", *zone)
    assert (taken.exit_code, figures(taken)["rejected"], figures(taken)["events"]) == (0, 0, 2)
    again = command(world, "replay", log, "--region", SAMARINDA, "--json", *zone)
    assert (figures(again)["events"], figures(again)["already_present"]) == (0, 2)
    for wrong in ("Mars/Olympus", "", "../../etc/passwd"):
        refused = command(world, "replay", log, "--region", SAMARINDA, "--zone", wrong)
        assert refused.exit_code == 2
        assert "--zone" in refused.output


def test_only_what_ends_work_completes_a_step_of_a_replay(world: World) -> None:
    service = str(Path(__file__).parent.parent / "data" / "receipt.yaml")
    days = ("Confirmation of receipt", "T02 Check confirmation of receipt")
    begun = "".join(
        event_of(activity, f"2026-03-0{day}T08:00:00Z", word)
        for day, activity in enumerate(days, 1)
        for word in ("schedule", "start", "COMPLETE", "ate_abort")
    )
    ended = "".join(event_of(one, f"2026-03-0{day}T08:00:00Z") for day, one in enumerate(days, 1))
    for name, events in (("begun.xes", begun), ("ended.xes", ended)):
        log = written(world, name, f"<log>{trace_of('1', events)}</log>")
        result = command(
            world, "replay", log, "--region", SAMARINDA, "--service", service, "--json"
        )
        assert (figures(result)["following"], figures(result)["deviating"]) == (1, 0), result.output


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("log.zip", b"PK\x03\x04...", "zip archive"),
        ("log.bz2", bz2.compress(b"<log/>"), "bzip2"),
        ("log.xz", lzma.compress(b"<log/>"), "xz"),
        ("log.json", '{"objectTypes": []}', "OCEL"),
        ("log.xmlocel", "<log><object-types/></log>", "OCEL"),
        ("log.xes", "<log></log>", "no <trace> and no <event>"),
        ("big.xes", "<log><Trace><Event/></Trace></log>", "no <trace> and no <event>"),
    ],
)
def test_a_file_in_which_nothing_is_recognised_is_bad_input(
    world: World, name: str, content: str | bytes, says: str
) -> None:
    result = command(world, "replay", written(world, name, content), "--region", SAMARINDA)
    assert result.exit_code == 2
    assert says in result.output
    assert "Traceback" not in result.output
