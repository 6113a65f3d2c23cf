"""Where on a film pixels may change: only in the lesion, only outside it, or only in the plain border. No torch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from imaging import Radiograph

REGIONS = ("lesion", "outside", "border")
MASKS = (".mask.png", "-mask.png")
PLAIN = 8 / 255  # from black, or from white
THINNEST = 0.01  # of the shorter side: a border is no line
SMALLEST = 0.01  # of the film: less has no room for an attack
WHOLE = 0.99  # of a row or column, which a scratch or a letter may cross

Mask = NDArray[np.bool_]


def region_of(name: str, radiograph: Radiograph, lesion: Mask | None = None) -> Mask:
    """Bool `[H, W]`, True where pixels may change; `lesion`: where disease shows, None if nobody marked it.

    Raises:
        ValueError: an unknown name, a film without a marked lesion or without a plain border, a mask of another size.
            The message is a sentence for a clinician.
    """
    if name not in REGIONS:
        raise ValueError(f"expected the region to be one of {', '.join(REGIONS)}, got {name!r}")
    if name == "border":
        return border(radiograph)
    if lesion is None or not lesion.any():
        raise ValueError("No lesion is marked on this film, so nothing can be kept inside or outside it.")
    if lesion.shape != radiograph.pixels.shape:
        raise ValueError(f"The film measures {radiograph.pixels.shape} pixels, its lesion mask {lesion.shape}.")
    return lesion if name == "lesion" else ~lesion


def available(radiograph: Radiograph, lesion: Mask | None = None) -> dict[str, Mask]:
    """The regions that this film has, by name: `region_of` each."""
    found = {}
    for name in REGIONS:
        try:
            found[name] = region_of(name, radiograph, lesion)
        except ValueError:
            continue
    return found


def border(radiograph: Radiograph) -> Mask:
    """The plain border, bool `[H, W]`: black that reaches the edge (collimated, or air beside the patient), and white
    rows and columns along an edge. Anatomy that is white to the edge, as below the diaphragm, is none. Padding, which
    no attack may alter, is left out.

    Raises:
        ValueError: there is none, or too little. The message is a sentence for a clinician.
    """
    pixels = radiograph.pixels
    across = max(3, round(THINNEST * min(pixels.shape)))
    black = ndimage.maximum_filter(ndimage.minimum_filter(pixels <= PLAIN, across), across) & (pixels <= PLAIN)
    parts, _ = ndimage.label(black)
    at_edge = np.unique(np.concatenate([parts[0], parts[-1], parts[:, 0], parts[:, -1]]))
    found = np.isin(parts, at_edge[at_edge > 0])
    for white, turned in ((pixels >= 1 - PLAIN, found), ((pixels >= 1 - PLAIN).T, found.T)):
        whole = white.mean(axis=1) >= WHOLE
        turned[np.logical_and.accumulate(whole)] = True
        turned[np.logical_and.accumulate(whole[::-1])[::-1]] = True
    found &= ~radiograph.padding
    if found.mean() < SMALLEST:
        raise ValueError(
            "This film has no plain border: no black or white frame lies at its edge. Choose another place."
        )
    return found


def lesion_beside(path: Path) -> Mask | None:
    """The lesion mask that lies beside a film, bool `[H, W]`, None without: of `film.dcm`, `film.mask.png` or
    `film-mask.png`, white where the lesion is. Bundled cases and written phantoms have theirs there."""
    for ending in MASKS:
        mask = path.with_name(path.stem + ending)
        if mask.is_file():
            with Image.open(mask) as picture:
                return np.asarray(picture.convert("L")) > 0
    return None
