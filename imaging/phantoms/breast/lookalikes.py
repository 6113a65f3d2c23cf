"""What is benign and may be taken for cancer: cysts, fibroadenomas, lymph nodes, skin folds, benign calcifications.

Form and frequency after the ACR BI-RADS Atlas, 5th edition: round or oval with a sharp border, coarse, ring-shaped or
tram-track calcifications.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import ndimage

from imaging.phantoms.breast import lesions
from imaging.phantoms.breast.shape import Shape
from imaging.phantoms.breast.strokes import Strokes, wander
from imaging.phantoms.breast.vessels import course
from imaging.phantoms.fields import Array

Drawn = tuple[Array, Array]  # mm of soft tissue and mm of calcium along the ray


def draw(shape: Shape, share: Array, age: float, shown: tuple[str, ...], rng: np.random.Generator) -> Drawn:
    """The sum of those `shown`, each from a stream of its own; `share` `[H, W]` of each ray is gland."""
    soft, calcium = np.zeros_like(shape.x), np.zeros_like(shape.x)
    for (kind, paint), own in zip(KINDS.items(), rng.spawn(len(KINDS)), strict=True):
        if kind in shown:
            more = paint(shape, share, age, own)
            soft, calcium = soft + more[0], calcium + more[1]
    return soft, calcium


def often(kind: str, view: str, age: float) -> float:
    """The share of women of this `age` in whose `view` a look-alike shows."""
    late, early = min(max((age - 50) / 30, 0), 1), min(max((65 - age) / 20, 0.1), 1)
    return {
        "cyst": 0.09 * early,
        "fibroadenoma": 0.07,
        "lymph node": 0.3 if view == "MLO" else 0.05,
        "vascular calcification": 0.38 * late,
        "skin calcification": 0.08,
        "scattered calcification": 0.12 + 0.1 * late,
        "skin fold": 0.12 if view == "MLO" else 0.05,
    }[kind]


def _cyst(shape: Shape, share: Array, age: float, rng: np.random.Generator) -> Drawn:
    """Round or oval, sharp all around, often with a dark halo."""
    centre = lesions.place(shape, share, rng)
    long = float(np.clip(np.exp(rng.normal(np.log(6.5), 0.35)), 3, 14))
    d = _egg(shape, centre, long, rng.uniform(0.75, 1.0), rng.uniform(0, np.pi), 0.0, rng)
    halo = rng.choice([0.0, 0.9]) * np.exp(-(((d - 1) * long / 0.8 - 1) ** 2))
    return _ball(shape, d, long) - halo * (d > 1), np.zeros_like(d)


def _fibroadenoma(shape: Shape, share: Array, age: float, rng: np.random.Generator) -> Drawn:
    """Oval with a few gentle lobes; in older women it may hold coarse "popcorn" calcification."""
    centre = lesions.place(shape, share, rng)
    long = float(np.clip(np.exp(rng.normal(np.log(7), 0.3)), 4, 14))
    turn = rng.uniform(0, np.pi)
    d = _egg(shape, centre, long, rng.uniform(0.6, 0.85), turn, 0.07, rng)
    strokes = Strokes(shape)
    if age > 48 and rng.random() < 0.5:
        at = np.add(centre, rng.normal(0, 0.28 * long, (int(rng.integers(5, 16)), 2)))
        strokes.dot(at, rng.uniform(0.4, 1.3, len(at)), 0.5)
    return _ball(shape, d, long) * 0.9, strokes.draw()


def _node(shape: Shape, share: Array, age: float, rng: np.random.Generator) -> Drawn:
    """Kidney-shaped with a fatty hilum: in the axilla before or over the muscle in MLO, else in the outer breast."""
    soft = np.zeros_like(shape.x)
    for _ in range(int(rng.integers(1, 4)) if shape.view == "MLO" else 1):
        axilla = shape.view == "MLO" and rng.random() < 0.75
        at = rng.random((200, 2)) * shape.extent
        row, column = (at[:, ::-1] / shape.pixel).astype(int).T
        behind, deep = shape.behind[row, column], shape.depth[row, column]
        upper = (shape.nipple[1] - at[:, 1]) / shape.reach
        fits = (behind > -16) & (behind < 26) & (upper > 0.7) if axilla else (behind < -4) & (upper > 0.1)
        best = int(np.argmax(rng.gumbel(size=200) + np.where(fits & (deep > 9), 0, -50)))
        long = rng.uniform(3.5, 9) if axilla else rng.uniform(2.5, 5)
        turn = rng.uniform(0, np.pi)
        d = _egg(shape, tuple(at[best]), long, rng.uniform(0.5, 0.75), turn, 0.03, rng)
        notch = at[best] + long * rng.uniform(0.25, 0.5) * np.array([-np.sin(turn), np.cos(turn)])
        hilum = _egg(shape, tuple(notch), 0.62 * long, 0.7, turn, 0.0, rng)
        soft += (_ball(shape, d, long) - 1.25 * _ball(shape, hilum, 0.5 * long)).clip(0) * 0.85
    return soft, np.zeros_like(soft)


def _vascular(shape: Shape, share: Array, age: float, rng: np.random.Generator) -> Drawn:
    """Tram-tracks: both walls of an artery, patchily calcified."""
    strokes, artery = Strokes(shape), Strokes(shape)
    for _ in range(int(rng.integers(1, 4))):
        path = course(shape, rng)
        gap = rng.uniform(0.6, 1.1)
        along = np.gradient(path, axis=0)
        across = np.stack([-along[:, 1], along[:, 0]], 1) / np.hypot(*along.T)[:, None]
        patchy = ndimage.gaussian_filter1d(rng.normal(0, 1, len(path)), 3) * 2.2 + rng.uniform(-0.1, 0.7)
        for side in (-gap, gap):
            own = (patchy + ndimage.gaussian_filter1d(rng.normal(0, 1, len(path)), 1.0)).clip(0, 1.2)
            strokes.add(path + side * across, rng.uniform(0.14, 0.22), own)
        artery.add(path, 1.2 * gap, 0.5)
    inside = (shape.depth - 4).clip(0, 4) / 4
    return artery.draw() * inside, strokes.draw() * inside


def _rings(shape: Shape, share: Array, age: float, rng: np.random.Generator) -> Drawn:
    """Calcified sebaceous glands: small rings with a clear centre, on the skin, often near the fold."""
    strokes = Strokes(shape)
    home = np.array(lesions.place(shape, share, rng, dense=0.0))
    turn = np.linspace(0, 2 * np.pi, 14)
    circle = np.stack([np.cos(turn), np.sin(turn)], 1)
    for _ in range(int(rng.integers(3, 10))):
        centre, radius = home + rng.normal(0, 11, 2), rng.uniform(0.45, 1.0)
        strokes.add(centre + radius * circle, rng.uniform(0.12, 0.2))
    inside = (shape.depth > 1).astype(np.float32)
    return np.zeros_like(inside), strokes.draw() * inside


def _scattered(shape: Shape, share: Array, age: float, rng: np.random.Generator) -> Drawn:
    """A few round, smooth, widely spread grains, and now and then a rod along a duct."""
    strokes = Strokes(shape)
    for _ in range(int(rng.integers(2, 9))):
        at = np.array(lesions.place(shape, share, rng, dense=0.3))
        if rng.random() < 0.12:
            to = np.arctan2(*(np.array(shape.nipple) - at)[::-1])
            strokes.add(wander(rng, at, float(to), rng.uniform(3, 8), 0.1), rng.uniform(0.2, 0.4))
        else:
            strokes.dot(at[None], rng.uniform(0.22, 0.7), 0.6)
    return np.zeros_like(shape.x), strokes.draw()


def _fold(shape: Shape, share: Array, age: float, rng: np.random.Generator) -> Drawn:
    """Doubled skin with a line of air beside it: in the axilla, or where the lower edge is pinched."""
    strokes = Strokes(shape)
    high = shape.extent[1] * (rng.uniform(0.04, 0.2) if shape.view == "MLO" else rng.uniform(0.1, 0.9))
    row = int(high / shape.pixel)
    edge = float(shape.x[0, int(np.argmin(np.abs(shape.depth[row]) + 99 * (shape.x[0] < 10)))])
    for i in range(int(rng.integers(1, 3))):
        start = np.array([edge - 1, high + 7 * i])
        path = wander(rng, start, np.pi + rng.normal(-0.15, 0.2), rng.uniform(0.4, 1.0) * edge, 0.22)
        fade = np.linspace(1, 0.1, len(path)) ** 0.6
        strokes.add(path, rng.uniform(0.7, 1.1), 3.2 * fade)
        strokes.add(path + np.array([0.0, 2.4]), 1.0, -2.2 * fade)
    return strokes.draw() * (shape.depth > 0), np.zeros_like(shape.x)


def _egg(
    shape: Shape, centre: tuple, long: float, ratio: float, turn: float, lobes: float, rng: np.random.Generator
) -> Array:
    """Distance from `centre` as a part of the radius of a (lobed) ellipse with half axes `long` and `ratio · long`."""
    dx, dy = shape.x - centre[0], shape.y - centre[1]
    a, b = dx * np.cos(turn) + dy * np.sin(turn), (dy * np.cos(turn) - dx * np.sin(turn)) / ratio
    d = np.hypot(a, b) / long
    if lobes:
        angle = np.arctan2(b, a)
        first, second = rng.uniform(0, 2 * np.pi, 2)
        d = d / (1 + lobes * (np.cos(3 * angle + first) + 0.7 * np.cos(5 * angle + second)))
    return d


def _ball(shape: Shape, d: Array, radius: float) -> Array:
    """Chord through a body flattened by compression, mm."""
    chord = 1.7 * radius * np.sqrt((1 - d * d).clip(0))
    return np.minimum(chord, 0.7 * shape.compressed)


KINDS: dict[str, Callable[[Shape, Array, float, np.random.Generator], Drawn]] = {
    "cyst": _cyst,
    "fibroadenoma": _fibroadenoma,
    "lymph node": _node,
    "vascular calcification": _vascular,
    "skin calcification": _rings,
    "scattered calcification": _scattered,
    "skin fold": _fold,
}
