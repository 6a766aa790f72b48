"""The cast: Dewi at the counter, Rudi and Sari who review, Hadi who signs, Lina and Joko who keep the
papers, Tono the stranger.

Samarinda is their region; Surabaya, with Tono in it, must see nothing of theirs.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from casetrack.bootstrap import App, build
from casetrack.config import Settings, load
from casetrack.domain.access import Actor
from casetrack.domain.authority.duties import bodies_of
from casetrack.domain.case.commands import Seen
from casetrack.domain.case.complaint_desk import ComplaintDesk
from casetrack.domain.clock import TimeLimit
from casetrack.domain.region.region_data import Agency, Officer, Region, RegionData
from casetrack.domain.service.definition import (
    FactDefinition,
    Name,
    Requirement,
    ServiceDefinition,
    StepDefinition,
)
from casetrack.storage import migrate, schema_version
from casetrack.storage.authority import register
from casetrack.storage.people import officers
from casetrack.storage.unit_of_work import Database
from casetrack.usecases.case import do
from casetrack.usecases.case.doing import Doing
from casetrack.usecases.case.opening import Application, open_at_counter
from casetrack.usecases.case.sealed_parties import Party
from casetrack.usecases.case.visible_case import sight
from casetrack.usecases.context import Answer, Context
from casetrack.usecases.people import tokens
from tests.support.loaded import load_of

MASTER = "bWFzdGVyLWtleS1mb3ItdGVzdHMtb25seS0zMi1ieXQ="
SECRET = "c2VjcmV0LWtleS1mb3ItdGVzdHMtb25seS0zMi1ieXQ="
SAMARINDA, SURABAYA = "64.72", "35.78"
BUDI = Party("applicant", "person", "Budi Santoso", nik="6472010101900001", email="budi@example.id")


def same(text: str) -> Name:
    """A name that is the same in both languages."""
    return Name(text, text)


def days(count: int) -> TimeLimit:
    """Working days."""
    return TimeLimit(count, "working_days")


def billboard() -> ServiceDefinition:
    """Parallel reviews, a payment, a signature: the richest of the services."""
    step = StepDefinition
    return ServiceDefinition(
        id="izin-reklame",
        version=1,
        letters="REK",
        name=Name("Izin Reklame", "Billboard permit"),
        requirements=(
            Requirement(id="ktp", name=same("KTP")),
            Requirement(id="foto", name=Name("Foto lokasi", "Photo of the spot")),
        ),
        facts=(
            FactDefinition(id="width_cm", name=same("Lebar"), type="integer", required=True),
            FactDefinition(id="location", name=same("Lokasi"), type="code", required=True),
            FactDefinition(id="remark", name=same("Catatan"), type="text", required=False),
        ),
        steps=(
            step(
                "intake",
                same("Pemeriksaan"),
                "dpmptsp",
                "check",
                limit=days(1),
                roles=("clerk", "officer"),
            ),
            step(
                "review_dlh",
                same("Telaah DLH"),
                "dlh",
                "recommend",
                after=("intake",),
                limit=days(3),
                silence="no_opinion",
                official=True,
            ),
            step(
                "review_dishub",
                same("Telaah Dishub"),
                "dishub",
                "recommend",
                after=("intake",),
                limit=days(3),
            ),
            step(
                "visit", same("Tinjau lapangan"), "dlh", "record", after=("intake",), optional=True
            ),
            step(
                "verify",
                same("Verifikasi"),
                "dpmptsp",
                "check",
                after=("review_dlh", "review_dishub", "visit"),
                limit=days(1),
            ),
            step("decide", same("Keputusan"), "dpmptsp", "decide", after=("verify",)),
            step("pay_tax", same("Pajak"), "bapenda", "pay", after=("decide",)),
            step("sign", same("Tanda tangan"), "dpmptsp", "sign", after=("pay_tax",)),
            step(
                "hand_over",
                same("Penyerahan"),
                "dpmptsp",
                "hand_over",
                after=("sign",),
                roles=("clerk", "officer"),
            ),
        ),
        limit=days(7),
    )


def letter() -> ServiceDefinition:
    """Three steps: the shortest way from counter to hand-over."""
    step = StepDefinition
    return ServiceDefinition(
        id="surat-keterangan",
        version=1,
        letters="SKT",
        name=Name("Surat Keterangan", "Statement letter"),
        requirements=(Requirement(id="ktp", name=same("KTP")),),
        steps=(
            step(
                "intake",
                same("Pemeriksaan"),
                "dpmptsp",
                "check",
                limit=days(1),
                roles=("clerk", "officer"),
            ),
            step(
                "decide", same("Keputusan"), "dpmptsp", "decide", after=("intake",), limit=days(2)
            ),
            step(
                "hand_over",
                same("Penyerahan"),
                "dpmptsp",
                "hand_over",
                after=("decide",),
                roles=("clerk", "officer"),
            ),
        ),
        limit=days(3),
    )


def required(definition: ServiceDefinition, facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every document that a file with these facts needs, ticked off without a name."""
    return [{"requirement": r.id} for r in definition.requirements if r.needed(facts)]


_CAST = {
    "dewi": ("clerk", "dpmptsp"),
    "hadi": ("officer", "dpmptsp"),
    "wati": ("supervisor", "dpmptsp"),
    "rudi": ("officer", "dlh"),
    "rini": ("supervisor", "dlh"),
    "sari": ("officer", "dishub"),
    "bima": ("officer", "bapenda"),
    "tono": ("officer", "dinkes"),
    "ketua": ("head", "dpmptsp"),
    "audit": ("auditor", None),
    "mesin": ("integrator", "dpmptsp"),
    "admin": ("admin", None),
    "lina": ("officer", "setda"),
    "joko": ("officer", "setda"),
}
#: Lina and Joko of the secretariat keep the papers of every agency.
_REGISTRARS = ("lina", "joko")


def samarinda(*services: ServiceDefinition) -> RegionData:
    """The region of the cast. Tono's agency, dinkes, has no step in any of these services."""
    agencies = ("dpmptsp", "dlh", "dishub", "pupr", "bapenda", "dinkes", "setda")
    duties = dict.fromkeys(_REGISTRARS, agencies)
    return RegionData(
        Region(
            SAMARINDA,
            "SMR",
            same("Samarinda"),
            "Asia/Makassar",
            secretariat="setda",
            complaints=ComplaintDesk("dpmptsp", "setda"),
        ),
        tuple(Agency(agency, same(agency.upper()), "city") for agency in agencies),
        (),
        tuple(
            Officer(
                f"smr.{name}",
                role,
                agency,
                registrar_for=duties.get(name, ()),
                data_protection=name == "ketua",
            )
            for name, (role, agency) in _CAST.items()
        ),
        services or (billboard(), letter()),
        (),
    )


def surabaya() -> RegionData:
    """Another region, with a service and an agency of the same names."""
    return RegionData(
        Region(SURABAYA, "SBY", same("Surabaya"), "Asia/Jakarta"),
        (Agency("dpmptsp", same("DPMPTSP"), "city"),),
        (),
        (
            Officer("sby.clerk", "clerk", "dpmptsp"),
            Officer("sby.officer", "officer", "dpmptsp"),
            Officer("sby.audit", "auditor", None),
        ),
        (letter(),),
        (),
    )


class Hands:
    """A clock that stands until somebody turns it; 23 November 2026 is a Monday."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        # Each look is a little later, as with a real clock.
        self.now += timedelta(microseconds=1)
        return self.now

    def pass_time(self, **by: float) -> None:
        """Let time pass."""
        self.now += timedelta(**by)


@dataclass
class World:
    """Two regions, their people, and what they can do."""

    app: App
    hands: Hands
    mail: Path
    tokens: dict[str, str] = field(default_factory=dict)

    @classmethod
    def make(cls, url: str, folder: Path, *, regions_: Any = None, **settings: str) -> "World":
        """Migrate, load both regions, and let the clock stand. Webhooks may go to this machine."""
        load = load_of(url, settings, regions_ or (samarinda(), surabaya()))
        settings = {
            "CASETRACK_WEBHOOK_ALLOW": "127.0.0.0/8",
            "CASETRACK_METRICS_PUBLIC": "1",
            **settings,
        }
        hands = Hands()
        loaded = load.prepare(url)
        app = build(settings_for(url, folder, **settings), wake=lambda: None, clock=hands)
        app.database.do_not_wait_for_disk()
        if loaded or load.copy_into(app.database):
            hands.now = load.now or hands.now
        else:
            if schema_version.is_empty(app.database):
                migrate.upgrade(app.database)
            load.carry_out(app, lambda: hands.now)
        return cls(app, hands, folder / "mail")

    def close(self) -> None:
        """Give back the database's connections."""
        self.app.database.close()

    @property
    def ctx(self) -> Context:
        """What use cases are given."""
        return self.app.ctx

    @property
    def database(self) -> Database:
        """The database below."""
        return self.app.database

    def actor(self, name: str) -> Actor:
        """One of the cast: "dewi", or by login for another region: "sby.clerk"."""
        login = name if "." in name else f"smr.{name}"
        with self.database.read() as connection:
            record = officers.find_officer(connection, login)
            if record is None:
                raise LookupError(name)
            known = register.registrars(connection, record.region)
        o = record.officer
        day = self.ctx.region(record.region)[1].local_date(self.database.now())
        return Actor(
            "officer",
            o.login,
            record.region,
            o.role,
            o.agency,
            o.positions,
            o.more_roles,
            tuple(sorted({*o.registrar_for, *bodies_of(known, login, day)})),
        )

    def token(self, name: str) -> str:
        """A live token of one of the cast."""
        login = name if "." in name else f"smr.{name}"
        if login not in self.tokens:
            # The clock of a test goes on for years.
            self.tokens[login] = tokens.create_token(self.ctx, login, days=3650)
        return self.tokens[login]

    def open(
        self,
        service: str = "surat-keterangan",
        *,
        by: str = "dewi",
        applicant: Party = BUDI,
        facts: Mapping[str, Any] | None = None,
        documents: Sequence[Mapping[str, Any]] | None = None,
    ) -> Answer:
        """Dewi takes in a file, with everything that is required where nothing else is said."""
        if facts is None:
            facts = {"width_cm": 400, "location": "64.72.03"} if service == "izin-reklame" else {}
        region = self.actor(by).region
        if documents is None:
            documents = required(self.ctx.current_definition(region, service), facts)
        application = Application(service, facts, [applicant], documents)
        return open_at_counter(self.ctx, self.actor(by), application)

    def act(self, number: str, by: str, action: str, step: str | None = None, **kw: Any) -> Answer:
        """Somebody does something, having seen the case as it is now."""
        actor = self.actor(by)
        seen = sight(self.ctx, actor, number)
        doing = Doing(action, step=step, **kw)
        return do.do(self.ctx, actor, seen, doing, lambda: Seen(case=seen.state.version))

    def play(self, number: str, script: str) -> None:
        """Several acts, one a line: "dewi declare_complete intake", "rudi complete x favourable"."""
        for line in script.strip().splitlines():
            by, action, *rest = line.split()
            step = rest[0] if rest else None
            self.act(number, by, action, step, result=rest[1] if len(rest) > 1 else None)


#: A billboard permit from complete file to hand-over.
BILLBOARD_STORY = """
dewi declare_complete intake
rudi complete review_dlh favourable
sari complete review_dishub conditional
hadi complete verify
hadi complete decide
bima record_payment pay_tax
hadi complete sign
dewi hand_over
"""
LETTER_STORY = """
dewi declare_complete intake
hadi complete decide
dewi hand_over
"""


def settings_for(url: str, folder: Path, **more: str) -> Settings:
    """Settings for a test: this database, keys that are known, everything else by default."""
    return load(
        {
            "CASETRACK_DATABASE_URL": url,
            "CASETRACK_DATA_DIR": str(folder),
            "CASETRACK_MASTER_KEY": MASTER,
            "CASETRACK_SECRET_KEY": SECRET,
            # The same on both databases: SMS and WhatsApp only where a test asks for them.
            "CASETRACK_SMS_URL": "none",
            "CASETRACK_WHATSAPP_URL": "none",
            **more,
        }
    )


def environment_for(url: str, folder: Path, **more: str) -> dict[str, str]:
    """The same for a real process."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("CASETRACK_")},
        "CASETRACK_DATABASE_URL": url,
        "CASETRACK_DATA_DIR": str(folder),
        "CASETRACK_MASTER_KEY": MASTER,
        "CASETRACK_SECRET_KEY": SECRET,
        **more,
    }


Clock = Callable[[], datetime]
