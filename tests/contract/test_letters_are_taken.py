"""What is one of a kind and taken already: a load says which file, what, and who has it.

On both databases; never that somebody else wrote at the same time.
"""

from dataclasses import replace

import pytest
from sqlalchemy import UniqueConstraint

from casetrack.domain.errors import BadInput
from casetrack.domain.region.region_data import RegionData
from casetrack.storage import schema
from casetrack.usecases.region import loading
from tests.support.world import World, samarinda, surabaya

#: Tables that the files of a region fill → what of a row, beside its key, is nobody else's. Each is
#: asked for below.
_LOADED: dict[str, set[tuple[str, ...]]] = {
    "regions": {("letters",)},
    "services": {("region", "letters")},
    "officers": {("login",)},
    **{name: set() for name in ("agencies", "positions", "service_versions", "loads")},
    **{name: set() for name in ("message_texts", "officer_profiles", "officer_addresses")},
}


def test_nothing_else_that_a_load_writes_is_one_of_a_kind() -> None:
    for name, known in _LOADED.items():
        table = schema.metadata.tables[name]
        found = {
            tuple(column.name for column in each.columns)
            for each in table.constraints
            if isinstance(each, UniqueConstraint)
        }
        found |= {tuple(c.name for c in index.columns) for index in table.indexes if index.unique}
        assert found == known, name


def _with_letters(data: RegionData, service: str, letters: str) -> RegionData:
    services = tuple(
        replace(each, letters=letters, version=each.version + 1) if each.id == service else each
        for each in data.services
    )
    return replace(data, services=services)


def _refused(world: World, data: RegionData) -> str:
    with pytest.raises(BadInput) as refusal:
        loading.load(world.ctx, data)
    return str(refusal.value)


def test_letters_of_a_retired_service_are_its_own_for_ever(world: World) -> None:
    data = samarinda()
    retired, other = data.services[0], data.services[1]
    without = replace(data, services=tuple(s for s in data.services if s is not retired))
    loading.load(world.ctx, without)
    for _ in range(2):
        assert _refused(world, _with_letters(without, other.id, retired.letters)) == (
            f"services/{other.id}.yaml: the letters {retired.letters} belong to the retired service "
            f"{retired.id}, whose case numbers bear them; take others"
        )


def test_letters_of_a_service_that_is_there_go_to_no_other(world: World) -> None:
    data = samarinda()
    first, second = data.services[0], data.services[1]
    swapped = _with_letters(_with_letters(data, first.id, second.letters), second.id, first.letters)
    assert f"belong to the service {second.id}," in _refused(world, swapped)


def test_letters_of_a_region_and_a_login_are_one_region_s(world: World) -> None:
    data, theirs = samarinda(), surabaya()
    letters = theirs.region.letters
    told = _refused(world, replace(data, region=replace(data.region, letters=letters)))
    assert told == (
        f"region.yaml: the letters {letters} belong to region {theirs.region.code}; take others"
    )
    login = theirs.officers[0].login
    told = _refused(
        world, replace(data, officers=(*data.officers, replace(data.officers[0], login=login)))
    )
    assert told == (
        f"officers.yaml: the login {login} belongs to region {theirs.region.code}; take another"
    )
