"""The record that every other room works on: one radiograph in display space, and how to write it back."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from imaging.scale import Scale


class UnreadableImage(ValueError):  # noqa: N818 (its message is read by people, its name by programmers)
    """A file that can't be read. Its message is one sentence for a clinician: what happened, what to do."""


class Source(Protocol):
    """What it takes to write a radiograph back: the stored values, what they look like, and the tags to keep."""

    @property
    def stored(self) -> NDArray[np.integer]:
        """Stored values as the file had them, integers [H, W]."""

    @property
    def scale(self) -> Scale:
        """Display value of each stored value."""

    def encode(self, stored: NDArray[np.integer]) -> bytes:
        """Bytes of a file like the source that holds `stored`, integers [H, W]."""


@dataclass(frozen=True, eq=False)
class Radiograph:
    """One radiograph, immutable. It holds no name, id, date or institution.

    pixels: float32 [H, W] in display space [0, 1], 0 = black, read-only.
    levels: float32 [K], sorted: every display value that the file can store.
    grey_levels: how many grey levels the file can store (2 to the power of the bits stored).
    stored_units_per_level: stored units that make one grey level of 255 in this window.
    age: years. pixel_spacing: mm (row, column). phantom: True if the file says that no patient is in it.
    warnings: sentences for a clinician. windows: names of the display windows in the file; window: the one shown.
    frames: frames in the file; frame: the one shown. suffix: of the file that `imaging.write` makes.
    sha256: of the bytes read; a copy with altered pixels keeps it, so it names the file and not the pixels.
    """

    pixels: NDArray[np.float32] = field(repr=False)
    levels: NDArray[np.float32] = field(repr=False)
    grey_levels: int
    stored_units_per_level: float
    format: str
    suffix: str
    sha256: str
    source: Source = field(repr=False)
    modality: str | None = None
    view: str | None = None
    laterality: str | None = None
    sex: str | None = None
    age: float | None = None
    pixel_spacing: tuple[float, float] | None = None
    phantom: bool = False
    warnings: tuple[str, ...] = ()
    windows: tuple[str, ...] = ("Full range",)
    window: int = 0
    frames: int = 1
    frame: int = 0

    @property
    def padding(self) -> NDArray[np.bool_]:
        """Bool [H, W]: pixels outside the picture (PS3.3 C.7.5.1.1.2), shown black and never altered."""
        return self.source.scale.is_padding(self.source.stored)

    def with_pixels(self, pixels: NDArray[np.floating]) -> Radiograph:
        """Return a copy that shows `pixels`, float [H, W] in [0, 1], each snapped to the nearest level.

        Padding stays as it is. Raises ValueError for another shape, NaN, or values outside [0, 1].
        """
        pixels = np.asarray(pixels, dtype=np.float32)
        if pixels.shape != self.pixels.shape:
            raise ValueError(f"expected pixels of shape {self.pixels.shape}, got {pixels.shape}")
        low, high = float(pixels.min()), float(pixels.max())
        if not (low >= -ROUNDING and high <= 1 + ROUNDING):  # also False for NaN
            raise ValueError(f"expected pixels in [0, 1], got {low} to {high}")
        return replace(self, pixels=frozen(self.source.scale.snap(np.clip(pixels, 0, 1), self.source.stored)))


ROUNDING = 1e-5  # what float32 arithmetic may overshoot [0, 1] by


def frozen(array: NDArray) -> NDArray:
    """Return the array itself, made read-only."""
    array.flags.writeable = False
    return array
