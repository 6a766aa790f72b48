"""Payments against the events: each confirmed bill has one, each that fits no bill was noted, and no file
lost or gained a row."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from casetrack.domain.case.payments import CLOSED, GONE, file_stream
from casetrack.domain.events import TYPE_PREFIX
from casetrack.domain.proof.verdict import UNREADABLE, Fault
from casetrack.storage.case.bill_rows import paid_by
from casetrack.storage.proof.row_tables import Stored
from casetrack.storage.proof.stored_rows import Reader

_LOADED, _UNMATCHED = TYPE_PREFIX + "payment.file_loaded", TYPE_PREFIX + "payment.unmatched"
#: Number and bill → the bill's row.
_Bills = dict[tuple[Any, Any], Stored]
_NOT_PAID = "it says that a bill is paid which is not by it"
_GONE = "its closing says that the money is for no bill, and a bill is confirmed by it"
_SAID = ("account", "agency", "code", "amount", "reference", "why")


def check(reader: Reader, region: str) -> Iterator[Fault]:
    """Every bill that was paid, every payment, every file."""
    bills: _Bills = {(row["number"], row["bill"]): row for row in reader.all_rows("bills", region)}
    told = {key for key, row in bills.items() if row["source"] in ("file", "call")}
    lines, waiting = Counter[str](), Counter[str]()
    accounts, unmatched = set[str](), dict[str, Stored]()
    known: list[Stored] = []
    unread = set[tuple[str | None, ...]]()
    for row in reader.all_rows("payments", region):
        lines[row["file"] or ""] += 1
        waiting[row["file"] or ""] += row["state"] == "waiting"
        accounts.add(row["account"])
        place = (row["number"], row["bill"])
        if row["state"] == "confirmed":
            told.discard(place)
        if row["state"] in ("confirmed", "known") and not _paid(bills.get(place), row):
            known.append(row)
        if row["state"] in ("unmatched", "closed"):
            unmatched[row["payment"]] = row
        if row["state"] == "waiting" and None in (row["code"], row["amount"], row["reference"]):
            # A list that was only sorted anew may be settled before the first one is.
            unread.add((row["file"], *_said(row)))
    for number, bill in sorted(told):
        yield _fault(region, f"{number} {bill}", "nothing tells of the payment by which it is paid")
    yield from _told_before(reader, region, known, unmatched, unread)
    yield from _files(reader, region, lines, waiting)
    yield from _noted(reader, region, accounts, unmatched)
    yield from _closed(reader, region, accounts, unmatched, bills)


def _told_before(
    reader: Reader,
    region: str,
    known: list[Stored],
    unmatched: Mapping[str, Stored],
    unread: set[tuple[str | None, ...]],
) -> Iterator[Fault]:
    """What was told of before and paid no bill stands on the list once, or will: `unread` waits."""
    if not known:
        return
    files = {row["file"]: row["rows_digest"] for row in reader.all_rows("payment_files", region)}
    listed = defaultdict[tuple[Any, ...], set[str | None]](set)
    sorted_anew: set[tuple[Any, ...]] = {(files.get(file), *said) for file, *said in unread}
    for row in unmatched.values():
        listed[_same(row)].add(row["paid_on"])
        sorted_anew.add((files.get(row["file"]), *_said(row)))
    for row in known:
        days = listed.get(_same(row), set()) if row["reference"] is not None else set()
        is_listed = bool(days & {row["paid_on"], None}) or (bool(days) and row["paid_on"] is None)
        digest = files.get(row["file"])
        is_repeated = digest is not None and (digest, *_said(row)) in sorted_anew
        if row["state"] == "confirmed" or not (is_listed or is_repeated):
            yield _fault(region, row["payment"], _NOT_PAID)


def _same(row: Stored) -> tuple[Any, ...]:
    """By what the same payment is known wherever it is told of, on no other day."""
    return tuple(row[name] for name in ("account", "reference", "amount"))


def _said(row: Stored) -> tuple[Any, ...]:
    """What is kept of a row that cannot be read."""
    return tuple(row[name] for name in ("account", "code", "reference", "amount", "paid_on"))


def _paid(bill: Stored | None, payment: Stored) -> bool:
    reference = payment["reference"]
    return (
        bill is not None
        and reference is not None
        and bill["paid_by"] == paid_by(payment["account"], reference)
        and (payment["state"] == "known" or bill["amount"] == payment["amount"])
    )


def _files(
    reader: Reader, region: str, lines: Counter[str], waiting: Counter[str]
) -> Iterator[Fault]:
    known = set()
    for row in reader.all_rows("payment_files", region):
        name = row["file"]
        known.add(name)
        said = [e["data"] for e in _events(reader, region, [file_stream(name)], _LOADED)]
        same = [
            e
            for e in said
            if (e["file"], e["account"], e.get("rows_digest"))
            == (name, row["account"], row["rows_digest"])
        ]
        if len(same) != 1 or not same[0]["lines"] == row["lines"] == lines[name]:
            yield _fault(region, name, "the file's rows are not those that were loaded")
    for name in sorted({*lines} - known - {""}):
        # What a load wrote down and did not finish waits, and counts for nothing.
        if waiting[name] != lines[name]:
            yield _fault(region, name, "payments stand in a file that nobody loaded")


def _noted(
    reader: Reader, region: str, accounts: set[str], unmatched: dict[str, Stored]
) -> Iterator[Fault]:
    left = dict(unmatched)
    for event in _events(reader, region, _streams(reader, region, accounts), _UNMATCHED):
        said = event["data"]
        row = left.pop(said["payment"], None)
        if row is None or any(row[name] != said.get(name) for name in _SAID):
            yield _fault(
                region, said["payment"], "it was noted to fit no bill, and the row differs"
            )
    for payment in sorted(left):
        yield _fault(region, payment, "its row says that it fits no bill, and no event does")


def _streams(reader: Reader, region: str, accounts: set[str]) -> list[str]:
    files = [file_stream(row["file"]) for row in reader.all_rows("payment_files", region)]
    return [*files, *(f"payment/account.{account}" for account in sorted(accounts))]


def _closed(
    reader: Reader,
    region: str,
    accounts: set[str],
    unmatched: Mapping[str, Stored],
    bills: _Bills,
) -> Iterator[Fault]:
    """Each that is off the list has one event; where that says by which bill, it is paid by it."""
    ended = dict[str, str]()
    for event in _events(reader, region, _streams(reader, region, accounts), CLOSED):
        said = event["data"]
        if ended.get(said["payment"]) != said.get("corrects"):
            yield _fault(region, said["payment"], "it was closed more than once")
        ended[said["payment"]] = said["reason"]
        row = unmatched.get(said["payment"])
        if said["reason"] != "matched" or row is None:
            continue
        place = (said.get("number"), said.get("bill"))
        if (row["number"], row["bill"]) != place or not _paid(bills.get(place), row):
            yield _fault(region, said["payment"], "it was closed as matched, and the bill differs")
    for payment in sorted({*ended, *unmatched}):
        row = unmatched.get(payment)
        if (payment in ended) != (row is not None and row["state"] == "closed"):
            yield _fault(region, payment, "that it was closed is said by its row or an event alone")
    yield from _gone(region, ended, unmatched, bills)


def _gone(
    region: str, ended: Mapping[str, str], unmatched: Mapping[str, Stored], bills: _Bills
) -> Iterator[Fault]:
    """By money that is not there no bill is confirmed; one that is by hand, by none of any account."""
    paid, by_hand = set[str](), set[str]()
    for bill in bills.values():
        if bill["state"] == "confirmed" and bill["paid_by"] is not None:
            paid.add(bill["paid_by"])
            if bill["source"] == "officer":
                by_hand.add(bill["paid_by"].partition(":")[2])
    for payment, reason in sorted(ended.items()):
        row = unmatched.get(payment)
        if row is None or row["reference"] is None or reason not in GONE:
            continue
        reference = row["reference"]
        if reference in by_hand or paid_by(row["account"], reference) in paid:
            yield _fault(region, payment, _GONE)


def _events(reader: Reader, region: str, streams: list[str], wanted: str) -> Iterator[Any]:
    for _, body in reader.bodies(region, streams):
        try:
            event = json.loads(body)
            if event["type"] == wanted:
                yield event
        except UNREADABLE:
            pass  # what cannot be read is its chain's fault


def _fault(region: str, payment: str, detail: str) -> Fault:
    return Fault("payment", region, f"payment {payment}", None, detail)
