"""One spelling of the database's address, for everybody who connects."""

import pytest

from casetrack.domain.errors import BadInput
from casetrack.storage.database_url import read


def test_several_servers_stand_before_the_name_and_the_one_that_takes_writes_is_meant() -> None:
    url = read("postgresql://u:p%40ss@h1:5432,h2:5433/cases")
    assert url.options["host"] == "h1,h2"
    assert url.options["port"] == "5432,5433"
    assert url.options["password"] == "p@ss"
    assert url.options["target_session_attrs"] == "read-write"
    assert url.database == "cases"
    assert "p@ss" not in repr(url)


def test_what_the_address_says_comes_before_what_is_usual() -> None:
    url = read("postgresql+psycopg://h1,h2/cases?target_session_attrs=primary&connect_timeout=2")
    assert url.options["target_session_attrs"] == "primary"
    assert url.options["connect_timeout"] == "2"


def test_one_server_may_be_a_standby_that_is_only_read() -> None:
    assert "target_session_attrs" not in read("postgresql://h1/cases").options


def test_a_socket_is_an_option() -> None:
    assert read("postgresql:///cases?host=/run/postgresql").options["host"] == "/run/postgresql"


def test_a_pooler_is_told_to_nobody_else() -> None:
    url = read("postgresql://h1/cases?pooled=1&sslmode=require")
    assert url.pooled
    assert url.options["sslmode"] == "require"
    assert "pooled" not in url.options


@pytest.mark.parametrize(
    "said",
    [
        "h1:5432/cases?host=h2:5432&host=h3:5432",
        "/cases?host=h1:5432&host=h2:5432",
        "/cases?host=h1,h2&port=1,2,3",
        "h1:x,h2:5432/cases",
        "h1:70000/cases",
        "h1/cases?prepare_threshold=5",
        "h1/cases?target_session_attrs=master",
        "h1/cases?pooled=yes",
        "h1/cases?pooled",
        "u:secret%zz@h1/cases",
    ],
)
def test_any_other_spelling_is_refused_in_one_line_that_quotes_no_password(said: str) -> None:
    with pytest.raises(BadInput) as refused:
        read(f"postgresql://{said}")
    assert str(refused.value).startswith("CASETRACK_DATABASE_URL: ")
    assert "\n" not in str(refused.value)
    assert "secret" not in str(refused.value)
