"""What is refused before any memory is taken, and what is refused or warned of once the pixels are there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from imaging.radiograph import UnreadableImage

LARGEST_PIXELS = 64_000_000
SMALL_SIDE = 64
COLOURFUL = 24  # of 255, between the channels of one pixel
COLOURFUL_SHARE = 0.02  # more than a coloured marker or caption covers


def check_size(rows: int, columns: int) -> None:
    """Raise UnreadableImage unless an image of that many rows and columns can be worked on."""
    if rows <= 0 or columns <= 0:
        raise UnreadableImage("This image has no rows or no columns: export it again.")
    if rows * columns > LARGEST_PIXELS:
        raise UnreadableImage(
            f"This image is too large ({columns:,} × {rows:,} pixels): "
            f"export it with at most {LARGEST_PIXELS // 1_000_000} million pixels."
        )
    if rows == 1 or columns == 1:
        raise UnreadableImage(f"This image has only {columns:,} × {rows:,} pixels: choose a whole radiograph.")


def check_index(what: str, index: int, count: int) -> None:
    """Raise UnreadableImage unless `index` is one of `count` frames, pages or windows."""
    if not 0 <= index < count:
        raise UnreadableImage(f"This file has {count} {what}: choose one from 1 to {count}.")


def check_content(stored: NDArray[np.integer]) -> None:
    """Raise UnreadableImage if all stored values [M] of the picture are the same."""
    if stored.size == 0 or stored.min() == stored.max():
        raise UnreadableImage(
            "Every pixel of this image has the same grey, so there is nothing to read: check the export."
        )


def size_warning(rows: int, columns: int) -> list[str]:
    """A warning where the image is very small."""
    if min(rows, columns) >= SMALL_SIDE:
        return []
    return [f"This image has only {columns} × {rows} pixels, too few to read a radiograph from."]


def colour_warning(rgb: NDArray[np.uint8]) -> list[str]:
    """A warning where the image, uint8 [H, W, 3], has real colours."""
    spread = rgb.max(axis=-1) - rgb.min(axis=-1)
    if (spread > COLOURFUL).mean() < COLOURFUL_SHARE:
        return []
    return ["This looks like a colour photograph, not a radiograph; it is read as grey."]


def grey(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Luma (ITU-R BT.601) of a colour image, uint8 [H, W, 3] → uint8 [H, W]; greys keep their value exactly."""
    red, green, blue = (rgb[..., channel].astype(np.uint32) for channel in range(3))
    return ((299 * red + 587 * green + 114 * blue + 500) // 1000).astype(np.uint8)
