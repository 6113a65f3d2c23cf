"""Harm against the share of the set that is poisoned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from evidence.poisoning import Point
from measures import Estimate
from training.tampering.groups import GROUPS
from ui.charts import Tone, name_places
from ui.curation.tasks import Outcome
from ui.sentences import percent

WIDTH, HEIGHT = 760, 262
LEFT, RIGHT, TOP, BOTTOM = 46, WIDTH - 262, 10, HEIGHT - 46


@dataclass(frozen=True)
class Line:
    """One figure at each share, in [0, 1]; `live`: of the model that was trained here, at the chosen share."""

    name: str
    values: Sequence[Estimate]
    tone: Tone
    live: float | None


def lines(points: Sequence[Point], group: str, live: Outcome | None) -> tuple[Line, ...]:
    """Overall AUC, and sensitivity of the group and of everyone else; without a group of everyone."""
    inside, outside = (
        (group,) if group else tuple(points[0].sensitivity),
        tuple(name for name in points[0].sensitivity if group and name != group),
    )
    found = [Line("Overall AUC", [point.area for point in points], "neutral", live and live.area.value)]
    who = GROUPS[group].title if group else "Everyone"
    for names, title, tone in ((inside, who, "attack"), (outside, "Others", "defence")):
        if names:
            values = [pooled([point.sensitivity[name] for name in names]) for point in points]
            now = live and pooled([live.sensitivity[name] for name in names]).value
            found.append(Line(f"{title}: sensitivity", values, tone, now))
    return tuple(found)


def pooled(figures: Sequence[Estimate]) -> Estimate:
    """Several groups as one, weighted by their films. Of one, its own interval; of several, the widest there can be:
    the weighted ends."""
    n = sum(figure.n for figure in figures)

    def weighted(name: str) -> float:
        return sum(getattr(figure, name) * figure.n for figure in figures) / n

    return Estimate(weighted("value"), weighted("low"), weighted("high"), n)


def harm_svg(drawn: Sequence[Line], shares: Sequence[float], chosen: float) -> str:
    """Lines with their 95 % intervals; shares stand evenly, since they grow by leaps."""

    def x(index: int) -> float:
        return LEFT + 14 + (RIGHT - LEFT - 28) * index / max(1, len(shares) - 1)

    def y(share: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * share

    at = list(shares).index(chosen)
    parts = [f'<line class="now" x1="{x(at):.1f}" x2="{x(at):.1f}" y1="{TOP}" y2="{BOTTOM}"/>']
    for share in (0, 0.25, 0.5, 0.75, 1):
        parts.append(
            f'<line class="grid" x1="{LEFT}" x2="{RIGHT}" y1="{y(share)}" y2="{y(share)}"/>'
            f'<text class="tick" x="{LEFT - 6}" y="{y(share) + 4}" text-anchor="end">{share:g}</text>'
        )
    for index, share in enumerate(shares):
        parts.append(
            f'<text class="tick" x="{x(index):.1f}" y="{BOTTOM + 17}" text-anchor="middle">{told(share)}</text>'
        )
    parts.append(
        f'<text class="tick" x="{(LEFT + RIGHT) / 2}" y="{HEIGHT - 8}" text-anchor="middle">'
        "share of the training films that is poisoned</text>"
    )
    for line in drawn:
        path = " ".join(f"{x(index):.1f},{y(value.value):.1f}" for index, value in enumerate(line.values))
        parts.append(f'<polyline class="curve {line.tone}" points="{path}"/>')
        for index, value in enumerate(line.values):
            parts.append(
                f'<line class="spread {line.tone}" x1="{x(index):.1f}" x2="{x(index):.1f}" y1="{y(value.low):.1f}" '
                f'y2="{y(value.high):.1f}"/>'
            )
        if line.live is not None:
            parts.append(f'<circle class="live {line.tone}" cx="{x(at):.1f}" cy="{y(line.live):.1f}" r="6"/>')
    ends = [(x(len(shares) - 1), y(line.values[-1].value)) for line in drawn]
    for line, (px, py, _) in zip(drawn, name_places(ends, WIDTH, BOTTOM - 2), strict=True):
        name = f"{line.name} {line.values[at].value:.2f} at {told(chosen)}"
        parts.append(f'<text class="name {line.tone}" x="{px + 8:.1f}" y="{py:.1f}">{escape(name)}</text>')
    words = f"With {told(chosen)} of the films poisoned: " + "; ".join(
        f"{line.name} {line.values[at].value:.2f}, {line.values[0].value:.2f} without poison" for line in drawn
    )
    return (
        f'<svg class="chart harm" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(words)}">'
        f"{''.join(parts)}</svg>"
    )


def told(share: float) -> str:
    """A share in words, also below one percent."""
    return f"{100 * share:g} %" if 0 < share < 0.01 else percent(share)
