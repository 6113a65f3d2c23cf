"""The ground a chart is drawn on: where shares lie, the grid behind them, and the drawing with its words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Area:
    """The part of a drawing between four edges, in its own units: shares from 0 to 1 run to the right and upwards."""

    left: float
    right: float
    top: float
    bottom: float

    def x(self, share: float) -> float:
        """Of a share of the width."""
        return self.left + (self.right - self.left) * share

    def y(self, share: float) -> float:
        """Of a share of the height, from the bottom."""
        return self.bottom - (self.bottom - self.top) * share

    def grid(self, shares: Sequence[float] = (0, 0.5, 1), told: Callable[[float], str] = "{:.0%}".format) -> list[str]:
        """Level lines, each named at its left."""
        return [
            f'<line class="grid" x1="{self.left}" x2="{self.right}" y1="{self.y(share):.1f}" y2="{self.y(share):.1f}"/>'
            f'<text class="tick" x="{self.left - 6}" y="{self.y(share) + 4:.1f}" text-anchor="end">{told(share)}</text>'
            for share in shares
        ]

    def upright(self, x: float, kind: str = "now") -> str:
        """A line from top to bottom."""
        return f'<line class="{kind}" x1="{x:.1f}" x2="{x:.1f}" y1="{self.top}" y2="{self.bottom}"/>'


def tick(x: float, y: float, text: str) -> str:
    """A small name below a place on the x axis."""
    return f'<text class="tick" x="{x:.1f}" y="{y}" text-anchor="middle">{escape(text)}</text>'


def path(points: Iterable[tuple[float, float]]) -> str:
    """Points as a polyline wants them."""
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def svg(parts: Sequence[str], size: tuple[float, float], words: str, kind: str = "") -> str:
    """The whole drawing; `words` tell it to those who cannot see it, `kind` is a class of its own."""
    named = f"chart {kind}".strip()
    head = f'<svg class="{named}" viewBox="0 0 {size[0]} {size[1]}" role="img" aria-label="{escape(words)}">'
    return f"{head}{''.join(parts)}</svg>"
