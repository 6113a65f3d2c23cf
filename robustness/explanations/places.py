"""Places on a film to which saliency may be told to go. No torch."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BLACK = 0.05  # display value below which a film counts as background

ZONES = {
    "upper left": (0.14, 0.46, 0.10, 0.42),
    "upper right": (0.14, 0.46, 0.58, 0.90),
    "lower left": (0.52, 0.84, 0.10, 0.42),
    "lower right": (0.52, 0.84, 0.58, 0.90),
}
"""Top, bottom, left, right, as shares of what the film shows; each holds a tenth of it. Left is the film's left."""


def box(pixels: NDArray[np.float32], top: float, bottom: float, left: float, right: float) -> NDArray[np.bool_]:
    """A rectangle on a film `[H, W]`, its sides as shares of the part that is not black background; bool `[H, W]`.

    Raises:
        ValueError: sides outside [0, 1] or in the wrong order.
    """
    for first, last, what in ((top, bottom, "top and bottom"), (left, right, "left and right")):
        if not 0 <= first < last <= 1:
            raise ValueError(f"expected {what} in order within [0, 1], got {first} and {last}")
    seen = pixels > BLACK
    seen = seen if seen.any() else np.ones_like(seen)
    place = np.zeros(pixels.shape, dtype=bool)
    place[_part(seen.any(axis=1), top, bottom), _part(seen.any(axis=0), left, right)] = True
    return place


def zone(pixels: NDArray[np.float32], name: str) -> NDArray[np.bool_]:
    """One of `ZONES` on a film. Raises `KeyError` for another name."""
    return box(pixels, *ZONES[name])


def _part(seen: NDArray[np.bool_], first: float, last: float) -> slice:
    """From one share to another of the line's part that is seen; at least one pixel."""
    (places,) = np.nonzero(seen)
    start, length = places[0], places[-1] + 1 - places[0]
    begin = min(int(first * length), length - 1)
    return slice(start + begin, start + max(begin + 1, round(last * length)))
