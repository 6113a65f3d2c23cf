"""The drawing surface of a phantom: millimetre coordinates, soft solids, tubes and random fields.

Axes: `x` grows to the patient's left (right on the film), `z` downwards from the lung apex, `y` forwards; millimetres.
Every solid is an interval of depth along parallel rays, so its projection is a path length in closed form.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import fft, ndimage, sparse, special
from scipy.interpolate import PchipInterpolator

Array = np.ndarray
MARGIN = 0.06  # of the film, on each side: keeps the Fourier drawing from wrapping into view


@dataclass(frozen=True)
class Canvas:
    """A square film of `size` pixels over anatomy that is shifted, tilted and gently warped on it.

    `x`, `z` are float32 `[size, size]`: the anatomical millimetres seen by each pixel.
    `pixel` is the pixel size in millimetres.
    """

    size: int
    pixel: float
    x: Array
    z: Array
    shift: tuple[float, float]
    tilt: float
    warp: tuple[Array, Array] = field(repr=False)

    @classmethod
    def lay(
        cls, size: int, width: float, centre: tuple[float, float], tilt: float, bend: float, rng: np.random.Generator
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
        rows = columns = _spline(knots, 9).astype(np.float32)
        dx, dz = (rows @ part @ columns.T for part in warp)
        u, v = axis[None, :] + dx, axis[:, None] + dz
        c, s = float(np.cos(tilt)), float(np.sin(tilt))
        return cls(size, pixel, u * c + v * s + centre[0], v * c - u * s + centre[1], centre, tilt, (dx, dz))

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


def _spline(knots: Array, n: int) -> Array:
    """Cubic B-spline weights `[len(knots), n]` of `n` unit knots."""
    distance = np.abs(knots[:, None] - np.arange(n)[None, :])
    return np.where(
        distance < 1,
        2 / 3 - distance**2 + distance**3 / 2,
        np.where(distance < 2, (2 - distance).clip(0) ** 3 / 6, 0),
    )


def profile(points: Sequence[tuple[float, float]], z: Array) -> Array:
    """A smooth curve through `(z, value)` points without overshoot, evaluated at `z` `[H, W]`; constant beyond the ends."""
    at, value = np.array(sorted(points), dtype=float).T
    fine = np.linspace(at[0], at[-1], 1024)
    return np.interp(z, fine, PchipInterpolator(at, value)(fine)).astype(np.float32)


def dome(u: Array, power: float = 2.0) -> Array:
    """`(1 − |u|^p)^(1/p)`, 0 outside `|u| < 1`: half the chord of a (super)ellipse."""
    if power == 2.0:
        return np.sqrt((1 - u * u).clip(0))
    return (1 - np.abs(u).clip(0, 1) ** power) ** (1 / power)


def smooth_path(points: Array, n: int = 40) -> Array:
    """`n` points on a smooth curve through a few points `[k, 3]`."""
    length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    return PchipInterpolator(length, points)(np.linspace(0, length[-1], n))


def blob(canvas: Canvas, centre: tuple[float, float], radii: tuple[float, float], turn: float = 0.0) -> Array:
    """Half chord `[H, W]` in [0, 1] of an ellipsoid with in-plane `radii` turned by `turn` radians."""
    dx, dz = canvas.x - centre[0], canvas.z - centre[1]
    c, s = np.cos(turn), np.sin(turn)
    u, v = (dx * c + dz * s) / radii[0], (dz * c - dx * s) / radii[1]
    return np.sqrt((1 - u * u - v * v).clip(0))


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
        """A polyline `path` `[n, 3]` (x, y, z in mm), its `radius` in mm and `weight` in attenuation per mm of chord."""
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


def noise(rng: np.random.Generator, canvas: Canvas, slope: float, finest: float, coarsest: float) -> Array:
    """A Gaussian random field `[size, size]`, mean 0, variance 1, with power ∝ 1/f^`slope` between two scales in mm.

    Drawn at a fixed 256 × 256 and enlarged, so that the same seed gives the same field at every film size.
    """
    n = 256
    k = np.hypot(fft.fftfreq(n)[:, None], fft.rfftfreq(n)[None, :]) * n / (canvas.size * canvas.pixel)
    shape = np.maximum(k, 1e-9) ** (-slope / 2) * np.exp(-((k * finest) ** 2)) * (1 - np.exp(-((k * coarsest) ** 2)))
    shape[0, 0] = 0
    white = rng.standard_normal((n, n), dtype=np.float32)
    field_ = fft.irfft2(fft.rfft2(white) * shape.astype(np.float32), s=(n, n))
    field_ /= field_.std()
    return resize(field_, canvas.size)


def resize(image: Array, size: int) -> Array:
    """A square image brought to `size` × `size` by cubic splines, float32."""
    if image.shape[0] == size:
        return image.astype(np.float32)
    n = image.shape[0]
    at = ((np.arange(size) + 0.5) * n / size - 0.5).clip(0, n - 1)
    weights = sparse.csr_array(_spline(at + 2, n + 4).astype(np.float32))
    rows = weights @ np.pad(image.astype(np.float32), 2, mode="edge")
    return np.ascontiguousarray((weights @ np.ascontiguousarray(rows.T)).T)


def blur(image: Array, sigma: float) -> Array:
    """Gaussian blur by `sigma` pixels; a wide one is done on a coarser grid."""
    factor = int(sigma // 4)
    n = image.shape[0]
    if factor < 2 or n % factor:
        factor = next((f for f in (16, 8, 4, 2) if f <= sigma / 3 and n % f == 0), 1)
    if factor < 2:
        return ndimage.gaussian_filter(image, sigma, mode="nearest", truncate=3)
    small = image.reshape(n // factor, factor, n // factor, factor).mean((1, 3))
    return resize(ndimage.gaussian_filter(small, sigma / factor, mode="nearest", truncate=3), n)
