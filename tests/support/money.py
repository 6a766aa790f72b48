"""A service with a levy by formula, and a region whose register says who issues bills and where they are
paid: Bima of the revenue agency issues, Ika confirms."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from casetrack.domain.authority.entries import Basis, CodeForm, PayAccount
from casetrack.domain.authority.recorded import Recorded
from casetrack.domain.clock import TimeLimit
from casetrack.domain.region.region_data import Officer, RegionData
from casetrack.domain.service.definition import (
    Action,
    FactDefinition,
    Name,
    ServiceDefinition,
    StepDefinition,
)
from casetrack.domain.service.tariff import BillRule, Choice, Factor, Part, Rounding, Tariff
from tests.support.authority import enter, give_letters
from tests.support.registers import (
    attribution,
    day,
    incumbency,
    instrument,
    latest,
    line,
    position,
    recorded,
)
from tests.support.web import APPLICANT, Web
from tests.support.world import World, billboard, days, letter, samarinda, same, surabaya

#: 150.000, and 2.500 a square metre, one and a half times in the centre; to the next thousand.
TARIFF = Tariff(
    parts=(Part(amount=150_000), Part(amount=2_500, fact="area_m2")),
    factors=(Factor("zone", table=(Choice("centre", 3, 2), Choice("edge", 1))),),
    rounding=Rounding(1_000, "up"),
    maximum=50_000_000,
)
RULE = BillRule("Perda 1/2024 Pasal 60", TimeLimit(30, "calendar_days"), "signature", TARIFF)
STALL: dict[str, Any] = {
    "service": "izin-lapak",
    "facts": {"area_m2": 10, "zone": "centre"},
    "applicant": APPLICANT,
}
#: (150.000 + 25.000) x 3 / 2 = 262.500, to the next thousand.
PAID = 263_000


def stall(rule: BillRule = RULE) -> ServiceDefinition:
    """A stall on a market: decided, paid, signed, handed over."""
    step = StepDefinition
    return ServiceDefinition(
        id="izin-lapak",
        version=1,
        letters="LPK",
        name=Name("Izin Lapak", "Stall permit"),
        facts=(
            FactDefinition("area_m2", same("Luas"), "integer", minimum=0, maximum=10_000),
            FactDefinition("zone", same("Zona"), "code", choices=("centre", "edge")),
        ),
        steps=(
            step("intake", same("Periksa"), "dpmptsp", "check", roles=("clerk", "officer")),
            step("decide", same("Keputusan"), "dpmptsp", "decide", after=("intake",)),
            step("pay", same("Retribusi"), "bapenda", "pay", after=("decide",), bill=rule),
            step("sign", same("Tanda tangan"), "dpmptsp", "sign", after=("pay",)),
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


def regions(rule: BillRule = RULE) -> tuple[RegionData, RegionData]:
    """Samarinda with the stall, and Surabaya."""
    data = samarinda(billboard(), letter(), stall(rule))
    more = (Officer("smr.ika", "officer", "bapenda"), Officer("smr.eka", "head", "bapenda"))
    return replace(data, officers=(*data.officers, *more)), surabaya()


def account(account_id: str = "kas-daerah", **more: Any) -> Recorded:
    """Where the revenue agency's bills are paid; casetrack draws the codes."""
    entry = PayAccount(
        agency="bapenda",
        name=same("Kas Daerah"),
        bank="Bankaltimtara",
        codes=CodeForm("6472", 10, drawn=True),
        basis=Basis("perda-1-2024", "60"),
        since=day("2024-01-01"),
        number="0011500100",
        holder="RKUD Kota Samarinda",
    )
    return recorded("account", account_id, replace(entry, **more))


def papers() -> list[Recorded]:
    """Bima holds the powers over bills by a regulation of the city."""
    actions: tuple[Action, ...] = ("issue_bill", "reduce_bill", "cancel_bill", "refund_bill")
    return [
        instrument("perda-1-2024", line("60"), since="2024-01-01", form="city_regulation"),
        position("kabid-pendapatan", "bapenda", "Kepala Bidang Pendapatan"),
        attribution(
            "menetapkan-retribusi",
            "kabid-pendapatan",
            on="perda-1-2024#60",
            since="2024-01-01",
            actions=actions,
            services=("izin-lapak",),
        ),
        incumbency("sk-bima", "smr.bima", "kabid-pendapatan", since="2024-02-01"),
    ]


def world_of_money(url: str, folder: Path, rule: BillRule = RULE, **settings: str) -> World:
    """The stall in Samarinda, with its powers and its account."""
    world = World.make(url, folder, regions_=regions(rule), **settings)
    enter(world, *latest([*papers(), account()]))
    give_letters(world)
    return world


def decided(web: Web, body: Mapping[str, Any] = STALL) -> str:
    """A case that waits for its bill."""
    number: str = web.open(body)["number"]
    web.play(number, "dewi declare_complete intake\nhadi complete decide")
    return number


def billed(web: Web, body: Mapping[str, Any] = STALL) -> str:
    """A decided case whose levy was issued."""
    number = decided(web, body)
    issued = issue(web, number)
    assert issued.status_code == 201, issued.text
    return number


def issue(web: Web, case: str, who: str = "bima", **more: Any) -> Any:
    """Somebody issues the bill of the stall."""
    body = {"step": "pay", **more}
    return web.post(f"/cases/{case}/bills", who, body, etag=web.etag(case))


def on_bill(web: Web, number: str, who: str, action: str, bill: str = "bill-1", **more: Any) -> Any:
    """Somebody does something with a bill."""
    path = f"/cases/{number}/bills/{bill}/actions"
    return web.post(path, who, {"action": action, **more}, etag=web.etag(number))


def code_of(web: Web, number: str) -> str:
    """The code of the newest bill of a case."""
    bills = web.get(f"/cases/{number}/bills", "audit").get_json()["items"]
    return str(bills[-1]["code"])
