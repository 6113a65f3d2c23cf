"""How far two saliency maps of the same film, before and after an attack, drift apart. No torch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

TOP = 0.1
LONGEST_SIDE = 256
"""Ranks are taken on block means of at most this side: finer than any method resolves, and fast on large films."""


@dataclass(frozen=True)
class Drift:
    """Two maps compared.

    Args:
        spearman: rank correlation of all places, 1: same order of importance, 0: none (also where a map is even).
        top_overlap: share of the most important tenth that is still in the most important tenth.
        inside_before, inside_after: share of all saliency that lies inside the region; None without a region.
    """

    spearman: float
    top_overlap: float
    inside_before: float | None
    inside_after: float | None


def drift(before: NDArray[np.floating], after: NDArray[np.floating], region: NDArray[np.bool_] | None = None) -> Drift:
    """Compare two maps `[H, W]`, none negative; `region` bool `[H, W]`, such as the known lesion.

    Raises:
        ValueError: shapes that differ, or an empty region.
    """
    if before.shape != after.shape or before.ndim != 2:
        raise ValueError(f"expected two maps of one shape [H, W], got {before.shape} and {after.shape}")
    if region is not None and region.shape != before.shape:
        raise ValueError(f"expected a region of shape {before.shape}, got {region.shape}")
    if region is not None and not region.any():
        raise ValueError("the region is empty: mark at least one pixel")
    first, second = _coarse(before).ravel(), _coarse(after).ravel()
    even = np.ptp(first) == 0 or np.ptp(second) == 0
    top = _top(first)
    return Drift(
        spearman=0.0 if even else float(spearmanr(first, second).statistic),
        top_overlap=float((top & _top(second)).sum() / max(1, top.sum())),
        inside_before=None if region is None else _inside(before, region),
        inside_after=None if region is None else _inside(after, region),
    )


def _coarse(values: NDArray[np.floating]) -> NDArray[np.float64]:
    block = -(-max(values.shape) // LONGEST_SIDE)
    height, width = (max(1, side // block) * min(block, side) for side in values.shape)
    rows, columns = min(block, values.shape[0]), min(block, values.shape[1])
    blocks = values[:height, :width].reshape(height // rows, rows, width // columns, columns)
    return blocks.mean(axis=(1, 3), dtype=np.float64)


def _top(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """The most important tenth; nothing where a map has no saliency at all."""
    chosen = np.zeros(values.shape, dtype=bool)
    chosen[np.argsort(-values, kind="stable")[: max(1, round(TOP * values.size))]] = True
    return chosen & (values > 0)


def _inside(values: NDArray[np.floating], region: NDArray[np.bool_]) -> float:
    total = float(values.sum(dtype=np.float64))
    return float(values[region].sum(dtype=np.float64)) / total if total > 0 else 0.0
