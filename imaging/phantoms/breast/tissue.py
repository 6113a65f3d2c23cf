"""What fills the breast: gland, septa and the fat between, in layers from plate to plate.

Each layer is a random field taken as linear up to the next one, so what a ray meets between them has a closed form: the
divided difference of the antiderivative. Gland is where a field of power-law noise (Burgess, Med Phys 2001: mammograms
go as 1/f³) and an anatomical tendency exceeds a threshold.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from imaging.phantoms.breast import lattice, septa
from imaging.phantoms.breast.flow import LAYERS, Points, bent, frame
from imaging.phantoms.breast.septa import Septa
from imaging.phantoms.breast.shape import Shape
from imaging.phantoms.fields import Array

DENSE = 0.3  # a ray whose breast tissue is gland by this share looks dense
RICH = {"a": (0.4, 0.65), "b": (0.5, 0.8), "c": (0.62, 0.88), "d": (0.72, 0.92)}  # gland where it is fullest
# Of the breast's area that is dense. Less than the quartiles that the letters once stood for: the eye also counts the
# fainter gland around it, and a breast drawn at the quartile is read as one letter denser.
SHARE = {"a": (0.02, 0.1), "b": (0.12, 0.3), "c": (0.36, 0.56), "d": (0.68, 0.9)}


@dataclass(frozen=True)
class Tissue:
    """Random numbers of one breast, drawn once; `gland` and `fibre` read them anywhere."""

    octaves: tuple[tuple[float, float, float, bool, Array], ...]
    fibres: Septa
    patchy: Array
    bend: Array
    bend_size: float
    cone: tuple[float, float, float, float, float]
    softness: float
    rich: float
    threshold: float = 0.0


def sample(rng: np.random.Generator, shape: Shape, density: str) -> Tissue:
    """Draws the tissue so that the share of the area that looks dense is that of `density`."""
    streak = rng.uniform(0.5, 1.0)
    octaves = tuple(
        (size, size * stretch, gain, radial, lattice.nodes(rng, LAYERS, max(size / 4.0, 0.6)))
        for size, stretch, gain, radial in (
            (14.0, 1.0, 0.7, False),
            (6.5, 1.5, 0.5, True),
            (3.4, 1.8, 0.38 * streak, True),
            (4.2, 1.0, 0.42, False),
            (2.0, 1.2, 0.38, True),
            (1.0, 1.6, 0.45 * streak, True),
        )
    )
    fibres = septa.sample(rng)
    low, high = SHARE[density]
    aim = rng.uniform(low, high)
    cone = (
        rng.uniform(0.35, 0.5),  # how far behind the nipple the middle of the gland lies, of `reach`
        rng.uniform(0.42, 0.6),
        rng.uniform(0.5, 0.75),
        rng.normal(0.1, 0.12),  # towards the upper outer quadrant
        rng.uniform(1.2, 3.0),
    )
    t = Tissue(
        octaves,
        fibres,
        lattice.nodes(rng, LAYERS, 2.0),
        lattice.nodes(rng, 2),
        rng.uniform(1.5, 4.0),
        cone,
        rng.uniform(1.1, 2.0),
        rng.uniform(*RICH[density]),
    )
    return _calibrate(t, shape, aim)


def _calibrate(t: Tissue, shape: Shape, aim: float) -> Tissue:
    """The threshold that makes a share `aim` of the breast's area look dense."""
    step = max(1, round(3.0 / shape.pixel))
    some = (slice(step // 2, None, step), slice(step // 2, None, step))
    inside = (shape.depth[some] > 9) & (shape.behind[some] < 0) & (_axilla(shape, shape.y[some]) < 0.3)
    p = Points(*(part[some][inside] for part in (shape.x, shape.y, shape.depth, shape.behind)))
    noise, tendency = _noise(t, shape, p), _tendency(t, shape, p)
    low, high = -8.0, 8.0
    for _ in range(14):
        middle = (low + high) / 2
        if (_share(t, noise, tendency - middle) > DENSE * t.rich).mean() > aim:
            low = middle
        else:
            high = middle
    return replace(t, threshold=(low + high) / 2)


def fibre(t: Tissue, shape: Shape, p: Points) -> Array:
    """Mm of fibrous tissue on the ray for each mm of breast, `[P]`."""
    u, v = bent(t.bend, t.bend_size, p.x, p.y)
    return septa.read(t.fibres, t.patchy, shape, p, u, v)


def gland(t: Tissue, shape: Shape, p: Points) -> Array:
    """The share of the ray that is gland, `[P]`."""
    return _share(t, _noise(t, shape, p), _tendency(t, shape, p) - t.threshold)


def _share(t: Tissue, noise: Array, tendency: Array) -> Array:
    """Gland's share of each ray; a tendency, however strong, leaves fat lobules in place."""
    most = 1.6
    tendency = np.where(tendency > 0, most * np.tanh(tendency / most), tendency)
    return t.rich * _above(noise + tendency[:, None], t.softness)


def _noise(t: Tissue, shape: Shape, p: Points) -> Array:
    """The field whose high places are gland, `[P, LAYERS]`."""
    u, v = bent(t.bend, t.bend_size, p.x, p.y)
    f = np.zeros((len(p.x), LAYERS), np.float32)
    for across, along, gain, radial, nodes in t.octaves:
        f += np.float32(gain) * (lattice.weights(*frame(shape, u, v, across, along, radial)) @ nodes)
    return f - 1.2 * np.linspace(-1, 1, LAYERS, dtype=np.float32) ** 2


def _tendency(t: Tissue, shape: Shape, p: Points) -> Array:
    """Where gland tends to be: a cone behind the nipple, not in the fat under the skin nor before the muscle."""
    along, wide, long, up, strength = t.cone
    dx, dy = p.x - shape.nipple[0], p.y - shape.nipple[1]
    s = dx * shape.inward[0] + dy * shape.inward[1]
    r = dx * -shape.inward[1] + dy * shape.inward[0]
    s, r = s / shape.reach, r / shape.reach
    egg = (((s - along) / long) ** 2 + ((r - up * s * 2) / (wide * (0.55 + 0.8 * s.clip(0, 1)))) ** 2) ** 1.3
    skin = 3.5 * np.exp(-((p.depth / 8.0) ** 2)) * (1 - 0.75 * np.exp(-((np.hypot(dx, dy) / 20) ** 2)))
    near = 1.1 * np.exp(-(((np.hypot(dx, dy) - 14) / 14) ** 2))
    return -strength * egg - skin + near - 0.06 * (p.behind + 8).clip(0, 60) - 3 * _axilla(shape, p.y)


def _axilla(shape: Shape, y: Array) -> Array:
    """0 in the breast, rising to 1 in the axilla, which holds no gland."""
    high = shape.nipple[1] - y
    return ((high / shape.reach - 0.85) / 0.4).clip(0, 1) if shape.view == "MLO" else np.zeros_like(y)


def _above(f: Array, softness: float) -> Array:
    """The share of a ray where the field, linear between layers, is above 0; partly so within `softness`."""
    f = f / np.float32(softness)
    part = f.clip(0, 1)
    integral = part * part / 2 + (f - 1).clip(0, None)
    step = np.diff(f, axis=1)
    flat = np.abs(step) < 1e-2
    middle = (part[:, 1:] + part[:, :-1]) / 2
    return np.where(flat, middle, np.diff(integral, axis=1) / np.where(flat, 1, step)).mean(1)
