"""Services that were made of a mall's promises: loaded, and a case of each way played to its end."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from casetrack.cli.main import main
from casetrack.gateways.region.region_files import read_region
from casetrack.usecases.service import catalogue
from tests.support.web import Web
from tests.support.world import World

BOARD = Path(__file__).parent.parent / "data" / "board.json"

REGION = """\
code: "33.25"
letters: BTG
name: {id: Kabupaten Batang, en: Batang Regency}
zone: Asia/Jakarta
secretariat: setda
number_patterns:
  - {id: izin, pattern: "{code}/{serial:4}/DPMPTSP/{year}", basis: Perbup 1/2020, since: 2020-01-01}
"""
AGENCIES = """\
- {id: dpmptsp, name: {id: DPMPTSP Kab. Batang}, kind: regency}
- {id: setda, name: {id: Sekretariat Daerah}, kind: regency}
- {id: dinas-teknis, name: {id: Dinas Teknis}, kind: regency}
"""
OFFICERS = """\
- {login: btg.clerk, role: clerk, agency: dpmptsp}
- login: btg.signer
  role: officer
  agency: dpmptsp
  name: Drs. Slamet Riyadi
  rank: Pembina
  nip: "196805121990031004"
- {login: btg.teknis, role: officer, agency: dinas-teknis}
- {login: btg.audit, role: auditor}
"""
#: How each kind of step is done, and by whom.
DOES = {
    "intake": ("btg.clerk", "declare_complete", {}),
    "registered": ("btg.signer", "complete", {}),
    "advice": ("btg.teknis", "complete", {"result": "favourable"}),
    "decide": ("btg.signer", "complete", {}),
    "sign": ("btg.signer", "complete", {}),
    "recorded": ("btg.signer", "complete", {}),
    "pay": ("btg.signer", "record_payment", {}),
    "hand_over": ("btg.clerk", "hand_over", {}),
}


def folder(at: Path, promises: Path) -> Path:
    """A region whose services are made by the command."""
    (at / "services").mkdir(parents=True)
    for name, text in (("region", REGION), ("agencies", AGENCIES), ("officers", OFFICERS)):
        (at / f"{name}.yaml").write_text(text)
    options = ["--office", "dpmptsp", "--advice", "dinas-teknis", "--decides", "dpmptsp"]
    CliRunner().invoke(main, ["service", "import", str(promises), str(at), *options])
    return at


def test_an_agency_that_the_folder_does_not_have_is_refused_and_nothing_written(
    tmp_path: Path,
) -> None:
    (tmp_path / "agencies.yaml").write_text(AGENCIES)
    promises = tmp_path / "promises.yaml"
    promises.write_text(
        "services: [{code: A1, name: Izin A, time_limit: {value: 3, unit: day}, fee: free, "
        "steps: [hand_over]}]"
    )
    options = ["--office", "dpmptsp", "--advice", "dinas-tekniss"]
    done = CliRunner().invoke(main, ["service", "import", str(promises), str(tmp_path), *options])
    assert done.exit_code == 2
    assert "--advice dinas-tekniss: agencies.yaml has no such agency; known are" in done.output
    promises.write_text(promises.read_text().replace("[hand_over]", "[hand_ovr]"))
    done = CliRunner().invoke(main, ["service", "import", str(promises), str(tmp_path), *options])
    assert "unknown steps 'hand_ovr'" in done.output
    assert not list(tmp_path.glob("services/*"))


def the_world(url: str, at: Path, promises: Path) -> World:
    data = read_region(folder(at / "batang", promises))
    return World.make(url, at, regions_=(data,))


@pytest.fixture
def mall(database_url: str, tmp_path: Path) -> Iterator[World]:
    made = the_world(database_url, tmp_path, BOARD)
    yield made
    made.close()


def played(web: Web, service: str) -> dict[str, object]:
    """A case of the service, from the counter to its end."""
    body = {"service": service, "applicant": {"kind": "person", "name": "Siti Aminah"}}
    opened = web.post("/cases", "btg.clerk", body)
    assert opened.status_code == 201, opened.text
    case = opened.get_json()
    number = case["number"]
    for step in case["steps"]:
        if step["id"] == "site_visit":
            continue
        who, action, more = DOES[step["id"]]
        etag = web.etag(number, "btg.audit")
        at = "" if action == "hand_over" else f"/steps/{step['id']}"
        path = f"/cases/{number}{at}/actions"
        done = web.post(path, who, {"action": action, **more}, etag=etag)
        assert done.status_code == 200, (service, step["id"], done.text)
    found: dict[str, object] = web.get(f"/cases/{number}", "btg.audit").get_json()
    products = web.get(f"/cases/{number}/products", "btg.audit").get_json()["items"]
    return {**found, "products": products}


def test_a_case_of_each_way_that_a_board_has_runs_to_its_end_with_its_product(mall: World) -> None:
    web = Web(mall)
    names = services(mall)
    assert len(names) == 7
    for name in names:
        check(played(web, name), mall, name)


def check(case: dict[str, object], world: World, service: str) -> None:
    definition = world.ctx.current_definition("33.25", service)
    kinds = {step.kind for step in definition.steps}
    assert case["outcome"] == "granted", service
    assert case["status"] == ("handed_over" if "hand_over" in kinds else "granted"), service
    permits = [p for p in definition.products if p.kind == "permit"]
    products = case["products"]
    assert isinstance(products, list)
    assert len(products) == len(permits), service
    for product in products:
        assert product["number"], service
        assert product["state"] in ("signed", "issued", "handed_over"), service


def services(world: World) -> list[str]:
    """Those that the region has now."""
    return [each["id"] for each in catalogue.current(world.ctx, "33.25")]


@pytest.mark.long
def test_a_case_of_each_of_83_services_of_a_real_mall_runs_to_its_end(
    database_url: str, tmp_path: Path, shared: Path
) -> None:
    world = the_world(database_url, tmp_path, shared / "mall-batang-2020.json")
    web = Web(world)
    names = services(world)
    assert len(names) == 83
    for name in names:
        check(played(web, name), world, name)
    world.close()
