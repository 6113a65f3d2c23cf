"""Veins under the skin, arteries that may calcify with age, and ducts that branch from the nipple."""

from __future__ import annotations

import numpy as np

from imaging.phantoms.breast.shape import Shape
from imaging.phantoms.breast.strokes import Strokes, tree, wander
from imaging.phantoms.fields import Array


def draw(shape: Shape, rng: np.random.Generator) -> Array:
    """Mm of vein and duct wall along the ray, `[H, W]`."""
    strokes = Strokes(shape)
    for _ in range(int(rng.integers(2, 6))):
        path = course(shape, rng)
        r = rng.uniform(0.5, 1.3)
        strokes.add(path, np.linspace(r, 0.5 * r, len(path)))
        for _ in range(int(rng.integers(0, 3))):
            at = int(rng.integers(2, max(3, len(path) - 3)))
            ahead = np.arctan2(*(path[at] - path[at - 1])[::-1])
            branch = ahead + rng.choice([-1, 1]) * rng.uniform(0.3, 0.8)
            tree(strokes, rng, path[at], branch, rng.uniform(10, 28), r * rng.uniform(0.4, 0.7))
    inward = np.arctan2(shape.inward[1], shape.inward[0])
    for _ in range(int(rng.integers(4, 9))):
        start = np.array(shape.nipple) + 3 * np.array(shape.inward) + rng.normal(0, 2, 2)
        tree(strokes, rng, start, inward + rng.uniform(-0.9, 0.9), rng.uniform(12, 26), rng.uniform(0.45, 0.8))
    return strokes.draw() * _inside(shape)


def course(shape: Shape, rng: np.random.Generator) -> Array:
    """The path of a long vessel from the chest wall, mostly from above, towards the nipple."""
    height = shape.extent[1]
    nipple = np.array(shape.nipple)
    above = rng.random() < 0.75
    start = np.array(
        [rng.uniform(0.0, 0.6) * nipple[0], nipple[1] - (1 if above else -1) * rng.uniform(0.15, 0.5) * height]
    )
    aim = nipple + np.array(shape.inward) * rng.uniform(5, 30) + rng.normal(0, 10, 2) - start
    return wander(rng, start, float(np.arctan2(aim[1], aim[0])), float(np.hypot(*aim)) * rng.uniform(0.6, 1.0), 0.3)


def _inside(shape: Shape) -> Array:
    return ((shape.depth - 2.0) / 4).clip(0, 1)
