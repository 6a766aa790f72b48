"""Whose address is believed when proxies stand between."""

from ipaddress import ip_network

import pytest

from casetrack.config import load
from casetrack.domain.errors import BadInput
from casetrack.domain.people.guessing import neighbourhood
from casetrack.web.http.callers import caller

TRUSTED = (ip_network("127.0.0.1"), ip_network("10.1.0.0/24"), ip_network("2001:db8:1::/48"))


@pytest.mark.parametrize(
    ("connected", "forwarded", "who"),
    [
        ("203.0.113.1", "", "203.0.113.1"),
        # Nobody whom we do not trust says who they are.
        ("203.0.113.1", "198.51.100.1", "203.0.113.1"),
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        # What the caller wrote themselves stands left of what the proxy saw.
        ("127.0.0.1", "192.0.2.66, 198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "192.0.2.66, 198.51.100.1, 10.1.0.7", "198.51.100.1"),
        ("::ffff:127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("2001:db8:1::5", "2001:db8:9::1", "2001:db8:9::1"),
        ("127.0.0.1", "198.51.100.1:4711", "198.51.100.1"),
        ("127.0.0.1", '"[2001:db8:9::1]:4711"', "2001:db8:9::1"),
        ("127.0.0.1", "198.51.100.1, unknown", "127.0.0.1"),
        ("127.0.0.1", " , ,", "127.0.0.1"),
        ("", "198.51.100.1", ""),
    ],
)
def test_only_a_trusted_proxy_says_who_calls(connected: str, forwarded: str, who: str) -> None:
    assert caller(connected, forwarded, TRUSTED) == who


@pytest.mark.parametrize(
    "wrong", ["proxy.example.id", "10.1.0.0/33", "10.1.0.1/24", "0.0.0.0/0", "::/0"]
)
def test_a_list_of_proxies_that_cannot_be_is_refused(wrong: str) -> None:
    with pytest.raises(BadInput, match="CASETRACK_TRUSTED_PROXIES"):
        load({"CASETRACK_TRUSTED_PROXIES": f"127.0.0.1,{wrong}"})


def test_the_list_of_proxies_is_read() -> None:
    settings = load({"CASETRACK_TRUSTED_PROXIES": " 127.0.0.1, 10.1.0.0/24 ,::1"})
    assert [str(each) for each in settings.trusted_proxies] == [
        "127.0.0.1/32",
        "10.1.0.0/24",
        "::1/128",
    ]


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("officer smr.dewi", "officer smr.dewi"),
    ],
)
def test_whom_an_address_counts_as(address: str, counted: str) -> None:
    assert neighbourhood(address) == counted
