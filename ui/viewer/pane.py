"""What one pane of the viewer shows."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Tone = Literal["neutral", "attack", "defence"]


@dataclass(frozen=True, eq=False)
class Pane:
    """One film with its reading.

    `pixels` is `[H, W]` in `[0, 1]`, 0 = black. `overlay` is a saliency map `[h, w]` in `[0, 1]` that covers the whole
    film, at any resolution; `lesion` is a mask `[H, W]` drawn as a contour. `tone` colours title and verdict, and puts
    the word "attack" or "defence" before a title that lacks it. `verdict` is read from the back of a hall: keep it to
    two words and a figure. Raises `ValueError` for other shapes or ranges.
    """

    id: str
    title: str
    pixels: NDArray[np.float32]
    caption: str = ""
    tone: Tone = "neutral"
    verdict: str = ""
    detail: str = ""
    alt: str = ""
    overlay: NDArray[np.float32] | None = None
    overlay_title: str = ""
    lesion: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        _check_plane("pixels", self.pixels)
        if self.overlay is not None:
            _check_plane("overlay", self.overlay)
        if self.lesion is not None and self.lesion.shape != self.pixels.shape:
            raise ValueError(f"expected a lesion mask of shape {self.pixels.shape}, got {self.lesion.shape}")


def _check_plane(name: str, values: NDArray[np.float32]) -> None:
    if values.ndim != 2 or not values.size:
        raise ValueError(f"expected {name} of shape [H, W], got {values.shape}")
    low, high = float(values.min()), float(values.max())
    if not (low >= 0 and high <= 1):
        raise ValueError(f"expected {name} in [0, 1], got {low:g} to {high:g}")
