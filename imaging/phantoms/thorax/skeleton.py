"""Ribs, clavicles, scapulae and arms as shells of compact bone, the spine as a column of vertebrae."""

from __future__ import annotations

import numpy as np

from imaging.phantoms.fields import Array
from imaging.phantoms.thorax.anatomy import Anatomy
from imaging.phantoms.thorax.canvas import Canvas, blob
from imaging.phantoms.thorax.trunk import lung_outer
from imaging.phantoms.thorax.tubes import Tubes, smooth_path

COMPACT = 0.034  # attenuation above soft tissue per mm, compact bone at about 70 keV
SPONGY = 0.006
RIB_START = (-12, 1, 20, 42, 65, 88, 111, 135, 159, 184, 209)  # mm below the apex, at the spine
RIB_FALL = (22, 30, 36, 40, 43, 46, 48, 50, 52, 52, 48)  # mm from the spine to the side
RIB_REACH = (2.75, 2.72, 2.66, 2.6, 2.55, 2.48, 2.38, 2.25, 2.1, 1.95, 1.7)  # radians round the chest to the cartilage


def draw(canvas: Canvas, a: Anatomy, rng: np.random.Generator) -> Array:
    """Attenuation that the bones add to soft tissue, float32 `[H, W]`."""
    tubes = Tubes(canvas)
    _ribs(tubes, a, rng)
    _wall_line(tubes, a)
    _clavicles(tubes, a, rng)
    heads = _shoulders(tubes, canvas, a, rng)
    return (tubes.draw() + heads + _spine(canvas, a, rng)) * (1.4 + 0.3 * a.child) * a.bone


def _shell(tubes: Tubes, path: Array, radius: Array, cortex: float, depth: Array | float = 1.0) -> None:
    """A tube of spongy bone with a compact rim `cortex` mm thick; `depth` flattens it along the ray."""
    tubes.add(path, radius, COMPACT * depth)
    tubes.add(path, np.maximum(radius - cortex, 0.1), (SPONGY - COMPACT) * depth)


def _ribs(tubes: Tubes, a: Anatomy, rng: np.random.Generator) -> None:
    """Eleven pairs: level at the spine, falling to the side, faster to the front; flat bands with compact edges."""
    size, strand = 0.08 + 0.92 * a.wide, tubes.canvas.style.strand
    contrast = tubes.canvas.style.ribs * float(np.exp(rng.normal(0.1 - 0.15 * a.child, 0.25)))
    for side in (-1, 1):
        for i, (start, fall, reach) in enumerate(zip(RIB_START, RIB_FALL, RIB_REACH, strict=True)):
            slope, start = a.slope + rng.normal(0, 0.025), start + rng.normal(0, 2.0)
            half = (
                72 if i == 0 else float(lung_outer(np.array([start + slope * fall]), a)[0]) + 3.2 + rng.normal(0, 0.6)
            )
            t = np.linspace(np.arcsin(17 / half), reach - 0.12 - 0.2 * a.child + rng.normal(0, 0.06), 60)
            front = np.maximum(-np.cos(t), 0)
            depth = 28 + 58 * min(1.0, (i + 1) / 6)
            behind = np.where(t < np.pi / 2, 0.4 * (1 - np.cos(t)) + 0.6 * np.sin(t).clip(0) ** 1.7, 1.0)
            z = start + slope * fall * (behind + 1.25 * front)
            z -= 4 * np.exp(-(((t - t[0]) / 0.22) ** 2)) * (1 - a.child)
            middle = np.stack([side * half * np.sin(t) * a.wide, -(depth * np.cos(t) + 8) * a.wide, z * a.tall], 1)
            outward = np.stack([side * depth * np.sin(t), -half * np.cos(t), 0 * t], 1)
            across = np.cross(np.gradient(middle, axis=0), outward) * side
            across /= np.linalg.norm(across, axis=1)[:, None]
            height = (5.4 + 0.8 * front) * size * (1 - 0.22 * a.child) * (1.15 if i == 0 else 1.0)
            dense = (
                contrast
                * (1.35 - 1.1 * front)
                * (1 - (0.66 - 0.2 * a.child) * np.sin(t) ** 8)
                * (0.6 if i == 0 else 1.0)
                * (1 - 0.25 * (np.cos(t) > 0) * np.exp(-((np.sin(t) / 0.4) ** 2)))
            )
            middle[:, 0] += middle[:, 1] * a.rotation
            filled = 0.55 * (1.8 / strand) ** 2  # as much bone, however wide the strands are
            for offset, radius, weight in (
                (0.98, 0.8, 1.05),
                (-0.98, 0.7, 0.95),
                (0.66, strand, filled),
                (0.22, strand, filled),
                (-0.22, strand, filled),
                (-0.66, strand, filled),
            ):
                line = middle + across * (offset * height)[:, None]
                tubes.add(line, radius * size, COMPACT * weight * dense)


def _wall_line(tubes: Tubes, a: Anatomy) -> None:
    """The line along the side of the lungs where ribs and their muscles are seen edge-on."""
    z = np.linspace(4, 226 - a.breath / a.tall, 60)
    for side in (-1, 1):
        x = lung_outer(z, a) + 2.6
        path = np.stack([side * x * a.wide, np.zeros(60), z * a.tall], 1)
        tubes.add(path, 2.4 * (0.35 + 0.65 * a.wide), 0.011)


def _clavicles(tubes: Tubes, a: Anatomy, rng: np.random.Generator) -> None:
    """An S: forward and down at the breastbone, back and up at the shoulder, rising as the shoulders are drawn up."""
    size = 0.22 + 0.78 * a.wide
    high = 17 * a.slump + rng.normal(2, 8) + 12 * a.arms_up
    x = np.array([12, 22, 45, 75, 105, 135, 156.0])
    rise = np.array([0, 0.1, 0.32, 0.66, 1.0, 1.2, 1.22])
    for side in (-1, 1):
        z = np.array([44, 42, 39, 31, 21, 16, 17]) - (high + rng.normal(0, 4)) * rise + rng.normal(0, 1.2, 7)
        y = np.array([62, 66, 68, 60, 40, 20, 8.0])
        across = side * x * (1 - 0.2 * a.child) * a.wide + y * a.wide * a.rotation
        path = smooth_path(np.stack([across, y * a.wide, z * a.tall], 1), 60)
        t = np.linspace(0, 1, len(path))
        radius = (4.9 + 4.2 * np.exp(-((t / 0.13) ** 2)) + 1.8 * np.exp(-(((t - 1) / 0.16) ** 2))) * size
        _shell(tubes, path, radius, (1.2 + 1.1 * np.exp(-(((t - 0.5) / 0.28) ** 2))) * size, 1.15 - 0.35 * a.child)


def _shoulders(tubes: Tubes, canvas: Canvas, a: Anatomy, rng: np.random.Generator) -> Array:
    """Shoulder blades and upper arms; the heads of the humeri, which are solid, come back as attenuation `[H, W]`."""
    size = 0.35 + 0.65 * a.wide
    outward = rng.normal(-6, 8) - 10 * a.slump if a.view == "AP" else rng.normal(16, 7)
    heads = np.zeros_like(canvas.x)
    pale = (1 - 0.4 * a.child) * rng.uniform(1.0, 1.8)
    for side in (-1, 1):
        turn = outward - 18 * a.child + rng.normal(0, 4)
        move = np.array([turn, rng.normal(4, 5) - 8 * a.slump - 16.0 * a.arms_up])
        narrow = 1 - 0.006 * turn  # the further round the chest, the more edge-on

        def at(
            points: list[tuple[float, float]], side: int = side, move: Array = move, narrow: float = narrow
        ) -> Array:
            flat = np.array(points, dtype=float)
            x = 150 + (flat[:, 0] - 150) * narrow + move[0]
            x = side * x * a.wide - 60 * a.wide * a.rotation
            return smooth_path(np.stack([x, np.full(len(flat), -60 * a.wide), (flat[:, 1] + move[1]) * a.tall], 1))

        lateral = at([(131, 152), (137, 128), (144, 92), (150, 60), (153, 46)])
        _shell(tubes, lateral, np.linspace(2.2, 4.4, 40) * size, 1.2 * size, 0.95 * pale)
        medial = at([(131, 152), (118, 118), (108, 72), (109, 44), (117, 22), (128, 16)])
        _shell(tubes, medial, 1.7 * size, 0.8 * size, 0.6 * pale)
        _shell(tubes, at([(128, 16), (138, 24), (146, 28)]), 1.8 * size, 0.9 * size, 0.8 * pale)
        spine = at([(109, 52), (125, 40), (143, 24), (158, 8), (172, -2), (184, 4)])
        _shell(tubes, spine, np.linspace(2.2, 5.2, 40) * size, 0.9 * size, np.linspace(0.45, 0.9, 40) * pale)
        glenoid = np.linspace(0, 2 * np.pi, 40)
        socket = [(154 + 5 * np.cos(t), 33 + 16 * np.sin(t)) for t in glenoid]
        _shell(tubes, at(socket), 1.3 * size, 0.7 * size, 0.8)
        coracoid = at([(147, 26), (143, 18), (148, 12), (156, 15), (161, 21)])
        _shell(tubes, coracoid, 4.0 * size, 1.1 * size, 0.9)
        for inner in (0.2, 0.5, 0.8):
            fan = [(114 + 32 * inner, 34), (114 + 30 * inner, 74), (126 + 10 * inner, 132)]
            tubes.add(at(fan), np.linspace(12, 5, 40) * size, 0.0034 * pale)
        ball = at([(173, 31), (173, 31.1)])[0]
        for radius, weight in ((21, 0.0075), (19.6, -0.0035)):
            for out, down, share in ((0, 0, 1.0), (9, 8, 0.75)):
                middle, r = (ball[0] + side * out * size, ball[2] + down * size), radius * share * size
                heads += pale * weight * 2 * r * blob(canvas, middle, (r, 1.1 * r))
        hang = a.elbows[(side + 1) // 2] - 14 * a.slump - 180
        end = [(196, -30), (226, -110)] if a.arms_up else [(182 + 0.14 * hang, 110), (180 + hang, 500)]
        shaft = (10.0 + 9 * np.exp(-np.linspace(0, 9, 40))) * size
        _shell(tubes, at([(178, 42 if not a.arms_up else 20), *end]), shaft, 3.2 * size, 1.05)
    return heads


def _spine(canvas: Canvas, a: Anatomy, rng: np.random.Generator) -> Array:
    """Vertebrae: a box with a bright rim and end plates, two pedicles, the spinous process and transverse processes."""
    zn = canvas.z / a.tall
    middle = a.curve * np.sin(np.pi * (zn - 40) / 260) - 55 * a.wide * a.rotation
    x = (canvas.x - middle) / a.wide
    strip = slice(*_columns(np.abs(x) < 48))
    x, zn = x[:, strip], zn[:, strip]
    level = (zn + 18) / 21.5 - ((zn + 18) / 21.5).clip(0) * ((zn + 18) / 340).clip(0, 1) * 0.12
    wobble = 0.05 * np.interp(level, np.arange(-8, 22), rng.normal(size=30))
    v = (level + wobble) % 1 - 0.5
    uneven = np.interp(level, np.arange(-8, 22), rng.normal(0, 0.05, 30))
    half = (11.6 + 0.012 * (zn + 18).clip(0)) * a.spine * (1 + uneven + 2.2 * v**4)
    gap = 0.43 - 0.05 * a.child
    box = _ramp((half - np.abs(x)) / 5) * _ramp((gap - np.abs(v)) * 21 / (1.6 + 2 * a.child))
    inner = _ramp((half - 3 - np.abs(x)) / 4) * _ramp((gap - 0.06 - np.abs(v)) * 21 / 1.6)
    bone = 0.24 * box - 0.13 * inner
    ring = np.hypot((np.abs(x) - 0.62 * half) / 4.2, (v + 0.1) * 21 / 5.6)
    bone += (0.14 - 0.07 * a.child) * (_ramp((1 - ring) * 3) - 0.75 * _ramp((0.68 - ring) * 3))
    spinous = np.hypot(x / 3.2, (v - 0.33) * 21 / 6.5)
    bone += 0.10 * (_ramp((1 - spinous) * 3) - 0.5 * _ramp((0.6 - spinous) * 3))
    bone += (
        0.07
        * _ramp((4.2 - np.abs(v + 0.12) * 21) / 2)
        * _ramp((half + 15 - np.abs(x)) / 4)
        * _ramp((np.abs(x) - half + 3) / 4)
    )
    bone += 0.06 * _ramp((half - np.abs(x)) / 12)
    image = np.zeros_like(canvas.x)
    image[:, strip] = bone * 0.5 * canvas.style.spine
    return image


def _ramp(t: Array) -> Array:
    """A smooth step from 0 (t ≤ −1/2) to 1 (t ≥ 1/2)."""
    s = (t + 0.5).clip(0, 1)
    return s * s * (3 - 2 * s)


def _columns(where: Array) -> tuple[int, int]:
    hit = np.flatnonzero(where.any(0))
    return (int(hit[0]), int(hit[-1]) + 1) if hit.size else (0, 1)
