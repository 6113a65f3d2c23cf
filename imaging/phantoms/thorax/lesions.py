"""Disease that can be drawn into the lungs, as the share of air that fluid replaces along each ray."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from imaging.phantoms.fields import Array
from imaging.phantoms.thorax import interstitial
from imaging.phantoms.thorax.anatomy import Anatomy
from imaging.phantoms.thorax.canvas import Canvas
from imaging.phantoms.thorax.trunk import Thorax
from imaging.phantoms.thorax.tubes import Tubes

FOCAL = {"lobar pneumonia": 0.55, "patchy pneumonia": 0.45}  # kind: how often among those
SPREAD = {"perihilar pneumonia": interstitial.perihilar, "diffuse pneumonia": interstitial.diffuse}
OFTEN = {"focal pneumonia": 0.6, "perihilar pneumonia": 0.25, "diffuse pneumonia": 0.15}  # the same of all pneumonias
KINDS = (*FOCAL, *SPREAD, "nodule", "effusion")
MANY = ("focal pneumonia", "pneumonia")  # of which one is drawn
AIR_LOST = (0.25, 0.6)  # in a pneumonia that has spread, where it is densest
BESIDE = (0.05, 0.35)  # the same of what goes with a focal one


@dataclass(frozen=True)
class Lesion:
    """`fluid`: mm of air replaced `[H, W]`; `share`: of the lung's depth, 0 to 1; `kind` and `place` in words."""

    kind: str
    place: str
    fluid: Array
    share: Array


def draw(canvas: Canvas, a: Anatomy, thorax: Thorax, kind: str, rng: np.random.Generator) -> Lesion:
    """A lesion of one of `KINDS`; "focal pneumonia": lobar or patchy; "pneumonia": any, and where it is a focal one,
    haze goes with it, as inflammation seldom leaves the rest of the lungs alone. Raises ValueError for another kind."""
    if kind not in (*KINDS, *MANY):
        raise ValueError(f"expected a lesion of {', '.join((*MANY, *KINDS))}, got {kind!r}")
    if kind == "pneumonia":
        kind = str(rng.choice(list(OFTEN), p=list(OFTEN.values())))
        if kind == "focal pneumonia":
            return _hazed(_focal(canvas, a, thorax, kind, rng), *_beside(canvas, a, thorax, rng))
    if kind in SPREAD:
        fluid, share = SPREAD[kind](canvas, a, thorax, rng, rng.uniform(*AIR_LOST))
        return Lesion(kind, "both lungs", fluid, share)
    return _focal(canvas, a, thorax, kind, rng)


def _beside(canvas: Canvas, a: Anatomy, thorax: Thorax, rng: np.random.Generator) -> tuple[Array, Array]:
    """Haze that goes with a focal pneumonia: ``(fluid, share)``."""
    spread = interstitial.perihilar if rng.random() < 0.6 else interstitial.diffuse
    return spread(canvas, a, thorax, rng, rng.uniform(*BESIDE))


def _hazed(lesion: Lesion, fluid: Array, share: Array) -> Lesion:
    left = 1 - lesion.share  # of the air, for the haze to replace
    return Lesion(lesion.kind, f"{lesion.place}, haze around", lesion.fluid + left * fluid, 1 - left * (1 - share))


def _focal(canvas: Canvas, a: Anatomy, thorax: Thorax, kind: str, rng: np.random.Generator) -> Lesion:
    if kind == "focal pneumonia":
        kind = str(rng.choice(list(FOCAL), p=list(FOCAL.values())))
    side = int(rng.choice([-1, 1], p=[0.58, 0.42]))
    zone = str(rng.choice(["upper", "middle", "lower"], p=[0.22, 0.28, 0.5]))
    place = f"{'right' if side < 0 else 'left'} {zone} zone"
    air = thorax.lungs[0 if side < 0 else 1]
    if kind == "lobar pneumonia":
        share = _consolidation(canvas, a, side, zone, rng)
    elif kind == "patchy pneumonia":
        share = _patches(canvas, a, side, zone, rng)
        if rng.random() < 0.6:
            other = thorax.lungs[1 if side < 0 else 0]
            fainter = 0.8 * _patches(canvas, a, -side, zone, rng)
            return Lesion(
                kind,
                f"both {zone} zones",
                share * air + fainter * other,
                np.maximum(share * (air > 1), fainter * (other > 1)),
            )
    elif kind == "nodule":
        share = _nodule(canvas, a, side, zone, air, rng)
    else:
        share, place = _effusion(canvas, a, side, rng), f"{'right' if side < 0 else 'left'} base"
    return Lesion(kind, place, share * air, share * (air > 1))


def _centre(a: Anatomy, side: int, zone: str, rng: np.random.Generator) -> tuple[float, float]:
    """Within the lung field of the reference thorax, in this person's mm."""
    low = 212 - a.breath / a.tall
    start, end = {"upper": (0.16, 0.34), "middle": (0.42, 0.62), "lower": (0.68, 0.92)}[zone]
    z = rng.uniform(start, end) * low
    x = rng.uniform(48, 62 + 45 * min(1.0, z / 120))
    return side * (x + 14 * (side > 0 and zone == "lower")) * a.wide, z * a.tall


def _blot(canvas: Canvas, centre: tuple[float, float], radii: Array, turn: float, rough: Array, border: float) -> Array:
    """An ellipse with a border made ragged by `rough` and soft over `border` (as a part of its radius)."""
    dx, dz = canvas.x - centre[0], canvas.z - centre[1]
    c, s = np.cos(turn), np.sin(turn)
    d = np.sqrt(((dx * c + dz * s) / radii[0]) ** 2 + ((dz * c - dx * s) / radii[1]) ** 2)
    t = ((1 + 0.22 * rough - d) / border + 0.5).clip(0, 1)
    return t * t * (3 - 2 * t)


def _consolidation(canvas: Canvas, a: Anatomy, side: int, zone: str, rng: np.random.Generator) -> Array:
    """Lobar: one area that fades outwards, unless a fissure ends it, with air bronchograms."""
    centre = _centre(a, side, zone, rng)
    radii = rng.uniform(44, 84, 2) * [a.wide, a.tall] * [1.1, 0.95]
    rough = canvas.noise(rng, 3.2, 7 * a.wide, 60 * a.wide)
    blot = _blot(canvas, centre, radii, rng.normal(0, 0.5), rough, rng.uniform(0.9, 1.6))
    if rng.random() < 0.4:
        below = -1 if zone == "upper" else rng.choice([-1, 1])
        edge = centre[1] + below * -0.5 * radii[1] + rng.normal(0.1, 0.2) * (canvas.x - centre[0]) * side
        blot = blot * ((below * (canvas.z - edge) / (rng.uniform(3, 9) * a.tall)) + 0.5).clip(0, 1)
    share = rng.uniform(0.35, 0.75) * blot * _mottle(canvas, a, rng, 0.16)
    return share.clip(0, 0.9) * (1 - 0.22 * _bronchogram(canvas, a, side, centre, rng) * (blot > 0.3))


def _patches(canvas: Canvas, a: Anatomy, side: int, zone: str, rng: np.random.Generator) -> Array:
    """Bronchopneumonia: ill-defined spots, faint to dense, that run together around the smaller airways."""
    middle = _centre(a, side, zone, rng)
    rough = canvas.noise(rng, 3.0, 5.0 * a.wide, 60 * a.wide)
    radii = rng.uniform(48, 88, 2) * [a.wide, a.tall]
    where = _blot(canvas, middle, radii, rng.uniform(0, 3), rough, 1.7)
    lumps = canvas.noise(rng, 3.4, 8.0 * canvas.style.grain * a.wide, 50 * a.wide)
    spots = 1 / (1 + np.exp(-(lumps - rng.uniform(-0.5, 0.4)) / 0.6))
    haze = rng.uniform(0.3, 0.6)
    haze += canvas.style.haze * (1 - haze)
    return (rng.uniform(0.35, 0.75) * where * (haze + (1 - haze) * spots) * _mottle(canvas, a, rng, 0.14)).clip(0, 0.9)


def _mottle(canvas: Canvas, a: Anatomy, rng: np.random.Generator, much: float) -> Array:
    """Alveoli fill unevenly: about 1, varying by `much` over millimetres to centimetres."""
    much *= canvas.style.mottle
    return np.exp(much * canvas.noise(rng, 3.0, 2.5 * a.wide, 30 * a.wide) - much**2 / 2)


def _bronchogram(canvas: Canvas, a: Anatomy, side: int, centre: tuple[float, float], rng: np.random.Generator) -> Array:
    """Air-filled branches that show against fluid, 0 to 1."""
    tubes = Tubes(canvas)
    hilum = np.array([side * 40 * a.wide, 100 * a.tall])
    aim = np.array(centre) - hilum
    heading = np.arctan2(aim[1], aim[0])
    for _ in range(int(rng.integers(3, 7))):
        angle = heading + rng.normal(0, 0.35)
        length = np.hypot(*aim) + rng.uniform(5, 35) * a.wide
        t = np.linspace(0.25, 1, 14)[:, None]
        bend = np.cumsum(rng.normal(0, 0.05, 14))
        points = hilum + t * length * np.stack([np.cos(angle + bend), np.sin(angle + bend)], 1)
        path = np.stack([points[:, 0], np.zeros(14), points[:, 1]], 1)
        tubes.add(path, np.linspace(2.6, 1.0, 14) * a.wide, np.linspace(0.16, 0.3, 14) / a.wide)
    return tubes.draw(0.8).clip(0, 1)


def _nodule(canvas: Canvas, a: Anatomy, side: int, zone: str, air: Array, rng: np.random.Generator) -> Array:
    centre, radius = _centre(a, side, zone, rng), rng.uniform(6, 14) * (0.3 + 0.7 * a.wide)
    rough = canvas.noise(rng, 2.5, 1.5, 12)
    dx, dz = canvas.x - centre[0], canvas.z - centre[1]
    d = np.hypot(dx, dz) / radius * (1 - 0.1 * rough)
    return (1.7 * radius * np.sqrt((1 - d * d).clip(0)) / np.maximum(air, 20)).clip(0, 1)


def _effusion(canvas: Canvas, a: Anatomy, side: int, rng: np.random.Generator) -> Array:
    """Free fluid: a level that climbs along the side wall (meniscus) and fills the angle."""
    lateral = canvas.x * side / a.wide
    level = (228 - a.breath - rng.uniform(0, 55)) * a.tall
    meniscus = 46 * np.exp(-((136 - lateral).clip(0) / 20)) + 8 * np.exp(-((lateral - 20).clip(0) / 18))
    depth = (canvas.z - level) / a.tall + meniscus
    return ((depth / 16).clip(0, 1)) ** 0.8 * 0.92
