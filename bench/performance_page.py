"""Puts what a run found where people read it: docs/performance.md and its picture."""

import json
from pathlib import Path

from bench.plot import plot
from bench.whole_report import WholeReport

CHECKOUT = Path(__file__).resolve().parents[1]
#: Between these lines of the page nothing is written by hand.
BEGIN, END = "<!-- what a run found: make bench -->", "<!-- end of what a run found -->"


def write_page(found: WholeReport, checkout: Path = CHECKOUT) -> None:
    """The page's figures and its picture anew; every figure as JSON in build/bench.json."""
    page = checkout / "docs" / "performance.md"
    text = page.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    page.write_text(f"{before}{BEGIN}\n\n{found.in_words()}\n\n{END}{after}", encoding="utf-8")
    (checkout / "docs" / "images" / "performance.svg").write_text(plot(found), encoding="utf-8")
    build = checkout / "build"
    build.mkdir(exist_ok=True)
    (build / "bench.json").write_text(json.dumps(found.as_dict(), indent=1), encoding="utf-8")
