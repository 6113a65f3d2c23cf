"""Airways and pulmonary vessels: trees that branch and taper from the hila into the lungs."""

from __future__ import annotations

import numpy as np

from imaging.phantoms.fields import Array
from imaging.phantoms.thorax.anatomy import Anatomy
from imaging.phantoms.thorax.canvas import Canvas
from imaging.phantoms.thorax.trunk import Thorax
from imaging.phantoms.thorax.tubes import Tubes

TRUNKS = {  # hilar arteries and upper lobe veins in the reference thorax: path in mm, first and last radius
    -1: (
        ([(-18, 10, 92), (-34, 5, 96), (-44, 0, 108), (-50, -5, 128), (-54, -10, 150)], (9.0, 4.6)),
        ([(-30, 15, 100), (-42, 15, 86), (-54, 10, 64)], (5.6, 2.8)),
        ([(-26, 0, 122), (-42, 0, 138), (-60, 0, 158)], (5.8, 3.0)),
    ),
    1: (
        ([(24, 10, 92), (40, 0, 84), (50, -10, 94), (54, -14, 112), (60, -16, 140)], (9.5, 4.4)),
        ([(34, 5, 88), (46, 8, 74), (58, 10, 56)], (5.6, 2.8)),
        ([(30, 0, 118), (46, 0, 132), (64, 0, 150)], (5.6, 2.8)),
    ),
}
HILA = {-1: (36, 102), 1: (38, 94)}  # mm in the reference thorax, right and left
STEP = 4.0  # mm of growth at a time in a grown chest


def airways(canvas: Canvas, a: Anatomy, rng: np.random.Generator) -> Array:
    """Path length of air in trachea and main bronchi in mm, `[H, W]`."""
    tubes = Tubes(canvas)
    lean = rng.normal(2, 2) - 40 * a.rotation * 0.2
    carina = np.array([-3.0 + lean, -10, 80])
    trachea = np.array([[0, 0, -150], [0, 0, -60], [lean * 0.4, -5, 10], carina - [0, 0, 10]])
    tubes.add(_scaled(trachea, a), np.full(4, 9.0) * a.wide, 1.25)
    right = carina + np.array([(0, 0, -14), (-14, 0, 6), (-30, -2, 24), (-36, -4, 44)])
    left = carina + np.array([(0, 0, -14), (16, 0, 8), (40, -4, 22), (52, -10, 36)])
    tubes.add(_scaled(right, a), np.array([7, 6.4, 5.4, 3.0]) * a.wide, 0.8)
    tubes.add(_scaled(left, a), np.array([7, 5.8, 4.6, 2.6]) * a.wide, 0.8)
    return tubes.draw(1.0)


def vessels(canvas: Canvas, a: Anatomy, lungs: Thorax, rng: np.random.Generator) -> Array:
    """Path length of blood in vessels inside the lungs in mm, `[H, W]`."""
    tubes = Tubes(canvas)
    for side, air in zip((-1, 1), lungs.lungs, strict=True):
        hilum = np.array([side * HILA[side][0], HILA[side][1]]) * [a.wide, a.tall]
        hilum[0] += 8 * a.wide * a.rotation
        full = rng.uniform(0.7, 1.1) * (1 - 0.5 * a.child)
        for path, r in TRUNKS[side]:
            tubes.add(_scaled(path, a), np.linspace(*r, len(path)) * a.wide * full, 1.1)
        _grow(tubes, canvas, a, side, hilum, air, rng)
    return tubes.draw(0.4)


def _grow(
    tubes: Tubes, canvas: Canvas, a: Anatomy, side: int, hilum: Array, air: Array, rng: np.random.Generator
) -> None:
    """One tree: all tips grow together by a step, fork by Murray's law (r³ = r₁³ + r₂³), and end in thin lung."""
    step = STEP * (0.3 + 0.7 * a.wide)
    heading = np.tile([-1.35, -0.85, -0.3, 0.2, 0.65, 1.0, 1.35], 2) + rng.normal(0, 0.16, 14)
    radius = np.tile([3.2, 3.2, 2.4, 2.6, 3.2, 4.2, 4.0], 2) * a.wide * rng.uniform(0.75, 1.3, 14)
    at = np.repeat(hilum[None], 14, 0) + rng.normal(0, 5, (14, 2)) * a.wide
    pitch = rng.normal(0, 0.45, 14)
    since = rng.uniform(-2, 2, 14)
    for _ in range(46):
        flat = step * np.cos(pitch)
        end = at + np.stack([side * np.cos(heading) * flat, np.sin(heading) * flat], 1)
        depth = np.sin(pitch) * step
        room = canvas.look_up(air, end[:, 0], end[:, 1])
        inside = (room > 6 * radius) | (np.hypot(*(end - hilum).T) < 24 * a.wide)
        at, end, radius, heading, pitch, since, depth = (
            part[inside] for part in (at, end, radius, heading, pitch, since, depth)
        )
        if not len(at):
            return
        _add_segments(tubes, at, end, depth, radius)
        outward = np.arctan2(end[:, 1] - hilum[1], side * (end[:, 0] - hilum[0]))
        turn = np.angle(np.exp(1j * (outward - heading)))
        heading = heading + 0.05 * turn + rng.normal(0, 0.15, len(at))
        pitch = (0.97 * pitch + rng.normal(0, 0.06, len(at))).clip(-1.1, 1.1)
        since = since + 1
        fork = since > rng.uniform(2.5, 7.5, len(at))
        share = rng.uniform(0.25, 0.75, len(at))
        angle = rng.uniform(0.35, 0.8, len(at)) * rng.choice([-1, 1], len(at))
        big, small = np.maximum(share, 1 - share), np.minimum(share, 1 - share)
        main = np.where(fork, radius * big ** (1 / 3), radius * 0.985)
        branch = (radius * small ** (1 / 3))[fork]
        heading = np.concatenate([heading - np.where(fork, angle * small, 0), (heading + angle * big)[fork]])
        pitch = np.concatenate([pitch, (pitch + rng.normal(0, 0.5, len(pitch)))[fork]])
        radius, at = np.concatenate([main, branch]), np.concatenate([end, end[fork]])
        since = np.concatenate([np.where(fork, 0, since), np.zeros(fork.sum())])
        alive = radius > 0.38 * (0.4 + 0.6 * a.wide)
        at, radius, heading, pitch, since = (part[alive] for part in (at, radius, heading, pitch, since))


def _add_segments(tubes: Tubes, start: Array, end: Array, depth: Array, radius: Array) -> None:
    pieces = int(np.clip(np.ceil(STEP / (0.6 * tubes.canvas.pixel)), 2, 24))
    t = (np.arange(pieces) + 0.5) / pieces
    middle = start[:, None] + (end - start)[:, None] * t[None, :, None]
    length = np.sqrt(((end - start) ** 2).sum(1) + depth**2) / pieces
    ones = np.ones(pieces)
    tubes.parts.append(
        (middle[..., 0].ravel(), middle[..., 1].ravel(), np.outer(radius, ones).ravel(), np.outer(length, ones).ravel())
    )


def _scaled(path: Array | list, a: Anatomy) -> Array:
    out = np.asarray(path, dtype=float) * [a.wide, a.wide, a.tall]
    out[:, 0] += out[:, 1] * a.rotation
    return out
