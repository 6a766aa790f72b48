"""Rows of an office by chance, and what a fan-out is to make of their events one after the other."""

import json
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, update

from casetrack.domain.delivery.receivers import (
    Contact,
    Numbered,
    Receiver,
    Subscription,
    receivers,
    told,
)
from casetrack.storage import schema
from casetrack.usecases.delivery.channel_choice import Ways
from tests.support.world import SAMARINDA, World

TYPES = (
    "casetrack.case.opened",
    "casetrack.case.paused",
    "casetrack.case.resumed",
    "casetrack.step.claimed",
)
OF_HOOKS = ("casetrack.webhook.paused", "casetrack.webhook.tested")
#: What parties gave: one is told in person, one gave nothing and stood there at the opening.
REACHED = ("email", "sms,email", "whatsapp", "email,sms", None)
ROLES = ("applicant", "representative", "payer")
HEALTH = ("active", "active", "paused", "ended")


@dataclass
class Office:
    """Cases, parties and subscriptions that are only rows, and events that wait for a number."""

    world: World
    chance: random.Random
    numbers: list[str] = field(default_factory=list)
    hooks: list[str] = field(default_factory=list)
    #: Stream → its highest version.
    versions: dict[str, int] = field(default_factory=dict)
    last_id: int = 10_000_000

    def open(self, count: int, roles: tuple[str, ...] = ROLES) -> None:
        """Cases of one service, each with some of the parties."""
        cases, parties, steps = [], [], []
        for _ in range(count):
            number = f"SMR-SUR-2026-{900_000 + len(self.numbers)}-1"
            self.numbers.append(number)
            cases.append(_case(number, len(self.numbers)))
            for role in self.chance.sample(roles, self.chance.randint(1, len(roles))):
                parties.append(self._party(number, role))
            parties.append(
                self._party(number, "former.1", hears=self.chance.choice((None, 1, 2, 3)))
            )
            for agency in self.chance.sample(("dpmptsp", "dlh", "dishub"), 2):
                steps.append(_step(number, agency))
        self.write(schema.cases, cases)
        self.write(schema.parties, parties)
        self.write(schema.steps, steps)

    def _party(self, number: str, role: str, **more: Any) -> dict[str, Any]:
        """One who is told as a rule; some are not any more, and some not from a day on."""
        now = self.world.hands.now
        over = {
            "silenced": self.chance.choice((None, None, None, True)),
            "until": self.chance.choice(
                (None, None, now - timedelta(days=1), now + timedelta(days=1))
            ),
        }
        return {**party(number, role, self.chance.choice(REACHED)), **over, "hears": None, **more}

    def subscribe(self, count: int) -> None:
        """Endpoints that want different things, some of which rest or are paused."""
        rows = []
        for place in range(count):
            self.hooks.append(f"hook{place}")
            rows.append(_hook(self.hooks[-1], self.chance, self.world.hands.now))
        self.write(schema.subscriptions, rows)

    def happen(self, count: int) -> None:
        """Events of cases, of what stands beside a case, and of what is no case."""
        events = []
        for _ in range(count):
            self.last_id += self.chance.randint(1, 3)
            stream, kind = self._somewhere()
            version = self.versions[stream] = self.versions.get(stream, 0) + 1
            events.append(
                {
                    "region": SAMARINDA,
                    "stream": stream,
                    "version": version,
                    "id": self.last_id,
                    "type": kind,
                    "recorded_at": self.world.hands.now,
                    "body": "{}",
                    "hash": f"{self.last_id:064x}",
                }
            )
        self.write(schema.events, events)
        self.write(
            schema.queue, [{k: e[k] for k in ("region", "id", "stream", "version")} for e in events]
        )

    def _somewhere(self) -> tuple[str, str]:
        number = self.chance.choice(self.numbers)
        hook = self.chance.choice(self.hooks or ["none"])
        return self.chance.choice(
            [
                *[(number, self.chance.choice(TYPES))] * 6,
                (f"deadline/{number}", "casetrack.deadline.missed"),
                (
                    f"webhook/{hook}",
                    self.chance.choice(("casetrack.webhook.paused", "casetrack.webhook.tested")),
                ),
                ("agency/dlh", "casetrack.account.disabled"),
                ("import/log-1", "casetrack.imported.step"),
            ]
        )

    def write(self, table: Any, rows: list[dict[str, Any]]) -> None:
        if rows:
            with self.world.database.write() as uow:
                uow.execute(insert(table), rows)

    def read(self, table: Any) -> list[dict[str, Any]]:
        with self.world.database.read() as connection:
            rows = connection.execute(table.select().where(table.c.region == SAMARINDA))
            return [dict(row._mapping) for row in rows]


def _case(number: str, place: int) -> dict[str, Any]:
    return {
        "region": SAMARINDA, "number": number, "version": 1, "hash": "0" * 64,
        "opened_id": 9_000_000 + place, "service": "surat-keterangan", "service_version": 1,
        "status": "submitted", "holder": "dpmptsp", "fold_version": 1, "state": "{}",
    }  # fmt: skip


def party(number: str, role: str, channels: str | None) -> dict[str, Any]:
    return {
        "region": SAMARINDA, "number": number, "role": role, "subject": "s" * 32, "text": "t" * 32,
        "channels": channels, "language": "id",
    }  # fmt: skip


def _step(number: str, agency: str) -> dict[str, Any]:
    return {
        "region": SAMARINDA, "number": number, "step": agency, "agency": agency, "kind": "check",
        "status": "ready", "version": 1, "urgent_at": datetime.fromisoformat("2099-01-01T00:00:00Z"),
    }  # fmt: skip


def _hook(name: str, chance: random.Random, now: datetime) -> dict[str, Any]:
    types = chance.choice(
        (["casetrack.*"], ["casetrack.case.*"], ["casetrack.imported.*"], [TYPES[1]])
    )
    return {
        "region": SAMARINDA, "id": name, "agency": chance.choice((None, "dlh", "dishub")),
        "created_by": "smr.mesin", "created_at": now, "types": json.dumps(types),
        "service": chance.choice((None, "surat-keterangan", "izin-reklame")), "url": "https://a.example",
        "sealed": b"", "mail": chance.random() < 0.5, "state": chance.choice(HEALTH),
        "state_since": now, "failures": 0, "slow": False, "version": 1,
        "rests_until": chance.choice((None, None, now + timedelta(minutes=1))),
    }  # fmt: skip


@dataclass
class Lock:
    """A lane's row: its queue, when it is due, how far it was claimed."""

    queue: str
    due_at: datetime | None = None
    claimed: int = 0


@dataclass
class OneByOne:
    """What the fan-out is to come to, one event after the other and without any SQL."""

    office: Office
    #: Lane and position → the delivery.
    deliveries: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    #: Lane and the event's position → the delivery's position.
    joined: dict[tuple[str, int], int] = field(default_factory=dict)
    lanes: dict[str, Lock] = field(default_factory=dict)
    rung: set[str] = field(default_factory=set)

    def take(self, events: list[dict[str, Any]], positions: dict[tuple[str, int], int]) -> None:
        """These events, which have these positions by stream and version."""
        contacts: dict[str, list[Contact]] = {}
        now = self.office.world.hands.now
        for row in self.office.read(schema.parties):
            over = row["silenced"] or (row["until"] is not None and row["until"] <= now)
            if over or (row["role"].startswith("former.") and row["hears"] is None):
                continue
            hears = (row["number"], row["hears"]) if row["hears"] is not None else None
            reached = tuple(row["channels"].split(",")) if row["channels"] else ()
            contacts.setdefault(row["number"], []).append(
                Contact(row["role"], "surat-keterangan", 1, reached, hears)
            )
        hooks = [self._subscription(row) for row in self.office.read(schema.subscriptions)]
        hooks.sort(key=lambda hook: hook.id)
        for event in sorted(events, key=lambda event: event["id"]):
            position = positions[event["stream"], event["version"]]
            self._event(event, position, contacts, hooks)

    def _subscription(self, row: dict[str, Any]) -> Subscription:
        now, rests = self.office.world.hands.now, row["rests_until"]
        hears = row["state"] in ("active", "paused")
        return Subscription(
            row["id"],
            tuple(json.loads(row["types"])) if hears else (),
            row["service"],
            row["agency"],
            mail=row["mail"],
            awake=row["state"] == "active" and (rests is None or rests <= now),
        )

    def _event(
        self,
        event: dict[str, Any],
        position: int,
        contacts: dict[str, list[Contact]],
        hooks: list[Subscription],
    ) -> None:
        stream, now = event["stream"], self.office.world.hands.now
        number = stream.rpartition("/")[2]
        agencies = {r["agency"] for r in self.office.read(schema.steps) if r["number"] == number}
        agencies |= {h.agency for h in hooks if stream == f"webhook/{h.id}"}
        if stream.startswith("agency/"):
            agencies = {number}
        service = "surat-keterangan" if number in self.office.numbers else None
        numbered = Numbered(event["type"], stream, service, frozenset(agencies))
        rule = Ways(self.office.world.ctx, SAMARINDA)
        parties = []
        if told(event["type"]):
            for contact in sorted(contacts.get(number, []), key=lambda contact: contact.role):
                if contact.hears not in (None, (stream, event["version"])):
                    continue
                way = rule(contact, event["type"], now)
                parties += [way] if way is not None else []
        about = stream if stream.startswith("import/") else number
        for receiver in receivers(numbered, parties, hooks, told):
            self._receive(f"{about}/{receiver.name}", position, receiver, now)

    def _receive(self, lane: str, position: int, receiver: Receiver, now: datetime) -> None:
        if receiver.channel is None:
            self.deliveries[lane, position] = {
                "state": "not_possible",
                "channel": "none",
                "then": None,
            }
            return
        then = ",".join(receiver.then) or None
        lock = self.lanes.setdefault(lane, Lock(receiver.queue))
        lock.due_at = lock.due_at or receiver.not_before or now
        if receiver.awake and (receiver.not_before is None or receiver.not_before <= now):
            self.rung.add(receiver.queue)
        waiting = [
            (place, delivery)
            for (name, place), delivery in self.deliveries.items()
            if name == lane and delivery["state"] == "pending" and place > lock.claimed
        ]
        if receiver.joins and waiting:
            place, newest = max(waiting, key=lambda each: each[0])
            if (newest["channel"], newest["then"]) == (receiver.channel, then):
                self.joined[lane, position] = place
                return
        self.deliveries[lane, position] = {
            "state": "pending", "channel": receiver.channel, "then": then,
        }  # fmt: skip

    def claim_some(self) -> None:
        """Somebody begins to send what some lanes hold, and some of it has arrived."""
        chance, database = self.office.chance, self.office.world.database
        for lane, lock in self.lanes.items():
            open_ = [
                p
                for (name, p), d in self.deliveries.items()
                if name == lane and d["state"] == "pending"
            ]
            if not open_ or chance.random() < 0.5:
                continue
            lock.claimed = max(open_)
            done = chance.random() < 0.5
            lanes, deliveries = schema.lanes, schema.deliveries
            with database.write() as uow:
                uow.execute(
                    update(lanes)
                    .where(lanes.c.region == SAMARINDA, lanes.c.lane == lane)
                    .values(claimed=lock.claimed, **({"due_at": None} if done else {}))
                )
                if done:
                    uow.execute(
                        update(deliveries)
                        .where(deliveries.c.region == SAMARINDA, deliveries.c.lane == lane,
                               deliveries.c.state == "pending")
                        .values(state="delivered")
                    )  # fmt: skip
            if done:
                lock.due_at = None
                for place in open_:
                    self.deliveries[lane, place]["state"] = "delivered"
