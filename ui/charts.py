"""Charts as SVG in the product's type and colours, each with its own words for people who cannot see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

import numpy as np

from ui.drawing import Area, path, svg, tick
from ui.sentences import finding, percent

Tone = Literal["attack", "defence", "neutral"]


@dataclass(frozen=True)
class Curve:
    """Disease probability as an attack found the film and after each step of it."""

    name: str
    probabilities: Sequence[float]
    tone: Tone
    operating_point: float


@dataclass(frozen=True)
class Bar:
    """A figure with its 95 % interval, all in [0, 1], and what stands beside it in words."""

    name: str
    value: float
    low: float
    high: float
    tone: Tone
    note: str = ""


def curves_svg(
    curves: Sequence[Curve], disease: str, *, size: tuple[int, int] = (400, 150), step: int | None = None
) -> str:
    """Probability of the disease against the attack's step; each curve carries its name, each operating point dots.

    `step` marks the step that is on the films.
    """
    width, height = size
    ground = Area(40, width - 8, 8, height - 22)
    last = max(1, *(len(curve.probabilities) - 1 for curve in curves))

    drawn = [
        [(ground.x(index / last), ground.y(share)) for index, share in enumerate(curve.probabilities)]
        for curve in curves
    ]
    parts = ground.grid()
    parts += [
        tick(ground.x(index / last), height - 6, str(index)) for index in range(0, last + 1, max(1, -(-last // 8)))
    ]
    points = sorted({round(curve.operating_point, 4): curve.tone for curve in curves}.items())
    for point, tone in points:
        tone = tone if len(points) > 1 else "neutral"
        y = f"{ground.y(point):.1f}"
        parts.append(f'<line class="point {tone}" x1="{ground.left}" x2="{ground.right}" y1="{y}" y2="{y}"/>')
    if points:
        below = ground.y(points[-1][0]) + 13
        x = ground.x(_free(drawn, ground, below))
        parts.append(f'<text class="tick" x="{x + 4:.1f}" y="{below:.1f}">operating point</text>')
    if step is not None:
        parts.append(ground.upright(ground.x(step / last)))
    ends = [dots[-1] for dots in drawn]
    for curve, dots, (px, py) in zip(curves, drawn, ends, strict=True):
        parts.append(
            f'<polyline class="curve {curve.tone}" points="{path(dots)}"/>'
            f'<circle class="{curve.tone}" cx="{px:.1f}" cy="{py:.1f}" r="2.6"/>'
        )
    parts += [
        f'<text class="name {curve.tone}" x="{px:.1f}" y="{py:.1f}" text-anchor="{anchor}">{escape(curve.name)}</text>'
        for curve, (px, py, anchor) in zip(curves, name_places(ends, ground.right - 80, ground.bottom - 4), strict=True)
    ]
    return svg(parts, size, in_words(curves, disease))


PLACES, WIDE = (0.0, 0.25, 0.5), 0.25  # of the label's left end and its width, shares of the chart's


def _free(drawn: Sequence[Sequence[tuple[float, float]]], ground: Area, baseline: float) -> float:
    """The one of `PLACES` where a label on this baseline is farthest from every curve."""

    def room(place: float) -> float:
        low, high = ground.x(place), ground.x(place + WIDE)
        crossed = []
        for dots in drawn:
            inside = [y for x, y in dots if low <= x <= high]
            # Where the curve enters and leaves, since there may be no point in between.
            xs, ys = zip(*dots, strict=True)
            crossed += [abs(y - baseline + 4) for y in (*inside, *np.interp([low, high], xs, ys))]
        return min(crossed)

    return max(PLACES, key=room)


HIGHEST = 9.0  # baseline of a name: above it, letters leave the picture


def name_places(
    ends: Sequence[tuple[float, float]], last: float, floor: float, line: float = 14
) -> list[tuple[float, float, Literal["start", "end"]]]:
    """Where the name of each curve goes, ``(x, baseline, side of the text that is there)``: no two on one line.

    ``ends`` are the curves' last points; a curve that ends left of ``last`` has its name to the right of its end.
    Others have it below, since attacks press curves down, unless that is under the ``floor``.
    """
    placed: list[tuple[float, float, Literal["start", "end"]]] = []
    for x, y in ends:
        free = x <= last
        tries = [y + shift * line for shift in ((0.3, 1.3, -0.9, 2.3) if free else (1.1, -0.5, 2.2, -1.6))]
        fit = [at for at in tries if HIGHEST <= at <= floor and all(abs(at - up) >= line for _, up, _ in placed)]
        baseline = fit[0] if fit else max(HIGHEST, min(tries))
        placed.append((x + 7, baseline, "start") if free else (x, baseline, "end"))
    return placed


def in_words(curves: Sequence[Curve], disease: str) -> str:
    """The curves in one line of text."""
    parts = [
        f"{curve.name}: from {percent(curve.probabilities[0])} to {percent(curve.probabilities[-1])}"
        f" in {len(curve.probabilities) - 1} steps"
        for curve in curves
    ]
    return f"Probability of {finding(disease)} through the steps of the attack. {'; '.join(parts)}."


def bars_svg(groups: Sequence[tuple[str, Sequence[Bar]]], title: str, *, width: int = 440) -> str:
    """Figures with intervals side by side, one group of bars below the other, on a scale from 0 to 1."""
    left, right, row = 74, width - 108, 24
    parts, y = [], 6.0

    def x(share: float) -> float:
        return left + (right - left) * share

    height = 30 + sum(10 + row * len(bars) for _, bars in groups)
    for share in (0, 0.25, 0.5, 0.75, 1):
        parts.append(f'<line class="grid" x1="{x(share)}" x2="{x(share)}" y1="0" y2="{height - 24}"/>')
        parts.append(f'<text class="tick" x="{x(share)}" y="{height - 6}" text-anchor="middle">{share:g}</text>')
    for name, bars in groups:
        parts.append(f'<text class="group" x="0" y="{y + 16}">{escape(name)}</text>')
        for bar in bars:
            middle = y + row / 2
            length = max(0.0, x(bar.value) - left)
            told = f"{bar.name} {bar.value:.2f}"
            parts.append(
                f'<g><rect class="bar {bar.tone}" x="{left}" y="{middle - 6}" width="{length:.1f}" height="12"/>'
                f'<line class="whisker" x1="{x(bar.low):.1f}" x2="{x(bar.high):.1f}" y1="{middle}" y2="{middle}"/>'
                f'<text class="name {bar.tone}" x="{right + 8}" y="{middle + 4}">{escape(told)}</text>'
                f"<title>{escape(told)} ({bar.low:.2f} to {bar.high:.2f}) {escape(bar.note)}</title></g>"
            )
            y += row
        y += 10
    words = "; ".join(f"{name}, {bar.name}: {bar.value:.2f}" for name, bars in groups for bar in bars)
    return svg(parts, (width, height), f"{title}. {words}")
