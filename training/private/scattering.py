"""A scattering transform: features of a film that were learned from nobody, so they cost no privacy.

Films go through wavelets, absolute values, wavelets and absolute values again, and are averaged over squares (Bruna and
Mallat 2013). Every number in it is a formula. With few patients and much noise, a linear reading of such features does
better than a network that has to learn its own (Tramèr and Boneh, ICLR 2021).
"""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

SIDE = 96  # pixels a film is brought to
SCALES, ANGLES = 4, 6  # octaves, and directions over half a turn
SQUARE = 2**SCALES  # pixels of a square that is averaged over
PATHS = 1 + SCALES * ANGLES + SCALES * (SCALES - 1) // 2 * ANGLES**2
LENGTH = PATHS * (SIDE // SQUARE) ** 2
ROUNDNESS = 4 / 3  # of a wavelet in frequency: how much narrower it is across than along
FLOOR = 1e-3  # added before the logarithm, in display units


@torch.inference_mode()
def scatter(films: Tensor) -> Tensor:
    """Logarithms of the scattering coefficients of films `[n, 1, H, W]` in [0, 1]: `[n, LENGTH]`."""
    films = F.interpolate(films, (SIDE, SIDE), mode="area")
    filters = wavelets()
    averages = [_averaged(films)]
    for scale in range(SCALES):
        first = _magnitudes(films, filters[scale])
        averages.append(_averaged(first))
        for coarser in range(scale + 1, SCALES):
            second = _magnitudes(first.reshape(-1, 1, SIDE, SIDE), filters[coarser])
            averages.append(_averaged(second).reshape(len(films), ANGLES**2, -1))
    return torch.log(torch.cat([part.flatten(1) for part in averages], dim=1) + FLOOR)


@cache
def wavelets() -> Tensor:
    """Morlet wavelets as transfer functions, `[SCALES, ANGLES, SIDE, SIDE]`: real, next to zero at frequency zero."""
    frequency = 2 * np.pi * np.fft.fftfreq(SIDE)
    # The grid is periodic: a filter near the highest frequency reaches round its edge.
    shifts = 2 * np.pi * np.array([-1, 0, 1])
    rows, columns = (frequency[None, :] + shifts[:, None] for _ in range(2))
    filters = np.zeros((SCALES, ANGLES, SIDE, SIDE))
    for scale in range(SCALES):
        width, centre = 0.8 * 2**scale, 0.75 * np.pi / 2**scale
        for angle in range(ANGLES):
            turn = np.pi * angle / ANGLES
            for row in rows:
                for column in columns:
                    filters[scale, angle] += _morlet(row[:, None], column[None, :], turn, width, centre)
    return torch.from_numpy(filters).float()


def _morlet(rows: np.ndarray, columns: np.ndarray, turn: float, width: float, centre: float) -> np.ndarray:
    """A Gaussian bump at `centre` in the direction `turn`, less as much of one at zero as makes its mean zero."""
    along = columns * np.cos(turn) + rows * np.sin(turn)
    across = (rows * np.cos(turn) - columns * np.sin(turn)) * ROUNDNESS
    bump = np.exp(-(width**2) * ((along - centre) ** 2 + across**2) / 2)
    rest = np.exp(-(width**2) * (along**2 + across**2) / 2)
    return bump - np.exp(-(width**2) * centre**2 / 2) * rest


def _magnitudes(films: Tensor, filters: Tensor) -> Tensor:
    """`[n, 1, SIDE, SIDE]` → `[n, ANGLES, SIDE, SIDE]`."""
    return torch.fft.ifft2(torch.fft.fft2(films) * filters).abs()


def _averaged(maps: Tensor) -> Tensor:
    return F.avg_pool2d(maps, SQUARE).flatten(2)
