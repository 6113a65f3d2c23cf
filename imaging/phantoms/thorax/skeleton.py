"""Ribs, clavicles, scapulae and arms as shells of compact bone, the spine as a column of vertebrae."""

from __future__ import annotations

import numpy as np

from imaging.phantoms.fields import Array
from imaging.phantoms.thorax.anatomy import Anatomy
from imaging.phantoms.thorax.canvas import Canvas
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
    _clavicles(tubes, a, rng)
    _scapulae_and_arms(tubes, a, rng)
    return (tubes.draw() + _spine(canvas, a, rng)) * (1.4 + 0.3 * a.child) * a.bone


def _shell(tubes: Tubes, path: Array, radius: Array, cortex: float, depth: Array | float = 1.0) -> None:
    """A tube of spongy bone with a compact rim `cortex` mm thick; `depth` flattens it along the ray."""
    tubes.add(path, radius, COMPACT * depth)
    tubes.add(path, np.maximum(radius - cortex, 0.1), (SPONGY - COMPACT) * depth)


def _ribs(tubes: Tubes, a: Anatomy, rng: np.random.Generator) -> None:
    """Eleven pairs: level at the spine, falling to the side, faster to the front; flat bands with compact edges."""
    size = 0.42 + 0.58 * a.wide
    for side in (-1, 1):
        for i, (start, fall, reach) in enumerate(zip(RIB_START, RIB_FALL, RIB_REACH, strict=True)):
            slope, start = a.slope + rng.normal(0, 0.025), start + rng.normal(0, 1.2)
            half = (
                72 if i == 0 else float(lung_outer(np.array([start + slope * fall]), a)[0]) + 3.2 + rng.normal(0, 0.6)
            )
            t = np.linspace(np.arcsin(17 / half), reach - 0.25 * a.child + rng.normal(0, 0.05), 60)
            front = np.maximum(-np.cos(t), 0)
            depth = 28 + 58 * min(1.0, (i + 1) / 6)
            z = start + slope * fall * ((1 - np.maximum(np.cos(t), 0)) + 1.25 * front)
            z -= 4 * np.exp(-(((t - t[0]) / 0.22) ** 2)) * (1 - a.child)
            middle = np.stack([side * half * np.sin(t) * a.wide, -(depth * np.cos(t) + 8) * a.wide, z * a.tall], 1)
            outward = np.stack([side * depth * np.sin(t), -half * np.cos(t), 0 * t], 1)
            across = np.cross(np.gradient(middle, axis=0), outward) * side
            across /= np.linalg.norm(across, axis=1)[:, None]
            height = (4.6 + 0.8 * front) * size * (1.15 if i == 0 else 1.0)
            dense = (
                (1.28 - 0.9 * front)
                * (1 - (0.6 - 0.3 * a.child) * np.sin(t) ** 8)
                * (0.6 if i == 0 else 1.0)
                * (1 - 0.25 * (np.cos(t) > 0) * np.exp(-((np.sin(t) / 0.4) ** 2)))
            )
            middle[:, 0] += middle[:, 1] * a.rotation
            for offset, radius, weight in (
                (0.95, 1.5, 0.9),
                (-0.95, 1.3, 0.8),
                (0.0, 3.4, 0.36),
                (0.6, 2.6, 0.36),
                (-0.6, 2.6, 0.36),
            ):
                line = middle + across * (offset * height)[:, None]
                tubes.add(line, radius * size, COMPACT * weight * dense)


def _clavicles(tubes: Tubes, a: Anatomy, rng: np.random.Generator) -> None:
    size = 0.35 + 0.65 * a.wide
    high = 15 * a.slump + rng.normal(0, 5) + 12 * a.arms_up
    for side in (-1, 1):
        tip = rng.normal(0, 4)
        x = np.array([12, 22, 45, 75, 105, 135, 152.0])
        z = (
            np.array([42, 40, 37, 31, 22, 15, 13])
            - high * np.array([0.1, 0.2, 0.5, 0.8, 1.1, 1.3, 1.3])
            + tip * x / 150
        )
        y = np.array([62, 66, 68, 60, 40, 20, 8.0])
        path = smooth_path(
            np.stack([side * x * (1 - 0.2 * a.child) * a.wide + y * a.wide * a.rotation, y * a.wide, z * a.tall], 1)
        )
        t = np.linspace(0, 1, len(path))
        radius = (5.2 + 3.6 * np.exp(-((t / 0.12) ** 2)) + 1.6 * np.exp(-(((t - 1) / 0.2) ** 2))) * size
        _shell(tubes, path, radius, 1.5 * size, 1.1)


def _scapulae_and_arms(tubes: Tubes, a: Anatomy, rng: np.random.Generator) -> None:
    size = 0.35 + 0.65 * a.wide
    inward = (12 + 14 * a.slump) if a.view == "AP" else rng.uniform(-14, 4)
    up = -16.0 * a.arms_up
    for side in (-1, 1):
        dx, dz = -inward - 24 * a.child + rng.normal(0, 4), up + rng.normal(0, 4)

        def at(points: list[tuple[float, float]], dx: float = dx, dz: float = dz, side: int = side) -> Array:
            x, z = np.array(points, dtype=float).T
            y = np.full_like(x, -60.0)
            x = side * (x + dx) * a.wide + y * a.wide * a.rotation
            return smooth_path(np.stack([x, y * a.wide, (z + dz) * a.tall], 1))

        _shell(tubes, at([(134, 8), (138, 50), (148, 100), (158, 140), (164, 150)]), 2.4 * size, 1.0 * size, 1.0)
        _shell(tubes, at([(164, 150), (170, 120), (172, 80), (172, 48)]), 4.2 * size, 1.3 * size, 1.0)
        _shell(tubes, at([(172, 48), (174, 36), (172, 22)]), 9.0 * size, 1.4 * size, 0.9)
        _shell(tubes, at([(136, 22), (155, 12), (176, 2), (194, 2)]), 5.0 * size, 1.2 * size, 0.8)
        _shell(tubes, at([(134, 8), (150, 4), (166, 12), (168, 20)]), 3.0 * size, 1.1 * size, 0.9)
        for inner in (0.3, 0.7):
            fan = [(134 + 36 * inner, 20), (140 + 31 * inner, 70), (156 + 12 * inner, 135)]
            tubes.add(at(fan), np.linspace(11, 5, 40) * size, 0.003)
        shift = 0.6 * dx
        neck = (194, 40 if not a.arms_up else 20)
        end = [(214, -30), (236, -110)] if a.arms_up else [(204 - 8 * a.slump, 140), (214 - 14 * a.slump, 560)]
        head = at([(187, 30), (190, 38)], shift)
        for radius, weight in ((21, 0.010), (19.5, 0.008), (14, 0.006)):
            tubes.add(head, radius * size, weight)
        shaft = (10.5 + 7 * np.exp(-np.linspace(0, 9, 40))) * size
        _shell(tubes, at([neck, *end], shift), shaft, 3.2 * size, 1.1)


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
    half = (14.0 + 0.011 * (zn + 18).clip(0)) * a.spine * (1 + 2.2 * v**4)
    gap = 0.43 - 0.05 * a.child
    box = _ramp((half - np.abs(x)) / 5) * _ramp((gap - np.abs(v)) * 21 / (1.6 + 2 * a.child))
    inner = _ramp((half - 3 - np.abs(x)) / 4) * _ramp((gap - 0.06 - np.abs(v)) * 21 / 1.6)
    bone = 0.27 * box - 0.11 * inner
    ring = np.hypot((np.abs(x) - 0.62 * half) / 4.2, (v + 0.1) * 21 / 5.6)
    bone += 0.13 * (_ramp((1 - ring) * 3) - 0.75 * _ramp((0.68 - ring) * 3))
    spinous = np.hypot(x / 3.2, (v - 0.33) * 21 / 6.5)
    bone += 0.10 * (_ramp((1 - spinous) * 3) - 0.5 * _ramp((0.6 - spinous) * 3))
    bone += (
        0.07
        * _ramp((4.2 - np.abs(v + 0.12) * 21) / 2)
        * _ramp((half + 15 - np.abs(x)) / 4)
        * _ramp((np.abs(x) - half + 3) / 4)
    )
    bone += 0.05 * _ramp((half - np.abs(x)) / 8)
    image = np.zeros_like(canvas.x)
    image[:, strip] = bone * 0.36
    return image


def _ramp(t: Array) -> Array:
    """A smooth step from 0 (t ≤ −1/2) to 1 (t ≥ 1/2)."""
    s = (t + 0.5).clip(0, 1)
    return s * s * (3 - 2 * s)


def _columns(where: Array) -> tuple[int, int]:
    hit = np.flatnonzero(where.any(0))
    return (int(hit[0]), int(hit[-1]) + 1) if hit.size else (0, 1)
