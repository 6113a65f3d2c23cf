"""Places in the breast, and coordinates that run with its ducts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from imaging.phantoms.breast import lattice
from imaging.phantoms.breast.shape import Shape
from imaging.phantoms.fields import Array

LAYERS = 13  # from plate to plate


@dataclass(frozen=True)
class Points:
    """Places on the film: `x`, `y`, `depth`, `behind` as in `Shape`, each float32 `[P]`."""

    x: Array
    y: Array
    depth: Array
    behind: Array


def bent(nodes: Array, size: float, x: Array, y: Array) -> tuple[Array, Array]:
    """Points shifted by a smooth random field of about `size` mm, which keeps structure from running straight."""
    bend = lattice.weights(x / 24.0, y / 24.0) @ nodes * np.float32(size)
    return x + bend[:, 0], y + bend[:, 1]


def frame(shape: Shape, x: Array, y: Array, across: float, along: float, radial: bool) -> tuple[Array, Array]:
    """Lattice coordinates: plain ones, or around a point before the nipple, so that structure runs towards it."""
    if not radial:
        return x / across + 31, y / along + 17
    ahead = 0.4 * shape.reach
    dx = x - shape.nipple[0] + shape.inward[0] * ahead
    dy = y - shape.nipple[1] + shape.inward[1] * ahead
    arc = np.arctan2(dy, -dx) * (0.75 * shape.reach)
    return np.hypot(dx, dy) / along, arc / across + 40
