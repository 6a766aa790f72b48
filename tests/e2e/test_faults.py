"""Under load, anything may be killed at any moment: nothing that was answered is lost."""

import json
import shutil
import socket
from pathlib import Path

import pytest

from bench import guarantees
from bench.guarantee_queries import Delivered
from bench.guarantees import Promise
from bench.recorders import Receipt, Receiver, mails, webhooks
from tests.conftest import need
from tests.support.processes import bare_environment, run_warm


def found(program: str) -> bool:
    return bool(shutil.which(program) or list(Path("/usr/lib").glob(f"*/*/bin/{program}")))


@pytest.mark.e2e
@pytest.mark.postgres
@pytest.mark.parametrize(
    "broker",
    [
        pytest.param("redis", marks=pytest.mark.redis),
        pytest.param("rabbitmq", marks=pytest.mark.rabbitmq),
    ],
)
@pytest.mark.parametrize(
    ("options", "patience"),
    [
        (("--short",), 600),
        pytest.param(("--kills", "1000", "--away", "300"), 2 * 3600, marks=pytest.mark.long),
    ],
    ids=["short", "long"],
)
def test_every_promise_is_kept_whatever_is_killed(
    broker: str, options: tuple[str, ...], patience: int, tmp_path: Path
) -> None:
    need(found("initdb"), "PostgreSQL's initdb")
    need(found(f"{broker}-server"), f"{broker}-server")
    done = run_warm(
        *("casetrack", "bench", "--faults", "--broker", broker, *options, "--json"),
        environment=bare_environment(),
        folder=tmp_path,
        patience=patience,
    )
    assert done.returncode in (0, 1), done.stderr
    report = json.loads(done.stdout)
    broken = [promise for promise in report["promises"] if not promise["kept"]]
    assert not broken, (report["seed"], broken, done.stderr)
    assert done.returncode == 0
    kinds = " ".join(report["faults"])
    here = ("relay:", "workers:", "broker:", "away", "cutting")
    # The short run with the other broker leaves in peace what does not know which one there is.
    everywhere = ("web:", "clock:", "PostgreSQL:")
    for hit in here if options == ("--short",) and broker == "rabbitmq" else (*here, *everywhere):
        assert hit in kinds, (hit, kinds)


# --- the check itself can fail ------------------------------------------------------------------------


def row(position: int, role: str, channel: str, state: str = "delivered") -> Delivered:
    return Delivered("99", f"X-1/{role}", position, role, channel, state, 100 + position)


ROWS = [row(p, r, c) for r, c in (("abc", "webhook"), ("applicant", "email")) for p in (1, 2, 3)]


def broken(rows: list[Delivered], hook: list[Receipt], mail: list[Receipt]) -> set[str]:
    """Which promises these receipts break, by the words they begin with."""
    book = guarantees._Book({"steady": hook, "mail": mail}, {"abc": "steady"})
    judged = guarantees._received(rows, book)
    judged += guarantees._fanned_out(rows, [], {1: 101, 2: 102, 3: 103}, {"abc": "steady"})
    return {" ".join(promise.says.split()[-3:]) for promise in judged if not promise.kept}


def hooks(*ids: int, body: bytes = b"{}") -> list[Receipt]:
    return [Receipt(f"evt_{100 + id_}", body, 0.0) for id_ in ids]


def letters(*positions: int) -> list[Receipt]:
    return [Receipt(f"99.{position}.applicant.seal", b"", 0.0) for position in positions]


def test_a_run_in_which_all_is_well_breaks_nothing() -> None:
    assert broken(ROWS, hooks(1, 2, 2, 3), letters(1, 2, 3, 3)) == set()


@pytest.mark.parametrize(
    ("hook", "mail", "says"),
    [
        (hooks(1, 3), letters(1, 2, 3), "of its events"),
        (hooks(1, 3, 2), letters(1, 2, 3), "a lane ascend"),
        (hooks(1, 2, 3), letters(2, 1, 3), "a lane ascend"),
        (hooks(1, 2, 3, 9), letters(1, 2, 3), "of its own"),
        (hooks(1, 2, 3) + hooks(3, body=b"[]"), letters(1, 2, 3), "id and content"),
    ],
)
def test_what_is_lost_disordered_strange_or_changed_is_found(
    hook: list[Receipt], mail: list[Receipt], says: str
) -> None:
    assert broken(ROWS, hook, mail) == {says}


def test_a_delivery_that_was_never_made_or_never_done_is_found() -> None:
    receipts = hooks(1, 2, 3), letters(1, 2, 3)
    assert any("receiver" in says for says in broken(ROWS[1:], *receipts))
    undone = [*ROWS[:-1], row(3, "applicant", "email", "given_up")]
    assert broken(undone, *receipts) == {"none given up"}


def test_a_promise_that_looked_at_nothing_is_not_kept() -> None:
    assert not Promise("nothing", 0, 0).kept


def test_a_mail_that_was_cut_off_before_its_end_is_no_receipt() -> None:
    with Receiver("mail", mails) as receiver:
        for end in (b"", b"\r\n.\r\n"):
            with socket.create_connection(("127.0.0.1", receiver.port), timeout=5) as connection:
                connection.sendall(
                    b"EHLO x\r\nDATA\r\nMessage-ID: <99.1.applicant@x>\r\n\r\nhalf" + end
                )
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(1000):
                    pass
        assert [receipt.id for receipt in receiver.receipts] == ["99.1.applicant"]


def test_a_webhook_that_was_cut_off_in_its_body_is_no_receipt() -> None:
    head = b"POST / HTTP/1.1\r\nHost: x\r\nwebhook-id: evt_1\r\nContent-Length: 4\r\n\r\n"
    with Receiver("hook", webhooks) as receiver:
        for body in (b"", b"ha", b"half"):
            with socket.create_connection(("127.0.0.1", receiver.port), timeout=5) as connection:
                connection.sendall(head + body)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(1000):
                    pass
        assert [(receipt.id, receipt.body) for receipt in receiver.receipts] == [("evt_1", b"half")]
