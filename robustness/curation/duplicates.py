"""Near-duplicates: the same film twice, though somebody re-windowed, shifted, flipped or re-compressed it.

A perceptual hash tells landscapes apart, but all chests of one view share a hash. So each film is first brought to
ranks of its grey values, which no window alters, and to its detail, which no other patient shares; candidates by
nearness are then laid over each other at every small shift (phase of the cross-correlation, Kuglin and Hines 1975).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 80  # pixels a film is compared at
COARSE = 20  # pixels at which candidates are looked for
SMOOTH = 6.0  # pixels over which anatomy that all share is taken away
NUDGES = tuple((down, right) for down in range(-4, 5, 2) for right in range(-4, 5, 2))  # tried for candidates
LIKELY = 0.85  # correlation at COARSE below which a pair is no candidate
SHIFT = 5  # pixels of SIDE: two films are laid over each other at most so far apart
CANDIDATES = 4
ALIKE = 0.945  # correlation of the detail from which on two films are one; other patients' stay below


@dataclass(frozen=True)
class Pair:
    """Two films that are one: their places, how alike their detail is (−1 to 1), and whether one is mirrored."""

    first: int
    second: int
    alike: float
    mirrored: bool


def near_duplicates(films: NDArray[np.uint8], others: NDArray[np.uint8] | None = None) -> tuple[Pair, ...]:
    """Pairs within `films` `[n, H, W]`, or, given `others`, of a film and one of those; the most alike first."""
    within = others is None
    ours = details(films)
    theirs = ours if within else details(others)
    coarse = _coarse(theirs)
    pairs: dict[tuple[int, int], Pair] = {}
    for mirrored in (False, True):
        seen = ours[:, :, ::-1] if mirrored else ours
        near = np.max([_coarse(np.roll(seen, by, (1, 2))) @ coarse.T for by in NUDGES], axis=0)
        if within:
            np.fill_diagonal(near, -np.inf)
        count = min(CANDIDATES, near.shape[1])
        nearest = np.argpartition(-near, count - 1, axis=1)[:, :count]
        for first, row in enumerate(nearest):
            row = row[near[first, row] >= LIKELY]
            for second, alike in zip(row.tolist(), laid_over(seen[first], theirs[row]).tolist(), strict=True):
                key = (min(first, second), max(first, second)) if within else (first, second)
                if alike >= ALIKE and (key not in pairs or pairs[key].alike < alike):
                    pairs[key] = Pair(*key, alike, mirrored)
    return tuple(sorted(pairs.values(), key=lambda pair: -pair.alike))


def details(films: NDArray[np.uint8]) -> NDArray[np.float32]:
    """What only one patient's film has, `[n, SIDE, SIDE]`: ranks of grey values less their surroundings."""
    from scipy.ndimage import gaussian_filter
    from scipy.stats import rankdata

    found = []
    for film in films:
        small = np.asarray(Image.fromarray(film).resize((SIDE, SIDE), Image.Resampling.BOX))
        ranks = rankdata(small).reshape(SIDE, SIDE) / small.size
        found.append(gaussian_filter(ranks, 0.7) - gaussian_filter(ranks, SMOOTH))
    return np.array(found, dtype=np.float32)


def laid_over(film: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float32]:
    """The best correlation of one film's detail `[SIDE, SIDE]` with each of `[k, SIDE, SIDE]` over small shifts."""
    if not len(others):
        return np.zeros(0, np.float32)
    inner = film[SHIFT:-SHIFT, SHIFT:-SHIFT]
    size = len(inner)
    windows = np.lib.stride_tricks.sliding_window_view(others, (size, size), axis=(1, 2))
    windows = windows.reshape(len(others), -1, size * size)
    one = (inner - inner.mean()).ravel()
    products = windows @ one
    sums, squares = windows.sum(2), np.einsum("ksp,ksp->ks", windows, windows)
    spread = np.sqrt(np.maximum(squares - sums**2 / size**2, 1e-12))
    return (products / (spread * np.linalg.norm(one))).max(1)


def _coarse(seen: NDArray[np.float32]) -> NDArray[np.float32]:
    step = SIDE // COARSE
    flat = seen.reshape(len(seen), COARSE, step, COARSE, step).mean((2, 4)).reshape(len(seen), -1)
    flat = flat - flat.mean(1, keepdims=True)
    return flat / (np.linalg.norm(flat, axis=1, keepdims=True) + 1e-12)
