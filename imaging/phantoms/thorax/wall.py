"""Skin, muscle, breasts, shoulders, neck and arms: how thick the body is along each ray."""

from __future__ import annotations

import numpy as np

from imaging.phantoms.fields import Array
from imaging.phantoms.thorax.anatomy import Anatomy
from imaging.phantoms.thorax.canvas import Canvas, blob, dome, profile
from imaging.phantoms.thorax.outlines import LUNG_DEPTH, LUNG_OUTER

MIDDLE = 46  # mm to each side
MIDDLE_SHARE = ((-60, 0), (-10, 0.7), (40, 1), (110, 1), (170, 0.5), (300, 0.3))  # mm below the apex, of what is added


def thickness(canvas: Canvas, zn: Array, a: Anatomy) -> Array:
    """Thickness in mm of everything inside the skin, lungs included."""
    x = np.abs(canvas.x) / a.wide
    wall = (15 + 21 * a.fat) * (1 - 0.3 * a.child)
    outer = (
        profile(LUNG_OUTER, zn.clip(60, 300))
        + wall
        + (1 - 0.5 * a.child) * profile([(0, 34), (60, 22), (110, 9), (160, 0), (260, 5)], zn)
    )
    deep = (
        profile([(-80, 10), (-40, 40), (0, 59), (30, 69), (60, 80), (140, 97), (190, 109), (220, 116), (300, 121)], zn)
        + 13 * a.fat
    )
    level = profile(LUNG_DEPTH, zn) + 24 + 13 * a.fat  # the same wall around all of the lung
    deep = deep + canvas.style.level * (level - deep) * ((zn - 20) / 60).clip(0, 1)
    torso_x, x = x, x * (1 + 0.28 * a.child)  # the shoulders of a child are narrow
    drop = 20 * a.slump - 14 * a.arms_up
    top = profile([(0, -100), (48, -74), (62, -58), (90, -40 + drop / 3), (130, -27 + drop / 2)], x)
    top = top + profile([(120, 0), (165, 8 + drop / 2), (200, 26 + drop), (222, 52 + drop), (240, 100 + drop)], x)
    under = ((zn - top) / 70).clip(0, 1)
    rise = np.sqrt(1 - (1 - under) ** 2)
    torso = deep * dome(torso_x / (outer + 4), 2.9) * rise
    throat = 58 * dome(x / profile([(-200, 60), (-70, 55), (-40, 60), (10, 80)], zn), 2.2)
    girdle = (
        (76 + 10 * a.fat) * rise * profile([(60, 1), (150, 0.95), (200, 0.8), (240, 0.6)], torso_x) * (torso_x < 250)
    )
    girdle *= 1 - profile([(0, 0), (1, 1)], (zn - 40 - (x - 120).clip(0) * 0.25) / (90 - 25 * a.child))
    head = 84 * blob(
        canvas,
        (0, -(184 + 22 * a.child) * a.tall),
        (76 * a.wide * (1 + 0.5 * a.child), 96 * a.tall * (1 + 0.45 * a.child)),
    )
    elbow = np.where(canvas.x < 0, *a.elbows)
    hand = (242, -150) if a.arms_up else (elbow - 14 * a.slump, 500)
    arm = _capsule(x, zn, (180, 46), hand, 33 + 8 * a.fat)
    parts = np.stack([torso, throat, head, girdle, arm])
    flank = 26 * a.wide * (1 - 0.8 * a.child) * ((x - 62) / 70).clip(0, 1) * ((outer - 4 - x) / 22).clip(0, 1)
    breast, muscle = _breasts(canvas, a), _pectorals(canvas, a)
    middle = canvas.style.middle * a.wide * np.exp(-((x / MIDDLE) ** 3)) * profile(MIDDLE_SHARE, zn)
    flank = flank * ((zn + 10) / 60).clip(0, 1)
    return breast + muscle + middle + flank + 2 * a.wide * (parts.clip(0) ** 6).sum(0) ** (1 / 6)


def _breasts(canvas: Canvas, a: Anatomy) -> Array:
    """Thickness in mm: a drop whose lower border is sharp and whose upper one fades."""
    if a.breast == 0:
        return np.zeros_like(canvas.x)
    total = np.zeros_like(canvas.x)
    low = 208 - canvas.style.lift + 26 * (a.breast - 0.5)
    for side in (-1, 1):
        dx = (canvas.x / a.wide - side * (74 + 12 * a.breast) - 75 * a.rotation) / (56 + 14 * a.breast)
        dz = canvas.z / a.tall - low
        dz = np.where(dz > 0, dz / (36 + 22 * a.breast), dz / 120)
        total += (1 - dx * dx - dz * dz).clip(0) ** 0.7
    return 48 * canvas.style.breasts * a.breast * a.wide * total


def _pectorals(canvas: Canvas, a: Anatomy) -> Array:
    """Thickness in mm of the chest muscles, whose lower edge runs from the armpit down and in."""
    x, zn = np.abs(canvas.x - 70 * a.rotation * a.wide) / a.wide, canvas.z / a.tall
    edge = 158 - 0.75 * (x - 50) - 0.002 * (x - 50) ** 2
    bulk = (10 if a.female else 17) * (1 - 0.7 * a.child)
    inside = (
        ((edge - zn) / 16 + 0.5).clip(0, 1)
        * ((x - 18) / 40).clip(0, 1)
        * ((zn + 5) / 50).clip(0, 1)
        * ((190 - x) / 40).clip(0, 1)
    )
    return bulk * a.wide * inside


def _capsule(x: Array, z: Array, start: tuple[float, float], end: tuple[Array | float, float], radius: float) -> Array:
    """Half chord of a thick line with round ends."""
    ax, az = end[0] - start[0], end[1] - start[1]
    t = (((x - start[0]) * ax + (z - start[1]) * az) / (ax * ax + az * az)).clip(0, 1)
    d2 = (x - start[0] - t * ax) ** 2 + (z - start[1] - t * az) ** 2
    return np.sqrt((radius * radius - d2).clip(0))
