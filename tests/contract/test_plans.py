"""Every statement of the hot paths finds its rows by index, on both databases.

The statements are recorded while the story is played, so a query that is new tomorrow is explained
tomorrow. The tables are then filled with copies of the story, since a planner rightly reads a small
table as a whole.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, get_args

import pytest
from sqlalchemy import Table, text

from casetrack.domain.case.figure_tables import MEASURES
from casetrack.domain.delivery.receivers import told
from casetrack.domain.region.region_data import Officer
from casetrack.storage import schema, stored_answers
from casetrack.usecases.authority import later_facts
from casetrack.usecases.case import deadlines, figures, moved_deadlines, party_acts, stalled_steps
from casetrack.usecases.case.work import WorkList
from casetrack.usecases.delivery import bounces, relay
from casetrack.usecases.delivery import deliveries as retries
from casetrack.usecases.delivery.notify import last_told
from casetrack.usecases.idempotency import KEPT
from casetrack.usecases.people import corrected_values, officers, reading_days
from casetrack.web.http.cursors import write_cursor
from tests.support import many_machines
from tests.support.authority import confirm, enter, guarded, papers_of_samarinda
from tests.support.lanes import work
from tests.support.plans import explainable, recorded, scanned
from tests.support.receiver import receiving, says
from tests.support.registers import changed, delegation, incumbency, latest
from tests.support.web import APPLICANT, BILLBOARD, BOTH, LETTER, Web, shared_world
from tests.support.world import (
    LETTER_STORY,
    SAMARINDA,
    World,
    billboard,
    letter,
    samarinda,
    surabaya,
)

COPIES = 1000
#: Tables that need more before a planner would rather not read them once as a whole: the relay's own, and
#: those that a page or a list is joined with.
MORE_COPIES = {"queue": 15_000, "lanes": 3_000, "case_agencies": 3_000}
#: Tables of a size that grows with the work; all others hold a region's agencies, services and so on.
LARGE = (
    "cases",
    "case_agencies",
    "steps",
    "deadlines",
    "events",
    "queue",
    "ledger",
    "ledger_agencies",
    "subjects",
    "texts",
    "parties",
    "idempotency",
    "lanes",
    "deliveries",
    "joined",
    "guesses",
    "tokens",
    "register_entries",
    "register_keys",
    "decisions",
    "decision_links",
    "readings",
    "reading_cases",
    "search_words",
    "counted_cases",
    "figures",
)
#: Part of the statement → tables that it may read as a whole, and why.
ALLOWED = {
    # The metric of what waits for the relay: it stops counting at gauges.MOST.
    "FROM (SELECT queue.id AS id \nFROM queue": {"queue"},
    # One probe a region for its first waiting event; the queue is short while a relay runs.
    "FROM ledger_heads \nWHERE EXISTS (SELECT queue.id": {"queue"},
    # An account is disabled, once in months: all its steps, and its tokens.
    "steps.assignee = ": {"steps"},
    "FROM tokens \nWHERE tokens.login = ": {"tokens"},
    # An endpoint is gone: all of its lanes, which are most of those here.
    "SELECT lanes.lane \nFROM lanes \nWHERE lanes.region": {"lanes"},
    "UPDATE lanes SET due_at": {"lanes"},
    # Once a day, all looks of that day: here they are of one day.
    "SELECT readings.seal": {"readings"},
    # An operator's own commands, now and then: deliveries of every region by state.
    "FROM deliveries \nWHERE deliveries.state": {"deliveries"},
    # All is counted anew, once after a release that counts otherwise: a page of the key at a time.
    "SELECT counted_cases.region, counted_cases.number \nFROM": {"counted_cases"},
    "SELECT figures.region, figures.figure, figures.period": {"figures"},
    # Questions of the whole register read it whole, once.
    "END AS set_up \nFROM register_entries": {"register_entries"},
    # And with it who filed each paper that counts.
    "register_entries.confirmed_by, register_entries.confirmed_at \nFROM register_entries": {
        "register_entries"
    },
}

#: What a copy's state is, where most are over.
ENDED = {
    ("deliveries", "state"): "delivered",
    ("steps", "status"): "completed",
    ("cases", "status"): "handed_over",
    **{("cases", name): None for name in ("counter", "task", "opened_at", "waiting_for")},
    # Most clocks still run.
    ("deadlines", "due_at"): "2099-01-01T00:00:00.000000Z",
}
#: What a copy's own name is made of.
NAMED = {("register_entries", "entry"), ("register_keys", "entry"), ("register_keys", "key")}
_CITY = papers_of_samarinda()
#: Rudi heads DLH, Hadi decides on both services.
PAPERS = [
    *_CITY,
    changed(_CITY, "sk-rini", officer="smr.rudi"),
    delegation(
        "delegasi-surat", "wali-kota", "kepala-dpmptsp", on="kepdis-1-2020#1", since="2020-01-02",
        services=("surat-keterangan",),
    ),
]  # fmt: skip


def _play(web: Web) -> None:
    """Everything that happens all day long, through the doors that it happens through."""
    world = web.world
    walk_in = {**LETTER, "applicant": {"kind": "person", "name": "Siti"}}
    case = web.open(BILLBOARD, key="one")
    web.act(web.open(walk_in)["number"], "dewi", "declare_complete", "intake")
    number = case["number"]
    web.act(number, "dewi", "declare_complete", "intake", note="lengkap", key="two")
    for who in ("dewi", "rudi", "sari", "audit"):
        _read(web, number, who)
    web.act(number, "rudi", "claim", "review_dlh")
    web.act(number, "rudi", "return", "review_dlh", defects=[{"requirement": "foto", "text": "x"}])
    web.act(number, "dewi", "send_return")
    photo = {"requirement": "foto", "name": "foto.jpg"}
    web.act(number, "dewi", "resubmit", documents=[photo])
    web.post(f"/cases/{number}/documents", "dewi", photo, etag=web.etag(number), key="three")
    lacking = web.open({**BILLBOARD, "documents": []})["number"]
    web.act(lacking, "dewi", "declare_complete", "intake")
    web.act(lacking, "wati", "declare_complete", "intake", reason="menyusul")
    web.get(f"/cases/{lacking}/slips/registration", "dewi")
    web.act(number, "dewi", "pause", reason="court")
    web.act(number, "dewi", "resume")
    web.act(number, "rudi", "complete", "review_dlh", result="favourable", as_position="none")
    for code in ("WRONGWRO", case["access_code"]):
        web.get(f"/status/{number}?code={code}")
    web.get(f"/status/{number}")
    web.get(f"/cases/{number}/slips/receipt", "dewi")
    web.deliver()
    relay.sweep(world.ctx, lambda _: None)
    untold = web.get("/untold?limit=1", "dewi").get_json()["items"][0]
    web.get("/untold?limit=1&cursor=WzFd", "dewi")
    web.post("/untold", "dewi", {"number": untold["number"], "position": untold["position"]})
    _come_back(web)
    _hear(web)
    _die(web)
    web.get("/events?after=1&limit=5", "mesin")
    web.get(f"/cases/{number}/events?after=1&limit=1", "mesin")
    letter = web.open()["number"]
    web.play(letter, LETTER_STORY)
    world.hands.pass_time(days=2)  # some clocks are near, some have run out
    deadlines.watch_once(world.ctx)
    world.hands.pass_time(days=20)
    while deadlines.watch_once(world.ctx):
        pass
    moved_deadlines.move_deadlines(world.ctx, SAMARINDA)
    relay.drain(world.ctx, told, lambda _: None)
    while reading_days.close_once(world.ctx):
        pass
    with world.database.write() as uow:
        stored_answers.purge(uow, SAMARINDA, uow.time(None) - KEPT, 10)
        stored_answers.purge_guesses(uow, uow.time(None) - KEPT)
    web.get("//metrics")
    # Left unfinished, so that every table has something to copy.
    last = web.open(BILLBOARD, key="three")["number"]
    web.get(f"/status/{last}?code=WRONGWRO")
    relay.drain(world.ctx, told, lambda _: None)
    web.act(last, "dewi", "declare_complete", "intake", key="four")
    _ask(web, number)
    _report(web)
    _wait(web)


def _die(web: Web) -> None:
    """People come into cases and leave them."""
    world, day = web.world, "2026-11-20"
    paper = {"dated": day, "name": "surat.pdf"}
    proxy = {"kind": "person", "name": "Joko", "email": "joko@example.id"}
    power = {"acts": ["file"], "until": "2026-11-23"}
    number = web.open({**LETTER, "representative": {**proxy, "power": power}})["number"]
    web.relay()
    path = f"/cases/{number}/parties"
    for who, body in (
        ("dewi", {"action": "correct_contact", "contact": {"email": "baru@example.id"}}),
        ("dewi", {"action": "report_death", "paper": paper}),
        ("wati", {"action": "lift_death"}),
        ("dewi", {"action": "appoint", "paper": paper, "party": proxy, "power": {"acts": ["pay"]}}),
        ("dewi", {"action": "end_power", "paper": paper, "why": "withdrawn"}),
    ):
        answer = web.post(path, who, {"day": day, **body}, etag=web.etag(number))
        assert answer.status_code == 200, answer.text
        web.deliver()
    web.open({**LETTER, "representative": {**proxy, "power": power}})
    world.hands.pass_time(days=2)
    assert party_acts.end_powers_once(world.ctx) == 1
    world.hands.pass_time(days=-2)
    web.deliver()


def _ask(web: Web, number: str) -> None:
    """Papers and questions of the authority register."""
    world = web.world
    web.play(web.open()["number"], LETTER_STORY)
    confirm(world, incumbency("plh", "smr.yuni", "kepala-dpmptsp", "plh", since="2026-01-01"))
    while later_facts.review_once(world.ctx):
        pass
    known = "known=2026-12-31"
    for path in (
        *("radar", "findings", "coverage", "powers", f"radar?{known}", "mine?officer=smr.hadi"),
        *(f"who?case={number}&step=decide{more}" for more in ("", f"&{known}")),
        "what-if?kind=grant&id=delegasi-reklame",
        *(
            f"entries?{query}"
            for query in ("limit=1", "kind=grant&limit=1", "state=drafted", known)
        ),
        "entries/grant/delegasi-reklame",
        *(f"decisions?{more}" for more in ("limit=1", "acting=true", "questioned=true")),
        *(f"decisions?instrument=uu-23-2014{more}" for more in ("", "&acting=true&limit=1")),
    ):
        answer = web.get(f"/authority/{path}", "audit")
        assert answer.status_code == 200, (path, answer.text)
    for more in ("", "&checked=false", f"&cursor={write_cursor((1_000_000,))}"):
        assert web.get(f"/deemed-grants?limit=1{more}", "audit").status_code == 200
    assert web.get("/services/surat-keterangan/silence", "audit").status_code == 200
    for path in (
        "entries?limit=1",
        "decisions?limit=1",
        "decisions?grant=delegasi-surat&limit=1",
    ):
        page = web.get(f"/authority/{path}", "audit").get_json()
        assert page["next_cursor"], path
        web.get(f"/authority/{path}&cursor={page['next_cursor']}", "audit")


def _report(web: Web) -> None:
    """Figures, counted from the beginning and as they come, and asked for."""
    for _ in range(2):
        while figures.count_once(web.world.ctx):
            pass
        web.play(web.open()["number"], LETTER_STORY)
        web.relay()
    for measure in MEASURES:
        for more in ("", "service=izin-reklame&agency=dpmptsp&from=2026-11-02"):
            for who in ("audit", "ketua"):
                assert web.get(f"/reports/{measure}?{more}", who).status_code == 200


def _wait(web: Web) -> None:
    """A step has nobody who may take it, and has again; old values that are over."""
    world = web.world
    number = web.open()["number"]
    web.play(number, LETTER_STORY.strip().splitlines()[0])
    for change in (officers.disable_officer, officers.enable_officer):
        for login in ("smr.hadi", "smr.yuni"):
            change(world.ctx, login)
        assert stalled_steps.tell_once(world.ctx)
    corrected_values.forget_once(world.ctx)


def _come_back(web: Web) -> None:
    """A mail comes back, is given up, and is sent to an address that was corrected."""
    world = web.world
    mails = [path.stem.rsplit(".", 3) for path in world.mail.glob("*.eml")]
    for region, position, role, seal in mails:
        bounces.take(world.ctx, region, int(position), role, seal, "5.1.1")
    found = retries.find(world.ctx, number=None, limit=10)
    retries.joined(world.ctx, found)
    assert retries.retry(world.ctx, retries.Which(number=found[0].number))
    last_told(
        world.ctx, found[0].number, "casetrack.case.opened", "id", "https://mpp.example/status"
    )


def _hear(web: Web) -> None:
    """A subscriber who hears, fails, is sent to again, and goes."""
    world = web.world
    with receiving() as receiver:
        receiver.answers = [says(204), *[says(500)] * 4]
        wanted = {"url": receiver.url, "types": ["casetrack.*"]}
        hooks = [web.post("/webhooks", "mesin", wanted).get_json()["id"] for _ in range(2)]
        for _ in range(3):
            web.open()
            web.deliver()
        world.hands.pass_time(minutes=5)
        rung: list[tuple[str, str]] = []
        relay.sweep(world.ctx, rung.extend)
        work(world.ctx, rung, world.app.teller)
        path = f"/webhooks/{hooks[0]}"
        for query in ("", "?state=given_up", "?limit=1"):
            page = web.get(f"{path}/deliveries{query}", "mesin").get_json()
        web.get(f"{path}/deliveries?cursor={page['next_cursor']}", "mesin")
        place = page["items"][0]["position"]
        web.post(f"{path}/deliveries/{place}/resend", "mesin", {"reason": "lost"})
        web.post(f"{path}/resend", "mesin", {"reason": "lost"})
        web.get("/webhooks", "mesin")
        web.post(f"/webhooks/{hooks[1]}/test", "mesin", {})
        web.call("DELETE", f"/webhooks/{hooks[1]}", "mesin")
        web.deliver()


def _read(web: Web, number: str, who: str) -> None:
    web.get(f"/cases/{number}", who)
    web.get(f"/cases/{number}/events?limit=1", who)
    web.get(f"/cases/{number}/trace", who)
    for query in ("", "?limit=1&cursor=WzEsICJhcHBsaWNhbnQiXQ"):
        web.get(f"/cases/{number}/messages{query}", who)
    web.get("/readings/findings?from=2026-11-23&to=2026-11-23", who)
    last = write_cursor(("2026-11-23T01:00:00.000000Z", "0"))
    for path in (f"/cases/{number}/readings", "/readings", "/readings?officer=smr.dewi"):
        for query in ("limit=1", f"limit=1&cursor={last}", "from=2026-11-23&to=2026-11-23"):
            web.get(f"{path}{'&' if '?' in path else '?'}{query}", who)
    for query in ("", "?status=submitted", "?service=izin-reklame", "?status=returned&limit=1"):
        web.get(f"/cases{query}", who)
    page = web.get("/cases?limit=1", who).get_json()
    web.get(f"/cases?cursor={page['next_cursor']}", who)
    web.post("/cases/find", who, {"nik": APPLICANT["nik"]})
    for typed in (number, "Santoso BUDI", "0812 0000 0001", "1234567890123", APPLICANT["nik"]):
        web.post("/cases/search", who, {"q": typed, "limit": 1})
    page = web.post("/cases/search", who, {"q": "Budi", "limit": 1}).get_json()
    if page.get("next_cursor"):
        web.post("/cases/search", who, {"q": "Budi", "cursor": page["next_cursor"]})
    _work(web, who)
    page = web.get("/worklist?limit=1", who).get_json()
    if page.get("next_cursor"):
        web.get(f"/worklist?cursor={page['next_cursor']}", who)


def _work(web: Web, who: str) -> None:
    """Each list, a page and the next, sifted by everything."""
    web.get("/cases?seat=true&limit=1", who)
    for name in get_args(WorkList):
        page = web.get(f"/worklist?list={name}&limit=1", who).get_json()
        if page.get("next_cursor"):
            web.get(f"/worklist?list={name}&cursor={page['next_cursor']}", who)
        sifted = "service=izin-reklame&waiting_for=applicant&overdue=true&from=2026-01-01"
        for of_steps in ("mine=true", "unclaimed=true"):
            web.get(f"/worklist?list={name}&{sifted}&to=2026-12-31&{of_steps}", who)


def _copied(table: Table, column: str) -> str:
    """The SQL that makes another row's value of this one's."""
    quoted = f'{table.name}."{column}"'
    if column in ("number", "stream", "lane"):
        # SMR-REK-2026-000001-7 and what stands around it: another serial of the same length.
        serial = f"substr(CAST(series.n AS VARCHAR(8)), 2, 6) || '-{table.name[0]}'"
        return f"replace({quoted}, '-2026-0', '-2026-' || {serial})"
    if (table.name, column) in ENDED:
        # As in life, what is open is the smaller part.
        ended = ENDED[table.name, column]
        over = "NULL" if ended is None else f"'{ended}'"
        return f"CASE WHEN series.n % 50 = 0 THEN {quoted} ELSE {over} END"
    if (table.name, column) in NAMED or column == "bucket":
        return f"{quoted} || '.' || CAST(series.n AS VARCHAR(8))"
    if column == "period":
        # Most of what was counted is of other months.
        other = f"substr({quoted}, 6, 2) || substr({quoted}, 9, 2)"
        serial = "substr(CAST(series.n AS VARCHAR(8)), 4, 4)"
        return f"CASE WHEN series.n % 50 = 0 THEN {quoted} ELSE {other} || {serial} END"
    places = ("id", "opened_id", "event_position", "value")
    if column in places or (column == "position" and table.name != "decisions"):
        return f"{quoted} + series.n * 1000"
    if column in ("text", "subject", "digest", "token_id", "nik_index", "key", "reading", "word"):
        return f"substr({quoted}, 1, 7) || '.' || CAST(series.n AS VARCHAR(8))"
    return quoted


def _fill(world: World) -> None:
    """Copy every row of the large tables so many times, other keys and all else alike."""
    with world.database.write() as uow:
        for name in LARGE:
            table = schema.metadata.tables[name]
            columns = ", ".join(f'"{column.name}"' for column in table.columns)
            values = ", ".join(_copied(table, column.name) for column in table.columns)
            # A few rows, taken once each, are enough to copy.
            uow.execute(
                text(
                    f"INSERT INTO {name} ({columns}) "
                    "WITH RECURSIVE series(n) AS "
                    "(SELECT 1000001 UNION ALL SELECT n + 1 FROM series WHERE n < :most) "
                    f"SELECT {values} FROM {name}, series WHERE {_sample(name)}"
                ),
                {"most": 1_000_000 + MORE_COPIES.get(name, COPIES)},
            )
    with world.database.writer.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.exec_driver_sql("ANALYZE")


def _sample(name: str) -> str:
    of_cases = "LIKE '%-2026-0%'"
    return {
        "events": f"version <= 2 AND stream {of_cases}",
        "ledger": f"version <= 2 AND stream {of_cases}",
        "lanes": f"lane {of_cases}",
        "deliveries": f"lane {of_cases}",
        "texts": "kind = 'party'",
    }.get(name, "1 = 1")


@pytest.fixture(scope="module", params=BOTH)
def played(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[World, dict[str, Any]]]:
    """The story's statements, and a database so full that reading a whole table is a mistake."""
    home = samarinda(guarded(billboard()), guarded(letter()))
    yuni = Officer("smr.yuni", "officer", "dpmptsp")
    home = replace(home, officers=(*home.officers, yuni))
    with shared_world(request, tmp_path_factory, (home, surabaya())) as world:
        enter(world, *latest(PAPERS))
        web = Web(world)
        for who in ("dewi", "hadi", "rudi", "sari", "audit", "mesin"):
            world.token(who)
        with recorded() as statements:
            _play(web)
        _fill(world)
        yield world, statements


def _allowed(statement: str) -> set[str]:
    return {t for part, tables in ALLOWED.items() if part in statement for t in tables}


def test_the_story_touches_every_table_that_grows(
    played: tuple[World, dict[str, Any]],
) -> None:
    world, statements = played
    for name in LARGE:
        assert any(f" {name}" in statement for statement in statements), name
        with world.database.read() as connection:
            count = connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()
        assert count > COPIES, (name, count)


def test_no_statement_of_the_hot_paths_reads_a_large_table_from_end_to_end(
    played: tuple[World, dict[str, Any]],
) -> None:
    world, statements = played
    explained = {s: v for s, v in statements.items() if explainable(s)}
    assert len(explained) > 40
    faults = []
    with world.database.read() as connection:
        for statement, values in explained.items():
            whole = scanned(connection, statement, values) & set(LARGE)
            if whole - _allowed(statement):
                faults.append((sorted(whole), " ".join(statement.split())))
    assert not faults, "\n".join(f"{tables}: {statement}" for tables, statement in faults)


def test_a_table_without_its_index_would_be_noticed(
    played: tuple[World, dict[str, Any]],
) -> None:
    world, _ = played
    with world.database.read() as connection:
        statement = "SELECT state FROM cases WHERE holder = 'nobody'"
        none: Any = () if connection.dialect.name == "sqlite" else {}
        assert scanned(connection, statement, none) == {"cases"}


#: Part of a statement → why it asks all regions at once.
ALL_REGIONS: dict[str, str] = {
    "EXCEPT SELECT ledger_heads": "where a head is missing; if it fails, each region is asked by itself",
    "FROM (SELECT queue.id": "a metric, counted up to gauges.MOST",
    "FROM (SELECT deliveries.state": "a metric, counted up to gauges.MOST",
    "FROM (SELECT files.file": "a metric, counted up to gauges.MOST",
    "FROM (SELECT leaving_files.file": "a metric, counted up to gauges.MOST",
    "SELECT min(deadlines.due_at)": "a metric",
    "ORDER BY deliveries.region, deliveries.lane": "an operator's own command, now and then",
}


# SQLite is one machine.
@pytest.mark.parametrize("played", BOTH[1:], indirect=True)
def test_every_statement_asks_one_region_and_locks_where_its_rows_lie(
    played: tuple[World, dict[str, Any]],
) -> None:
    _, statements = played
    wrong = {
        " ".join(statement.split()): found
        for statement in statements
        if explainable(statement) and (found := many_machines.faults(statement))
        if not any(part in " ".join(statement.split()) for part in ALL_REGIONS)
    }
    assert not wrong, "\n".join(f"{why}: {statement}" for statement, why in wrong.items())


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("SELECT body FROM events WHERE id = $1", "events without its region"),
        (
            "SELECT e.body FROM ledger JOIN events AS e ON e.id = ledger.id WHERE ledger.region = $1",
            "events without its region",
        ),
        (
            "SELECT lanes.lane FROM lanes WHERE lanes.region = $1 AND lanes.position = "
            "(SELECT min(position) FROM deliveries WHERE deliveries.region = lanes.region) FOR UPDATE",
            "a query inside one that locks",
        ),
        (
            "WITH RECURSIVE due(lane) AS (SELECT lane FROM lanes WHERE lanes.region = '64.72') "
            "SELECT lane FROM due",
            "recursion over all regions",
        ),
        (
            "SELECT pg_advisory_xact_lock_shared($1), version FROM cases WHERE region = $2 FOR UPDATE",
            "a lock that belongs to no region's row",
        ),
    ],
)
def test_a_statement_that_fails_on_several_machines_is_seen_by_its_text(
    statement: str, why: str
) -> None:
    assert why in many_machines.faults(statement)
