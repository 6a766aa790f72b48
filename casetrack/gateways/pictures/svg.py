"""A scene as SVG: real text, one group for each node and link in reading order, both colour schemes.

No script, no reference to anything outside. A page that holds the picture, or the response that is
it, allows its one style by `STYLE_SOURCE` and nothing else.
"""

import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from html import escape

from casetrack.gateways.pictures.cards import Placed, Words
from casetrack.gateways.pictures.diagram import Diagram, Link, Node
from casetrack.gateways.pictures.scene import MARGIN, Point, Scene, Wire

#: Every pair of ink and ground keeps 4.5 to 1, lines 3 to 1 (WCAG 2.2, 1.4.3 and 1.4.11); a test
#: computes it. On paper the light colours hold; dashes, crosses and words tell what colour tells.
LIGHT = {
    "ground": "#f6f4ef",
    "card": "#ffffff",
    "ink": "#17211f",
    "soft": "#55605c",
    "wire": "#5f6b66",
    "law": "#1f3f74",
    "edge": "#0b5d55",
    "tag": "#e4efec",
    "tag-ink": "#0b4f48",
    "person": "#0b5d55",
    "on-person": "#ffffff",
    "bad": "#fbe8e4",
    "bad-ink": "#8c1d12",
    "doubt": "#fdf0d8",
    "doubt-ink": "#6b3f00",
    "open": "#ebe9e4",
    "open-ink": "#45484a",
}
DARK = {
    "ground": "#101614",
    "card": "#18201e",
    "ink": "#edf1ee",
    "soft": "#a9b5b0",
    "wire": "#8b9892",
    "law": "#9dbcff",
    "edge": "#74cdbf",
    "tag": "#14332f",
    "tag-ink": "#a7e3d8",
    "person": "#74cdbf",
    "on-person": "#06231f",
    "bad": "#42201b",
    "bad-ink": "#fbc4ba",
    "doubt": "#3a2a0b",
    "doubt-ink": "#f7d596",
    "open": "#2a2f2d",
    "open-ink": "#c9cfcb",
}
_TONES = {"good": "tag", "doubt": "doubt", "bad": "bad", "open": "open"}


def _tokens(colours: dict[str, str]) -> str:
    return "".join(f"--{name}:{value};" for name, value in colours.items())


STYLE = f"""
.ct-picture{{{_tokens(LIGHT)}}}
.ct-picture{{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}}
@media (prefers-color-scheme:dark){{.ct-picture{{{_tokens(DARK)}}}}}
@media print{{.ct-picture{{{_tokens({**LIGHT, "ground": "#ffffff"})}}}}}
.ct-picture text{{fill:var(--ink);font-size:12.5px}}
.ct-picture .ground{{fill:var(--ground)}}
.ct-picture .headline{{font-size:22px;font-weight:650;letter-spacing:-.01em}}
.ct-picture .subtitle{{font-size:13.5px;fill:var(--soft)}}
.ct-picture .verdict{{font-size:15px;font-weight:650}}
.ct-picture .heading{{font-size:10.5px;font-weight:650;letter-spacing:.07em;fill:var(--soft)}}
.ct-picture .title{{font-size:15px;font-weight:650}}
.ct-picture .strong,.ct-picture .bad{{font-weight:650}}
.ct-picture text.bad{{fill:var(--bad-ink)}}
.ct-picture .soft{{fill:var(--soft)}}
.ct-picture .box{{fill:var(--card);stroke:var(--wire);stroke-width:1}}
.ct-picture .wire{{fill:none;stroke:var(--wire);stroke-width:1.75}}
.ct-picture .wire.beam{{stroke:var(--law);stroke-width:4}}
.ct-picture .arrow{{fill:var(--wire)}}
.ct-picture .law .bar{{fill:var(--law)}}
.ct-picture .law .heading{{fill:var(--law)}}
.ct-picture .position .box{{stroke:var(--edge);stroke-width:2}}
.ct-picture .position .heading{{fill:var(--edge)}}
.ct-picture .link .box{{fill:var(--tag);stroke:none}}
.ct-picture .link text{{fill:var(--tag-ink)}}
.ct-picture .person .box{{fill:var(--person);stroke:none}}
.ct-picture .person text{{fill:var(--on-person)}}
.ct-picture .person .portrait{{fill:var(--on-person)}}
.ct-picture.said-open .link .box{{fill:var(--open)}}
.ct-picture.said-open .link text{{fill:var(--open-ink)}}
.ct-picture.said-open .person .box{{fill:var(--soft)}}
.ct-picture.said-open .person text{{fill:var(--ground)}}
.ct-picture.said-open .person .portrait{{fill:var(--ground)}}
.ct-picture .empty .box{{fill:var(--ground);stroke:var(--wire);stroke-width:1.5;stroke-dasharray:5 4}}
.ct-picture .empty text{{fill:var(--ink)}}
.ct-picture .empty .portrait{{fill:none;stroke:var(--wire);stroke-width:1.5;stroke-dasharray:3 3}}
.ct-picture .resting .box{{fill:var(--ground);stroke:var(--wire);stroke-width:1.5}}
.ct-picture .resting text{{fill:var(--ink)}}
.ct-picture .broken .box{{fill:var(--bad);stroke:var(--bad-ink);stroke-width:1.5;stroke-dasharray:6 4}}
.ct-picture .broken text{{fill:var(--bad-ink)}}
.ct-picture .broken .portrait{{fill:none;stroke:var(--bad-ink)}}
.ct-picture .broken .bar{{fill:var(--bad-ink)}}
.ct-picture .wire.cut{{stroke:var(--bad-ink);stroke-dasharray:5 5}}
.ct-picture .arrow.cut{{fill:var(--bad-ink)}}
.ct-picture .cross circle{{fill:var(--ground);stroke:var(--bad-ink);stroke-width:1.5}}
.ct-picture .cross path{{fill:none;stroke:var(--bad-ink);stroke-width:2.25}}
.ct-picture .sign{{fill:none;stroke-width:2.25;stroke-linecap:round;stroke-linejoin:round}}
""" + "".join(
    f""".ct-picture .tone-{tone} .box{{fill:var(--{name});stroke:none}}
.ct-picture .tone-{tone} text{{fill:var(--{name}-ink)}}
.ct-picture .tone-{tone} .sign{{stroke:var(--{name}-ink)}}
"""
    for tone, name in _TONES.items()
)
#: For `style-src` of a Content-Security-Policy (CSP level 3, section 2.3.1).
STYLE_SOURCE = "'sha256-" + b64encode(sha256(STYLE.encode()).digest()).decode() + "'"

#: Only the first is a tick: what nobody checked never looks like it.
_SIGNS = {
    "good": '<circle cx="0" cy="0" r="14"/><path d="M-6 0.5 L-2 5 L6.5 -4.5"/>',
    "doubt": '<path d="M0 -14 L14 11 L-14 11 Z"/><path d="M0 -5 V3 M0 7 V7.5"/>',
    "bad": '<circle cx="0" cy="0" r="14"/><path d="M-5 -5 L5 5 M5 -5 L-5 5"/>',
    "open": '<circle cx="0" cy="0" r="14" stroke-dasharray="4 5"/><path d="M-5 0 H5"/>',
}
_ROUND = {"law": 2, "position": 12, "person": 24, "note": 6}
_CORNER = 9.0
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]+")


def svg(scene: Scene) -> str:
    """The scene as one SVG document, to be served as image/svg+xml or put into a page."""
    diagram = scene.diagram
    width, height = _n(scene.width), _n(scene.height)
    desc = " ".join([*diagram.subtitle, f"{diagram.verdict}.", *diagram.reasons])
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="ct-picture said-{diagram.tone}" '
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'lang="{diagram.language}" xml:lang="{diagram.language}" '
        'role="graphics-document document" aria-labelledby="picture-title picture-desc">',
        f'<title id="picture-title">{_t(diagram.title)}</title>',
        f'<desc id="picture-desc">{_t(desc)}</desc>',
        f"<style>{STYLE}</style>",
        f'<rect class="ground" width="{width}" height="{height}" aria-hidden="true"/>',
        *_head(scene),
        '<g aria-hidden="true">',
        *(line for wire in scene.backdrop for line in _wire(wire)),
        "</g>",
    ]
    for item in diagram.in_order():
        parts += _item(scene, item)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _head(scene: Scene) -> Iterator[str]:
    diagram, head = scene.diagram, scene.head
    yield from (_text(words, 0, 0) for words in head.words)
    middle = (head.verdict_top + head.verdict_bottom) / 2
    yield f'<g class="tone-{diagram.tone}" data-tone="{diagram.tone}">'
    yield (
        f'<rect class="box" x="{_n(MARGIN)}" y="{_n(head.verdict_top)}" rx="8" '
        f'width="{_n(head.width)}" height="{_n(head.verdict_bottom - head.verdict_top)}"/>'
    )
    yield (
        f'<g class="sign" aria-hidden="true" transform="translate({_n(MARGIN + 30)} {_n(middle)})">'
        f"{_SIGNS[diagram.tone]}</g>"
    )
    yield from (_text(words, 0, 0) for words in head.verdict)
    yield "</g>"


def _item(scene: Scene, item: Node | Link) -> Iterator[str]:
    placed = scene.placed[item.id]
    kind = item.kind if isinstance(item, Node) else "link"
    broken = f' data-broken="{_a(item.broken.code)}"' if item.broken else ""
    marks = [kind, *(["broken"] if item.broken else [])]
    if isinstance(item, Node) and item.empty:
        marks.append("empty")
    if isinstance(item, Link) and item.resting:
        marks.append("resting")
    yield (
        f'<g class="{" ".join(marks)}" data-id="{_a(item.id)}"{broken} '
        'role="graphics-object group">'
    )
    yield f"<title>{_t(spoken(scene.diagram, item))}</title>"
    wires = scene.wires.get(item.id, ())
    yield from (line for wire in wires for line in _wire(wire))
    yield from _box(kind, placed)
    yield from (_text(words, placed.x, placed.y) for words in placed.card.words)
    yield from (_cross(wire.cross) for wire in wires if wire.cross is not None)
    yield "</g>"


def spoken(diagram: Diagram, item: Node | Link) -> str:
    """A node or link in a sentence or two: who gives what to whom, and all that its card says."""
    if isinstance(item, Node):
        said = [f"{item.heading}: {item.title}" if item.title else item.heading]
    else:
        names = diagram.by_id
        ends = [names[end].title for end in (item.giver, item.receiver) if end is not None]
        said = [f"{item.heading}: {' → '.join(ends)}"]
    return ". ".join([*said, *(line.text for line in item.lines)])


def _box(kind: str, placed: Placed) -> Iterator[str]:
    width, height = placed.card.width, placed.card.height
    yield (
        f'<rect class="box" x="{_n(placed.x)}" y="{_n(placed.y)}" width="{_n(width)}" '
        f'height="{_n(height)}" rx="{_ROUND.get(kind, 8)}"/>'
    )
    if kind == "law":
        yield f'<rect class="bar" x="{_n(placed.x)}" y="{_n(placed.y)}" width="{_n(width)}" height="4"/>'
    if kind == "person":
        x, y = placed.x + 27, placed.middle
        yield (
            f'<path class="portrait" aria-hidden="true" d="M{_n(x - 4.5)} {_n(y - 5)} a4.5 4.5 0 1 0 9 0 '
            f'a4.5 4.5 0 1 0 -9 0 Z M{_n(x - 9)} {_n(y + 11)} a9 9 0 0 1 18 0 Z"/>'
        )


def _text(words: Words, x: float, y: float) -> str:
    """One text element for a paragraph, so that it is selected and read as one."""
    left = _n(x + words.x)
    lines = " ".join(
        f'<tspan x="{left}" y="{_n(y + baseline)}">{_t(line)}</tspan>'
        for line, baseline in zip(words.lines, words.baselines, strict=True)
    )
    return f'<text class="{words.face.name}">{lines}</text>'


def _wire(wire: Wire) -> Iterator[str]:
    cut = " cut" if wire.broken else " beam" if wire.beam else ""
    yield f'<path class="wire{cut}" d="{_path(wire.points)}"/>'
    if wire.arrow:
        (x1, y1), (x, y) = wire.points[-2:]
        dx, dy = _sign(x - x1), _sign(y - y1)
        back = f"L{_n(x - 8 * dx + 5 * dy)} {_n(y - 8 * dy + 5 * dx)}"
        forth = f"L{_n(x - 8 * dx - 5 * dy)} {_n(y - 8 * dy - 5 * dx)}"
        yield f'<path class="arrow{cut}" d="M{_n(x)} {_n(y)} {back} {forth} Z"/>'


def _path(points: tuple[Point, ...]) -> str:
    """The line with its corners rounded."""
    d = f"M{_n(points[0][0])} {_n(points[0][1])}"
    for before, (x, y), after in zip(points, points[1:], points[2:], strict=False):
        near, far = _towards((x, y), before), _towards((x, y), after)
        d += f" L{_n(near[0])} {_n(near[1])} Q{_n(x)} {_n(y)} {_n(far[0])} {_n(far[1])}"
    return d + f" L{_n(points[-1][0])} {_n(points[-1][1])}"


def _towards(corner: Point, end: Point) -> Point:
    (x, y), (to_x, to_y) = corner, end
    reach = min(_CORNER, (abs(to_x - x) + abs(to_y - y)) / 2)
    return x + reach * _sign(to_x - x), y + reach * _sign(to_y - y)


def _cross(at: Point) -> str:
    x, y = at
    return (
        f'<g class="cross" aria-hidden="true"><circle cx="{_n(x)}" cy="{_n(y)}" r="8"/>'
        f'<path d="M{_n(x - 3.5)} {_n(y - 3.5)} l7 7 m0 -7 l-7 7"/></g>'
    )


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def _n(value: float) -> str:
    """A number, short and the same on every machine."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def clean(text: str) -> str:
    """Without what XML cannot hold."""
    return _CONTROLS.sub(" ", text)


def _t(text: str) -> str:
    return escape(clean(text), quote=False)


def _a(text: str) -> str:
    return escape(clean(text), quote=True)
