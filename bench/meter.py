"""What a stretch of work cost: processor time by kind of process, statements, log bytes, messages."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from bench.process_costs import Snapshot
from bench.whole_stage import KINDS, Stage


@dataclass(frozen=True, slots=True)
class Costs:
    """For each write: milliseconds of processor time by kind, and what the server counted."""

    #: web, relay, workers, clock, postgres, redis.
    cpu_ms: Mapping[str, float]
    #: What of the server's went to whom; "itself" is the log, the checkpoints and so on.
    postgres_ms: Mapping[str, float]
    #: The generator and the receivers, which are no part of the program.
    beside_ms: Mapping[str, float]
    #: By database user, as pg_stat_statements counts them: BEGIN and COMMIT too.
    statements: Mapping[str, float]
    wal_bytes: float
    mails: float
    webhooks: float

    @property
    def total_ms(self) -> float:
        """Of the program and its servers."""
        return round(sum(self.cpu_ms.values()), 2)


class Meter:
    """Reads everything at its beginning and at the end."""

    def __init__(self, place: Stage) -> None:
        self._place = place
        self.began = time.time()
        self._cpu, self._backends = self._processor_time()
        self._statements = statements(place)
        self._wal, self._messages = self._written(), self._came()

    def stop(self, writes: int) -> Costs:
        """What one of so many writes cost."""
        cpu, backends = self._processor_time()
        asked = statements(self._place)
        mails, webhooks = self._came()
        wal = self._written() - self._wal

        def each(
            after: Mapping[str, float], before: Mapping[str, float], by: float
        ) -> dict[str, float]:
            return {
                name: round(max(0.0, value - before.get(name, 0)) * by / max(writes, 1), 3)
                for name, value in after.items()
            }

        ms = each(cpu, self._cpu, 1000)
        beside = {"generator": ms.pop("generator"), "mail receiver": ms.pop("receivers")}
        beside["webhook receiver"] = ms.pop("webhook receiver")
        return Costs(
            cpu_ms=ms,
            postgres_ms=each(backends, self._backends, 1000),
            beside_ms=beside,
            statements=each(asked, self._statements, 1),
            wal_bytes=round(wal / max(writes, 1)),
            mails=round((mails - self._messages[0]) / max(writes, 1), 2),
            webhooks=round((webhooks - self._messages[1]) / max(writes, 1), 2),
        )

    def _processor_time(self) -> tuple[dict[str, float], dict[str, float]]:
        now = Snapshot.now()
        seconds = {kind: now.cpu(pid) for kind, pid in self._place.pids().items()}
        return seconds, now.cpu_of_backends(self._place.postgresql.pid)

    def _written(self) -> int:
        return int(str(self._place.ask("SELECT pg_current_wal_lsn() - '0/0'")[0][0]))

    def _came(self) -> tuple[int, int]:
        return self._place.mail.count, self._place.webhook.count


def statements(place: Stage) -> dict[str, float]:
    """How many statements each kind of process has had carried out so far."""
    found = place.ask(
        "SELECT rolname, sum(calls) FROM pg_stat_statements JOIN pg_roles ON pg_roles.oid = userid "
        "GROUP BY rolname",
        "postgres",
    )
    return {str(name): float(str(calls)) for name, calls in found if name in KINDS}
