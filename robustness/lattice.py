"""The grey levels that a file can store. An attack that leaves them is gone once the film is saved."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

RESOLUTION = 1e-6
"""Display values closer than this are the same: float32 rounds more finely, and 16-bit levels lie 15 times apart."""
FINEST_TABLE = 2**20


class Lattice:
    """Every display value that a file can store.

    Args:
        levels: `[K]`, sorted, in [0, 1], at least two.

    The nearest level is looked up in a table with at least eight cells between neighbouring levels (and at most 2²⁰
    cells): a value within a sixteenth of a gap of the middle between two levels may go to either. That makes a
    snap as cheap as a few additions, so that attacks can do it at every step.

    Raises:
        ValueError: fewer than two levels, unsorted, or outside [0, 1].
    """

    def __init__(self, levels: np.ndarray | Tensor) -> None:
        self.levels = torch.as_tensor(np.array(levels), dtype=torch.float32)
        if self.levels.ndim != 1 or len(self.levels) < 2:
            raise ValueError(f"expected at least two grey levels in one row, got shape {tuple(self.levels.shape)}")
        gaps = self.levels.diff()
        if not bool((gaps > 0).all()) or self.levels[0] < 0 or self.levels[-1] > 1:
            raise ValueError("expected grey levels sorted within [0, 1] without repetition")
        self.gap = float(gaps.median())
        self._cells = min(FINEST_TABLE, 2 ** math.ceil(math.log2(8 / float(gaps.min()))))
        middles = (self.levels[1:].double() + self.levels[:-1].double()) / 2
        cells = torch.arange(self._cells + 1, dtype=torch.float64) / self._cells
        self._index = torch.bucketize(cells, middles, out_int32=True)
        self._nearest = self.levels[self._index]

    def to(self, like: Tensor) -> Lattice:
        """The same lattice with its tables on the device of `like`, its values of the same type."""
        if (self.levels.device, self.levels.dtype) == (like.device, like.dtype):
            return self
        moved = object.__new__(Lattice)
        moved.__dict__ = self.__dict__ | {
            "levels": self.levels.to(like),
            "_nearest": self._nearest.to(like),
            "_index": self._index.to(like.device),
        }
        return moved

    def index(self, images: Tensor) -> Tensor:
        """Index of the level nearest to each value in [0, 1], any shape, int32."""
        return _look_up(self._index, images.mul(self._cells).round_().int())

    def nearest(self, images: Tensor) -> Tensor:
        """The level nearest to each value in [0, 1], any shape."""
        return _look_up(self._nearest, images.mul(self._cells).round_().int())

    def hull(self, reference: Tensor, epsilon: Tensor, region: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Lowest and highest storable value within epsilon `[N]` of each pixel of `reference` `[N, ...]`.

        Raises:
            ValueError: `reference` holds a value that is no level, in the `region` (bool, broadcast) if given.
        """
        index = self.index(reference)
        astray = (_look_up(self.levels, index) - reference).abs_() > RESOLUTION
        if bool((astray if region is None else astray & region).any()):
            raise ValueError("expected a film whose pixels are storable grey levels; snap it to its lattice first")
        reach = epsilon.double()[:, None] + RESOLUTION
        lowest = torch.searchsorted(self.levels.double(), self.levels.double() - reach)
        highest = torch.searchsorted(self.levels.double(), self.levels.double() + reach, right=True) - 1
        rows = torch.arange(len(reference), device=reference.device, dtype=torch.int32) * len(self.levels)
        index = index + rows.view(-1, *[1] * (reference.ndim - 1))
        return _look_up(self.levels[lowest].view(-1), index), _look_up(self.levels[highest].view(-1), index)


def _look_up(table: Tensor, index: Tensor) -> Tensor:
    return table.index_select(0, index.view(-1)).view(index.shape)
