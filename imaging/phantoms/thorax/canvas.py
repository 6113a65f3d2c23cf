"""The drawing surface of a phantom: millimetre coordinates, outlines and soft solids.

Axes: `x` grows to the patient's left (right on the film), `z` downwards from the lung apex, `y` forwards; millimetres.
Every solid is an interval of depth along parallel rays, so its projection is a path length in closed form.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.interpolate import PchipInterpolator

from imaging.phantoms.fields import Array, power_noise, spline_weights
from imaging.phantoms.thorax.style import Style

Interval = tuple[Array, Array]  # where a solid begins and ends along each ray, back to front


@dataclass(frozen=True)
class Canvas:
    """A square film of `size` pixels over anatomy that is shifted, tilted and gently warped on it.

    `x`, `z` are float32 `[size, size]`: the anatomical millimetres seen by each pixel.
    `pixel` is the pixel size in millimetres, `style` how strongly things show.
    """

    size: int
    pixel: float
    x: Array
    z: Array
    shift: tuple[float, float]
    tilt: float
    warp: tuple[Array, Array] = field(repr=False)
    style: Style

    @classmethod
    def lay(
        cls,
        size: int,
        width: float,
        centre: tuple[float, float],
        tilt: float,
        bend: float,
        style: Style,
        rng: np.random.Generator,
    ) -> Canvas:
        """A film `width` mm wide around the anatomical point `centre` (x, z), turned by `tilt` radians.

        `bend` is the typical size in mm of a smooth random warp, which keeps outlines from being perfect curves.
        """
        pixel = width / size
        warp = np.pad(
            rng.standard_normal((2, 7, 7), dtype=np.float32), ((0, 0), (1, 1), (1, 1)), mode="edge"
        ) * np.float32(bend)
        axis = (np.arange(size, dtype=np.float32) + 0.5) * pixel - width / 2
        knots = np.linspace(1, 7, size)
        rows = columns = spline_weights(knots, 9).astype(np.float32)
        dx, dz = (rows @ part @ columns.T for part in warp)
        u, v = axis[None, :] + dx, axis[:, None] + dz
        c, s = float(np.cos(tilt)), float(np.sin(tilt))
        return cls(size, pixel, u * c + v * s + centre[0], v * c - u * s + centre[1], centre, tilt, (dx, dz), style)

    def to_pixels(self, x: Array, z: Array) -> tuple[Array, Array]:
        """Column and row (fractional) where anatomical points appear; the warp is undone to first order."""
        c, s = np.cos(self.tilt), np.sin(self.tilt)
        a, b = x - self.shift[0], z - self.shift[1]
        u, v = a * c - b * s, a * s + b * c
        half = self.size * self.pixel / 2
        column, row = (((t + half) / self.pixel).astype(int).clip(0, self.size - 1) for t in (u, v))
        dx, dz = (part[row, column] for part in self.warp)
        return (u - dx + half) / self.pixel - 0.5, (v - dz + half) / self.pixel - 0.5

    def look_up(self, image: Array, x: Array, z: Array) -> Array:
        """Values of `image` at anatomical points; 0 outside the film."""
        column, row = self.to_pixels(x, z)
        c, r = np.rint(column).astype(int), np.rint(row).astype(int)
        inside = (c >= 0) & (r >= 0) & (c < self.size) & (r < self.size)
        return np.where(inside, image[r.clip(0, self.size - 1), c.clip(0, self.size - 1)], 0)

    def noise(self, rng: np.random.Generator, slope: float, finest: float, coarsest: float) -> Array:
        """`power_noise` over this film."""
        return power_noise(rng, self.size, self.size * self.pixel, slope, finest, coarsest)


def profile(points: Sequence[tuple[float, float]], z: Array) -> Array:
    """A smooth curve through `(z, value)` points without overshoot, at `z` `[H, W]`; constant beyond the ends."""
    at, value = np.array(sorted(points), dtype=float).T
    fine = np.linspace(at[0], at[-1], 1024)
    return np.interp(z, fine, PchipInterpolator(at, value)(fine)).astype(np.float32)


def dome(u: Array, power: float = 2.0) -> Array:
    """`(1 − |u|^p)^(1/p)`, 0 outside `|u| < 1`: half the chord of a (super)ellipse."""
    if power == 2.0:
        return np.sqrt((1 - u * u).clip(0))
    return (1 - np.abs(u).clip(0, 1) ** power) ** (1 / power)


def blob(canvas: Canvas, centre: tuple[float, float], radii: tuple[float, float], turn: float = 0.0) -> Array:
    """Half chord `[H, W]` in [0, 1] of an ellipsoid with in-plane `radii` turned by `turn` radians."""
    dx, dz = canvas.x - centre[0], canvas.z - centre[1]
    c, s = np.cos(turn), np.sin(turn)
    u, v = (dx * c + dz * s) / radii[0], (dz * c - dx * s) / radii[1]
    return np.sqrt((1 - u * u - v * v).clip(0))
