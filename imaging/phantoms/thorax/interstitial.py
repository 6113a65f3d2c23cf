"""Disease that spares no side: haze and thickened airways around the hila, haze over both lungs."""

from __future__ import annotations

import numpy as np

from imaging.phantoms.fields import Array
from imaging.phantoms.thorax.anatomy import Anatomy
from imaging.phantoms.thorax.canvas import Canvas
from imaging.phantoms.thorax.trunk import Thorax
from imaging.phantoms.thorax.tubes import Tubes
from imaging.phantoms.thorax.vessels import HILA

AIRWAYS = 9  # thickened on each side


def perihilar(canvas: Canvas, a: Anatomy, thorax: Thorax, rng: np.random.Generator, much: float) -> tuple[Array, Array]:
    """Haze that fades outwards from both hila, and cuffs of fluid around the airways: ``(fluid, share)`` as in
    `lesions.Lesion`. `much`: of the air beside the hilum that is replaced."""
    rough = canvas.noise(rng, 3.0, 9 * a.wide, 70 * a.wide)
    fine = _mottle(canvas, a, rng)
    share = np.zeros_like(canvas.x)
    for side, air in zip((-1, 1), thorax.lungs, strict=True):
        dx, dz = canvas.x / a.wide - side * HILA[side][0], canvas.z / a.tall - HILA[side][1]
        reach = rng.uniform(55, 95)
        away = np.hypot(dx, 0.75 * dz) / reach * np.exp(-0.25 * rough)
        share = share + much * rng.uniform(0.7, 1.3) * np.exp(-(away**1.4)) * fine * (air > 1)
    share = share.clip(0, 0.85)
    air = thorax.lungs[0] + thorax.lungs[1]
    cuffs = np.minimum(_cuffs(canvas, a, rng), 0.35 * air) * min(1.0, 2.5 * much)
    return share * air + (1 - share) * cuffs, share


def diffuse(canvas: Canvas, a: Anatomy, thorax: Thorax, rng: np.random.Generator, much: float) -> tuple[Array, Array]:
    """Haze over both lungs, denser towards the bases and uneven: ``(fluid, share)``. `much`: as in `perihilar`, of the
    air at the bases."""
    uneven = np.exp(0.4 * canvas.noise(rng, 3.2, 12 * a.wide, 110 * a.wide))
    low = 205 - a.breath / a.tall
    share = np.zeros_like(canvas.x)
    for air in thorax.lungs:
        start, top = rng.uniform(0.05, 0.6) * low, rng.uniform(0.25, 0.7)
        t = ((canvas.z / a.tall - start) / (low - start)).clip(0, 1)
        share = share + much * rng.uniform(0.6, 1.2) * (top + (1 - top) * t * t * (3 - 2 * t)) * (air > 1)
    share = (share * uneven * _mottle(canvas, a, rng)).clip(0, 0.85)
    return share * (thorax.lungs[0] + thorax.lungs[1]), share


def _mottle(canvas: Canvas, a: Anatomy, rng: np.random.Generator) -> Array:
    return np.exp(0.12 * canvas.style.mottle * canvas.noise(rng, 3.0, 2.5 * a.wide, 30 * a.wide))


def _cuffs(canvas: Canvas, a: Anatomy, rng: np.random.Generator) -> Array:
    """Thickened walls of airways that run outwards from the hila, in mm of fluid."""
    tubes = Tubes(canvas)
    for side in HILA:
        hilum = np.array([side * HILA[side][0] * a.wide, HILA[side][1] * a.tall])
        headings = np.linspace(-1.3, 1.4, AIRWAYS) + rng.normal(0, 0.16, AIRWAYS)
        for heading in headings:
            length = rng.uniform(35, 80) * a.wide
            t = np.linspace(0, 1, 12)[:, None]
            bend = heading + np.cumsum(rng.normal(0, 0.06, 12))
            points = hilum + t * length * np.stack([side * np.cos(bend), np.sin(bend)], 1)
            path = np.stack([points[:, 0], np.zeros(12), points[:, 1]], 1)
            tubes.add(path, np.linspace(4.2, 1.6, 12) * a.wide, np.linspace(0.9, 0.3, 12) * rng.uniform(0.5, 1.2))
    return canvas.style.cuffs * tubes.draw(1.2)
