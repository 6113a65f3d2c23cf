"""The two pictures of an attack on membership: where one answer falls, and how the attack does over everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

from ui.charts import Tone
from ui.drawing import Area, path, svg, tick
from ui.sentences import percent

BELLS = (360, 132)
CURVE = (460, 330)


def bells_svg(observed: float, knew: tuple[float, float], knew_not: tuple[float, float]) -> str:
    """How sure models are that saw a film and that did not, `(mean, spread)` each, and how sure the attacked one is."""
    width, height = BELLS
    floor = height - 22
    low = min(observed, *(mean - 3 * spread for mean, spread in (knew, knew_not)))
    high = max(observed, *(mean + 3 * spread for mean, spread in (knew, knew_not)))
    places = np.linspace(low, high, 90)

    def x(value: float) -> float:
        return 6 + (width - 12) * (value - low) / (high - low)

    tallest = max(1 / spread for _, spread in (knew, knew_not))
    parts = [f'<line class="grid" x1="6" x2="{width - 6}" y1="{floor}" y2="{floor}"/>']
    for (mean, spread), tone, name in ((knew_not, "defence", "never saw this film"), (knew, "attack", "saw this film")):
        tall = np.exp(-(((places - mean) / spread) ** 2) / 2) / spread / tallest
        dots = path((x(place), floor - (floor - 34) * share) for place, share in zip(places, tall, strict=True))
        anchor = "start" if mean <= min(knew[0], knew_not[0]) else "end"
        edge = 6 if anchor == "start" else width - 6
        parts.append(f'<polyline class="curve {tone}" points="{dots}"/>')
        parts.append(f'<text class="name {tone}" x="{edge}" y="12" text-anchor="{anchor}">{name}</text>')
    here = x(observed)
    anchor = "start" if here < width * 0.3 else "end" if here > width * 0.7 else "middle"
    parts.append(f'<line class="now" x1="{here:.1f}" x2="{here:.1f}" y1="20" y2="{floor + 4}"/>')
    parts.append(f'<text x="{here:.1f}" y="{height - 6}" text-anchor="{anchor}">the attacked model</text>')
    words = (
        f"How sure models are of this film's true class, in logits: those that saw it {knew[0]:.1f} on average, those "
        f"that never saw it {knew_not[0]:.1f}; the attacked model {observed:.1f}."
    )
    return svg(parts, BELLS, words)


@dataclass(frozen=True)
class Line:
    """The scores of one attack, `[n]`, higher for a member."""

    name: str
    scores: NDArray[np.float64]
    tone: Tone


def curve_svg(members: NDArray[np.bool_], lines: Sequence[Line]) -> str:
    """Members named against others named falsely (a ROC curve), one line for each attacked model, over a bare guess."""
    width, height = CURVE
    ground = Area(50, width - 24, 10, height - 42)
    x, y = ground.x, ground.y
    shown = (0, 0.25, 0.5, 0.75, 1)
    parts = ground.grid(shown, percent)
    parts += [tick(x(share), ground.bottom + 16, percent(share)) for share in shown]
    parts.append(
        f'<line class="point" x1="{x(0)}" y1="{y(0)}" x2="{x(1)}" y2="{y(1)}"/>'
        f"{tick(x(0.8), y(0.72), 'a guess')}"
        f"{tick(x(0.5), height - 6, 'patients named who were not in the training set')}"
        f'<text class="tick" transform="translate(12 {ground.y(0.5)}) rotate(-90)" text-anchor="middle">'
        "members named</text>"
    )
    words = []
    for number, line in enumerate(lines):
        alarms, named = shares(members, line.scores)
        dots = path((x(a), y(h)) for a, h in zip(alarms, named, strict=True))
        parts.append(f'<polyline class="curve {line.tone}" points="{dots}"/>')
        parts.append(
            f'<text class="name {line.tone}" x="{x(0.97)}" y="{y(0.2 - 0.07 * number)}" text-anchor="end">'
            f"{escape(line.name)}</text>"
        )
        tenth = float(np.interp(0.1, alarms, named))
        words.append(f"{line.name}: {100 * tenth:.0f} % of members named at 10 % false alarms")
    return svg(parts, CURVE, f"The attack over {len(members)} patients. {'; '.join(words)}.")


def shares(members: NDArray[np.bool_], scores: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """False alarms and members named as the threshold falls, each from 0 to 1."""
    inside = members[np.argsort(-scores, kind="stable")]
    named = np.cumsum(inside) / max(1, int(members.sum()))
    alarms = np.cumsum(~inside) / max(1, int((~members).sum()))
    return np.append(0.0, alarms), np.append(0.0, named)
