"""The four models of the field: alike but for steps and grants, and the same cases through each."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from casetrack.cli.main import main
from casetrack.domain.authority.filing import Filed
from casetrack.domain.region.region_data import RegionData
from casetrack.four_models import MODELS, SERVICE, folder
from casetrack.four_models.comparison import Report
from casetrack.four_models.random_draws import Draws, after_work
from casetrack.four_models.same_cases import compare
from casetrack.gateways.region.calendars import calendar_for
from casetrack.gateways.region.region_files import read_region

CASES, SEED = 4, 7


@pytest.fixture(scope="module")
def report() -> Report:
    return compare(CASES, SEED, lambda _: None)


def without_steps_and_grants(data: RegionData) -> tuple[RegionData, list[Filed]]:
    assert data.register is not None
    papers = [filed for filed in data.register.entries if filed.kind != "grant"]
    services = tuple(replace(service, steps=()) for service in data.services)
    return replace(data, services=services, register=None), papers


def test_the_models_differ_in_nothing_but_steps_and_grants() -> None:
    read: Mapping[str, RegionData] = {model: read_region(folder(model)) for model in MODELS}
    first = without_steps_and_grants(read["separate"])
    for model in MODELS:
        assert [service.id for service in read[model].services] == [SERVICE]
        assert without_steps_and_grants(read[model]) == first, model
    assert len({data.services[0].steps for data in read.values()}) == len(MODELS)


def test_only_the_one_door_and_the_mall_rest_on_a_delegation() -> None:
    delegated = {}
    for model in MODELS:
        register = read_region(folder(model)).register
        assert register is not None
        grants = {f.entry.kind for f in register.entries if f.kind == "grant"}  # type: ignore[union-attr]
        delegated[model] = "delegation" in grants
    assert delegated == {"separate": False, "one_roof": False, "one_door": True, "mall": True}


def test_every_decision_of_every_model_has_its_passport(report: Report) -> None:
    assert [each.model for each in report.models] == list(MODELS)
    assert report.sound
    # Two powers of the city and two of others; the one door decides and signs in place of two.
    wanted = {"separate": 8, "one_roof": 8, "one_door": 6, "mall": 6}
    for each in report.models:
        assert each.decisions == each.passports == wanted[each.model] * CASES


def test_one_door_spares_hand_overs_and_the_mall_spares_the_applicant(report: Report) -> None:
    found = {each.model: each for each in report.models}
    assert found["one_door"].hand_overs < found["separate"].hand_overs
    assert found["mall"].visits < found["one_door"].visits < found["separate"].visits
    assert found["mall"].days_median < found["separate"].days_median
    assert all(each.days_median <= each.days_p90 for each in report.models)


def test_the_same_seed_gives_the_same_figures_and_another_one_others(report: Report) -> None:
    assert compare(CASES, SEED, lambda _: None) == report
    step = read_region(folder("mall")).services[0].step("review_pln")
    assert Draws(SEED, 0).work(step) != Draws(SEED + 1, 0).work(step)


def test_a_case_draws_the_same_in_every_model() -> None:
    one, other = (read_region(folder(model)).services[0] for model in ("separate", "mall"))
    draws = Draws(SEED, 3)
    assert draws.work(one.step("review_bbpjn")) == draws.work(other.step("review_bbpjn"))
    assert draws.work(one.step("decide_pln")) == draws.work(other.step("decide_pln"))
    found = [Draws(SEED, case).finds_defect for case in range(400)]
    assert 80 < sum(agency is not None for agency in found) < 160


def test_work_stops_in_the_evening_and_on_days_off() -> None:
    calendar = calendar_for("Asia/Makassar", ())
    friday = datetime(2026, 6, 12, 15, 0, tzinfo=ZoneInfo("Asia/Makassar"))
    done = after_work(friday, timedelta(hours=2), calendar)
    # Monday the 15th; Tuesday the 16th is the Islamic new year.
    assert done == datetime(2026, 6, 15, 9, 0, tzinfo=ZoneInfo("Asia/Makassar"))
    assert after_work(done, timedelta(hours=8), calendar).astimezone(UTC).day == 17


def test_the_command_prints_a_table_or_json_and_says_that_it_is_simulated() -> None:
    printed = CliRunner().invoke(main, ["models", "--cases", "1", "--seed", "3"])
    assert printed.exit_code == 0, printed.output
    assert "Simulated" in printed.output
    assert "hand-overs between agencies, mean" in printed.output
    said = CliRunner().invoke(main, ["models", "--cases", "1", "--seed", "3", "--json"])
    document = json.loads(said.stdout.splitlines()[-1])
    assert document["sound"]
    assert document["simulated"]
    assert [each["model"] for each in document["models"]] == list(MODELS)
    assert CliRunner().invoke(main, ["models", "--cases", "0"]).exit_code == 2
