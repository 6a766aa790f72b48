"""The numbers of a region's products and cases against their counters: none is missing, none was given
twice, and of each that was set aside it is known what became of it."""

from collections.abc import Iterator, Sequence

from casetrack.domain.proof.lost_history import LostHistory
from casetrack.domain.proof.verdict import Fault
from casetrack.storage.proof.stored_rows import Reader


def check_case_numbers(
    reader: Reader, region: str, losses: Sequence[LostHistory] = ()
) -> Iterator[Fault]:
    """A fault for each service and year whose serials are not 1 to what its counter says: those of cases
    and those that were set aside together.

    One too for each that was set aside and says otherwise than there is a case or not.
    """
    aside = {row["number"]: row["state"] for row in reader.all_rows("reserved_numbers", region)}
    given = _without_case(reader, region, losses)
    for number, service in reader.case_numbers(region):
        _mark(given, service, number)
        if aside.pop(number, "used") != "used":
            detail = f"the number {number} was set aside and not used, and there is a case"
            yield Fault("case_number", region, f"case-number/{number}", None, detail)
    for number in sorted(number for number, state in aside.items() if state == "used"):
        detail = f"the number {number} was set aside and used, and there is no case"
        yield Fault("case_number", region, f"case-number/{number}", None, detail)
    counters = {
        (row["service"], row["year"]): row["serial"] for row in reader.all_rows("counters", region)
    }
    for key in sorted({*counters, *given}):
        there, last = given.get(key, bytearray()), counters.get(key, 0)
        gap = next((s for s in range(1, last + 1) if s >= len(there) or not there[s]), None)
        if gap is not None or len(there) > last + 1:
            detail = (
                f"the numbers of {key[0]} of {key[1]} are not 1 to {last}: see {gap or last + 1}"
            )
            yield Fault("case_number", region, f"case-number/{key[0]}", None, detail)


def _without_case(
    reader: Reader, region: str, losses: Sequence[LostHistory]
) -> dict[tuple[str, int], bytearray]:
    """The serials that were set aside and not used, and those that were left out after a loss."""
    services = {row["block"]: row["service"] for row in reader.all_rows("number_blocks", region)}
    given: dict[tuple[str, int], bytearray] = {}
    for row in reader.all_rows("reserved_numbers", region):
        if row["state"] != "used":
            _mark(given, services.get(row["block"], ""), row["number"])
    for skipped in (each for loss in losses for each in loss.cases):
        for serial in range(skipped.first, skipped.last + 1):
            _mark_serial(given, (skipped.of, skipped.year), serial)
    return given


def _mark(given: dict[tuple[str, int], bytearray], service: str, number: str) -> None:
    """That this serial was given: one byte each, since a region has millions."""
    *_, year, serial, _check = number.split("-")
    _mark_serial(given, (service, int(year)), int(serial))


def _mark_serial(
    given: dict[tuple[str, int], bytearray], counter: tuple[str, int], at: int
) -> None:
    there = given.setdefault(counter, bytearray(1))
    if at >= len(there):
        there.extend(bytes(at + 1 - len(there)))
    there[at] = 1


def check_numbers(
    reader: Reader, region: str, losses: Sequence[LostHistory] = ()
) -> Iterator[Fault]:
    """A fault for each pattern and year whose serials are not 1 to what its counter says.

    The rows of products are compared with the events elsewhere, so what is missing here was never given.
    """
    counters = {
        (row["pattern"], row["year"]): row["serial"]
        for row in reader.all_rows("product_counters", region)
    }
    given: dict[tuple[str, int], set[int]] = {}
    for skipped in (each for loss in losses for each in loss.products):
        left_out = range(skipped.first, skipped.last + 1)
        given.setdefault((skipped.of, skipped.year), set()).update(left_out)
    for row in reader.all_rows("products", region):
        if row["serial"] is not None:
            given.setdefault((row["pattern"], row["year"]), set()).add(row["serial"])
    for key in sorted({*counters, *given}, key=str):
        there, last = given.get(key, set()), counters.get(key, 0)
        gaps = sorted(set(range(1, last + 1)) ^ there)
        if gaps:
            detail = f"the numbers of {key[0]} of {key[1]} are not 1 to {last}: see {gaps[0]}"
            yield Fault("product_number", region, f"product-number/{key[0]}", None, detail)
