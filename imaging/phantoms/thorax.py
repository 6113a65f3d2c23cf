"""Soft tissue of the chest: wall, shoulders, arms, lungs, mediastinum, heart and diaphragm as solids along the ray."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from imaging.phantoms.anatomy import Anatomy
from imaging.phantoms.canvas import Array, Canvas, blob, dome, profile

Interval = tuple[Array, Array]

# Reference outlines of a grown man in mm below the lung apex, read off anteroposterior anatomy: (z, lateral distance).
LUNG_OUTER = [(0, 46), (2, 58), (6, 69), (14, 80), (30, 94), (55, 108), (95, 121), (140, 130), (190, 136), (300, 136)]
LUNG_OUTER_CHILD = [
    (0, 46),
    (3, 57),
    (8, 67),
    (18, 79),
    (35, 93),
    (60, 108),
    (100, 123),
    (150, 135),
    (200, 141),
    (300, 143),
]
LUNG_INNER = [(0, 47), (2, 40), (6, 34), (14, 28), (28, 22), (50, 15), (90, 10), (300, 8)]
LUNG_DEPTH = [(0, 0), (3, 9), (10, 20), (30, 38), (70, 58), (120, 74), (200, 84), (300, 86)]
RIGHT_VESSELS = [(-80, 22), (-20, 33), (5, 31), (28, 26), (55, 25), (85, 28), (110, 31), (150, 29), (300, 25)]
RIGHT_HEART = [(84, 5), (100, 22), (120, 33), (145, 43), (170, 48), (200, 47), (225, 40), (250, 24), (268, 5)]
LEFT_HEART = [
    (84, 14),
    (92, 30),
    (104, 38),
    (116, 41),
    (130, 48),
    (150, 61),
    (172, 74),
    (192, 82),
    (212, 85),
    (235, 84),
    (260, 76),
    (280, 40),
]
HEART_DEPTH = [(84, 26), (100, 42), (130, 54), (200, 60), (250, 48), (280, 4)]


@dataclass(frozen=True)
class Thorax:
    """Path lengths in mm, float32 `[H, W]`: `body` whole, `lungs` (right, left), and `gas` in stomach and gut.

    `heart` and `spans` (right, left) are depth intervals: of the heart, and of each lung before anything is cut out.
    """

    body: Array
    lungs: tuple[Array, Array]
    gas: Array
    heart: Interval
    spans: tuple[Interval, Interval]
    domes: tuple[Interval, Interval]


def build(canvas: Canvas, a: Anatomy, rng: np.random.Generator) -> Thorax:
    """The soft solids of one person on `canvas`."""
    zn = canvas.z / a.tall
    middle = (canvas.x - a.curve * np.sin(np.pi * (zn - 40) / 260)) / a.wide
    core, heart = _core(middle, zn, a), _heart(middle, zn, a)
    lungs, spans, domes = [], [], []
    for side, lift in ((-1, a.domes[0]), (1, a.domes[1])):
        lateral = canvas.x * side / a.wide
        span, diaphragm = _span(lateral, zn, a), _dome(lateral, zn, a, lift)
        lungs.append(_left_over(span, core, heart, diaphragm) * a.wide)
        spans.append(span)
        domes.append(diaphragm)
    body = _body(canvas, zn, a)
    gas = _gas(canvas, a, rng) * np.minimum(1, body / 60)
    return Thorax(body, (lungs[0], lungs[1]), gas, heart, (spans[0], spans[1]), (domes[0], domes[1]))


def lung_outer(zn: Array, a: Anatomy) -> Array:
    """Reference distance in mm from the midline to the inside of the chest wall at height `zn`."""
    grown, infant = profile(LUNG_OUTER, zn), profile(LUNG_OUTER_CHILD, zn)
    return grown + (infant - grown) * a.child


def _span(lateral: Array, zn: Array, a: Anatomy) -> Interval:
    outer, inner = lung_outer(zn, a), profile(LUNG_INNER, zn)
    peak = inner + 0.45 * (outer - inner)
    u = np.where(
        lateral > peak, (lateral - peak) / (outer - peak + 0.01), 1.02 * (peak - lateral) / (peak - inner + 0.01)
    )
    half = profile(LUNG_DEPTH, zn) * np.where(lateral > peak, dome(u, 2.2), dome(u, 2.8)) * (zn > 0)
    centre = profile([(0, -22), (60, -10), (140, -2), (300, 0)], zn)
    return centre - half, centre + half


def _core(middle: Array, zn: Array, a: Anatomy) -> Interval:
    """Great vessels, oesophagus and paraspinal tissue; the left border carries the aortic knob."""
    k, shift = a.knob, a.rotation * 10
    knob = 27 + 9 * k
    left = [
        (-80, 15),
        (-20, 16),
        (5, 20),
        (30, 23),
        (42, 25),
        (50, knob - 4),
        (60, knob),
        (70, knob - 2),
        (80, knob - 8),
    ]
    left += [(90, 30), (112, 27 + 5 * k), (160, 22 + 5 * k), (220, 18 + 4 * k), (300, 16 + 3 * k)]
    sail = a.thymus * 16 * np.exp(-(((zn - 66) / 58) ** 4))
    lo = -(profile(RIGHT_VESSELS, zn) + 1.1 * sail) * (1 + 0.12 * a.child) + shift
    hi = (profile(left, zn) + sail) * (1 + 0.1 * a.child) + shift
    ripple = [profile([(z, r) for z, r in zip(range(-60, 300, 22), side, strict=False)], zn) for side in a.ripples]
    lo, hi = lo + ripple[0], hi + ripple[1]
    half = 66 * dome((2 * middle - hi - lo) / (hi - lo), 2.1)
    return -8 - half, -8 + half


def _heart(middle: Array, zn: Array, a: Anatomy) -> Interval:
    """The pulmonary trunk, appendage and left ventricle make the left border, the right atrium the right one."""
    shift = a.rotation * 60
    lowered = zn - 6 * (1 - a.heart) + 0.6 * a.breath
    size = a.heart * (1 + 0.04 * a.child)
    lo, hi = (
        -profile(RIGHT_HEART, lowered) * (0.75 * size + 0.25) * a.atrium + shift,
        profile(LEFT_HEART, lowered) * size + shift,
    )
    half = profile(HEART_DEPTH, lowered) * dome((2 * middle - hi - lo) / (hi - lo)) * (lowered > 84) * (lowered < 280)
    centre = 14 + 4 * a.child
    return centre - half, centre + half


def _dome(lateral: Array, zn: Array, a: Anatomy, lift: float) -> Interval:
    """The diaphragm: highest over the middle of the lung, falling to sharp angles at the side and far behind."""
    top = 226 + lift - a.breath + 10 * a.child
    outside = ((lateral - 58) / (78 + 4 * a.child)).clip(0, 1.15)
    inside = ((58 - lateral) / 75).clip(0, 2)
    edge = top + (24 * outside**2 + 22 * outside**6) * (1 - 0.25 * a.child) + 13 * inside**1.8
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


def _body(canvas: Canvas, zn: Array, a: Anatomy) -> Array:
    """Thickness in mm of everything inside the skin, lungs included."""
    x = np.abs(canvas.x) / a.wide
    wall = (26 + 24 * a.fat) * (1 - 0.45 * a.child)
    outer = profile(LUNG_OUTER, zn.clip(60, 300)) + wall + profile([(0, 30), (60, 12), (150, 0), (260, 4)], zn)
    deep = profile([(-80, 10), (-40, 38), (0, 62), (60, 84), (140, 96), (300, 106)], zn) + 13 * a.fat
    torso_x, x = x, x * (1 + 0.28 * a.child)  # the shoulders of a child are narrow
    drop = 20 * a.slump - 14 * a.arms_up
    top = profile([(0, -100), (48, -74), (62, -58), (90, -40 + drop / 3), (130, -27 + drop / 2)], x)
    top = top + profile([(120, 0), (165, 8 + drop / 2), (200, 26 + drop), (222, 52 + drop), (240, 100 + drop)], x)
    under = ((zn - top) / 70).clip(0, 1)
    rise = np.sqrt(1 - (1 - under) ** 2)
    torso = deep * dome(torso_x / outer, 3.2) * rise
    throat = 58 * dome(x / profile([(-200, 60), (-70, 55), (-40, 60), (10, 80)], zn), 2.2)
    girdle = (76 + 10 * a.fat) * rise * profile([(60, 1), (150, 0.95), (200, 0.8), (240, 0.6)], x)
    girdle *= 1 - profile([(0, 0), (1, 1)], (zn - 40 - (x - 120).clip(0) * 0.25) / 90)
    head = 84 * blob(
        canvas,
        (0, -(184 + 22 * a.child) * a.tall),
        (76 * a.wide * (1 + 0.5 * a.child), 96 * a.tall * (1 + 0.45 * a.child)),
    )
    hand = (242, -150) if a.arms_up else (206 - 14 * a.slump, 500)
    arm = _capsule(x, zn, (182, 44), hand, 38 + 10 * a.fat)
    parts = np.stack([torso, throat, head, girdle, arm])
    breast, muscle = _breasts(canvas, a), _pectorals(canvas, a)
    return breast + muscle + 2 * a.wide * (parts.clip(0) ** 6).sum(0) ** (1 / 6)


def _breasts(canvas: Canvas, a: Anatomy) -> Array:
    """Thickness in mm: a drop whose lower border is sharp and whose upper one fades."""
    if a.breast == 0:
        return np.zeros_like(canvas.x)
    total = np.zeros_like(canvas.x)
    low = 208 + 26 * (a.breast - 0.5)
    for side in (-1, 1):
        dx = (canvas.x / a.wide - side * (74 + 12 * a.breast) - 75 * a.rotation) / (56 + 14 * a.breast)
        dz = canvas.z / a.tall - low
        dz = np.where(dz > 0, dz / (36 + 22 * a.breast), dz / 120)
        total += (1 - dx * dx - dz * dz).clip(0) ** 0.7
    return 48 * a.breast * a.wide * total


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


def _capsule(x: Array, z: Array, start: tuple[float, float], end: tuple[float, float], radius: float) -> Array:
    """Half chord of a thick line with round ends."""
    ax, az = end[0] - start[0], end[1] - start[1]
    t = (((x - start[0]) * ax + (z - start[1]) * az) / (ax * ax + az * az)).clip(0, 1)
    d2 = (x - start[0] - t * ax) ** 2 + (z - start[1] - t * az) ** 2
    return np.sqrt((radius * radius - d2).clip(0))


def _gas(canvas: Canvas, a: Anatomy, rng: np.random.Generator) -> Array:
    """Air in the stomach under the left dome, and sometimes in the colon."""
    top = (226 + a.domes[1] - a.breath + 10 * a.child) * a.tall
    bubble = rng.uniform(0.15, 1.0)
    stomach = blob(
        canvas,
        (rng.uniform(52, 82) * a.wide, top + (24 + 8 * bubble) * a.tall),
        (38 * a.wide * bubble, 20 * a.tall * bubble),
        -0.3,
    )
    gas = 30 * bubble * stomach
    for _ in range(int(rng.integers(0, 4 + 3 * a.child))):
        centre = (rng.uniform(-70, 95) * a.wide, top + rng.uniform(50, 110) * a.tall)
        gas = gas + (10 + 8 * a.child) * blob(
            canvas, centre, (rng.uniform(10, 26) * a.wide, rng.uniform(7, 15) * a.tall), rng.normal(0, 0.5)
        )
    return gas * a.wide
