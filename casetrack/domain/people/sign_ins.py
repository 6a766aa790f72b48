"""How long a session and an invitation last, what is kept of a try, and how guessing is slowed.

Nobody is locked out: who guesses at an account makes waits, and an address from which nobody guessed
wrong passes by the waits that others made.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

#: A session ends after so long, and when nothing was asked for so long.
LASTS = timedelta(hours=12)
IDLE = timedelta(hours=1)
#: When a session was last seen is written down no oftener than this.
SEEN_NOTED_EVERY = timedelta(minutes=1)
#: So long after somebody showed who they are, nobody asks again before what is grave.
FRESH_LASTS = timedelta(minutes=15)
INVITATION_LASTS = timedelta(hours=24)
#: So long auditors read who signed in and who tried to.
SIGN_INS_KEPT = timedelta(days=400)

#: `shut_out`: the password is right, the account disabled. `demo`: by one click, with a demo token.
Outcome = Literal["signed_in", "wrong_password", "no_password", "shut_out", "demo"]

_BROWSERS = (
    (re.compile(r"Edg[A-Z]*/"), "Edge"),
    (re.compile(r"OPR/|Opera"), "Opera"),
    (re.compile(r"SamsungBrowser/"), "Samsung Internet"),
    (re.compile(r"Firefox/|FxiOS/"), "Firefox"),
    (re.compile(r"Chrome/|CriOS/|Chromium/"), "Chrome"),
    (re.compile(r"Safari/"), "Safari"),
)
_SYSTEMS = (
    (re.compile(r"Android"), "Android"),
    (re.compile(r"iPhone|iPad"), "iOS"),
    (re.compile(r"Windows"), "Windows"),
    (re.compile(r"Mac OS X|Macintosh"), "macOS"),
    (re.compile(r"CrOS"), "ChromeOS"),
    (re.compile(r"Linux"), "Linux"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """From where somebody signs in: the address, and browser and system in words, or nothing."""

    address: str
    agent: str


def agent_words(sent: str) -> str:
    """Browser and system of a User-Agent, such as `Firefox, Windows`; empty where neither is known."""
    found = [
        next((name for form, name in known if form.search(sent)), "")
        for known in (_BROWSERS, _SYSTEMS)
    ]
    return ", ".join(filter(None, found))


def is_over(seen_at: datetime, ends_at: datetime, ended_at: datetime | None, now: datetime) -> bool:
    """Whether a session opens nothing any more."""
    return ended_at is not None or ends_at <= now or seen_at + IDLE <= now
