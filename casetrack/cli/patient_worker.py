"""gunicorn's threads behind a loop that waits for slow clients, so that no thread does.

A thread gets a request when all of it is there, and is free as soon as its answer is made. Until then
and afterwards the connection is the loop's, which keeps a deadline for each thing that a client owes:
docs/decisions/0032-servers-and-limits.md.
"""

import errno
import logging
import os
import resource
import selectors
import socket
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, BinaryIO

from gunicorn import http
from gunicorn.http.errors import NoMoreData
from gunicorn.workers.gthread import ThreadWorker

from casetrack.cli.arriving import Arriving, HeadTooLong
from casetrack.cli.open_connections import OpenConnections
from casetrack.web.app import LONG_POLLS, METRICS
from casetrack.web.http.bodies import LARGEST_BODY, largest_body
from casetrack.web.http.door_answers import TOO_LONG_HEAD, TOO_MANY_CONNECTIONS, TOO_SLOW

#: Seconds for a head from its first byte, for a body behind it, and until a client took its answer.
HEAD, BODY, ANSWER = 10.0, 30.0, 30.0
#: The same for a body or an answer that lies on disk: 10 MB over a line of half a megabit.
LARGE = 180.0
#: Seconds without a byte before a request, and for what the other side sends after our last word.
IDLE, PARTING = 15.0, 2.0
#: Seconds for a request that was on its way, and for the rest of an answer, once the process is to end.
ENDING = 3.0
#: Bytes of unfinished requests and of answers that nobody takes, all connections together.
MOST_HELD = 64 * 1024 * 1024
#: And of those that lie on disk. An answer that is longer than `IN_MEMORY` does.
MOST_ON_DISK, IN_MEMORY = 1024 * 1024 * 1024, 1024 * 1024
#: Connections of one process, and files that it may open besides.
MOST_CONNECTIONS, OTHER_FILES = 2000, 200
_READ = 64 * 1024
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_FULL = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
_NOBODY = (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK)
_LOG = logging.getLogger("casetrack.web")


class _Answer:
    """What gunicorn takes for the client's socket; keeps what is said."""

    def __init__(self) -> None:
        self.said: list[bytes] = []
        self._size = 0
        #: Holds all of it once it is long.
        self.file: BinaryIO | None = None

    def sendall(self, data: bytes) -> None:
        """More of the answer."""
        self._size += len(data)
        if self.file is None and self._size > IN_MEMORY:
            self.file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with its line
            self.file.writelines(self.said)
            self.said.clear()
        if self.file is not None:
            self.file.write(data)
        else:
            self.said.append(bytes(data))

    def send(self, data: bytes) -> int:
        """100 Continue, which the loop has said before the body came."""
        return len(data)

    def gettimeout(self) -> float:
        """Nobody waits here."""
        return 0.0

    def shutdown(self, _how: int) -> None:
        """The answer broke off in the middle."""
        raise OSError(errno.ENOTCONN, "the answer broke off")

    def close(self) -> None:
        """Likewise: nothing of it is sent."""
        self.said.clear()
        self._size, self.file = 0, None


class Line:
    """One connection: what has come, what is left to send, and until when something must happen."""

    def __init__(self, connected: socket.socket, client: Any, server: Any, until: float) -> None:
        self.connected, self.client, self.server, self.until = connected, client, server, until
        self.arriving = Arriving(LARGEST_BODY, largest_body)
        #: Where gunicorn writes.
        self.sock = _Answer()
        self.left = memoryview(b"")
        #: What is left behind that, of a long answer.
        self.behind: BinaryIO | None = None
        self.is_counted = self.is_kept = self.is_parting = False
        #: A thread has its request.
        self.is_at_work = False
        self.watched = 0

    @property
    def holds(self) -> int:
        """Bytes in memory."""
        return len(self.arriving) + len(self.left)

    @property
    def on_disk(self) -> int:
        """Bytes on disk, about."""
        behind = self.behind
        return self.arriving.on_disk + (os.fstat(behind.fileno()).st_size if behind else 0)

    @property
    def is_owed(self) -> bool:
        """Whether a request has begun, or an answer is not taken yet."""
        return bool(self.holds) or self.is_parting or self.is_long

    @property
    def is_long(self) -> bool:
        """Whether there is more of an answer than in memory."""
        return self.behind is not None

    def answer(self, said: _Answer) -> None:
        """This is to be sent."""
        self.left, self.behind = memoryview(b"".join(said.said)), said.file
        if said.file is not None:
            said.file.seek(0)

    def send(self) -> None:
        """As much of the answer as the client takes now. Raises OSError."""
        with suppress(BlockingIOError):
            while self.left or self._next_piece():
                self.left = self.left[self.connected.send(self.left) :]

    def _next_piece(self) -> bool:
        if self.behind is None:
            return False
        self.left = memoryview(self.behind.read(_READ))
        if not self.left:
            self.behind.close()
            self.behind = None
        return bool(self.left)

    def close(self) -> None:
        """Nobody is there any more."""
        if self.behind is not None:
            self.behind.close()
        self.connected.close()


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """One web process. `connections` is set by who starts it (`with_connections`)."""

    connections: OpenConnections
    #: Row of its own in the table of connections, set before the fork.
    row = 0

    def init_process(self) -> None:
        """After the fork."""
        self._lines: dict[Line, None] = {}
        self._looked = 0.0
        self.connections.begin(self.row)
        self.worker_connections = _files() - OTHER_FILES
        super().init_process()

    # --- what gunicorn's loop calls -----------------------------------------------------------------

    def set_accept_enabled(self, enabled: bool) -> None:
        """At the end, the sockets are closed and not only left alone, and no poll waits any more."""
        super().set_accept_enabled(enabled)
        if not enabled and not self.alive:
            self.wsgi.extensions[LONG_POLLS].end()
            for listening in self.sockets:
                listening.close()

    def accept(self, listener: socket.socket) -> None:
        """Somebody connects."""
        try:
            connected, client = listener.accept()
        except OSError as error:
            if error.errno in _FULL:
                self._make_room()
            elif error.errno not in _NOBODY:
                raise
            return
        connected.setblocking(False)
        line = Line(connected, client, listener.getsockname(), time.monotonic() + IDLE)
        self._lines[line] = None
        self.nr_conns += 1
        if self.nr_conns >= self.worker_connections - self.cfg.threads:
            self._make_room()
        line.is_counted = self.connections.enter(client[0])
        if line.is_counted:
            self._read(line)
        else:
            self._refuse(line, TOO_MANY_CONNECTIONS, "too_many_connections")

    def murder_pending(self) -> None:
        """Hang up on who owes something for too long; called after every event, works twice a second."""
        now = time.monotonic()
        if now - self._looked < 0.5:
            return
        self._looked = now
        held = on_disk = 0
        for line in list(self._lines):
            held += line.holds
            on_disk += line.on_disk
            if line.is_at_work:
                continue
            if not self.alive:
                line.until = min(line.until, now + ENDING if line.is_owed else now)
            if line.until <= now:
                self._overdue(line)
        if held > MOST_HELD:
            self._let_go(held - MOST_HELD // 2, lambda line: line.holds)
        if on_disk > MOST_ON_DISK:
            self._let_go(on_disk - MOST_ON_DISK // 2, lambda line: line.on_disk)

    def handle(self, line: Line) -> bool:
        """Answer one request, in a thread; gives whether the connection is kept."""
        line.sock, cut = _Answer(), line.arriving.is_cut
        # Exactly one request, and no socket behind it: a parser that wants more finds the end.
        parser = http.get_parser(self.cfg, line.arriving.pieces(), line.client)
        kept, asked = False, None
        try:
            asked = next(parser)
            kept = self.handle_request(asked, line) and not cut and parser.finish_body()
            # Bytes behind what the parser took for the end: we have read it differently.
            kept = kept and not parser.unreader.take_buffered()
        except (NoMoreData, StopIteration):
            pass
        except Exception as error:
            self.handle_error(asked, line.sock, line.client, error)
        line.answer(line.sock)
        with suppress(OSError):
            line.send()
        return bool(kept)

    def finish_request(self, line: Line, answered: Future[bool]) -> None:
        """The thread is free again."""
        line.is_at_work = False
        line.is_kept = not answered.cancelled() and not answered.exception() and answered.result()
        line.until = time.monotonic() + (LARGE if line.is_long else ANSWER)
        self._send(line)

    # --- one connection -----------------------------------------------------------------------------

    def _watch(self, line: Line, what: int, then: Callable[[Line], None]) -> None:
        if line.watched:
            self.poller.unregister(line.connected)
        self.poller.register(line.connected, what, lambda _connected: then(line))
        line.watched = what

    def _leave_alone(self, line: Line) -> None:
        if line.watched:
            self.poller.unregister(line.connected)
            line.watched = 0

    def _read(self, line: Line) -> None:
        if line not in self._lines:
            return  # hung up on while its event waited
        if line.is_at_work:
            # Who waits for the answer says nothing as a rule, so it is only now that nobody listens.
            self._leave_alone(line)
            return
        try:
            came = line.connected.recv(_READ)
        except BlockingIOError:
            if not line.watched:
                self._watch(line, selectors.EVENT_READ, self._read)
            return
        except OSError:
            came = b""
        if not came:
            self._close(line)
            return
        if not len(line.arriving):
            line.until = time.monotonic() + HEAD
        line.arriving.add(came)
        self._look(line)

    def _look(self, line: Line) -> None:
        """Hand over what is whole, or wait for more."""
        had_head = line.arriving.has_head
        try:
            is_whole = line.arriving.is_whole()
        except HeadTooLong:
            self._refuse(line, TOO_LONG_HEAD, "head_too_long")
            return
        if is_whole:
            line.is_at_work = True
            self.enqueue_req(line)
            return
        if line.arriving.has_head and not had_head:
            line.until = time.monotonic() + (LARGE if line.arriving.is_large else BODY)
            if line.arriving.expects:
                with suppress(OSError):
                    line.connected.send(_CONTINUE)
        if line.watched != selectors.EVENT_READ:
            self._watch(line, selectors.EVENT_READ, self._read)

    def _send(self, line: Line) -> None:
        if line not in self._lines:
            return
        try:
            line.send()
        except OSError:
            self._close(line)
            return
        if line.left or line.is_long:
            if line.watched != selectors.EVENT_WRITE:
                self._watch(line, selectors.EVENT_WRITE, self._send)
        elif not line.is_kept:
            self._part(line)
        else:
            line.until = time.monotonic() + (HEAD if len(line.arriving) else IDLE)
            self._look(line)

    def _overdue(self, line: Line) -> None:
        answering = line.left or line.is_long
        if answering and not line.is_parting:
            self._count("answer_not_taken")
        if line.is_parting or answering or not len(line.arriving):
            self._close(line)
        else:
            self._refuse(line, TOO_SLOW, "too_slow")

    def _count(self, reason: str) -> None:
        self.wsgi.extensions[METRICS].hung_up(reason)

    def _refuse(self, line: Line, answer: bytes, reason: str) -> None:
        self._count(reason)
        line.left, line.behind, line.is_kept = memoryview(answer), None, False
        line.until = time.monotonic() + PARTING
        self._send(line)

    def _part(self, line: Line) -> None:
        """Say that nothing more comes, and take what still does: else our last words may be lost."""
        line.is_parting, line.until = True, time.monotonic() + PARTING
        with suppress(OSError):
            line.connected.shutdown(socket.SHUT_WR)
        self._watch(line, selectors.EVENT_READ, self._drain)

    def _drain(self, line: Line) -> None:
        if line not in self._lines:
            return
        with suppress(BlockingIOError):
            try:
                if line.connected.recv(_READ):
                    return
            except ConnectionError:
                pass
            self._close(line)

    def _close(self, line: Line) -> None:
        self._leave_alone(line)
        del self._lines[line]
        self.nr_conns -= 1
        if line.is_counted:
            self.connections.leave(line.client[0])
        line.close()

    # --- too many -----------------------------------------------------------------------------------

    def _make_room(self) -> None:
        """The connection that has been waiting for longest gives its place to a new one."""
        line = self._oldest(lambda _line: 1)
        if line is not None:
            self._count("no_room")
            self._close(line)

    def _let_go(self, surplus: int, weighs: Callable[[Line], int]) -> None:
        """So many bytes of those that came first."""
        _LOG.warning("slow clients hold too much; the oldest of them are hung up on")
        while surplus > 0 and (line := self._oldest(weighs)) is not None:
            surplus -= weighs(line)
            self._count("no_room")
            self._close(line)

    def _oldest(self, weighs: Callable[[Line], int]) -> Line | None:
        """The first of those that came whose client we wait for, and who weighs anything."""
        return next((line for line in self._lines if not line.is_at_work and weighs(line)), None)


def with_connections(connections: OpenConnections) -> type[PatientWorker]:
    """The worker class that gunicorn is given; `connections` is made before any fork."""
    return type("Worker", (PatientWorker,), {"connections": connections})


def _files() -> int:
    """How many files this process may open, after asking for as many as it needs."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + OTHER_FILES
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return min(soft, wanted)
