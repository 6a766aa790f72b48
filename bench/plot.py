"""The measurement as a picture: who writes how much, and how long a write takes the more there are."""

import math
from collections.abc import Iterator, Sequence
from html import escape

from bench.whole_phases import Paced
from bench.whole_report import WholeReport
from casetrack.gateways.pictures.svg import DARK, LIGHT

_WIDTH, _LEFT, _ROW, _TOP = 960, 300, 30, 64
_CURVE_TOP, _CURVE_HIGH = 60, 220
_COLOURS = ("ground", "ink", "soft", "wire", "edge", "law", "doubt-ink")


def _style() -> str:
    def tokens(colours: dict[str, str]) -> str:
        return "".join(f"--{name}:{colours[name]};" for name in _COLOURS)

    return (
        f"svg{{{tokens(LIGHT)}}}@media (prefers-color-scheme:dark){{svg{{{tokens(DARK)}}}}}"
        'text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;'
        "font-size:13px;fill:var(--ink)}.soft{fill:var(--soft)}.head{font-size:16px;font-weight:650}"
        ".ground{fill:var(--ground)}.ours{fill:var(--edge)}.other{fill:var(--wire)}"
        ".line{fill:none;stroke:var(--edge);stroke-width:2.5}.dot{fill:var(--edge)}"
        ".grid{stroke:var(--wire);stroke-width:.5;stroke-dasharray:3 4}.late{fill:var(--doubt-ink)}"
    )


def plot(report: WholeReport) -> str:
    """One SVG document, the same for the same figures."""
    bars = list(_bars(report))
    below = _TOP + len(bars) * _ROW + 20
    height = below + _CURVE_TOP + _CURVE_HIGH + 60
    title = "Writes a second beside the limit and the peers, and the open loop's latency"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
            f'width="{_WIDTH}" height="{height}" role="img" aria-label="{escape(title)}">',
            f"<title>{escape(title)}</title>",
            f"<style>{_style()}</style>",
            f'<rect class="ground" width="{_WIDTH}" height="{height}"/>',
            '<text class="head" x="24" y="30">So many a second; each line is ten times the last</text>',
            *_drawn_bars(bars),
            *_curve(report.program.rates, below),
            "</svg>",
            "",
        ]
    )


def _bars(report: WholeReport) -> Iterator[tuple[str, float, bool]]:
    yield "casetrack: writes, 8 clients", report.program.most.writes_per_second, True
    if report.program.highest_held:
        yield "casetrack: writes, p99 under a second", report.program.highest_held, True
    yield "casetrack: status by number", report.program.status.status_per_second, True
    yield "the same server's empty answer", report.program.status.empty_per_second, False
    for name, limit in (("its own statements", report.own), ("plain statements", report.plain)):
        if not isinstance(limit, str):
            yield f"pgbench: writes, {name}", limit.per_second, False
    for peer in report.peers:
        if not peer.why_not:
            what = "steps" if peer.name == "DBOS" else "empty jobs"
            yield f"{peer.name}: {what}", peer.per_second, False


def _drawn_bars(bars: Sequence[tuple[str, float, bool]]) -> Iterator[str]:
    most = math.ceil(math.log10(max(value for _, value, _ in bars)))
    wide = (_WIDTH - _LEFT - 110) / most
    bottom = _TOP + len(bars) * _ROW
    for power in range(most + 1):
        x = _LEFT + power * wide
        yield f'<path class="grid" d="M{x:.0f} {_TOP - 8}V{bottom}"/>'
        yield f'<text class="soft" x="{x:.0f}" y="{_TOP - 12}" text-anchor="middle">{10**power:,}</text>'
    for place, (name, value, ours) in enumerate(bars):
        y = _TOP + place * _ROW
        long = math.log10(max(value, 1)) * wide
        kind = "ours" if ours else "other"
        yield f'<text x="{_LEFT - 12}" y="{y + 17}" text-anchor="end">{escape(name)}</text>'
        yield f'<rect class="{kind}" x="{_LEFT}" y="{y + 3}" width="{long:.1f}" height="20" rx="3"/>'
        yield f'<text x="{_LEFT + long + 8:.1f}" y="{y + 17}">{value:,.0f}</text>'


def _curve(rates: Sequence[Paced], top: int) -> Iterator[str]:
    yield (
        f'<text class="head" x="24" y="{top + 30}">p50 and p99 of a write from when it was due, ms, '
        "by writes asked for a second</text>"
    )
    found = [rate for rate in rates if rate.write_ms]
    if not found:
        return
    most = max(rate.asked_per_second for rate in found) * 1.05
    upper = math.ceil(math.log10(max(rate.write_ms.get("p99", 0) for rate in found) + 1))
    high, wide = _CURVE_HIGH / upper, _WIDTH - 160
    ground = top + _CURVE_TOP + _CURVE_HIGH

    def at(rate: Paced, quantile: str) -> tuple[float, float]:
        x = 80 + rate.asked_per_second / most * wide
        return x, ground - math.log10(max(rate.write_ms[quantile], 1)) * high

    for power in range(upper + 1):
        y = ground - power * high
        yield f'<path class="grid" d="M80 {y:.1f}H{80 + wide}"/>'
        yield f'<text class="soft" x="70" y="{y + 4:.1f}" text-anchor="end">{10**power:,}</text>'
    for quantile in ("p50", "p99"):
        points = [at(rate, quantile) for rate in found]
        path = " L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        yield f'<path class="line" d="M{path}"/>'
        for (x, y), rate in zip(points, found, strict=True):
            kind = "dot" if rate.held else "late"
            yield f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="4"/>'
        x, y = points[-1]
        yield f'<text x="{x + 8:.1f}" y="{y + 4:.1f}">{quantile}</text>'
    for rate in found:
        x, _ = at(rate, "p50")
        asked = f"{rate.asked_per_second:,.0f}"
        yield f'<text class="soft" x="{x:.1f}" y="{ground + 20}" text-anchor="middle">{asked}</text>'
