"""The whole measurement: casetrack's real processes, its database's limit, its peers, in one run."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bench import guarantees, measurement_queries, pgbench_limits, whole_phases
from bench.guarantees import Promise
from bench.peers import environments
from bench.pgbench_limits import Limit
from bench.processes import NotReady
from bench.report import machine
from bench.runner import settle
from bench.whole_phases import Vouched
from bench.whole_report import Program, WholeReport
from bench.whole_stage import Stage, stage

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """Seconds of each part, and how often."""

    clients: tuple[int, ...] = (1, 8, 16)
    seconds: float = 20.0
    paced_seconds: float = 8.0
    paced_steps: int = 9
    recorded_cases: int = 48
    judged_cases: int = 25
    judged_rounds: int = 3
    limit_seconds: float = 6.0
    peer_seconds: float = 8.0
    embedded_clients: int = 4
    peers: bool = True
    #: A register of two years instead of ten.
    small: bool = False


#: Short: to see that everything works, and whether something fell by an order of magnitude.
SHORT = Plan(
    clients=(8,),
    seconds=1.0,
    paced_seconds=0.5,
    paced_steps=1,
    recorded_cases=3,
    judged_cases=2,
    judged_rounds=2,
    limit_seconds=0.5,
    peers=False,
    small=True,
)


def plan(*, short: bool, peers: bool) -> Plan:
    """The measurement, or the short form of it."""
    return SHORT if short else replace(Plan(), peers=peers)


def whole_run(plan: Plan, say: Say) -> WholeReport:
    """Everything, on servers of its own. Raises BadInput without their programs, NotReady."""
    began, load_before = datetime.now(UTC), os.getloadavg()[0]
    vouched = Vouched()
    with stage(plan.small, say) as place:
        whole_phases.prepare(place)
        with whole_phases.counter(place) as wire:
            say(f"{plan.recorded_cases} cases are played and written down, statement by statement")
            recorded = whole_phases.record(place, wire, vouched, plan.recorded_cases)
        place.start()
        program = _program(place, plan, vouched, say)
        place.stop()
        say("everything in one process, on SQLite")
        embedded = whole_phases.one_process(
            plan.embedded_clients, plan.seconds / 2, say, small=plan.small
        )
        own = _limit(
            say,
            "its own",
            lambda: pgbench_limits.own_statements(
                place, recorded.cases, clients=8, seconds=plan.limit_seconds
            ),
        )
        plain = _limit(
            say,
            "plain",
            lambda: pgbench_limits.plain_statements(place, clients=8, seconds=plan.limit_seconds),
        )
        return WholeReport(
            began=began,
            program=program,
            recorded=recorded,
            embedded=embedded,
            own=own,
            plain=plain,
            peers=_peers(place, plan, say),
            promises=tuple(_promises(place, vouched, say)),
            servers=_servers(place),
            machine=machine(),
            load_before=load_before,
            seconds=(datetime.now(UTC) - began).total_seconds(),
        )  # fmt: skip


def _program(place: Stage, plan: Plan, vouched: Vouched, say: Say) -> Program:
    """What casetrack's own processes do, part after part."""
    vouched.take(place.generator.closed(clients=8, seconds=min(3.0, plan.seconds)))
    settle(place.database)
    loads = []
    for clients in plan.clients:
        say(f"{clients} clients, as fast as they are answered")
        loads.append(whole_phases.closed(place, vouched, clients, plan.seconds))
    backends, memory = place.backends(), place.memory()
    full = max(load.writes_per_second for load in loads)
    say("writes that have their moment, ever more of them")
    rates = whole_phases.open_loop(
        place, vouched, full * 0.5, plan.paced_seconds, plan.paced_steps, say
    )
    held = [each.answered_per_second for each in rates if each.held]
    half = (max(held) if held else full) / 2
    say(f"half of that: {half:.0f} writes/s")
    paced, email, webhook = whole_phases.told_at(place, vouched, half, plan.seconds)
    say("a status by number against an empty answer")
    status = whole_phases.status(place, next(iter(vouched.events)), plan.paced_seconds)
    say("decisions that the register judges, and the same by a role alone")
    judged = whole_phases.judged(place, vouched, plan.judged_cases, plan.judged_rounds)
    settle(place.database)
    return Program(
        tuple(loads), tuple(rates), paced, email, webhook, status, judged, backends, memory
    )


def _limit(say: Say, which: str, measure: Callable[[], Limit]) -> Limit | str:
    """The limit, or why it is not known."""
    say(f"the limit: pgbench with {which} statements")
    try:
        return measure()
    except NotReady as error:
        return str(error)


def _peers(place: Stage, plan: Plan, say: Say) -> tuple[environments.Measured, ...]:
    found = []
    for peer in environments.PEERS if plan.peers else ():
        say(f"beside it: {peer.name}")
        found.append(environments.measure(place, peer, plan.peer_seconds, say))
    return tuple(found)


def _promises(place: Stage, vouched: Vouched, say: Say) -> list[Promise]:
    """What must be true of everything that was written."""
    say(
        f"checking {len(vouched.events):,} cases: casetrack verify, and what the receivers wrote down"
    )
    verdict = place.processes.casetrack("verify", "--json", faults=True)
    receipts = {"mail": place.mail.receipts(), "webhook": place.webhook.receipts()}
    return guarantees.check(
        place.database, receipts, {place.subscription: "webhook"}, vouched.events, verdict
    )


def _servers(place: Stage) -> str:
    version = measurement_queries.version(place.database)
    return f"{version} and Redis of its own with the durability that they come with"
