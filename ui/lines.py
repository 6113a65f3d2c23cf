"""Curves told apart without colour: each has its own dashes, and its name stands at its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from math import sqrt

from ui.drawing import Area, path, svg, tick

STYLES = 6  # kinds of line in `theme.css`; further ones begin again
LINE, WRAPPED = 14, 26  # between the baselines of two names of one line, or of two
BREAK = " + "  # where a name goes on to a second line
TICKS = 8  # at most, where none are given
DIGIT = 6.5  # width of one below the axis


@dataclass(frozen=True)
class Line:
    """Shares `y` in [0, 1] at `x`, with a band from `low` to `high` where they are given.

    `style` is a number of `STYLES`; `mark` the index of a point to be crossed; `words` tell the curve to those who
    cannot see it.
    """

    name: str
    style: int
    x: Sequence[float]
    y: Sequence[float]
    words: str
    low: Sequence[float] = ()
    high: Sequence[float] = ()
    mark: int | None = None


def lines_svg(
    lines: Sequence[Line],
    title: str,
    *,
    axis: str,
    size: tuple[int, int],
    names: int,
    shares: bool = True,
    ticks: Sequence[float] = (),
    roots: bool = False,
    now: float | None = None,
) -> str:
    """The curves against one scale from 0 to 1.

    Args:
        axis: what x counts, short.
        size: of the drawing, in its own units.
        names: width that the names take at the right.
        shares: whether y are shares, told in percent.
        ticks: of the x axis; none: some whole numbers.
        roots: the x axis goes with the square root, so that small values stand apart.
        now: an x to draw a line at.
    """
    width, height = size
    ground = Area(40, width - names, 10, height - 22)
    last = max([*ticks, *(x for line in lines for x in line.x), 1e-9])
    steps = int(last)
    ticks = ticks or range(0, steps + 1, max(1, -(-steps // TICKS)))

    def x(value: float) -> float:
        share = value / last
        return ground.x(sqrt(share) if roots else share)

    def along(xs: Sequence[float], ys: Sequence[float]) -> str:
        return path((x(a), ground.y(b)) for a, b in zip(xs, ys, strict=True))

    parts = ground.grid(told=("{:.0%}" if shares else "{:g}").format)
    parts += [tick(x(value), height - 6, f"{value:g}") for value in _readable(ticks, x)]
    parts.append(f'<text class="tick" x="{ground.right + 9}" y="{height - 6}">{escape(axis)}</text>')
    if now is not None:
        parts.append(ground.upright(x(now)))
    for line in lines:
        if line.low:
            around = f"{along(line.x, line.high)} {along(line.x[::-1], line.low[::-1])}"
            parts.append(f'<polygon class="band line-{line.style % STYLES}" points="{around}"/>')
    for line in lines:
        kind = f"line-{line.style % STYLES}"
        parts.append(f'<polyline class="line {kind}" points="{along(line.x, line.y)}"/>')
        if line.mark is not None:
            px, py = x(line.x[line.mark]), ground.y(line.y[line.mark])
            cross = f"M{px - 5:.1f},{py - 5:.1f}l10,10m0,-10l-10,10"
            parts.append(f'<path class="cross {kind}" d="{cross}"/>')
    gap = WRAPPED if any(BREAK in line.name for line in lines) else LINE
    places = apart([ground.y(line.y[-1]) for line in lines], ground.top + 4, ground.bottom, gap)
    beside = ground.right + 9
    for line, at in zip(lines, places, strict=True):
        kind, px, py = f"line-{line.style % STYLES}", x(line.x[-1]), ground.y(line.y[-1])
        parts.append(
            f'<circle class="{kind}" cx="{px:.1f}" cy="{py:.1f}" r="3"/>'
            f'<polyline class="leader" points="{px:.1f},{py:.1f} {ground.right + 6:.1f},{at:.1f}"/>'
            f'<text class="name {kind}" x="{beside}" y="{at + 4:.1f}">{_wrapped(line.name, beside)}</text>'
        )
    return svg(parts, size, f"{title}. " + "; ".join(line.words for line in lines) + ".")


def _readable(ticks: Sequence[float], x: Callable[[float], float]) -> list[float]:
    """Those whose numbers stand clear of each other below the axis: the last, and whatever fits before it."""
    told: list[float] = []
    for value in sorted(ticks, reverse=True):
        wide = DIGIT * (len(f"{value:g}") + len(f"{told[-1]:g}")) / 2 if told else 0
        if not told or x(told[-1]) - x(value) > wide + DIGIT:
            told.append(value)
    return told[::-1]


def _wrapped(name: str, x: float) -> str:
    """A name that is put together of two, on two lines."""
    first, found, second = name.partition(BREAK)
    more = f'<tspan x="{x}" dy="1em">+ {escape(second)}</tspan>' if found else ""
    return escape(first) + more


def sample_svg(style: int) -> str:
    """A short piece of a line, to stand beside its name in a table."""
    return (
        '<svg class="chart sample" viewBox="0 0 34 10" aria-hidden="true">'
        f'<polyline class="line line-{style % STYLES}" points="1,5 33,5"/></svg>'
    )


def apart(wished: Sequence[float], top: float, bottom: float, gap: float = LINE) -> list[float]:
    """Heights as near as may be to those wished for, in the same order, none closer than `gap` to another."""
    order = sorted(range(len(wished)), key=lambda index: wished[index])
    placed = dict.fromkeys(order, 0.0)
    free = top
    for index in order:
        placed[index] = max(free, wished[index])
        free = placed[index] + gap
    free = bottom
    for index in reversed(order):
        placed[index] = min(free, placed[index])
        free = placed[index] - gap
    return [placed[index] for index in range(len(wished))]
