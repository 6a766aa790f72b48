"""The figures of the treasurer against an independent sum over random bills."""

from collections import Counter
from fractions import Fraction
from math import ceil
from pathlib import Path
from random import Random

from tests.support.money import STALL, billed, on_bill, world_of_money
from tests.support.web import Web


def by_hand(area: int, zone: str) -> int:
    """As the table on the wall says it: 150.000 and 2.500 a square metre, half as much again in the
    centre, to the next thousand, 50 million at most."""
    total = Fraction(150_000 + 2_500 * area) * (Fraction(3, 2) if zone == "centre" else 1)
    return min(ceil(total / 1_000) * 1_000, 50_000_000)


def test_counts_and_sums_are_those_of_the_bills(database_url: str, tmp_path: Path) -> None:
    world, draw = world_of_money(database_url, tmp_path), Random(49)
    web, bills, sums = Web(world), Counter[str](), Counter[str]()
    for place in range(16):
        area, zone = draw.randint(0, 10_000), draw.choice(["centre", "edge"])
        amount = by_hand(area, zone)
        number = billed(web, {**STALL, "facts": {"area_m2": area, "zone": zone}})
        state = "issued"
        if draw.random() < 0.3:
            amount = draw.randint(1, amount - 1)
            done = on_bill(web, number, "bima", "reduce", amount=amount, reason="keringanan")
            assert done.status_code == 200
        for action, who, became in draw.choice(
            [
                [],
                [("report", "dewi", "reported")],
                [("cancel", "bima", "cancelled")],
                [("confirm", "ika", "confirmed")],
                [("confirm", "ika", "confirmed"), ("refund", "bima", "refunded")],
            ]
        ):
            said = {"reference": f"B{place}"} if action == "confirm" else {"reason": "demikian"}
            more = {} if action == "report" else said
            assert on_bill(web, number, who, action, **more).status_code == 200
            state = became
        bills[state] += 1
        sums[state] += amount
    found = web.get("/bills/totals?service=izin-lapak", "ika").get_json()
    assert {each["state"]: each["bills"] for each in found["items"]} == bills
    assert {each["state"]: each["amount"] for each in found["items"]} == sums
    world.close()
