"""Curved tubes and how they are drawn together: ribs, vessels, airways, catheters."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import fft, special
from scipy.interpolate import PchipInterpolator

from imaging.phantoms.fields import Array
from imaging.phantoms.thorax.canvas import Canvas

MARGIN = 0.06  # of the film, on each side: keeps the Fourier drawing from wrapping into view


def smooth_path(points: Array, n: int = 40) -> Array:
    """`n` points on a smooth curve through a few points `[k, 3]`."""
    length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    return PchipInterpolator(length, points)(np.linspace(0, length[-1], n))


@dataclass
class Tubes:
    """Gathers curved tubes and draws them together.

    A tube is its centre line convolved with a disc: the strip integral of a disc of radius r is the chord
    `2·√(r² − d²)` of a cylinder, and weighting the line with its length in three dimensions makes tubes that run along
    the ray brighter, as crowded ribs are. Radii are drawn on a geometric ladder, in between by interpolation.
    """

    canvas: Canvas
    ratio: float = 1.4
    parts: list[tuple[Array, Array, Array, Array]] = field(default_factory=list)

    def add(self, path: Array, radius: Array | float, weight: Array | float) -> None:
        """A polyline `path` `[n, 3]` (x, y, z in mm), its `radius` in mm, `weight` in attenuation per mm of chord."""
        step = np.diff(path, axis=0)
        length = np.linalg.norm(step, axis=1)
        flat = np.linalg.norm(step[:, [0, 2]], axis=1)
        pieces = int(np.clip(np.ceil(flat.max() / (0.6 * self.canvas.pixel)), 1, 400))
        t = (np.arange(pieces) + 0.5) / pieces
        middle = path[:-1, None, :] + step[:, None, :] * t[None, :, None]
        spread = [np.broadcast_to(np.asarray(a, dtype=float), len(path)) for a in (radius, weight)]
        r, w = (a[:-1, None] + np.diff(a)[:, None] * t[None, :] for a in spread)
        mass = w * (length / pieces)[:, None]
        self.parts.append((middle[..., 0].ravel(), middle[..., 2].ravel(), r.ravel(), mass.ravel()))

    def draw(self, soften: float = 0.5) -> Array:
        """The summed attenuation, float32 `[size, size]`; edges softened by a Gaussian of `soften` pixels."""
        size, pixel = self.canvas.size, self.canvas.pixel
        if not self.parts:
            return np.zeros((size, size), np.float32)
        x, z, radius, mass = (np.concatenate(part) for part in zip(*self.parts, strict=True))
        column, row = self.canvas.to_pixels(x, z)
        pad = int(size * MARGIN) + 2
        full = fft.next_fast_len(size + 2 * pad, real=True)
        keep = (column > -pad) & (row > -pad) & (column < size + pad - 2) & (row < size + pad - 2)
        rung = np.log(np.maximum(radius[keep] / pixel, 0.3) / 0.3) / np.log(self.ratio)
        low = np.floor(rung).astype(int)
        k = np.hypot(fft.fftfreq(full)[:, None], fft.rfftfreq(full)[None, :])
        index = (k * 8192).astype(np.int32)
        ladder = (np.arange(index.max() + 1) + 0.5) / 8192
        total = np.zeros(k.shape, np.complex64)
        for level in range(low.min(), low.max() + 2):
            share = (1 - np.abs(rung - level)).clip(0) * mass[keep]
            use = share != 0
            if use.any():
                r = 0.3 * self.ratio**level
                splat = _splat(column[keep][use] + pad, row[keep][use] + pad, share[use], full)
                disc = np.pi * r * r * 2 * special.j1(2 * np.pi * r * ladder) / (2 * np.pi * r * ladder)
                disc *= np.exp(-2 * (np.pi * soften * ladder) ** 2)
                total += fft.rfft2(splat) * disc.astype(np.float32)[index]
        return fft.irfft2(total, s=(full, full))[pad : pad + size, pad : pad + size]


def _splat(column: Array, row: Array, mass: Array, full: int) -> Array:
    """Points spread bilinearly onto a `[full, full]` float32 grid."""
    c, r = np.floor(column).astype(int), np.floor(row).astype(int)
    fc, fr = column - c, row - r
    flat = np.concatenate([r * full + c, r * full + c + 1, (r + 1) * full + c, (r + 1) * full + c + 1])
    weight = np.concatenate([(1 - fr) * (1 - fc), (1 - fr) * fc, fr * (1 - fc), fr * fc]) * np.tile(mass, 4)
    return np.bincount(flat, weight, minlength=full * full).reshape(full, full).astype(np.float32)
