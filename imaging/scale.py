"""The lattice of a file: which display value each stored value has, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

CELLS = 2**18  # power of two, so that a float32 in [0, 1] finds its cell without rounding
UNDECIDED = -1


@dataclass(frozen=True, eq=False)
class Scale:
    """Display values of all stored values from `lowest` up, one for each.

    display: float32 [N] in [0, 1], in any order (a lookup table need not be monotone or injective).
    padding: bool [N], stored values that mark pixels outside the picture; their display value is 0.
    """

    lowest: int
    display: NDArray[np.float32]
    padding: NDArray[np.bool_]

    @cached_property
    def levels(self) -> NDArray[np.float32]:
        """Float32 [K], sorted: display values that a pixel of the picture can be stored with."""
        return np.unique(self.display[~self.padding])

    @cached_property
    def stored_units_per_level(self) -> float:
        """Stored units for each 1/255 of display, on average over the part that the window does not clip."""
        inside = np.flatnonzero((self.display > 0) & (self.display < 1) & ~self.padding)
        first, last = (inside[0], inside[-1]) if len(inside) > 1 else (0, len(self.display) - 1)
        travelled = np.abs(np.diff(self.display[first : last + 1].astype(np.float64))).sum()
        return round(float((last - first) / (255 * travelled)), 6)

    def show(self, stored: NDArray[np.integer]) -> NDArray[np.float32]:
        """Display values, float32 [H, W], of stored values, integers [H, W]."""
        return self.display[self._index(stored)]

    def is_padding(self, stored: NDArray[np.integer]) -> NDArray[np.bool_]:
        """Bool [H, W]: which stored values, integers [H, W], mark pixels outside the picture."""
        return self.padding[self._index(stored)]

    def snap(self, pixels: NDArray[np.floating], stored: NDArray[np.integer]) -> NDArray[np.float32]:
        """Nearest storable display values, float32 [H, W], of `pixels` in [0, 1]; padding in `stored` keeps its own."""
        snapped = self.levels[self._nearest_level(pixels)]
        return np.where(self.is_padding(stored), self.show(stored), snapped) if self.padding.any() else snapped

    def store(self, pixels: NDArray[np.float32], stored: NDArray[np.integer]) -> NDArray[np.integer]:
        """Stored values, integers [H, W], that show `pixels`, float32 [H, W] on the levels.

        A pixel that looks as it did in `stored` keeps its value there bit for bit. Any other one gets, of all the
        stored values that show its level, the one nearest to what it had.
        """
        start, level = self._index(stored), self._nearest_level(pixels)
        keys, first, last = self._by_level
        found = np.clip(start, first[level], last[level])
        # Where a level is shown by one run of stored values this is it; other levels have gaps and need a search.
        astray = (self.padding[found]) | (self.display[found] != self.levels[level])
        found[astray] = _search(keys, len(self.display), level[astray], start[astray])
        return np.where(pixels == self.display[start], stored, found + self.lowest).astype(stored.dtype)

    def _index(self, stored: NDArray[np.integer]) -> NDArray[np.integer]:
        return stored.astype(np.int32) - self.lowest if self.lowest else stored

    def _nearest_level(self, pixels: NDArray[np.floating]) -> NDArray[np.int32]:
        """Index of the nearest level, int32 [H, W]."""
        level = self._guide[(pixels * CELLS).astype(np.int32)]
        undecided = level == UNDECIDED
        level[undecided] = np.searchsorted(self._middles, pixels[undecided])
        return level

    @cached_property
    def _middles(self) -> NDArray[np.float64]:
        return (self.levels[1:].astype(np.float64) + self.levels[:-1]) / 2

    @cached_property
    def _guide(self) -> NDArray[np.int32]:
        """Nearest level of each of CELLS + 1 equal parts of display, UNDECIDED where two levels share one."""
        ends = np.searchsorted(self._middles, np.arange(CELLS + 2) / CELLS).astype(np.int32)
        return np.where(ends[:-1] == ends[1:], ends[:-1], UNDECIDED)

    @cached_property
    def _by_level(self) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
        """Sorted keys (level · N + index), and for each level the first and the last index that shows it."""
        size = len(self.display)
        allowed = np.flatnonzero(~self.padding)
        keys = np.sort(np.searchsorted(self.levels, self.display[allowed]) * size + allowed)
        bounds = np.searchsorted(keys, np.arange(len(self.levels) + 1) * size)
        return keys, (keys[bounds[:-1]] % size).astype(np.int32), (keys[bounds[1:] - 1] % size).astype(np.int32)


def _search(
    keys: NDArray[np.int64], size: int, level: NDArray[np.int32], start: NDArray[np.integer]
) -> NDArray[np.int64]:
    """Of all indices that show a pixel's level, the one nearest to where the pixel starts, int [M]."""
    wanted = level.astype(np.int64) * size + start
    above = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    candidates = keys[np.stack([np.maximum(above - 1, 0), above])]  # [2, M]
    distance = np.where(candidates // size == level, np.abs(candidates - wanted), np.iinfo(np.int64).max)
    return np.where(distance[0] <= distance[1], candidates[0], candidates[1]) % size
