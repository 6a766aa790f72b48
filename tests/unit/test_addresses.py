"""Where a webhook may go: the public internet by https, and what the operator vouches for."""

import pytest

from casetrack.domain.delivery.outside_addresses import Allowed, refusal
from casetrack.domain.errors import BadInput

NOTHING = Allowed()
LOOPBACK = Allowed.parse("127.0.0.0/8, ::1")


@pytest.mark.parametrize("address", ["8.8.8.8", "103.10.66.1", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_the_public_internet_is_reached_by_https_only(address: str) -> None:
    assert refusal("https", "example.org", address, NOTHING) is None
    assert refusal("http", "example.org", address, NOTHING) is not None


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "240.0.0.1", "192.0.0.8",
        "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "192.88.99.1",
        "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "fec0::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1",
        "64:ff9b::a00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001::1", "2001:db8::1", "100::1",
        "3fff::1", "4000::1",
    ],
)  # fmt: skip
def test_whatever_is_not_public_is_refused(address: str) -> None:
    assert refusal("https", "example.org", address, NOTHING) is not None


def test_the_operator_may_vouch_for_a_network_and_for_a_host() -> None:
    inside = Allowed.parse("10.1.0.0/16,hooks.samarinda.internal")
    assert refusal("https", "x", "10.1.2.3", inside) is None
    assert refusal("https", "x", "10.2.2.3", inside) is not None
    assert refusal("https", "hooks.samarinda.internal", "192.168.7.7", inside) is None
    assert refusal("https", "HOOKS.samarinda.internal.", "192.168.7.7", inside) is None
    assert refusal("https", "x.hooks.samarinda.internal", "192.168.7.7", inside) is not None
    assert refusal("https", "x", "::ffff:10.1.2.3", inside) is None


def test_a_refusal_does_not_tell_which_address_a_name_leads_to() -> None:
    for address in ("10.1.2.3", "::1", "169.254.169.254"):
        assert refusal("https", "inside", address, NOTHING) == (
            "the host is not on the public internet"
        )


def test_only_the_ports_of_the_web_are_open_and_those_that_the_operator_opens() -> None:
    for port in (443, 80):
        assert refusal("https", "example.org", "8.8.8.8", NOTHING, port) is None
    for port in (22, 25, 6379, 8443):
        told = refusal("https", "example.org", "8.8.8.8", NOTHING, port)
        assert told == f"the port {port} is not one of the web (443, 80)"
    opened = Allowed.parse(":8443, 10.1.0.0/16,hooks.samarinda.internal")
    assert refusal("https", "example.org", "8.8.8.8", opened, 8443) is None
    assert refusal("https", "example.org", "8.8.8.8", opened, 22) is not None
    # A port opens no address.
    assert refusal("https", "example.org", "192.168.1.1", opened, 8443) is not None
    # What the operator vouches for, they know.
    assert refusal("https", "x", "10.1.2.3", opened, 9000) is None
    assert refusal("https", "hooks.samarinda.internal", "192.168.7.7", opened, 9000) is None


def test_plain_http_stays_on_this_machine_and_only_where_it_was_allowed() -> None:
    assert refusal("http", "localhost", "127.0.0.1", LOOPBACK) is None
    assert refusal("http", "localhost", "::1", LOOPBACK) is None
    assert refusal("http", "localhost", "127.0.0.1", NOTHING) is not None
    assert refusal("http", "inside", "10.1.2.3", Allowed.parse("10.0.0.0/8")) is not None
    assert refusal("ftp", "localhost", "127.0.0.1", LOOPBACK) is not None


@pytest.mark.parametrize(
    "text", ["10.0.0.1/33", "10.0.0", "a b", "10.0.0.1/8", "-", "*.example", ":0", ":65536"]
)
def test_a_part_that_is_neither_network_nor_host_is_named(text: str) -> None:
    with pytest.raises(BadInput, match="CASETRACK_WEBHOOK_ALLOW"):
        Allowed.parse(f"127.0.0.1,{text}")
