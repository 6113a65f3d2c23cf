"""Lines, tubes, electrodes, pacemakers and wires. Drawn without knowing the disease."""

from __future__ import annotations

import numpy as np

from imaging.phantoms.fields import Array
from imaging.phantoms.thorax.anatomy import Anatomy
from imaging.phantoms.thorax.canvas import Canvas
from imaging.phantoms.thorax.tubes import Tubes, smooth_path

KINDS = ("central line", "breathing tube", "feeding tube", "electrodes", "pacemaker", "sternal wires")
OFTEN = {  # share of patients: (PA, AP)
    "central line": (0.04, 0.20),
    "breathing tube": (0.0, 0.08),
    "feeding tube": (0.0, 0.10),
    "electrodes": (0.02, 0.35),
    "pacemaker": (0.04, 0.05),
    "sternal wires": (0.04, 0.06),
}
FROM_AGE = {"pacemaker": 35, "sternal wires": 35}  # years: rarer before
METAL, PLASTIC = 0.55, 0.05  # attenuation per mm


def draw(canvas: Canvas, a: Anatomy, kinds: tuple[str, ...], rng: np.random.Generator) -> Array:
    """Attenuation of the devices in `kinds`, float32 `[H, W]`. Each has a stream of its own."""
    tubes = Tubes(canvas)
    streams = dict(zip(KINDS, rng.spawn(len(KINDS)), strict=True))
    for kind in kinds:
        if kind in DRAWERS:
            DRAWERS[kind](tubes, a, streams[kind])
    return tubes.draw(0.6)


def _path(a: Anatomy, points: list[tuple[float, float]], rng: np.random.Generator, wander: float = 3.0) -> Array:
    """A smooth curve through reference points (x, z), each moved by about `wander` mm."""
    flat = np.array(points, dtype=float) + rng.normal(0, wander, (len(points), 2))
    flat[:, 0] += 30 * a.rotation
    return smooth_path(np.stack([flat[:, 0] * a.wide, np.zeros(len(flat)), flat[:, 1] * a.tall], 1), 80)


def _catheter(tubes: Tubes, path: Array, radius: float, wall: float = PLASTIC) -> None:
    tubes.add(path, radius, wall)
    tubes.add(path, 0.6 * radius, -0.6 * wall)


def _central_line(tubes: Tubes, a: Anatomy, rng: np.random.Generator) -> None:
    end = rng.uniform(85, 125)
    start = [(-95, -70), (-62, -30)] if rng.random() < 0.5 else [(-150, 30), (-105, 12)]
    _catheter(tubes, _path(a, [*start, (-48, 12), (-27, 34), (-22, 60), (-22, end)], rng), 1.3, 0.2)


def _breathing_tube(tubes: Tubes, a: Anatomy, rng: np.random.Generator) -> None:
    path = _path(a, [(rng.normal(0, 12), -150), (2, -70), (1, -10), (0, rng.uniform(35, 62))], rng, 1.5)
    _catheter(tubes, path, 4.2 * (0.4 + 0.6 * a.wide), 0.02)
    tubes.add(path + np.array([2.5 * a.wide, 0, 0]), 0.7, 0.2)


def _feeding_tube(tubes: Tubes, a: Anatomy, rng: np.random.Generator) -> None:
    points = [(rng.normal(0, 8), -150), (4, -50), (6, 60), (9, 150), (14, 215), (34, 250), (70, 262), (86, 290)]
    _catheter(tubes, _path(a, points, rng, 2), 2.2 * (0.35 + 0.65 * a.wide), 0.09)


def _electrodes(tubes: Tubes, a: Anatomy, rng: np.random.Generator) -> None:
    spots = [(-105, 10), (105, 12), (-112, 170), (115, 178), (30, 130)]
    exit_side = rng.choice([-1, 1])
    for x, z in spots:
        if rng.random() < 0.75:
            spot = np.array([x, z]) + rng.normal(0, 12, 2)
            middle = np.array([[spot[0] * a.wide, 0, spot[1] * a.tall]])
            disc = np.concatenate([middle, middle + 0.1])
            tubes.add(disc, 5.5, 5.0)
            tubes.add(disc, 2.2, 14.0)
            bend = (0.5 * (spot[0] + exit_side * 160) + rng.normal(0, 25), spot[1] + rng.uniform(-40, 70))
            leave = (exit_side * rng.uniform(190, 240), rng.uniform(60, 320))
            tubes.add(_path(a, [tuple(spot), bend, leave], rng, 4), 0.8, 0.32)


def _pacemaker(tubes: Tubes, a: Anatomy, rng: np.random.Generator) -> None:
    side = 1 if rng.random() < 0.85 else -1
    x, z = side * rng.uniform(88, 104), rng.uniform(32, 58)
    _box(tubes, (x * a.wide, z * a.tall), rng.uniform(0, np.pi))
    atrial = [(x, z - 16), (side * 62, 20), (side * 28, 38), (-20, 75), (-30, 150), (-16, 140)]
    ventricular = [(x, z - 16), (side * 60, 24), (side * 26, 41), (-22, 80), (-26, 160), (8, 212), (42, 222)]
    for lead in (ventricular, atrial)[: int(rng.integers(1, 3))]:
        path = _path(a, lead, rng, 1.5)
        tubes.add(path, 0.9, 0.22)
        tubes.add(path[-4:], 1.5, METAL)


def _box(tubes: Tubes, middle: tuple[float, float], turn: float) -> None:
    """The flat can of a pacemaker: parallel wires closer than they are thick, so that its edge is sharp."""
    along, across = np.array([np.cos(turn), 0, np.sin(turn)]), np.array([-np.sin(turn), 0, np.cos(turn)])
    for v in np.arange(-17, 17.1, 0.8):
        half = 22 * (1 - abs(v / 17.4) ** 2.6) ** (1 / 2.6)
        centre = np.array([middle[0], 0, middle[1]]) + v * across
        tubes.add(np.stack([centre - half * along, centre + half * along]), 0.7, 0.42)
        if -12 < v < 2:  # the battery
            tubes.add(np.stack([centre - 0.1 * half * along, centre + 0.75 * half * along]), 0.7, 0.4)


def _sternal_wires(tubes: Tubes, a: Anatomy, rng: np.random.Generator) -> None:
    for z in np.arange(62, 190, rng.uniform(17, 24)):
        turn = np.linspace(0, 2 * np.pi, 40) + rng.uniform(0, 6)
        wide, high = rng.uniform(8, 13), rng.uniform(3, 7)
        centre = np.array([rng.normal(0, 1.5) + 70 * a.rotation, z + rng.normal(0, 2)])
        ring = np.stack([centre[0] + wide * np.cos(turn), 0 * turn, centre[1] + high * np.sin(turn)], 1)
        tubes.add(ring * [a.wide, 1, a.tall], 0.5, METAL)


DRAWERS = {
    "central line": _central_line,
    "breathing tube": _breathing_tube,
    "feeding tube": _feeding_tube,
    "electrodes": _electrodes,
    "pacemaker": _pacemaker,
    "sternal wires": _sternal_wires,
}
