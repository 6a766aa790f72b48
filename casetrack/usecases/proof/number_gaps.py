"""The products of a region against their counters: no number is missing, none was given twice."""

from collections.abc import Iterator

from casetrack.domain.proof.verdict import Fault
from casetrack.storage.proof.stored_rows import Reader


def check_numbers(reader: Reader, region: str) -> Iterator[Fault]:
    """A fault for each pattern and year whose serials are not 1 to what its counter says.

    The rows of products are compared with the events elsewhere, so what is missing here was never given.
    """
    counters = {
        (row["pattern"], row["year"]): row["serial"]
        for row in reader.all_rows("product_counters", region)
    }
    given: dict[tuple[str, int], set[int]] = {}
    for row in reader.all_rows("products", region):
        if row["serial"] is not None:
            given.setdefault((row["pattern"], row["year"]), set()).add(row["serial"])
    for key in sorted({*counters, *given}, key=str):
        there, last = given.get(key, set()), counters.get(key, 0)
        gaps = sorted(set(range(1, last + 1)) ^ there)
        if gaps:
            detail = f"the numbers of {key[0]} of {key[1]} are not 1 to {last}: see {gaps[0]}"
            yield Fault("product_number", region, f"product-number/{key[0]}", None, detail)
