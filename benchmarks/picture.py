"""The picture of the README, drawn from the ratios: bars with their names and figures beside them."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path

from benchmarks.measure import Ratio

FILE = Path(__file__).resolve().parent.parent / "docs" / "benchmark.svg"

WIDTH, MARGIN = 760, 24
LABELS = 280  # the left end of the bars
LONGEST = 400  # the longest bar
ROW, BAR = 24, 14

# The tasks of the picture: their names and bases in the ratios, and the words for the reader.
PANELS = (
    ("one lookup after the other", "httpx.Client", "One lookup after the other"),
    ("20 in flight", "httpx.AsyncClient", "A lookup with 20 in flight"),
    ("100 in flight", "httpx.AsyncClient", "A lookup with 100 in flight"),
    ("the first answer of a fresh interpreter", "httpx.Client", "The first answer of a fresh interpreter"),
    ("from bytes to values, a map of 100", "json.loads", "From bytes to values, a map of 100 sessions"),
)

# A card with its own colours, so that it is readable on light and dark pages.
STYLE = """
    text { font: 13px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328 }
    .title { font-size: 17px; font-weight: 600 } .bold { font-weight: 600 } .end { text-anchor: end }
    .note { fill: #59636e }
    .card { fill: #ffffff; stroke: #d1d9e0 } .ours { fill: #0969da } .other { fill: #afb8c1 }
    @media (prefers-color-scheme: dark) {
      text { fill: #f0f6fc } .note { fill: #9198a1 } .card { fill: #0d1117; stroke: #3d444d }
      .ours { fill: #4493f8 } .other { fill: #57606a }
    }
  """

FRAME = """<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width}" height="{height}"
  viewBox="0 0 {width} {height}">
  <title>Time taken by osvi and by others: shorter is better</title>
  <style>{style}</style>
  <rect class="card" width="{width}" height="{height}" rx="8"/>
{parts}
</svg>
"""
RECTANGLE = '  <rect class="{style}" x="{x}" y="{y}" width="{length:.1f}" height="{height}" rx="2"/>'


def draw(ratios: Sequence[Ratio], machine: Mapping[str, str | int]) -> str:
    """Return the picture."""
    versions = ", ".join(f"{name} {machine[name]}" for name in ("httpx", "aiohttp", "pydantic", "msgspec"))
    where = f"{machine['cores']} cores, {machine['system']}, Python {machine['python']}, {versions}"
    parts = [
        _text(MARGIN, 38, "Time taken: shorter is better", style="title"),
        _text(MARGIN, 60, "Side by side in one run, the median of the rounds", style="note"),
        _text(MARGIN, 80, where, style="note"),
    ]
    y = 90
    for task, base, words in PANELS:
        y += 32
        parts += [_text(MARGIN, y, words, style="bold"), _text(WIDTH - MARGIN, y, f"{base} = 1", style="note end")]
        bars = _bars(ratios, task, base)
        longest = max(ratio for _, ratio in bars)
        for name, ratio in bars:
            y += ROW
            parts += _bar(y, name, ratio, LONGEST * ratio / longest)
        y += 10
    return FRAME.format(width=WIDTH, height=y + 14, style=STYLE, parts="\n".join(parts))


def _bars(ratios: Sequence[Ratio], task: str, base: str) -> list[tuple[str, float]]:
    """Return the name and the ratio of each bar, the shortest first."""
    shown = [(ratio.subject, ratio.ratio) for ratio in ratios if (ratio.task, ratio.base) == (task, base)]
    return sorted([*shown, (base, 1.0)], key=lambda bar: bar[1])


def _bar(y: int, name: str, ratio: float, length: float) -> Iterator[str]:
    ours = "osvi" in name
    weight = " bold" if ours else ""
    yield _text(LABELS - 10, y, name, style=f"end{weight}")
    yield RECTANGLE.format(style="ours" if ours else "other", x=LABELS, y=y - BAR + 2, length=length, height=BAR)
    yield _text(LABELS + 8 + round(length), y, f"{ratio:.2f}", style=f"start{weight}")


def _text(x: int, y: int, words: str, *, style: str) -> str:
    return f'  <text class="{style}" x="{x}" y="{y}">{escape(words, quote=False)}</text>'
