"""Smooth random fields in layers, read at any point: cubic B-splines over a periodic lattice of random numbers.

Read at points instead of drawn as images, so that a film of any size samples the same tissue.
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage, sparse

from imaging.phantoms.fields import Array

N = 128  # nodes along each side of a lattice; it repeats beyond
UNIT = 1 / 0.479  # a B-spline of white noise has this much less spread, twice over


def nodes(rng: np.random.Generator, layers: int = 1, depth: float = 0.0) -> Array:
    """Random nodes `[N², layers]`, alike over about `depth` layers."""
    white = rng.standard_normal((N * N, layers), dtype=np.float32)
    if depth > 0 and layers > 1:
        smooth = ndimage.gaussian_filter1d(white, depth, axis=1, mode="reflect")
        white = smooth / smooth.std()
    return white * np.float32(UNIT)


def weights(u: Array, v: Array) -> sparse.csr_array:
    """What turns nodes into the field at the points `u`, `v` `[P]`, in units of the lattice: sparse `[P, N²]`."""
    row, wu = _spline(u)
    column, wv = _spline(v)
    index = (row[:, :, None] * N + column[:, None, :]).reshape(len(u), 16)
    value = (wu[:, :, None] * wv[:, None, :]).reshape(len(u), 16)
    start = np.arange(0, 16 * len(u) + 1, 16, dtype=np.int32)
    return sparse.csr_array((value.ravel(), index.ravel(), start), shape=(len(u), N * N))


def _spline(at: Array) -> tuple[Array, Array]:
    low = np.floor(at)
    t = (at - low).astype(np.float32)[:, None]
    index = (low.astype(np.int32)[:, None] + np.arange(-1, 3, dtype=np.int32)) % N
    s = 1 - t
    weight = np.concatenate([s**3, 3 * t**3 - 6 * t**2 + 4, 3 * s**3 - 6 * s**2 + 4, t**3], axis=1) / 6
    return index, weight


def plane(rng: np.random.Generator, x: Array, y: Array, spacing: float) -> Array:
    """A field of one layer at points `x`, `y` of any shape in mm; its blobs are about 2 × `spacing` mm wide."""
    field = weights(x.ravel() / spacing, y.ravel() / spacing) @ nodes(rng)
    return field.reshape(x.shape)
