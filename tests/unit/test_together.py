"""Which tests are handed to one process; a rename must not undo it without a word."""

from tests.support.together import MANY_CONNECTIONS, OWN_SERVER, ROOT, group_of

SHARED = "tests/contract/test_every_operation.py::test_it_has_succeeded_in_a_story"


def test_tests_of_a_file_that_shares_a_world_are_a_group_a_database() -> None:
    groups = {group_of(f"{SHARED}[{which}-read_case]") for which in ("sqlite", "postgresql")}
    assert groups == {group_of(f"{SHARED}[{which}-read_me]") for which in ("sqlite", "postgresql")}
    assert len(groups) == 2


def test_a_test_that_shares_nothing_is_a_group_of_its_own() -> None:
    alone = "tests/unit/test_together.py::test_a_test_that_shares_nothing_is_a_group_of_its_own"
    assert group_of(alone) == alone


def test_files_that_take_many_connections_are_there_and_one_group() -> None:
    assert all((ROOT / file).is_file() for file in MANY_CONNECTIONS)
    assert len({group_of(f"{file}::test[postgresql]") for file in MANY_CONNECTIONS}) == 1


def test_a_bench_on_a_server_of_its_own_waits_for_none_of_them() -> None:
    file = "tests/integration/test_bench.py"
    assert [name for name in OWN_SERVER if f"def {name}(" not in (ROOT / file).read_text()] == []
    groups = {group_of(f"{file}::{name}") for name in OWN_SERVER}
    assert len(groups) == len(OWN_SERVER)
    assert "many connections" not in groups
