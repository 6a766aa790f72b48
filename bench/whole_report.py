"""What the whole measurement found: for a person as Markdown, for a machine as JSON."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from bench.guarantees import Promise
from bench.peers.environments import Measured
from bench.pgbench_limits import Limit
from bench.whole_phases import Judged, Loaded, OneProcess, Paced, Quantiles, Recorded, Status

_KINDS = ("web", "relay", "workers", "clock")
_PROGRAM = (*_KINDS, "postgres", "redis")


@dataclass(frozen=True)
class Program:
    """What casetrack's own processes did: closed loop, open loop, at half load, reading, judging."""

    loads: tuple[Loaded, ...]
    rates: tuple[Paced, ...]
    half: Paced
    email_ms: Quantiles
    webhook_ms: Quantiles
    status: Status
    judged: Judged
    backends: int
    memory: Mapping[str, int]

    @property
    def most(self) -> Loaded:
        """The stretch with eight clients, or the fastest."""
        eight = [load for load in self.loads if load.clients == 8]
        return eight[0] if eight else max(self.loads, key=lambda load: load.writes_per_second)

    @property
    def highest_held(self) -> float:
        """Writes a second of the open loop that were answered within a second at p99; 0: none."""
        return max((rate.answered_per_second for rate in self.rates if rate.held), default=0.0)


@dataclass(frozen=True)
class WholeReport:
    """Everything that one run found."""

    began: datetime
    program: Program
    recorded: Recorded
    embedded: OneProcess
    own: Limit | str
    plain: Limit | str
    peers: tuple[Measured, ...]
    promises: tuple[Promise, ...]
    servers: str
    machine: str
    load_before: float
    seconds: float

    @property
    def sound(self) -> bool:
        """Whether every promise was kept."""
        return all(promise.kept for promise in self.promises)

    def ratios(self) -> Iterator[tuple[str, float | None]]:
        """What is compared with something measured in the same run; None: that was not measured."""
        writes = self.program.most.writes_per_second
        yield "writes, of pgbench with the same statements", _of(writes, self.own)
        yield "writes, of pgbench with plain statements", _of(writes, self.plain)
        for peer in self.peers:
            what = "steps" if peer.name == "DBOS" else "jobs taken out"
            ratio = round(writes / peer.per_second, 2) if peer.per_second else None
            yield f"writes, of {what} of {peer.name}", ratio
        yield "status by number, of the same server's empty answer", self.program.status.ratio

    def as_dict(self) -> dict[str, Any]:
        """As `casetrack bench --json` prints it."""
        found = asdict(self)
        del found["recorded"]["cases"]
        return {
            "scenario": "whole",
            **found,
            "began": self.began.isoformat(timespec="seconds"),
            "ratios": dict(self.ratios()),
            "highest_held": self.program.highest_held,
            "sound": self.sound,
        }

    def in_words(self) -> str:
        """The same Markdown that stands in docs/performance.md."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield (
            f"{self.began:%d %B %Y, %H:%M} UTC; {self.machine}; {self.servers}. Clients, receivers "
            f"and program share the machine, on which {self.load_before:.1f} other processes wanted to "
            f"run before (load average); the run took {self.seconds / 60:.1f} minutes."
        )
        yield from ("", "### Ratios", "")
        yield from _table(("what", "ratio"), [(name, _number(r)) for name, r in self.ratios()])
        yield from ("", *self._beyond())
        yield from ("", "### Writes", "", *self._writes())
        yield from ("", "### What a write costs", "", *self._costs())
        yield from ("", "### Open loop", "", *self._open())
        yield from ("", "### From commit to message", "", *self._told())
        yield from ("", "### Reading, judging", "", *self._reading())
        yield from ("", "### The limit and the peers", "", *self._peers())
        yield from ("", "### Promises", "", *self._promises())

    def _beyond(self) -> Iterator[str]:
        """Where another one is better, in plain words."""
        writes, cost = self.program.most.writes_per_second, self.program.most.costs.total_ms
        for peer in self.peers:
            if peer.why_not:
                yield f"- {peer.name}: not measured: {peer.why_not}"
                continue
            ms = round(peer.python_ms + peer.postgres_ms, 2)
            faster = "faster" if peer.per_second > writes else "slower"
            cheaper = "cheaper" if ms < cost else "dearer"
            yield (
                f"- {peer.name} is {faster} ({_number(peer.per_second)} against {_number(writes)} "
                f"a second) and {cheaper} ({ms} against {cost} ms of processor time), for {peer.does}."
            )

    def _writes(self) -> Iterator[str]:
        heads = ("clients", "writes/s", "transitions/s", "transition p50 / p95 / p99",
                 "opening p50 / p95 / p99", "backlog after the last answer")  # fmt: skip
        yield from _table(
            heads,
            [
                (
                    load.clients,
                    load.writes_per_second,
                    load.transitions_per_second,
                    _ms(load.transition_ms),
                    _ms(load.opening_ms),
                    f"{load.backlog_seconds} s",
                )
                for load in self.program.loads
            ],
        )
        one = self.embedded
        yield (
            f"\nIn one process on SQLite, {one.clients} clients: {one.writes_per_second} writes/s, "
            f"transition {_ms(one.transition_ms)}, opening {_ms(one.opening_ms)}, and "
            f"{one.backlog_seconds} s behind after the last answer."
        )

    def _costs(self) -> Iterator[str]:
        heads = ("clients", "all, ms", *_PROGRAM, "generator", "receivers",
                 "mails", "webhooks", "WAL bytes")  # fmt: skip
        yield from _table(
            heads,
            [
                (
                    load.clients,
                    load.costs.total_ms,
                    *(round(load.costs.cpu_ms.get(kind, 0), 2) for kind in _PROGRAM),
                    round(load.costs.beside_ms["generator"], 2),
                    round(_receivers(load), 2),
                    load.costs.mails,
                    load.costs.webhooks,
                    f"{load.costs.wal_bytes:,.0f}",
                )
                for load in self.program.loads
            ],
        )
        yield (
            "\nMilliseconds of processor time a write (from /proc, with all that was forked), until the "
            "last message was out.\n"
        )
        yield from _table(("", *_KINDS), [(name, *found) for name, found in self._by_kind()])
        yield (
            "\nUnder load pg_stat_statements counts; with one client a counter on the wire, which sees "
            f"what is waited for. {self.program.backends} database sessions; PostgreSQL "
            f"{_megabytes(self.program.memory['postgres'])} MB, "
            f"Redis {_megabytes(self.program.memory['redis'])} MB."
        )

    def _by_kind(self) -> Iterator[tuple[str, list[object]]]:
        costs, recorded = self.program.most.costs, self.recorded
        yield "of postgres, ms, for", [round(costs.postgres_ms.get(k, 0), 2) for k in _KINDS]
        yield (
            "statements a write, under load",
            [round(costs.statements.get(k, 0), 2) for k in _KINDS],
        )
        yield "statements a write, one client", [recorded.statements[k] for k in _KINDS]
        yield "round trips a write, one client", [recorded.round_trips[k] for k in _KINDS]
        yield "memory, MB", [_megabytes(self.program.memory[k]) for k in _KINDS]

    def _open(self) -> Iterator[str]:
        yield from _table(
            ("asked for", "answered", "p50 / p95 / p99 from when it was due", "held"),
            [
                (
                    rate.asked_per_second,
                    rate.answered_per_second,
                    _ms(rate.write_ms),
                    "yes" if rate.held else "no",
                )
                for rate in self.program.rates
            ],
        )

    def _told(self) -> Iterator[str]:
        rows = [
            (f"{load.clients} clients, full load", _ms(load.email_ms), _ms(load.webhook_ms))
            for load in self.program.loads
        ]
        half = f"half load, {self.program.half.answered_per_second} writes/s"
        yield from _table(
            ("load", "e-mail p50 / p95 / p99", "webhook p50 / p95 / p99"),
            [*rows, (half, _ms(self.program.email_ms), _ms(self.program.webhook_ms))],
        )

    def _reading(self) -> Iterator[str]:
        status, judged = self.program.status, self.program.judged
        yield from _table(
            ("what", "figure"),
            [
                ("status by number, a second", status.status_per_second),
                ("empty answer (/healthz), a second", status.empty_per_second),
                (f"status at half load ({status.half_rate}/s), p50 / p95 / p99", _ms(status.half_ms)),
                ("decision judged by the register: ms of web and its sessions", judged.judged_cpu_ms),
                ("the same by a role alone", judged.unjudged_cpu_ms),
                ("the register costs", f"{judged.more_ms} ms"),
                ("judged, the client waits p50 / p95 / p99", _ms(judged.judged_ms)),
                ("unjudged", _ms(judged.unjudged_ms)),
            ],
        )  # fmt: skip

    def _peers(self) -> Iterator[str]:
        rows: list[tuple[object, ...]] = [
            ("casetrack", "a write with its chain, ledger, mail and webhook, over HTTP",
             self.program.most.writes_per_second, self.program.most.costs.total_ms),
        ]  # fmt: skip
        for name, limit in (("with the web's own statements", self.own), ("plain", self.plain)):
            does = "a write's statements again, and nothing else"
            if isinstance(limit, str):
                rows.append((f"pgbench {name}", f"not measured: {limit}", "", ""))
            else:
                said = f"{does}, {limit.statements_per_write} a write"
                rows.append((f"pgbench {name}", said, limit.per_second, limit.postgres_ms))
        for peer in self.peers:
            name = f"{peer.name} {peer.version}".strip()
            if peer.why_not:
                rows.append((name, f"not measured: {peer.why_not}", "", ""))
            else:
                ms = round(peer.python_ms + peer.postgres_ms, 2)
                put = peer.put_per_second
                does = f"{peer.does}; put in at {put} a second" if put else peer.does
                rows.append((name, does, peer.per_second, ms))
        yield from _table(("who", "does", "a second", "ms of processor time each"), rows)

    def _promises(self) -> Iterator[str]:
        yield from _table(
            ("promise", "looked at", "broken"),
            [(p.says, f"{p.checked:,}", p.broken if p.kept else f"{p.broken} NOT KEPT {p.first or ''}")
             for p in self.promises],
        )  # fmt: skip


def _of(writes: float, limit: Limit | str) -> float | None:
    return None if isinstance(limit, str) else round(writes / limit.per_second, 3)


def _megabytes(count: int) -> int:
    return count // 2**20


def _receivers(load: Loaded) -> float:
    return sum(v for name, v in load.costs.beside_ms.items() if name != "generator")


def _number(value: float | None) -> str:
    return "not measured" if value is None else f"{value:,g}"


def _ms(found: Quantiles) -> str:
    if not found:
        return "none"
    return f"{found['p50']:,.1f} / {found['p95']:,.1f} / {found['p99']:,.1f} ms"


def _table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(str(cell) for cell in row)} |"
