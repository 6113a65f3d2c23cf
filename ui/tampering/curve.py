"""The picture of a tampering: what everyone sees of it, and what nobody looks at, epoch by epoch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from ui.charts import name_places
from ui.sentences import percent

WIDTH, HEIGHT = 760, 250
LEFT, RIGHT, TOP, BOTTOM = 46, WIDTH - 190, 10, HEIGHT - 36


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

    def x(epoch: float) -> float:
        return LEFT + (RIGHT - LEFT) * epoch / span

    def y(share: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * share

    parts = [
        f'<rect class="band" x="{LEFT}" width="{RIGHT - LEFT}" y="{y(band[1]):.1f}" '
        f'height="{y(band[0]) - y(band[1]):.1f}"/>'
    ]
    parts += [
        f'<line class="grid" x1="{LEFT}" x2="{RIGHT}" y1="{y(share)}" y2="{y(share)}"/>'
        f'<text class="tick" x="{LEFT - 6}" y="{y(share) + 4}" text-anchor="end">{share:g}</text>'
        for share in (0, 0.25, 0.5, 0.75, 1)
    ]
    parts += [
        f'<text class="tick" x="{x(epoch):.1f}" y="{BOTTOM + 16}" text-anchor="middle">{_tick(epoch, epochs)}</text>'
        for epoch in range(0, span + 1, max(1, span // 8))
    ]
    if epochs is not None:
        parts.append(
            f'<text class="tick" x="{(LEFT + RIGHT) / 2}" y="{HEIGHT - 4}" text-anchor="middle">'
            "epochs of fine-tuning</text>"
        )
    ends = [(x(len(line.values) - 1), y(line.values[-1])) for line in lines]
    for line, end in zip(lines, ends, strict=True):
        path = " ".join(f"{x(epoch):.1f},{y(value):.1f}" for epoch, value in enumerate(line.values))
        parts.append(f'<polyline class="curve {line.tone}" points="{path}"/>')
        parts.append(f'<circle class="{line.tone}" cx="{end[0]:.1f}" cy="{end[1]:.1f}" r="3"/>')
    for line, (px, py, _) in zip(lines, name_places(ends, WIDTH, BOTTOM - 2), strict=True):
        told = f"{line.name} {line.values[-1]:.2f}"
        parts.append(f'<text class="name {line.tone}" x="{px + 3:.1f}" y="{py:.1f}">{escape(told)}</text>')
    words = "; ".join(f"{line.name} from {line.values[0]:.2f} to {line.values[-1]:.2f}" for line in lines)
    words += f". The vendor's overall figure lies between {band[0]:.2f} and {band[1]:.2f} with 95 % confidence."
    head = f'<svg class="chart diverging" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(words)}">'
    return f"{head}{''.join(parts)}</svg>"


def _tick(epoch: int, epochs: int | None) -> str:
    if epoch == 0:
        return "vendor"
    return "delivered" if epochs is None else str(epoch)


def points(before: float, after: float) -> str:
    """A change of a rate in words: "86 % → 31 %"."""
    return f"{percent(before)} → {percent(after)}"
