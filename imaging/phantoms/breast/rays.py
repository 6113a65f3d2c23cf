"""What each ray meets on its way through the breast, and how much of it is stopped."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from imaging.phantoms.breast import film, tissue
from imaging.phantoms.breast.flow import Points
from imaging.phantoms.breast.shape import Shape
from imaging.phantoms.breast.tissue import Tissue
from imaging.phantoms.fields import Array


@dataclass(frozen=True)
class Contents:
    """Along each ray, float32 `[H, W]`: `gland` and `fibre` as shares of its length; `blood` (vessels and ducts),
    `soft` (benign lumps, folds) and `chalk` (benign calcium) in mm.
    """

    gland: Array
    fibre: Array
    blood: Array
    soft: Array
    chalk: Array


def fill(t: Tissue, s: Shape, where: Array, x: Array, y: Array) -> tuple[Array, Array]:
    """Shares of gland and of fibre `[H, W]` at the pixels `where` (bool), read from the tissue at `x`, `y` `[P]`."""
    p = Points(x, y, s.depth[where], s.behind[where])
    gland, fibre = np.zeros_like(s.x), np.zeros_like(s.x)
    gland[where], fibre[where] = tissue.gland(t, s, p), tissue.fibre(t, s, p)
    return gland, fibre


def attenuation(s: Shape, c: Contents) -> Array:
    """Line integral of the attenuation, without dimension."""
    room = (s.thick - s.skin - s.muscle).clip(0)
    dense = (c.gland * room + c.fibre * s.thick * (1 - 0.5 * c.gland) + 0.8 * c.blood + s.knob).clip(0, room)
    stopped = film.FAT * (room - dense) + film.GLAND * dense + film.SKIN * s.skin + film.MUSCLE * s.muscle
    return (stopped + (film.FLUID - replaced(s, c)) * c.soft + film.CALCIUM * c.chalk).clip(0)


def replaced(s: Shape, c: Contents) -> Array:
    """Attenuation per mm of the tissue that a lump takes the place of: fat more than gland, which it pushes aside."""
    return film.FAT + 0.35 * (film.GLAND - film.FAT) * ndimage.gaussian_filter(c.gland, 2.0 / s.pixel)
