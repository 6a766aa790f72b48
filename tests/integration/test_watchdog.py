"""The watchdog ends a connection whatever happens to it meanwhile."""

import os
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from casetrack.gateways.watchdog import Watchdog


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(5)
        theirs.settimeout(5)
        yield ours, theirs


def test_a_connection_ends_when_time_is_up(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    with Watchdog(0.1) as watchdog:
        watchdog.guard(ours)
        assert ours.recv(1) == b""
        assert watchdog.barked()
    assert theirs.recv(1) == b""


def test_a_connection_that_is_made_too_late_ends_at_once(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    ours, _ = pair
    with Watchdog(0.0) as watchdog:
        while not watchdog.barked():
            time.sleep(0.01)
        watchdog.guard(ours)
        assert ours.recv(1) == b""


def test_a_tls_handshake_that_has_taken_the_connection_over_ends_too(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    ours, theirs = pair
    trust, began = ssl.create_default_context(), time.monotonic()
    with Watchdog(0.5) as watchdog:
        watchdog.guard(ours)
        with pytest.raises(ssl.SSLError):
            trust.wrap_socket(ours, server_hostname="nobody.example")
        assert time.monotonic() - began < 3
    assert theirs.recv(10_000)[:1] == b"\x16", "the hello came, and then nothing in clear text"


def test_a_talk_that_ended_in_time_is_left_alone(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    ours, theirs = pair
    with Watchdog(0.5) as watchdog:
        watchdog.guard(ours)
    time.sleep(0.7)
    assert not watchdog.barked()
    theirs.sendall(b"x")
    assert ours.recv(1) == b"x"


def test_one_thread_watches_all_and_each_ends_at_its_own_time() -> None:
    with ExitStack() as open_:
        pairs = [socket.socketpair() for _ in range(20)]
        for ours, theirs in pairs:
            open_.enter_context(ours)
            open_.enter_context(theirs)
            ours.settimeout(5)
        # The one that ends last is watched first.
        dogs = [open_.enter_context(Watchdog(0.9 - place * 0.04)) for place in range(20)]
        assert [thread.name for thread in threading.enumerate()].count("watchdog") == 1
        for dog, (ours, _) in zip(dogs, pairs, strict=True):
            dog.guard(ours)
        for dog, (ours, _) in [*zip(dogs, pairs, strict=True)][::-1]:
            assert ours.recv(1) == b""
            assert dog.barked()


def test_a_forked_process_has_a_watcher_of_its_own() -> None:
    with Watchdog(60):
        child = os.fork()
        if child == 0:
            ours, theirs = socket.socketpair()
            ours.settimeout(5)
            with Watchdog(0.1) as watchdog:
                watchdog.guard(ours)
                ended = ours.recv(1) == b""
            theirs.close()
            os._exit(0 if ended else 1)
        assert os.waitpid(child, 0)[1] == 0
