"""Rows that a newer release folded are named and are no fault, where a newer release was here at all."""

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from casetrack.domain.case.fold_versions import FOLD_VERSION
from casetrack.storage import schema, schema_version
from casetrack.usecases.proof.rebuild import rebuild
from tests.support.commands import run_command
from tests.support.office import Office, play
from tests.support.web import BOTH, shared_world
from tests.support.world import environment_for

_FIRST = next(name for name in schema_version.newest() if name.endswith("_first"))
_MOVE = "UPDATE alembic_version SET version_num = '{}' WHERE version_num = '{}'"
#: What only a newer release knows to fold so.
NEWER = {"fold_version": FOLD_VERSION + 1, "state": '{"all": "anew"}', "holder": "dlh"}


@pytest.fixture(scope="module", params=BOTH)
def played(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    with shared_world(request, tmp_path_factory) as world:
        yield play(world)


@pytest.fixture
def office(played: Office) -> Iterator[Office]:
    with played.kept():
        yield played


@pytest.fixture
def newer(office: Office) -> Iterator[Office]:
    """The office after a newer release's first half, with a case and a log that it folded."""
    office.run(text(_MOVE.format("0099_first", _FIRST)))
    office.change(schema.cases, {"number": office.open}, **NEWER)
    office.change(schema.steps, {"number": office.open, "step": "verify"}, status="queued")
    for row in office.rows(schema.imported_cases)[:1]:
        office.change(
            schema.imported_cases,
            {"stream": row["stream"]},
            fold_version=FOLD_VERSION + 1,
            state="{}",
        )
    yield office
    office.run(text(_MOVE.format(_FIRST, "0099_first")))


def test_a_row_of_a_newer_fold_is_named_and_no_fault(newer: Office) -> None:
    verdict = newer.verify()
    assert verdict.fault is None
    assert verdict.as_dict()["other_folds"] == {"old": 0, "newer": 2}


def test_a_row_of_a_newer_fold_still_stands_at_its_chains_end(newer: Office) -> None:
    newer.change(schema.cases, {"number": newer.open}, hash="0" * 64)
    assert newer.fault() == ("state", newer.open, 3)


def test_where_no_newer_release_was_such_a_row_is_a_fault(office: Office) -> None:
    office.change(schema.cases, {"number": office.open}, **NEWER)
    assert office.fault() == ("state", office.open, 3)


def test_rebuild_leaves_a_newer_releases_rows_alone(newer: Office) -> None:
    before = newer.rows(schema.cases)
    changes = list(rebuild(newer.world.ctx, None, lambda _: None))
    assert {change.done for change in changes} == {False}
    assert newer.open in {change.stream for change in changes}
    assert all("newer release" in change.detail for change in changes)
    assert newer.rows(schema.cases) == before


def test_the_command_says_it_in_words(newer: Office) -> None:
    world = newer.world
    url = world.database.url.text
    environment = environment_for(url, world.app.settings.data_dir)
    said = run_command(environment, ["verify"])
    assert said.exit_code == 0
    assert "2 rows were folded by a newer release" in said.stdout
    told = run_command(environment, ["verify", "--json"])
    assert json.loads(told.stdout)["other_folds"] == {"old": 0, "newer": 2}
