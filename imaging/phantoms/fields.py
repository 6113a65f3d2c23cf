"""Random fields and smoothing on square images."""

from __future__ import annotations

import numpy as np
from scipy import fft, ndimage, sparse

Array = np.ndarray


def power_noise(
    rng: np.random.Generator, size: int, width: float, slope: float, finest: float, coarsest: float
) -> Array:
    """A Gaussian random field `[size, size]`, mean 0, variance 1, with power ∝ 1/f^`slope` between two scales.

    `width` of the image, `finest` and `coarsest` in mm. Drawn at a fixed 256 × 256 and
    enlarged, so that the same seed gives the same field at every film size.
    """
    n = 256
    k = np.hypot(fft.fftfreq(n)[:, None], fft.rfftfreq(n)[None, :]) * n / width
    shape = np.maximum(k, 1e-9) ** (-slope / 2) * np.exp(-((k * finest) ** 2)) * (1 - np.exp(-((k * coarsest) ** 2)))
    shape[0, 0] = 0
    white = rng.standard_normal((n, n), dtype=np.float32)
    field = fft.irfft2(fft.rfft2(white) * shape.astype(np.float32), s=(n, n))
    field /= field.std()
    return resize(field, size)


def resize(image: Array, size: int) -> Array:
    """A square image brought to `size` × `size` by cubic splines, float32."""
    if image.shape[0] == size:
        return image.astype(np.float32)
    n = image.shape[0]
    at = ((np.arange(size) + 0.5) * n / size - 0.5).clip(0, n - 1)
    weights = sparse.csr_array(spline_weights(at + 2, n + 4).astype(np.float32))
    rows = weights @ np.pad(image.astype(np.float32), 2, mode="edge")
    return np.ascontiguousarray((weights @ np.ascontiguousarray(rows.T)).T)


def blur(image: Array, sigma: float) -> Array:
    """Gaussian blur by `sigma` pixels; a wide one is done on a coarser grid."""
    factor = int(sigma // 4)
    n = image.shape[0]
    if factor < 2 or n % factor:
        factor = next((f for f in (16, 8, 4, 2) if f <= sigma / 3 and n % f == 0), 1)
    if factor < 2:
        return ndimage.gaussian_filter(image, sigma, mode="nearest", truncate=3)
    small = image.reshape(n // factor, factor, n // factor, factor).mean((1, 3))
    return resize(ndimage.gaussian_filter(small, sigma / factor, mode="nearest", truncate=3), n)


def spline_weights(knots: Array, n: int) -> Array:
    """Cubic B-spline weights `[len(knots), n]` of `n` unit knots."""
    distance = np.abs(knots[:, None] - np.arange(n)[None, :])
    return np.where(
        distance < 1,
        2 / 3 - distance**2 + distance**3 / 2,
        np.where(distance < 2, (2 - distance).clip(0) ** 3 / 6, 0),
    )
