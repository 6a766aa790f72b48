"""Draws docs/images/transition.svg: the way of one transition, from the request to the receiver.

The words of the picture stand here. A test holds the picture and this script together.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from pathlib import Path

WIDTH, HEIGHT = 960, 690
#: Left edge and width of the three columns, and the inside margin of a box.
COLUMNS, WIDE, INSIDE = (24, 340, 656), 280, 12
LINE, HEAD = 16, 20

STYLE = """
svg{--ground:#f6f4ef;--card:#fff;--ink:#17211f;--soft:#55605c;--wire:#5f6b66;--edge:#0b5d55;--tint:#e4efec}
@media (prefers-color-scheme:dark){svg{--ground:#101614;--card:#18201e;--ink:#edf1ee;--soft:#a9b5b0;
--wire:#8b9892;--edge:#74cdbf;--tint:#14332f}}
text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
text{font-size:12.5px;fill:var(--ink)}
.ground{fill:var(--ground)}
.title{font-size:15px;font-weight:650}
.head{font-weight:650;fill:var(--edge)}
.soft{fill:var(--soft);font-size:12px}
.box{fill:var(--card);stroke:var(--wire)}
.transaction{fill:var(--tint);stroke:var(--edge);stroke-width:1.5;stroke-dasharray:6 4}
.wire{fill:none;stroke:var(--wire);stroke-width:1.75}
.again{stroke-dasharray:4 4}
.arrow{fill:var(--wire)}
""".strip()


@dataclass(frozen=True)
class Box:
    """One piece of the way: in which column, how far down, whose code it is, what happens."""

    column: int
    top: int
    head: str
    lines: tuple[str, ...]

    @property
    def bottom(self) -> int:
        """Where the arrow to the next one begins."""
        return self.top + 14 + HEAD + LINE * len(self.lines)

    @property
    def middle(self) -> int:
        """Half way across."""
        return COLUMNS[self.column] + WIDE // 2


REQUEST = (
    Box(0, 56, "web", ("who calls, which case, which body:", "401, 404, 403, 422")),
    Box(
        0,
        142,
        "usecases.case.do",
        ("what needs no lock: texts are sealed,", "a repeat gets the stored answer"),
    ),
    Box(
        0,
        252,
        "storage.unit_of_work",
        ("lock the case row, and the region's", "register in shared mode"),
    ),
    Box(
        0,
        338,
        "storage",
        ("only now read the case and its slice of", "the register; draw event id and time"),
    ),
    Box(0, 424, "domain.case.decide", ("the rules: one event, or a refusal", "(412, 409, 403)")),
    Box(
        0,
        510,
        "storage: append",
        ("event and chain hash, folded state,", "deadlines, stored answer, queue row"),
    ),
)
RELAY = (
    Box(
        1,
        164,
        "storage.delivery.sequencing",
        ("lock the region's ledger head;", "take the queue rows, oldest id first"),
    ),
    Box(1, 250, "ledger", ("position without gaps, hash of the one", "before; the queue row goes")),
    Box(
        1,
        336,
        "storage.delivery.fanout",
        ("who hears of it: one delivery for each", "receiver, in its lane; later events join"),
    ),
)
WORKER = (
    Box(
        2,
        164,
        "storage.delivery.claims",
        ("claim the first delivery of each lane", "of a set: a lease with a fence"),
    ),
    Box(2, 268, "gateways", ("mail, WhatsApp, SMS, webhook:", "no transaction is open meanwhile")),
    Box(
        2,
        372,
        "storage.delivery.results",
        ("write down how each ended, if the", "fence still holds; free the lanes"),
    ),
)
#: Column, top, bottom, what it says: the dashed frames.
TRANSACTIONS = (
    (0, 226, 586, "one transaction"),
    (1, 138, 412, "one transaction for a batch of a region"),
    (2, 138, 238, "one transaction"),
    (2, 346, 446, "one transaction"),
)
TITLES = ((0, "1  The request"), (1, "2  The relay"), (2, "3  A worker"))
NOTES = (
    (
        1,
        56,
        (
            "woken by NOTIFY after the commit,",
            "and looks by itself every 0.25 s:",
            "the look is what guarantees",
        ),
    ),
    (
        2,
        56,
        (
            "rung for by the broker, which holds ids",
            "only; the sweeper rings again for what",
            "is due, so a lost ring loses nothing",
        ),
    ),
    (
        0,
        616,
        (
            "the answer: 200 with the new ETag.",
            "A refusal by the register is committed too,",
            "in a stream of its own, and then answered 403",
        ),
    ),
)


def _box(box: Box) -> Iterator[str]:
    x = COLUMNS[box.column]
    yield (
        f'<rect class="box" x="{x + 8}" y="{box.top}" width="{WIDE - 16}" '
        f'height="{box.bottom - box.top}" rx="8"/>'
    )
    yield _text("head", x + 8 + INSIDE, box.top + 21, box.head)
    for place, line in enumerate(box.lines):
        yield _text("", x + 8 + INSIDE, box.top + 21 + HEAD + LINE * place, line)


def _text(kind: str, x: int, y: int, words: str) -> str:
    return f'<text class="{kind}" x="{x}" y="{y}">{escape(words)}</text>'


def _down(boxes: tuple[Box, ...]) -> Iterator[str]:
    for upper, lower in pairwise(boxes):
        yield f'<path class="wire" d="M{upper.middle} {upper.bottom} V{lower.top - 7}"/>'
        yield _arrow(upper.middle, lower.top)


def _arrow(x: int, y: int) -> str:
    """An arrow's head that points down at this place."""
    return f'<path class="arrow" d="M{x} {y} l-5 -9 h10 Z"/>'


def _across(left: Box, right: Box) -> Iterator[str]:
    """From the last box of one column up to the first of the next."""
    start, end = COLUMNS[left.column] + WIDE - 8, COLUMNS[right.column] + 8
    between = (start + end) // 2
    y, aim = (left.top + left.bottom) // 2, (right.top + right.bottom) // 2
    yield f'<path class="wire" d="M{start} {y} H{between} V{aim} H{end - 8}"/>'
    yield f'<path class="arrow" d="M{end} {aim} l-9 -5 v10 Z"/>'


def drawn() -> str:
    """The whole picture."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}" role="img" aria-labelledby="title desc">',
        '<title id="title">The way of one transition</title>',
        '<desc id="desc">A request is checked, decided and committed in one transaction; the relay '
        "numbers the event and writes its deliveries; a worker carries each of them out.</desc>",
        f"<style>{STYLE}</style>",
        f'<rect class="ground" width="{WIDTH}" height="{HEIGHT}" rx="12"/>',
    ]
    for column, words in TITLES:
        parts.append(_text("title", COLUMNS[column] + 8, 36, words))
    for column, top, bottom, words in TRANSACTIONS:
        x = COLUMNS[column]
        parts.append(
            f'<rect class="transaction" x="{x}" y="{top}" width="{WIDE}" '
            f'height="{bottom - top}" rx="10"/>'
        )
        parts.append(_text("soft", x + 12, top + 17, words))
    for column, top, lines in NOTES:
        for place, line in enumerate(lines):
            parts.append(_text("soft", COLUMNS[column] + 8, top + 14 + LINE * place, line))
    for boxes in (REQUEST, RELAY, WORKER):
        parts += _down(boxes)
        for box in boxes:
            parts += _box(box)
    parts += _across(REQUEST[-1], RELAY[0])
    parts += _across(RELAY[-1], WORKER[0])
    return "\n".join([*parts, "</svg>", ""])


if __name__ == "__main__":
    Path(__file__).with_name("images").joinpath("transition.svg").write_text(drawn())
