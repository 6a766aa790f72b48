"""An office in which things have happened, and the power to tamper with its rows."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Table, delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from casetrack.domain.delivery.receivers import told
from casetrack.storage import schema, triggers
from casetrack.usecases.delivery import relay
from casetrack.usecases.logs.replay import Importer
from casetrack.usecases.people import corrections, subjects
from casetrack.usecases.proof.checked_region import Verdict
from casetrack.usecases.proof.verify import verify
from tests.support.commands import run_command
from tests.support.world import BILLBOARD_STORY, SAMARINDA, World, environment_for

Row = dict[str, Any]


#: Table → what reads it whole.
_EVERYTHING = {
    table: select(table).order_by(*table.primary_key) for table in schema.metadata.sorted_tables
}


@dataclass
class Office:
    """A world in which things have happened, and the power to tamper with its rows."""

    world: World
    done: str
    open: str
    queued: str

    def verify(self, **options: Any) -> Verdict:
        return verify(self.world.ctx, progress=lambda _: None, **options)

    def fault(self, **options: Any) -> tuple[str, str | None, Any] | None:
        found = self.verify(**options).fault
        return (found.kind, found.stream, found.version) if found else None

    def kind(self) -> str | None:
        found = self.verify().fault
        return found.kind if found else None

    def command(self, *words: str) -> tuple[int, str]:
        """The exit status of `casetrack` with these words, and what it printed."""
        settings = self.world.app.settings
        environment = environment_for(settings.database_url, settings.data_dir)
        done = run_command(environment, words)
        return done.exit_code, done.stdout

    def rows(self, table: Table, **where: Any) -> list[Row]:
        query = select(table).filter_by(**where).order_by(*table.primary_key)
        with self.world.database.read() as connection:
            return [dict(row._mapping) for row in connection.execute(query)]

    def row(self, table: Table, **where: Any) -> Row:
        (found,) = self.rows(table, **where)
        return found

    def run(self, *statements: Any) -> None:
        """Write past every trigger, as who owns the database can."""
        database = self.world.database
        if database.dialect == "sqlite":
            before, after = triggers.drop("sqlite"), triggers.create("sqlite")
        else:
            # To alter the tables would have the server plan every statement on them anew.
            before, after = ["SET LOCAL session_replication_role = replica"], []
        with database.write() as uow:
            for statement in before:
                uow.execute(text(statement))
            for statement in statements:
                uow.execute(statement)
            for statement in after:
                uow.execute(text(statement))

    def change(self, table: Table, where: Row, **values: Any) -> None:
        self.run(update(table).filter_by(**where).values(**values))

    def remove(self, table: Table, **where: Any) -> None:
        self.run(delete(table).filter_by(**where))

    def add(self, table: Table, row: Row, **values: Any) -> None:
        self.run(insert(table).values(**{**row, **values}))

    def swap(self, table: Table, one: Row, other: Row, columns: Sequence[str]) -> None:
        """Exchange these columns of two rows; a free key in between keeps unique ones apart."""
        key = [column.name for column in table.primary_key]
        first, second = ({n: row[n] for n in key} for row in (one, other))
        gone = delete(table).filter_by(**second)
        mine = {name: other[name] for name in columns}
        theirs = {**other, **{name: one[name] for name in columns}}
        self.run(
            gone, update(table).filter_by(**first).values(**mine), insert(table).values(theirs)
        )

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Whatever happens within is undone."""
        before, now = self._all(), self.world.hands.now
        yield
        after = self._all()
        changed = [table for table in before if before[table] != after.get(table)]
        self.run(
            *[delete(table) for table in changed],
            *[insert(table).values(before[table]) for table in changed if before[table]],
        )
        self.world.hands.now = now

    def _all(self) -> dict[Table, list[Row]]:
        """Every row of every table; a table that cannot be read any more is left out."""
        found: dict[Table, list[Row]] = {}
        with self.world.database.read() as connection:
            for table, query in _EVERYTHING.items():
                # SQLite takes bytes that are no text, and says so when they are read.
                with suppress(DBAPIError):
                    found[table] = [dict(row._mapping) for row in connection.execute(query)]
        return found

    def sequence(self) -> None:
        relay.drain(self.world.ctx, told, lambda _: None)


def play(world: World) -> Office:
    """One case handed over, one with a defect found, a log, and one whose events still wait."""
    brought = [{"requirement": "ktp", "name": "ktp.pdf"}, {"requirement": "foto"}]
    done = world.open("izin-reklame", documents=brought)
    done_number = done.view["number"]
    world.play(done_number, BILLBOARD_STORY)
    number = world.open("izin-reklame").view["number"]
    world.act(number, "dewi", "declare_complete", "intake", note="lengkap")
    defect = {"requirement": "ktp", "text": "KTP tidak terbaca"}
    world.act(number, "rudi", "return", "review_dlh", defects=[defect])
    world.open("surat-keterangan", by="sby.clerk")
    (budi,) = subjects.by_case(world.ctx, number)
    corrections.correct(world.ctx, budi, {"name": "Budi S."}, number=number)
    log = Importer(world.ctx, SAMARINDA, "ab" * 32, lambda: None)
    for _ in log.take((LoggedHere(*place), "trace") for place in ((0, 0), (0, 1), (1, 0))):
        pass
    relay.drain(world.ctx, told, lambda _: None)
    queued = world.open().view["number"]
    world.act(queued, "dewi", "declare_complete", "intake")
    return Office(world, done_number, number, queued)


@dataclass(frozen=True)
class LoggedHere:
    """An event of another system's log."""

    trace: int
    index: int
    activity: str = "Berkas diterima"
    time: datetime = datetime(2019, 5, 6, 1, 0, tzinfo=UTC)
    offset_minutes: int = 480
    resource: str | None = "Petugas 7"
    group: str | None = None
    lifecycle: str | None = None
    instance: str | None = None
