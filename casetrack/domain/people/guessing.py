"""How guessing of access codes is slowed: waits that grow, and that never become a weapon.

A code has 40 bits: a few tries a minute find none in a lifetime, so no wait needs to be long. A long
one would only shut out the applicant, whose case somebody else guesses at.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

#: So long after the last wrong code everything is forgotten.
FORGOTTEN = timedelta(minutes=15)
#: A telephone's network hands its customers whole blocks of this size.
_BLOCK = 64


@dataclass(frozen=True, slots=True)
class Count:
    """Wrong codes so far, and when the last one came."""

    wrong: int
    last: datetime

    def recent(self, now: datetime) -> int:
        """Those that still count."""
        return 0 if self.last < now - FORGOTTEN else self.wrong

    def one_more(self, now: datetime) -> "Count":
        """After another wrong code."""
        return Count(self.recent(now) + 1, now)


@dataclass(frozen=True, slots=True)
class Patience:
    """So many wrong codes without a wait; then each makes the next wait twice as long."""

    free: int
    first: timedelta
    longest: timedelta

    def wait(self, count: Count, now: datetime) -> timedelta:
        """How long from now no code is judged; zero or less when one is."""
        over = count.recent(now) - self.free
        if over < 0:
            return timedelta(0)
        return count.last + min(self.first * (1 << min(over, 16)), self.longest) - now


#: One address at one number.
OF_ONE = Patience(5, timedelta(seconds=15), timedelta(minutes=1))
#: One address over all numbers. Thousands of telephones may share it.
OF_ADDRESS = Patience(30, timedelta(seconds=1), timedelta(seconds=15))
#: All addresses at one number.
OF_NUMBER = Patience(50, timedelta(seconds=1), timedelta(seconds=30))
#: So many wrong codes of an address at a number pass by the wait that all others have caused there.
STRANGERS_FIRST = 3


@dataclass(frozen=True, slots=True)
class Counts:
    """What is known of who asks for what; `reissued`: this code was given out a moment ago."""

    one: Count
    address: Count
    number: Count
    reissued: bool = False

    def wait(self, now: datetime) -> timedelta:
        """How long from now no code is judged; zero or less when one is."""
        tries = self.one.recent(now)
        waits = [OF_ONE.wait(self.one, now)]
        if tries >= STRANGERS_FIRST:
            waits.append(OF_NUMBER.wait(self.number, now))
        if not (self.reissued and tries < OF_ONE.free):
            waits.append(OF_ADDRESS.wait(self.address, now))
        return max(waits)


def neighbourhood(address: str) -> str:
    """Whom an address counts as: itself, or under IPv6 the block that one customer has."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    first = int(found) >> (128 - _BLOCK) << (128 - _BLOCK)
    return f"{IPv6Address(first)}/{_BLOCK}"
