"""Cancers that can be drawn into a breast: masses, clustered microcalcifications, architectural distortion.

A mass that is sharp and smooth all around is benign (`lookalikes`); one with an indistinct or microlobulated border, an
irregular form or spicules is suspicious (ACR BI-RADS Atlas, 5th edition).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from imaging.phantoms.breast import lattice
from imaging.phantoms.breast.shape import Shape
from imaging.phantoms.breast.strokes import Strokes, wander
from imaging.phantoms.fields import Array

OFTEN = {  # share of screen-detected cancers by their main sign
    "irregular mass": 0.22,
    "spiculated mass": 0.28,
    "indistinct mass": 0.14,
    "clustered microcalcifications": 0.26,
    "architectural distortion": 0.10,
}
KINDS = tuple(OFTEN)
HARD = 1.5  # a cancer gives way less to the plates than what surrounds it, so it is thicker than it is broad
GROUPS = {"mass": KINDS[:3], "cancer": KINDS}


@dataclass(frozen=True)
class Lesion:
    """`tumour`, `calcium`: mm along the ray `[H, W]` · `centre` in mm · `pull`: radius in mm and strength of a pull on
    the strands around it.
    """

    kind: str
    centre: tuple[float, float]
    tumour: Array
    calcium: Array
    pull: tuple[float, float]


def choose(kind: str, rng: np.random.Generator) -> str:
    """One of `KINDS`; "mass" and "cancer" are drawn by how often each is met. Raises ValueError for another word."""
    if kind in KINDS:
        return kind
    if kind not in GROUPS:
        raise ValueError(f"expected a lesion of {', '.join((*GROUPS, *KINDS))}, got {kind!r}")
    share = np.array([OFTEN[k] for k in GROUPS[kind]])
    return str(rng.choice(GROUPS[kind], p=share / share.sum()))


def draw(shape: Shape, share: Array, kind: str, rng: np.random.Generator) -> Lesion:
    """A lesion of `kind` in or beside gland, whose share of each ray is `share` `[H, W]`."""
    centre = place(shape, share, rng)
    none = np.zeros_like(shape.x)
    if kind == "clustered microcalcifications":
        return Lesion(kind, centre, none, _cluster(shape, centre, rng), (0.0, 0.0))
    size = float(np.clip(np.exp(rng.normal(np.log(16.0), 0.34)), 6, 34))
    if kind == "architectural distortion":
        strands = _spicules(shape, centre, 3.0, rng.uniform(11, 20), int(rng.integers(30, 50)), 0.75, rng)
        return Lesion(kind, centre, strands, none, (rng.uniform(18, 27), rng.uniform(0.36, 0.55)))
    radius = size / 2
    if kind == "spiculated mass":
        core = _lumps(shape, centre, radius, 0.45, 0.6, rng)
        rays = _spicules(
            shape, centre, 0.6 * radius, radius * rng.uniform(1.1, 2.0), int(rng.integers(28, 52)), 0.75, rng
        )
        tumour, pull = core + rays, (2.2 * radius + 5, rng.uniform(0.2, 0.4))
    elif kind == "irregular mass":
        tumour, pull = _lumps(shape, centre, radius, 0.6, rng.uniform(0.5, 0.9), rng), (1.6 * radius + 3, 0.12)
    else:
        tumour, pull = _lumps(shape, centre, 1.15 * radius, 0.28, rng.uniform(1.0, 1.9), rng), (0.0, 0.0)
    calcium = _cluster(shape, centre, rng, within=0.7 * radius) if rng.random() < 0.2 else none
    return Lesion(kind, centre, tumour, calcium, pull)


def place(shape: Shape, share: Array, rng: np.random.Generator, dense: float = 1.0) -> tuple[float, float]:
    """A point inside the breast, more often in gland and in its upper (outer) part."""
    height = shape.extent[1]
    at = rng.random((240, 2)) * shape.extent
    column, row = (at / shape.pixel).astype(int).clip(0).T
    row, column = row.clip(max=share.shape[0] - 1), column.clip(max=share.shape[1] - 1)
    room = (shape.depth[row, column] > 9) & (shape.behind[row, column] < -4) & (at[:, 0] > 12)
    room &= (at[:, 1] > 12) & (at[:, 1] < height - 12)
    near = ndimage.gaussian_filter(share, 3.0 / shape.pixel)[row, column]
    near = near / max(float(near.max()), 0.1)
    upper = np.where(at[:, 1] < shape.nipple[1], 1.7, 1.0)
    score = np.where(room, np.log((0.05 + dense * near * (1.05 - near) ** 2) * upper), -50) + rng.gumbel(size=240)
    best = int(np.argmax(score))
    return float(at[best, 0]), float(at[best, 1])


def _lumps(shape: Shape, centre: tuple, radius: float, rough: float, blur: float, rng: np.random.Generator) -> Array:
    """A body of overlapping balls, its border softened over `blur` mm: the rougher, the more scattered they are."""
    square = np.zeros_like(shape.x)
    n = int(rng.integers(6, 11))
    turn, flat = rng.uniform(0, np.pi), rng.uniform(0.65, 1.0)
    for i in range(n):
        away, angle = radius * rough * np.sqrt(rng.random()) * 1.3, rng.uniform(0, 2 * np.pi)
        r = radius * (0.8 if i == 0 else rng.uniform(0.28, 0.62))
        away = 0.0 if i == 0 else away
        cx, cy = centre[0] + away * np.cos(angle), centre[1] + away * np.sin(angle)
        dx, dy = shape.x - cx, shape.y - cy
        a, b = dx * np.cos(turn) + dy * np.sin(turn), (dy * np.cos(turn) - dx * np.sin(turn)) / flat
        square = np.maximum(square, (r * r - a * a - b * b).clip(0))
    ragged = 1 + 0.16 * lattice.plane(rng, shape.x, shape.y, 1.6) * (rough > 0.3)
    return ndimage.gaussian_filter(2.0 * HARD * np.sqrt(square) * ragged.clip(0.4), blur / shape.pixel)


def _spicules(
    shape: Shape, centre: tuple, start: float, length: float, n: int, radius: float, rng: np.random.Generator
) -> Array:
    """Strands in every direction of space, seen from the front: of unlike length, curved, thinning out."""
    strokes = Strokes(shape)
    for _ in range(n):
        tilt = np.sqrt(1 - rng.uniform(0, 0.95) ** 2)
        angle = rng.uniform(0, 2 * np.pi)
        long = start + length * tilt * rng.gamma(3.0, 1 / 3.0)
        r = radius * rng.uniform(0.5, 1.2)
        begin = np.array(centre) + rng.normal(0, 0.25 * start, 2)
        path = wander(rng, begin, angle, long, 0.22)
        strokes.add(path, np.linspace(r, 0.35 * r, len(path)), np.linspace(1, 0.15, len(path)))
    return strokes.draw()


def _cluster(shape: Shape, centre: tuple, rng: np.random.Generator, within: float | None = None) -> Array:
    """Fine pleomorphic grains, or fine lines that branch along a duct: 5 to 30 of 0.1 to 0.6 mm."""
    strokes = Strokes(shape)
    n = int(np.clip(rng.gamma(5, 3.4), 5, 30))
    spread = within or rng.uniform(2.5, 9)
    to_nipple = np.arctan2(shape.nipple[1] - centre[1], shape.nipple[0] - centre[0])
    linear = within is None and rng.random() < 0.4
    for _ in range(n):
        along, across = rng.normal(0, 0.6, 2) * spread * ([1.0, 0.35] if linear else [0.9, 0.75])
        c, s = np.cos(to_nipple), np.sin(to_nipple)
        at = np.add(centre, (along * c - across * s, along * s + across * c))
        r = float(np.clip(np.exp(rng.normal(np.log(0.26), 0.3)), 0.08, 0.33))
        if linear and rng.random() < 0.7:
            path = wander(rng, at, to_nipple + rng.normal(0, 0.5), rng.uniform(0.6, 2.0), 0.4)
            strokes.add(path, 0.7 * r * rng.uniform(0.6, 1.2, len(path)))
        else:
            parts = at + rng.normal(0, 0.8 * r, (int(rng.integers(1, 4)), 2))
            strokes.dot(parts, r * rng.uniform(0.6, 1.0, len(parts)))
    return strokes.draw()


def where(shape: Shape, centre: tuple[float, float]) -> str:
    """The place in words, as far as one view tells: upper or lower in MLO, outer or inner in CC, mm from the nipple."""
    dx, dy = centre[0] - shape.nipple[0], centre[1] - shape.nipple[1]
    across = dx * -shape.inward[1] + dy * shape.inward[0]
    away = float(np.hypot(dx, dy))
    if abs(across) < 10:
        part = "behind the nipple" if away < 35 else "central"
    else:
        words = ("upper", "lower") if shape.view == "MLO" else ("outer", "inner")
        part = f"{words[0] if across > 0 else words[1]} half"
    return f"{part}, {away:.0f} mm from the nipple"
