"""The picture of the ratios, which the manual draws from ``ratios.json`` when it is built."""

import math
from collections.abc import Iterator, Sequence
from html import escape

from benchmarks.paired import Ratio

WIDTH, ROW, TOP = 400, 36, 24  # in pixels of a narrow telephone; the picture grows with the page
LEAST, MOST = 1 / 20, 5.0  # the ends of the scale, which is logarithmic
TICKS = {0.1: "a tenth", 0.5: "half", 1: "equal", 2: "double"}
COLOURS = ("#2a8", "#d73")  # less than the reference, and more


def x_of(ratio: float) -> float:
    """Return the place of a ratio on the scale, in pixels from the left."""
    return round(WIDTH * math.log(min(max(ratio, LEAST), MOST) / LEAST) / math.log(MOST / LEAST), 1)


def svg(ratios: Sequence[Ratio]) -> str:
    """Return a picture with a bar for each ratio: from the line of equality to the left if osvi takes less."""
    height = TOP + ROW * len(ratios)
    size = f'viewBox="0 0 {WIDTH} {height}" style="width: 100%; max-width: 40rem"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" font-size="11" fill="currentColor" {size}>',
        "<title>What osvi takes, as a multiple of what the library beside it takes</title>",
    ]
    for tick, text in TICKS.items():
        x = x_of(tick)
        lines += [
            f'<text x="{x}" y="10" text-anchor="middle" font-size="9">{text}</text>',
            f'<line x1="{x}" x2="{x}" y1="14" y2="{height}" stroke="currentColor" stroke-opacity="0.25"/>',
        ]
    for number, ratio in enumerate(ratios):
        lines += _row(ratio, TOP + ROW * number)
    return "\n".join([*lines, "</svg>"])


def _row(ratio: Ratio, top: int) -> Iterator[str]:
    line, end = x_of(1), x_of(ratio.ratio)
    label = escape(f"{ratio.task}: {ratio.ours} / {ratio.reference}")
    bar = f'x="{min(line, end)}" y="{top + 15}" width="{abs(end - line):.1f}" height="9"'
    yield f'<text x="0" y="{top + 10}">{label}</text>'
    yield f'<text x="{WIDTH}" y="{top + 10}" text-anchor="end" font-weight="bold">{ratio.ratio:.2f}</text>'
    yield f'<rect {bar} fill="{COLOURS[ratio.ratio > 1]}"/>'
    yield (
        f'<line x1="{x_of(ratio.least)}" x2="{x_of(ratio.most)}" y1="{top + 19.5}" y2="{top + 19.5}" '
        'stroke="currentColor"/>'
    )
