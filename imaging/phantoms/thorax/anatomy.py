"""One person's chest in numbers: drawn from a seed, an age, a sex and a view."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Anatomy:
    """Lengths in mm for this person; `child` runs from 0 (grown) to 1 (infant).

    `wide`, `tall` scale the reference thorax (a man of 178 cm). `rotation` is the sine of the turn about the long axis:
    a structure `y` mm in front of the centre appears `y · rotation` to the side. `breath` shifts the diaphragm up,
    `flat` scales how far its domes fall to the side; `lie` makes the heart broader below than above; `elbows`, right
    and left, are how far the arms hang from the midline.
    """

    child: float
    female: bool
    view: str
    wide: float
    tall: float
    fat: float
    rotation: float
    breath: float
    heart: float
    atrium: float
    knob: float
    slope: float
    thymus: float
    ripples: tuple[tuple[float, ...], tuple[float, ...]]
    spine: float
    curve: float
    domes: tuple[float, float]
    breast: float
    bone: float
    arms_up: bool
    elbows: tuple[float, float]
    lie: float
    flat: float
    slump: float


def sample(rng: np.random.Generator, *, age: float, sex: str, view: str, rotated: bool, shallow: bool) -> Anatomy:
    """Draws the build. Children are scaled by a growth curve of the thorax: 0.45 at birth, grown at 18 years."""
    child = float(np.clip(1 - age / 16, 0, 1)) ** 0.8
    female = sex == "F"
    grown = 1 - 0.52 * child
    portable = view == "AP"
    old = float(np.clip((age - 40) / 45, 0, 1))
    side = rng.choice([-1.0, 1.0])
    rotation = rng.normal(0, 0.022) + (side * rng.uniform(0.1, 0.19) if rotated else 0.0)
    breath = rng.normal(14, 11) + 10 * portable + 10 * child + (rng.uniform(20, 32) if shallow else 0.0)
    fat = float(np.clip(rng.gamma(3, 0.36), 0.25, 3.0)) * (1 - 0.55 * child)
    heart = rng.normal(0.97, 0.1) * (1.08 if portable else 1.0) * (1 + 0.08 * child + 0.06 * old)
    return Anatomy(
        child=child,
        female=female,
        view=view,
        wide=rng.normal(1.02, 0.05) * (0.92 if female and child < 0.3 else 1.0) * grown * (1 + 0.05 * child),
        tall=rng.normal(0.97, 0.075) * (0.92 if female and child < 0.3 else 1.0) * grown * (1 - 0.09 * child),
        fat=fat,
        rotation=rotation,
        breath=breath * grown,
        heart=heart * (1.06 if shallow else 1.0),
        atrium=float(rng.normal(1.0, 0.1)),
        knob=rng.normal(1.0, 0.14) + 0.3 * old - 0.9 * child,
        slope=rng.normal(1.0, 0.14) * (1 + 0.25 * child) + 0.1 * old,
        thymus=max(0.0, rng.normal(0.5, 0.4)) * float(np.clip(1.6 - age / 3, 0, 1)),
        ripples=(tuple(rng.normal(0, 1.6 - 0.8 * child, 17)), tuple(rng.normal(0, 1.6 - 0.8 * child, 17))),
        spine=rng.normal(1.0, 0.08) * (1 + 0.12 * child),
        curve=rng.normal(0, 4.5 + 5 * old) * grown,
        domes=(rng.normal(-2, 8), rng.normal(13, 10)),
        breast=rng.uniform(0.35, 1.15) * float(female and age >= 14),
        bone=rng.normal(1.0, 0.1) * (1 - 0.22 * old * (1.4 if female else 0.8)),
        elbows=(rng.normal(236, 20), rng.normal(236, 20)),
        lie=float(rng.normal(0, 0.16)),
        flat=float(np.exp(rng.normal(-0.05 + 0.35 * child, 0.35))),
        arms_up=bool(rng.random() < 0.9 * (child > 0.5)),
        slump=float(rng.uniform(0, 1)) if portable else float(rng.uniform(0, 0.35)),
    )
