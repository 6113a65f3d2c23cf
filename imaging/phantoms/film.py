"""From attenuation to a film: beam, scatter, quantum noise, detector blur, then the grey curve of a reading station."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from imaging.phantoms.canvas import Array, Canvas, blur


@dataclass(frozen=True)
class Exposure:
    """How the film was taken and processed; drawn without knowing the disease."""

    scatter: float
    scatter_width: float
    tilt: tuple[float, float]
    photons: float
    sharp: float
    lung_grey: float
    step: float
    compress: float
    enhance: float
    enhance_width: float
    toe: float


def sample(rng: np.random.Generator, *, view: str, child: float) -> Exposure:
    """Draws the technique: portable (AP) films scatter more and are noisier; films of children are noisier."""
    portable = view == "AP"
    return Exposure(
        scatter=rng.uniform(0.25, 0.5) + 0.2 * portable,
        scatter_width=rng.uniform(22, 40),
        tilt=(rng.normal(0, 0.10 + 0.08 * portable), rng.normal(0, 0.12)),
        photons=float(np.exp(rng.normal(12.3 - 0.6 * portable - 0.5 * child, 0.45))),
        sharp=rng.uniform(0.45, 0.8),
        lung_grey=float(np.clip(rng.normal(0.41, 0.06), 0.25, 0.55)),
        step=rng.uniform(0.18, 0.36) - 0.03 * portable,
        compress=rng.uniform(0.6, 1.0),
        enhance=rng.uniform(0.1, 1.2),
        enhance_width=rng.uniform(1.5, 5.0),
        toe=rng.uniform(0.6, 1.0),
    )


def expose(canvas: Canvas, e: Exposure, attenuation: Array, rng: np.random.Generator) -> Array:
    """The log signal of the detector, noise included; grows with attenuation, about 0 in air."""
    primary = np.exp(-attenuation)
    glow = blur(primary * attenuation, e.scatter_width / canvas.pixel) * e.scatter  # scatter is born in the body
    u = np.linspace(-1, 1, canvas.size, dtype=np.float32)
    beam = np.exp(e.tilt[0] * u[None, :] + e.tilt[1] * u[:, None])
    signal = (primary + glow) * beam / (1 + e.scatter)
    grain = rng.standard_normal(signal.shape, dtype=np.float32)
    grain = ndimage.gaussian_filter(grain, e.sharp, truncate=3) * (2 * e.sharp * np.sqrt(np.pi))
    counts = e.photons * canvas.pixel**2 * 2.0
    return -np.log((signal + grain * np.sqrt(signal / counts)).clip(1e-4))


def develop(canvas: Canvas, e: Exposure, log_signal: Array, lung: Array, centre: Array) -> Array:
    """Display pixels in [0, 1]: dynamic range compression, edge enhancement, then a sigmoid through two anchors.

    `lung` and `centre` are bool `[H, W]`: where the lungs and where the mediastinum of the healthy person lie.
    """
    base = blur(log_signal, 22.0 / canvas.pixel)
    fine = log_signal - blur(log_signal, e.enhance_width / canvas.pixel)
    image = log_signal - (1 - e.compress) * (base - base.mean()) + e.enhance * fine
    dark, bright = np.percentile(image[lung], 40), np.percentile(image[centre], 50)
    a, b = (np.log(v / (1 - v)) for v in (e.lung_grey, e.lung_grey + e.step))
    t = a + (b - a) * (image - dark) / (bright - dark)
    t = np.where(t < a, a + (t - a) * e.toe, t)
    return (1 / (1 + np.exp(-t.clip(-30, 30)))).astype(np.float32)
