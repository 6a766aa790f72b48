"""Behind a trusted proxy each caller is counted for themselves."""

import pytest

from tests.support.web import BOTH, Web, shared_world


@pytest.mark.parametrize("database", BOTH)
def test_callers_behind_a_trusted_proxy_do_not_share_a_wait(
    database: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> None:
    request.param = database
    with shared_world(request, tmp_path_factory, CASETRACK_TRUSTED_PROXIES="192.0.2.1") as world:
        web = Web(world)
        case = web.open()

        def ask(proxy: str, caller: str, code: str) -> int:
            return (
                web.flask.test_client()
                .get(
                    f"/api/v1/status/{case['number']}?code={code}",
                    headers={"X-Forwarded-For": caller},
                    environ_base={"REMOTE_ADDR": proxy},
                )
                .status_code
            )

        guesses = [ask("192.0.2.1", "198.51.100.1", "WRONGWRO") for _ in range(6)]
        assert guesses == [404] * 5 + [429]
        assert ask("192.0.2.1", "198.51.100.2", case["access_code"]) == 200
        # Whoever is no proxy cannot choose the address by which they are counted.
        others = [ask("192.0.2.9", f"198.51.100.{n}", "WRONGWRO") for n in range(10, 16)]
        assert others == [404] * 5 + [429]
