"""From attenuation to a film: beam, scatter, quantum noise, detector blur, then the grey curve of a reading station."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from imaging.phantoms.fields import Array, blur
from imaging.phantoms.thorax.canvas import Canvas
from imaging.phantoms.thorax.style import Style


@dataclass(frozen=True)
class Exposure:
    """How the film was taken and processed; drawn without knowing the disease."""

    scatter: float
    scatter_width: float
    tilt: tuple[float, float]
    photons: float
    sharp: float
    unsharp: float
    lung_grey: float
    bright_grey: float
    compress: float
    enhance: float
    enhance_width: float
    air_grey: float


def sample(rng: np.random.Generator, style: Style, *, view: str, child: float) -> Exposure:
    """Draws the technique: portable (AP) films scatter more and are noisier; films of children are noisier."""
    portable = view == "AP"
    return Exposure(
        scatter=rng.uniform(0.25, 0.5) + 0.2 * portable,
        scatter_width=rng.uniform(22, 40),
        tilt=(style.tilt * rng.normal(0, 0.12 + 0.12 * portable), style.tilt * rng.normal(0, 0.15)),
        photons=style.photons * float(np.exp(rng.normal(13.6 - 0.3 * portable + 1.8 * child, 0.3))),
        unsharp=rng.uniform(0.05, 0.25) + 0.14 * child,
        sharp=rng.uniform(0.45, 0.8) + 0.5 * child,
        lung_grey=float(np.clip(rng.normal(0.4 - style.dark + 0.045 * portable * (1 - child), 0.08), 0.2, 0.62)),
        bright_grey=float(np.clip(rng.normal(0.875 - 0.05 * portable - 0.05 * child, 0.055), 0.66, 0.96)),
        compress=rng.uniform(0.6, 1.0),
        enhance=rng.uniform(0.4, 1.7),
        enhance_width=rng.uniform(1.5, 5.0),
        air_grey=float(rng.uniform(0.005, 0.14)),
    )


def shine(canvas: Canvas, e: Exposure, attenuation: Array) -> Array:
    """Mean signal of the detector `[H, W]`, 1 in the open beam: primary rays, scatter and a beam that is not even."""
    primary = np.exp(-attenuation)
    glow = blur(primary * attenuation, e.scatter_width / canvas.pixel) * e.scatter  # scatter is born in the body
    u = np.linspace(-1, 1, canvas.size, dtype=np.float32)
    return (primary + glow) * np.exp(e.tilt[0] * u[None, :] + e.tilt[1] * u[:, None])


def detect(canvas: Canvas, e: Exposure, signal: Array, rng: np.random.Generator) -> Array:
    """The signal blurred by focal spot and movement, with quantum noise that the detector has made coarser."""
    signal = ndimage.gaussian_filter(signal, e.unsharp / canvas.pixel, truncate=3)
    grain = rng.standard_normal(signal.shape, dtype=np.float32)
    grain = ndimage.gaussian_filter(grain, e.sharp, truncate=3) * (2 * e.sharp * np.sqrt(np.pi))
    return signal + grain * np.sqrt(signal / (e.photons * canvas.pixel**2))


def develop(canvas: Canvas, e: Exposure, signal: Array, reference: Array, lung: Array) -> Array:
    """Display pixels in [0, 1]: dynamic range compression, edge enhancement, then a sigmoid through three anchors:
    lung, abdomen and, so that it is dark, the open beam.

    The anchors come from `reference`, the noiseless signal of the same person without disease, whose lungs lie in the
    bool `lung` `[H, W]`: so disease changes the film only where it is.
    """
    expected = _process(canvas, e, reference)
    darkest, dark = np.percentile(expected[lung], [0.1, 40])
    bright = np.percentile(expected[::3, ::3], 91)
    air, a, b = (np.log(v / (1 - v)) for v in (e.air_grey, e.lung_grey, e.bright_grey))
    steep = (b - a) / (bright - dark)
    t = a + steep * (_process(canvas, e, signal) - dark)
    knee = a + steep * (0.75 * darkest - dark)
    t = np.where(t < knee, knee + (t - knee) * np.clip((knee - air) / (0.75 * steep * darkest), 1, 4), t)
    return (1 / (1 + np.exp(-t.clip(-30, 30)))).astype(np.float32)


def _process(canvas: Canvas, e: Exposure, signal: Array) -> Array:
    image = -np.log(signal.clip(1e-4))
    base, fine = blur(image, 22.0 / canvas.pixel), image - blur(image, e.enhance_width / canvas.pixel)
    return image - (1 - e.compress) * base + e.enhance * fine
