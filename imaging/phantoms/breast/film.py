"""From attenuation to a mammogram: scatter, noise, blur, and the grey curve of film or of a digital system."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from imaging.phantoms.breast.shape import Shape
from imaging.phantoms.fields import Array

# Attenuation per mm at 20 keV: Johns & Yaffe, Phys Med Biol 1987; water and hydroxyapatite after NIST
FAT, GLAND, MUSCLE, SKIN, FLUID, CALCIUM = 0.0456, 0.0802, 0.079, 0.076, 0.081, 2.0
CANCER = 0.092  # 0.085 when cut out; in place it is squeezed less thin than what surrounds it


@dataclass(frozen=True)
class Exposure:
    """How the film was taken and shown; drawn without knowing the disease."""

    style: str
    scatter: float
    photons: float
    sharp: float
    even: float
    enhance: float
    enhance_width: float
    fat_grey: float
    bright_grey: float
    toe: float
    fog: float


def sample(rng: np.random.Generator) -> Exposure:
    """Draws the technique: screen film (dark rim), digital with the rim evened out, or digital nearly raw."""
    style = str(rng.choice(["film", "processed", "plain"], p=[0.45, 0.42, 0.13]))
    film = style == "film"
    return Exposure(
        style=style,
        scatter=rng.uniform(0.15, 0.4),
        photons=float(np.exp(rng.normal(11.4, 0.5))),
        sharp=rng.uniform(0.3, 0.55) if film else rng.uniform(0.3, 0.5),
        even=rng.uniform(0.0, 0.06) if film else (rng.uniform(0.5, 0.85) if style == "processed" else 0.25),
        enhance=rng.uniform(0.0, 0.25) if film else rng.uniform(0.2, 1.0),
        enhance_width=rng.uniform(1.0, 3.0),
        fat_grey=float(np.clip(rng.normal(0.45 if film else 0.29, 0.08), 0.14, 0.62)),
        bright_grey=float(np.clip(rng.normal(0.84, 0.05), 0.7, 0.94)),
        toe=rng.uniform(1.0, 1.7) if film else rng.uniform(0.8, 1.2),
        fog=rng.uniform(0.0, 0.03) if film else 0.0,
    )


def shine(shape: Shape, e: Exposure, attenuation: Array) -> Array:
    """Mean signal of the detector `[H, W]`, 1 in the open beam."""
    primary = np.exp(-attenuation)
    glow = _wide(primary * (shape.thick > 0), 12.0 / shape.pixel)
    return primary + e.scatter * glow * np.minimum(shape.thick / 20, 1)


def detect(shape: Shape, e: Exposure, signal: Array, rng: np.random.Generator) -> Array:
    """The signal blurred, with quantum noise."""
    grain = rng.standard_normal(signal.shape, dtype=np.float32)
    blurred = ndimage.gaussian_filter(signal, e.sharp * 0.24 / shape.pixel + 0.3, truncate=3)
    grain = ndimage.gaussian_filter(grain, 0.45, truncate=3) * 1.35
    scale = np.sqrt(np.median(signal[shape.thick > 0]) / (e.photons * shape.pixel**2))
    return (blurred + grain * np.sqrt(blurred) * scale).clip(1e-5)


def develop(shape: Shape, e: Exposure, signal: Array, reference: Array) -> Array:
    """Display pixels in [0, 1]: rim evened out, edges enhanced, then a sigmoid through two anchors.

    The anchors come from `reference`, the noiseless signal of the same breast without disease: so disease changes the
    film only where it is.
    """
    expected = _process(shape, e, reference)
    inside = (shape.depth > 14) & (shape.behind < 0)
    inside = inside if inside.any() else shape.depth > 3
    sample = expected[inside][:: max(1, int(1.0 / shape.pixel**2))]
    dark = FAT * shape.compressed - np.log(1 + e.scatter)  # fat from plate to plate
    bright = max(float(np.percentile(sample, 99.5)), dark + 0.5 * (GLAND - FAT) * shape.compressed)
    a, b = (np.log(v / (1 - v)) for v in (e.fat_grey, e.bright_grey))
    t = a + (b - a) * (_process(shape, e, signal) - dark) / (bright - dark)
    t = np.where(t < a, a + (t - a) * e.toe, t)
    grey = 1 / (1 + np.exp(-t.clip(-30, 30)))
    floor = 1 / (1 + np.exp(-(a + (b - a) * e.toe * (0 - dark) / (bright - dark)).clip(-30, 30)))
    grey = (grey - floor) / (1 - floor)
    if e.style != "film":
        grey = grey * ((shape.depth + 0.8) / 1.6).clip(0, 1)
    return (e.fog + (1 - e.fog) * grey).clip(0, 1).astype(np.float32)


def _process(shape: Shape, e: Exposure, signal: Array) -> Array:
    image = -np.log(signal)
    if e.even:
        inside = shape.depth > -0.5
        image = image + e.even * FAT * (shape.compressed - shape.thick) * inside
    if e.enhance:
        image = image + e.enhance * (image - _wide(image, e.enhance_width / shape.pixel))
    return image


def _wide(image: Array, sigma: float) -> Array:
    """Gaussian blur; a wide one on a coarser grid."""
    factor = max(1, int(sigma / 2.5))
    if factor < 2:
        return ndimage.gaussian_filter(image, sigma, mode="nearest", truncate=3)
    height, width = image.shape
    padded = np.pad(image, ((0, -height % factor), (0, -width % factor)), mode="edge")
    small = padded.reshape(padded.shape[0] // factor, factor, -1, factor).mean((1, 3))
    small = ndimage.gaussian_filter(small, sigma / factor, mode="nearest", truncate=3)
    rows, columns = ((np.arange(n) + 0.5) / factor - 0.5 for n in (height, width))
    return (_linear(rows, small.shape[0]) @ small @ _linear(columns, small.shape[1]).T).astype(np.float32)


def _linear(at: Array, n: int) -> Array:
    return (1 - np.abs(at.clip(0, n - 1)[:, None] - np.arange(n)[None, :])).clip(0).astype(np.float32)
