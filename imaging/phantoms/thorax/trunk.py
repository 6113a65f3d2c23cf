"""Soft tissue of the chest as solids along the ray: lungs between wall, mediastinum and diaphragm."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from imaging.phantoms.fields import Array
from imaging.phantoms.thorax.anatomy import Anatomy
from imaging.phantoms.thorax.canvas import Canvas, Interval, blob, dome, profile
from imaging.phantoms.thorax.mediastinum import great_vessels, heart
from imaging.phantoms.thorax.outlines import LUNG_DEPTH, LUNG_INNER, LUNG_OUTER, LUNG_OUTER_CHILD
from imaging.phantoms.thorax.wall import thickness


@dataclass(frozen=True)
class Thorax:
    """Path lengths in mm, float32 `[H, W]`: `body` whole, `lungs` (right, left), and `gas` in stomach and gut."""

    body: Array
    lungs: tuple[Array, Array]
    gas: Array


def build(canvas: Canvas, a: Anatomy, rng: np.random.Generator) -> Thorax:
    """The soft solids of one person on `canvas`."""
    zn = canvas.z / a.tall
    middle = (canvas.x - a.curve * np.sin(np.pi * (zn - 40) / 260)) / a.wide
    solids = great_vessels(middle, zn, a), heart(middle, zn, a)
    right, left = (
        _left_over(_span(lateral, zn, a), *solids, _dome(lateral, zn, a, lift)) * a.wide
        for lateral, lift in ((-canvas.x / a.wide, a.domes[0]), (canvas.x / a.wide, a.domes[1]))
    )
    body = thickness(canvas, zn, a)
    return Thorax(body, (right, left), _gas(canvas, a, rng) * np.minimum(1, body / 60))


def lung_outer(zn: Array, a: Anatomy) -> Array:
    """Reference distance in mm from the midline to the inside of the chest wall at height `zn`."""
    grown, infant = profile(LUNG_OUTER, zn), profile(LUNG_OUTER_CHILD, zn)
    return grown + (infant - grown) * a.child


def _span(lateral: Array, zn: Array, a: Anatomy) -> Interval:
    outer, inner = lung_outer(zn, a), profile(LUNG_INNER, zn)
    peak = inner + 0.38 * (outer - inner)
    u = np.where(
        lateral > peak, (lateral - peak) / (outer - peak + 0.01), 1.02 * (peak - lateral) / (peak - inner + 0.01)
    )
    half = profile(LUNG_DEPTH, zn) * np.where(lateral > peak, dome(u, 2.2), dome(u, 2.8)) * (zn > 0)
    centre = profile([(0, -22), (60, -10), (140, -2), (300, 0)], zn)
    return centre - half, centre + half


def _dome(lateral: Array, zn: Array, a: Anatomy, lift: float) -> Interval:
    """The diaphragm: highest over the middle of the lung, falling to sharp angles at the side and far behind."""
    top = 226 + lift - a.breath + 10 * a.child
    outside = ((lateral - 46) / (90 + 4 * a.child)).clip(0, 1.15)
    inside = ((46 - lateral) / 75).clip(0, 2)
    edge = top + (36 * outside**1.9 + 14 * outside**6) * a.flat + 20 * inside**1.8
    below = ((zn - edge) / 62).clip(0, 1)
    open_ = np.sqrt(1 - (1 - below) ** 2)
    return -4 - 92 * open_, -4 + 92 * open_


def _left_over(span: Interval, *solids: Interval) -> Array:
    """Length of `span` outside the union of three solids, by inclusion and exclusion: exact."""

    def shared(*intervals: Interval) -> Array:
        start, end = span
        for low, high in intervals:
            start, end = np.maximum(start, low), np.minimum(end, high)
        return (end - start).clip(0)

    p, q, r = solids
    union = shared(p) + shared(q) + shared(r) - shared(p, q) - shared(p, r) - shared(q, r) + shared(p, q, r)
    return (span[1] - span[0] - union).clip(0)


def _gas(canvas: Canvas, a: Anatomy, rng: np.random.Generator) -> Array:
    """Air in the stomach under the left dome, over a level of fluid in who stands, and often in the colon."""
    top = (226 + a.domes[1] - a.breath + 10 * a.child) * a.tall
    bubble = rng.uniform(0.1, 1.0) ** 0.7
    centre = (rng.uniform(44, 84) * a.wide, top + (14 + 12 * bubble) * a.tall)
    gas = 45 * bubble * blob(canvas, centre, (38 * a.wide * bubble, 20 * a.tall * bubble), rng.normal(-0.2, 0.2)) ** 1.5
    level = centre[1] + rng.uniform(-4, 30) * a.tall
    if a.view == "PA":
        gas = gas * ((level - canvas.z) / (1.5 * a.tall) + 0.5).clip(0, 1)
    middle = rng.choice([-60, 85]) * a.wide, top + rng.uniform(45, 95) * a.tall
    loops = blob(canvas, middle, (rng.uniform(40, 95) * a.wide, rng.uniform(16, 40) * a.tall), rng.normal(0, 0.3))
    filled = loops * (rng.random() < 0.5 + 0.3 * a.child) + 0.4 * canvas.noise(rng, 3.4, 9 * a.wide, 60 * a.wide)
    gas = np.maximum(gas, rng.uniform(20, 40) * ((filled - 0.75) / 0.7).clip(0, 1) * (loops > 0))
    return gas * a.wide
