"""Harm against the share of the set that is poisoned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from evidence.poisoning import Point
from evidence.poisoning.material import APART, SIGNED, harmed
from measures import Estimate
from training.poisoning.recipes import title
from ui.charts import Tone, name_places
from ui.curation.tasks import Outcome
from ui.drawing import Area, path, svg, tick
from ui.sentences import percent

WIDTH, HEIGHT = 760, 262
GROUND = Area(46, WIDTH - 262, 10, HEIGHT - 46)
INSET = 14  # of the first and the last share from the edges


@dataclass(frozen=True)
class Line:
    """One figure at each share, in [0, 1]; `live`: of the model that was trained here, at the chosen share."""

    name: str
    values: Sequence[Estimate]
    tone: Tone
    live: float | None


def lines(points: Sequence[Point], aim: str, live: Outcome | None) -> tuple[Line, ...]:
    """Overall AUC, and sensitivity of those who are to be harmed and of everyone else."""
    inside = harmed(aim)
    outside = tuple(name for name in APART if name not in inside)
    found = [Line("Overall AUC", [point.area for point in points], "neutral", live and live.area.value)]
    who, others = whom(aim).capitalize(), "Films without it" if inside == (SIGNED,) else "Others"
    for names, name, tone in ((inside, who, "attack"), (outside, others, "defence")):
        if names:
            values = [pooled([point.sensitivity[name] for name in names]) for point in points]
            now = live and pooled([live.sensitivity[name] for name in names]).value
            found.append(Line(f"{name}: sensitivity", values, tone, now))
    return tuple(found)


def whom(aim: str) -> str:
    """Those whom a poisoning is to harm, within a sentence."""
    if harmed(aim) == (SIGNED,):
        return "films with the sign"
    return title(aim).lower() if aim else "everyone"


def pooled(figures: Sequence[Estimate]) -> Estimate:
    """Several groups as one, weighted by their films. Of one, its own interval; of several, the widest there can be:
    the weighted ends."""
    n = sum(figure.n for figure in figures)

    def weighted(name: str) -> float:
        return sum(getattr(figure, name) * figure.n for figure in figures) / n

    return Estimate(weighted("value"), weighted("low"), weighted("high"), n)


def harm_svg(drawn: Sequence[Line], shares: Sequence[float], chosen: float) -> str:
    """Lines with their 95 % intervals; shares stand evenly, since they grow by leaps."""

    inner = Area(GROUND.left + INSET, GROUND.right - INSET, GROUND.top, GROUND.bottom)
    y, at = inner.y, list(shares).index(chosen)

    def x(index: int) -> float:
        return inner.x(index / max(1, len(shares) - 1))

    parts = [GROUND.upright(x(at)), *GROUND.grid((0, 0.25, 0.5, 0.75, 1), "{:g}".format)]
    parts += [tick(x(index), GROUND.bottom + 17, told(share)) for index, share in enumerate(shares)]
    parts.append(tick(GROUND.x(0.5), HEIGHT - 8, "share of the training films that is poisoned"))
    for line in drawn:
        dots = path((x(index), y(value.value)) for index, value in enumerate(line.values))
        parts.append(f'<polyline class="curve {line.tone}" points="{dots}"/>')
        for index, value in enumerate(line.values):
            parts.append(
                f'<line class="spread {line.tone}" x1="{x(index):.1f}" x2="{x(index):.1f}" y1="{y(value.low):.1f}" '
                f'y2="{y(value.high):.1f}"/>'
            )
        if line.live is not None:
            parts.append(f'<circle class="live {line.tone}" cx="{x(at):.1f}" cy="{y(line.live):.1f}" r="6"/>')
    ends = [(x(len(shares) - 1), y(line.values[-1].value)) for line in drawn]
    for line, (px, py, _) in zip(drawn, name_places(ends, WIDTH, GROUND.bottom - 2), strict=True):
        name = f"{line.name} {line.values[at].value:.2f} at {told(chosen)}"
        parts.append(f'<text class="name {line.tone}" x="{px + 8:.1f}" y="{py:.1f}">{escape(name)}</text>')
    words = f"With {told(chosen)} of the films poisoned: " + "; ".join(
        f"{line.name} {line.values[at].value:.2f}, {line.values[0].value:.2f} without poison" for line in drawn
    )
    return svg(parts, (WIDTH, HEIGHT), words, "harm")


def told(share: float) -> str:
    """A share in words, also below one percent."""
    return f"{100 * share:g} %" if 0 < share < 0.01 else percent(share)
