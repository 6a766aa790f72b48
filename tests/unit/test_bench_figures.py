"""What the measurements make of their figures: tables, a picture, a page; and what they call a fault."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from lxml import etree

from bench.flat import _judge
from bench.guarantees import Promise
from bench.load import Case
from bench.meter import Costs
from bench.peers.environments import Measured
from bench.performance_page import BEGIN, END, write_page
from bench.pgbench_limits import Limit, _script
from bench.plan_log import Plan
from bench.plot import plot
from bench.receiver_process import signed
from bench.statement_record import Sent, _values, in_trips
from bench.whole_phases import Judged, Loaded, OneProcess, Paced, Recorded, Status
from bench.whole_report import Program, WholeReport
from casetrack.gateways.webhooks import signatures
from casetrack.gateways.webhooks.signatures import new_secret

MS = {"p50": 4.0, "p95": 9.0, "p99": 20.0}
KINDS = ("web", "relay", "workers", "clock")
COSTS = Costs(
    cpu_ms={**dict.fromkeys(KINDS, 0.5), "postgres": 0.75, "redis": 0.25},
    postgres_ms={"web": 0.5},
    beside_ms={"generator": 0.25, "mail receiver": 0.5, "webhook receiver": 0.5},
    statements={"web": 6.0},
    wal_bytes=5_100,
    mails=0.75,
    webhooks=1.0,
)
PROGRAM = Program(
    loads=(Loaded(8, 900, 500.0, 444.4, MS, MS, MS, MS, 0.5, COSTS),),
    rates=(Paced(250.0, 250.0, MS), Paced(600.0, 420.0, {**MS, "p99": 1_400.0})),
    half=Paced(125.0, 125.0, MS),
    email_ms=MS,
    webhook_ms=MS,
    status=Status(1_500.0, 3_000.0, 750.0, MS),
    judged=Judged(75, 2.5, 2.25, MS, MS),
    backends=16,
    memory={**dict.fromkeys(KINDS, 2**26), "postgres": 2**27, "redis": 2**22},
)
REPORT = WholeReport(
    began=datetime(2026, 11, 30, 9, 0, tzinfo=UTC),
    program=PROGRAM,
    recorded=Recorded(dict.fromkeys(KINDS, 2.0), dict.fromkeys(KINDS, 6.0), []),
    embedded=OneProcess(4, 50.0, MS, MS, 1.5),
    own=Limit(1_000.0, 0.5, 6.0, 9),
    plain="pgbench was not found",
    peers=(
        Measured("DBOS", "a step", "3.4.0", per_second=250.0, python_ms=1.5, postgres_ms=0.75),
        Measured("Celery", "a job", why_not="no network"),
    ),
    promises=(Promise("nothing is lost", 900, 0),),
    servers="PostgreSQL",
    machine="2 cores",
    load_before=0.25,
    seconds=400.0,
)


def test_the_report_says_ratios_first_and_names_what_was_not_measured() -> None:
    said = REPORT.in_words()
    assert said.index("### Ratios") < said.index("### Writes") < said.index("### Promises")
    assert "| writes, of pgbench with the same statements | 0.5 |" in said
    assert "| writes, of pgbench with plain statements | not measured |" in said
    assert "| writes, of steps of DBOS | 2 |" in said
    assert "- Celery: not measured: no network" in said
    assert "- DBOS is slower (250 against 500 a second) and cheaper (2.25 against 3.0 ms" in said
    assert "| the register costs | 0.25 ms |" in said


def test_a_peer_that_is_better_is_said_to_be() -> None:
    faster = replace(REPORT.peers[0], per_second=900.0)
    assert "- DBOS is faster (900 against 500" in replace(REPORT, peers=(faster,)).in_words()


def test_a_broken_promise_is_no_sound_run() -> None:
    broken = replace(REPORT, promises=(Promise("nothing is lost", 900, 1, "case 7"),))
    assert REPORT.sound
    assert not broken.sound
    assert "1 NOT KEPT case 7" in broken.in_words()
    assert broken.as_dict()["sound"] is False


def test_the_highest_rate_is_the_last_that_was_held() -> None:
    assert PROGRAM.highest_held == 250.0
    assert replace(PROGRAM, rates=PROGRAM.rates[1:]).highest_held == 0.0


def test_the_picture_has_every_figure_and_is_the_same_each_time() -> None:
    drawn = plot(REPORT)
    assert drawn == plot(REPORT)
    words = {"".join(text.itertext()) for text in etree.fromstring(drawn.encode()).iter("{*}text")}
    assert {"500", "250", "1,500", "3,000", "1,000", "DBOS: steps", "p99"} <= words
    assert not {word for word in words if "Celery" in word}


def test_the_page_keeps_what_was_written_by_hand(tmp_path: Path) -> None:
    (tmp_path / "docs" / "images").mkdir(parents=True)
    page = tmp_path / "docs" / "performance.md"
    page.write_text(f"above\n{BEGIN}\nold figures\n{END}\nbelow\n")
    for _ in range(2):
        write_page(REPORT, tmp_path)
    text = page.read_text()
    assert text.startswith(f"above\n{BEGIN}\n")
    assert text.endswith(f"{END}\nbelow\n")
    assert "old figures" not in text
    assert text.count("### Ratios") == 1
    assert (tmp_path / "build" / "bench.json").exists()


def test_a_statement_that_reads_more_in_a_large_database_is_a_fault() -> None:
    small = Plan(
        "web", "SELECT 1", blocks=10, descents=2, read=5, given=5, written=0, thrown_away=0
    )
    key = ("status", "SELECT state FROM cases", True)

    def faults(large: Plan) -> list[str]:
        return _judge(100, 10_000, {key: small}, {key: large}).faults

    assert not faults(replace(small, blocks=17))
    assert "18 in the large" in faults(replace(small, blocks=18))[0]
    assert "31 rows are read and thrown away" in faults(replace(small, thrown_away=31))[0]
    assert "5 rows are read in the small one, 28" in faults(replace(small, read=28))[0]


def test_recorded_statements_are_played_again_with_their_values() -> None:
    line = {"detail": "parameters: $1 = 'it''s, $2', $2 = NULL, $3 = '7'"}
    assert _values(line) == ("'it''s, $2'", "NULL", "'7'")
    case = [
        Sent("BEGIN", ()),
        Sent("SELECT $1", ("'a'",)),
        Sent("SELECT $1", ("'b'",)),
        Sent("COMMIT", ()),
    ]
    made, planned, _gate, *played = _script([case]).splitlines()
    assert (made, planned) == ("PREPARE s0 AS SELECT $1;", "EXPLAIN EXECUTE s0('a');")
    assert played == ["BEGIN;", "EXECUTE s0('a');", "EXECUTE s0('b');", "COMMIT;"]
    played = _script(in_trips([case], [3, 1])).splitlines()[3:]
    assert played == ["BEGIN \\; EXECUTE s0('a') \\; EXECUTE s0('b');", "COMMIT;"]
    # What does not count the same is not guessed.
    assert in_trips([case], [3, 2]) == [case]


def test_the_receiver_takes_nothing_that_is_not_signed_by_the_secret() -> None:
    secret = new_secret("", lambda count: b"1" * count)
    other = new_secret("", lambda count: b"2" * count)
    headers = signatures.headers([other, secret], "evt_1", 1_790_000_000, b"body")
    assert signed(secret, headers, b"body")
    assert not signed(secret, headers, b"another body")
    assert not signed(secret, {**headers, "webhook-id": "evt_2"}, b"body")
    assert not signed(secret, signatures.headers([other], "evt_1", 1_790_000_000, b"body"), b"body")
    assert not signed(secret, {}, b"body")


def test_a_case_is_over_after_nine_writes() -> None:
    case = Case(1)
    case.done = 8
    assert not case.over
    case.done = 9
    assert case.over
