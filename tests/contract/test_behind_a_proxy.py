"""Behind a proxy of our own, whoever guesses shuts out themselves and not the applicant."""

from pathlib import Path

import pytest

from tests.support.web import Web
from tests.support.world import World

GUESSES = 6


def guess(web: Web, number: str, code: str, forwarded: str) -> int:
    """A look at the status through the proxy, which the test client's own address is."""
    path = f"/status/{number}?code={code}"
    return web.get(path, headers={"X-Forwarded-For": forwarded}).status_code


@pytest.mark.parametrize("trusted", ["127.0.0.1", "10.9.9.9"])
def test_guesses_are_counted_by_the_address_that_a_trusted_proxy_names(
    database_url: str, tmp_path: Path, trusted: str
) -> None:
    world = World.make(database_url, tmp_path, CASETRACK_TRUSTED_PROXIES=trusted)
    try:
        web = Web(world)
        case = web.open()
        number, code = case["number"], case["access_code"]
        for n in range(GUESSES):
            # What a guesser writes further left changes nothing.
            guess(web, number, f"WRONG{n:03d}", f"198.51.100.{n}, 203.0.113.66")
        assert guess(web, number, code, "203.0.113.66") == 429
        # Only where the proxy is ours is its word taken for the applicant's address.
        expected = 200 if trusted == "127.0.0.1" else 429
        assert guess(web, number, code, "203.0.113.7") == expected
        assert guess(web, number, code, "203.0.113.66, 203.0.113.7") == expected
    finally:
        world.close()
