"""Thin curved things and small grains: vessels, ducts, spicules, calcifications."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import ndimage

from imaging.phantoms.breast.shape import Shape
from imaging.phantoms.fields import Array

LADDER = (0.6, 0.8, 1.1, 1.4, 2.0, 2.8, 4.0, 5.6)  # widths in pixels at which strokes are drawn
STEP = 1.5  # mm between the points of a path


@dataclass
class Strokes:
    """Gathers strokes and draws them together: each cross-section a Gaussian with the mass of a disc.

    What is thinner than a pixel comes out fainter instead of thinner, as on a detector.
    """

    shape: Shape
    parts: list[tuple[Array, Array, Array, Array]] = field(default_factory=list)

    def add(self, path: Array, radius: Array | float, weight: Array | float = 1.0) -> None:
        """A polyline `[n, 2]` (x, y in mm) with `radius` in mm and `weight` at each point."""
        step = np.diff(path, axis=0)
        length = np.hypot(*step.T)
        pieces = int(np.clip(np.ceil(length.max() / (0.6 * self.shape.pixel)), 1, 60))
        t = (np.arange(pieces) + 0.5) / pieces
        at = path[:-1, None] + step[:, None] * t[None, :, None]
        r, w = (np.broadcast_to(np.asarray(a, float), len(path)) for a in (radius, weight))
        r, w = (a[:-1, None] + np.diff(a)[:, None] * t for a in (r, w))
        mass = w * np.pi * r * r * (length / pieces)[:, None]
        self.parts.append((at[..., 0].ravel(), at[..., 1].ravel(), r.ravel(), mass.ravel()))

    def dot(self, at: Array, radius: Array | float, weight: Array | float = 1.0) -> None:
        """Balls at `[n, 2]`."""
        r, w = (np.broadcast_to(np.asarray(a, float), len(at)) for a in (radius, weight))
        self.parts.append((at[:, 0], at[:, 1], r, w * 4 / 3 * np.pi * r**3))

    def draw(self) -> Array:
        """Path length along the ray in mm, float32 `[H, W]`."""
        height, width = self.shape.x.shape
        total = np.zeros((height, width), np.float32)
        if not self.parts:
            return total
        pixel = self.shape.pixel
        x, y, radius, mass = (np.concatenate(part) for part in zip(*self.parts, strict=True))
        column, row = x / pixel - 0.5, y / pixel - 0.5
        keep = (column > 0) & (row > 0) & (column < width - 2) & (row < height - 2)
        column, row, mass = column[keep], row[keep], mass[keep] / pixel**2
        wide = np.hypot(radius[keep] / 2 / pixel, LADDER[0])
        rung = np.interp(np.log(wide), np.log(LADDER), np.arange(len(LADDER)))
        low = np.floor(rung).astype(int)
        for level, sigma in enumerate(LADDER):
            share = (1 - np.abs(rung - level)).clip(0)
            use = share > 0
            if use.any() and low.size:
                total += ndimage.gaussian_filter(
                    _splat(column[use], row[use], (share * mass)[use], height, width), sigma, truncate=3.5
                )
        return total


def _splat(column: Array, row: Array, mass: Array, height: int, width: int) -> Array:
    """Masses spread bilinearly over the four pixels around them."""
    c, r = column.astype(int), row.astype(int)
    fc, fr = column - c, row - r
    index = np.concatenate([r * width + c, r * width + c + 1, (r + 1) * width + c, (r + 1) * width + c + 1])
    weight = np.concatenate([(1 - fr) * (1 - fc), (1 - fr) * fc, fr * (1 - fc), fr * fc]) * np.tile(mass, 4)
    return np.bincount(index, weight, minlength=height * width).reshape(height, width).astype(np.float32)


def wander(rng: np.random.Generator, start: Array, heading: float, length: float, curl: float) -> Array:
    """A path `[n, 2]` from `start` that keeps its heading but for gentle random bends of about `curl` radians."""
    n = max(3, int(length / STEP) + 1)
    turn = rng.normal(0, 1, n)
    for i in range(1, n):
        turn[i] = 0.93 * turn[i - 1] + 0.37 * turn[i]
    angle = heading + curl * (turn - turn[0])
    steps = length / n * np.stack([np.cos(angle), np.sin(angle)], 1)
    return np.asarray(start) + np.concatenate([np.zeros((1, 2)), np.cumsum(steps, 0)])


def tree(
    strokes: Strokes, rng: np.random.Generator, start: Array, heading: float, length: float, radius: float
) -> None:
    """A branching path that thins out: a duct, or a vein."""
    path = wander(rng, start, heading, length, 0.35)
    end = radius * rng.uniform(0.55, 0.8)
    strokes.add(path, np.linspace(radius, end, len(path)))
    if end > 0.22 and length > 6:
        for side in (-1, 1):
            if rng.random() < 0.8:
                tree(
                    strokes,
                    rng,
                    path[-1],
                    heading + side * rng.uniform(0.15, 0.6),
                    length * rng.uniform(0.45, 0.95),
                    end * rng.uniform(0.7, 0.95),
                )
