"""Whose address a caller has, behind proxies that may be trusted and headers that may not."""

import pytest

from casetrack.config import load
from casetrack.domain.errors import BadInput
from casetrack.web.http.proxies import caller

TRUSTED = load({"CASETRACK_TRUSTED_PROXIES": "10.0.0.5, 10.1.0.0/28,fd00::/8"}).trusted_proxies


@pytest.mark.parametrize(
    ("connected", "forwarded", "is_from"),
    [
        ("10.0.0.5", "203.0.113.9", "203.0.113.9"),
        ("::ffff:10.0.0.5", "203.0.113.9", "203.0.113.9"),
        ("fd00::1", "2001:db8::7", "2001:db8::7"),
        # Two proxies of ours; what the caller wrote stands further left.
        ("10.0.0.5", "198.51.100.1, 203.0.113.9, 10.1.0.3", "203.0.113.9"),
        ("10.0.0.5", "10.0.0.5, 203.0.113.9", "203.0.113.9"),
        # Who is no proxy of ours says of others what they like.
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.0.0.6", "198.51.100.1", "10.0.0.6"),
        ("10.0.0.5", "", "10.0.0.5"),
        ("10.0.0.5", "203.0.113.9, nobody", "10.0.0.5"),
        ("10.0.0.5", "10.1.0.1", "10.1.0.1"),
        ("", "203.0.113.9", ""),
    ],
)
def test_the_caller_is_the_last_that_no_trusted_proxy_is(
    connected: str, forwarded: str, is_from: str
) -> None:
    assert caller(connected, forwarded, TRUSTED) == is_from


def test_without_the_setting_nobody_is_believed() -> None:
    assert caller("127.0.0.1", "203.0.113.9", load({}).trusted_proxies) == "127.0.0.1"


@pytest.mark.parametrize("text", ["proxy.example", "10.0.0.1/8", "10.0.0.5;10.0.0.6", "all"])
def test_what_is_no_network_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="CASETRACK_TRUSTED_PROXIES"):
        load({"CASETRACK_TRUSTED_PROXIES": text})
