"""Septa and strands: Cooper's ligaments, the walls of fat lobules, and the fine mesh between them.

Septa are thin sheets where a field changes sign, seen as lines where a sheet lies along the ray: they curve, cross,
branch and fade. Strands are lines of their own in a few layers, from centimetres down to the grain.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from imaging.phantoms.breast import lattice
from imaging.phantoms.breast.flow import LAYERS, Points, frame
from imaging.phantoms.breast.shape import Shape
from imaging.phantoms.fields import Array

STRANDS = 4  # layers of strands


@dataclass(frozen=True)
class Sheet:
    """A family of septa: lattice spacing in mm across and along the ducts, half thickness in mm, nodes."""

    across: float
    along: float
    half: float
    nodes: Array
    radial: bool


@dataclass(frozen=True)
class Septa:
    """Sheets, and strands as (spacing across, along, width in mm, weight in mm, nodes)."""

    sheets: tuple[Sheet, ...]
    strands: tuple[tuple[float, float, float, float, Array], ...]


def sample(rng: np.random.Generator) -> Septa:
    """Draws how fibrous a breast is, and all its random numbers."""
    fibrous = rng.uniform(0.7, 1.6)
    sheets = tuple(
        Sheet(across, along, half * fibrous, lattice.nodes(rng, LAYERS, depth), radial)
        for across, along, half, depth, radial in (
            (7.0, 34.0, 0.10, 2.4, True),
            (11.0, 16.0, 0.09, 2.6, False),
            (3.6, 26.0, 0.075, 1.8, True),
            (1.7, 14.0, 0.05, 1.4, True),
        )
    )
    net = rng.uniform(0.45, 1.0)
    strands = tuple(
        (across, along, width, weight * net * rng.uniform(0.7, 1.3), lattice.nodes(rng, STRANDS))
        for across, along, width, weight in (
            (4.5, 18.0, 0.45, 2.0),
            (2.4, 9.0, 0.4, 2.2),
            (1.3, 4.2, 0.3, 2.2),
            (0.7, 1.9, 0.2, 2.2),
        )
    )
    return Septa(sheets, strands)


def read(t: Septa, patchiness: Array, shape: Shape, p: Points, u: Array, v: Array) -> Array:
    """Mm of fibrous tissue on the ray for each mm of breast, `[P]`; `u`, `v` are the bent coordinates of `p`."""
    total = np.zeros(len(p.x), np.float32)
    patchy = lattice.weights(p.x / 16.0, p.y / 16.0) @ patchiness
    strong = (0.7 + 0.5 * (patchy[:, 1:] + patchy[:, :-1]) / 2).clip(0, 2)
    for sheet in t.sheets:
        f = lattice.weights(*frame(shape, u, v, sheet.across, sheet.along, sheet.radial)) @ sheet.nodes
        half = sheet.half / sheet.across * 1.1
        drawn = max(half, 1.0 * shape.pixel / sheet.across)  # no finer than the film shows, with the same mass
        edge = (f / np.float32(drawn)).clip(-1, 1) * np.float32(half)
        step = np.diff(f, axis=1)
        step = np.where(np.abs(step) < 0.03, np.float32(0.03), step)
        total += (np.diff(edge, axis=1) / step * strong).clip(0, None).mean(1)
    total += _mesh(t, shape, u, v) * (1 + 0.35 * patchy[:, 6]).clip(0.3, 2) / shape.compressed
    return total * (0.35 + 0.65 * (p.depth / 9).clip(0, 1)) * np.where(p.behind > 0, 0.55, 1)


def _mesh(t: Septa, shape: Shape, u: Array, v: Array) -> Array:
    """Mm of fine strands in all directions but more often towards the nipple, from centimetres down to the grain."""
    total, broken = np.zeros(len(u), np.float32), np.float32(1)
    for across, along, width, weight, nodes in t.strands:
        f = lattice.weights(*frame(shape, u, v, across, along, True)) @ nodes
        half = width / across
        drawn = max(half, 0.9 * shape.pixel / across)
        line = np.exp(-((f / np.float32(drawn)) ** 2)) * broken
        total += np.float32(weight * half / drawn) * line.sum(1)
        broken = (0.55 + 0.75 * np.roll(f, 1, axis=1)).clip(0, 2)  # coarser strands of another layer decide where
    return total
