"""Crowds of slow clients, and how soon somebody who asks an ordinary question is answered beside them.

Whoever is thrown out comes back at once, as in an attack. Nothing is sent but to this machine.
"""

import select
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import cycle
from threading import Event, Thread
from typing import Any

from bench.report import in_words, machine, quantiles_ms
from bench.runner import stay
from casetrack.config import Settings

#: Seconds between two bytes of one client.
PACE = 0.5
#: Seconds after which a good client gives up.
PATIENCE = 10.0
_PAGE = "/status"
_ASK = f"GET {_PAGE} HTTP/1.1\r\nHost: here\r\n".encode()
_SEND = (
    b"POST /api/v1/cases/find HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer TOKEN\r\n"
    b"Content-Type: application/json\r\n"
)
_LARGE = b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: here\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Manner:
    """How a crowd behaves: what each says at once, and then byte by byte."""

    count: int
    first: bytes = b""
    then: bytes = b""
    #: Bytes that each can hold before somebody reads them, which nobody does.
    holds: int | None = None


CROWDS = {
    "slow heads": Manner(40, _ASK, b"X-More: and more\r\n"),
    "slow bodies": Manner(40, _SEND + b"Content-Length: 200000\r\n\r\n{", b" "),
    "slow chunks": Manner(40, _SEND + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "slow readers": Manner(40, _LARGE * 40, holds=2048),
    "idle": Manner(500),
}


class Crowd:
    """So many connections of one manner, while the block lasts."""

    def __init__(self, port: int, manner: Manner, token: str) -> None:
        self._port, self._manner = port, manner
        #: With a token that is live, a body is read by the program itself.
        self._first = manner.first.replace(b"TOKEN", token.encode())
        self._sockets: list[socket.socket | None] = [None] * manner.count
        self._over = Event()
        self._thread = Thread(target=self._run, daemon=True)
        #: How often the server hung up, or did not let one in.
        self.thrown_out = 0

    def __enter__(self) -> "Crowd":
        """All of them are there."""
        self._come()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """All of them leave."""
        self._over.set()
        self._thread.join(30)
        for each in filter(None, self._sockets):
            each.close()

    def _come(self) -> None:
        for place, there in enumerate(self._sockets):
            if there is None:
                self._sockets[place] = self._one()

    def _one(self) -> socket.socket | None:
        each = socket.socket()
        if self._manner.holds is not None:
            each.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self._manner.holds)
        each.settimeout(0.5)
        try:
            each.connect(("127.0.0.1", self._port))
            each.setblocking(False)
            each.send(self._first)
        except OSError:
            each.close()
            return None
        return each

    def _run(self) -> None:
        said = cycle(self._manner.then) if self._manner.then else None
        while not self._over.wait(PACE):
            byte = bytes([next(said)]) if said else b""
            for place, each in enumerate(self._sockets):
                if each is not None and not self._goes_on(each, byte):
                    each.close()
                    self._sockets[place] = None
                    self.thrown_out += 1
            self._come()

    def _goes_on(self, each: socket.socket, byte: bytes) -> bool:
        try:
            with suppress(BlockingIOError):
                each.send(byte)
            if self._manner.holds is not None:
                poll = select.poll()
                poll.register(each, select.POLLHUP | select.POLLERR | select.POLLRDHUP)
                return not poll.poll(0)
            with suppress(BlockingIOError):
                return bool(each.recv(4096))
        except OSError:
            return False
        return True


@dataclass
class Heard:
    """How a good client fared beside a crowd: seconds an answer, and questions without one."""

    seconds: list[float] = field(default_factory=list)
    unanswered: int = 0
    thrown_out: int = 0

    def as_dict(self) -> dict[str, Any]:
        """For the report."""
        worst = round(max(self.seconds, default=0.0) * 1000, 2)
        return {**quantiles_ms(self.seconds), "worst": worst, "answered": len(self.seconds),
                "unanswered": self.unanswered, "thrown_out": self.thrown_out}  # fmt: skip


def listen(port: int, seconds: float, heard: Heard) -> None:
    """Ask on a new connection again and again."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        began = time.monotonic()
        connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            connection.request("GET", _PAGE)
            connection.getresponse().read()
            heard.seconds.append(time.monotonic() - began)
        except (OSError, HTTPException):
            heard.unanswered += 1
        finally:
            connection.close()
        time.sleep(0.02)


@contextmanager
def beside(port: int, name: str, token: str) -> Iterator[Crowd]:
    """A crowd that has been there for so long that it holds all that it can get."""
    with Crowd(port, CROWDS[name], token) as crowd:
        time.sleep(2 * PACE)
        yield crowd


def beside_each(
    port: int, seconds: float, token: str, said: Callable[[str], None]
) -> dict[str, Heard]:
    """A good client alone, and then beside each crowd."""
    found = {"nobody": Heard()}
    listen(port, seconds / 2, found["nobody"])
    for name, manner in CROWDS.items():
        said(f"{name}: {manner.count}")
        heard = found[name] = Heard()
        with beside(port, name, token) as crowd:
            listen(port, seconds, heard)
            heard.thrown_out = crowd.thrown_out
        time.sleep(1)
    return found


def asked_a_second(port: int, seconds: float, clients: int) -> float:
    """How often the page is given in a second to so many clients with kept connections."""
    counts, until = [0] * clients, time.monotonic() + seconds

    def ask(place: int) -> None:
        with socket.create_connection(("127.0.0.1", port)) as kept:
            while time.monotonic() < until:
                kept.sendall(_ASK + b"\r\n")
                _take_answer(kept)
                counts[place] += 1

    threads = [Thread(target=ask, args=(place,), daemon=True) for place in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds + PATIENCE)
    return sum(counts) / seconds


def _take_answer(kept: socket.socket) -> None:
    found = kept.recv(65536)
    while b"\r\n\r\n" not in found:
        found += kept.recv(65536)
    head, _, body = found.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
    while len(body) < length:
        body += kept.recv(65536)


@dataclass(frozen=True)
class CrowdReport:
    """Milliseconds until an answer, beside each crowd."""

    heard: dict[str, dict[str, Any]]
    asked_a_second: float
    processes: str
    machine: str

    @property
    def sound(self) -> bool:
        """Whether everybody was answered."""
        return not any(heard["unanswered"] for heard in self.heard.values())

    def as_dict(self) -> dict[str, Any]:
        """As `casetrack bench --slow-clients --json` prints it."""
        return {**asdict(self), "sound": self.sound}

    def in_words(self) -> str:
        """For a person."""
        times = ("p50", "p95", "worst")
        lines = [
            f"  beside {name:<13} {in_words({at: heard.get(at, 0.0) for at in times})}   "
            f"{heard['answered']} answered, {heard['unanswered']} not; {heard['thrown_out']} thrown out"
            for name, heard in self.heard.items()
        ]
        quiet = f"Alone, 8 kept connections get {_PAGE} {self.asked_a_second:,.0f} times a second."
        return "\n".join([quiet, "", *lines, "", f"{self.processes}; {self.machine}."])


def measure(
    settings: Settings,
    *,
    seconds: float,
    say: Callable[[str], None],
    progress: Callable[[int], None],
) -> CrowdReport:
    """Start the program on the servers of the settings and let the crowds come, one after the other."""
    with stay(settings, say) as place:
        asked = asked_a_second(place.port, seconds, 8)
        progress(round(asked * seconds))
        heard = beside_each(place.port, seconds, place.tokens["ben.clerk"], say)
        return CrowdReport(
            heard={name: each.as_dict() for name, each in heard.items()},
            asked_a_second=round(asked, 1),
            processes=place.what,
            machine=machine(),
        )
