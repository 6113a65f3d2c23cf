"""Saliency laid over a film, as a picture: the same colours wherever saliency is shown."""

import functools

import matplotlib as mpl
import numpy as np
from PIL import Image

COLORMAP = "inferno"  # even in lightness, safe for colour-blind readers, dark where there is nothing to see


@functools.cache
def _table() -> np.ndarray:
    return np.asarray(mpl.colormaps[COLORMAP](np.linspace(0, 1, 256))[:, :3], dtype=np.float32)


def overlay(pixels: np.ndarray, saliency: np.ndarray | None, *, width: int, opacity: float = 0.85) -> np.ndarray:
    """A film with saliency on top, uint8 ``[h, width, 3]``.

    Args:
        pixels: float32 ``[H, W]`` in ``[0, 1]``.
        saliency: float32 ``[H, W]`` in ``[0, 1]``, or None for the bare film.
        width: of the picture, in pixels; the height keeps the film's proportions.
        opacity: of the strongest saliency; it falls with the square root, so weak saliency lets the film through.
    """
    size = (width, max(1, round(width * pixels.shape[0] / pixels.shape[1])))
    film = _resized(pixels, size)[..., None].repeat(3, axis=-1)
    if saliency is not None:
        heat = np.clip(_resized(saliency, size), 0, 1)
        alpha = opacity * np.sqrt(heat)[..., None]
        film = (1 - alpha) * film + alpha * _table()[(heat * 255).astype(np.uint8)]
    return (np.clip(film, 0, 1) * 255 + 0.5).astype(np.uint8)


def difference(before: np.ndarray, after: np.ndarray, *, width: int) -> tuple[np.ndarray, int]:
    """The change, amplified so that its largest value just fits: ``(uint8 [h, width], amplification)``; grey = none."""
    change = after - before
    largest = float(np.abs(change).max())
    times = max(1, int(0.5 / largest)) if largest else 1
    size = (width, max(1, round(width * change.shape[0] / change.shape[1])))
    picture = Image.fromarray(np.clip(0.5 + times * change, 0, 1).astype(np.float32)).resize(
        size, Image.Resampling.NEAREST
    )
    return (np.asarray(picture) * 255 + 0.5).astype(np.uint8), times


def _resized(values: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    return np.asarray(Image.fromarray(np.asarray(values, dtype=np.float32)).resize(size, Image.Resampling.BOX))
