"""A process that signs is killed at each point: nothing is lost, nothing is signed twice."""

import json
import signal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Select, select

from casetrack.config import Settings
from casetrack.gateways.signing.own_certificate import OwnCertificates
from casetrack.storage import schema
from casetrack.usecases.case import signing_again
from casetrack.usecases.people.files import remove_all_due
from casetrack.usecases.proof.verify import verify
from tests.contract.test_story_of_products import PAID, REVIEWED, opened, play, products
from tests.support import demo, killed_callers
from tests.support.killed_signing import POINTS, sign_and_die
from tests.support.signing import OPENS, certificate, said_of
from tests.support.victims import Victim
from tests.support.web import Web
from tests.support.world import SAMARINDA, World, settings_for

pytestmark = pytest.mark.e2e

#: Each point is gone on from by the officer, and by the clock.
ROUND = [(point, by_clock) for point in POINTS for by_clock in (False, True)]
ALL = len(ROUND)


def killed(web: Web, settings: Settings, number: str, point: str) -> None:
    """A process that signs the case's draft is dead at this point."""
    product = products(web, number)[0]["id"]
    said = {
        "now": web.world.hands.now.isoformat(),
        "path": f"/api/v1/cases/{number}/products/{product}/actions",
        "token": web.world.token("signer"),
        "etag": web.etag(number, "auditor"),
        "key": f"sign-{point}",
    }
    assert sign_and_die(said, settings, point) == -signal.SIGKILL, point


def sign_again(web: Web, number: str, point: str) -> None:
    (draft,) = products(web, number)
    answer = web.post(
        f"/cases/{number}/products/{draft['id']}/actions",
        "signer",
        {"action": "sign"},
        etag=web.etag(number, "auditor"),
        key=f"sign-{point}",
    )
    assert answer.status_code == 200, (point, answer.text)


def passports(web: Web, number: str) -> list[int]:
    """The versions of the events of the signing step that say by what right."""
    events = web.get(f"/cases/{number}/events?limit=200", "auditor").get_json()["items"]
    return [
        each["version"]
        for each in events
        if each["stream"] == number
        and each["data"].get("step") == "sign"
        and "authority" in each["data"]
    ]


def test_killed_at_each_point_the_next_try_ends_in_one_signature(
    database_url: str, tmp_path: Path
) -> None:
    world = World.make(database_url, tmp_path, regions_=(demo.region(SAMARINDA),))
    folder = tmp_path / "certificates"
    folder.mkdir()
    place = certificate(folder)
    world.ctx.signatures = OwnCertificates(place, OPENS)
    web = Web(world)
    said = {"CASETRACK_SIGN_CERTIFICATE": str(place), "CASETRACK_SIGN_PASSPHRASE": OPENS}
    settings = settings_for(database_url, tmp_path, **said)
    files: dict[str, Any] = {}
    for point, by_clock in ROUND:
        number = opened(web)
        play(web, number, REVIEWED + PAID)
        killed(web, settings, number, point)
        before = passports(web, number)
        assert len(before) == 1, point
        world.hands.pass_time(minutes=2)  # the dead one's turn is over
        if by_clock:
            # Nobody comes back: then the clock goes on, from whatever the dead one left.
            signing_again.try_once(world.ctx)
        else:
            sign_again(web, number, point)
        (permit,) = products(web, number)
        assert (permit["state"], len(permit["signatures"])) == ("issued", 1), point
        assert passports(web, number) == before, point
        paper = web.get(f"/cases/{number}/products/{permit['id']}/pdf", "clerk").data
        assert said_of(paper, tmp_path) == ["Signature is Valid."], point
        files[number] = permit["number"]
    assert len(set(files.values())) == ALL
    world.hands.pass_time(days=8)
    remove_all_due(world.ctx, SAMARINDA)
    stored = world.app.settings.files.folder
    assert stored is not None
    there = [each for each in stored.rglob("*") if each.is_file()]
    assert len(there) == ALL, "one file of each, and no stray"
    with world.database.read() as connection:
        assert connection.execute(select(schema.signings)).all() == []
    found = verify(world.ctx, progress=lambda _: None)
    assert (found.fault, found.files.read) == (None, ALL)
    world.close()


@pytest.mark.parametrize("count", [4, pytest.param(100, marks=pytest.mark.long)])
def test_killed_while_many_sign_at_once_each_product_is_signed_once(
    database_url: str, tmp_path: Path, count: int
) -> None:
    world = World.make(database_url, tmp_path, regions_=(demo.region(SAMARINDA),))
    folder = tmp_path / "certificates"
    folder.mkdir()
    place = certificate(folder)
    world.ctx.signatures = OwnCertificates(place, OPENS)
    web = Web(world)
    numbers = [opened(web) for _ in range(count)]
    for number in numbers:
        play(web, number, REVIEWED + PAID)
    work = [{"number": each, "product": products(web, each)[0]["id"]} for each in numbers]
    path = tmp_path / "signing.json"
    said = {"CASETRACK_SIGN_CERTIFICATE": str(place), "CASETRACK_SIGN_PASSPHRASE": OPENS}
    settings = settings_for(database_url, tmp_path, **said)
    callers = Victim(killed_callers.sign, settings, path)

    def told() -> None:
        world.hands.pass_time(minutes=5)  # what a dead one was at is free again
        now = world.hands.now.isoformat()
        path.write_text(json.dumps({"now": now, "token": world.token("signer"), "all": work}))

    def rows(query: Select[Any]) -> int:
        # Asked of the database itself: by the time that a page has answered, all of it would be over.
        with world.database.read() as connection:
            return len(connection.execute(query).all())

    def states(wanted: str) -> int:
        return rows(select(schema.products).where(schema.products.c.state == wanted))

    def begun() -> int:
        return rows(select(schema.signings))

    # Once while the first are begun, once when some of them are issued.
    for is_time in (lambda: begun() >= 1, lambda: states("issued") >= count // 2):
        told()
        assert callers.once(is_time)
        assert verify(world.ctx, progress=lambda _: None).fault is None
    told()
    callers.to_the_end()
    assert states("issued") == count
    assert [len(passports(web, each)) for each in numbers] == [1] * count
    permits = [products(web, each)[0] for each in numbers]
    assert len({each["number"] for each in permits}) == count
    assert [len(each["signatures"]) for each in permits] == [1] * count
    for number, permit in zip(numbers, permits, strict=True):
        paper = web.get(f"/cases/{number}/products/{permit['id']}/pdf", "clerk").data
        assert said_of(paper, tmp_path) == ["Signature is Valid."]
    world.hands.pass_time(days=8)
    remove_all_due(world.ctx, SAMARINDA)
    stored = world.app.settings.files.folder
    assert stored is not None
    assert len([each for each in stored.rglob("*") if each.is_file()]) == count, "no stray"
    with world.database.read() as connection:
        assert connection.execute(select(schema.signings)).all() == []
    found = verify(world.ctx, progress=lambda _: None)
    assert (found.fault, found.files.read) == (None, count)
    world.close()
