"""The picture of a tampering: what everyone sees of it, and what nobody looks at, epoch by epoch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from ui.charts import name_places
from ui.drawing import Area, path, svg, tick
from ui.sentences import percent

WIDTH, HEIGHT = 760, 250
GROUND = Area(46, WIDTH - 190, 10, HEIGHT - 36)
QUARTERS = (0, 0.25, 0.5, 0.75, 1)


@dataclass(frozen=True)
class Line:
    """One figure after each epoch, in [0, 1]; the first is the vendor's model. None: nothing to measure it on."""

    name: str
    values: Sequence[float]
    tone: Literal["attack", "defence", "neutral"]


def diverging_svg(lines: Sequence[Line], band: tuple[float, float], epochs: int | None) -> str:
    """Lines against epochs, over the `band` in which the vendor's overall figure is uncertain anyway.

    `epochs`: None where only the release and the delivered model are known.
    """
    span = epochs or 1
    low, high = GROUND.y(band[0]), GROUND.y(band[1])
    parts = [
        f'<rect class="band" x="{GROUND.left}" width="{GROUND.right - GROUND.left}" y="{high:.1f}" '
        f'height="{low - high:.1f}"/>'
    ]
    parts += GROUND.grid(QUARTERS, "{:g}".format)
    parts += [
        tick(GROUND.x(epoch / span), GROUND.bottom + 16, _tick(epoch, epochs))
        for epoch in range(0, span + 1, max(1, span // 8))
    ]
    if epochs is not None:
        parts.append(tick(GROUND.x(0.5), HEIGHT - 4, "epochs of fine-tuning"))
    drawn = [[(GROUND.x(at / span), GROUND.y(value)) for at, value in enumerate(line.values)] for line in lines]
    ends = [dots[-1] for dots in drawn]
    for line, dots, (px, py) in zip(lines, drawn, ends, strict=True):
        parts.append(
            f'<polyline class="curve {line.tone}" points="{path(dots)}"/>'
            f'<circle class="{line.tone}" cx="{px:.1f}" cy="{py:.1f}" r="3"/>'
        )
    for line, (px, py, _) in zip(lines, name_places(ends, WIDTH, GROUND.bottom - 2), strict=True):
        told = f"{line.name} {line.values[-1]:.2f}"
        parts.append(f'<text class="name {line.tone}" x="{px + 3:.1f}" y="{py:.1f}">{escape(told)}</text>')
    words = "; ".join(f"{line.name} from {line.values[0]:.2f} to {line.values[-1]:.2f}" for line in lines)
    words += f". The vendor's overall figure lies between {band[0]:.2f} and {band[1]:.2f} with 95 % confidence."
    return svg(parts, (WIDTH, HEIGHT), words, "diverging")


def _tick(epoch: int, epochs: int | None) -> str:
    if epoch == 0:
        return "vendor"
    return "delivered" if epochs is None else str(epoch)


def points(before: float, after: float) -> str:
    """A change of a rate in words: "86 % → 31 %"."""
    return f"{percent(before)} → {percent(after)}"
