"""What a film is like as a signal: how its power falls with frequency, how its grey levels are spread."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evidence.realism.films import Comparison, Films

Array = NDArray[np.float64]
BANDS = {"coarse": (3, 20), "fine": (20, 80)}  # cycles per image width
LEVELS = 101  # quantiles that stand for a histogram


def spectra(films: Films) -> Array:
    """Mean power at each whole radial frequency in cycles per image, `[n, side // 2]`; mean taken off, Hann window."""
    side = films.shape[1]
    window = np.outer(np.hanning(side), np.hanning(side))
    radius = np.rint(np.hypot(*np.meshgrid(np.fft.fftfreq(side), np.fft.rfftfreq(side), indexing="ij")) * side)
    ring = radius.astype(int).ravel()
    count = np.bincount(ring)[: side // 2]
    rows = []
    for film in films.astype(float) / 255:
        power = np.abs(np.fft.rfft2((film - film.mean()) * window)) ** 2
        rows.append(np.bincount(ring, power.ravel())[: side // 2] / count)
    return np.stack(rows)


def slopes(films: Films, band: tuple[int, int]) -> Array:
    """β of power ∝ 1 / f^β, `[n]`: a straight line through the logarithms, every octave of `band` counting the same."""
    power = spectra(films)
    frequency = np.unique(np.rint(np.geomspace(*band, 16)).astype(int))
    x = np.log(frequency) - np.log(frequency).mean()
    return -(np.log(power[:, frequency] + 1e-12) @ x) / (x @ x)


def quantiles(films: Films) -> Array:
    """Each film's grey levels in order, as `LEVELS` quantiles, scaled to mean 0 and deviation 1: `[n, LEVELS]`."""
    flat = films.reshape(len(films), -1).astype(float)
    flat = (flat - flat.mean(1, keepdims=True)) / np.maximum(flat.std(1, keepdims=True), 1e-6)
    return np.quantile(flat, np.linspace(0, 1, LEVELS), axis=1).T


def histogram_distances(comparison: Comparison) -> tuple[Array, Array]:
    """Wasserstein-1 distance of each film's histogram to the mean real one, in the film's own standard deviations.

    First of the real films (each against the mean of the others), then of the phantoms.
    """
    real, drawn = quantiles(comparison.real), quantiles(comparison.drawn)
    others = (real.sum(0) - real) / (len(real) - 1)
    return np.abs(real - others).mean(1), np.abs(drawn - real.mean(0)).mean(1)


def summary(values: Array) -> dict[str, float]:
    """Mean, standard deviation and n."""
    return {"mean": round(float(values.mean()), 3), "sd": round(float(values.std(ddof=1)), 3), "n": len(values)}
