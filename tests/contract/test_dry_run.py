"""A definition that nobody has published, tried on past cases: told what differs, nothing written."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from casetrack.cli.main import main
from casetrack.domain.case.other_definition import Difference
from casetrack.domain.clock import TimeLimit
from casetrack.domain.errors import BadInput
from casetrack.domain.service.definition import FactDefinition, Requirement, ServiceDefinition
from casetrack.domain.service.definition_document import as_document
from casetrack.storage.case import case_events
from casetrack.usecases.questions.dry_run import tried
from tests.support.world import (
    BILLBOARD_STORY,
    SAMARINDA,
    World,
    billboard,
    environment_for,
    same,
)


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    made = World.make(database_url, tmp_path)
    yield made
    made.close()


def found(world: World, definition: ServiceDefinition, days: int = 31) -> set[Difference]:
    return set(tried(world.ctx, SAMARINDA, definition, days).found)


def changed(**more: object) -> ServiceDefinition:
    return replace(billboard(), version=2, **more)  # type: ignore[arg-type]


def test_the_definition_that_a_case_has_differs_in_nothing(world: World) -> None:
    number = world.open("izin-reklame").view["number"]
    world.play(number, BILLBOARD_STORY)
    result = tried(world.ctx, SAMARINDA, billboard(), 31)
    assert (result.cases, result.differing, result.found) == (1, 0, {})


def test_each_kind_of_difference_is_told_with_what_it_is_about(world: World) -> None:
    number = world.open("izin-reklame").view["number"]
    world.act(number, "dewi", "declare_complete", "intake")
    new = billboard()
    steps = {step.id: step for step in new.steps}
    steps["review_dlh"] = replace(steps["review_dlh"], agency="dishub", authority="recommend")
    del steps["visit"]
    steps["verify"] = replace(steps["verify"], after=("review_dlh",))
    steps["pay_tax"] = replace(steps["pay_tax"], id="pay_levy")
    steps["sign"] = replace(steps["sign"], after=("pay_tax", "pay_levy"))
    facts = (
        FactDefinition("width_cm", same("Lebar"), "integer", maximum=300),
        FactDefinition("lit", same("Berlampu"), "boolean"),
        FactDefinition("location", same("Lokasi"), "code"),
    )
    papers = (Requirement("ktp", same("KTP")), Requirement("npwpd", same("NPWPD")))
    definition = changed(
        steps=tuple(steps.values()),
        facts=facts,
        requirements=papers,
        limit=TimeLimit(5, "working_days"),
    )
    told = found(world, definition)
    kinds = {(each.kind, each.about) for each in told}
    assert kinds == {
        ("fact_refused", "width_cm"),
        ("fact_missing", "lit"),
        ("fact_not_asked", "remark"),
        ("paper_missing", "npwpd"),
        ("paper_not_asked", "foto"),
        ("step_elsewhere", "review_dlh"),
        ("step_by_other_right", "review_dlh"),
        ("step_gone", "visit"),
        ("step_order", "verify"),
        ("step_gone", "pay_tax"),
        ("step_new", "pay_levy"),
        ("step_order", "sign"),
        ("due_earlier", "limit"),
    }
    assert Difference("due_earlier", "limit", "7 working_days", "5 working_days") in told


def test_only_cases_of_the_service_opened_in_those_days_count(world: World) -> None:
    world.open("izin-reklame")
    world.hands.pass_time(days=40)
    world.open("izin-reklame")
    world.open("surat-keterangan")
    assert tried(world.ctx, SAMARINDA, billboard(), 31).cases == 1
    assert tried(world.ctx, SAMARINDA, billboard(), 60).cases == 2
    with pytest.raises(
        BadInput, match=r"35\.78 has no service izin-reklame.*known are surat-keterangan"
    ):
        tried(world.ctx, "35.78", billboard(), 60)


def test_more_cases_than_one_page_are_all_read_and_five_of_them_are_named(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("casetrack.usecases.questions.dry_run._PAGE", 3)
    numbers = [world.open("izin-reklame").view["number"] for _ in range(7)]
    result = tried(world.ctx, SAMARINDA, changed(limit=None, facts=billboard().facts[:2]), 31)
    assert (result.cases, result.differing) == (7, 7)
    (difference,) = result.found
    assert difference == Difference("fact_not_asked", "remark")
    assert result.named[difference] == numbers[:1:-1]


def test_the_command_prints_what_would_differ_and_writes_nothing(
    world: World, database_url: str, tmp_path: Path
) -> None:
    number = world.open("izin-reklame").view["number"]
    with world.database.read() as connection:
        before = case_events.last_position(connection, SAMARINDA)
    file = tmp_path / "izin-reklame.yaml"
    document = as_document(changed(requirements=(Requirement("npwpd", same("NPWPD")),)))
    file.write_text(yaml.safe_dump(_said(document)))
    runner = CliRunner(env=environment_for(database_url, tmp_path))
    done = runner.invoke(main, ["service", "try", str(file), "--region", SAMARINDA])
    assert done.exit_code == 0, done.output
    assert "izin-reklame: 1 cases of 31 days, 1 would differ." in done.output
    assert f"paper npwpd would have been needed and is not there ({number})" in done.output
    as_json = runner.invoke(main, ["service", "try", str(file), "--region", SAMARINDA, "--json"])
    said = json.loads(as_json.output)
    assert {each["kind"] for each in said["differences"]} == {"paper_missing", "paper_not_asked"}
    assert said["differences"][0]["for_example"] == [number]
    unknown = runner.invoke(main, ["service", "try", str(file), "--region", "99.99"])
    assert unknown.exit_code == 2
    file.write_text(file.read_text().replace("id: izin-reklame", "id: izin-reklama"))
    misspelt = runner.invoke(main, ["service", "try", str(file), "--region", SAMARINDA])
    assert misspelt.exit_code == 2
    assert "no service izin-reklama" in misspelt.output
    assert "izin-reklame" in misspelt.output
    with world.database.read() as connection:
        assert case_events.last_position(connection, SAMARINDA) == before


def _said(document: object) -> object:
    """What a file would say: nothing where a key is empty."""
    if isinstance(document, dict):
        return {
            key: _said(value) for key, value in document.items() if value not in (None, [], (), {})
        }
    return [_said(each) for each in document] if isinstance(document, list) else document
