"""Puts a lesion into a breast, and says where it shows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import ndimage

from imaging.phantoms.breast import film, rays
from imaging.phantoms.breast.lesions import Lesion
from imaging.phantoms.breast.rays import Contents
from imaging.phantoms.breast.shape import Shape
from imaging.phantoms.breast.tissue import Tissue
from imaging.phantoms.fields import Array


def insert(s: Shape, t: Tissue, c: Contents, found: Lesion) -> Array:
    """The line integral with the lesion in place: strands pulled towards it, tissue replaced, calcium added."""
    radius, strength = found.pull
    if radius:
        dx, dy = s.x - found.centre[0], s.y - found.centre[1]
        near = (s.depth > 0.3) & (np.hypot(dx, dy) < radius)
        r = np.hypot(dx[near], dy[near]) / radius
        stretch = (r + 0.05) ** (-strength * (1 - r * r) ** 2)
        x, y = found.centre[0] + dx[near] * stretch, found.centre[1] + dy[near] * stretch
        gland, fibre = rays.fill(t, s, near, x.astype(np.float32), y.astype(np.float32))
        c = replace(c, gland=np.where(near, gland, c.gland), fibre=np.where(near, fibre, c.fibre))
    tumour = np.minimum(found.tumour, 0.8 * s.thick)
    return rays.attenuation(s, c) + (film.CANCER - rays.replaced(s, c)) * tumour + film.CALCIUM * found.calcium


def shows(s: Shape, found: Lesion, added: Array) -> Array:
    """Where the lesion shows, bool `[H, W]`; `added` is what it changes in the line integral.

    The extent of a cluster with 2 mm around its grains; of a distortion where its pull is felt; of a mass where it
    changes the line integral by an eighth of the most.
    """
    away = np.hypot(s.x - found.centre[0], s.y - found.centre[1])
    if found.kind == "architectural distortion":
        return (away < 0.75 * found.pull[0]) & (s.depth > 0)
    if found.kind == "clustered microcalcifications":
        grains = found.calcium > 0.05 * found.calcium.max()
        near = ndimage.distance_transform_edt(~grains) * s.pixel < 3.5
        return (ndimage.distance_transform_edt(np.pad(near, 1))[1:-1, 1:-1] * s.pixel > 1.5) & (s.depth > 0)
    change = ndimage.gaussian_filter(np.abs(added), (1.8 if found.pull[0] else 1.0) / s.pixel)
    return (change > 0.125 * change.max()) & (away < 60)
