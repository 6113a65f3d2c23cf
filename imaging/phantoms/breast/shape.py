"""The compressed breast: outline, thickness, skin, nipple, pectoral muscle; in mm from chest wall and top."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from scipy.interpolate import PchipInterpolator
from scipy.spatial import KDTree

from imaging.phantoms.breast import lattice
from imaging.phantoms.fields import Array


@dataclass(frozen=True)
class Shape:
    """A breast from the left edge of its film, whatever its side.

    `x`, `y` float32 `[H, W]`: mm from chest wall and top · `pixel` in mm · `depth`: mm under the outline seen from the
    front, negative outside · `thick`, `skin`, `muscle`, `knob` (the nipple): mm along the ray · `behind`: mm inside
    the muscle's edge, negative in front of it · `nipple` (x, y) · `inward`: unit vector from the nipple to the chest
    wall · `reach`: mm from the chest wall to the nipple · `compressed`: mm between the plates.
    """

    view: str
    pixel: float
    x: Array
    y: Array
    depth: Array
    thick: Array
    skin: Array
    muscle: Array
    knob: Array
    behind: Array
    nipple: tuple[float, float]
    inward: tuple[float, float]
    reach: float
    compressed: float

    @property
    def extent(self) -> tuple[float, float]:
        """Width and height of the film in mm."""
        return self.x.shape[1] * self.pixel, self.x.shape[0] * self.pixel


def sample(rng: np.random.Generator, size: int, view: str, age: float, density: str) -> Shape:
    """Draws a breast onto a film of `size` rows; fat breasts are larger and compress less."""
    fat = {"a": 1.0, "b": 0.6, "c": 0.2, "d": -0.1}[density]
    reach = float(np.clip(rng.normal(94 + 16 * fat + 0.1 * (age - 55), 17), 62, 138))
    height = 240.0 if reach < 118 else 300.0
    compressed = float(np.clip(rng.normal(50 + 0.22 * (reach - 85) + 5 * fat, 7), 28, 82))
    pixel = height / size
    y, x = (np.mgrid[0:size, 0 : 3 * size // 4].astype(np.float32) + 0.5) * np.float32(pixel)
    curve, nipple, inward, top = (_oblique if view == "MLO" else _craniocaudal)(rng, reach, height)
    depth = _depth(curve, height, x, y)
    depth, knob = _nipple(rng, depth, nipple, inward, x, y)
    behind = _pectoral(rng, view, top, height, x, y)
    rim = compressed * rng.uniform(0.45, 0.85)
    lean = 1 + rng.normal(0, 0.04) * (y / height - 0.5) + rng.uniform(-0.02, 0.08) * (0.4 - x / reach)
    thick = compressed * lean * _round(depth, rim)
    coat = rng.uniform(0.9, 1.7)  # 0.7 to 3 mm in life
    inside = compressed * lean * _round(depth - coat, rim) * (1 - 2 * coat / compressed)
    areola = np.hypot(x - nipple[0], y - nipple[1])
    skin = (thick - inside) * (1 + 0.25 * np.exp(-((areola / 14) ** 4)))
    full = rng.uniform(0.5, 0.92) if view == "MLO" else rng.uniform(0.2, 0.35)
    soft = rng.uniform(7, 16)
    rise = (behind / soft).clip(0, 1) ** 1.3 * (0.72 + 0.28 * (behind / 45).clip(0, 1))
    muscle = full * (thick - skin).clip(0) * rise * (1 - 0.35 * (y / height) * (view == "MLO"))
    return Shape(view, pixel, x, y, depth, thick, skin, muscle, knob, behind, nipple, inward, float(reach), compressed)


def _round(depth: Array, rim: float) -> Array:
    """Share of full thickness `depth` mm under the edge of a slab whose edge is a half ellipse `rim` mm wide."""
    return np.sqrt(1 - (1 - (depth / rim).clip(0, 1)) ** 2)


def _nipple(
    rng: np.random.Generator, depth: Array, nipple: tuple, inward: tuple, x: Array, y: Array
) -> tuple[Array, Array]:
    """The nipple in profile, as a knob on the outline, or turned onto the breast, as a round shadow within."""
    radius, out = rng.uniform(3.5, 5.5), rng.random() < 0.65
    shift = rng.uniform(-1.5, 3.0) if out else rng.uniform(6, 18)
    side = 0.0 if out else rng.normal(0, 7)
    cx = nipple[0] + shift * inward[0] - side * inward[1]
    cy = nipple[1] + shift * inward[1] + side * inward[0]
    d = np.hypot(x - cx, y - cy)
    knob = 1.2 * np.sqrt((radius**2 - d * d).clip(0)) * rng.uniform(0.4, 1.0)
    if out:
        gap = (6.0 - np.abs(depth - radius + d)).clip(0) / 6.0
        depth = np.maximum(depth, radius - d) + gap * gap * 1.5
    return depth, ndimage.gaussian_filter(knob, 1.0 / float(y[1, 0] - y[0, 0]))


def _smooth(points: Array, sigma: float) -> Array:
    """A dense curve (one point each 0.5 mm) along a polygon whose corners are rounded over `sigma` mm."""
    length = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    curve = PchipInterpolator(length, points)(np.arange(0, length[-1], 0.5))
    return ndimage.gaussian_filter1d(curve, sigma / 0.5, axis=0, mode="nearest")


def _oblique(rng: np.random.Generator, reach: float, height: float) -> tuple[Array, tuple, tuple, float]:
    """MLO: from the axilla over the nipple down to the fold below; `reach` is the x of the nipple."""
    n = height * rng.uniform(0.56, 0.7)
    tall = min(reach * rng.uniform(0.85, 1.15), 1.05 * (height - n) + 12)
    top = reach * rng.uniform(0.45, 0.75)
    waist = max(0.5 * reach, top - rng.uniform(-22, 4))
    droop = rng.uniform(0, 1)
    high = n - 0.86 * min(n - 20, 1.35 * reach)
    corners = [
        (top + rng.uniform(-6, 12), -60),
        (top, 0.25 * high - 10),
        (waist, high),
        (waist + (reach - waist) * (0.5 - 0.14 * droop), high + (n - high) * 0.40),
        (waist + (reach - waist) * (0.86 - 0.08 * droop), high + (n - high) * 0.74),
        (reach, n),
        (reach * (0.93 + 0.02 * droop), n + 0.36 * tall),
        (reach * (0.70 + 0.06 * droop), n + 0.68 * tall),
        (reach * 0.38, n + 0.9 * tall),
        (reach * 0.10, n + tall),
    ]
    if rng.random() < 0.25:  # the belly shows below the fold
        out = reach * rng.uniform(0.06, 0.2)
        corners += [
            (0.05 * reach, n + tall + 4),
            (0.5 * out, n + tall + 14),
            (out, n + tall + 34),
            (out + 5, height + 60),
        ]
    else:
        corners += [(-15, n + tall + 2), (-60, n + tall + 6)]
    curve = _smooth(np.array(corners) + rng.normal(0, 0.008 * reach, (len(corners), 2)), 0.09 * reach)
    at = np.argmin(np.abs(curve[:, 1] - n) + 1e3 * (curve[:, 0] < 0.5 * reach))
    tilt = rng.uniform(0.1, 0.45)
    return curve, (float(curve[at, 0]), float(curve[at, 1])), (-float(np.cos(tilt)), -float(np.sin(tilt))), top


def _craniocaudal(rng: np.random.Generator, reach: float, height: float) -> tuple[Array, tuple, tuple, float]:
    """CC: a dome on the chest wall, its outer half above and fuller."""
    middle = height * rng.uniform(0.46, 0.56)
    half = np.clip(reach * rng.uniform(0.95, 1.3), 60, 0.47 * height)
    angle = np.linspace(-np.pi / 2, np.pi / 2, 40)
    p = rng.uniform(0.72, 0.98)
    lean = rng.normal(0.04, 0.05)
    across = np.sign(np.sin(angle)) * np.abs(np.sin(angle)) ** 0.95
    along = np.cos(angle).clip(0) ** p * (1 - lean * across)
    corners = np.stack([reach * along, middle + half * across], 1)
    out, low = rng.uniform(2, 25, 2)
    corners = np.concatenate([[(-50, middle - half - out)], corners[1:-1], [(-50, middle + half + low)]])
    curve = _smooth(corners, 0.07 * reach)
    at = int(np.argmax(curve[:, 0] - 0.15 * np.abs(curve[:, 1] - middle - rng.normal(0, 0.06) * half)))
    turn = rng.normal(0, 0.1)
    return curve, (float(curve[at, 0]), float(curve[at, 1])), (-float(np.cos(turn)), float(np.sin(turn))), 0.0


def _depth(curve: Array, height: float, x: Array, y: Array) -> Array:
    """Signed distance to the outline, found on a grid of 1.25 mm and read off it smoothly."""
    step = height / 192
    gy, gx = np.mgrid[-2:195, -2:147] * step + step / 2
    points = np.stack([gx.ravel(), gy.ravel()], 1)
    distance, nearest = KDTree(curve).query(points)
    along = np.gradient(curve, axis=0)[nearest]
    away = points - curve[nearest]
    side = np.sign(along[:, 0] * away[:, 1] - along[:, 1] * away[:, 0])
    signed = (side * distance).reshape(gx.shape).astype(np.float32)
    coefficients = ndimage.spline_filter(signed, order=3, output=np.float32, mode="nearest")
    rows, columns = ((axis / step + 1.5) for axis in (y[:, 0], x[0]))
    return _cubic(rows, 197) @ coefficients @ _cubic(columns, 149).T


def _cubic(at: Array, n: int) -> Array:
    distance = np.abs(at[:, None] - np.arange(n, dtype=np.float32)[None, :])
    near, far = 2 / 3 - distance**2 + distance**3 / 2, (2 - distance).clip(0) ** 3 / 6
    return np.where(distance < 1, near, far)


def _pectoral(rng: np.random.Generator, view: str, top: float, height: float, x: Array, y: Array) -> Array:
    """Mm inside the muscle's edge: a slightly bulging triangle in MLO, in a third of CC films a thin crescent."""
    if view == "CC":
        wide, middle, half = rng.uniform(4, 14), height * rng.uniform(0.4, 0.6), rng.uniform(40, 90)
        return (wide * (1 - ((y - middle) / half) ** 2) if rng.random() < 0.33 else -30) - x
    wide = float(np.clip(rng.normal(0.78, 0.14), 0.4, 0.98)) * top
    low = height * float(np.clip(rng.normal(0.6, 0.13), 0.3, 0.88))
    bulge = rng.uniform(1.0, 1.45)
    ripple = 1.2 * lattice.plane(rng, np.zeros(len(y)), y[:, 0], 14.0)[:, None]
    t = (y / low).clip(0, 2)
    slope = wide / low
    return (wide * (1 - t**bulge) - x + ripple) / np.sqrt(1 + slope**2)
